/* features/cases/write.c: opening, correcting, closing and reopening a case. */
#include "base/error.h"
#include "base/text.h"
#include "features/cases/cases.h"
#include "features/cases/private.h"
#include "node/idempotency.h"
#include "node/view.h"
#include <string.h>

/* What a write function needs of its request. Borrowed. */
typedef struct {
    const Principal *principal;
    const char *space, *type, *etag;
    json_t *members;
    char *opened; /* out: the new space */
} CaseWrite;

/* Answers with the case as it is now, read from the writer's commit. */
static gboolean answer_case(HttpRequest *request, HttpResponse *response, const Principal *principal, const char *space,
                            guint status, GError **error)
{
    Node *node = http_request_owner(request);
    Db *db = node_reader(node, request);
    g_auto(SpaceAccess) access = {0};
    g_autofree char *tag = NULL;
    if (!space_access(db, principal, space, ACCESS_RECORD, &access, error))
        return FALSE;
    json_t *found = case_json(node, db, principal, &access, &tag, error);
    if (!found)
        return FALSE;
    http_response_set_etag(response, tag);
    if (status == 201)
        http_response_set_headerf(response, "Location", "/api/v1/cases/%s", space);
    http_response_json(response, status, found);
    return TRUE;
}

/* "AV-2026-0017": the next number of the year that no case has. */
static char *next_reference(Tx *tx, GError **error)
{
    char now[TIME_TEXT_SIZE];
    time_write(now, tx_now_ms(tx));
    gint64 count = 0;
    if (!db_integer_of(tx_db(tx), "SELECT count(*) FROM case_cover", 0, &count, error))
        return NULL;
    for (;;) {
        g_autofree char *reference =
            g_strdup_printf("%s-%.4s-%04" G_GINT64_FORMAT, node_config(tx_node(tx))->country, now, ++count);
        g_autoptr(DbQuery) query = db_query(tx_db(tx), "SELECT 1 FROM case_cover WHERE reference = :reference");
        db_bind_text(query, "reference", reference);
        int row = db_step(query, error);
        if (row <= 0)
            return row < 0 ? NULL : g_steal_pointer(&reference);
    }
}

static gboolean open_case(Tx *tx, gpointer data, GError **error)
{
    CaseWrite *write = data;
    if (!json_object_get(write->members, "reference")) {
        g_autofree char *reference = next_reference(tx, error);
        if (!reference)
            return FALSE;
        json_object_set_new(write->members, "reference", json_string(reference));
    }
    const char *const *roles = (const char *const *)write->principal->roles;
    if (!tx_open_space(tx, "case", "", write->principal, roles, &write->opened, error))
        return FALSE;
    g_autofree char *subject = g_strconcat(node_name(tx_node(tx)), "/", write->opened, NULL);
    TxDraft draft = {.space = write->opened,
                     .principal = write->principal,
                     .type = "case.opened/1",
                     .subject = subject,
                     .members = write->members};
    if (!tx_append(tx, &draft, NULL, error))
        return FALSE;
    tx_notify(tx, "case.changed", AUDIENCE_SPACE, write->opened, write->opened, "case.opened");
    return TRUE;
}

gboolean cases_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"reference", "title", "offence", "summary", NULL};
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_scope(request, SCOPE_CASES_WRITE, error);
    if (!principal)
        return FALSE;
    const ActType *type = act_types_find(node_act_types(node), "case.opened/1");
    SpaceAccess as_member = {.level = ACCESS_MEMBER, .roles = principal->roles};
    if (!space_access_may(&as_member, type)) {
        error_set(error, COMITY_ERROR_FORBIDDEN, "case.open_role", "",
                  "Investigators and prosecutors open cases; ask one of them.");
        return FALSE;
    }
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body || !body_only(body, known, error))
        return FALSE;
    if (!json_object_get(body, "offence"))
        json_object_set_new(body, "offence", json_string(""));
    if (!json_object_get(body, "summary"))
        json_object_set_new(body, "summary", json_string(""));
    CaseWrite write = {.principal = principal, .members = body};
    gboolean done = node_write(node, open_case, &write, error);
    g_autofree char *space = write.opened;
    if (done)
        idempotency_about(request, space);
    return done && answer_case(request, response, principal, space, 201, error);
}

static gboolean change_case(Tx *tx, gpointer data, GError **error)
{
    const CaseWrite *write = data;
    if (g_str_equal(write->type, "case.corrected/1") && !case_require_open(tx_db(tx), write->space, error))
        return FALSE;
    g_autofree char *subject = g_strconcat(node_name(tx_node(tx)), "/", write->space, NULL);
    TxDraft draft = {.space = write->space,
                     .principal = write->principal,
                     .type = write->type,
                     .subject = subject,
                     .prev = write->etag,
                     .members = write->members};
    if (!tx_append(tx, &draft, NULL, error))
        return FALSE;
    g_autofree char *what =
        g_strndup(write->type, strcspn(write->type, "/")); /* also closing and reopening come here */
    tx_notify(tx, "case.changed", AUDIENCE_SPACE, write->space, write->space, what);
    return TRUE;
}

/* The case that @request would change, as it stands, with its tag; NULL: there is none, or not for this person. */
static json_t *standing(HttpRequest *request, const Principal **principal, SpaceAccess *access, char **tag,
                        GError **error)
{
    Node *node = http_request_owner(request);
    *principal = space_require(request, SCOPE_CASES_WRITE, ACCESS_MEMBER, access, error);
    return *principal ? case_json(node, node_reader(node, request), *principal, access, tag, error) : NULL;
}

gboolean cases_patch(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"reference", "title", "offence", "summary", NULL};
    g_auto(SpaceAccess) access = {0};
    g_autofree char *tag = NULL;
    const Principal *principal = NULL;
    g_autoptr(json_t) before = standing(request, &principal, &access, &tag, error);
    if (!before || !http_request_if_match(request, tag, TRUE, error))
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body || !body_only(body, known, error))
        return FALSE;
    if (json_object_size(body) == 0) {
        error_set(error, COMITY_ERROR_INVALID, "body.empty", "",
                  "Say what is to be changed: reference, title, offence or summary.");
        return FALSE;
    }
    CaseWrite write = {
        .principal = principal, .space = access.space, .type = "case.corrected/1", .etag = tag, .members = body};
    return node_write(http_request_owner(request), change_case, &write, error) &&
           answer_case(request, response, principal, access.space, 200, error);
}

/* @from: the status that the case must have. */
static gboolean set_status(HttpRequest *request, HttpResponse *response, const char *type, const char *from,
                           GError **error)
{
    g_auto(SpaceAccess) access = {0};
    g_autofree char *tag = NULL;
    const Principal *principal = NULL;
    g_autoptr(json_t) before = standing(request, &principal, &access, &tag, error);
    g_autoptr(json_t) body = before ? http_request_json(request, error) : NULL;
    if (!body || !body_only(body, (const char *const[]){"reason", NULL}, error))
        return FALSE;
    if (g_strcmp0(json_text(before, "status"), from) != 0) {
        error_set(error, COMITY_ERROR_CONFLICT, "case.status", "",
                  "The case is not %s; somebody was faster. Look again.", from);
        return FALSE;
    }
    json_object_set_new(body, "home", json_null());
    CaseWrite write = {.principal = principal, .space = access.space, .type = type, .etag = tag, .members = body};
    return node_write(http_request_owner(request), change_case, &write, error) &&
           answer_case(request, response, principal, access.space, 200, error);
}

gboolean cases_close(HttpRequest *request, HttpResponse *response, GError **error)
{
    return set_status(request, response, "case.closed/1", "open", error);
}
gboolean cases_reopen(HttpRequest *request, HttpResponse *response, GError **error)
{
    return set_status(request, response, "case.reopened/1", "closed", error);
}
