#include "support/soft-authenticator.h"
#include "base/text.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

SoftAuthenticator *soft_authenticator_new(int algorithm, const char *origin)
{
    SoftAuthenticator *self = g_new0(SoftAuthenticator, 1);
    self->algorithm = algorithm;
    self->key = algorithm == -7   ? EVP_EC_gen("P-256")
                : algorithm == -8 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                  : EVP_RSA_gen(2048);
    g_assert_nonnull(self->key);
    g_assert_cmpint(RAND_bytes(self->id, sizeof self->id), ==, 1);
    g_autoptr(GUri) uri = g_uri_parse(origin, G_URI_FLAGS_NONE, NULL);
    g_assert_nonnull(uri);
    self->rp_id = g_strdup(g_uri_get_host(uri));
    self->origin = g_strdup(origin);
    self->flags = SOFT_UP | SOFT_UV;
    return self;
}

void soft_authenticator_free(SoftAuthenticator *self)
{
    if (!self)
        return;
    EVP_PKEY_free(self->key);
    g_free(self->rp_id);
    g_free(self->origin);
    g_clear_pointer(&self->user_handle, g_bytes_unref);
    g_free(self);
}

char *soft_authenticator_credential(const SoftAuthenticator *self)
{
    return base64url_encode(self->id, sizeof self->id);
}

/* ---- CBOR, as little as an authenticator writes ---- */
static void put(GByteArray *out, gconstpointer bytes, gsize length)
{
    g_byte_array_append(out, bytes, (guint)length);
}

static void put_head(GByteArray *out, guint8 major, gsize value)
{
    if (value < 24) {
        put(out, &(guint8){(guint8)((gsize)major << 5 | value)}, 1);
    } else if (value < 256) {
        put(out, (guint8[]){(guint8)(major << 5 | 24), (guint8)value}, 2);
    } else {
        put(out, (guint8[]){(guint8)(major << 5 | 25), (guint8)(value >> 8), (guint8)value}, 3);
    }
}

static void put_integer(GByteArray *out, int value)
{
    put_head(out, (guint8)(value < 0), (gsize)(value < 0 ? -1 - value : value));
}

static void put_bytes(GByteArray *out, gconstpointer bytes, gsize length)
{
    put_head(out, 2, length);
    put(out, bytes, length);
}

static void put_text(GByteArray *out, const char *text)
{
    put_head(out, 3, strlen(text));
    put(out, text, strlen(text));
}

/* A big number of the key as @length bytes (0: as many as it has). */
static void put_number(GByteArray *out, EVP_PKEY *key, const char *name, gsize length)
{
    BIGNUM *number = NULL;
    g_assert_cmpint(EVP_PKEY_get_bn_param(key, name, &number), ==, 1);
    gsize size = length ? length : (gsize)BN_num_bytes(number);
    g_autofree guint8 *bytes = g_malloc0(size);
    g_assert_cmpint(BN_bn2binpad(number, bytes, (int)size), ==, (int)size);
    put_bytes(out, bytes, size);
    BN_free(number);
}

static void put_cose(GByteArray *out, const SoftAuthenticator *self)
{
    const int type = self->algorithm == -7 ? 2 : self->algorithm == -8 ? 1 : 3;
    put_head(out, 5, type == 2 ? 5 : 4);
    put_integer(out, 1);
    put_integer(out, type);
    put_integer(out, 3);
    put_integer(out, self->algorithm);
    put_integer(out, -1);
    if (type == 2) {
        put_integer(out, 1); /* P-256 */
        put_integer(out, -2);
        put_number(out, self->key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
        put_integer(out, -3);
        put_number(out, self->key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    } else if (type == 1) {
        guint8 raw[32];
        put_integer(out, 6); /* Ed25519 */
        put_integer(out, -2);
        g_assert_cmpint(EVP_PKEY_get_raw_public_key(self->key, raw, &(size_t){sizeof raw}), ==, 1);
        put_bytes(out, raw, sizeof raw);
    } else {
        put_number(out, self->key, OSSL_PKEY_PARAM_RSA_N, 0);
        put_integer(out, -2);
        put_number(out, self->key, OSSL_PKEY_PARAM_RSA_E, 0);
    }
}

GBytes *soft_authenticator_cose(const SoftAuthenticator *self)
{
    GByteArray *out = g_byte_array_new();
    put_cose(out, self);
    return g_byte_array_free_to_bytes(out);
}

/* ---- what both answers are made of ---- */
static char *client_data(const SoftAuthenticator *self, const char *type, const char *challenge)
{
    return g_strdup_printf("{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false%s}", type,
                           challenge, self->origin, self->extra ? self->extra : "");
}

static void put_authenticator_data(GByteArray *out, SoftAuthenticator *self, guint8 flags)
{
    Hash rp = sha256(self->rp_id, strlen(self->rp_id));
    self->counter++;
    guint32 counter = GUINT32_TO_BE(self->counter);
    put(out, rp.bytes, HASH_SIZE);
    put(out, &flags, 1);
    put(out, &counter, sizeof counter);
}

json_t *soft_authenticator_register(SoftAuthenticator *self, const char *challenge)
{
    static const guint8 aaguid[16] = {0};
    g_autoptr(GByteArray) data = g_byte_array_new();
    put_authenticator_data(data, self, self->flags | 0x40);
    put(data, aaguid, sizeof aaguid);
    put(data, (guint8[]){0, sizeof self->id}, 2);
    put(data, self->id, sizeof self->id);
    put_cose(data, self);
    g_autoptr(GByteArray) object = g_byte_array_new();
    put_head(object, 5, 3);
    put_text(object, "fmt");
    put_text(object, "none");
    put_text(object, "attStmt");
    put_head(object, 5, 0);
    put_text(object, "authData");
    put_bytes(object, data->data, data->len);
    g_autofree char *client = client_data(self, "webauthn.create", challenge);
    g_autofree char *client_text = base64url_encode(client, strlen(client));
    g_autofree char *object_text = base64url_encode(object->data, object->len);
    return json_pack("{s:s, s:s}", "client_data", client_text, "attestation_object", object_text);
}

static GBytes *sign(const SoftAuthenticator *self, gconstpointer bytes, gsize length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const char *digest = self->algorithm == -8 ? NULL : "SHA256";
    size_t size = 0;
    g_assert_cmpint(EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, self->key, NULL), ==, 1);
    g_assert_cmpint(EVP_DigestSign(context, NULL, &size, bytes, length), ==, 1);
    guint8 *signature = g_malloc(size);
    g_assert_cmpint(EVP_DigestSign(context, signature, &size, bytes, length), ==, 1);
    EVP_MD_CTX_free(context);
    if (self->flip)
        signature[size / 2] ^= 1;
    return g_bytes_new_take(signature, size);
}

json_t *soft_authenticator_assert(SoftAuthenticator *self, const char *challenge)
{
    g_autofree char *client = client_data(self, "webauthn.get", challenge);
    Hash client_hash = sha256(client, strlen(client));
    g_autoptr(GByteArray) message = g_byte_array_new();
    put_authenticator_data(message, self, self->flags);
    g_autofree char *data_text = base64url_encode(message->data, message->len);
    put(message, client_hash.bytes, HASH_SIZE);
    g_autoptr(GBytes) signature = sign(self, message->data, message->len);
    g_autofree char *client_text = base64url_encode(client, strlen(client));
    g_autofree char *signature_text = base64url_encode(g_bytes_get_data(signature, NULL), g_bytes_get_size(signature));
    g_autofree char *credential = soft_authenticator_credential(self);
    return json_pack("{s:s, s:s, s:s, s:s}", "credential", credential, "authenticator_data", data_text, "client_data",
                     client_text, "signature", signature_text);
}
