/* tests/fuzz/passkey.c: what a browser sends at enrolment and sign-in. The input is parted in two at its first LF:
 * client data, then an attestation object, which also serves as authenticator data and as key. */
#include "crypto/passkey.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const uint8_t *split = length > 0 ? memchr(bytes, '\n', length) : NULL;
    gsize client_length = split != NULL ? (gsize)(split - bytes) : length;
    gsize rest = split != NULL ? length - client_length - 1 : 0;
    g_autoptr(GBytes) client = g_bytes_new(bytes, client_length);
    g_autoptr(GBytes) object = g_bytes_new(split != NULL ? split + 1 : NULL, rest);
    g_autoptr(GBytes) challenge = g_bytes_new_static("0123456789abcdef", 16);
    g_autoptr(Passkey) passkey =
        passkey_register("node.example", "https://node.example", challenge, client, object, NULL);
    if (passkey != NULL) {
        g_autoptr(GBytes) spki = cose_to_spki(passkey->cose, NULL);
        g_assert(spki != NULL && g_bytes_equal(spki, passkey->spki));
    }
    static const guint8 known[42] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20, 0x7a};
    g_autoptr(GBytes) cose = g_bytes_new_static(known, sizeof known);
    const Hash hash = {.bytes = {0}};
    const Assertion assertion = {"AA", object, client, object};
    guint32 counter = 0;
    gboolean good = passkey_verify(cose, "node.example", "https://node.example", &hash, &assertion, &counter, NULL);
    g_assert(!good); /* nobody has signed anything */
    g_autoptr(GBytes) none G_GNUC_UNUSED = cose_to_spki(object, NULL);
    return 0;
}
