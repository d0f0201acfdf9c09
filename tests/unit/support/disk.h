/* tests/unit/support/disk.h: a folder of its own for a test, looking for bytes in its files, and damaging them. */
#pragma once
#include "support/folder.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static inline char *disk_new(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("comity-store-XXXXXX", &error);
    g_assert_no_error(error);
    return folder;
}

static inline void disk_remove(char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
        char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            disk_remove(path); /* frees it */
        } else {
            g_assert_cmpint(g_unlink(path), ==, 0);
            g_free(path);
        }
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
    g_free(folder);
}

/* Flips one bit of the file at @path. */
static inline void disk_flip(const char *path, goffset byte, guint bit)
{
    int fd = g_open(path, O_RDWR | O_CLOEXEC, 0);
    guint8 value = 0;
    g_assert_cmpint(pread(fd, &value, 1, byte), ==, 1);
    value = (guint8)(value ^ (1u << bit));
    g_assert_cmpint(pwrite(fd, &value, 1, byte), ==, 1);
    g_assert_cmpint(close(fd), ==, 0);
}

static inline goffset disk_size(const char *path)
{
    GStatBuf about;
    g_assert_cmpint(g_stat(path, &about), ==, 0);
    return about.st_size;
}

static inline void disk_copy(const char *from, const char *to)
{
    gsize length = 0;
    g_autofree char *bytes = folder_read(from, &length);
    g_assert_true(g_file_set_contents(to, bytes, (gssize)length, NULL));
}

/* As if the system had been started anew since the upload at @path was written: its mark names another boot. */
static inline void disk_power_cut(const char *path)
{
    setxattr(path, "user.comity.written", "another boot", 12, 0);
}

/* As if the upload at @path had been put back from a copy, attributes and all. */
static inline void disk_put_back(const char *path)
{
    char mark[128];
    ssize_t length = getxattr(path, "user.comity.written", mark, sizeof mark);
    gsize size = 0;
    g_autofree char *bytes = folder_read(path, &size);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    if (length > 0)
        setxattr(path, "user.comity.written", mark, (gsize)length, 0);
}

typedef struct {
    gconstpointer needle;
    gsize length;
    guint found;
} DiskSearch;

static inline void disk_search_file(const char *path, gpointer data)
{
    DiskSearch *search = data;
    gsize length = 0;
    g_autofree char *bytes = folder_read(path, &length);
    if (memmem(bytes, length, search->needle, search->length) != NULL)
        search->found++;
}

/* In how many files below @folder do these bytes stand? */
static inline guint disk_search(const char *folder, gconstpointer needle, gsize length)
{
    DiskSearch search = {.needle = needle, .length = length};
    folder_each(folder, disk_search_file, &search);
    return search.found;
}

/* The same for an ASCII text, in UTF-8 and in UTF-16 of both byte orders. */
static inline guint disk_search_text(const char *folder, const char *text)
{
    gsize length = strlen(text);
    g_autofree guint8 *wide = g_malloc0(2 * length + 1);
    for (gsize n = 0; n < length; n++)
        wide[2 * n + 1] = (guint8)text[n];
    /* Big-endian is 0 x 0 x; without the first 0 and with the one behind it is little-endian. */
    return disk_search(folder, text, length) + disk_search(folder, wide, 2 * length) +
           disk_search(folder, wide + 1, 2 * length);
}
