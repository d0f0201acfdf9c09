/* features/people/command.c: what the command line does to people; see people.h. */
#include "base/error.h"
#include "features/people/private.h"

typedef struct {
    const char *name;
    const char *const *roles;
    gboolean admin;
    Invited invited; /* out */
} Inviting;

/* Who was invited by this very name and never enrolled. NULL without error: nobody. New. */
static char *find_waiting(Db *db, const char *name, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT p.person FROM people_person p WHERE p.name = :name AND p.state = 'active' AND p.machine = 0 AND "
            "NOT EXISTS (SELECT 1 FROM people_passkey k WHERE k.person = p.person) ORDER BY p.person DESC LIMIT 1");
    db_bind_text(query, "name", name);
    return db_step(query, error) > 0 ? g_strdup(db_text(query, 0)) : NULL;
}

static gboolean invite(Tx *tx, gpointer data, GError **error)
{
    Inviting *self = data;
    g_autoptr(GError) failure = NULL;
    g_autoptr(json_t) roles = json_texts(self->roles);
    if (!account_require_role(roles, self->admin, error))
        return FALSE;
    g_autoptr(Principal) by = tx_operator(tx, error);
    if (!by)
        return FALSE;
    g_autofree char *person = find_waiting(tx_db(tx), self->name, &failure);
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (person) {
        json_t *members = json_pack("{s:O, s:b}", "roles", roles, "admin", self->admin);
        if (!tx_people_act(tx, by, "person.roles_changed/1", person, NULL, members, error))
            return FALSE;
        return tx_invite(tx, by, person, &self->invited, error);
    }
    const AccountNew account = {
        .name = self->name, .title = "", .affiliation = "", .roles = roles, .admin = self->admin};
    return tx_account_admit(tx, by, &account, &person, error) && tx_invite(tx, by, person, &self->invited, error);
}

gboolean people_invite(Node *node, const char *name, const char *const *roles, gboolean admin, char **link,
                       GError **error)
{
    Inviting data = {.name = name, .roles = roles, .admin = admin};
    gboolean done = node_write(node, invite, &data, error);
    if (done)
        *link = g_steal_pointer(&data.invited.link);
    invited_clear(&data.invited);
    return done;
}

typedef struct {
    const char *name;
    guint scopes;
    gint64 expires_ms;
    TokenMade made; /* out */
} Making;

static gboolean make_token(Tx *tx, gpointer data, GError **error)
{
    Making *self = data;
    g_autoptr(Principal) by = tx_operator(tx, error);
    g_autofree char *person = by ? tx_machine_person(tx, by, self->name, TRUE, error) : NULL;
    gint64 expires = self->expires_ms > 0 ? self->expires_ms : tx_now_ms(tx) + TOKEN_LIFE_MS;
    return person && tx_require_introduced(tx, person, error) &&
           tx_token_make(tx, by, person, self->name, self->scopes, expires, &self->made, error);
}

gboolean people_token_create(Node *node, const char *person, guint scopes, gint64 expires_ms, char **token,
                             GError **error)
{
    Making data = {.name = person, .scopes = scopes, .expires_ms = expires_ms};
    gboolean done = node_write(node, make_token, &data, error);
    if (done)
        *token = g_steal_pointer(&data.made.text);
    token_made_clear(&data.made);
    return done;
}
