/* features/people/passkeys.c: a person's own passkeys: offered, checked, added, labelled, removed. */
#include "base/error.h"
#include "base/text.h"
#include "crypto/passkey.h"
#include "features/people/private.h"
#include "node/passkey_use.h"
#include "node/view.h"
#include <string.h>

#define LABEL_DEFAULT "Passkey"

/* Those of the person, so that no authenticator makes a second one for the same account. */
static json_t *excluded(Db *db, const char *person, GError **error)
{
    g_autoptr(json_t) list = json_array();
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT credential, transports FROM people_passkey WHERE person = :person ORDER BY created, id");
    db_bind_text(query, "person", person);
    int row;
    while ((row = db_step(query, error)) > 0) {
        json_t *transports = json_loads(db_text(query, 1), 0, NULL);
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "type", "public-key", "id", db_text(query, 0),
                                              "transports", transports ? transports : json_array()));
    }
    return row == 0 ? g_steal_pointer(&list) : NULL;
}

json_t *passkey_options(Node *node, Db *db, const Account *account, GBytes *challenge, GError **error)
{
    static const int algorithms[] = {-8, -7, -257};
    json_t *known = excluded(db, account->id, error);
    if (!known)
        return NULL;
    json_t *parameters = json_array();
    for (gsize n = 0; n < G_N_ELEMENTS(algorithms); n++)
        json_array_append_new(parameters, json_pack("{s:s, s:i}", "type", "public-key", "alg", algorithms[n]));
    g_autofree char *bytes = base64url_encode(g_bytes_get_data(challenge, NULL), g_bytes_get_size(challenge));
    g_autofree char *handle = base64url_encode(account->id, strlen(account->id));
    return json_pack("{s:{s:s, s:s}, s:{s:s, s:s, s:s}, s:s, s:o, s:i, s:o, s:{s:s, s:b, s:s}, s:s}", "rp", "id",
                     node_rp_id(node), "name", node_config(node)->title, "user", "id", handle, "name", account->name,
                     "displayName", account->name, "challenge", bytes, "pubKeyCredParams", parameters, "timeout",
                     (int)CHALLENGE_LIFE_MS, "excludeCredentials", known, "authenticatorSelection", "residentKey",
                     "required", "requireResidentKey", TRUE, "userVerification", "required", "attestation", "none");
}

/* ---- adding ---- */

static GBytes *bytes_of(const json_t *body, const char *member)
{
    return base64url_decode(json_text(body, member), -1);
}

static Passkey *check_answer(Node *node, const PasskeyAnswer *answer, GError **error)
{
    g_autoptr(GBytes) client_data = bytes_of(answer->body, "client_data");
    g_autoptr(GBytes) object = bytes_of(answer->body, "attestation_object");
    g_autoptr(Passkey) passkey = NULL;
    if (client_data && object)
        passkey = passkey_register(node_rp_id(node), node_config(node)->origin, answer->challenge, client_data, object,
                                   error);
    else
        error_set(error, COMITY_ERROR_INVALID, "", "", "The passkey's answer is not base64url.");
    if (!passkey && error && *error) {
        g_autofree char *reason = g_strdup((*error)->message);
        g_clear_error(error);
        error_set(error, COMITY_ERROR_INVALID, "passkey.refused", "/attestation_object", "%s Begin again.", reason);
    }
    return g_steal_pointer(&passkey);
}

static gboolean require_new(Db *db, const char *credential, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT 1 FROM people_passkey WHERE credential = :credential");
    db_bind_text(query, "credential", credential);
    int row = db_step(query, error);
    if (row > 0)
        error_set(error, COMITY_ERROR_CONFLICT, "passkey.known", "", "This passkey is enrolled already.");
    return row == 0;
}

/* The members of passkey.added/1. New reference. */
static json_t *added_members(const Passkey *passkey, const json_t *body)
{
    g_autofree char *cose = base64url_encode(g_bytes_get_data(passkey->cose, NULL), g_bytes_get_size(passkey->cose));
    g_autofree char *spki = base64url_encode(g_bytes_get_data(passkey->spki, NULL), g_bytes_get_size(passkey->spki));
    const char *label = json_text(body, "label");
    json_t *transports = json_object_get(body, "transports");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o}", "credential", passkey->id, "cose", cose, "spki", spki,
                     "label", label ? label : LABEL_DEFAULT, "aaguid", passkey->aaguid, "backed_up", passkey->backed_up,
                     "backup_eligible", passkey->backup_eligible, "transports",
                     transports ? json_deep_copy(transports) : json_array());
}

/* The person is introduced with the passkey first: until then it could not write that it added one. */
gboolean tx_passkey_add(Tx *tx, const PasskeyAnswer *answer, char **credential, char **id, GError **error)
{
    Node *node = tx_node(tx);
    g_autoptr(Passkey) passkey = check_answer(node, answer, error);
    if (!passkey || !require_new(tx_db(tx), passkey->id, error))
        return FALSE;
    g_autoptr(json_t) members = added_members(passkey, answer->body);
    g_autoptr(json_t) extra = json_pack("{s:s, s:O, s:O}", "id", passkey->id, "cose", json_object_get(members, "cose"),
                                        "spki", json_object_get(members, "spki"));
    if (!tx_account_put(tx, answer->account, extra, error))
        return FALSE;
    g_autoptr(Principal) owner = principal_of_person(node, tx_db(tx), answer->account->id, error);
    g_autofree char *entity = uuid7_new(node_env(node));
    if (!owner || !tx_people_act(tx, owner, "passkey.added/1", entity, NULL, g_steal_pointer(&members), error) ||
        !tx_passkey_used(tx, owner->person, passkey->id, passkey->counter, error))
        return FALSE;
    if (credential)
        *credential = g_strdup(passkey->id);
    if (id)
        *id = g_steal_pointer(&entity);
    return TRUE;
}

/* ---- by the API ---- */

#define COLUMNS "k.id, k.credential, k.label, k.created, u.used, k.backed_up, k.aaguid"
#define FROM "people_passkey k LEFT JOIN passkey_use u ON u.credential = k.credential WHERE k.person = :person"

static json_t *row_json(const DbQuery *row)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:b, s:s}", "id", db_text(row, 0), "credential", db_text(row, 1),
                     "label", db_text(row, 2), "created", view_time(db_integer(row, 3)), "last_used",
                     view_time(db_integer(row, 4)), "backed_up", db_integer(row, 5) != 0, "aaguid", db_text(row, 6));
}

static gboolean answer_passkey(HttpRequest *request, HttpResponse *response, const char *person, const char *id,
                               guint status, GError **error)
{
    Db *db = node_reader(http_request_owner(request), request);
    g_autoptr(DbQuery) query = db_query(db, "SELECT " COLUMNS " FROM " FROM " AND k.id = :id");
    db_bind_text(query, "person", person);
    db_bind_text(query, "id", id);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "passkey.unknown", "", "You have no such passkey.");
    if (row > 0)
        http_response_json(response, status, row_json(query));
    return row > 0;
}

gboolean passkeys_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require(request, error);
    if (!principal)
        return FALSE;
    g_autoptr(json_t) items = json_array();
    g_autoptr(DbQuery) query = db_query(node_reader(http_request_owner(request), request),
                                        "SELECT " COLUMNS " FROM " FROM " ORDER BY k.created, k.id");
    db_bind_text(query, "person", principal->person);
    int row;
    while ((row = db_step(query, error)) > 0)
        json_array_append_new(items, row_json(query));
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, json_pack("{s:O}", "items", items));
    return TRUE;
}

gboolean passkeys_options_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_session(request, error);
    Db *db = node_reader(node, request);
    g_autoptr(Account) account = principal ? account_read(db, principal->person, error) : NULL;
    if (!account ||
        !http_limiter_take(people_of(node)->outsiders, http_request_remote_key(request), 1, response, error))
        return FALSE;
    g_autofree char *id = NULL;
    g_autoptr(GBytes) challenge = challenges_make(people_of(node)->challenges, CHALLENGE_ADD, account->id, &id);
    json_t *options = passkey_options(node, db, account, challenge, error);
    if (!options)
        return FALSE;
    json_object_set_new(options, "id", json_string(id));
    http_response_json(response, 200, options);
    return TRUE;
}

static const Field new_fields[] = {
    {.name = "challenge_id", .kind = FIELD_ID, .min = 1},
    {.name = "client_data", .kind = FIELD_BASE64URL, .min = 1, .max = 8192},
    {.name = "attestation_object", .kind = FIELD_BASE64URL, .min = 1, .max = 65536},
    {.name = "label", .kind = FIELD_TEXT, .min = 1, .max = 100},
    {.name = "transports",
     .kind = FIELD_LIST,
     .flags = FIELD_OPTIONAL | FIELD_UNIQUE,
     .max = 8,
     .of = &people_transport_item},
    {.name = NULL},
};
static const Field label_fields[] = {{.name = "label", .kind = FIELD_TEXT, .min = 1, .max = 100}, {.name = NULL}};

typedef struct {
    const Principal *principal;
    GBytes *challenge;
    const json_t *body;
    const char *passkey;
    char *id; /* out */
} Change;

static gboolean add_passkey(Tx *tx, gpointer data, GError **error)
{
    Change *self = data;
    g_autoptr(Account) account = account_read(tx_db(tx), self->principal->person, error);
    const PasskeyAnswer answer = {.account = account, .challenge = self->challenge, .body = self->body};
    return account && tx_passkey_add(tx, &answer, NULL, &self->id, error);
}

gboolean passkeys_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_session(request, error);
    g_autoptr(json_t) body = principal ? people_body(request, new_fields, error) : NULL;
    if (!body)
        return FALSE;
    g_autoptr(GBytes) challenge = challenges_take(people_of(node)->challenges, json_text(body, "challenge_id"),
                                                  CHALLENGE_ADD, principal->person, error);
    Change change = {.principal = principal, .challenge = challenge, .body = body};
    gboolean done = challenge && node_write(node, add_passkey, &change, error) &&
                    answer_passkey(request, response, principal->person, change.id, 201, error);
    g_free(change.id);
    return done;
}

/* Does @passkey belong to the one who asks? @credential: out, new; @count: of all that the person has. */
static gboolean own_passkey(Db *db, const Change *self, char **credential, gint64 *count, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT credential, (SELECT count(*) FROM people_passkey o WHERE o.person = k.person) FROM "
                     "people_passkey k WHERE k.id = :id AND k.person = :person");
    db_bind_text(query, "id", self->passkey);
    db_bind_text(query, "person", self->principal->person);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "passkey.unknown", "", "You have no such passkey.");
    if (row <= 0)
        return FALSE;
    *credential = g_strdup(db_text(query, 0));
    *count = db_integer(query, 1);
    return TRUE;
}

static gboolean label_passkey(Tx *tx, gpointer data, GError **error)
{
    Change *self = data;
    gint64 count;
    g_autofree char *credential = NULL;
    return own_passkey(tx_db(tx), self, &credential, &count, error) &&
           tx_people_act(tx, self->principal, "passkey.labelled/1", self->passkey, NULL, json_deep_copy(self->body),
                         error);
}

gboolean passkey_patch(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    g_autoptr(json_t) body = principal ? people_body(request, label_fields, error) : NULL;
    if (!body)
        return FALSE;
    Change change = {.principal = principal, .body = body, .passkey = http_request_parameter(request, "passkey")};
    return node_write(http_request_owner(request), label_passkey, &change, error) &&
           answer_passkey(request, response, principal->person, change.passkey, 200, error);
}

static gboolean remove_passkey(Tx *tx, gpointer data, GError **error)
{
    Change *self = data;
    gint64 count;
    g_autofree char *credential = NULL;
    if (!own_passkey(tx_db(tx), self, &credential, &count, error))
        return FALSE;
    if (count == 1) {
        error_set(error, COMITY_ERROR_CONFLICT, "passkey.last", "",
                  "This is your last passkey; add another one first, or nobody could sign in as you.");
        return FALSE;
    }
    if (!tx_people_act(tx, self->principal, "passkey.removed/1", self->passkey, NULL, NULL, error))
        return FALSE;
    g_autoptr(Account) account = account_read(tx_db(tx), self->principal->person, error);
    return account && tx_account_put(tx, account, NULL, error) && tx_passkey_forget(tx, credential, error) &&
           tx_sessions_end(tx, account->id, self->principal->session, credential, error);
}

gboolean passkey_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    Change change = {.principal = principal, .passkey = http_request_parameter(request, "passkey")};
    if (!principal || !node_write(http_request_owner(request), remove_passkey, &change, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
