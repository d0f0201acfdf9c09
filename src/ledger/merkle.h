/* ledger/merkle.h: the hash tree over one feed (RFC 6962 section 2.1).
 *
 * Idea: a feed only grows, so nobody has to hold its tree. The frontier is enough: the roots ("peaks") of its complete
 * subtrees, largest first. A million records need fewer than 20 hashes. Whoever wants proofs keeps the complete
 * subtrees as they appear (@MerkleCompleted) and hands them back (@MerkleSubtree): a proof then reads O(log n) of them.
 *   M1  There is one peak for each 1 bit of the size.
 *   M2  Appending never changes a complete subtree: a peak that was stored stays true.
 *   M3  Leaves and nodes are hashed under different first bytes: a node can't pass for a record.
 *   M4  A subtree (level, index) covers the leaves index * 2^level up to, not including, (index + 1) * 2^level.
 * Each feed has one writer, which owns the frontier: no locks. Knows no store, no HTTP, no feature. */
#pragma once
#include "crypto/digest.h"
#include <glib.h>

#define MERKLE_LEVELS 63 /* sizes are below 2^63 */

/* SHA-256(0x00 || bytes) and SHA-256(0x01 || left || right). */
Hash merkle_leaf(gconstpointer bytes, gsize length);
Hash merkle_node(const Hash *left, const Hash *right);

/* Told of each subtree that an append completed, the leaf (level 0) first. @hash is borrowed for the call. */
typedef void (*MerkleCompleted)(gpointer data, guint level, guint64 index, const Hash *hash);

typedef struct MerkleFrontier MerkleFrontier;
MerkleFrontier *merkle_frontier_new(void); /* of no records */
MerkleFrontier *merkle_frontier_copy(const MerkleFrontier *self);
void merkle_frontier_free(MerkleFrontier *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MerkleFrontier, merkle_frontier_free)
/* The frontier of @size records from its stored @peaks (32 bytes each, borrowed). New; or NULL with
 * COMITY_ERROR_DAMAGED where they don't fit M1: the caller then rebuilds, and never signs over them. */
MerkleFrontier *merkle_frontier_restore(guint64 size, GBytes *peaks, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends one record. @header: its exact bytes as written, borrowed for the call. Two hashes on average. */
void merkle_frontier_append(MerkleFrontier *self, GBytes *header);
/* Appends one record by its @leaf hash. @completed may be NULL. */
void merkle_frontier_append_leaf(MerkleFrontier *self, const Hash *leaf, MerkleCompleted completed, gpointer data);
/* The same without hashing: @completed are the @count subtrees above the leaf that the record completes, lowest first, as
 * append_leaf() tells them. The caller knows them of another frontier over the same leaves. */
void merkle_frontier_append_known(MerkleFrontier *self, const Hash *leaf, const Hash *completed, guint count);
guint64 merkle_frontier_size(const MerkleFrontier *self);
GBytes *merkle_frontier_peaks(const MerkleFrontier *self); /* new; what restore takes */
Hash merkle_frontier_root(const MerkleFrontier *self);

/* Gives the hash of the complete subtree (@level, @index). FALSE with an error where it isn't there. */
typedef gboolean (*MerkleSubtree)(gpointer data, guint level, guint64 index, Hash *out, GError **error);

/* The root of the first @size leaves. Reads one subtree for each 1 bit of @size. */
gboolean merkle_root(guint64 size, MerkleSubtree subtree, gpointer data, Hash *root,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The sibling hashes (of Hash, the leaf's sibling first) that lead from leaf @index to the root of @size leaves. New;
 * COMITY_ERROR_INVALID where @index isn't below @size. */
GArray *merkle_inclusion(guint64 index, guint64 size, MerkleSubtree subtree, gpointer data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Proof (of Hash, RFC 6962 section 2.1.2) that the tree of @from leaves is the beginning of the tree of @to. Empty for
 * @from 0 and for equal sizes. New; COMITY_ERROR_INVALID where @from is beyond @to. */
GArray *merkle_consistency(guint64 from, guint64 to, MerkleSubtree subtree, gpointer data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The root to which @proof leads from the leaf @index of a tree of @size leaves. FALSE with COMITY_ERROR_DAMAGED where
 * the number of hashes doesn't fit. */
gboolean merkle_inclusion_root(const Hash *leaf, guint64 index, guint64 size, const Hash *proof, gsize count,
                               Hash *root, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is @leaf the leaf @index of the tree of @size leaves with @root? COMITY_ERROR_DAMAGED says why not. */
gboolean merkle_verify_inclusion(const Hash *leaf, guint64 index, guint64 size, const Hash *proof, gsize count,
                                 const Hash *root, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is the tree of @from leaves with @from_root the beginning of the tree of @to leaves with @to_root? The empty tree is
 * the beginning of every tree, by an empty proof. */
gboolean merkle_verify_consistency(guint64 from, const Hash *from_root, guint64 to, const Hash *to_root,
                                   const Hash *proof, gsize count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A whole small tree in memory (anchors, tests): its levels are kept, so every proof is a look-up. */
typedef struct MerkleTree MerkleTree;
MerkleTree *merkle_tree_new(void);
void merkle_tree_free(MerkleTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MerkleTree, merkle_tree_free)
void merkle_tree_append(MerkleTree *self, const Hash *leaf);
guint64 merkle_tree_size(const MerkleTree *self);
Hash merkle_tree_root(const MerkleTree *self);
/* A MerkleSubtree whose data is the MerkleTree. */
gboolean merkle_tree_subtree(gpointer tree, guint level, guint64 index, Hash *out, GError **error);
