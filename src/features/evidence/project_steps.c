/* features/evidence/project_steps.c: an exhibit's way, step by step, and what was corrected on it.
 *
 * Idea: each valid act that had an effect is one step. A step is "alone" unless the one before it in canonical order did not
 * come before it: then nobody may say which was first, and the pages show both at the same time. */
#include "features/evidence/private.h"
#include "node/projection.h"
#include <string.h>

typedef struct {
    Db *db;
    const EntityPlace *place;
    const Entity *entity;
    json_t *facts; /* what stood before the step: field -> value */
    gint64 files;  /* so many came before */
} Walk;

static const char *const fact_names[] = {"title",     "description", "kind",      "obtained",
                                         "languages", "sensitivity", "conditions"};

static const char *kind_of(const ActType *type)
{
    static const char *const kinds[][2] = {{"exhibit.added/1", "taken_in"},
                                           {"exhibit.extended/1", "extended"},
                                           {"exhibit.corrected/1", "corrected"},
                                           {"exhibit.sealed/1", "sealed"}};
    for (gsize n = 0; n < G_N_ELEMENTS(kinds); n++) {
        if (g_str_equal(kinds[n][0], type->name))
            return kinds[n][1];
    }
    return "note"; /* homes and the like */
}

static gboolean put_change(Walk *walk, gint64 at, const char *field, const json_t *value, const json_t *was,
                           const char *reason, GError **error)
{
    g_autofree char *value_text = json_compact(value, NULL);
    g_autofree char *was_text = was ? json_compact(was, NULL) : g_strdup("null");
    g_autoptr(DbQuery) query =
        db_query(walk->db, "INSERT INTO exhibit_change (space, subject, place, field, value, was, reason)"
                           " VALUES (:space, :subject, :place, :field, :value, :was, :reason)");
    db_bind_text(query, "space", walk->place->space);
    db_bind_text(query, "subject", walk->place->subject);
    db_bind_integer(query, "place", at);
    db_bind_text(query, "field", g_str_equal(field, "kind") ? "type" : field);
    db_bind_text(query, "value", value_text);
    db_bind_text(query, "was", was_text);
    db_bind_text(query, "reason", reason);
    return db_run(query, error);
}

/* Takes the facts of @act over; writes a change for each that was another before. */
static gboolean take_facts(Walk *walk, gint64 at, const json_t *act, json_t *what, GError **error)
{
    const char *reason = json_text(act, "reason");
    for (gsize n = 0; n < G_N_ELEMENTS(fact_names); n++) {
        json_t *value = json_object_get(act, fact_names[n]), *was = json_object_get(walk->facts, fact_names[n]);
        if (!value)
            continue;
        if (reason && !json_equal(value, was)) {
            json_object_set(what, g_str_equal(fact_names[n], "kind") ? "type" : fact_names[n], value);
            if (!put_change(walk, at, fact_names[n], value, was, reason, error))
                return FALSE;
        }
        json_object_set(walk->facts, fact_names[n], value);
    }
    return TRUE;
}

/* {text?, what?, files?}: what the step says beyond its kind. */
static json_t *detail_of(Walk *walk, const json_t *act, json_t *what)
{
    json_t *detail = json_object();
    const char *text = json_text(act, "reason") ? json_text(act, "reason") : json_text(act, "description");
    if (text && *text)
        json_object_set_new(detail, "text", json_string(text));
    if (json_object_size(what))
        json_object_set(detail, "what", what);
    const json_t *files = json_object_get(act, "files");
    if (files && json_is_object(json_array_get(files, 0))) {
        json_t *numbers = json_array();
        for (gsize n = 0; n < json_array_size(files); n++)
            json_array_append_new(numbers, json_integer((json_int_t)++walk->files));
        json_object_set_new(detail, "files", numbers);
    }
    const char *seal = json_text(act, "seal_number");
    if (seal && *seal)
        json_object_set_new(detail, "what", json_pack("{s:s}", "seal_number", seal));
    return detail;
}

static const char *confirmed_by(const EntityRecord *record)
{
    if (!(record->type->flags & ACT_CONFIRM))
        return "not_needed";
    return record->confirmed ? "person" : "machine";
}

static gboolean put_step(Walk *walk, gint64 at, const EntityRecord *record, const EntityRecord *before, GError **error)
{
    g_autoptr(json_t) act = entity_act(walk->entity, record);
    g_autoptr(json_t) what = json_object();
    if (act && !take_facts(walk, at, act, what, error))
        return FALSE;
    g_autoptr(json_t) detail = act ? detail_of(walk, act, what) : json_object();
    g_autofree char *detail_text = json_compact(detail, NULL);
    g_autoptr(DbQuery) query = db_query(walk->db, "INSERT INTO exhibit_step (space, subject, place, kind, time, "
                                                  "height, node, epoch, seq, person, leaf, confirmed, alone, detail)"
                                                  " VALUES (:space, :subject, :place, :kind, :time, :height, :node, "
                                                  ":epoch, :seq, :person, :leaf, :confirmed, :alone, :detail)");
    db_bind_text(query, "space", walk->place->space);
    db_bind_text(query, "subject", walk->place->subject);
    db_bind_integer(query, "place", at);
    db_bind_text(query, "kind", kind_of(record->type));
    projection_bind_record(query, record);
    db_bind_text(query, "confirmed", confirmed_by(record));
    db_bind_integer(query, "alone", !before || entity_descends(walk->entity, record, before));
    db_bind_text(query, "detail", detail_text);
    return db_run(query, error);
}

gboolean exhibit_put_steps(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    g_autoptr(json_t) facts = json_object();
    Walk walk = {.db = db, .place = place, .entity = entity, .facts = facts};
    const EntityRecord *before = NULL;
    for (guint n = 0; n < entity_record_count(entity); n++) {
        const EntityRecord *record = entity_record(entity, n);
        if (!record->type || record->idle || record->repeated)
            continue;
        if (!put_step(&walk, n, record, before, error))
            return FALSE;
        before = record;
    }
    return TRUE;
}
