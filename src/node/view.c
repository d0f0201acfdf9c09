#include "node/view.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/digest.h"
#include <string.h>

json_t *view_time(gint64 unix_ms)
{
    if (unix_ms <= 0)
        return json_null();
    char text[TIME_TEXT_SIZE];
    time_write(text, unix_ms);
    return json_string(text);
}

char **view_role_list(const char *stored)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(stored ? stored : ""));
    return *trimmed ? g_strsplit(trimmed, " ", -1) : g_new0(char *, 1);
}

json_t *view_roles(const char *stored)
{
    g_auto(GStrv) roles = view_role_list(stored);
    return json_texts((const char *const *)roles);
}

/* The row of a person in a lane: name, title, affiliation, machine. FALSE: the lane has not named it. */
static gboolean person_row(DbQuery *query, const char *lane, const char *node, const char *person)
{
    g_autoptr(GError) error = NULL;
    db_bind_text(query, "lane", lane);
    db_bind_text(query, "node", node);
    db_bind_text(query, "id", person);
    int row = db_step(query, &error);
    if (row < 0)
        g_warning("reading a person's name: %s", error->message);
    return row > 0;
}

#define PERSON_SQL                                                                                                     \
    "SELECT n.name, n.title, n.affiliation, COALESCE((SELECT p.machine FROM lane_person p WHERE p.lane = n.lane AND "  \
    "p.id = n.id), 0) "                                                                                                \
    "FROM person_name n WHERE n.lane = :lane AND n.node = :node AND n.id = :id"

json_t *view_actor(Db *db, const char *lane, const char *node, const char *person)
{
    if (!*person)
        return json_null();
    g_autoptr(DbQuery) query = db_query(db, PERSON_SQL);
    gboolean named = person_row(query, lane, node, person);
    return json_pack("{s:s, s:s, s:s, s:b}", "id", person, "name", named ? db_text(query, 0) : person, "node", node,
                     "machine", named && db_integer(query, 3) != 0);
}

json_t *view_person(Db *db, const char *lane, const char *node, const char *person)
{
    g_autoptr(DbQuery) query = db_query(db, PERSON_SQL);
    gboolean named = person_row(query, lane, node, person);
    return json_pack("{s:s, s:s, s:s, s:s, s:b}", "id", person, "name", named ? db_text(query, 0) : person, "title",
                     named ? db_text(query, 1) : "", "affiliation", named ? db_text(query, 2) : "", "machine",
                     named && db_integer(query, 3) != 0);
}

json_t *view_parties(Node *node, Db *db, const char *lane)
{
    const NodeConfig *config = node_config(node);
    json_t *parties = json_array();
    g_autoptr(GError) error = NULL;
    g_autoptr(DbQuery) query = db_query(db, "SELECT node, letter FROM lane_party WHERE lane = :lane ORDER BY node");
    db_bind_text(query, "lane", lane);
    int row;
    while ((row = db_step(query, &error)) > 0) {
        const char *name = db_text(query, 0);
        gboolean own = g_str_equal(name, config->name);
        json_array_append_new(parties,
                              json_pack("{s:s, s:s, s:s, s:s}", "node", name, "letter", db_text(query, 1), "title",
                                        own ? config->title : name, "country", own ? config->country : "XX"));
    }
    if (row < 0)
        g_warning("reading the parties of a lane: %s", error->message);
    return parties;
}

char *view_number(Db *db, const char *lane, const char *node, gint64 number)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT letter FROM lane_party WHERE lane = :lane AND node = :node");
    db_bind_text(query, "lane", lane);
    db_bind_text(query, "node", node);
    const char *letter = db_step(query, NULL) > 0 ? db_text(query, 0) : "?";
    return g_strdup_printf("%s-%04" G_GINT64_FORMAT, letter, number);
}

gboolean view_counts(Node *node, Db *db, const char *space, json_t *object, GError **error)
{
    for (const Feature *const *feature = node_features(node); *feature; feature++) {
        for (const FeatureCount *count = (*feature)->counts; count && count->name; count++) {
            g_autoptr(DbQuery) query = db_query(db, count->sql);
            db_bind_text(query, "space", space);
            if (db_step(query, error) < 0)
                return FALSE;
            json_object_set_new(object, count->name, json_integer(db_integer(query, 0)));
        }
    }
    return TRUE;
}

char *view_entity_id(Node *node, const char *subject)
{
    const char *slash = strchr(subject, '/');
    if (!slash)
        return g_strdup(subject);
    g_autofree char *creator = g_strndup(subject, (gsize)(slash - subject));
    if (g_str_equal(creator, node_name(node)))
        return g_strdup(slash + 1);
    return g_strconcat(slash + 1, "@", creator, NULL);
}

char *view_subject(Node *node, const char *id)
{
    const char *at = strchr(id, '@');
    if (!at)
        return g_strconcat(node_name(node), "/", id, NULL);
    g_autofree char *bare = g_strndup(id, (gsize)(at - id));
    return g_strconcat(at + 1, "/", bare, NULL);
}

json_t *view_record(const char *node, const char *epoch, guint64 seq, gconstpointer leaf)
{
    g_autofree char *hex = hex_encode(leaf, HASH_SIZE);
    g_autofree char *feed = g_strconcat(node, "/", epoch, NULL);
    return json_pack("{s:s, s:I, s:s}", "leaf", hex, "seq", (json_int_t)seq, "feed", feed);
}

gboolean body_only(const json_t *body, const char *const *known, GError **error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)body, key, value)
    {
        if (!g_strv_contains(known, key)) {
            g_autofree char *pointer = g_strconcat("/", key, NULL);
            error_set(error, COMITY_ERROR_INVALID, "body.member", pointer,
                      "The body has a member that is not known here.");
            return FALSE;
        }
    }
    return TRUE;
}
