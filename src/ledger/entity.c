/* entity.c: reading a folded entity. See entity.h; how it is folded stands in entity_fold.c. */
#include "ledger/entity.h"
#include "base/text.h"
#include "ledger/entity_private.h"
#include <string.h>

const char *entity_subject(const Entity *self)
{
    return self->subject;
}

const char *entity_creator(const Entity *self)
{
    return self->creator;
}

const char *entity_id(const Entity *self)
{
    const char *slash = strchr(self->subject, '/');
    return slash ? slash + 1 : self->subject;
}

gboolean entity_is_lane(const Entity *self)
{
    return self->lane;
}

const char *entity_kind(const Entity *self)
{
    return self->lane ? "lane" : self->kind;
}

/* ---- values ---- */

EntityField *entity_field(const Entity *self, const char *name)
{
    return g_hash_table_lookup(self->fields, name);
}

static void append_value(GArray *values, const EntityEntry *entry)
{
    EntityValue value = {entry->value, entry->item->record.leaf, &entry->item->record};
    g_array_append_val(values, value);
}

static GArray *collect(const Entity *self, const char *name, gboolean history)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(EntityValue));
    const EntityField *field = entity_field(self, name);
    for (guint i = 0; field && i < field->entries->len; i++) {
        const EntityEntry *entry = &g_array_index(field->entries, EntityEntry, i);
        if (history || entry->standing)
            append_value(values, entry);
    }
    return values;
}

GArray *entity_values(const Entity *self, const char *field)
{
    return collect(self, field, FALSE);
}

GArray *entity_history(const Entity *self, const char *field)
{
    return collect(self, field, TRUE);
}

const json_t *entity_value(const Entity *self, const char *name)
{
    const EntityField *field = entity_field(self, name);
    for (guint i = 0; field && i < field->entries->len; i++)
        if (g_array_index(field->entries, EntityEntry, i).standing)
            return g_array_index(field->entries, EntityEntry, i).value;
    return NULL;
}

const char *entity_text(const Entity *self, const char *field)
{
    return json_string_value(entity_value(self, field));
}

gint64 entity_integer(const Entity *self, const char *field, gint64 fallback)
{
    const json_t *value = entity_value(self, field);
    return json_is_integer(value) ? (gint64)json_integer_value(value) : fallback;
}

gboolean entity_is_contested(const Entity *self, const char *field)
{
    g_autoptr(GArray) values = entity_values(self, field);
    return values->len > 1;
}

GPtrArray *entity_fields(const Entity *self)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, self->fields);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, name);
    g_ptr_array_sort(names, text_compare);
    return names;
}

/* ---- heads ---- */

static gint compare_hashes(gconstpointer a, gconstpointer b)
{
    return memcmp(((const Hash *)a)->bytes, ((const Hash *)b)->bytes, HASH_SIZE);
}

GArray *entity_heads(const Entity *self)
{
    GArray *heads = g_array_new(FALSE, FALSE, sizeof(Hash));
    for (guint i = 0; !self->lane && i < self->nodes->len; i++) {
        const EntityNode *node = g_ptr_array_index(self->nodes, i);
        if (!node->named)
            g_array_append_val(heads, node->leaf);
    }
    g_array_sort(heads, compare_hashes);
    return heads;
}

char *entity_tag(const Entity *self)
{
    g_autoptr(GArray) heads = entity_heads(self);
    Hash hash = sha256(heads->data, heads->len * sizeof(Hash));
    char *text = hash_text(heads->len == 1 ? &g_array_index(heads, Hash, 0) : &hash);
    text[32] = '\0';
    return text;
}

/* ---- homes ---- */

/* An offer counts as passed on when it was accepted and never declined: a node restored between two answers gave both,
 * and then both titles stand. */
static void answers_to(const Entity *self, const EntityItem *offer, gboolean *accepted, gboolean *declined)
{
    *accepted = *declined = FALSE;
    for (guint i = 0; i < self->home_acts->len; i++) {
        const EntityItem *answer = g_ptr_array_index(self->home_acts, i);
        if (answer->record.type->effect == ACT_OFFER_HOME || !hash_equal(&answer->about, &offer->record.leaf))
            continue;
        *(answer->record.type->effect == ACT_ACCEPT_HOME ? accepted : declined) = TRUE;
    }
}

static gboolean title_stands(const Entity *self, const Hash *title)
{
    for (guint i = 0; i < self->home_acts->len; i++) {
        const EntityItem *offer = g_ptr_array_index(self->home_acts, i);
        if (offer->record.type->effect != ACT_OFFER_HOME || !hash_equal(&offer->about, title))
            continue;
        gboolean accepted, declined;
        answers_to(self, offer, &accepted, &declined);
        if (accepted && !declined)
            return FALSE;
    }
    return TRUE;
}

GArray *entity_titles(const Entity *self)
{
    GArray *titles = g_array_new(FALSE, FALSE, sizeof(Hash));
    if (self->lane)
        return titles;
    Hash creation = {{0}};
    if (title_stands(self, &creation))
        g_array_append_val(titles, creation);
    for (guint i = 0; i < self->home_acts->len; i++) {
        const EntityItem *item = g_ptr_array_index(self->home_acts, i);
        if (item->record.type->effect == ACT_ACCEPT_HOME && title_stands(self, &item->record.leaf))
            g_array_append_val(titles, item->record.leaf);
    }
    return titles;
}

GPtrArray *entity_homes(const Entity *self)
{
    g_autoptr(GArray) titles = entity_titles(self);
    GPtrArray *homes = g_ptr_array_new();
    for (guint i = 0; i < titles->len; i++) {
        const Hash *title = &g_array_index(titles, Hash, i);
        const char *home = hash_is_zero(title) ? self->creator : entity_record_by_leaf(self, title)->node;
        if (!g_ptr_array_find_with_equal_func(homes, home, g_str_equal, NULL))
            g_ptr_array_add(homes, (gpointer)home);
    }
    g_ptr_array_sort(homes, text_compare);
    return homes;
}

const EntityRecord *entity_open_offer(const Entity *self, const Hash *title)
{
    for (guint i = 0; i < self->home_acts->len; i++) {
        const EntityItem *offer = g_ptr_array_index(self->home_acts, i);
        gboolean accepted, declined;
        if (offer->record.type->effect != ACT_OFFER_HOME || !hash_equal(&offer->about, title))
            continue;
        answers_to(self, offer, &accepted, &declined);
        if (!accepted && !declined)
            return &offer->record;
    }
    return NULL;
}

/* ---- records ---- */

GPtrArray *entity_holes(const Entity *self)
{
    GPtrArray *holes = g_ptr_array_new();
    g_ptr_array_extend(holes, self->holes, NULL, NULL);
    return holes;
}

GPtrArray *entity_idle(const Entity *self)
{
    GPtrArray *idle = g_ptr_array_new();
    for (guint i = 0; i < self->items->len; i++)
        if (entity_record(self, i)->idle)
            g_ptr_array_add(idle, g_ptr_array_index(self->items, i));
    return idle;
}

guint entity_record_count(const Entity *self)
{
    return self->items->len;
}

const EntityRecord *entity_record(const Entity *self, guint index)
{
    return &((const EntityItem *)g_ptr_array_index(self->items, index))->record;
}

const EntityRecord *entity_record_by_leaf(const Entity *self, const Hash *leaf)
{
    const EntityNode *node = g_hash_table_lookup(self->by_leaf, leaf);
    return node ? &node->first->record : NULL;
}

static gboolean had_effect(const EntityRecord *record)
{
    return record->class == RECORD_VALID && !record->idle && !record->repeated;
}

const EntityRecord *entity_first(const Entity *self)
{
    for (guint i = 0; i < self->items->len; i++)
        if (had_effect(entity_record(self, i)))
            return entity_record(self, i);
    return NULL;
}

const EntityRecord *entity_last(const Entity *self)
{
    for (guint i = self->items->len; i > 0; i--)
        if (had_effect(entity_record(self, i - 1)))
            return entity_record(self, i - 1);
    return NULL;
}

json_t *entity_act(const Entity *self, const EntityRecord *record)
{
    return record->class == RECORD_ERASED ? NULL : self->reader(self->data, record->at);
}

/* ---- descent ---- */

gboolean descent_has(const Descent *self, guint node)
{
    if (node < self->base)
        return TRUE;
    guint low = 0, high = self->extra ? self->extra->len : 0;
    while (low < high) {
        guint middle = low + (high - low) / 2, at = g_array_index(self->extra, guint, middle);
        if (at == node)
            return TRUE;
        *(at < node ? &low : &high) = at < node ? middle + 1 : middle;
    }
    return FALSE;
}

const Descent *entity_descent(const Entity *self, const EntityRecord *record)
{
    const EntityItem *item = (const EntityItem *)record;
    return &((const EntityNode *)g_ptr_array_index(self->nodes, item->node))->descent;
}

gboolean entity_descends(const Entity *self, const EntityRecord *later, const EntityRecord *earlier)
{
    return descent_has(entity_descent(self, later), ((const EntityItem *)earlier)->node);
}

gboolean entity_hole_below(const Entity *self, const EntityRecord *record)
{
    for (guint i = 0; i < self->holes->len; i++)
        if (entity_descends(self, record, g_ptr_array_index(self->holes, i)))
            return TRUE;
    return FALSE;
}

/* Does a later entry of @field among those that @record descends from replace @entry? */
static gboolean replaced_below(const Entity *self, const EntityField *field, guint entry, const EntityRecord *record)
{
    const EntityRecord *earlier = &g_array_index(field->entries, EntityEntry, entry).item->record;
    for (guint i = entry + 1; i < field->entries->len; i++) {
        const EntityRecord *later = &g_array_index(field->entries, EntityEntry, i).item->record;
        if (entity_descends(self, record, later) && entity_descends(self, later, earlier))
            return TRUE;
    }
    return FALSE;
}

/* Where @record descends from all that stands, what it descends from stands as it does now. */
static gboolean saw_all(const Entity *self, const EntityField *field, const EntityRecord *record)
{
    for (guint i = 0; i < field->entries->len; i++) {
        const EntityEntry *entry = &g_array_index(field->entries, EntityEntry, i);
        if (entry->standing && !entity_descends(self, record, &entry->item->record))
            return FALSE;
    }
    return TRUE;
}

GArray *entity_values_below(const Entity *self, const EntityRecord *record, const char *name)
{
    const EntityField *field = entity_field(self, name);
    if (!field || saw_all(self, field, record))
        return entity_values(self, name);
    GArray *values = g_array_new(FALSE, FALSE, sizeof(EntityValue));
    for (guint i = 0; i < field->entries->len; i++) {
        const EntityEntry *entry = &g_array_index(field->entries, EntityEntry, i);
        if (entity_descends(self, record, &entry->item->record) && !replaced_below(self, field, i, record))
            append_value(values, entry);
    }
    return values;
}
