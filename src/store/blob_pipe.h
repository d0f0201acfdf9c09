/* store/blob_pipe.h: evidence on its way in: one pass that hashes, encrypts and stores; and on its way out again.
 *
 * Idea: hashing is the slowest step, so it has a thread of its own: that of the caller, who hands bytes in. A second
 * thread encrypts whole 16 KiB chunks (crypto/chunked.h) and appends them to the upload. Between them lies a ring of
 * buffers. What does not fill a chunk is the *tail*: the caller keeps it with the offset, under another key, so that an
 * offset is exact to the byte and durable.
 *
 * No chunk index is ever encrypted twice under one key, whatever breaks off. A key is made of the upload's random key
 * and the salt at the head of its file, so a new salt is a new key:
 *   P1  While the process lives, chunks are encrypted in order, each once. A pipe that failed encrypts no more: it can
 *       only be freed, and resumed.
 *   P2  Ciphertext leaves the process only by being appended to the upload, in order. So if the upload is certain
 *       (blobs.h B4) and ends with a whole chunk, the next index was never seen outside: it may be used.
 *   P3  Otherwise (a part of a chunk lies there, or what was on its way to the disk can't be known) the upload goes on
 *       under a new salt: its chunks are read, authenticated, encrypted anew into a file beside, which then takes its
 *       place. Nobody sends them again.
 *   P4  Whole chunks beyond what was acknowledged are either kept, once authenticated, and the offset moves forward
 *       (BLOB_RESUME_KEEP), or dropped, and then the upload goes on under a new salt (BLOB_RESUME_EXACT).
 *   P5  The last, short chunk is encrypted in finish, once. An upload that was finished before its record is found
 *       complete, and finishing again encrypts nothing.
 *   P6  What was acknowledged and is not there, or does not authenticate, is COMITY_ERROR_DAMAGED: never made up.
 * A BlobPipe belongs to one thread at a time. */
#pragma once
#include "crypto/digest.h"
#include "crypto/secret.h"
#include "store/blobs.h"
#include <glib.h>

typedef struct BlobPipe BlobPipe;

typedef struct {
    Blobs *blobs;      /* borrowed, outlives the pipe */
    const Env *env;    /* borrowed, for salts */
    const char *id;    /* of the upload */
    const Secret *key; /* its random key */
    const char *space; /* the context it is encrypted in: "comity/blob/v1" 0x00 space */
    gint64 size;       /* plaintext bytes to come; -1: unknown */
} BlobPipeOptions;

/* A new upload under a fresh salt. Everything in @options but the borrowed is copied. */
BlobPipe *blob_pipe_new(const BlobPipeOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
    BLOB_RESUME_KEEP,  /* the offset may turn out greater than @offset */
    BLOB_RESUME_EXACT, /* it is @offset: bytes after it were refused (a checksum that did not fit) or may have been */
} BlobResume;
/* Takes an upload up again that was acknowledged up to @offset, with the @tail (offset % 16384 bytes) that was kept;
 * NULL for none. Reads and authenticates every chunk, to hash anew. */
BlobPipe *blob_pipe_resume(const BlobPipeOptions *options, BlobResume how, guint64 offset, GBytes *tail,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stops the thread. What was not flushed may be lost. */
void blob_pipe_free(BlobPipe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlobPipe, blob_pipe_free)

/* Plaintext bytes taken so far. */
guint64 blob_pipe_offset(const BlobPipe *self);
/* TRUE: finished before a restart (P5); the offset is the size, and only finish makes sense. */
gboolean blob_pipe_is_complete(const BlobPipe *self);
/* Takes @length bytes. Returns when they are hashed and on their way; blocks while the ring is full. COMITY_ERROR_LIMIT
 * past the size. */
gboolean blob_pipe_write(BlobPipe *self, gconstpointer bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes all full chunks durable. @tail: out, new, what is left after them (perhaps empty). Once the caller has stored
 * it durably with @offset, that offset may be acknowledged: in a folder it is all that was taken; a store of whole
 * parts may have less, and then no tail. */
gboolean blob_pipe_flush(BlobPipe *self, guint64 *offset, GBytes **tail, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Encrypts the last chunk and makes the whole durable: ready for blobs_publish(). @hash: of the plaintext.
 * COMITY_ERROR_INVALID where a size was given and is not reached. May be called again. */
gboolean blob_pipe_finish(BlobPipe *self, Hash *hash, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SHA-256 of what was taken so far. */
Hash blob_pipe_hash(const BlobPipe *self);

/* Reading: plaintext of a finished file, any range of it, only the chunks that it needs. The last chunk is
 * authenticated before anything else, so a size that is stated is true. A BlobReader belongs to one thread at a time.
 */
typedef struct BlobReader BlobReader;
/* Takes @file over (freed with the reader, or at once on error). COMITY_ERROR_DAMAGED where head, length or last chunk
 * do not fit @key and @space. */
BlobReader *blob_reader_new(BlobFile *file, const Secret *key, const char *space,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void blob_reader_free(BlobReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlobReader, blob_reader_free)
guint64 blob_reader_size(const BlobReader *self);
/* Up to @length bytes at @at into @out; fewer only at the end, 0 beyond it. -1 with COMITY_ERROR_DAMAGED that names the
 * chunk. Best with ranges of 256 KiB and more when the whole is wanted. */
gssize blob_reader_read(BlobReader *self, guint64 at, gpointer out, gsize length,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Says that the whole will be read in order (an export, an audit). */
void blob_reader_will_stream(BlobReader *self);
/* Reads it all: COMITY_ERROR_DAMAGED where a chunk fails, or the plaintext is not @expected. */
gboolean blob_reader_verify(BlobReader *self, const Hash *expected, GError **error) G_GNUC_WARN_UNUSED_RESULT;
