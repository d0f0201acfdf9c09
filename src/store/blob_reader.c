/* store/blob_reader.c: plaintext of a finished file, by ranges (blob_pipe.h). Chunks that a range covers wholly are
 * read together and decrypted where the caller wants them; one that it touches in part is kept, for the next range
 * begins there more often than not. */
#include "base/error.h"
#include "store/blob_pipe_private.h"
#include <sodium.h>
#include <string.h>

#define STEP 64 /* chunks read at once: 1 MiB */
#define NO_CHUNK G_MAXUINT64

struct BlobReader {
    BlobFile *file;
    ChunkedKey *key;
    guint64 size;
    guint64 kept;      /* index of the chunk in plain; NO_CHUNK */
    gsize kept_length; /* its plaintext bytes */
    guint8 *sealed;    /* STEP chunks */
    guint8 plain[CHUNK_PLAIN];
};

void blob_reader_free(BlobReader *self)
{
    if (self == NULL)
        return;
    blob_file_close(self->file);
    g_clear_pointer(&self->key, chunked_key_free);
    sodium_memzero(self->plain, sizeof self->plain);
    g_free(self->sealed);
    g_free(self);
}

/* Reads ciphertext that must be there. */
static gboolean read_sealed(BlobReader *self, guint64 at, gsize length, GError **error)
{
    gssize got = blob_file_read(self->file, at, self->sealed, length, error);
    if (got >= 0 && (gsize)got < length)
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "The encrypted file is shorter than it was.");
    return got >= 0 && (gsize)got == length;
}

/* Plaintext bytes of chunk @index: all but the last have CHUNK_PLAIN. */
static gsize length_of(const BlobReader *self, guint64 index)
{
    return (gsize)MIN(self->size - index * CHUNK_PLAIN, CHUNK_PLAIN);
}

/* Brings chunk @index into plain. */
static gboolean keep_chunk(BlobReader *self, guint64 index, GError **error)
{
    if (self->kept == index)
        return TRUE;
    gsize length = length_of(self, index), sealed = length + CHUNK_SEALED - CHUNK_PLAIN;
    self->kept = NO_CHUNK;
    if (!read_sealed(self, CHUNKED_HEAD + index * CHUNK_SEALED, sealed, error) ||
        !chunked_decrypt(self->key, index, self->sealed, sealed, self->plain, error))
        return FALSE;
    self->kept = index;
    self->kept_length = length;
    return TRUE;
}

static gboolean open_reader(BlobReader *self, const Secret *key, const char *space, GError **error)
{
    gint64 size = chunked_plain_size((gint64)blob_file_size(self->file));
    if (size < 0) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                            "The encrypted file is damaged: its length is that of no file, the end is missing.");
        return FALSE;
    }
    self->size = (guint64)size;
    self->sealed = g_malloc((gsize)STEP * CHUNK_SEALED);
    g_autoptr(GBytes) bytes = blob_context(space);
    gsize length = 0;
    gconstpointer context = g_bytes_get_data(bytes, &length);
    if (!read_sealed(self, 0, CHUNKED_HEAD, error))
        return FALSE;
    self->key = chunked_key_open(key, self->sealed, context, length, error);
    return self->key != NULL && keep_chunk(self, self->size / CHUNK_PLAIN, error);
}

BlobReader *blob_reader_new(BlobFile *file, const Secret *key, const char *space, GError **error)
{
    g_autoptr(BlobReader) self = g_new0(BlobReader, 1);
    self->file = file;
    self->kept = NO_CHUNK;
    return open_reader(self, key, space, error) ? g_steal_pointer(&self) : NULL;
}

guint64 blob_reader_size(const BlobReader *self)
{
    return self->size;
}

void blob_reader_will_stream(BlobReader *self)
{
    blob_file_will_stream(self->file);
}

/* Decrypts the @count full chunks from @index on straight to @out. */
static gboolean read_whole(BlobReader *self, guint64 index, guint count, guint8 *out, GError **error)
{
    if (!read_sealed(self, CHUNKED_HEAD + index * CHUNK_SEALED, (gsize)count * CHUNK_SEALED, error))
        return FALSE;
    for (guint i = 0; i < count; i++)
        if (!chunked_decrypt(self->key, index + i, self->sealed + (gsize)i * CHUNK_SEALED, CHUNK_SEALED,
                             out + (gsize)i * CHUNK_PLAIN, error))
            return FALSE;
    return TRUE;
}

/* Reads some of the range, at least a byte; @length is within the file. -1: @error. */
static gssize read_some(BlobReader *self, guint64 at, guint8 *out, gsize length, GError **error)
{
    guint64 index = at / CHUNK_PLAIN;
    gsize within = (gsize)(at % CHUNK_PLAIN);
    if (within == 0 && length >= CHUNK_PLAIN) {
        guint count = (guint)MIN(length / CHUNK_PLAIN, STEP);
        return read_whole(self, index, count, out, error) ? (gssize)((gsize)count * CHUNK_PLAIN) : -1;
    }
    if (!keep_chunk(self, index, error))
        return -1;
    gsize taken = MIN(length, self->kept_length - within);
    memcpy(out, self->plain + within, taken);
    return (gssize)taken;
}

gssize blob_reader_read(BlobReader *self, guint64 at, gpointer out, gsize length, GError **error)
{
    if (at >= self->size)
        return 0;
    gsize wanted = (gsize)MIN(length, self->size - at);
    for (gsize done = 0; done < wanted;) {
        gssize got = read_some(self, at + done, (guint8 *)out + done, wanted - done, error);
        if (got < 0)
            return -1;
        done += (gsize)got;
    }
    return (gssize)wanted;
}

gboolean blob_reader_verify(BlobReader *self, const Hash *expected, GError **error)
{
    gsize step = (gsize)STEP * CHUNK_PLAIN;
    g_autofree guint8 *plain = g_malloc(step);
    g_autoptr(Sha256) running = sha256_new();
    gssize got;
    blob_reader_will_stream(self);
    for (guint64 at = 0; (got = blob_reader_read(self, at, plain, step, error)) > 0; at += (guint64)got)
        sha256_update(running, plain, (gsize)got);
    sodium_memzero(plain, step);
    if (got < 0)
        return FALSE;
    Hash hash = sha256_finish(running);
    if (hash_equal(&hash, expected))
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                        "The file decrypts, but its content is not what was recorded: the hash differs.");
    return FALSE;
}
