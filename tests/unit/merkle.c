/* tests/unit/merkle.c: a feed's tree, through the eyes of those who restart it, prove from it and check the proofs. */
#include "ledger/merkle.h"
#include "base/error.h"
#include "base/text.h"
#include "support/folder.h"
#include "support/shared.h"
#include <string.h>

/* RFC 6962's well-known eight entries, and the root that others publish for them. */
static const char *const leaves[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char published_root[] = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";

static void assert_hash(const Hash *hash, const char *expected)
{
    g_autofree char *hex = hash_text(hash);
    g_assert_cmpstr(hex, ==, expected);
}

static void nothing_yet(void)
{
    g_autoptr(MerkleFrontier) feed = merkle_frontier_new();
    Hash root = merkle_frontier_root(feed);
    assert_hash(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void restart_after_every_record(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MerkleFrontier) feed = merkle_frontier_new();
    for (guint n = 0; n < G_N_ELEMENTS(leaves); n++) {
        g_autoptr(GBytes) header = hex_decode(leaves[n]);
        merkle_frontier_append(feed, header);
        g_autoptr(GBytes) stored = merkle_frontier_peaks(feed);
        g_clear_pointer(&feed, merkle_frontier_free); /* the kill */
        feed = merkle_frontier_restore(n + 1, stored, &error);
        g_assert_no_error(error);
    }
    Hash root = merkle_frontier_root(feed);
    assert_hash(&root, published_root);
}

typedef struct {
    Hash all[MERKLE_LEVELS];
    guint count;
} Completed;

static void note_completed(gpointer data, guint level, guint64 index, const Hash *hash)
{
    (void)index;
    Completed *completed = data;
    if (level > 0)
        completed->all[completed->count++] = *hash;
}

static void what_one_frontier_completed_another_takes_over(void)
{
    g_autoptr(MerkleFrontier) one = merkle_frontier_new();
    g_autoptr(MerkleFrontier) other = merkle_frontier_new();
    for (guint n = 0; n < 70; n++) {
        Hash leaf = merkle_leaf(&n, sizeof n);
        Completed completed = {.count = 0};
        merkle_frontier_append_leaf(one, &leaf, note_completed, &completed);
        merkle_frontier_append_known(other, &leaf, completed.all, completed.count);
        Hash root = merkle_frontier_root(one), other_root = merkle_frontier_root(other);
        g_assert_true(hash_equal(&root, &other_root));
    }
}

static void a_lost_peak_is_noticed(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) one = g_bytes_new_static(leaves, sizeof(Hash));
    g_autoptr(MerkleFrontier) feed = merkle_frontier_restore(3, one, &error);
    g_assert_null(feed);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
}

static MerkleTree *tree_of(guint64 size)
{
    MerkleTree *tree = merkle_tree_new();
    for (guint64 n = 0; n < size; n++) {
        Hash leaf = merkle_leaf(&n, sizeof n);
        merkle_tree_append(tree, &leaf);
    }
    return tree;
}

static Hash leaf_of(guint64 n)
{
    return merkle_leaf(&n, sizeof n);
}

/* Every record of every tree up to 70: the proof that the log makes is the proof that the verifier takes, and for no
 * other place, size, leaf or root. */
static void every_record_is_proven(void)
{
    g_autoptr(MerkleTree) tree = tree_of(70);
    for (guint64 size = 1; size <= 70; size++) {
        g_autoptr(GError) error = NULL;
        Hash root;
        g_assert_true(merkle_root(size, merkle_tree_subtree, tree, &root, &error));
        for (guint64 index = 0; index < size; index++) {
            g_autoptr(GArray) proof = merkle_inclusion(index, size, merkle_tree_subtree, tree, &error);
            g_assert_no_error(error);
            Hash leaf = leaf_of(index), other = leaf_of(index + 1);
            const Hash *hashes = (const Hash *)(gpointer)proof->data;
            g_assert_true(merkle_verify_inclusion(&leaf, index, size, hashes, proof->len, &root, NULL));
            g_assert_false(merkle_verify_inclusion(&other, index, size, hashes, proof->len, &root, NULL));
            g_assert_false(merkle_verify_inclusion(&leaf, index + 1, size, hashes, proof->len, &root, NULL));
            g_assert_false(merkle_verify_inclusion(&leaf, index, size, hashes, proof->len + 1, &root, NULL));
            if (proof->len > 0)
                g_assert_false(merkle_verify_inclusion(&leaf, index, size, hashes, proof->len - 1, &root, NULL));
        }
    }
}

static void every_size_continues_every_smaller_one(void)
{
    g_autoptr(MerkleTree) tree = tree_of(40);
    for (guint64 to = 0; to <= 40; to++) {
        for (guint64 from = 0; from <= to; from++) {
            g_autoptr(GError) error = NULL;
            Hash old_root, new_root, none = {{0}};
            g_assert_true(merkle_root(from, merkle_tree_subtree, tree, &old_root, &error));
            g_assert_true(merkle_root(to, merkle_tree_subtree, tree, &new_root, &error));
            g_autoptr(GArray) proof = merkle_consistency(from, to, merkle_tree_subtree, tree, &error);
            g_assert_no_error(error);
            const Hash *hashes = (const Hash *)(gpointer)proof->data;
            g_assert_true(merkle_verify_consistency(from, &old_root, to, &new_root, hashes, proof->len, NULL));
            g_assert_false(merkle_verify_consistency(from, &none, to, &new_root, hashes, proof->len, NULL));
            if (from > 0 && from < to) {
                g_assert_false(merkle_verify_consistency(from, &old_root, to, &none, hashes, proof->len, NULL));
                g_assert_false(merkle_verify_consistency(from, &old_root, to, &new_root, hashes, proof->len - 1, NULL));
                g_assert_false(merkle_verify_consistency(from + 1, &old_root, to, &new_root, hashes, proof->len, NULL));
            }
        }
    }
}

static void nobody_asks_beyond_the_end(void)
{
    g_autoptr(GError) error = NULL, other = NULL;
    g_autoptr(MerkleTree) tree = tree_of(4);
    g_assert_null(merkle_inclusion(4, 4, merkle_tree_subtree, tree, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_null(merkle_consistency(5, 4, merkle_tree_subtree, tree, &other));
    g_assert_error(other, COMITY_ERROR, COMITY_ERROR_INVALID);
}

typedef struct {
    MerkleTree *tree;
    guint reads;
} Counted;

static gboolean counted_subtree(gpointer data, guint level, guint64 index, Hash *out, GError **error)
{
    Counted *self = data;
    self->reads++;
    return merkle_tree_subtree(self->tree, level, index, out, error);
}

/* A proof out of 100,001 records reads a few dozen stored hashes: it never walks the feed. */
static void a_proof_reads_few_hashes(void)
{
    g_autoptr(MerkleTree) tree = tree_of(100001);
    Counted counted = {tree, 0};
    g_autoptr(GArray) inclusion = merkle_inclusion(77777, 100001, counted_subtree, &counted, NULL);
    g_assert_cmpuint(counted.reads, <=, 34);
    counted.reads = 0;
    g_autoptr(GArray) consistency = merkle_consistency(77777, 100001, counted_subtree, &counted, NULL);
    g_assert_cmpuint(counted.reads, <=, 34);
    g_assert_nonnull(inclusion);
    g_assert_nonnull(consistency);
}

/* ---- the published cases ---- */

/* FALSE where the text is not 32 bytes in base64: such a hash is refused before any tree is asked. */
static gboolean read_hash(const json_t *text, Hash *hash)
{
    g_autoptr(GBytes) bytes = base64_decode(json_string_value(text), -1);
    if (!bytes || g_bytes_get_size(bytes) != HASH_SIZE)
        return FALSE;
    memcpy(hash->bytes, g_bytes_get_data(bytes, NULL), HASH_SIZE);
    return TRUE;
}

static gboolean read_hashes(const json_t *list, GArray *hashes)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        Hash hash;
        if (!read_hash(json_array_get(list, i), &hash))
            return FALSE;
        g_array_append_val(hashes, hash);
    }
    return TRUE;
}

/* jansson has no unsigned 64-bit numbers: two of the cases need them. */
static guint64 number_in(const char *text, const char *member)
{
    const char *at = strstr(text, member);
    g_assert_nonnull(at);
    return g_ascii_strtoull(strchr(at, ':') + 1, NULL, 10);
}

static json_t *load(const char *path, char **text)
{
    gsize length = 0;
    *text = folder_read(path, &length);
    json_t *value = json_loadb(*text, length, JSON_DECODE_INT_AS_REAL, NULL);
    g_assert_nonnull(value);
    return value;
}

static void one_inclusion(const char *path, gpointer good)
{
    g_autofree char *text = NULL;
    json_t *value = load(path, &text);
    g_autoptr(GArray) proof = g_array_new(FALSE, FALSE, sizeof(Hash));
    Hash root, leaf;
    gboolean accepted = read_hash(json_object_get(value, "root"), &root) &&
                        read_hash(json_object_get(value, "leafHash"), &leaf) &&
                        read_hashes(json_object_get(value, "proof"), proof) &&
                        merkle_verify_inclusion(&leaf, number_in(text, "leafIdx"), number_in(text, "treeSize"),
                                                (const Hash *)(gpointer)proof->data, proof->len, &root, NULL);
    if (accepted == json_is_true(json_object_get(value, "wantErr")))
        g_error("%s: %s", path, accepted ? "accepted" : "refused");
    *(guint *)good += accepted ? 1 : 0;
    json_decref(value);
}

static void one_consistency(const char *path, gpointer good)
{
    g_autofree char *text = NULL;
    json_t *value = load(path, &text);
    g_autoptr(GArray) proof = g_array_new(FALSE, FALSE, sizeof(Hash));
    Hash old_root = {{0}}, new_root = {{0}};
    gboolean known =
        read_hash(json_object_get(value, "root1"), &old_root) && read_hash(json_object_get(value, "root2"), &new_root);
    guint64 from = number_in(text, "size1"), to = number_in(text, "size2");
    /* One good case has a root of another length: there it only matters that both are the same. */
    if (!known && from == to && from > 0)
        known = json_equal(json_object_get(value, "root1"), json_object_get(value, "root2"));
    gboolean accepted = known && read_hashes(json_object_get(value, "proof"), proof) &&
                        merkle_verify_consistency(from, &old_root, to, &new_root, (const Hash *)(gpointer)proof->data,
                                                  proof->len, NULL);
    if (accepted == json_is_true(json_object_get(value, "wantErr")))
        g_error("%s: %s", path, accepted ? "accepted" : "refused");
    *(guint *)good += accepted ? 1 : 0;
    json_decref(value);
}

static void published_proofs(void)
{
    guint good = 0;
    g_autofree char *inclusion = shared_path("vectors/merkle/inclusion");
    g_autofree char *consistency = shared_path("vectors/merkle/consistency");
    if (!inclusion || !consistency)
        return;
    g_assert_cmpuint(folder_each(inclusion, one_inclusion, &good), ==, 98);
    g_assert_cmpuint(folder_each(consistency, one_consistency, &good), ==, 98);
    g_assert_cmpuint(good, ==, 12);
}

/* Another log's leaf hashes, as it publishes them in tiles: its roots are ours at every size. */
static void published_tiles(void)
{
    g_autofree char *tiles = shared_path("vectors/sunlight/testdata/witness/mirror");
    if (!tiles)
        return;
    g_autoptr(MerkleTree) tree = merkle_tree_new();
    static const char *const names[] = {"tile/0/000", "tile/0/001.p/44"};
    g_autoptr(GDir) dir = g_dir_open(tiles, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
        if (strlen(name) != 64)
            continue;
        for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
            gsize length = 0;
            g_autofree char *path = g_build_filename(tiles, name, names[i], NULL);
            g_autofree char *bytes = folder_read(path, &length);
            for (gsize at = 0; at < length; at += HASH_SIZE)
                merkle_tree_append(tree, (const Hash *)(gpointer)(bytes + at));
        }
        gsize length = 0;
        g_autofree char *path = g_build_filename(tiles, name, "checkpoint", NULL);
        g_autofree char *note = folder_read(path, &length);
        Hash root = merkle_tree_root(tree);
        g_autofree char *base64 = base64_encode(root.bytes, HASH_SIZE);
        g_auto(GStrv) lines = g_strsplit(note, "\n", 4);
        g_assert_cmpstr(lines[1], ==, "300");
        g_assert_cmpstr(lines[2], ==, base64);
    }
    g_assert_cmpuint(merkle_tree_size(tree), ==, 300);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/merkle/nothing-yet", nothing_yet);
    g_test_add_func("/merkle/restart-after-every-record", restart_after_every_record);
    g_test_add_func("/merkle/what-one-frontier-completed-another-takes-over",
                    what_one_frontier_completed_another_takes_over);
    g_test_add_func("/merkle/a-lost-peak-is-noticed", a_lost_peak_is_noticed);
    g_test_add_func("/merkle/every-record-is-proven", every_record_is_proven);
    g_test_add_func("/merkle/every-size-continues-every-smaller-one", every_size_continues_every_smaller_one);
    g_test_add_func("/merkle/nobody-asks-beyond-the-end", nobody_asks_beyond_the_end);
    g_test_add_func("/merkle/a-proof-reads-few-hashes", a_proof_reads_few_hashes);
    g_test_add_func("/merkle/published-proofs", published_proofs);
    g_test_add_func("/merkle/published-tiles", published_tiles);
    return g_test_run();
}
