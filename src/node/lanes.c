#include "node/lanes.h"
#include "base/error.h"
#include <string.h>

struct Lanes {
    Node *node;
    guint capacity;
    GHashTable *entries; /* id -> LaneEntry, owned by `order` */
    GQueue order;        /* of LaneEntry, the longest unused first */
};

static void lane_entry_free(LaneEntry *self)
{
    g_clear_pointer(&self->lane, lane_free);
    g_clear_pointer(&self->store, lane_sql_free);
    g_hash_table_unref(self->changed);
    g_free(self->id);
    g_free(self->space);
    g_free(self->kind);
    g_free(self->epoch);
    g_free(self);
}

const char *node_web_origin_at(Node *node, const char *name, gint64 time_ms)
{
    if (!g_str_equal(name, node->config->name))
        return NULL;
    const char *found = NULL;
    g_mutex_lock(&node->card_lock);
    for (guint i = 0; i < node->cards->len; i++) {
        const Card *card = g_ptr_array_index(node->cards, i);
        if (card->issued_ms <= time_ms || !found)
            found = card->web;
    }
    g_mutex_unlock(&node->card_lock);
    return found;
}

static const char *entry_web_origin(gpointer data, const char *node, gint64 time_ms)
{
    return node_web_origin_at(((const LaneEntry *)data)->node, node, time_ms);
}

static const char *view_web_origin(gpointer data, const char *node, gint64 time_ms)
{
    return node_web_origin_at(data, node, time_ms);
}

static void entry_changed(gpointer data, const char *subject)
{
    g_hash_table_add(((LaneEntry *)data)->changed, g_strdup(subject));
}

Lanes *lanes_new(Node *node, guint capacity)
{
    Lanes *self = g_new0(Lanes, 1);
    self->node = node;
    self->capacity = capacity;
    self->entries = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void lanes_drop(Lanes *self, const char *id)
{
    LaneEntry *entry = g_hash_table_lookup(self->entries, id);
    if (!entry)
        return;
    g_hash_table_remove(self->entries, entry->id);
    g_queue_remove(&self->order, entry);
    lane_entry_free(entry);
}

void lanes_drop_all(Lanes *self)
{
    g_hash_table_remove_all(self->entries);
    g_queue_clear_full(&self->order, (GDestroyNotify)lane_entry_free);
}

void lanes_free(Lanes *self)
{
    if (!self)
        return;
    lanes_drop_all(self);
    g_hash_table_unref(self->entries);
    g_free(self);
}

void lanes_trim(Lanes *self)
{
    while (g_hash_table_size(self->entries) > self->capacity) {
        const LaneEntry *oldest = g_queue_peek_head(&self->order);
        lanes_drop(self, oldest->id);
    }
}

static LaneEntry *lane_entry_open(Node *node, const char *space, const char *kind, const char *id, GError **error)
{
    LaneEntry *entry = g_new0(LaneEntry, 1);
    entry->node = node;
    entry->id = g_strdup(id);
    entry->space = g_strdup(space);
    entry->kind = g_strdup(kind);
    entry->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    entry->store = lane_sql_new(node->db, space, id);
    const LaneContext context = {.space = entry->space,
                                 .lane = entry->id,
                                 .node = node->config->name,
                                 .env = node->env,
                                 .types = node->types,
                                 .web_origin = entry_web_origin,
                                 .changed = entry_changed,
                                 .data = entry};
    entry->lane = lane_open(&context, lane_sql_store(entry->store), error);
    if (entry->lane)
        return entry;
    lane_entry_free(entry);
    error_prefix(error, "opening lane %.8s", id);
    return NULL;
}

void lane_entry_begun(LaneEntry *self)
{
    const LineRow *line = lane_line(self->lane, lane_own_line(self->lane));
    g_free(self->epoch);
    self->epoch = g_strdup(line->epoch);
    self->stale = FALSE;
}

/* Whether the own feed may go on (N2). */
static gboolean look_up_epoch(LaneEntry *self, GError **error)
{
    guint32 own = lane_own_line(self->lane);
    if (own == LINE_NONE)
        return TRUE;
    self->epoch = g_strdup(lane_line(self->lane, own)->epoch);
    g_autoptr(DbQuery) query =
        db_query(self->node->db, "SELECT incarnation FROM feed WHERE lane = :lane AND epoch = :epoch");
    db_bind_text(query, "lane", self->id);
    db_bind_text(query, "epoch", self->epoch);
    int row = db_step(query, error);
    self->stale = row <= 0 || db_integer(query, 0) < self->node->incarnation;
    return row >= 0;
}

static LaneEntry *keep(Lanes *self, LaneEntry *entry)
{
    g_hash_table_insert(self->entries, entry->id, entry);
    g_queue_push_tail(&self->order, entry);
    http_metric_add(self->node->counters.lanes_opened, 1);
    return entry;
}

LaneEntry *lanes_add(Lanes *self, const char *space, const char *kind, const char *id, GError **error)
{
    LaneEntry *entry = lane_entry_open(self->node, space, kind, id, error);
    return entry ? keep(self, entry) : NULL;
}

LaneEntry *lanes_get(Lanes *self, const char *id, GError **error)
{
    LaneEntry *entry = g_hash_table_lookup(self->entries, id);
    if (entry) {
        if (g_queue_peek_tail(&self->order) != entry) {
            g_queue_remove(&self->order, entry);
            g_queue_push_tail(&self->order, entry);
        }
        return entry;
    }
    g_autoptr(DbQuery) query = db_query(self->node->db, "SELECT space, kind FROM lane_key WHERE lane = :lane");
    db_bind_text(query, "lane", id);
    int row = db_step(query, error);
    if (row == 0)
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "There is no lane %.8s here.", id);
    if (row <= 0)
        return NULL;
    entry = lane_entry_open(self->node, db_text(query, 0), db_text(query, 1), id, error);
    if (!entry)
        return NULL;
    if (look_up_epoch(entry, error))
        return keep(self, entry);
    lane_entry_free(entry);
    return NULL;
}

void lane_view_free(LaneView *self)
{
    g_clear_pointer(&self->lane, lane_free);
    g_clear_pointer(&self->store, lane_sql_free);
    g_free(self->space);
    g_free(self->kind);
    g_free(self->id);
    g_free(self);
}

LaneView *lane_view_open(Node *node, Db *db, const char *lane, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT space, kind FROM lane_key WHERE lane = :lane");
    db_bind_text(query, "lane", lane);
    int row = db_step(query, error);
    if (row == 0)
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "There is no lane %.8s here.", lane);
    if (row <= 0)
        return NULL;
    g_autoptr(LaneView) view = g_new0(LaneView, 1);
    view->id = g_strdup(lane);
    view->space = g_strdup(db_text(query, 0));
    view->kind = g_strdup(db_text(query, 1));
    view->store = lane_sql_new(db, view->space, view->id);
    view->context = (LaneContext){.space = view->space,
                                  .lane = view->id,
                                  .node = node->config->name,
                                  .env = node->env,
                                  .types = node->types,
                                  .web_origin = view_web_origin,
                                  .data = node};
    view->lane = lane_open(&view->context, lane_sql_store(view->store), error);
    return view->lane ? g_steal_pointer(&view) : NULL;
}

const char *lane_entry_id(const LaneEntry *self)
{
    return self->id;
}
