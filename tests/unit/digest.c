/* tests/unit/digest.c: every promise of the ledger hangs on these few functions, so they are held against published
 * values, and never against themselves. */
#include "crypto/digest.h"
#include "base/text.h"
#include "support/shared.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static void assert_hash(Hash hash, const char *expected)
{
    g_autofree char *text = hash_text(&hash);
    g_assert_cmpstr(text, ==, expected);
}

/* FIPS 180-4's examples, and those of RFC 6962 for the empty tree and its leaves. */
static void sha256_as_published(void)
{
    assert_hash(sha256("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(sha256(NULL, 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(sha256("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash(sha256_prefixed(0, NULL, 0, NULL, 0),
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_hash(sha256_prefixed(0, "L123456", 7, NULL, 0),
                "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    assert_hash(sha256_prefixed(1, "N123", 4, "N456", 4),
                "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
}

static void a_running_hash_may_be_asked_on_the_way(void)
{
    g_autoptr(Sha256) running = sha256_new();
    sha256_update(running, "ab", 2);
    g_autoptr(Sha256) branch = sha256_copy(running);
    sha256_update(running, "c", 1);
    sha256_update(branch, "x", 1);
    assert_hash(sha256_finish(running), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Hash other = sha256_finish(branch), expected = sha256("abx", 3);
    g_assert_true(hash_equal(&other, &expected));
    sha256_update(running, "dbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 53); /* asked, and still open */
    assert_hash(sha256_finish(running), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void hashes_are_read_strictly(void)
{
    Hash hash = sha256("abc", 3), back;
    char text[HASH_HEX_SIZE];
    hash_write(text, &hash);
    g_assert_true(hash_read(text, &back));
    g_assert_true(hash_equal(&hash, &back));
    g_assert_true(hash_table_equal(&hash, &back));
    g_assert_cmpuint(hash_table_hash(&hash), ==, hash_table_hash(&back));
    g_assert_false(hash_is_zero(&hash));
    Hash zero = {.bytes = {0}};
    g_assert_true(hash_is_zero(&zero));
    text[63] = 'G';
    g_assert_false(hash_read(text, &back));
    text[63] = 'D';
    g_assert_false(hash_read(text, &back));
    text[63] = '\0';
    g_assert_false(hash_read(text, &back));
}

/* RFC 4231, cases 1, 2, 3, 6 and 7. */
static void hmac_as_published(void)
{
    guint8 key[131], data[50];
    memset(key, 0x0b, 20);
    assert_hash(hmac_sha256(key, 20, "Hi There", 8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hash(hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    memset(data, 0xdd, sizeof data);
    assert_hash(hmac_sha256(key, 20, data, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    assert_hash(hmac_sha256(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hash(hmac_sha256(key, 131,
                            "This is a test using a larger than block-size key and a larger than block-size data. The "
                            "key needs to be hashed before being used by the HMAC algorithm.",
                            152),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
    assert_hash(hmac_sha256(NULL, 0, NULL, 0), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void derive_one(const json_t *vector)
{
    g_autoptr(GBytes) key = member_bytes(vector, "ikm"), salt = member_bytes(vector, "salt");
    g_autoptr(GBytes) info = member_bytes(vector, "info"), expected = member_bytes(vector, "okm");
    gsize key_length, salt_length, info_length, length = (gsize)json_integer_or(vector, "size", 0);
    gconstpointer key_bytes = g_bytes_get_data(key, &key_length), info_bytes = g_bytes_get_data(info, &info_length);
    gconstpointer salt_bytes = g_bytes_get_data(salt, &salt_length);
    /* Ours never has a salt: where the vector has one, its first half is done here, and ours does the second. */
    guint8 extracted[64];
    HMAC(EVP_sha512(), salt_length > 0 ? salt_bytes : "", (int)salt_length, key_bytes, key_length, extracted, NULL);
    g_autofree guint8 *out = g_malloc0(length + 1);
    hkdf_sha512_expand(extracted, sizeof extracted, info_bytes, info_length, out, length);
    g_autoptr(GBytes) expanded = g_bytes_new(out, length);
    g_assert_true(g_bytes_equal(expanded, expected));
    if (salt_length > 0)
        return;
    memset(out, 0, length);
    hkdf_sha512(key_bytes, key_length, info_bytes, info_length, out, length);
    g_autoptr(GBytes) both = g_bytes_new(out, length);
    g_assert_true(g_bytes_equal(both, expected));
}

static void hkdf_as_wycheproof_knows_it(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/wycheproof/hkdf_sha512_test.json");
    if (suite == NULL)
        return;
    guint done = 0;
    gsize g, t;
    json_t *group, *vector;
    json_array_foreach(json_object_get(suite, "testGroups"), g, group)
    {
        json_array_foreach(json_object_get(group, "tests"), t, vector)
        {
            if (g_strcmp0(json_text(vector, "result"), "valid") == 0) {
                derive_one(vector);
                done++;
            } else /* more than 255 blocks: our callers ask for constants, so asking for it is a mistake of the program
                    */
                g_assert_cmpint(json_integer_or(vector, "size", 0), >, 255 * 64);
        }
    }
    g_assert_cmpuint(done, ==, 80);
}

static gpointer hash_a_lot(gpointer data)
{
    guint8 own = (guint8)GPOINTER_TO_UINT(data);
    Hash hash = {.bytes = {own}};
    for (guint n = 0; n < 2000; n++)
        hash = sha256_prefixed(1, hash.bytes, HASH_SIZE, &own, 1);
    return g_memdup2(&hash, sizeof hash);
}

static void threads_do_not_share_a_hash(void)
{
    g_autofree Hash *alone = hash_a_lot(GUINT_TO_POINTER(7));
    GThread *threads[4];
    for (guint n = 0; n < G_N_ELEMENTS(threads); n++)
        threads[n] = g_thread_new("hash", hash_a_lot, GUINT_TO_POINTER(n % 2 == 0 ? 7 : 8));
    for (guint n = 0; n < G_N_ELEMENTS(threads); n++) {
        g_autofree Hash *hash = g_thread_join(threads[n]);
        g_assert_cmpint(hash_equal(hash, alone), ==, n % 2 == 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/digest/sha256", sha256_as_published);
    g_test_add_func("/digest/running", a_running_hash_may_be_asked_on_the_way);
    g_test_add_func("/digest/text", hashes_are_read_strictly);
    g_test_add_func("/digest/hmac", hmac_as_published);
    g_test_add_func("/digest/hkdf", hkdf_as_wycheproof_knows_it);
    g_test_add_func("/digest/threads", threads_do_not_share_a_hash);
    return g_test_run();
}
