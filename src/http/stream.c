/* http/stream.c: a body that is read as it comes.
 *
 * The first read hands the ball back to libmicrohttpd (TAKE), which sends "100 Continue" where it is wanted, passes
 * what it has read of the body already, and is suspended again. From then on, if the length is known, the handler's
 * thread reads the socket itself: no copy between threads, receives of any size, and a slow handler slows the sender
 * through TCP alone. libmicrohttpd, which waits for the rest of a body that it will never see, is told of the end by
 * the closed socket. So a connection that carried such a body carries nothing after it. 1  Whoever reads the socket is
 * the only one: taken is set while the connection is suspended and it stays so. 2  A body of unknown length never
 * leaves libmicrohttpd: it is handed over piece by piece. 3  A stream lets go when the client is gone, is silent for
 * idle_seconds, is slower than body_rate, or the server stops; in each case the handler reads COMITY_ERROR_CANCELLED.
 */
#include "http/private.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define RATE_WINDOW_US (60 * G_TIME_SPAN_SECOND)
#define LINGER_MS 2000 /* without a byte, from a client that was answered before it had sent everything */

/* ---- the connection's thread ---- */

gboolean http_stream_piece(HttpRequest *self, const char *data, gsize length)
{
    g_mutex_lock(&self->lock);
    /* libmicrohttpd offers the next chunk at once, even to a connection that was just suspended: then nobody waits. */
    gboolean wanted = self->step == HTTP_STEP_TAKE && !self->block_ready;
    gboolean unwanted = self->step == HTTP_STEP_ANSWER || self->step == HTTP_STEP_DISCARD;
    if (wanted) {
        self->block = self->block != NULL ? self->block : g_byte_array_new();
        g_byte_array_append(self->block, (const guint8 *)data, (guint)length);
        self->passed += length;
        self->taken = self->content_length >= 0 && self->passed < (guint64)self->content_length;
        http_server_suspend_work(self->server, self->connection);
        self->block_ready = TRUE;
        g_cond_signal(&self->changed);
    } else if (unwanted) {
        self->discarded += length;
    }
    g_mutex_unlock(&self->lock);
    return wanted || unwanted;
}

void http_stream_end(HttpRequest *self)
{
    g_mutex_lock(&self->lock);
    http_server_suspend_work(self->server, self->connection);
    self->block_ready = TRUE;
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
}

void http_stream_gone(HttpRequest *self)
{
    g_mutex_lock(&self->lock);
    self->gone = TRUE;
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
}

/* ---- the handler's thread ---- */

static gssize cancelled(HttpRequest *self, const char *sentence, GError **error)
{
    self->broken = TRUE;
    error_set(error, COMITY_ERROR_CANCELLED, "", "", "%s", sentence);
    return -1;
}

/* Asks libmicrohttpd for the next piece and waits for it, for the end, or for the client to leave. */
static void take(HttpRequest *self)
{
    g_mutex_lock(&self->lock);
    self->block_ready = FALSE;
    self->step = HTTP_STEP_TAKE;
    http_server_resume(self->server, self->connection);
    while (!self->block_ready && !self->gone)
        g_cond_wait(&self->changed, &self->lock);
    self->step = HTTP_STEP_WORK;
    g_mutex_unlock(&self->lock);
}

static gboolean too_slow(HttpRequest *self)
{
    gint64 now = g_get_monotonic_time();
    if (self->rate_since_us == 0 || now - self->rate_since_us >= RATE_WINDOW_US) {
        guint64 least = (guint64)self->server->options.body_rate * (RATE_WINDOW_US / G_TIME_SPAN_SECOND);
        if (self->rate_since_us != 0 && self->rate_bytes < least)
            return TRUE;
        self->rate_since_us = now;
        self->rate_bytes = 0;
    }
    return FALSE;
}

/* Waits until the socket has something. FALSE where waiting is over. */
static gboolean wait_for_bytes(HttpRequest *self, GError **error)
{
    struct pollfd socket = {.fd = self->fd, .events = POLLIN};
    int ready = poll(&socket, 1, (int)self->server->options.idle_seconds * 1000);
    if (ready > 0 || (ready < 0 && errno == EINTR))
        return TRUE;
    cancelled(self, "The client sent nothing for too long.", error);
    return FALSE;
}

/* Up to @length bytes from the socket: what is there, at least one. */
static gssize receive(HttpRequest *self, guint8 *buffer, gsize length, GError **error)
{
    gsize wanted = (gsize)MIN(length, (guint64)self->content_length - self->passed);
    gsize got = 0;
    if (too_slow(self))
        return cancelled(self, "The client sent too slowly.", error);
    while (got < wanted) {
        ssize_t n = recv(self->fd, buffer + got, wanted - got, MSG_DONTWAIT);
        if (n > 0) {
            got += (gsize)n;
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (got > 0)
            break; /* what is wrong will still be wrong at the next read */
        if (n == 0 || errno != EAGAIN)
            return cancelled(self, "The client broke off.", error);
        if (!wait_for_bytes(self, error))
            return -1;
    }
    self->passed += got;
    self->rate_bytes += got;
    return (gssize)got;
}

/* What libmicrohttpd handed over and the handler has not had yet. */
static gsize pending(const HttpRequest *self, const guint8 **bytes)
{
    if (self->block == NULL)
        return 0;
    *bytes = self->block->data + self->block_at;
    return self->block->len - self->block_at;
}

/* TRUE where `pending` has bytes or the socket is to be read; FALSE at the end (@error unset) or in trouble. */
static gboolean prepare(HttpRequest *self, GError **error)
{
    const guint8 *bytes;
    g_atomic_int_set(&self->streaming, TRUE);
    if (http_server_stopping(self->server) || self->gone || self->broken) {
        cancelled(self, self->gone || self->broken ? "The client broke off." : "The server stops.", error);
        return FALSE;
    }
    if (pending(self, &bytes) > 0)
        return TRUE;
    g_clear_pointer(&self->block, g_byte_array_unref);
    self->block_at = 0;
    if (self->ended || self->passed == (guint64)self->content_length)
        return FALSE;
    if (self->taken)
        return TRUE;
    take(self);
    if (self->gone)
        cancelled(self, "The client broke off.", error);
    return !self->gone && pending(self, &bytes) > 0;
}

gssize http_request_read(HttpRequest *self, gpointer buffer, gsize length, GError **error)
{
    GError *trouble = NULL;
    if (!prepare(self, &trouble)) {
        gssize answer = trouble != NULL ? -1 : 0;
        if (trouble != NULL)
            g_propagate_error(error, trouble);
        return answer;
    }
    const guint8 *bytes;
    gsize there = pending(self, &bytes);
    if (there == 0)
        return receive(self, buffer, length, error);
    there = MIN(there, length);
    memcpy(buffer, bytes, there);
    self->block_at += there;
    return (gssize)there;
}

gssize http_request_read_block(HttpRequest *self, const guint8 **bytes, GError **error)
{
    GError *trouble = NULL;
    *bytes = NULL;
    if (!prepare(self, &trouble)) {
        gssize answer = trouble != NULL ? -1 : 0;
        if (trouble != NULL)
            g_propagate_error(error, trouble);
        return answer;
    }
    gsize there = pending(self, bytes);
    self->block_at += there;
    if (there > 0)
        return (gssize)there;
    if (self->buffer == NULL)
        self->buffer = g_malloc(HTTP_BLOCK);
    *bytes = self->buffer;
    return receive(self, self->buffer, HTTP_BLOCK, error);
}

void http_stream_linger(HttpRequest *self)
{
    guint8 unwanted[16384];
    gint64 until = g_get_monotonic_time() + (gint64)self->server->options.body_seconds * G_TIME_SPAN_SECOND;
    struct pollfd socket = {.fd = self->fd, .events = POLLIN};
    for (guint64 left = HTTP_DISCARD_MAX; left > 0 && g_get_monotonic_time() < until;) {
        if (http_server_stopping(self->server) || poll(&socket, 1, LINGER_MS) <= 0)
            return;
        ssize_t n = recv(self->fd, unwanted, sizeof unwanted, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return;
        left -= MIN(left, (guint64)MAX(n, 0));
    }
}
