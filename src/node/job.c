#include "node/job.h"
#include "base/error.h"
#include "base/text.h"
#include "node/internal.h"
#include "node/node_jobs.h"
#include <string.h>

#define JOB_THREADS 2
#define JOB_ROWS_MS ((gint64)30 * 24 * 60 * 60 * 1000)

struct Job {
    Node *node;
    const FeatureJob *kind;
    char *id; /* NULL: a periodic run */
    json_t *arguments, *result;
    Db *reader;
    GMutex lock; /* guards what follows */
    guint64 done, total;
};

/* A periodic job and when it is due next. */
typedef struct {
    const FeatureJob *kind;
    gint64 due_us; /* monotonic */
    gboolean queued;
} Periodic;

struct Jobs {
    Node *node;
    GHashTable *kinds; /* name -> const FeatureJob */
    GArray *periodic;  /* of Periodic; guarded by lock */
    GThread *threads[JOB_THREADS];
    GMutex lock; /* guards what follows */
    GCond changed;
    GQueue waiting;      /* of Job */
    GHashTable *running; /* id -> Job */
    GHashTable *untold;  /* set of ids: over, but their rows could not be told (J4) */
    gint stopping;       /* read without the lock by jobs at work */
};

static void job_free(Job *self)
{
    g_clear_pointer(&self->arguments, json_decref);
    g_clear_pointer(&self->result, json_decref);
    g_clear_pointer(&self->reader, db_close);
    g_mutex_clear(&self->lock);
    g_free(self->id);
    g_free(self);
}

static Job *job_new(Node *node, const FeatureJob *kind, const char *id, json_t *arguments)
{
    Job *job = g_new0(Job, 1);
    job->node = node;
    job->kind = kind;
    job->id = g_strdup(id);
    job->arguments = arguments;
    g_mutex_init(&job->lock);
    return job;
}

/* ---- for the one who runs ---- */

const json_t *job_arguments(const Job *job)
{
    return job->arguments;
}

Db *job_reader(const Job *job)
{
    return job->reader;
}

void job_progress(Job *job, guint64 done, guint64 total)
{
    g_mutex_lock(&job->lock);
    job->done = done;
    job->total = total;
    g_mutex_unlock(&job->lock);
}

void job_set_result(Job *job, json_t *result)
{
    json_incref(result);
    g_clear_pointer(&job->result, json_decref);
    job->result = result;
}

gboolean job_is_cancelled(const Job *job)
{
    return g_atomic_int_get(&job->node->jobs->stopping) != 0;
}

/* ---- rows ---- */

static gboolean put_state(Db *db, const char *id, const char *state, const char *column, gint64 now_ms, GError **error)
{
    g_autofree char *sql = g_strdup_printf("UPDATE job SET state = :state, %s = :now WHERE id = :id", column);
    g_autoptr(DbQuery) put = db_query(db, sql);
    db_bind_text(put, "id", id);
    db_bind_text(put, "state", state);
    db_bind_integer(put, "now", now_ms);
    return db_run(put, error);
}

static gboolean write_started(Tx *tx, gpointer data, GError **error)
{
    const Job *job = data;
    return put_state(tx->db, job->id, "running", "started", tx->now_ms, error);
}

typedef struct {
    Job *job;
    const GError *failure; /* NULL: done */
} Outcome;

static gboolean write_outcome(Tx *tx, gpointer data, GError **error)
{
    const Outcome *outcome = data;
    const Job *job = outcome->job;
    g_autofree char *result = job->result ? json_compact(job->result, NULL) : NULL;
    g_autoptr(DbQuery) put =
        db_query(tx->db, "UPDATE job SET result = :result, code = :code, detail = :detail, progress_done = :done, "
                         "progress_total = :total WHERE id = :id");
    db_bind_text(put, "id", job->id);
    db_bind_text(put, "result", result);
    db_bind_text(put, "code", outcome->failure ? error_code(outcome->failure) : NULL);
    db_bind_text(put, "detail", outcome->failure ? outcome->failure->message : NULL);
    db_bind_integer(put, "done", (gint64)job->done);
    db_bind_integer(put, "total", (gint64)job->total);
    return db_run(put, error) &&
           put_state(tx->db, job->id, outcome->failure ? "failed" : "done", "finished", tx->now_ms, error);
}

/* ---- starting ---- */

static void enqueue(Node *node, gpointer data)
{
    Jobs *self = node->jobs;
    g_autoptr(json_t) parts = json_incref(data);
    const FeatureJob *kind = g_hash_table_lookup(self->kinds, json_text(parts, "name"));
    Job *job = job_new(node, kind, json_text(parts, "id"), json_incref(json_object_get(parts, "arguments")));
    g_mutex_lock(&self->lock);
    g_queue_push_tail(&self->waiting, job);
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
}

gboolean tx_start_job(Tx *tx, const char *name, const char *owner, const json_t *arguments, char **id, GError **error)
{
    g_return_val_if_fail(g_hash_table_contains(tx->node->jobs->kinds, name), FALSE);
    g_autofree char *key = uuid7_new(tx->node->env);
    g_autoptr(json_t) none = json_object();
    g_autofree char *text = json_compact(arguments ? arguments : none, NULL);
    g_autoptr(DbQuery) put = db_query(tx->db, "INSERT INTO job (id, name, owner, arguments, state, created) "
                                              "VALUES (:id, :name, :owner, :arguments, 'waiting', :now)");
    db_bind_text(put, "id", key);
    db_bind_text(put, "name", name);
    db_bind_text(put, "owner", owner);
    db_bind_text(put, "arguments", text);
    db_bind_integer(put, "now", tx->now_ms);
    if (!db_run(put, error))
        return FALSE;
    json_t *parts =
        json_pack("{s:s, s:s, s:O}", "id", key, "name", name, "arguments", arguments ? (json_t *)arguments : none);
    tx_after_commit(tx, enqueue, parts, (GDestroyNotify)json_decref);
    *id = g_steal_pointer(&key);
    return TRUE;
}

typedef struct {
    const char *name, *owner;
    const json_t *arguments;
    char **id;
} Start;

static gboolean start_in_tx(Tx *tx, gpointer data, GError **error)
{
    const Start *start = data;
    return tx_start_job(tx, start->name, start->owner, start->arguments, start->id, error);
}

gboolean job_start(Node *node, const char *name, const char *owner, const json_t *arguments, char **id, GError **error)
{
    Start start = {.name = name, .owner = owner, .arguments = arguments, .id = id};
    return node_write(node, start_in_tx, &start, error);
}

/* ---- running ---- */

static void finish(Job *job, const GError *failure)
{
    g_autoptr(GError) error = NULL;
    Outcome outcome = {.job = job, .failure = failure};
    if (failure && !g_error_matches(failure, COMITY_ERROR, COMITY_ERROR_CANCELLED))
        g_warning("The job %s failed: %s", job->kind->name, failure->message);
    /* A job that the closing node cut off stays "running", and is settled at the next start (J1). */
    if (!job->id || g_error_matches(failure, COMITY_ERROR, COMITY_ERROR_CANCELLED))
        return;
    if (node_write(job->node, write_outcome, &outcome, &error))
        return;
    g_warning("The outcome of job %s could not be stored: %s", job->kind->name, error->message);
    Jobs *jobs = job->node->jobs;
    g_mutex_lock(&jobs->lock);
    g_hash_table_add(jobs->untold, g_strdup(job->id));
    g_mutex_unlock(&jobs->lock);
}

static void run(Job *job)
{
    g_autoptr(GError) error = NULL;
    job->reader = node_reader_open(job->node, &error);
    if (job->reader && (!job->id || node_write(job->node, write_started, job, &error)))
        (void)job->kind->run(job->node, job, &error);
    finish(job, error);
}

/* The next job that waits or is due; sleeps until there is one. NULL: it is time to stop. */
static Job *next_due(Jobs *self, gint64 *wake_us)
{
    gint64 now = g_get_monotonic_time();
    for (guint i = 0; i < self->periodic->len; i++) {
        Periodic *item = &g_array_index(self->periodic, Periodic, i);
        if (item->queued)
            continue;
        if (item->due_us <= now) {
            item->queued = TRUE;
            return job_new(self->node, item->kind, NULL, json_object());
        }
        *wake_us = MIN(*wake_us, item->due_us);
    }
    return NULL;
}

static Job *next(Jobs *self)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    while (!g_atomic_int_get(&self->stopping)) {
        gint64 wake_us = G_MAXINT64;
        Job *job = g_queue_pop_head(&self->waiting);
        if (!job)
            job = next_due(self, &wake_us);
        if (job) {
            if (job->id)
                g_hash_table_insert(self->running, job->id, job);
            return job;
        }
        if (wake_us == G_MAXINT64)
            g_cond_wait(&self->changed, &self->lock);
        else
            g_cond_wait_until(&self->changed, &self->lock, wake_us);
    }
    return NULL;
}

static void retire(Jobs *self, Job *job)
{
    g_mutex_lock(&self->lock);
    if (job->id)
        g_hash_table_remove(self->running, job->id);
    for (guint i = 0; !job->id && i < self->periodic->len; i++) {
        Periodic *item = &g_array_index(self->periodic, Periodic, i);
        if (item->kind != job->kind)
            continue;
        item->queued = FALSE;
        item->due_us = g_get_monotonic_time() + item->kind->every_s * G_USEC_PER_SEC;
    }
    g_mutex_unlock(&self->lock);
    job_free(job);
}

static gpointer job_thread(gpointer data)
{
    Jobs *self = data;
    for (Job *job = next(self); job; job = next(self)) {
        run(job);
        retire(self, job);
    }
    return NULL;
}

/* ---- the whole ---- */

static void add_kinds(Jobs *self, const FeatureJob *jobs, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_hash_table_insert(self->kinds, (gpointer)jobs[i].name, (gpointer)&jobs[i]);
        if (jobs[i].every_s == 0)
            continue;
        const Periodic item = {.kind = &jobs[i], .due_us = g_get_monotonic_time() + jobs[i].every_s * G_USEC_PER_SEC};
        g_array_append_val(self->periodic, item);
    }
}

Jobs *jobs_new(Node *node)
{
    Jobs *self = g_new0(Jobs, 1);
    self->node = node;
    self->kinds = g_hash_table_new(g_str_hash, g_str_equal);
    self->periodic = g_array_new(FALSE, FALSE, sizeof(Periodic));
    self->running = g_hash_table_new(g_str_hash, g_str_equal);
    self->untold = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    add_kinds(self, node_jobs, node_job_count);
    for (gsize i = 0; node->features[i]; i++)
        add_kinds(self, node->features[i]->jobs, node->features[i]->job_count);
    return self;
}

/* J1: what the last run left: rows that wait go into the queue of @data, running ones are settled. */
static gboolean take_up(Tx *tx, gpointer data, GError **error)
{
    Jobs *self = tx->node->jobs;
    GQueue *waiting = data;
    g_autoptr(DbQuery) drop = db_query(tx->db, "DELETE FROM job WHERE finished < :before");
    db_bind_integer(drop, "before", tx->now_ms - JOB_ROWS_MS);
    if (!db_run(drop, error))
        return FALSE;
    g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) rows = db_query(
        tx->db, "SELECT id, name, arguments, state FROM job WHERE state IN ('waiting', 'running') ORDER BY created");
    int row;
    while ((row = db_step(rows, error)) > 0) {
        const FeatureJob *kind = g_hash_table_lookup(self->kinds, db_text(rows, 1));
        gboolean waited = g_str_equal(db_text(rows, 3), "waiting");
        json_t *arguments = json_loads(db_text(rows, 2), 0, NULL);
        if (kind && arguments && (waited || kind->again)) {
            g_queue_push_tail(waiting, job_new(tx->node, kind, db_text(rows, 0), arguments));
        } else {
            json_decref(arguments);
            g_ptr_array_add(lost, g_strdup(db_text(rows, 0)));
        }
    }
    for (guint i = 0; row == 0 && i < lost->len; i++) {
        g_autoptr(DbQuery) put = db_query(
            tx->db, "UPDATE job SET state = 'failed', code = 'job.interrupted', finished = :now, "
                    "detail = 'The node was stopped while this was being done; start it again.' WHERE id = :id");
        db_bind_text(put, "id", g_ptr_array_index(lost, i));
        db_bind_integer(put, "now", tx->now_ms);
        if (!db_run(put, error))
            return FALSE;
    }
    return row == 0;
}

void jobs_start(Jobs *self)
{
    g_autoptr(GError) error = NULL;
    GQueue waiting = G_QUEUE_INIT;
    if (node_write(self->node, take_up, &waiting, &error)) {
        self->waiting = waiting; /* no thread runs yet: nothing else is in it */
    } else {
        g_queue_clear_full(&waiting, (GDestroyNotify)job_free);
        g_warning("Jobs of the last run could not be taken up: %s", error->message);
    }
    for (gsize i = 0; i < JOB_THREADS; i++)
        self->threads[i] = g_thread_new("job", job_thread, self);
}

void jobs_stop(Jobs *self)
{
    g_mutex_lock(&self->lock);
    g_atomic_int_set(&self->stopping, 1);
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
    for (gsize i = 0; i < JOB_THREADS; i++)
        g_clear_pointer(&self->threads[i], g_thread_join);
}

void jobs_free(Jobs *self)
{
    if (!self)
        return;
    jobs_stop(self);
    g_queue_clear_full(&self->waiting, (GDestroyNotify)job_free);
    g_hash_table_unref(self->kinds);
    g_hash_table_unref(self->running);
    g_hash_table_unref(self->untold);
    g_array_unref(self->periodic);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->changed);
    g_free(self);
}

/* ---- telling ---- */

static json_t *time_or_null(const DbQuery *query, guint column)
{
    char text[TIME_TEXT_SIZE];
    if (db_is_null(query, column))
        return json_null();
    time_write(text, db_integer(query, column));
    return json_string(text);
}

static json_t *json_or_null(const char *text)
{
    json_t *value = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return value ? value : json_null();
}

static gboolean is_untold(Jobs *self, const char *id)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    return g_hash_table_contains(self->untold, id);
}

/* Progress of a job at work is newer than its row. */
static void progress_of(Jobs *self, const char *id, guint64 *done, guint64 *total)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    Job *job = g_hash_table_lookup(self->running, id);
    if (!job)
        return;
    g_mutex_lock(&job->lock);
    *done = job->done;
    *total = job->total;
    g_mutex_unlock(&job->lock);
}

json_t *job_describe(Node *node, Db *db, const char *id, const char *owner, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT name, state, progress_done, progress_total, result, code, detail, created, finished FROM job "
            "WHERE id = :id AND owner = :owner");
    db_bind_text(query, "id", id);
    db_bind_text(query, "owner", owner);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "job.unknown", "", "There is no such job, or it is not yours.");
    if (row <= 0)
        return NULL;
    guint64 done = (guint64)db_integer(query, 2), total = (guint64)db_integer(query, 3);
    progress_of(node->jobs, id, &done, &total);
    gboolean untold = is_untold(node->jobs, id);
    const FeatureJob *kind = g_hash_table_lookup(node->jobs->kinds, db_text(query, 0));
    const char *state = untold ? "failed" : db_text(query, 1), *code = untold ? "job.interrupted" : db_text(query, 5);
    const char *detail = !untold ? db_text(query, 6)
                         : kind && kind->again
                             ? "What came of this could not be stored; it is done anew when the node starts again."
                             : "What came of this could not be stored; start it again.";
    return json_pack("{s:s, s:s, s:s, s:{s:I, s:I}, s:o, s:s?, s:s?, s:o, s:o}", "id", id, "name", db_text(query, 0),
                     "state", state, "progress", "done", (json_int_t)done, "total", (json_int_t)total, "result",
                     json_or_null(db_text(query, 4)), "code", code, "detail", detail, "created", time_or_null(query, 7),
                     "finished", time_or_null(query, 8));
}

gboolean job_answer(HttpRequest *request, HttpResponse *response, const char *name, const char *owner,
                    const json_t *arguments, GError **error)
{
    Node *node = http_request_owner(request);
    g_autofree char *id = NULL;
    json_t *job = job_start(node, name, owner, arguments, &id, error)
                      ? job_describe(node, node_reader(node, request), id, owner, error)
                      : NULL;
    if (!job)
        return FALSE;
    http_response_set_headerf(response, "Location", "/api/v1/jobs/%s", id);
    http_response_json(response, 202, job);
    return TRUE;
}
