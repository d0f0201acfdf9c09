/* node/package_source.h: fills a package (ledger/package_write.h) from the node's stores.
 *   S1  What is exported is the causal past of the export's record: its feed up to and with it, every other feed of the lane
 *       as far as that record had seen it.
 *   S2  An anchor that covers the export's record is made first, where there is none yet.
 *   S3  Reads through @db alone, at one moment; may run beside a node at work. */
#pragma once
#include "ledger/package_write.h"
#include "node/node.h"

typedef struct {
    const char *space, *lane;
    const Hash *leaf;             /* of the export's record */
    const char *const *subjects;  /* the chosen entities as "<node>/<id>", NULL-ended; NULL: the whole case */
    const char *const *also;      /* further subjects whose acts go along (readings); NULL: none */
    const char *name;             /* for the base directory */
    gboolean (*progress)(gpointer data, guint64 written); /* FALSE cancels; may be NULL */
    gpointer data;
} NodePackage;

/* Writes the package into @sink. Not on the writer thread. */
gboolean node_package_write(Node *node, Db *db, const NodePackage *package, const ZipSink *sink, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Plaintext bytes of the blobs that it will hold: for progress. */
gboolean node_package_size(Node *node, Db *db, const NodePackage *package, guint64 *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
