/* features/people/operator.c: who acts on the command line, where nobody is signed in.
 *
 * Idea: whoever runs `comity` on the data directory holds the node in hand, and no passkey says which human it is. So
 * that their acts are told apart from the node's own, they are written as those of one machine person of the node's own
 * space, who is introduced there as an administrator, has no account, and is listed nowhere. */
#include "base/text.h"
#include "features/people/private.h"

#define NODE_VALUE "operator"

/* The operator's id, made when first asked for. New. */
static char *operator_id(Tx *tx, GError **error)
{
    g_autoptr(DbQuery) find = db_query(tx_db(tx), "SELECT value FROM node_value WHERE name = :name");
    db_bind_text(find, "name", NODE_VALUE);
    int row = db_step(find, error);
    if (row != 0)
        return row > 0 ? g_strdup(db_text(find, 0)) : NULL;
    g_autofree char *id = uuid7_new(node_env(tx_node(tx)));
    g_autoptr(DbQuery) put = db_query(tx_db(tx), "INSERT INTO node_value (name, value) VALUES (:name, :id)");
    db_bind_text(put, "name", NODE_VALUE);
    db_bind_text(put, "id", id);
    return db_run(put, error) ? g_steal_pointer(&id) : NULL;
}

Principal *tx_operator(Tx *tx, GError **error)
{
    g_autofree char *id = operator_id(tx, error);
    if (!id)
        return NULL;
    const PersonFacts facts = {.person = id,
                               .name = "Operator of this machine",
                               .title = "",
                               .affiliation = node_config(tx_node(tx))->title,
                               .roles = (const char *const[]){ROLE_ADMINISTRATOR, NULL},
                               .machine = TRUE};
    return tx_person_put(tx, &facts, error) ? principal_of_person(tx_node(tx), tx_db(tx), id, error) : NULL;
}
