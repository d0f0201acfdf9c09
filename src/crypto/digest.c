/* crypto/digest.c: see digest.h. Looking up SHA-256 in OpenSSL 3 costs as much as hashing 300 bytes, and so does a new
 * context; each thread therefore keeps one context, made at its first hash and freed with the thread. It carries
 * nothing from one call to the next. */
#include "crypto/digest.h"
#include "base/text.h"
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <string.h>

#define HKDF_SHA512_MAX (255 * 64) /* RFC 5869 section 2.3 */

struct Sha256 {
    EVP_MD_CTX *context;
};

static EVP_MD_CTX *new_context(void)
{
    EVP_MD *algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (algorithm == NULL || context == NULL || EVP_DigestInit_ex2(context, algorithm, NULL) != 1)
        g_error("OpenSSL offers no SHA-256");
    EVP_MD_free(algorithm); /* the context keeps it */
    return context;
}

static void free_context(gpointer context)
{
    EVP_MD_CTX_free(context);
}

/* This thread's context, in whatever state the last hash left it. */
static EVP_MD_CTX *thread_context(void)
{
    static GPrivate kept = G_PRIVATE_INIT(free_context);
    EVP_MD_CTX *context = g_private_get(&kept);
    if (context == NULL) {
        context = new_context();
        g_private_set(&kept, context);
    }
    return context;
}

static Hash hash_runs(const guint8 *prefix, gconstpointer a, gsize a_length, gconstpointer b, gsize b_length)
{
    Hash hash;
    EVP_MD_CTX *context = thread_context();
    gboolean done = EVP_DigestInit_ex2(context, NULL, NULL) == 1;
    if (prefix != NULL)
        done = done && EVP_DigestUpdate(context, prefix, 1) == 1;
    done = done && EVP_DigestUpdate(context, a, a_length) == 1;
    if (b_length > 0)
        done = done && EVP_DigestUpdate(context, b, b_length) == 1;
    done = done && EVP_DigestFinal_ex(context, hash.bytes, NULL) == 1;
    g_assert(done); /* hashing memory can't fail */
    return hash;
}

Hash sha256(gconstpointer bytes, gsize length)
{
    return hash_runs(NULL, bytes, length, NULL, 0);
}

Hash sha256_joined(gconstpointer a, gsize a_length, gconstpointer b, gsize b_length)
{
    return hash_runs(NULL, a, a_length, b, b_length);
}

Hash sha256_prefixed(guint8 prefix, gconstpointer a, gsize a_length, gconstpointer b, gsize b_length)
{
    return hash_runs(&prefix, a, a_length, b, b_length);
}

gboolean hash_equal(const Hash *a, const Hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

gboolean hash_is_zero(const Hash *hash)
{
    static const Hash zero = {.bytes = {0}};
    return hash_equal(hash, &zero);
}

void hash_write(char out[HASH_HEX_SIZE], const Hash *hash)
{
    hex_write(out, hash->bytes, HASH_SIZE);
}

char *hash_text(const Hash *hash)
{
    return hex_encode(hash->bytes, HASH_SIZE);
}

gboolean hash_read(const char *text, Hash *out)
{
    return hex_read(text, out->bytes, HASH_SIZE);
}

guint hash_table_hash(gconstpointer hash)
{
    guint value; /* a hash's first bytes are as good as any mixing of them */
    memcpy(&value, ((const Hash *)hash)->bytes, sizeof value);
    return value;
}

gboolean hash_table_equal(gconstpointer a, gconstpointer b)
{
    return hash_equal(a, b);
}

Sha256 *sha256_new(void)
{
    Sha256 *self = g_new(Sha256, 1);
    self->context = new_context();
    return self;
}

void sha256_free(Sha256 *self)
{
    if (self == NULL)
        return;
    EVP_MD_CTX_free(self->context);
    g_free(self);
}

void sha256_update(Sha256 *self, gconstpointer bytes, gsize length)
{
    int done = EVP_DigestUpdate(self->context, bytes, length);
    g_assert(done == 1);
}

Sha256 *sha256_copy(const Sha256 *self)
{
    Sha256 *copy = sha256_new();
    int done = EVP_MD_CTX_copy_ex(copy->context, self->context);
    g_assert(done == 1);
    return copy;
}

Hash sha256_finish(const Sha256 *self)
{
    Hash hash;
    EVP_MD_CTX *context = thread_context(); /* the copy is finished, the original stays open */
    int done = EVP_MD_CTX_copy_ex(context, self->context) == 1 && EVP_DigestFinal_ex(context, hash.bytes, NULL) == 1;
    g_assert(done == 1);
    return hash;
}

Hash hmac_sha256(gconstpointer key, gsize key_length, gconstpointer bytes, gsize length)
{
    Hash hash;
    g_assert(key_length <= G_MAXINT);
    /* OpenSSL takes a NULL key for "the key of before": an empty one still needs an address. */
    const guint8 *told =
        HMAC(EVP_sha256(), key_length > 0 ? key : "", (int)key_length, bytes, length, hash.bytes, NULL);
    g_assert(told != NULL);
    return hash;
}

static void hkdf(int mode, gconstpointer key, gsize key_length, gconstpointer info, gsize info_length, gpointer out,
                 gsize out_length)
{
    g_assert(out_length <= HKDF_SHA512_MAX);
    EVP_KDF *algorithm = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(algorithm);
    char digest[] = "SHA512"; /* OSSL_PARAM wants writable pointers and writes nothing */
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (gpointer)key, key_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (gpointer)info, info_length),
        OSSL_PARAM_construct_end(),
    };
    int done = context != NULL && EVP_KDF_derive(context, out, out_length, parameters) == 1;
    g_assert(done == 1);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(algorithm);
}

void hkdf_sha512(gconstpointer key, gsize key_length, gconstpointer info, gsize info_length, gpointer out,
                 gsize out_length)
{
    hkdf(EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, key, key_length, info, info_length, out, out_length);
}

void hkdf_sha512_expand(gconstpointer key, gsize key_length, gconstpointer info, gsize info_length, gpointer out,
                        gsize out_length)
{
    hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, key, key_length, info, info_length, out, out_length);
}
