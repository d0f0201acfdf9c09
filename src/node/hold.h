/* node/hold.h: after an old copy was put back, what only one party may decide waits (design: "Never fork").
 *
 * Idea: what was written since the copy is lost here, and may have been shown to others. A second closing or sealing beside
 * a lost one would stand as well. So nothing exclusive, no offer and no answer goes to a lane whose feed had to go on
 * in a new epoch until an administrator has confirmed that nothing can be got back.
 *   H1  The hold begins with each incarnation, in its transaction, and bears the epoch of the node's own feed.
 *   H2  It ends with a restoration.confirmed in the node's own lane, in that act's transaction, and with nothing else.
 *   H3  A lane that was chartered since is free: nothing of it can be lost. */
#pragma once
#include "node/tx.h"

typedef struct LaneEntry LaneEntry; /* lanes.h */

/* The epoch that the hold bears; *@epoch NULL: there is none. New. */
gboolean hold_find(Db *db, char **epoch, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* H1. @own: the node's own lane, in its new epoch. */
gboolean tx_hold_begin(Tx *tx, const LaneEntry *own, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* H2; what was to be known of it is settled. */
gboolean tx_hold_end(Tx *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* May an act of @type go to the lane of @entry now? COMITY_ERROR_CONFLICT, restore.unconfirmed. */
gboolean tx_hold_allows(Tx *tx, const LaneEntry *entry, const ActType *type, GError **error) G_GNUC_WARN_UNUSED_RESULT;
