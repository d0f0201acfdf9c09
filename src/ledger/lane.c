/* lane.c: opening and closing a copy, its lines and feeds, and what may be asked of it. See lane.h. */
#include "ledger/lane.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/lane_private.h"
#include <string.h>

const char *record_class_name(RecordClass self)
{
    static const char *const names[] = {"waiting", "malformed", "valid",  "void",
                                        "unknown", "actless",   "erased", "frozen"};
    return names[self];
}

void record_row_clear(RecordRow *self)
{
    g_clear_pointer(&self->header, g_bytes_unref);
    g_clear_pointer(&self->act, g_bytes_unref);
    g_clear_pointer(&self->confirmation, g_bytes_unref);
}

void early_row_free(EarlyRow *self)
{
    if (!self)
        return;
    g_free(self->node);
    g_free(self->epoch);
    g_clear_pointer(&self->header, g_bytes_unref);
    g_clear_pointer(&self->act, g_bytes_unref);
    g_clear_pointer(&self->confirmation, g_bytes_unref);
    g_free(self);
}

void line_row_free(LineRow *self)
{
    if (!self)
        return;
    g_free(self->node);
    g_free(self->epoch);
    g_free(self);
}

/* ---- feeds and lines ---- */

static void free_feed(gpointer data)
{
    LaneFeed *feed = data;
    g_array_unref(feed->lines);
    g_clear_pointer(&feed->closings, g_ptr_array_unref);
    g_free(feed->node);
    g_free(feed->epoch);
    g_free(feed);
}

static void free_line(gpointer data)
{
    LaneLine *line = data;
    lane_line_free_people(line);
    g_clear_pointer(&line->past, g_array_unref);
    g_clear_pointer(&line->named, g_array_unref);
    g_clear_pointer(&line->frontier, merkle_frontier_free);
    g_free(line->waits_for);
    g_free(line->row.node);
    g_free(line->row.epoch);
    g_free(line);
}

LaneFeed *lane_feed(Lane *self, Span node, Span epoch)
{
    LaneFeed *last = self->last_feed;
    if (last && span_equal(node, last->node) && span_equal(epoch, last->epoch))
        return last;
    g_autofree char *name = g_strdup_printf("%.*s/%.*s", (int)node.length, node.at, (int)epoch.length, epoch.at);
    LaneFeed *feed = g_hash_table_lookup(self->by_name, name);
    if (feed)
        self->last_feed = feed;
    return feed;
}

LaneFeed *lane_feed_made(Lane *self, Span node, Span epoch)
{
    LaneFeed *feed = lane_feed(self, node, epoch);
    if (feed)
        return feed;
    feed = g_new0(LaneFeed, 1);
    feed->node = span_text(node);
    feed->epoch = span_text(epoch);
    feed->lines = g_array_new(FALSE, FALSE, sizeof(guint32));
    feed->forked_at = SEQ_NONE;
    g_ptr_array_add(self->feeds, feed);
    g_hash_table_insert(self->by_name, g_strdup_printf("%s/%s", feed->node, feed->epoch), feed);
    self->last_feed = feed;
    return feed;
}

static LaneLine *add_line(Lane *self, LaneFeed *feed)
{
    LaneLine *line = g_new0(LaneLine, 1);
    line->feed = feed;
    line->counted = SEQ_NONE;
    line->unknown_lasting = SEQ_NONE;
    line->row.line = self->lines->len;
    g_ptr_array_add(self->lines, line);
    if (feed->lines->len == 0)
        feed->first = line->row.line;
    g_array_append_val(feed->lines, line->row.line);
    return line;
}

/* Every line but a feed's first begins where branches part. */
static void note_fork(Lane *self, LaneFeed *feed, const LaneLine *line)
{
    if (line->row.line == feed->first)
        return;
    feed->forked_at = MIN(feed->forked_at, line->row.start);
    self->limited = TRUE;
}

LaneLine *lane_line_add(Lane *self, LaneFeed *feed, guint32 parent, guint64 start)
{
    LaneLine *line = add_line(self, feed);
    line->row.node = g_strdup(feed->node);
    line->row.epoch = g_strdup(feed->epoch);
    line->row.parent = parent;
    line->row.start = line->row.size = line->row.placed = start;
    line->row.stopped = SEQ_NONE;
    line->dirty = TRUE;
    note_fork(self, feed, line);
    return line;
}

void lane_line_drop(Lane *self, LaneLine *line)
{
    LaneFeed *feed = line->feed;
    g_assert(line->row.line + 1 == self->lines->len && line->row.line == feed->first);
    if (self->last_feed == feed)
        self->last_feed = NULL;
    g_autofree char *name = g_strdup_printf("%s/%s", feed->node, feed->epoch);
    g_hash_table_remove(self->by_name, name);
    g_ptr_array_remove(self->feeds, feed);
    g_ptr_array_set_size(self->lines, (gint)self->lines->len - 1);
}

static gboolean load_lines(Lane *self, GError **error)
{
    g_autoptr(GPtrArray) rows = self->store.class->lines(self->store.store, error);
    if (!rows)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        const LineRow *row = g_ptr_array_index(rows, i);
        if (row->line != i) {
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                        "Line %u of lane %s is missing; run \"comity rebuild\".", i, self->id);
            return FALSE;
        }
        Span node = {row->node, strlen(row->node)}, epoch = {row->epoch, strlen(row->epoch)};
        LaneFeed *feed = lane_feed_made(self, node, epoch);
        LaneLine *line = add_line(self, feed);
        line->row = *row;
        line->row.node = g_strdup(row->node);
        line->row.epoch = g_strdup(row->epoch);
        note_fork(self, feed, line);
        if (row->own)
            self->own = i;
    }
    return TRUE;
}

/* ---- opening ---- */

static Lane *lane_new(const LaneContext *context, const LaneStore *store)
{
    Lane *self = g_new0(Lane, 1);
    self->context = *context;
    self->store = *store;
    self->id = g_strdup(context->lane);
    self->space = g_strdup(context->space);
    self->node = g_strdup(context->node);
    self->own = LINE_NONE;
    self->lines = g_ptr_array_new_with_free_func(free_line);
    self->feeds = g_ptr_array_new_with_free_func(free_feed);
    self->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->charters = g_array_new(FALSE, FALSE, sizeof(Place));
    self->endings = g_array_new(FALSE, FALSE, sizeof(Place));
    self->erased_now = g_array_new(FALSE, FALSE, sizeof(Place));
    self->scratch = g_array_new(FALSE, FALSE, sizeof(Place));
    self->entities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)entity_free);
    self->scan = act_scan_new();
    g_queue_init(&self->entity_order);
    return self;
}

Lane *lane_open(const LaneContext *context, const LaneStore *store, GError **error)
{
    g_autoptr(Lane) self = lane_new(context, store);
    if (strlen(self->id) != 2 * HASH_SIZE || !hash_read(self->id, &self->id_hash)) {
        error_set(error, COMITY_ERROR_INVALID, "lane.invalid", "", "A lane's id has 64 hexadecimal digits.");
        return NULL;
    }
    const LaneStoreClass *class = store->class;
    if (!load_lines(self, error) || !class->erased_any(store->store, &self->erased_any, error) ||
        !class->early_count(store->store, &self->early, error) || !lane_load_lasting(self, error))
        return NULL;
    if (self->limited && !lane_count(self, TRUE, error))
        return NULL;
    return g_steal_pointer(&self);
}

void lane_free(Lane *self)
{
    if (!self)
        return;
    lane_forget_entities(self);
    g_hash_table_unref(self->entities);
    lane_free_lasting(self);
    act_scan_free(self->scan);
    g_array_unref(self->scratch);
    g_array_unref(self->erased_now);
    g_array_unref(self->endings);
    g_array_unref(self->charters);
    g_ptr_array_unref(self->lines);
    g_hash_table_unref(self->by_name);
    g_ptr_array_unref(self->feeds);
    g_clear_pointer(&self->charter, json_decref);
    g_free(self->node);
    g_free(self->space);
    g_free(self->id);
    g_free(self);
}

gboolean lane_save(Lane *self, GError **error)
{
    for (guint i = 0; i < self->lines->len; i++) {
        LaneLine *line = lane_line_at(self, i);
        if (line->dirty && !self->store.class->line_put(self->store.store, &line->row, error))
            return FALSE;
        line->dirty = FALSE;
    }
    return TRUE;
}

/* ---- asking ---- */

const char *lane_id(const Lane *self)
{
    return self->id;
}

const char *lane_space(const Lane *self)
{
    return self->space;
}

guint32 lane_own_line(const Lane *self)
{
    return self->own;
}

guint lane_line_count(const Lane *self)
{
    return self->lines->len;
}

const LineRow *lane_line(const Lane *self, guint32 line)
{
    return &lane_line_at(self, line)->row;
}

guint32 lane_feed_line(const Lane *self, const char *node, const char *epoch)
{
    g_autofree char *name = g_strdup_printf("%s/%s", node, epoch);
    const LaneFeed *feed = g_hash_table_lookup(self->by_name, name);
    return feed ? feed->first : LINE_NONE;
}

guint64 lane_forked_at(const Lane *self, const char *node, const char *epoch)
{
    g_autofree char *name = g_strdup_printf("%s/%s", node, epoch);
    const LaneFeed *feed = g_hash_table_lookup(self->by_name, name);
    return feed ? feed->forked_at : SEQ_NONE;
}

Place lane_resolve(const Lane *self, guint32 line, guint64 seq)
{
    const LineRow *row = lane_line(self, line);
    while (seq < row->start && row->parent != LINE_NONE)
        row = lane_line(self, row->parent);
    return (Place){row->line, seq};
}

gboolean lane_is_placed(const Lane *self, Place at)
{
    return at.seq < lane_line(self, at.line)->placed;
}

gboolean lane_counts(const Lane *self, Place at)
{
    return lane_is_placed(self, at) && at.seq < lane_line_at(self, at.line)->counted;
}

gboolean lane_record(Lane *self, Place at, guint parts, RecordRow *out, GError **error)
{
    return self->store.class->record_get(self->store.store, at, parts, out, error);
}

gboolean lane_class(Lane *self, Place at, RecordClass *class, const char **reason, GError **error)
{
    g_auto(RecordRow) row = {0};
    if (!lane_record(self, at, 0, &row, error))
        return FALSE;
    const LineRow *line = lane_line(self, at.line);
    const char *why = row.reason;
    *class = row.class;
    if (at.seq < line->placed && !lane_counts(self, at)) {
        *class = RECORD_FROZEN;
        why = "";
    } else if (at.seq >= line->placed && at.seq >= line->stopped && row.class != RECORD_MALFORMED) {
        *class = RECORD_MALFORMED;
        why = "follows a malformed record";
    }
    if (reason)
        *reason = why;
    return TRUE;
}

gboolean lane_tip(Lane *self, LaneLine *line, GError **error)
{
    if (line->tip_known || line->row.placed == 0)
        return TRUE;
    g_auto(RecordRow) row = {0};
    if (!lane_record(self, lane_resolve(self, line->row.line, line->row.placed - 1), 0, &row, error))
        return FALSE;
    line->height = row.height;
    line->time_ms = row.time_ms;
    line->tip_known = TRUE;
    return TRUE;
}

json_t *lane_act(Lane *self, Place at, GError **error)
{
    g_auto(RecordRow) row = {0};
    if (!lane_record(self, at, RECORD_HEADER | RECORD_ACT, &row, error) || !row.act || row.class == RECORD_ERASED)
        return NULL;
    Header header;
    const char *reason;
    gsize length, act_length;
    const char *bytes = g_bytes_get_data(row.header, &length), *act = g_bytes_get_data(row.act, &act_length);
    if (!header_scan(bytes, length, &header, &reason))
        return NULL;
    return act_read(&header, act, act_length, &reason);
}

GArray *lane_by_leaf(Lane *self, const Hash *leaf, GError **error)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    if (!self->store.class->by_leaf(self->store.store, leaf, NULL, places, error))
        return NULL;
    for (guint i = places->len; i > 0; i--)
        if (!lane_is_placed(self, g_array_index(places, Place, i - 1)))
            g_array_remove_index(places, i - 1);
    return g_steal_pointer(&places);
}

void lane_changed(Lane *self, const char *subject)
{
    if (self->context.changed)
        self->context.changed(self->context.data, subject);
}

/* ---- parties ---- */

const json_t *lane_charter_act(const Lane *self)
{
    return self->charter;
}

gboolean lane_is_charter_party(const Lane *self, const char *node)
{
    return json_object_get(json_object_get(self->charter, "parties"), node) != NULL;
}

const json_t *lane_charter_kinds(const Lane *self, LaneFeed *feed)
{
    if (!feed->kinds) /* the charter that is taken up first stays */
        feed->kinds = json_object_get(json_object_get(self->charter, "parties"), feed->node);
    return feed->kinds;
}

gboolean lane_has_party(const Lane *self, const char *node)
{
    if (lane_is_charter_party(self, node))
        return TRUE;
    for (guint i = 0; i < self->delegations->len; i++)
        if (g_str_equal(((const LaneDelegation *)g_ptr_array_index(self->delegations, i))->field, node))
            return TRUE;
    return FALSE;
}

GPtrArray *lane_parties(const Lane *self)
{
    GPtrArray *parties = g_ptr_array_new();
    const char *node;
    json_t *kinds;
    json_object_foreach(json_object_get(self->charter, "parties"), node, kinds)
        g_ptr_array_add(parties, (gpointer)node);
    for (guint i = 0; i < self->delegations->len; i++) {
        const LaneDelegation *grant = g_ptr_array_index(self->delegations, i);
        if (!g_ptr_array_find_with_equal_func(parties, grant->field, g_str_equal, NULL))
            g_ptr_array_add(parties, grant->field);
    }
    g_ptr_array_sort(parties, text_compare);
    return parties;
}

gboolean lane_has_ended(const Lane *self)
{
    for (guint i = 0; i < self->endings->len; i++)
        if (lane_counts(self, g_array_index(self->endings, Place, i)))
            return TRUE;
    return FALSE;
}
