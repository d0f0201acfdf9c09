#include "node/projection.h"

const char *projection_text(const Entity *entity, const char *field)
{
    const char *text = entity_text(entity, field);
    return text ? text : "";
}

char *projection_contested(const Entity *entity, const ProjectionField *fields)
{
    g_autoptr(json_t) contested = json_object();
    for (; fields->field; fields++) {
        if (!entity_is_contested(entity, fields->field))
            continue;
        g_autoptr(GArray) values = entity_values(entity, fields->field);
        json_t *list = json_array();
        for (guint n = 0; n < values->len; n++)
            json_array_append_new(list, json_deep_copy(g_array_index(values, EntityValue, n).value));
        json_object_set_new(contested, fields->member ? fields->member : fields->field, list);
    }
    return json_object_size(contested) ? json_compact(contested, NULL) : NULL;
}

gboolean projection_delete(Db *db, const EntityPlace *place, const char *const *statements, GError **error)
{
    for (; *statements; statements++) {
        g_autoptr(DbQuery) query = db_query(db, *statements);
        db_bind_text(query, "space", place->space);
        db_bind_text(query, "subject", place->subject);
        if (!db_run(query, error))
            return FALSE;
    }
    return TRUE;
}

void projection_bind_record(DbQuery *query, const EntityRecord *record)
{
    db_bind_integer(query, "time", record->time_ms);
    db_bind_integer(query, "height", (gint64)record->height);
    db_bind_text(query, "node", record->node);
    db_bind_text(query, "epoch", record->epoch);
    db_bind_integer(query, "seq", (gint64)record->at.seq);
    db_bind_text(query, "person", record->person);
    db_bind_blob(query, "leaf", record->leaf.bytes, HASH_SIZE);
}
