/* node/audit_lane.c: one lane, from its bytes: headers hashed again, the tree built again, every record taken, placed and
 * judged again in a copy beside, and what that gives compared with what is stored. */
#include "base/error.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "node/audit_private.h"
#include "node/checkpoints.h"
#include <string.h>

#define MEND_RECORDS                                                                                                   \
    "What was signed can't be made again here: restore the data directory from a backup, or ask a party of the lane."

/* One feed on its way through. */
typedef struct {
    Audit *audit;
    const LineRow *line;
    const LaneStore *source;
    Lane *copy;
    char *feed; /* "<lane>/<epoch>", for sentences */
    MerkleFrontier *frontier;
    guint64 expected; /* the seq that comes next */
    const RecordRow *row;
    const char *lane;
} Replay;

static void damage(Replay *self, const char *code, const char *sentence)
{
    audit_damage(self->audit, code, self->feed, MEND_RECORDS, "Record %" G_GUINT64_FORMAT " %s", self->row->at.seq,
                 sentence);
}

/* ---- the tree ---- */

static void check_subtree(gpointer data, guint level, guint64 index, const Hash *hash)
{
    Replay *self = data;
    const Place last = {.line = self->line->line, .seq = ((index + 1) << level) - 1};
    Hash stored;
    if (!self->source->class->subtree(self->source->store, last, level, &stored, NULL) || !hash_equal(&stored, hash))
        audit_damage(self->audit, "tree.hash", self->feed, MEND_RECORDS,
                     "The tree hash over the %" G_GUINT64_FORMAT " records up to record %" G_GUINT64_FORMAT
                     " is not what the records give.",
                     (guint64)1 << level, last.seq);
}

static Hash grow(Replay *self, const RecordRow *row)
{
    gsize length = 0;
    gconstpointer bytes = g_bytes_get_data(row->header, &length);
    Hash leaf = merkle_leaf(bytes, length);
    if (!hash_equal(&leaf, &row->leaf))
        damage(self, "record.leaf", "has another header than the one that was signed.");
    merkle_frontier_append_leaf(self->frontier, &leaf, check_subtree, self);
    return merkle_frontier_root(self->frontier);
}

/* ---- files that acts name ---- */

static void check_named(Replay *self, const json_t *value)
{
    const char *key, *text = json_is_object(value) ? json_text(value, "sha256") : NULL;
    gsize n;
    json_t *item;
    if (text && g_str_has_prefix(text, "sha256:")) {
        g_autoptr(DbQuery) query =
            db_query(self->audit->db, "SELECT 1 FROM blob WHERE lane = :lane AND sha256 = :sha256");
        db_bind_text(query, "lane", self->lane);
        db_bind_text(query, "sha256", text + strlen("sha256:"));
        if (db_step(query, NULL) == 0)
            damage(self, "blob.unknown", "names a file whose key is not here.");
    }
    if (json_is_object(value))
        json_object_foreach((json_t *)value, key, item) check_named(self, item);
    else if (json_is_array(value))
        json_array_foreach((json_t *)value, n, item) check_named(self, item);
}

static void check_files(Replay *self, const RecordRow *row)
{
    gsize length = 0;
    const char *bytes = row->act ? g_bytes_get_data(row->act, &length) : NULL;
    if (!bytes || row->class != RECORD_VALID || !memmem(bytes, length, "\"sha256:", 8))
        return;
    g_autoptr(json_t) act = json_strict_parse(bytes, length, ACT_LIMIT, NULL);
    if (act)
        check_named(self, act);
}

/* ---- taking it again ---- */

static Span span_of(GBytes *bytes)
{
    gsize length = 0;
    const char *at = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    return (Span){.at = at, .length = length};
}

static gboolean take(Replay *self, const RecordRow *row, const Hash *root, GError **error)
{
    LaneTaken taken;
    const LaneArrival arrival = {.node = self->line->node,
                                 .epoch = self->line->epoch,
                                 .seq = row->at.seq,
                                 .header = span_of(row->header),
                                 .act = span_of(row->act),
                                 .confirmation = span_of(row->confirmation),
                                 .root = root};
    if (!lane_take(self->copy, &arrival, &taken, NULL, error))
        return FALSE;
    if (taken == LANE_EARLY)
        damage(self, "record.order", "does not follow the one before it.");
    return TRUE;
}

static gboolean replay_record(gpointer data, const RecordRow *row, GError **error)
{
    Replay *self = data;
    self->row = row;
    self->audit->report->records++;
    if (row->at.seq != self->expected || !row->header) {
        damage(self, "record.missing", "is not where the one before it ends.");
        return TRUE;
    }
    self->expected++;
    Hash root = grow(self, row);
    check_files(self, row);
    return take(self, row, &root, error);
}

/* ---- verdicts and look-ups ---- */

static void tell_class(Replay *self, const RecordRow *row, RecordClass class, const char *reason)
{
    if (self->audit->verdicts) {
        Verdict verdict = {.at = row->at, .class = class, .reason = g_intern_string(reason ? reason : "")};
        g_strlcpy(verdict.lane, self->lane, sizeof verdict.lane);
        g_array_append_val(self->audit->verdicts, verdict);
        return;
    }
    audit_damage(self->audit, "record.class", self->feed, "“comity rebuild” judges the lane's records again.",
                 "Record %" G_GUINT64_FORMAT " is stored as %s, and is %s.", row->at.seq, record_class_name(row->class),
                 record_class_name(class));
}

/* By its leaf a proof finds a record. */
static gboolean check_lookup(Replay *self, const RecordRow *row, GError **error)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    if (!self->source->class->by_leaf(self->source->store, &row->leaf, NULL, places, error))
        return FALSE;
    for (guint i = 0; i < places->len; i++) {
        const Place *at = &g_array_index(places, Place, i);
        if (at->line == row->at.line && at->seq == row->at.seq)
            return TRUE;
    }
    damage(self, "record.lookup", "is not found by its hash.");
    return TRUE;
}

static gboolean compare_record(gpointer data, const RecordRow *row, GError **error)
{
    Replay *self = data;
    RecordClass class;
    const char *reason = NULL;
    const Place at = {.line = lane_feed_line(self->copy, self->line->node, self->line->epoch), .seq = row->at.seq};
    self->row = row;
    if (at.line == LINE_NONE || !lane_class(self->copy, at, &class, &reason, error))
        return FALSE;
    if (class != row->class && class != RECORD_FROZEN)
        tell_class(self, row, class, reason);
    return check_lookup(self, row, error);
}

/* ---- what was signed ---- */

/* The stored checkpoint: its signature, and the root that the records give at its size. */
static void check_signed(Replay *self, Lane *view)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(FeedCheckpoint) stored =
        node_checkpoint(self->audit->node, self->audit->db, self->lane, self->line->epoch, &cause);
    Hash root;
    if (!stored || stored->size == 0 || stored->size > self->line->size)
        return; /* a foreign feed, or one that grew since this audit's moment */
    g_autoptr(GPtrArray) keys = node_log_keys(self->audit->node);
    g_autoptr(Checkpoint) opened =
        checkpoint_open(stored->note, strlen(stored->note), stored->origin, keys, NULL, NULL, NULL, &cause);
    if (!opened)
        audit_damage(self->audit, "checkpoint.signature", self->feed, "The next record in the lane signs it again.",
                     "The feed's checkpoint is not what this node signed: %s", cause->message);
    else if (!lane_root(view, self->line->line, opened->size, &root, &cause) || !hash_equal(&root, &opened->root))
        audit_damage(self->audit, "checkpoint.root", self->feed, MEND_RECORDS,
                     "The first %" G_GUINT64_FORMAT " records are not those that the node signed.", opened->size);
}

/* ---- one lane ---- */

static gboolean replay_feed(Audit *self, const char *lane, LaneView *view, Lane *copy, guint32 number, GError **error)
{
    const LaneStore *source = lane_sql_store(view->store);
    const LineRow *line = lane_line(view->lane, number);
    g_autofree char *feed = g_strdup_printf("%.8s/%s", lane, line->epoch);
    g_autoptr(MerkleFrontier) frontier = merkle_frontier_new();
    Replay replay = {
        .audit = self, .line = line, .source = source, .copy = copy, .feed = feed, .frontier = frontier, .lane = lane};
    self->report->feeds++;
    g_autoptr(GError) cause = NULL;
    guint parts = RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION;
    if (line->parent != LINE_NONE)
        return TRUE; /* a branch of a fork: its bytes are verified with what is shown of it */
    if (!source->class->records(source->store, number, 0, line->size, parts, replay_record, &replay, &cause))
        return audit_take_error(self, "record.unreadable", feed, MEND_RECORDS, g_steal_pointer(&cause), error);
    if (replay.expected != line->size)
        audit_damage(self, "feed.short", feed, MEND_RECORDS,
                     "%" G_GUINT64_FORMAT " records are here; %" G_GUINT64_FORMAT " were written.", replay.expected,
                     line->size);
    check_signed(&replay, view->lane);
    return TRUE;
}

static gboolean compare_feed(Audit *self, const char *lane, LaneView *view, Lane *copy, guint32 number, GError **error)
{
    const LaneStore *source = lane_sql_store(view->store);
    const LineRow *line = lane_line(view->lane, number);
    g_autofree char *feed = g_strdup_printf("%.8s/%s", lane, line->epoch);
    Replay replay = {.audit = self, .line = line, .source = source, .copy = copy, .feed = feed, .lane = lane};
    g_autoptr(GError) cause = NULL;
    if (line->parent != LINE_NONE ||
        source->class->records(source->store, number, 0, line->size, 0, compare_record, &replay, &cause))
        return TRUE;
    if (!cause) /* the copy has no such feed: told already */
        return TRUE;
    return audit_take_error(self, "record.unreadable", feed, MEND_RECORDS, g_steal_pointer(&cause), error);
}

static gboolean replay_lane(Audit *self, Db *shadow, LaneView *view, GError **error)
{
    g_autoptr(LaneSql) store = lane_sql_new(shadow, view->space, view->id);
    g_autoptr(Lane) copy = lane_open(&view->context, lane_sql_store(store), error);
    if (!copy)
        return FALSE;
    for (guint32 line = 0; line < lane_line_count(view->lane); line++)
        if (!replay_feed(self, view->id, view, copy, line, error))
            return FALSE;
    for (guint32 line = 0; line < lane_line_count(view->lane); line++)
        if (!compare_feed(self, view->id, view, copy, line, error))
            return FALSE;
    /* The verdicts are those that are stored, or told of above: so the rows may come from the lane itself. */
    return rebuild_project(self->node, shadow, view->lane, view->kind, error);
}

gboolean audit_lane(Audit *self, Db *shadow, const char *lane, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *where = g_strndup(lane, 8);
    g_autoptr(LaneView) view = lane_view_open(self->node, self->db, lane, &cause);
    if (view && db_savepoint(shadow, error)) {
        if (replay_lane(self, shadow, view, &cause))
            return db_release(shadow, error);
        gboolean beside = g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_FULL) ||
                          g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_IO);
        /* What the system refused may have taken the whole transaction with it, and is told as it is. */
        if (!(beside && db_is_lost(shadow)) && !db_rollback_to(shadow, error))
            return FALSE;
    }
    return cause && audit_take_error(self, "lane.unreadable", where, MEND_RECORDS, g_steal_pointer(&cause), error);
}
