/* node/people.c: who may act in which lane: introductions, names, and a person's own id in every space.
 *
 * Idea: the node's own lane says of each person which roles and passkeys it has; every other lane repeats that under an
 * id of its own, so that two spaces can't be joined by whoever sees both. Which id is whose stands in the own lane
 * (person.placed), so that a rebuild finds it again. */
#include "base/error.h"
#include "base/text.h"
#include "node/lanes.h"
#include <string.h>

/* The node's own act on the lane itself or on @subject. */
static gboolean append_as_node(Tx *tx, LaneEntry *entry, const char *type, const char *subject, json_t *members,
                               GError **error)
{
    const LaneAct act = {.type = type, .person = "", .subject = subject, .members = members};
    return tx_append_act(tx, entry, &act, NULL, error);
}

static gboolean append_introduction(Tx *tx, LaneEntry *entry, const char *id, const char *const *roles,
                                    const json_t *credentials, gboolean machine, GError **error)
{
    g_autoptr(json_t) members = json_pack("{s:s, s:o, s:O, s:b}", "who", id, "roles", json_texts(roles), "credentials",
                                          (json_t *)credentials, "machine", machine);
    return append_as_node(tx, entry, "person.introduced/1", NULL, members, error);
}

static gboolean same_roles(char *const *a, const char *const *b)
{
    if (g_strv_length((char **)a) != g_strv_length((char **)b))
        return FALSE;
    for (gsize i = 0; a[i]; i++)
        if (!g_strv_contains(b, a[i]))
            return FALSE;
    return TRUE;
}

/* Introduces @id unless it stands introduced with just these roles and passkeys. */
static gboolean introduce_if_new(Tx *tx, LaneEntry *entry, const char *id, const char *const *roles,
                                 const json_t *credentials, gboolean machine, GError **error)
{
    const LanePerson *standing = lane_person(entry->lane, id);
    if (standing && standing->machine == machine && same_roles(standing->roles, roles)) {
        g_autoptr(json_t) before = person_credentials(standing);
        if (json_equal(before, credentials))
            return TRUE;
    }
    return append_introduction(tx, entry, id, roles, credentials, machine, error);
}

/* Names @id in the lane of @entry unless it is called just so there. */
static gboolean name_if_new(Tx *tx, LaneEntry *entry, const char *id, const char *name, const char *title,
                            const char *affiliation, GError **error)
{
    g_autoptr(DbQuery) known = db_query(tx->db, "SELECT name, title, affiliation FROM person_name "
                                                "WHERE lane = :lane AND node = :node AND id = :id");
    db_bind_text(known, "lane", entry->id);
    db_bind_text(known, "node", node_name(tx->node));
    db_bind_text(known, "id", id);
    int row = db_step(known, error);
    if (row < 0)
        return FALSE;
    if (row > 0 && g_str_equal(db_text(known, 0), name) && g_str_equal(db_text(known, 1), title) &&
        g_str_equal(db_text(known, 2), affiliation))
        return TRUE;
    g_autofree char *subject = g_strdup_printf("%s/%s", node_name(tx->node), id);
    g_autoptr(json_t) members = json_pack("{s:s, s:s, s:s}", "name", name, "title", title, "affiliation", affiliation);
    return append_as_node(tx, entry, "person.named/1", subject, members, error);
}

/* The same, with what the own lane calls @person. */
static gboolean name_as_at_home(Tx *tx, LaneEntry *entry, const char *person, const char *id, GError **error)
{
    g_autoptr(DbQuery) home = db_query(tx->db, "SELECT name, title, affiliation FROM person_name "
                                               "WHERE lane = :lane AND node = :node AND id = :id");
    db_bind_text(home, "lane", tx->node->own_lane);
    db_bind_text(home, "node", node_name(tx->node));
    db_bind_text(home, "id", person);
    int row = db_step(home, error);
    if (row <= 0)
        return row == 0;
    g_autofree char *name = g_strdup(db_text(home, 0)), *title = g_strdup(db_text(home, 1));
    g_autofree char *affiliation = g_strdup(db_text(home, 2));
    return name_if_new(tx, entry, id, name, title, affiliation, error);
}

/* The id of @person in @space, or NULL without error where it has none yet. New. */
static char *place_find(Tx *tx, const char *space, const char *person, GError **error)
{
    if (g_str_equal(space, tx->node->own_space))
        return g_strdup(person);
    g_autoptr(DbQuery) query =
        db_query(tx->db, "SELECT id FROM person_place WHERE space = :space AND person = :person");
    db_bind_text(query, "space", space);
    db_bind_text(query, "person", person);
    return db_step(query, error) > 0 ? g_strdup(db_text(query, 0)) : NULL;
}

/* The same; gives @person an id there where it has none. */
static char *place_make(Tx *tx, const char *space, const char *person, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *id = place_find(tx, space, person, &cause);
    if (id || cause) {
        if (cause)
            g_propagate_error(error, g_steal_pointer(&cause));
        return g_steal_pointer(&id);
    }
    LaneEntry *own = tx_lane(tx, tx->node->own_space, NULL, error);
    if (!own)
        return NULL;
    id = uuid7_new(tx->node->env);
    g_autofree char *placement = uuid7_new(tx->node->env);
    g_autofree char *subject = g_strdup_printf("%s/%s", node_name(tx->node), placement);
    g_autoptr(json_t) members = json_pack("{s:s, s:s, s:s}", "who", person, "in", space, "as", id);
    return append_as_node(tx, own, "person.placed/1", subject, members, error) ? g_steal_pointer(&id) : NULL;
}

/* Who @person is at this node, as the own lane stands. */
static const LanePerson *person_at_home(Tx *tx, const char *person, GError **error)
{
    LaneEntry *own = tx_lane(tx, tx->node->own_space, NULL, error);
    if (!own)
        return NULL;
    const LanePerson *standing = lane_person(own->lane, person);
    if (!standing)
        error_set(error, COMITY_ERROR_NOT_FOUND, "person.not_introduced", "",
                  "This person has no open account at this node.");
    return standing;
}

/* Introduces @person in the lane of @entry with @roles and what the own lane says of passkeys; names it first. */
static gboolean introduce_in(Tx *tx, LaneEntry *entry, const char *person, const char *id, const char *const *roles,
                             GError **error)
{
    const LanePerson *home = person_at_home(tx, person, error);
    if (!home)
        return FALSE;
    gboolean machine = home->machine;
    g_autoptr(json_t) credentials = person_credentials(home);
    return introduce_if_new(tx, entry, id, roles, credentials, machine, error) &&
           name_as_at_home(tx, entry, person, id, error);
}

gboolean tx_introduce(Tx *tx, const char *space, const char *person, const char *const *roles, GError **error)
{
    LaneEntry *entry = tx_lane(tx, space, NULL, error);
    if (!entry)
        return FALSE;
    g_autofree char *id = place_make(tx, space, person, error);
    entry = id ? tx_lane(tx, space, NULL, error) : NULL;
    return entry && introduce_in(tx, entry, person, id, roles, error);
}

gboolean tx_withdraw(Tx *tx, const char *space, const char *person, GError **error)
{
    LaneEntry *entry = tx_lane(tx, space, NULL, error);
    if (!entry)
        return FALSE;
    g_autoptr(GError) cause = NULL;
    g_autofree char *id = place_find(tx, space, person, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    if (!id || !lane_person(entry->lane, id))
        return TRUE;
    g_autoptr(json_t) members = json_pack("{s:s}", "who", id);
    return append_as_node(tx, entry, "person.withdrawn/1", NULL, members, error);
}

/* The roles of @now that @person has at the node too; what was taken there is not kept elsewhere. New, NULL-ended; the
 * strings are borrowed. */
static const char **roles_left(char *const *now, const char *const *at_home)
{
    GPtrArray *left = g_ptr_array_new();
    for (gsize i = 0; now[i]; i++)
        if (g_strv_contains(at_home, now[i]))
            g_ptr_array_add(left, now[i]);
    g_ptr_array_add(left, NULL);
    return (const char **)g_ptr_array_free(left, FALSE);
}

/* Other spaces where @person stands introduced. New array of char *. */
static GPtrArray *spaces_of(Tx *tx, const char *person, GError **error)
{
    g_autoptr(GPtrArray) spaces = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query = db_query(
        tx->db, "SELECT DISTINCT space FROM lane_person WHERE person = :person AND space <> :own ORDER BY space");
    db_bind_text(query, "person", person);
    db_bind_text(query, "own", tx->node->own_space);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(spaces, g_strdup(db_text(query, 0)));
    return row == 0 ? g_steal_pointer(&spaces) : NULL;
}

/* In one space: as the own lane has it now, or not at all any more. */
static gboolean reintroduce_in(Tx *tx, const char *space, const char *person, GError **error)
{
    LaneEntry *own = tx_lane(tx, tx->node->own_space, NULL, error);
    const LanePerson *home = own ? lane_person(own->lane, person) : NULL;
    if (!own)
        return FALSE;
    if (!home)
        return tx_withdraw(tx, space, person, error);
    g_auto(GStrv) at_home = g_strdupv(home->roles);
    g_autofree char *id = place_make(tx, space, person, error);
    LaneEntry *entry = id ? tx_lane(tx, space, NULL, error) : NULL;
    const LanePerson *there = entry ? lane_person(entry->lane, id) : NULL;
    if (!there)
        return entry != NULL;
    g_auto(GStrv) before = g_strdupv(there->roles);
    g_autofree const char **roles = roles_left(before, (const char *const *)at_home);
    return introduce_in(tx, entry, person, id, roles, error);
}

gboolean tx_reintroduce_everywhere(Tx *tx, const char *person, GError **error)
{
    g_autoptr(GPtrArray) spaces = spaces_of(tx, person, error);
    if (!spaces)
        return FALSE;
    for (guint i = 0; i < spaces->len; i++)
        if (!reintroduce_in(tx, g_ptr_array_index(spaces, i), person, error))
            return FALSE;
    return TRUE;
}

gboolean tx_person_put(Tx *tx, const PersonFacts *facts, GError **error)
{
    LaneEntry *own = tx_lane(tx, tx->node->own_space, NULL, error);
    if (!own || !name_if_new(tx, own, facts->person, facts->name, facts->title ? facts->title : "",
                             facts->affiliation ? facts->affiliation : "", error))
        return FALSE;
    if (!facts->roles)
        return TRUE;
    g_autoptr(json_t) credentials = facts->credentials ? json_incref((json_t *)facts->credentials) : json_array();
    return introduce_if_new(tx, own, facts->person, facts->roles, credentials, facts->machine, error) &&
           tx_reintroduce_everywhere(tx, facts->person, error);
}

char *tx_person_in(Tx *tx, LaneEntry *entry, const char *person, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *id = place_find(tx, entry->space, person, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    if (id && lane_person(entry->lane, id))
        return g_steal_pointer(&id);
    error_set(error, COMITY_ERROR_FORBIDDEN, "person.not_introduced", "",
              "You don't take part in this space, so you can't write in it.");
    return NULL;
}

/* One who stood introduced at the end of the old epoch. */
typedef struct {
    char *id;
    char **roles;
    json_t *credentials;
    gboolean machine;
} Standing;

static void standing_free(gpointer data)
{
    Standing *self = data;
    g_free(self->id);
    g_strfreev(self->roles);
    json_decref(self->credentials);
    g_free(self);
}

static GPtrArray *standing_copy(const Lane *lane)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func(standing_free);
    g_autoptr(GPtrArray) people = lane_people(lane);
    for (guint i = 0; i < people->len; i++) {
        const LanePerson *person = g_ptr_array_index(people, i);
        Standing *copy = g_new0(Standing, 1);
        copy->id = g_strdup(person->person);
        copy->roles = g_strdupv(person->roles);
        copy->credentials = person_credentials(person);
        copy->machine = person->machine;
        g_ptr_array_add(copies, copy);
    }
    return copies;
}

gboolean tx_continue_feed(Tx *tx, LaneEntry *entry, GError **error)
{
    g_autoptr(GPtrArray) people = standing_copy(entry->lane);
    tx_touch(tx, entry);
    if (!lane_begin(entry->lane, NULL, NULL, "The database was put back from an older copy.", NULL, error))
        return error_prefix(error, "beginning a new epoch in lane %.8s", entry->id);
    if (!tx_begin_feed(tx, entry, error))
        return FALSE;
    for (guint i = 0; i < people->len; i++) {
        const Standing *person = g_ptr_array_index(people, i);
        if (!append_introduction(tx, entry, person->id, (const char *const *)person->roles, person->credentials,
                                 person->machine, error))
            return FALSE;
    }
    return fold_project(tx->node, tx->db, entry, error);
}

gboolean tx_person_place(Tx *tx, const char *space, const char *person, char **id, GError **error)
{
    *id = place_make(tx, space, person, error);
    return *id != NULL;
}
