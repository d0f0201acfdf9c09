#include "node/rebuild.h"
#include "base/error.h"
#include "node/acts.h"
#include "node/lanes.h"
#include "node/open.h"
#include "node/rebuild_private.h"
#include "store/db_schema.h"
#include <glib/gstdio.h>

/* Where rows are written, and which features' rows. */
typedef struct {
    Node *node;
    Db *db;
    const Feature **features; /* to be filled, ended by NULL */
    Lane *lane;
    EntityPlace place;
} Rebuild;

static gboolean fills(const Rebuild *self, const Feature *feature)
{
    for (gsize i = 0; self->features[i]; i++)
        if (self->features[i] == feature)
            return TRUE;
    return FALSE;
}

static gboolean project_entity(Rebuild *self, const Entity *entity, GError **error)
{
    for (gsize i = 0; self->features[i]; i++) {
        const Feature *feature = self->features[i];
        if (!feature->project || !feature->kinds || !g_strv_contains(feature->kinds, entity_kind(entity)))
            continue;
        if (!feature->project(self->db, &self->place, entity, error))
            return error_prefix(error, "writing the rows of feature %s", feature->name);
    }
    return TRUE;
}

static gboolean project_subject(gpointer data, const char *subject, GError **error)
{
    Rebuild *self = data;
    if (g_str_equal(subject, lane_id(self->lane)))
        return !fills(self, &node_feature) || spaces_project(self->db, self->lane, self->node->own_space, error);
    g_autoptr(Entity) entity = lane_fold(self->lane, subject, error);
    self->place.subject = subject;
    return entity && project_entity(self, entity, error);
}

static gboolean project_lane(Rebuild *self, Lane *lane, const char *kind, GError **error)
{
    self->lane = lane;
    self->place = (EntityPlace){.space = lane_space(lane), .lane = lane_id(lane), .kind = kind};
    return lane_subjects(lane, project_subject, self, error);
}

GPtrArray *rebuild_lanes(Node *node, Db *db, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT lane FROM lane_key ORDER BY CASE WHEN space = :own THEN 0 ELSE 1 END, lane");
    db_bind_text(query, "own", node->own_space);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(ids, g_strdup(db_text(query, 0)));
    return row == 0 ? g_steal_pointer(&ids) : NULL;
}

static gboolean make_tables(Db *db, const Feature *feature, GError **error)
{
    return db_projection_make(db, feature->name, feature->tables_version, feature->tables_sql, feature->tables, error);
}

/* The node's projection and those of all features that have tables; ended by NULL. New array, items borrowed. */
static const Feature **all_features(Node *node)
{
    GPtrArray *list = g_ptr_array_new();
    g_ptr_array_add(list, (gpointer)&node_feature);
    for (gsize i = 0; node->features[i]; i++)
        if (node->features[i]->tables_sql)
            g_ptr_array_add(list, (gpointer)node->features[i]);
    g_ptr_array_add(list, NULL);
    return (const Feature **)g_ptr_array_free(list, FALSE);
}

/* Those of them whose tables were made by another version. */
static const Feature **outdated_features(Node *node, GError **error)
{
    g_autofree const Feature **all = all_features(node);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (gsize i = 0; all[i]; i++) {
        gint64 version = 0;
        if (!db_projection_version(node->db, all[i]->name, &version, error))
            return NULL;
        if (version != (gint64)all[i]->tables_version)
            g_ptr_array_add(list, (gpointer)all[i]);
    }
    g_ptr_array_add(list, NULL);
    return (const Feature **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

gboolean rebuild_tables(Node *node, gboolean all, gboolean *rebuilt, GError **error)
{
    g_autofree const Feature **features = all ? all_features(node) : outdated_features(node, error);
    if (!features)
        return FALSE;
    *rebuilt = features[0] != NULL;
    for (gsize i = 0; features[i]; i++)
        if (!make_tables(node->db, features[i], error))
            return error_prefix(error, "making the tables of feature %s", features[i]->name);
    g_autoptr(GPtrArray) ids = *rebuilt ? rebuild_lanes(node, node->db, error) : g_ptr_array_new();
    Rebuild self = {.node = node, .db = node->db, .features = features};
    for (guint i = 0; ids && i < ids->len; i++) {
        LaneEntry *entry = lanes_get(node->lanes, g_ptr_array_index(ids, i), error);
        if (!entry || !project_lane(&self, entry->lane, entry->kind, error))
            return FALSE;
        lanes_trim(node->lanes);
    }
    return ids != NULL;
}

/* ---- a rebuild beside ---- */

#define SHADOW "shadow"

void rebuild_drop_shadow(const Node *node)
{
    static const char *const names[] = {SHADOW, SHADOW "-wal", SHADOW "-shm", SHADOW "-journal", NULL};
    for (gsize i = 0; names[i]; i++) {
        g_autofree char *path = node_path(node, names[i]);
        (void)g_unlink(path);
    }
}

static gboolean make_shadow_tables(Node *node, Db *shadow, GError **error)
{
    g_autofree const Feature **features = all_features(node);
    for (gsize i = 0; features[i]; i++)
        if (!make_tables(shadow, features[i], error))
            return FALSE;
    return TRUE;
}

Db *rebuild_open_shadow(Node *node, GError **error)
{
    g_autofree char *path = node_path(node, SHADOW);
    rebuild_drop_shadow(node);
    g_autoptr(Db) shadow = db_open(node->env, path, node->database_key, DB_CREATE, error);
    if (!shadow || !lane_sql_schema(shadow, error) || !db_begin(shadow, error) ||
        !make_shadow_tables(node, shadow, error))
        return NULL;
    return g_steal_pointer(&shadow);
}

gboolean rebuild_project(Node *node, Db *db, Lane *lane, const char *kind, GError **error)
{
    g_autofree const Feature **features = all_features(node);
    Rebuild self = {.node = node, .db = db, .features = features};
    return project_lane(&self, lane, kind, error);
}

static gboolean fill_shadow(Node *node, Db *shadow, Db *source, RebuildProgress progress, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) ids = rebuild_lanes(node, source, error);
    for (guint i = 0; ids && i < ids->len; i++) {
        g_autoptr(LaneView) view = lane_view_open(node, source, g_ptr_array_index(ids, i), error);
        if (!view || !rebuild_project(node, shadow, view->lane, view->kind, error))
            return FALSE;
        if (progress)
            progress(data, i + 1, ids->len);
    }
    return ids != NULL;
}

gboolean node_shadow_digest(Node *self, RebuildProgress progress, gpointer data, Hash *digest, GError **error)
{
    g_autoptr(Db) source = node_reader_open(self, error);
    g_autoptr(Db) shadow = source && db_begin(source, error) ? rebuild_open_shadow(self, error) : NULL;
    gboolean done =
        shadow && fill_shadow(self, shadow, source, progress, data, error) && node_digest(self, shadow, digest, error);
    rebuild_drop_shadow(self);
    return done;
}
