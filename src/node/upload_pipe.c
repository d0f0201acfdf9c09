#include "node/upload_pipe.h"
#include "base/error.h"
#include <string.h>

/* A pipe has a thread and buffers: how many may wait for their next PATCH, and how long. */
#define IDLE_PIPES 8
#define IDLE_US ((gint64)60 * G_USEC_PER_SEC)
/* A client that was cut off comes back before the request that it lost has quite ended: it is waited for so long. */
#define PATIENCE_US ((gint64)3 * G_USEC_PER_SEC)

struct UploadPipe {
    Uploads *uploads;
    char *id, *space;
    Secret *key;
    BlobPipe *pipe;
    gboolean used;
    gint64 used_us;
};

struct Uploads {
    Node *node;
    GMutex lock;
    GCond returned;    /* a pipe is free again */
    GHashTable *pipes; /* id -> UploadPipe */
};

static void upload_pipe_free(gpointer data)
{
    UploadPipe *self = data;
    g_clear_pointer(&self->pipe, blob_pipe_free);
    g_clear_pointer(&self->key, secret_unref);
    g_free(self->space);
    g_free(self->id);
    g_free(self);
}

Uploads *uploads_new(Node *node)
{
    Uploads *self = g_new0(Uploads, 1);
    self->node = node;
    self->pipes = g_hash_table_new(g_str_hash, g_str_equal);
    g_mutex_init(&self->lock);
    g_cond_init(&self->returned);
    return self;
}

/* Takes idle pipes out of the table: all that are older than @age_us, and the oldest beyond @count. New array. */
static GPtrArray *take_idle(Uploads *self, guint count, gint64 age_us)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(upload_pipe_free);
    gint64 now = g_get_monotonic_time();
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    for (;;) {
        UploadPipe *oldest = NULL, *pipe;
        guint idle = 0;
        GHashTableIter iter;
        g_hash_table_iter_init(&iter, self->pipes);
        while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&pipe)) {
            idle += !pipe->used;
            if (!pipe->used && (!oldest || pipe->used_us < oldest->used_us))
                oldest = pipe;
        }
        if (!oldest || (idle <= count && now - oldest->used_us < age_us))
            return out;
        g_hash_table_remove(self->pipes, oldest->id);
        g_ptr_array_add(out, oldest);
    }
}

/* Closing waits for a thread, so it is done outside the lock. */
void uploads_trim(Uploads *self)
{
    g_ptr_array_unref(take_idle(self, IDLE_PIPES, IDLE_US));
}

void uploads_free(Uploads *self)
{
    if (!self)
        return;
    g_ptr_array_unref(take_idle(self, 0, 0));
    g_hash_table_unref(self->pipes);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->returned);
    g_free(self);
}

gboolean uploads_has_pipe(Uploads *self, const char *id)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    return g_hash_table_contains(self->pipes, id);
}

BlobPipe *upload_pipe_blob(const UploadPipe *self)
{
    return self->pipe;
}

const char *upload_pipe_space(const UploadPipe *self)
{
    return self->space;
}

const Secret *upload_pipe_key(const UploadPipe *self)
{
    return self->key;
}

/* ---- rows ---- */

typedef struct {
    UploadPipe *pipe;
    guint64 offset;
    GBytes *tail;
} Stored;

/* The tail under a fresh key of its own; the row before, and its key, are gone with this. */
static gboolean put_tail(Tx *tx, const char *id, GBytes *tail, GError **error)
{
    g_autofree char *what = g_strconcat("tail/", id, NULL);
    g_autoptr(Secret) key = secret_new_random(tx->node->env);
    gsize length = 0;
    gconstpointer bytes = g_bytes_get_data(tail, &length);
    g_autoptr(GBytes) sealed = secret_wrap_bytes(tx->node->env, key, what, bytes, length);
    g_autoptr(GBytes) wrapped = secret_wrap(tx->node->env, tx->node->wrap, what, key);
    g_autoptr(DbQuery) put =
        db_query(tx->db, "INSERT INTO upload_tail (upload, key, sealed) VALUES (:id, :key, :sealed) "
                         "ON CONFLICT (upload) DO UPDATE SET key = :key, sealed = :sealed");
    db_bind_text(put, "id", id);
    db_bind_bytes(put, "key", wrapped);
    db_bind_bytes(put, "sealed", sealed);
    return db_run(put, error);
}

static gboolean write_stored(Tx *tx, gpointer data, GError **error)
{
    const Stored *stored = data;
    const char *id = stored->pipe->id;
    g_autoptr(DbQuery) put =
        db_query(tx->db, "UPDATE upload SET stored = :offset, expires = :expires WHERE id = :id AND state = 'open'");
    db_bind_text(put, "id", id);
    db_bind_integer(put, "offset", (gint64)stored->offset);
    db_bind_integer(put, "expires", tx->now_ms + UPLOAD_LIFE_MS);
    if (!db_run(put, error))
        return FALSE;
    if (db_changes(tx->db) == 0) {
        error_set(error, COMITY_ERROR_NOT_FOUND, "upload.unknown", "", "This upload is not here any more.");
        return FALSE;
    }
    if (g_bytes_get_size(stored->tail) > 0)
        return put_tail(tx, id, stored->tail, error);
    g_autoptr(DbQuery) drop = db_query(tx->db, "DELETE FROM upload_tail WHERE upload = :id");
    db_bind_text(drop, "id", id);
    return db_run(drop, error);
}

gboolean upload_pipe_store(UploadPipe *self, guint64 *stored, GError **error)
{
    g_autoptr(GBytes) tail = NULL;
    guint64 offset = 0;
    if (!blob_pipe_flush(self->pipe, &offset, &tail, error))
        return FALSE;
    Stored row = {.pipe = self, .offset = offset, .tail = tail};
    if (!node_write(self->uploads->node, write_stored, &row, error))
        return FALSE;
    *stored = row.offset;
    return TRUE;
}

/* ---- taking up again ---- */

static GBytes *read_tail(Uploads *self, Db *db, const char *id, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT key, sealed FROM upload_tail WHERE upload = :id");
    db_bind_text(query, "id", id);
    int row = db_step(query, error);
    if (row <= 0)
        return row == 0 ? g_bytes_new(NULL, 0) : NULL;
    g_autofree char *what = g_strconcat("tail/", id, NULL);
    g_autoptr(GBytes) wrapped = db_bytes(query, 0), sealed = db_bytes(query, 1);
    g_autoptr(Secret) key = secret_unwrap(self->node->wrap, what, wrapped, error);
    return key ? secret_unwrap_bytes(key, what, sealed, error) : NULL;
}

/* Opens the pipe of what the row of @self->id says. @size, @stored: of that row. */
static gboolean open_pipe(UploadPipe *self, Db *db, gint64 size, guint64 stored, GError **error)
{
    Uploads *uploads = self->uploads;
    const BlobPipeOptions options = {.blobs = uploads->node->blobs,
                                     .env = uploads->node->env,
                                     .id = self->id,
                                     .key = self->key,
                                     .space = self->space,
                                     .size = size};
    g_autoptr(GBytes) tail = read_tail(uploads, db, self->id, error);
    if (!tail)
        return FALSE;
    g_autoptr(GError) cause = NULL;
    self->pipe = blob_pipe_resume(&options, BLOB_RESUME_KEEP, stored, tail, &cause);
    if (!self->pipe && stored == 0 && g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_NOT_FOUND)) {
        g_clear_error(&cause); /* nothing came yet */
        self->pipe = blob_pipe_new(&options, &cause);
    }
    if (!self->pipe) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    /* What a process that died had taken, but not acknowledged, and what lies there whole, counts from now on. */
    guint64 now = 0;
    return blob_pipe_offset(self->pipe) == stored || blob_pipe_is_complete(self->pipe) ||
           upload_pipe_store(self, &now, error);
}

static gboolean load(UploadPipe *self, Db *db, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT space, key, size, stored FROM upload WHERE id = :id AND state = 'open'");
    db_bind_text(query, "id", self->id);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "upload.unknown", "", "There is no such upload, or it is not yours.");
    if (row <= 0)
        return FALSE;
    self->space = g_strdup(db_text(query, 0));
    g_autoptr(GBytes) wrapped = db_bytes(query, 1);
    gint64 size = db_integer(query, 2);
    guint64 stored = (guint64)db_integer(query, 3);
    db_reset(query);
    g_autofree char *what = g_strconcat("upload/", self->id, NULL);
    self->key = secret_unwrap(self->uploads->node->wrap, what, wrapped, error);
    return self->key && open_pipe(self, db, size, stored, error);
}

static UploadPipe *busy(GError **error)
{
    error_set(error, COMITY_ERROR_CONFLICT, "upload.busy", "",
              "Another request is sending this file right now; ask for its offset and go on from there.");
    return NULL;
}

/* A free pipe of @id, marked as used, or NULL; @taken: somebody else has it. */
static UploadPipe *find_free(Uploads *self, const char *id, gboolean *taken)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    UploadPipe *pipe;
    gboolean in_time = TRUE; /* looked up anew after every wait: the lock was let go meanwhile */
    while ((pipe = g_hash_table_lookup(self->pipes, id)) && pipe->used && in_time)
        in_time = g_cond_wait_until(&self->returned, &self->lock, until);
    *taken = pipe && pipe->used;
    if (pipe && !*taken) {
        pipe->used = TRUE;
        return pipe;
    }
    if (pipe)
        return NULL;
    pipe = g_new0(UploadPipe, 1);
    pipe->uploads = self;
    pipe->id = g_strdup(id);
    pipe->used = TRUE;
    g_hash_table_insert(self->pipes, pipe->id, pipe);
    return pipe;
}

UploadPipe *upload_pipe_take(Uploads *self, Db *db, const char *id, GError **error)
{
    gboolean taken = FALSE;
    UploadPipe *pipe = find_free(self, id, &taken);
    if (taken)
        return busy(error);
    if (pipe->pipe || load(pipe, db, error))
        return pipe;
    upload_pipe_return(pipe, FALSE);
    return NULL;
}

void upload_pipe_return(UploadPipe *self, gboolean keep)
{
    Uploads *uploads = self->uploads;
    g_mutex_lock(&uploads->lock);
    self->used = FALSE;
    self->used_us = g_get_monotonic_time();
    if (!keep)
        g_hash_table_remove(uploads->pipes, self->id);
    g_cond_broadcast(&uploads->returned);
    g_mutex_unlock(&uploads->lock);
    if (!keep)
        upload_pipe_free(self);
    else
        uploads_trim(uploads);
}
