/* features/people/sign_in.c: signing in with a passkey that says by itself whose it is.
 *   G1  Nobody learns who has an account: no name is asked for, no credential is listed, and every refusal is one
 *       sentence with one code.
 *   G2  What an outsider may try is counted by address; a success clears the count. */
#include "base/error.h"
#include "base/text.h"
#include "crypto/passkey.h"
#include "features/people/private.h"
#include "node/passkey_use.h"
#include <string.h>

gboolean sign_in_challenge_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    People *people = people_of(node);
    if (!http_limiter_take(people->outsiders, http_request_remote_key(request), 1, response, error))
        return FALSE;
    g_autofree char *id = NULL;
    g_autoptr(GBytes) challenge = challenges_make(people->challenges, CHALLENGE_SIGN_IN, "", &id);
    g_autofree char *text = base64url_encode(g_bytes_get_data(challenge, NULL), g_bytes_get_size(challenge));
    http_response_json(response, 200,
                       json_pack("{s:s, s:s, s:s, s:i}", "id", id, "challenge", text, "rp_id", node_rp_id(node),
                                 "timeout_ms", (int)CHALLENGE_LIFE_MS));
    return TRUE;
}

static const Field fields[] = {
    {.name = "challenge_id", .kind = FIELD_ID, .min = 1},
    {.name = "credential", .kind = FIELD_BASE64URL, .min = 1, .max = 1023},
    {.name = "authenticator_data", .kind = FIELD_BASE64URL, .min = 1, .max = 8192},
    {.name = "client_data", .kind = FIELD_BASE64URL, .min = 1, .max = 8192},
    {.name = "signature", .kind = FIELD_BASE64URL, .min = 1, .max = 2048},
    {.name = "user_handle", .kind = FIELD_BASE64URL, .flags = FIELD_NULLABLE, .max = 64},
    {.name = NULL},
};

/* Whose passkey @credential is; NULL: nobody's. New. */
static char *owner_of(Db *db, const char *credential, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT person FROM people_passkey WHERE credential = :credential");
    db_bind_text(query, "credential", credential);
    return db_step(query, error) > 0 ? g_strdup(db_text(query, 0)) : NULL;
}

/* The authenticator says whose account it was made for; where it does, that must be the owner. */
static gboolean handle_fits(const json_t *body, const char *person)
{
    const char *text = json_text(body, "user_handle");
    if (!text || !*text)
        return TRUE;
    g_autoptr(GBytes) handle = base64url_decode(text, -1);
    return handle && g_bytes_get_size(handle) == strlen(person) &&
           memcmp(g_bytes_get_data(handle, NULL), person, strlen(person)) == 0;
}

/* Who answers @challenge with @body, or NULL with the true reason, which stays here (G1). New. */
static char *prove(Node *node, Db *db, GBytes *challenge, const json_t *body, guint32 *counter, GError **error)
{
    const char *credential = json_text(body, "credential");
    g_autofree char *person = owner_of(db, credential, error);
    g_autoptr(GBytes) cose = person ? passkey_cose(node, db, person, credential, error) : NULL;
    g_autoptr(GBytes) data = base64url_decode(json_text(body, "authenticator_data"), -1);
    g_autoptr(GBytes) client = base64url_decode(json_text(body, "client_data"), -1);
    g_autoptr(GBytes) signature = base64url_decode(json_text(body, "signature"), -1);
    if (!cose || !data || !client || !signature || !handle_fits(body, person))
        return NULL;
    const Assertion assertion = {
        .credential = credential, .authenticator_data = data, .client_data = client, .signature = signature};
    Hash expected;
    memcpy(expected.bytes, g_bytes_get_data(challenge, NULL), HASH_SIZE);
    if (!passkey_verify(cose, node_rp_id(node), node_config(node)->origin, &expected, &assertion, counter, error))
        return NULL;
    return g_steal_pointer(&person);
}

typedef struct {
    HttpRequest *request;
    const char *person, *credential;
    guint32 counter;
    char *secret; /* out */
} SignIn;

static gboolean open_session(Tx *tx, gpointer data, GError **error)
{
    SignIn *self = data;
    return tx_passkey_used(tx, self->person, self->credential, self->counter, error) &&
           tx_session_open(tx, self->request, self->person, self->credential, &self->secret, error);
}

/* Trouble of the node's own is told as such; whatever else is one refusal (G1). */
static gboolean refuse(const GError *reason, GError **error)
{
    if (reason && reason->domain == COMITY_ERROR && reason->code != COMITY_ERROR_INVALID &&
        reason->code != COMITY_ERROR_NOT_FOUND && reason->code != COMITY_ERROR_GONE) {
        g_propagate_error(error, g_error_copy(reason));
        return FALSE;
    }
    error_set(error, COMITY_ERROR_UNAUTHENTICATED, "sign_in.refused", "",
              "This passkey could not sign in here; try again, or ask your administrator for a new link.");
    return FALSE;
}

gboolean sign_in_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    People *people = people_of(node);
    if (!http_limiter_take(people->attempts, http_request_remote_key(request), 1, response, error))
        return FALSE;
    g_autoptr(json_t) body = people_body(request, fields, error);
    if (!body)
        return FALSE;
    g_autoptr(GError) reason = NULL;
    SignIn sign_in = {.request = request, .credential = json_text(body, "credential")};
    g_autoptr(GBytes) challenge =
        challenges_take(people->challenges, json_text(body, "challenge_id"), CHALLENGE_SIGN_IN, "", &reason);
    g_autofree char *person =
        challenge ? prove(node, node_reader(node, request), challenge, body, &sign_in.counter, &reason) : NULL;
    if (!person)
        return refuse(reason, error);
    sign_in.person = person;
    if (!node_write(node, open_session, &sign_in, error))
        return FALSE;
    http_limiter_reset(people->attempts, http_request_remote_key(request));
    http_limiter_reset(people->outsiders, http_request_remote_key(request));
    g_autofree char *secret = sign_in.secret;
    return me_answer(request, response, secret, 200, error);
}
