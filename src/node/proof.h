/* node/proof.h: what proves a record: its place under a signed checkpoint, and that checkpoint's under an anchor.
 *   P1  "proven" is found out each time: the record's leaf, its path and the signed root are compared, not remembered.
 *   P2  For any thread that has a reader; nothing here writes. */
#pragma once
#include "ledger/anchor.h"
#include "ledger/lane_store.h"
#include "node/node.h"

/* The short status of the record @leaf of @lane: {"state": "proven" | "cosigned" | "claimed" | "void" | "damaged" |
 * "erased" | "withheld", "cosigned_by": n, "anchored_at": time or null, "reason"?}. A record that isn't here is
 * "damaged" with a reason: somebody's row names it. New reference; NULL on an error of the store. */
json_t *proof_status_json(Node *node, Db *db, const char *lane, const Hash *leaf,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Everything that there is about one record. */
typedef struct {
    char *space, *lane, *node, *epoch;
    Hash leaf;
    RecordRow row;             /* with header, act and confirmation as far as they are here */
    char *checkpoint;          /* the newest signed checkpoint of its feed; NULL: none covers it */
    char *proof;               /* tlog-proof of the record against it; NULL: none */
    gboolean verified;         /* leaf, path and signed root agree */
    gint64 anchored_ms;        /* of the first anchor that covers it; 0: none */
    AnchorPlace anchor;        /* that anchor */
    guint64 anchored_size;     /* of the feed's checkpoint that was anchored */
    char *anchored_checkpoint; /* that checkpoint, signed; NULL: none */
    char *anchored;            /* anchored_text(): how it stands under the anchor's root */
    char *anchor_proof;        /* tlog-proof of the anchor in its log, "<node>/anchors/<epoch>" */
} RecordProof;
void record_proof_free(RecordProof *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordProof, record_proof_free)
/* COMITY_ERROR_NOT_FOUND where @lane has no such record. New. */
RecordProof *record_proof(Node *node, Db *db, const char *lane, const Hash *leaf,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {"leaf","seq","height","node","epoch","time","class","reason","lasting","header": text,"act": base64url or null,
 * "confirmation": base64url or null,"checkpoint","tlog_proof","verified","anchor": {"index","time","size","checkpoint",
 * "anchored","tlog_proof"} or null}. New reference. */
json_t *record_proof_json(const RecordProof *self);
