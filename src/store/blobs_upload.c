/* store/blobs_upload.c: uploads of the folder store (blobs_dir.c says what lies where). */
#include "base/error.h"
#include "base/file.h"
#include "store/blobs_dir_private.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_BACK (8 * 1024 * 1024) /* this much is on its way to the disk before the next sync asks for it */
#define FAILED "failed"              /* in the place of a boot: a sync of this upload failed */
#define BESIDE ".new"

struct BlobUpload {
    Blobs *store;
    char *id, *path;
    FileDescriptor fd;
    guint64 size;
    guint64 kicked; /* bytes that were told to go to the disk */
    gboolean certain, named, beside, broken;
};

/* ---- finding uploads ---- */

gboolean blobs_is_id(const char *id)
{
    gsize length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
    return length >= 1 && length <= 64 && id[length] == '\0';
}

static gboolean check_id(const char *id, GError **error)
{
    if (blobs_is_id(id))
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID, "This is no id of an upload.");
    return FALSE;
}

GPtrArray *blobs_suffixes(const Blobs *self)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(all, g_strdup(self->boot));
    g_ptr_array_add(all, g_strdup(FAILED));
    g_autoptr(GDir) dir = g_dir_open(self->uploads, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL; name = g_dir_read_name(dir)) {
        g_auto(GStrv) parts = g_strsplit(name, ".", 3); /* id, boot, and perhaps "new" */
        if (parts[0] != NULL && parts[1] != NULL && !g_ptr_array_find_with_equal_func(all, parts[1], g_str_equal, NULL))
            g_ptr_array_add(all, g_strdup(parts[1]));
    }
    return all;
}

typedef struct {
    char *path;
    gint64 changed; /* when, in nanoseconds; only to compare */
    gboolean certain;
} Found;

static void found_clear(Found *self)
{
    g_free(self->path);
}

static void note_if_there(const Blobs *self, const char *id, const char *suffix, GArray *all)
{
    struct stat about;
    g_autofree char *path = g_strdup_printf("%s/%s.%s", self->uploads, id, suffix);
    if (stat(path, &about) == -1)
        return;
    Found found = {.path = g_steal_pointer(&path),
                   .changed = about.st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + about.st_mtim.tv_nsec,
                   .certain = g_str_equal(suffix, self->boot)};
    guint at = 0;
    while (at < all->len &&
           (g_array_index(all, Found, at).certain || g_array_index(all, Found, at).changed >= found.changed))
        at++;
    g_array_insert_val(all, at, found);
}

/* The files that are the upload @id, the best first: that of this boot, then the newest. More than one: a kill came
 * while one took another's place. */
static GArray *find_upload(const Blobs *self, const char *id)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Found));
    g_array_set_clear_func(all, (GDestroyNotify)found_clear);
    for (guint i = 0; i < self->suffixes->len; i++)
        note_if_there(self, id, g_ptr_array_index(self->suffixes, i), all);
    return all;
}

static gboolean not_found(const char *id, GError **error)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "There is no upload “%s”.", id);
    return FALSE;
}

char *blobs_upload_path(Blobs *self, const char *id, GError **error)
{
    if (!check_id(id, error))
        return NULL;
    g_autoptr(GArray) found = find_upload(self, id);
    if (found->len > 0)
        return g_strdup(g_array_index(found, Found, 0).path);
    not_found(id, error);
    return NULL;
}

/* Removes the pieces that were to take the place of @id. */
static gboolean remove_beside(const Blobs *self, const char *id, GError **error)
{
    for (guint i = 0; i < self->suffixes->len; i++) {
        const char *suffix = g_ptr_array_index(self->suffixes, i);
        g_autofree char *path = g_strdup_printf("%s/%s.%s" BESIDE, self->uploads, id, suffix);
        if (g_unlink(path) == -1 && errno != ENOENT)
            return blobs_failed(error, "removing", path);
    }
    return TRUE;
}

/* Removes all of @found from @first on. */
static gboolean remove_found(const GArray *found, guint first, GError **error)
{
    for (guint i = first; i < found->len; i++) {
        const char *path = g_array_index(found, Found, i).path;
        if (g_unlink(path) == -1 && errno != ENOENT)
            return blobs_failed(error, "removing", path);
    }
    return TRUE;
}

gboolean blobs_abort(Blobs *self, const char *id, GError **error)
{
    if (!check_id(id, error))
        return FALSE;
    g_autoptr(GArray) found = find_upload(self, id);
    return remove_beside(self, id, error) && remove_found(found, 0, error);
}

/* ---- uploads ---- */

static BlobUpload *upload_new(Blobs *store, const char *id, char *path, int fd)
{
    BlobUpload *self = g_new0(BlobUpload, 1);
    self->store = store;
    self->id = g_strdup(id);
    self->path = path;
    self->fd = fd;
    return self;
}

void blob_upload_close(BlobUpload *self)
{
    if (self == NULL)
        return;
    file_descriptor_close(&self->fd);
    g_free(self->path);
    g_free(self->id);
    g_free(self);
}

/* Takes the room at once, so that a disk that fills up later does not stop an upload half-way. Where the file system
 * can't do it, it is done without. */
static gboolean reserve(BlobUpload *self, gint64 size, GError **error)
{
    if (size < 0)
        return blobs_check_room(self->store, 0, error);
    if (!blobs_check_room(self->store, (guint64)size, error))
        return FALSE;
    if (size == 0 || fallocate(self->fd, FALLOC_FL_KEEP_SIZE, 0, size) == 0 || errno == EOPNOTSUPP || errno == ENOSYS)
        return TRUE;
    return blobs_failed(error, "taking room for", self->id);
}

static BlobUpload *make_upload(Blobs *self, const char *id, const char *suffix, gint64 size, GError **error)
{
    char *path = g_strdup_printf("%s/%s.%s%s", self->uploads, id, self->boot, suffix);
    int fd = g_open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd == -1) {
        blobs_failed(error, "making the upload", id);
        g_free(path);
        return NULL;
    }
    g_autoptr(BlobUpload) upload = upload_new(self, id, path, fd);
    upload->certain = TRUE;
    upload->beside = *suffix != '\0';
    if (reserve(upload, size, error))
        return g_steal_pointer(&upload);
    g_unlink(path);
    return NULL;
}

BlobUpload *blobs_create(Blobs *self, const char *id, gint64 size, GError **error)
{
    return blobs_abort(self, id, error) ? make_upload(self, id, "", size, error) : NULL;
}

BlobUpload *blobs_create_beside(Blobs *self, const char *id, gint64 size, GError **error)
{
    return check_id(id, error) ? make_upload(self, id, BESIDE, size, error) : NULL;
}

BlobUpload *blobs_resume(Blobs *self, const char *id, GError **error)
{
    if (!check_id(id, error))
        return NULL;
    g_autoptr(GArray) found = find_upload(self, id);
    if ((found->len == 0 && !not_found(id, error)) || !remove_found(found, 1, error) || !remove_beside(self, id, error))
        return NULL;
    Found *best = &g_array_index(found, Found, 0);
    int fd = g_open(best->path, O_RDWR | O_CLOEXEC, 0);
    struct stat about;
    if (fd == -1 || fstat(fd, &about) == -1) {
        blobs_failed(error, "opening the upload", id);
        file_descriptor_close(&fd);
        return NULL;
    }
    BlobUpload *upload = upload_new(self, id, g_steal_pointer(&best->path), fd);
    upload->size = upload->kicked = (guint64)about.st_size;
    upload->certain = best->certain;
    return upload;
}

gboolean blob_upload_replace(BlobUpload *self, GError **error)
{
    g_return_val_if_fail(self->beside, FALSE);
    g_autofree char *path = g_strdup_printf("%s/%s.%s", self->store->uploads, self->id, self->store->boot);
    if (g_rename(self->path, path) == -1)
        return blobs_failed(error, "putting in place the upload", self->id);
    g_free(self->path);
    self->path = g_steal_pointer(&path);
    self->beside = FALSE;
    g_autoptr(GArray) found = find_upload(self->store, self->id);
    return remove_found(found, 1, error) && file_sync_folder(self->store->env, self->store->uploads, error);
}

guint64 blob_upload_size(const BlobUpload *self)
{
    return self->size;
}

gboolean blob_upload_is_certain(const BlobUpload *self)
{
    return self->certain;
}

/* Starts writing back what has gathered, so that the sync at the end has little left to do. */
static gboolean kick(BlobUpload *self, GError **error)
{
    if (self->size - self->kicked < WRITE_BACK)
        return TRUE;
    sync_file_range(self->fd, (off_t)self->kicked, (off_t)(self->size - self->kicked), SYNC_FILE_RANGE_WRITE);
    self->kicked = self->size;
    return blobs_check_room(self->store, 0, error);
}

gboolean blob_upload_append(BlobUpload *self, gconstpointer bytes, gsize length, GError **error)
{
    for (const guint8 *at = bytes; length > 0;) {
        ssize_t written = pwrite(self->fd, at, length, (off_t)self->size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return blobs_failed(error, "writing the upload", self->id);
        at += written;
        length -= (gsize)written;
        self->size += (guint64)written;
    }
    return kick(self, error);
}

gboolean blob_upload_read(BlobUpload *self, guint64 at, gpointer out, gsize length, GError **error)
{
    gssize got = file_pread(self->fd, out, length, (goffset)at, error);
    if (got >= 0 && (gsize)got < length)
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "The upload “%s” is shorter than it was.", self->id);
    return got >= 0 && (gsize)got == length;
}

/* The system reports a failed write-back once, and then takes the pages for written. So nothing may build on this file:
 * its name says so from now on, and whoever resumes it writes all of it anew. */
static gboolean sync_failed(BlobUpload *self, GError **error)
{
    blobs_failed(error, "syncing the upload", self->id);
    self->broken = TRUE;
    g_autofree char *path = g_strdup_printf("%s/%s." FAILED, self->store->uploads, self->id);
    if (!self->beside && g_rename(self->path, path) == -1)
        g_warning("renaming an upload whose sync failed: %s", g_strerror(errno));
    return FALSE;
}

gboolean blob_upload_flush(BlobUpload *self, guint64 *durable, GError **error)
{
    if (self->broken) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_IO, "A sync of the upload “%s” failed before.", self->id);
        return FALSE;
    }
    if (env_sync(self->store->env, self->fd) == -1)
        return sync_failed(self, error);
    if (!self->named && !file_sync_folder(self->store->env, self->store->uploads, error))
        return FALSE;
    self->named = TRUE;
    *durable = self->kicked = self->size;
    return TRUE;
}
