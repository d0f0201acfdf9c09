/* node/hold.c: see hold.h. */
#include "node/hold.h"
#include "base/error.h"
#include "node/lanes.h"
#include "node/notice.h"

#define HELD "held" /* node_value: the epoch, or "" */

gboolean hold_find(Db *db, char **epoch, GError **error)
{
    g_autofree char *held = NULL;
    *epoch = NULL;
    if (!node_value_get(db, HELD, &held, error))
        return FALSE;
    if (held && *held)
        *epoch = g_steal_pointer(&held);
    return TRUE;
}

gboolean tx_hold_begin(Tx *tx, const LaneEntry *own, GError **error)
{
    return node_value_put(tx->db, HELD, own->epoch, error);
}

gboolean tx_hold_end(Tx *tx, GError **error)
{
    return node_value_put(tx->db, HELD, "", error) && tx_notice_settle(tx, NOTICE_RESTORED, ABOUT_NODE, error);
}

/* Is it one that would stand beside a lost one? */
static gboolean is_exclusive(const ActType *type)
{
    return type->flags & ACT_EXCLUSIVE || type->effect == ACT_OFFER_HOME || type->effect == ACT_ACCEPT_HOME ||
           type->effect == ACT_DECLINE_HOME;
}

/* H3: has this node written in the lane before the epoch in which it writes now? */
static gboolean goes_on(const LaneEntry *entry)
{
    guint32 own = lane_own_line(entry->lane);
    for (guint32 i = 0; i < lane_line_count(entry->lane); i++) {
        const LineRow *line = lane_line(entry->lane, i);
        if (i != own && line->size > 0 && g_str_equal(line->node, node_name(entry->node)))
            return TRUE;
    }
    return FALSE;
}

gboolean tx_hold_allows(Tx *tx, const LaneEntry *entry, const ActType *type, GError **error)
{
    g_autofree char *epoch = NULL;
    if (!is_exclusive(type) || !goes_on(entry))
        return TRUE;
    if (!hold_find(tx->db, &epoch, error))
        return FALSE;
    if (!epoch)
        return TRUE;
    error_set(error, COMITY_ERROR_CONFLICT, "restore.unconfirmed", "",
              "This node went on from an older copy of its data: this may have been decided since, and lost. Nothing "
              "like it is done until an administrator confirms on the page Node that the node goes on without.");
    return FALSE;
}
