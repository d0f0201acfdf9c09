/* tests/unit/support/wire.c: see wire.h. */
#include "support/wire.h"
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

void reply_free(Reply *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->headers);
    g_string_free(self->body, TRUE);
    g_free(self);
}

const char *reply_header(const Reply *self, const char *lower_case_name)
{
    return g_hash_table_lookup(self->headers, lower_case_name);
}

json_t *reply_json(const Reply *self)
{
    g_autoptr(GError) error = NULL;
    json_t *value = json_strict_parse(self->body->str, self->body->len, G_MAXSIZE, &error);
    g_assert_no_error(error);
    return value;
}

void assert_problem(const Reply *self, guint status, const char *code)
{
    g_assert_nonnull(self);
    g_assert_cmpuint(self->status, ==, status);
    g_assert_cmpstr(reply_header(self, "content-type"), ==, "application/problem+json");
    g_autoptr(json_t) problem = reply_json(self);
    g_assert_cmpint(json_integer_or(problem, "status", 0), ==, status);
    g_assert_cmpstr(json_text(problem, "code"), ==, code);
    g_assert_cmpstr(json_text(problem, "request_id"), ==, reply_header(self, "request-id"));
    g_assert_nonnull(json_text(problem, "detail"));
}

gboolean wire_try_connect(int fd, guint16 port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = g_htons(port)};
    at.sin_addr.s_addr = g_htonl(INADDR_LOOPBACK);
    return connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
}

int wire_connect(guint16 port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_true(wire_try_connect(fd, port));
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

/* A server that has answered may close while we still send: that is its right, and no failure of the test. */
void wire_send_bytes(int fd, gconstpointer bytes, gsize length)
{
    const guint8 *at = bytes;
    while (length > 0) {
        ssize_t n = send(fd, at, length, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        at += n;
        length -= (gsize)n;
    }
}

void wire_send(int fd, const char *text)
{
    wire_send_bytes(fd, text, strlen(text));
}

/* What is there up to and with the next line break, and no byte more. 0 at the end. */
static gsize read_piece(int fd, GString *line)
{
    char piece[4096];
    ssize_t there = recv(fd, piece, sizeof piece, MSG_PEEK);
    if (there <= 0)
        return 0;
    const char *end = memchr(piece, '\n', (gsize)there);
    ssize_t n = recv(fd, piece, end != NULL ? (gsize)(end - piece) + 1 : (gsize)there, 0);
    g_assert_cmpint(n, >, 0);
    g_string_append_len(line, piece, n);
    return (gsize)n;
}

char *wire_read_line(int fd)
{
    GString *line = g_string_new(NULL);
    while (!g_str_has_suffix(line->str, "\n") && read_piece(fd, line) > 0)
        continue;
    if (line->len == 0) {
        g_string_free(line, TRUE);
        return NULL;
    }
    if (line->str[line->len - 1] == '\n')
        g_string_truncate(line, line->len - 1);
    if (line->len > 0 && line->str[line->len - 1] == '\r')
        g_string_truncate(line, line->len - 1);
    return g_string_free(line, FALSE);
}

static void read_bytes(int fd, GString *into, gsize length)
{
    char piece[65536];
    while (length > 0) {
        ssize_t n = recv(fd, piece, MIN(length, sizeof piece), 0);
        g_assert_cmpint(n, >, 0);
        g_string_append_len(into, piece, n);
        length -= (gsize)n;
    }
}

static void read_chunks(int fd, GString *into)
{
    for (;;) {
        g_autofree char *size = wire_read_line(fd);
        guint64 length = 0;
        g_assert_nonnull(size);
        g_assert_true(g_ascii_string_to_unsigned(size, 16, 0, G_MAXUINT32, &length, NULL));
        read_bytes(fd, into, (gsize)length);
        g_autofree char *end = wire_read_line(fd);
        g_assert_cmpstr(end, ==, "");
        if (length == 0)
            return;
    }
}

static void read_headers(int fd, Reply *self)
{
    for (;;) {
        g_autofree char *line = wire_read_line(fd);
        g_assert_nonnull(line);
        if (*line == '\0')
            return;
        char *colon = strstr(line, ": ");
        g_assert_nonnull(colon);
        *colon = '\0';
        g_hash_table_insert(self->headers, g_ascii_strdown(line, -1), g_strdup(colon + 2));
    }
}

Reply *wire_read(int fd, gboolean head)
{
    g_autofree char *line = wire_read_line(fd);
    if (line == NULL)
        return NULL;
    g_assert_true(g_str_has_prefix(line, "HTTP/1.1 "));
    g_autoptr(Reply) self = g_new0(Reply, 1);
    self->status = (guint)g_ascii_strtoull(line + 9, NULL, 10);
    self->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->body = g_string_new(NULL);
    read_headers(fd, self);
    if (self->status == 100)
        return g_steal_pointer(&self);
    const char *length = reply_header(self, "content-length");
    if (reply_header(self, "transfer-encoding") != NULL)
        read_chunks(fd, self->body);
    else if (length != NULL && !head && self->status != 304)
        read_bytes(fd, self->body, (gsize)g_ascii_strtoull(length, NULL, 10));
    return g_steal_pointer(&self);
}

char *wire_rest(int fd)
{
    GString *rest = g_string_new(NULL);
    while (read_piece(fd, rest) > 0)
        continue;
    return g_string_free(rest, FALSE);
}

gboolean wire_is_over(int fd)
{
    char byte;
    return recv(fd, &byte, 1, 0) <= 0;
}

Reply *wire_ask(guint16 port, const char *text)
{
    int fd = wire_connect(port);
    wire_send(fd, text);
    Reply *reply = wire_read(fd, g_str_has_prefix(text, "HEAD "));
    close(fd);
    return reply;
}

Reply *wire_get(guint16 port, const char *target, const char *headers)
{
    g_autofree char *text = g_strdup_printf("%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", target, headers);
    return wire_ask(port, text);
}

void site_start(Site *self, const HttpRoute *routes, HttpServerOptions options)
{
    g_autoptr(GError) error = NULL;
    self->router = http_router_new();
    g_assert_true(http_router_add(self->router, routes, &error));
    g_assert_no_error(error);
    options.env = env_system();
    options.listen = "127.0.0.1:0";
    self->server = http_server_new(&options, self->router, &error);
    g_assert_no_error(error);
    self->port = http_server_port(self->server);
}

void site_stop(Site *self)
{
    g_clear_pointer(&self->server, http_server_free);
    g_clear_pointer(&self->router, http_router_free);
}
