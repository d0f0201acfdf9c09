/* tests/unit/support/soft-authenticator.h: a passkey in software, for tests: it answers as an authenticator and its
 * browser do together, and lies about any one thing when told to.
 *   A1  Everything that it signs is real; what a test changes is a public field, so that a refusal has one cause. */
#pragma once
#include "crypto/digest.h"
#include <jansson.h>
#include <openssl/evp.h>

enum {
    SOFT_UP = 0x01, /* somebody was there */
    SOFT_UV = 0x04, /* it was the owner */
    SOFT_BE = 0x08, /* the key may be backed up */
    SOFT_BS = 0x10, /* it is */
};

typedef struct {
    int algorithm; /* COSE: -7, -8, -257 */
    EVP_PKEY *key;
    guint8 id[32]; /* of the credential */
    char *rp_id, *origin;
    guint8 flags;        /* SOFT_UP | SOFT_UV at first */
    guint32 counter;     /* goes up by one at each use */
    GBytes *user_handle; /* what the site gave at enrolment; NULL: none */
    const char *extra;   /* further members of the client data, beginning with a comma; NULL: none */
    gboolean flip;       /* breaks the signature by one bit */
} SoftAuthenticator;

/* A key for @algorithm (-7, -8 or -257) at @origin ("http://localhost:8420"); the RP id is its host. */
SoftAuthenticator *soft_authenticator_new(int algorithm, const char *origin);
void soft_authenticator_free(SoftAuthenticator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SoftAuthenticator, soft_authenticator_free)

char *soft_authenticator_credential(const SoftAuthenticator *self); /* base64url; new string */
GBytes *soft_authenticator_cose(const SoftAuthenticator *self);     /* COSE_Key; new */

/* Enrolment: {"client_data", "attestation_object"}, base64url, over @challenge (base64url). New reference. */
json_t *soft_authenticator_register(SoftAuthenticator *self, const char *challenge);
/* Use: {"credential", "authenticator_data", "client_data", "signature"} over @challenge (base64url). New reference. */
json_t *soft_authenticator_assert(SoftAuthenticator *self, const char *challenge);
