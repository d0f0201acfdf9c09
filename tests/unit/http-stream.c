/* tests/unit/http-stream.c: bodies that are read as they come: whole, slow, cut, unwanted, too many. */
#include "base/error.h"
#include "support/wire.h"
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the handler saw, and the gates at which it waits. */
typedef struct {
    GMutex lock;
    GCond changed;
    gboolean closed_gate; /* the handler waits before its first read */
    guint inside;         /* handlers that have begun */
    guint ended;          /* and returned */
    guint64 bytes;        /* read by the last one */
    gboolean in_order;    /* each byte was the one that its place asks for */
    int failure;          /* kind of the last read's error, -1: none */
} Intake;

static Intake intake;

static guint8 byte_at(guint64 place)
{
    return (guint8)(place * 7 + place / 251);
}

static gboolean check(const guint8 *bytes, gssize length, guint64 place)
{
    for (gssize i = 0; i < length; i++)
        if (bytes[i] != byte_at(place + (guint64)i))
            return FALSE;
    return TRUE;
}

static void enter(void)
{
    g_mutex_lock(&intake.lock);
    intake.inside++;
    g_cond_broadcast(&intake.changed);
    while (intake.closed_gate)
        g_cond_wait(&intake.changed, &intake.lock);
    g_mutex_unlock(&intake.lock);
}

static void leave(guint64 bytes, gboolean in_order, const GError *error)
{
    g_mutex_lock(&intake.lock);
    intake.bytes = bytes;
    intake.in_order = in_order;
    intake.failure = error != NULL ? error->code : -1;
    intake.ended++;
    g_cond_broadcast(&intake.changed);
    g_mutex_unlock(&intake.lock);
}

static void wait_until(const guint *count, guint wanted)
{
    g_mutex_lock(&intake.lock);
    while (*count < wanted)
        g_cond_wait(&intake.changed, &intake.lock);
    g_mutex_unlock(&intake.lock);
}

static void open_gate(void)
{
    g_mutex_lock(&intake.lock);
    intake.closed_gate = FALSE;
    g_cond_broadcast(&intake.changed);
    g_mutex_unlock(&intake.lock);
}

/* Reads all, now with a copy and now without. */
static gboolean take(HttpRequest *request, HttpResponse *response, GError **error)
{
    enter();
    guint64 bytes = 0;
    gboolean in_order = TRUE;
    guint8 buffer[1000];
    GError *failure = NULL;
    for (gssize n = 1; n > 0;) {
        const guint8 *at = buffer;
        n = bytes % 2 == 0 ? http_request_read(request, buffer, sizeof buffer, &failure)
                           : http_request_read_block(request, &at, &failure);
        in_order = in_order && check(at, n, bytes);
        bytes += n > 0 ? (guint64)n : 0;
    }
    leave(bytes, in_order, failure);
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    http_response_json(response, 200, json_pack("{s:I}", "bytes", (json_int_t)bytes));
    return TRUE;
}

/* Has enough after the first bytes, or before them. */
static gboolean refuse(HttpRequest *request, HttpResponse *response G_GNUC_UNUSED, GError **error)
{
    guint8 some[100];
    if (http_request_query(request, "after") != NULL && http_request_read(request, some, sizeof some, error) < 0)
        return FALSE;
    error_set(error, COMITY_ERROR_CONFLICT, "upload.offset", "", "The offset is another.");
    return FALSE;
}

static gpointer complete_later(gpointer data)
{
    http_response_empty(http_request_response(data), 204);
    http_request_complete(data, NULL);
    return NULL;
}

/* The answer comes from another thread: the one that commits. */
static gboolean take_and_defer(HttpRequest *request, HttpResponse *response, GError **error)
{
    if (!take(request, response, error))
        return FALSE;
    http_request_defer(request);
    g_thread_unref(g_thread_new("commit", complete_later, request));
    return TRUE;
}

static const HttpRoute routes[] = {
    {.method = "PUT", .path = "/take", .handler = take, .flags = HTTP_ROUTE_STREAM},
    {.method = "PUT", .path = "/refuse", .handler = refuse, .flags = HTTP_ROUTE_STREAM},
    {.method = "PUT", .path = "/defer", .handler = take_and_defer, .flags = HTTP_ROUTE_STREAM},
    {.method = NULL},
};

static Site site;

static void set_up(HttpServerOptions options)
{
    intake = (Intake){.failure = -1};
    g_mutex_init(&intake.lock);
    g_cond_init(&intake.changed);
    options.workers = 1;
    site_start(&site, routes, options);
}

static void tear_down(void)
{
    site_stop(&site);
    g_cond_clear(&intake.changed);
    g_mutex_clear(&intake.lock);
}

static int begin(const char *target, guint64 declared, const char *headers)
{
    g_autofree char *head = g_strdup_printf(
        "PUT %s HTTP/1.1\r\nHost: a\r\n%sContent-Length: %" G_GUINT64_FORMAT "\r\n\r\n", target, headers, declared);
    int fd = wire_connect(site.port);
    wire_send(fd, head);
    return fd;
}

static guint8 *pattern(gsize length)
{
    guint8 *bytes = g_malloc(length);
    for (gsize i = 0; i < length; i++)
        bytes[i] = byte_at(i);
    return bytes;
}

static Reply *send_whole(const char *target, gsize length)
{
    g_autofree guint8 *bytes = pattern(length);
    int fd = begin(target, length, "");
    wire_send_bytes(fd, bytes, length);
    Reply *reply = wire_read(fd, FALSE);
    close(fd);
    return reply;
}

static void every_byte_arrives_once_and_in_order(void)
{
    set_up((HttpServerOptions){0});
    static const gsize lengths[] = {1, 100, 5000, 16384, 70000, 5000001};
    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(Reply) reply = send_whole("/take", lengths[i]);
        g_assert_cmpuint(reply->status, ==, 200);
        g_assert_cmpuint(intake.bytes, ==, lengths[i]);
        g_assert_true(intake.in_order);
    }
    g_autoptr(Reply) nothing = send_whole("/take", 0);
    g_assert_cmpstr(nothing->body->str, ==, "{\"bytes\":0}");
    tear_down();
}

static void after_a_small_body_the_connection_goes_on(void)
{
    set_up((HttpServerOptions){0});
    g_autofree guint8 *bytes = pattern(3);
    int fd = begin("/take", 3, "");
    wire_send_bytes(fd, bytes, 3);
    g_autoptr(Reply) first = wire_read(fd, FALSE);
    g_assert_cmpuint(first->status, ==, 200);
    wire_send(fd, "PUT /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
    g_autoptr(Reply) second = wire_read(fd, FALSE);
    g_assert_cmpuint(second->status, ==, 404);
    close(fd);
    tear_down();
}

static void after_a_large_body_the_connection_ends(void)
{
    set_up((HttpServerOptions){0});
    g_autofree guint8 *bytes = pattern(1000000);
    int fd = begin("/take", 1000000, "");
    wire_send_bytes(fd, bytes, 1000000);
    g_autoptr(Reply) reply = wire_read(fd, FALSE);
    g_assert_cmpuint(reply->status, ==, 200);
    g_assert_cmpstr(reply_header(reply, "connection"), ==, "close");
    g_assert_cmpuint(strlen(reply_header(reply, "request-id")), ==, 9);
    g_assert_cmpstr(reply_header(reply, "cache-control"), ==, "no-store");
    g_assert_true(wire_is_over(fd));
    close(fd);
    tear_down();
}

static void who_expects_it_is_told_to_go_on(void)
{
    set_up((HttpServerOptions){0});
    g_autofree guint8 *bytes = pattern(100000);
    int fd = begin("/take", 100000, "Expect: 100-continue\r\n");
    g_autoptr(Reply) go_on = wire_read(fd, FALSE);
    g_assert_cmpuint(go_on->status, ==, 100);
    wire_send_bytes(fd, bytes, 100000);
    g_autoptr(Reply) reply = wire_read(fd, FALSE);
    g_assert_cmpuint(reply->status, ==, 200);
    close(fd);
    fd = begin("/refuse", 100000, "Expect: 100-continue\r\n");
    g_autoptr(Reply) refused = wire_read(fd, FALSE);
    assert_problem(refused, 409, "upload.offset");
    close(fd);
    tear_down();
}

static void chunks_of_any_size_are_one_body(void)
{
    set_up((HttpServerOptions){0});
    g_autofree guint8 *bytes = pattern(300000);
    int fd = wire_connect(site.port);
    wire_send(fd, "PUT /take HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    gsize size = 1;
    for (gsize at = 0; at < 300000; at += size, size = size * 3 % 40000 + 1) {
        size = MIN(size, 300000 - at);
        g_autofree char *head = g_strdup_printf("%zx\r\n", size);
        wire_send(fd, head);
        wire_send_bytes(fd, bytes + at, size);
        wire_send(fd, "\r\n");
    }
    wire_send(fd, "0\r\n\r\n");
    g_autoptr(Reply) reply = wire_read(fd, FALSE);
    g_assert_cmpstr(reply->body->str, ==, "{\"bytes\":300000}");
    g_assert_true(intake.in_order);
    wire_send(fd, "PUT /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
    g_autoptr(Reply) next = wire_read(fd, FALSE);
    g_assert_cmpuint(next->status, ==, 404);
    close(fd);
    tear_down();
}

/* TRUE where the kernel takes no more from us: nobody reads at the other end. */
static gboolean is_held_back(int fd)
{
    struct pollfd socket = {.fd = fd, .events = POLLOUT};
    return poll(&socket, 1, 200) == 0;
}

static void a_slow_handler_holds_its_sender_back(void)
{
    set_up((HttpServerOptions){0});
    const gsize length = (gsize)64 << 20;
    intake.closed_gate = TRUE;
    g_autofree guint8 *bytes = pattern(length);
    int fd = begin("/take", length, "");
    wait_until(&intake.inside, 1);
    gsize sent = 0;
    while (sent < length && !is_held_back(fd)) {
        ssize_t n = send(fd, bytes + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        g_assert_cmpint(n, >, 0);
        sent += (gsize)n;
    }
    g_assert_cmpuint(sent, <, length);
    open_gate();
    wire_send_bytes(fd, bytes + sent, length - sent);
    g_autoptr(Reply) reply = wire_read(fd, FALSE);
    g_assert_cmpuint(reply->status, ==, 200);
    g_assert_cmpuint(intake.bytes, ==, length);
    g_assert_true(intake.in_order);
    close(fd);
    tear_down();
}

static void what_came_before_a_cut_is_kept(void)
{
    set_up((HttpServerOptions){0});
    g_autofree guint8 *bytes = pattern(200000);
    static const gsize lengths[] = {0, 10, 20000, 200000};
    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
        int fd = begin("/take", 1 << 20, "");
        wire_send_bytes(fd, bytes, lengths[i]);
        close(fd);
        wait_until(&intake.ended, (guint)i + 1);
        g_assert_cmpint(intake.failure, ==, COMITY_ERROR_CANCELLED);
        g_assert_cmpuint(intake.bytes, ==, lengths[i]);
        g_assert_true(intake.in_order);
    }
    tear_down();
}

static void a_refusal_reaches_who_still_sends(void)
{
    set_up((HttpServerOptions){0});
    g_autoptr(Reply) before = send_whole("/refuse", 3000000);
    assert_problem(before, 409, "upload.offset");
    g_autoptr(Reply) after = send_whole("/refuse?after=1", 3000000);
    assert_problem(after, 409, "upload.offset");
    g_autoptr(Reply) small = send_whole("/refuse?after=1", 300);
    assert_problem(small, 409, "upload.offset");
    tear_down();
}

static void a_silent_sender_is_let_go(void)
{
    set_up((HttpServerOptions){.idle_seconds = 1, .body_seconds = 1});
    g_autofree guint8 *bytes = pattern(100000);
    int late = begin("/take", 1 << 20, ""); /* never a byte */
    wait_until(&intake.ended, 1);
    g_assert_cmpint(intake.failure, ==, COMITY_ERROR_CANCELLED);
    int fd = begin("/take", 1 << 20, "");
    wire_send_bytes(fd, bytes, 100000);
    wait_until(&intake.ended, 2);
    g_assert_cmpint(intake.failure, ==, COMITY_ERROR_CANCELLED);
    g_assert_cmpuint(intake.bytes, ==, 100000);
    close(late);
    close(fd);
    tear_down();
}

static void too_many_streams_are_told_to_wait(void)
{
    set_up((HttpServerOptions){.streams = 2});
    intake.closed_gate = TRUE;
    int first = begin("/take", 10, "");
    int second = begin("/take", 10, "");
    wait_until(&intake.inside, 2);
    g_autoptr(Reply) third = send_whole("/take", 10);
    assert_problem(third, 503, "http.busy");
    g_assert_nonnull(reply_header(third, "retry-after"));
    open_gate();
    g_autofree guint8 *bytes = pattern(10);
    wire_send_bytes(first, bytes, 10);
    wire_send_bytes(second, bytes, 10);
    g_autoptr(Reply) one = wire_read(first, FALSE);
    g_autoptr(Reply) two = wire_read(second, FALSE);
    g_assert_cmpuint(one->status + two->status, ==, 400);
    close(first);
    close(second);
    tear_down();
}

static void an_answer_may_come_from_the_thread_that_commits(void)
{
    set_up((HttpServerOptions){0});
    g_autoptr(Reply) large = send_whole("/defer", 1000000);
    g_assert_cmpuint(large->status, ==, 204);
    g_assert_null(reply_header(large, "content-length"));
    g_autoptr(Reply) small = send_whole("/defer", 100);
    g_assert_cmpuint(small->status, ==, 204);
    tear_down();
}

static void stopping_cuts_streams(void)
{
    set_up((HttpServerOptions){0});
    g_autofree guint8 *bytes = pattern(100000);
    int waiting = begin("/take", 1 << 20, "");
    int running = begin("/take", 1 << 20, "");
    wire_send_bytes(running, bytes, 100000);
    wait_until(&intake.inside, 2);
    http_server_stop(site.server);
    g_assert_cmpuint(intake.ended, ==, 2);
    g_assert_cmpint(intake.failure, ==, COMITY_ERROR_CANCELLED);
    close(waiting);
    close(running);
    tear_down();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/stream/order", every_byte_arrives_once_and_in_order);
    g_test_add_func("/http/stream/small", after_a_small_body_the_connection_goes_on);
    g_test_add_func("/http/stream/large", after_a_large_body_the_connection_ends);
    g_test_add_func("/http/stream/expect", who_expects_it_is_told_to_go_on);
    g_test_add_func("/http/stream/chunked", chunks_of_any_size_are_one_body);
    g_test_add_func("/http/stream/back-pressure", a_slow_handler_holds_its_sender_back);
    g_test_add_func("/http/stream/cut", what_came_before_a_cut_is_kept);
    g_test_add_func("/http/stream/refused", a_refusal_reaches_who_still_sends);
    g_test_add_func("/http/stream/silent", a_silent_sender_is_let_go);
    g_test_add_func("/http/stream/many", too_many_streams_are_told_to_wait);
    g_test_add_func("/http/stream/deferred", an_answer_may_come_from_the_thread_that_commits);
    g_test_add_func("/http/stream/stop", stopping_cuts_streams);
    return g_test_run();
}
