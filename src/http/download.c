/* http/download.c: a source's bytes on their way to a client.
 *
 * Reading may block (a disk, a cipher), so it is the pool's work: one block is being sent while the next is read. A
 * slow client holds two blocks of memory and no thread. 1  One read at a time, in order, from `next`. 2  While `back`
 * is not ready the connection is suspended; whoever makes it ready resumes it. 3  The last of connection and pool to
 * let go frees it. */
#include "http/private.h"

typedef struct {
    gint refs; /* atomic: the response, and a read that is under way */
    HttpServer *server;
    struct MHD_Connection *connection;
    const HttpSourceClass *source_class;
    gpointer source;
    guint64 next; /* where the next read begins */
    guint64 end;
    GMutex lock;
    guint8 *front, *back;     /* HTTP_BLOCK each, or the whole of something shorter */
    gsize front_length, sent; /* the connection's alone */
    gsize back_length;        /* 0: not ready */
    gboolean reading, waiting, failed;
} Download;

static void download_unref(Download *self)
{
    if (!g_atomic_int_dec_and_test(&self->refs))
        return;
    self->source_class->free(self->source);
    g_mutex_clear(&self->lock);
    g_free(self->front);
    g_free(self->back);
    g_free(self);
}

/* Fills @back. On a pool thread, or the handler's for the first block. */
static gboolean read_block(Download *self, gsize *length, GError **error)
{
    *length = (gsize)MIN(HTTP_BLOCK, self->end - self->next);
    return self->source_class->read(self->source, self->next, self->back, *length, error);
}

static void read_next(gpointer task, HttpWorker *worker G_GNUC_UNUSED)
{
    Download *self = task;
    gsize length;
    g_autoptr(GError) error = NULL;
    gboolean fine = read_block(self, &length, &error);
    if (!fine)
        g_log("http", G_LOG_LEVEL_WARNING, "A download broke off: %s", error->message);
    g_mutex_lock(&self->lock);
    self->reading = FALSE;
    self->failed = !fine;
    self->back_length = fine ? length : 0; /* what a failed read left in @back is nobody's */
    self->next += self->back_length;
    if (self->waiting)
        http_server_resume(self->server, self->connection);
    self->waiting = FALSE;
    g_mutex_unlock(&self->lock);
    download_unref(self);
}

/* With the lock held. */
static void ask(Download *self)
{
    if (self->reading || self->next == self->end || self->back_length > 0 || self->failed)
        return;
    self->reading = TRUE;
    g_atomic_int_inc(&self->refs);
    http_pool_push(self->server->pool, read_next, self);
}

/* Makes the block that was read the one that is sent, and asks for the next. FALSE where none is ready. */
static gboolean turn(Download *self)
{
    if (self->back_length == 0)
        return FALSE;
    guint8 *empty = self->front;
    self->front = self->back;
    self->front_length = self->back_length;
    self->back = empty;
    self->back_length = 0;
    self->sent = 0;
    if (self->back == NULL && self->next < self->end)
        self->back = g_malloc((gsize)MIN(HTTP_BLOCK, self->end - self->next));
    ask(self);
    return TRUE;
}

static gssize download_pull(gpointer data, char *buffer, gsize room)
{
    Download *self = data;
    g_mutex_lock(&self->lock);
    gssize answer = 0;
    if (self->sent == self->front_length && !turn(self)) {
        gboolean over = self->failed || (self->next == self->end && !self->reading);
        ask(self);
        self->waiting = !over && http_server_suspend(self->server, self->connection);
        answer = self->waiting ? 0 : -2;
    } else if (self->failed && self->sent == self->front_length) {
        answer = -2;
    } else {
        gsize n = MIN(room, self->front_length - self->sent);
        memcpy(buffer, self->front + self->sent, n);
        self->sent += n;
        answer = (gssize)n;
    }
    g_mutex_unlock(&self->lock);
    return answer;
}

static void download_free(gpointer data)
{
    download_unref(data);
}

static const HttpPullClass download_class = {.pull = download_pull, .free = download_free};

/* A source that is read before the answer leaves needs no more threads. */
static gboolean answer_at_once(HttpRequest *request, Download *self, GError **error)
{
    HttpResponse *response = request->response;
    gsize length = (gsize)(self->end - self->next);
    self->back = g_malloc(MAX(length, 1));
    if (length > 0 && !read_block(self, &length, error))
        return FALSE;
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&self->back), length);
    g_autofree char *content_type = g_strdup(response->content_type);
    http_response_bytes(response, response->status, content_type, bytes);
    return TRUE;
}

gboolean http_download_begin(HttpRequest *request, guint64 offset, guint64 length, GError **error)
{
    HttpResponse *response = request->response;
    Download *self = g_new0(Download, 1);
    self->refs = 1;
    self->server = request->server;
    self->connection = request->connection;
    self->source_class = g_steal_pointer(&response->source_class);
    self->source = g_steal_pointer(&response->source);
    self->next = offset;
    self->end = offset + length;
    g_mutex_init(&self->lock);
    gboolean head = strcmp(request->method, "HEAD") == 0;
    gboolean fine = TRUE;
    if (!head && length <= HTTP_BLOCK) {
        fine = answer_at_once(request, self, error);
        download_unref(self);
        return fine;
    }
    if (!head) {
        self->back = g_malloc(HTTP_BLOCK);
        fine = read_block(self, &self->back_length, error);
    }
    if (!fine) {
        download_unref(self);
        return FALSE;
    }
    self->next += self->back_length;
    g_autofree char *content_type = g_strdup(response->content_type);
    http_response_pull(response, content_type, length, &download_class, self);
    return TRUE;
}
