/* node/tx.h: the one way to change anything: a function that runs on the writer thread inside a savepoint.
 *
 * Idea: the writer takes up to 256 waiting functions, runs each in a SAVEPOINT with its folds, commits once, syncs the
 * high-water file, signs one checkpoint a feed, then wakes the callers: durable before acknowledged, one order, and
 * read-your-writes without locks. A function that fails is rolled back alone.
 *   X1  A write function reads through tx_db() and sees what it and those before it in the batch wrote.
 *   X2  An act that would be void is refused before anything is stored (COMITY_ERROR_FORBIDDEN or _INVALID, the reason).
 *   X3  Events are sent after the commit, and only then.
 *   X4  A write function never waits for anything outside: no network, no large file. */
#pragma once
#include "crypto/digest.h"
#include "node/node.h"
#include "node/principal.h"

typedef struct Tx Tx;

typedef gboolean (*WriteFunc)(Tx *tx, gpointer data, GError **error);
/* Runs @func on the writer thread and returns when it is durable, or FALSE with its error, rolled back. Called from any
 * thread but the writer's. */
gboolean node_write(Node *self, WriteFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same without holding a thread: @done is called on the writer thread when it is durable (@error NULL) or failed
 * (@error is its own to free). It must be short: http_request_complete(), http_request_continue(). */
typedef void (*WriteDone)(gpointer data, GError *error);
void node_write_later(Node *self, WriteFunc func, gpointer data, WriteDone done);

Node *tx_node(Tx *tx);
Db *tx_db(Tx *tx);
gint64 tx_now_ms(Tx *tx); /* one moment for the whole function */

/* What somebody did. Borrowed for the call. */
typedef struct {
    const char *space;
    const char *lane;           /* NULL: the space's only lane */
    const Principal *principal; /* NULL: the node itself */
    const char *type;           /* "exhibit.added/1" */
    const char *subject;        /* "<node>/<id>"; NULL: the lane, or for a creating type a new UUIDv7 of this node */
    const char *prev;     /* an ETag: the heads that the person saw; NULL: the heads of now; ignored by creations */
    json_t *members;      /* of the type; borrowed */
    GBytes *prepared;     /* exact act bytes made by tx_prepare() and confirmed; NULL otherwise */
    GBytes *confirmation; /* with them */
} TxDraft;

typedef struct {
    char subject[256];
    char id[65]; /* the subject's part after the slash */
    Hash leaf;
    guint64 seq;
    gint64 time_ms;
} Appended;

/* Appends one act in this transaction: introduces the person in the lane first where needed (also again, when roles or
 * passkeys changed), judges, stores, folds and projects its entity. @appended may be NULL. */
gboolean tx_append(Tx *tx, const TxDraft *draft, Appended *appended, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The exact bytes of the act as it would be appended now, judged but for its confirmation; nothing is stored. */
GBytes *tx_prepare(Tx *tx, const TxDraft *draft, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens a space of @kind with one lane of one party (this node; every entity kind that it knows) and introduces @founder
 * in it with @roles. @space: out, new. */
gboolean tx_open_space(Tx *tx, const char *kind, const char *basis, const Principal *founder, const char *const *roles,
                       char **space, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A person as the node's own lane knows it; every introduction in another lane repeats it. Borrowed. */
typedef struct {
    const char *person;                     /* id in the node's own space */
    const char *name, *title, *affiliation; /* person.named; the latter two may be "" */
    const char *const *roles;  /* at this node, with "administrator" for one; NULL-ended; NULL: not introduced */
    const json_t *credentials; /* [{id, cose, spki}], base64url; NULL: none */
    gboolean machine;
} PersonFacts;
/* Writes what is new of it in the own lane (person.named, person.introduced), and then the same in every lane where the
 * person stands introduced, with the roles that it has there. Inviting, enrolling a passkey, renaming, other roles: all
 * are this one call. What is as it was is not written again. */
gboolean tx_person_put(Tx *tx, const PersonFacts *facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The id of @person in @space: the one that it was given there, or a new one, which is then noted. @id: out, new. For acts
 * that name somebody who is not introduced yet (member.added). */
gboolean tx_person_place(Tx *tx, const char *space, const char *person, char **id,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Membership as the ledger knows it. @person: a person id of the node's own space. Acts of the node. */
gboolean tx_introduce(Tx *tx, const char *space, const char *person, const char *const *roles,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean tx_withdraw(Tx *tx, const char *space, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In every space where the person stands introduced: withdrawn (@roles NULL), or introduced again as of now. */
gboolean tx_reintroduce_everywhere(Tx *tx, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sent after the commit to whoever may see @space (NULL: see @audience). Ids only, never content. */
typedef enum { AUDIENCE_SPACE, AUDIENCE_PERSON, AUDIENCE_ADMINISTRATORS, AUDIENCE_ALL } Audience;
void tx_notify(Tx *tx, const char *event, Audience audience, const char *space_or_person, const char *id,
               const char *type);
/* Runs @func on the caller's side after the commit (unlinking a file, starting a job). */
void tx_after_commit(Tx *tx, void (*func)(Node *node, gpointer data), gpointer data, GDestroyNotify free_data);
