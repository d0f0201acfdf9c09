/* take.c: records from elsewhere find their place. A record's identity is its feed, its place and the root of the tree
 * up to it, so the root says which branch it continues. What comes before its predecessor is kept until that comes; it
 * may also be no part of what was signed: the two look alike until the branch is complete.
 *   T1  A second record at a place that is taken begins a line of its own: the feed is forked, and stays so.
 *   T2  Bytes that no checkpoint covers never get here (lane.h L5), so a malformed record is its node's own doing. */
#include "base/error.h"
#include "ledger/lane_private.h"
#include <string.h>

#define EARLY_MAX 10000

/* An arrival, read. */
typedef struct {
    const LaneArrival *from;
    const Header *header; /* NULL: the bytes are none */
    Header scanned;
    const char *fault; /* why not */
    Hash leaf;
    const LanePrepared *prepared; /* NULL: nobody has looked at it before */
} Arrived;

/* Where it belongs. */
typedef struct {
    gboolean found;
    gboolean known;
    Place at;       /* of the known record */
    guint32 parent; /* line of the record before; LINE_NONE: there is none */
} Position;

static void read_arrival(Arrived *self, const LaneArrival *from, const LanePrepared *prepared)
{
    self->from = from;
    self->fault = "";
    self->prepared = NULL;
    if (prepared && prepared->scanned) {
        self->prepared = prepared;
        self->header = prepared->header;
        self->leaf = prepared->leaf;
        if (!self->header)
            self->fault = "header";
        return;
    }
    self->leaf = merkle_leaf(from->header.at, from->header.length);
    gboolean scanned = header_scan(from->header.at, from->header.length, &self->scanned, &self->fault);
    self->header = scanned ? &self->scanned : NULL;
}

/* ---- where it belongs ---- */

/* Looks for @leaf at @seq among the records that follow (@parent, @seq - 1). */
static gboolean find_known(Lane *self, const LaneFeed *feed, guint32 parent, guint64 seq, const Hash *leaf,
                           Position *out, GError **error)
{
    for (guint i = 0; i < feed->lines->len; i++) {
        const LineRow *row = lane_line(self, g_array_index(feed->lines, guint32, i));
        gboolean follows = row->line == parent ? seq >= row->start : row->parent == parent && row->start == seq;
        Hash other;
        if (!follows || seq >= row->size)
            continue;
        if (!lane_leaf(self, (Place){row->line, seq}, &other, error))
            return FALSE;
        if (!hash_equal(&other, leaf))
            continue;
        out->known = TRUE;
        out->at = (Place){row->line, seq};
    }
    return TRUE;
}

/* Does the first @seq records of @line and @leaf lead to @root? */
static gboolean leads_to(Lane *self, LaneLine *line, guint64 seq, const Hash *leaf, const Hash *root, gboolean *leads,
                         GError **error)
{
    g_autoptr(MerkleFrontier) frontier = NULL;
    if (line->row.size == seq) {
        if (!lane_line_frontier(self, line, error))
            return FALSE;
        frontier = merkle_frontier_copy(line->frontier);
    } else {
        frontier = lane_frontier_at(self, line->row.line, seq, error);
        if (!frontier)
            return FALSE;
    }
    merkle_frontier_append_leaf(frontier, leaf, NULL, NULL);
    Hash made = merkle_frontier_root(frontier);
    *leads = hash_equal(&made, root);
    return TRUE;
}

static gboolean find_by_root(Lane *self, const LaneFeed *feed, const Arrived *it, Position *out, GError **error)
{
    guint64 seq = it->from->seq;
    for (guint i = 0; !out->found && i < feed->lines->len; i++) {
        LaneLine *line = lane_line_at(self, g_array_index(feed->lines, guint32, i));
        if (seq - 1 < line->row.start || seq - 1 >= line->row.size)
            continue;
        if (!leads_to(self, line, seq, &it->leaf, it->from->root, &out->found, error))
            return FALSE;
        out->parent = line->row.line;
    }
    return TRUE;
}

static gboolean refuse(GError **error, const char *code, const char *message)
{
    error_set(error, COMITY_ERROR_INVALID, code, "", "%s", message);
    return FALSE;
}

/* Without a root the caller says which line it follows. */
static gboolean find_by_line(const Lane *self, const LaneFeed *feed, const Arrived *it, Position *out, GError **error)
{
    const LaneArrival *from = it->from;
    if (!feed || from->line >= self->lines->len || lane_line_at(self, from->line)->feed != feed ||
        from->seq > lane_line(self, from->line)->size)
        return refuse(error, "record.no_place", "The record says that it follows one which isn't here.");
    out->found = TRUE;
    out->parent = lane_resolve(self, from->line, from->seq - 1).line;
    return TRUE;
}

static gboolean find_position(Lane *self, const LaneFeed *feed, const Arrived *it, Position *out, GError **error)
{
    const LaneArrival *from = it->from;
    *out = (Position){.parent = LINE_NONE};
    if (from->seq == 0) {
        if (from->root && !hash_equal(from->root, &it->leaf))
            return refuse(error, "record.unsigned", "The first record is not the one that was signed.");
        out->found = TRUE;
    } else if (!from->root) {
        if (!find_by_line(self, feed, it, out, error))
            return FALSE;
    } else if (feed && !find_by_root(self, feed, it, out, error)) {
        return FALSE;
    }
    return !out->found || !feed || find_known(self, feed, out->parent, from->seq, &it->leaf, out, error);
}

/* ---- storing ---- */

/* The line that the new record goes to: its predecessor's, or a new one (T1). */
static LaneLine *line_for(Lane *self, LaneFeed *feed, guint32 parent, guint64 seq, GError **error)
{
    LaneLine *before = parent == LINE_NONE ? NULL : lane_line_at(self, parent);
    if (before && before->row.size == seq)
        return lane_line_frontier(self, before, error) ? before : NULL;
    g_autoptr(MerkleFrontier) frontier = before ? lane_frontier_at(self, parent, seq, error) : merkle_frontier_new();
    if (!frontier)
        return NULL;
    LaneLine *line = lane_line_add(self, feed, parent, seq);
    line->frontier = g_steal_pointer(&frontier);
    return self->store.class->line_put(self->store.store, &line->row, error) ? line : NULL;
}

static gboolean put_malformed(Lane *self, LaneLine *line, RecordNew *record, const char *why, GError **error)
{
    record->class = RECORD_MALFORMED;
    record->reason = why;
    lane_stop(line, record->at.seq);
    return self->store.class->record_put(self->store.store, record, error);
}

/* Places the record if all before it on its line is placed, and stores it as what it then is. */
static gboolean admit(Lane *self, Candidate *it, RecordNew *record, GError **error)
{
    Placing placing = PLACE_WAITS;
    const char *why = "";
    LaneLine *line = it->line;
    guint64 placed = line->row.parent == LINE_NONE || it->at.seq > line->row.start
                         ? line->row.placed
                         : lane_line(self, line->row.parent)->placed;
    if (placed >= it->at.seq && line->row.placed == it->at.seq && !place_check(self, it, &placing, &why, error))
        return FALSE;
    if (placing == PLACE_MALFORMED)
        return put_malformed(self, line, record, why, error);
    if (placing == PLACE_WAITS) {
        record->class = RECORD_WAITING;
        record->reason = "";
        return self->store.class->record_put(self->store.store, record, error);
    }
    RecordClass class;
    if (!lane_judge(self, it, &class, &why, error) || !lane_take_up(self, it, class, why, record, error))
        return FALSE;
    if (record->attested)
        line->row.attested = it->at.seq + 1;
    return TRUE;
}

static gboolean stopped_before(const Lane *self, const LaneLine *line, guint64 seq)
{
    if (line->row.stopped < seq)
        return TRUE;
    return line->row.parent != LINE_NONE && lane_line(self, line->row.parent)->stopped < line->row.start;
}

static void examine(Lane *self, const Arrived *it, Candidate *candidate)
{
    const LanePrepared *prepared = it->prepared;
    if (prepared && prepared->examined) {
        candidate_found(candidate, &prepared->found, it->from->act, it->from->confirmation);
    } else if (prepared && prepared->act) {
        g_auto(ActFindings) found = {0};
        act_examine_tree(self->context.types, prepared->act, &found);
        candidate_found(candidate, &found, it->from->act, it->from->confirmation);
    } else {
        candidate_bodies(self, candidate, it->from->act, it->from->confirmation);
    }
}

static gboolean admit_readable(Lane *self, const Arrived *it, LaneLine *line, RecordNew *record, GError **error)
{
    g_auto(Candidate) candidate;
    candidate_init(&candidate, line, record->at.seq, it->header, it->leaf);
    examine(self, it, &candidate);
    record->act = candidate.found.fits ? &candidate.act_bytes : NULL;
    record->confirmation = candidate.confirmation.at ? &candidate.confirmation : NULL;
    return admit(self, &candidate, record, error);
}

static gboolean store_new(Lane *self, const Arrived *it, guint32 parent, Place *at, GError **error)
{
    const LaneArrival *from = it->from;
    Span node = {from->node, strlen(from->node)}, epoch = {from->epoch, strlen(from->epoch)};
    LaneFeed *feed = lane_feed_made(self, node, epoch);
    LaneLine *line = line_for(self, feed, parent, from->seq, error);
    if (!line)
        return FALSE;
    LaneGrowth growth;
    RecordNew record = {.header = it->header, .header_bytes = from->header, .attested = from->root != NULL};
    lane_grow(self, line, &it->leaf, from->root, it->prepared, &growth, &record);
    *at = record.at;
    const char *why = it->header ? place_broken_alone(self, line, from->seq, it->header) : it->fault;
    if (stopped_before(self, line, from->seq))
        why = "follows a malformed record";
    return why ? put_malformed(self, line, &record, why, error) : admit_readable(self, it, line, &record, error);
}

/* ---- known ones ---- */

/* Keeps a body that was missing, if it fits, and judges again. An erased record's are never taken again. */
static gboolean add_bodies(Lane *self, const Arrived *it, Place at, GError **error)
{
    g_auto(RecordRow) row = {0};
    if (!it->header || !lane_record(self, at, RECORD_ACT | RECORD_CONFIRMATION, &row, error))
        return !it->header;
    gboolean wants_act = !row.act, wants_confirmation = it->header->has_confirmation && !row.confirmation;
    if (row.class == RECORD_ERASED || row.class == RECORD_MALFORMED || (!wants_act && !wants_confirmation))
        return TRUE;
    g_auto(Candidate) candidate;
    candidate_init(&candidate, lane_line_at(self, at.line), at.seq, it->header, it->leaf);
    candidate_bodies(self, &candidate, it->from->act, it->from->confirmation);
    g_autoptr(GBytes) act_bytes = row.act ? g_bytes_ref(row.act) : NULL;
    g_autoptr(GBytes) confirmation = row.confirmation ? g_bytes_ref(row.confirmation) : NULL;
    gboolean fresh = FALSE;
    if (wants_act && candidate.found.fits) {
        act_bytes = g_bytes_new(it->from->act.at, it->from->act.length);
        fresh = TRUE;
    }
    if (wants_confirmation && candidate.confirmation.at) {
        confirmation = g_bytes_new(candidate.confirmation.at, candidate.confirmation.length);
        fresh = TRUE;
    }
    if (!fresh)
        return TRUE;
    if (!self->store.class->record_bodies(self->store.store, at, act_bytes, confirmation, error))
        return FALSE;
    lane_line_at(self, at.line)->waits_for_body = FALSE;
    return !lane_is_placed(self, at) || lane_judge_again(self, at, error);
}

gboolean lane_attest(Lane *self, guint32 line, guint64 size, GError **error)
{
    if (size == 0)
        return TRUE;
    Place at = lane_resolve(self, line, size - 1);
    LaneLine *of = lane_line_at(self, at.line);
    g_auto(RecordRow) row = {0};
    if (!lane_record(self, at, 0, &row, error))
        return FALSE;
    if (!row.attested && !self->store.class->record_attested(self->store.store, at, error))
        return FALSE;
    if (lane_is_placed(self, at) && of->row.attested < size) {
        of->row.attested = size;
        of->dirty = TRUE;
    }
    return TRUE;
}

/* ---- taking ---- */

static gboolean keep_early(Lane *self, const LaneArrival *from, GError **error)
{
    const LaneStoreClass *store = self->store.class;
    g_autoptr(GPtrArray) here = store->early_at(self->store.store, from->node, from->epoch, from->seq, error);
    if (!here)
        return FALSE;
    for (guint i = 0; i < here->len; i++)
        if (hash_equal(&((const EarlyRow *)g_ptr_array_index(here, i))->root, from->root))
            return TRUE;
    if (self->early >= EARLY_MAX) {
        error_set(error, COMITY_ERROR_LIMIT, "lane.early_limit", "",
                  "Too many records came before their predecessors; send the feed from its last known record.");
        return FALSE;
    }
    g_autoptr(EarlyRow) row = g_new0(EarlyRow, 1);
    row->node = g_strdup(from->node);
    row->epoch = g_strdup(from->epoch);
    row->seq = from->seq;
    row->root = *from->root;
    row->header = g_bytes_new(from->header.at, from->header.length);
    row->act = from->act.at ? g_bytes_new(from->act.at, from->act.length) : NULL;
    row->confirmation = from->confirmation.at ? g_bytes_new(from->confirmation.at, from->confirmation.length) : NULL;
    self->early++;
    return store->early_put(self->store.store, row, error);
}

static gboolean take_one(Lane *self, const LaneArrival *from, const LanePrepared *prepared, LaneTaken *taken, Place *at,
                         GError **error)
{
    Arrived it;
    Position position;
    read_arrival(&it, from, prepared);
    Span node = {from->node, strlen(from->node)}, epoch = {from->epoch, strlen(from->epoch)};
    if (!find_position(self, lane_feed(self, node, epoch), &it, &position, error))
        return FALSE;
    *taken = !position.found ? LANE_EARLY : position.known ? LANE_KNOWN : LANE_STORED;
    if (*taken == LANE_EARLY)
        return keep_early(self, from, error);
    if (*taken == LANE_STORED)
        return store_new(self, &it, position.parent, at, error);
    *at = position.at;
    if (from->root && !lane_attest(self, at->line, at->seq + 1, error))
        return FALSE;
    return add_bodies(self, &it, *at, error);
}

static Span span_of(GBytes *bytes)
{
    Span span = {0};
    if (bytes)
        span.at = g_bytes_get_data(bytes, &span.length);
    return span;
}

static gboolean take_kept(Lane *self, const EarlyRow *row, gboolean *stored, GError **error)
{
    LaneTaken taken;
    Place at;
    LaneArrival from = {.node = row->node,
                        .epoch = row->epoch,
                        .seq = row->seq,
                        .header = span_of(row->header),
                        .act = span_of(row->act),
                        .confirmation = span_of(row->confirmation),
                        .root = &row->root};
    if (!take_one(self, &from, NULL, &taken, &at, error))
        return FALSE;
    *stored = taken != LANE_EARLY;
    if (!*stored)
        return TRUE;
    self->early--;
    return self->store.class->early_drop(self->store.store, row->node, row->epoch, row->seq, &row->root, error);
}

/* Takes what came early and can follow now, place by place. */
static gboolean take_early(Lane *self, const char *node, const char *epoch, guint64 seq, GError **error)
{
    gboolean moved = TRUE;
    while (moved && self->early > 0) {
        g_autoptr(GPtrArray) rows = self->store.class->early_at(self->store.store, node, epoch, ++seq, error);
        if (!rows)
            return FALSE;
        moved = FALSE;
        for (guint i = 0; i < rows->len; i++) {
            gboolean stored;
            if (!take_kept(self, g_ptr_array_index(rows, i), &stored, error))
                return FALSE;
            moved = moved || stored;
        }
    }
    return TRUE;
}

gboolean lane_take_prepared(Lane *self, const LaneArrival *arrival, const LanePrepared *prepared, LaneTaken *taken,
                            Place *at, GError **error)
{
    Place place = {LINE_NONE, 0};
    if (!take_one(self, arrival, prepared, taken, &place, error))
        return FALSE;
    if (at)
        *at = place;
    if (*taken == LANE_EARLY)
        return TRUE;
    if (self->early > 0 && !take_early(self, arrival->node, arrival->epoch, arrival->seq, error))
        return FALSE;
    if (!lane_settle(self, error))
        return FALSE;
    return !self->limited || lane_count(self, FALSE, error);
}

gboolean lane_take(Lane *self, const LaneArrival *arrival, LaneTaken *taken, Place *at, GError **error)
{
    return lane_take_prepared(self, arrival, NULL, taken, at, error);
}
