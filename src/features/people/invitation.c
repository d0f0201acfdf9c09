/* features/people/invitation.c: links that serve once, by which somebody enrols a first passkey, or another one after
 * the last was lost. */
#include "base/error.h"
#include "base/text.h"
#include "features/people/private.h"
#include "node/idempotency.h"
#include "node/page.h"
#include "node/token.h"
#include "node/view.h"

void invited_clear(Invited *self)
{
    g_clear_pointer(&self->id, g_free);
    g_clear_pointer(&self->person, g_free);
    g_clear_pointer(&self->link, g_free);
}

gboolean tx_invitations_withdraw(Tx *tx, const Principal *by, const char *person, GError **error)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "SELECT id FROM people_invitation WHERE person = :person AND state = 'open' ORDER BY id");
    db_bind_text(query, "person", person);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(open, g_strdup(db_text(query, 0)));
    for (guint n = 0; row == 0 && n < open->len; n++) {
        if (!tx_people_act(tx, by, "invitation.withdrawn/1", g_ptr_array_index(open, n), NULL, NULL, error))
            return FALSE;
    }
    return row == 0;
}

gboolean tx_invite(Tx *tx, const Principal *by, const char *person, Invited *invited, GError **error)
{
    if (!tx_invitations_withdraw(tx, by, person, error))
        return FALSE;
    const Env *env = node_env(tx_node(tx));
    g_autofree char *id = uuid7_new(env);
    g_autofree char *secret = secret_text_new(env);
    Hash hash = secret_text_hash(secret);
    g_autofree char *hex = hash_text(&hash);
    g_autofree char *named = g_strconcat("sha256:", hex, NULL);
    gint64 expires = tx_now_ms(tx) + INVITATION_LIFE_MS;
    g_autofree char *until = time_text(expires);
    json_t *members = json_pack("{s:s, s:s, s:s}", "who", person, "secret", named, "expires", until);
    if (!tx_people_act(tx, by, "invitation.made/1", id, NULL, members, error))
        return FALSE;
    invited->id = g_steal_pointer(&id);
    invited->person = g_strdup(person);
    invited->link = g_strconcat(node_config(tx_node(tx))->origin, "/enrol#", secret, NULL);
    invited->expires_ms = expires;
    return TRUE;
}

/* ---- by the API ---- */

static const Field new_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .min = 1, .max = 200},
    {.name = "title", .kind = FIELD_TEXT, .flags = FIELD_OPTIONAL, .max = 200},
    {.name = "affiliation", .kind = FIELD_TEXT, .flags = FIELD_OPTIONAL, .max = 200},
    {.name = "roles", .kind = FIELD_LIST, .flags = FIELD_UNIQUE, .max = 5, .of = &people_role_item},
    {.name = "admin", .kind = FIELD_BOOLEAN},
    {.name = NULL},
};
static const Field again_fields[] = {{.name = "person", .kind = FIELD_ID, .min = 1}, {.name = NULL}};

typedef struct {
    const Principal *principal;
    const json_t *body;
    Invited invited; /* out */
} Inviting;

static const char *text_or_empty(const json_t *body, const char *member)
{
    const char *text = json_text(body, member);
    return text ? text : "";
}

static gboolean invite_new(Tx *tx, gpointer data, GError **error)
{
    Inviting *self = data;
    const AccountNew account = {.name = json_text(self->body, "name"),
                                .title = text_or_empty(self->body, "title"),
                                .affiliation = text_or_empty(self->body, "affiliation"),
                                .roles = json_object_get(self->body, "roles"),
                                .admin = json_is_true_at(self->body, "admin")};
    g_autofree char *person = NULL;
    return tx_account_admit(tx, self->principal, &account, &person, error) &&
           tx_invite(tx, self->principal, person, &self->invited, error);
}

static gboolean invite_again(Tx *tx, gpointer data, GError **error)
{
    Inviting *self = data;
    const char *person = json_text(self->body, "person");
    g_autoptr(Account) account = account_read(tx_db(tx), person, error);
    if (!account)
        return FALSE;
    if (account->machine || !g_str_equal(account->state, "active")) {
        error_set(error, COMITY_ERROR_CONFLICT, "invitation.person", "/person",
                  "A closed account and a program's can't be invited; open the account first, or make a token.");
        return FALSE;
    }
    return tx_invite(tx, self->principal, person, &self->invited, error);
}

gboolean invitations_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_admin(request, error);
    g_autoptr(json_t) body = principal ? http_request_json(request, error) : NULL;
    if (!body)
        return FALSE;
    gboolean again = json_object_get(body, "person") != NULL;
    if (!fields_validate(again ? again_fields : new_fields, body, error))
        return FALSE;
    Inviting inviting = {.principal = principal, .body = body};
    gboolean done = node_write(http_request_owner(request), again ? invite_again : invite_new, &inviting, error);
    if (done) {
        idempotency_keep_nothing(request);
        const Invited *invited = &inviting.invited;
        http_response_set_headerf(response, "Location", "/api/v1/invitations/%s", invited->id);
        http_response_json(response, 201,
                           json_pack("{s:s, s:s, s:s, s:o}", "id", invited->id, "person", invited->person, "link",
                                     invited->link, "expires", view_time(invited->expires_ms)));
    }
    invited_clear(&inviting.invited);
    return done;
}

/* "open" of a link whose time is over is "expired" to whoever looks. */
#define STATE "CASE WHEN i.state = 'open' AND i.expires <= :now THEN 'expired' ELSE i.state END"
#define COLUMNS "i.person, p.roles, p.admin, " STATE ", i.created, i.expires, i.made_by, i.wrong"
enum { PERSON = 2, ROLES, ADMIN, STATE_NOW, CREATED, EXPIRES, MADE_BY, WRONG };

static json_t *row_json(Db *db, const DbQuery *row)
{
    return json_pack("{s:s, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:s?}", "id", db_text(row, 1), "person",
                     person_short(db, db_text(row, PERSON)), "roles", view_roles(db_text(row, ROLES)), "admin",
                     db_integer(row, ADMIN) != 0, "state", db_text(row, STATE_NOW), "created",
                     view_time(db_integer(row, CREATED)), "expires", view_time(db_integer(row, EXPIRES)), "by",
                     person_short(db, db_text(row, MADE_BY)), "wrong", db_text(row, WRONG));
}

gboolean invitations_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", "state", NULL};
    static const PageSort sorts[] = {{"created", "i.created", FALSE}, {NULL, NULL, FALSE}};
    Node *node = http_request_owner(request);
    g_auto(Page) page = {0};
    if (!principal_require_admin(request, error) || !http_request_query_only(request, known, error) ||
        !page_read(&page, request, sorts, "-created", error))
        return FALSE;
    const char *state = http_request_query(request, "state");
    Db *db = node_reader(node, request);
    g_autoptr(DbQuery) query =
        page_query(&page, db, "i.id", COLUMNS, "people_invitation i JOIN people_person p ON p.person = i.person",
                   "(:state = '' OR " STATE " = :state)");
    db_bind_text(query, "state", state ? state : "");
    db_bind_integer(query, "now", env_now_ms(node_env(node)));
    int row;
    while ((row = page_more(&page, query, error)) > 0)
        page_add(&page, query, row_json(db, query));
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, page_json(&page, -1));
    return TRUE;
}

typedef struct {
    const Principal *principal;
    const char *id;
} Withdrawal;

static gboolean withdraw(Tx *tx, gpointer data, GError **error)
{
    const Withdrawal *self = data;
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "SELECT state FROM people_invitation WHERE id = :id");
    db_bind_text(query, "id", self->id);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "invitation.unknown", "", "There is no such invitation.");
    if (row <= 0)
        return FALSE;
    if (!g_str_equal(db_text(query, 0), "open")) {
        error_set(error, COMITY_ERROR_CONFLICT, "invitation.closed", "",
                  "This invitation was used or withdrawn already.");
        return FALSE;
    }
    return tx_people_act(tx, self->principal, "invitation.withdrawn/1", self->id, NULL, NULL, error);
}

gboolean invitation_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_admin(request, error);
    Withdrawal data = {.principal = principal, .id = http_request_parameter(request, "invitation")};
    if (!principal || !node_write(http_request_owner(request), withdraw, &data, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
