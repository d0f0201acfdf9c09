/* tree.c: the hash tree over a line's feed, from the subtrees that each record's row keeps (lane_store.h S3). A subtree
 * that ends before the line begins was completed on the line that it continues. */
#include "base/error.h"
#include "ledger/lane_private.h"

typedef struct {
    Lane *lane;
    guint32 line;
} TreeOf;

static gboolean stored_subtree(gpointer data, guint level, guint64 index, Hash *out, GError **error)
{
    const TreeOf *of = data;
    guint64 last = ((index + 1) << level) - 1;
    Place at = lane_resolve(of->lane, of->line, last);
    return of->lane->store.class->subtree(of->lane->store.store, at, level, out, error);
}

gboolean lane_leaf(Lane *self, Place at, Hash *leaf, GError **error)
{
    return self->store.class->subtree(self->store.store, at, 0, leaf, error);
}

MerkleFrontier *lane_frontier_at(Lane *self, guint32 line, guint64 size, GError **error)
{
    TreeOf of = {self, line};
    g_autoptr(GArray) peaks = g_array_new(FALSE, FALSE, sizeof(Hash));
    guint64 from = 0;
    for (guint level = MERKLE_LEVELS; level-- > 0;) {
        guint64 width = G_GUINT64_CONSTANT(1) << level;
        Hash peak;
        if (!(size & width))
            continue;
        if (!stored_subtree(&of, level, from >> level, &peak, error))
            return NULL;
        g_array_append_val(peaks, peak);
        from += width;
    }
    g_autoptr(GBytes) bytes = g_bytes_new(peaks->data, peaks->len * sizeof(Hash));
    return merkle_frontier_restore(size, bytes, error);
}

gboolean lane_line_frontier(Lane *self, LaneLine *line, GError **error)
{
    if (!line->frontier)
        line->frontier = lane_frontier_at(self, line->row.line, line->row.size, error);
    return line->frontier != NULL;
}

static void note_completed(gpointer data, guint level, guint64 index, const Hash *hash)
{
    (void)index;
    LaneGrowth *growth = data;
    if (level > 0)
        growth->completed[growth->count++] = *hash;
}

void lane_grow(Lane *self, LaneLine *line, const Hash *leaf, const Hash *root, const LanePrepared *prepared,
               LaneGrowth *growth, RecordNew *record)
{
    growth->count = 0;
    record->completed = growth->completed;
    if (prepared && prepared->grown) {
        growth->count = prepared->completed_count;
        record->completed = prepared->completed;
        merkle_frontier_append_known(line->frontier, leaf, prepared->completed, prepared->completed_count);
    } else {
        merkle_frontier_append_leaf(line->frontier, leaf, note_completed, growth);
    }
    if (self->store.class->keeps_roots) {
        growth->root = root ? *root : merkle_frontier_root(line->frontier);
        record->root = &growth->root;
    }
    record->at = (Place){line->row.line, line->row.size};
    record->leaf = *leaf;
    record->completed_count = growth->count;
    line->row.size++;
    line->dirty = TRUE;
}

gboolean lane_root(Lane *self, guint32 line, guint64 size, Hash *root, GError **error)
{
    const LaneLine *of = lane_line_at(self, line);
    if (of->frontier && merkle_frontier_size(of->frontier) == size) {
        *root = merkle_frontier_root(of->frontier);
        return TRUE;
    }
    if (size > 0 && self->store.class->keeps_roots)
        return self->store.class->root_at(self->store.store, lane_resolve(self, line, size - 1), root, error);
    TreeOf tree = {self, line};
    return merkle_root(size, stored_subtree, &tree, root, error);
}

GArray *lane_inclusion(Lane *self, guint32 line, guint64 seq, guint64 size, GError **error)
{
    TreeOf of = {self, line};
    return merkle_inclusion(seq, size, stored_subtree, &of, error);
}

GArray *lane_consistency(Lane *self, guint32 line, guint64 from, guint64 to, GError **error)
{
    TreeOf of = {self, line};
    return merkle_consistency(from, to, stored_subtree, &of, error);
}

gboolean lane_verify_tail(Lane *self, guint32 line, guint64 from, const Hash *leaves, gsize count, const Hash *root,
                          GError **error)
{
    g_autoptr(MerkleFrontier) frontier =
        line == LINE_NONE ? merkle_frontier_new() : lane_frontier_at(self, line, from, error);
    if (!frontier)
        return FALSE;
    for (gsize i = 0; i < count; i++)
        merkle_frontier_append_leaf(frontier, &leaves[i], NULL, NULL);
    Hash made = merkle_frontier_root(frontier);
    if (hash_equal(&made, root))
        return TRUE;
    error_set(error, COMITY_ERROR_DAMAGED, "feed.damaged", "",
              "Records %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " don't lead to the root that was signed.", from,
              from + count);
    return FALSE;
}
