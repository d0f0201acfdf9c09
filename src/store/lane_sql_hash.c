/* store/lane_sql_hash.c: records by the hash of their header (leaf) or act.
 *
 * Hashes fall anywhere, so each new one would change another page of one great index: at a million records twenty
 * microseconds and a page of log for each. So new ones go into a short run, whose few pages a batch of commits shares;
 * now and then it is merged into a longer one, and that into the longest, in order, which touches a page once for many.
 *   H1  A hash is in exactly one run. A look-up asks all three.
 *   H2  Every STEP records the first run is merged as a whole, and of the second one slice of hashes, each in its turn:
 *       so no commit waits long for it. Which, the record's own number says: a transaction that is rolled back takes its
 *       merging with it.
 *   H3  Only 8 bytes are kept: a record that is found is compared as a whole. */
#include "base/error.h"
#include "store/lane_sql_private.h"
#include <string.h>

#define STEP 1024
#define SLICE_BITS 5 /* 32 slices: a hash stays 32 * STEP records in the second run */

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

/* Moves what lies between @from and @to, both included, from @run to the next. */
static gboolean merge(LaneSql *self, gint64 run, gint64 from, gint64 to, GError **error)
{
    static const char copy_sql[] = "INSERT INTO ledger_hash (run, hash, line, seq) SELECT :run + 1, hash, line, seq"
                                   " FROM ledger_hash WHERE run = :run AND hash BETWEEN :from AND :to"
                                   " ORDER BY hash, line, seq";
    static const char empty_sql[] = "DELETE FROM ledger_hash WHERE run = :run AND hash BETWEEN :from AND :to";
    for (guint step = 0; step < 2; step++) {
        g_autoptr(DbQuery) query = db_query(self->db, step == 0 ? copy_sql : empty_sql);
        db_bind_integer(query, "run", run);
        db_bind_integer(query, "from", from);
        db_bind_integer(query, "to", to);
        if (!db_run(query, error))
            return FALSE;
    }
    return TRUE;
}

/* H2: @step counts up. */
static gboolean merge_some(LaneSql *self, guint64 step, GError **error)
{
    guint64 width = G_GUINT64_CONSTANT(1) << (64 - SLICE_BITS);
    guint64 first = (step << (64 - SLICE_BITS)) + (guint64)G_MININT64; /* the slices ascend from the least integer */
    return merge(self, 0, G_MININT64, G_MAXINT64, error) &&
           merge(self, 1, (gint64)first, (gint64)(first + width - 1), error);
}

gboolean lane_sql_hash_put(LaneSql *self, const RecordNew *record, gint64 line, gint64 body, GError **error)
{
    if (!insert(self, &record->leaf, line, record->at.seq, error) ||
        !insert(self, &record->header->act, line, record->at.seq, error))
        return FALSE;
    return body % STEP != 0 || merge_some(self, (guint64)body / STEP, error);
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
