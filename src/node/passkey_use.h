/* node/passkey_use.h: the passkeys that a person stands introduced with at this node, and what is noted when one is
 * used. K1  A passkey counts from its introduction in the node's own lane to the next that leaves it out; nowhere else
 * is asked. */
#pragma once
#include "node/tx.h"

/* Credential ids (base64url) of @person's passkeys: an array of texts. New reference. */
json_t *passkey_credentials(Node *node, Db *db, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The public key (COSE_Key) of @person's passkey @credential; COMITY_ERROR_NOT_FOUND where it is none of theirs. New.
 */
GBytes *passkey_cose(Node *node, Db *db, const char *person, const char *credential,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes that it was used, with the authenticator's @counter. One that does not go up may mean a copy: it is not
 * refused, but the person and the administrators get a notice. */
gboolean tx_passkey_used(Tx *tx, const char *person, const char *credential, guint32 counter,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* It was removed: its use and its notices are over. */
gboolean tx_passkey_forget(Tx *tx, const char *credential, GError **error) G_GNUC_WARN_UNUSED_RESULT;
