/* ledger/anchor.h: proof to outsiders that a feed existed, which tells them nothing about it.
 *
 * Idea: now and then a node builds one tree over all its feeds' newest checkpoints, each hidden behind a salt, and
 * appends the tree's root to one node-wide log. Witnesses cosign and time-stamp that log, and see roots only. Whoever
 * is given a feed's checkpoint with its salt and its path can show that it was under the root.
 *   H1  Leaf data = SHA-256(salt || checkpoint text); salt = HMAC-SHA-256(anchor secret, log origin || 0x00 || epoch ||
 *       index as 8 bytes big-endian): no two anchors ever share one. Leaves ascend by log origin; each is hashed as RFC
 *       6962 says (0x00 before it).
 *   H2  Entry @index of the log "<node>/anchors/<epoch>" is root (32) || index (8, big-endian): an entry can't stand in
 *       another's place.
 *   H3  A log that can't go on as it was signed is left, and another epoch begins (docs/decisions/0013).
 * Pure functions: which feeds, when, and where entries and notes are kept is the node's business. */
#pragma once
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/record.h"

#define ANCHOR_SECRET_SIZE 32
#define ANCHOR_ENTRY_SIZE 40

/* An entry of one of a node's logs of anchors. */
typedef struct {
    char epoch[EPOCH_SIZE + 1];
    guint64 index; /* in that epoch's log, from 0 */
} AnchorPlace;

typedef struct Anchor Anchor;

/* The anchor @at over @texts: the checkpoint texts (three lines, no signatures) of all feeds, in any order, one a
 * log. @secret: 32 bytes, borrowed. New; COMITY_ERROR_INVALID where a text is no checkpoint or a log occurs twice. */
Anchor *anchor_build(const AnchorPlace *at, const guint8 secret[ANCHOR_SECRET_SIZE], const GPtrArray *texts,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void anchor_free(Anchor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Anchor, anchor_free)
Hash anchor_root(const Anchor *self);
/* H2: what is appended to the log, and its leaf hash. */
void anchor_entry(const Hash *root, guint64 index, guint8 out[ANCHOR_ENTRY_SIZE]);
Hash anchor_entry_leaf(const Hash *root, guint64 index);

/* What shows that one checkpoint is under an anchor's root. */
typedef struct {
    guint8 salt[HASH_SIZE];
    guint64 checkpoint; /* size of the feed's checkpoint that was anchored */
    guint64 position;   /* of its leaf, and */
    guint64 size;       /* number of leaves, in the anchor's tree */
    GArray *hashes;     /* of Hash: inclusion proof, the leaf's sibling first */
} Anchored;
void anchored_free(Anchored *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Anchored, anchored_free)

/* For the log @origin. New; COMITY_ERROR_NOT_FOUND where the anchor doesn't cover it. */
Anchored *anchor_prove(const Anchor *self, const char *origin, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Its file in a package ("*.anchored"), and back. New. */
char *anchored_text(const Anchored *self);
Anchored *anchored_parse(const char *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The root to which @self leads from @text, the three lines of the feed's checkpoint. FALSE with COMITY_ERROR_DAMAGED
 * where position, size and number of hashes don't fit. The caller compares it through anchor_entry_leaf(). */
gboolean anchored_root(const Anchored *self, const char *text, gsize length, Hash *root,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
