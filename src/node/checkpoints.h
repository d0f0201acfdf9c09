/* node/checkpoints.h: the newest signed checkpoint of each own feed.
 *
 * Idea: signing costs microseconds, keeping costs a sync; and a checkpoint of the same size signs to the same bytes. So
 * after each batch the feeds that grew are signed and kept in memory; their rows follow with the next transaction, and
 * are made again from the records where a kill came first.
 *   K1  Signed only after commit and high-water sync, over the root that the database gives back (writer.h W2, W5).
 *   K2  Readers ask here, not the rows alone: what they were told of is always covered. */
#pragma once
#include "node/internal.h"

typedef struct {
    char *lane, *epoch, *origin, *note;
    guint64 size;
    Hash root;
} FeedCheckpoint;
FeedCheckpoint *feed_checkpoint_copy(const FeedCheckpoint *self);
void feed_checkpoint_free(FeedCheckpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FeedCheckpoint, feed_checkpoint_free)

Checkpoints *checkpoints_new(Node *node);
void checkpoints_free(Checkpoints *self);

/* Inside the transaction of a batch, ahead of its functions: writes the rows that are due. */
gboolean checkpoints_save(Checkpoints *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After its commit: those rows are durable. */
void checkpoints_saved(Checkpoints *self);
gboolean checkpoints_are_due(Checkpoints *self);
/* Before the commit: notes in the high-water file how far the feed of @entry comes with it. Not yet synced. */
gboolean checkpoints_mark(Checkpoints *self, LaneEntry *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After commit and sync: signs the feed of @entry as it stands (K1). */
gboolean checkpoints_sign(Checkpoints *self, LaneEntry *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The newest checkpoint of the own feed @epoch of @lane, for any thread. New; COMITY_ERROR_NOT_FOUND. */
FeedCheckpoint *node_checkpoint(Node *node, Db *db, const char *lane, const char *epoch,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those of all own feeds, ascending by origin (of FeedCheckpoint). New. */
GPtrArray *node_checkpoints(Node *node, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
