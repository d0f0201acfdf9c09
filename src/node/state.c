#include "node/state.h"
#include "base/error.h"
#include "node/internal.h"
#include "node/open.h"
#include "store/lane_sql.h"
#include <sys/stat.h>
#include <sys/statvfs.h>

static guint64 file_size(const Node *node, const char *name)
{
    g_autofree char *path = g_build_filename(node->dir, name, NULL);
    struct stat info;
    return stat(path, &info) == 0 ? (guint64)info.st_size : 0;
}

/* Records of all lines of all lanes: a sum over lines, of which there are few. */
static gboolean count_records(Db *db, NodeState *state, GError **error)
{
    g_autoptr(GPtrArray) lanes = lane_sql_list(db, error);
    for (guint n = 0; lanes && n < lanes->len; n++) {
        const LaneSqlRow *row = g_ptr_array_index(lanes, n);
        g_autoptr(LaneSql) sql = lane_sql_new(db, row->space, row->id);
        const LaneStore *store = lane_sql_store(sql);
        g_autoptr(GPtrArray) lines = store->class->lines(store->store, error);
        if (!lines)
            return FALSE;
        for (guint l = 0; l < lines->len; l++) {
            const LineRow *line = g_ptr_array_index(lines, l);
            state->records += line->size - line->start;
            state->feeds += line->parent == LINE_NONE;
        }
    }
    return lanes != NULL;
}

gboolean node_state(Node *node, Db *db, NodeState *state, GError **error)
{
    *state = (NodeState){0};
    g_autoptr(DbQuery) blobs = db_query(db, "SELECT count(*), COALESCE(sum(size), 0) FROM blob");
    if (db_step(blobs, error) < 0 || !count_records(db, state, error))
        return FALSE;
    state->blobs = (guint64)db_integer(blobs, 0);
    state->blob_bytes = (guint64)db_integer(blobs, 1);
    struct statvfs disk;
    if (statvfs(node->dir, &disk) != 0)
        return error_set_errno(error, "asking for the room on the disk");
    state->free_bytes = (guint64)disk.f_bavail * disk.f_frsize;
    state->database_bytes = file_size(node, NODE_DATABASE) + file_size(node, NODE_DATABASE "-wal");
    gboolean passphrase = FALSE;
    if (!master_key_needs_passphrase(node->master_source.path, &passphrase, error))
        return FALSE;
    state->master_source = passphrase                                              ? "passphrase"
                           : g_str_equal(node->master_source.source, "credential") ? "credential"
                                                                                   : "file";
    state->master_same_disk = !passphrase && node->master_source.same_disk;
    return TRUE;
}

/* On the writer thread, which alone signs cards. */
static gboolean forget(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    Node *node = tx_node(tx);
    g_autofree char *path = g_build_filename(node->dir, NODE_KEYRING, NULL);
    keyring_forget_identity(node->keyring);
    return keyring_save(node->keyring, node->env, path, node->master, error);
}

gboolean node_forget_identity(Node *node, GError **error)
{
    return node_write(node, forget, NULL, error);
}

/* On the writer thread, too. What could not be saved is not held either. */
static gboolean bring_back(Tx *tx, gpointer key, GError **error)
{
    Node *node = tx_node(tx);
    g_autofree char *path = g_build_filename(node->dir, NODE_KEYRING, NULL);
    keyring_take_identity(node->keyring, g_steal_pointer((SigningKey **)key));
    if (keyring_save(node->keyring, node->env, path, node->master, error))
        return TRUE;
    keyring_forget_identity(node->keyring);
    return FALSE;
}

gboolean node_bring_back_identity(Node *node, const char *text, const char *passphrase, GError **error)
{
    g_autoptr(SigningKey) key = keyring_read_identity(node->keyring, text, passphrase, error);
    return key && node_write(node, bring_back, &key, error);
}
