/* crypto/secret.c: see secret.h. A wrapped secret is `0x01 || nonce (12) || ciphertext || tag (16)`. */
#include "crypto/secret.h"
#include "base/error.h"
#include "crypto/digest.h"
#include "crypto/gcm.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define WRAP_VERSION 0x01
#define WRAP_HEAD (1 + GCM_NONCE_SIZE)
#define WRAP_MORE (WRAP_HEAD + GCM_TAG_SIZE)

struct Secret {
    gatomicrefcount references;
    guint8 *bytes; /* SECRET_SIZE, from sodium_malloc; read-only once it is filled */
};

#if defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAK_CHECKED 1
#endif
#endif

static void start_sodium(void)
{
    if (sodium_init() < 0) /* cheap after the first time, and safe from any thread */
        g_error("libsodium does not start");
}

void secret_init(void)
{
    start_sodium();
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_CORE, &none) == -1)
        g_error("Core dumps can't be forbidden: %s", g_strerror(errno));
#ifndef LEAK_CHECKED /* LeakSanitizer traces its own process at exit */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
        g_error("Tracing can't be forbidden: %s", g_strerror(errno));
#endif
}

static gpointer allocate(gsize length)
{
    start_sodium();
    gpointer bytes = sodium_malloc(length);
    if (bytes == NULL)
        g_error("No memory for a secret");
    return bytes;
}

static Secret *new_empty(void)
{
    Secret *self = g_new(Secret, 1);
    g_atomic_ref_count_init(&self->references);
    self->bytes = allocate(SECRET_SIZE);
    return self;
}

/* The secret is filled: from here on nothing writes there. */
static Secret *close_filled(Secret *self)
{
    sodium_mprotect_readonly(self->bytes);
    return self;
}

Secret *secret_new_random(const Env *env)
{
    Secret *self = new_empty();
    env_random(env, self->bytes, SECRET_SIZE);
    return close_filled(self);
}

Secret *secret_new_copy(gconstpointer bytes)
{
    Secret *self = new_empty();
    memcpy(self->bytes, bytes, SECRET_SIZE);
    return close_filled(self);
}

Secret *secret_ref(Secret *self)
{
    g_atomic_ref_count_inc(&self->references);
    return self;
}

void secret_unref(Secret *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->references))
        return;
    sodium_free(self->bytes); /* wipes */
    g_free(self);
}

const guint8 *secret_bytes(const Secret *self)
{
    return self->bytes;
}

Secret *secret_derive(const Secret *master, const char *purpose)
{
    static const char domain[] = "comity/key/v1"; /* its final 0 is the separator */
    g_autoptr(GByteArray) info = g_byte_array_new();
    g_byte_array_append(info, (const guint8 *)domain, sizeof domain);
    g_byte_array_append(info, (const guint8 *)purpose, (guint)strlen(purpose));
    Secret *self = new_empty();
    hkdf_sha512(master->bytes, SECRET_SIZE, info->data, info->len, self->bytes, SECRET_SIZE);
    return close_filled(self);
}

GBytes *secret_wrap_bytes(const Env *env, const Secret *wrapping, const char *what, gconstpointer bytes, gsize length)
{
    g_autofree guint8 *wrapped = g_malloc(length + WRAP_MORE);
    wrapped[0] = WRAP_VERSION;
    env_random(env, wrapped + 1, GCM_NONCE_SIZE);
    g_autoptr(Gcm) gcm = gcm_new(wrapping->bytes);
    gcm_encrypt(gcm, wrapped + 1, what, strlen(what), bytes, length, wrapped + WRAP_HEAD);
    return g_bytes_new_take(g_steal_pointer(&wrapped), length + WRAP_MORE);
}

/* Unwraps @length plain bytes into @out. */
static gboolean unwrap(const Secret *wrapping, const char *what, GBytes *wrapped, gsize length, guint8 *out,
                       GError **error)
{
    gsize given = 0;
    const guint8 *bytes = g_bytes_get_data(wrapped, &given);
    g_autoptr(Gcm) gcm = gcm_new(wrapping->bytes);
    if (given == length + WRAP_MORE && bytes[0] == WRAP_VERSION &&
        gcm_decrypt(gcm, bytes + 1, what, strlen(what), bytes + WRAP_HEAD, given - WRAP_HEAD, out))
        return TRUE;
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                "What was encrypted as “%s” does not open: it is damaged, or the key is another.", what);
    return FALSE;
}

GBytes *secret_unwrap_bytes(const Secret *wrapping, const char *what, GBytes *wrapped, GError **error)
{
    gsize given = g_bytes_get_size(wrapped);
    gsize length = given < WRAP_MORE ? 0 : given - WRAP_MORE;
    guint8 *bytes = allocate(MAX(length, 1));
    if (!unwrap(wrapping, what, wrapped, length, bytes, error)) {
        sodium_free(bytes);
        return NULL;
    }
    return g_bytes_new_with_free_func(bytes, length, sodium_free, bytes);
}

GBytes *secret_wrap(const Env *env, const Secret *wrapping, const char *what, const Secret *secret)
{
    return secret_wrap_bytes(env, wrapping, what, secret->bytes, SECRET_SIZE);
}

Secret *secret_unwrap(const Secret *wrapping, const char *what, GBytes *wrapped, GError **error)
{
    g_autoptr(Secret) self = new_empty();
    if (!unwrap(wrapping, what, wrapped, SECRET_SIZE, self->bytes, error))
        return NULL;
    return close_filled(g_steal_pointer(&self));
}
