/* node/session.h: browser sessions: rows of this node, known by a cookie's secret.
 *   S1  A session ends 12 hours after signing in, or after 30 minutes without a request, whichever comes first.
 *   S2  Signing in makes a new secret and ends the session that the browser came with: none is ever carried over.
 *   S3  `used` is kept to the minute, so that reading costs no write. */
#pragma once
#include "http/response.h"
#include "node/tx.h"

#define SESSION_COOKIE "__Host-comity"
#define SESSION_IDLE_MS ((gint64)30 * 60 * 1000)
#define SESSION_LIFE_MS ((gint64)12 * 60 * 60 * 1000)

struct Session {
    char *id, *person;
    char *passkey; /* credential id that opened it */
    char *address, *agent;
    gint64 created_ms, used_ms, expires_ms;
};
void session_free(Session *self);
Session *session_copy(const Session *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

/* The living session of the cookie's secret, by its hash; COMITY_ERROR_NOT_FOUND where it is unknown or has ended
 * (alike). New. */
Session *session_find(Node *node, Db *db, const Hash *secret, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Has it not ended by now (S1)? */
gboolean session_lives(const Session *self, gint64 now_ms);
/* Living sessions of @person, the last used first; of Session. New. */
GPtrArray *session_list(Node *node, Db *db, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes that it was used (S3); waits for nothing. */
void session_touch(Node *node, const Session *session);

/* Opens one for @request's browser, ends the one that it came with (S2), and sweeps those that are over. @secret: out,
 * new: for the cookie. */
gboolean tx_session_open(Tx *tx, HttpRequest *request, const char *person, const char *passkey, char **secret,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends the session @id of @person. COMITY_ERROR_NOT_FOUND where that person has none such. */
gboolean tx_session_end(Tx *tx, const char *person, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends all of @person but @keep (NULL: none kept), and only those that @passkey opened (NULL: any). */
gboolean tx_sessions_end(Tx *tx, const char *person, const char *keep, const char *passkey,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends all that have had their time (S1), and the streams that they opened. */
gboolean tx_sessions_expire(Tx *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person's live streams end after the commit and begin anew: what they may hear of has changed. */
void tx_streams_end(Tx *tx, const char *person);

/* Sets the cookie: Secure, HttpOnly, SameSite=Strict, Path=/. Browsers keep it on http://localhost too. */
void session_set_cookie(HttpResponse *response, const char *secret);
void session_clear_cookie(HttpResponse *response);
