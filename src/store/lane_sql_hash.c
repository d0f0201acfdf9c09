/* store/lane_sql_hash.c: records by the hash of their header (leaf) or act.
 *
 * Hashes fall anywhere, so each new one would change another page of one great index: at a million records twenty
 * microseconds and a page of log for each. So new ones go into a short run, whose few pages a batch of commits shares;
 * a full run is merged into the next longer one, in order, which touches each page once for many.
 *   H1  A hash is in exactly one run. A look-up asks all three.
 *   H2  A run is merged when the count of records passes a multiple: decided by the record's own number, so that a
 *       transaction that is rolled back takes its merging with it.
 *   H3  Only 8 bytes are kept: a record that is found is compared as a whole. */
#include "base/error.h"
#include "store/lane_sql_private.h"
#include <string.h>

#define RUNS 3
/* Records (each has two hashes) in the first run, and in the second. */
static const gint64 run_records[RUNS - 1] = {1024, 32768};

static gint64 prefix_of(const Hash *hash)
{
    gint64 prefix;
    memcpy(&prefix, hash->bytes, sizeof prefix);
    return GINT64_FROM_BE(prefix);
}

static gboolean insert(LaneSql *self, const Hash *hash, gint64 line, guint64 seq, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self->db, "INSERT INTO ledger_hash (run, hash, line, seq)"
                                                  " VALUES (0, :hash, :line, :seq) ON CONFLICT DO NOTHING");
    db_bind_integer(query, "hash", prefix_of(hash));
    db_bind_integer(query, "line", line);
    db_bind_integer(query, "seq", (gint64)seq);
    return db_run(query, error);
}

static gboolean merge(LaneSql *self, gint64 run, GError **error)
{
    g_autoptr(DbQuery) copy =
        db_query(self->db, "INSERT INTO ledger_hash (run, hash, line, seq) SELECT :into, hash, line,"
                           " seq FROM ledger_hash WHERE run = :run ORDER BY hash, line, seq");
    db_bind_integer(copy, "run", run);
    db_bind_integer(copy, "into", run + 1);
    if (!db_run(copy, error))
        return FALSE;
    g_autoptr(DbQuery) empty = db_query(self->db, "DELETE FROM ledger_hash WHERE run = :run");
    db_bind_integer(empty, "run", run);
    return db_run(empty, error);
}

gboolean lane_sql_hash_put(LaneSql *self, const RecordNew *record, gint64 line, gint64 body, GError **error)
{
    if (!insert(self, &record->leaf, line, record->at.seq, error) ||
        !insert(self, &record->header->act, line, record->at.seq, error))
        return FALSE;
    for (gint64 run = 0; run < RUNS - 1; run++)
        if (body % run_records[run] == 0 && !merge(self, run, error)) /* H2 */
            return FALSE;
    return TRUE;
}

/* The places of this lane where a hash that begins like @hash stands. */
static GArray *candidates(LaneSql *self, const Hash *hash, GError **error)
{
    if (!lane_sql_ready(self, error))
        return NULL;
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT line, seq FROM ledger_hash WHERE run IN (0, 1, 2) AND hash = :hash");
    db_bind_integer(query, "hash", prefix_of(hash));
    int row;
    while ((row = db_step(query, error)) > 0) {
        Place at = {lane_sql_line_of(self, db_integer(query, 0)), (guint64)db_integer(query, 1)};
        if (at.line != LINE_NONE)
            g_array_append_val(places, at);
    }
    return row == 0 ? g_steal_pointer(&places) : NULL;
}

typedef struct {
    const Hash *leaf, *act; /* one of them */
    const char *subject;    /* NULL: any */
} Wanted;

static gboolean fits(const Wanted *wanted, const RecordRow *row)
{
    if (wanted->leaf != NULL && !hash_equal(&row->leaf, wanted->leaf))
        return FALSE;
    if (row->header == NULL)
        return TRUE;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(row->header, &length);
    Header header;
    const char *reason = NULL;
    if (!header_scan(bytes, length, &header, &reason))
        return FALSE;
    return (wanted->act == NULL || hash_equal(&header.act, wanted->act)) &&
           (wanted->subject == NULL || span_equal(header.subject, wanted->subject));
}

static gboolean look_up(LaneSql *self, const Hash *hash, const Wanted *wanted, GArray *places, GError **error)
{
    g_autoptr(GArray) found = candidates(self, hash, error);
    if (found == NULL)
        return FALSE;
    guint parts = wanted->act != NULL || wanted->subject != NULL ? RECORD_HEADER : 0;
    for (guint i = 0; i < found->len; i++) {
        Place at = g_array_index(found, Place, i);
        g_auto(RecordRow) row = {0};
        if (!lane_sql_record_get(self, at, parts, &row, error))
            return FALSE;
        if (fits(wanted, &row)) /* H3 */
            g_array_append_val(places, at);
    }
    return TRUE;
}

gboolean lane_sql_by_leaf(gpointer store, const Hash *leaf, const char *subject, GArray *places, GError **error)
{
    const Wanted wanted = {.leaf = leaf, .subject = subject};
    return look_up(store, leaf, &wanted, places, error);
}

gboolean lane_sql_by_act(gpointer store, const Hash *act, GArray *places, GError **error)
{
    const Wanted wanted = {.act = act};
    return look_up(store, act, &wanted, places, error);
}
