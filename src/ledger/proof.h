/* ledger/proof.h: the offline proof of one record (C2SP tlog-proof): its place in the log, the hashes that lead from it
 * to the root, and the checkpoint that signs the root, in one text file.
 *
 *   T1  Checked in this order: leaf hash, origin and the log's signature, known cosigners, inclusion.
 *   T2  `extra` is not authenticated: it is parsed, kept apart, and nothing here uses it.
 *   T3  The checkpoint stands in the file verbatim, with all its signatures. */
#pragma once
#include "ledger/checkpoint.h"

#define PROOF_LIMIT (NOTE_LIMIT + 64 * 1024)

typedef struct {
    guint64 index;
    GArray *hashes; /* of Hash, the leaf's sibling first */
    GBytes *extra;  /* T2; NULL where there is none */
    char *note;     /* the signed checkpoint */
    gsize note_length;
} Proof;
void proof_free(Proof *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Proof, proof_free)

/* The text of the proof that record @index is in the log of the signed checkpoint @note. @hashes: of Hash. New. */
char *proof_text(guint64 index, const GArray *hashes, const char *note);
/* Hashes (of Hash) in base64, one a line, and back: a consistency proof as a file. New; NULL where it is none. */
char *proof_hashes_text(const GArray *hashes);
GArray *proof_hashes_parse(const char *bytes, gsize length);
/* Parses; judges nothing. New; COMITY_ERROR_INVALID names the line. */
Proof *proof_parse(const char *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does @proof show that @leaf is in a log of @origin (NULL: any), signed by one of @log? @log, @cosigners, @cosigned:
 * as in checkpoint_open(). The checkpoint (new), or NULL with COMITY_ERROR_DAMAGED and why. */
Checkpoint *proof_verify(const Proof *proof, const Hash *leaf, const char *origin, GPtrArray *log, GPtrArray *cosigners,
                         GArray **cosigned, GError **error) G_GNUC_WARN_UNUSED_RESULT;
