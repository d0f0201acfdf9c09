/* store/blob_pipe.c: see blob_pipe.h. The caller's thread fills buffers, hands each over as soon as it is full, and
 * then hashes it while the other thread encrypts it: both read, nobody writes. A buffer is filled again only when both
 * have done with it: the caller by order, the thread by `done`. */
#include "base/error.h"
#include "store/blob_pipe_private.h"
#include <sodium.h>
#include <string.h>

GBytes *blob_context(const char *space)
{
    static const char domain[] = "comity/blob/v1"; /* its final 0 is the separator */
    g_autoptr(GByteArray) context = g_byte_array_new();
    g_byte_array_append(context, (const guint8 *)domain, sizeof domain);
    g_byte_array_append(context, (const guint8 *)space, (guint)strlen(space));
    return g_byte_array_free_to_bytes(g_steal_pointer(&context));
}

BlobPipe *blob_pipe_bare(const BlobPipeOptions *options)
{
    BlobPipe *self = g_new0(BlobPipe, 1);
    self->blobs = options->blobs;
    self->env = options->env;
    self->id = g_strdup(options->id);
    self->key = secret_ref((Secret *)options->key);
    self->context = blob_context(options->space);
    self->size = options->size;
    self->hash = sha256_new();
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    return self;
}

gboolean blob_pipe_begin(BlobPipe *self, gboolean beside, GError **error)
{
    gsize length = 0;
    gconstpointer context = g_bytes_get_data(self->context, &length);
    gint64 sealed = self->size < 0 ? -1 : chunked_sealed_size(self->size);
    BlobUpload *upload = beside ? blobs_create_beside(self->blobs, self->id, sealed, error)
                                : blobs_create(self->blobs, self->id, sealed, error);
    if (upload == NULL)
        return FALSE;
    guint8 salt[24], head[CHUNKED_HEAD];
    env_random(self->env, salt, sizeof salt);
    g_clear_pointer(&self->upload, blob_upload_close);
    g_clear_pointer(&self->chunked, chunked_key_free);
    self->upload = upload;
    self->chunked = chunked_key_new(self->key, salt, context, length);
    self->next = 0;
    chunked_head(self->chunked, head);
    return blob_upload_append(upload, head, sizeof head, error);
}

BlobPipe *blob_pipe_new(const BlobPipeOptions *options, GError **error)
{
    g_autoptr(BlobPipe) self = blob_pipe_bare(options);
    return blob_pipe_begin(self, FALSE, error) ? g_steal_pointer(&self) : NULL;
}

void blob_pipe_free(BlobPipe *self)
{
    if (self == NULL)
        return;
    g_mutex_lock(&self->lock);
    self->stop = TRUE;
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
    g_clear_pointer(&self->thread, g_thread_join);
    for (guint i = 0; i < RING; i++) {
        if (self->buffers[i] != NULL)
            sodium_memzero(self->buffers[i], BUFFER);
        g_free(self->buffers[i]);
    }
    g_free(self->sealed);
    g_clear_pointer(&self->chunked, chunked_key_free);
    g_clear_pointer(&self->upload, blob_upload_close);
    sha256_free(self->hash);
    g_clear_error(&self->failure);
    g_cond_clear(&self->changed);
    g_mutex_clear(&self->lock);
    g_bytes_unref(self->context);
    secret_unref(self->key);
    g_free(self->id);
    g_free(self);
}

/* ---- the second thread ---- */

/* Encrypts @length bytes, whole chunks, and appends them (P1, P2). */
static gboolean store(BlobPipe *self, const guint8 *plain, gsize length, GError **error)
{
    guint8 *to = self->sealed;
    for (; length > 0; length -= CHUNK_PLAIN, plain += CHUNK_PLAIN, to += CHUNK_SEALED)
        chunked_encrypt(self->chunked, self->next++, plain, CHUNK_PLAIN, to);
    return blob_upload_append(self->upload, self->sealed, (gsize)(to - self->sealed), error);
}

static gpointer run(gpointer data)
{
    BlobPipe *self = data;
    g_mutex_lock(&self->lock);
    for (;;) {
        while (self->done == self->pushed && !self->stop)
            g_cond_wait(&self->changed, &self->lock);
        if (self->stop)
            break;
        guint slot = (guint)(self->done % RING);
        gboolean sound = self->failure == NULL;
        g_mutex_unlock(&self->lock);
        GError *failure = NULL;
        if (sound)
            sound = store(self, self->buffers[slot], self->lengths[slot], &failure);
        g_mutex_lock(&self->lock);
        if (failure != NULL)
            self->failure = failure;
        self->done++;
        g_cond_broadcast(&self->changed);
    }
    g_mutex_unlock(&self->lock);
    return NULL;
}

/* ---- the caller's side of the ring ---- */

/* Tells the failure of the other thread. Under lock. */
static gboolean is_sound(const BlobPipe *self, GError **error)
{
    if (self->failure == NULL)
        return TRUE;
    g_propagate_error(error, g_error_copy(self->failure));
    return FALSE;
}

/* Waits until at most @waiting buffers are on their way. */
static gboolean wait_for(BlobPipe *self, guint64 waiting, GError **error)
{
    g_mutex_lock(&self->lock);
    while (self->pushed - self->done > waiting)
        g_cond_wait(&self->changed, &self->lock);
    gboolean sound = is_sound(self, error);
    g_mutex_unlock(&self->lock);
    return sound;
}

/* The buffer that is being filled; waits until it is free. NULL: @error. */
static guint8 *open_buffer(BlobPipe *self, GError **error)
{
    if (self->fill == 0 && !wait_for(self, RING - 1, error))
        return NULL;
    guint slot = (guint)(self->pushed % RING); /* only this thread pushes */
    if (self->buffers[slot] == NULL)
        self->buffers[slot] = g_malloc(BUFFER);
    return self->buffers[slot];
}

/* Hands over the whole chunks of the open buffer, hashes them, and moves what is left to the next one. */
static gboolean push(BlobPipe *self, GError **error)
{
    guint slot = (guint)(self->pushed % RING);
    gsize whole = self->fill - self->fill % CHUNK_PLAIN, left = self->fill - whole;
    if (whole == 0)
        return TRUE;
    if (self->thread == NULL) {
        self->sealed = g_malloc((gsize)RING_CHUNKS * CHUNK_SEALED);
        self->thread = g_thread_new("seal", run, self);
    }
    g_mutex_lock(&self->lock);
    self->lengths[slot] = whole;
    self->pushed++;
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
    const guint8 *plain = self->buffers[slot];
    sha256_update(self->hash, plain, whole);
    self->fill = 0;
    if (left == 0)
        return TRUE;
    guint8 *next = open_buffer(self, error);
    if (next == NULL)
        return FALSE;
    memcpy(next, plain + whole, left);
    self->fill = left;
    return TRUE;
}

/* ---- what the caller sees ---- */

guint64 blob_pipe_offset(const BlobPipe *self)
{
    return self->offset;
}

gboolean blob_pipe_is_complete(const BlobPipe *self)
{
    return self->complete;
}

static gboolean has_room(const BlobPipe *self, gsize length, GError **error)
{
    if (!self->complete && (self->size < 0 || length <= (guint64)self->size - self->offset))
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_LIMIT,
                        "These are more bytes than the file was said to have.");
    return FALSE;
}

gboolean blob_pipe_write(BlobPipe *self, gconstpointer bytes, gsize length, GError **error)
{
    if (!has_room(self, length, error))
        return FALSE;
    for (const guint8 *at = bytes; length > 0;) {
        guint8 *buffer = open_buffer(self, error);
        if (buffer == NULL)
            return FALSE;
        gsize taken = MIN(length, BUFFER - self->fill);
        memcpy(buffer + self->fill, at, taken);
        self->fill += taken;
        self->offset += taken;
        at += taken;
        length -= taken;
        if (self->fill == BUFFER && !push(self, error))
            return FALSE;
    }
    return TRUE;
}

/* Everything that can be handed over is encrypted and appended; the upload is the caller's again. */
static gboolean drain(BlobPipe *self, GError **error)
{
    return push(self, error) && wait_for(self, 0, error);
}

/* The bytes that do not fill a chunk. After a drain. */
static const guint8 *tail_of(const BlobPipe *self)
{
    return self->fill == 0 ? (const guint8 *)"" : self->buffers[self->pushed % RING];
}

/* Nothing is built on this upload any more (P1). @failure: taken. FALSE. */
static gboolean give_up(BlobPipe *self, GError *failure, GError **error)
{
    g_mutex_lock(&self->lock);
    self->failure = failure;
    is_sound(self, error);
    g_mutex_unlock(&self->lock);
    return FALSE;
}

/* A failed flush leaves it open what is on the disk. */
static gboolean make_durable(BlobPipe *self, guint64 *durable, GError **error)
{
    GError *failure = NULL;
    return blob_upload_flush(self->upload, durable, &failure) || give_up(self, failure, error);
}

gboolean blob_pipe_flush(BlobPipe *self, guint64 *offset, GBytes **tail, GError **error)
{
    guint64 durable = 0;
    if (!drain(self, error) || !make_durable(self, &durable, error))
        return FALSE;
    *offset = self->offset;
    if (durable < blob_upload_size(self->upload)) {
        *offset = durable < CHUNKED_HEAD ? 0 : (durable - CHUNKED_HEAD) / CHUNK_SEALED * CHUNK_PLAIN;
        *tail = g_bytes_new(NULL, 0);
        return TRUE;
    }
    *tail = g_bytes_new(tail_of(self), self->fill);
    return TRUE;
}

Hash blob_pipe_hash(const BlobPipe *self)
{
    g_autoptr(Sha256) hash = sha256_copy(self->hash);
    if (self->fill > 0)
        sha256_update(hash, self->buffers[self->pushed % RING], self->fill);
    return sha256_finish(hash);
}

/* The last chunk (P5): after it nothing is encrypted any more. */
static gboolean store_last(BlobPipe *self, GError **error)
{
    guint8 sealed[CHUNK_SEALED];
    chunked_encrypt(self->chunked, self->next++, tail_of(self), self->fill, sealed);
    GError *failure = NULL;
    if (!blob_upload_append(self->upload, sealed, self->fill + CHUNK_SEALED - CHUNK_PLAIN, &failure))
        return give_up(self, failure, error);
    self->complete = TRUE;
    return TRUE;
}

gboolean blob_pipe_finish(BlobPipe *self, Hash *hash, GError **error)
{
    if (self->size >= 0 && self->offset != (guint64)self->size) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                    "Of %" G_GINT64_FORMAT " bytes only %" G_GUINT64_FORMAT " have come.", self->size, self->offset);
        return FALSE;
    }
    guint64 durable = 0;
    if (!self->complete && (!drain(self, error) || !store_last(self, error)))
        return FALSE;
    if (!make_durable(self, &durable, error))
        return FALSE;
    *hash = blob_pipe_hash(self);
    return TRUE;
}
