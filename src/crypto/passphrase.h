/* crypto/passphrase.h: a key from a passphrase, by Argon2id. Salt and limits are written beside what the key opens, in
 * one line `argon2id <operations> <memory in bytes> <salt, 32 hex digits>`, so that they may grow over the years.
 * Inside crypto/ only. */
#pragma once
#include "base/reader.h"
#include "crypto/secret.h"

#define PASSPHRASE_SALT_SIZE 16
#define PASSPHRASE_CHECK_SIZE 16

typedef struct {
    guint64 operations; /* passes over the memory */
    guint64 memory;     /* bytes */
    guint8 salt[PASSPHRASE_SALT_SIZE];
} PassphraseLimits;

/* libsodium's moderate limits (3 passes over 256 MiB: under a second) and a fresh salt. */
PassphraseLimits passphrase_limits_new(const Env *env);
/* The line, with its LF. New string. */
char *passphrase_limits_text(const PassphraseLimits *self);
/* Reads the line; @reader fails where it is none, or asks for more than 4 GiB or 64 passes. */
PassphraseLimits passphrase_limits_read(Reader *reader);

/* The key. @check: 16 bytes that tell a mistyped passphrase and betray nothing of the key; may be NULL. NULL with
 * COMITY_ERROR_IO where there is not enough memory. */
Secret *passphrase_key(const PassphraseLimits *self, const char *passphrase, guint8 check[PASSPHRASE_CHECK_SIZE],
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
