/* tests/unit/note.c: what one verifier passes, every verifier passes. Notes by others are read, ours are read by their
 * rules, and of the 914 edge cases of Ed25519 exactly those 43 are taken on which all careful verifiers agree. */
#include "crypto/note.h"
#include "base/error.h"
#include "base/text.h"
#include "support/shared.h"
#include "support/world.h"
#include <string.h>

#define EXAMPLE_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define EXAMPLE                                                                                                        \
    "This is an example message.\n\n— example.com/foo "                                                              \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

static GPtrArray *verifiers_of(const char *vkey)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *verifiers = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    g_ptr_array_add(verifiers, note_verifier_parse(vkey, &error));
    g_assert_no_error(error);
    return verifiers;
}

/* Those who trust @key under @name. */
static GPtrArray *verifiers_for(const char *name, NoteAlgorithm algorithm, const SigningKey *key)
{
    GPtrArray *verifiers = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    g_ptr_array_add(verifiers, note_verifier_new(name, algorithm, signing_key_public(key)));
    return verifiers;
}

static void assert_refused(const char *bytes, gsize length, GPtrArray *verifiers, ComityError kind)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(note_open(bytes, length, verifiers, &error));
    g_assert_error(error, COMITY_ERROR, (int)kind);
}

static void the_example_of_the_specification(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) verifiers = verifiers_of(EXAMPLE_KEY);
    g_autofree char *vkey = note_verifier_text(g_ptr_array_index(verifiers, 0));
    g_assert_cmpstr(vkey, ==, EXAMPLE_KEY);
    g_assert_cmpstr(note_verifier_name(g_ptr_array_index(verifiers, 0)), ==, "example.com/foo");
    g_autoptr(Note) note = note_open(EXAMPLE, strlen(EXAMPLE), verifiers, &error);
    g_assert_no_error(error);
    gsize length = 0;
    g_assert_cmpstr(note_text(note, &length), ==, "This is an example message.\n");
    g_assert_cmpuint(length, ==, 28);
    const NoteSignature *signature = &g_array_index(note_signatures(note), NoteSignature, 0);
    g_assert_cmpstr(signature->name, ==, "example.com/foo");
    g_assert_cmphex(signature->key_id, ==, 0x530d903a);
    g_assert_true(signature->verified);
    g_assert_cmpint(signature->time_s, ==, 0);
}

/* One flipped bit anywhere is refused, whatever it turns the note into: by a key that is known no more, by a bad
 * signature, or as no note at all. */
static void no_bit_of_a_note_is_free(void)
{
    g_autoptr(GPtrArray) verifiers = verifiers_of(EXAMPLE_KEY);
    for (gsize n = 0; n < 8 * strlen(EXAMPLE); n++) {
        g_autofree char *changed = g_memdup2(EXAMPLE, strlen(EXAMPLE));
        changed[n / 8] = (char)(changed[n / 8] ^ 1 << n % 8);
        g_assert_null(note_open(changed, strlen(EXAMPLE), verifiers, NULL));
        g_assert_null(note_open(EXAMPLE, n / 8, verifiers, NULL));
    }
}

static void what_is_no_note(void)
{
#define LINE "— example.com/foo Uw2QOkn8srU=\n"
    static const char *const bad[] = {
        "",
        "\n",
        "text\n",
        "text\n\n",                                  /* no signature */
        "text\n" LINE,                               /* no empty line */
        LINE,                                        /* the same */
        "text\n\n— example.com/foo Uw2QOkn8srU=",    /* no LF at the end */
        "text\n\n" LINE "\n",                        /* ends in an empty line */
        "text\n\n- example.com/foo Uw2QOkn8srU=\n",  /* no em dash */
        "text\n\n—example.com/foo Uw2QOkn8srU=\n",   /* no space after it */
        "text\n\n—  Uw2QOkn8srU=\n",                 /* no name */
        "text\n\n— example.com/foo\n",               /* no signature */
        "text\n\n— example.com/foo \n",              /* the same */
        "text\n\n— example.com/foo Uw2QOg==\n",      /* a key id alone */
        "text\n\n— example.com/foo Uw2QOkn8srU\n",   /* no padding */
        "text\n\n— example.com/foo Uw2QOkn8srV=\n",  /* trailing bits */
        "text\n\n— example.com/foo  Uw2QOkn8srU=\n", /* two spaces */
        "text\n\n— example.com/foo Uw2QOkn8srU= \n", /* a space at the end */
        "text\n\n— example+com Uw2QOkn8srU=\n",      /* a plus sign in the name */
        "text\n\n— example.com/\xc2\xa0"
        "foo Uw2QOkn8srU=\n", /* U+00A0 */
        "text\n\n— example.com/\xe3\x80\x80"
        "foo Uw2QOkn8srU=\n", /* U+3000 */
        "text\n\n— example.com/\xc2\x85"
        "foo Uw2QOkn8srU=\n", /* U+0085 */
        "te\xc3\n\n" LINE,    /* not UTF-8 */
        "te\txt\n\n" LINE,    /* a control character */
        "te\rxt\n\n" LINE,
    };
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(note_parse(bad[n], strlen(bad[n]), &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_assert_true(g_str_has_prefix(error->message, "Not a signed note: "));
    }
    g_assert_null(note_parse("te\0xt\n\n" LINE, 7 + strlen(LINE), NULL));
}

static void a_text_may_hold_empty_lines(void)
{
    World world;
    world_init(&world);
    g_autoptr(GError) error = NULL;
    g_autoptr(SigningKey) key = signing_key_generate(&world.env);
    g_autoptr(GPtrArray) verifiers = verifiers_for("a.test/x", NOTE_ED25519, key);
    static const char *const texts[] = {"one\n\n\ntwo\n", "\n", "one\n\n", "— a.test/x AAAAAAA=\n", "ثقة\n"};
    for (gsize n = 0; n < G_N_ELEMENTS(texts); n++) {
        g_autofree char *signed_text = note_sign(texts[n], "a.test/x", key);
        g_autoptr(Note) note = note_open(signed_text, strlen(signed_text), verifiers, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(note_text(note, NULL), ==, texts[n]);
    }
}

/* N1, case by case. */
static void who_counts_as_a_signer(void)
{
    World world;
    world_init(&world);
    g_autoptr(GError) error = NULL;
    g_autoptr(SigningKey) ours = signing_key_generate(&world.env), theirs = signing_key_generate(&world.env);
    g_autofree char *note = note_sign("text\n", "a.test/x", ours);
    g_autofree char *foreign = note_sign("text\n", "b.test/y", theirs);
    g_autofree char *both = g_strconcat(note, strstr(foreign, "\n\n") + 2, NULL);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GPtrArray) us = verifiers_for("a.test/x", NOTE_ED25519, ours);
    g_autoptr(GPtrArray) renamed = verifiers_for("b.test/y", NOTE_ED25519, ours);
    assert_refused(note, strlen(note), none, COMITY_ERROR_DAMAGED);
    assert_refused(note, strlen(note), renamed, COMITY_ERROR_DAMAGED);  /* a known key under another name is unknown */
    g_autoptr(Note) opened = note_open(both, strlen(both), us, &error); /* an unknown key does not disturb */
    g_assert_no_error(error);
    g_assert_cmpuint(note_signatures(opened)->len, ==, 2);
    g_assert_true(g_array_index(note_signatures(opened), NoteSignature, 0).verified);
    g_assert_false(g_array_index(note_signatures(opened), NoteSignature, 1).verified);

    /* A good signature does not heal a bad one by another known key. */
    g_autofree char *other = note_sign("another text\n", "b.test/y", theirs);
    g_autofree char *mixed = g_strconcat(note, strstr(other, "\n\n") + 2, NULL);
    g_ptr_array_add(us, note_verifier_new("b.test/y", NOTE_ED25519, signing_key_public(theirs)));
    assert_refused(mixed, strlen(mixed), us, COMITY_ERROR_DAMAGED);
    g_autoptr(Note) two = note_open(both, strlen(both), us, &error);
    g_assert_no_error(error);
    g_assert_true(g_array_index(note_signatures(two), NoteSignature, 1).verified);
}

static void limits(void)
{
    World world;
    world_init(&world);
    g_autoptr(GError) error = NULL;
    g_autoptr(SigningKey) key = signing_key_generate(&world.env);
    g_autoptr(GPtrArray) verifiers = verifiers_for("a.test/x", NOTE_ED25519, key);
    g_autofree char *one = note_sign("text\n", "a.test/x", key);
    g_autoptr(GString) many = g_string_new(one); /* sixteen must do, with signatures as long as those of tomorrow */
    g_autofree guint8 *large = g_malloc0(4 + 5000);
    g_autofree char *encoded = base64_encode(large, 4 + 5000);
    for (guint n = 1; n < 16; n++)
        g_string_append_printf(many, "— c.test/mldsa %s\n", encoded);
    g_autoptr(Note) sixteen = note_open(many->str, many->len, verifiers, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(note_signatures(sixteen)->len, ==, 16);
    g_autoptr(GString) long_text = g_string_new(NULL);
    while (long_text->len < NOTE_LIMIT)
        g_string_append(long_text, "line\n");
    g_autofree char *too_long = note_sign(long_text->str, "a.test/x", key);
    assert_refused(too_long, strlen(too_long), verifiers, COMITY_ERROR_INVALID);
}

static void a_witness_states_a_time(void)
{
    World world;
    world_init(&world);
    g_autoptr(GError) error = NULL;
    static const char text[] = "a.test/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    g_autoptr(SigningKey) log = signing_key_generate(&world.env), witness = signing_key_generate(&world.env);
    g_autofree char *note = note_sign(text, "a.test/log", log);
    g_autofree char *line = note_cosign_line(text, "b.test/witness", witness, 1795558376);
    g_autofree char *cosigned = g_strconcat(note, line, NULL);
    g_autoptr(GPtrArray) verifiers = verifiers_for("b.test/witness", NOTE_COSIGNATURE, witness);
    g_autoptr(Note) opened = note_open(cosigned, strlen(cosigned), verifiers, &error);
    g_assert_no_error(error);
    const NoteSignature *signature = &g_array_index(note_signatures(opened), NoteSignature, 1);
    g_assert_true(signature->verified);
    g_assert_cmpint(signature->time_s, ==, 1795558376);

    /* The same key signs no notes: a cosigner's key serves nothing else, and the key id says what it is for. */
    g_autoptr(GPtrArray) as_note = verifiers_for("b.test/witness", NOTE_ED25519, witness);
    assert_refused(cosigned, strlen(cosigned), as_note, COMITY_ERROR_DAMAGED);
    g_autofree char *other_line = note_cosign_line("a.test/log\n2\nAAAA\n", "b.test/witness", witness, 1795558376);
    g_autofree char *wrong = g_strconcat(note, other_line, NULL);
    assert_refused(wrong, strlen(wrong), verifiers, COMITY_ERROR_DAMAGED);
    const char *digits = strrchr(line, ' ') + 1;
    g_autoptr(GBytes) bytes = base64_decode(digits, (gssize)strlen(digits) - 1);
    g_autofree guint8 *later = g_memdup2(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    later[11]++; /* the time's last byte */
    g_autofree char *encoded = base64_encode(later, g_bytes_get_size(bytes));
    g_autofree char *postdated = g_strdup_printf("%s— b.test/witness %s\n", note, encoded);
    assert_refused(postdated, strlen(postdated), verifiers, COMITY_ERROR_DAMAGED);
}

static void open_shared(const char *path, const char *vkey, gint64 time_s)
{
    g_autoptr(GBytes) file = shared_bytes(path);
    if (file == NULL)
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) verifiers = verifiers_of(vkey);
    g_autoptr(Note) note = note_open(g_bytes_get_data(file, NULL), g_bytes_get_size(file), verifiers, &error);
    g_assert_no_error(error);
    gboolean verified = FALSE;
    for (guint n = 0; n < note_signatures(note)->len; n++) {
        const NoteSignature *signature = &g_array_index(note_signatures(note), NoteSignature, n);
        verified |= signature->verified && signature->time_s == time_s;
    }
    g_assert_true(verified);
}

static void checkpoints_that_others_signed(void)
{
    for (guint n = 0; n < 16; n++) {
        g_autofree char *path = g_strdup_printf("vectors/tessera/log/checkpoint.%u", n);
        open_shared(path, "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", 0);
    }
}

static void checkpoints_that_others_cosigned(void)
{
    static const struct {
        const char *about, *checkpoint;
    } known[] = {
        {"witness/witness.v0.json",
         "witness/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/checkpoint"},
        {"witness/mirror/mirror.v0.json",
         "witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/checkpoint"},
        {"witness2/witness.v0.json",
         "witness2/88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482/checkpoint"},
    };
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        g_autofree char *about_path = g_build_filename("vectors/sunlight/testdata", known[n].about, NULL);
        g_autofree char *path = g_build_filename("vectors/sunlight/testdata", known[n].checkpoint, NULL);
        g_autoptr(json_t) about = shared_json(about_path);
        if (about == NULL)
            return;
        open_shared(path, json_string_value(json_array_get(json_object_get(about, "verifier_keys"), 0)), 1767139200);
    }
}

static void verifier_keys_are_read_strictly(void)
{
    static const char *const bad[] = {
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/ foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", /* another id */
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", /* another name */
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
        "example.com/foo+530d903a+",
        "example.com/foo+530d903a+AQ==",
    };
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(note_verifier_parse(bad[n], &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(note_verifier_parse("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_UNSUPPORTED); /* ECDSA (type 2): a key, but not for us */
}

static gboolean verify_hex(const char *key_hex, gconstpointer message, gsize length, const char *signature_hex)
{
    guint8 key[ED25519_KEY_SIZE], signature[ED25519_SIGNATURE_SIZE];
    if (strlen(signature_hex) != 2 * sizeof signature) /* the note's line or the record says so before */
        return FALSE;
    g_assert_true(hex_read(key_hex, key, sizeof key) && hex_read(signature_hex, signature, sizeof signature));
    return ed25519_verify(key, message, length, signature);
}

static void edge_cases_of_ed25519(void)
{
    g_autoptr(json_t) vectors = shared_json("vectors/cctv/ed25519vectors.json");
    g_autoptr(GBytes) list = shared_bytes("vectors/cctv/accepted-by-our-rule.txt");
    if (vectors == NULL || list == NULL)
        return;
    g_autoptr(GString) accepted = g_string_new(NULL);
    gsize n;
    json_t *vector;
    json_array_foreach(vectors, n, vector)
    {
        const char *message = json_text(vector, "msg");
        if (verify_hex(json_text(vector, "key"), message, strlen(message), json_text(vector, "sig")))
            g_string_append_printf(accepted, "%" G_GINT64_FORMAT "\n", json_integer_or(vector, "number", -1));
    }
    g_assert_cmpuint(json_array_size(vectors), ==, 914);
    g_autofree char *expected = g_strndup(g_bytes_get_data(list, NULL), g_bytes_get_size(list));
    g_assert_cmpstr(accepted->str, ==, expected);
}

static void ed25519_as_wycheproof_knows_it(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/wycheproof/ed25519_test.json");
    if (suite == NULL)
        return;
    guint done = 0;
    gsize g, t;
    json_t *group, *vector;
    json_array_foreach(json_object_get(suite, "testGroups"), g, group)
    {
        const char *key = json_text(json_object_get(group, "publicKey"), "pk");
        json_array_foreach(json_object_get(group, "tests"), t, vector)
        {
            g_autoptr(GBytes) message = member_bytes(vector, "msg");
            gsize length;
            gconstpointer bytes = g_bytes_get_data(message, &length);
            gboolean valid = g_str_equal(json_text(vector, "result"), "valid");
            g_assert_cmpint(verify_hex(key, bytes, length, json_text(vector, "sig")), ==, valid);
            done++;
        }
    }
    g_assert_cmpuint(done, ==, 151);
}

/* RFC 8032 section 7.1, test 2. */
static void a_seed_makes_the_known_key(void)
{
    guint8 seed[32];
    g_assert_true(hex_read("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed, sizeof seed));
    g_autoptr(SigningKey) key = signing_key_from_seed(seed);
    g_autofree char *public = hex_encode(signing_key_public(key), 32);
    g_assert_cmpstr(public, ==, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    g_assert_true(memcmp(signing_key_seed(key), seed, 32) == 0);
    guint8 signature[ED25519_SIGNATURE_SIZE];
    signing_key_sign(key, "\x72", 1, signature);
    g_autofree char *text = hex_encode(signature, sizeof signature);
    g_assert_cmpstr(text, ==,
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/note/example", the_example_of_the_specification);
    g_test_add_func("/note/bits", no_bit_of_a_note_is_free);
    g_test_add_func("/note/malformed", what_is_no_note);
    g_test_add_func("/note/empty-lines", a_text_may_hold_empty_lines);
    g_test_add_func("/note/signers", who_counts_as_a_signer);
    g_test_add_func("/note/limits", limits);
    g_test_add_func("/note/cosignature", a_witness_states_a_time);
    g_test_add_func("/note/tessera", checkpoints_that_others_signed);
    g_test_add_func("/note/sunlight", checkpoints_that_others_cosigned);
    g_test_add_func("/note/verifier-key", verifier_keys_are_read_strictly);
    g_test_add_func("/note/ed25519/cctv", edge_cases_of_ed25519);
    g_test_add_func("/note/ed25519/wycheproof", ed25519_as_wycheproof_knows_it);
    g_test_add_func("/note/ed25519/key", a_seed_makes_the_known_key);
    return g_test_run();
}
