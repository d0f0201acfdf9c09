/* fold.c: entities of the lane, folded from its records when somebody asks, and kept for a while.
 * A record that sorts last is applied to a kept entity; any other arrival, and an erasure, lets go of it, and the next
 * who asks folds it again. So the writer's own acts cost one step, and nothing depends on what happens to be kept. */
#include "base/error.h"
#include "ledger/lane_private.h"

#define ENTITIES_KEPT 128

void lane_forget_entity(Lane *self, const char *subject)
{
    gpointer key, entity;
    if (!g_hash_table_lookup_extended(self->entities, subject, &key, &entity))
        return;
    g_queue_remove(&self->entity_order, key);
    g_hash_table_remove(self->entities, subject);
}

void lane_forget_entities(Lane *self)
{
    g_queue_clear(&self->entity_order);
    g_hash_table_remove_all(self->entities);
}

static json_t *read_act(gpointer data, Place at)
{
    return lane_act(data, at, NULL);
}

/* ---- applying ---- */

static gboolean apply(Lane *self, Entity *entity, Candidate *it, RecordClass class, const char *reason,
                      gboolean only_last, gboolean *applied, GError **error)
{
    OrderKey key;
    if (!lane_order_key(self, it->header->height, it->at, &key, error))
        return FALSE;
    EntityInput input = {.at = it->at,
                         .leaf = it->leaf,
                         .node = it->line->feed->node,
                         .epoch = it->line->feed->epoch,
                         .header = it->header,
                         .named = it->below ? it->named_prev : NULL,
                         .root = key.has_root ? &key.root : NULL,
                         .class = class,
                         .reason = reason,
                         .act = NULL};
    *applied = !only_last || entity_sorts_last(entity, &input);
    if (*applied && class == RECORD_VALID)
        input.act = candidate_tree(it);
    if (*applied)
        entity_apply(entity, &input);
    return TRUE;
}

gboolean lane_fold_add(Lane *self, Candidate *it, RecordClass class, const char *reason, GError **error)
{
    Entity *entity = g_hash_table_lookup(self->entities, it->subject);
    gboolean applied;
    if (!entity)
        return TRUE;
    if (!apply(self, entity, it, class, reason, TRUE, &applied, error))
        return FALSE;
    if (!applied)
        lane_forget_entity(self, it->subject);
    return TRUE;
}

/* Reads the record at @at again and applies it. */
static gboolean apply_stored(Lane *self, Entity *entity, Place at, GError **error)
{
    g_auto(RecordRow) row = {0};
    g_auto(Candidate) it = {0};
    Header header;
    if (!lane_record(self, at, RECORD_HEADER | RECORD_ACT, &row, error))
        return FALSE;
    if (row.class != RECORD_VALID)
        g_clear_pointer(&row.act, g_bytes_unref); /* it says nothing here */
    if (!candidate_stored(self, &it, lane_line_at(self, at.line), at.seq, &row, &header, error))
        return FALSE;
    if (row.class == RECORD_VALID && !it.found.fits) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "The act of record %" G_GUINT64_FORMAT " of line %u is damaged or missing.", at.seq, at.line);
        return FALSE;
    }
    if (row.class != RECORD_VALID && header.prev_count > 0) { /* what it names may lie outside its past */
        it.merged = it.past = lane_past_at(self, at, error);
        if (!it.past || !lane_look_below(self, &it, error))
            return FALSE;
    }
    gboolean applied;
    return apply(self, entity, &it, row.class, row.reason, FALSE, &applied, error);
}

Entity *lane_fold(Lane *self, const char *subject, GError **error)
{
    g_autoptr(GArray) places = lane_of_subject(self, subject, error);
    if (!places)
        return NULL;
    if (places->len == 0) {
        error_set(error, COMITY_ERROR_NOT_FOUND, "entity.not_found", "", "There is nothing of this name in the lane.");
        return NULL;
    }
    g_autoptr(Entity) entity = entity_new(self->context.types, subject, g_str_equal(subject, self->id), read_act, self);
    for (guint i = 0; i < places->len; i++)
        if (!apply_stored(self, entity, g_array_index(places, Place, i), error))
            return NULL;
    return g_steal_pointer(&entity);
}

/* ---- keeping ---- */

static void keep(Lane *self, Entity *entity)
{
    while (g_hash_table_size(self->entities) >= ENTITIES_KEPT) {
        gpointer oldest = g_queue_pop_head(&self->entity_order);
        g_hash_table_remove(self->entities, oldest);
    }
    char *key = g_strdup(entity_subject(entity));
    g_hash_table_insert(self->entities, key, entity);
    g_queue_push_tail(&self->entity_order, key);
}

const Entity *lane_entity(Lane *self, const char *subject, GError **error)
{
    gpointer key, kept;
    if (g_hash_table_lookup_extended(self->entities, subject, &key, &kept)) {
        g_queue_remove(&self->entity_order, key);
        g_queue_push_tail(&self->entity_order, key);
        return kept;
    }
    Entity *entity = lane_fold(self, subject, error);
    if (entity)
        keep(self, entity);
    return entity;
}

typedef struct {
    Lane *lane;
    SubjectEach each;
    gpointer data;
} Walking;

static gboolean note_counted(gpointer data, const RecordRow *row, GError **error)
{
    (void)error;
    Walking *walking = data;
    gboolean *counted = walking->data;
    *counted = *counted || lane_counts(walking->lane, row->at);
    return TRUE;
}

static gboolean walk_subject(gpointer data, const char *subject, GError **error)
{
    Walking *walking = data;
    const LaneStore *store = &walking->lane->store;
    gboolean counted = FALSE;
    Walking looking = {walking->lane, NULL, &counted};
    if (!store->class->of_subject(store->store, subject, 0, note_counted, &looking, error))
        return FALSE;
    return !counted || walking->each(walking->data, subject, error);
}

gboolean lane_subjects(Lane *self, SubjectEach each, gpointer data, GError **error)
{
    Walking walking = {self, each, data};
    return self->store.class->subjects(self->store.store, walk_subject, &walking, error);
}
