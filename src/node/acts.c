/* node/acts.c: see acts.h. */
#include "node/acts.h"
#include "ledger/core_acts.h"
#include <string.h>

static const Field placed_fields[] = {
    {.name = "who", .kind = FIELD_ID, .min = 1, .says = "The person, by its id in the node's own space."},
    {.name = "in", .kind = FIELD_UUID, .says = "The space."},
    {.name = "as", .kind = FIELD_ID, .min = 1, .says = "The person's random id in that space."},
    {.name = NULL},
};
static const ActSet placed_sets[] = {{"who", "who", NULL}, {"in", "in", NULL}, {"as", "as", NULL}, {0}};

static const ActType node_acts[] = {
    {.name = "person.placed/1",
     .on = ACT_CREATES,
     .entity = "placement",
     .fields = placed_fields,
     .sets = placed_sets,
     .says = "Gave a person an id of its own in a space."},
};
static const gsize node_act_count = G_N_ELEMENTS(node_acts);

static const char *const node_kinds[] = {"placement", "person", NULL};
static const char *const node_tables[] = {"space", "lane_party", "lane_person", "person_place", "person_name", NULL};

static gboolean project_placement(Db *db, const Entity *entity, GError **error)
{
    const char *space = entity_text(entity, "in");
    const char *person = entity_text(entity, "who");
    const char *id = entity_text(entity, "as");
    if (!space || !person || !id)
        return TRUE;
    g_autoptr(DbQuery) put = db_query(db, "INSERT INTO person_place (space, person, id) VALUES (:space, :person, :id) "
                                          "ON CONFLICT (space, person) DO NOTHING");
    db_bind_text(put, "space", space);
    db_bind_text(put, "person", person);
    db_bind_text(put, "id", id);
    return db_run(put, error);
}

/* What a lane calls a person: `person.named` sets it, whatever else features say about the same entity. */
static gboolean project_name(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    const char *name = entity_text(entity, "name");
    if (!name)
        return TRUE;
    const char *title = entity_text(entity, "title"), *affiliation = entity_text(entity, "affiliation");
    g_autoptr(DbQuery) put =
        db_query(db, "INSERT INTO person_name (lane, node, id, name, title, affiliation) "
                     "VALUES (:lane, :node, :id, :name, :title, :affiliation) ON CONFLICT (lane, node, id) "
                     "DO UPDATE SET name = :name, title = :title, affiliation = :affiliation");
    db_bind_text(put, "lane", place->lane);
    db_bind_text(put, "node", entity_creator(entity));
    db_bind_text(put, "id", entity_id(entity));
    db_bind_text(put, "name", name);
    db_bind_text(put, "title", title ? title : "");
    db_bind_text(put, "affiliation", affiliation ? affiliation : "");
    return db_run(put, error);
}

static gboolean node_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    if (g_str_equal(entity_kind(entity), "placement"))
        return g_str_equal(place->kind, "node") ? project_placement(db, entity, error) : TRUE;
    return project_name(db, place, entity, error);
}

const Feature node_feature = {
    .name = "node",
    .acts = node_acts,
    .act_count = &node_act_count,
    .kinds = node_kinds,
    .tables_sql = node_tables_sql,
    .tables = node_tables,
    .tables_version = 1,
    .project = node_project,
};
