/* node/access.c: what somebody may see of a space, and do there: the second half of principal.h.
 *
 * Idea: who stands introduced in a space is a member of it, and nobody else is. Two see more: an auditor of the node
 * sees the record of every case, but no exhibit's content; an administrator sees the node's own space. */
#include "base/error.h"
#include "node/principal.h"
#include "node/view.h"

#define ROLE_AUDITOR "auditor"

void space_access_clear(SpaceAccess *self)
{
    g_clear_pointer(&self->space, g_free);
    g_clear_pointer(&self->lane, g_free);
    g_clear_pointer(&self->kind, g_free);
    g_clear_pointer(&self->person, g_free);
    g_clear_pointer(&self->roles, g_strfreev);
    self->level = ACCESS_NONE;
}

/* The space itself and, where the person stands introduced there, its roles. FALSE without error: no such space. */
static gboolean read_space(Db *db, const char *person, const char *space, SpaceAccess *access, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT s.lane, s.kind, p.id, p.roles FROM space s LEFT JOIN lane_person p "
                                            "ON p.lane = s.lane AND p.person = :person WHERE s.id = :space");
    db_bind_text(query, "person", person);
    db_bind_text(query, "space", space);
    if (db_step(query, error) != 1)
        return FALSE;
    access->space = g_strdup(space);
    access->lane = g_strdup(db_text(query, 0));
    access->kind = g_strdup(db_text(query, 1));
    access->person = g_strdup(db_text(query, 2));
    access->roles = view_role_list(db_text(query, 3));
    return TRUE;
}

/* Does @self work there in any other role than looking at the record? */
static gboolean works(const SpaceAccess *self)
{
    for (guint n = 0; self->person && self->roles[n]; n++) {
        if (!g_str_equal(self->roles[n], ROLE_AUDITOR))
            return TRUE;
    }
    return FALSE;
}

static AccessLevel level_of(const Principal *principal, const SpaceAccess *access)
{
    if (g_str_equal(access->kind, "node"))
        return principal->admin ? ACCESS_MEMBER : ACCESS_NONE;
    if (works(access))
        return ACCESS_MEMBER;
    return access->person || principal_has_role(principal, ROLE_AUDITOR) ? ACCESS_RECORD : ACCESS_NONE;
}

gboolean space_access(Db *db, const Principal *principal, const char *space, AccessLevel least, SpaceAccess *access,
                      GError **error)
{
    g_autoptr(GError) failure = NULL;
    space_access_clear(access);
    if (read_space(db, principal->person, space, access, &failure))
        access->level = level_of(principal, access);
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (access->level != ACCESS_NONE && access->level >= least)
        return TRUE;
    error_set(error, COMITY_ERROR_NOT_FOUND, "space.unknown", "",
              "There is no such case, or you are not one of its members.");
    return FALSE;
}

const Principal *space_require(HttpRequest *request, Scope scope, AccessLevel least, SpaceAccess *access,
                               GError **error)
{
    const Principal *principal = principal_require_scope(request, scope, error);
    if (!principal)
        return NULL;
    Db *db = node_reader(http_request_owner(request), request);
    const char *space = http_request_parameter(request, "space");
    return space_access(db, principal, space, least, access, error) ? principal : NULL;
}

gboolean space_access_has_role(const SpaceAccess *self, const char *const *roles)
{
    for (guint n = 0; self->roles && self->roles[n]; n++) {
        if (g_strv_contains(roles, self->roles[n]))
            return TRUE;
    }
    return FALSE;
}

gboolean space_access_may(const SpaceAccess *self, const ActType *type)
{
    return self->level == ACCESS_MEMBER && type && type->roles && space_access_has_role(self, type->roles);
}
