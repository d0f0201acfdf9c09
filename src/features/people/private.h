/* features/people/private.h: what the files of this folder share. */
#pragma once
#include "features/people/acts.h"
#include "features/people/challenge.h"
#include "features/people/people.h"
#include "http/limits.h"
#include "node/session.h"
#include "node/token.h"
#include "node/tx.h"

#define INVITATION_LIFE_MS ((gint64)72 * 60 * 60 * 1000)
#define TOKEN_LIFE_MS ((gint64)365 * 24 * 60 * 60 * 1000)
#define TOKEN_LIFE_MOST_MS (2 * TOKEN_LIFE_MS)

extern const char people_tables_sql[]; /* tables.sql */

/* What lives as long as the node runs. */
typedef struct {
    Challenges *challenges;
    HttpLimiter *outsiders; /* by address: what anybody may ask */
    HttpLimiter *attempts;  /* by address: proving who one is */
} People;
People *people_of(Node *node);

/* project.c */
gboolean people_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error);

/* person.c: one account as rows say it, and what is written of it. */
typedef struct {
    char *id, *name, *title, *affiliation;
    char *roles; /* " clerk investigator " */
    char *state; /* active, disabled */
    char *tag;
    gboolean admin, machine;
    guint passkeys;
} Account;
void account_free(Account *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Account, account_free)
/* COMITY_ERROR_NOT_FOUND where there is none. New. */
Account *account_read(Db *db, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "<node>/<id>". New. */
char *people_subject(Node *node, const char *id);
/* Says in every lane who @account is now: its name, and, where it may act (a machine, or somebody with a passkey), its
 * roles and passkeys. @extra: {id, cose, spki} of a passkey that is about to be added; NULL: none. */
gboolean tx_account_put(Tx *tx, const Account *account, const json_t *extra, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What an account begins with. Borrowed. */
typedef struct {
    const char *name, *title, *affiliation;
    const json_t *roles; /* array of texts */
    gboolean admin, machine;
} AccountNew;
/* Makes an account, as @by decides. @person: out, new. */
gboolean tx_account_admit(Tx *tx, const Principal *by, const AccountNew *account, char **person,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An act of @by on the entity @id; @members: taken. */
gboolean tx_people_act(Tx *tx, const Principal *by, const char *type, const char *id, const char *prev, json_t *members,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* COMITY_ERROR_INVALID (person.roles) where neither @roles (an array) nor @admin lets a person do anything. */
gboolean account_require_role(const json_t *roles, gboolean admin, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* COMITY_ERROR_CONFLICT (person.last_administrator) where nobody but @account runs the node and can sign in. */
gboolean account_require_other_administrator(Db *db, const Account *account, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* operator.c: who acts on the command line. New. */
Principal *tx_operator(Tx *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* invitation.c */
typedef struct {
    char *id, *person, *link;
    gint64 expires_ms;
} Invited;
void invited_clear(Invited *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Invited, invited_clear)
/* A link for @person, as @by decides; those that it had before are withdrawn. */
gboolean tx_invite(Tx *tx, const Principal *by, const char *person, Invited *invited,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean tx_invitations_withdraw(Tx *tx, const Principal *by, const char *person,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* tokens.c */
typedef struct {
    char *id, *text;
    gint64 expires_ms;
} TokenMade;
void token_made_clear(TokenMade *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TokenMade, token_made_clear)
gboolean tx_token_make(Tx *tx, const Principal *by, const char *person, const char *name, guint scopes,
                       gint64 expires_ms, TokenMade *made, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean tx_tokens_revoke(Tx *tx, const Principal *by, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
extern const TokenKeeper people_token_keeper;
/* The active person called exactly @name: a machine person, or with @humans_too anybody; where there is none, a machine
 * person is made with the role investigator. COMITY_ERROR_CONFLICT where two are called so. New. */
char *tx_machine_person(Tx *tx, const Principal *by, const char *name, gboolean humans_too,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Only who may act at all can act by token: COMITY_ERROR_CONFLICT for one who has not enrolled, or is disabled. */
gboolean tx_require_introduced(Tx *tx, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* passkeys.c: enrolling one, wherever it begins. */
/* PublicKeyCredentialCreationOptionsJSON over @challenge for @account. New reference. */
json_t *passkey_options(Node *node, Db *db, const Account *account, GBytes *challenge,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the browser answered, and for whom. Borrowed. */
typedef struct {
    const Account *account;
    GBytes *challenge;
    const json_t *body; /* client_data, attestation_object, label, transports */
} PasskeyAnswer;
/* Checks the answer and adds the passkey. @credential: out, new; @id: out, new, the entity's; both may be NULL. */
gboolean tx_passkey_add(Tx *tx, const PasskeyAnswer *answer, char **credential, char **id,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* me.c: the Me object of the API for @principal in @session (NULL: a token). New reference. */
json_t *me_json(Node *node, Db *db, const Principal *principal, const Session *session,
                GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *node_json(Node *node, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sets the cookie for @secret and answers with Me as the new session sees it. */
gboolean me_answer(HttpRequest *request, HttpResponse *response, const char *secret, guint status,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* read.c: PersonShort of an account; null where there is none. New reference. */
json_t *person_short(Db *db, const char *person);

/* expiry.c: a job. */
gboolean people_look_for_endings(Node *node, Job *job, GError **error);

/* body.c: the JSON body, which must have exactly the members of @fields. New reference. */
json_t *people_body(HttpRequest *request, const Field *fields, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Handlers, by the files that hold them. */
#define HANDLER(name) gboolean name(HttpRequest *request, HttpResponse *response, GError **error)
HANDLER(node_get); /* me.c */
HANDLER(me_get);
HANDLER(notice_delete);
HANDLER(views_list); /* views.c */
HANDLER(views_post);
HANDLER(view_put);
HANDLER(view_delete);
HANDLER(sign_out); /* sessions.c */
HANDLER(sessions_list);
HANDLER(sessions_delete);
HANDLER(session_delete);
HANDLER(sign_in_challenge_post); /* sign_in.c */
HANDLER(sign_in_post);
HANDLER(passkeys_list); /* passkeys.c */
HANDLER(passkeys_options_post);
HANDLER(passkeys_post);
HANDLER(passkey_patch);
HANDLER(passkey_delete);
HANDLER(people_list); /* read.c */
HANDLER(person_get);
HANDLER(directory_list);
HANDLER(person_patch); /* person.c */
HANDLER(person_disable);
HANDLER(person_enable);
HANDLER(roles_get);        /* roles.c */
HANDLER(invitations_list); /* invitation.c */
HANDLER(invitations_post);
HANDLER(invitation_delete);
HANDLER(enrolment_open); /* enrolment.c */
HANDLER(enrolment_options);
HANDLER(enrolment_post);
HANDLER(enrolment_wrong);
HANDLER(tokens_list); /* tokens.c */
HANDLER(tokens_post);
HANDLER(token_delete);
