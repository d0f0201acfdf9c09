/* crypto/cose.c: see cose.h. OpenSSL holds the keys and checks ES256 and RS256, libsodium checks EdDSA. Keys are made
 * with EVP_PKEY_fromdata: a key that comes from d2i_PUBKEY costs more than the check itself. */
#include "crypto/cose.h"
#include "base/error.h"
#include "base/reader.h"
#include "crypto/digest.h"
#include "crypto/note.h"
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)

struct CoseKey {
    CoseAlgorithm algorithm;
    guint8 ed25519[ED25519_KEY_SIZE]; /* EdDSA's */
    EVP_PKEY *pkey;
};

/* One of the three spellings: fixed bytes, a run of the key, fixed bytes, another run. */
typedef struct {
    CoseAlgorithm algorithm;
    const char *head;
    gsize head_length;
    gsize first;
    const char *between;
    gsize between_length;
    gsize second;
} Spelling;

static const Spelling spellings[] = {
    {COSE_KEY_ES256, "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", 10, 32, "\x22\x58\x20", 3, 32},
    {COSE_KEY_EDDSA, "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", 10, ED25519_KEY_SIZE, "", 0, 0},
    {COSE_KEY_RS256, "\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00", 11, 256, "\x21\x43", 2, 3},
};

static gsize spelling_length(const Spelling *spelling)
{
    return spelling->head_length + spelling->first + spelling->between_length + spelling->second;
}

/* The spelling at the start of @bytes, and where its two runs lie; NULL where there is none. */
static const Spelling *match(const guint8 *bytes, gsize length, const guint8 **first, const guint8 **second)
{
    for (gsize n = 0; n < G_N_ELEMENTS(spellings); n++) {
        const Spelling *spelling = &spellings[n];
        if (length < spelling_length(spelling) || memcmp(bytes, spelling->head, spelling->head_length) != 0)
            continue;
        *first = bytes + spelling->head_length;
        const guint8 *between = *first + spelling->first;
        *second = between + spelling->between_length;
        return memcmp(between, spelling->between, spelling->between_length) == 0 ? spelling : NULL;
    }
    return NULL;
}

gsize cose_key_length(const guint8 *bytes, gsize length)
{
    const guint8 *first, *second;
    const Spelling *spelling = match(bytes, length, &first, &second);
    return spelling != NULL ? spelling_length(spelling) : 0;
}

static EVP_PKEY *from_parameters(const char *kind, OSSL_PARAM *parameters)
{
    EVP_PKEY *pkey = NULL;
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        return NULL;
    return pkey;
}

/* NULL where (@x, @y) is no point of P-256. */
static EVP_PKEY *p256_key(const guint8 x[32], const guint8 y[32])
{
    guint8 point[65] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, x, 32);
    memcpy(point + 33, y, 32);
    char group[] = "P-256"; /* OSSL_PARAM wants writable pointers and writes nothing */
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    return from_parameters("EC", parameters);
}

/* NULL where @n is not a whole 2048 bits, or @e is even or tiny. */
static EVP_PKEY *rsa_key(const guint8 n[256], const guint8 e[3])
{
    if (n[0] < 0x80 || (n[255] & 1) == 0 || (e[2] & 1) == 0 || (e[0] == 0 && e[1] == 0 && e[2] < 3))
        return NULL;
    g_autoptr(BIGNUM) modulus = BN_bin2bn(n, 256, NULL);
    g_autoptr(BIGNUM) exponent = BN_bin2bn(e, 3, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *pkey = parameters != NULL ? from_parameters("RSA", parameters) : NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

CoseKey *cose_key_new(const guint8 *bytes, gsize length, GError **error)
{
    const guint8 *first, *second;
    const Spelling *spelling = match(bytes, length, &first, &second);
    g_autoptr(CoseKey) self = g_new0(CoseKey, 1);
    if (spelling != NULL && spelling_length(spelling) == length) {
        self->algorithm = spelling->algorithm;
        if (spelling->algorithm == COSE_KEY_ES256)
            self->pkey = p256_key(first, second);
        else if (spelling->algorithm == COSE_KEY_RS256)
            self->pkey = rsa_key(first, second);
        else {
            memcpy(self->ed25519, first, ED25519_KEY_SIZE);
            self->pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, first, ED25519_KEY_SIZE);
        }
    }
    if (self->pkey == NULL) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                            "The passkey's public key is none of EdDSA (Ed25519), ES256 (P-256), RS256 (2048 bits).");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void cose_key_free(CoseKey *self)
{
    if (self == NULL)
        return;
    EVP_PKEY_free(self->pkey);
    g_free(self);
}

CoseAlgorithm cose_key_algorithm(const CoseKey *self)
{
    return self->algorithm;
}

GBytes *cose_key_spki(const CoseKey *self)
{
    guint8 *der = NULL;
    int length = i2d_PUBKEY(self->pkey, &der);
    g_assert(length > 0);
    GBytes *spki = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    return spki;
}

gboolean cose_key_verify(const CoseKey *self, gconstpointer message, gsize length, gconstpointer signature,
                         gsize signature_length)
{
    if (self->algorithm == COSE_KEY_EDDSA)
        return signature_length == ED25519_SIGNATURE_SIZE && ed25519_verify(self->ed25519, message, length, signature);
    Hash digest = sha256(message, length);
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new(self->pkey, NULL);
    if (context == NULL || EVP_PKEY_verify_init(context) != 1)
        return FALSE;
    if (self->algorithm == COSE_KEY_RS256 && (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1 ||
                                              EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1))
        return FALSE;
    return EVP_PKEY_verify(context, signature, signature_length, digest.bytes, HASH_SIZE) == 1;
}
