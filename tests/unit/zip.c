/* tests/unit/zip.c: the ZIP of a package has one spelling: whatever else anybody does to it is named, and never
 * followed. */
#include "base/error.h"
#include "ledger/zip_read.h"
#include "ledger/zip_write.h"
#include "support/folder.h"
#include "support/shared.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- what was found ---- */

typedef struct {
    guint count;
    char *code; /* of the first */
    guint64 byte;
    GString *all; /* "code entry" a line */
} Found;

static void found_add(gpointer data, const char *code, guint64 byte, const char *entry, const char *why)
{
    Found *self = data;
    if (self->count++ == 0) {
        self->code = g_strdup(code);
        self->byte = byte;
    }
    g_assert_cmpuint(strlen(why), >, 10);
    g_string_append_printf(self->all, "%s %s\n", code, entry);
}

static void found_clear(Found *self)
{
    g_free(self->code);
    g_string_free(self->all, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

/* A file in memory with these bytes. */
static int file_of(gconstpointer bytes, gsize length)
{
    int fd = memfd_create("package", MFD_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(pwrite(fd, bytes, length, 0), ==, (gssize)length);
    return fd;
}

static ZipFile *open_bytes(gconstpointer bytes, gsize length, Found *found)
{
    g_autoptr(GError) error = NULL;
    int fd = file_of(bytes, length);
    found->all = g_string_new(NULL);
    ZipFile *zip = zip_file_open(fd, found_add, found, &error);
    g_assert_no_error(error);
    g_assert_true(zip_file_is_whole(zip) == (found->count == 0));
    close(fd);
    return zip;
}

/* ---- writing ---- */

static gboolean stream_write(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)length);
    return TRUE;
}

static const char photo[] = "not really a photograph";

/* Three files into a stream that can't go back. */
static GByteArray *small_package(void)
{
    g_autoptr(GError) error = NULL;
    GByteArray *out = g_byte_array_new();
    ZipSink sink = {stream_write, NULL, out};
    g_autoptr(ZipWriter) zip = zip_writer_new(&sink);
    g_assert_true(zip_writer_add(zip, "case/bagit.txt", "BagIt", 5, &error));
    g_assert_true(zip_writer_add(zip, "case/data/empty", NULL, 0, &error));
    g_assert_true(zip_writer_add(zip, "case/data/photo", photo, sizeof photo, &error));
    g_assert_true(zip_writer_finish(zip, &error));
    g_assert_no_error(error);
    return out;
}

static void what_was_written_is_read(void)
{
    g_autoptr(GByteArray) bytes = small_package();
    g_auto(Found) found = {0};
    g_autoptr(ZipFile) zip = open_bytes(bytes->data, bytes->len, &found);
    g_assert_cmpuint(found.count, ==, 0);
    const GArray *entries = zip_file_entries(zip);
    g_assert_cmpuint(entries->len, ==, 3);
    const ZipEntry *entry = &g_array_index(entries, ZipEntry, 2);
    g_assert_cmpstr(entry->name, ==, "case/data/photo");
    g_assert_cmpuint(entry->size, ==, sizeof photo);
    g_assert_cmpint(memcmp(bytes->data + entry->offset, photo, sizeof photo), ==, 0);
    g_assert_cmpuint(entry->crc, ==, zip_crc(0, photo, sizeof photo));
}

/* A file can be gone back in: the same ZIP comes about without knowing sizes before. */
static void sizes_may_be_filled_in_afterwards(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) expected = small_package();
    int fd = memfd_create("package", MFD_CLOEXEC);
    ZipSink sink = zip_sink_file(&fd);
    g_autoptr(ZipWriter) zip = zip_writer_new(&sink);
    g_assert_true(zip_writer_begin(zip, "case/bagit.txt", 5, NULL, &error));
    g_assert_true(zip_writer_write(zip, "BagIt", 5, &error) && zip_writer_end(zip, &error));
    g_assert_true(zip_writer_begin(zip, "case/data/empty", ZIP_SIZE_UNKNOWN, NULL, &error));
    g_assert_true(zip_writer_end(zip, &error));
    g_assert_true(zip_writer_begin(zip, "case/data/photo", ZIP_SIZE_UNKNOWN, NULL, &error));
    g_assert_true(zip_writer_write(zip, photo, 4, &error));
    g_assert_true(zip_writer_write(zip, photo + 4, sizeof photo - 4, &error));
    g_assert_true(zip_writer_end(zip, &error));
    g_assert_true(zip_writer_finish(zip, &error));
    g_autofree guint8 *bytes = g_malloc(expected->len);
    g_assert_cmpint(pread(fd, bytes, expected->len, 0), ==, (gssize)expected->len);
    g_assert_cmpint(memcmp(bytes, expected->data, expected->len), ==, 0);
    g_assert_cmpint(lseek(fd, 0, SEEK_END), ==, (off_t)expected->len);
    close(fd);
}

/* A blob that changed on its way becomes an error, not a package. */
static void declared_is_what_comes(void)
{
    guint32 crc = zip_crc(0, photo, sizeof photo);
    for (guint way = 0; way < 3; way++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GByteArray) out = g_byte_array_new();
        ZipSink sink = {stream_write, NULL, out};
        g_autoptr(ZipWriter) zip = zip_writer_new(&sink);
        g_assert_true(zip_writer_begin(zip, "a/b", sizeof photo, &crc, &error));
        const char *bytes = way == 2 ? "another photograph with as many bytes" : photo;
        gsize length = way == 0 ? sizeof photo - 1 : way == 1 ? sizeof photo + 1 : sizeof photo;
        gboolean done = zip_writer_write(zip, bytes, length, &error) && zip_writer_end(zip, &error);
        g_assert_false(done);
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    }
}

/* ---- reading what somebody changed ---- */

static gboolean in_contents(const GArray *entries, gsize at)
{
    for (guint i = 0; i < entries->len; i++) {
        const ZipEntry *entry = &g_array_index(entries, ZipEntry, i);
        if (at >= entry->offset && at < entry->offset + entry->size)
            return TRUE;
    }
    return FALSE;
}

static void no_bit_is_free(void)
{
    g_autoptr(GByteArray) bytes = small_package();
    g_auto(Found) none = {0};
    g_autoptr(ZipFile) whole = open_bytes(bytes->data, bytes->len, &none);
    for (gsize at = 0; at < bytes->len; at++) {
        for (guint bit = 0; bit < 8; bit++) {
            bytes->data[at] ^= (guint8)(1 << bit);
            g_auto(Found) found = {0};
            g_autoptr(ZipFile) zip = open_bytes(bytes->data, bytes->len, &found);
            g_assert_nonnull(zip);
            g_assert_true((found.count > 0) != in_contents(zip_file_entries(whole), at));
            bytes->data[at] ^= (guint8)(1 << bit);
        }
    }
}

static void every_cut_is_noticed(void)
{
    g_autoptr(GByteArray) bytes = small_package();
    for (gsize length = 0; length < bytes->len; length++) {
        g_auto(Found) found = {0};
        g_autoptr(ZipFile) zip = open_bytes(bytes->data, length, &found);
        g_assert_cmpstr(found.code, ==, length < 4 ? "package.none" : "zip.truncated");
        g_assert_nonnull(zip);
    }
}

static void assert_damage(const GByteArray *bytes, const char *code, guint64 byte)
{
    g_auto(Found) found = {0};
    g_autoptr(ZipFile) zip = open_bytes(bytes->data, bytes->len, &found);
    g_assert_nonnull(zip);
    g_assert_cmpstr(found.code, ==, code);
    g_assert_cmpuint(found.byte, ==, byte);
}

static gsize find(const GByteArray *bytes, const char *mark)
{
    const guint8 *at = memmem(bytes->data, bytes->len, mark, 4);
    g_assert_nonnull(at);
    return (gsize)(at - bytes->data);
}

static GByteArray *spliced(const GByteArray *bytes, gsize at, gconstpointer more, gsize length)
{
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, bytes->data, (guint)at);
    g_byte_array_append(out, more, (guint)length);
    g_byte_array_append(out, bytes->data + at, (guint)(bytes->len - at));
    return out;
}

static void nothing_hides_between_or_behind(void)
{
    g_autoptr(GByteArray) bytes = small_package();
    gsize directory = find(bytes, "PK\1\2"), end = find(bytes, "PK\6\6");
    g_autoptr(GByteArray) between = spliced(bytes, directory, "hidden", 6);
    assert_damage(between, "zip.gap", directory);
    g_autoptr(GByteArray) behind = spliced(bytes, bytes->len, "x", 1);
    assert_damage(behind, "zip.trailing", bytes->len);
    g_autoptr(GByteArray) before = spliced(bytes, 0, "#!", 2);
    assert_damage(before, "package.none", 0);
    g_autoptr(GByteArray) twice = spliced(bytes, end, bytes->data + directory, end - directory);
    assert_damage(twice, "zip.end", end + 2);
    g_autoptr(GByteArray) doubled = spliced(bytes, bytes->len, bytes->data + directory, bytes->len - directory);
    assert_damage(doubled, "zip.trailing", bytes->len);
}

static void names_have_a_grammar(void)
{
    static const char *const good[] = {"a", "case/bagit.txt", "c/data/feeds/1/headers", "a..b/..c"};
    static const char *const bad[] = {"",    "/",   "/a",   "a/",  "a//b", "../a",    "a/../b",
                                      "./a", "a/.", "a\\b", "C:x", "a b",  "\xc3\xa9"};
    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(zip_name_is_valid(good[i], strlen(good[i])));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(zip_name_is_valid(bad[i], strlen(bad[i])));
    g_autofree char *shown = zip_show_name("a\n\\\x1b", 4);
    g_assert_cmpstr(shown, ==, "a\\x0a\\x5c\\x1b");
}

/* ---- archives made by others ---- */

static void one_archive(const char *path, gpointer refused)
{
    gsize length = 0;
    if (!g_str_has_suffix(path, ".zip"))
        return;
    g_autofree char *bytes = folder_read(path, &length);
    g_auto(Found) found = {0};
    g_autoptr(ZipFile) zip = open_bytes(bytes, length, &found);
    g_assert_nonnull(zip);
    if (found.count == 0)
        g_error("%s was taken for a package", path);
    *(guint *)refused += 1;
}

static void others_archives_are_no_packages(void)
{
    guint refused = 0;
    static const char *const folders[] = {"vectors/yauzl", "vectors/zip2", "vectors/zip-slip"};
    for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = shared_path(folders[i]);
        if (!folder)
            return;
        folder_each(folder, one_archive, &refused);
    }
    g_assert_cmpuint(refused, ==, 47 + 32 + 4);
}

static void assert_names(const char *file, const char *entry)
{
    gsize length = 0;
    g_autofree char *path = shared_path(file);
    if (!path)
        return;
    g_autofree char *bytes = folder_read(path, &length);
    g_auto(Found) found = {0};
    g_autoptr(ZipFile) zip = open_bytes(bytes, length, &found);
    g_assert_nonnull(zip);
    if (!strstr(found.all->str, entry))
        g_error("%s: %s is not named in\n%s", file, entry, found.all->str);
}

static void paths_that_leave_are_named(void)
{
    assert_names("vectors/zip-slip/dotdot.zip", "zip.name ../");
    assert_names("vectors/zip-slip/absolute.zip", "zip.name /");
    assert_names("vectors/zip-slip/backslash.zip", "zip.name ..\\x5c");
    assert_names("vectors/zip-slip/symlink-out.zip", "zip.entry ");
    g_assert_false(g_file_test("../comity-canary-dir", G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zip/what-was-written-is-read", what_was_written_is_read);
    g_test_add_func("/zip/sizes-may-be-filled-in-afterwards", sizes_may_be_filled_in_afterwards);
    g_test_add_func("/zip/declared-is-what-comes", declared_is_what_comes);
    g_test_add_func("/zip/no-bit-is-free", no_bit_is_free);
    g_test_add_func("/zip/every-cut-is-noticed", every_cut_is_noticed);
    g_test_add_func("/zip/nothing-hides-between-or-behind", nothing_hides_between_or_behind);
    g_test_add_func("/zip/names-have-a-grammar", names_have_a_grammar);
    g_test_add_func("/zip/others-archives-are-no-packages", others_archives_are_no_packages);
    g_test_add_func("/zip/paths-that-leave-are-named", paths_that_leave_are_named);
    return g_test_run();
}
