/* features/people/person.c: one account: read, made, said in every lane, changed, closed and opened again. */
#include "base/error.h"
#include "base/text.h"
#include "features/people/private.h"
#include "http/problem.h"
#include "node/view.h"

void account_free(Account *self)
{
    if (!self)
        return;
    g_free(self->id);
    g_free(self->name);
    g_free(self->title);
    g_free(self->affiliation);
    g_free(self->roles);
    g_free(self->state);
    g_free(self->tag);
    g_free(self);
}

Account *account_read(Db *db, const char *person, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT person, name, title, affiliation, roles, state, tag, admin, machine, (SELECT count(*) FROM "
            "people_passkey k WHERE k.person = p.person) FROM people_person p WHERE person = :person");
    db_bind_text(query, "person", person);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "person.unknown", "", "There is no such person at this node.");
    if (row <= 0)
        return NULL;
    Account *self = g_new0(Account, 1);
    char **const texts[] = {&self->id,    &self->name,  &self->title, &self->affiliation,
                            &self->roles, &self->state, &self->tag};
    for (guint n = 0; n < G_N_ELEMENTS(texts); n++)
        *texts[n] = g_strdup(db_text(query, n));
    self->admin = db_integer(query, 7) != 0;
    self->machine = db_integer(query, 8) != 0;
    self->passkeys = (guint)db_integer(query, 9);
    return self;
}

char *people_subject(Node *node, const char *id)
{
    return g_strconcat(node_name(node), "/", id, NULL);
}

gboolean tx_people_act(Tx *tx, const Principal *by, const char *type, const char *id, const char *prev, json_t *members,
                       GError **error)
{
    g_autoptr(json_t) owned = members ? members : json_object();
    g_autofree char *subject = people_subject(tx_node(tx), id);
    const TxDraft draft = {.space = node_own_space(tx_node(tx)),
                           .principal = by,
                           .type = type,
                           .subject = subject,
                           .prev = prev,
                           .members = owned};
    if (!tx_append(tx, &draft, NULL, error))
        return FALSE;
    tx_notify(tx, "people.changed", AUDIENCE_ADMINISTRATORS, NULL, id, type);
    return TRUE;
}

/* ---- what the lanes are told ---- */

/* [{id, cose, spki}] of the account's passkeys, with @extra. New reference. */
static json_t *credentials_json(Db *db, const char *person, const json_t *extra, GError **error)
{
    g_autoptr(json_t) list = json_array();
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT credential, cose, spki FROM people_passkey WHERE person = :person ORDER BY created, id");
    db_bind_text(query, "person", person);
    int row;
    while ((row = db_step(query, error)) > 0)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", db_text(query, 0), "cose", db_text(query, 1),
                                              "spki", db_text(query, 2)));
    if (extra)
        json_array_append(list, (json_t *)extra);
    return row == 0 ? g_steal_pointer(&list) : NULL;
}

/* The account's roles at this node, with "administrator" for one. New, ended by NULL. */
static char **all_roles(const Account *account)
{
    g_autofree char *text = g_strconcat(account->admin ? " " ROLE_ADMINISTRATOR : "", account->roles, NULL);
    return view_role_list(text);
}

/* Who has no role at all could be introduced nowhere. */
static gboolean require_role(gboolean some, GError **error)
{
    if (!some)
        error_set(error, COMITY_ERROR_INVALID, "person.roles", "/roles",
                  "A person needs at least one role, or to be an administrator; close the account otherwise.");
    return some;
}

gboolean tx_account_put(Tx *tx, const Account *account, const json_t *extra, GError **error)
{
    g_autoptr(json_t) credentials = credentials_json(tx_db(tx), account->id, extra, error);
    if (!credentials)
        return FALSE;
    g_auto(GStrv) roles = all_roles(account);
    gboolean acts = g_str_equal(account->state, "active") && (account->machine || json_array_size(credentials) > 0);
    const PersonFacts facts = {.person = account->id,
                               .name = account->name,
                               .title = account->title,
                               .affiliation = account->affiliation,
                               .roles = acts ? (const char *const *)roles : NULL,
                               .credentials = credentials,
                               .machine = account->machine};
    return tx_person_put(tx, &facts, error);
}

gboolean tx_account_admit(Tx *tx, const Principal *by, const AccountNew *account, char **person, GError **error)
{
    if (!require_role(account->admin || json_array_size(account->roles) > 0, error))
        return FALSE;
    g_autofree char *id = uuid7_new(node_env(tx_node(tx)));
    const PersonFacts facts = {
        .person = id, .name = account->name, .title = account->title, .affiliation = account->affiliation};
    json_t *members =
        json_pack("{s:O, s:b, s:b}", "roles", account->roles, "admin", account->admin, "machine", account->machine);
    if (!tx_person_put(tx, &facts, error) || !tx_people_act(tx, by, "person.admitted/1", id, NULL, members, error))
        return FALSE;
    g_autoptr(Account) made = account_read(tx_db(tx), id, error);
    if (!made || !tx_account_put(tx, made, NULL, error))
        return FALSE;
    *person = g_steal_pointer(&id);
    return TRUE;
}

gboolean account_require_role(const json_t *roles, gboolean admin, GError **error)
{
    if (admin || json_array_size(roles) > 0)
        return TRUE;
    error_set(error, COMITY_ERROR_INVALID, "person.roles", "/roles",
              "Give the person at least one role, or make them an administrator; nobody could do anything otherwise.");
    return FALSE;
}

gboolean account_require_other_administrator(Db *db, const Account *account, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT 1 FROM people_person p WHERE p.admin = 1 AND p.machine = 0 AND p.state = 'active' AND "
                     "p.person <> :person AND EXISTS (SELECT 1 FROM people_passkey k WHERE k.person = p.person)");
    db_bind_text(query, "person", account->id);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_CONFLICT, "person.last_administrator", "",
                  "Nobody else could run this node then; make somebody else an administrator first.");
    return row > 0;
}

/* ---- changing ---- */

static const Field patch_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .flags = FIELD_OPTIONAL, .min = 1, .max = 200},
    {.name = "title", .kind = FIELD_TEXT, .flags = FIELD_OPTIONAL, .max = 200},
    {.name = "affiliation", .kind = FIELD_TEXT, .flags = FIELD_OPTIONAL, .max = 200},
    {.name = "roles", .kind = FIELD_LIST, .flags = FIELD_OPTIONAL | FIELD_UNIQUE, .max = 5, .of = &people_role_item},
    {.name = "admin", .kind = FIELD_BOOLEAN, .flags = FIELD_OPTIONAL},
    {.name = NULL},
};

typedef struct {
    const Principal *principal;
    const char *person, *tag;
    json_t *body;
} Change;

static void replace_text(char **text, const json_t *body, const char *member)
{
    const char *value = json_text(body, member);
    if (!value)
        return;
    g_free(*text);
    *text = g_strdup(value);
}

/* TRUE also where @body leaves the roles as they are. */
static gboolean change_roles(Tx *tx, const Change *change, const Account *account, GError **error)
{
    const json_t *roles = json_object_get(change->body, "roles"), *admin = json_object_get(change->body, "admin");
    if (!roles && !admin)
        return TRUE;
    gboolean stays = admin ? json_is_true(admin) : account->admin;
    if (account->admin && !stays && !account_require_other_administrator(tx_db(tx), account, error))
        return FALSE;
    g_autoptr(json_t) list = roles ? json_deep_copy(roles) : view_roles(account->roles);
    if (!require_role(stays || json_array_size(list) > 0, error))
        return FALSE;
    json_t *members = json_pack("{s:O, s:b}", "roles", list, "admin", stays);
    return tx_people_act(tx, change->principal, "person.roles_changed/1", change->person, change->tag, members, error);
}

/* Lanes are told by the node; who decided it stands in an act of the node's own space. @now: as it is to be. */
static gboolean rename_person(Tx *tx, const Change *change, const Account *now, GError **error)
{
    if (!json_object_get(change->body, "name") && !json_object_get(change->body, "title") &&
        !json_object_get(change->body, "affiliation"))
        return TRUE;
    json_t *members =
        json_pack("{s:s, s:s, s:s}", "name", now->name, "title", now->title, "affiliation", now->affiliation);
    return tx_people_act(tx, change->principal, "person.renamed/1", change->person, NULL, members, error);
}

static gboolean change_person(Tx *tx, gpointer data, GError **error)
{
    const Change *change = data;
    g_autoptr(Account) before = account_read(tx_db(tx), change->person, error);
    if (before && !g_str_equal(before->tag, change->tag)) {
        error_set(error, COMITY_ERROR_CONFLICT, HTTP_CODE_PRECONDITION, "",
                  "Somebody changed this person meanwhile; look again.");
        return FALSE;
    }
    if (!before || !change_roles(tx, change, before, error))
        return FALSE;
    g_autoptr(Account) now = account_read(tx_db(tx), change->person, error);
    if (!now)
        return FALSE;
    replace_text(&now->name, change->body, "name");
    replace_text(&now->title, change->body, "title");
    replace_text(&now->affiliation, change->body, "affiliation");
    if (!rename_person(tx, change, now, error))
        return FALSE;
    tx_notify(tx, "people.changed", AUDIENCE_PERSON, change->person, change->person, "person.roles_changed");
    tx_streams_end(tx, change->person);
    return tx_account_put(tx, now, NULL, error);
}

gboolean person_patch(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_admin(request, error);
    const char *person = http_request_parameter(request, "person");
    g_autoptr(Account) account = principal ? account_read(node_reader(node, request), person, error) : NULL;
    if (!account || !http_request_if_match(request, account->tag, TRUE, error))
        return FALSE;
    g_autoptr(json_t) body = people_body(request, patch_fields, error);
    if (!body)
        return FALSE;
    if (json_object_size(body) == 0) {
        error_set(error, COMITY_ERROR_INVALID, "body.empty", "",
                  "Say what is to be changed: name, title, affiliation, roles or admin.");
        return FALSE;
    }
    Change change = {.principal = principal, .person = person, .tag = account->tag, .body = body};
    return node_write(node, change_person, &change, error) && person_get(request, response, error);
}

/* ---- closing and opening ---- */

static gboolean disable_person(Tx *tx, gpointer data, GError **error)
{
    const Change *change = data;
    g_autoptr(Account) account = account_read(tx_db(tx), change->person, error);
    if (!account)
        return FALSE;
    if (!g_str_equal(account->state, "active")) {
        error_set(error, COMITY_ERROR_CONFLICT, "person.disabled", "", "This account is closed already.");
        return FALSE;
    }
    if (account->admin && !account_require_other_administrator(tx_db(tx), account, error))
        return FALSE;
    return tx_people_act(tx, change->principal, "person.disabled/1", change->person, NULL, NULL, error) &&
           tx_invitations_withdraw(tx, change->principal, change->person, error) &&
           tx_tokens_revoke(tx, change->principal, change->person, error) &&
           tx_sessions_end(tx, change->person, NULL, NULL, error) &&
           tx_withdraw(tx, node_own_space(tx_node(tx)), change->person, error) &&
           tx_reintroduce_everywhere(tx, change->person, error);
}

static gboolean enable_person(Tx *tx, gpointer data, GError **error)
{
    const Change *change = data;
    g_autoptr(Account) account = account_read(tx_db(tx), change->person, error);
    if (!account)
        return FALSE;
    if (g_str_equal(account->state, "active")) {
        error_set(error, COMITY_ERROR_CONFLICT, "person.active", "", "This account is open.");
        return FALSE;
    }
    if (!tx_people_act(tx, change->principal, "person.enabled/1", change->person, NULL, NULL, error))
        return FALSE;
    g_autoptr(Account) now = account_read(tx_db(tx), change->person, error);
    return now && tx_account_put(tx, now, NULL, error);
}

gboolean person_disable(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_admin(request, error);
    if (!principal)
        return FALSE;
    Change change = {.principal = principal, .person = http_request_parameter(request, "person")};
    if (g_str_equal(change.person, principal->person)) {
        error_set(error, COMITY_ERROR_CONFLICT, "person.self", "",
                  "Nobody closes their own account; ask another administrator.");
        return FALSE;
    }
    return node_write(http_request_owner(request), disable_person, &change, error) &&
           person_get(request, response, error);
}

gboolean person_enable(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_admin(request, error);
    if (!principal)
        return FALSE;
    Change change = {.principal = principal, .person = http_request_parameter(request, "person")};
    return node_write(http_request_owner(request), enable_person, &change, error) &&
           person_get(request, response, error);
}
