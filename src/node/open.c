/* node/open.c: see open.h and node.h. What a start does is in the time of what the last run left behind, not of all
 * records: lanes open when they are first asked for. */
#include "node/open.h"
#include "base/error.h"
#include "ledger/core_acts.h"
#include "node/acts.h"
#include "node/checkpoints.h"
#include "node/config.h"
#include "node/idempotency.h"
#include "node/lanes.h"
#include "node/upload_pipe.h"
#include "store/db_schema.h"
#include <unistd.h>

#define LANES_OPEN 256
/* Kept free for the database: a full disk then refuses evidence first, and records only after that. */
#define DISK_RESERVE ((guint64)64 << 20)

#define ADVICE_RESTORE "Restore the data directory from a backup: the node then goes on in a new epoch."

static const Feature *const no_features[] = {NULL};

Node *node_lock(const NodeOptions *options, GError **error)
{
    g_autofree char *dir = g_canonicalize_filename(options->dir, NULL);
    g_autofree char *path = g_build_filename(dir, NODE_LOCK, NULL);
    int lock = file_lock(path, error);
    if (lock < 0) {
        error_prefix(error, "taking the node in “%s”", dir);
        return NULL;
    }
    Node *self = g_new0(Node, 1);
    self->lock = lock;
    self->dir = g_steal_pointer(&dir);
    self->env = options->env;
    self->features = options->features ? options->features : no_features;
    self->verify_html = options->verify_html ? g_bytes_ref(options->verify_html) : NULL;
    self->cards = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
    self->feature_data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->started_ms = env_now_ms(self->env);
    g_mutex_init(&self->card_lock);
    return self;
}

static void add_counters(Node *self)
{
    HttpMetrics *m = self->metrics = http_metrics_new();
    self->counters = (NodeCounters){
        .appends = http_metrics_counter(m, "comity_appends_total", "Records appended.", NULL),
        .batches = http_metrics_counter(m, "comity_batches_total", "Transactions committed by the writer.", NULL),
        .functions = http_metrics_counter(m, "comity_writes_total", "Changes committed.", NULL),
        .refused = http_metrics_counter(m, "comity_writes_refused_total", "Changes refused and rolled back.", NULL),
        .syncs = http_metrics_counter(m, "comity_syncs_total", "Times that a batch waited for the disk.", NULL),
        .lanes_opened = http_metrics_counter(m, "comity_lanes_opened_total", "Lanes opened by the writer.", NULL),
    };
}

void node_set_keys(Node *self, NodeConfig *config, Secret *master)
{
    self->config = config;
    self->rp_id = origin_host(config->origin);
    self->master = secret_ref(master);
    self->wrap = secret_derive(master, "wrap");
    self->database_key = secret_derive(master, "database");
    self->blob_names = secret_derive(master, "blob-names");
    self->anchor_secret = secret_derive(master, "anchor");
    self->types = act_types_new();
    act_types_add(self->types, core_acts, core_acts_count);
    act_types_add(self->types, node_feature.acts, feature_act_count(&node_feature));
    for (gsize i = 0; self->features[i]; i++)
        act_types_add(self->types, self->features[i]->acts, feature_act_count(self->features[i]));
    add_counters(self);
}

/* Adds to an error what its reader can do. FALSE always. */
static gboolean advise(GError **error, const char *advice)
{
    if (error && *error) {
        g_autofree char *told = g_steal_pointer(&(*error)->message);
        (*error)->message = g_strconcat(told, g_str_has_suffix(told, ".") ? " " : ". ", advice, NULL);
    }
    return FALSE;
}

static gboolean is_kind(GError *const *error, ComityError kind)
{
    return error && g_error_matches(*error, COMITY_ERROR, (int)kind);
}

static gboolean open_database(Node *self, DbMode mode, GError **error)
{
    g_autofree char *path = node_path(self, NODE_DATABASE);
    self->db = db_open(self->env, path, self->database_key, mode, error);
    if (self->db && db_schema_apply(self->db, "node", node_local_sql, error) &&
        db_schema_apply(self->db, "people", node_people_sql, error) && lane_sql_schema(self->db, error))
        return TRUE;
    if (is_kind(error, COMITY_ERROR_DAMAGED) || is_kind(error, COMITY_ERROR_NOT_FOUND))
        advise(error, ADVICE_RESTORE);
    return FALSE;
}

gboolean node_open_stores(Node *self, DbMode mode, GError **error)
{
    g_autofree char *blobs = node_path(self, NODE_BLOBS), *uploads = node_path(self, NODE_UPLOADS);
    g_autofree char *highwater = node_path(self, NODE_HIGHWATER);
    if (!open_database(self, mode, error))
        return error_prefix(error, "opening the database");
    self->blobs = blobs_open_dir(self->env, blobs, uploads, DISK_RESERVE, error);
    self->highwater = self->blobs ? highwater_open(self->env, highwater, error) : NULL;
    if (!self->highwater)
        return FALSE;
    self->lanes = lanes_new(self, LANES_OPEN);
    self->checkpoints = checkpoints_new(self);
    self->live = live_new(self);
    self->uploads = uploads_new(self);
    self->writer = writer_new(self);
    return TRUE;
}

/* ---- opening what is there ---- */

static gboolean open_keys(Node *self, const NodeOptions *options, GError **error)
{
    g_autofree char *path = node_path(self, CONFIG_FILE), *keyring = node_path(self, NODE_KEYRING);
    g_autoptr(NodeConfig) config = node_config_load(path, error);
    if (!config)
        return FALSE;
    master_source_find(options, config, &self->master_source);
    g_autoptr(Secret) master = master_source_load(&self->master_source, options->passphrase, error);
    if (!master)
        return FALSE;
    self->keyring = keyring_open(keyring, master, error);
    if (!self->keyring)
        return advise(error, is_kind(error, COMITY_ERROR_NOT_FOUND)
                                 ? "The node's signing keys are in it: put it back from a backup."
                                 : "Use the master key of this data directory, or put the keyring back from a backup.");
    node_set_keys(self, g_steal_pointer(&config), master);
    return TRUE;
}

/* The name stands in every record: another one in comity.conf is a mistake, or the file of another node. */
static gboolean check_name(const Node *self, GError **error)
{
    const Card *card = self->cards->len > 0 ? g_ptr_array_index(self->cards, self->cards->len - 1) : NULL;
    if (!card || g_str_equal(card->node, self->config->name))
        return TRUE;
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                "“%s/" CONFIG_FILE
                "” names the node “%s”, but the data directory is that of “%s”. A node keeps its name "
                "for ever: write it into the file again.",
                self->dir, self->config->name, card->node);
    return FALSE;
}

static gboolean load_values(Node *self, GError **error)
{
    g_autofree char *incarnation = NULL;
    if (!node_value_get(self->db, "own_space", &self->own_space, error) ||
        !node_value_get(self->db, "own_lane", &self->own_lane, error) ||
        !node_value_get(self->db, "incarnation", &incarnation, error))
        return FALSE;
    if (!self->own_space || !self->own_lane || !incarnation) {
        g_set_error_literal(
            error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
            "The database is of a node that was never finished; begin again with “comity init” elsewhere.");
        return FALSE;
    }
    self->incarnation = g_ascii_strtoll(incarnation, NULL, 10);
    return node_load_cards(self, error) && check_name(self, error);
}

/* Feeds that a process which died had committed, and not signed any more. */
static gboolean sign_what_is_due(Node *self, GError **error)
{
    g_autoptr(GPtrArray) lanes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT lane FROM feed WHERE due = 1 AND incarnation = :incarnation");
    db_bind_integer(query, "incarnation", self->incarnation);
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(lanes, g_strdup(db_text(query, 0)));
    db_reset(query);
    for (guint i = 0; row == 0 && i < lanes->len; i++)
        if (!writer_sign_now(self->writer, g_ptr_array_index(lanes, i), error))
            return FALSE;
    return row == 0;
}

static gboolean put_in_order(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    gboolean rebuilt = FALSE;
    return rebuild_tables(tx->node, FALSE, &rebuilt, error) && tx_idempotency_settle(tx, error);
}

/* A card says what comity.conf says; without the identity key the old one stands, and the operation page tells. */
static gboolean renew_card(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    if (!node_card_is_outdated(tx->node) || !keyring_identity(tx->node->keyring))
        return TRUE;
    return tx_issue_card(tx, error);
}

static gboolean start_features(Node *self, GError **error)
{
    self->started = TRUE;
    for (gsize i = 0; self->features[i]; i++)
        if (self->features[i]->start && !self->features[i]->start(self, error))
            return error_prefix(error, "starting feature %s", self->features[i]->name);
    return TRUE;
}

static gboolean start(Node *self, GError **error)
{
    if (!load_values(self, error) || !writer_run_now(self->writer, put_in_order, NULL, error) ||
        !node_check_restored(self, error) || !sign_what_is_due(self, error) ||
        !writer_run_now(self->writer, renew_card, NULL, error))
        return FALSE;
    rebuild_drop_shadow(self);
    writer_start(self->writer);
    self->jobs = jobs_new(self);
    if (!start_features(self, error))
        return FALSE;
    jobs_start(self->jobs);
    return TRUE;
}

static gboolean is_node(const char *dir, GError **error)
{
    g_autofree char *conf = g_build_filename(dir, CONFIG_FILE, NULL),
                    *keyring = g_build_filename(dir, NODE_KEYRING, NULL);
    if (g_file_test(conf, G_FILE_TEST_EXISTS))
        return TRUE;
    if (g_file_test(keyring, G_FILE_TEST_EXISTS))
        g_set_error(
            error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND,
            "“%s” holds a node without its " CONFIG_FILE ". Put that file back from a backup, or write it again.", dir);
    else
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "There is no node in “%s”; “comity init” makes one.",
                    dir);
    return FALSE;
}

Node *node_open(const NodeOptions *options, GError **error)
{
    if (!is_node(options->dir, error))
        return NULL;
    g_autoptr(Node) self = node_lock(options, error);
    if (!self || !open_keys(self, options, error) || !node_open_stores(self, DB_READ_WRITE, error))
        return NULL;
    if (start(self, error))
        return g_steal_pointer(&self);
    if (is_kind(error, COMITY_ERROR_DAMAGED))
        advise(error, ADVICE_RESTORE);
    return NULL;
}
