/* tests/unit/support/shared.c: see shared.h. */
#include "support/shared.h"
#include "base/text.h"

char *shared_path(const char *relative)
{
    const char *folder = g_getenv("COMITY_SHARED");
    const char *root = g_getenv("COMITY_SOURCE_ROOT");
    g_autofree char *beside = g_build_filename(root != NULL ? root : ".", "..", "shared", NULL);
    g_autofree char *path = g_build_filename(folder != NULL ? folder : beside, relative, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&path);
    g_test_skip("the vectors are not here");
    return NULL;
}

GBytes *shared_bytes(const char *relative)
{
    g_autofree char *path = shared_path(relative);
    if (path == NULL)
        return NULL;
    g_autoptr(GError) error = NULL;
    char *bytes = NULL;
    gsize length = 0;
    g_file_get_contents(path, &bytes, &length, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(bytes, length);
}

json_t *shared_json(const char *relative)
{
    g_autoptr(GBytes) bytes = shared_bytes(relative);
    if (bytes == NULL)
        return NULL;
    json_error_t told;
    json_t *value = json_loadb(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), 0, &told);
    g_assert_nonnull(value);
    return value;
}

GBytes *member_bytes(const json_t *object, const char *key)
{
    const char *text = json_text(object, key);
    g_autofree char *lower = g_ascii_strdown(text != NULL ? text : "", -1);
    GBytes *bytes = hex_decode(lower);
    g_assert_nonnull(bytes);
    return bytes;
}
