/* node/internal.h: what the files of this folder share about a running node; no other folder includes it.
 *   N1  `db` is the writer's connection: used by the writer thread alone once it runs, by node_open() before.
 *   N2  What readers may ask for while the writer works is immutable after node_open(), or has a lock of its own. */
#pragma once
#include "base/file.h"
#include "crypto/secret.h"
#include "http/metrics.h"
#include "ledger/card.h"
#include "ledger/lane.h"
#include "node/job.h"
#include "node/live.h"
#include "node/master.h"
#include "node/tx.h"
#include "node/writer.h"
#include "store/highwater.h"

typedef struct Lanes Lanes;             /* lanes.h */
typedef struct Live Live;               /* live.c */
typedef struct Jobs Jobs;               /* job.c */
typedef struct Uploads Uploads;         /* upload.c */
typedef struct Checkpoints Checkpoints; /* checkpoints.h */

/* What /metrics shows of the node; owned by the registry. */
typedef struct {
    HttpMetric *appends, *batches, *functions, *refused, *syncs, *lanes_opened;
} NodeCounters;

struct Node {
    const Env *env;
    char *dir;
    NodeConfig *config;
    char *rp_id;
    FileDescriptor lock;
    MasterSource master_source;
    Secret *master, *wrap, *database_key, *blob_names, *anchor_secret;
    Keyring *keyring;
    ActTypes *types;
    const Feature *const *features;
    GBytes *verify_html; /* NULL: none */
    char *own_space, *own_lane;
    GMutex card_lock;
    GPtrArray *cards; /* of Card, ascending; guarded by card_lock */

    Db *db;             /* N1 */
    gint64 incarnation; /* rises when the database was put back: every own feed then begins a new epoch */
    Blobs *blobs;
    HighWater *highwater;
    Lanes *lanes;
    Checkpoints *checkpoints;
    Writer *writer;
    Live *live;
    Jobs *jobs;
    Uploads *uploads;

    gint commits; /* atomic */
    HttpMetrics *metrics;
    NodeCounters counters;
    gint64 started_ms;
    gboolean started;         /* features' start functions have run */
    GHashTable *feature_data; /* filled by start functions, read-only afterwards */
};

/* One write function at work. */
struct Tx {
    Node *node;
    Db *db;
    gint64 now_ms;
    GPtrArray *touched; /* of LaneEntry: written to by this function */
    GPtrArray *events;  /* of TxEvent, sent after the commit */
    GPtrArray *after;   /* of TxAfter, run on the caller's side after the commit */
};

typedef struct {
    char *event, *target, *id, *type;
    Audience audience;
} TxEvent;
TxEvent *tx_event_new(const char *event, Audience audience, const char *target, const char *id, const char *type);
void tx_event_free(TxEvent *self);

typedef struct {
    void (*func)(Node *node, gpointer data);
    gpointer data;
    GDestroyNotify free_data;
} TxAfter;
void tx_after_free(TxAfter *self);

void tx_init(Tx *self, Node *node);
void tx_clear(Tx *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tx, tx_clear)

/* The lane of @space (@lane NULL: its only one), in an epoch that may grow. */
LaneEntry *tx_lane(Tx *tx, const char *space, const char *lane, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends @act, marks the lane as touched and projects what changed. */
gboolean tx_append_act(Tx *tx, LaneEntry *entry, const LaneAct *act, LaneAppended *appended,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The lane @entry was written to: it is saved and signed with this batch, and dropped if this function fails. */
void tx_touch(Tx *tx, LaneEntry *entry);

/* A new lane of one party in the new space @space: its key, its charter, its rows. */
LaneEntry *tx_charter(Tx *tx, const char *space, const char *kind, const char *basis,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes the epoch that lane_begin() opened in @entry as one of this incarnation. */
gboolean tx_begin_feed(Tx *tx, LaneEntry *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* people.c: the id by which @person (of the own space) acts in the lane of @entry, introduced again there where its
 * passkeys have changed. New. COMITY_ERROR_FORBIDDEN where it doesn't stand introduced. */
char *tx_person_in(Tx *tx, LaneEntry *entry, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* people.c: a new epoch starts with nobody: introduces again those who stood at the end of the old one. */
gboolean tx_continue_feed(Tx *tx, LaneEntry *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* fold.c: projects every changed subject of @entry into the tables of node and features. */
gboolean fold_project(Node *node, Db *db, LaneEntry *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean fold_project_entity(Node *node, Db *db, const EntityPlace *place, const Entity *entity,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* spaces.c: the rows of space, lane_party and lane_person of one lane. */
gboolean spaces_project(Db *db, Lane *lane, const char *own_space, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The credentials of @person as person.introduced says them: [{id, cose, spki}]. New. */
json_t *person_credentials(const LanePerson *person);

/* rebuild.c: makes the tables of every feature whose version changed (@all: of every feature) and fills them again from
 * the records, in the caller's transaction. @rebuilt: out, whether there was anything to do. */
gboolean rebuild_tables(Node *node, gboolean all, gboolean *rebuilt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes what a shadow rebuild that was killed left behind. */
void rebuild_drop_shadow(const Node *node);

/* card.c: the log keys of all own cards, of GBytes: a feed may be older than the newest card. New. */
GPtrArray *node_log_keys(Node *self);
const char *lane_entry_id(const LaneEntry *self);
gboolean node_value_get(Db *db, const char *name, char **value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean node_value_put(Db *db, const char *name, const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *node_path(const Node *self, const char *name); /* inside the data directory; new */

Live *live_new(Node *node);
void live_free(Live *self);
/* After a commit, on the writer thread: sends @events (of TxEvent), reading the audience through @db. */
void live_publish(Live *self, Db *db, const GPtrArray *events);

Jobs *jobs_new(Node *node);
void jobs_start(Jobs *self);
void jobs_stop(Jobs *self);
void jobs_free(Jobs *self);
