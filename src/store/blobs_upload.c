/* store/blobs_upload.c: uploads of the folder store (blobs_dir.c says what lies where).
 *
 * Certain (blobs.h B4) is what was written in this boot of the system, into this very file: while the system runs, its
 * page cache is the truth, and a file holds all that any process wrote, whatever killed it. Each upload carries a mark
 * that says both: boot, and the file's number and moment of birth, in an extended attribute. After a power cut the boot
 * is another; a copy that was put back is another file; one whose sync failed loses its mark. Where the file system knows
 * no attributes nothing is certain: an upload that is taken up again is then always encrypted anew. */
#include "base/error.h"
#include "base/file.h"
#include "store/blobs_dir_private.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define WRITE_BACK (8 * 1024 * 1024) /* this much is on its way to the disk before the next sync asks for it */

struct BlobUpload {
    Blobs *store;
    char *id, *path;
    FileDescriptor fd;
    guint64 size;
    guint64 kicked;    /* bytes that were told to go to the disk */
    gboolean reserved; /* its room was taken at the beginning */
    gboolean certain, named, beside, broken;
};

gboolean blobs_is_id(const char *id)
{
    gsize length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
    return length >= 1 && length <= 64 && id[length] == '\0';
}

/* "<uploads>/<id><suffix>". New; NULL where @id is none. */
static char *path_of(const Blobs *self, const char *id, const char *suffix, GError **error)
{
    if (blobs_is_id(id))
        return g_strdup_printf("%s/%s%s", self->uploads, id, suffix);
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID, "This is no id of an upload.");
    return NULL;
}

char *blobs_upload_path(const Blobs *self, const char *id, GError **error)
{
    return path_of(self, id, "", error);
}

static gboolean remove_file(Blobs *self, const char *id, const char *suffix, GError **error)
{
    g_autofree char *path = path_of(self, id, suffix, error);
    return path != NULL && (g_unlink(path) == 0 || errno == ENOENT || blobs_failed(error, "removing", path));
}

gboolean blobs_abort(Blobs *self, const char *id, GError **error)
{
    return remove_file(self, id, BLOBS_BESIDE, error) && remove_file(self, id, "", error);
}

/* ---- the mark ---- */

/* What the mark of the file behind @fd says if it is certain. New; NULL: can't be told. */
static char *mark_of(const Blobs *self, int fd)
{
    struct statx about;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &about) == -1 || (about.stx_mask & STATX_BTIME) == 0)
        return NULL;
    return g_strdup_printf("%s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT ".%09u", self->boot, (guint64)about.stx_ino,
                           (gint64)about.stx_btime.tv_sec, about.stx_btime.tv_nsec);
}

static void set_mark(const Blobs *self, int fd)
{
    g_autofree char *mark = mark_of(self, fd);
    if (mark != NULL)
        fsetxattr(fd, BLOBS_MARK, mark, strlen(mark), 0); /* without it, it is not certain */
}

static gboolean has_mark(const Blobs *self, int fd)
{
    char found[128] = "";
    g_autofree char *mark = mark_of(self, fd);
    ssize_t length = fgetxattr(fd, BLOBS_MARK, found, sizeof found - 1);
    return mark != NULL && length > 0 && g_str_equal(found, mark);
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
    if (!blobs_check_room(self->store, (guint64)MAX(size, 0), error))
        return FALSE;
    if (size <= 0)
        return TRUE;
    self->reserved = fallocate(self->fd, FALLOC_FL_KEEP_SIZE, 0, size) == 0;
    return self->reserved || errno == EOPNOTSUPP || errno == ENOSYS || blobs_failed(error, "taking room for", self->id);
}

/* A new file always: the one that was there may be a blob's too. */
static BlobUpload *make_upload(Blobs *self, const char *id, const char *suffix, gint64 size, GError **error)
{
    char *path = path_of(self, id, suffix, error);
    int fd = g_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd == -1) {
        blobs_failed(error, "making the upload", id);
        g_free(path);
        return NULL;
    }
    g_autoptr(BlobUpload) upload = upload_new(self, id, path, fd);
    upload->beside = *suffix != '\0';
    set_mark(self, fd);
    upload->certain = TRUE;
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
    return remove_file(self, id, BLOBS_BESIDE, error) ? make_upload(self, id, BLOBS_BESIDE, size, error) : NULL;
}

BlobUpload *blobs_resume(Blobs *self, const char *id, GError **error)
{
    if (!remove_file(self, id, BLOBS_BESIDE, error)) /* left behind when a kill came before it took the place */
        return NULL;
    char *path = path_of(self, id, "", error);
    int fd = g_open(path, O_RDWR | O_CLOEXEC, 0);
    struct stat about;
    if (fd == -1 || fstat(fd, &about) == -1) {
        blobs_failed(error, "opening the upload", id);
        file_descriptor_close(&fd);
        g_free(path);
        return NULL;
    }
    BlobUpload *upload = upload_new(self, id, path, fd);
    upload->size = upload->kicked = (guint64)about.st_size;
    upload->certain = has_mark(self, fd);
    return upload;
}

gboolean blob_upload_replace(BlobUpload *self, GError **error)
{
    g_return_val_if_fail(self->beside, FALSE);
    g_autofree char *path = path_of(self->store, self->id, "", error);
    if (g_rename(self->path, path) == -1)
        return blobs_failed(error, "putting in place the upload", self->id);
    g_free(self->path);
    self->path = g_steal_pointer(&path);
    self->beside = FALSE;
    return file_sync_folder(self->store->env, self->store->uploads, error);
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
    return self->reserved || blobs_check_room(self->store, 0, error);
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
 * it loses its mark, and whoever resumes it writes all of it anew. */
static gboolean sync_failed(BlobUpload *self, GError **error)
{
    blobs_failed(error, "syncing the upload", self->id);
    self->broken = TRUE;
    fremovexattr(self->fd, BLOBS_MARK);
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
