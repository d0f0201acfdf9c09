/* crypto/secret.h: 32 secret bytes in locked, guarded memory (sodium_malloc), wiped when freed. */
#pragma once
#include "base/env.h"
#include <glib.h>

#define SECRET_SIZE 32

typedef struct Secret Secret;

/* Starts libsodium, forbids core dumps and ptrace (PR_SET_DUMPABLE 0, RLIMIT_CORE 0). Once, first thing in main. */
void secret_init(void);
Secret *secret_new_random(const Env *env);
Secret *secret_new_copy(gconstpointer bytes); /* of 32 bytes; the caller wipes its own */
Secret *secret_ref(Secret *self);
void secret_unref(Secret *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_unref)
const guint8 *secret_bytes(const Secret *self); /* 32 bytes, readable while @self lives */

/* derive(purpose) of the format: HKDF-SHA-512 of @master, info "comity/key/v1" 0x00 @purpose, 32 bytes. */
Secret *secret_derive(const Secret *master, const char *purpose);

/* AES-256-GCM under @wrapping with a random nonce; AAD @what ("blob/<name>", "lane/<id>"). 0x01 || nonce || ct || tag.
 */
GBytes *secret_wrap(const Env *env, const Secret *wrapping, const char *what, const Secret *secret);
Secret *secret_unwrap(const Secret *wrapping, const char *what, GBytes *wrapped,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for any bytes (keyring file, upload tails). */
GBytes *secret_wrap_bytes(const Env *env, const Secret *wrapping, const char *what, gconstpointer bytes, gsize length);
GBytes *secret_unwrap_bytes(const Secret *wrapping, const char *what, GBytes *wrapped,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
