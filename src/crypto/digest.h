/* crypto/digest.h: SHA-256 and what is built on it. OpenSSL does the work (its SHA-NI path is 5 times libsodium's). */
#pragma once
#include <glib.h>

#define HASH_SIZE 32
#define HASH_HEX_SIZE 65

typedef struct {
    guint8 bytes[HASH_SIZE];
} Hash;

Hash sha256(gconstpointer bytes, gsize length);
/* SHA-256 over @prefix and two runs (RFC 6962's leaf and node hashes). Fast: no allocation. */
Hash sha256_prefixed(guint8 prefix, gconstpointer a, gsize a_length, gconstpointer b, gsize b_length);
Hash sha256_joined(gconstpointer a, gsize a_length, gconstpointer b, gsize b_length); /* of @a and then @b */
gboolean hash_equal(const Hash *a, const Hash *b); /* not constant time: hashes here are public */
gboolean hash_is_zero(const Hash *hash);
void hash_write(char out[HASH_HEX_SIZE], const Hash *hash);
char *hash_text(const Hash *hash);               /* new string of 64 hex digits */
gboolean hash_read(const char *text, Hash *out); /* exactly 64 lower-case hex digits at @text */
guint hash_table_hash(gconstpointer hash);       /* for GHashTable with Hash* keys */
gboolean hash_table_equal(gconstpointer a, gconstpointer b);

typedef struct Sha256 Sha256; /* a running hash */
Sha256 *sha256_new(void);
void sha256_free(Sha256 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sha256, sha256_free)
void sha256_update(Sha256 *self, gconstpointer bytes, gsize length);
Sha256 *sha256_copy(const Sha256 *self);
Hash sha256_finish(const Sha256 *self); /* of what came so far; more may follow */

Hash hmac_sha256(gconstpointer key, gsize key_length, gconstpointer bytes, gsize length);
/* RFC 5869 with SHA-512: extract with no salt, then expand to @out_length. */
void hkdf_sha512(gconstpointer key, gsize key_length, gconstpointer info, gsize info_length, gpointer out,
                 gsize out_length);
/* Expand only (C2SP chunked-encryption). @key is the pseudo-random key. */
void hkdf_sha512_expand(gconstpointer key, gsize key_length, gconstpointer info, gsize info_length, gpointer out,
                        gsize out_length);
