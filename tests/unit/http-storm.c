/* tests/unit/http-storm.c: many clients that do anything at any moment, and a server that is stopped in the middle.
 * Nothing is expected of an answer but that it is one; what is judged is that the server lives, lets everything go, and
 * stops. */
#include "base/error.h"
#include "http/sse.h"
#include "support/wire.h"
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 6
#define ACTIONS 150
#define ROUNDS 6

static HttpSse *hub;
static gint living; /* atomic: sources and users that are not freed yet */

static gboolean source_read(gpointer data G_GNUC_UNUSED, guint64 offset, guint8 *buffer, gsize length, GError **error)
{
    if (offset > 3000000) {
        error_set(error, COMITY_ERROR_CANCELLED, "", "", "Far enough.");
        return FALSE;
    }
    memset(buffer, (int)(offset & 0xff), length);
    return TRUE;
}

static void let_go(gpointer data G_GNUC_UNUSED)
{
    g_atomic_int_add(&living, -1);
}

static const HttpSourceClass source_class = {.read = source_read, .free = let_go};

static gboolean download(HttpRequest *request G_GNUC_UNUSED, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    g_atomic_int_inc(&living);
    http_response_source(response, "application/octet-stream", 5000000, &source_class, &living);
    return TRUE;
}

static gboolean upload(HttpRequest *request, HttpResponse *response, GError **error)
{
    const guint8 *bytes;
    gssize n;
    guint64 total = 0;
    while ((n = http_request_read_block(request, &bytes, error)) > 0 && total < 1000000)
        total += (guint64)n;
    if (n < 0)
        return FALSE;
    http_response_json(response, 200, json_pack("{s:I}", "bytes", (json_int_t)total));
    return TRUE;
}

static gboolean echo(HttpRequest *request, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    http_response_bytes(response, 200, "text/plain", http_request_body(request));
    return TRUE;
}

static gpointer complete(gpointer request)
{
    http_response_empty(http_request_response(request), 204);
    http_request_complete(request, NULL);
    return NULL;
}

static gboolean defer(HttpRequest *request, HttpResponse *response G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    http_request_defer(request);
    g_thread_unref(g_thread_new("commit", complete, request));
    return TRUE;
}

static gboolean events(HttpRequest *request, HttpResponse *response, GError **error)
{
    g_atomic_int_inc(&living);
    return http_sse_open(hub, request, response, &living, let_go, error);
}

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/download", .handler = download},
    {.method = "PUT", .path = "/upload", .handler = upload, .flags = HTTP_ROUTE_STREAM},
    {.method = "POST", .path = "/echo", .handler = echo},
    {.method = "POST", .path = "/defer", .handler = defer},
    {.method = "GET", .path = "/events", .handler = events},
    {.method = "GET", .path = "/healthz", .handler = echo, .flags = HTTP_ROUTE_INLINE},
    {.method = NULL},
};

typedef struct {
    guint16 port;
    GRand *chance;
    GThread *thread;
} Client;

static const char *const beginnings[] = {
    "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /download HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /download HTTP/1.1\r\nHost: a\r\nRange: bytes=100-900000\r\n\r\n",
    "GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 1\r\n\r\n",
    "POST /defer HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n",
    "PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n",
    "PUT /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n",
    "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "BREW /pot HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
    "GET /heal",
};

/* A server that is stopping doesn't take everybody. */
static int connect_or_not(guint16 port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire_try_connect(fd, port))
        return fd;
    close(fd);
    return -1;
}

static void act(Client *self)
{
    int fd = connect_or_not(self->port);
    if (fd < 0)
        return;
    char piece[65536];
    memset(piece, 'x', sizeof piece);
    const char *beginning = beginnings[g_rand_int_range(self->chance, 0, G_N_ELEMENTS(beginnings))];
    wire_send_bytes(fd, beginning, strlen(beginning));
    for (gint32 pieces = g_rand_int_range(self->chance, 0, 60); pieces > 0 && strstr(beginning, "Length") != NULL;
         pieces--)
        if (send(fd, piece, (gsize)g_rand_int_range(self->chance, 1, sizeof piece), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            break;
    for (gint32 reads = g_rand_int_range(self->chance, 0, 4); reads > 0; reads--)
        if (recv(fd, piece, sizeof piece, MSG_DONTWAIT) == 0)
            break;
    if (g_rand_boolean(self->chance))
        shutdown(fd, g_rand_boolean(self->chance) ? SHUT_WR : SHUT_RDWR);
    close(fd);
}

static gpointer run_client(gpointer data)
{
    Client *self = data;
    for (guint i = 0; i < ACTIONS; i++)
        act(self);
    return NULL;
}

static guint64 newest; /* of the events */

static void storm(void)
{
    g_log_set_writer_func(g_log_writer_default, NULL, NULL);
    HttpSseOptions options = {.env = env_system(), .heartbeat_ms = 5, .newest = newest, .clients = 20};
    hub = http_sse_new(&options);
    Site site;
    site_start(&site, routes, (HttpServerOptions){.workers = 3, .streams = 3, .connections = 50});
    Client clients[CLIENTS];
    for (guint i = 0; i < CLIENTS; i++) {
        clients[i] = (Client){.port = site.port, .chance = g_rand_new_with_seed((guint32)g_test_rand_int())};
        clients[i].thread = g_thread_new("client", run_client, &clients[i]);
    }
    for (guint i = 0; i < 200; i++)
        http_sse_broadcast(hub, ++newest, "tick", "{}", NULL, NULL);
    /* Half of the clients' actions are over or not: the server stops under whatever is left. */
    g_thread_join(clients[0].thread);
    site_stop(&site);
    for (guint i = 1; i < CLIENTS; i++)
        g_thread_join(clients[i].thread);
    for (guint i = 0; i < CLIENTS; i++)
        g_rand_free(clients[i].chance);
    http_sse_free(hub);
    g_assert_cmpint(g_atomic_int_get(&living), ==, 0);
}

static void the_server_survives_anything(void)
{
    for (guint round = 0; round < ROUNDS; round++)
        storm();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_fatal_mask("http", G_LOG_FATAL_MASK); /* downloads that break off are warned of */
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    g_test_add_func("/http/storm", the_server_survives_anything);
    return g_test_run();
}
