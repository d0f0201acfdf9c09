/* http/private.h: what the files of this folder know of each other. Nobody else includes it.
 *
 * The life of a request, and who has the ball (S2 of server.h):
 *
 *   HEAD ──────────► COLLECT ─────► WORK ─────► ANSWER ─────► sent, forgotten
 *    │  (before)        ▲            │ ▲           ▲
 *    └──► WORK ─────────┘            ▼ │           │
 *           │                       TAKE        DISCARD (rest of an unwanted body)
 *           └── refused ─────────────────────────► ANSWER
 *                                    │
 *                                    └──► CLOSE (a stream that was answered on its socket)
 *
 * In WORK the connection is suspended and the thread that runs the request owns every field; in all other steps the
 * connection's thread does. TAKE hands over and back under `lock`. */
#pragma once
#include "base/error.h"
#include "http/server.h"
#include "http/sse.h"
#include <microhttpd.h>
#include <stdatomic.h>
#include <string.h>

#define HTTP_HEADER_BYTES 8192 /* request line and header fields */
#define HTTP_HEADER_FIELDS 64
#define HTTP_BODY_BEFORE ((gsize)16384) /* S3: kept for somebody who has not been let in */
#define HTTP_BODY_DEFAULT ((gsize)1 << 20)
#define HTTP_DISCARD_MAX                                                                                               \
    ((guint64)64                                                                                                       \
     << 20) /* an unwanted body is read away up to here, so that its answer arrives                        \
                         */
#define HTTP_BLOCK ((gsize)256 << 10)
#define HTTP_PARAMETERS 8
#define HTTP_QUERY_FIELDS 64
#define HTTP_SIZE_UNKNOWN G_MAXUINT64

typedef struct {
    const char *name;
    const char *value;
} HttpField;

/* ---- pool.c: threads with a worker each ---- */
typedef struct {
    gpointer data; /* the owner's; NULL until it is first wanted */
    HttpServer *server;
} HttpWorker;

typedef void (*HttpTask)(gpointer task, HttpWorker *worker);
typedef struct HttpPool HttpPool;
/* @threads at most, made as tasks wait for them, ended after 30 s without one. */
HttpPool *http_pool_new(HttpServer *server, const char *name, guint threads);
/* Runs what waits, then joins. No push may follow. */
void http_pool_free(HttpPool *self);
void http_pool_push(HttpPool *self, HttpTask run, gpointer task);
/* FALSE where it would have to wait for a thread. */
gboolean http_pool_try_push(HttpPool *self, HttpTask run, gpointer task);
guint http_pool_waiting(HttpPool *self);
guint http_pool_running(HttpPool *self);
/* The owner's worker data, made on first use. FALSE with COMITY_ERROR_BUSY. */
gboolean http_worker_ready(HttpWorker *self, GError **error);

/* ---- peer.c: connections, their addresses and deadlines ---- */
typedef struct HttpPeer HttpPeer;
struct HttpPeer {
    HttpServer *server;
    int fd;
    gint deadline;       /* atomic; seconds of http_server_clock; 0: none */
    gint over_at;        /* the watch's: the deadline at which the client was found to have ended */
    GRefString *address; /* "192.0.2.7" */
    GRefString *key;     /* http_request_remote_key */
    HttpPeer *previous, *next;
};
typedef struct HttpPeers HttpPeers;
HttpPeers *http_peers_new(HttpServer *server);
void http_peers_free(HttpPeers *self);
void http_peers_notify(void *server, struct MHD_Connection *connection, void **context,
                       enum MHD_ConnectionNotificationCode code);
/* Ends all connections, and waits until they are gone or @until_us (monotonic). */
void http_peers_leave(HttpPeers *self, gint64 until_us);
HttpPeer *http_peer_of(struct MHD_Connection *connection);
/* Cuts the connection unless another deadline is set within @seconds; 0: none. */
void http_peer_expect(HttpPeer *self, guint seconds);
guint http_peers_count(HttpPeers *self);
/* A key for limits of @address: itself, or an IPv6 address's /64. New. */
GRefString *http_address_key(const char *address);

/* ---- listen.c ---- */
/* Sockets that listen on @address ("ADDR:PORT", see server.h); of int. NULL with an error. */
GArray *http_listen(const char *address, guint16 *port, GError **error);

/* ---- uri.c ---- */
/* Decodes @length bytes of one path segment or query part into @out (room for @length + 1). FALSE where it holds bad
 * escapes, control characters or bad UTF-8; in a path also `/` (P2). */
gboolean http_percent_decode(const char *text, gsize length, gboolean path, char *out);

/* ---- router.c ---- */
typedef struct {
    const HttpRoute *route;
    HttpMetric *classes[5]; /* atomic; answers by status class, each made with its first */
} HttpRouteEntry;
typedef enum { HTTP_MATCH_ROUTE, HTTP_MATCH_NONE, HTTP_MATCH_METHOD, HTTP_MATCH_BAD } HttpMatch;
typedef struct {
    HttpRouteEntry *entry;                 /* HTTP_MATCH_ROUTE */
    char *allow;                           /* HTTP_MATCH_METHOD: value of Allow, new string */
    HttpField parameters[HTTP_PARAMETERS]; /* values are new strings */
    guint n_parameters;
} HttpMatched;
/* @path: as sent, without the query. */
HttpMatch http_router_match(const HttpRouter *self, const char *method, const char *path, HttpMatched *out);

/* ---- response.c ---- */
/* A body that is pulled by the connection's thread. */
typedef struct {
    /* Bytes written to @buffer; 0 after the request was suspended; -1 at the end; -2 to cut the connection. */
    gssize (*pull)(gpointer data, char *buffer, gsize room);
    void (*free)(gpointer data);
} HttpPullClass;
struct HttpResponse {
    guint status;
    GArray *fields; /* of HttpField, strings owned */
    char *content_type;
    char *etag;
    GBytes *body; /* NULL: none, or a source, or a pull */
    const HttpSourceClass *source_class;
    gpointer source;
    guint64 source_size;
    const HttpPullClass *pull_class;
    gpointer pull;
    guint64 pull_size;
};
/* Takes @data. @size: HTTP_SIZE_UNKNOWN for a stream without an end. */
void http_response_pull(HttpResponse *self, const char *content_type, guint64 size, const HttpPullClass *pull,
                        gpointer data);
void http_response_clear_body(HttpResponse *self);

/* ---- request.c ---- */
typedef enum {
    HTTP_STEP_HEAD,
    HTTP_STEP_COLLECT,
    HTTP_STEP_TAKE,
    HTTP_STEP_DISCARD,
    HTTP_STEP_WORK,
    HTTP_STEP_ANSWER,
    HTTP_STEP_CLOSE,
} HttpStep;

struct HttpRequest {
    gint refs;
    HttpServer *server;
    struct MHD_Connection *connection; /* NULL: gone */
    HttpPeer *peer;                    /* valid while connection is */
    gint64 started_us;
    char id[10];

    /* what was asked */
    gsize target_length; /* of both, as sent */
    char *target;        /* path and query as sent; the path ends where `query` begins */
    char *query;         /* raw, or NULL */
    char *fields_text;   /* what `fields` point into */
    HttpField *fields;
    guint n_fields;
    const char *method; /* a constant */
    GRefString *remote, *remote_key;
    HttpRouteEntry *entry;
    HttpField parameters[HTTP_PARAMETERS];
    guint n_parameters;
    HttpField *queries; /* decoded, owned strings in queries_text */
    guint n_queries;
    char *queries_text;
    HttpField *cookies; /* in cookies_text */
    guint n_cookies;
    char *cookies_text;
    GData *hung; /* http_request_set */

    /* the body */
    gboolean has_body;
    gint64 content_length; /* -1: chunked */
    GByteArray *collected;
    gsize reserved; /* of the server's body_memory */
    GBytes *body;
    gsize limit;

    /* where it is (see above) */
    HttpStep step;
    gboolean in_body;    /* libmicrohttpd is past the header: an answer waits for the end of the body */
    gboolean ended;      /* libmicrohttpd has seen the whole request */
    gint settled;        /* atomic: all of it is here, or its answer is on its way: a stop waits for it a little */
    gboolean must_close; /* nothing that follows on this connection can be trusted */
    gboolean let_in;     /* by `before` */
    gboolean handled;    /* the handler was called */
    guint64 discarded;

    /* a stream (stream.c) */
    GMutex lock;
    GCond changed;
    int fd;
    gint streaming;    /* atomic: reads have begun; a server that stops must cut them */
    GByteArray *block; /* bytes that libmicrohttpd had already read */
    gsize block_at;    /* of them, handed to the handler */
    gboolean block_ready;
    gboolean gone;   /* libmicrohttpd is done with this request */
    gboolean taken;  /* the socket is ours: what is left of the body never passes libmicrohttpd */
    gboolean broken; /* no more will come */
    guint64 passed;  /* bytes of the body read so far, by either */
    guint8 *buffer;  /* HTTP_BLOCK, for read_block */
    gint64 rate_since_us;
    guint64 rate_bytes;

    /* the answer */
    HttpWorker *worker;
    HttpResponse *response;
    struct MHD_Response *ready;
    guint ready_status;
    gint holds; /* atomic; of a deferred request: its handler, and who will complete it */
    gboolean deferred;
    gboolean elsewhere; /* completed by a thread that must not wait for the client */
    HttpHandler next;
    GError *failure;
};
HttpRequest *http_request_new(HttpServer *server, struct MHD_Connection *connection, const char *target);
/* TRUE for a header field whose list holds @token, case-insensitively. */
gboolean http_field_has_token(const char *value, const char *token);
const char *http_request_last_field(const HttpRequest *self, const char *name);

/* ---- head.c: from libmicrohttpd's header to a request that can be trusted ---- */
/* FALSE with an error; must_close is then set where the request's end is in doubt. */
gboolean http_head_read(HttpRequest *self, const char *method, const char *url, const char *version, GError **error);
/* ---- strict.c ---- */
typedef struct {
    const char *method, *url, *version; /* where they stand in libmicrohttpd's buffer */
    gsize target;                       /* bytes of path and query as they came */
    gsize size;                         /* bytes of the whole header */
    guint fields;
} HttpRawHeader;
gboolean http_strict_header(const HttpRawHeader *raw, GError **error);

/* ---- exchange.c: libmicrohttpd's callbacks ---- */
void *http_exchange_target(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result http_exchange_handle(void *server, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version, const char *data, size_t *size,
                                     void **request);
void http_exchange_completed(void *server, struct MHD_Connection *connection, void **request,
                             enum MHD_RequestTerminationCode code);

/* ---- work.c: hooks, handlers, deferral ---- */
void http_work_begin(gpointer request, HttpWorker *worker);  /* HttpTask: before, then the handler */
void http_work_handle(gpointer request, HttpWorker *worker); /* HttpTask: the handler, inside */
/* Runs an inline route on this thread and leaves `ready`. */
void http_work_inline(HttpRequest *self);
/* The answer is complete (@error, taken, or the response): measured, logged, made ready, handed back. */
void http_work_finish(HttpRequest *self, GError *error);

/* ---- send.c ---- */
/* Makes `ready` of the response, on any thread. */
void http_send_prepare(HttpRequest *self);
/* Answers on the socket that a stream has taken, then lets libmicrohttpd close it. */
void http_send_direct(HttpRequest *self);
/* "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale. New string. */
char *http_date(gint64 unix_seconds);
/* ---- download.c ---- */
/* Replaces a source by a pull over @length bytes from @offset, first block read. FALSE with the source's error. */
gboolean http_download_begin(HttpRequest *request, guint64 offset, guint64 length, GError **error);
/* ---- stream.c ---- */
/* On the connection's thread: a piece of the body for the handler that waits for it. FALSE where nobody waits, and
 * the piece stays with libmicrohttpd. */
gboolean http_stream_piece(HttpRequest *self, const char *data, gsize length);
void http_stream_end(HttpRequest *self); /* the same, at the end of the body */
void http_stream_gone(HttpRequest *self);
void http_stream_linger(HttpRequest *self); /* reads away what an answered client still sends */

/* ---- log.c ---- */
void http_log_answer(const HttpRequest *self, guint status);

/* ---- server.c ---- */
struct HttpServer {
    HttpServerOptions options;
    const HttpRouter *router;
    GPtrArray *daemons; /* of struct MHD_Daemon */
    guint16 port;
    HttpPeers *peers;
    HttpPool *pool;
    HttpPool *streams;
    gint64 started_us;
    gint suspended; /* atomic: connections that are suspended */
    gint stopping;  /* atomic: new requests are refused */
    gint leaving;   /* atomic: nobody is let in */
    gint working;   /* atomic: requests between the first suspension and their answer */
    _Atomic guint64 next_id;
    _Atomic gsize bodies; /* bytes of bodies in memory */
    HttpMetric *duration;
    HttpRouteEntry others, files; /* answers that belong to no route; the web app's files */
    GMutex lock;
    GCond changed;
    guint checked;        /* bodies held in memory until their checksum is known */
    GHashTable *requests; /* of HttpRequest: between target and completed */
    GHashTable *hubs;     /* of HttpSse, cut when the server stops */
};
/* Suspends @request's connection, on its thread. FALSE where the server stops: answer or end at once. */
gboolean http_server_suspend(HttpServer *self, struct MHD_Connection *connection);
/* The same for a connection whose work is counted: a server that stops waits for it. */
void http_server_suspend_work(HttpServer *self, struct MHD_Connection *connection);
/* From any thread; the connection may be gone when this returns. */
void http_server_resume(HttpServer *self, struct MHD_Connection *connection);
/* A request that http_exchange handed over has its answer, or went back for its body. */
void http_server_work_done(HttpServer *self);
gboolean http_server_stopping(HttpServer *self);
gint http_server_clock(const HttpServer *self); /* whole seconds since the start, from 1 */
/* Counts @bytes of a body in memory; FALSE where there is no room. */
gboolean http_server_reserve(HttpServer *self, gsize bytes);
void http_server_release(HttpServer *self, gsize bytes);
/* T3 of tus.h: waits for one of two places; FALSE where none became free. */
gboolean http_server_enter_checked(HttpServer *self);
void http_server_leave_checked(HttpServer *self);
void http_server_add_hub(HttpServer *self, HttpSse *hub);
