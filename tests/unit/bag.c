/* tests/unit/bag.c: bags as others make them, good and bad: what a package would accept, and what is named. */
#include "ledger/bag.h"
#include "base/error.h"
#include "base/text.h"
#include "support/folder.h"
#include "support/shared.h"
#include <string.h>

/* ---- a bag in a folder, or in memory ---- */

typedef struct {
    char *folder;         /* NULL: in memory */
    GHashTable *contents; /* name -> GString, in memory */
    GPtrArray *names;
    GString *damages; /* "code file line" a line */
} TestBag;

static GBytes *bag_read(gpointer data, const char *name, GError **error)
{
    TestBag *self = data;
    if (!self->folder) {
        const GString *text = g_hash_table_lookup(self->contents, name);
        return g_bytes_new(text->str, text->len);
    }
    gsize length = 0;
    char *bytes = NULL;
    g_autofree char *path = g_build_filename(self->folder, name, NULL);
    return g_file_get_contents(path, &bytes, &length, error) ? g_bytes_new_take(bytes, length) : NULL;
}

static char *bag_digest(gpointer data, const char *name, BagAlgorithm algorithm, GError **error)
{
    g_autoptr(GBytes) bytes = bag_read(data, name, error);
    return bytes ? g_compute_checksum_for_bytes(algorithm == BAG_SHA512 ? G_CHECKSUM_SHA512 : G_CHECKSUM_SHA256, bytes)
                 : NULL;
}

static void bag_damaged(gpointer data, const char *code, const char *file, guint line, const char *about,
                        const char *why)
{
    TestBag *self = data;
    g_assert_nonnull(about);
    g_assert_cmpuint(strlen(why), >, 5);
    g_string_append_printf(self->damages, "%s %s %u\n", code, file, line);
}

static gboolean verify(TestBag *self)
{
    g_autoptr(GError) error = NULL;
    gboolean intact = FALSE;
    g_ptr_array_sort(self->names, text_compare);
    BagSource bag = {self->names, bag_read, bag_digest, NULL, bag_damaged, self};
    gboolean done = bag_verify(&bag, &intact, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    g_assert_true(intact == (self->damages->len == 0));
    return intact;
}

static void test_bag_clear(TestBag *self)
{
    g_free(self->folder);
    g_clear_pointer(&self->contents, g_hash_table_unref);
    g_ptr_array_unref(self->names);
    g_string_free(self->damages, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TestBag, test_bag_clear)

static void add_name(const char *path, gpointer data)
{
    TestBag *self = data;
    g_ptr_array_add(self->names, g_strdup(path + strlen(self->folder) + 1));
}

static TestBag bag_in(const char *folder)
{
    TestBag self = {g_strdup(folder), NULL, g_ptr_array_new_with_free_func(g_free), g_string_new(NULL)};
    folder_each(folder, add_name, &self);
    return self;
}

/* ---- the conformance suite ---- */

static void only_one_of_them_is_a_package_bag(void)
{
    static const char *const versions[] = {"v1.0", "v0.97"};
    guint bags = 0, good = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autofree char *relative = g_build_filename("vectors/bagit", versions[i], NULL);
        g_autofree char *path = shared_path(relative);
        if (!path)
            return;
        g_autoptr(GDir) kinds = g_dir_open(path, 0, NULL);
        for (const char *kind = g_dir_read_name(kinds); kind; kind = g_dir_read_name(kinds)) {
            g_autofree char *of_kind = g_build_filename(path, kind, NULL);
            g_autoptr(GDir) dir = g_dir_open(of_kind, 0, NULL);
            for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
                g_autofree char *folder = g_build_filename(of_kind, name, NULL);
                g_auto(TestBag) bag = bag_in(folder);
                gboolean intact = verify(&bag);
                gboolean expected = i == 0 && g_str_equal(kind, "valid");
                if (intact != expected)
                    g_error("%s: %s\n%s", folder, intact ? "accepted" : "refused", bag.damages->str);
                bags++;
                good += intact ? 1 : 0;
            }
        }
    }
    g_assert_cmpuint(bags, ==, 46);
    g_assert_cmpuint(good, ==, 1);
}

static void assert_suite(const char *name, const char *damage)
{
    g_autofree char *relative = g_build_filename("vectors/bagit/v1.0/invalid", name, NULL);
    g_autofree char *folder = shared_path(relative);
    if (!folder)
        return;
    g_auto(TestBag) bag = bag_in(folder);
    g_assert_false(verify(&bag));
    if (!strstr(bag.damages->str, damage))
        g_error("%s: %s is not among\n%s", name, damage, bag.damages->str);
}

static void why_the_others_are_not(void)
{
    assert_suite("bagit-with-invalid-whitespace", "bag.declaration bagit.txt");
    assert_suite("notAllManifestsListAllFiles", "file.unlisted ");
    assert_suite("same-filename-listed-twice-with-different-hashes", "bag.twice manifest-sha");
    assert_suite("same-filename-listed-twice-with-the-same-hash", "bag.twice manifest-sha");
}

/* ---- our own, one thing wrong each ---- */

#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" /* SHA-256 of "hello" */

static void put(TestBag *self, const char *name, const char *text)
{
    if (!g_hash_table_contains(self->contents, name))
        g_ptr_array_add(self->names, g_strdup(name));
    g_hash_table_insert(self->contents, g_strdup(name), g_string_new(text));
}

static void string_free(gpointer text)
{
    g_string_free(text, TRUE);
}

static TestBag small_bag(const char *manifest)
{
    TestBag self = {NULL, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, string_free),
                    g_ptr_array_new_with_free_func(g_free), g_string_new(NULL)};
    put(&self, "bagit.txt", BAG_DECLARATION);
    put(&self, "data/hello", "hello");
    put(&self, "manifest-sha256.txt", manifest);
    return self;
}

static void manifests_and_what_is_wrong_with_them(void)
{
    static const struct {
        const char *manifest, *damage;
    } cases[] = {
        {HELLO "  data/hello\n", ""},
        {HELLO " \t data/hello\r\n", ""},
        {"2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824  data/hello\n", ""},
        {HELLO "  data/hello", "bag.line manifest-sha256.txt 1\nfile.unlisted data/hello 0\n"},
        {"00" HELLO "  data/hello\n", "bag.line manifest-sha256.txt 1\nfile.unlisted data/hello 0\n"},
        {HELLO "  ../hello\n", "bag.path manifest-sha256.txt 1\nfile.unlisted data/hello 0\n"},
        {HELLO "  data/../data/hello\n", "bag.path manifest-sha256.txt 1\nfile.unlisted data/hello 0\n"},
        {HELLO "  /data/hello\n", "bag.path manifest-sha256.txt 1\nfile.unlisted data/hello 0\n"},
        {HELLO "  data/hello%\n", "bag.path manifest-sha256.txt 1\nfile.unlisted data/hello 0\n"},
        {HELLO "  data/hello\n" HELLO "  data/hello\n", "bag.twice manifest-sha256.txt 2\n"},
        {HELLO "  data/hello\n" HELLO "  data/more\n", "file.missing manifest-sha256.txt 2\n"},
        {"3cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  data/hello\n",
         "file.changed data/hello 0\n"},
        {"", "file.unlisted data/hello 0\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(TestBag) bag = small_bag(cases[i].manifest);
        (void)verify(&bag);
        g_assert_cmpstr(bag.damages->str, ==, cases[i].damage);
    }
}

static void names_with_line_ends_and_percents(void)
{
    g_auto(TestBag) bag = small_bag(HELLO "  data/hello\n" HELLO "  data/a%0d%0A%25b\n");
    put(&bag, "data/a\r\n%b", "hello");
    g_assert_true(verify(&bag));
}

static void nothing_is_fetched(void)
{
    g_auto(TestBag) bag = small_bag(HELLO "  data/hello\n");
    put(&bag, "fetch.txt", "http://example.com/ 5 data/x\n");
    g_assert_false(verify(&bag));
    g_assert_cmpstr(bag.damages->str, ==, "bag.fetch fetch.txt 0\n");
}

static void a_manifest_that_was_changed_is_named_first(void)
{
    g_auto(TestBag) bag = small_bag("3cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  data/hello\n");
    put(&bag, "tagmanifest-sha256.txt", HELLO "  manifest-sha256.txt\n");
    g_assert_false(verify(&bag));
    g_assert_cmpstr(bag.damages->str, ==, "file.changed manifest-sha256.txt 0\nfile.changed data/hello 0\n");
}

static void without_manifest_nothing_is_known(void)
{
    g_auto(TestBag) bag = small_bag("");
    g_ptr_array_remove_index(bag.names, 2);
    g_assert_false(verify(&bag));
    g_assert_cmpstr(bag.damages->str, ==, "bag.manifest manifest-sha256.txt 0\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bag/only-one-of-them-is-a-package-bag", only_one_of_them_is_a_package_bag);
    g_test_add_func("/bag/why-the-others-are-not", why_the_others_are_not);
    g_test_add_func("/bag/manifests-and-what-is-wrong-with-them", manifests_and_what_is_wrong_with_them);
    g_test_add_func("/bag/names-with-line-ends-and-percents", names_with_line_ends_and_percents);
    g_test_add_func("/bag/nothing-is-fetched", nothing_is_fetched);
    g_test_add_func("/bag/a-manifest-that-was-changed-is-named-first", a_manifest_that_was_changed_is_named_first);
    g_test_add_func("/bag/without-manifest-nothing-is-known", without_manifest_nothing_is_known);
    return g_test_run();
}
