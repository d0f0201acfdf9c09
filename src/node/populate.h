/* node/populate.h: fills a test node with records, the way that real ones come: acts, folds, rows, group commit. */
#pragma once
#include "node/tx.h"

/* Writes the record @index. Runs on the writer thread, several in one function. */
typedef gboolean (*PopulateFunc)(Tx *tx, guint64 index, gpointer data, GError **error);

/* Calls @make @records times, in batches, in order. Refused (COMITY_ERROR_FORBIDDEN) on a node whose name doesn't end in
 * ".test". */
gboolean node_populate_with(Node *self, guint64 records, PopulateFunc make, gpointer make_data,
                            void (*progress)(gpointer data, guint64 done, guint64 total), gpointer data,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with names of invented persons, in one new space of kind `network`. */
gboolean node_populate(Node *self, guint64 records, void (*progress)(gpointer data, guint64 done, guint64 total),
                       gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
