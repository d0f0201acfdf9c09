/* node/rebuild.h: projections are rows computed from records, and from nothing else: dropped and made again at will.
 *   B1  The same records give the same rows, whether applied one by one or all at once: so the digest over all
 *       projection tables is the same before and after.
 *   B2  The node's own lane comes first: placements say whose id is whose in every other lane. */
#pragma once
#include "crypto/digest.h"
#include "node/node.h"

/* Told how many lanes are done; may be NULL. */
typedef void (*RebuildProgress)(gpointer data, guint64 done, guint64 total);

/* Judges every record again from its bytes (a newer program may know what an older one called unknown), then drops and
 * makes all projection tables, in one transaction: readers see the old rows until it commits. Called from any thread but
 * the writer's. Nobody else should write meanwhile: the command takes the node for itself. */
gboolean node_rebuild(Node *self, RebuildProgress progress, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SHA-256 over every row of every projection table, in an order of its own. @db: a reader. */
gboolean node_digest(Node *self, Db *db, Hash *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The digest of what a rebuild would give, without touching what is there: made in a database beside that is deleted
 * again. */
gboolean node_shadow_digest(Node *self, RebuildProgress progress, gpointer data, Hash *digest,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
