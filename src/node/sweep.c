#include "node/sweep.h"
#include "base/error.h"
#include "node/internal.h"
#include "node/session.h"

/* A walk over one kind of file: names without a row are collected, and judged again where they can't change. */
typedef struct {
    Node *node;
    Db *db;
    const char *known; /* SQL: a row for :value */
    gboolean (*remove)(Blobs *blobs, const char *name, GError **error);
    GPtrArray *strays;
} Sweep;

static gboolean is_known(Db *db, const char *sql, const char *value, gboolean *known, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, sql);
    db_bind_text(query, "value", value);
    int row = db_step(query, error);
    *known = row > 0;
    return row >= 0;
}

static gboolean collect(gpointer data, const char *name, guint64 size, gint64 age_s, GError **error)
{
    Sweep *self = data;
    gboolean known = FALSE;
    (void)size;
    (void)age_s;
    if (!is_known(self->db, self->known, name, &known, error))
        return FALSE;
    if (!known)
        g_ptr_array_add(self->strays, g_strdup(name));
    return TRUE;
}

/* On the writer thread nothing is half published: what has no row here has none at all. */
static gboolean remove_strays(Tx *tx, gpointer data, GError **error)
{
    Sweep *self = data;
    for (guint i = 0; i < self->strays->len; i++) {
        const char *name = g_ptr_array_index(self->strays, i);
        gboolean known = FALSE;
        if (!is_known(tx->db, self->known, name, &known, error) ||
            (!known && !self->remove(tx->node->blobs, name, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean sweep_with(Sweep *self, gboolean (*each)(Blobs *, BlobEach, gpointer, GError **), GError **error)
{
    g_autoptr(GPtrArray) strays = self->strays = g_ptr_array_new_with_free_func(g_free);
    if (!each(self->node->blobs, collect, self, error))
        return FALSE;
    return strays->len == 0 || node_write(self->node, remove_strays, self, error);
}

gboolean node_sweep(Node *self, GError **error)
{
    g_autoptr(Db) db = node_reader_open(self, error);
    if (!db)
        return FALSE;
    Sweep blobs = {.node = self, .db = db, .known = "SELECT 1 FROM blob WHERE name = :value", .remove = blobs_remove};
    Sweep uploads = {.node = self,
                     .db = db,
                     .known = "SELECT 1 FROM upload WHERE id = :value AND state <> 'taken'",
                     .remove = blobs_abort};
    if (sweep_with(&blobs, blobs_each, error) && sweep_with(&uploads, blobs_each_upload, error))
        return TRUE;
    return error_prefix(error, "sweeping files that no row names");
}

/* ---- what has had its time ---- */

#define ANSWER_LIFE_MS ((gint64)24 * 60 * 60 * 1000)
#define EXPIRE_AT_ONCE 500

/* The files of uploads that went; dropped after the commit, so that none goes whose row stays. */
static void drop_files(Node *node, gpointer data)
{
    const GPtrArray *ids = data;
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(GError) error = NULL;
        if (!blobs_abort(node->blobs, g_ptr_array_index(ids, i), &error))
            g_warning("An upload that had expired could not be removed: %s", error->message);
    }
}

static GPtrArray *expired_uploads(Tx *tx, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query =
        db_query(tx->db, "SELECT id FROM upload WHERE expires < :now ORDER BY expires LIMIT :count");
    db_bind_integer(query, "now", tx->now_ms);
    db_bind_integer(query, "count", EXPIRE_AT_ONCE);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(ids, g_strdup(db_text(query, 0)));
    return row == 0 ? g_steal_pointer(&ids) : NULL;
}

static gboolean delete_by_id(Db *db, const char *sql, const char *id, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, sql);
    db_bind_text(query, "id", id);
    return db_run(query, error);
}

static gboolean expire(Tx *tx, gpointer data, GError **error)
{
    gboolean *more = data;
    g_autoptr(GPtrArray) ids = expired_uploads(tx, error);
    if (!ids)
        return FALSE;
    for (guint i = 0; i < ids->len; i++) {
        const char *id = g_ptr_array_index(ids, i);
        if (!delete_by_id(tx->db, "DELETE FROM upload_tail WHERE upload = :id", id, error) ||
            !delete_by_id(tx->db, "DELETE FROM upload WHERE id = :id", id, error))
            return FALSE;
    }
    *more = ids->len == EXPIRE_AT_ONCE;
    g_autoptr(DbQuery) answers = db_query(tx->db, "DELETE FROM idempotency WHERE created < :before");
    db_bind_integer(answers, "before", tx->now_ms - ANSWER_LIFE_MS);
    if (!db_run(answers, error) || !tx_sessions_expire(tx, error))
        return FALSE;
    tx_after_commit(tx, drop_files, g_steal_pointer(&ids), (GDestroyNotify)g_ptr_array_unref);
    return TRUE;
}

gboolean node_expire(Node *self, GError **error)
{
    gboolean more = TRUE;
    while (more)
        if (!node_write(self, expire, &more, error))
            return FALSE;
    return TRUE;
}
