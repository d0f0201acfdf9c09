/* node/confirm.c: see confirm.h. */
#include "node/confirm.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/passkey.h"
#include "http/problem.h"
#include "http/response.h"
#include "ledger/record.h"
#include "node/idempotency.h"
#include "node/passkey_use.h"
#include <string.h>

#define LIFE_MS ((gint64)10 * 60 * 1000)
#define ATTEMPTS 5    /* wrong answers to one confirmation */
#define PER_PERSON 50 /* beyond that the oldest is dropped */
#define KEEPER "confirmations"

/* One act that waits for its person. */
typedef struct {
    char *id;
    gint64 expires_ms;
    guint attempts;
    Principal *principal; /* who began it, as of then */
    char *space, *lane, *type, *subject, *prev;
    json_t *members, *context;
    GBytes *act; /* F1 */
    ConfirmFinish finish;
    guint status;
} Pending;

typedef struct {
    GMutex lock;
    GQueue list; /* of Pending, the oldest first */
} Confirmations;

static void pending_free(Pending *self)
{
    if (!self)
        return;
    g_free(self->id);
    g_clear_pointer(&self->principal, principal_free);
    g_free(self->space);
    g_free(self->lane);
    g_free(self->type);
    g_free(self->subject);
    g_free(self->prev);
    json_decref(self->members);
    json_decref(self->context);
    g_clear_pointer(&self->act, g_bytes_unref);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pending, pending_free)

void confirm_start(Node *node)
{
    Confirmations *self = g_new0(Confirmations, 1);
    g_mutex_init(&self->lock);
    node_set_feature_data(node, KEEPER, self);
}

void confirm_stop(Node *node)
{
    Confirmations *self = node_feature_data(node, KEEPER);
    if (!self)
        return;
    node_set_feature_data(node, KEEPER, NULL);
    g_queue_clear_full(&self->list, (GDestroyNotify)pending_free);
    g_mutex_clear(&self->lock);
    g_free(self);
}

/* ---- what waits ---- */

/* Drops what has expired, and the oldest of @person beyond its share. Under the lock. */
static void drop_old(Confirmations *self, gint64 now, const char *person)
{
    guint count = 0;
    for (GList *item = self->list.tail; item;) {
        GList *before = item->prev;
        Pending *pending = item->data;
        gboolean own = g_str_equal(pending->principal->person, person);
        if (pending->expires_ms <= now || (own && ++count >= PER_PERSON)) {
            g_queue_delete_link(&self->list, item);
            pending_free(pending);
        }
        item = before;
    }
}

static void keep(Node *node, Pending *pending)
{
    Confirmations *self = node_feature_data(node, KEEPER);
    G_GNUC_UNUSED g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    drop_old(self, env_now_ms(node_env(node)), pending->principal->person);
    g_queue_push_tail(&self->list, pending);
}

/* Is it this person's (F2), and asked with no fewer rights than it was begun with? */
static gboolean is_for(const Pending *pending, const Principal *principal)
{
    guint needed = pending->principal->scopes;
    return g_str_equal(pending->principal->person, principal->person) && (principal->scopes & needed) == needed;
}

/* Takes @id out, so that nobody else completes it meanwhile; NULL with COMITY_ERROR_GONE, which is also the answer for
 * what isn't @principal's. */
static Pending *take(Node *node, const char *id, const Principal *principal, GError **error)
{
    Confirmations *self = node_feature_data(node, KEEPER);
    G_GNUC_UNUSED g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    for (GList *item = self->list.head; item; item = item->next) {
        Pending *pending = item->data;
        if (!g_str_equal(pending->id, id) || !is_for(pending, principal))
            continue;
        g_queue_delete_link(&self->list, item);
        if (pending->expires_ms > env_now_ms(node_env(node)))
            return pending;
        pending_free(pending);
        break;
    }
    error_set(error, COMITY_ERROR_GONE, "confirmation.gone", "",
              "This is not waiting for your passkey any more; nothing was done. Begin again.");
    return NULL;
}

/* ---- beginning ---- */

static Pending *pending_new(Node *node, const Principal *principal, const ConfirmRequest *request)
{
    const TxDraft *draft = &request->draft;
    Pending *self = g_new0(Pending, 1);
    self->id = uuid7_new(node_env(node));
    self->expires_ms = env_now_ms(node_env(node)) + LIFE_MS;
    self->principal = principal_copy(principal);
    self->space = g_strdup(draft->space);
    self->lane = g_strdup(draft->lane);
    self->type = g_strdup(draft->type);
    self->subject = g_strdup(draft->subject);
    self->prev = g_strdup(draft->prev);
    self->members = json_deep_copy(draft->members);
    self->context = json_deep_copy(request->context);
    self->finish = request->finish;
    self->status = request->status;
    return self;
}

static TxDraft pending_draft(const Pending *self)
{
    return (TxDraft){
        .space = self->space,
        .lane = self->lane,
        .principal = self->principal,
        .type = self->type,
        .subject = self->subject,
        .prev = self->prev,
        .members = self->members,
    };
}

static gboolean prepare(Tx *tx, gpointer data, GError **error)
{
    Pending *self = data;
    const TxDraft draft = pending_draft(self);
    self->act = tx_prepare(tx, &draft, error);
    return self->act != NULL;
}

/* {"confirm": ...}. New reference. */
static json_t *describe(Node *node, const Pending *self, const ConfirmRequest *request, json_t *credentials)
{
    gsize length = 0;
    gconstpointer bytes = g_bytes_get_data(self->act, &length);
    Hash hash = confirmation_challenge(bytes, length);
    g_autofree char *act = base64url_encode(bytes, length);
    g_autofree char *challenge = base64url_encode(hash.bytes, HASH_SIZE);
    char expires[TIME_TEXT_SIZE];
    time_write(expires, self->expires_ms);
    json_t *values = request->values ? json_deep_copy(request->values) : json_object();
    return json_pack("{s:{s:s, s:s, s:s, s:s, s:{s:s, s:o}, s:s, s:s, s:o}}", "confirm", "id", self->id, "act", act,
                     "challenge", challenge, "type", self->type, "sentence", "code", request->sentence, "values",
                     values, "expires", expires, "rp_id", node_rp_id(node), "credentials", credentials);
}

static gboolean begin(Node *node, HttpRequest *request, const Principal *principal, const ConfirmRequest *confirm,
                      GError **error)
{
    g_autoptr(json_t) credentials = passkey_credentials(node, node_reader(node, request), principal->person, error);
    if (!credentials)
        return FALSE;
    g_autoptr(Pending) pending = pending_new(node, principal, confirm);
    if (!node_write(node, prepare, pending, error))
        return FALSE;
    http_response_json(http_request_response(request), 202,
                       describe(node, pending, confirm, g_steal_pointer(&credentials)));
    keep(node, g_steal_pointer(&pending));
    return TRUE;
}

/* ---- completing ---- */

typedef struct {
    Pending *pending;
    GBytes *confirmation; /* NULL: a machine person acts (F3) */
    const char *credential;
    guint32 counter;
    json_t *result;
} Completion;

static gboolean refuse_moved(GError **error)
{
    error_set(error, COMITY_ERROR_CONFLICT, "confirmation.moved", "",
              "Somebody changed this meanwhile; nothing was done. Look at it again and begin anew.");
    return FALSE;
}

/* Whether the entity is where it was when the act was made: an act made now would name the same heads. */
static gboolean still_there(Tx *tx, const Pending *self, const TxDraft *draft, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GBytes) now = tx_prepare(tx, draft, &failure);
    if (!now) {
        if (g_str_equal(error_code(failure), HTTP_CODE_PRECONDITION))
            return refuse_moved(error);
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    g_autoptr(json_t) before_act = json_loadb(g_bytes_get_data(self->act, NULL), g_bytes_get_size(self->act), 0, NULL);
    g_autoptr(json_t) now_act = json_loadb(g_bytes_get_data(now, NULL), g_bytes_get_size(now), 0, NULL);
    return json_equal(json_object_get(before_act, "prev"), json_object_get(now_act, "prev")) || refuse_moved(error);
}

static gboolean complete(Tx *tx, gpointer data, GError **error)
{
    Completion *self = data;
    TxDraft draft = pending_draft(self->pending);
    Appended appended;
    if (self->confirmation) {
        if (!still_there(tx, self->pending, &draft, error) ||
            !tx_passkey_used(tx, self->pending->principal->person, self->credential, self->counter, error))
            return FALSE;
        draft.prepared = self->pending->act;
        draft.confirmation = self->confirmation;
    }
    if (!tx_append(tx, &draft, &appended, error))
        return FALSE;
    if (self->pending->finish)
        return self->pending->finish(tx, &appended, self->pending->context, &self->result, error);
    char leaf[HASH_HEX_SIZE];
    hash_write(leaf, &appended.leaf);
    self->result = json_pack("{s:s}", "leaf", leaf);
    return TRUE;
}

static gboolean run(Node *node, Completion *completion, HttpResponse *response, GError **error)
{
    if (!node_write(node, complete, completion, error)) {
        g_clear_pointer(&completion->result, json_decref);
        return FALSE;
    }
    http_response_json(response, completion->pending->status, g_steal_pointer(&completion->result));
    return TRUE;
}

gboolean confirm_or_run(Node *node, HttpRequest *request, const Principal *principal, const ConfirmRequest *confirm,
                        GError **error)
{
    if (!principal->machine)
        return begin(node, request, principal, confirm, error);
    g_autoptr(Pending) pending = pending_new(node, principal, confirm);
    Completion completion = {.pending = pending};
    return run(node, &completion, http_request_response(request), error);
}

/* ---- the routes ---- */

/* Another try is allowed after what says nothing about the act; and a few after a wrong answer. */
static void put_back(Node *node, Pending *pending, const GError *error)
{
    gboolean elsewhere = g_error_matches(error, COMITY_ERROR, COMITY_ERROR_BUSY) ||
                         g_error_matches(error, COMITY_ERROR, COMITY_ERROR_FULL) ||
                         g_error_matches(error, COMITY_ERROR, COMITY_ERROR_IO);
    gboolean wrong = g_str_equal(error_code(error), "confirmation.refused") && ++pending->attempts < ATTEMPTS;
    if (elsewhere || wrong)
        keep(node, pending);
    else
        pending_free(pending);
}

/* Checks the answer over the bytes that were kept. @confirmation: out, new. */
static gboolean check(Node *node, HttpRequest *request, const Pending *pending, Completion *completion,
                      Confirmation *answer, GError **error)
{
    const Assertion assertion = {
        .credential = answer->credential,
        .authenticator_data = answer->authenticator_data,
        .client_data = answer->client_data,
        .signature = answer->signature,
    };
    g_autoptr(GError) reason = NULL;
    Hash challenge = confirmation_challenge(g_bytes_get_data(pending->act, NULL), g_bytes_get_size(pending->act));
    g_autoptr(GBytes) cose =
        passkey_cose(node, node_reader(node, request), pending->principal->person, answer->credential, &reason);
    if (cose && passkey_verify(cose, node_rp_id(node), node_config(node)->origin, &challenge, &assertion,
                               &completion->counter, &reason)) {
        completion->confirmation = confirmation_write(&assertion);
        completion->credential = answer->credential;
        return TRUE;
    }
    if (!g_error_matches(reason, COMITY_ERROR, COMITY_ERROR_INVALID) &&
        !g_error_matches(reason, COMITY_ERROR, COMITY_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    error_set(error, COMITY_ERROR_FORBIDDEN, "confirmation.refused", "",
              "This does not confirm the act; nothing was done. %s", reason->message);
    return FALSE;
}

static gboolean put_confirmation(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require(request, error);
    if (!principal)
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body)
        return FALSE;
    gsize length = 0;
    g_autofree char *bytes = json_compact(body, &length);
    g_autoptr(Confirmation) answer = confirmation_parse(bytes, length, error);
    if (!answer)
        return FALSE;
    g_autoptr(Pending) pending = take(node, http_request_parameter(request, "confirmation"), principal, error);
    if (!pending)
        return FALSE;
    idempotency_about(request, pending->space);
    g_autoptr(GError) failure = NULL;
    Completion completion = {.pending = pending};
    gboolean done =
        check(node, request, pending, &completion, answer, &failure) && run(node, &completion, response, &failure);
    g_clear_pointer(&completion.confirmation, g_bytes_unref);
    if (done)
        return TRUE;
    put_back(node, g_steal_pointer(&pending), failure);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

static gboolean delete_confirmation(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require(request, error);
    if (!principal)
        return FALSE;
    g_autoptr(Pending) pending =
        take(http_request_owner(request), http_request_parameter(request, "confirmation"), principal, error);
    if (!pending)
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}

const HttpRoute confirm_routes[] = {
    {.method = "PUT",
     .path = "/api/v1/confirmations/{confirmation}",
     .handler = put_confirmation,
     .body_limit = 64 * 1024},
    {.method = "DELETE", .path = "/api/v1/confirmations/{confirmation}", .handler = delete_confirmation},
    {0},
};
