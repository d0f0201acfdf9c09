/* features/operation/identity.c: taking the identity key off the machine: written under a passphrase, then deleted here. What
 * was handed out is never lost again: the key goes only once the caller has it. */
#include "base/error.h"
#include "features/operation/private.h"
#include "node/state.h"

char *identity_take_off(Node *node, const char *passphrase, GError **error)
{
    if (!keyring_identity(node_keyring(node))) {
        error_set(error, COMITY_ERROR_CONFLICT, "identity.taken_off", "",
                  "The identity key is not on this machine any more.");
        return NULL;
    }
    if (g_utf8_strlen(passphrase, -1) < 12) {
        error_set(error, COMITY_ERROR_INVALID, "identity.passphrase", "/passphrase",
                  "The passphrase needs at least 12 characters.");
        return NULL;
    }
    return keyring_export_identity(node_keyring(node), node_env(node), passphrase, error);
}
