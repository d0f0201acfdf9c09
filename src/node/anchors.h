/* node/anchors.h: when the node anchors its feeds, and what it keeps of that (ledger/anchor.h has the arithmetic).
 *   N1  Every 10 minutes in which a feed grew, once a day in any case, and at once for an export.
 *   N2  What an anchor covered is kept as changes: an anchor is rebuilt from each feed's newest row up to its number.
 *   N3  A log of anchors is signed only where it is, size and root, what the high-water file says; the file knows the
 *       new size before its signature can be seen. Where it differs (an old copy was put back, or a commit failed after
 *       the file was written) the log is left and another epoch begins, which is committed before it is signed in. */
#pragma once
#include "ledger/anchor.h"
#include "node/tx.h"

/* Anchors all own feeds now. @made: out, its place; may be NULL. Not on the writer thread. */
gboolean node_anchor(Node *self, AnchorPlace *made, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same only where N1 says that it is time. */
gboolean node_anchor_if_due(Node *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first anchor of the log @origin whose checkpoint has more than @seq records. FALSE in @found: none. */
typedef struct {
    AnchorPlace at;
    guint64 number; /* counts on over all epochs; in this database only */
    guint64 size;   /* of the anchored checkpoint */
    Hash root;
    gint64 created_ms;
} AnchorRow;
gboolean anchor_find(Db *db, const char *origin, guint64 seq, AnchorRow *row, gboolean *found,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Every checkpoint of @origin that was anchored, the oldest first (of AnchorRow). New. */
GArray *anchor_list(Db *db, const char *origin, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The anchor @number, at @at, as it was made. New. */
Anchor *anchor_again(Node *node, Db *db, guint64 number, const AnchorPlace *at,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The tlog-proof of the anchor @at against the newest checkpoint of its log. New. */
char *anchor_log_proof(Db *db, const AnchorPlace *at, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SHA-256 of the origin of the log that anchors go to now, by which the high-water file knows it. */
gboolean anchors_origin_hash(Node *self, Db *db, Hash *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The next anchor begins another log (N3). */
gboolean tx_leave_anchors_log(Tx *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {"count","last": time or null,"tsa": null}: for the operation page. New reference. */
json_t *anchors_json(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
