/* node/lanes.h: the lanes that the writer has open: opened when first asked for, the longest unused closed again.
 *   N1  A lane in the cache agrees with the database inside the running transaction. What was rolled back under it is
 *       dropped, and opened again when next asked for.
 *   N2  An own feed grows in the node's present incarnation alone: an entry whose epoch is of an earlier one (the
 *       database was put back) is `stale` until tx.c has begun a new epoch.
 *   N3  Writer thread only (and node_open() before it runs). */
#pragma once
#include "node/internal.h"
#include "store/lane_sql.h"

struct LaneEntry {
    char *id, *space, *kind;
    Node *node;
    LaneSql *store;
    Lane *lane;
    char *epoch;         /* of the own feed; NULL before lane_begin() */
    gboolean stale;      /* N2 */
    GHashTable *changed; /* set of subjects whose rows are due */
    gboolean touched;    /* by the running function */
    gboolean grown;      /* in the running batch */
};

Lanes *lanes_new(Node *node, guint capacity);
void lanes_free(Lanes *self);
/* The lane @id, opened through the writer's connection. Borrowed until the function ends. COMITY_ERROR_NOT_FOUND. */
LaneEntry *lanes_get(Lanes *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A lane that isn't in the database yet: an empty copy, to be begun with its charter. */
LaneEntry *lanes_add(Lanes *self, const char *space, const char *kind, const char *id,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes over the epoch that lane_begin() opened. */
void lane_entry_begun(LaneEntry *self);
/* Closes @id without saving (N1). */
void lanes_drop(Lanes *self, const char *id);
void lanes_drop_all(Lanes *self);
/* Closes the longest unused ones beyond the capacity. Between batches. */
void lanes_trim(Lanes *self);

/* A lane of @db for reading alone, in the caller's thread: as of the reader's transaction. */
typedef struct {
    LaneSql *store;
    Lane *lane;
    LaneContext context;
    char *space, *id, *kind;
} LaneView;
LaneView *lane_view_open(Node *node, Db *db, const char *lane, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lane_view_free(LaneView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LaneView, lane_view_free)

/* The web origin that @node's card named at @time_ms, or NULL: LaneContext.web_origin; @data is the Node. */
const char *node_web_origin_at(Node *node, const char *name, gint64 time_ms);
