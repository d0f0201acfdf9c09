/* node/master.h: where the master key comes from, in this order: the file that the caller names, the systemd credential
 * `master-key`, the file that comity.conf names, and DIR.key beside the data directory. */
#pragma once
#include "crypto/secret.h"
#include "node/node.h"

typedef struct {
    char *path;
    const char *source; /* "option", "credential", "config", "beside" */
    gboolean same_disk; /* as the data directory: whoever takes the disk has both */
} MasterSource;
void master_source_clear(MasterSource *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MasterSource, master_source_clear)

/* Fills @source; the file need not exist yet. @config may be NULL. */
void master_source_find(const NodeOptions *options, const NodeConfig *config, MasterSource *source);
/* Loads the key. COMITY_ERROR_NOT_FOUND says where it was looked for. */
Secret *master_source_load(const MasterSource *source, const char *passphrase,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
