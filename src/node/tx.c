/* node/tx.c: see tx.h: acts in, records and rows out, inside the running transaction. */
#include "base/error.h"
#include "base/text.h"
#include "node/checkpoints.h"
#include "node/hold.h"
#include "node/lanes.h"
#include <string.h>

TxEvent *tx_event_new(const char *event, Audience audience, const char *target, const char *id, const char *type)
{
    TxEvent *self = g_new0(TxEvent, 1);
    self->event = g_strdup(event);
    self->audience = audience;
    self->target = g_strdup(target);
    self->id = g_strdup(id);
    self->type = g_strdup(type);
    return self;
}

void tx_event_free(TxEvent *self)
{
    g_free(self->event);
    g_free(self->target);
    g_free(self->id);
    g_free(self->type);
    g_free(self);
}

void tx_after_free(TxAfter *self)
{
    if (self->free_data)
        self->free_data(self->data);
    g_free(self);
}

void tx_init(Tx *self, Node *node)
{
    *self = (Tx){.node = node, .db = node->db, .now_ms = env_now_ms(node->env)};
    self->touched = g_ptr_array_new();
    self->events = g_ptr_array_new_with_free_func((GDestroyNotify)tx_event_free);
    self->after = g_ptr_array_new_with_free_func((GDestroyNotify)tx_after_free);
}

void tx_clear(Tx *self)
{
    g_clear_pointer(&self->touched, g_ptr_array_unref);
    g_clear_pointer(&self->events, g_ptr_array_unref);
    g_clear_pointer(&self->after, g_ptr_array_unref);
}

Node *tx_node(Tx *tx)
{
    return tx->node;
}

Db *tx_db(Tx *tx)
{
    return tx->db;
}

gint64 tx_now_ms(Tx *tx)
{
    return tx->now_ms;
}

void tx_notify(Tx *tx, const char *event, Audience audience, const char *space_or_person, const char *id,
               const char *type)
{
    g_ptr_array_add(tx->events, tx_event_new(event, audience, space_or_person, id, type));
}

void tx_after_commit(Tx *tx, void (*func)(Node *node, gpointer data), gpointer data, GDestroyNotify free_data)
{
    TxAfter *item = g_new0(TxAfter, 1);
    *item = (TxAfter){.func = func, .data = data, .free_data = free_data};
    g_ptr_array_add(tx->after, item);
}

void tx_touch(Tx *tx, LaneEntry *entry)
{
    entry->grown = TRUE;
    if (entry->touched)
        return;
    entry->touched = TRUE;
    g_ptr_array_add(tx->touched, entry);
}

/* The id of the only lane of @space. New. */
static char *lane_of_space(Tx *tx, const char *space, GError **error)
{
    if (g_strcmp0(space, tx->node->own_space) == 0)
        return g_strdup(tx->node->own_lane);
    g_autoptr(DbQuery) query = db_query(tx->db, "SELECT lane FROM space WHERE id = :space");
    db_bind_text(query, "space", space);
    int row = db_step(query, error);
    if (row == 0)
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND,
                            "There is no such space, or it is not for you.");
    return row > 0 ? g_strdup(db_text(query, 0)) : NULL;
}

LaneEntry *tx_lane(Tx *tx, const char *space, const char *lane, GError **error)
{
    g_autofree char *id = lane ? g_strdup(lane) : lane_of_space(tx, space, error);
    LaneEntry *entry = id ? lanes_get(tx->node->lanes, id, error) : NULL;
    if (!entry || !entry->stale)
        return entry;
    return tx_continue_feed(tx, entry, error) ? entry : NULL;
}

gboolean tx_append_act(Tx *tx, LaneEntry *entry, const LaneAct *act, LaneAppended *appended, GError **error)
{
    LaneAppended here;
    if (!lane_append(entry->lane, act, &here, error))
        return FALSE;
    tx_touch(tx, entry);
    http_metric_add(tx->node->counters.appends, 1);
    if (appended)
        *appended = here;
    return fold_project(tx->node, tx->db, entry, error);
}

/* ---- what a draft says, as the lane wants it ---- */

/* A draft on its way to the lane: what had to be made for it. */
typedef struct {
    LaneEntry *entry;
    const ActType *type;
    char *person, *subject;
    GArray *prev; /* of Hash; NULL: the heads of now */
} Prepared;

static void prepared_clear(Prepared *self)
{
    g_free(self->person);
    g_free(self->subject);
    g_clear_pointer(&self->prev, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Prepared, prepared_clear)

/* The subject of @draft: as given, the one that was prepared, the lane (NULL), or a new thing of this node. */
static char *subject_of(Tx *tx, const ActType *type, const TxDraft *draft)
{
    if (type->on == ACT_ON_LANE)
        return NULL;
    if (draft->subject)
        return g_strdup(draft->subject);
    if (draft->prepared) {
        gsize length = 0;
        const char *bytes = g_bytes_get_data(draft->prepared, &length);
        g_autoptr(json_t) act = json_strict_parse(bytes, length, ACT_LIMIT, NULL);
        return g_strdup(act ? json_text(act, "subject") : "");
    }
    g_autofree char *id = uuid7_new(tx->node->env);
    return g_strdup_printf("%s/%s", node_name(tx->node), id);
}

static gboolean refuse_stale(GError **error)
{
    error_set(error, COMITY_ERROR_CONFLICT, "http.precondition", "",
              "Somebody has changed this meanwhile; load it again and look before you go on.");
    return FALSE;
}

/* An act names the heads that its person saw: those must still be the heads, or the person is asked to look again. */
static gboolean check_seen(Prepared *self, const TxDraft *draft, GError **error)
{
    if (!draft->prev || self->type->on != ACT_ON_ENTITY)
        return TRUE;
    const Entity *entity = lane_entity(self->entry->lane, self->subject, error);
    if (!entity)
        return FALSE;
    g_autofree char *tag = entity_tag(entity);
    return g_str_equal(tag, draft->prev) || refuse_stale(error);
}

/* A confirmed act carries the heads of the moment when it was prepared. */
static gboolean check_prepared(Prepared *self, const TxDraft *draft, GError **error)
{
    if (!draft->prepared || self->type->on != ACT_ON_ENTITY)
        return TRUE;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(draft->prepared, &length);
    g_autoptr(json_t) act = json_strict_parse(bytes, length, ACT_LIMIT, error);
    const Entity *entity = act ? lane_entity(self->entry->lane, self->subject, error) : NULL;
    if (!entity)
        return FALSE;
    g_autoptr(GArray) heads = entity_heads(entity);
    const json_t *prev = json_object_get(act, "prev");
    if (json_array_size(prev) != MIN(heads->len, PREV_MAX))
        return refuse_stale(error);
    for (guint i = 0; i < json_array_size(prev); i++) {
        g_autofree char *head = hash_text(&g_array_index(heads, Hash, i));
        if (g_strcmp0(json_string_value(json_array_get(prev, i)), head) != 0)
            return refuse_stale(error);
    }
    return TRUE;
}

static gboolean prepare(Tx *tx, const TxDraft *draft, Prepared *self, GError **error)
{
    self->type = act_types_find(tx->node->types, draft->type);
    if (!self->type) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "There is no act type “%s” in this build.", draft->type);
        return FALSE;
    }
    self->entry = tx_lane(tx, draft->space, draft->lane, error);
    if (!self->entry || !tx_hold_allows(tx, self->entry, self->type, error))
        return FALSE;
    self->person = draft->principal ? tx_person_in(tx, self->entry, draft->principal->person, error) : g_strdup("");
    if (!self->person)
        return FALSE;
    self->subject = subject_of(tx, self->type, draft);
    return check_seen(self, draft, error) && check_prepared(self, draft, error);
}

static LaneAct lane_act_of(const Prepared *self, const TxDraft *draft)
{
    return (LaneAct){.type = draft->type,
                     .person = self->person,
                     .subject = self->subject,
                     .members = draft->members,
                     .prepared = draft->prepared,
                     .confirmation = draft->confirmation};
}

static void tell(const Prepared *self, const LaneAppended *from, Appended *to)
{
    *to = (Appended){.leaf = from->leaf, .seq = from->at.seq, .time_ms = from->time_ms};
    const char *subject = self->subject ? self->subject : self->entry->id;
    g_strlcpy(to->subject, subject, sizeof to->subject);
    const char *slash = strchr(subject, '/');
    g_strlcpy(to->id, slash ? slash + 1 : subject, sizeof to->id);
}

gboolean tx_append(Tx *tx, const TxDraft *draft, Appended *appended, GError **error)
{
    g_auto(Prepared) self = {0};
    LaneAppended here;
    if (!prepare(tx, draft, &self, error))
        return FALSE;
    const LaneAct act = lane_act_of(&self, draft);
    if (!tx_append_act(tx, self.entry, &act, &here, error))
        return FALSE;
    if (appended)
        tell(&self, &here, appended);
    tx_notify(tx, "record", AUDIENCE_SPACE, self.entry->space, NULL, draft->type);
    return TRUE;
}

GBytes *tx_prepare(Tx *tx, const TxDraft *draft, GError **error)
{
    g_auto(Prepared) self = {0};
    if (!prepare(tx, draft, &self, error))
        return NULL;
    const LaneAct act = lane_act_of(&self, draft);
    return lane_prepare(self.entry->lane, &act, error);
}

/* ---- new spaces ---- */

/* Every kind of thing that this build knows: a lane of one party lets it write all of them. */
static json_t *known_kinds(const Node *node)
{
    json_t *kinds = json_array();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const GPtrArray *types = act_types_all(node->types);
    for (guint i = 0; i < types->len; i++) {
        const ActType *type = g_ptr_array_index(types, i);
        if (type->entity && g_hash_table_add(seen, (gpointer)type->entity))
            json_array_append_new(kinds, json_string(type->entity));
    }
    return kinds;
}

static json_t *charter_members(const Node *node, const char *kind, const char *basis)
{
    g_autoptr(json_t) parties = json_object();
    json_object_set_new(parties, node_name(node), known_kinds(node));
    return json_pack("{s:s, s:O, s:s, s:[], s:{}, s:s, s:n}", "kind", kind, "parties", parties, "lead", node_name(node),
                     "deputies", "heirs", "basis", basis, "succeeds");
}

/* A lane's key, made with the lane, wrapped under the node's. */
static gboolean put_lane_key(Tx *tx, const char *lane, const char *space, const char *kind, GError **error)
{
    g_autoptr(Secret) key = secret_new_random(tx->node->env);
    g_autofree char *what = g_strconcat("lane/", lane, NULL);
    g_autoptr(GBytes) wrapped = secret_wrap(tx->node->env, tx->node->wrap, what, key);
    g_autoptr(DbQuery) put =
        db_query(tx->db, "INSERT INTO lane_key (lane, space, kind, wrapped) VALUES (:lane, :space, :kind, :wrapped)");
    db_bind_text(put, "lane", lane);
    db_bind_text(put, "space", space);
    db_bind_text(put, "kind", kind);
    db_bind_bytes(put, "wrapped", wrapped);
    return db_run(put, error);
}

LaneEntry *tx_charter(Tx *tx, const char *space, const char *kind, const char *basis, GError **error)
{
    char lane[HASH_HEX_SIZE];
    g_autoptr(json_t) members = charter_members(tx->node, kind, basis);
    g_autoptr(GBytes) charter = lane_charter(tx->node->env, space, node_name(tx->node), members, lane, error);
    if (!charter || !put_lane_key(tx, lane, space, kind, error))
        return NULL;
    LaneEntry *entry = lanes_add(tx->node->lanes, space, kind, lane, error);
    if (!entry)
        return NULL;
    tx_touch(tx, entry);
    if (!lane_begin(entry->lane, charter, NULL, NULL, NULL, error))
        return NULL;
    return tx_begin_feed(tx, entry, error) && fold_project(tx->node, tx->db, entry, error) ? entry : NULL;
}

gboolean tx_open_space(Tx *tx, const char *kind, const char *basis, const Principal *founder, const char *const *roles,
                       char **space, GError **error)
{
    g_autofree char *id = uuid7_new(tx->node->env);
    if (!tx_charter(tx, id, kind, basis, error))
        return FALSE;
    if (founder && !tx_introduce(tx, id, founder->person, roles, error))
        return FALSE;
    *space = g_steal_pointer(&id);
    return TRUE;
}
