/* node/package_feed.c: one feed of a package: how far it goes, and what is signed and anchored over it. */
#include "ledger/proof.h"
#include "node/anchors.h"
#include "node/package_plan.h"

/* Anchors of one feed that go along; with more, every n-th of the older ones is left out. */
#define ANCHORS_MOST 64

static void consistency_clear(gpointer item)
{
    PackageCheckpoint *checkpoint = item;
    if (checkpoint->consistency)
        g_array_unref((GArray *)checkpoint->consistency);
}

static void anchored_clear(gpointer item)
{
    anchored_free((Anchored *)((PackageAnchored *)item)->anchored);
}

void planned_feed_free(gpointer data)
{
    PlannedFeed *self = data;
    g_free(self->feed.info.space);
    g_free(self->feed.info.lane);
    g_free(self->feed.info.node);
    g_free(self->feed.info.epoch);
    g_clear_pointer(&self->feed.checkpoints, g_array_unref);
    g_clear_pointer(&self->feed.anchored, g_array_unref);
    g_clear_pointer(&self->feed.proofs, g_array_unref);
    g_clear_pointer(&self->notes, g_ptr_array_unref);
    g_free(self);
}

static PlannedFeed *planned_feed_new(const PackagePlan *plan, const LineRow *line, guint64 size)
{
    PlannedFeed *self = g_new0(PlannedFeed, 1);
    self->line = line->line;
    self->feed.info = (PackageFeedInfo){.space = g_strdup(plan->view->space),
                                        .lane = g_strdup(plan->view->id),
                                        .node = g_strdup(line->node),
                                        .epoch = g_strdup(line->epoch),
                                        .size = size};
    self->feed.checkpoints = g_array_new(FALSE, TRUE, sizeof(PackageCheckpoint));
    g_array_set_clear_func(self->feed.checkpoints, consistency_clear);
    self->feed.anchored = g_array_new(FALSE, TRUE, sizeof(PackageAnchored));
    g_array_set_clear_func(self->feed.anchored, anchored_clear);
    self->feed.proofs = g_array_new(FALSE, TRUE, sizeof(PackageProof));
    self->notes = g_ptr_array_new_with_free_func(g_free);
    return self;
}

/* The signed checkpoint of the first @size records: over the same size and root a signature has the same bytes, so it is
 * the one that was given when the feed was that long. */
static gboolean add_checkpoint(const PackagePlan *plan, PlannedFeed *self, guint64 size, GError **error)
{
    const PackageFeedInfo *info = &self->feed.info;
    for (guint i = 0; i < self->feed.checkpoints->len; i++)
        if (g_array_index(self->feed.checkpoints, PackageCheckpoint, i).size == size)
            return TRUE;
    Hash root;
    PackageCheckpoint checkpoint = {.size = size};
    if (!lane_root(plan->view->lane, self->line, size, &root, error))
        return FALSE;
    if (size > info->size) {
        checkpoint.consistency = lane_consistency(plan->view->lane, self->line, info->size, size, error);
        if (!checkpoint.consistency)
            return FALSE;
    }
    g_autofree char *origin = checkpoint_feed_origin(info->node, info->space, info->lane, info->epoch);
    char *note = checkpoint_sign(origin, size, &root, keyring_log(plan->node->keyring));
    g_ptr_array_add(self->notes, note);
    checkpoint.note = note;
    g_array_append_val(self->feed.checkpoints, checkpoint);
    return TRUE;
}

static gboolean add_anchor(PackagePlan *plan, PlannedFeed *self, const char *origin, const AnchorRow *row,
                           GError **error)
{
    g_autoptr(Anchor) anchor = anchor_again(plan->node, plan->db, row->number, &row->at, error);
    Anchored *under = anchor ? anchor_prove(anchor, origin, error) : NULL;
    if (!under)
        return FALSE;
    const PackageAnchored anchored = {.anchor = row->at, .anchored = under};
    g_array_append_val(self->feed.anchored, anchored);
    return add_checkpoint(plan, self, row->size, error);
}

/* The anchors up to the first that covers all that goes in; of many older ones, some. */
static gboolean add_anchors(PackagePlan *plan, PlannedFeed *self, GError **error)
{
    const PackageFeedInfo *info = &self->feed.info;
    g_autofree char *origin = checkpoint_feed_origin(info->node, info->space, info->lane, info->epoch);
    g_autoptr(GArray) rows = anchor_list(plan->db, origin, error);
    if (!rows)
        return FALSE;
    guint last = 0;
    while (last + 1 < rows->len && g_array_index(rows, AnchorRow, last).size < info->size)
        last++;
    guint step = 1 + last / ANCHORS_MOST;
    for (guint i = 0; i < rows->len && i <= last; i++)
        if ((i == last || i % step == 0) && !add_anchor(plan, self, origin, &g_array_index(rows, AnchorRow, i), error))
            return FALSE;
    return TRUE;
}

/* The proof of the export's own record, against the checkpoint that ends with it. */
static gboolean add_proof(PackagePlan *plan, PlannedFeed *self, GError **error)
{
    if (self->line != plan->at.line)
        return TRUE;
    guint64 size = self->feed.info.size;
    g_autoptr(GArray) path = lane_inclusion(plan->view->lane, self->line, plan->at.seq, size, error);
    if (!path)
        return FALSE;
    char *text = proof_text(plan->at.seq, path, g_array_index(self->feed.checkpoints, PackageCheckpoint, 0).note);
    g_ptr_array_add(self->notes, text);
    const PackageProof proof = {.seq = plan->at.seq, .text = text};
    g_array_append_val(self->feed.proofs, proof);
    return TRUE;
}

gboolean package_plan_feed(PackagePlan *self, guint32 line, GError **error)
{
    const LineRow *row = lane_line(self->view->lane, line);
    guint64 size = self->at.seq + 1;
    if (line != self->at.line && !lane_past(self->view->lane, self->at, line, &size, error))
        return FALSE;
    if (size == 0)
        return TRUE;
    PlannedFeed *feed = planned_feed_new(self, row, size);
    g_ptr_array_add(self->feeds, feed);
    return lane_root(self->view->lane, line, size, &feed->feed.info.root, error) &&
           add_checkpoint(self, feed, size, error) && add_anchors(self, feed, error) && add_proof(self, feed, error);
}
