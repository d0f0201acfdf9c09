/* node/spaces.c: what the node's tables say of a lane: its space, its parties, and who stands introduced. */
#include "base/error.h"
#include "base/text.h"
#include "node/internal.h"

/* "A" to "Z", then "AA": the party's place among the charter's parties, sorted by name. */
static void letter_write(char out[3], guint index)
{
    guint length = 0;
    if (index >= 26)
        out[length++] = (char)('A' + index / 26 - 1);
    out[length++] = (char)('A' + index % 26);
    out[length] = 0;
}

static gboolean project_parties(Db *db, Lane *lane, const json_t *charter, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *name;
    json_t *kinds;
    json_object_foreach(json_object_get(charter, "parties"), name, kinds) g_ptr_array_add(names, (gpointer)name);
    g_ptr_array_sort(names, text_compare);
    const char *lead = json_text(charter, "lead");
    for (guint i = 0; i < names->len; i++) {
        char letter[3];
        letter_write(letter, i);
        g_autoptr(DbQuery) put =
            db_query(db, "INSERT INTO lane_party (lane, node, letter, lead) "
                         "VALUES (:lane, :node, :letter, :lead) ON CONFLICT (lane, node) DO NOTHING");
        db_bind_text(put, "lane", lane_id(lane));
        db_bind_text(put, "node", g_ptr_array_index(names, i));
        db_bind_text(put, "letter", letter);
        db_bind_integer(put, "lead", g_strcmp0(lead, g_ptr_array_index(names, i)) == 0);
        if (!db_run(put, error))
            return FALSE;
    }
    return TRUE;
}

/* When the lane was chartered: the time that the founder's first record states. */
static gboolean opened_at(Lane *lane, gint64 *opened_ms, GError **error)
{
    g_autoptr(GArray) records = lane_of_subject(lane, lane_id(lane), error);
    if (!records || records->len == 0)
        return FALSE;
    g_auto(RecordRow) row = {0};
    if (!lane_record(lane, g_array_index(records, Place, 0), 0, &row, error))
        return FALSE;
    *opened_ms = row.time_ms;
    return TRUE;
}

/* The charter never changes, so its rows are written once. */
static gboolean project_charter(Db *db, Lane *lane, GError **error)
{
    const json_t *charter = lane_charter_act(lane);
    if (!charter)
        return TRUE;
    g_autoptr(DbQuery) known = db_query(db, "SELECT 1 FROM lane_party WHERE lane = :lane");
    db_bind_text(known, "lane", lane_id(lane));
    int row = db_step(known, error);
    if (row != 0)
        return row > 0;
    gint64 opened_ms = 0;
    if (!project_parties(db, lane, charter, error) || !opened_at(lane, &opened_ms, error))
        return FALSE;
    g_autoptr(DbQuery) put =
        db_query(db, "INSERT INTO space (id, kind, lane, opened) VALUES (:id, :kind, :lane, :opened) "
                     "ON CONFLICT (id) DO UPDATE SET lane = :lane");
    db_bind_text(put, "id", lane_space(lane));
    db_bind_text(put, "kind", json_text(charter, "kind"));
    db_bind_text(put, "lane", lane_id(lane));
    db_bind_integer(put, "opened", opened_ms);
    return db_run(put, error);
}

/* " clerk investigator ": so that one role is found by LIKE '% clerk %'. */
static char *roles_text(char *const *roles)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (gsize i = 0; roles[i]; i++)
        g_ptr_array_add(sorted, roles[i]);
    g_ptr_array_sort(sorted, text_compare);
    g_autoptr(GString) text = g_string_new(" ");
    for (guint i = 0; i < sorted->len; i++)
        g_string_append_printf(text, "%s ", (const char *)g_ptr_array_index(sorted, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

json_t *person_credentials(const LanePerson *person)
{
    json_t *list = json_array();
    for (guint i = 0; i < person->credentials->len; i++) {
        const LaneCredential *credential = g_ptr_array_index(person->credentials, i);
        gsize cose_length = 0, spki_length = 0;
        gconstpointer cose = g_bytes_get_data(credential->cose, &cose_length);
        gconstpointer spki = g_bytes_get_data(credential->spki, &spki_length);
        g_autofree char *cose_text = base64url_encode(cose, cose_length);
        g_autofree char *spki_text = base64url_encode(spki, spki_length);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "id", credential->id, "cose", cose_text, "spki", spki_text));
    }
    return list;
}

static gboolean put_person(Db *db, Lane *lane, const LanePerson *person, gboolean own, GError **error)
{
    g_autofree char *roles = roles_text(person->roles);
    g_autoptr(json_t) list = person_credentials(person);
    g_autofree char *credentials = json_compact(list, NULL);
    g_autoptr(DbQuery) put = db_query(
        db,
        "INSERT INTO lane_person (lane, id, space, person, roles, machine, credentials, since) VALUES (:lane, :id, "
        ":space, CASE WHEN :own = 1 THEN :id ELSE (SELECT person FROM person_place WHERE space = :space AND id = :id) "
        "END, :roles, :machine, :credentials, :since)");
    db_bind_text(put, "lane", lane_id(lane));
    db_bind_text(put, "id", person->person);
    db_bind_text(put, "space", lane_space(lane));
    db_bind_integer(put, "own", own);
    db_bind_text(put, "roles", roles);
    db_bind_integer(put, "machine", person->machine);
    db_bind_text(put, "credentials", credentials);
    db_bind_integer(put, "since", (gint64)person->since);
    return db_run(put, error);
}

static gboolean delete_person(Db *db, Lane *lane, const char *id, GError **error)
{
    g_autoptr(DbQuery) drop = db_query(db, "DELETE FROM lane_person WHERE lane = :lane AND id = :id");
    db_bind_text(drop, "lane", lane_id(lane));
    db_bind_text(drop, "id", id);
    return db_run(drop, error);
}

/* Rows whose introduction no longer stands go; what is left in @standing are those that are not there yet. */
static gboolean drop_outdated(Db *db, Lane *lane, GHashTable *standing, GError **error)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) rows = db_query(db, "SELECT id, since FROM lane_person WHERE lane = :lane");
    db_bind_text(rows, "lane", lane_id(lane));
    int row;
    while ((row = db_step(rows, error)) > 0) {
        const LanePerson *person = g_hash_table_lookup(standing, db_text(rows, 0));
        if (person && (gint64)person->since == db_integer(rows, 1))
            g_hash_table_remove(standing, person->person);
        else
            g_ptr_array_add(gone, g_strdup(db_text(rows, 0)));
    }
    if (row < 0)
        return FALSE;
    for (guint i = 0; i < gone->len; i++)
        if (!delete_person(db, lane, g_ptr_array_index(gone, i), error))
            return FALSE;
    return TRUE;
}

static gboolean project_people(Db *db, Lane *lane, const char *own_space, GError **error)
{
    g_autoptr(GPtrArray) people = lane_people(lane);
    g_autoptr(GHashTable) standing = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < people->len; i++) {
        LanePerson *person = g_ptr_array_index(people, i);
        g_hash_table_insert(standing, person->person, person);
    }
    if (!drop_outdated(db, lane, standing, error))
        return FALSE;
    gboolean own = g_strcmp0(lane_space(lane), own_space) == 0;
    GHashTableIter iter;
    gpointer person;
    g_hash_table_iter_init(&iter, standing);
    while (g_hash_table_iter_next(&iter, NULL, &person))
        if (!put_person(db, lane, person, own, error))
            return FALSE;
    return TRUE;
}

gboolean spaces_project(Db *db, Lane *lane, const char *own_space, GError **error)
{
    return project_charter(db, lane, error) && project_people(db, lane, own_space, error);
}
