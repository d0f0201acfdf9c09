/* tests/fuzz/http.c: any bytes on a connection to a server with every kind of route: parameters, query, cookies, ranges, JSON
 * bodies, tus. The server closes in its own way and stands; what it answers begins as HTTP. */
#include "base/error.h"
#include "base/text.h"
#include "http/server.h"
#include "http/tus.h"
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define FILE_SIZE 1000
#define UPLOAD_SIZE 64

static guint16 port;
static gint held; /* atomic: bytes of the one upload */

/* ---- routes ---- */

static gboolean show(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"q", "limit", NULL};
    gint64 limit;
    const char *cookie = http_request_cookie(request, "__Host-comity"), *bearer = http_request_bearer(request);
    if (!http_request_query_only(request, known, error) ||
        !http_request_query_integer(request, "limit", 1, 100, 20, &limit, error))
        return FALSE;
    const char *texts[] = {http_request_parameter(request, "a"), http_request_query(request, "q"), NULL};
    for (gsize n = 0; texts[n]; n++)
        g_assert(g_utf8_validate(texts[n], -1, NULL) && !strpbrk(texts[n], "\r\n\x1b\x7f"));
    g_assert(limit >= 1 && limit <= 100);
    http_response_set_etag(response, "abc");
    http_response_json(response, 200,
                       json_pack("{s:s*, s:b, s:b}", "a", texts[0], "c", cookie != NULL, "b", bearer != NULL));
    return TRUE;
}

static gboolean take(HttpRequest *request, HttpResponse *response, GError **error)
{
    if (!http_request_if_match(request, "abc", FALSE, error))
        return FALSE;
    json_t *body = http_request_json(request, error);
    if (!body)
        return FALSE;
    http_response_json(response, 200, body);
    return TRUE;
}

static gboolean read_file(gpointer data, guint64 offset, guint8 *buffer, gsize length, GError **error)
{
    (void)data;
    (void)error;
    g_assert(offset <= FILE_SIZE && length <= FILE_SIZE - offset);
    memset(buffer, 'x', length);
    return TRUE;
}

static void nothing(gpointer data)
{
    (void)data;
}

static gboolean file(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const HttpSourceClass source = {.read = read_file, .free = nothing};
    (void)request;
    (void)error;
    http_response_source(response, "text/plain", FILE_SIZE, &source, NULL);
    http_response_set_etag(response, "abc");
    http_response_set_file_name(response, "file.txt", TRUE);
    return TRUE;
}

/* ---- tus: one upload that is always there ---- */

static gboolean store_create(gpointer data, HttpRequest *request, guint64 length, const HttpTusMetadata *metadata,
                             char **location, HttpTusInfo *info, GError **error)
{
    (void)data;
    (void)request;
    (void)info;
    (void)error;
    const char *name = http_tus_metadata_text(metadata, "filename");
    g_assert(length <= G_MAXINT64 && (!name || g_utf8_validate(name, -1, NULL)));
    *location = g_strdup("/uploads/one");
    return TRUE;
}

static gboolean store_info(gpointer data, HttpRequest *request, HttpTusInfo *info, GError **error)
{
    (void)data;
    (void)request;
    (void)error;
    *info = (HttpTusInfo){.state = HTTP_TUS_OPEN, .offset = (guint64)g_atomic_int_get(&held), .length = UPLOAD_SIZE};
    return TRUE;
}

static gboolean store_append(gpointer data, HttpRequest *request, guint64 offset, HttpTusBody *body, guint64 *stored,
                             GError **error)
{
    const guint8 *bytes;
    guint64 all = offset;
    gssize count;
    (void)data;
    (void)request;
    while ((count = http_tus_body_read(body, &bytes, error)) > 0)
        all += (guint64)count;
    *stored = MIN(all, UPLOAD_SIZE);
    g_atomic_int_set(&held, (gint)*stored % UPLOAD_SIZE);
    return count == 0;
}

static gboolean store_finish(gpointer data, HttpRequest *request, const char *location, HttpResponse *response,
                             GError **error)
{
    (void)data;
    (void)request;
    (void)location;
    (void)response;
    (void)error;
    return TRUE;
}

static gboolean store_terminate(gpointer data, HttpRequest *request, GError **error)
{
    (void)data;
    (void)request;
    (void)error;
    return TRUE;
}

static const HttpTusStore store = {store_create, store_info, store_append, store_finish, store_terminate};
static const HttpTus tus = {.store = &store, .max_size = 1000000};

static gboolean upload(HttpRequest *request, HttpResponse *response, GError **error)
{
    return http_tus_handle(&tus, request, response, error);
}

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/a/{a}", .handler = show},
    {.method = "GET", .path = "/now", .handler = show, .flags = HTTP_ROUTE_INLINE},
    {.method = "GET", .path = "/file", .handler = file},
    {.method = "POST", .path = "/a", .handler = take, .body_limit = 4096},
    {.method = "POST", .path = "/uploads", .handler = upload},
    {.method = "OPTIONS", .path = "/uploads", .handler = upload},
    {.method = "HEAD", .path = "/uploads/{upload}", .handler = upload, .flags = HTTP_ROUTE_OVERRIDE},
    {.method = "PATCH",
     .path = "/uploads/{upload}",
     .handler = upload,
     .flags = HTTP_ROUTE_OVERRIDE | HTTP_ROUTE_STREAM},
    {.method = "DELETE", .path = "/uploads/{upload}", .handler = upload, .flags = HTTP_ROUTE_OVERRIDE},
    {.method = NULL},
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const hosts[] = {"x", NULL};
    (void)argc;
    (void)argv;
    HttpRouter *router = http_router_new();
    HttpServerOptions options = {
        .env = env_system(), .listen = "127.0.0.1:0", .hosts = hosts, .workers = 1, .streams = 4};
    g_assert(http_router_add(router, routes, NULL));
    HttpServer *server = http_server_new(&options, router, NULL);
    g_assert(server != NULL);
    port = http_server_port(server);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* A request that never ends is not waited for; nothing is judged by it. */
    const struct timeval patience = {.tv_usec = 50000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    g_assert(connect(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    for (size_t sent = 0; sent < length;) {
        gssize now = send(fd, bytes + sent, length - sent, MSG_NOSIGNAL);
        if (now <= 0) /* it has had enough */
            break;
        sent += (size_t)now;
    }
    shutdown(fd, SHUT_WR);
    char answer[65536];
    gssize count = recv(fd, answer, sizeof answer, 0);
    g_assert(count <= 0 || count < 9 || memcmp(answer, "HTTP/1.", 7) == 0);
    while (count > 0)
        count = recv(fd, answer, sizeof answer, 0);
    close(fd);
    return 0;
}
