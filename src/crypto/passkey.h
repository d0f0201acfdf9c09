/* crypto/passkey.h: WebAuthn without a browser in sight: what a server checks at enrolment and sign-in, and what a
 * verifier checks offline years later (W3C Web Authentication level 3, sections 7.1 and 7.2).
 *   P1  Only EdDSA (-8), ES256 (-7) and RS256 (-257). The public key is kept as COSE and as SPKI, so that plain OpenSSL
 *       can verify.
 *   P2  Checked always: type, challenge, origin, no crossOrigin, no topOrigin, RP id hash, UP, UV, no BS without BE.
 *   P3  The JSON is parsed (strictly, base/json.h J2, at most CLIENT_DATA_LIMIT bytes), never compared with a template;
 *       unknown members are allowed. Of authenticator data the first 37 bytes are read; the rest is signed with
 *       them and not looked at. */
#pragma once
#include "crypto/cose.h"
#include "crypto/digest.h"
#include <glib.h>

#define CLIENT_DATA_LIMIT (16 * 1024)

typedef struct {
    char *id;        /* credential id, base64url */
    GBytes *cose;    /* public key as COSE_Key */
    GBytes *spki;    /* the same as DER SubjectPublicKeyInfo */
    int algorithm;   /* -8, -7, -257 */
    guint32 counter; /* as of the last use */
    gboolean backed_up, backup_eligible;
    char *aaguid; /* 32 hex digits */
} Passkey;
void passkey_free(Passkey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Passkey, passkey_free)

/* An assertion as the browser gave it. All borrowed for the call. */
typedef struct {
    const char *credential; /* base64url */
    GBytes *authenticator_data;
    GBytes *client_data; /* JSON */
    GBytes *signature;
} Assertion;

/* Checks a registration: @client_data JSON and @attestation_object CBOR (attestation "none" or any; not trusted).
 * @challenge: the raw bytes that were sent. New, or NULL with COMITY_ERROR_INVALID and the reason. */
Passkey *passkey_register(const char *rp_id, const char *origin, GBytes *challenge, GBytes *client_data,
                          GBytes *attestation_object, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks @assertion against the key @cose (P2). @counter: out, the authenticator's counter; may be NULL. */
gboolean passkey_verify(GBytes *cose, const char *rp_id, const char *origin, const Hash *challenge,
                        const Assertion *assertion, guint32 *counter, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with a key that is kept (cose_key_new), for a verifier of many confirmations: it saves a fifth of the time.
 */
gboolean passkey_verify_with(const CoseKey *key, const char *rp_id, const char *origin, const Hash *challenge,
                             const Assertion *assertion, guint32 *counter, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* COSE_Key to SPKI; NULL where it is none of P1's. Used by verifiers that hold COSE only, and to compare the two. */
GBytes *cose_to_spki(GBytes *cose, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SHA-256("comity/act/v1" 0x00 act): what a person confirms. */
Hash confirmation_challenge(gconstpointer act, gsize length);
/* SHA-256("comity/sign-in/v1" 0x00 @nonce (32 bytes)): can never be the above. */
Hash sign_in_challenge(const guint8 nonce[32]);
