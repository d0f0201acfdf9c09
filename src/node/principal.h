/* node/principal.h: who asks: a person with a session, a machine with a token, or nobody.
 *   Q1  Found once a request, ahead of every handler; a handler never looks at a cookie.
 *   Q2  Sessions end after 30 idle minutes and 12 hours; tokens are stored hashed; both are checked in constant shape:
 *       "unknown" and "expired" look alike from outside. */
#pragma once
#include "http/request.h"
#include "ledger/act.h"
#include "store/db.h"

typedef struct Node Node;
typedef struct Session Session; /* node/session.h */

typedef enum {
    SCOPE_CASES_READ = 1 << 0,
    SCOPE_CASES_WRITE = 1 << 1,
    SCOPE_EVIDENCE_READ = 1 << 2,
    SCOPE_EVIDENCE_WRITE = 1 << 3,
    SCOPE_EXPORT = 1 << 4,
    SCOPE_ALL = (1 << 5) - 1,
} Scope;

typedef struct {
    char *person; /* id in the node's own space */
    char *name;
    char **roles; /* investigator, prosecutor, clerk, defence, auditor */
    gboolean admin;
    gboolean machine; /* signs in by token only */
    guint scopes;     /* SCOPE_ALL for a session */
    char *session;    /* id, or NULL */
    char *token;      /* id, or NULL */
} Principal;
void principal_free(Principal *self);
Principal *principal_copy(const Principal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Principal, principal_free)
gboolean principal_has_role(const Principal *self, const char *role);

/* Finds who asks and hangs it on @request: for the server's `before`, ahead of every handler (Q1). A cookie or token
 * that leads to nobody is as none. FALSE with COMITY_ERROR_UNAUTHENTICATED where nobody is found and the route is not
 * public; with COMITY_ERROR_FORBIDDEN, code csrf.origin, where a page of another origin would change something (also by
 * signing somebody in). */
gboolean principal_find(Node *node, HttpRequest *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The person's id in the node's own space with what it may do now; COMITY_ERROR_NOT_FOUND where it is not introduced
 * there (unknown, not enrolled yet, disabled). A session's rights: scopes are SCOPE_ALL, session and token NULL. New.
 */
Principal *principal_of_person(Node *node, Db *db, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The principal of @request, or NULL with COMITY_ERROR_UNAUTHENTICATED. Borrowed from the request. */
const Principal *principal_require(HttpRequest *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with @scope, COMITY_ERROR_FORBIDDEN without. */
const Principal *principal_require_scope(HttpRequest *request, Scope scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const Principal *principal_require_admin(HttpRequest *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for what only the person who is signed in may do, and no token: COMITY_ERROR_FORBIDDEN, code session.needed.
 */
const Principal *principal_require_session(HttpRequest *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The session of @request; NULL for a token or nobody. Borrowed from the request. */
const Session *principal_session(HttpRequest *request);

typedef enum { ACCESS_NONE, ACCESS_RECORD, ACCESS_MEMBER } AccessLevel; /* RECORD: auditors, who open no exhibit */
typedef struct {
    AccessLevel level;
    char *space, *lane, *kind;
    char *person; /* the principal's id in this space; NULL where not introduced */
    char **roles; /* in this space */
} SpaceAccess;
void space_access_clear(SpaceAccess *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SpaceAccess, space_access_clear)
/* What @principal may see of @space. Below @least: COMITY_ERROR_NOT_FOUND, alike for "is not there" and "not for you".
 */
gboolean space_access(Db *db, const Principal *principal, const char *space, AccessLevel least, SpaceAccess *access,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What a handler of a route with {space} begins with: who asks, with @scope, and whether that one may see the space, at
 * @least so. NULL with the error of either. */
const Principal *space_require(HttpRequest *request, Scope scope, AccessLevel least, SpaceAccess *access,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean space_access_has_role(const SpaceAccess *self, const char *const *roles);
/* May the one with this access write an act of @type? The same table that the ledger judges by. */
gboolean space_access_may(const SpaceAccess *self, const ActType *type);
