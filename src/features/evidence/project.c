/* features/evidence/project.c: exhibits and readings as rows. */
#include "base/text.h"
#include "features/evidence/private.h"
#include "node/projection.h"

static void bind_json(DbQuery *query, const char *name, const json_t *value, const char *fallback)
{
    g_autofree char *text = value ? json_compact(value, NULL) : g_strdup(fallback);
    db_bind_text(query, name, text);
}

static gboolean put_file(Db *db, const EntityPlace *place, const json_t *file, gint64 n, GError **error)
{
    const char *hash = json_text(file, "sha256");
    g_autoptr(DbQuery) query =
        db_query(db, "INSERT INTO exhibit_file (space, subject, n, sha256, size, name, path, media_type, modified)"
                     " VALUES (:space, :subject, :n, :sha256, :size, :name, :path, :media_type, :modified)");
    db_bind_text(query, "space", place->space);
    db_bind_text(query, "subject", place->subject);
    db_bind_integer(query, "n", n);
    db_bind_text(query, "sha256", hash + strlen("sha256:"));
    db_bind_integer(query, "size", json_integer_or(file, "size", 0));
    db_bind_text(query, "name", json_text(file, "name"));
    db_bind_text(query, "path", json_text(file, "path"));
    db_bind_text(query, "media_type", json_text(file, "media_type"));
    db_bind_text(query, "modified", json_text(file, "modified"));
    return db_run(query, error);
}

typedef struct {
    gint64 count, size;
    char *first_type;
} Files;

/* Files of all acts that had an effect, in canonical order. */
static gboolean put_files(Db *db, const EntityPlace *place, const Entity *entity, Files *files, GError **error)
{
    for (guint n = 0; n < entity_record_count(entity); n++) {
        const EntityRecord *record = entity_record(entity, n);
        if (!record->type || record->idle || record->repeated)
            continue;
        if (!g_str_equal(record->type->name, "exhibit.added/1") &&
            !g_str_equal(record->type->name, "exhibit.extended/1"))
            continue;
        g_autoptr(json_t) act = entity_act(entity, record);
        gsize index;
        json_t *file;
        json_array_foreach(json_object_get(act, "files"), index, file)
        {
            if (!put_file(db, place, file, ++files->count, error))
                return FALSE;
            files->size += json_integer_or(file, "size", 0);
            if (!files->first_type)
                files->first_type = g_strdup(json_text(file, "media_type"));
        }
    }
    return TRUE;
}

/* {time, node, person, number, reason, confirmed} of the seal that stands, or NULL. */
static char *seal_text(const Entity *entity)
{
    g_autoptr(GArray) values = entity_values(entity, "sealed");
    if (values->len == 0)
        return NULL;
    const EntityValue *seal = &g_array_index(values, EntityValue, 0);
    g_autoptr(json_t) row =
        json_pack("{s:I, s:s, s:s, s:O, s:O, s:b}", "time", (json_int_t)seal->record->time_ms, "node",
                  seal->record->node, "person", seal->record->person, "number", json_object_get(seal->value, "number"),
                  "reason", json_object_get(seal->value, "reason"), "confirmed", seal->record->confirmed);
    return json_compact(row, NULL);
}

static const ProjectionField contested_fields[] = {{"title", NULL},      {"description", NULL}, {"kind", "type"},
                                                   {"obtained", NULL},   {"languages", NULL},   {"sensitivity", NULL},
                                                   {"conditions", NULL}, {NULL, NULL}};

static gint64 obtained_at(const json_t *obtained)
{
    const char *when = json_text(obtained, "when");
    gint64 at = 0;
    return when && time_read(when, -1, &at) ? at : 0;
}

static gboolean put_exhibit(Db *db, const EntityPlace *place, const Entity *entity, const Files *files, GError **error)
{
    const EntityRecord *first = entity_first(entity);
    const json_t *obtained = entity_value(entity, "obtained"), *sensitivity = entity_value(entity, "sensitivity");
    g_autofree char *title_key = text_sort_key(projection_text(entity, "title"));
    g_autofree char *sealed = seal_text(entity), *contested = projection_contested(entity, contested_fields),
                    *tag = entity_tag(entity);
    g_autoptr(GPtrArray) holes = entity_holes(entity);
    g_autoptr(DbQuery) query = db_query(
        db, "INSERT INTO exhibit (space, subject, lane, node, number, title, title_key, description, kind, obtained, "
            "obtained_at, languages,"
            " protected, harmful, conditions, files, size, first_type, added, added_by, leaf, sealed, holes, tag, "
            "contested) VALUES (:space,"
            " :subject, :lane, :node, :number, :title, :title_key, :description, :kind, :obtained, :obtained_at, "
            ":languages, :protected, :harmful,"
            " :conditions, :files, :size, :first_type, :added, :added_by, :leaf, :sealed, :holes, :tag, :contested)");
    db_bind_text(query, "space", place->space);
    db_bind_text(query, "subject", place->subject);
    db_bind_text(query, "lane", place->lane);
    db_bind_text(query, "node", entity_creator(entity));
    db_bind_integer(query, "number", entity_integer(entity, "number", 0));
    db_bind_text(query, "title", projection_text(entity, "title"));
    db_bind_text(query, "title_key", title_key);
    db_bind_text(query, "description", projection_text(entity, "description"));
    db_bind_text(query, "kind", *projection_text(entity, "kind") ? projection_text(entity, "kind") : "other");
    bind_json(query, "obtained", obtained, "{}");
    db_bind_integer(query, "obtained_at", obtained_at(obtained));
    bind_json(query, "languages", entity_value(entity, "languages"), "[]");
    db_bind_integer(query, "protected", json_is_true_at(sensitivity, "protected_person"));
    db_bind_integer(query, "harmful", json_is_true_at(sensitivity, "harmful"));
    bind_json(query, "conditions", entity_value(entity, "conditions"), "{}");
    db_bind_integer(query, "files", files->count);
    db_bind_integer(query, "size", files->size);
    db_bind_text(query, "first_type", files->first_type ? files->first_type : "");
    db_bind_integer(query, "added", first->time_ms);
    db_bind_text(query, "added_by", first->person);
    db_bind_blob(query, "leaf", first->leaf.bytes, HASH_SIZE);
    db_bind_text(query, "sealed", sealed);
    db_bind_integer(query, "holes", holes->len);
    db_bind_text(query, "tag", tag);
    db_bind_text(query, "contested", contested);
    return db_run(query, error);
}

static gboolean project_exhibit(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    static const char *const clear[] = {"DELETE FROM exhibit WHERE space = :space AND subject = :subject",
                                        "DELETE FROM exhibit_file WHERE space = :space AND subject = :subject",
                                        "DELETE FROM exhibit_step WHERE space = :space AND subject = :subject",
                                        "DELETE FROM exhibit_change WHERE space = :space AND subject = :subject", NULL};
    if (!projection_delete(db, place, clear, error))
        return FALSE;
    if (!entity_first(entity))
        return TRUE;
    Files files = {0};
    gboolean done = put_files(db, place, entity, &files, error) && put_exhibit(db, place, entity, &files, error) &&
                    exhibit_put_steps(db, place, entity, error);
    g_free(files.first_type);
    return done;
}

static gboolean project_reading(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    static const char *const clear[] = {"DELETE FROM reading WHERE space = :space AND subject = :subject", NULL};
    if (!projection_delete(db, place, clear, error))
        return FALSE;
    const EntityRecord *first = entity_first(entity);
    if (!first)
        return TRUE;
    g_autoptr(DbQuery) query = db_query(db, "INSERT INTO reading (space, subject, lane, exhibit, lies_in, what, files, "
                                            "reason, time, height, node, epoch, seq, person, leaf) VALUES"
                                            " (:space, :subject, :lane, :exhibit, :lies_in, :what, :files, :reason, "
                                            ":time, :height, :node, :epoch, :seq, :person, :leaf)");
    db_bind_text(query, "space", place->space);
    db_bind_text(query, "subject", place->subject);
    db_bind_text(query, "lane", place->lane);
    db_bind_text(query, "exhibit", projection_text(entity, "exhibit"));
    db_bind_text(query, "lies_in", projection_text(entity, "lies_in"));
    db_bind_text(query, "what", projection_text(entity, "what"));
    bind_json(query, "files", entity_value(entity, "files"), "[]");
    db_bind_text(query, "reason", projection_text(entity, "reason"));
    projection_bind_record(query, first);
    return db_run(query, error);
}

gboolean evidence_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    return g_str_equal(entity_kind(entity), "reading") ? project_reading(db, place, entity, error)
                                                       : project_exhibit(db, place, entity, error);
}
