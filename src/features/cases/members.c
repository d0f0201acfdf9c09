/* features/cases/members.c: who works on a case. Letting somebody in, or taking somebody off, is confirmed; the node then
 * introduces or withdraws the person in the same transaction (docs/format.md, "Who vouches for people"). */
#include "base/error.h"
#include "features/cases/acts.h"
#include "features/cases/cases.h"
#include "features/cases/private.h"
#include "node/proof.h"
#include "node/view.h"

#define COLUMNS                                                                                                        \
    "p.id, p.person, p.roles, COALESCE(m.since, c.opened), m.node, m.added_by, COALESCE(m.leaf, c.opened_leaf), "      \
    "p.lane"
#define FROM                                                                                                           \
    "lane_person p JOIN case_cover c ON c.space = p.space LEFT JOIN case_member m ON m.space = p.space AND m.who = "   \
    "p.id "                                                                                                            \
    "WHERE p.space = :space"
enum { ID, PERSON, ROLES, SINCE, NODE, ADDED_BY, LEAF, LANE };

/* The Member object of the current row. The person's id is the one of the node's own space, where there is one: by it
 * the directory names the same person. */
static json_t *member_json(Node *node, Db *db, const DbQuery *row, GError **error)
{
    const char *lane = db_text(row, LANE);
    g_autoptr(json_t) person = view_person(db, lane, node_name(node), db_text(row, ID));
    if (!db_is_null(row, PERSON))
        json_object_set_new(person, "id", json_string(db_text(row, PERSON)));
    gsize length = 0;
    const Hash *leaf = db_blob(row, LEAF, &length);
    g_autoptr(json_t) proof = proof_status_json(node, db, lane, leaf, error);
    if (!proof)
        return NULL;
    json_t *added_by =
        db_is_null(row, ADDED_BY) ? json_null() : view_actor(db, lane, db_text(row, NODE), db_text(row, ADDED_BY));
    return json_pack("{s:O, s:o, s:o, s:o, s:O}", "person", person, "roles", view_roles(db_text(row, ROLES)), "since",
                     view_time(db_integer(row, SINCE)), "added_by", added_by, "proof", proof);
}

gboolean members_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    if (!space_require(request, SCOPE_CASES_READ, ACCESS_RECORD, &access, error))
        return FALSE;
    Db *db = node_reader(node, request);
    g_autoptr(json_t) items = json_array();
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT " COLUMNS " FROM " FROM " ORDER BY COALESCE(m.since, c.opened), p.id");
    db_bind_text(query, "space", access.space);
    int row;
    while ((row = db_step(query, error)) > 0) {
        json_t *member = member_json(node, db, query, error);
        if (!member)
            return FALSE;
        json_array_append_new(items, member);
    }
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, json_pack("{s:O}", "items", items));
    return TRUE;
}

/* The member @person (own-space id) as it stands. COMITY_ERROR_NOT_FOUND where there is none. */
static json_t *one_member(Node *node, Db *db, const char *space, const char *person, char **id, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT " COLUMNS " FROM " FROM " AND (p.person = :person OR p.id = :person)");
    db_bind_text(query, "space", space);
    db_bind_text(query, "person", person);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "member.not_found", "", "This person does not work on the case.");
    if (row <= 0)
        return NULL;
    if (id)
        *id = g_strdup(db_text(query, ID));
    return member_json(node, db, query, error);
}

/* A person of this node who may sign in: roles and name out, new. */
static gboolean node_person(Db *db, const char *own_space, const char *person, char **roles, char **name,
                            GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT p.roles, n.name FROM lane_person p LEFT JOIN person_name n ON n.lane = p.lane AND n.id = p.id"
            " WHERE p.space = :space AND p.id = :person");
    db_bind_text(query, "space", own_space);
    db_bind_text(query, "person", person);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "person.not_found", "/person",
                  "There is no such person at this node.");
    if (row <= 0)
        return FALSE;
    *roles = g_strdup(db_text(query, 0));
    *name = g_strdup(db_is_null(query, 1) ? person : db_text(query, 1));
    return TRUE;
}

/* The roles asked for: a part of @held, all of it where none are named. COMITY_ERROR_INVALID otherwise. New reference. */
static json_t *chosen_roles(const json_t *asked, const char *held, GError **error)
{
    static const char *const known[] = {"investigator", "prosecutor", "clerk", "defence", "auditor", NULL};
    g_auto(GStrv) has = view_role_list(held);
    g_autoptr(json_t) roles = json_array();
    for (char **role = has; !asked && *role; role++) {
        if (g_strv_contains(known, *role))
            json_array_append_new(roles, json_string(*role));
    }
    gsize n;
    json_t *role;
    json_array_foreach((json_t *)asked, n, role)
    {
        if (!json_is_string(role) || !g_strv_contains((const char *const *)has, json_string_value(role))) {
            error_set(error, COMITY_ERROR_INVALID, "member.role", "/roles",
                      "Nobody works on a case in a role that they do not have at this node.");
            return NULL;
        }
        json_array_append(roles, role);
    }
    if (json_array_size(roles) == 0) {
        error_set(error, COMITY_ERROR_INVALID, "member.role", "/roles",
                  "This person has no role in cases; an administrator can give one.");
        return NULL;
    }
    return g_steal_pointer(&roles);
}

typedef struct {
    const char *space, *person;
    char *id; /* out: the person's id in the space */
} Placing;

static gboolean place_person(Tx *tx, gpointer data, GError **error)
{
    Placing *placing = data;
    return tx_person_place(tx, placing->space, placing->person, &placing->id, error);
}

static char **role_array(const json_t *roles)
{
    gsize count = json_array_size(roles);
    char **array = g_new0(char *, count + 1);
    for (gsize n = 0; n < count; n++)
        array[n] = g_strdup(json_string_value(json_array_get(roles, n)));
    return array;
}

static gboolean added_finish(Tx *tx, const Appended *appended, const json_t *context, json_t **result, GError **error)
{
    (void)appended;
    const char *space = json_text(context, "space"), *person = json_text(context, "person");
    g_auto(GStrv) roles = role_array(json_object_get(context, "roles"));
    if (!tx_introduce(tx, space, person, (const char *const *)roles, error))
        return FALSE;
    tx_notify(tx, "case.changed", AUDIENCE_SPACE, space, space, "member.added");
    *result = one_member(tx_node(tx), tx_db(tx), space, person, NULL, error);
    return *result != NULL;
}

/* Whom a body names to work on the case, and what the sentence that is confirmed says of it. */
typedef struct {
    const char *person; /* of the body */
    char *name, *reference, *title;
    json_t *roles;
} Joining;

static void joining_clear(Joining *self)
{
    g_free(self->name);
    g_free(self->reference);
    g_free(self->title);
    json_decref(self->roles);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Joining, joining_clear)

static gboolean joining_read(Joining *self, Node *node, Db *db, const char *space, const json_t *body, GError **error)
{
    g_autofree char *held = NULL;
    self->person = json_text(body, "person");
    if (!self->person) {
        error_set(error, COMITY_ERROR_INVALID, "member.person", "/person", "Say who is to work on the case.");
        return FALSE;
    }
    if (!node_person(db, node_own_space(node), self->person, &held, &self->name, error) ||
        !case_names(db, space, &self->reference, &self->title, error))
        return FALSE;
    g_autoptr(json_t) standing = one_member(node, db, space, self->person, NULL, NULL);
    if (standing) {
        error_set(error, COMITY_ERROR_CONFLICT, "member.already", "/person", "This person works on the case already.");
        return FALSE;
    }
    self->roles = chosen_roles(json_object_get(body, "roles"), held, error);
    return self->roles != NULL;
}

gboolean members_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)response; /* confirm_or_run() answers */
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    const Principal *principal = space_require(request, SCOPE_CASES_WRITE, ACCESS_MEMBER, &access, error);
    Db *db = principal ? node_reader(node, request) : NULL;
    if (!principal || !case_require_open(db, access.space, error))
        return FALSE;
    const char *space = access.space;
    g_autoptr(json_t) body = http_request_json(request, error);
    g_auto(Joining) joining = {0};
    if (!body || !joining_read(&joining, node, db, space, body, error))
        return FALSE;
    Placing placing = {.space = space, .person = joining.person};
    if (!node_write(node, place_person, &placing, error))
        return FALSE;
    g_autofree char *id = placing.id;
    g_autofree char *subject = g_strconcat(node_name(node), "/", space, NULL);
    g_autoptr(json_t) members = json_pack("{s:s, s:O}", "who", id, "roles", joining.roles);
    g_autoptr(json_t) values = json_pack("{s:s, s:O, s:s, s:s}", "name", joining.name, "roles", joining.roles,
                                         "reference", joining.reference, "title", joining.title);
    g_autoptr(json_t) context =
        json_pack("{s:s, s:s, s:O}", "space", space, "person", joining.person, "roles", joining.roles);
    ConfirmRequest confirm = {.draft = {.space = space,
                                        .principal = principal,
                                        .type = "member.added/1",
                                        .subject = subject,
                                        .members = members},
                              .sentence = "member.added",
                              .values = values,
                              .context = context,
                              .finish = added_finish,
                              .status = 201};
    return confirm_or_run(node, request, principal, &confirm, error);
}

static gboolean count_people(Db *db, const char *space, gint64 *count, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT count(*) FROM lane_person WHERE space = :space AND machine = 0");
    db_bind_text(query, "space", space);
    if (db_step(query, error) < 0)
        return FALSE;
    *count = db_integer(query, 0);
    return TRUE;
}

/* @member: who is to go; machines may always. */
static gboolean others_stay(Db *db, const char *space, const json_t *member, GError **error)
{
    gint64 people = 0;
    if (json_is_true(json_object_get(json_object_get(member, "person"), "machine")))
        return TRUE;
    if (!count_people(db, space, &people, error))
        return FALSE;
    if (people <= 1) {
        error_set(error, COMITY_ERROR_CONFLICT, "member.last", "",
                  "The last member stays: nobody could open the case any more. Add another first.");
        return FALSE;
    }
    return TRUE;
}

/* Asked again here: of two who remove each other at once, one must stay. */
static gboolean removed_finish(Tx *tx, const Appended *appended, const json_t *context, json_t **result, GError **error)
{
    (void)appended;
    const char *space = json_text(context, "space"), *person = json_text(context, "person");
    *result = one_member(tx_node(tx), tx_db(tx), space, person, NULL, error);
    if (!*result || !others_stay(tx_db(tx), space, *result, error) || !tx_withdraw(tx, space, person, error))
        return FALSE;
    tx_notify(tx, "case.changed", AUDIENCE_SPACE, space, space, "member.removed");
    tx_notify(tx, "case.changed", AUDIENCE_PERSON, person, space, "member.removed");
    return TRUE;
}

gboolean members_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)response; /* confirm_or_run() answers */
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    const Principal *principal = space_require(request, SCOPE_CASES_WRITE, ACCESS_MEMBER, &access, error);
    if (!principal)
        return FALSE;
    Db *db = node_reader(node, request);
    const char *space = access.space, *person = http_request_parameter(request, "person");
    g_autofree char *id = NULL, *reference = NULL, *title = NULL;
    g_autoptr(json_t) member = one_member(node, db, space, person, &id, error);
    if (!member || !others_stay(db, space, member, error) || !case_names(db, space, &reference, &title, error))
        return FALSE;
    const json_t *who = json_object_get(member, "person");
    g_autofree char *subject = g_strconcat(node_name(node), "/", space, NULL);
    g_autoptr(json_t) members = json_pack("{s:s, s:s}", "who", id, "reason", "No longer works on the case.");
    g_autoptr(json_t) values =
        json_pack("{s:O, s:s, s:s}", "name", json_object_get(who, "name"), "reference", reference, "title", title);
    g_autoptr(json_t) context = json_pack("{s:s, s:O}", "space", space, "person", json_object_get(who, "id"));
    ConfirmRequest confirm = {.draft = {.space = space,
                                        .principal = principal,
                                        .type = "member.removed/1",
                                        .subject = subject,
                                        .members = members},
                              .sentence = "member.removed",
                              .values = values,
                              .context = context,
                              .finish = removed_finish,
                              .status = 200};
    return confirm_or_run(node, request, principal, &confirm, error);
}
