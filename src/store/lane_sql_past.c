/* store/lane_sql_past.c: steps of the causal past, acts that were erased, records that came early. */
#include "store/lane_sql_private.h"
#include <string.h>

gboolean lane_sql_step_put(gpointer store, const StepRow *step, GError **error)
{
    LaneSql *self = store;
    gint64 line = 0;
    if (!lane_sql_line_key(self, step->line, &line, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(
        self->db, "INSERT INTO ledger_step (line, cited, seq, past, named) VALUES (:line, :cited, :seq, :past, :named)"
                  " ON CONFLICT (line, cited, seq) DO UPDATE SET past = excluded.past, named = excluded.named");
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "cited", step->cited);
    db_bind_integer(query, "seq", (gint64)step->seq);
    db_bind_integer(query, "past", (gint64)step->past);
    db_bind_integer(query, "named", (gint64)step->named);
    return db_run(query, error);
}

gboolean lane_sql_step_at(gpointer store, guint32 line, guint32 cited, guint64 seq, StepRow *out, gboolean *found,
                          GError **error)
{
    LaneSql *self = store;
    gint64 key = 0;
    *found = FALSE;
    if (!lane_sql_line_key(self, line, &key, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT seq, past, named FROM ledger_step WHERE line = :line AND cited = :cited"
                           " AND seq <= :seq ORDER BY seq DESC LIMIT 1");
    db_bind_integer(query, "line", key);
    db_bind_integer(query, "cited", cited);
    db_bind_integer(query, "seq", (gint64)MIN(seq, (guint64)G_MAXINT64));
    int row = db_step(query, error);
    if (row <= 0)
        return row == 0;
    *found = TRUE;
    *out = (StepRow){line, cited, (guint64)db_integer(query, 0), (guint64)db_integer(query, 1),
                     (guint64)db_integer(query, 2)};
    return TRUE;
}

/* Past and seq grow together (lane_store.h S4): the least past beyond is at the least seq. */
gboolean lane_sql_step_beyond(gpointer store, guint32 line, guint32 cited, guint64 past, guint64 *seq, GError **error)
{
    LaneSql *self = store;
    gint64 key = 0;
    *seq = SEQ_NONE;
    if (!lane_sql_line_key(self, line, &key, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT seq FROM ledger_step WHERE line = :line AND cited = :cited AND past > :past"
                           " ORDER BY past, seq LIMIT 1");
    db_bind_integer(query, "line", key);
    db_bind_integer(query, "cited", cited);
    db_bind_integer(query, "past", (gint64)MIN(past, (guint64)G_MAXINT64));
    int row = db_step(query, error);
    if (row > 0)
        *seq = (guint64)db_integer(query, 0);
    return row >= 0;
}

/* ---- erased acts ---- */

static DbQuery *erased_query(LaneSql *self, const char *sql, const char *node, const Hash *act)
{
    DbQuery *query = db_query(self->db, sql);
    db_bind_integer(query, "lane", self->key);
    db_bind_text(query, "node", node);
    db_bind_blob(query, "act", act->bytes, HASH_SIZE);
    return query;
}

gboolean lane_sql_erased(gpointer store, const char *node, const Hash *act, gboolean *found, GError **error)
{
    if (!lane_sql_ready(store, error))
        return FALSE;
    g_autoptr(DbQuery) query = erased_query(
        store, "SELECT 1 FROM ledger_erased WHERE lane = :lane AND node = :node AND act = :act", node, act);
    int row = db_step(query, error);
    *found = row > 0;
    return row >= 0;
}

gboolean lane_sql_erased_put(gpointer store, const char *node, const Hash *act, GError **error)
{
    if (!lane_sql_ready(store, error) || !lane_sql_make(store, error))
        return FALSE;
    g_autoptr(DbQuery) query = erased_query(
        store, "INSERT INTO ledger_erased (lane, node, act) VALUES (:lane, :node, :act) ON CONFLICT DO NOTHING", node,
        act);
    return db_run(query, error);
}

gboolean lane_sql_erased_drop(gpointer store, const char *node, const Hash *act, GError **error)
{
    if (!lane_sql_ready(store, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        erased_query(store, "DELETE FROM ledger_erased WHERE lane = :lane AND node = :node AND act = :act", node, act);
    return db_run(query, error);
}

gboolean lane_sql_erased_any(gpointer store, gboolean *any, GError **error)
{
    LaneSql *self = store;
    if (!lane_sql_ready(self, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT 1 FROM ledger_erased WHERE lane = :lane LIMIT 1");
    db_bind_integer(query, "lane", self->key);
    int row = db_step(query, error);
    *any = row > 0;
    return row >= 0;
}

/* ---- early records ---- */

gboolean lane_sql_early_put(gpointer store, const EarlyRow *early, GError **error)
{
    LaneSql *self = store;
    if (!lane_sql_ready(self, error) || !lane_sql_make(self, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        db_query(self->db, "INSERT INTO ledger_early (lane, node, epoch, seq, root, header, act, confirmation)"
                           " VALUES (:lane, :node, :epoch, :seq, :root, :header, :act, :confirmation)"
                           " ON CONFLICT (lane, node, epoch, seq, root) DO UPDATE SET header = excluded.header,"
                           " act = excluded.act, confirmation = excluded.confirmation");
    db_bind_integer(query, "lane", self->key);
    db_bind_text(query, "node", early->node);
    db_bind_text(query, "epoch", early->epoch);
    db_bind_integer(query, "seq", (gint64)early->seq);
    db_bind_blob(query, "root", early->root.bytes, HASH_SIZE);
    db_bind_bytes(query, "header", early->header);
    db_bind_bytes(query, "act", early->act);
    db_bind_bytes(query, "confirmation", early->confirmation);
    return db_run(query, error);
}

static EarlyRow *read_early(const DbQuery *query, const char *node, const char *epoch, guint64 seq)
{
    EarlyRow *early = g_new0(EarlyRow, 1);
    gsize length = 0;
    gconstpointer root = db_blob(query, 0, &length);
    early->node = g_strdup(node);
    early->epoch = g_strdup(epoch);
    early->seq = seq;
    memcpy(early->root.bytes, root, MIN(length, HASH_SIZE));
    early->header = db_bytes(query, 1);
    early->act = db_bytes(query, 2);
    early->confirmation = db_bytes(query, 3);
    return early;
}

GPtrArray *lane_sql_early_at(gpointer store, const char *node, const char *epoch, guint64 seq, GError **error)
{
    LaneSql *self = store;
    if (!lane_sql_ready(self, error))
        return NULL;
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)early_row_free);
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT root, header, act, confirmation FROM ledger_early WHERE lane = :lane"
                           " AND node = :node AND epoch = :epoch AND seq = :seq ORDER BY root");
    db_bind_integer(query, "lane", self->key);
    db_bind_text(query, "node", node);
    db_bind_text(query, "epoch", epoch);
    db_bind_integer(query, "seq", (gint64)seq);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(all, read_early(query, node, epoch, seq));
    return row == 0 ? g_steal_pointer(&all) : NULL;
}

gboolean lane_sql_early_drop(gpointer store, const char *node, const char *epoch, guint64 seq, const Hash *root,
                             GError **error)
{
    LaneSql *self = store;
    if (!lane_sql_ready(self, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(self->db, "DELETE FROM ledger_early WHERE lane = :lane AND node = :node"
                                                  " AND epoch = :epoch AND seq = :seq AND root = :root");
    db_bind_integer(query, "lane", self->key);
    db_bind_text(query, "node", node);
    db_bind_text(query, "epoch", epoch);
    db_bind_integer(query, "seq", (gint64)seq);
    db_bind_blob(query, "root", root->bytes, HASH_SIZE);
    return db_run(query, error);
}

gboolean lane_sql_early_count(gpointer store, guint64 *count, GError **error)
{
    LaneSql *self = store;
    if (!lane_sql_ready(self, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT count(*) FROM ledger_early WHERE lane = :lane");
    db_bind_integer(query, "lane", self->key);
    int row = db_step(query, error);
    *count = row > 0 ? (guint64)db_integer(query, 0) : 0;
    return row >= 0;
}
