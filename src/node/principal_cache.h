/* node/principal_cache.h: who a secret leads to, as long as nothing at all was written since it was last looked up.
 *
 * Idea: most requests only read, and come from somebody who asked a moment ago. What an entry says was true at one commit
 * of this node; any commit makes all entries void, so that a session that was ended, a role that was taken, a token that
 * was revoked count with the next request, and nobody has to remember to say so.
 *   C1  An entry is used only where node_commits() is what it was before the rows of the entry were read.
 *   C2  Time is not kept here: whether a session or token is over is asked each time. */
#pragma once
#include "crypto/digest.h"
#include "node/session.h"

/* A session or a token, and whose it is. */
typedef struct {
    Principal *principal;
    Session *session;  /* NULL: a token */
    gint64 expires_ms; /* of the token */
    gint64 used_ms;    /* of the token */
} Found;
void found_clear(Found *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

/* From the start and stop of the feature that keeps people. Without it every look-up reads. */
void principal_cache_start(Node *node);
void principal_cache_stop(Node *node);
/* A copy of what @secret led to. FALSE: it has to be looked up; @commits is then for principal_cache_put(). */
gboolean principal_cache_get(Node *node, const Hash *secret, Found *found, guint *commits);
void principal_cache_put(Node *node, const Hash *secret, const Found *found, guint commits);
