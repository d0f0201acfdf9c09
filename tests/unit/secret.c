/* tests/unit/secret.c: a stolen disk yields nothing, and a changed byte yields nothing either. Expected values were
 * computed with Python's hashlib and cryptography. */
#include "crypto/secret.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/gcm.h"
#include "support/shared.h"
#include "support/world.h"
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAK_CHECKED 1
#endif
#endif

/* The key 00 01 02 ... 1f. */
static Secret *counting_key(void)
{
    guint8 bytes[SECRET_SIZE];
    for (guint8 n = 0; n < sizeof bytes; n++)
        bytes[n] = n;
    return secret_new_copy(bytes);
}

static void each_purpose_has_a_key_of_its_own(void)
{
    g_autoptr(Secret) master = counting_key();
    static const struct {
        const char *purpose, *key;
    } known[] = {
        {"database", "136a6128680a46bd7b58d87eb367c68685ec1d32d30301d7e743d717d227e019"},
        {"wrap", "19a8c2589f70b3b285edafad28b615ac9300609d20e993b7910c8e45d81b0762"},
    };
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        g_autoptr(Secret) derived = secret_derive(master, known[n].purpose);
        g_autofree char *text = hex_encode(secret_bytes(derived), SECRET_SIZE);
        g_assert_cmpstr(text, ==, known[n].key);
    }
}

static void random_secrets_differ_and_live_as_long_as_needed(void)
{
    g_autoptr(Secret) first = secret_new_random(env_system());
    g_autoptr(Secret) second = secret_new_random(env_system());
    g_assert_true(memcmp(secret_bytes(first), secret_bytes(second), SECRET_SIZE) != 0);
    Secret *shared = secret_ref(second);
    secret_unref(shared);
    g_assert_nonnull(secret_bytes(second));
    secret_unref(NULL);
}

static void a_wrapped_key_is_spelt_as_the_format_says(void)
{
    g_autoptr(Secret) wrapping = counting_key();
    g_autoptr(GBytes) wrapped =
        hex_decode("01000102030405060708090a0b6723f438e1c0e43ca568bda09dc45642b3e7b507c44e694b005e"
                   "dfbe21543e8dff61f449fd087e7072575f5cd87d965f");
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) secret = secret_unwrap(wrapping, "blob/x", wrapped, &error);
    g_assert_no_error(error);
    g_autofree char *text = hex_encode(secret_bytes(secret), SECRET_SIZE);
    g_assert_cmpstr(text, ==, "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f");
}

static void wrapping_there_and_back(void)
{
    World world;
    world_init(&world);
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) wrapping = counting_key();
    g_autoptr(Secret) blob = secret_new_random(&world.env);
    g_autoptr(GBytes) first = secret_wrap(&world.env, wrapping, "blob/a", blob);
    g_autoptr(GBytes) second = secret_wrap(&world.env, wrapping, "blob/a", blob);
    g_assert_false(g_bytes_equal(first, second)); /* a fresh nonce each time */
    g_assert_cmpuint(g_bytes_get_size(first), ==, 1 + 12 + 32 + 16);
    g_autoptr(Secret) back = secret_unwrap(wrapping, "blob/a", second, &error);
    g_assert_no_error(error);
    g_assert_true(memcmp(secret_bytes(back), secret_bytes(blob), SECRET_SIZE) == 0);

    static const gsize sizes[] = {0, 1, 16383};
    for (gsize n = 0; n < G_N_ELEMENTS(sizes); n++) {
        g_autofree guint8 *tail = g_malloc0(sizes[n] + 1);
        g_autoptr(GBytes) plain = g_bytes_new(tail, sizes[n]);
        g_autoptr(GBytes) wrapped = secret_wrap_bytes(&world.env, wrapping, "tail", tail, sizes[n]);
        g_autoptr(GBytes) read = secret_unwrap_bytes(wrapping, "tail", wrapped, &error);
        g_assert_no_error(error);
        g_assert_true(g_bytes_equal(read, plain));
    }
}

static void assert_closed(const Secret *wrapping, const char *what, GBytes *wrapped)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(secret_unwrap(wrapping, what, wrapped, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, what)); /* says which, and nothing of the key */
    g_assert_null(secret_unwrap_bytes(wrapping, what, wrapped, NULL));
}

static void anything_else_stays_closed(void)
{
    World world;
    world_init(&world);
    g_autoptr(Secret) wrapping = counting_key(), other = secret_new_random(&world.env);
    g_autoptr(GBytes) wrapped = secret_wrap(&world.env, wrapping, "blob/a", other);
    assert_closed(other, "blob/a", wrapped);
    assert_closed(wrapping, "blob/b", wrapped); /* a key can't be moved to another blob */
    gsize size = g_bytes_get_size(wrapped);
    for (gsize n = 0; n < size; n++) {
        g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(wrapped, NULL), size);
        bytes[n] ^= 1;
        g_autoptr(GBytes) changed = g_bytes_new(bytes, size);
        assert_closed(wrapping, "blob/a", changed);
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(wrapped, 0, n);
        assert_closed(wrapping, "blob/a", cut);
    }
    /* Well wrapped, but no secret: 31 bytes. */
    g_autoptr(GBytes) shorter = secret_wrap_bytes(&world.env, wrapping, "blob/a", secret_bytes(other), 31);
    g_assert_null(secret_unwrap(wrapping, "blob/a", shorter, NULL));
}

static void judge(const json_t *vector)
{
    g_autoptr(GBytes) key = member_bytes(vector, "key"), nonce = member_bytes(vector, "iv");
    g_autoptr(GBytes) extra = member_bytes(vector, "aad"), plain = member_bytes(vector, "msg");
    g_autofree char *hex = g_strconcat(json_text(vector, "ct"), json_text(vector, "tag"), NULL);
    g_autoptr(GBytes) sealed = hex_decode(hex);
    gsize extra_length, length, sealed_length;
    gconstpointer extra_bytes = g_bytes_get_data(extra, &extra_length);
    const guint8 *plain_bytes = g_bytes_get_data(plain, &length);
    const guint8 *sealed_bytes = g_bytes_get_data(sealed, &sealed_length);
    const guint8 *nonce_bytes = g_bytes_get_data(nonce, NULL);
    gboolean valid = g_str_equal(json_text(vector, "result"), "valid");
    g_autoptr(Gcm) gcm = gcm_new(g_bytes_get_data(key, NULL));
    g_autofree guint8 *out = g_malloc0(sealed_length + 1);
    g_assert_cmpint(gcm_decrypt(gcm, nonce_bytes, extra_bytes, extra_length, sealed_bytes, sealed_length, out), ==,
                    valid);
    g_autofree guint8 *nothing = g_malloc0(length + 1);
    g_assert_true(memcmp(out, valid && length > 0 ? plain_bytes : nothing, length) == 0); /* G2 */
    if (!valid)
        return;
    gcm_encrypt(gcm, nonce_bytes, extra_bytes, extra_length, plain_bytes, length, out);
    g_assert_true(memcmp(out, sealed_bytes, sealed_length) == 0);
}

/* Those of its cases that have our sizes: keys of 256, nonces of 96, tags of 128 bits. */
static void aes_gcm_as_wycheproof_knows_it(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/wycheproof/aes_gcm_test.json");
    if (suite == NULL)
        return;
    guint done = 0;
    gsize g, t;
    json_t *group, *vector;
    json_array_foreach(json_object_get(suite, "testGroups"), g, group)
    {
        if (json_integer_or(group, "keySize", 0) != 256 || json_integer_or(group, "ivSize", 0) != 96)
            continue;
        json_array_foreach(json_object_get(group, "tests"), t, vector)
        {
            judge(vector);
            done++;
        }
    }
    g_assert_cmpuint(done, ==, 66);
}

static void no_dump_holds_a_key(void)
{
    if (g_test_subprocess()) {
        secret_init();
        struct rlimit cores;
        g_assert_cmpint(getrlimit(RLIMIT_CORE, &cores), ==, 0);
        g_assert_cmpuint(cores.rlim_max, ==, 0);
#ifndef LEAK_CHECKED /* see secret.c */
        g_assert_cmpint(prctl(PR_GET_DUMPABLE), ==, 0);
#endif
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
}

static void a_secret_is_not_written_to(void)
{
    if (g_test_subprocess()) {
        g_autoptr(Secret) secret = counting_key();
        ((guint8 *)(gsize)secret_bytes(secret))[0] = 1; /* dies here */
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_failed();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secret/derive", each_purpose_has_a_key_of_its_own);
    g_test_add_func("/secret/random", random_secrets_differ_and_live_as_long_as_needed);
    g_test_add_func("/secret/wrap/format", a_wrapped_key_is_spelt_as_the_format_says);
    g_test_add_func("/secret/wrap", wrapping_there_and_back);
    g_test_add_func("/secret/wrap/refused", anything_else_stays_closed);
    g_test_add_func("/secret/gcm", aes_gcm_as_wycheproof_knows_it);
    g_test_add_func("/secret/dump", no_dump_holds_a_key);
    g_test_add_func("/secret/read-only", a_secret_is_not_written_to);
    return g_test_run();
}
