/* features/people/enrolment.c: from a link that serves once to a passkey and a session.
 *   L1  The link's token comes in a body, never in a path or query: no log and no history holds it.
 *   L2  Using the link, adding the passkey, introducing the person and opening the session are one transaction: either
 *       all of it is there, or the link is as good as before. */
#include "base/error.h"
#include "base/text.h"
#include "features/people/private.h"
#include "node/notice.h"
#include "node/token.h"
#include "node/view.h"

#define NOTICE_WRONG "invitation.wrong"

/* An invitation that can be used now. */
typedef struct {
    char *id;
    char *made_by;
    gint64 expires_ms;
    Account *account;
} Open;

static void open_clear(Open *self)
{
    g_clear_pointer(&self->id, g_free);
    g_clear_pointer(&self->made_by, g_free);
    g_clear_pointer(&self->account, account_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Open, open_clear)

static gboolean gone(const char *code, const char *sentence, GError **error)
{
    error_set(error, COMITY_ERROR_GONE, code, "", "%s Ask the administrator for a new link.", sentence);
    return FALSE;
}

static gboolean check_state(const char *state, gint64 expires, gint64 now, GError **error)
{
    if (g_str_equal(state, "used"))
        return gone("enrolment.used", "This link was used already.", error);
    if (g_str_equal(state, "withdrawn"))
        return gone("enrolment.withdrawn", "This link was withdrawn.", error);
    return expires > now || gone("enrolment.expired", "This link has expired.", error);
}

static gboolean open_find(Node *node, Db *db, const json_t *body, Open *open, GError **error)
{
    Hash secret = secret_text_hash(json_text(body, "token"));
    char hex[HASH_HEX_SIZE];
    hash_write(hex, &secret);
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT id, person, state, expires, made_by FROM people_invitation WHERE secret = :secret");
    db_bind_text(query, "secret", hex);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "enrolment.unknown", "/token",
                  "This link is not one of this node's; check that all of it was copied.");
    if (row <= 0 || !check_state(db_text(query, 2), db_integer(query, 3), env_now_ms(node_env(node)), error))
        return FALSE;
    open->id = g_strdup(db_text(query, 0));
    open->expires_ms = db_integer(query, 3);
    open->made_by = g_strdup(db_text(query, 4));
    open->account = account_read(db, db_text(query, 1), error);
    if (open->account && !g_str_equal(open->account->state, "active"))
        return gone("enrolment.withdrawn", "This account is closed.", error);
    return open->account != NULL;
}

#define TOKEN_FIELD                                                                                                    \
    {                                                                                                                  \
        .name = "token", .kind = FIELD_TEXT, .min = 43, .max = 43                                                      \
    }
static const Field token_fields[] = {TOKEN_FIELD, {.name = NULL}};
static const Field wrong_fields[] = {
    TOKEN_FIELD, {.name = "what", .kind = FIELD_TEXT, .flags = FIELD_LINES, .min = 1, .max = 1000}, {.name = NULL}};
static const Field enrol_fields[] = {
    TOKEN_FIELD,
    {.name = "challenge_id", .kind = FIELD_ID, .min = 1},
    {.name = "client_data", .kind = FIELD_BASE64URL, .min = 1, .max = 8192},
    {.name = "attestation_object", .kind = FIELD_BASE64URL, .min = 1, .max = 65536},
    {.name = "label", .kind = FIELD_TEXT, .flags = FIELD_OPTIONAL, .min = 1, .max = 100},
    {.name = "transports",
     .kind = FIELD_LIST,
     .flags = FIELD_OPTIONAL | FIELD_UNIQUE,
     .max = 8,
     .of = &people_transport_item},
    {.name = NULL},
};

/* The body and the invitation that it names; counted by address, so that nobody tries tokens. New reference. */
static json_t *read_open(HttpRequest *request, HttpResponse *response, const Field *fields, Open *open, GError **error)
{
    Node *node = http_request_owner(request);
    if (!http_limiter_take(people_of(node)->attempts, http_request_remote_key(request), 1, response, error))
        return NULL;
    g_autoptr(json_t) body = people_body(request, fields, error);
    if (!body || !open_find(node, node_reader(node, request), body, open, error))
        return NULL;
    return g_steal_pointer(&body);
}

gboolean enrolment_open(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(Open) open = {0};
    g_autoptr(json_t) body = read_open(request, response, token_fields, &open, error);
    json_t *about = body ? node_json(node, node_reader(node, request), error) : NULL;
    if (!about)
        return FALSE;
    const Account *account = open.account;
    g_autoptr(Account) by = account_read(node_reader(node, request), open.made_by, NULL); /* NULL: the command line */
    http_response_json(response, 200,
                       json_pack("{s:s?, s:s, s:s, s:s, s:o, s:b, s:o, s:o}", "invited_by", by ? by->name : NULL,
                                 "name", account->name, "title", account->title, "affiliation", account->affiliation,
                                 "roles", view_roles(account->roles), "admin", account->admin, "node", about, "expires",
                                 view_time(open.expires_ms)));
    return TRUE;
}

gboolean enrolment_options(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(Open) open = {0};
    g_autoptr(json_t) body = read_open(request, response, token_fields, &open, error);
    if (!body)
        return FALSE;
    g_autofree char *id = NULL;
    g_autoptr(GBytes) challenge = challenges_make(people_of(node)->challenges, CHALLENGE_ENROL, open.id, &id);
    json_t *options = passkey_options(node, node_reader(node, request), open.account, challenge, error);
    if (!options)
        return FALSE;
    http_response_json(response, 200, json_pack("{s:s, s:o}", "challenge_id", id, "options", options));
    return TRUE;
}

typedef struct {
    HttpRequest *request;
    const json_t *body;
    GBytes *challenge;
    char *secret; /* out */
} Enrolment;

static gboolean enrol(Tx *tx, gpointer data, GError **error)
{
    Enrolment *self = data;
    g_auto(Open) open = {0};
    g_autofree char *credential = NULL;
    if (!open_find(tx_node(tx), tx_db(tx), self->body, &open, error))
        return FALSE;
    const PasskeyAnswer answer = {.account = open.account, .challenge = self->challenge, .body = self->body};
    if (!tx_passkey_add(tx, &answer, &credential, NULL, error))
        return FALSE;
    g_autoptr(Principal) person = principal_of_person(tx_node(tx), tx_db(tx), open.account->id, error);
    return person && tx_people_act(tx, person, "invitation.used/1", open.id, NULL, NULL, error) &&
           tx_notice_settle(tx, NOTICE_WRONG, open.id, error) &&
           tx_session_open(tx, self->request, person->person, credential, &self->secret, error);
}

gboolean enrolment_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(Open) open = {0};
    g_autoptr(json_t) body = read_open(request, response, enrol_fields, &open, error);
    if (!body)
        return FALSE;
    g_autoptr(GBytes) challenge =
        challenges_take(people_of(node)->challenges, json_text(body, "challenge_id"), CHALLENGE_ENROL, open.id, error);
    Enrolment enrolment = {.request = request, .body = body, .challenge = challenge};
    if (!challenge || !node_write(node, enrol, &enrolment, error))
        return FALSE;
    http_limiter_reset(people_of(node)->attempts, http_request_remote_key(request));
    g_autofree char *secret = enrolment.secret;
    return me_answer(request, response, secret, 201, error);
}

/* The node writes it: who holds the link is nobody yet. Said once; what follows says nothing new. */
static gboolean question(Tx *tx, gpointer data, GError **error)
{
    const Enrolment *self = data;
    g_auto(Open) open = {0};
    if (!open_find(tx_node(tx), tx_db(tx), self->body, &open, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "SELECT 1 FROM people_invitation WHERE id = :id AND wrong IS NOT NULL");
    db_bind_text(query, "id", open.id);
    int row = db_step(query, error);
    if (row != 0)
        return row > 0;
    json_t *members = json_pack("{s:O}", "what", json_object_get(self->body, "what"));
    g_autoptr(json_t) values = json_pack("{s:s, s:s}", "invitation", open.id, "person", open.account->id);
    return tx_people_act(tx, NULL, "invitation.questioned/1", open.id, NULL, members, error) &&
           tx_notice_put(tx, NOTICE_WRONG, NOTICE_WARNING, NULL, open.id, values, error);
}

gboolean enrolment_wrong(HttpRequest *request, HttpResponse *response, GError **error)
{
    g_auto(Open) open = {0};
    g_autoptr(json_t) body = read_open(request, response, wrong_fields, &open, error);
    Enrolment data = {.request = request, .body = body};
    if (!body || !node_write(http_request_owner(request), question, &data, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
