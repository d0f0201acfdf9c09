/* tests/unit/proof.c: one record, handed over with its proof: it verifies alone, for this record, in this log, and no
 * other. */
#include "ledger/proof.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/merkle.h"
#include <string.h>

#define ORIGIN "alva.test/space/lane/epoch"
#define RECORDS 21

typedef struct {
    SigningKey *log;
    GPtrArray *keys;
    MerkleTree *tree;
    char *note;
} Fixture;

static void set_up(Fixture *self, gconstpointer data)
{
    guint8 seed[32] = {7};
    (void)data;
    self->log = signing_key_from_seed(seed);
    self->keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_ptr_array_add(self->keys, g_bytes_new(signing_key_public(self->log), ED25519_KEY_SIZE));
    self->tree = merkle_tree_new();
    for (guint i = 0; i < RECORDS; i++) {
        Hash leaf = merkle_leaf(&i, sizeof i);
        merkle_tree_append(self->tree, &leaf);
    }
    Hash root = merkle_tree_root(self->tree);
    self->note = checkpoint_sign(ORIGIN, RECORDS, &root, self->log);
}

static void tear_down(Fixture *self, gconstpointer data)
{
    (void)data;
    signing_key_free(self->log);
    g_ptr_array_unref(self->keys);
    merkle_tree_free(self->tree);
    g_free(self->note);
}

static char *proof_for(const Fixture *self, guint index)
{
    g_autoptr(GArray) path = merkle_inclusion(index, RECORDS, merkle_tree_subtree, self->tree, NULL);
    return proof_text(index, path, self->note);
}

static gboolean holds(const Fixture *self, const char *text, gsize length, guint record, const char *origin)
{
    g_autoptr(Proof) proof = proof_parse(text, length, NULL);
    Hash leaf = merkle_leaf(&record, sizeof record);
    g_autoptr(Checkpoint) checkpoint = proof ? proof_verify(proof, &leaf, origin, self->keys, NULL, NULL, NULL) : NULL;
    return checkpoint != NULL;
}

static void each_record_is_proven(Fixture *self, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < RECORDS; i++) {
        g_autofree char *text = proof_for(self, i);
        g_assert_true(g_str_has_prefix(text, "c2sp.org/tlog-proof@v1\nindex "));
        g_assert_true(holds(self, text, strlen(text), i, ORIGIN));
        g_assert_true(holds(self, text, strlen(text), i, NULL));
        g_assert_false(holds(self, text, strlen(text), i + 1, ORIGIN));
        g_assert_false(holds(self, text, strlen(text), i, "alva.test/anchors"));
    }
}

static void every_changed_byte_is_refused(Fixture *self, gconstpointer data)
{
    (void)data;
    g_autofree char *text = proof_for(self, 20);
    gsize length = strlen(text);
    for (gsize at = 0; at < length; at++) {
        text[at] ^= 1;
        g_assert_false(holds(self, text, length, 20, ORIGIN));
        text[at] ^= 1;
    }
    for (gsize cut = 0; cut < length; cut++)
        g_assert_false(holds(self, text, cut, 20, ORIGIN));
}

/* A log of one record: its proof has no hash at all. */
static void a_tree_of_one_leaf(Fixture *self, gconstpointer data)
{
    (void)data;
    guint record = 0;
    Hash leaf = merkle_leaf(&record, sizeof record);
    g_autofree char *note = checkpoint_sign(ORIGIN, 1, &leaf, self->log);
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Hash));
    g_autofree char *text = proof_text(0, none, note);
    g_assert_true(g_str_has_prefix(text, "c2sp.org/tlog-proof@v1\nindex 0\n\n" ORIGIN "\n1\n"));
    g_assert_true(holds(self, text, strlen(text), 0, ORIGIN));
}

static void extra_data_is_kept_apart(Fixture *self, gconstpointer data)
{
    (void)data;
    g_autofree char *text = proof_for(self, 3);
    const char *rest = strchr(text, '\n') + 1;
    g_autofree char *with = g_strdup_printf("c2sp.org/tlog-proof@v1\nextra AAEC\n%s", rest);
    g_autoptr(Proof) proof = proof_parse(with, strlen(with), NULL);
    g_assert_cmpuint(g_bytes_get_size(proof->extra), ==, 3);
    g_assert_true(holds(self, with, strlen(with), 3, ORIGIN));
    g_autofree char *bad = g_strdup_printf("c2sp.org/tlog-proof@v1\nextra AAE\n%s", rest);
    g_assert_null(proof_parse(bad, strlen(bad), NULL));
}

static void what_is_no_proof(void)
{
    static const char *const texts[] = {
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nlog\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nlog\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nlog\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(proof_parse(texts[i], strlen(texts[i]), &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_assert_cmpstr(error_code(error), ==, "proof.malformed");
    }
    g_autoptr(GString) many = g_string_new("c2sp.org/tlog-proof@v1\nindex 0\n");
    for (guint i = 0; i < 100; i++)
        g_string_append(many, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    g_string_append(many, "\nlog\n");
    g_assert_null(proof_parse(many->str, many->len, NULL));
}

static void hashes_as_a_file(void)
{
    g_autoptr(GArray) hashes = g_array_new(FALSE, TRUE, sizeof(Hash));
    for (guint i = 0; i < 3; i++) {
        Hash hash = sha256(&i, sizeof i);
        g_array_append_val(hashes, hash);
    }
    g_autofree char *text = proof_hashes_text(hashes);
    g_autoptr(GArray) again = proof_hashes_parse(text, strlen(text));
    g_assert_cmpuint(again->len, ==, 3);
    g_assert_cmpint(memcmp(again->data, hashes->data, 3 * sizeof(Hash)), ==, 0);
    g_assert_null(proof_hashes_parse(text, strlen(text) - 1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH_LOG(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)
    WITH_LOG("/proof/each-record-is-proven", each_record_is_proven);
    WITH_LOG("/proof/every-changed-byte-is-refused", every_changed_byte_is_refused);
    WITH_LOG("/proof/a-tree-of-one-leaf", a_tree_of_one_leaf);
    WITH_LOG("/proof/extra-data-is-kept-apart", extra_data_is_kept_apart);
    g_test_add_func("/proof/what-is-no-proof", what_is_no_proof);
    g_test_add_func("/proof/hashes-as-a-file", hashes_as_a_file);
    return g_test_run();
}
