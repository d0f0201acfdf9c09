/* count.c: what counts. All placed records do, but for two kinds of feed:
 *   N1  Forked: beyond the last size that all branches share, a record counts only if it precedes a record that stands
 *       before any fork of its own feed.
 *   N2  Closed (feed.closed): beyond the size that its party named, a record counts only if it precedes another party's
 *       record that does not have the closing in its own past.
 * Pasts are prefixes of lines, so what counts of a line is a prefix too: one number. Whoever stands, stands up to the
 * last record before its own limit, and that one's past holds those of all before it: one look-up a pair of lines. */
#include "ledger/lane_private.h"

/* The first record of @line's feed that needs somebody to vouch for it. */
static guint64 limit_of(const LaneLine *line)
{
    guint64 limit = line->feed->forked_at;
    for (guint i = 0; line->feed->closings && i < line->feed->closings->len; i++)
        limit = MIN(limit, ((const LaneClosing *)g_ptr_array_index(line->feed->closings, i))->size);
    return limit;
}

/* The party for which the record at @at was written. */
static gboolean party_at(Lane *self, Place at, const char **party, GError **error)
{
    g_autoptr(GArray) past = lane_past_at(self, at, error);
    if (past)
        *party = lane_party_of(self, lane_line_at(self, at.line), past);
    return past != NULL;
}

/* How many records of @voucher may vouch for records of the closed @feed (N2): none of the party that closed it, and of
 * others those that did not see the closing. */
static gboolean bound_by_closings(Lane *self, const LaneFeed *feed, const LaneLine *voucher, guint64 *bound,
                                  GError **error)
{
    for (guint i = 0; *bound > 0 && feed->closings && i < feed->closings->len; i++) {
        const LaneClosing *closing = g_ptr_array_index(feed->closings, i);
        const char *closer, *party;
        guint64 saw = SEQ_NONE;
        if (!party_at(self, closing->at, &closer, error) ||
            !party_at(self, lane_resolve(self, voucher->row.line, *bound - 1), &party, error) ||
            !self->store.class->step_beyond(self->store.store, voucher->row.line, closing->at.line, closing->at.seq,
                                            &saw, error))
            return FALSE;
        *bound = g_strcmp0(closer, party) == 0 ? 0 : MIN(*bound, saw);
    }
    return TRUE;
}

/* How far @voucher's standing records reach on @line. */
static gboolean vouched(Lane *self, const LaneLine *voucher, const LaneLine *line, guint64 *size, GError **error)
{
    guint64 bound = MIN(voucher->row.placed, limit_of(voucher));
    *size = 0;
    if (!bound_by_closings(self, line->feed, voucher, &bound, error))
        return FALSE;
    if (bound <= voucher->row.start || voucher == line)
        return TRUE;
    return lane_past(self, (Place){voucher->row.line, bound - 1}, line->row.line, size, error);
}

static gboolean count_line(Lane *self, const LaneLine *line, guint64 *counted, GError **error)
{
    *counted = limit_of(line);
    if (*counted == SEQ_NONE)
        return TRUE;
    for (guint i = 0; i < self->lines->len; i++) {
        guint64 size;
        if (!vouched(self, lane_line_at(self, i), line, &size, error))
            return FALSE;
        *counted = MAX(*counted, size);
    }
    return TRUE;
}

/* Gives each feed the closings that count: first as if there were none, for a closing may stand on a forked feed. */
static void attach_closings(Lane *self)
{
    for (guint i = 0; i < self->closings->len; i++) {
        LaneClosing *closing = g_ptr_array_index(self->closings, i);
        LaneFeed *feed = g_hash_table_lookup(self->by_name, closing->feed);
        if (!feed || !lane_counts(self, closing->at))
            continue;
        if (!feed->closings)
            feed->closings = g_ptr_array_new();
        g_ptr_array_add(feed->closings, closing);
    }
}

static gboolean count_all(Lane *self, GArray *counted, GError **error)
{
    g_array_set_size(counted, self->lines->len);
    for (guint i = 0; i < self->lines->len; i++)
        if (!count_line(self, lane_line_at(self, i), &g_array_index(counted, guint64, i), error))
            return FALSE;
    for (guint i = 0; i < self->lines->len; i++)
        lane_line_at(self, i)->counted = g_array_index(counted, guint64, i);
    return TRUE;
}

/* ---- what changed ---- */

typedef struct {
    Lane *lane;
    GHashTable *subjects;
} Changes;

static gboolean note_subject(gpointer data, const RecordRow *row, GError **error)
{
    (void)error;
    Changes *changes = data;
    Header header;
    const char *reason;
    gsize length;
    const char *bytes = g_bytes_get_data(row->header, &length);
    if (header_scan(bytes, length, &header, &reason))
        g_hash_table_add(changes->subjects, span_text(header.subject));
    return TRUE;
}

/* Notes the subjects of records whose counting changed on @line, which counted up to @before. */
static gboolean note_changes(Changes *changes, const LaneLine *line, guint64 before, GError **error)
{
    const LineRow *row = &line->row;
    guint64 old = CLAMP(before, row->start, row->placed), now = CLAMP(line->counted, row->start, row->placed);
    if (old == now)
        return TRUE;
    const LaneStore *store = &changes->lane->store;
    return store->class->records(store->store, row->line, MIN(old, now), MAX(old, now) - MIN(old, now), RECORD_HEADER,
                                 note_subject, changes, error);
}

static gboolean put_right(Lane *self, GHashTable *subjects, GError **error)
{
    GHashTableIter iter;
    gpointer subject;
    g_hash_table_iter_init(&iter, subjects);
    while (g_hash_table_iter_next(&iter, &subject, NULL)) {
        if (!lane_heads_refresh(self, subject, error))
            return FALSE;
        lane_forget_entity(self, subject);
        lane_changed(self, subject);
    }
    return g_hash_table_size(subjects) == 0 || self->erasers->len == 0 || lane_erase_again(self, error);
}

gboolean lane_count(Lane *self, gboolean quietly, GError **error)
{
    g_autoptr(GArray) before = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autoptr(GArray) counted = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autoptr(GHashTable) subjects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Changes changes = {self, subjects};
    for (guint i = 0; i < self->lines->len; i++)
        g_array_append_val(before, lane_line_at(self, i)->counted);
    for (guint i = 0; i < self->feeds->len; i++)
        g_clear_pointer(&((LaneFeed *)g_ptr_array_index(self->feeds, i))->closings, g_ptr_array_unref);
    if (!count_all(self, counted, error))
        return FALSE;
    attach_closings(self);
    if (self->closings->len > 0 && !count_all(self, counted, error))
        return FALSE;
    for (guint i = 0; !quietly && i < self->lines->len; i++)
        if (!note_changes(&changes, lane_line_at(self, i), g_array_index(before, guint64, i), error))
            return FALSE;
    return put_right(self, subjects, error);
}
