/* tests/unit/support/folder.h: walking the files below a folder, in order of their names. */
#pragma once
#include <glib.h>

/* The bytes of the file at @path, which must be there. New; ended by a 0. */
static inline char *folder_read(const char *path, gsize *length)
{
    g_autoptr(GError) error = NULL;
    char *bytes = NULL;
    g_file_get_contents(path, &bytes, length, &error);
    g_assert_no_error(error);
    return bytes;
}

static inline gint folder_by_name(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

typedef void (*FolderEach)(const char *path, gpointer data);

/* Calls @each for every file below @folder. Returns how many there were. */
static inline guint folder_each(const char *folder, FolderEach each, gpointer data)
{
    guint count = 0;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir))
        g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, folder_by_name);
    for (guint i = 0; i < names->len; i++) {
        const char *path = g_ptr_array_index(names, i);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            count += folder_each(path, each, data);
        } else {
            each(path, data);
            count++;
        }
    }
    return count;
}
