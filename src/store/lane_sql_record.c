/* store/lane_sql_record.c: records by (line, seq), and their bytes.
 * A walk reads some rows, ends its query, and only then calls out: so a callback may change what it walks over. */
#include "base/error.h"
#include "store/lane_sql_private.h"
#include <string.h>

#define WALK_ROWS 128
#define WALK_BYTES (1024 * 1024)

/* ---- storing ---- */

static void bind_span(DbQuery *query, const char *name, const Span *span)
{
    if (span == NULL || span->at == NULL)
        db_bind_null(query, name);
    else
        db_bind_blob(query, name, span->at, span->length);
}

static gboolean body_put(LaneSql *self, const RecordNew *record, gint64 *key, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self->db, "INSERT INTO ledger_body (header, act, confirmation)"
                                                  " VALUES (:header, :act, :confirmation) RETURNING key");
    bind_span(query, "header", &record->header_bytes);
    bind_span(query, "act", record->act);
    bind_span(query, "confirmation", record->confirmation);
    if (db_step(query, error) <= 0)
        return FALSE;
    *key = db_integer(query, 0);
    return TRUE;
}

gboolean lane_sql_record_put(gpointer store, const RecordNew *record, GError **error)
{
    LaneSql *self = store;
    gint64 line = 0, body = 0;
    if (!lane_sql_line_key(self, record->at.line, &line, error) || !body_put(self, record, &body, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(
        self->db, "INSERT INTO ledger_record"
                  " (line, seq, body, leaf, completed, height, time, class, reason, lasting, attested, has_act)"
                  " VALUES (:line, :seq, :body, :leaf, :completed, :height, :time, :class, :reason, :lasting,"
                  " :attested, :has_act)");
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "seq", (gint64)record->at.seq);
    db_bind_integer(query, "body", body);
    db_bind_blob(query, "leaf", record->leaf.bytes, HASH_SIZE);
    if (record->completed_count > 0)
        db_bind_blob(query, "completed", record->completed, record->completed_count * sizeof(Hash));
    db_bind_integer(query, "height", record->header != NULL ? (gint64)record->header->height : 0);
    db_bind_integer(query, "time", record->header != NULL ? record->header->time_ms : 0);
    db_bind_integer(query, "class", record->class);
    db_bind_text(query, "reason", record->reason != NULL ? record->reason : "");
    db_bind_integer(query, "lasting", record->header != NULL && record->header->lasting);
    db_bind_integer(query, "attested", record->attested);
    db_bind_integer(query, "has_act", record->act != NULL);
    if (!db_run(query, error))
        return FALSE;
    return record->header == NULL ||
           (lane_sql_entry_put(self, record, line, error) && lane_sql_hash_put(self, record, line, body, error));
}

/* ---- reading ---- */

#define COLUMNS "r.seq, r.leaf, r.height, r.time, r.class, r.reason, r.lasting, r.has_act, r.attested"
#define PLAIN "SELECT " COLUMNS " FROM ledger_record r"
#define WITH_HEADER "SELECT " COLUMNS ", b.header FROM ledger_record r JOIN ledger_body b ON b.key = r.body"
#define WITH_ALL                                                                                                       \
    "SELECT " COLUMNS ", b.header, b.act, b.confirmation FROM ledger_record r JOIN ledger_body b ON b.key = r.body"
#define ONE " WHERE r.line = :line AND r.seq = :seq"
#define RANGE " WHERE r.line = :line AND r.seq >= :from AND r.seq < :to ORDER BY r.seq LIMIT :limit"

static gboolean damaged_leaf(Place at, GError **error)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                "The stored record %" G_GUINT64_FORMAT " of line %u has no whole leaf hash.", at.seq, at.line);
    return FALSE;
}

static gboolean read_row(const DbQuery *query, guint32 line, guint parts, RecordRow *row, GError **error)
{
    *row = (RecordRow){.at = {line, (guint64)db_integer(query, 0)}};
    gsize length = 0;
    gconstpointer leaf = db_blob(query, 1, &length);
    if (length != HASH_SIZE)
        return damaged_leaf(row->at, error);
    memcpy(row->leaf.bytes, leaf, HASH_SIZE);
    row->height = (guint64)db_integer(query, 2);
    row->time_ms = db_integer(query, 3);
    row->class = (RecordClass)db_integer(query, 4);
    const char *reason = db_text(query, 5);
    row->reason = reason == NULL || *reason == '\0' ? "" : g_intern_string(reason); /* one of few sentences */
    row->lasting = db_integer(query, 6) != 0;
    row->has_act = db_integer(query, 7) != 0;
    row->attested = db_integer(query, 8) != 0;
    if (parts & RECORD_HEADER)
        row->header = db_bytes(query, 9);
    if (parts & RECORD_ACT)
        row->act = db_bytes(query, 10);
    if (parts & RECORD_CONFIRMATION)
        row->confirmation = db_bytes(query, 11);
    return TRUE;
}

static const char *select_one(guint parts)
{
    if (parts == 0)
        return PLAIN ONE;
    return parts == RECORD_HEADER ? WITH_HEADER ONE : WITH_ALL ONE;
}

static const char *select_range(guint parts)
{
    if (parts == 0)
        return PLAIN RANGE;
    return parts == RECORD_HEADER ? WITH_HEADER RANGE : WITH_ALL RANGE;
}

static gboolean not_found(const LaneSql *self, Place at, GError **error)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND,
                "Lane %.8s has no record %" G_GUINT64_FORMAT " on line %u.", self->id, at.seq, at.line);
    return FALSE;
}

gboolean lane_sql_record_get(gpointer store, Place at, guint parts, RecordRow *out, GError **error)
{
    LaneSql *self = store;
    gint64 line = 0;
    if (!lane_sql_line_key(self, at.line, &line, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(self->db, select_one(parts));
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "seq", (gint64)at.seq);
    int row = db_step(query, error);
    if (row == 0)
        return not_found(self, at, error);
    return row > 0 && read_row(query, at.line, parts, out, error);
}

static gsize row_bytes(const RecordRow *row)
{
    return (row->header != NULL ? g_bytes_get_size(row->header) : 0) +
           (row->act != NULL ? g_bytes_get_size(row->act) : 0) +
           (row->confirmation != NULL ? g_bytes_get_size(row->confirmation) : 0);
}

/* Appends the next rows of [@from, @to) to @rows: WALK_ROWS, or as many as hold WALK_BYTES. */
static gboolean read_some(LaneSql *self, Place from, guint64 to, guint parts, GArray *rows, GError **error)
{
    gint64 line = 0;
    if (!lane_sql_line_key(self, from.line, &line, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(self->db, select_range(parts));
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "from", (gint64)from.seq);
    db_bind_integer(query, "to", (gint64)MIN(to, (guint64)G_MAXINT64));
    db_bind_integer(query, "limit", WALK_ROWS);
    gsize bytes = 0;
    int row = 1;
    while (bytes < WALK_BYTES && (row = db_step(query, error)) > 0) {
        RecordRow found;
        if (!read_row(query, from.line, parts, &found, error))
            return FALSE;
        bytes += row_bytes(&found);
        g_array_append_val(rows, found);
    }
    return row >= 0;
}

gboolean lane_sql_records(gpointer store, guint32 line, guint64 from, guint64 count, guint parts, RecordEach each,
                          gpointer data, GError **error)
{
    guint64 to = count > SEQ_NONE - from ? SEQ_NONE : from + count;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(RecordRow));
    g_array_set_clear_func(rows, (GDestroyNotify)record_row_clear);
    while (from < to) {
        g_array_set_size(rows, 0);
        if (!read_some(store, (Place){line, from}, to, parts, rows, error))
            return FALSE;
        for (guint i = 0; i < rows->len; i++)
            if (!each(data, &g_array_index(rows, RecordRow, i), error))
                return FALSE;
        if (rows->len == 0)
            break;
        from = g_array_index(rows, RecordRow, rows->len - 1).at.seq + 1;
    }
    return TRUE;
}

/* ---- changing (lane_store.h S2) ---- */

/* Runs the UPDATE @query on one record. */
static gboolean update(LaneSql *self, DbQuery *query, Place at, GError **error)
{
    gint64 line = 0;
    if (!lane_sql_line_key(self, at.line, &line, error))
        return FALSE;
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "seq", (gint64)at.seq);
    if (!db_run(query, error))
        return FALSE;
    return db_changes(self->db) == 1 || not_found(self, at, error);
}

gboolean lane_sql_record_judged(gpointer store, Place at, RecordClass class, const char *reason, GError **error)
{
    LaneSql *self = store;
    g_autoptr(DbQuery) query = db_query(
        self->db, "UPDATE ledger_record SET class = :class, reason = :reason WHERE line = :line AND seq = :seq");
    db_bind_integer(query, "class", class);
    db_bind_text(query, "reason", reason != NULL ? reason : "");
    return update(self, query, at, error);
}

gboolean lane_sql_record_attested(gpointer store, Place at, GError **error)
{
    LaneSql *self = store;
    g_autoptr(DbQuery) query =
        db_query(self->db, "UPDATE ledger_record SET attested = 1 WHERE line = :line AND seq = :seq");
    return update(self, query, at, error);
}

gboolean lane_sql_record_bodies(gpointer store, Place at, GBytes *act, GBytes *confirmation, GError **error)
{
    LaneSql *self = store;
    g_autoptr(DbQuery) bodies =
        db_query(self->db, "UPDATE ledger_body SET act = :act, confirmation = :confirmation WHERE key ="
                           " (SELECT body FROM ledger_record WHERE line = :line AND seq = :seq)");
    db_bind_bytes(bodies, "act", act);
    db_bind_bytes(bodies, "confirmation", confirmation);
    if (!update(self, bodies, at, error))
        return FALSE;
    g_autoptr(DbQuery) flag =
        db_query(self->db, "UPDATE ledger_record SET has_act = :has_act WHERE line = :line AND seq = :seq");
    db_bind_integer(flag, "has_act", act != NULL);
    return update(self, flag, at, error);
}

/* ---- the tree ---- */

gboolean lane_sql_subtree(gpointer store, Place at, guint level, Hash *out, GError **error)
{
    LaneSql *self = store;
    gint64 line = 0;
    if (!lane_sql_line_key(self, at.line, &line, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        db_query(self->db, level == 0 ? "SELECT leaf FROM ledger_record WHERE line = :line AND seq = :seq"
                                      : "SELECT completed FROM ledger_record WHERE line = :line AND seq = :seq");
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "seq", (gint64)at.seq);
    int row = db_step(query, error);
    if (row < 0)
        return FALSE;
    gsize length = 0, from = level == 0 ? 0 : (level - 1) * sizeof(Hash);
    const guint8 *hashes = row > 0 ? db_blob(query, 0, &length) : NULL;
    if (hashes == NULL || length < from + sizeof(Hash))
        return not_found(self, at, error);
    memcpy(out->bytes, hashes + from, sizeof(Hash));
    return TRUE;
}
