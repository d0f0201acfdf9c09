/* base/file.c: see file.h. */
#include "base/file.h"
#include "base/error.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP (1024 * 1024)

void file_descriptor_close(FileDescriptor *fd)
{
    int kept = errno;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = kept;
}

gboolean file_write_all(int fd, gconstpointer bytes, gsize length, GError **error)
{
    for (const guint8 *at = bytes; length > 0;) {
        ssize_t written = write(fd, at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set_errno(error, "writing");
        at += written;
        length -= (gsize)written;
    }
    return TRUE;
}

gboolean file_pwrite_all(int fd, gconstpointer bytes, gsize length, goffset at, GError **error)
{
    for (const guint8 *from = bytes; length > 0;) {
        ssize_t written = pwrite(fd, from, length, (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set_errno(error, "writing at byte %" G_GOFFSET_FORMAT, at);
        from += written;
        at += written;
        length -= (gsize)written;
    }
    return TRUE;
}

gssize file_pread(int fd, gpointer bytes, gsize length, goffset at, GError **error)
{
    gsize done = 0;
    while (done < length) {
        ssize_t got = pread(fd, (guint8 *)bytes + done, length - done, (off_t)at + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            error_set_errno(error, "reading at byte %" G_GOFFSET_FORMAT, at + (goffset)done);
            return -1;
        }
        if (got == 0)
            break;
        done += (gsize)got;
    }
    return (gssize)done;
}

/* Reads to the end of @fd into @into, one step at a time: sizes that the system tells may be wrong (/proc, a file that
 * grows), so the limit is held against what was read. */
static gboolean read_to_end(int fd, gsize limit, GByteArray *into, GError **error)
{
    for (;;) {
        gsize before = into->len;
        gsize room = MIN(limit - before, READ_STEP) + 1; /* one more byte tells that it is too long */
        g_byte_array_set_size(into, (guint)(before + room));
        gssize got = file_pread(fd, into->data + before, room, (goffset)before, error);
        if (got < 0)
            return FALSE;
        g_byte_array_set_size(into, (guint)(before + (gsize)got));
        if (into->len > limit) {
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_LIMIT, "it is longer than %" G_GSIZE_FORMAT " bytes", limit);
            return FALSE;
        }
        if ((gsize)got < room)
            return TRUE;
    }
}

GBytes *file_read(const char *path, gsize limit, GError **error)
{
    g_return_val_if_fail(limit < G_MAXUINT - READ_STEP, NULL);
    g_auto(FileDescriptor) fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        error_set_errno(error, "opening “%s”", path);
        return NULL;
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (!read_to_end(fd, limit, bytes, error)) {
        error_prefix(error, "reading “%s”", path);
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

gboolean file_sync_folder(const Env *env, const char *path, GError **error)
{
    g_auto(FileDescriptor) fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1)
        return error_set_errno(error, "opening the folder “%s”", path);
    if (env_sync(env, fd) == -1)
        return error_set_errno(error, "syncing the folder “%s”", path);
    return TRUE;
}

/* Fills the temporary file behind @fd, so that it is wholly on the disk before it gets its name. */
static gboolean fill(const Env *env, int fd, GBytes *bytes, mode_t mode, GError **error)
{
    gsize length = 0;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    if (fchmod(fd, mode) == -1)
        return error_set_errno(error, "setting its mode");
    if (!file_write_all(fd, data, length, error))
        return FALSE;
    if (env_sync(env, fd) == -1)
        return error_set_errno(error, "syncing");
    return TRUE;
}

gboolean file_replace(const Env *env, const char *path, GBytes *bytes, mode_t mode, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *temporary = g_strdup_printf("%s/.%s.XXXXXX", folder, name);
    g_auto(FileDescriptor) fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 until fill */
    if (fd == -1)
        return error_set_errno(error, "making a temporary file for “%s”", path);
    gboolean done = fill(env, fd, bytes, mode, error);
    if (done && g_rename(temporary, path) == -1)
        done = error_set_errno(error, "renaming");
    if (!done) {
        g_unlink(temporary);
        return error_prefix(error, "replacing “%s”", path);
    }
    return file_sync_folder(env, folder, error);
}

gboolean file_make_folder(const char *path, mode_t mode, GError **error)
{
    if (g_mkdir_with_parents(path, (int)mode) == -1)
        return error_set_errno(error, "making the folder “%s”", path);
    return TRUE;
}

int file_lock(const char *path, GError **error)
{
    g_auto(FileDescriptor) fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd == -1) {
        error_set_errno(error, "opening “%s”", path);
        return -1;
    }
    while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
        if (errno == EINTR)
            continue;
        if (errno == EWOULDBLOCK)
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_BUSY, "“%s” is in use by another process.", path);
        else
            error_set_errno(error, "locking “%s”", path);
        return -1;
    }
    int held = fd;
    fd = -1; /* the caller's now */
    return held;
}
