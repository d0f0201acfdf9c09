/* crypto/gcm.h: AES-256-GCM with 96-bit nonces under one key. Inside crypto/ only: chunked.h (a counter) and secret.h
 * (at random) decide who may use which nonce, and nobody else.
 *   G1  Two contexts are made once, with the key: a chunk then costs no look-up, no key schedule, no allocation.
 *   G2  Decrypting fails as a whole: the output is wiped, and nothing says what differed.
 * Safe from several threads; they take turns. */
#pragma once
#include <glib.h>

#define GCM_KEY_SIZE 32
#define GCM_NONCE_SIZE 12
#define GCM_TAG_SIZE 16

typedef struct Gcm Gcm;

/* @key: copied into OpenSSL, which wipes it when freed; the caller wipes its own. New. */
Gcm *gcm_new(const guint8 key[GCM_KEY_SIZE]);
void gcm_free(Gcm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gcm, gcm_free)

/* Encrypts @length bytes into @out, which has room for @length + 16: ciphertext, then tag. @extra is authenticated with
 * it. The nonce must never come twice under this key. */
void gcm_encrypt(Gcm *self, const guint8 nonce[GCM_NONCE_SIZE], gconstpointer extra, gsize extra_length,
                 const guint8 *plain, gsize length, guint8 *out);

/* Decrypts @length bytes (tag included, at least 16) into @out, which has room for @length - 16. FALSE where anything
 * differs from what was encrypted. */
gboolean gcm_decrypt(Gcm *self, const guint8 nonce[GCM_NONCE_SIZE], gconstpointer extra, gsize extra_length,
                     const guint8 *sealed, gsize length, guint8 *out) G_GNUC_WARN_UNUSED_RESULT;
