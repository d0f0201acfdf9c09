/* crypto/gcm.c: see gcm.h. OpenSSL does the work. */
#include "crypto/gcm.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>

struct Gcm {
    GMutex turn; /* of both contexts */
    EVP_CIPHER_CTX *encrypt;
    EVP_CIPHER_CTX *decrypt;
};

Gcm *gcm_new(const guint8 key[GCM_KEY_SIZE])
{
    Gcm *self = g_new0(Gcm, 1);
    g_mutex_init(&self->turn);
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    self->encrypt = EVP_CIPHER_CTX_new();
    self->decrypt = EVP_CIPHER_CTX_new();
    gboolean done = algorithm != NULL && EVP_EncryptInit_ex2(self->encrypt, algorithm, key, NULL, NULL) == 1 &&
                    EVP_DecryptInit_ex2(self->decrypt, algorithm, key, NULL, NULL) == 1;
    if (!done)
        g_error("OpenSSL offers no AES-256-GCM");
    EVP_CIPHER_free(algorithm); /* the contexts keep it */
    return self;
}

void gcm_free(Gcm *self)
{
    if (self == NULL)
        return;
    EVP_CIPHER_CTX_free(self->encrypt);
    EVP_CIPHER_CTX_free(self->decrypt);
    g_mutex_clear(&self->turn);
    g_free(self);
}

void gcm_encrypt(Gcm *self, const guint8 nonce[GCM_NONCE_SIZE], gconstpointer extra, gsize extra_length,
                 const guint8 *plain, gsize length, guint8 *out)
{
    g_assert(length <= G_MAXINT - GCM_TAG_SIZE && extra_length <= G_MAXINT);
    g_autoptr(GMutexLocker) turn G_GNUC_UNUSED = g_mutex_locker_new(&self->turn);
    EVP_CIPHER_CTX *context = self->encrypt;
    int written = 0;
    gboolean done = EVP_EncryptInit_ex2(context, NULL, NULL, nonce, NULL) == 1;
    if (extra_length > 0)
        done = done && EVP_EncryptUpdate(context, NULL, &written, extra, (int)extra_length) == 1;
    if (length > 0)
        done = done && EVP_EncryptUpdate(context, out, &written, plain, (int)length) == 1;
    done = done && EVP_EncryptFinal_ex(context, out + length, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_SIZE, out + length) == 1;
    g_assert(done); /* encrypting memory can't fail */
}

gboolean gcm_decrypt(Gcm *self, const guint8 nonce[GCM_NONCE_SIZE], gconstpointer extra, gsize extra_length,
                     const guint8 *sealed, gsize length, guint8 *out)
{
    g_assert(length >= GCM_TAG_SIZE && length <= G_MAXINT && extra_length <= G_MAXINT);
    g_autoptr(GMutexLocker) turn G_GNUC_UNUSED = g_mutex_locker_new(&self->turn);
    EVP_CIPHER_CTX *context = self->decrypt;
    gsize plain = length - GCM_TAG_SIZE;
    guint8 none;
    int written = 0;
    gboolean good = EVP_DecryptInit_ex2(context, NULL, NULL, nonce, NULL) == 1;
    if (extra_length > 0)
        good = good && EVP_DecryptUpdate(context, NULL, &written, extra, (int)extra_length) == 1;
    if (plain > 0)
        good = good && EVP_DecryptUpdate(context, out, &written, sealed, (int)plain) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_SIZE, (gpointer)(sealed + plain)) == 1 &&
           EVP_DecryptFinal_ex(context, &none, &written) == 1;
    if (!good && plain > 0)
        OPENSSL_cleanse(out, plain);
    return good;
}
