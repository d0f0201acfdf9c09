/* node/fold.c: from an entity's folded state to the rows of whoever projects its kind.
 *
 * Idea: the lane folds (incrementally, where the record sorts last) and says which subjects changed; here each of them
 * is handed to the node's own projection and to every feature that lists its kind. */
#include "base/error.h"
#include "node/acts.h"
#include "node/lanes.h"

static gboolean projects_kind(const Feature *feature, const char *kind)
{
    return feature->project && feature->kinds && g_strv_contains(feature->kinds, kind);
}

static gboolean project_with(const Feature *feature, Db *db, const EntityPlace *place, const Entity *entity,
                             GError **error)
{
    if (!projects_kind(feature, entity_kind(entity)) || feature->project(db, place, entity, error))
        return TRUE;
    return error_prefix(error, "writing the rows of feature %s", feature->name);
}

gboolean fold_project_entity(Node *node, Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    if (!project_with(&node_feature, db, place, entity, error))
        return FALSE;
    for (gsize i = 0; node->features[i]; i++)
        if (!project_with(node->features[i], db, place, entity, error))
            return FALSE;
    return TRUE;
}

static gboolean project_subject(Node *node, Db *db, LaneEntry *entry, const char *subject, GError **error)
{
    if (g_str_equal(subject, entry->id))
        return spaces_project(db, entry->lane, node->own_space, error);
    const Entity *entity = lane_entity(entry->lane, subject, error);
    const EntityPlace place = {.space = entry->space, .lane = entry->id, .kind = entry->kind, .subject = subject};
    return entity && fold_project_entity(node, db, &place, entity, error);
}

gboolean fold_project(Node *node, Db *db, LaneEntry *entry, GError **error)
{
    GHashTableIter iter;
    gpointer subject;
    g_hash_table_iter_init(&iter, entry->changed);
    while (g_hash_table_iter_next(&iter, &subject, NULL)) {
        if (!project_subject(node, db, entry, subject, error))
            return FALSE;
        g_hash_table_iter_remove(&iter);
    }
    return TRUE;
}
