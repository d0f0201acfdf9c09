/* store/blobs.h: where ciphertext lies: a folder here (blobs_dir.c), S3 later. Knows no key and no plaintext.
 *
 * Idea: bytes come in as an *upload*, which only grows, and leave it by being *published* under a blob's name. Both are
 * what S3 offers too: an upload is a multipart upload, whatever it must remember lies in the caller's database.
 *   B1  An upload's bytes are on the disk up to what flush said, and its name too.
 *   B2  A published name stands for whole, durable bytes: it appears by linking a finished file, never by writing it.
 *       It is durable when blobs_sync_names() has returned, which is called before the commit that names it.
 *   B3  Publishing replaces a file of that name that is no record's (the caller asked the database, in the
 *       transaction). So only the writer publishes and removes.
 *   B4  An upload is *certain* when what it holds is all that ever left the process that wrote it: no power cut came
 *       in between, and it is no copy that was put back. Whoever encrypts needs to know (blob_pipe.h).
 *   B5  A full disk is COMITY_ERROR_FULL, and leaves whatever was there. A reserve is kept for the database.
 * Thread-safe; one BlobUpload or BlobFile at a time by one thread. */
#pragma once
#include "base/env.h"
#include "crypto/digest.h"
#include "crypto/secret.h"
#include <glib.h>

#define BLOB_NAME_SIZE 65 /* 64 hex digits and the 0 */

/* The name of the blob with plaintext hash @sha256 in @lane (64 hex): HMAC under derive("blob-names"). */
void blob_name(char out[BLOB_NAME_SIZE], const Secret *names, const char *lane, const Hash *sha256);

typedef struct Blobs Blobs;
typedef struct BlobUpload BlobUpload; /* growing */
typedef struct BlobFile BlobFile;     /* finished, or an upload that is read */

/* A store in the folders @blobs and @uploads, made where absent. @reserve: bytes that stay free for the database. */
Blobs *blobs_open_dir(const Env *env, const char *blobs, const char *uploads, guint64 reserve,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void blobs_close(Blobs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Blobs, blobs_close)

/* Is there room for @size more bytes beside the reserve? COMITY_ERROR_FULL with a sentence where not. */
gboolean blobs_check_room(Blobs *self, guint64 size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new, empty upload @id ([A-Za-z0-9-]{1,64}). What was there under that id is gone. @size: bytes to come, reserved on
 * the disk; -1: unknown. */
BlobUpload *blobs_create(Blobs *self, const char *id, gint64 size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The upload @id as it lies there. COMITY_ERROR_NOT_FOUND. */
BlobUpload *blobs_resume(Blobs *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An empty upload that takes the place of @id when blob_upload_replace() says so; until then @id stays as it is. */
BlobUpload *blobs_create_beside(Blobs *self, const char *id, gint64 size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean blob_upload_replace(BlobUpload *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets the handle; the bytes stay. */
void blob_upload_close(BlobUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlobUpload, blob_upload_close)

guint64 blob_upload_size(const BlobUpload *self);
gboolean blob_upload_is_certain(const BlobUpload *self); /* B4 */
/* Appends; the disk may have it later. On error what was written of it stays counted in the size. */
gboolean blob_upload_append(BlobUpload *self, gconstpointer bytes, gsize length,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @length bytes at @at, all of which are there. */
gboolean blob_upload_read(BlobUpload *self, guint64 at, gpointer out, gsize length,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes what was appended durable (B1). @durable: how much is; a store of whole parts may say less than all. */
gboolean blob_upload_flush(BlobUpload *self, guint64 *durable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops the upload @id. Not being there is success. */
gboolean blobs_abort(Blobs *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the finished, flushed upload @id the blob's @name too (B2, B3). The upload keeps its own name until
 * blobs_abort(), which comes after the commit. */
gboolean blobs_publish(Blobs *self, const char *id, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All names published so far survive a power cut. Cheap where there is nothing new. */
gboolean blobs_sync_names(Blobs *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* COMITY_ERROR_NOT_FOUND. */
BlobFile *blobs_get(Blobs *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BlobFile *blobs_get_upload(Blobs *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void blob_file_close(BlobFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlobFile, blob_file_close)
guint64 blob_file_size(const BlobFile *self);
/* Up to @length bytes at @at; fewer at the end. -1 on error. */
gssize blob_file_read(BlobFile *self, guint64 at, gpointer out, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Tells the system that the file is read from end to end, once. */
void blob_file_will_stream(BlobFile *self);

/* Not being there is success. */
gboolean blobs_remove(Blobs *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Every blob, every upload. @age_s: since it was last written. The callback may remove it. FALSE from it ends the walk,
 * which then fails with its error. */
typedef gboolean (*BlobEach)(gpointer data, const char *name, guint64 size, gint64 age_s, GError **error);
gboolean blobs_each(Blobs *self, BlobEach each, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean blobs_each_upload(Blobs *self, BlobEach each, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
