/* store/blob_pipe_private.h: what blob_pipe.c (one pass in) and blob_resume.c (taking it up again) share. */
#pragma once
#include "crypto/chunked.h"
#include "store/blob_pipe.h"

#define RING 8         /* buffers between the two threads */
#define RING_CHUNKS 16 /* chunks in each: 256 KiB */
#define BUFFER (RING_CHUNKS * CHUNK_PLAIN)

struct BlobPipe {
    /* the caller's thread */
    Blobs *blobs;
    const Env *env;
    char *id;
    Secret *key;
    GBytes *context;
    gint64 size;
    Sha256 *hash;      /* of what was handed over */
    guint64 offset;    /* bytes taken */
    gsize fill;        /* bytes in the open buffer, not handed over yet */
    gboolean complete; /* P5 */

    /* handed over with the buffers: the caller's until the thread runs, then the thread's, the caller's again after a
     * drain */
    ChunkedKey *chunked;
    BlobUpload *upload;
    guint64 next; /* index of the next chunk (P1) */
    guint8 *sealed;

    guint8 *buffers[RING]; /* made when first needed */
    gsize lengths[RING];
    GThread *thread; /* NULL until there is something to encrypt */

    GMutex lock;
    GCond changed;
    guint64 pushed, done; /* under lock: buffers handed over, buffers encrypted */
    GError *failure;      /* under lock: the first; nothing is encrypted after it */
    gboolean stop;        /* under lock */
};

/* A pipe without an upload yet. */
BlobPipe *blob_pipe_bare(const BlobPipeOptions *options);
/* Begins an upload under a fresh salt: @beside the one that is there, or in its place. */
gboolean blob_pipe_begin(BlobPipe *self, gboolean beside, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "comity/blob/v1" 0x00 @space. New. */
GBytes *blob_context(const char *space);
