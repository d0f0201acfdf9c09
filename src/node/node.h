/* node/node.h: the running node: one data directory, one writer, many readers.
 *
 * Idea: a Node owns everything that lives while `comity serve` runs: keyring, database, blob store, writer thread, live
 * events, jobs. There is no global: features get the Node with each call.
 *   O1  One process holds a data directory (its lock); a second one talks to it through control.sock.
 *   O2  Truth changes on the writer thread alone, by node_write() (node/tx.h): durable before it returns.
 *   O3  Readers see committed state only, each through its own read connection.
 *
 * The data directory: comity.conf (name, title, country, origin; GKeyFile), keyring, database, blobs/, uploads/,
 * highwater, exports/, lock, control.sock. The master key is never in it. */
#pragma once
#include "base/env.h"
#include "crypto/keyring.h"
#include "http/server.h"
#include "ledger/act.h"
#include "node/feature.h"
#include "store/blobs.h"
#include "store/db.h"

/* What `comity init` fixes for ever (name) or until edited (the rest). */
typedef struct {
    char *name;            /* [a-z0-9.-], at most 100 bytes */
    char *title;           /* the authority, for people */
    char *country;         /* ISO 3166-1 alpha-2 */
    char *origin;          /* web origin, "https://comity.example.org" or "http://localhost:8420" */
    char *master_key_file; /* where the master key lies; NULL: DIR.key, or a systemd credential */
} NodeConfig;
void node_config_free(NodeConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeConfig, node_config_free)

typedef struct {
    const char *dir;
    const Env *env;              /* borrowed, outlives the node */
    const char *master_key_file; /* NULL: $CREDENTIALS_DIRECTORY/master-key, then what comity.conf says, then DIR.key */
    const char *passphrase;      /* NULL unless that file asks for one */
    const Feature *const *features; /* ended by NULL, borrowed */
    GBytes *verify_html; /* the verifier for a browser, which goes into every package; NULL: none. Borrowed */
} NodeOptions;

/* Makes @options->dir with config, keyring, database, the node's own space and its first card; and, where no master key
 * is named, DIR.key beside it (0400). COMITY_ERROR_CONFLICT where a node is there already: nothing is touched. */
gboolean node_create(const NodeOptions *options, const NodeConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the lock, opens everything, checks the high-water file against the database (a database that is behind begins a
 * new epoch), rebuilds projections whose version changed, sweeps orphaned files. COMITY_ERROR_BUSY where it is held. */
Node *node_open(const NodeOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void node_close(Node *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Node, node_close)

const Env *node_env(const Node *self);
const NodeConfig *node_config(const Node *self);
const char *node_name(const Node *self);
const char *node_rp_id(const Node *self);     /* the host of the origin */
const char *node_own_space(const Node *self); /* the space of kind `node` */
const char *node_own_lane(const Node *self);  /* its only lane */
const char *node_dir(const Node *self);
HttpMetrics *node_metrics(Node *self); /* for /metrics, and for what the HTTP server counts */
gint64 node_started_ms(const Node *self);
guint node_commits(const Node *self);       /* raised by each commit, before anybody hears of it; wraps */
char *node_card(Node *self);                /* the newest node card, a signed note; new */
GPtrArray *node_card_notes(Node *self);     /* all of them, the oldest first, of char *; new */
GBytes *node_verify_html(const Node *self); /* NULL: none; borrowed */
const ActTypes *node_act_types(const Node *self);
const Feature *const *node_features(const Node *self);
Keyring *node_keyring(Node *self);
Blobs *node_blobs(Node *self);

/* HttpServerOptions.worker_new and worker_free, with the Node as their data: a read connection for each pool thread. */
gpointer node_worker_new(gpointer node, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void node_worker_free(gpointer worker, gpointer node);
/* The read connection of the calling pool thread, or of this request. Never used for writing. Owned by the node. */
Db *node_reader(Node *self, HttpRequest *request);
/* A read connection for a job or a command: opened for the caller, who closes it. */
Db *node_reader_open(Node *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A feature's own state for this node (made in start, freed in stop). */
void node_set_feature_data(Node *self, const char *feature, gpointer data);
gpointer node_feature_data(Node *self, const char *feature);
