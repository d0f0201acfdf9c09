/* crypto/chunked.h: C2SP chunked-encryption, instance Cobblestone-256 (docs/format.md says it by the byte).
 *   C1  Chunk i is encrypted at most once under one key: the encrypter only takes full 16 KiB chunks, and the short
 *       last one exactly once, in finish. Whoever keeps a tail for later keeps it elsewhere, under another key.
 *   C2  The commitment is checked before any chunk; no byte leaves that was not authenticated.
 *   C3  The last chunk is shorter than the others (perhaps empty): its absence is a truncation. */
#pragma once
#include "crypto/secret.h"
#include <glib.h>

#define CHUNK_PLAIN 16384
#define CHUNK_SEALED (CHUNK_PLAIN + 16)
#define CHUNKED_HEAD 56 /* salt (24) || commitment (32) */

typedef struct ChunkedKey ChunkedKey; /* one blob's derived key, base nonce, commitment; threads may share it */

/* Derives for @input key, @salt (24 bytes) and @context. New. */
ChunkedKey *chunked_key_new(const Secret *input, const guint8 salt[24], gconstpointer context, gsize context_length);
void chunked_key_free(ChunkedKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChunkedKey, chunked_key_free)
/* The 56 bytes at the start of the ciphertext. */
void chunked_head(const ChunkedKey *self, guint8 out[CHUNKED_HEAD]);
/* Reads a stored head: takes its salt, derives, compares the commitment in constant time (C2). */
ChunkedKey *chunked_key_open(const Secret *input, const guint8 head[CHUNKED_HEAD], gconstpointer context,
                             gsize context_length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Encrypts chunk @index: @length is CHUNK_PLAIN, or less for the last one. @out has room for @length + 16. */
void chunked_encrypt(const ChunkedKey *self, guint64 index, const guint8 *plain, gsize length, guint8 *out);
/* Decrypts; @length counts the 16 tag bytes. FALSE with COMITY_ERROR_DAMAGED. */
gboolean chunked_decrypt(const ChunkedKey *self, guint64 index, const guint8 *sealed, gsize length, guint8 *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sizes. -1 where @sealed can't be the length of a ciphertext, or @plain is negative or over 2^38 chunks. */
gint64 chunked_plain_size(gint64 sealed);
gint64 chunked_sealed_size(gint64 plain);

/* Whole messages in memory, for small blobs and tests. */
GBytes *chunked_encrypt_bytes(const Env *env, const Secret *input, gconstpointer context, gsize context_length,
                              GBytes *plain);
GBytes *chunked_decrypt_bytes(const Secret *input, gconstpointer context, gsize context_length, GBytes *sealed,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
