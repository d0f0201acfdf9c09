/* node/anchors.h: when the node anchors its feeds, and what it keeps of that (ledger/anchor.h has the arithmetic).
 *   N1  Every 10 minutes in which a feed grew, once a day in any case, and at once for an export.
 *   N2  What an anchor covered is kept as changes: anchor i is rebuilt from each feed's newest row up to i. */
#pragma once
#include "ledger/anchor.h"
#include "node/node.h"

/* Anchors all own feeds now. @number: out, its index; may be NULL. Not on the writer thread. */
gboolean node_anchor(Node *self, guint64 *number, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same only where N1 says that it is time. */
gboolean node_anchor_if_due(Node *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first anchor of the log @origin whose checkpoint has more than @seq records. FALSE in @found: none. */
typedef struct {
    guint64 number;
    guint64 size; /* of the anchored checkpoint */
    Hash root;
    gint64 created_ms;
} AnchorRow;
gboolean anchor_find(Db *db, const char *origin, guint64 seq, AnchorRow *row, gboolean *found,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Every checkpoint of @origin that was anchored, the oldest first (of AnchorRow). New. */
GArray *anchor_list(Db *db, const char *origin, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The anchor @number as it was made. New. */
Anchor *anchor_again(Node *node, Db *db, guint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The tlog-proof of the anchor @number against the newest checkpoint of the anchors log. New. */
char *anchor_log_proof(Node *node, Db *db, guint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {"count","last": time or null,"tsa": null}: for the operation page. New reference. */
json_t *anchors_json(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
