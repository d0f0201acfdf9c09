/* features/people/me.c: what anybody may know of the node, and what a person is told of themselves. */
#include "base/error.h"
#include "features/people/private.h"
#include "node/notice.h"
#include "node/token.h"
#include "node/view.h"

gboolean people_setup_needed(Db *db, gboolean *needed, GError **error)
{
    gint64 count = 0;
    if (!db_integer_of(
            db,
            "SELECT count(*) FROM people_person p WHERE p.admin = 1 AND p.machine = 0 AND p.state = 'active' "
            "AND EXISTS (SELECT 1 FROM people_passkey k WHERE k.person = p.person)",
            0, &count, error))
        return FALSE;
    *needed = count == 0;
    return TRUE;
}

json_t *node_json(Node *node, Db *db, GError **error)
{
    gboolean setup_needed;
    if (!people_setup_needed(db, &setup_needed, error))
        return NULL;
    const NodeConfig *config = node_config(node);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "name", config->name, "title", config->title, "country",
                     config->country, "origin", config->origin, "version", COMITY_VERSION, "test_node",
                     g_str_has_suffix(config->name, ".test"), "setup_needed", setup_needed);
}

gboolean node_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    json_t *found = node_json(node, node_reader(node, request), error);
    if (!found)
        return FALSE;
    http_response_json(response, 200, found);
    return TRUE;
}

static json_t *session_json(const Session *session)
{
    if (!session)
        return json_null();
    gint64 idle = MIN(session->used_ms + SESSION_IDLE_MS, session->expires_ms);
    return json_pack("{s:s, s:o, s:o, s:o, s:s, s:s}", "id", session->id, "created", view_time(session->created_ms),
                     "expires", view_time(session->expires_ms), "idle_expires", view_time(idle), "address",
                     session->address, "agent", session->agent);
}

/* By the table that the ledger judges by: whoever has such a role may do that. */
static gboolean may_write(Node *node, const Principal *principal, const char *type)
{
    const ActType *found = act_types_find(node_act_types(node), type);
    for (char **role = principal->roles; found && found->roles && *role; role++) {
        if (g_strv_contains(found->roles, *role))
            return TRUE;
    }
    return FALSE;
}

json_t *me_json(Node *node, Db *db, const Principal *principal, const Session *session, GError **error)
{
    g_autoptr(Account) account = account_read(db, principal->person, error);
    g_autoptr(json_t) about = account ? node_json(node, db, error) : NULL;
    g_autoptr(json_t) notices = about ? notice_list(db, principal, FALSE, error) : NULL;
    if (!notices)
        return NULL;
    g_autoptr(json_t) may =
        json_pack("{s:b, s:b, s:b}", "case.create",
                  (principal->scopes & SCOPE_CASES_WRITE) && may_write(node, principal, "case.opened/1"),
                  "people.invite", principal->admin, "node.admin", principal->admin);
    return json_pack("{s:{s:s, s:s, s:s, s:s}, s:o, s:b, s:o, s:O, s:O, s:O}", "person", "id", account->id, "name",
                     account->name, "title", account->title, "affiliation", account->affiliation, "roles",
                     view_roles(account->roles), "admin", principal->admin, "session", session_json(session), "node",
                     about, "may", may, "notices", notices);
}

gboolean me_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require(request, error);
    json_t *me =
        principal ? me_json(node, node_reader(node, request), principal, principal_session(request), error) : NULL;
    if (!me)
        return FALSE;
    http_response_json(response, 200, me);
    return TRUE;
}

gboolean me_answer(HttpRequest *request, HttpResponse *response, const char *secret, guint status, GError **error)
{
    Node *node = http_request_owner(request);
    Db *db = node_reader(node, request);
    Hash hash = secret_text_hash(secret);
    g_autoptr(Session) session = session_find(node, db, &hash, error);
    g_autoptr(Principal) principal = session ? principal_of_person(node, db, session->person, error) : NULL;
    json_t *me = principal ? me_json(node, db, principal, session, error) : NULL;
    if (!me)
        return FALSE;
    session_set_cookie(response, secret);
    http_response_json(response, status, me);
    return TRUE;
}

/* ---- what one has to know, let go ---- */

typedef struct {
    const Principal *principal;
    const char *notice;
} Dismissal;

static gboolean dismiss(Tx *tx, gpointer data, GError **error)
{
    const Dismissal *self = data;
    return tx_notice_dismiss(tx, self->principal, self->notice, error);
}

gboolean notice_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    Dismissal dismissal = {.principal = principal, .notice = http_request_parameter(request, "notice")};
    if (!principal || !node_write(http_request_owner(request), dismiss, &dismissal, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
