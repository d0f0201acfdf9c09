/* node/writer.h: the writer thread: it takes what waits, writes it in one transaction, and wakes who waited.
 *
 * Idea: a commit costs a sync whatever its size, so all that wait share one. While a batch is being made durable, the
 * next one gathers: nobody is ever held back to fill a batch.
 *
 *     waiting --take <= 256--> running: SAVEPOINT each --COMMIT--> durable --high-water--> kept --sign--> woken
 *
 *   W1  A function that fails is rolled back alone; those beside it in the batch stand.
 *   W2  Nothing is acknowledged, told or signed before commit and high-water file are both synced.
 *   W3  When the database itself fails (no room, a broken disk), the whole batch fails; the node goes on reading, and the
 *       next batch tries again.
 *   W4  A batch that was committed but missed the high-water file fails for its callers, who may look whether it is
 *       there; no other batch begins until the file has caught up: no signature is ever given over what it doesn't know.
 *   W5  Checkpoints are signed from what the database gives back after the commit, never from memory alone. */
#pragma once
#include "node/tx.h"

typedef struct Writer Writer;
typedef struct LaneEntry LaneEntry; /* lanes.h */

Writer *writer_new(Node *node);
void writer_start(Writer *self);
/* What waits is still written, and the checkpoints that are due; then the thread ends. */
void writer_stop(Writer *self);
void writer_free(Writer *self);
/* Runs one batch of one function on the calling thread: before writer_start(), and in tests. */
gboolean writer_run_now(Writer *self, WriteFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Brings @lane under the high-water mark and a signature: what a process that died left behind. Before writer_start(). */
gboolean writer_sign_now(Writer *self, const char *lane, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes the checkpoints whose rows are behind. Before writer_start(), or without it. */
gboolean writer_save_now(Writer *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
