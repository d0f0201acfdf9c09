#include "ledger/merkle.h"
#include "base/error.h"
#include <string.h>

struct MerkleFrontier {
    guint64 size;  /* records appended */
    GArray *peaks; /* of Hash, largest subtree first (M1) */
};

Hash merkle_leaf(gconstpointer bytes, gsize length)
{
    return sha256_prefixed(0, bytes, length, NULL, 0); /* M3 */
}

Hash merkle_node(const Hash *left, const Hash *right)
{
    return sha256_prefixed(1, left->bytes, HASH_SIZE, right->bytes, HASH_SIZE); /* M3 */
}

MerkleFrontier *merkle_frontier_new(void)
{
    MerkleFrontier *self = g_new0(MerkleFrontier, 1);
    self->peaks = g_array_sized_new(FALSE, FALSE, sizeof(Hash), 20);
    return self;
}

MerkleFrontier *merkle_frontier_copy(const MerkleFrontier *self)
{
    MerkleFrontier *copy = merkle_frontier_new();
    copy->size = self->size;
    g_array_append_vals(copy->peaks, self->peaks->data, self->peaks->len);
    return copy;
}

void merkle_frontier_free(MerkleFrontier *self)
{
    if (!self)
        return;
    g_array_unref(self->peaks);
    g_free(self);
}

MerkleFrontier *merkle_frontier_restore(guint64 size, GBytes *peaks, GError **error)
{
    guint expected = (guint)__builtin_popcountll(size); /* M1 */
    if (g_bytes_get_size(peaks) != expected * sizeof(Hash)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "The tree stored for %" G_GUINT64_FORMAT " records has %" G_GSIZE_FORMAT
                    " bytes instead of %u hashes; run \"comity rebuild\".",
                    size, g_bytes_get_size(peaks), expected);
        return NULL;
    }
    g_autoptr(MerkleFrontier) self = merkle_frontier_new();
    if (expected > 0)
        g_array_append_vals(self->peaks, g_bytes_get_data(peaks, NULL), expected);
    self->size = size;
    return g_steal_pointer(&self);
}

void merkle_frontier_append(MerkleFrontier *self, GBytes *header)
{
    Hash leaf = merkle_leaf(g_bytes_get_data(header, NULL), g_bytes_get_size(header));
    merkle_frontier_append_leaf(self, &leaf, NULL, NULL);
}

void merkle_frontier_append_leaf(MerkleFrontier *self, const Hash *leaf, MerkleCompleted completed, gpointer data)
{
    Hash top = *leaf;
    guint level = 0;
    if (completed)
        completed(data, 0, self->size, &top);
    /* Binary addition: each trailing 1 bit of the old size is a peak as high as @top. Merge, carry on (M1). */
    for (guint64 n = self->size; n & 1; n >>= 1) {
        guint last = self->peaks->len - 1;
        top = merkle_node(&g_array_index(self->peaks, Hash, last), &top);
        g_array_set_size(self->peaks, last);
        level++;
        if (completed)
            completed(data, level, self->size >> level, &top);
    }
    g_array_append_val(self->peaks, top);
    self->size++;
}

void merkle_frontier_append_known(MerkleFrontier *self, const Hash *leaf, const Hash *completed, guint count)
{
    g_assert(count == (guint)__builtin_ctzll(~self->size) && count <= self->peaks->len);
    g_array_set_size(self->peaks, self->peaks->len - count);
    g_array_append_vals(self->peaks, count > 0 ? &completed[count - 1] : leaf, 1);
    self->size++;
}

guint64 merkle_frontier_size(const MerkleFrontier *self)
{
    return self->size;
}

GBytes *merkle_frontier_peaks(const MerkleFrontier *self)
{
    return g_bytes_new(self->peaks->data, self->peaks->len * sizeof(Hash));
}

/* The root over @count peaks, largest first: the smaller trees hang to the right of the larger ones. */
static Hash fold_peaks(const Hash *peaks, guint count)
{
    if (count == 0)
        return sha256(NULL, 0);
    Hash root = peaks[count - 1];
    for (guint i = count - 1; i > 0; i--)
        root = merkle_node(&peaks[i - 1], &root);
    return root;
}

Hash merkle_frontier_root(const MerkleFrontier *self)
{
    return fold_peaks((const Hash *)(gconstpointer)self->peaks->data, self->peaks->len);
}

/* ---- proofs from stored subtrees ---- */

typedef struct {
    MerkleSubtree subtree;
    gpointer data;
    GArray *proof; /* of Hash, the sibling nearest the root first */
} Walk;

/* Largest power of two below @n; @n > 1. */
static guint64 split(guint64 n)
{
    return G_GUINT64_CONSTANT(1) << (63 - __builtin_clzll(n - 1));
}

/* The root of the leaves @from up to, not including, @to. @from is a multiple of a power of two that is no smaller
 * than their number, so that the complete subtrees below are the ones of M4. */
static gboolean span_root(const Walk *walk, guint64 from, guint64 to, Hash *root, GError **error)
{
    Hash peaks[MERKLE_LEVELS];
    guint count = 0;
    for (guint level = MERKLE_LEVELS; level-- > 0;) {
        guint64 width = G_GUINT64_CONSTANT(1) << level;
        if (!((to - from) & width))
            continue;
        if (!walk->subtree(walk->data, level, from >> level, &peaks[count], error))
            return FALSE;
        count++;
        from += width;
    }
    *root = fold_peaks(peaks, count);
    return TRUE;
}

static gboolean add_span(Walk *walk, guint64 from, guint64 to, GError **error)
{
    Hash hash;
    if (!span_root(walk, from, to, &hash, error))
        return FALSE;
    g_array_append_val(walk->proof, hash);
    return TRUE;
}

/* Proofs are walked from the root down and written from the leaf up. */
static GArray *reversed(GArray *hashes)
{
    for (guint i = 0, j = hashes->len; i + 1 < j; i++, j--) {
        Hash kept = g_array_index(hashes, Hash, i);
        g_array_index(hashes, Hash, i) = g_array_index(hashes, Hash, j - 1);
        g_array_index(hashes, Hash, j - 1) = kept;
    }
    return hashes;
}

gboolean merkle_root(guint64 size, MerkleSubtree subtree, gpointer data, Hash *root, GError **error)
{
    Walk walk = {subtree, data, NULL};
    return span_root(&walk, 0, size, root, error);
}

GArray *merkle_inclusion(guint64 index, guint64 size, MerkleSubtree subtree, gpointer data, GError **error)
{
    if (index >= size) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                    "There is no record %" G_GUINT64_FORMAT " in a log of %" G_GUINT64_FORMAT " records.", index, size);
        return NULL;
    }
    g_autoptr(GArray) proof = g_array_new(FALSE, FALSE, sizeof(Hash));
    Walk walk = {subtree, data, proof};
    guint64 from = 0, to = size;
    while (to - from > 1) {
        guint64 middle = from + split(to - from);
        gboolean left = index < middle;
        if (!add_span(&walk, left ? middle : from, left ? to : middle, error))
            return NULL;
        *(left ? &to : &from) = middle;
    }
    return reversed(g_steal_pointer(&proof));
}

GArray *merkle_consistency(guint64 from_size, guint64 to_size, MerkleSubtree subtree, gpointer data, GError **error)
{
    if (from_size > to_size) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                    "A log of %" G_GUINT64_FORMAT " records can't begin with %" G_GUINT64_FORMAT " records.", to_size,
                    from_size);
        return NULL;
    }
    g_autoptr(GArray) proof = g_array_new(FALSE, FALSE, sizeof(Hash));
    if (from_size == 0 || from_size == to_size)
        return g_steal_pointer(&proof);
    Walk walk = {subtree, data, proof};
    guint64 from = 0, to = to_size;
    /* SUBPROOF of RFC 6962 section 2.1.2, from the root down until the old tree ends where the span ends. */
    while (to != from_size) {
        guint64 middle = from + split(to - from);
        gboolean left = from_size <= middle;
        if (!add_span(&walk, left ? middle : from, left ? to : middle, error))
            return NULL;
        *(left ? &to : &from) = middle;
    }
    /* Where the span is the whole old tree, the verifier has its root already. */
    if (from != 0 && !add_span(&walk, from, to, error))
        return NULL;
    return reversed(g_steal_pointer(&proof));
}

/* ---- checking proofs ---- */

static gboolean refuse(GError **error, const char *why)
{
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, why);
    return FALSE;
}

/* Climbs over the levels on which the node is the left-most of a tree's ragged right edge and so has no sibling. */
static void skip_missing_siblings(guint64 *node, guint64 *last)
{
    while (!(*node & 1) && *node != 0) {
        *node >>= 1;
        *last >>= 1;
    }
}

gboolean merkle_inclusion_root(const Hash *leaf, guint64 index, guint64 size, const Hash *proof, gsize count,
                               Hash *root, GError **error)
{
    if (index >= size)
        return refuse(error, "The proof is for a record beyond the end of the log.");
    guint64 node = index, last = size - 1;
    Hash top = *leaf;
    for (gsize i = 0; i < count; i++) {
        if (last == 0)
            return refuse(error, "The inclusion proof has more hashes than the log has levels.");
        if ((node & 1) || node == last) {
            top = merkle_node(&proof[i], &top);
            skip_missing_siblings(&node, &last);
        } else {
            top = merkle_node(&top, &proof[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0)
        return refuse(error, "The inclusion proof has too few hashes.");
    *root = top;
    return TRUE;
}

gboolean merkle_verify_inclusion(const Hash *leaf, guint64 index, guint64 size, const Hash *proof, gsize count,
                                 const Hash *root, GError **error)
{
    Hash top;
    if (!merkle_inclusion_root(leaf, index, size, proof, count, &top, error))
        return FALSE;
    return hash_equal(&top, root) ? TRUE : refuse(error, "The inclusion proof does not lead to the log's root.");
}

/* Both roots, rebuilt from one path: every hash of it belongs to the new tree, those to the left to the old one too. */
static gboolean rebuild_roots(guint64 from, guint64 to, const Hash *path, gsize count, Hash *old_root, Hash *new_root,
                              GError **error)
{
    guint64 node = from - 1, last = to - 1;
    while (node & 1) {
        node >>= 1;
        last >>= 1;
    }
    for (gsize i = 0; i < count; i++) {
        if (last == 0)
            return refuse(error, "The consistency proof has more hashes than the log has levels.");
        if ((node & 1) || node == last) {
            *old_root = merkle_node(&path[i], old_root);
            *new_root = merkle_node(&path[i], new_root);
            skip_missing_siblings(&node, &last);
        } else {
            *new_root = merkle_node(new_root, &path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 ? TRUE : refuse(error, "The consistency proof has too few hashes.");
}

gboolean merkle_verify_consistency(guint64 from, const Hash *from_root, guint64 to, const Hash *to_root,
                                   const Hash *proof, gsize count, GError **error)
{
    if (from > to)
        return refuse(error, "The log has become shorter.");
    if (from == 0 || from == to) {
        Hash nothing = sha256(NULL, 0);
        if (count != 0)
            return refuse(error, "The consistency proof has hashes where none belong.");
        if (from == 0 && !hash_equal(from_root, &nothing))
            return refuse(error, "The root of an empty log is claimed to be another than it is.");
        if (from == to && !hash_equal(from_root, to_root))
            return refuse(error, "Two roots are claimed for one size.");
        return TRUE;
    }
    if (count == 0)
        return refuse(error, "The consistency proof is empty.");
    gboolean whole = (from & (from - 1)) == 0; /* the old tree is a subtree of the new one: its root starts the path */
    Hash old_root = whole ? *from_root : proof[0], new_root = old_root;
    if (!rebuild_roots(from, to, proof + (whole ? 0 : 1), count - (whole ? 0 : 1), &old_root, &new_root, error))
        return FALSE;
    if (!hash_equal(&old_root, from_root))
        return refuse(error, "The consistency proof does not lead to the old root.");
    return hash_equal(&new_root, to_root) ? TRUE
                                          : refuse(error, "The consistency proof does not lead to the new root.");
}

/* ---- a small tree in memory ---- */

struct MerkleTree {
    MerkleFrontier *frontier;
    GPtrArray *levels; /* of GArray of Hash: complete subtrees by level and index (M4) */
};

MerkleTree *merkle_tree_new(void)
{
    MerkleTree *self = g_new0(MerkleTree, 1);
    self->frontier = merkle_frontier_new();
    self->levels = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    return self;
}

void merkle_tree_free(MerkleTree *self)
{
    if (!self)
        return;
    merkle_frontier_free(self->frontier);
    g_ptr_array_unref(self->levels);
    g_free(self);
}

static void keep(gpointer data, guint level, guint64 index, const Hash *hash)
{
    MerkleTree *self = data;
    if (level == self->levels->len)
        g_ptr_array_add(self->levels, g_array_new(FALSE, FALSE, sizeof(Hash)));
    GArray *row = g_ptr_array_index(self->levels, level);
    g_assert(row->len == index); /* M2 */
    g_array_append_vals(row, hash, 1);
}

void merkle_tree_append(MerkleTree *self, const Hash *leaf)
{
    merkle_frontier_append_leaf(self->frontier, leaf, keep, self);
}

guint64 merkle_tree_size(const MerkleTree *self)
{
    return self->frontier->size;
}

Hash merkle_tree_root(const MerkleTree *self)
{
    return merkle_frontier_root(self->frontier);
}

gboolean merkle_tree_subtree(gpointer tree, guint level, guint64 index, Hash *out, GError **error)
{
    const MerkleTree *self = tree;
    GArray *row = level < self->levels->len ? g_ptr_array_index(self->levels, level) : NULL;
    if (!row || index >= row->len) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                    "The tree of %" G_GUINT64_FORMAT " leaves has no complete subtree %" G_GUINT64_FORMAT
                    " on level %u.",
                    self->frontier->size, index, level);
        return FALSE;
    }
    *out = g_array_index(row, Hash, index);
    return TRUE;
}
