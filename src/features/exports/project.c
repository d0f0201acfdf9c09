/* features/exports/project.c: an export entity as rows, and as a step on the way of the exhibits in it. */
#include "features/exports/private.h"
#include "node/projection.h"
#include "node/proof.h"
#include "node/view.h"

static gboolean put_exhibits(Db *db, const EntityPlace *place, const json_t *exhibits, GError **error)
{
    gsize n;
    json_t *exhibit;
    json_array_foreach((json_t *)exhibits, n, exhibit)
    {
        g_autoptr(DbQuery) query =
            db_query(db, "INSERT INTO export_exhibit (space, export, exhibit) VALUES (:space, :export, :exhibit)");
        db_bind_text(query, "space", place->space);
        db_bind_text(query, "export", place->subject);
        db_bind_text(query, "exhibit", json_string_value(exhibit));
        if (!db_run(query, error))
            return FALSE;
    }
    return TRUE;
}

gboolean export_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    static const char *const clear[] = {"DELETE FROM export WHERE space = :space AND subject = :subject",
                                        "DELETE FROM export_exhibit WHERE space = :space AND export = :subject", NULL};
    const EntityRecord *first = entity_first(entity);
    if (!projection_delete(db, place, clear, error))
        return FALSE;
    if (!first)
        return TRUE;
    const json_t *exhibits = entity_value(entity, "exhibits");
    g_autofree char *list = json_compact(exhibits, NULL);
    g_autoptr(DbQuery) query =
        db_query(db, "INSERT INTO export (space, subject, id, lane, scope, exhibits, exhibit_count, readings, purpose, "
                     "time, height, node, epoch, seq, person, leaf,"
                     " confirmed) VALUES (:space, :subject, :id, :lane, :scope, :exhibits, :exhibit_count, :readings, "
                     ":purpose, :time, :height, :node, :epoch, :seq,"
                     " :person, :leaf, :confirmed)");
    db_bind_text(query, "space", place->space);
    db_bind_text(query, "subject", place->subject);
    db_bind_text(query, "id", entity_id(entity));
    db_bind_text(query, "lane", place->lane);
    db_bind_text(query, "scope", entity_text(entity, "scope"));
    db_bind_text(query, "exhibits", list);
    db_bind_integer(query, "exhibit_count", (gint64)json_array_size(exhibits));
    db_bind_integer(query, "readings", json_is_true(entity_value(entity, "readings")));
    db_bind_text(query, "purpose", entity_text(entity, "purpose"));
    projection_bind_record(query, first);
    db_bind_integer(query, "confirmed", first->confirmed);
    return db_run(query, error) && put_exhibits(db, place, exhibits, error);
}

gboolean export_timeline(Node *node, Db *db, const char *space, const char *subject, json_t *steps, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT e.time, e.height, e.node, e.epoch, e.seq, e.person, e.leaf, "
                                            "e.lane, e.confirmed FROM export e WHERE e.space = :space AND"
                                            " (EXISTS (SELECT 1 FROM export_exhibit x WHERE x.space = e.space AND "
                                            "x.export = e.subject AND x.exhibit = :subject) OR (e.scope ="
                                            " 'whole' AND e.height > COALESCE((SELECT min(s.height) FROM exhibit_step "
                                            "s WHERE s.space = e.space AND s.subject = :subject), 0)))");
    db_bind_text(query, "space", space);
    db_bind_text(query, "subject", subject);
    int row;
    while ((row = db_step(query, error)) > 0) {
        gsize length = 0;
        const Hash *leaf = db_blob(query, 6, &length);
        const char *lane = db_text(query, 7);
        json_t *proof = proof_status_json(node, db, lane, leaf, error);
        if (!proof)
            return FALSE;
        json_array_append_new(
            steps, json_pack("{s:s, s:o, s:b, s:o, s:s, s:o, s:o, s:I}", "kind", "exported", "time",
                             view_time(db_integer(query, 0)), "claimed", 0, "by",
                             view_actor(db, lane, db_text(query, 2), db_text(query, 5)), "confirmed",
                             db_integer(query, 8) ? "person" : "machine", "proof", proof, "record",
                             view_record(db_text(query, 2), db_text(query, 3), (guint64)db_integer(query, 4), leaf),
                             "height", (json_int_t)db_integer(query, 1)));
    }
    return row == 0;
}
