/* crypto/passphrase.c: see passphrase.h. */
#include "crypto/passphrase.h"
#include "base/error.h"
#include "base/text.h"
#include <sodium.h>
#include <string.h>

/* What a file may ask of this machine before anything in it is authenticated. */
#define OPERATIONS_MAX 64
#define MEMORY_MAX (G_GUINT64_CONSTANT(4) << 30)

G_STATIC_ASSERT(PASSPHRASE_SALT_SIZE == crypto_pwhash_argon2id_SALTBYTES);

PassphraseLimits passphrase_limits_new(const Env *env)
{
    PassphraseLimits self = {
        .operations = crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
        .memory = crypto_pwhash_argon2id_MEMLIMIT_MODERATE,
    };
    env_random(env, self.salt, sizeof self.salt);
    return self;
}

char *passphrase_limits_text(const PassphraseLimits *self)
{
    g_autofree char *salt = hex_encode(self->salt, sizeof self->salt);
    return g_strdup_printf("argon2id %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n", self->operations, self->memory,
                           salt);
}

PassphraseLimits passphrase_limits_read(Reader *reader)
{
    PassphraseLimits self = {.operations = 0};
    reader_expect(reader, "argon2id ");
    self.operations = reader_decimal(reader);
    reader_expect(reader, " ");
    self.memory = reader_decimal(reader);
    reader_expect(reader, " ");
    const guint8 *salt = reader_take(reader, 2 * (gsize)PASSPHRASE_SALT_SIZE);
    reader_expect(reader, "\n");
    if (reader->failed || !hex_read((const char *)salt, self.salt, sizeof self.salt) ||
        self.operations < crypto_pwhash_argon2id_OPSLIMIT_MIN || self.operations > OPERATIONS_MAX ||
        self.memory < crypto_pwhash_argon2id_MEMLIMIT_MIN || self.memory > MEMORY_MAX)
        reader->failed = TRUE;
    return self;
}

Secret *passphrase_key(const PassphraseLimits *self, const char *passphrase, guint8 check[PASSPHRASE_CHECK_SIZE],
                       GError **error)
{
    guint8 derived[SECRET_SIZE + PASSPHRASE_CHECK_SIZE];
    int failed = crypto_pwhash_argon2id(derived, sizeof derived, passphrase, strlen(passphrase), self->salt,
                                        self->operations, self->memory, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    if (failed) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_IO,
                    "The passphrase needs %" G_GUINT64_FORMAT " MiB of memory, which this machine does not give.",
                    self->memory >> 20);
        return NULL;
    }
    Secret *key = secret_new_copy(derived);
    if (check != NULL)
        memcpy(check, derived + SECRET_SIZE, PASSPHRASE_CHECK_SIZE);
    sodium_memzero(derived, sizeof derived);
    return key;
}
