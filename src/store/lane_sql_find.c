/* store/lane_sql_find.c: records by subject, heads among them; lasting ones. */
#include "base/error.h"
#include "store/lane_sql_private.h"

gboolean lane_sql_entry_put(LaneSql *self, const RecordNew *record, gint64 line, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self->db, "INSERT INTO ledger_entry (lane, subject, head, height, line, seq)"
                                                  " VALUES (:lane, :subject, 0, :height, :line, :seq)");
    db_bind_integer(query, "lane", self->key);
    db_bind_text_length(query, "subject", record->header->subject.at, record->header->subject.length);
    db_bind_integer(query, "height", (gint64)record->header->height);
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "seq", (gint64)record->at.seq);
    return db_run(query, error);
}

/* Appends the places that @query lists as (line, seq). */
static gboolean read_places(LaneSql *self, DbQuery *query, GArray *places, GError **error)
{
    int row;
    while ((row = db_step(query, error)) > 0) {
        Place at = {lane_sql_line_of(self, db_integer(query, 0)), (guint64)db_integer(query, 1)};
        g_array_append_val(places, at);
    }
    return row == 0;
}

/* Reads each of @places and calls out. No query is open meanwhile. */
static gboolean visit(LaneSql *self, const GArray *places, guint parts, RecordEach each, gpointer data, GError **error)
{
    for (guint i = 0; i < places->len; i++) {
        g_auto(RecordRow) row = {0};
        if (!lane_sql_record_get(self, g_array_index(places, Place, i), parts, &row, error) || !each(data, &row, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean find(LaneSql *self, const char *sql, const char *subject, GArray *places, GError **error)
{
    if (!lane_sql_ready(self, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(self->db, sql);
    db_bind_integer(query, "lane", self->key);
    db_bind_text(query, "subject", subject);
    return read_places(self, query, places, error);
}

gboolean lane_sql_of_subject(gpointer store, const char *subject, guint parts, RecordEach each, gpointer data,
                             GError **error)
{
    static const char sql[] = "SELECT line, seq FROM ledger_entry WHERE lane = :lane AND subject = :subject"
                              " ORDER BY head, height, line, seq";
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    return find(store, sql, subject, places, error) && visit(store, places, parts, each, data, error);
}

gboolean lane_sql_subjects(gpointer store, SubjectEach each, gpointer data, GError **error)
{
    LaneSql *self = store;
    g_autofree char *last = g_strdup("");
    if (!lane_sql_ready(self, error))
        return FALSE;
    for (;;) {
        g_autoptr(DbQuery) query =
            db_query(self->db, "SELECT subject FROM ledger_entry WHERE lane = :lane AND subject > :last"
                               " ORDER BY subject LIMIT 1");
        db_bind_integer(query, "lane", self->key);
        db_bind_text(query, "last", last);
        int row = db_step(query, error);
        if (row <= 0)
            return row == 0;
        g_free(last);
        last = g_strdup(db_text(query, 0));
        g_clear_pointer(&query, db_query_free);
        if (!each(data, last, error))
            return FALSE;
    }
}

gboolean lane_sql_lasting(gpointer store, guint parts, RecordEach each, gpointer data, GError **error)
{
    LaneSql *self = store;
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    if (!lane_sql_ready(self, error))
        return FALSE;
    for (guint32 line = 0; line < self->keys->len; line++) {
        g_autoptr(DbQuery) query =
            db_query(self->db, "SELECT line, seq FROM ledger_record WHERE line = :line AND lasting = 1 ORDER BY seq");
        db_bind_integer(query, "line", g_array_index(self->keys, gint64, line));
        if (!read_places(self, query, places, error))
            return FALSE;
    }
    return visit(self, places, parts, each, data, error);
}

/* ---- heads ---- */

gboolean lane_sql_heads(gpointer store, const char *subject, GArray *places, GError **error)
{
    static const char sql[] =
        "SELECT line, seq FROM ledger_entry WHERE lane = :lane AND subject = :subject AND head = 1"
        " ORDER BY height, line, seq";
    return find(store, sql, subject, places, error);
}

/* Moves the entry of the record at @at, whatever it is now. */
static gboolean set_head(LaneSql *self, const char *subject, Place at, gboolean head, GError **error)
{
    gint64 line = 0;
    if (!lane_sql_line_key(self, at.line, &line, error))
        return FALSE;
    /* The height comes from the record, so that the entry is found by its key. */
    g_autoptr(DbQuery) query =
        db_query(self->db, "UPDATE ledger_entry SET head = :head WHERE lane = :lane AND subject = :subject"
                           " AND head = 1 - :head AND line = :line AND seq = :seq AND height ="
                           " (SELECT height FROM ledger_record WHERE line = :line AND seq = :seq)");
    db_bind_integer(query, "head", head);
    db_bind_integer(query, "lane", self->key);
    db_bind_text(query, "subject", subject);
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "seq", (gint64)at.seq);
    return db_run(query, error);
}

gboolean lane_sql_head_put(gpointer store, const char *subject, Place at, GError **error)
{
    return set_head(store, subject, at, TRUE, error);
}

gboolean lane_sql_head_drop(gpointer store, const char *subject, Place at, GError **error)
{
    return set_head(store, subject, at, FALSE, error);
}
