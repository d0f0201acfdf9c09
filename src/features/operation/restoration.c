/* features/operation/restoration.c: an administrator confirms that the node goes on without what it lost when an older
 * copy of its data was put back (node/hold.h); in the node's own space, so that it stands there for ever who said so. */
#include "base/error.h"
#include "features/operation/private.h"
#include "node/confirm.h"
#include "node/hold.h"

#define CONFIRMED "restoration.confirmed/1"

static const char *const administrators[] = {"administrator", NULL};
static const Field confirmed_fields[] = {
    {.name = "epoch",
     .kind = FIELD_ID,
     .min = 1,
     .says = "The epoch of the node's own feed that began when the copy was put back."},
    {.name = NULL},
};

const ActType restoration_acts[] = {
    {.name = CONFIRMED,
     .on = ACT_ON_LANE,
     .roles = administrators,
     .flags = ACT_CONFIRM,
     .fields = confirmed_fields,
     .says = "Confirmed that the node goes on without what it lost when an older copy of its data was put back."},
};
const gsize restoration_act_count = G_N_ELEMENTS(restoration_acts);

/* The epoch that is held; COMITY_ERROR_CONFLICT where nothing is. New. */
static char *held_epoch(Db *db, GError **error)
{
    char *epoch = NULL;
    if (hold_find(db, &epoch, error) && !epoch)
        error_set(error, COMITY_ERROR_CONFLICT, "restore.none", "",
                  "There is nothing to confirm: nothing is held back.");
    return epoch;
}

static gboolean finish(Tx *tx, const Appended *appended, const json_t *context, json_t **result, GError **error)
{
    g_autofree char *epoch = held_epoch(tx_db(tx), error);
    (void)context;
    if (!epoch || !tx_hold_end(tx, error))
        return FALSE;
    char leaf[HASH_HEX_SIZE];
    hash_write(leaf, &appended->leaf);
    *result = json_pack("{s:s}", "leaf", leaf);
    return TRUE;
}

gboolean restoration_confirm(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)response; /* confirm_or_run() answers */
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_admin(request, error);
    if (!principal || !principal_require_session(request, error))
        return FALSE;
    g_autofree char *epoch = held_epoch(node_reader(node, request), error);
    if (!epoch)
        return FALSE;
    g_autoptr(json_t) members = json_pack("{s:s}", "epoch", epoch);
    g_autoptr(json_t) values = json_pack("{s:s}", "node", node_name(node));
    const ConfirmRequest confirm = {
        .draft = {.space = node_own_space(node), .principal = principal, .type = CONFIRMED, .members = members},
        .sentence = "restoration.confirmed",
        .values = values,
        .finish = finish,
        .status = 200};
    return confirm_or_run(node, request, principal, &confirm, error);
}
