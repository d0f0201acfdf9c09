/* store/blobs_dir_private.h: what the two files of the folder store share: blobs_dir.c (blobs, names) and
 * blobs_upload.c. */
#pragma once
#include "store/blobs.h"

#define BOOT_SIZE 33

struct Blobs {
    const Env *env;
    char *blobs, *uploads;
    guint64 reserve;
    char boot[BOOT_SIZE];
    GPtrArray *suffixes; /* of char *: what an upload's name may end with; this boot first */
    GMutex lock;
    GHashTable *unsynced; /* paths of folders with new names; under lock */
};

/* Sets @error from errno. A full disk has several numbers: EFBIG is that of a limit set on this process. FALSE. */
gboolean blobs_failed(GError **error, const char *doing, const char *what);

/* blobs_upload.c */
gboolean blobs_is_id(const char *id);
/* The names' endings that lie in the uploads' folder now, this boot's first. New. */
GPtrArray *blobs_suffixes(const Blobs *self);
/* The path of the upload @id. New; COMITY_ERROR_NOT_FOUND. */
char *blobs_upload_path(Blobs *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
