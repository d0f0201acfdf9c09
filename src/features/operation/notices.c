/* features/operation/notices.c: what an administrator has to know of the installation itself, as long as it is so.
 *
 * Idea: each is a question that the node can answer at any time; the row is put when the answer becomes yes, and settled
 * when it becomes no. Asked at every start, every hour, and after what may have changed an answer. */
#include "features/operation/private.h"
#include "node/audit.h"
#include "node/notice.h"
#include "node/state.h"

#define ABOUT "node"

/* One question and its answer now. */
typedef struct {
    const char *code;
    NoticeSeverity severity;
    gboolean stands;
} Standing;

typedef struct {
    Standing items[4];
} Standings;

static gboolean ask(Node *node, Db *db, Standings *now, GError **error)
{
    NodeState state;
    if (!node_state(node, db, &state, error))
        return FALSE;
    g_autoptr(json_t) last = audit_last(db, error);
    if (!last)
        return FALSE;
    *now = (Standings){{{"identity.present", NOTICE_WARNING, keyring_identity(node_keyring(node)) != NULL},
                        {"master_key.same_disk", NOTICE_WARNING, state.master_same_disk},
                        {"storage.low", NOTICE_DANGER, state.free_bytes < STORAGE_LOW_BYTES},
                        {"audit.findings", NOTICE_DANGER, json_is_object(last) && !json_is_true_at(last, "clean")}}};
    return TRUE;
}

/* Whether the rows say anything else than the answers: a start where nothing changed writes nothing. */
static gboolean differ(Db *db, const Standings *now, gboolean *different, GError **error)
{
    *different = FALSE;
    for (gsize n = 0; n < G_N_ELEMENTS(now->items); n++) {
        g_autoptr(DbQuery) query = db_query(db, "SELECT 1 FROM notice WHERE code = :code AND about = :about");
        db_bind_text(query, "code", now->items[n].code);
        db_bind_text(query, "about", ABOUT);
        int row = db_step(query, error);
        if (row < 0)
            return FALSE;
        *different |= (row > 0) != now->items[n].stands;
    }
    return TRUE;
}

static gboolean put_all(Tx *tx, gpointer data, GError **error)
{
    const Standings *now = data;
    for (gsize n = 0; n < G_N_ELEMENTS(now->items); n++) {
        const Standing *item = &now->items[n];
        if (item->stands ? !tx_notice_put(tx, item->code, item->severity, NULL, ABOUT, NULL, error)
                         : !tx_notice_settle(tx, item->code, ABOUT, error))
            return FALSE;
    }
    return TRUE;
}

gboolean notices_renew(Node *node, GError **error)
{
    g_autoptr(Db) db = node_reader_open(node, error);
    Standings now;
    gboolean different = FALSE;
    if (!db || !ask(node, db, &now, error) || !differ(db, &now, &different, error))
        return FALSE;
    return !different || node_write(node, put_all, &now, error);
}

gboolean notices_run(Node *node, Job *job, GError **error)
{
    (void)job;
    return notices_renew(node, error);
}
