/* features/cases/project.c: a case entity as rows. */
#include "features/cases/acts.h"
#include "features/cases/private.h"
#include "node/page.h"
#include "node/projection.h"
#include <string.h>

static const ProjectionField contested_fields[] = {{"reference", NULL}, {"title", NULL},  {"offence", NULL},
                                                   {"summary", NULL},   {"status", NULL}, {NULL, NULL}};

static gboolean put_cover(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    const EntityRecord *first = entity_first(entity), *last = entity_last(entity);
    g_autofree char *reference_key = text_sort_key(projection_text(entity, "reference"));
    g_autofree char *title_key = text_sort_key(projection_text(entity, "title"));
    g_autofree char *contested = projection_contested(entity, contested_fields);
    g_autofree char *tag = entity_tag(entity);
    g_autoptr(DbQuery) query =
        db_query(db, "INSERT INTO case_cover (space, lane, subject, reference, reference_key, title, title_key, "
                     "offence, summary, status, opened,"
                     " opened_leaf, opener, changed, tag, contested) VALUES (:space, :lane, :subject, :reference, "
                     ":reference_key, :title, :title_key,"
                     " :offence, :summary, :status, :opened, :opened_leaf, :opener, :changed, :tag, :contested)");
    db_bind_text(query, "space", place->space);
    db_bind_text(query, "lane", place->lane);
    db_bind_text(query, "subject", place->subject);
    db_bind_text(query, "reference", projection_text(entity, "reference"));
    db_bind_text(query, "reference_key", reference_key);
    db_bind_text(query, "title", projection_text(entity, "title"));
    db_bind_text(query, "title_key", title_key);
    db_bind_text(query, "offence", projection_text(entity, "offence"));
    db_bind_text(query, "summary", projection_text(entity, "summary"));
    db_bind_text(query, "status", g_strcmp0(entity_text(entity, "status"), "closed") == 0 ? "closed" : "open");
    db_bind_integer(query, "opened", first->time_ms);
    db_bind_blob(query, "opened_leaf", first->leaf.bytes, HASH_SIZE);
    db_bind_text(query, "opener", first->person);
    db_bind_integer(query, "changed", last->time_ms);
    db_bind_text(query, "tag", tag);
    db_bind_text(query, "contested", contested);
    return db_run(query, error);
}

static gboolean put_members(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    g_autoptr(GPtrArray) fields = entity_fields(entity);
    for (guint n = 0; n < fields->len; n++) {
        const char *field = g_ptr_array_index(fields, n);
        if (!g_str_has_prefix(field, CASE_MEMBER_FIELD))
            continue;
        g_autoptr(GArray) values = entity_values(entity, field);
        const EntityValue *value = &g_array_index(values, EntityValue, 0);
        if (!json_is_array(value->value))
            continue; /* removed */
        g_autoptr(DbQuery) query = db_query(db, "INSERT INTO case_member (space, who, since, node, added_by, leaf)"
                                                " VALUES (:space, :who, :since, :node, :added_by, :leaf)");
        db_bind_text(query, "space", place->space);
        db_bind_text(query, "who", field + strlen(CASE_MEMBER_FIELD));
        db_bind_integer(query, "since", value->record->time_ms);
        db_bind_text(query, "node", value->record->node);
        db_bind_text(query, "added_by", value->record->person);
        db_bind_blob(query, "leaf", value->leaf.bytes, HASH_SIZE);
        if (!db_run(query, error))
            return FALSE;
    }
    return TRUE;
}

gboolean case_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    static const char *const clear[] = {"DELETE FROM case_cover WHERE space = :space",
                                        "DELETE FROM case_member WHERE space = :space"};
    for (gsize n = 0; n < G_N_ELEMENTS(clear); n++) {
        g_autoptr(DbQuery) query = db_query(db, clear[n]);
        db_bind_text(query, "space", place->space);
        if (!db_run(query, error))
            return FALSE;
    }
    if (!entity_first(entity))
        return TRUE;
    return put_cover(db, place, entity, error) && put_members(db, place, entity, error);
}
