#include "node/idempotency.h"
#include "base/error.h"
#include "http/problem.h"
#include "node/internal.h"
#include "node/principal.h"
#include <string.h>

#define KEY_NAME "idempotency"
#define SPACE_NAME "idempotency.space"
#define SPACE_MEMBER "space:" /* among the kept headers: no header is called so */
#define KEY_MAX 255
#define ANSWER_MAX ((gsize)256 * 1024)

/* In the place of an answer's status. */
#define STATUS_SPENT (-1) /* done; the answer isn't kept */
#define STATUS_LOST (-2)  /* it ended without an answer that says whether it was done */

/* One write under a key, from `before` to `after`. */
typedef struct {
    char *principal, *key;
    Hash request;
    gboolean secret; /* the answer is not to be kept */
    /* What the row said when it was claimed. */
    gboolean fresh;     /* it is ours now */
    gboolean same;      /* the request is that of the row */
    gint64 status;      /* of the answer; 0: still at work; or STATUS_... */
    char *content_type; /* NULL: no body */
    char *headers;      /* JSON object */
    GBytes *body;
} Claim;

static void claim_free(gpointer data)
{
    Claim *self = data;
    g_free(self->principal);
    g_free(self->key);
    g_free(self->content_type);
    g_free(self->headers);
    g_clear_pointer(&self->body, g_bytes_unref);
    g_free(self);
}

static gboolean key_is_good(const char *key)
{
    gsize length = strlen(key);
    for (gsize i = 0; i < length; i++)
        if (key[i] < 0x21 || key[i] > 0x7e)
            return FALSE;
    return length >= 1 && length <= KEY_MAX;
}

/* Method, path and body: what must be the same for the answer to be the same. */
static Hash hash_request(HttpRequest *request)
{
    g_autoptr(Sha256) sha = sha256_new();
    const char *method = http_request_method(request), *path = http_request_path(request);
    const char *match = http_request_header(request, "If-Match");
    sha256_update(sha, method, strlen(method) + 1);
    sha256_update(sha, path, strlen(path) + 1);
    sha256_update(sha, match ? match : "", match ? strlen(match) + 1 : 1);
    const Principal *principal = principal_require(request, NULL);
    if (principal) { /* who may do less than before is not given the old answer */
        g_autofree char *roles = g_strjoinv(" ", principal->roles);
        g_autofree char *rights = g_strdup_printf("%d %u %s", principal->admin, principal->scopes, roles);
        sha256_update(sha, rights, strlen(rights) + 1);
    }
    gsize length = 0;
    GBytes *body = http_request_body(request);
    gconstpointer bytes = body ? g_bytes_get_data(body, &length) : NULL;
    sha256_update(sha, bytes, length);
    return sha256_finish(sha);
}

/* ---- claiming ---- */

static gboolean read_claim(Tx *tx, Claim *claim, GError **error)
{
    g_autoptr(DbQuery) row =
        db_query(tx->db, "SELECT request_hash, status, content_type, headers, body FROM idempotency "
                         "WHERE principal = :principal AND key = :key");
    db_bind_text(row, "principal", claim->principal);
    db_bind_text(row, "key", claim->key);
    if (db_step(row, error) <= 0)
        return FALSE;
    gsize length = 0;
    gconstpointer hash = db_blob(row, 0, &length);
    claim->same = length == HASH_SIZE && memcmp(hash, claim->request.bytes, HASH_SIZE) == 0;
    claim->status = db_integer(row, 1);
    claim->content_type = g_strdup(db_text(row, 2));
    claim->headers = g_strdup(db_text(row, 3));
    claim->body = db_is_null(row, 4) ? NULL : db_bytes(row, 4);
    return TRUE;
}

static gboolean claim_key(Tx *tx, gpointer data, GError **error)
{
    Claim *claim = data;
    g_autoptr(DbQuery) put =
        db_query(tx->db, "INSERT INTO idempotency (principal, key, request_hash, created) "
                         "VALUES (:principal, :key, :hash, :now) ON CONFLICT (principal, key) DO NOTHING");
    db_bind_text(put, "principal", claim->principal);
    db_bind_text(put, "key", claim->key);
    db_bind_blob(put, "hash", claim->request.bytes, HASH_SIZE);
    db_bind_integer(put, "now", tx->now_ms);
    if (!db_run(put, error))
        return FALSE;
    claim->fresh = db_changes(tx->db) > 0;
    return claim->fresh || read_claim(tx, claim, error);
}

/* ---- answering again ---- */

static void replay_headers(HttpResponse *response, const char *text)
{
    g_autoptr(json_t) headers = text ? json_loads(text, 0, NULL) : NULL;
    const char *name;
    json_t *value;
    json_object_del(headers, SPACE_MEMBER);
    json_object_foreach(headers, name, value)
    {
        if (g_ascii_strcasecmp(name, "ETag") == 0)
            http_response_set_etag(response, json_string_value(value));
        else
            http_response_set_header(response, name, json_string_value(value));
    }
    http_response_set_header(response, "Idempotency-Replayed", "true");
}

static gboolean refuse(GError **error, guint status, HttpResponse *response, const char *code, const char *sentence)
{
    http_response_set_status(response, status);
    error_set(error, status == 422 ? COMITY_ERROR_INVALID : COMITY_ERROR_CONFLICT, code, "", "%s", sentence);
    return FALSE;
}

/* May who asks still see what the kept answer tells of (I5)? */
static gboolean may_see(Node *node, HttpRequest *request, const Claim *claim, GError **error)
{
    g_auto(SpaceAccess) access = {0};
    g_autoptr(json_t) headers = claim->headers ? json_loads(claim->headers, 0, NULL) : NULL;
    const char *space = json_text(headers, SPACE_MEMBER);
    return !space || space_access(node_reader(node, request), principal_require(request, NULL), space, ACCESS_RECORD,
                                  &access, error);
}

static gboolean replay(const Claim *claim, HttpResponse *response, gboolean *answered, GError **error)
{
    if (!claim->same)
        return refuse(error, 422, response, "idempotency.reused",
                      "This Idempotency-Key was used for another request; take a new one.");
    if (claim->status == 0)
        return refuse(error, 409, response, "idempotency.busy",
                      "The same request is being done right now; ask again in a moment.");
    if (claim->status == STATUS_LOST)
        return refuse(
            error, 409, response, "idempotency.lost",
            "The node failed or was stopped while this was being done: look whether it is there, and send it again "
            "under a new key if not.");
    if (claim->status < 0)
        return refuse(error, 409, response, "idempotency.spent",
                      "This request was done; its answer was shown once and is not kept.");
    replay_headers(response, claim->headers);
    if (claim->body)
        http_response_bytes(response, (guint)claim->status, claim->content_type, claim->body);
    else
        http_response_empty(response, (guint)claim->status);
    *answered = TRUE;
    return TRUE;
}

/* Whose key it is: a session's person or a token; NULL: nobody's, and then there is nothing to keep. */
static char *principal_of(HttpRequest *request)
{
    const Principal *principal = principal_require(request, NULL);
    if (!principal)
        return NULL;
    return principal->token ? g_strconcat("token/", principal->token, NULL)
                            : g_strconcat("person/", principal->person, NULL);
}

gboolean idempotency_before(Node *node, HttpRequest *request, HttpResponse *response, gboolean *answered,
                            GError **error)
{
    const char *key = http_request_header(request, "Idempotency-Key");
    g_autofree char *principal = key && !http_request_is_safe(request) ? principal_of(request) : NULL;
    if (!principal || (http_request_route(request)->flags & HTTP_ROUTE_STREAM))
        return TRUE;
    if (!key_is_good(key)) {
        error_set(error, COMITY_ERROR_INVALID, "idempotency.key", "",
                  "An Idempotency-Key is 1 to 255 visible ASCII characters.");
        return FALSE;
    }
    Claim *claim = g_new0(Claim, 1);
    claim->principal = g_steal_pointer(&principal);
    claim->key = g_strdup(key);
    claim->request = hash_request(request);
    if (!node_write(node, claim_key, claim, error)) {
        claim_free(claim);
        return FALSE;
    }
    if (!claim->fresh) {
        gboolean done =
            (!claim->same || may_see(node, request, claim, error)) && replay(claim, response, answered, error);
        claim_free(claim);
        return done;
    }
    http_request_set(request, KEY_NAME, claim, claim_free);
    return TRUE;
}

void idempotency_keep_nothing(HttpRequest *request)
{
    Claim *claim = http_request_get(request, KEY_NAME);
    if (claim)
        claim->secret = TRUE;
}

void idempotency_about(HttpRequest *request, const char *space)
{
    http_request_set(request, SPACE_NAME, g_strdup(space), g_free);
}

/* ---- keeping the answer ---- */

static void collect_header(const char *name, const char *value, gpointer data)
{
    static const char *const kept[] = {"location", "retry-after", NULL};
    g_autofree char *lower = g_ascii_strdown(name, -1);
    if (g_strv_contains(kept, lower))
        json_object_set_new(data, name, json_string(value));
}

static gboolean forget_key(Tx *tx, gpointer data, GError **error)
{
    const Claim *claim = data;
    g_autoptr(DbQuery) drop = db_query(tx->db, "DELETE FROM idempotency WHERE principal = :principal AND key = :key");
    db_bind_text(drop, "principal", claim->principal);
    db_bind_text(drop, "key", claim->key);
    return db_run(drop, error);
}

static gboolean store_answer(Tx *tx, gpointer data, GError **error)
{
    const Claim *claim = data;
    g_autoptr(DbQuery) put = db_query(
        tx->db, "UPDATE idempotency SET status = :status, content_type = :type, headers = :headers, body = :body "
                "WHERE principal = :principal AND key = :key");
    db_bind_text(put, "principal", claim->principal);
    db_bind_text(put, "key", claim->key);
    db_bind_integer(put, "status", claim->status);
    db_bind_text(put, "type", claim->content_type);
    db_bind_text(put, "headers", claim->headers);
    db_bind_bytes(put, "body", claim->body);
    return db_run(put, error);
}

static void stored(gpointer data, GError *error)
{
    if (error)
        g_warning("The answer to a write with a key could not be kept: %s", error->message);
    g_clear_error(&error);
    claim_free(data);
}

/* What is kept of @response, and of which space it tells. */
static void take_answer(Claim *claim, HttpRequest *request, HttpResponse *response)
{
    const char *about = http_request_get(request, SPACE_NAME);
    const char *space = about ? about : http_request_parameter(request, "space");
    guint status = http_response_status(response);
    g_autoptr(GBytes) body = claim->secret ? NULL : http_response_capture(response);
    if (!body || g_bytes_get_size(body) > ANSWER_MAX) {
        claim->status = STATUS_SPENT;
        return;
    }
    claim->status = status;
    g_autoptr(json_t) headers = json_object();
    http_response_foreach_header(response, collect_header, headers);
    if (http_response_etag(response))
        json_object_set_new(headers, "ETag", json_string(http_response_etag(response)));
    if (space)
        json_object_set_new(headers, SPACE_MEMBER, json_string(space));
    claim->headers = json_compact(headers, NULL);
    claim->content_type = g_strdup(http_response_content_type(response));
    if (claim->content_type)
        claim->body = g_steal_pointer(&body);
}

void idempotency_after(Node *node, HttpRequest *request, HttpResponse *response)
{
    const Claim *held = http_request_get(request, KEY_NAME);
    if (!held)
        return;
    Claim *claim = g_new0(Claim, 1);
    claim->principal = g_strdup(held->principal);
    claim->key = g_strdup(held->key);
    claim->secret = held->secret;
    guint status = http_response_status(response);
    if (status == 429 || status == 503 || status == 507) { /* refused before anything was done */
        node_write_later(node, forget_key, claim, stored);
        return;
    }
    if (status >= 500)
        claim->status = STATUS_LOST; /* perhaps it was done all the same: under this key it is not done again */
    else
        take_answer(claim, request, response);
    node_write_later(node, store_answer, claim, stored);
}

gboolean tx_idempotency_settle(Tx *tx, GError **error)
{
    g_autoptr(DbQuery) put = db_query(tx->db, "UPDATE idempotency SET status = :lost WHERE status IS NULL");
    db_bind_integer(put, "lost", STATUS_LOST);
    return db_run(put, error);
}
