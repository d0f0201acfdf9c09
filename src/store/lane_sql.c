/* store/lane_sql.c: see lane_sql.h. */
#include "base/error.h"
#include "store/db_schema.h"
#include "store/lane_sql_private.h"

extern const char store_lane_sql[]; /* lane.sql */

gboolean lane_sql_schema(Db *db, GError **error)
{
    return db_schema_apply(db, "ledger", store_lane_sql, error);
}

static gboolean read_key(LaneSql *self, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT key FROM ledger_lane WHERE id = :id");
    db_bind_text(query, "id", self->id);
    int row = db_step(query, error);
    self->key = row > 0 ? db_integer(query, 0) : 0;
    return row >= 0;
}

/* Lines are numbered without a gap, so a key's place is its line's number. */
static gboolean note_key(LaneSql *self, gint64 number, gint64 key, GError **error)
{
    if (number == (gint64)self->keys->len) {
        g_array_append_val(self->keys, key);
        return TRUE;
    }
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "Lane %.8s has no line %u.", self->id, self->keys->len);
    return FALSE;
}

gboolean lane_sql_ready(LaneSql *self, GError **error)
{
    if (self->keys != NULL)
        return TRUE;
    if (!read_key(self, error))
        return FALSE;
    self->keys = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT number, key FROM ledger_line WHERE lane = :lane ORDER BY number");
    db_bind_integer(query, "lane", self->key);
    int row;
    while ((row = db_step(query, error)) > 0)
        if (!note_key(self, db_integer(query, 0), db_integer(query, 1), error))
            row = -1;
    if (row < 0)
        g_clear_pointer(&self->keys, g_array_unref);
    return row == 0;
}

gboolean lane_sql_line_key(LaneSql *self, guint32 line, gint64 *key, GError **error)
{
    if (!lane_sql_ready(self, error))
        return FALSE;
    if (line >= self->keys->len) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "Lane %.8s has no line %u.", self->id, line);
        return FALSE;
    }
    *key = g_array_index(self->keys, gint64, line);
    return TRUE;
}

guint32 lane_sql_line_of(const LaneSql *self, gint64 key)
{
    for (guint32 line = 0; line < self->keys->len; line++)
        if (g_array_index(self->keys, gint64, line) == key)
            return line;
    return LINE_NONE;
}

/* ---- lines ---- */

static LineRow *read_line(const DbQuery *query)
{
    LineRow *line = g_new0(LineRow, 1);
    line->line = (guint32)db_integer(query, 0);
    line->node = g_strdup(db_text(query, 1));
    line->epoch = g_strdup(db_text(query, 2));
    line->parent = db_is_null(query, 3) ? LINE_NONE : (guint32)db_integer(query, 3);
    line->start = (guint64)db_integer(query, 4);
    line->size = (guint64)db_integer(query, 5);
    line->placed = (guint64)db_integer(query, 6);
    line->stopped = db_is_null(query, 7) ? SEQ_NONE : (guint64)db_integer(query, 7);
    line->attested = (guint64)db_integer(query, 8);
    line->own = db_integer(query, 9) != 0;
    return line;
}

static GPtrArray *lines(gpointer store, GError **error)
{
    LaneSql *self = store;
    if (!lane_sql_ready(self, error))
        return NULL;
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)line_row_free);
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT number, node, epoch, parent, start, size, placed, stopped, attested, own"
                           " FROM ledger_line WHERE lane = :lane ORDER BY number");
    db_bind_integer(query, "lane", self->key);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(all, read_line(query));
    return row == 0 ? g_steal_pointer(&all) : NULL;
}

gboolean lane_sql_make(LaneSql *self, GError **error)
{
    if (self->key != 0)
        return TRUE;
    g_autoptr(DbQuery) query =
        db_query(self->db, "INSERT INTO ledger_lane (id, space) VALUES (:id, :space) RETURNING key");
    db_bind_text(query, "id", self->id);
    db_bind_text(query, "space", self->space);
    if (db_step(query, error) <= 0)
        return FALSE;
    self->key = db_integer(query, 0);
    return TRUE;
}

static void bind_or_null(DbQuery *query, const char *name, guint64 value, guint64 none)
{
    if (value == none)
        db_bind_null(query, name);
    else
        db_bind_integer(query, name, (gint64)value);
}

static gboolean line_put(gpointer store, const LineRow *line, GError **error)
{
    LaneSql *self = store;
    if (!lane_sql_ready(self, error) || !lane_sql_make(self, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        db_query(self->db, "INSERT INTO ledger_line"
                           " (lane, number, node, epoch, parent, start, size, placed, stopped, attested, own)"
                           " VALUES (:lane, :number, :node, :epoch, :parent, :start, :size, :placed, :stopped,"
                           " :attested, :own)"
                           " ON CONFLICT (lane, number) DO UPDATE SET parent = excluded.parent, start = excluded.start,"
                           " size = excluded.size, placed = excluded.placed, stopped = excluded.stopped,"
                           " attested = excluded.attested, own = excluded.own RETURNING key");
    db_bind_integer(query, "lane", self->key);
    db_bind_integer(query, "number", line->line);
    db_bind_text(query, "node", line->node);
    db_bind_text(query, "epoch", line->epoch);
    bind_or_null(query, "parent", line->parent, LINE_NONE);
    db_bind_integer(query, "start", (gint64)line->start);
    db_bind_integer(query, "size", (gint64)line->size);
    db_bind_integer(query, "placed", (gint64)line->placed);
    bind_or_null(query, "stopped", line->stopped, SEQ_NONE);
    db_bind_integer(query, "attested", (gint64)line->attested);
    db_bind_integer(query, "own", line->own);
    if (db_step(query, error) <= 0)
        return FALSE;
    return line->line < self->keys->len || note_key(self, line->line, db_integer(query, 0), error);
}

static const LaneStoreClass lane_sql_class = {
    .keeps_roots = FALSE,
    .lines = lines,
    .line_put = line_put,
    .record_put = lane_sql_record_put,
    .record_get = lane_sql_record_get,
    .record_judged = lane_sql_record_judged,
    .record_bodies = lane_sql_record_bodies,
    .record_attested = lane_sql_record_attested,
    .subtree = lane_sql_subtree,
    .records = lane_sql_records,
    .by_leaf = lane_sql_by_leaf,
    .by_act = lane_sql_by_act,
    .of_subject = lane_sql_of_subject,
    .subjects = lane_sql_subjects,
    .lasting = lane_sql_lasting,
    .step_put = lane_sql_step_put,
    .step_at = lane_sql_step_at,
    .step_beyond = lane_sql_step_beyond,
    .heads = lane_sql_heads,
    .head_put = lane_sql_head_put,
    .head_drop = lane_sql_head_drop,
    .erased = lane_sql_erased,
    .erased_put = lane_sql_erased_put,
    .erased_drop = lane_sql_erased_drop,
    .erased_any = lane_sql_erased_any,
    .early_put = lane_sql_early_put,
    .early_at = lane_sql_early_at,
    .early_drop = lane_sql_early_drop,
    .early_count = lane_sql_early_count,
};

LaneSql *lane_sql_new(Db *db, const char *space, const char *id)
{
    LaneSql *self = g_new0(LaneSql, 1);
    self->db = db;
    self->space = g_strdup(space);
    self->id = g_strdup(id);
    self->store = (LaneStore){.class = &lane_sql_class, .store = self};
    return self;
}

void lane_sql_free(LaneSql *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->keys, g_array_unref);
    g_free(self->space);
    g_free(self->id);
    g_free(self);
}

const LaneStore *lane_sql_store(LaneSql *self)
{
    return &self->store;
}

/* ---- all lanes ---- */

void lane_sql_row_free(LaneSqlRow *self)
{
    if (self == NULL)
        return;
    g_free(self->space);
    g_free(self->id);
    g_free(self);
}

GPtrArray *lane_sql_list(Db *db, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)lane_sql_row_free);
    g_autoptr(DbQuery) query = db_query(db, "SELECT space, id FROM ledger_lane ORDER BY id");
    int row;
    while ((row = db_step(query, error)) > 0) {
        LaneSqlRow *lane = g_new0(LaneSqlRow, 1);
        lane->space = g_strdup(db_text(query, 0));
        lane->id = g_strdup(db_text(query, 1));
        g_ptr_array_add(all, lane);
    }
    return row == 0 ? g_steal_pointer(&all) : NULL;
}
