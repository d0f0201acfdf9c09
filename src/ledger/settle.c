/* settle.c: a record becomes part of the lane, and what waited for it follows.
 * A line places its records in order, so it waits at most for one: the first that isn't placed. Whenever something was
 * placed, the waiting ones are asked again, until nothing moves. */
#include "base/error.h"
#include "ledger/lane_private.h"

void lane_stop(LaneLine *line, guint64 seq)
{
    line->row.stopped = MIN(line->row.stopped, seq);
    line->dirty = TRUE;
}

/* An erased record is stored without its bodies. */
static gboolean store_record(Lane *self, const Candidate *it, RecordClass class, const char *reason, RecordNew *record,
                             GError **error)
{
    const LaneStoreClass *store = self->store.class;
    if (!record)
        return store->record_judged(self->store.store, it->at, class, reason, error);
    record->class = class;
    record->reason = reason;
    if (class == RECORD_ERASED)
        record->act = record->confirmation = NULL;
    return store->record_put(self->store.store, record, error);
}

static void advance(LaneLine *line, const Candidate *it)
{
    line->height = it->header->height;
    line->time_ms = it->header->time_ms;
    line->tip_known = TRUE;
    line->row.placed = it->at.seq + 1;
    line->dirty = TRUE;
}

/* What follows where the record counts. Where it doesn't, count.c brings it in once it does. */
static gboolean follow_up(Lane *self, Candidate *it, RecordClass class, const char *reason, GError **error)
{
    if (!lane_counts(self, it->at))
        return TRUE;
    if (!lane_heads_add(self, it, error) || !lane_fold_add(self, it, class, reason, error))
        return FALSE;
    lane_changed(self, it->subject);
    if (class != RECORD_VALID || it->found.type->effect != ACT_ERASE)
        return TRUE;
    return lane_erase_by(self, g_ptr_array_index(self->erasers, self->erasers->len - 1), error);
}

gboolean lane_take_up(Lane *self, Candidate *it, RecordClass class, const char *reason, RecordNew *record,
                      GError **error)
{
    LaneLine *line = it->line;
    if (!store_record(self, it, class, reason, record, error) || !lane_past_step(self, it, error))
        return FALSE;
    if (class == RECORD_ERASED && !record)
        g_array_append_val(self->erased_now, it->at);
    advance(line, it);
    if (it->at.seq == 0)
        line->opened = class == RECORD_VALID;
    if (it->header->lasting)
        lane_take_up_lasting(self, it->at, &it->leaf, it->subject, class, it->found.type, candidate_tree(it));
    if (self->context.placed)
        self->context.placed(self->context.data, it->at, class);
    return follow_up(self, it, class, reason, error);
}

/* ---- waiting ones ---- */

static gboolean make_malformed(Lane *self, LaneLine *line, guint64 seq, const char *why, GError **error)
{
    lane_stop(line, seq);
    return self->store.class->record_judged(self->store.store, (Place){line->row.line, seq}, RECORD_MALFORMED, why,
                                            error);
}

/* Asks again whether the stored record @it, the next of its line, can be placed. */
static gboolean try_stored(Lane *self, Candidate *it, const RecordRow *row, gboolean *moved, GError **error)
{
    Placing placing;
    const char *why = NULL;
    if (!place_check(self, it, &placing, &why, error))
        return FALSE;
    *moved = placing != PLACE_WAITS;
    if (placing == PLACE_MALFORMED)
        return make_malformed(self, it->line, it->at.seq, why, error);
    if (placing == PLACE_WAITS)
        return TRUE;
    RecordClass class;
    if (!lane_judge(self, it, &class, &why, error) || !lane_take_up(self, it, class, why, NULL, error))
        return FALSE;
    if (row->attested)
        it->line->row.attested = it->at.seq + 1;
    return TRUE;
}

static gboolean try_next(Lane *self, LaneLine *line, gboolean *moved, GError **error)
{
    g_auto(RecordRow) row = {0};
    g_auto(Candidate) it = {0};
    Header header;
    Place at = {line->row.line, line->row.placed};
    return lane_record(self, at, RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, &row, error) &&
           candidate_stored(self, &it, line, at.seq, &row, &header, error) && try_stored(self, &it, &row, moved, error);
}

/* Does the line that this one continues let its first record be asked about? Stops it where the other has stopped. */
static gboolean parent_lets(Lane *self, LaneLine *line)
{
    if (line->row.parent == LINE_NONE || line->row.placed > line->row.start)
        return TRUE;
    const LineRow *parent = lane_line(self, line->row.parent);
    if (parent->stopped < line->row.start)
        lane_stop(line, line->row.start);
    return parent->placed >= line->row.start;
}

/* Can what the next record of @line waits for have come? */
static gboolean may_have_come(const Lane *self, const LaneLine *line)
{
    if (!line->waits_for)
        return !line->waits_for_body;
    const LaneFeed *feed = g_hash_table_lookup(self->by_name, line->waits_for);
    for (guint i = 0; feed && i < feed->lines->len; i++) {
        const LineRow *row = lane_line(self, g_array_index(feed->lines, guint32, i));
        if (row->start < line->waits_size && (row->placed >= line->waits_size || row->stopped < line->waits_size))
            return TRUE;
    }
    return FALSE;
}

gboolean lane_settle(Lane *self, GError **error)
{
    gboolean moved;
    do {
        moved = FALSE;
        for (guint i = 0; i < self->lines->len; i++) {
            LaneLine *line = lane_line_at(self, i);
            gboolean more = TRUE;
            while (more && line->row.placed < line->row.size) {
                guint64 stopped = line->row.stopped;
                more = parent_lets(self, line) && line->row.placed < line->row.stopped;
                moved = moved || stopped != line->row.stopped;
                more = more && may_have_come(self, line);
                if (more && !try_next(self, line, &more, error))
                    return FALSE;
                moved = moved || more;
            }
        }
    } while (moved);
    return TRUE;
}
