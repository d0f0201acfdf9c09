/* node/package_source.h: what a package (ledger/package_write.h) is made of: the lane's feeds as far as the export's
 * record had seen them, checkpoints and anchors over them, cards, and the blobs that the included acts name.
 *   G1  The package shows the lane up to the export's own record, whatever was written since: the same export gives the
 *       same records at any time. Only anchors may be more.
 *   G2  An export is anchored at once: where no anchor covers its record yet, one is made first.
 *   G3  The node's verify.html goes along: whoever gets a package can check it in a browser. */
#pragma once
#include "ledger/package_write.h"
#include "node/node.h"

/* Everything is borrowed. */
typedef struct {
    const char *space, *lane;
    const Hash *leaf;            /* of the export's record */
    const char *const *subjects; /* chosen ones ("<node>/<id>"), ended by NULL; NULL: the whole lane */
    const char *const *also;     /* further subjects whose acts go along; NULL: none */
    const char *name;            /* of the case: the base directory is made of it and of the export's date */
    gboolean (*progress)(gpointer data, guint64 written); /* FALSE cancels; may be NULL */
    gpointer data;
} NodePackage;

/* About how many bytes the package will have: for showing how far the writing is. */
gboolean node_package_size(Node *node, Db *db, const NodePackage *package, guint64 *size,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes it. @db: a reader outside of any transaction. Not on the writer thread. */
gboolean node_package_write(Node *node, Db *db, const NodePackage *package, const ZipSink *sink,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
