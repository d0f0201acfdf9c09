/* crypto/note_key.c: the keys behind notes (note.h), from libsodium, and the verifiers that are made of them. */
#include "crypto/note_key.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/digest.h"
#include <sodium.h>
#include <string.h>

struct SigningKey {
    guint8 *secret; /* seed (32) || public key (32), from sodium_malloc, read-only */
};

struct NoteVerifier {
    char *name;
    NoteAlgorithm algorithm;
    guint32 key_id;
    guint8 key[ED25519_KEY_SIZE];
};

G_STATIC_ASSERT(crypto_sign_SECRETKEYBYTES == 2 * ED25519_KEY_SIZE);

SigningKey *signing_key_from_seed(const guint8 seed[32])
{
    if (sodium_init() < 0)
        g_error("libsodium does not start");
    SigningKey *self = g_new(SigningKey, 1);
    self->secret = sodium_malloc(crypto_sign_SECRETKEYBYTES);
    if (self->secret == NULL)
        g_error("No memory for a key");
    guint8 public[ED25519_KEY_SIZE];
    crypto_sign_seed_keypair(public, self->secret, seed);
    sodium_mprotect_readonly(self->secret);
    return self;
}

SigningKey *signing_key_generate(const Env *env)
{
    guint8 seed[32];
    env_random(env, seed, sizeof seed);
    SigningKey *self = signing_key_from_seed(seed);
    sodium_memzero(seed, sizeof seed);
    return self;
}

void signing_key_free(SigningKey *self)
{
    if (self == NULL)
        return;
    sodium_free(self->secret); /* wipes */
    g_free(self);
}

const guint8 *signing_key_public(const SigningKey *self)
{
    return self->secret + 32;
}

const guint8 *signing_key_seed(const SigningKey *self)
{
    return self->secret;
}

void signing_key_sign(const SigningKey *self, gconstpointer bytes, gsize length, guint8 out[ED25519_SIGNATURE_SIZE])
{
    crypto_sign_detached(out, NULL, bytes, length, self->secret);
}

gboolean ed25519_verify(const guint8 key[ED25519_KEY_SIZE], gconstpointer bytes, gsize length,
                        const guint8 signature[ED25519_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, bytes, length, key) == 0;
}

gboolean note_name_is_valid(const char *name, gsize length)
{
    const char *end = name + length;
    for (const char *at = name; at < end; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        /* GLib leaves U+000B and U+0085 out, which Unicode counts among the white space. */
        if (c == '+' || c < 0x20 || c == 0x85 || g_unichar_isspace(c))
            return FALSE;
    }
    return length > 0;
}

guint32 note_key_id(const char *name, NoteAlgorithm algorithm, const guint8 key[ED25519_KEY_SIZE])
{
    const guint8 between[] = {'\n', (guint8)algorithm};
    g_autoptr(Sha256) hash = sha256_new();
    sha256_update(hash, name, strlen(name));
    sha256_update(hash, between, sizeof between);
    sha256_update(hash, key, ED25519_KEY_SIZE);
    Hash whole = sha256_finish(hash);
    guint32 id;
    memcpy(&id, whole.bytes, sizeof id);
    return GUINT32_FROM_BE(id);
}

NoteVerifier *note_verifier_new(const char *name, NoteAlgorithm algorithm, const guint8 key[ED25519_KEY_SIZE])
{
    NoteVerifier *self = g_new(NoteVerifier, 1);
    self->name = g_strdup(name);
    self->algorithm = algorithm;
    self->key_id = note_key_id(name, algorithm, key); /* N2 */
    memcpy(self->key, key, ED25519_KEY_SIZE);
    return self;
}

void note_verifier_free(NoteVerifier *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self);
}

const char *note_verifier_name(const NoteVerifier *self)
{
    return self->name;
}

static NoteVerifier *refuse(GError **error, ComityError kind, const char *reason)
{
    g_set_error(error, COMITY_ERROR, (int)kind, "Not a verifier key: %s.", reason);
    return NULL;
}

NoteVerifier *note_verifier_parse(const char *vkey, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(vkey, "+", 3); /* a name holds no plus, base64 may */
    if (!g_utf8_validate(vkey, -1, NULL) || g_strv_length(parts) != 3)
        return refuse(error, COMITY_ERROR_INVALID, "it is not <name>+<key id>+<base64 key>");
    if (!note_name_is_valid(parts[0], strlen(parts[0])))
        return refuse(error, COMITY_ERROR_INVALID, "its name is empty, or holds a space");
    guint32 told;
    if (strlen(parts[1]) != 8 || !hex_read(parts[1], &told, sizeof told))
        return refuse(error, COMITY_ERROR_INVALID, "its key id is not eight lower-case hex digits");
    g_autoptr(GBytes) typed = base64_decode(parts[2], -1);
    gsize length = 0;
    const guint8 *bytes = typed != NULL ? g_bytes_get_data(typed, &length) : NULL;
    if (length == 0)
        return refuse(error, COMITY_ERROR_INVALID, "its key is not base64");
    if (bytes[0] != NOTE_ED25519 && bytes[0] != NOTE_COSIGNATURE)
        return refuse(error, COMITY_ERROR_UNSUPPORTED, "only the types 1 (Ed25519) and 4 (cosignature/v1) are known");
    if (length != 1 + ED25519_KEY_SIZE)
        return refuse(error, COMITY_ERROR_INVALID, "an Ed25519 key has 32 bytes");
    g_autoptr(NoteVerifier) self = note_verifier_new(parts[0], (NoteAlgorithm)bytes[0], bytes + 1);
    if (self->key_id != GUINT32_FROM_BE(told))
        return refuse(error, COMITY_ERROR_INVALID, "its key id belongs to another name or key");
    return g_steal_pointer(&self);
}

char *note_verifier_text(const NoteVerifier *self)
{
    guint8 typed[1 + ED25519_KEY_SIZE] = {(guint8)self->algorithm};
    memcpy(typed + 1, self->key, ED25519_KEY_SIZE);
    g_autofree char *encoded = base64_encode(typed, sizeof typed);
    return g_strdup_printf("%s+%08x+%s", self->name, self->key_id, encoded);
}

char *cosignature_message(const char *text, gsize length, gint64 time_s)
{
    return g_strdup_printf("cosignature/v1\ntime %" G_GINT64_FORMAT "\n%.*s", time_s, (int)length, text);
}

gboolean note_verifier_knows(const NoteVerifier *self, const NoteSignature *signature)
{
    return self->key_id == signature->key_id && g_str_equal(self->name, signature->name);
}

gboolean note_verifier_check(const NoteVerifier *self, const char *text, gsize length, NoteSignature *signature)
{
    gsize size = 0;
    const guint8 *bytes = g_bytes_get_data(signature->bytes, &size);
    if (self->algorithm == NOTE_ED25519)
        return size == ED25519_SIGNATURE_SIZE && ed25519_verify(self->key, text, length, bytes);
    guint64 time;
    if (size != COSIGNATURE_SIZE)
        return FALSE;
    memcpy(&time, bytes, sizeof time);
    time = GUINT64_FROM_BE(time);
    if (time > G_MAXINT64)
        return FALSE;
    g_autofree char *message = cosignature_message(text, length, (gint64)time);
    if (!ed25519_verify(self->key, message, strlen(message), bytes + sizeof time))
        return FALSE;
    signature->time_s = (gint64)time;
    return TRUE;
}
