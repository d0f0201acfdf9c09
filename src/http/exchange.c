/* http/exchange.c: libmicrohttpd's callbacks, on the connection's thread: the steps of private.h's picture.
 *
 * libmicrohttpd 0.9.75 calls the handler once when the header is there, for each piece of a body, and once at the end.
 * An answer queued at the first call closes the connection, because the body was never read; so even a request without
 * a body is answered at the last one. After a suspension the call during which it happened is repeated. */
#include "http/private.h"
#include "http/problem.h"

void *http_exchange_target(void *server, const char *target, struct MHD_Connection *connection)
{
    HttpServer *self = server;
    HttpRequest *request = http_request_new(self, connection, target);
    g_mutex_lock(&self->lock);
    g_hash_table_add(self->requests, request);
    g_mutex_unlock(&self->lock);
    return request;
}

void http_exchange_completed(void *server, struct MHD_Connection *connection G_GNUC_UNUSED, void **context,
                             enum MHD_RequestTerminationCode code G_GNUC_UNUSED)
{
    HttpServer *self = server;
    HttpRequest *request = *context;
    if (request == NULL)
        return;
    *context = NULL;
    g_clear_pointer(&request->ready, MHD_destroy_response); /* it may hold the request */
    http_peer_expect(request->peer, self->options.idle_seconds);
    http_stream_gone(request); /* a handler that waits for more of the body gets to know */
    g_mutex_lock(&self->lock);
    g_hash_table_remove(self->requests, request);
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
    http_request_unref(request);
}

static enum MHD_Result queue(HttpRequest *self)
{
    g_atomic_int_set(&self->settled, TRUE);
    http_peer_expect(self->peer, 0); /* from here on libmicrohttpd's own time-out is right: it is about silence */
    self->step = HTTP_STEP_CLOSE;    /* nothing follows, even where a daemon that shuts down only pretends to queue */
    enum MHD_Result queued = MHD_queue_response(self->connection, self->ready_status, self->ready);
    g_clear_pointer(&self->ready, MHD_destroy_response);
    return queued;
}

/* An answer before the body was read. Closing on a client that still sends makes the kernel throw our answer away, so a
 * body of bearable length is read away first; whoever waits for "100 Continue" has sent none. */
static enum MHD_Result answer_at_head(HttpRequest *self)
{
    gboolean waits = http_request_header(self, "Expect") != NULL;
    gboolean bearable = self->content_length >= 0 && (guint64)self->content_length <= HTTP_DISCARD_MAX;
    gboolean now = self->must_close || http_server_stopping(self->server);
    if (now || (self->has_body && (waits || !bearable)))
        return queue(self);
    self->step = HTTP_STEP_DISCARD;
    self->in_body = TRUE;
    http_peer_expect(self->peer, self->server->options.body_seconds);
    return MHD_YES;
}

/* Refuses or answers on this thread, with what the response holds or @error (taken). */
static enum MHD_Result answer_now(HttpRequest *self, GError *error)
{
    http_work_finish(self, error);
    if (self->in_body)
        return self->ended ? queue(self) : MHD_YES;
    return answer_at_head(self);
}

/* A server that stops takes nothing new, and waits for no body. */
static gboolean check_open(HttpRequest *self, GError **error)
{
    if (!http_server_stopping(self->server))
        return TRUE;
    self->must_close = TRUE;
    error_set(error, COMITY_ERROR_BUSY, HTTP_CODE_BUSY, "", "The server stops. Try again in a moment.");
    return FALSE;
}

/* Hands the ball to the pool (S2). */
static enum MHD_Result hand_over(HttpRequest *self, HttpTask run)
{
    GError *error = NULL;
    g_atomic_int_inc(&self->server->working);
    if (!http_server_suspend(self->server, self->connection)) {
        http_server_work_done(self->server);
        return check_open(self, &error) ? MHD_NO : answer_now(self, error);
    }
    http_peer_expect(self->peer, 0);
    self->step = HTTP_STEP_WORK;
    http_request_ref(self); /* the work's own reference, dropped with its hand_back */
    http_pool_push(self->server->pool, run, self);
    return MHD_YES;
}

static gboolean check_body(HttpRequest *self, GError **error)
{
    const HttpRoute *route = self->entry->route;
    gboolean none = route->flags & HTTP_ROUTE_INLINE;
    self->limit = none ? 0 : route->body_limit != 0 ? route->body_limit : HTTP_BODY_DEFAULT;
    if (!self->has_body || route->flags & HTTP_ROUTE_STREAM || (!none && self->content_length <= (gint64)self->limit))
        return TRUE;
    error_set(error, COMITY_ERROR_LIMIT, HTTP_CODE_TOO_LARGE, "",
              "The body is too long: at most %" G_GSIZE_FORMAT " bytes are taken here.", self->limit);
    return FALSE;
}

static gboolean is_stream(const HttpRequest *self)
{
    return self->has_body && self->entry->route->flags & HTTP_ROUTE_STREAM;
}

static enum MHD_Result at_first_sight(HttpRequest *self, const char *method, const char *url, const char *version)
{
    g_autoptr(GError) error = NULL;
    if (!http_head_read(self, method, url, version, &error) || !check_open(self, &error) || !check_body(self, &error))
        return answer_now(self, g_steal_pointer(&error));
    if (self->response->status != 0)
        return answer_now(self, NULL);
    gboolean small = self->content_length >= 0 && (gsize)self->content_length <= HTTP_BODY_BEFORE;
    if (is_stream(self) || (self->has_body && !small))
        return hand_over(self, http_work_begin); /* who is this, before more of the body is taken (S3) */
    self->step = HTTP_STEP_COLLECT;
    self->in_body = TRUE;
    http_peer_expect(self->peer, self->has_body ? self->server->options.body_seconds : 0);
    return MHD_YES;
}

/* The first call, or its repetition after a suspension. */
static enum MHD_Result at_head(HttpRequest *self, const char *method, const char *url, const char *version)
{
    switch (self->step) {
    case HTTP_STEP_HEAD:
        return at_first_sight(self, method, url, version);
    case HTTP_STEP_ANSWER:
        return answer_at_head(self);
    case HTTP_STEP_COLLECT:
    case HTTP_STEP_TAKE:
        self->in_body = TRUE;
        http_peer_expect(self->peer, self->server->options.body_seconds);
        return MHD_YES;
    default:
        return MHD_NO;
    }
}

/* Keeps a piece of the body; too much of it turns into an answer that waits for the end. */
static enum MHD_Result collect(HttpRequest *self, const char *data, gsize length)
{
    if (self->collected == NULL)
        self->collected = g_byte_array_sized_new((guint)MAX(self->content_length, 0));
    GError *error = NULL;
    if (self->collected->len + length > self->limit)
        error_set(&error, COMITY_ERROR_LIMIT, HTTP_CODE_TOO_LARGE, "",
                  "The body is too long: at most %" G_GSIZE_FORMAT " bytes are taken here.", self->limit);
    else if (!http_server_reserve(self->server, length))
        error_set(&error, COMITY_ERROR_BUSY, HTTP_CODE_BUSY, "",
                  "The server has too much in hand. Try again in a moment.");
    if (error != NULL) {
        http_work_finish(self, error);
        self->step = HTTP_STEP_DISCARD;
        return MHD_YES;
    }
    self->reserved += length;
    g_byte_array_append(self->collected, (const guint8 *)data, (guint)length);
    return MHD_YES;
}

/* A piece of the body; @length becomes what is left of it. */
static enum MHD_Result at_body(HttpRequest *self, const char *data, size_t *length)
{
    gsize offered = *length;
    *length = 0;
    if (is_stream(self)) {
        http_peer_expect(self->peer, 0);
        if (!http_stream_piece(self, data, offered))
            *length = offered;
    } else if (self->step == HTTP_STEP_COLLECT) {
        return collect(self, data, offered);
    } else {
        self->discarded += offered;
    }
    return self->discarded <= HTTP_DISCARD_MAX ? MHD_YES : MHD_NO;
}

static void keep_body(HttpRequest *self)
{
    if (self->collected == NULL)
        return;
    self->body = g_byte_array_free_to_bytes(g_steal_pointer(&self->collected));
}

/* The last call, or its repetition. */
static enum MHD_Result at_end(HttpRequest *self)
{
    self->ended = TRUE;
    g_atomic_int_set(&self->settled, TRUE);
    switch (self->step) {
    case HTTP_STEP_COLLECT:
        keep_body(self);
        if (self->entry->route->flags & HTTP_ROUTE_INLINE) {
            http_work_inline(self);
            return queue(self);
        }
        return hand_over(self, self->let_in ? http_work_handle : http_work_begin);
    case HTTP_STEP_TAKE:
        http_peer_expect(self->peer, 0);
        http_stream_end(self);
        return MHD_YES;
    case HTTP_STEP_DISCARD:
    case HTTP_STEP_ANSWER:
        return queue(self);
    default:
        return MHD_NO;
    }
}

enum MHD_Result http_exchange_handle(void *server G_GNUC_UNUSED, struct MHD_Connection *connection G_GNUC_UNUSED,
                                     const char *url, const char *method, const char *version, const char *data,
                                     size_t *size, void **context)
{
    HttpRequest *request = *context;
    if (request == NULL)
        return MHD_NO;
    if (*size > 0)
        return at_body(request, data, size);
    return request->in_body ? at_end(request) : at_head(request, method, url, version);
}
