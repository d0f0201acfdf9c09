/* http/sse.h: live events to browsers (server-sent events), one stream a client.
 *
 * Idea: an event is formatted once and shared; a client holds references in a bounded queue and no thread. While its
 * queue is empty its connection is suspended.
 *   L1  Ids ascend. A client that names its last one (Last-Event-ID) gets what came after it from the replay callback,
 *       then what is live: nothing twice, nothing left out. What can't be replayed is said by one event `resync`.
 *   L2  A slow reader is cut, never waited for: it comes back with its last id.
 *   L3  A comment every 20 s keeps proxies awake and finds the dead. */
#pragma once
#include "base/env.h"
#include "http/response.h"

typedef struct HttpSse HttpSse;             /* all streams of one server */
typedef struct HttpSseClient HttpSseClient; /* one stream */

typedef struct {
    const Env *env;
    gpointer data;
    /* Sends to @client, by http_sse_client_send and ascending, what it missed after @after. FALSE: can't be told any
     * more; the client is sent `resync` and loads afresh. On the pool thread of the request that opens the stream
     * (@request gives the worker). NULL: nothing is replayed, every resume is a `resync`. */
    gboolean (*replay)(HttpSseClient *client, HttpRequest *request, guint64 after, gpointer data);
    guint64 newest;     /* the last id given before now: a client that saw nothing yet resumes from there */
    guint clients;      /* at most [1000]; more: 503 with Retry-After */
    guint queue_events; /* waiting events a client [256] */
    gsize queue_bytes;  /* and their bytes [64 KiB] */
    guint heartbeat_ms; /* [20000] */
} HttpSseOptions;

HttpSse *http_sse_new(const HttpSseOptions *options);
/* After the server has stopped. */
void http_sse_free(HttpSse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpSse, http_sse_free)

/* Makes the answer to @request an event stream. @user says whose it is: handed to filters, freed with the client. */
gboolean http_sse_open(HttpSse *self, HttpRequest *request, HttpResponse *response, gpointer user,
                       GDestroyNotify free_user, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whom an event is for. Called under the hub's lock: must be quick and call nothing of the hub. */
typedef gboolean (*HttpSseFilter)(gpointer user, gpointer filter_data);
/* Sends an event to every client that @filter (NULL: all) accepts. @id must be above every earlier one. @event: a name
 * without line breaks; @data: text, may hold line breaks. From any thread; never blocks on a client. */
void http_sse_broadcast(HttpSse *self, guint64 id, const char *event, const char *data, HttpSseFilter filter,
                        gpointer filter_data);
/* One event for one client, inside replay. FALSE where its queue is full: stop replaying and return TRUE; the client
 * comes back for the rest. */
gboolean http_sse_client_send(HttpSseClient *client, guint64 id, const char *event, const char *data);
/* Ends the streams that @filter (NULL: all) accepts: sign-out, revoked sessions. */
void http_sse_close(HttpSse *self, HttpSseFilter filter, gpointer filter_data);
guint http_sse_clients(HttpSse *self);
