/* features/people/people.h: who works at this node: accounts, passkeys, invitations, tokens, signing in. */
#pragma once
#include "node/feature.h"

extern const Feature people_feature;

/* For the command line, where nobody is signed in: what these do is recorded as done by the machine's operator, a
 * person of the node's own space who has no passkey. */

/* Invites @name with @roles (people_roles, ended by NULL; may be NULL) by a link that serves once within 72 hours.
 * Whoever was invited by that very name and has not enrolled yet is invited again: the earlier link is withdrawn.
 * @link: out, new; it holds a secret. */
gboolean people_invite(Node *node, const char *name, const char *const *roles, gboolean admin, char **link,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes a token for the person called exactly @person; a machine person of that name, with the role investigator, where
 * there is none. @scopes: of Scope. @expires_ms: 0: in a year. @token: out, new; a secret. COMITY_ERROR_CONFLICT where
 * two persons are called so. */
gboolean people_token_create(Node *node, const char *person, guint scopes, gint64 expires_ms, char **token,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Has no administrator a passkey yet? */
gboolean people_setup_needed(Db *db, gboolean *needed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
