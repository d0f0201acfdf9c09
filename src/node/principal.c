/* node/principal.c: see principal.h. */
#include "node/principal.h"
#include "base/error.h"
#include "http/origin.h"
#include "node/node.h"
#include "node/principal_cache.h"
#include "node/session.h"
#include "node/token.h"
#include "node/view.h"
#include <string.h>

#define PRINCIPAL "principal"
#define SESSION "session"
#define ROLE_ADMINISTRATOR "administrator"

void principal_free(Principal *self)
{
    if (!self)
        return;
    g_free(self->person);
    g_free(self->name);
    g_strfreev(self->roles);
    g_free(self->session);
    g_free(self->token);
    g_free(self);
}

Principal *principal_copy(const Principal *self)
{
    Principal *copy = g_memdup2(self, sizeof *self);
    copy->person = g_strdup(self->person);
    copy->name = g_strdup(self->name);
    copy->roles = g_strdupv(self->roles);
    copy->session = g_strdup(self->session);
    copy->token = g_strdup(self->token);
    return copy;
}

gboolean principal_has_role(const Principal *self, const char *role)
{
    return g_strv_contains((const char *const *)self->roles, role);
}

/* Takes "administrator" out of @roles, which isn't one of those that a person has in a case. */
static gboolean take_administrator(char **roles)
{
    for (guint n = 0; roles[n]; n++) {
        if (!g_str_equal(roles[n], ROLE_ADMINISTRATOR))
            continue;
        g_free(roles[n]);
        memmove(roles + n, roles + n + 1, g_strv_length(roles + n + 1) * sizeof *roles + sizeof *roles);
        return TRUE;
    }
    return FALSE;
}

Principal *principal_of_person(Node *node, Db *db, const char *person, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT p.roles, p.machine, n.name FROM lane_person p LEFT JOIN person_name n "
                     "ON n.lane = p.lane AND n.node = :node AND n.id = p.id WHERE p.lane = :lane AND p.id = :person");
    db_bind_text(query, "node", node_name(node));
    db_bind_text(query, "lane", node_own_lane(node));
    db_bind_text(query, "person", person);
    int step = db_step(query, error);
    if (step < 0)
        return NULL;
    if (step == 0) {
        error_set(error, COMITY_ERROR_NOT_FOUND, "person.unknown", "",
                  "There is no such person, or the account is closed.");
        return NULL;
    }
    Principal *self = g_new0(Principal, 1);
    self->person = g_strdup(person);
    self->roles = view_role_list(db_text(query, 0));
    self->admin = take_administrator(self->roles);
    self->machine = db_integer(query, 1) != 0;
    self->name = g_strdup(db_text(query, 2) ? db_text(query, 2) : "");
    self->scopes = SCOPE_ALL;
    return self;
}

/* ---- who asks ---- */

/* Both look-ups: FALSE with COMITY_ERROR_NOT_FOUND where the secret leads to nobody. */
static gboolean read_session(Node *node, Db *db, const Hash *secret, Found *found, GError **error)
{
    found->session = session_find(node, db, secret, error);
    found->principal = found->session ? principal_of_person(node, db, found->session->person, error) : NULL;
    if (!found->principal)
        return FALSE;
    found->principal->session = g_strdup(found->session->id);
    return TRUE;
}

static gboolean read_token(Node *node, Db *db, const Hash *secret, Found *found, GError **error)
{
    g_auto(TokenGrant) grant = {0};
    if (!token_find(node, db, secret, &grant, error))
        return FALSE;
    Principal *principal = found->principal = principal_of_person(node, db, grant.person, error);
    if (!principal)
        return FALSE;
    principal->token = g_strdup(grant.id);
    principal->scopes = grant.scopes;
    principal->admin = principal->admin && grant.scopes == SCOPE_ALL;
    found->expires_ms = grant.expires_ms;
    found->used_ms = grant.used_ms;
    return TRUE;
}

/* Is it not over by now? Then its use is noted. */
static gboolean use(Node *node, const Found *found)
{
    gint64 now = env_now_ms(node_env(node));
    if (found->session ? !session_lives(found->session, now) : found->expires_ms <= now)
        return FALSE;
    if (found->session)
        session_touch(node, found->session);
    else
        token_touch(node, found->principal->token, found->used_ms);
    return TRUE;
}

/* FALSE only where looking failed; what leads to nobody leaves @request without a principal. */
static gboolean look_up(Node *node, HttpRequest *request, const char *text, gboolean token, GError **error)
{
    guint commits;
    g_auto(Found) found = {0};
    g_autoptr(GError) failure = NULL;
    Hash secret = secret_text_hash(text);
    if (!principal_cache_get(node, &secret, &found, &commits)) {
        Db *db = node_reader(node, request);
        if (!(token ? read_token : read_session)(node, db, &secret, &found, &failure)) {
            if (g_error_matches(failure, COMITY_ERROR, COMITY_ERROR_NOT_FOUND))
                return TRUE;
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        principal_cache_put(node, &secret, &found, commits);
    }
    if (!use(node, &found))
        return TRUE;
    if (found.session)
        http_request_set(request, SESSION, g_steal_pointer(&found.session), (GDestroyNotify)session_free);
    http_request_set(request, PRINCIPAL, g_steal_pointer(&found.principal), (GDestroyNotify)principal_free);
    return TRUE;
}

/* What a browser sends along by itself (the cookie) or is given (by signing in) serves our own pages only: a request
 * that names another origin is refused even without a cookie, so that nobody is signed in as somebody else. */
static gboolean check_origin(Node *node, HttpRequest *request, GError **error)
{
    const char *ours = node_config(node)->origin;
    const char *const origins[] = {ours, NULL};
    const char *origin = http_request_header(request, "Origin");
    if (http_request_is_safe(request) ||
        ((!origin || g_str_equal(origin, ours)) && http_origin_check(request, origins, NULL)))
        return TRUE;
    error_set(error, COMITY_ERROR_FORBIDDEN, "csrf.origin", "",
              "This request does not come from a page of this node; open %s and do it there.", ours);
    return FALSE;
}

static gboolean unauthenticated(GError **error)
{
    error_set(error, COMITY_ERROR_UNAUTHENTICATED, "session.none", "",
              "Nobody is signed in, or the session has ended; sign in.");
    return FALSE;
}

gboolean principal_find(Node *node, HttpRequest *request, GError **error)
{
    const char *token = http_request_bearer(request);
    const char *cookie = token ? NULL : http_request_cookie(request, SESSION_COOKIE);
    const char *secret = token && token_text_is_valid(token) ? token : cookie;
    if (secret && !look_up(node, request, secret, token != NULL, error))
        return FALSE;
    if (!token && !check_origin(node, request, error))
        return FALSE;
    gboolean public = (http_request_route(request)->flags & HTTP_ROUTE_PUBLIC) != 0;
    return public || http_request_get(request, PRINCIPAL) != NULL || unauthenticated(error);
}

const Session *principal_session(HttpRequest *request)
{
    return http_request_get(request, SESSION);
}

const Principal *principal_require(HttpRequest *request, GError **error)
{
    const Principal *self = http_request_get(request, PRINCIPAL);
    if (!self)
        unauthenticated(error);
    return self;
}

const Principal *principal_require_scope(HttpRequest *request, Scope scope, GError **error)
{
    const Principal *self = principal_require(request, error);
    if (self && (self->scopes & scope) != (guint)scope) {
        error_set(error, COMITY_ERROR_FORBIDDEN, "token.scope", "", "This token's scopes do not include that.");
        return NULL;
    }
    return self;
}

const Principal *principal_require_admin(HttpRequest *request, GError **error)
{
    const Principal *self = principal_require(request, error);
    if (self && !self->admin) {
        error_set(error, COMITY_ERROR_FORBIDDEN, "person.not_administrator", "",
                  "Only an administrator of this node may do that.");
        return NULL;
    }
    return self;
}

const Principal *principal_require_session(HttpRequest *request, GError **error)
{
    const Principal *self = principal_require(request, error);
    if (self && !self->session) {
        error_set(error, COMITY_ERROR_FORBIDDEN, "session.needed", "",
                  "Only the person who is signed in with a passkey does that; a token can't.");
        return NULL;
    }
    return self;
}
