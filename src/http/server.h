/* http/server.h: an HTTP/1.1 server over libmicrohttpd that knows no node.
 *
 * Idea: two threads with epoll parse and move bytes and do nothing else. Each request is suspended and handed to a
 * fixed pool; a streamed body goes through a bounded queue to a thread of its own; answers that wait for somebody else
 * (the writer's group commit) hold no thread at all.
 *   S1  A handler never runs on a connection's thread, except an inline one.
 *   S2  A connection is suspended exactly while our side has the ball; whoever takes the ball resumes it once.
 *   S3  Until `before` has let a request in, at most 16 KiB of its body are kept; bodies in memory are bounded in all.
 *   S4  What a client may hold (time, memory, threads, connections) has a limit, and the limit an answer (408, 413,
 *       429, 431, 503) or a closed connection.
 *   S5  Log lines name the route's pattern, never a path, query, header or body. */
#pragma once
#include "base/env.h"
#include "http/metrics.h"
#include "http/response.h"
#include "http/router.h"
#include "http/static.h"

typedef struct HttpServer HttpServer;

typedef struct {
    const Env *env;     /* request ids, nonces */
    const char *listen; /* "127.0.0.1:8420", "[::1]:8420", "0.0.0.0:80"; "localhost:8420" is both; port 0: a free one */
    gpointer data;      /* the owner, handed to all callbacks and to http_request_owner */

    /* Once for every pool thread, on that thread, before its first request; freed as it ends. NULL: no worker data.
     * A worker that can't be made is a problem for the request (503), and is tried again with the next. */
    gpointer (*worker_new)(gpointer data, GError **error);
    void (*worker_free)(gpointer worker, gpointer data);

    /* Ahead of every handler that is not inline, on a pool thread: who is this, may they? FALSE with an error refuses.
     * An owner that answered by itself (a stored answer of the same Idempotency-Key) fills @response and sets
     * @answered. */
    gboolean (*before)(HttpRequest *request, HttpResponse *response, gboolean *answered, GError **error);
    /* Behind every handler that was let in, also where it failed (the problem is then the response), on the thread that
     * completes; may add headers or keep the answer. */
    void (*after)(HttpRequest *request, HttpResponse *response);

    HttpStatic *files;          /* borrowed: for GET paths that no route has and that are not below /api/; or NULL */
    HttpMetrics *metrics;       /* borrowed; or NULL */
    const char *const *hosts;   /* NULL-ended: accepted Host values ("localhost:8420"); NULL: any (421 otherwise) */
    const char *const *proxies; /* NULL-ended addresses whose X-Forwarded-For is believed; or NULL */
    gboolean secure;            /* reached by https: sends Strict-Transport-Security */
    gboolean access_log;        /* one line a request, domain "http", level INFO; slow ones (1 s) always, WARNING */
    /* 0 stands for the default in brackets. */
    guint workers;                 /* pool threads [8] */
    guint streams;                 /* streamed bodies at once [16]; more: 503 with Retry-After */
    guint connections;             /* [2048] */
    guint connections_per_address; /* [0: no limit] */
    guint idle_seconds;            /* a connection without a byte [60] */
    guint header_seconds;          /* from the first byte of a request to the end of its header [20] */
    guint body_seconds;            /* for a body that is kept in memory [60] */
    guint body_rate;               /* least bytes a second of a streamed body, over any minute [1024] */
    gsize body_memory;             /* bodies in memory in all [64 MiB] */
} HttpServerOptions;

/* Starts to listen; strings and tables of @options are borrowed until the server is freed. @router is borrowed. */
HttpServer *http_server_new(const HttpServerOptions *options, const HttpRouter *router,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The port that is listened on (also where 0 was asked for). */
guint16 http_server_port(const HttpServer *self);
/* Stops: new requests get 503, streams and event streams are cut (their handlers read COMITY_ERROR_CANCELLED), requests
 * in hand are answered. Returns when the last one has left; a deferred request must still be completed by its owner. */
void http_server_stop(HttpServer *self);
void http_server_free(HttpServer *self); /* stops */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpServer, http_server_free)
