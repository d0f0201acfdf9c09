/* store/blob_resume.c: taking an upload up again after a restart (blob_pipe.h P2 to P6).
 *
 *   survey   reads the head and every chunk that is whole and authentic, hashing as it goes
 *   choose   how many of them stand, and what follows them: the tail that was kept, or the plaintext of the last chunk
 *   go on    under the same salt where P2 allows it, otherwise all are encrypted anew beside (P3)
 */
#include "base/error.h"
#include "store/blob_pipe_private.h"
#include <sodium.h>
#include <string.h>

#define STEP 64 /* chunks read at once */

typedef struct {
    BlobPipe *pipe;
    guint64 acknowledged; /* whole chunks */
    guint64 limit;        /* chunks to take at most */
    GBytes *tail;         /* that was kept; may be NULL */
    guint64 chunks;       /* that stand */
    guint8 *sealed;       /* STEP chunks as they lie there */
    guint8 *plain;        /* one chunk */
    gsize last;           /* plaintext bytes of the last, short chunk, which are in plain */
    gboolean has_last;
} Survey;

static void survey_clear(Survey *self)
{
    sodium_memzero(self->plain, CHUNK_PLAIN);
    g_free(self->plain);
    g_free(self->sealed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Survey, survey_clear)

static gboolean damaged(const BlobPipe *pipe, guint64 chunk, GError **error)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                "The upload “%s” is damaged in chunk %" G_GUINT64_FORMAT ", which had been acknowledged. Send it anew.",
                pipe->id, chunk);
    return FALSE;
}

static guint64 position_of(guint64 chunk)
{
    return CHUNKED_HEAD + chunk * CHUNK_SEALED;
}

/* Did the tail that was kept become the beginning of the chunk in plain? It must have. */
static gboolean tail_fits(const Survey *self)
{
    gsize length = 0;
    const guint8 *tail = self->tail != NULL ? g_bytes_get_data(self->tail, &length) : NULL;
    return length == 0 || memcmp(tail, self->plain, length) == 0;
}

/* Takes the chunks in sealed. FALSE at the first that does not stand. */
static gboolean take_chunks(Survey *self, guint count)
{
    BlobPipe *pipe = self->pipe;
    for (guint i = 0; i < count; i++, self->chunks++) {
        const guint8 *sealed = self->sealed + (gsize)i * CHUNK_SEALED;
        if (!chunked_decrypt(pipe->chunked, self->chunks, sealed, CHUNK_SEALED, self->plain, NULL) ||
            (self->chunks == self->acknowledged && !tail_fits(self)))
            return FALSE;
        sha256_update(pipe->hash, self->plain, CHUNK_PLAIN);
    }
    return TRUE;
}

/* All whole chunks that stand, at most `limit`. */
static gboolean survey_chunks(Survey *self, GError **error)
{
    BlobUpload *upload = self->pipe->upload;
    guint64 there = MIN((blob_upload_size(upload) - CHUNKED_HEAD) / CHUNK_SEALED, self->limit);
    for (gboolean sound = TRUE; sound && self->chunks < there;) {
        guint count = (guint)MIN(there - self->chunks, STEP);
        if (!blob_upload_read(upload, position_of(self->chunks), self->sealed, (gsize)count * CHUNK_SEALED, error))
            return FALSE;
        sound = take_chunks(self, count);
    }
    return self->chunks >= self->acknowledged || damaged(self->pipe, self->chunks, error); /* P6 */
}

/* Is what lies behind them the last chunk, which finish wrote? (P5) */
static gboolean survey_last(Survey *self, GError **error)
{
    BlobUpload *upload = self->pipe->upload;
    guint64 rest = blob_upload_size(upload) - position_of(self->chunks);
    if (rest < CHUNK_SEALED - CHUNK_PLAIN || rest >= CHUNK_SEALED)
        return TRUE;
    if (!blob_upload_read(upload, position_of(self->chunks), self->sealed, (gsize)rest, error))
        return FALSE;
    self->last = (gsize)rest - (CHUNK_SEALED - CHUNK_PLAIN);
    self->has_last = chunked_decrypt(self->pipe->chunked, self->chunks, self->sealed, (gsize)rest, self->plain, NULL);
    return TRUE;
}

/* Opens the key by the head that lies there. FALSE without an error: there is none that fits. */
static gboolean open_key(BlobPipe *pipe, GError **error)
{
    guint8 head[CHUNKED_HEAD];
    gsize length = 0;
    gconstpointer context = g_bytes_get_data(pipe->context, &length);
    if (blob_upload_size(pipe->upload) < CHUNKED_HEAD || !blob_upload_read(pipe->upload, 0, head, sizeof head, error))
        return FALSE;
    pipe->chunked = chunked_key_open(pipe->key, head, context, length, NULL);
    return pipe->chunked != NULL;
}

/* ---- going on ---- */

/* Encrypts the chunks that stand anew, under a fresh salt, into an upload that takes the place of this one (P3). */
static gboolean encrypt_anew(Survey *self, GError **error)
{
    BlobPipe *pipe = self->pipe;
    g_autoptr(BlobUpload) old = g_steal_pointer(&pipe->upload);
    g_autoptr(ChunkedKey) old_key = g_steal_pointer(&pipe->chunked);
    if (!blob_pipe_begin(pipe, TRUE, error))
        return FALSE;
    for (guint64 done = 0; done < self->chunks;) {
        guint count = (guint)MIN(self->chunks - done, STEP);
        if (!blob_upload_read(old, position_of(done), self->sealed, (gsize)count * CHUNK_SEALED, error))
            return FALSE;
        for (guint i = 0; i < count; i++, done++) {
            guint8 *at = self->sealed + (gsize)i * CHUNK_SEALED;
            if (!chunked_decrypt(old_key, done, at, CHUNK_SEALED, self->plain, error))
                return FALSE;
            chunked_encrypt(pipe->chunked, pipe->next++, self->plain, CHUNK_PLAIN, at);
        }
        if (!blob_upload_append(pipe->upload, self->sealed, (gsize)count * CHUNK_SEALED, error))
            return FALSE;
    }
    guint64 durable = 0;
    return blob_upload_flush(pipe->upload, &durable, error) && blob_upload_replace(pipe->upload, error);
}

/* What the pipe takes after the chunks, as if it came now. */
static gboolean take_rest(Survey *self, GBytes *last, GError **error)
{
    gsize length = 0;
    gconstpointer bytes = last != NULL ? g_bytes_get_data(last, &length) : NULL;
    return length == 0 || blob_pipe_write(self->pipe, bytes, length, error);
}

/* Is the last chunk one to be kept? Not if it isn't the end, or holds what was not acknowledged and should not stand.
 */
static gboolean last_stands(const Survey *self, BlobResume how, guint64 offset)
{
    guint64 total = self->chunks * CHUNK_PLAIN + self->last;
    if (!self->has_last || (self->pipe->size >= 0 && total != (guint64)self->pipe->size))
        return FALSE;
    if (self->chunks == self->acknowledged && !tail_fits(self))
        return FALSE;
    return how == BLOB_RESUME_EXACT ? total == offset : total >= offset;
}

static gboolean go_on(Survey *self, BlobResume how, guint64 offset, GError **error)
{
    BlobPipe *pipe = self->pipe;
    gboolean certain = blob_upload_is_certain(pipe->upload);
    gboolean last = last_stands(self, how, offset);
    g_autoptr(GBytes) rest = NULL;
    if (last)
        rest = g_bytes_new(self->plain, self->last);
    else if (self->chunks == self->acknowledged && self->tail != NULL)
        rest = g_bytes_ref(self->tail);
    pipe->offset = self->chunks * CHUNK_PLAIN;
    pipe->next = self->chunks;
    if (last && certain) {
        sha256_update(pipe->hash, g_bytes_get_data(rest, NULL), self->last);
        pipe->offset += self->last;
        pipe->complete = TRUE;
        return TRUE;
    }
    gboolean same = certain && blob_upload_size(pipe->upload) == position_of(self->chunks); /* P2 */
    return (same || encrypt_anew(self, error)) && take_rest(self, rest, error);
}

/* Nothing that was acknowledged lies in a chunk: the file, if there is one, is begun anew. */
static gboolean begin_anew(Survey *self, GError **error)
{
    if (self->acknowledged > 0)
        return damaged(self->pipe, 0, error);
    return blob_pipe_begin(self->pipe, FALSE, error) && take_rest(self, self->tail, error);
}

static gboolean resume(Survey *self, BlobResume how, guint64 offset, GError **error)
{
    BlobPipe *pipe = self->pipe;
    g_autoptr(GError) local = NULL;
    pipe->upload = blobs_resume(pipe->blobs, pipe->id, &local);
    if (pipe->upload == NULL && !g_error_matches(local, COMITY_ERROR, COMITY_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (pipe->upload == NULL || !open_key(pipe, &local)) {
        if (local == NULL || g_error_matches(local, COMITY_ERROR, COMITY_ERROR_NOT_FOUND))
            return begin_anew(self, error);
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return survey_chunks(self, error) && survey_last(self, error) && go_on(self, how, offset, error);
}

BlobPipe *blob_pipe_resume(const BlobPipeOptions *options, BlobResume how, guint64 offset, GBytes *tail, GError **error)
{
    gsize kept = tail != NULL ? g_bytes_get_size(tail) : 0;
    if (kept != offset % CHUNK_PLAIN || (options->size >= 0 && offset > (guint64)options->size)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "The upload “%s” does not fit what is known of it. Send it anew.", options->id);
        return NULL;
    }
    g_autoptr(BlobPipe) pipe = blob_pipe_bare(options);
    g_auto(Survey) survey = {.pipe = pipe, .acknowledged = offset / CHUNK_PLAIN, .tail = tail};
    survey.limit = how == BLOB_RESUME_EXACT ? survey.acknowledged
                   : options->size >= 0     ? (guint64)options->size / CHUNK_PLAIN
                                            : G_MAXUINT64;
    survey.sealed = g_malloc((gsize)STEP * CHUNK_SEALED);
    survey.plain = g_malloc(CHUNK_PLAIN);
    return resume(&survey, how, offset, error) ? g_steal_pointer(&pipe) : NULL;
}
