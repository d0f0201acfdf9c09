/* crypto/passkey.c: see passkey.h. libfido2 decodes what an authenticator says when it enrols. It does not judge
 * assertions here: it refuses extensions that nobody asked for, knows neither type nor challenge nor origin, and checks
 * EdDSA by a laxer rule than ours; cose.h checks the signature, and the policy (P2) is written out below. */
#include "crypto/passkey.h"
#include "base/error.h"
#include "base/json.h"
#include "base/reader.h"
#include "base/text.h"
#include "crypto/cbor.h"
#include <fido.h>
#include <string.h>

/* Authenticator data: RP id hash (32), flags, counter (4), and what is optional. */
#define AUTHENTICATOR_FIXED (HASH_SIZE + 1 + 4)
#define CREDENTIAL_FIXED (AUTHENTICATOR_FIXED + 16 + 2) /* and AAGUID, length of the id */

enum {
    FLAG_UP = 0x01, /* somebody was there */
    FLAG_UV = 0x04, /* it was the owner */
    FLAG_BE = 0x08, /* the key may be backed up */
    FLAG_BS = 0x10, /* it is */
    FLAG_ED = 0x80, /* extensions follow */
};

static void free_cred(fido_cred_t *self)
{
    fido_cred_free(&self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(fido_cred_t, free_cred)

void passkey_free(Passkey *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_clear_pointer(&self->cose, g_bytes_unref);
    g_clear_pointer(&self->spki, g_bytes_unref);
    g_free(self->aaguid);
    g_free(self);
}

static gboolean refuse(GError **error, const char *reason)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "The passkey's answer is refused: %s.", reason);
    return FALSE;
}

/* The client data's half of P2. @type: "webauthn.create" or "webauthn.get". */
static gboolean check_client_data(GBytes *client_data, const char *type, const char *origin, gconstpointer challenge,
                                  gsize challenge_length, GError **error)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(client_data, &length);
    g_autoptr(json_t) client = json_strict_parse(bytes, length, CLIENT_DATA_LIMIT, error);
    if (client == NULL)
        return error_prefix(error, "The passkey's client data");
    if (g_strcmp0(json_text(client, "type"), type) != 0)
        return refuse(error, "it was made for another purpose (type)");
    g_autofree char *expected = base64url_encode(challenge, challenge_length);
    if (g_strcmp0(json_text(client, "challenge"), expected) != 0)
        return refuse(error, "it answers another challenge");
    if (g_strcmp0(json_text(client, "origin"), origin) != 0)
        return refuse(error, "it was made for another web origin");
    if (json_is_true_at(client, "crossOrigin") || json_object_get(client, "topOrigin") != NULL)
        return refuse(error, "it was made inside a page of another web origin");
    return TRUE;
}

/* The authenticator's half of P2: @data has at least AUTHENTICATOR_FIXED bytes. */
static gboolean check_authenticator(const guint8 *data, const char *rp_id, GError **error)
{
    Hash expected = sha256(rp_id, strlen(rp_id));
    guint8 flags = data[HASH_SIZE];
    if (memcmp(data, expected.bytes, HASH_SIZE) != 0)
        return refuse(error, "it was made for another site (RP id)");
    if ((flags & FLAG_UP) == 0)
        return refuse(error, "nobody touched the authenticator (UP)");
    if ((flags & FLAG_UV) == 0)
        return refuse(error, "the authenticator did not check who used it (UV)");
    if ((flags & FLAG_BS) != 0 && (flags & FLAG_BE) == 0)
        return refuse(error, "it claims a backup of a key that can't be backed up (BS without BE)");
    return TRUE;
}

/* What libfido2 reads of the credential that ends at @length. Extensions behind it are left out, and the key was
 * compared before: libcbor would reserve as much memory as hostile bytes claim to need. */
static fido_cred_t *decode_credential(const guint8 *data, gsize length, CoseAlgorithm algorithm)
{
    g_autofree guint8 *exact = g_memdup2(data, length);
    exact[HASH_SIZE] &= (guint8)~FLAG_ED;
    g_autoptr(fido_cred_t) credential = fido_cred_new();
    if (credential == NULL || fido_cred_set_type(credential, algorithm) != FIDO_OK ||
        fido_cred_set_authdata_raw(credential, exact, length) != FIDO_OK || fido_cred_id_len(credential) == 0)
        return NULL;
    return g_steal_pointer(&credential);
}

/* Where the credential's key starts in @data of @length bytes; @length where there is none. */
static gsize key_offset(const guint8 *data, gsize length)
{
    if (length < CREDENTIAL_FIXED)
        return length;
    gsize id_length = (gsize)data[CREDENTIAL_FIXED - 2] << 8 | data[CREDENTIAL_FIXED - 1];
    return MIN(CREDENTIAL_FIXED + id_length, length);
}

/* @data: authenticator data, P2 checked. */
static Passkey *take_credential(const guint8 *data, gsize length, GError **error)
{
    gsize offset = key_offset(data, length);
    gsize key_length = cose_key_length(data + offset, length - offset);
    g_autoptr(CoseKey) key = cose_key_new(data + offset, key_length, error);
    if (key == NULL)
        return NULL;
    g_autoptr(fido_cred_t) credential = decode_credential(data, offset + key_length, cose_key_algorithm(key));
    if (credential == NULL) {
        refuse(error, "its credential can't be read");
        return NULL;
    }
    guint8 flags = fido_cred_flags(credential);
    Passkey *self = g_new0(Passkey, 1);
    self->id = base64url_encode(fido_cred_id_ptr(credential), fido_cred_id_len(credential));
    self->cose = g_bytes_new(data + offset, key_length);
    self->spki = cose_key_spki(key);
    self->algorithm = cose_key_algorithm(key);
    self->counter = fido_cred_sigcount(credential);
    self->backed_up = (flags & FLAG_BS) != 0;
    self->backup_eligible = (flags & FLAG_BE) != 0;
    self->aaguid = hex_encode(fido_cred_aaguid_ptr(credential), fido_cred_aaguid_len(credential));
    return self;
}

Passkey *passkey_register(const char *rp_id, const char *origin, GBytes *challenge, GBytes *client_data,
                          GBytes *attestation_object, GError **error)
{
    gsize challenge_length = 0, object_length = 0, length = 0;
    gconstpointer challenge_bytes = g_bytes_get_data(challenge, &challenge_length);
    if (!check_client_data(client_data, "webauthn.create", origin, challenge_bytes, challenge_length, error))
        return NULL;
    const guint8 *object = g_bytes_get_data(attestation_object, &object_length);
    const guint8 *data = cbor_find_bytes(object, object_length, "authData", &length);
    if (data == NULL || length < AUTHENTICATOR_FIXED) {
        refuse(error, "its attestation object can't be read");
        return NULL;
    }
    if (!check_authenticator(data, rp_id, error))
        return NULL;
    return take_credential(data, length, error);
}

gboolean passkey_verify_with(const CoseKey *key, const char *rp_id, const char *origin, const Hash *challenge,
                             const Assertion *assertion, guint32 *counter, GError **error)
{
    if (!check_client_data(assertion->client_data, "webauthn.get", origin, challenge->bytes, HASH_SIZE, error))
        return FALSE;
    gsize length = 0, client_length = 0, signature_length = 0;
    const guint8 *data = g_bytes_get_data(assertion->authenticator_data, &length);
    gconstpointer client = g_bytes_get_data(assertion->client_data, &client_length);
    gconstpointer signature = g_bytes_get_data(assertion->signature, &signature_length);
    if (length < AUTHENTICATOR_FIXED)
        return refuse(error, "its authenticator data is too short");
    if (!check_authenticator(data, rp_id, error))
        return FALSE;
    Hash client_hash = sha256(client, client_length);
    g_autoptr(GByteArray) message = g_byte_array_sized_new((guint)length + HASH_SIZE);
    g_byte_array_append(message, data, (guint)length);
    g_byte_array_append(message, client_hash.bytes, HASH_SIZE);
    if (!cose_key_verify(key, message->data, message->len, signature, signature_length))
        return refuse(error, "its signature is bad");
    if (counter != NULL) {
        memcpy(counter, data + HASH_SIZE + 1, sizeof *counter);
        *counter = GUINT32_FROM_BE(*counter);
    }
    return TRUE;
}

gboolean passkey_verify(GBytes *cose, const char *rp_id, const char *origin, const Hash *challenge,
                        const Assertion *assertion, guint32 *counter, GError **error)
{
    g_autoptr(CoseKey) key = cose_key_new(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose), error);
    return key != NULL && passkey_verify_with(key, rp_id, origin, challenge, assertion, counter, error);
}

GBytes *cose_to_spki(GBytes *cose, GError **error)
{
    g_autoptr(CoseKey) key = cose_key_new(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose), error);
    return key != NULL ? cose_key_spki(key) : NULL;
}

/* SHA-256 of @domain with its final 0, then @bytes. */
static Hash domain_hash(const char *domain, gconstpointer bytes, gsize length)
{
    return sha256_joined(domain, strlen(domain) + 1, bytes, length);
}

Hash confirmation_challenge(gconstpointer act, gsize length)
{
    return domain_hash("comity/act/v1", act, length);
}

Hash sign_in_challenge(const guint8 nonce[32])
{
    return domain_hash("comity/sign-in/v1", nonce, 32);
}
