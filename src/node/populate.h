/* node/populate.h: fills a test node with records, the way that real ones come: acts, folds, rows, group commit. */
#pragma once
#include "node/node.h"

/* Appends @records records in one new space of kind `network`, in batches. Refused (COMITY_ERROR_FORBIDDEN) on a node
 * whose name doesn't end in ".test". */
gboolean node_populate(Node *self, guint64 records, void (*progress)(gpointer data, guint64 done, guint64 total),
                       gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
