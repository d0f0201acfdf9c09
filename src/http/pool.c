/* http/pool.c: a bounded number of threads, each with the owner's worker data.
 *   1  A thread is made when a task finds none idle, up to the bound, and ends after 30 s without work: an idle node
 *      holds no stacks and no read connections.
 *   2  Worker data is made on the thread that uses it, when it is first wanted, and freed there. */
#include "http/private.h"

#define IDLE_SECONDS 30

typedef struct {
    HttpTask run;
    gpointer task;
} Waiting;

struct HttpPool {
    HttpServer *server;
    char *name;
    GMutex lock;
    GCond work;    /* a task waits, or the pool closes */
    GCond done;    /* a thread has ended */
    GQueue tasks;  /* of Waiting */
    guint most;    /* threads at most */
    guint threads; /* that there are */
    guint idle;    /* of them, without a task */
    GSList *ended; /* of GThread, to be joined */
    gboolean closing;
};

gboolean http_worker_ready(HttpWorker *self, GError **error)
{
    const HttpServerOptions *options = &self->server->options;
    if (self->data != NULL || options->worker_new == NULL)
        return TRUE;
    self->data = options->worker_new(options->data, error);
    return self->data != NULL;
}

static void worker_clear(HttpWorker *self)
{
    const HttpServerOptions *options = &self->server->options;
    if (self->data != NULL && options->worker_free != NULL)
        options->worker_free(self->data, options->data);
    self->data = NULL;
}

/* The next task, or FALSE where this thread should end. With the lock held. */
static gboolean wait_for_task(HttpPool *self, Waiting *out)
{
    gint64 until = g_get_monotonic_time() + IDLE_SECONDS * G_TIME_SPAN_SECOND;
    self->idle++;
    while (g_queue_is_empty(&self->tasks) && !self->closing) {
        if (!g_cond_wait_until(&self->work, &self->lock, until))
            break;
    }
    self->idle--;
    Waiting *next = g_queue_pop_head(&self->tasks);
    if (next == NULL)
        return FALSE;
    *out = *next;
    g_free(next);
    return TRUE;
}

static gpointer run_thread(gpointer data)
{
    HttpPool *self = data;
    HttpWorker worker = {.server = self->server};
    Waiting next;
    g_mutex_lock(&self->lock);
    do {
        while (wait_for_task(self, &next)) {
            g_mutex_unlock(&self->lock);
            next.run(next.task, &worker);
            g_mutex_lock(&self->lock);
        }
        g_mutex_unlock(&self->lock);
        worker_clear(&worker);
        g_mutex_lock(&self->lock);
        /* Until here this thread counted as one of `most`: a task that came meanwhile relies on it. */
    } while (!g_queue_is_empty(&self->tasks));
    self->threads--;
    self->ended = g_slist_prepend(self->ended, g_thread_self());
    g_cond_broadcast(&self->done);
    g_mutex_unlock(&self->lock);
    return NULL;
}

/* With the lock held: threads in the list have nothing left to do but return. */
static void join_ended(HttpPool *self)
{
    while (self->ended != NULL) {
        g_thread_join(self->ended->data);
        self->ended = g_slist_delete_link(self->ended, self->ended);
    }
}

HttpPool *http_pool_new(HttpServer *server, const char *name, guint threads)
{
    HttpPool *self = g_new0(HttpPool, 1);
    self->server = server;
    self->name = g_strdup(name);
    self->most = threads;
    g_mutex_init(&self->lock);
    g_cond_init(&self->work);
    g_cond_init(&self->done);
    g_queue_init(&self->tasks);
    return self;
}

void http_pool_free(HttpPool *self)
{
    if (self == NULL)
        return;
    g_mutex_lock(&self->lock);
    self->closing = TRUE;
    g_cond_broadcast(&self->work);
    while (self->threads > 0)
        g_cond_wait(&self->done, &self->lock);
    g_mutex_unlock(&self->lock);
    join_ended(self);
    g_queue_clear_full(&self->tasks, g_free);
    g_cond_clear(&self->done);
    g_cond_clear(&self->work);
    g_mutex_clear(&self->lock);
    g_free(self->name);
    g_free(self);
}

/* With the lock held. */
static void push(HttpPool *self, HttpTask run, gpointer task)
{
    Waiting *waiting = g_new(Waiting, 1);
    *waiting = (Waiting){.run = run, .task = task};
    g_queue_push_tail(&self->tasks, waiting);
    if (self->idle >= g_queue_get_length(&self->tasks)) {
        g_cond_signal(&self->work);
    } else if (self->threads < self->most) {
        join_ended(self);
        self->threads++;
        g_thread_new(self->name, run_thread, self); /* joined by join_ended */
    }
}

void http_pool_push(HttpPool *self, HttpTask run, gpointer task)
{
    g_mutex_lock(&self->lock);
    push(self, run, task);
    g_mutex_unlock(&self->lock);
}

gboolean http_pool_try_push(HttpPool *self, HttpTask run, gpointer task)
{
    g_mutex_lock(&self->lock);
    guint waiting = g_queue_get_length(&self->tasks);
    gboolean fits = self->idle > waiting || self->threads < self->most;
    if (fits)
        push(self, run, task);
    g_mutex_unlock(&self->lock);
    return fits;
}

guint http_pool_waiting(HttpPool *self)
{
    g_mutex_lock(&self->lock);
    guint n = g_queue_get_length(&self->tasks);
    g_mutex_unlock(&self->lock);
    return n;
}

guint http_pool_running(HttpPool *self)
{
    g_mutex_lock(&self->lock);
    guint n = self->threads - self->idle;
    g_mutex_unlock(&self->lock);
    return n;
}
