/* node/rejudge.c: the whole rebuild: verdicts first, from the records' bytes alone, then the rows that rest on them. */
#include "base/error.h"
#include "node/audit_private.h"
#include "node/rebuild.h"

/* Every lane taken again into a database beside, as an audit does; what it calls otherwise is collected. */
static gboolean judge_again(Node *node, RebuildProgress progress, gpointer data, GArray *verdicts, GError **error)
{
    g_autoptr(Db) db = node_reader_open(node, error);
    g_autoptr(Db) shadow = db && db_begin(db, error) ? rebuild_open_shadow(node, error) : NULL;
    g_autoptr(GPtrArray) ids = shadow ? rebuild_lanes(node, db, error) : NULL;
    g_autoptr(AuditReport) report = audit_report_new();
    Audit audit = {.node = node, .db = db, .report = report, .verdicts = verdicts};
    for (guint i = 0; ids && i < ids->len; i++) {
        if (!audit_lane(&audit, shadow, g_ptr_array_index(ids, i), error))
            return FALSE;
        if (progress)
            progress(data, i + 1, ids->len + 1);
    }
    if (report->damages->len > 0)
        g_warning("%u damages were found on the way, which a rebuild can't mend; run “comity audit”.",
                  report->damages->len);
    return ids != NULL;
}

static gboolean apply_verdict(Tx *tx, const Verdict *verdict, GError **error)
{
    LaneEntry *entry = lanes_get(tx->node->lanes, verdict->lane, error);
    if (!entry)
        return FALSE;
    const LaneStore *store = lane_sql_store(entry->store);
    return store->class->record_judged(store->store, verdict->at, verdict->class, verdict->reason, error);
}

static gboolean apply(Tx *tx, gpointer data, GError **error)
{
    const GArray *verdicts = data;
    gboolean rebuilt = FALSE;
    for (guint i = 0; i < verdicts->len; i++)
        if (!apply_verdict(tx, &g_array_index(verdicts, Verdict, i), error))
            return FALSE;
    lanes_drop_all(tx->node->lanes); /* they hold what was judged before */
    return rebuild_tables(tx->node, TRUE, &rebuilt, error);
}

gboolean node_rebuild(Node *self, RebuildProgress progress, gpointer data, GError **error)
{
    g_autoptr(GArray) verdicts = g_array_new(FALSE, FALSE, sizeof(Verdict));
    gboolean judged = judge_again(self, progress, data, verdicts, error);
    rebuild_drop_shadow(self);
    return judged && node_write(self, apply, verdicts, error);
}
