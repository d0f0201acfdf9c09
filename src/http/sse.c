/* http/sse.c: see sse.h. One lock for the hub and its clients: everything under it is pointer work.
 *
 * A client is in `clients` from the moment it may have to hear of an event until its response is destroyed. While it
 * replays, live events wait in `held`: what replay told already is then left out by its id (L1). */
#include "http/private.h"
#include "http/problem.h"

typedef struct {
    gint refs; /* under the hub's lock */
    guint64 id;
    GBytes *text;
} Event;

struct HttpSseClient {
    HttpSse *hub;
    HttpRequest *request; /* outlives the client: its response owns it */
    gpointer user;
    GDestroyNotify free_user;
    GQueue events; /* of Event, to be sent */
    GQueue held;   /* of Event, that came during the replay */
    gsize bytes;   /* of `events` */
    Event *sending;
    gsize sent;       /* of it */
    guint64 replayed; /* the last id that replay told */
    gboolean replaying;
    gboolean ending;  /* no more is taken; what is queued is sent, then the stream ends */
    gboolean waiting; /* the connection is suspended */
};

struct HttpSse {
    HttpSseOptions options;
    GMutex lock;
    GCond changed;
    GThread *heart;
    GHashTable *clients; /* of HttpSseClient */
    guint64 newest;
    gboolean closing;
};

/* ---- events; with the lock held ---- */

static Event *event_new(guint64 id, char *text)
{
    Event *self = g_new(Event, 1);
    *self = (Event){.refs = 1, .id = id, .text = g_bytes_new_take(text, strlen(text))};
    return self;
}

static void event_unref(gpointer data)
{
    Event *self = data;
    if (--self->refs > 0)
        return;
    g_bytes_unref(self->text);
    g_free(self);
}

static char *format_event(guint64 id, const char *event, const char *data)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "id: %" G_GUINT64_FORMAT "\nevent: %s\n", id, event);
    g_auto(GStrv) lines = g_strsplit(data, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_strdelimit(*line, "\r", ' '); /* it would end the line too */
        g_string_append_printf(text, "data: %s\n", *line);
    }
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

/* ---- clients; with the lock held ---- */

static void wake(HttpSseClient *self)
{
    if (!self->waiting)
        return;
    self->waiting = FALSE;
    http_server_resume(self->request->server, self->request->connection);
}

static void drop_queued(HttpSseClient *self)
{
    g_queue_clear_full(&self->events, event_unref);
    g_queue_clear_full(&self->held, event_unref);
    self->bytes = 0;
}

/* FALSE where the queue is full. */
static gboolean enqueue(HttpSseClient *self, Event *event)
{
    const HttpSseOptions *options = &self->hub->options;
    gsize size = g_bytes_get_size(event->text);
    if (g_queue_get_length(&self->events) >= options->queue_events || self->bytes + size > options->queue_bytes)
        return FALSE;
    event->refs++;
    self->bytes += size;
    g_queue_push_tail(&self->events, event);
    wake(self);
    return TRUE;
}

static void offer(HttpSseClient *self, Event *event)
{
    if (self->ending)
        return;
    if (!self->replaying && enqueue(self, event))
        return;
    if (self->replaying && g_queue_get_length(&self->held) < self->hub->options.queue_events) {
        event->refs++;
        g_queue_push_tail(&self->held, event);
        return;
    }
    drop_queued(self); /* L2: it comes back, and replay tells what it missed */
    self->ending = TRUE;
    wake(self);
}

static Event *next_event(HttpSseClient *self)
{
    Event *event = g_queue_pop_head(&self->events);
    if (event != NULL)
        self->bytes -= g_bytes_get_size(event->text);
    return event;
}

/* As much as fits into @buffer. */
static gsize fill(HttpSseClient *self, char *buffer, gsize room)
{
    gsize filled = 0;
    while (filled < room && (self->sending != NULL || (self->sending = next_event(self)) != NULL)) {
        gsize size;
        const char *text = g_bytes_get_data(self->sending->text, &size);
        gsize n = MIN(room - filled, size - self->sent);
        memcpy(buffer + filled, text + self->sent, n);
        filled += n;
        self->sent += n;
        if (self->sent < size)
            break;
        event_unref(g_steal_pointer(&self->sending));
        self->sent = 0;
    }
    return filled;
}

static gssize client_pull(gpointer data, char *buffer, gsize room)
{
    HttpSseClient *self = data;
    g_mutex_lock(&self->hub->lock);
    gssize answer = (gssize)fill(self, buffer, room);
    if (answer == 0 && self->ending) {
        answer = -1;
    } else if (answer == 0) {
        self->waiting = http_server_suspend(self->request->server, self->request->connection);
        answer = self->waiting ? 0 : -1;
    }
    g_mutex_unlock(&self->hub->lock);
    return answer;
}

static void client_free(gpointer data)
{
    HttpSseClient *self = data;
    HttpSse *hub = self->hub;
    g_mutex_lock(&hub->lock);
    g_hash_table_remove(hub->clients, self);
    drop_queued(self);
    g_clear_pointer(&self->sending, event_unref);
    g_mutex_unlock(&hub->lock);
    if (self->free_user != NULL)
        self->free_user(self->user);
    g_free(self);
}

static const HttpPullClass client_class = {.pull = client_pull, .free = client_free};

/* ---- the hub ---- */

static gpointer beat(gpointer data)
{
    HttpSse *self = data;
    g_mutex_lock(&self->lock);
    while (!self->closing) {
        gint64 until = g_get_monotonic_time() + (gint64)self->options.heartbeat_ms * 1000;
        if (g_cond_wait_until(&self->changed, &self->lock, until))
            continue;
        Event *comment = event_new(0, g_strdup(":\n\n"));
        GHashTableIter clients;
        gpointer client;
        g_hash_table_iter_init(&clients, self->clients);
        while (g_hash_table_iter_next(&clients, &client, NULL))
            if (((HttpSseClient *)client)->waiting) /* others have something to send */
                offer(client, comment);
        event_unref(comment);
    }
    g_mutex_unlock(&self->lock);
    return NULL;
}

HttpSse *http_sse_new(const HttpSseOptions *options)
{
    HttpSse *self = g_new0(HttpSse, 1);
    self->options = *options;
    self->options.clients = options->clients != 0 ? options->clients : 1000;
    self->options.queue_events = options->queue_events != 0 ? options->queue_events : 256;
    self->options.queue_bytes = options->queue_bytes != 0 ? options->queue_bytes : 65536;
    self->options.heartbeat_ms = options->heartbeat_ms != 0 ? options->heartbeat_ms : 20000;
    self->newest = options->newest;
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    self->clients = g_hash_table_new(NULL, NULL);
    self->heart = g_thread_new("http-sse", beat, self);
    return self;
}

void http_sse_free(HttpSse *self)
{
    if (self == NULL)
        return;
    g_mutex_lock(&self->lock);
    self->closing = TRUE;
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
    g_thread_join(self->heart);
    g_assert(g_hash_table_size(self->clients) == 0); /* the server has stopped */
    g_hash_table_unref(self->clients);
    g_cond_clear(&self->changed);
    g_mutex_clear(&self->lock);
    g_free(self);
}

void http_sse_broadcast(HttpSse *self, guint64 id, const char *event, const char *data, HttpSseFilter filter,
                        gpointer filter_data)
{
    char *text = format_event(id, event, data);
    g_mutex_lock(&self->lock);
    g_warn_if_fail(id > self->newest);
    self->newest = id;
    Event *shared = event_new(id, text);
    GHashTableIter clients;
    gpointer client;
    g_hash_table_iter_init(&clients, self->clients);
    while (g_hash_table_iter_next(&clients, &client, NULL))
        if (filter == NULL || filter(((HttpSseClient *)client)->user, filter_data))
            offer(client, shared);
    event_unref(shared);
    g_mutex_unlock(&self->lock);
}

void http_sse_close(HttpSse *self, HttpSseFilter filter, gpointer filter_data)
{
    g_mutex_lock(&self->lock);
    GHashTableIter clients;
    gpointer data;
    g_hash_table_iter_init(&clients, self->clients);
    while (g_hash_table_iter_next(&clients, &data, NULL)) {
        HttpSseClient *client = data;
        if (filter != NULL && !filter(client->user, filter_data))
            continue;
        client->ending = TRUE;
        wake(client);
    }
    g_mutex_unlock(&self->lock);
}

guint http_sse_clients(HttpSse *self)
{
    g_mutex_lock(&self->lock);
    guint n = g_hash_table_size(self->clients);
    g_mutex_unlock(&self->lock);
    return n;
}

gboolean http_sse_client_send(HttpSseClient *client, guint64 id, const char *event, const char *data)
{
    char *text = format_event(id, event, data);
    g_mutex_lock(&client->hub->lock);
    Event *one = event_new(id, text);
    gboolean fits = !client->ending && enqueue(client, one);
    if (fits)
        client->replayed = id;
    else
        client->ending = TRUE; /* after what is queued */
    event_unref(one);
    g_mutex_unlock(&client->hub->lock);
    return fits;
}

/* ---- opening a stream ---- */

/* Adds the client, deaf to live events until its replay is over. NULL where there are too many. */
static HttpSseClient *client_new(HttpSse *hub, HttpRequest *request, gpointer user, GDestroyNotify free_user)
{
    HttpSseClient *self = g_new0(HttpSseClient, 1);
    self->hub = hub;
    self->user = user;
    self->free_user = free_user;
    self->request = request;
    self->replaying = TRUE;
    g_queue_init(&self->events);
    g_queue_init(&self->held);
    g_mutex_lock(&hub->lock);
    gboolean fits = g_hash_table_size(hub->clients) < hub->options.clients;
    if (fits) {
        /* An id without data is no event for the page, but what its browser names when it comes back. */
        Event *first =
            event_new(hub->newest, g_strdup_printf("retry: 2000\nid: %" G_GUINT64_FORMAT "\n\n", hub->newest));
        g_queue_push_tail(&self->held, first);
        g_hash_table_add(hub->clients, self);
    }
    g_mutex_unlock(&hub->lock);
    if (!fits)
        g_clear_pointer(&self, g_free);
    return self;
}

static void replay(HttpSseClient *self, HttpRequest *request)
{
    const HttpSseOptions *options = &self->hub->options;
    const char *last = http_request_header(request, "Last-Event-ID");
    guint64 after = 0;
    if (last == NULL || *last == '\0')
        return;
    g_mutex_lock(&self->hub->lock);
    guint64 newest = self->hub->newest;
    g_mutex_unlock(&self->hub->lock);
    /* An id that was never given, as of another run: what is live now would pass for old. */
    gboolean told = g_ascii_string_to_unsigned(last, 10, 0, newest, &after, NULL) && options->replay != NULL &&
                    options->replay(self, request, after, options->data);
    if (told)
        self->replayed = MAX(self->replayed, after);
    else
        http_sse_client_send(self, newest, "resync", "{}");
}

/* What was live meanwhile and not replayed; then live as everybody. */
static void go_live(HttpSseClient *self)
{
    g_mutex_lock(&self->hub->lock);
    Event *event;
    while ((event = g_queue_pop_head(&self->held)) != NULL) {
        gboolean known = self->replayed > 0 && event->id <= self->replayed;
        if (!known && !self->ending && !enqueue(self, event))
            self->ending = TRUE;
        event_unref(event);
    }
    self->replaying = FALSE;
    g_mutex_unlock(&self->hub->lock);
}

gboolean http_sse_open(HttpSse *self, HttpRequest *request, HttpResponse *response, gpointer user,
                       GDestroyNotify free_user, GError **error)
{
    HttpSseClient *client = client_new(self, request, user, free_user);
    if (client == NULL) {
        if (free_user != NULL)
            free_user(user);
        http_response_set_header(response, "Retry-After", "10");
        error_set(error, COMITY_ERROR_BUSY, HTTP_CODE_BUSY, "", "Too many pages are open. Try again in a moment.");
        return FALSE;
    }
    http_server_add_hub(request->server, self);
    replay(client, request);
    go_live(client);
    http_response_set_status(response, 200);
    http_response_set_header(response, "X-Accel-Buffering", "no"); /* a proxy in front must not collect events */
    http_response_pull(response, "text/event-stream", HTTP_SIZE_UNKNOWN, &client_class, client);
    return TRUE;
}
