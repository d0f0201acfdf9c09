/* http/server.c: start and stop, and the counts by which a stop knows that nobody is left. */
#include "http/private.h"
#include "http/sse.h"
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTION_MEMORY ((size_t)16384)
#define THREADS 2u
#define CHECKED_AT_ONCE 2u
#define CHECKED_PATIENCE_US ((gint64)3 * G_USEC_PER_SEC)
#define SEND_SECONDS 5  /* what a stop grants to answers that are on their way */
#define LEAVE_SECONDS 2 /* and to connections until they are gone */

static const double duration_bounds[] = {0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30};

static const HttpRoute others_route = {.method = "-", .path = "-", .flags = HTTP_ROUTE_INLINE};

static gboolean answer_file(HttpRequest *request, HttpResponse *response, GError **error)
{
    return http_static_answer(request->server->options.files, request, request->target, response, error);
}

static const HttpRoute files_route = {.method = "-", .path = "/*", .handler = answer_file, .flags = HTTP_ROUTE_INLINE};

/* ---- suspended connections and work in hand ---- */

gboolean http_server_stopping(HttpServer *self)
{
    return g_atomic_int_get(&self->stopping) != 0;
}

static void wake_stop(HttpServer *self)
{
    if (!http_server_stopping(self))
        return;
    g_mutex_lock(&self->lock);
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
}

/* Counted before it is asked whether the server stops, as the stop is announced before it counts: one of the two sees
 * the other. */
gboolean http_server_suspend(HttpServer *self, struct MHD_Connection *connection)
{
    g_atomic_int_inc(&self->suspended);
    if (http_server_stopping(self)) {
        g_atomic_int_add(&self->suspended, -1);
        return FALSE;
    }
    MHD_suspend_connection(connection);
    return TRUE;
}

void http_server_suspend_work(HttpServer *self, struct MHD_Connection *connection)
{
    g_atomic_int_inc(&self->suspended);
    MHD_suspend_connection(connection);
}

void http_server_resume(HttpServer *self, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    g_atomic_int_add(&self->suspended, -1);
    wake_stop(self);
}

void http_server_work_done(HttpServer *self)
{
    g_atomic_int_add(&self->working, -1);
    wake_stop(self);
}

gint http_server_clock(const HttpServer *self)
{
    return 1 + (gint)((g_get_monotonic_time() - self->started_us) / G_TIME_SPAN_SECOND);
}

gboolean http_server_reserve(HttpServer *self, gsize bytes)
{
    gsize before = atomic_fetch_add(&self->bodies, bytes);
    if (before + bytes <= self->options.body_memory)
        return TRUE;
    atomic_fetch_sub(&self->bodies, bytes);
    return FALSE;
}

void http_server_release(HttpServer *self, gsize bytes)
{
    if (bytes > 0)
        atomic_fetch_sub(&self->bodies, bytes);
}

/* Who waits for ever behind two slow senders would hold a thread that all uploads share. */
gboolean http_server_enter_checked(HttpServer *self)
{
    gint64 until = g_get_monotonic_time() + CHECKED_PATIENCE_US;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    gboolean in_time = TRUE;
    while (self->checked == CHECKED_AT_ONCE && in_time)
        in_time = g_cond_wait_until(&self->changed, &self->lock, until);
    if (self->checked == CHECKED_AT_ONCE)
        return FALSE;
    self->checked++;
    return TRUE;
}

void http_server_leave_checked(HttpServer *self)
{
    g_mutex_lock(&self->lock);
    self->checked--;
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
}

void http_server_add_hub(HttpServer *self, HttpSse *hub)
{
    g_mutex_lock(&self->lock);
    g_hash_table_add(self->hubs, hub);
    g_mutex_unlock(&self->lock);
}

/* ---- start ---- */

static guint or_default(guint value, guint fallback)
{
    return value != 0 ? value : fallback;
}

static void settle_options(HttpServerOptions *options)
{
    options->workers = or_default(options->workers, 8);
    options->streams = or_default(options->streams, 16);
    options->connections = MAX(or_default(options->connections, 2048), THREADS);
    options->idle_seconds = or_default(options->idle_seconds, 60);
    options->header_seconds = or_default(options->header_seconds, 20);
    options->body_seconds = or_default(options->body_seconds, 60);
    options->body_rate = or_default(options->body_rate, 1024);
    options->body_memory = options->body_memory != 0 ? options->body_memory : (gsize)64 << 20;
}

/* Paths and queries are decoded by router.c and head.c, once and strictly. */
static size_t leave_escaped(void *data G_GNUC_UNUSED, struct MHD_Connection *connection G_GNUC_UNUSED, char *text)
{
    return strlen(text);
}

static enum MHD_Result while_open(void *server, const struct sockaddr *address G_GNUC_UNUSED,
                                  socklen_t length G_GNUC_UNUSED)
{
    return g_atomic_int_get(&((HttpServer *)server)->leaving) != 0 ? MHD_NO : MHD_YES;
}

static struct MHD_Daemon *start_daemon(HttpServer *self, int socket, guint threads)
{
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, socket, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, self->options.connections, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, self->options.connections_per_address, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, self->options.idle_seconds, NULL},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)http_peers_notify, self},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)http_exchange_completed, self},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)http_exchange_target, self},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, while_open, self,
                            http_exchange_handle, self, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

static double connections_open(gpointer data)
{
    return http_peers_count(((HttpServer *)data)->peers);
}

static double pool_waiting(gpointer data)
{
    return http_pool_waiting(((HttpServer *)data)->pool);
}

static double streams_running(gpointer data)
{
    return http_pool_running(((HttpServer *)data)->streams);
}

static void add_metrics(HttpServer *self)
{
    HttpMetrics *metrics = self->options.metrics;
    if (metrics == NULL)
        return;
    self->duration = http_metrics_histogram(metrics, "http_request_duration_seconds",
                                            "From the request line to the answer's first byte.", NULL, duration_bounds,
                                            G_N_ELEMENTS(duration_bounds));
    http_metrics_gauge_of(metrics, "http_connections", "Connections that are open.", NULL, connections_open, self);
    http_metrics_gauge_of(metrics, "http_pool_waiting", "Requests that wait for a thread.", NULL, pool_waiting, self);
    http_metrics_gauge_of(metrics, "http_streams", "Streamed bodies being taken in.", NULL, streams_running, self);
}

static void forget_metrics(HttpServer *self)
{
    HttpMetrics *metrics = self->options.metrics;
    if (metrics == NULL)
        return;
    http_metrics_gauge_of(metrics, "http_connections", "", NULL, NULL, NULL);
    http_metrics_gauge_of(metrics, "http_pool_waiting", "", NULL, NULL, NULL);
    http_metrics_gauge_of(metrics, "http_streams", "", NULL, NULL, NULL);
}

static gboolean start_daemons(HttpServer *self, GArray *sockets, GError **error)
{
    for (guint i = 0; i < sockets->len; i++) {
        int socket = g_array_index(sockets, int, i);
        struct MHD_Daemon *daemon = start_daemon(self, socket, i == 0 ? THREADS : 1);
        if (daemon == NULL) {
            for (guint left = i; left < sockets->len; left++)
                close(g_array_index(sockets, int, left));
            error_set(error, COMITY_ERROR_IO, "", "", "The HTTP server could not be started on %s.",
                      self->options.listen);
            return FALSE;
        }
        g_ptr_array_add(self->daemons, daemon);
    }
    return TRUE;
}

HttpServer *http_server_new(const HttpServerOptions *options, const HttpRouter *router, GError **error)
{
    guint16 port = 0;
    g_autoptr(GArray) sockets = http_listen(options->listen, &port, error);
    if (sockets == NULL)
        return NULL;
    g_autoptr(HttpServer) self = g_new0(HttpServer, 1);
    self->options = *options;
    settle_options(&self->options);
    self->router = router;
    self->port = port;
    self->started_us = g_get_monotonic_time();
    guint64 first_id;
    env_random(options->env, &first_id, sizeof first_id);
    atomic_init(&self->next_id, first_id);
    self->others.route = &others_route;
    self->files.route = &files_route;
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    self->daemons = g_ptr_array_new();
    self->requests = g_hash_table_new(NULL, NULL);
    self->hubs = g_hash_table_new(NULL, NULL);
    self->peers = http_peers_new(self);
    self->pool = http_pool_new(self, "http-pool", self->options.workers);
    self->streams = http_pool_new(self, "http-stream", self->options.streams);
    add_metrics(self);
    return start_daemons(self, sockets, error) ? g_steal_pointer(&self) : NULL;
}

guint16 http_server_port(const HttpServer *self)
{
    return self->port;
}

/* ---- stop ---- */

/* Ends what clients may still send. With the lock held, under which a request's descriptor is its own. */
static void cut_requests(HttpServer *self, gboolean (*meant)(HttpRequest *request), int how)
{
    GHashTableIter requests;
    gpointer request;
    g_hash_table_iter_init(&requests, self->requests);
    while (g_hash_table_iter_next(&requests, &request, NULL))
        if (meant(request))
            shutdown(((HttpRequest *)request)->fd, how);
}

static gboolean is_streaming(HttpRequest *request)
{
    return g_atomic_int_get(&request->streaming) != 0;
}

static gboolean is_unsettled(HttpRequest *request)
{
    return g_atomic_int_get(&request->settled) == 0;
}

static void cut_hubs(HttpServer *self)
{
    g_mutex_lock(&self->lock);
    g_autoptr(GList) hubs = g_hash_table_get_keys(self->hubs);
    g_mutex_unlock(&self->lock);
    for (GList *hub = hubs; hub != NULL; hub = hub->next)
        http_sse_close(hub->data, NULL, NULL);
}

/* Waits for handlers without an end, for clients that still read their answer a few seconds. */
static void wait_for_requests(HttpServer *self)
{
    g_mutex_lock(&self->lock);
    cut_requests(self, is_streaming, SHUT_RD); /* their handlers read the end, and answer */
    while (g_atomic_int_get(&self->working) > 0)
        g_cond_wait(&self->changed, &self->lock);
    cut_requests(self, is_unsettled, SHUT_RDWR);
    gint64 until = g_get_monotonic_time() + SEND_SECONDS * G_TIME_SPAN_SECOND;
    while (g_hash_table_size(self->requests) > 0 && g_cond_wait_until(&self->changed, &self->lock, until))
        continue;
    while (g_atomic_int_get(&self->suspended) > 0)
        g_cond_wait(&self->changed, &self->lock);
    g_mutex_unlock(&self->lock);
}

/* libmicrohttpd 0.9.75 crashes where it is stopped while it writes an error page of its own: the response is refused,
 * and its header written all the same. So nobody is connected any more when it is stopped, and nobody comes (see
 * while_open: its own way to that, MHD_quiesce_daemon, races against its threads and may abort). */
static void stop_daemons(HttpServer *self)
{
    g_atomic_int_set(&self->leaving, TRUE);
    http_peers_leave(self->peers, g_get_monotonic_time() + LEAVE_SECONDS * G_TIME_SPAN_SECOND);
    for (guint i = 0; i < self->daemons->len; i++)
        MHD_stop_daemon(self->daemons->pdata[i]);
}

void http_server_stop(HttpServer *self)
{
    if (g_atomic_int_get(&self->stopping) != 0)
        return;
    g_atomic_int_set(&self->stopping, TRUE);
    cut_hubs(self);
    wait_for_requests(self);
    stop_daemons(self);
    forget_metrics(self);
    g_clear_pointer(&self->pool, http_pool_free);
    g_clear_pointer(&self->streams, http_pool_free);
    g_clear_pointer(&self->peers, http_peers_free);
}

void http_server_free(HttpServer *self)
{
    if (self == NULL)
        return;
    http_server_stop(self);
    g_ptr_array_unref(self->daemons);
    g_hash_table_unref(self->requests);
    g_hash_table_unref(self->hubs);
    g_cond_clear(&self->changed);
    g_mutex_clear(&self->lock);
    g_free(self);
}
