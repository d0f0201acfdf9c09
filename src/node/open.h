/* node/open.h: the steps of making and opening a node; create.c, open.c and restore.c share them. */
#pragma once
#include "node/internal.h"

#define NODE_DATABASE "database"
#define NODE_KEYRING "keyring"
#define NODE_HIGHWATER "highwater"
#define NODE_LOCK "lock"
#define NODE_BLOBS "blobs"
#define NODE_UPLOADS "uploads"
#define NODE_EXPORTS "exports"

extern const char node_local_sql[];
extern const char node_people_sql[];

/* A Node that holds nothing yet but its folder and its lock. @dir must be there. COMITY_ERROR_BUSY. */
Node *node_lock(const NodeOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @config (taken) and @master over: what is derived from them, the act types, the metrics. */
void node_set_keys(Node *self, NodeConfig *config, Secret *master);
/* Opens what lies in the folder: database with its tables of local state, blobs, high-water file; makes lanes,
 * checkpoints, writer, live events (none running). */
gboolean node_open_stores(Node *self, DbMode mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* card.c: a card for what the node is now, signed and stored; in a write function. COMITY_ERROR_UNSUPPORTED where the
 * identity key is not on this machine. */
gboolean tx_issue_card(Tx *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean node_load_cards(Node *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does the newest card say something else than comity.conf? */
gboolean node_card_is_outdated(Node *self);

/* restore.c: is the database an old copy? Then a new incarnation begins. Before the writer runs. */
gboolean node_check_restored(Node *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the high-water file says of @mark's log is done with: nothing is signed under its origin any more. */
gboolean tx_settle_mark(Tx *tx, const HighWaterMark *mark, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes which copy of the folder this is. */
gboolean tx_note_place(Tx *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;
