/* features/people/tokens.c: tokens of programs: made, listed, revoked, found again by their hash. */
#include "base/error.h"
#include "base/text.h"
#include "features/people/private.h"
#include "node/idempotency.h"
#include "node/session.h"
#include "node/view.h"

void token_made_clear(TokenMade *self)
{
    g_clear_pointer(&self->id, g_free);
    g_clear_pointer(&self->text, g_free);
}

static gboolean find_token(Db *db, const Hash *secret, TokenGrant *grant, GError **error)
{
    char hex[HASH_HEX_SIZE];
    hash_write(hex, secret);
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT t.id, t.person, t.scopes, t.expires, u.used FROM people_token t LEFT JOIN "
                     "token_use u ON u.token = t.id WHERE t.secret = :secret");
    db_bind_text(query, "secret", hex);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "token.unknown", "", "This token is not known here.");
    if (row <= 0)
        return FALSE;
    grant->id = g_strdup(db_text(query, 0));
    grant->person = g_strdup(db_text(query, 1));
    grant->scopes = (guint)db_integer(query, 2);
    grant->expires_ms = db_integer(query, 3);
    grant->used_ms = db_integer(query, 4);
    return TRUE;
}

const TokenKeeper people_token_keeper = {.find = find_token};

gboolean tx_token_make(Tx *tx, const Principal *by, const char *person, const char *name, guint scopes,
                       gint64 expires_ms, TokenMade *made, GError **error)
{
    const Env *env = node_env(tx_node(tx));
    g_autofree char *id = uuid7_new(env);
    g_autofree char *text = token_text_new(env);
    Hash hash = secret_text_hash(text);
    g_autofree char *hex = hash_text(&hash);
    g_autofree char *named = g_strconcat("sha256:", hex, NULL);
    g_autofree char *until = time_text(expires_ms);
    json_t *members = json_pack("{s:s, s:s, s:s, s:o, s:s}", "who", person, "name", name, "secret", named, "scopes",
                                scopes_json(scopes), "expires", until);
    if (!tx_people_act(tx, by, "token.made/1", id, NULL, members, error))
        return FALSE;
    made->id = g_steal_pointer(&id);
    made->text = g_steal_pointer(&text);
    made->expires_ms = expires_ms;
    return TRUE;
}

gboolean tx_tokens_revoke(Tx *tx, const Principal *by, const char *person, GError **error)
{
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "SELECT id FROM people_token WHERE person = :person ORDER BY id");
    db_bind_text(query, "person", person);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(tokens, g_strdup(db_text(query, 0)));
    for (guint n = 0; row == 0 && n < tokens->len; n++) {
        if (!tx_people_act(tx, by, "token.revoked/1", g_ptr_array_index(tokens, n), NULL, NULL, error))
            return FALSE;
    }
    return row == 0;
}

char *tx_machine_person(Tx *tx, const Principal *by, const char *name, gboolean humans_too, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "SELECT person FROM people_person WHERE name = :name AND state = 'active' "
                            "AND (machine = 1 OR :humans = 1) ORDER BY person LIMIT 2");
    db_bind_text(query, "name", name);
    db_bind_integer(query, "humans", humans_too);
    int row = db_step(query, error);
    if (row < 0)
        return NULL;
    if (row > 0) {
        g_autofree char *person = g_strdup(db_text(query, 0));
        row = db_step(query, error);
        if (row > 0)
            error_set(error, COMITY_ERROR_CONFLICT, "token.name", "/name",
                      "Two persons of this node are called so; make the token for one of them.");
        return row == 0 ? g_steal_pointer(&person) : NULL;
    }
    g_autoptr(json_t) roles = json_pack("[s]", "investigator");
    const AccountNew account = {.name = name, .title = "", .affiliation = "", .roles = roles, .machine = TRUE};
    char *person = NULL;
    return tx_account_admit(tx, by, &account, &person, error) ? person : NULL;
}

/* ---- by the API ---- */

static const Field scope_item = {.kind = FIELD_TEXT, .min = 1, .max = 20};
static const Field new_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .min = 1, .max = 200},
    {.name = "person", .kind = FIELD_ID, .flags = FIELD_OPTIONAL, .min = 1},
    {.name = "scopes", .kind = FIELD_LIST, .flags = FIELD_UNIQUE, .min = 1, .max = 6, .of = &scope_item},
    {.name = "expires", .kind = FIELD_TIME, .flags = FIELD_OPTIONAL},
    {.name = NULL},
};

typedef struct {
    const Principal *principal;
    const char *name, *person;
    guint scopes;
    gint64 expires_ms;
    TokenMade made; /* out */
    json_t *whose;  /* out: PersonShort */
} Making;

gboolean tx_require_introduced(Tx *tx, const char *person, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(Account) account = account_read(tx_db(tx), person, error);
    if (!account)
        return FALSE;
    g_autoptr(Principal) principal = principal_of_person(tx_node(tx), tx_db(tx), person, &failure);
    if (principal)
        return TRUE;
    if (!g_error_matches(failure, COMITY_ERROR, COMITY_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    error_set(error, COMITY_ERROR_CONFLICT, "token.person", "/person",
              "This person has not enrolled yet, or the account is closed.");
    return FALSE;
}

/* What a token does stands in its person's name: an administrator who made one for somebody else would act as them. */
static gboolean require_machine_or_self(Tx *tx, const Principal *by, const char *person, GError **error)
{
    if (g_str_equal(by->person, person))
        return TRUE;
    g_autoptr(Principal) whose = principal_of_person(tx_node(tx), tx_db(tx), person, error);
    if (whose && !whose->machine)
        error_set(error, COMITY_ERROR_FORBIDDEN, "token.person", "/person",
                  "A token acts in its person's name: make it for a machine, or for yourself.");
    return whose && whose->machine;
}

static gboolean make_token(Tx *tx, gpointer data, GError **error)
{
    Making *self = data;
    g_autofree char *person =
        self->person ? g_strdup(self->person) : tx_machine_person(tx, self->principal, self->name, FALSE, error);
    if (!person || !tx_require_introduced(tx, person, error) ||
        !require_machine_or_self(tx, self->principal, person, error) ||
        !tx_token_make(tx, self->principal, person, self->name, self->scopes, self->expires_ms, &self->made, error))
        return FALSE;
    self->whose = person_short(tx_db(tx), person);
    return TRUE;
}

/* @now + a year where nothing is asked for. */
static gboolean read_expiry(const char *text, gint64 now, gint64 *expires, GError **error)
{
    *expires = now + TOKEN_LIFE_MS;
    if (!text || (time_read(text, -1, expires) && *expires > now && *expires <= now + TOKEN_LIFE_MOST_MS))
        return TRUE;
    error_set(error, COMITY_ERROR_INVALID, "token.expires", "/expires",
              "A token ends in the future, within two years.");
    return FALSE;
}

gboolean tokens_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_admin(request, error);
    g_autoptr(json_t) body = principal ? people_body(request, new_fields, error) : NULL;
    gint64 now = env_now_ms(node_env(node));
    Making making = {.principal = principal};
    if (!body || !scopes_read_json(json_object_get(body, "scopes"), &making.scopes, error) ||
        !read_expiry(json_text(body, "expires"), now, &making.expires_ms, error))
        return FALSE;
    making.name = json_text(body, "name");
    making.person = json_text(body, "person");
    gboolean done = node_write(node, make_token, &making, error);
    if (done) {
        idempotency_keep_nothing(request);
        http_response_set_headerf(response, "Location", "/api/v1/tokens/%s", making.made.id);
        http_response_json(response, 201,
                           json_pack("{s:s, s:s, s:s, s:O, s:o, s:o, s:o}", "id", making.made.id, "token",
                                     making.made.text, "name", making.name, "person", making.whose, "scopes",
                                     scopes_json(making.scopes), "created", view_time(now), "expires",
                                     view_time(making.expires_ms)));
    }
    token_made_clear(&making.made);
    json_decref(making.whose);
    return done;
}

gboolean tokens_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    if (!principal_require_admin(request, error))
        return FALSE;
    Db *db = node_reader(http_request_owner(request), request);
    g_autoptr(json_t) items = json_array();
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT t.id, t.name, t.person, t.scopes, t.created, t.expires, u.used FROM people_token t "
                     "LEFT JOIN token_use u ON u.token = t.id ORDER BY t.created DESC, t.id DESC");
    int row;
    while ((row = db_step(query, error)) > 0)
        json_array_append_new(
            items, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id", db_text(query, 0), "name", db_text(query, 1),
                             "person", person_short(db, db_text(query, 2)), "scopes",
                             scopes_json((guint)db_integer(query, 3)), "created", view_time(db_integer(query, 4)),
                             "expires", view_time(db_integer(query, 5)), "last_used", view_time(db_integer(query, 6))));
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, json_pack("{s:O}", "items", items));
    return TRUE;
}

typedef struct {
    const Principal *principal;
    const char *id;
} Revocation;

/* Streams that the token opened end with it; browsers of the same person come back by themselves. */
static gboolean revoke_token(Tx *tx, gpointer data, GError **error)
{
    const Revocation *self = data;
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "SELECT person FROM people_token WHERE id = :id");
    db_bind_text(query, "id", self->id);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "token.unknown", "",
                  "There is no such token, or it was revoked already.");
    g_autofree char *person = row > 0 ? g_strdup(db_text(query, 0)) : NULL;
    if (!person || !tx_people_act(tx, self->principal, "token.revoked/1", self->id, NULL, NULL, error))
        return FALSE;
    tx_streams_end(tx, person);
    return TRUE;
}

gboolean token_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_admin(request, error);
    Revocation data = {.principal = principal, .id = http_request_parameter(request, "token")};
    if (!principal || !node_write(http_request_owner(request), revoke_token, &data, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
