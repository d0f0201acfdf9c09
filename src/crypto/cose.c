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

#define RSA_MIN 256 /* bytes of the modulus: 2048 bits */
#define RSA_MAX 512

/* A key as it lies in its spelling. */
typedef struct {
    CoseAlgorithm algorithm;
    const guint8 *first; /* x, or n */
    gsize first_length;
    const guint8 *second; /* y, or e */
    gsize length;         /* of the whole */
} Spelling;

/* ES256 or EdDSA: everything but the coordinates is fixed. */
static gboolean match_curve(Reader *reader, Spelling *out)
{
    if (reader_accept(reader, "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20")) {
        out->algorithm = COSE_KEY_ES256;
        out->first = reader_take(reader, 32);
        reader_expect(reader, "\x22\x58\x20");
        out->second = reader_take(reader, 32);
        return !reader->failed;
    }
    if (!reader_accept(reader, "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"))
        return FALSE;
    out->algorithm = COSE_KEY_EDDSA;
    out->first = reader_take(reader, ED25519_KEY_SIZE);
    return !reader->failed;
}

/* RS256: the modulus brings its length, and starts with no zero byte. */
static gboolean match_rsa(Reader *reader, Spelling *out)
{
    const guint8 *head = reader_take(reader, 11); /* holds a 0: reader_expect would stop there */
    if (head == NULL || memcmp(head, "\xa4\x01\x03\x03\x39\x01\x00\x20\x59", 9) != 0)
        return FALSE;
    out->algorithm = COSE_KEY_RS256;
    out->first_length = (gsize)head[9] << 8 | head[10];
    out->first = reader_take(reader, out->first_length);
    reader_expect(reader, "\x21\x43");
    out->second = reader_take(reader, 3);
    return !reader->failed && out->first_length >= RSA_MIN && out->first_length <= RSA_MAX && *out->first != 0;
}

/* The key at the start of @bytes. */
static gboolean match(const guint8 *bytes, gsize length, Spelling *out)
{
    Reader reader = reader_of(bytes, length);
    *out = (Spelling){.algorithm = COSE_KEY_ES256};
    if (!match_curve(&reader, out) && !match_rsa(&reader, out))
        return FALSE;
    out->length = (gsize)(reader.at - bytes);
    return TRUE;
}

gsize cose_key_length(const guint8 *bytes, gsize length)
{
    Spelling spelling;
    return match(bytes, length, &spelling) ? spelling.length : 0;
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

/* NULL where @n has less than 2048 bits or is even, or @e is no usual exponent of three bytes. */
static EVP_PKEY *rsa_key(const guint8 *n, gsize length, const guint8 e[3])
{
    gboolean short_modulus = length == RSA_MIN && n[0] < 0x80;
    if (short_modulus || (n[length - 1] & 1) == 0 || e[0] == 0 || (e[2] & 1) == 0)
        return NULL;
    g_autoptr(BIGNUM) modulus = BN_bin2bn(n, (int)length, NULL);
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

/* Leaves pkey NULL where the numbers make no key. */
static void take_key(CoseKey *self, const Spelling *spelling)
{
    self->algorithm = spelling->algorithm;
    switch (spelling->algorithm) {
    case COSE_KEY_ES256:
        self->pkey = p256_key(spelling->first, spelling->second);
        break;
    case COSE_KEY_RS256:
        self->pkey = rsa_key(spelling->first, spelling->first_length, spelling->second);
        break;
    case COSE_KEY_EDDSA:
        memcpy(self->ed25519, spelling->first, ED25519_KEY_SIZE);
        self->pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, spelling->first, ED25519_KEY_SIZE);
        break;
    }
}

CoseKey *cose_key_new(const guint8 *bytes, gsize length, GError **error)
{
    Spelling spelling;
    g_autoptr(CoseKey) self = g_new0(CoseKey, 1);
    if (match(bytes, length, &spelling) && spelling.length == length)
        take_key(self, &spelling);
    if (self->pkey == NULL) {
        g_set_error_literal(
            error, COMITY_ERROR, COMITY_ERROR_INVALID,
            "The passkey's public key is none of EdDSA (Ed25519), ES256 (P-256), RS256 (2048 to 4096 bits).");
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
