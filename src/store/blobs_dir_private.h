/* store/blobs_dir_private.h: what the two files of the folder store share: blobs_dir.c (blobs, names) and
 * blobs_upload.c. */
#pragma once
#include "store/blobs.h"

#define BOOT_SIZE 33
#define BLOBS_BESIDE ".new"              /* ends the name of what is to take an upload's place */
#define BLOBS_MARK "user.comity.written" /* the extended attribute */

struct Blobs {
    const Env *env;
    char *blobs, *uploads;
    guint64 reserve;
    char boot[BOOT_SIZE];
    GMutex lock;
    GHashTable *unsynced; /* paths of folders with new names; under lock */
};

/* Sets @error from errno. A full disk has several numbers: EFBIG is that of a limit set on this process. FALSE. */
gboolean blobs_failed(GError **error, const char *doing, const char *what);

/* blobs_upload.c */
gboolean blobs_is_id(const char *id);
/* The path of the upload @id, whether it is there or not. New; COMITY_ERROR_INVALID. */
char *blobs_upload_path(const Blobs *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
