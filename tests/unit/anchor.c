/* tests/unit/anchor.c: a node anchors its feeds. Each feed can show that it was there; none shows the others. */
#include "ledger/anchor.h"
#include "base/error.h"
#include "base/text.h"
#include <string.h>

#define EPOCH "00aa11bb22cc33dd"

static const guint8 secret[ANCHOR_SECRET_SIZE] = {1, 2, 3};
static const AnchorPlace first_of_log = {EPOCH, 1};

static GPtrArray *texts_of(guint count)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = count; i > 0; i--) { /* in any order */
        Hash root = sha256(&i, sizeof i);
        g_autofree char *origin = g_strdup_printf("alva.test/feed-%02u", i);
        g_ptr_array_add(texts, checkpoint_text(origin, i, &root));
    }
    return texts;
}

static char *origin_of(const char *text)
{
    return g_strndup(text, (gsize)(strchr(text, '\n') - text));
}

static void each_feed_leads_to_the_root(void)
{
    for (guint count = 1; count <= 9; count++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) texts = texts_of(count);
        g_autoptr(Anchor) anchor = anchor_build(&(AnchorPlace){EPOCH, 7}, secret, texts, &error);
        g_assert_no_error(error);
        Hash expected = anchor_root(anchor);
        for (guint i = 0; i < count; i++) {
            const char *text = g_ptr_array_index(texts, i);
            g_autofree char *origin = origin_of(text);
            g_autoptr(Anchored) proof = anchor_prove(anchor, origin, &error);
            g_assert_no_error(error);
            g_autofree char *file = anchored_text(proof);
            g_autoptr(Anchored) read = anchored_parse(file, strlen(file), &error);
            g_assert_no_error(error);
            g_assert_cmpuint(read->checkpoint, ==, count - i);
            Hash root;
            g_assert_true(anchored_root(read, text, strlen(text), &root, &error));
            g_assert_true(hash_equal(&root, &expected));
            const char *other = g_ptr_array_index(texts, (i + 1) % count);
            g_assert_true(anchored_root(read, other, strlen(other), &root, &error));
            g_assert_true(count == 1 || !hash_equal(&root, &expected));
        }
    }
}

/* The leaf is as the format says: salt = HMAC(secret, origin 00 epoch index), leaf = H(00 || H(salt || text)). */
static void the_leaf_by_hand(void)
{
    g_autoptr(GPtrArray) texts = texts_of(1);
    g_autoptr(Anchor) anchor = anchor_build(&(AnchorPlace){EPOCH, 0x0102}, secret, texts, NULL);
    const char *text = g_ptr_array_index(texts, 0);
    static const char message[] = "alva.test/feed-01\0" EPOCH "\0\0\0\0\0\0\1\2";
    Hash salt = hmac_sha256(secret, sizeof secret, message, sizeof message - 1);
    g_autofree guint8 *both = g_malloc(HASH_SIZE + strlen(text));
    memcpy(both, salt.bytes, HASH_SIZE);
    memcpy(both + HASH_SIZE, text, strlen(text));
    Hash hidden = sha256(both, HASH_SIZE + strlen(text));
    guint8 leaf[1 + HASH_SIZE] = {0};
    memcpy(leaf + 1, hidden.bytes, HASH_SIZE);
    Hash expected = sha256(leaf, sizeof leaf), root = anchor_root(anchor);
    g_assert_true(hash_equal(&root, &expected));

    guint8 entry[1 + ANCHOR_ENTRY_SIZE] = {0};
    anchor_entry(&root, 0x0102, entry + 1);
    g_assert_cmpint(memcmp(entry + 1 + HASH_SIZE, "\0\0\0\0\0\0\1\2", 8), ==, 0);
    Hash entry_leaf = sha256(entry, sizeof entry), made = anchor_entry_leaf(&root, 0x0102);
    g_assert_true(hash_equal(&entry_leaf, &made));
}

/* The same feed in two anchors looks like two: nobody sees that it stood still. The same in another epoch's log, where
 * the entries are counted from the beginning again. */
static void two_anchors_have_nothing_in_common(gconstpointer data)
{
    g_autoptr(GPtrArray) texts = texts_of(2);
    g_autoptr(Anchor) one = anchor_build(&first_of_log, secret, texts, NULL),
                      two = anchor_build(data, secret, texts, NULL);
    Hash first = anchor_root(one), second = anchor_root(two);
    g_assert_false(hash_equal(&first, &second));
    g_autoptr(Anchored) a = anchor_prove(one, "alva.test/feed-01", NULL),
                        b = anchor_prove(two, "alva.test/feed-01", NULL);
    g_assert_cmpint(memcmp(a->salt, b->salt, HASH_SIZE), !=, 0);
}

static void what_is_refused(void)
{
    g_autoptr(GError) twice = NULL, garbage = NULL, absent = NULL;
    g_autoptr(GPtrArray) texts = texts_of(2);
    g_autoptr(Anchor) anchor = anchor_build(&first_of_log, secret, texts, NULL);
    g_assert_null(anchor_prove(anchor, "alva.test/feed-03", &absent));
    g_assert_error(absent, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_ptr_array_add(texts, g_strdup(g_ptr_array_index(texts, 0)));
    g_assert_null(anchor_build(&first_of_log, secret, texts, &twice));
    g_assert_error(twice, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_ptr_array_set_size(texts, 0);
    g_ptr_array_add(texts, g_strdup("no checkpoint"));
    g_assert_null(anchor_build(&first_of_log, secret, texts, &garbage));
    g_assert_error(garbage, COMITY_ERROR, COMITY_ERROR_INVALID);
}

static void files_that_are_refused(void)
{
    g_autoptr(GPtrArray) texts = texts_of(3);
    g_autoptr(Anchor) anchor = anchor_build(&first_of_log, secret, texts, NULL);
    g_autoptr(Anchored) proof = anchor_prove(anchor, "alva.test/feed-02", NULL);
    g_autofree char *file = anchored_text(proof);
    Hash expected = anchor_root(anchor), root;
    const char *text = g_ptr_array_index(texts, 1);
    gsize length = strlen(file);
    for (gsize at = 0; at < length; at++) {
        file[at] ^= 1;
        g_autoptr(Anchored) read = anchored_parse(file, length, NULL);
        gboolean same = read && read->checkpoint == proof->checkpoint &&
                        anchored_root(read, text, strlen(text), &root, NULL) && hash_equal(&root, &expected);
        g_assert_false(same);
        file[at] ^= 1;
    }
    for (gsize cut = 0; cut < length - 90; cut++)
        g_assert_null(anchored_parse(file, cut, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/anchor/each-feed-leads-to-the-root", each_feed_leads_to_the_root);
    g_test_add_func("/anchor/the-leaf-by-hand", the_leaf_by_hand);
    static const AnchorPlace next = {EPOCH, 2}, other_log = {"00aa11bb22cc33de", 1};
    g_test_add_data_func("/anchor/two-anchors-have-nothing-in-common", &next, two_anchors_have_nothing_in_common);
    g_test_add_data_func("/anchor/two-epochs-have-nothing-in-common", &other_log, two_anchors_have_nothing_in_common);
    g_test_add_func("/anchor/what-is-refused", what_is_refused);
    g_test_add_func("/anchor/files-that-are-refused", files_that_are_refused);
    return g_test_run();
}
