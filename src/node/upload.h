/* node/upload.h: files on their way in (tus), arrived, and taken by an act; and reading what was taken.
 *   U1  An upload is encrypted from its first byte under its own random key, context = its space; the key is wrapped in
 *       its row; its tail (< 16 KiB) is a row under a fresh random key.
 *   U2  Arrived: hash known, file and folder synced. It becomes a blob when an act takes it, in that act's transaction;
 *       until then it expires after 7 days.
 *   U3  Deduplicated within a lane only. */
#pragma once
#include "http/tus.h"
#include "node/tx.h"

typedef struct {
    char *id, *space, *owner; /* owner: person in the node's own space */
    char *name, *relative_path;
    guint64 size, offset;
    gboolean arrived, taken;
    char *sha256;     /* 64 hex once arrived */
    char *media_type; /* by libmagic once arrived */
    gint64 created_ms, expires_ms;
    gint64 modified_ms; /* what its source says of its last change, or UPLOAD_NOT_SAID */
} Upload;
#define UPLOAD_NOT_SAID G_MININT64
void upload_free(Upload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Upload, upload_free)

Upload *upload_get(Db *db, const char *id, const char *owner, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the arrived upload a blob of @lane (its key wrapped under the lane's), in this transaction. */
gboolean tx_take_upload(Tx *tx, const char *upload, const char *owner, const char *space, const char *lane,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* last_modified of @metadata (Upload-Metadata; RFC 3339) into @modified_ms; UPLOAD_NOT_SAID where it is not there, or is
 * a moment that no record can name. FALSE where it is no time at all. */
gboolean upload_modified_read(const HttpTusMetadata *metadata, gint64 *modified_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The tus routes under /api/v1/uploads, for app/. Ended by a route without a method. */
extern const HttpRoute upload_routes[];

/* Plaintext of the blob @sha256 (64 hex) of @lane: ranged, authenticated. Thread-safe for one user at a time. */
typedef struct BlobReader BlobReader; /* store/blob_pipe.h */
/* COMITY_ERROR_NOT_FOUND where no act of the lane names it. */
BlobReader *node_blob_open(Node *node, Db *db, const char *lane, const char *sha256,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
