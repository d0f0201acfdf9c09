/* http/pool.c: a bounded number of threads, each with the owner's worker data.
 *   1  A thread is made when a task finds none idle, up to the bound, and ends after 30 s without work: an idle node
 *      holds no stacks and no read connections.
 *   2  Worker data is made on the thread that uses it, when it is first wanted, and freed there.
 *   3  One thread is being woken at a time. It wakes the next if it finds more than it takes: so a task that blocks
 *      never keeps others waiting, and a burst of short ones doesn't wake threads that would find nothing. Waking costs
 *      more than most handlers do. */
#include "http/private.h"

#define IDLE_SECONDS 30

typedef struct Waiting Waiting;
struct Waiting {
    HttpTask run;
    gpointer task;
    Waiting *next;
};

struct HttpPool {
    HttpServer *server;
    char *name;
    GMutex lock;
    GCond work; /* a task waits, or the pool closes */
    GCond done; /* a thread has ended */
    Waiting *first, **last;
    guint waiting;   /* tasks */
    guint most;      /* threads at most */
    guint threads;   /* that there are */
    guint idle;      /* of them, without a task */
    gboolean waking; /* one of the idle has been signalled and hasn't looked yet (3) */
    GSList *ended;   /* of GThread, to be joined */
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

static void *run_thread(void *data);

/* With the lock held: threads in the list have nothing left to do but return. */
static void join_ended(HttpPool *self)
{
    while (self->ended != NULL) {
        g_thread_join(self->ended->data);
        self->ended = g_slist_delete_link(self->ended, self->ended);
    }
}

/* With the lock held: sees to it that somebody comes for a task that waits. TRUE where an idle thread is to be woken.
 */
static gboolean call_thread(HttpPool *self)
{
    if (self->waiting == 0 || self->waking)
        return FALSE;
    if (self->idle > 0)
        return self->waking = TRUE;
    if (self->threads < self->most) {
        join_ended(self);
        self->threads++;
        g_thread_new(self->name, run_thread, self); /* joined by join_ended */
    }
    return FALSE;
}

/* The next task, or NULL where this thread should end. With the lock held. */
static Waiting *wait_for_task(HttpPool *self)
{
    gint64 until = 0;
    while (self->first == NULL && !self->closing) {
        if (until == 0)
            until = g_get_monotonic_time() + IDLE_SECONDS * G_TIME_SPAN_SECOND;
        self->idle++;
        gboolean in_time = g_cond_wait_until(&self->work, &self->lock, until);
        self->idle--;
        self->waking = FALSE;
        if (!in_time)
            break;
    }
    Waiting *next = self->first;
    if (next == NULL)
        return NULL;
    self->first = next->next;
    if (self->first == NULL)
        self->last = &self->first;
    self->waiting--;
    return next;
}

/* Runs tasks until there is none for long. With the lock held. */
static void serve(HttpPool *self, HttpWorker *worker)
{
    Waiting *next;
    while ((next = wait_for_task(self)) != NULL) {
        gboolean wake = call_thread(self);
        g_mutex_unlock(&self->lock);
        if (wake)
            g_cond_signal(&self->work);
        next->run(next->task, worker);
        g_free(next);
        g_mutex_lock(&self->lock);
    }
}

static gpointer run_thread(gpointer data)
{
    HttpPool *self = data;
    HttpWorker worker = {.server = self->server};
    g_mutex_lock(&self->lock);
    do {
        serve(self, &worker);
        g_mutex_unlock(&self->lock);
        worker_clear(&worker);
        g_mutex_lock(&self->lock);
        /* Until here this thread counted as one of `most`: a task that came meanwhile relies on it. */
    } while (self->first != NULL);
    self->threads--;
    self->ended = g_slist_prepend(self->ended, g_thread_self());
    g_cond_broadcast(&self->done);
    g_mutex_unlock(&self->lock);
    return NULL;
}

HttpPool *http_pool_new(HttpServer *server, const char *name, guint threads)
{
    HttpPool *self = g_new0(HttpPool, 1);
    self->server = server;
    self->name = g_strdup(name);
    self->most = threads;
    self->last = &self->first;
    g_mutex_init(&self->lock);
    g_cond_init(&self->work);
    g_cond_init(&self->done);
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
    g_assert(self->first == NULL);
    g_cond_clear(&self->done);
    g_cond_clear(&self->work);
    g_mutex_clear(&self->lock);
    g_free(self->name);
    g_free(self);
}

/* With the lock held. TRUE where an idle thread is to be woken. */
static gboolean push(HttpPool *self, Waiting *waiting)
{
    *self->last = waiting;
    self->last = &waiting->next;
    self->waiting++;
    return call_thread(self);
}

static Waiting *waiting_new(HttpTask run, gpointer task)
{
    Waiting *self = g_new(Waiting, 1);
    *self = (Waiting){.run = run, .task = task};
    return self;
}

void http_pool_push(HttpPool *self, HttpTask run, gpointer task)
{
    Waiting *waiting = waiting_new(run, task);
    g_mutex_lock(&self->lock);
    gboolean wake = push(self, waiting);
    g_mutex_unlock(&self->lock);
    if (wake)
        g_cond_signal(&self->work);
}

gboolean http_pool_try_push(HttpPool *self, HttpTask run, gpointer task)
{
    g_mutex_lock(&self->lock);
    gboolean fits = self->idle > self->waiting || self->threads < self->most;
    gboolean wake = fits && push(self, waiting_new(run, task));
    g_mutex_unlock(&self->lock);
    if (wake)
        g_cond_signal(&self->work);
    return fits;
}

guint http_pool_waiting(HttpPool *self)
{
    g_mutex_lock(&self->lock);
    guint n = self->waiting;
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
