/* crypto/cose.h: the public keys of passkeys (RFC 9053), and the signatures that they check.
 *   O1  A key has one spelling: CTAP2's canonical CBOR with exactly the members of its kind. So it is compared with the
 *       three spellings that there are, and never decoded.
 *        ES256  a5 01 02 03 26     20 01 21 58 20 <x, 32> 22 58 20 <y, 32>
 *        EdDSA  a4 01 01 03 27     20 06 21 58 20 <x, 32>
 *        RS256  a4 01 03 03 390100 20 59 <length of n, 2> <n, 256 to 512> 21 43 <e, 3>
 *   O2  EdDSA goes by the one strict rule of note.h; ES256 signatures are strict DER; RS256 is PKCS #1 v1.5. */
#pragma once
#include <glib.h>

typedef enum { COSE_KEY_ES256 = -7, COSE_KEY_EDDSA = -8, COSE_KEY_RS256 = -257 } CoseAlgorithm;

typedef struct CoseKey CoseKey; /* never changes: any thread may check with it */

/* The key that is the whole of @bytes. New; NULL with COMITY_ERROR_INVALID where it is none of the three, or no point
 * of its curve. */
CoseKey *cose_key_new(const guint8 *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cose_key_free(CoseKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CoseKey, cose_key_free)

/* How many bytes the key at the start of @bytes takes; 0 where there is none. */
gsize cose_key_length(const guint8 *bytes, gsize length);
CoseAlgorithm cose_key_algorithm(const CoseKey *self);
/* DER SubjectPublicKeyInfo. New. */
GBytes *cose_key_spki(const CoseKey *self);
/* Whether @signature is one by this key over @message. */
gboolean cose_key_verify(const CoseKey *self, gconstpointer message, gsize length, gconstpointer signature,
                         gsize signature_length);
