/* crypto/chunked.c: see chunked.h. */
#include "crypto/chunked.h"
#include "base/error.h"
#include "crypto/digest.h"
#include "crypto/gcm.h"
#include <sodium.h>
#include <string.h>

#define SALT_SIZE 24
#define COMMITMENT_SIZE 32
#define CHUNKS_MAX (G_GUINT64_CONSTANT(1) << 38)
/* The greatest message: all chunks full but the last, which misses one byte. */
#define PLAIN_MAX ((gint64)(CHUNKS_MAX * CHUNK_PLAIN - 1))

struct ChunkedKey {
    Gcm *gcm;
    guint8 base_nonce[GCM_NONCE_SIZE];
    guint8 head[CHUNKED_HEAD]; /* salt || commitment */
};

ChunkedKey *chunked_key_new(const Secret *input, const guint8 salt[SALT_SIZE], gconstpointer context,
                            gsize context_length)
{
    static const char domain[] = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"; /* its final 0 belongs to it */
    g_autoptr(GByteArray) info = g_byte_array_new();
    g_byte_array_append(info, (const guint8 *)domain, sizeof domain);
    g_byte_array_append(info, salt, SALT_SIZE);
    if (context_length > 0)
        g_byte_array_append(info, context, (guint)context_length);
    guint8 derived[GCM_KEY_SIZE + GCM_NONCE_SIZE + COMMITMENT_SIZE];
    hkdf_sha512_expand(secret_bytes(input), SECRET_SIZE, info->data, info->len, derived, sizeof derived);
    ChunkedKey *self = g_new(ChunkedKey, 1);
    self->gcm = gcm_new(derived);
    memcpy(self->base_nonce, derived + GCM_KEY_SIZE, GCM_NONCE_SIZE);
    memcpy(self->head, salt, SALT_SIZE);
    memcpy(self->head + SALT_SIZE, derived + GCM_KEY_SIZE + GCM_NONCE_SIZE, COMMITMENT_SIZE);
    sodium_memzero(derived, sizeof derived);
    return self;
}

void chunked_key_free(ChunkedKey *self)
{
    if (self == NULL)
        return;
    gcm_free(self->gcm);
    sodium_memzero(self, sizeof *self);
    g_free(self);
}

void chunked_head(const ChunkedKey *self, guint8 out[CHUNKED_HEAD])
{
    memcpy(out, self->head, CHUNKED_HEAD);
}

ChunkedKey *chunked_key_open(const Secret *input, const guint8 head[CHUNKED_HEAD], gconstpointer context,
                             gsize context_length, GError **error)
{
    g_autoptr(ChunkedKey) self = chunked_key_new(input, head, context, context_length);
    if (sodium_memcmp(self->head, head, CHUNKED_HEAD) != 0) { /* C2 */
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                            "The file's head does not fit its key: it is damaged, or belongs to another file.");
        return NULL;
    }
    return g_steal_pointer(&self);
}

/* The nonce of chunk @index: the base nonce, its last 8 bytes XOR the number. */
static void write_nonce(const ChunkedKey *self, guint64 index, guint8 out[GCM_NONCE_SIZE])
{
    memcpy(out, self->base_nonce, GCM_NONCE_SIZE);
    for (gsize n = GCM_NONCE_SIZE; index > 0; index >>= 8)
        out[--n] ^= (guint8)(index & 0xff);
}

void chunked_encrypt(const ChunkedKey *self, guint64 index, const guint8 *plain, gsize length, guint8 *out)
{
    g_assert(index < CHUNKS_MAX && length <= CHUNK_PLAIN);
    guint8 nonce[GCM_NONCE_SIZE];
    write_nonce(self, index, nonce);
    gcm_encrypt(self->gcm, nonce, NULL, 0, plain, length, out);
}

gboolean chunked_decrypt(const ChunkedKey *self, guint64 index, const guint8 *sealed, gsize length, guint8 *out,
                         GError **error)
{
    if (index < CHUNKS_MAX && length >= GCM_TAG_SIZE && length <= CHUNK_SEALED) {
        guint8 nonce[GCM_NONCE_SIZE];
        write_nonce(self, index, nonce);
        if (gcm_decrypt(self->gcm, nonce, NULL, 0, sealed, length, out))
            return TRUE;
    }
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                "The encrypted file is damaged in chunk %" G_GUINT64_FORMAT ".", index);
    return FALSE;
}

gint64 chunked_plain_size(gint64 sealed)
{
    gint64 chunks = (sealed - CHUNKED_HEAD) / CHUNK_SEALED; /* full ones */
    gint64 last = (sealed - CHUNKED_HEAD) % CHUNK_SEALED;
    if (sealed < CHUNKED_HEAD || last < GCM_TAG_SIZE || chunks >= (gint64)CHUNKS_MAX)
        return -1;
    return chunks * CHUNK_PLAIN + last - GCM_TAG_SIZE;
}

gint64 chunked_sealed_size(gint64 plain)
{
    if (plain < 0 || plain > PLAIN_MAX)
        return -1;
    return CHUNKED_HEAD + plain + (plain / CHUNK_PLAIN + 1) * GCM_TAG_SIZE;
}

GBytes *chunked_encrypt_bytes(const Env *env, const Secret *input, gconstpointer context, gsize context_length,
                              GBytes *plain)
{
    guint8 salt[SALT_SIZE];
    env_random(env, salt, sizeof salt);
    g_autoptr(ChunkedKey) key = chunked_key_new(input, salt, context, context_length);
    gsize left = 0;
    const guint8 *from = g_bytes_get_data(plain, &left);
    gsize size = (gsize)chunked_sealed_size((gint64)left);
    guint8 *sealed = g_malloc(size);
    chunked_head(key, sealed);
    guint8 *to = sealed + CHUNKED_HEAD;
    guint64 index = 0;
    for (; left >= CHUNK_PLAIN; index++, from += CHUNK_PLAIN, to += CHUNK_SEALED, left -= CHUNK_PLAIN)
        chunked_encrypt(key, index, from, CHUNK_PLAIN, to);
    chunked_encrypt(key, index, from, left, to); /* C3 */
    return g_bytes_new_take(sealed, size);
}

GBytes *chunked_decrypt_bytes(const Secret *input, gconstpointer context, gsize context_length, GBytes *sealed,
                              GError **error)
{
    gsize size = 0;
    const guint8 *from = g_bytes_get_data(sealed, &size);
    gint64 length = chunked_plain_size((gint64)size);
    if (length < 0) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "%" G_GSIZE_FORMAT " bytes can't be an encrypted file: the end is missing, or too much is there.",
                    size);
        return NULL;
    }
    g_autoptr(ChunkedKey) key = chunked_key_open(input, from, context, context_length, error);
    if (key == NULL)
        return NULL;
    g_autofree guint8 *plain = g_malloc((gsize)length + 1);
    const guint8 *end = from + size;
    guint8 *to = plain;
    from += CHUNKED_HEAD;
    for (guint64 index = 0; from < end; index++, from += CHUNK_SEALED, to += CHUNK_PLAIN) {
        if (!chunked_decrypt(key, index, from, MIN((gsize)(end - from), CHUNK_SEALED), to, error))
            return NULL;
        if (end - from < CHUNK_SEALED)
            break;
    }
    return g_bytes_new_take(g_steal_pointer(&plain), (gsize)length);
}
