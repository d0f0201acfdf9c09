/* node/create.c: a new node: keys, database, its own space, its first card.
 *
 * Idea: comity.conf is written last. A folder with it is a node; one that holds other parts without it is a creation that
 * broke off, and is named as such: nothing that was there is ever written over. */
#include "node/create.h"
#include "base/error.h"
#include "base/text.h"
#include "node/config.h"
#include "node/open.h"

static gboolean refuse_existing(const NodeOptions *options, GError **error)
{
    static const char *const parts[] = {CONFIG_FILE, NODE_DATABASE, NODE_KEYRING, NODE_HIGHWATER, NULL};
    for (gsize i = 0; parts[i]; i++) {
        g_autofree char *path = g_build_filename(options->dir, parts[i], NULL);
        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            continue;
        if (i == 0)
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT, "There is a node in “%s” already.", options->dir);
        else
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT,
                        "“%s” holds parts of a node (%s) without its %s: remove them if an earlier “comity init” broke "
                        "off, or put the missing file back.",
                        options->dir, parts[i], CONFIG_FILE);
        return FALSE;
    }
    return TRUE;
}

/* The master key that is there, or a new one. A systemd credential is never made here: the service manager holds it. */
static Secret *master_for(const NodeOptions *options, const NodeConfig *config, GError **error)
{
    g_auto(MasterSource) source = {0};
    master_source_find(options, config, &source);
    if (g_str_equal(source.source, "credential") || g_file_test(source.path, G_FILE_TEST_EXISTS))
        return master_source_load(&source, options->passphrase, error);
    return master_key_create(options->env, source.path, options->passphrase, error);
}

gboolean node_needs_passphrase(const NodeOptions *options, gboolean *needed, GError **error)
{
    g_autofree char *path = g_build_filename(options->dir, CONFIG_FILE, NULL);
    gboolean made = g_file_test(path, G_FILE_TEST_EXISTS);
    g_autoptr(NodeConfig) config = made ? node_config_load(path, error) : NULL;
    if (made && !config)
        return FALSE;
    g_auto(MasterSource) source = {0};
    master_source_find(options, config, &source);
    *needed = FALSE;
    return !g_file_test(source.path, G_FILE_TEST_EXISTS) || master_key_needs_passphrase(source.path, needed, error);
}

/* What lies in @dir is synced with comity.conf, which comes last; its own name is here. */
static gboolean make_folders(const Env *env, const char *dir, GError **error)
{
    static const char *const folders[] = {"", NODE_BLOBS, NODE_UPLOADS, NODE_EXPORTS, NULL};
    for (gsize i = 0; folders[i]; i++) {
        g_autofree char *path = g_build_filename(dir, folders[i], NULL);
        if (!file_make_folder(path, 0700, error))
            return FALSE;
    }
    g_autofree char *whole = g_canonicalize_filename(dir, NULL), *parent = g_path_get_dirname(whole);
    return file_sync_folder(env, parent, error);
}

/* The node's own space, its tables and its card, in one transaction. */
static gboolean found(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    Node *node = tx->node;
    gboolean rebuilt = FALSE;
    node->own_space = uuid7_new(node->env);
    if (!rebuild_tables(node, TRUE, &rebuilt, error))
        return FALSE;
    const LaneEntry *own = tx_charter(tx, node->own_space, "node", "The node's own space.", error);
    if (!own)
        return FALSE;
    node->own_lane = g_strdup(lane_entry_id(own));
    return node_value_put(tx->db, "own_space", node->own_space, error) &&
           node_value_put(tx->db, "own_lane", node->own_lane, error) &&
           node_value_put(tx->db, "incarnation", "1", error) && tx_note_place(tx, error) && tx_issue_card(tx, error);
}

gboolean node_create(const NodeOptions *options, const NodeConfig *config, GError **error)
{
    if (!node_config_check(config, error) || !refuse_existing(options, error) ||
        !make_folders(options->env, options->dir, error))
        return FALSE;
    g_autoptr(Node) self = node_lock(options, error);
    g_autoptr(Secret) master = self && refuse_existing(options, error) ? master_for(options, config, error) : NULL;
    if (!master)
        return FALSE;
    g_autofree char *keyring = node_path(self, NODE_KEYRING), *conf = node_path(self, CONFIG_FILE);
    g_autoptr(NodeConfig) kept = node_config_copy(config);
    if (options->master_key_file && !kept->master_key_file)
        kept->master_key_file = g_canonicalize_filename(options->master_key_file, NULL);
    self->keyring = keyring_generate(self->env);
    self->incarnation = 1;
    node_set_keys(self, node_config_copy(kept), master);
    return keyring_save(self->keyring, self->env, keyring, master, error) && node_open_stores(self, DB_CREATE, error) &&
           writer_run_now(self->writer, found, NULL, error) && writer_save_now(self->writer, error) &&
           node_config_save(kept, self->env, conf, error) && file_sync_folder(self->env, self->dir, error);
}
