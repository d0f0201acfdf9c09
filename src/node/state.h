/* node/state.h: figures of a running node, for its operator; and what is done to its keyring. */
#pragma once
#include "node/node.h"

typedef struct {
    guint64 blobs, blob_bytes; /* as rows say; audit looks at the files */
    guint64 free_bytes;        /* on the disk of the data directory */
    guint64 database_bytes;    /* with its log */
    guint64 records, feeds;
    const char *master_source; /* file, credential, passphrase */
    gboolean master_same_disk;
} NodeState;
gboolean node_state(Node *node, Db *db, NodeState *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes the identity key here, for good: whoever calls this has handed it out before. */
gboolean node_forget_identity(Node *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Keeps the identity key here again, from what was handed out. COMITY_ERROR_INVALID, _CONFLICT (another node's), _FORBIDDEN
 * (the passphrase is wrong). */
gboolean node_bring_back_identity(Node *node, const char *text, const char *passphrase,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
