/* node/upload_pipe.h: uploads at work: the pipes between one PATCH and the next.
 *
 * Idea: taking an upload up again means reading it all, so a pipe stays open while its client keeps sending. Few stay
 * open without being used; a process that died leaves none, and the first request then takes the upload up again.
 *   P1  One upload, one user at a time: who finds it in use is told so.
 *   P2  What is acknowledged is what the row says: full chunks on the disk, and the tail beside it. */
#pragma once
#include "node/internal.h"
#include "store/blob_pipe.h"

/* From its last byte on: what no act takes is then removed. */
#define UPLOAD_LIFE_MS ((gint64)7 * 24 * 60 * 60 * 1000)

Uploads *uploads_new(Node *node);
void uploads_free(Uploads *self);
/* Closes pipes that nobody has used for a while. */
void uploads_trim(Uploads *self);

typedef struct UploadPipe UploadPipe;
/* The open upload @id, taken up where it stands (its offset may be beyond the row's, which then follows).
 * COMITY_ERROR_CONFLICT where another request has it, _NOT_FOUND. Given back with upload_pipe_return(). */
UploadPipe *upload_pipe_take(Uploads *self, Db *db, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @keep FALSE: it failed, or is done with: closed. */
void upload_pipe_return(UploadPipe *self, gboolean keep);
BlobPipe *upload_pipe_blob(const UploadPipe *self);
const char *upload_pipe_space(const UploadPipe *self);
const Secret *upload_pipe_key(const UploadPipe *self);
/* Makes durable what was taken, and the row say so. @stored: out, the offset that may be acknowledged. */
gboolean upload_pipe_store(UploadPipe *self, guint64 *stored, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is a pipe open for @id (in use or not)? */
gboolean uploads_has_pipe(Uploads *self, const char *id);

/* media_type.c: what @length bytes look like from their beginning on: "image/png"; "application/octet-stream" where
 * nothing fits. New. */
char *media_type_of(gconstpointer bytes, gsize length);
