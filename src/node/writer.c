#include "node/writer.h"
#include "base/error.h"
#include "node/checkpoints.h"
#include "node/lanes.h"

#define BATCH_MAX 256

/* Somebody who waits. On the stack of the caller of node_write(), on the heap for node_write_later(). */
typedef struct {
    WriteFunc func;
    gpointer data;
    WriteDone done; /* NULL: a caller sleeps on the writer's condition */
    gboolean finished;
    GCond woken; /* of a sleeper */
    GError *error;
    GPtrArray *after; /* of TxAfter; run on the caller's side */
    GPtrArray *events;
} WriteRequest;

struct Writer {
    Node *node;
    GThread *thread;
    GMutex lock;    /* guards `waiting`, `stopping`, and `finished` of what waits */
    GCond arrived;  /* the thread waits on it */
    GQueue waiting; /* of WriteRequest */
    gboolean stopping;

    /* The writer thread's own. */
    GPtrArray *batch;  /* of WriteRequest */
    GHashTable *grown; /* set of ids of lanes that this batch wrote to */
    gboolean behind;   /* W4: the high-water file misses a commit */
};

Writer *writer_new(Node *node)
{
    Writer *self = g_new0(Writer, 1);
    self->node = node;
    self->batch = g_ptr_array_new();
    self->grown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_init(&self->lock);
    g_cond_init(&self->arrived);
    return self;
}

void writer_free(Writer *self)
{
    if (!self)
        return;
    writer_stop(self);
    g_ptr_array_unref(self->batch);
    g_hash_table_unref(self->grown);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->arrived);
    g_free(self);
}

/* ---- one function ---- */

/* Lanes that @tx wrote to no longer agree with the database: the savepoint was rolled back under them. */
static void drop_touched(Tx *tx)
{
    for (guint i = 0; i < tx->touched->len; i++) {
        LaneEntry *entry = g_ptr_array_index(tx->touched, i);
        lanes_drop(tx->node->lanes, entry->id);
    }
    g_ptr_array_set_size(tx->touched, 0);
}

/* Writes the lines of the lanes that @tx touched: from here on they agree with the database. */
static gboolean save_touched(Writer *self, Tx *tx, GError **error)
{
    for (guint i = 0; i < tx->touched->len; i++) {
        LaneEntry *entry = g_ptr_array_index(tx->touched, i);
        if (!lane_save(entry->lane, error))
            return FALSE;
        entry->touched = FALSE;
        g_hash_table_add(self->grown, g_strdup(entry->id));
    }
    return TRUE;
}

/* A refusal that comes before anything is stored leaves lanes as they are; after anything else they are opened again. */
static gboolean is_refusal(const GError *error)
{
    return error->domain == COMITY_ERROR &&
           (error->code == COMITY_ERROR_INVALID || error->code == COMITY_ERROR_FORBIDDEN ||
            error->code == COMITY_ERROR_CONFLICT || error->code == COMITY_ERROR_LIMIT ||
            error->code == COMITY_ERROR_NOT_FOUND || error->code == COMITY_ERROR_GONE ||
            error->code == COMITY_ERROR_UNAUTHENTICATED);
}

/* Runs one function in its savepoint. FALSE: the transaction itself is lost, with the reason in @error. */
static gboolean run_one(Writer *self, WriteRequest *request, GError **error)
{
    g_auto(Tx) tx;
    tx_init(&tx, self->node);
    if (!db_savepoint(tx.db, error))
        return FALSE;
    if (request->func(&tx, request->data, &request->error) && save_touched(self, &tx, &request->error)) {
        request->after = g_steal_pointer(&tx.after);
        request->events = g_steal_pointer(&tx.events);
        return db_release(tx.db, error);
    }
    if (!request->error) /* a function that failed without a word */
        g_set_error_literal(&request->error, COMITY_ERROR, COMITY_ERROR_IO, "The change was not made.");
    http_metric_add(self->node->counters.refused, 1);
    if (is_refusal(request->error))
        drop_touched(&tx);
    else
        lanes_drop_all(self->node->lanes);
    if (db_rollback_to(tx.db, NULL))
        return TRUE;
    g_propagate_error(error, g_error_copy(request->error));
    return FALSE;
}

/* ---- one batch ---- */

static gboolean run_functions(Writer *self, GError **error)
{
    for (guint i = 0; i < self->batch->len; i++)
        if (!run_one(self, g_ptr_array_index(self->batch, i), error))
            return FALSE;
    return TRUE;
}

static gboolean mark_grown(Writer *self, GError **error)
{
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, self->grown);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        LaneEntry *entry = lanes_get(self->node->lanes, id, error);
        if (!entry || !checkpoints_mark(self->node->checkpoints, entry, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean sign_grown(Writer *self, GError **error)
{
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, self->grown);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        LaneEntry *entry = lanes_get(self->node->lanes, id, error);
        if (!entry || !checkpoints_sign(self->node->checkpoints, entry, error))
            return FALSE;
        entry->grown = FALSE;
        g_hash_table_iter_remove(&iter);
    }
    return TRUE;
}

/* What is committed and not yet under the high-water mark and a signature is brought there (W4). */
static gboolean catch_up(Writer *self, GError **error)
{
    if (g_hash_table_size(self->grown) == 0)
        return TRUE;
    self->behind = TRUE;
    if (!mark_grown(self, error) || !highwater_sync(self->node->highwater, error) || !sign_grown(self, error))
        return FALSE;
    http_metric_add(self->node->counters.syncs, 1);
    self->behind = FALSE;
    return TRUE;
}

/* Should the process die before these are signed, the next start finds them by this. */
static gboolean note_due(Writer *self, GError **error)
{
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, self->grown);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        g_autoptr(DbQuery) due =
            db_query(self->node->db, "UPDATE feed SET due = 1 WHERE lane = :lane AND incarnation = :incarnation");
        db_bind_text(due, "lane", id);
        db_bind_integer(due, "incarnation", self->node->incarnation);
        if (!db_run(due, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean write_and_commit(Writer *self, GError **error)
{
    Db *db = self->node->db;
    if (!db_begin(db, error))
        return FALSE;
    if (checkpoints_save(self->node->checkpoints, error) && run_functions(self, error) && note_due(self, error) &&
        blobs_sync_names(self->node->blobs, error) && db_commit(db, error)) {
        g_atomic_int_inc(&self->node->commits);
        http_metric_add(self->node->counters.syncs, 1);
        checkpoints_saved(self->node->checkpoints);
        return TRUE;
    }
    if (db_in_transaction(db))
        db_rollback(db);
    lanes_drop_all(self->node->lanes);
    g_hash_table_remove_all(self->grown);
    return FALSE;
}

/* @committed: it stands, only its views could not follow. What was to happen after the commit happens, and the answer
 * must not invite anybody to do it again. */
static void fail_all(Writer *self, const GError *cause, gboolean committed)
{
    g_autoptr(GError) written = NULL;
    if (committed) {
        error_set(&written, COMITY_ERROR_IO, "node.written", "",
                  "It was written, but the node could not show it yet; look for it before you do it again.");
        cause = written;
    }
    for (guint i = 0; i < self->batch->len; i++) {
        WriteRequest *request = g_ptr_array_index(self->batch, i);
        if (!request->error)
            request->error = g_error_copy(cause);
        if (!committed)
            g_clear_pointer(&request->after, g_ptr_array_unref);
        g_clear_pointer(&request->events, g_ptr_array_unref);
    }
}

/* Runs what is in `batch`; afterwards each has its error or none. */
static void run_batch(Writer *self)
{
    g_autoptr(GError) error = NULL;
    gboolean committed = (!self->behind || catch_up(self, &error)) && write_and_commit(self, &error);
    if (!committed || !catch_up(self, &error)) {
        g_warning("A batch of %u writes failed: %s", self->batch->len, error->message);
        fail_all(self, error, committed);
        return;
    }
    http_metric_add(self->node->counters.batches, 1);
    http_metric_add(self->node->counters.functions, self->batch->len);
}

static void publish_events(Writer *self)
{
    for (guint i = 0; i < self->batch->len; i++) {
        const WriteRequest *request = g_ptr_array_index(self->batch, i);
        if (request->events && request->events->len > 0)
            live_publish(self->node->live, self->node->db, request->events);
    }
}

static void run_after(Node *node, GPtrArray *after)
{
    for (guint i = 0; after && i < after->len; i++) {
        const TxAfter *item = g_ptr_array_index(after, i);
        item->func(node, item->data);
    }
}

static void request_clear(WriteRequest *self)
{
    g_clear_pointer(&self->after, g_ptr_array_unref);
    g_clear_pointer(&self->events, g_ptr_array_unref);
}

/* Hands each its result: sleepers are woken together, the others are called. */
static void wake(Writer *self)
{
    for (guint i = 0; i < self->batch->len; i++) {
        WriteRequest *request = g_ptr_array_index(self->batch, i);
        if (!request->done)
            continue;
        run_after(self->node, request->after);
        request->done(request->data, g_steal_pointer(&request->error));
        request_clear(request);
        g_free(request);
        self->batch->pdata[i] = NULL;
    }
    g_mutex_lock(&self->lock);
    for (guint i = 0; i < self->batch->len; i++) {
        WriteRequest *request = g_ptr_array_index(self->batch, i);
        if (!request)
            continue;
        request->finished = TRUE;
        g_cond_signal(&request->woken);
    }
    g_mutex_unlock(&self->lock);
    g_ptr_array_set_size(self->batch, 0);
}

gboolean writer_sign_now(Writer *self, const char *lane, GError **error)
{
    g_assert(!self->thread);
    g_hash_table_add(self->grown, g_strdup(lane));
    return catch_up(self, error);
}

gboolean writer_save_now(Writer *self, GError **error)
{
    return !checkpoints_are_due(self->node->checkpoints) || write_and_commit(self, error);
}

/* ---- the thread ---- */

/* Moves up to BATCH_MAX of those who wait into the batch; FALSE when it is time to stop. */
static gboolean gather(Writer *self)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    while (g_queue_is_empty(&self->waiting) && !self->stopping)
        g_cond_wait(&self->arrived, &self->lock);
    while (self->batch->len < BATCH_MAX && !g_queue_is_empty(&self->waiting))
        g_ptr_array_add(self->batch, g_queue_pop_head(&self->waiting));
    return self->batch->len > 0;
}

/* Checkpoints whose rows are behind are written before the database closes: a start then has nothing to sign again. */
static void save_checkpoints(Writer *self)
{
    g_autoptr(GError) error = NULL;
    if (!writer_save_now(self, &error))
        g_warning("The newest checkpoints were not stored and will be signed again: %s", error->message);
}

static gpointer writer_thread(gpointer data)
{
    Writer *self = data;
    while (gather(self)) {
        run_batch(self);
        publish_events(self);
        wake(self);
        lanes_trim(self->node->lanes);
    }
    save_checkpoints(self);
    return NULL;
}

void writer_start(Writer *self)
{
    self->thread = g_thread_new("writer", writer_thread, self);
}

void writer_stop(Writer *self)
{
    if (!self->thread)
        return;
    g_mutex_lock(&self->lock);
    self->stopping = TRUE;
    g_cond_signal(&self->arrived);
    g_mutex_unlock(&self->lock);
    g_thread_join(g_steal_pointer(&self->thread));
}

static gboolean enqueue(Writer *self, WriteRequest *request)
{
    if (self->stopping)
        return FALSE;
    g_queue_push_tail(&self->waiting, request);
    g_cond_signal(&self->arrived);
    return TRUE;
}

static GError *stopping_error(void)
{
    return g_error_new_literal(COMITY_ERROR, COMITY_ERROR_BUSY, "The node is stopping; try again when it is back.");
}

gboolean node_write(Node *self, WriteFunc func, gpointer data, GError **error)
{
    Writer *writer = self->writer;
    WriteRequest request = {.func = func, .data = data};
    g_cond_init(&request.woken);
    g_assert(g_thread_self() != writer->thread);
    g_mutex_lock(&writer->lock);
    if (enqueue(writer, &request))
        while (!request.finished)
            g_cond_wait(&request.woken, &writer->lock);
    else
        request.error = stopping_error();
    g_mutex_unlock(&writer->lock);
    g_cond_clear(&request.woken);
    run_after(self, request.after);
    request_clear(&request);
    if (!request.error)
        return TRUE;
    g_propagate_error(error, request.error);
    return FALSE;
}

void node_write_later(Node *self, WriteFunc func, gpointer data, WriteDone done)
{
    WriteRequest *request = g_new0(WriteRequest, 1);
    *request = (WriteRequest){.func = func, .data = data, .done = done};
    g_mutex_lock(&self->writer->lock);
    gboolean taken = enqueue(self->writer, request);
    g_mutex_unlock(&self->writer->lock);
    if (taken)
        return;
    done(data, stopping_error());
    g_free(request);
}

gboolean writer_run_now(Writer *self, WriteFunc func, gpointer data, GError **error)
{
    WriteRequest request = {.func = func, .data = data};
    g_assert(!self->thread);
    g_ptr_array_add(self->batch, &request);
    run_batch(self);
    g_ptr_array_set_size(self->batch, 0);
    run_after(self->node, request.after);
    request_clear(&request);
    if (!request.error)
        return TRUE;
    g_propagate_error(error, request.error);
    return FALSE;
}
