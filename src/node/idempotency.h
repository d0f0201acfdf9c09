/* node/idempotency.h: Idempotency-Key: a write that was sent twice is done once, and answered alike both times.
 *   I1  A key is one principal's, for 24 hours. The same key with another request is refused (422 idempotency.reused).
 *   I2  While the first is at work, a second one is told so (409 idempotency.busy) and may come again.
 *   I3  Answers of 5xx and 429 are not kept: the write may be tried again under its key. Answers that can't be kept (a
 *       stream, more than 256 KiB, a secret that is shown once) leave the key spent: the second is told so (409
 *       idempotency.spent).
 *   I4  Of a write during which the process ended nobody knows the answer: that is said (409 idempotency.lost).
 *   I5  An answer about a space is repeated to who may still see it, and to nobody else.
 * For app/: `before` behind principal_find(), `after` as it is. */
#pragma once
#include "http/response.h"
#include "node/tx.h"

gboolean idempotency_before(Node *node, HttpRequest *request, HttpResponse *response, gboolean *answered,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void idempotency_after(Node *node, HttpRequest *request, HttpResponse *response);
/* For a handler whose answer holds a secret (a token, an invitation's link): it is never stored (I3). */
void idempotency_keep_nothing(HttpRequest *request);
/* For a handler whose answer shows something of @space, where its route has no parameter {space} (I5). */
void idempotency_about(HttpRequest *request, const char *space);
/* At start (I4). */
gboolean tx_idempotency_settle(Tx *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;
