/* entity_fold.c: one step of the fold: the next state from the state and a record. See entity.h.
 *
 * The order inside a step matters and is the format's: descent first (whatever the verdict), then the home, then the
 * kind, then the type's own transition, then its values. A step that a hook refuses has already said its kind. */
#include "ledger/entity.h"
#include "ledger/entity_private.h"
#include <string.h>

static void free_item(gpointer data)
{
    EntityItem *item = data;
    g_free(item->to);
    g_free(item);
}

static void free_node(gpointer data)
{
    EntityNode *node = data;
    g_clear_pointer(&node->descent.extra, g_array_unref);
    g_free(node);
}

static void clear_entry(gpointer data)
{
    json_decref(((EntityEntry *)data)->value);
}

static void free_field(gpointer data)
{
    EntityField *field = data;
    g_array_unref(field->entries);
    g_free(field->name);
    g_free(field);
}

Entity *entity_new(const ActTypes *types, const char *subject, gboolean lane, EntityActReader reader, gpointer data)
{
    Entity *self = g_new0(Entity, 1);
    const char *slash = strchr(subject, '/');
    self->types = types;
    self->subject = g_strdup(subject);
    self->creator = slash ? g_strndup(subject, (gsize)(slash - subject)) : g_strdup("");
    self->lane = lane;
    self->reader = reader;
    self->data = data;
    self->texts = g_string_chunk_new(256);
    self->items = g_ptr_array_new_with_free_func(free_item);
    self->nodes = g_ptr_array_new_with_free_func(free_node);
    self->by_leaf = g_hash_table_new(hash_table_hash, hash_table_equal);
    self->acts = g_hash_table_new(hash_table_hash, hash_table_equal);
    self->fields = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_field);
    self->home_acts = g_ptr_array_new();
    self->holes = g_ptr_array_new();
    self->kind = "";
    return self;
}

void entity_free(Entity *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->fields);
    g_hash_table_unref(self->acts);
    g_hash_table_unref(self->by_leaf);
    g_ptr_array_unref(self->holes);
    g_ptr_array_unref(self->home_acts);
    g_ptr_array_unref(self->nodes);
    g_ptr_array_unref(self->items);
    g_string_chunk_free(self->texts);
    g_free(self->creator);
    g_free(self->subject);
    g_free(self);
}

/* ---- canonical order ---- */

static int compare_spans(const char *text, Span span)
{
    gsize length = strlen(text);
    int order = memcmp(text, span.at, MIN(length, span.length));
    return order != 0 ? order : (length > span.length) - (length < span.length);
}

gboolean entity_sorts_last(const Entity *self, const EntityInput *input)
{
    if (self->items->len == 0)
        return TRUE;
    const EntityItem *last = g_ptr_array_index(self->items, self->items->len - 1);
    const Header *header = input->header;
    if (last->record.height != header->height)
        return last->record.height < header->height;
    int order = compare_spans(last->record.node, header->node);
    if (order == 0)
        order = compare_spans(last->record.epoch, header->epoch);
    if (order != 0)
        return order < 0;
    if (last->record.at.seq != header->seq)
        return last->record.at.seq < header->seq;
    return last->has_root && input->root && memcmp(last->root.bytes, input->root->bytes, HASH_SIZE) < 0;
}

/* ---- descent ---- */

static gint compare_numbers(gconstpointer a, gconstpointer b)
{
    guint x = *(const guint *)a, y = *(const guint *)b;
    return (x > y) - (x < y);
}

/* Makes @extra ascending, distinct and above @base, and lets @base grow over what follows it without a gap (F2). */
static Descent make_descent(guint base, GArray *extra)
{
    g_array_sort(extra, compare_numbers);
    guint kept = 0;
    for (guint i = 0; i < extra->len; i++) {
        guint node = g_array_index(extra, guint, i);
        if (node < base || (kept > 0 && g_array_index(extra, guint, kept - 1) == node))
            continue;
        if (node == base && kept == 0)
            base++;
        else
            g_array_index(extra, guint, kept++) = node;
    }
    g_array_set_size(extra, kept);
    return (Descent){base, kept > 0 ? g_array_ref(extra) : NULL};
}

/* What a record descends from, by those of its `prev` that are known here. */
static Descent descent_of(const Entity *self, const Header *header)
{
    g_autoptr(GArray) extra = g_array_new(FALSE, FALSE, sizeof(guint));
    guint base = 0;
    for (guint i = 0; i < header->prev_count; i++) {
        Hash leaf = header_prev(header, i);
        const EntityNode *node = g_hash_table_lookup(self->by_leaf, &leaf);
        if (!node)
            continue;
        base = MAX(base, node->descent.base);
        guint number = node->first->node;
        g_array_append_val(extra, number);
        if (node->descent.extra)
            g_array_append_vals(extra, node->descent.extra->data, node->descent.extra->len);
    }
    return make_descent(base, extra);
}

static void mark_named(const Entity *self, const EntityInput *input)
{
    for (guint i = 0; i < input->header->prev_count; i++) {
        Hash leaf = header_prev(input->header, i);
        EntityNode *node = g_hash_table_lookup(self->by_leaf, &leaf);
        if (node && (!input->named || input->named[i]))
            node->named = TRUE;
    }
}

static void add_node(Entity *self, EntityItem *item, Descent descent)
{
    EntityNode *node = g_hash_table_lookup(self->by_leaf, &item->record.leaf);
    if (node) { /* the same leaf on another branch of a fork (F1) */
        g_clear_pointer(&node->descent.extra, g_array_unref);
        node->descent = descent;
        item->node = node->first->node;
        return;
    }
    node = g_new0(EntityNode, 1);
    node->leaf = item->record.leaf;
    node->descent = descent;
    node->first = item;
    item->node = self->nodes->len;
    g_ptr_array_add(self->nodes, node);
    g_hash_table_insert(self->by_leaf, &node->leaf, node);
}

static EntityItem *add_item(Entity *self, const EntityInput *input)
{
    const Header *header = input->header;
    EntityItem *item = g_new0(EntityItem, 1);
    EntityRecord *record = &item->record;
    record->leaf = input->leaf;
    record->act = header->act;
    record->at = input->at;
    record->height = header->height;
    record->time_ms = header->time_ms;
    record->node = input->node;
    record->epoch = input->epoch;
    g_autofree char *person = span_text(header->person);
    record->person = g_string_chunk_insert_const(self->texts, person);
    record->class = input->class;
    record->reason = input->reason;
    record->lasting = header->lasting;
    record->confirmed = header->has_confirmation && input->class == RECORD_VALID;
    record->index = self->items->len;
    item->has_root = input->root != NULL;
    if (input->root)
        item->root = *input->root;
    g_ptr_array_add(self->items, item);
    return item;
}

/* ---- values ---- */

static EntityField *field_made(Entity *self, const char *name)
{
    EntityField *field = entity_field(self, name);
    if (field)
        return field;
    field = g_new(EntityField, 1);
    field->name = g_strdup(name);
    field->entries = g_array_new(FALSE, FALSE, sizeof(EntityEntry));
    g_array_set_clear_func(field->entries, clear_entry);
    g_hash_table_insert(self->fields, field->name, field);
    return field;
}

/* A value replaces those that its record descends from. @value is taken. */
static void add_value(Entity *self, EntityItem *item, const char *name, json_t *value)
{
    EntityField *field = field_made(self, name);
    const Descent *descent = entity_descent(self, &item->record);
    for (guint i = field->entries->len; i > 0; i--) {
        EntityEntry *entry = &g_array_index(field->entries, EntityEntry, i - 1);
        if (entry->standing && descent_has(descent, entry->item->node))
            entry->standing = FALSE;
    }
    EntityEntry entry = {value, item, TRUE};
    g_array_append_val(field->entries, entry);
}

void entity_set(Entity *self, const char *field, json_t *value)
{
    g_assert(self->pending); /* only inside apply */
    g_ptr_array_add(self->pending, g_strdup(field));
    g_ptr_array_add(self->pending, value);
}

/* Runs the type's hook; its values count only if it found the step possible. */
static const char *run_hook(Entity *self, EntityItem *item, const json_t *act)
{
    if (!item->record.type->apply)
        return NULL;
    g_autoptr(GPtrArray) pending = g_ptr_array_new();
    self->pending = pending;
    const char *idle = item->record.type->apply(self, &item->record, act);
    self->pending = NULL;
    for (guint i = 0; i < pending->len; i += 2) {
        g_autofree char *field = g_ptr_array_index(pending, i);
        json_t *value = g_ptr_array_index(pending, i + 1);
        if (idle)
            json_decref(value);
        else
            add_value(self, item, field, value);
    }
    return idle;
}

static void set_values(Entity *self, EntityItem *item, const json_t *act)
{
    for (const ActSet *set = item->record.type->sets; set && set->field; set++) {
        json_t *value = set->member ? json_incref(json_object_get(act, set->member)) : json_string(set->constant);
        if (value)
            add_value(self, item, set->field, value);
    }
}

/* What is carried brings every standing value of each field. */
static void set_carried(Entity *self, EntityItem *item, const json_t *act)
{
    const char *field;
    json_t *values;
    json_object_foreach(json_object_get(act, "state"), field, values)
    {
        field_made(self, field);
        for (gsize i = 0; i < json_array_size(values); i++)
            add_value(self, item, field, json_incref(json_array_get(values, i)));
    }
}

/* ---- a step ---- */

static void note_home(Entity *self, EntityItem *item, const json_t *act)
{
    ActEffect effect = item->record.type->effect;
    if (effect != ACT_OFFER_HOME && effect != ACT_ACCEPT_HOME && effect != ACT_DECLINE_HOME)
        return;
    const char *about = json_text(act, effect == ACT_OFFER_HOME ? "home" : "offer");
    if (about && (strlen(about) != 2 * HASH_SIZE || !hash_read(about, &item->about)))
        return; /* judged valid, so it can't be */
    if (effect == ACT_OFFER_HOME)
        item->to = g_strdup(json_text(act, "to"));
    g_ptr_array_add(self->home_acts, item);
}

static const char *apply_act(Entity *self, EntityItem *item, const json_t *act)
{
    const ActType *type = item->record.type;
    if (self->lane)
        return NULL;
    note_home(self, item, act);
    const char *kind = type->effect == ACT_CARRY ? json_text(act, "kind") : type->entity;
    if (kind && *self->kind && !g_str_equal(self->kind, kind))
        return "another kind of thing";
    if (kind)
        self->kind = g_string_chunk_insert_const(self->texts, kind);
    const char *idle = run_hook(self, item, act);
    if (idle)
        return idle;
    set_values(self, item, act);
    if (type->effect == ACT_CARRY)
        set_carried(self, item, act);
    return NULL;
}

void entity_apply(Entity *self, const EntityInput *input)
{
    Descent descent = descent_of(self, input->header);
    mark_named(self, input);
    EntityItem *item = add_item(self, input);
    add_node(self, item, descent);
    if (input->class == RECORD_ERASED || input->class == RECORD_UNKNOWN)
        g_ptr_array_add(self->holes, item);
    if (input->class != RECORD_VALID)
        return;
    item->record.type = act_types_find(self->types, json_text(input->act, "type"));
    item->record.repeated = !g_hash_table_add(self->acts, &item->record.act);
    if (!item->record.repeated)
        item->record.idle = apply_act(self, item, input->act);
}
