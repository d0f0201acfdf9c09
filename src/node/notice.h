/* node/notice.h: what somebody has to know until it is settled: a passkey that may have been copied, an invitation that
 * names somebody wrongly. A row of this node, for one person or for all administrators; the web app has the words.
 *   W1  One thing is said once: a second notice with the same code about the same thing changes nothing.
 *   W2  Whoever let a notice go is not told of it again. What is dangerous cannot be let go: it stands until it is settled. */
#pragma once
#include "node/tx.h"

/* An old copy was put back, and nobody has confirmed yet that the node goes on without what is lost (hold.h). */
#define NOTICE_RESTORED "node.restored"
#define ABOUT_NODE "node" /* what that is about, however often it happens */

typedef enum { NOTICE_INFO, NOTICE_WARNING, NOTICE_DANGER } NoticeSeverity;

/* @code: "passkey.counter". @person: for whom; NULL: administrators. @about: what it is about. @values: for the
 * sentence, borrowed; may be NULL. Tells the live streams of those concerned after the commit. */
gboolean tx_notice_put(Tx *tx, const char *code, NoticeSeverity severity, const char *person, const char *about,
                       const json_t *values, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* It is settled. */
gboolean tx_notice_settle(Tx *tx, const char *code, const char *about, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @person lets the notice @id go (W2). COMITY_ERROR_NOT_FOUND where it is not told of it, COMITY_ERROR_CONFLICT
 * (notice.danger). */
gboolean tx_notice_dismiss(Tx *tx, const Principal *person, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What @principal has to know, the newest first: [{id, code, severity, since, values}]; with @all also what they let go.
 * New reference. */
json_t *notice_list(Db *db, const Principal *principal, gboolean all, GError **error) G_GNUC_WARN_UNUSED_RESULT;
