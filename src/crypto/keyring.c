/* crypto/keyring.c: see keyring.h. The file is secret_wrap_bytes under derive("keyring"), of
 *   "comity/keyring/v1" LF
 *   0 or 1: is the identity key here?
 *   identity public key (32), identity seed (32; zeroes when it was taken off), log seed (32), witness seed (32)
 *   TLS key, to the end: DER as OpenSSL writes EC keys (RFC 5915) */
#include "crypto/keyring.h"
#include "base/error.h"
#include "base/file.h"
#include "base/reader.h"
#include "base/text.h"
#include "crypto/passphrase.h"
#include <openssl/ec.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <string.h>

#define KEYRING_MARK "comity/keyring/v1\n"
#define KEYRING_LIMIT 65536
#define KEYRING_FIXED (strlen(KEYRING_MARK) + 1 + 4 * 32)
#define IDENTITY_MARK "comity/identity/v1\n"

struct Keyring {
    SigningKey *identity; /* NULL: taken off */
    guint8 identity_public[ED25519_KEY_SIZE];
    SigningKey *log;
    SigningKey *witness;
    EVP_PKEY *tls; /* ECDSA P-256 */
    GBytes *tls_spki;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

/* Bytes from sodium_malloc, wiped on scope exit. */
typedef guint8 LockedBytes;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LockedBytes, sodium_free)

void keyring_free(Keyring *self)
{
    if (self == NULL)
        return;
    signing_key_free(self->identity);
    signing_key_free(self->log);
    signing_key_free(self->witness);
    EVP_PKEY_free(self->tls);
    g_bytes_unref(self->tls_spki);
    g_free(self);
}

/* Takes the TLS key and makes what others see of it. */
static void take_tls(Keyring *self, EVP_PKEY *key)
{
    guint8 *der = NULL;
    int length = i2d_PUBKEY(key, &der);
    g_assert(length > 0);
    self->tls = key;
    self->tls_spki = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
}

Keyring *keyring_generate(const Env *env)
{
    Keyring *self = g_new0(Keyring, 1);
    self->identity = signing_key_generate(env);
    memcpy(self->identity_public, signing_key_public(self->identity), ED25519_KEY_SIZE);
    self->log = signing_key_generate(env);
    self->witness = signing_key_generate(env);
    /* OpenSSL draws this one itself: it guards connections and shows in no record. */
    EVP_PKEY *tls = EVP_EC_gen("P-256");
    if (tls == NULL)
        g_error("OpenSSL makes no P-256 key");
    take_tls(self, tls);
    return self;
}

static gboolean damaged(GError **error)
{
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "its keys can't be read");
    return FALSE;
}

/* Reads the plain keyring. @self: empty, filled as far as it goes. */
static gboolean parse(Keyring *self, Reader *reader, GError **error)
{
    reader_expect(reader, KEYRING_MARK);
    const guint8 *has_identity = reader_take(reader, 1);
    const guint8 *public = reader_take(reader, 32);
    const guint8 *seeds = reader_take(reader, 3 * (gsize)32);
    if (seeds == NULL || *has_identity > 1)
        return damaged(error);
    memcpy(self->identity_public, public, ED25519_KEY_SIZE);
    self->identity = *has_identity ? signing_key_from_seed(seeds) : NULL;
    self->log = signing_key_from_seed(seeds + 32);
    self->witness = signing_key_from_seed(seeds + 64);
    const guint8 *der = reader->at;
    g_autoptr(EVP_PKEY) tls = d2i_AutoPrivateKey(NULL, &der, (long)reader_left(reader));
    if (tls == NULL || der != reader->end)
        return damaged(error);
    take_tls(self, g_steal_pointer(&tls));
    if (self->identity != NULL && memcmp(signing_key_public(self->identity), public, ED25519_KEY_SIZE) != 0)
        return damaged(error);
    return TRUE;
}

Keyring *keyring_open(const char *path, const Secret *master, GError **error)
{
    g_autoptr(GBytes) wrapped = file_read(path, KEYRING_LIMIT, error);
    g_autoptr(Secret) key = secret_derive(master, "keyring");
    g_autoptr(GBytes) plain = wrapped != NULL ? secret_unwrap_bytes(key, "keyring", wrapped, error) : NULL;
    g_autoptr(Keyring) self = g_new0(Keyring, 1);
    if (plain != NULL) {
        Reader reader = reader_of(g_bytes_get_data(plain, NULL), g_bytes_get_size(plain));
        if (parse(self, &reader, error))
            return g_steal_pointer(&self);
    }
    error_prefix(error, "opening the keyring “%s”", path);
    return NULL;
}

/* The plain keyring in locked memory. */
static LockedBytes *serialise(const Keyring *self, gsize *length)
{
    int der_length = i2d_PrivateKey(self->tls, NULL);
    g_assert(der_length > 0);
    *length = KEYRING_FIXED + (gsize)der_length;
    LockedBytes *plain = sodium_malloc(*length);
    if (plain == NULL)
        g_error("No memory for a secret");
    memset(plain, 0, *length);
    guint8 *to = (guint8 *)g_stpcpy((char *)plain, KEYRING_MARK);
    *to++ = self->identity != NULL;
    memcpy(to, self->identity_public, 32);
    if (self->identity != NULL)
        memcpy(to + 32, signing_key_seed(self->identity), 32);
    memcpy(to + 64, signing_key_seed(self->log), 32);
    memcpy(to + 96, signing_key_seed(self->witness), 32);
    to += 128;
    i2d_PrivateKey(self->tls, &to);
    return plain;
}

gboolean keyring_save(const Keyring *self, const Env *env, const char *path, const Secret *master, GError **error)
{
    gsize length = 0;
    g_autoptr(LockedBytes) plain = serialise(self, &length);
    g_autoptr(Secret) key = secret_derive(master, "keyring");
    g_autoptr(GBytes) wrapped = secret_wrap_bytes(env, key, "keyring", plain, length);
    return file_replace(env, path, wrapped, 0600, error); /* K2 */
}

const SigningKey *keyring_identity(const Keyring *self)
{
    return self->identity;
}

const guint8 *keyring_identity_public(const Keyring *self)
{
    return self->identity_public;
}

const SigningKey *keyring_log(const Keyring *self)
{
    return self->log;
}

const SigningKey *keyring_witness(const Keyring *self)
{
    return self->witness;
}

GBytes *keyring_tls_spki(const Keyring *self)
{
    return self->tls_spki;
}

/* The text's head, which is what the wrapped key is bound to: mark, public key, limits. */
static char *identity_head(const guint8 public[ED25519_KEY_SIZE], const PassphraseLimits *limits)
{
    g_autofree char *key = base64_encode(public, ED25519_KEY_SIZE);
    g_autofree char *line = passphrase_limits_text(limits);
    return g_strconcat(IDENTITY_MARK, key, "\n", line, NULL);
}

char *keyring_export_identity(const Keyring *self, const Env *env, const char *passphrase, GError **error)
{
    if (self->identity == NULL) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_GONE,
                            "The identity key was taken off this machine already.");
        return NULL;
    }
    PassphraseLimits limits = passphrase_limits_new(env);
    g_autoptr(Secret) key = passphrase_key(&limits, passphrase, NULL, error);
    if (key == NULL)
        return NULL;
    g_autofree char *head = identity_head(self->identity_public, &limits);
    g_autoptr(GBytes) wrapped = secret_wrap_bytes(env, key, head, signing_key_seed(self->identity), 32);
    g_autofree char *encoded = base64_encode(g_bytes_get_data(wrapped, NULL), g_bytes_get_size(wrapped));
    return g_strconcat(head, encoded, "\n", NULL);
}

void keyring_forget_identity(Keyring *self)
{
    g_clear_pointer(&self->identity, signing_key_free);
}

/* Reads an exported identity. NULL where the text is none. */
static GBytes *parse_identity(const char *text, guint8 public[ED25519_KEY_SIZE], PassphraseLimits *limits)
{
    Reader reader = reader_of(text, strlen(text));
    gsize key_length = 0, wrapped_length = 0;
    reader_expect(&reader, IDENTITY_MARK);
    const guint8 *key_text = reader_until(&reader, '\n', &key_length);
    *limits = passphrase_limits_read(&reader);
    const guint8 *wrapped = reader_until(&reader, '\n', &wrapped_length);
    if (wrapped == NULL || reader_left(&reader) > 0)
        return NULL;
    g_autoptr(GBytes) key = base64_decode((const char *)key_text, (gssize)key_length);
    if (key == NULL || g_bytes_get_size(key) != ED25519_KEY_SIZE)
        return NULL;
    memcpy(public, g_bytes_get_data(key, NULL), ED25519_KEY_SIZE);
    return base64_decode((const char *)wrapped, (gssize)wrapped_length);
}

SigningKey *keyring_read_identity(const Keyring *self, const char *text, const char *passphrase, GError **error)
{
    guint8 public[ED25519_KEY_SIZE];
    PassphraseLimits limits;
    g_autoptr(GBytes) wrapped = parse_identity(text, public, &limits);
    if (wrapped == NULL) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID, "This is no exported identity key.");
        return NULL;
    }
    if (memcmp(public, self->identity_public, ED25519_KEY_SIZE) != 0) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_CONFLICT, "This identity key belongs to another node.");
        return NULL;
    }
    g_autoptr(Secret) key = passphrase_key(&limits, passphrase, NULL, error);
    if (key == NULL)
        return NULL;
    g_autofree char *head = identity_head(public, &limits);
    g_autoptr(Secret) seed = secret_unwrap(key, head, wrapped, NULL);
    g_autoptr(SigningKey) identity = seed != NULL ? signing_key_from_seed(secret_bytes(seed)) : NULL;
    if (identity == NULL || memcmp(signing_key_public(identity), public, ED25519_KEY_SIZE) != 0) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN,
                            "The passphrase is wrong, or the exported key is damaged.");
        return NULL;
    }
    return g_steal_pointer(&identity);
}

void keyring_take_identity(Keyring *self, SigningKey *key)
{
    g_clear_pointer(&self->identity, signing_key_free);
    self->identity = key;
}
