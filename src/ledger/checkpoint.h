/* ledger/checkpoint.h: the signed size and root of a log (C2SP tlog-checkpoint), and cosignatures over it (C2SP
 * tlog-cosignature, cosignature/v1).
 *
 * Idea: one line of text says which log, one how long it is, one what its tree's root is; a signed note binds them. Who
 * keeps the note can prove later what the log was, and a log that signs two that contradict each other is caught by
 * the two notes alone.
 *   K1  The log's key name is the origin, so a key signs for one log under one name, and a key id is never stored.
 *   K2  Extension lines are parsed and kept in the text, and never written or cosigned.
 *   K3  A text has one spelling: no leading zero, canonical base64, LF line ends; what differs is refused. */
#pragma once
#include "crypto/digest.h"
#include "crypto/note.h"

#define CHECKPOINT_ORIGIN_MAX 255 /* bytes; of logs that Comity writes */

typedef struct {
    char *origin;
    guint64 size; /* below 2^63 */
    Hash root;
    gboolean extended; /* has extension lines (K2) */
} Checkpoint;
void checkpoint_free(Checkpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Checkpoint, checkpoint_free)

/* "<node>/<space>/<lane>/<epoch>", the origin of a feed's checkpoints; "<node>/anchors/<epoch>", that of a node's
 * anchors; and the key name "<node>/witness" of its cosignatures. New strings. */
char *checkpoint_feed_origin(const char *node, const char *space, const char *lane, const char *epoch);
char *checkpoint_anchors_origin(const char *node, const char *epoch);
char *checkpoint_witness_name(const char *node);

/* The three lines of a checkpoint. New string. */
char *checkpoint_text(const char *origin, guint64 size, const Hash *root);
/* Reads a note's text. New; COMITY_ERROR_INVALID says which line breaks which rule. */
Checkpoint *checkpoint_parse(const char *text, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Do the two, both signed by the log, prove that it showed two histories: one size, two roots? Of different sizes a
 * consistency proof has to tell. */
gboolean checkpoint_contradicts(const Checkpoint *a, const Checkpoint *b);
/* The signed note: text, empty line, the log's signature line (K1). New string. */
char *checkpoint_sign(const char *origin, guint64 size, const Hash *root, const SigningKey *log);

/* One statement of a cosigner: at this time, this was the largest consistent tree it had seen of this log. */
typedef struct {
    char *name;
    guint32 key_id;
    gint64 time_s; /* Unix seconds */
} Cosignature;

/* Opens a signed checkpoint: parses it, and requires @origin (NULL: any) and a good signature of one of the @log keys
 * (of 32 bytes each, as GBytes) under the checkpoint's own origin as name. @cosigners: NoteVerifier of cosignatures to
 * look for; may be NULL. @signers: out, of guint: indices into @log of the keys that signed, one or more; may be NULL. @cosigned: out, of
 * Cosignature, in the note's order, only good ones; may be NULL. New, or NULL with COMITY_ERROR_INVALID (no checkpoint)
 * or COMITY_ERROR_DAMAGED (not signed by these keys, a bad signature, another log). */
Checkpoint *checkpoint_open(const char *note, gsize length, const char *origin, GPtrArray *log, GPtrArray *cosigners,
                            GArray **signers, GArray **cosigned, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The line by which @witness of @node cosigns the signed checkpoint @note at @time_s, to be added at its end. The
 * caller has verified signature and consistency, and stored its newest checkpoint, before (tlog-witness). New string;
 * COMITY_ERROR_INVALID where @note is no checkpoint or has extension lines (K2). */
char *checkpoint_cosign(const char *note, gsize length, const char *node, const SigningKey *witness, gint64 time_s,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
