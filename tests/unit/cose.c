/* tests/unit/cose.c: the public keys of passkeys and their signatures, against those who collect the ways in which
 * other implementations went wrong. */
#include "crypto/cose.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/cbor.h"
#include "crypto/digest.h"
#include "support/shared.h"
#include "support/soft-authenticator.h"
#include <string.h>

static void hostile_cbor_is_left_unread(void)
{
#define FIND(text) cbor_find_bytes((const guint8 *)(text), sizeof(text) - 1, "k", &length)
    gsize length = 0;
    g_assert_nonnull(FIND("\xa1\x61k\x42zz"));
    g_assert_cmpuint(length, ==, 2);
    g_assert_nonnull(FIND("\xa2\x61\x61\xf6\x61k\x41z")); /* null skipped */
    g_assert_nonnull(FIND("\xa2\x61\x61\x81\xa1\x01\x82\xc1\x1a\0\0\0\0\xfb\0\0\0\0\0\0\0\0\x61k\x41z"));
    g_assert_null(FIND(""));
    g_assert_null(FIND("\x81\x41z"));                                                          /* no map */
    g_assert_null(FIND("\xbf\x61k\x41z\xff"));                                                 /* indefinite */
    g_assert_null(FIND("\xa2\x61k\x41z\x61k\x41z"));                                           /* twice */
    g_assert_null(FIND("\xa1\x61k\x61z"));                                                     /* text */
    g_assert_null(FIND("\xa1\x61k\x5b\xff\xff\xff\xff\xff\xff\xff\xffz"));                     /* 2^64-1 bytes */
    g_assert_null(FIND("\xa2\x61\x61\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x61k\x41z"));         /* 2^64-1 pairs */
    g_assert_null(FIND("\xa2\x61\x61\x9b\x7f\xff\xff\xff\xff\xff\xff\xff\x61k\x41z"));         /* 2^63-1 items */
    g_assert_null(FIND("\xa2\x61\x61\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x01\x61k\x41z")); /* too deep */
    g_assert_null(FIND("\xa1\x61k\x41z\x00"));                                                 /* something follows */
}

static const int algorithms[] = {-7, -8, -257};

static void keys_have_one_spelling(void)
{
    for (gsize n = 0; n < G_N_ELEMENTS(algorithms); n++) {
        g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(algorithms[n], "https://node.example");
        g_autoptr(GBytes) cose = soft_authenticator_cose(soft);
        gsize size;
        const guint8 *bytes = g_bytes_get_data(cose, &size);
        g_assert_cmpuint(cose_key_length(bytes, size), ==, size);
        g_autofree guint8 *longer = g_malloc0(size + 1);
        memcpy(longer, bytes, size);
        g_assert_null(cose_key_new(longer, size + 1, NULL));
        for (gsize cut = 0; cut < size; cut++)
            g_assert_null(cose_key_new(bytes, cut, NULL));
        for (gsize at = 0; at < 10; at++) { /* the fixed bytes at the start */
            memcpy(longer, bytes, size);
            longer[at] ^= 1;
            g_assert_null(cose_key_new(longer, size, NULL));
        }
    }
    guint8 off_curve[77] = "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20";
    memcpy(off_curve + 42, "\x22\x58\x20", 3);
    off_curve[41] = off_curve[76] = 1;
    g_autoptr(GError) error = NULL;
    g_assert_null(cose_key_new(off_curve, sizeof off_curve, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
}

/* Whether the key of @vector, as COSE, checks its assertion; and both of its spellings agree. */
static void check_signature(const json_t *vector)
{
    const json_t *json = json_object_get(vector, "assertion");
    g_autoptr(GBytes) cose = member_bytes(vector, "publicKeyCose"), spki = member_bytes(vector, "publicKeySpki");
    g_autoptr(GBytes) data = member_bytes(json, "authenticatorData"), client = member_bytes(json, "clientDataJSON");
    g_autoptr(GBytes) signature = member_bytes(json, "signature");
    g_autoptr(CoseKey) key = cose_key_new(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose), NULL);
    gboolean offered = json_is_true_at(json_object_get(vector, "expected"), "algorithmOffered");
    g_assert_cmpint(key != NULL, ==, offered);
    if (key == NULL)
        return;
    g_autoptr(GBytes) made = cose_key_spki(key);
    g_assert_true(g_bytes_equal(made, spki));
    Hash client_hash = sha256(g_bytes_get_data(client, NULL), g_bytes_get_size(client));
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_byte_array_append(message, g_bytes_get_data(data, NULL), (guint)g_bytes_get_size(data));
    g_byte_array_append(message, client_hash.bytes, HASH_SIZE);
    gsize size;
    gconstpointer bytes = g_bytes_get_data(signature, &size);
    g_assert_true(cose_key_verify(key, message->data, message->len, bytes, size));
    message->data[0] ^= 1;
    g_assert_false(cose_key_verify(key, message->data, message->len, bytes, size));
}

static void the_signatures_of_the_standard(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/webauthn/webauthn-vectors.json");
    if (suite == NULL)
        return;
    gsize n;
    json_t *vector;
    json_array_foreach(json_object_get(suite, "vectors"), n, vector) check_signature(vector);
    g_assert_cmpuint(json_array_size(json_object_get(suite, "vectors")), ==, 15);
}

/* COSE from the numbers that Wycheproof gives in hex, with leading zeroes or without. */
static GBytes *cose_from(const char *head, const char *first, gsize first_length, const char *between,
                         const char *second, gsize second_length)
{
    g_autoptr(GString) hex = g_string_new(head);
    const char *const numbers[] = {first, second};
    const gsize lengths[] = {2 * first_length, 2 * second_length};
    for (gsize n = 0; n < G_N_ELEMENTS(numbers); n++) {
        g_autofree char *padded = g_strdup_printf("%0600d%s", 0, numbers[n]);
        g_string_append(hex, padded + strlen(padded) - lengths[n]);
        if (n == 0)
            g_string_append(hex, between);
    }
    return hex_decode(hex->str);
}

/* Judges the cases of @group by its @key. Returns their number. */
static guint judge_group(const json_t *group, const CoseKey *key)
{
    guint done = 0;
    gsize t;
    json_t *vector;
    json_array_foreach(json_object_get(group, "tests"), t, vector)
    {
        g_autoptr(GBytes) message = member_bytes(vector, "msg"), signature = member_bytes(vector, "sig");
        gsize length, size;
        gconstpointer bytes = g_bytes_get_data(message, &length), signed_bytes = g_bytes_get_data(signature, &size);
        gboolean valid = g_str_equal(json_text(vector, "result"), "valid");
        gboolean good = cose_key_verify(key, bytes, length, signed_bytes, size);
        if (good != valid)
            g_test_message("case %d: %s", (int)json_integer_or(vector, "tcId", 0), json_text(vector, "comment"));
        g_assert_cmpint(good, ==, valid); /* "acceptable" RSA lacks the NULL: refused */
        done++;
    }
    return done;
}

static void es256_as_wycheproof_knows_it(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/wycheproof/ecdsa_secp256r1_sha256_test.json");
    if (suite == NULL)
        return;
    guint done = 0;
    gsize g;
    json_t *group;
    json_array_foreach(json_object_get(suite, "testGroups"), g, group)
    {
        const json_t *numbers = json_object_get(group, "publicKey");
        g_autoptr(GBytes) cose =
            cose_from("a5010203262001215820", json_text(numbers, "wx"), 32, "225820", json_text(numbers, "wy"), 32);
        g_autoptr(CoseKey) key = cose_key_new(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose), NULL);
        g_assert_nonnull(key);
        done += judge_group(group, key);
    }
    g_assert_cmpuint(done, ==, 484);
}

static void rs256_as_wycheproof_knows_it(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/wycheproof/rsa_signature_2048_sha256_test.json");
    if (suite == NULL)
        return;
    guint done = 0, refused_keys = 0;
    gsize g;
    json_t *group;
    json_array_foreach(json_object_get(suite, "testGroups"), g, group)
    {
        const json_t *numbers = json_object_get(group, "publicKey");
        g_autoptr(GBytes) cose = cose_from("a401030339010020590100", json_text(numbers, "modulus"), 256, "2143",
                                           json_text(numbers, "publicExponent"), 3);
        g_autoptr(CoseKey) key = cose_key_new(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose), NULL);
        if (key == NULL) /* exponent 3: no authenticator makes one */
            refused_keys++;
        else
            done += judge_group(group, key);
    }
    g_assert_cmpuint(done, ==, 257);
    g_assert_cmpuint(refused_keys, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cose/cbor", hostile_cbor_is_left_unread);
    g_test_add_func("/cose/spelling", keys_have_one_spelling);
    g_test_add_func("/cose/webauthn", the_signatures_of_the_standard);
    g_test_add_func("/cose/es256", es256_as_wycheproof_knows_it);
    g_test_add_func("/cose/rs256", rs256_as_wycheproof_knows_it);
    return g_test_run();
}
