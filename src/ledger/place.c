/* place.c: may a record stand where it is? Header rules and the causal past, from headers and lasting acts alone
 * (lane.h L1), in the format's order: the first broken rule is the reason, and a record that must wait says nothing yet
 * about the rules after it. */
#include "ledger/lane_private.h"
#include <string.h>

const char *place_broken_alone(const Lane *self, const LaneLine *line, guint64 seq, const Header *header)
{
    if (!span_equal(header->space, self->space) || !span_equal(header->lane, self->id) ||
        !span_equal(header->node, line->feed->node) || !span_equal(header->epoch, line->feed->epoch))
        return "header names another feed";
    return header->seq == seq ? NULL : "seq is not the record's place";
}

/* ---- parties ---- */

const LaneLine *lane_opening_line(const Lane *self, const LaneLine *line)
{
    while (line->row.parent != LINE_NONE)
        line = lane_line_at(self, line->row.parent);
    return line;
}

const LaneDelegation *lane_delegation_of(const Lane *self, const LaneLine *line, const GArray *past)
{
    const LaneLine *opening = lane_opening_line(self, line);
    for (guint i = 0; opening->has_under && i < self->delegations->len; i++) {
        const LaneDelegation *grant = g_ptr_array_index(self->delegations, i);
        if (hash_equal(&grant->leaf, &opening->under) && g_str_equal(grant->field, line->feed->node) &&
            past_has(past, grant->at))
            return grant;
    }
    return NULL;
}

const char *lane_party_of(const Lane *self, const LaneLine *line, const GArray *past)
{
    if (lane_charter_kinds(self, line->feed))
        return line->feed->node;
    const LaneDelegation *grant = lane_delegation_of(self, line, past);
    return grant ? grant->party : NULL;
}

/* ---- what `seen` names ---- */

/* The place of the last of the @size records of @feed that lead to @root, on whichever branch. */
static gboolean find_prefix(Lane *self, const LaneFeed *feed, guint64 size, const Hash *root, Place *at,
                            gboolean *found, GError **error)
{
    *found = FALSE;
    for (guint i = 0; i < feed->lines->len; i++) {
        const LineRow *row = lane_line(self, g_array_index(feed->lines, guint32, i));
        Hash made;
        if (size <= row->start || size > row->size)
            continue;
        if (!lane_root(self, row->line, size, &made, error))
            return FALSE;
        if (!hash_equal(&made, root))
            continue;
        *at = (Place){row->line, size - 1};
        *found = TRUE;
        return TRUE;
    }
    return TRUE;
}

/* Does @at extend what @named holds of its feed? A branch that parts below what was named does not. */
static gboolean extends(const Lane *self, const LaneFeed *feed, Place at, const GArray *named)
{
    for (guint i = 0; i < feed->lines->len; i++) {
        guint32 line = g_array_index(feed->lines, guint32, i);
        guint64 size = reach(named, line);
        if (size == 0)
            continue;
        Place before = lane_resolve(self, at.line, size - 1);
        if (at.seq + 1 <= size || before.line != line)
            return FALSE;
    }
    return TRUE;
}

static gboolean height_of(Lane *self, Place at, guint64 *height, GError **error)
{
    LaneLine *line = lane_line_at(self, at.line);
    if (line->tip_known && at.seq + 1 == line->row.placed) {
        *height = line->height;
        return TRUE;
    }
    g_auto(RecordRow) row = {0};
    if (!lane_record(self, at, 0, &row, error))
        return FALSE;
    *height = row.height;
    return TRUE;
}

/* Remembers what the line waits for, so that nobody asks again before it can have come (settle.c). */
static void wait_for(LaneLine *line, const SeenEntry *entry)
{
    g_free(line->waits_for);
    line->waits_for = g_strdup_printf("%.*s/%.*s", (int)entry->node.length, entry->node.at, (int)entry->epoch.length,
                                      entry->epoch.at);
    line->waits_size = entry->size;
}

/* The places that @entry could mean: waits while there is none, or none that is placed. */
static gboolean find_seen(Lane *self, const Candidate *it, const SeenEntry *entry, Place *at, Placing *placing,
                          const char **why, GError **error)
{
    const LaneFeed *feed = lane_feed(self, entry->node, entry->epoch);
    gboolean found = FALSE;
    *placing = PLACE_MALFORMED;
    *why = "seen names its own feed";
    if (feed == it->line->feed)
        return TRUE;
    *placing = PLACE_WAITS;
    if (!feed || !find_prefix(self, feed, entry->size, &entry->root, at, &found, error))
        return !feed;
    if (!found)
        return TRUE;
    const LineRow *row = lane_line(self, at->line);
    if (at->seq >= row->placed && at->seq < row->stopped)
        return TRUE;
    *placing = PLACE_MALFORMED;
    *why = "seen names a malformed record";
    if (at->seq >= row->placed)
        return TRUE;
    *why = "seen does not extend what it named before";
    if (extends(self, feed, *at, it->line->named))
        *placing = PLACE_YES;
    return TRUE;
}

/* Follows every entry of `seen`; @above: the greatest height among them. */
static gboolean follow_seen(Lane *self, Candidate *it, guint64 *above, Placing *placing, const char **why,
                            GError **error)
{
    gsize cursor = 0;
    SeenEntry entry;
    *placing = PLACE_YES;
    if (it->header->seen.length == 0)
        return TRUE;
    it->merged = it->past = past_copy(it->line->past);
    it->named = past_copy(it->line->named);
    while (header_seen_next(it->header, &cursor, &entry)) {
        Place at;
        guint64 height;
        if (!find_seen(self, it, &entry, &at, placing, why, error))
            return FALSE;
        if (*placing == PLACE_WAITS)
            wait_for(it->line, &entry);
        if (*placing != PLACE_YES)
            return TRUE;
        if (!lane_past_join(self, it->merged, at, error) || !height_of(self, at, &height, error))
            return FALSE;
        past_raise(it->named, at.line, entry.size);
        *above = MAX(*above, height);
    }
    return TRUE;
}

/* ---- the rules ---- */

static gboolean charter_in(const Lane *self, const GArray *past)
{
    for (guint i = 0; i < self->charters->len; i++)
        if (past_has(past, g_array_index(self->charters, Place, i)))
            return TRUE;
    return FALSE;
}

/* Which delegation the feed of a field node is under stands in its first act, whatever that act's verdict. */
static void note_under(Candidate *it)
{
    const char *under = json_text(candidate_tree(it), "under");
    it->line->has_under = under && strlen(under) == 2 * HASH_SIZE && hash_read(under, &it->line->under);
}

static const char *broken_opening(const Lane *self, const Candidate *it)
{
    if (it->at.seq == 0 && !lane_is_charter(self, it) && !charter_in(self, it->past))
        return "charter is not in the causal past";
    if (it->at.seq == 0 && !it->header->lasting)
        return "first record does not open the feed";
    if (!lane_is_charter(self, it) && !lane_party_of(self, it->line, it->past))
        return "node is no party";
    return NULL;
}

static gboolean lacks_lasting_act(const Candidate *it)
{
    return it->header->lasting && (!it->found.fits || (it->header->has_confirmation && !it->confirmation.at));
}

gboolean place_check(Lane *self, Candidate *it, Placing *placing, const char **why, GError **error)
{
    LaneLine *line = it->line;
    if (!lane_tip(self, line, error) || !lane_line_past(self, line, error))
        return FALSE;
    guint64 above = it->at.seq > 0 ? line->height : 0;
    it->past = line->past;
    g_clear_pointer(&line->waits_for, g_free);
    *placing = PLACE_MALFORMED;
    *why = "time runs backwards";
    if (it->at.seq > 0 && it->header->time_ms < line->time_ms)
        return TRUE;
    if (!follow_seen(self, it, &above, placing, why, error))
        return FALSE;
    if (*placing != PLACE_YES)
        return TRUE;
    *placing = PLACE_WAITS;
    line->waits_for_body = lacks_lasting_act(it);
    if (line->waits_for_body)
        return TRUE;
    *placing = PLACE_MALFORMED;
    *why = "height is not one more than what it follows and names";
    if (it->header->height != above + 1)
        return TRUE;
    if (it->at.seq == 0)
        note_under(it);
    *why = broken_opening(self, it);
    if (!*why)
        *placing = PLACE_YES;
    return TRUE;
}
