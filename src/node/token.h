/* node/token.h: secrets that somebody presents to be let in: a browser's cookie, a one-time link, a program's token.
 *
 * Idea: 256 random bits each, so nobody guesses one and a plain SHA-256 is enough to keep; who steals the database
 * can't sign in with it. A program's token says what it is (`cmty_`) and carries a checksum, so that a leak scanner
 * knows a real one without asking anybody. T1  The secret itself leaves this process once, in the answer that made it;
 * it is never stored, logged or in an act. T2  A hash is looked up, never compared byte by byte: the time of a look-up
 * tells nothing about a secret. */
#pragma once
#include "crypto/digest.h"
#include "node/principal.h"

#define TOKEN_PREFIX "cmty_"

/* base64url of 32 random bytes: 43 characters. New. */
char *secret_text_new(const Env *env);
/* TOKEN_PREFIX, 43 characters of chance, 6 of checksum. New. */
char *token_text_new(const Env *env);
/* Is @text a token as we make them, checksum included? Costs no look-up. */
gboolean token_text_is_valid(const char *text);
/* SHA-256 of @text: what is kept. */
Hash secret_text_hash(const char *text);

/* "cases:read" ... "all" as bits. 0: there is no such scope. */
guint scope_read(const char *name);
/* The names of @scopes, "all" alone where it is all. New reference to an array. */
json_t *scopes_json(guint scopes);
/* Names, ended by NULL, as bits. FALSE with COMITY_ERROR_INVALID at the pointer "/scopes/n". */
gboolean scopes_read(const char *const *names, guint *scopes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of an array of texts. */
gboolean scopes_read_json(const json_t *names, guint *scopes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a token stands for. */
typedef struct {
    char *id, *person;
    guint scopes;
    gint64 expires_ms;
    gint64 used_ms; /* 0: never */
} TokenGrant;
void token_grant_clear(TokenGrant *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TokenGrant, token_grant_clear)

/* Tokens are records, so a feature keeps them: it says here how a hash leads to its grant. COMITY_ERROR_NOT_FOUND where
 * it is unknown or revoked; whether it has expired is not asked here. */
typedef struct {
    gboolean (*find)(Db *db, const Hash *secret, TokenGrant *grant, GError **error);
} TokenKeeper;
/* Once, from the feature's start. @keeper: const data. */
void token_set_keeper(Node *node, const TokenKeeper *keeper);
/* As the keeper says, for a text that is a token (token_text_is_valid), by its hash; COMITY_ERROR_NOT_FOUND also where
 * there is no keeper. */
gboolean token_find(Node *node, Db *db, const Hash *secret, TokenGrant *grant,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes that the token @id was used, to the hour: at most one write an hour. @used_ms: the last use that was noted. */
void token_touch(Node *node, const char *id, gint64 used_ms);
