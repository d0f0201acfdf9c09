/* node/confirm.h: acts of legal weight: prepare, let the person confirm the exact bytes with a passkey, append.
 *   F1  What is confirmed is what is appended: the bytes are made once, kept here, and used as they are.
 *   F2  A pending confirmation belongs to one person (whose tokens of fewer scopes have no part in it), lives 10
 *       minutes, in memory; a restart drops it, and says so (410).
 *   F3  A machine person acts at once; the record then says "not confirmed by a person". */
#pragma once
#include "http/router.h"
#include "node/tx.h"

/* Runs in the transaction that appended the confirmed act. @context: what was handed in. Sets @result: the JSON answer
 * (new reference) that the original request promises. */
typedef gboolean (*ConfirmFinish)(Tx *tx, const Appended *appended, const json_t *context, json_t **result,
                                  GError **error);

typedef struct {
    TxDraft draft;        /* copied */
    const char *sentence; /* code of the sentence that the page shows, "member.added" */
    json_t *values;       /* its values; borrowed */
    json_t *context;      /* for finish; borrowed; may be NULL */
    ConfirmFinish finish; /* NULL: the answer is {"leaf": ...} */
    guint status;         /* of the final answer: 200 or 201 */
} ConfirmRequest;

/* Answers @request: 202 with what is to be confirmed, or for a machine person at once with finish's result. */
gboolean confirm_or_run(Node *node, HttpRequest *request, const Principal *principal, const ConfirmRequest *confirm,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What waits, as long as the node runs: made and freed by app/ or a feature's start and stop. */
void confirm_start(Node *node);
void confirm_stop(Node *node);
/* PUT and DELETE /api/v1/confirmations/{confirmation}; ended by a route without a method. */
extern const HttpRoute confirm_routes[];
