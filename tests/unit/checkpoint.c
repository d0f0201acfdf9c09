/* tests/unit/checkpoint.c: what a log says about itself, what others say about it, and who is caught at saying two
 * things. */
#include "ledger/checkpoint.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/merkle.h"
#include "support/folder.h"
#include "support/shared.h"
#include <string.h>

#define ORIGIN "alva.test/0193a1b2-0000-7000-8000-000000000001/lane/0123456789abcdef"

static SigningKey *key_of(guint8 seed)
{
    guint8 bytes[32];
    memset(bytes, seed, sizeof bytes);
    return signing_key_from_seed(bytes);
}

static GPtrArray *keys_of(const SigningKey *key)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_ptr_array_add(keys, g_bytes_new(signing_key_public(key), ED25519_KEY_SIZE));
    return keys;
}

/* ---- the text ---- */

static void what_is_written_is_read(void)
{
    g_autoptr(GError) error = NULL;
    Hash root = sha256("x", 1);
    g_autofree char *text = checkpoint_text(ORIGIN, 4711, &root);
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(checkpoint->origin, ==, ORIGIN);
    g_assert_cmpuint(checkpoint->size, ==, 4711);
    g_assert_true(hash_equal(&checkpoint->root, &root));
    g_assert_false(checkpoint->extended);
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void a_text_has_one_spelling(void)
{
    static const char *const refused[] = {
        "",
        "\n1\n" ROOT "\n",
        "log\n",
        "log\n01\n" ROOT "\n",
        "log\n-1\n" ROOT "\n",
        "log\n1 \n" ROOT "\n",
        "log\n9223372036854775808\n" ROOT "\n",
        "log\n1\n47DEQpj8HBSa\n",
        "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", /* a bit that means nothing is set */
        "log\n1\n" ROOT,
        "log\r\n1\r\n" ROOT "\r\n",
        "log\n1\n" ROOT "\n\n",
        "log\n1\n" ROOT "\nmore",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Checkpoint) checkpoint = checkpoint_parse(refused[i], strlen(refused[i]), &error);
        g_assert_null(checkpoint);
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_assert_cmpstr(error_code(error), ==, "checkpoint.malformed");
    }
    static const char empty[] = "log\n0\n" ROOT "\n", extended[] = "log\n0\n" ROOT "\nmore\n";
    g_autoptr(Checkpoint) none = checkpoint_parse(empty, strlen(empty), NULL);
    g_autoptr(Checkpoint) more = checkpoint_parse(extended, strlen(extended), NULL);
    g_assert_true(none && !none->extended && more->extended);
}

/* ---- signatures ---- */

static void only_its_own_log_signs(void)
{
    g_autoptr(GError) good = NULL, wrong = NULL, other = NULL;
    g_autoptr(SigningKey) log = key_of(1), stranger = key_of(2);
    g_autoptr(GPtrArray) known = keys_of(log), unknown = keys_of(stranger);
    Hash root = sha256("x", 1);
    g_autoptr(GArray) signers = NULL;
    g_autofree char *note = checkpoint_sign(ORIGIN, 3, &root, log);
    g_autoptr(Checkpoint) opened = checkpoint_open(note, strlen(note), ORIGIN, known, NULL, &signers, NULL, &good);
    g_assert_no_error(good);
    g_assert_cmpuint(opened->size, ==, 3);
    g_assert_cmpuint(signers->len, ==, 1);
    g_assert_cmpuint(g_array_index(signers, guint, 0), ==, 0);
    g_assert_null(checkpoint_open(note, strlen(note), ORIGIN, unknown, NULL, NULL, NULL, &wrong));
    g_assert_error(wrong, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_assert_null(checkpoint_open(note, strlen(note), "alva.test/anchors", known, NULL, NULL, NULL, &other));
    g_assert_error(other, COMITY_ERROR, COMITY_ERROR_DAMAGED);
}

/* The same key under another name is another key: a log can't sign for another log. */
static void a_signature_is_for_one_name(void)
{
    g_autoptr(SigningKey) log = key_of(1);
    g_autoptr(GPtrArray) known = keys_of(log);
    Hash root = sha256("x", 1);
    g_autofree char *text = checkpoint_text(ORIGIN, 3, &root);
    g_autofree char *note = note_sign(text, "alva.test/elsewhere", log);
    g_assert_null(checkpoint_open(note, strlen(note), ORIGIN, known, NULL, NULL, NULL, NULL));
}

static NoteVerifier *witness_of(const char *node, const SigningKey *key)
{
    g_autofree char *name = checkpoint_witness_name(node);
    return note_verifier_new(name, NOTE_COSIGNATURE, signing_key_public(key));
}

static void a_witness_says_when_it_saw_what(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SigningKey) log = key_of(1), witness = key_of(2), unknown = key_of(3);
    g_autoptr(GPtrArray) known = keys_of(log);
    g_autoptr(GPtrArray) cosigners = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    g_ptr_array_add(cosigners, witness_of("bren.test", witness));
    Hash root = sha256("x", 1);
    g_autofree char *note = checkpoint_sign(ORIGIN, 3, &root, log);
    g_autofree char *seen = checkpoint_cosign(note, strlen(note), "bren.test", witness, 1795000000, &error);
    g_autofree char *stranger = checkpoint_cosign(note, strlen(note), "cost.test", unknown, 1795000001, &error);
    g_assert_no_error(error);
    g_autofree char *all = g_strconcat(note, seen, stranger, NULL);
    g_autoptr(GArray) cosigned = NULL;
    g_autoptr(Checkpoint) opened = checkpoint_open(all, strlen(all), ORIGIN, known, cosigners, NULL, &cosigned, &error);
    g_assert_no_error(error);
    g_assert_nonnull(opened);
    g_assert_cmpuint(cosigned->len, ==, 1); /* whom nobody knows doesn't count */
    const Cosignature *one = &g_array_index(cosigned, Cosignature, 0);
    g_assert_cmpstr(one->name, ==, "bren.test/witness");
    g_assert_cmpint(one->time_s, ==, 1795000000);

    seen[strlen(seen) - 8] ^= 1; /* a known witness whose signature is bad: the whole is refused */
    g_autofree char *bad = g_strconcat(note, seen, NULL);
    g_assert_null(checkpoint_open(bad, strlen(bad), ORIGIN, known, cosigners, NULL, NULL, NULL));
}

static void a_cosignature_is_no_signature_of_the_log(void)
{
    g_autoptr(SigningKey) log = key_of(1), witness = key_of(2);
    g_autoptr(GPtrArray) known = keys_of(log);
    g_autoptr(GPtrArray) cosigners = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    g_ptr_array_add(cosigners, witness_of("bren.test", witness));
    Hash root = sha256("x", 1);
    g_autofree char *text = checkpoint_text(ORIGIN, 3, &root);
    g_autofree char *line = note_cosign_line(text, "bren.test/witness", witness, 1795000000);
    g_autofree char *note = g_strconcat(text, "\n", line, NULL);
    g_assert_null(checkpoint_open(note, strlen(note), ORIGIN, known, cosigners, NULL, NULL, NULL));
}

static void extension_lines_are_never_cosigned(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SigningKey) log = key_of(1), witness = key_of(2);
    g_autofree char *note = note_sign("log\n1\n" ROOT "\nmore\n", "log", log);
    g_assert_null(checkpoint_cosign(note, strlen(note), "bren.test", witness, 1795000000, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
}

/* ---- logs of others ---- */

static GPtrArray *tessera_keys(void)
{
    g_autoptr(GBytes) key = base64_decode("AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", -1);
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_ptr_array_add(keys, g_bytes_new_from_bytes(key, 1, ED25519_KEY_SIZE)); /* after the algorithm's byte */
    return keys;
}

static void assert_tile(const Checkpoint *checkpoint)
{
    g_autoptr(MerkleTree) tree = merkle_tree_new();
    g_autofree char *name = g_strdup_printf("vectors/tessera/log/tile/0/000.p/%" G_GUINT64_FORMAT, checkpoint->size);
    g_autoptr(GBytes) tile = checkpoint->size > 0 ? shared_bytes(name) : g_bytes_new_static("", 0);
    const Hash *leaves = g_bytes_get_data(tile, NULL);
    for (guint64 i = 0; i < checkpoint->size; i++)
        merkle_tree_append(tree, &leaves[i]);
    Hash root = merkle_tree_root(tree);
    g_assert_true(hash_equal(&root, &checkpoint->root));
}

static void a_published_log_at_sixteen_sizes(void)
{
    g_autoptr(GPtrArray) keys = tessera_keys();
    for (guint size = 0; size < 16; size++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("vectors/tessera/log/checkpoint.%u", size);
        g_autoptr(GBytes) bytes = shared_bytes(name);
        if (!bytes)
            return;
        gsize length = 0;
        const char *note = g_bytes_get_data(bytes, &length);
        g_autoptr(Checkpoint) checkpoint =
            checkpoint_open(note, length, "example.com/log/testdata", keys, NULL, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(checkpoint->size, ==, size);
        assert_tile(checkpoint);
    }
}

static void every_changed_byte_is_refused(void)
{
    g_autoptr(GPtrArray) keys = tessera_keys();
    g_autoptr(GBytes) bytes = shared_bytes("vectors/tessera/log/checkpoint.7");
    if (!bytes)
        return;
    gsize length = 0;
    const char *note = g_bytes_get_data(bytes, &length);
    for (gsize at = 0; at < length; at++) {
        g_autofree char *copy = g_memdup2(note, length);
        copy[at] ^= 1;
        g_assert_null(checkpoint_open(copy, length, "example.com/log/testdata", keys, NULL, NULL, NULL, NULL));
    }
    g_assert_null(checkpoint_open(note, length - 1, "example.com/log/testdata", keys, NULL, NULL, NULL, NULL));
}

#define SUNLIGHT "vectors/sunlight/testdata/"
#define ROME "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706"

/* The cosigned checkpoint @name; its witness' key is @vkey. */
static Checkpoint *cosigned_by(const char *name, const char *vkey)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = shared_bytes(name);
    if (!bytes)
        return NULL;
    g_autoptr(GPtrArray) cosigners = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    g_ptr_array_add(cosigners, note_verifier_parse(vkey, &error));
    g_assert_no_error(error);
    g_autoptr(Note) note = note_open(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), cosigners, &error);
    g_assert_no_error(error);
    GArray *signatures = note_signatures(note);
    const NoteSignature *last = &g_array_index(signatures, NoteSignature, signatures->len - 1);
    g_assert_true(last->verified);
    g_assert_cmpint(last->time_s, ==, 1767139200);
    gsize length = 0;
    const char *text = note_text(note, &length);
    Checkpoint *checkpoint = checkpoint_parse(text, length, &error);
    g_assert_no_error(error);
    return checkpoint;
}

static void two_witnesses_were_shown_two_histories(void)
{
    g_autoptr(Checkpoint) first =
        cosigned_by(SUNLIGHT "witness/" ROME "/checkpoint",
                    "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN");
    g_autoptr(Checkpoint) second =
        cosigned_by(SUNLIGHT "witness/mirror/" ROME "/checkpoint",
                    "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O");
    if (!first || !second)
        return;
    g_assert_true(checkpoint_contradicts(first, second));
    g_assert_false(checkpoint_contradicts(first, first));
    g_autoptr(Checkpoint) third =
        cosigned_by(SUNLIGHT "witness2/88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482/checkpoint",
                    "witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9");
    g_assert_false(checkpoint_contradicts(first, third));
}

static void decoys_are_no_checkpoints(void)
{
    static const char *const names[] = {SUNLIGHT "witness/checkpoint", SUNLIGHT "witness/mirror/checkpoint"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GBytes) bytes = shared_bytes(names[i]);
        g_autoptr(GPtrArray) keys = tessera_keys();
        if (!bytes)
            return;
        g_assert_null(checkpoint_open(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL, keys, NULL, NULL,
                                      NULL, NULL));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checkpoint/what-is-written-is-read", what_is_written_is_read);
    g_test_add_func("/checkpoint/a-text-has-one-spelling", a_text_has_one_spelling);
    g_test_add_func("/checkpoint/only-its-own-log-signs", only_its_own_log_signs);
    g_test_add_func("/checkpoint/a-signature-is-for-one-name", a_signature_is_for_one_name);
    g_test_add_func("/checkpoint/a-witness-says-when-it-saw-what", a_witness_says_when_it_saw_what);
    g_test_add_func("/checkpoint/a-cosignature-is-no-signature-of-the-log", a_cosignature_is_no_signature_of_the_log);
    g_test_add_func("/checkpoint/extension-lines-are-never-cosigned", extension_lines_are_never_cosigned);
    g_test_add_func("/checkpoint/a-published-log-at-sixteen-sizes", a_published_log_at_sixteen_sizes);
    g_test_add_func("/checkpoint/every-changed-byte-is-refused", every_changed_byte_is_refused);
    g_test_add_func("/checkpoint/two-witnesses-were-shown-two-histories", two_witnesses_were_shown_two_histories);
    g_test_add_func("/checkpoint/decoys-are-no-checkpoints", decoys_are_no_checkpoints);
    return g_test_run();
}
