/* tests/unit/http-events.c: live events: who hears what, coming back, slow readers, the end. */
#include "base/error.h"
#include "http/sse.h"
#include "support/wire.h"
#include <sys/socket.h>
#include <unistd.h>

/* The owner of the events: keeps them, and tells again what is newer than `oldest`. */
typedef struct {
    GMutex lock;
    GPtrArray *kept; /* data of event 1, 2, ... */
    guint64 oldest;
    HttpSse *hub;
    guint64 meanwhile; /* events to send while somebody is replayed to */
} Desk;

static Desk desk;
static Site site;
static gint freed; /* atomic: users let go */

static void user_free(gpointer user)
{
    g_free(user);
    g_atomic_int_inc(&freed);
}

static void publish_to(const char *data, HttpSseFilter filter, gpointer filter_data)
{
    g_mutex_lock(&desk.lock);
    g_ptr_array_add(desk.kept, g_strdup(data));
    guint64 id = desk.kept->len;
    http_sse_broadcast(desk.hub, id, "case.changed", data, filter, filter_data);
    g_mutex_unlock(&desk.lock);
}

static void publish(const char *data)
{
    publish_to(data, NULL, NULL);
}

static gboolean replay(HttpSseClient *client, HttpRequest *request G_GNUC_UNUSED, guint64 after, gpointer data)
{
    Desk *self = data;
    if (after < self->oldest)
        return FALSE;
    g_mutex_lock(&self->lock);
    guint64 known = self->kept->len;
    g_mutex_unlock(&self->lock);
    for (; self->meanwhile > 0; self->meanwhile--)
        publish("meanwhile");
    for (guint64 id = after + 1; id <= known; id++)
        if (!http_sse_client_send(client, id, "case.changed", self->kept->pdata[id - 1]))
            break;
    return TRUE;
}

static gboolean open_events(HttpRequest *request, HttpResponse *response, GError **error)
{
    const char *who = http_request_query(request, "who");
    return http_sse_open(desk.hub, request, response, g_strdup(who != NULL ? who : ""), user_free, error);
}

static const HttpRoute routes[] = {{.method = "GET", .path = "/events", .handler = open_events}, {.method = NULL}};

static void set_up(HttpSseOptions options)
{
    desk = (Desk){.kept = g_ptr_array_new_with_free_func(g_free)};
    g_mutex_init(&desk.lock);
    options.env = env_system();
    options.data = &desk;
    options.replay = replay;
    desk.hub = http_sse_new(&options);
    site_start(&site, routes, (HttpServerOptions){.workers = 2});
}

static void tear_down(void)
{
    site_stop(&site);
    http_sse_free(desk.hub);
    g_ptr_array_unref(desk.kept);
    g_mutex_clear(&desk.lock);
}

/* Opens a stream and reads its header, after which the client hears everything. */
static int listen_as(const char *who, const char *headers)
{
    g_autofree char *text = g_strdup_printf("GET /events?who=%s HTTP/1.0\r\nHost: a\r\n%s\r\n", who, headers);
    int fd = wire_connect(site.port);
    wire_send(fd, text); /* HTTP/1.0: the stream comes without chunks around it */
    for (;;) {
        g_autofree char *line = wire_read_line(fd);
        g_assert_nonnull(line);
        if (*line == '\0')
            return fd;
    }
}

/* "ID EVENT DATA" of the next event that has data; NULL at the end. New string. */
static char *next_event(int fd)
{
    g_autofree char *id = NULL;
    g_autofree char *event = NULL;
    g_autoptr(GString) data = g_string_new(NULL);
    for (;;) {
        g_autofree char *line = wire_read_line(fd);
        if (line == NULL)
            return NULL;
        if (g_str_has_prefix(line, "id: ")) {
            g_free(id);
            id = g_strdup(line + 4);
        } else if (g_str_has_prefix(line, "event: ")) {
            g_free(event);
            event = g_strdup(line + 7);
        } else if (g_str_has_prefix(line, "data: ")) {
            g_string_append_printf(data, "%s%s", data->len > 0 ? "|" : "", line + 6);
        } else if (*line == '\0' && data->len > 0) {
            return g_strdup_printf("%s %s %s", id, event, data->str);
        }
    }
}

static void assert_event(int fd, const char *expected)
{
    g_autofree char *event = next_event(fd);
    g_assert_cmpstr(event, ==, expected);
}

static gboolean is_for(gpointer user, gpointer filter_data)
{
    return g_str_equal(user, filter_data);
}

static void everybody_hears_what_is_for_them(void)
{
    set_up((HttpSseOptions){0});
    int anna = listen_as("anna", "");
    int boris = listen_as("boris", "");
    publish("one");
    publish_to("for boris", is_for, (gpointer) "boris");
    publish("first line\nsecond line");
    assert_event(anna, "1 case.changed one");
    assert_event(anna, "3 case.changed first line|second line");
    assert_event(boris, "1 case.changed one");
    assert_event(boris, "2 case.changed for boris");
    assert_event(boris, "3 case.changed first line|second line");
    g_assert_cmpuint(http_sse_clients(desk.hub), ==, 2);
    close(anna);
    close(boris);
    tear_down();
}

static void the_stream_says_what_it_is(void)
{
    set_up((HttpSseOptions){.newest = 41});
    int fd = wire_connect(site.port);
    wire_send(fd, "GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    g_autofree char *status = wire_read_line(fd);
    g_assert_cmpstr(status, ==, "HTTP/1.1 200 OK");
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (!g_hash_table_contains(lines, ""))
        g_hash_table_add(lines, wire_read_line(fd));
    g_assert_true(g_hash_table_contains(lines, "Content-Type: text/event-stream"));
    g_assert_true(g_hash_table_contains(lines, "Cache-Control: no-store"));
    g_assert_true(g_hash_table_contains(lines, "Transfer-Encoding: chunked"));
    g_free(wire_read_line(fd)); /* the chunk's length */
    g_autofree char *retry = wire_read_line(fd);
    g_autofree char *id = wire_read_line(fd);
    g_assert_cmpstr(retry, ==, "retry: 2000");
    g_assert_cmpstr(id, ==, "id: 41"); /* who hears nothing yet comes back with this */
    close(fd);
    tear_down();
}

static void who_comes_back_misses_nothing_and_hears_nothing_twice(void)
{
    set_up((HttpSseOptions){0});
    for (guint i = 1; i <= 5; i++)
        publish("before");
    desk.meanwhile = 3; /* 6, 7, 8 happen while 4 and 5 are told */
    int fd = listen_as("anna", "Last-Event-ID: 3\r\n");
    publish("after");
    static const char *const expected[] = {"4 case.changed before",    "5 case.changed before",
                                           "6 case.changed meanwhile", "7 case.changed meanwhile",
                                           "8 case.changed meanwhile", "9 case.changed after"};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_event(fd, expected[i]);
    close(fd);
    tear_down();
}

static void what_can_t_be_told_again_is_a_resync(void)
{
    set_up((HttpSseOptions){0});
    for (guint i = 1; i <= 5; i++)
        publish("before");
    desk.oldest = 4;
    static const char *const ids[] = {"3", "99", "x", "-1", "18446744073709551616"};
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *header = g_strdup_printf("Last-Event-ID: %s\r\n", ids[i]);
        int fd = listen_as("anna", header);
        assert_event(fd, "5 resync {}");
        close(fd);
    }
    tear_down();
}

static void a_long_replay_comes_in_parts(void)
{
    set_up((HttpSseOptions){.queue_events = 10});
    for (guint i = 1; i <= 25; i++)
        publish("before");
    guint last = 0;
    for (guint part = 0; part < 3; part++) {
        g_autofree char *header = g_strdup_printf("Last-Event-ID: %u\r\n", last);
        int fd = listen_as("anna", header);
        for (guint i = 0; i < MIN(10, 25 - part * 10); i++) {
            g_autofree char *event = next_event(fd);
            g_assert_cmpuint(g_ascii_strtoull(event, NULL, 10), ==, ++last);
        }
        if (part < 2)
            g_assert_true(wire_is_over(fd));
        close(fd);
    }
    g_assert_cmpuint(last, ==, 25);
    tear_down();
}

static void a_slow_reader_is_cut_and_others_go_on(void)
{
    set_up((HttpSseOptions){.queue_events = 50});
    int quick = listen_as("anna", "");
    int slow = listen_as("boris", "");
    g_autofree char *data = g_strnfill(1000, 'x');
    /* More than the kernel keeps for a reader that never reads, one at a time for the one that does. */
    for (guint i = 0; i < 20000; i++) {
        publish(data);
        g_autofree char *event = next_event(quick);
        g_assert_cmpuint(g_ascii_strtoull(event, NULL, 10), ==, i + 1);
    }
    guint64 last = 0;
    for (char *event; (event = next_event(slow)) != NULL; g_free(event))
        last = g_ascii_strtoull(event, NULL, 10);
    g_assert_cmpuint(last, <, 20000);
    desk.oldest = 0;
    g_autofree char *header = g_strdup_printf("Last-Event-ID: %" G_GUINT64_FORMAT "\r\n", last);
    int back = listen_as("boris", header);
    g_autofree char *event = next_event(back);
    g_assert_cmpuint(g_ascii_strtoull(event, NULL, 10), ==, last + 1);
    close(quick);
    close(slow);
    close(back);
    tear_down();
}

static void a_heartbeat_finds_who_left(void)
{
    set_up((HttpSseOptions){.heartbeat_ms = 10});
    int stays = listen_as("anna", "");
    close(listen_as("boris", ""));
    guint beats = 0;
    while (http_sse_clients(desk.hub) > 1 || beats < 3) { /* every line that we wait for is a beat */
        g_autofree char *line = wire_read_line(stays);
        beats += g_str_equal(line, ":") ? 1 : 0;
    }
    close(stays);
    tear_down();
}

static void a_revoked_session_hears_no_more(void)
{
    set_up((HttpSseOptions){0});
    int anna = listen_as("anna", "");
    int boris = listen_as("boris", "");
    publish("one");
    http_sse_close(desk.hub, is_for, (gpointer) "boris");
    publish("two");
    assert_event(boris, "1 case.changed one");
    g_assert_null(next_event(boris));
    assert_event(anna, "1 case.changed one");
    assert_event(anna, "2 case.changed two");
    close(anna);
    close(boris);
    tear_down();
}

static void there_is_a_bound_and_it_is_said(void)
{
    set_up((HttpSseOptions){.clients = 2});
    int one = listen_as("anna", "");
    int two = listen_as("anna", "");
    g_autoptr(Reply) third = wire_get(site.port, "GET /events", "");
    assert_problem(third, 503, "http.busy");
    g_assert_cmpstr(reply_header(third, "retry-after"), ==, "10");
    close(one);
    close(two);
    tear_down();
}

static void stopping_ends_every_stream(void)
{
    set_up((HttpSseOptions){0});
    g_atomic_int_set(&freed, 0);
    int fds[10];
    for (guint i = 0; i < 10; i++)
        fds[i] = listen_as("anna", "");
    http_server_stop(site.server);
    for (guint i = 0; i < 10; i++) {
        g_assert_null(next_event(fds[i]));
        close(fds[i]);
    }
    g_assert_cmpint(g_atomic_int_get(&freed), ==, 10);
    tear_down();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/events/all", everybody_hears_what_is_for_them);
    g_test_add_func("/http/events/header", the_stream_says_what_it_is);
    g_test_add_func("/http/events/resume", who_comes_back_misses_nothing_and_hears_nothing_twice);
    g_test_add_func("/http/events/resync", what_can_t_be_told_again_is_a_resync);
    g_test_add_func("/http/events/parts", a_long_replay_comes_in_parts);
    g_test_add_func("/http/events/slow", a_slow_reader_is_cut_and_others_go_on);
    g_test_add_func("/http/events/heartbeat", a_heartbeat_finds_who_left);
    g_test_add_func("/http/events/revoked", a_revoked_session_hears_no_more);
    g_test_add_func("/http/events/bound", there_is_a_bound_and_it_is_said);
    g_test_add_func("/http/events/stop", stopping_ends_every_stream);
    return g_test_run();
}
