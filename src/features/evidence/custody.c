/* features/evidence/custody.c: the way of an exhibit as the page shows it: what is claimed of the time before it came in, what
 * is proven since, who read it, where it went; and the verdict that sums it up without judging. */
#include "features/evidence/private.h"
#include "node/proof.h"
#include "node/view.h"

static json_t *stored_json(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value ? value : json_object();
}

/* {kind, time, claimed, by, confirmed, proof, record, height}; NULL with @error. */
static json_t *step_json(Node *node, Db *db, const char *lane, const DbQuery *row, GError **error)
{
    gsize length = 0;
    const Hash *leaf = db_blob(row, 6, &length);
    json_t *proof = proof_status_json(node, db, lane, leaf, error);
    if (!proof)
        return NULL;
    return json_pack("{s:s, s:o, s:b, s:o, s:s, s:o, s:o, s:I}", "kind", db_text(row, 0), "time",
                     view_time(db_integer(row, 1)), "claimed", 0, "by",
                     view_actor(db, lane, db_text(row, 3), db_text(row, 5)), "confirmed", db_text(row, 7), "proof",
                     proof, "record", view_record(db_text(row, 3), db_text(row, 4), (guint64)db_integer(row, 8), leaf),
                     "height", (json_int_t)db_integer(row, 2));
}

/* Own acts: detail and "alone" beside what step_json() reads. @concurrent: counts those that nobody put in order. */
static gboolean add_acts(Node *node, Db *db, const ExhibitRef *ref, json_t *steps, gint64 *concurrent, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT kind, time, height, node, epoch, person, leaf, confirmed, seq, alone, detail FROM exhibit_step"
            " WHERE space = :space AND subject = :subject ORDER BY place");
    db_bind_text(query, "space", ref->space);
    db_bind_text(query, "subject", ref->subject);
    int row;
    while ((row = db_step(query, error)) > 0) {
        json_t *step = step_json(node, db, ref->lane, query, error);
        if (!step)
            return FALSE;
        g_autoptr(json_t) detail = stored_json(db_text(query, 10));
        json_object_update_missing(step, detail);
        *concurrent += db_integer(query, 9) == 0;
        json_array_append_new(steps, step);
    }
    return row == 0;
}

static gboolean add_readings(Node *node, Db *db, const ExhibitRef *ref, json_t *steps, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT what, time, height, node, epoch, person, leaf, 'not_needed', seq, files, reason, lane FROM reading"
            " WHERE space = :space AND exhibit = :exhibit ORDER BY height, leaf");
    db_bind_text(query, "space", ref->space);
    db_bind_text(query, "exhibit", ref->subject);
    int row;
    while ((row = db_step(query, error)) > 0) {
        json_t *step = step_json(node, db, db_text(query, 11), query, error);
        if (!step)
            return FALSE;
        json_object_set_new(step, "files", stored_json(db_text(query, 9)));
        if (*db_text(query, 10))
            json_object_set_new(step, "text", json_string(db_text(query, 10)));
        json_array_append_new(steps, step);
    }
    return row == 0;
}

/* How it was obtained is a word of whoever took it in: claimed, at the time that they name. */
static json_t *collected_step(const json_t *exhibit, const json_t *first)
{
    const json_t *obtained = json_object_get(exhibit, "obtained"), *when = json_object_get(obtained, "when");
    json_t *step = json_pack("{s:s, s:O, s:b, s:O, s:O, s:s, s:{s:s, s:i, s:n}, s:O, s:i}", "kind", "collected", "time",
                             when, "claimed", 1, "by", json_object_get(first, "by"), "what", obtained, "confirmed",
                             "none", "proof", "state", "claimed", "cosigned_by", 0, "anchored_at", "record",
                             json_object_get(first, "record"), "height", 0);
    return step;
}

static int by_height(gconstpointer a, gconstpointer b)
{
    json_int_t first = json_integer_value(json_object_get(*(json_t *const *)a, "height"));
    json_int_t second = json_integer_value(json_object_get(*(json_t *const *)b, "height"));
    return first < second ? -1 : first > second;
}

static json_t *sorted(json_t *steps)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    gsize n;
    json_t *step;
    json_array_foreach(steps, n, step) g_ptr_array_add(list, step);
    g_ptr_array_sort(list, by_height);
    json_t *ordered = json_array();
    for (guint i = 0; i < list->len; i++) {
        step = g_ptr_array_index(list, i);
        json_object_del(step, "height");
        json_array_append(ordered, step);
    }
    return ordered;
}

static json_t *verdict_json(const json_t *steps, gint64 concurrent)
{
    json_int_t proven = 0, claimed = 0, damaged = 0;
    const json_t *taken_in = NULL;
    gsize n;
    json_t *step;
    json_array_foreach((json_t *)steps, n, step)
    {
        const char *state = json_text(json_object_get(step, "proof"), "state");
        proven += g_str_equal(state, "proven") || g_str_equal(state, "cosigned");
        claimed += g_str_equal(state, "claimed");
        damaged += g_str_equal(state, "damaged");
        if (!taken_in && g_strcmp0(json_text(step, "kind"), "taken_in") == 0)
            taken_in = step;
    }
    json_t *since = taken_in && damaged == 0 ? json_object_get(taken_in, "time") : NULL;
    json_t *anchored = taken_in ? json_object_get(json_object_get(taken_in, "proof"), "anchored_at") : NULL;
    return json_pack("{s:o, s:o, s:I, s:I, s:I, s:I}", "unchanged_since", since ? json_incref(since) : json_null(),
                     "anchored_at", anchored ? json_incref(anchored) : json_null(), "proven", proven, "claimed",
                     claimed, "at_same_time", (json_int_t)concurrent, "damaged", damaged);
}

/* Corrections, the newest first. */
static json_t *history_json(Node *node, Db *db, const ExhibitRef *ref, GError **error)
{
    g_autoptr(json_t) history = json_array();
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT c.field, c.value, c.was, c.reason, s.time, s.node, s.person, s.leaf FROM exhibit_change c"
                     " JOIN exhibit_step s ON s.space = c.space AND s.subject = c.subject AND s.place = c.place"
                     " WHERE c.space = :space AND c.subject = :subject ORDER BY c.place DESC, c.field");
    db_bind_text(query, "space", ref->space);
    db_bind_text(query, "subject", ref->subject);
    int row;
    while ((row = db_step(query, error)) > 0) {
        gsize length = 0;
        json_t *proof = proof_status_json(node, db, ref->lane, db_blob(query, 7, &length), error);
        if (!proof)
            return NULL;
        json_array_append_new(history, json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "field", db_text(query, 0),
                                                 "value", stored_json(db_text(query, 1)), "was",
                                                 json_loads(db_text(query, 2), JSON_DECODE_ANY, NULL), "reason",
                                                 db_text(query, 3), "time", view_time(db_integer(query, 4)), "by",
                                                 view_actor(db, ref->lane, db_text(query, 5), db_text(query, 6)),
                                                 "proof", proof));
    }
    return row < 0 ? NULL : g_steal_pointer(&history);
}

gboolean exhibit_add_custody(Node *node, Db *db, const ExhibitRef *ref, json_t *exhibit, GError **error)
{
    g_autoptr(json_t) steps = json_array();
    gint64 concurrent = 0;
    if (!add_acts(node, db, ref, steps, &concurrent, error) || !add_readings(node, db, ref, steps, error))
        return FALSE;
    for (const Feature *const *feature = node_features(node); *feature; feature++) {
        if ((*feature)->timeline && !(*feature)->timeline(node, db, ref->space, ref->subject, steps, error))
            return FALSE;
    }
    if (json_array_size(steps) > 0)
        json_array_insert_new(steps, 0, collected_step(exhibit, json_array_get(steps, 0)));
    g_autoptr(json_t) history = history_json(node, db, ref, error);
    if (!history)
        return FALSE;
    g_autoptr(json_t) ordered = sorted(steps);
    json_object_set_new(exhibit, "verdict", verdict_json(ordered, concurrent));
    json_object_set(exhibit, "custody", ordered);
    json_object_set(exhibit, "history", history);
    return TRUE;
}
