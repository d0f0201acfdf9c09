/* tests/unit/support/small-case.h: a small case at one node, written by the real ledger, exported by the real writer:
 * two exhibits with files, one sealed by passkey; a second node has witnessed it. And a package taken to pieces, so
 * that one thing can be changed and all that is no signature put in order again, as a forger would. */
#pragma once
#include "ledger/anchor.h"
#include "ledger/card.h"
#include "ledger/lane.h"
#include "ledger/lane_memory.h"
#include "ledger/package_verify.h"
#include "ledger/package_write.h"
#include "support/soft-authenticator.h"
#include "support/world.h"

#define SMALL_NODE "alva.test"
#define SMALL_WITNESS "bren.test"
#define SMALL_SPACE "0193a1b2-0000-7000-8000-000000000001"
#define SMALL_ANCHORS "00aa11bb22cc33dd" /* epoch of its log of anchors */
#define SMALL_WITNESSED_S 1795000300     /* when the other node cosigned */

typedef struct {
    World world;
    ActTypes *types;
    SigningKey *identity, *log, *witness;       /* of SMALL_NODE */
    SigningKey *other_identity, *other_witness; /* of SMALL_WITNESS */
    char *card, *other_card;                    /* signed */
    LaneContext context;
    LaneMemory *memory;
    Lane *lane;
    char lane_id[HASH_HEX_SIZE];
    SoftAuthenticator *passkey;
    char *person;
    GPtrArray *blobs;          /* of GBytes: what acts name */
    GArray *lines;             /* of guint32: the lane's, as the feeds of the last package */
    char *knife, *ledger_book; /* subjects of the exhibits */
    gboolean stream;           /* the sink can't go back */
    gboolean leave_out;        /* the first blob */
    gboolean no_witness;
    gboolean own_witness; /* nobody but the node's own witness key cosigns */
    gboolean wrong_root;  /* the source states another root than the records have */
    gint64 lie;           /* added to the sizes that acts state */
} SmallCase;

/* The case with its acts up to the sealing. @seed: another one, other keys (a forger's). */
void small_case_open(SmallCase *self, guint64 seed);
void small_case_close(SmallCase *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmallCase, small_case_close)

/* One act of the person; @confirm: by passkey. @leaf: out, may be NULL. */
void small_case_act(SmallCase *self, const char *type, const char *subject, json_t *members, gboolean confirm,
                    Hash *leaf);
/* The node goes on in a new epoch: from here on its records are in a second feed. */
void small_case_continue(SmallCase *self);
/* For small-export.c: a new entity of the node; new string. An act as the lane takes it, with or without passkey. */
char *small_case_subject(SmallCase *self);
void small_case_append(SmallCase *self, LaneAct *act, gboolean confirm, LaneAppended *appended);
/* One more exhibit with a file of this content. */
void small_case_add(SmallCase *self, const char *title, const char *content);
/* Writes the export's record and the package. @subject NULL: the whole. New; NULL with an error where the writer refuses. */
GByteArray *small_case_try_export(SmallCase *self, const char *subject, GError **error);
GByteArray *small_case_export(SmallCase *self, const char *subject); /* the same where it must go well */
/* The verifier's trust in this case's node: of one Card. New. */
GPtrArray *small_case_trust(const SmallCase *self);

/* ---- a package in pieces ---- */
typedef struct {
    char *name; /* without the base directory */
    GByteArray *bytes;
} Piece;
/* New array of Piece, in the package's order. */
GArray *pieces_of(const GByteArray *package);
Piece *piece(GArray *pieces, const char *name);                                      /* must be there */
void piece_set(GArray *pieces, const char *name, gconstpointer bytes, gsize length); /* adds it where it isn't there */
void piece_drop(GArray *pieces, const char *name);
/* Puts them together again. @log: also makes the manifests, bag-info's Oxum and package.note fit, signed by this key;
 * NULL: each file as it is. New. */
GByteArray *pieces_join(GArray *pieces, const SigningKey *log);
/* The manifests and the Oxum fit; package.note is left as it is: what somebody without a key can do. New. */
GByteArray *pieces_join_unsigned(GArray *pieces);

/* Changing one piece. */
const char *piece_text(GArray *pieces, const char *name); /* ended by a 0; until the piece changes */
void piece_edit(GArray *pieces, const char *name, const char *from, const char *to); /* the first @from */
void piece_flip(GArray *pieces, const char *name, guint from_end); /* the lowest bit of the last byte but @from_end */
void piece_other_digit(GArray *pieces, const char *name);          /* of a hash at its beginning */
GPtrArray *piece_lines(GArray *pieces, const char *name);          /* new */
void piece_set_lines(GArray *pieces, const char *name, GPtrArray *lines);
void piece_blank_line(GArray *pieces, const char *name, guint index);
void piece_swap_lines(GArray *pieces, const char *name, guint a, guint b);
void piece_drop_line(GArray *pieces, const char *name, guint index);

/* Verifies bytes in memory. New report. */
PackageReport *small_verify(const GByteArray *package, const ActTypes *types, const GPtrArray *trust);
