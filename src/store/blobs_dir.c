/* store/blobs_dir.c: blobs.h in two folders of one file system.
 *
 *   blobs/ab/abcd...    a blob under its name, linked there when it was whole and synced
 *   uploads/<id>        an upload (blobs_upload.c)
 *   uploads/<id>.new    what is to take its place; nothing points there */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "store/blobs_dir_private.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct BlobFile {
    FileDescriptor fd;
    guint64 size;
};

void blob_name(char out[BLOB_NAME_SIZE], const Secret *names, const char *lane, const Hash *sha256)
{
    guint8 text[64 + 1 + HASH_SIZE] = {0};
    gsize length = strlen(lane);
    g_return_if_fail(length <= 64);
    memcpy(text, lane, length);
    memcpy(text + length + 1, sha256->bytes, HASH_SIZE);
    Hash name = hmac_sha256(secret_bytes(names), SECRET_SIZE, text, length + 1 + HASH_SIZE);
    hash_write(out, &name);
}

/* ---- the store ---- */

/* The system's boot, as hex without dashes; a random one where it can't be read: then nothing is ever certain. */
static void read_boot(const Env *env, char out[BOOT_SIZE])
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
        for (const char *at = text; *at != '\0' && length < BOOT_SIZE - 1; at++)
            if (g_ascii_isxdigit(*at))
                out[length++] = *at;
    out[length] = '\0';
    guint8 chance[16];
    env_random(env, chance, sizeof chance);
    if (length < BOOT_SIZE - 1)
        hex_write(out, chance, sizeof chance);
}

/* Folder by folder from the top: each name is durable before something lies below it. */
static gboolean make_folder(const Env *env, const char *path, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return TRUE;
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "“%s” is no folder. Move it away, and put the folder back from a backup if files were in it.",
                    path);
        return FALSE;
    }
    g_autofree char *parent = g_path_get_dirname(path);
    return make_folder(env, parent, error) && file_make_folder(path, 0700, error) &&
           file_sync_folder(env, parent, error);
}

Blobs *blobs_open_dir(const Env *env, const char *blobs, const char *uploads, guint64 reserve, GError **error)
{
    if (!make_folder(env, blobs, error) || !make_folder(env, uploads, error))
        return NULL;
    Blobs *self = g_new0(Blobs, 1);
    self->env = env;
    self->blobs = g_strdup(blobs);
    self->uploads = g_strdup(uploads);
    self->reserve = reserve;
    read_boot(env, self->boot);
    g_mutex_init(&self->lock);
    self->unsynced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void blobs_close(Blobs *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->unsynced);
    g_mutex_clear(&self->lock);
    g_free(self->blobs);
    g_free(self->uploads);
    g_free(self);
}

gboolean blobs_failed(GError **error, const char *doing, const char *what)
{
    if (errno == EFBIG)
        errno = ENOSPC;
    return error_set_errno(error, "%s “%s”", doing, what);
}

gboolean blobs_check_room(Blobs *self, guint64 size, GError **error)
{
    struct statvfs about;
    if (statvfs(self->uploads, &about) == -1)
        return blobs_failed(error, "asking for room in", self->uploads);
    guint64 room = (guint64)about.f_bavail * about.f_frsize;
    if (size <= room && self->reserve <= room - size)
        return TRUE;
    g_autofree char *wanted = g_format_size(size),
                    *left = g_format_size(room > self->reserve ? room - self->reserve : 0);
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_FULL,
                "There is no room for %s: the disk has %s left for evidence. Free some, or ask the administrator.",
                wanted, left);
    return FALSE;
}

/* ---- publishing ---- */

static gboolean is_name(const char *name)
{
    Hash hash;
    return strlen(name) == BLOB_NAME_SIZE - 1 && hash_read(name, &hash);
}

static gboolean check_name(const char *name, GError **error)
{
    if (is_name(name))
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID, "This is no name of a blob.");
    return FALSE;
}

static char *folder_of(const Blobs *self, const char *name)
{
    return g_strdup_printf("%s/%.2s", self->blobs, name);
}

static char *path_of(const Blobs *self, const char *name)
{
    return g_strdup_printf("%s/%.2s/%s", self->blobs, name, name);
}

static void note_unsynced(Blobs *self, const char *folder)
{
    g_mutex_lock(&self->lock);
    g_hash_table_add(self->unsynced, g_strdup(folder));
    g_mutex_unlock(&self->lock);
}

static gboolean make_blob_folder(Blobs *self, const char *folder, GError **error)
{
    if (g_mkdir(folder, 0700) == 0) {
        note_unsynced(self, self->blobs);
        return TRUE;
    }
    return errno == EEXIST || blobs_failed(error, "making the folder", folder);
}

static gboolean same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* Links @from to @path; a file of that name that is another gives way to it as one step (B3). */
static gboolean link_over(const char *from, const char *folder, const char *path, GError **error)
{
    if (link(from, path) == 0 || (errno == EEXIST && same_file(from, path)))
        return TRUE;
    if (errno != EEXIST)
        return blobs_failed(error, "linking the blob", path);
    g_autofree char *beside = g_strdup_printf("%s/.new", folder);
    g_unlink(beside);
    if (link(from, beside) == 0 && g_rename(beside, path) == 0)
        return TRUE;
    return blobs_failed(error, "linking the blob", path);
}

gboolean blobs_publish(Blobs *self, const char *id, const char *name, GError **error)
{
    g_autofree char *upload = check_name(name, error) ? blobs_upload_path(self, id, error) : NULL;
    if (upload == NULL)
        return FALSE;
    g_autofree char *folder = folder_of(self, name), *path = path_of(self, name);
    if (!make_blob_folder(self, folder, error) || !link_over(upload, folder, path, error))
        return FALSE;
    note_unsynced(self, folder);
    return TRUE;
}

gboolean blobs_sync_names(Blobs *self, GError **error)
{
    g_mutex_lock(&self->lock);
    g_autoptr(GHashTable) folders = self->unsynced;
    self->unsynced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_unlock(&self->lock);
    GHashTableIter iter;
    gpointer folder;
    gboolean done = TRUE;
    g_hash_table_iter_init(&iter, folders);
    while (g_hash_table_iter_next(&iter, &folder, NULL)) {
        done = done && file_sync_folder(self->env, folder, error);
        if (!done)
            note_unsynced(self, folder); /* for the next try */
    }
    return done;
}

/* ---- reading ---- */

static BlobFile *open_file(const char *path, const char *name, GError **error)
{
    g_auto(FileDescriptor) fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    struct stat about;
    if (fd == -1 || fstat(fd, &about) == -1) {
        blobs_failed(error, "opening the blob", name);
        return NULL;
    }
    BlobFile *file = g_new0(BlobFile, 1);
    file->fd = fd;
    file->size = (guint64)about.st_size;
    fd = -1;
    return file;
}

BlobFile *blobs_get(Blobs *self, const char *name, GError **error)
{
    if (!check_name(name, error))
        return NULL;
    g_autofree char *path = path_of(self, name);
    return open_file(path, name, error);
}

BlobFile *blobs_get_upload(Blobs *self, const char *id, GError **error)
{
    g_autofree char *path = blobs_upload_path(self, id, error);
    return path == NULL ? NULL : open_file(path, id, error);
}

void blob_file_close(BlobFile *self)
{
    if (self == NULL)
        return;
    file_descriptor_close(&self->fd);
    g_free(self);
}

guint64 blob_file_size(const BlobFile *self)
{
    return self->size;
}

gssize blob_file_read(BlobFile *self, guint64 at, gpointer out, gsize length, GError **error)
{
    return file_pread(self->fd, out, length, (goffset)at, error);
}

void blob_file_will_stream(BlobFile *self)
{
    posix_fadvise(self->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
}

/* ---- removing and listing ---- */

gboolean blobs_remove(Blobs *self, const char *name, GError **error)
{
    if (!check_name(name, error))
        return FALSE;
    g_autofree char *path = path_of(self, name);
    return g_unlink(path) == 0 || errno == ENOENT || blobs_failed(error, "removing the blob", name);
}

/* Calls @each for the file at @path, unless it went away meanwhile. */
static gboolean visit(Blobs *self, const char *path, const char *name, BlobEach each, gpointer data, GError **error)
{
    struct stat about;
    if (stat(path, &about) == -1)
        return errno == ENOENT || blobs_failed(error, "looking at", path);
    gint64 age = env_now_ms(self->env) / 1000 - about.st_mtim.tv_sec;
    return each(data, name, (guint64)about.st_size, MAX(age, 0), error);
}

/* The names in @folder, sorted: an upload before what is beside it. None where it isn't there. Read before anything is
 * called, so that it may be changed. */
static GPtrArray *names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL; name = g_dir_read_name(dir))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, text_compare);
    return names;
}

gboolean blobs_each(Blobs *self, BlobEach each, gpointer data, GError **error)
{
    for (guint first = 0; first < 256; first++) {
        g_autofree char *folder = g_strdup_printf("%s/%02x", self->blobs, first);
        g_autoptr(GPtrArray) names = names_in(folder);
        for (guint i = 0; i < names->len; i++) {
            const char *name = g_ptr_array_index(names, i);
            g_autofree char *path = g_build_filename(folder, name, NULL);
            if (is_name(name) && !visit(self, path, name, each, data, error))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean blobs_each_upload(Blobs *self, BlobEach each, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) names = names_in(self->uploads);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        char *id = g_strndup(name, strcspn(name, "."));
        g_autofree char *path = g_build_filename(self->uploads, name, NULL);
        if (g_hash_table_add(told, id) && blobs_is_id(id) && !visit(self, path, id, each, data, error))
            return FALSE;
    }
    return TRUE;
}
