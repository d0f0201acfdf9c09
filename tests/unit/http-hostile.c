/* tests/unit/http-hostile.c: requests that two programs could read in two ways, floods, and senders without haste. */
#include "base/error.h"
#include "support/wire.h"
#include <sys/socket.h>
#include <unistd.h>

static gint handled; /* atomic: requests that reached a handler */

static gboolean take(HttpRequest *request, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    g_atomic_int_inc(&handled);
    http_response_bytes(response, 200, "application/octet-stream", http_request_body(request));
    return TRUE;
}

static gboolean refuse(HttpRequest *request, HttpResponse *response G_GNUC_UNUSED, gboolean *answered G_GNUC_UNUSED,
                       GError **error)
{
    if (g_strcmp0(http_request_bearer(request), "good") == 0)
        return TRUE;
    error_set(error, COMITY_ERROR_UNAUTHENTICATED, "", "", "Sign in.");
    return FALSE;
}

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/take", .handler = take},
    {.method = "POST", .path = "/take", .handler = take, .body_limit = 100000},
    {.method = "GET", .path = "/healthz", .handler = take, .flags = HTTP_ROUTE_INLINE},
    {.method = NULL},
};

#define HOST "Host: localhost\r\nAuthorization: Bearer good\r\n"
#define SMUGGLED "GET /take?smuggled HTTP/1.1\r\n" HOST "\r\n"

typedef struct {
    const char *name;
    const char *bytes;
    guint status; /* 0: the connection may just end */
    gsize length; /* 0: to the first zero */
} Case;

#define WITH_ZERO(text) .bytes = (text), .length = sizeof(text) - 1

static const Case cases[] = {
    {"two lengths", "POST /take HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" SMUGGLED, 400,
     0},
    {"two different lengths", "POST /take HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 60\r\n\r\n" SMUGGLED,
     400, 0},
    {"length and coding",
     "POST /take HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 400,
     0},
    {"coding and length",
     "POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED, 400,
     0},
    {"two codings",
     "POST /take HTTP/1.1\r\n" HOST
     "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
     400, 0},
    {"unknown coding", "POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 501,
     0},
    {"almost chunked", "POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SMUGGLED, 501, 0},
    {"chunked over 1.0", "POST /take HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 400, 0},
    {"coding with a space", "POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 400,
     0},
    {"length with a space", "POST /take HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\nabc" SMUGGLED, 400, 0},
    {"signed length", "POST /take HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc" SMUGGLED, 400, 0},
    {"negative length", "POST /take HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n" SMUGGLED, 400, 0},
    {"hexadecimal length", "POST /take HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nabc" SMUGGLED, 400, 0},
    {"list of lengths", "POST /take HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\nabc" SMUGGLED, 400, 0},
    {"empty length", "POST /take HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n" SMUGGLED, 400, 0},
    {"length beyond 2^64", "POST /take HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n" SMUGGLED, 413,
     0},
    {"length beyond 2^63", "POST /take HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775808\r\n\r\n" SMUGGLED, 400,
     0},
    {"chunk size beyond 2^64",
     "POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" SMUGGLED, 413, 0},
    {"negative chunk", "POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n-1\r\n" SMUGGLED, 400, 0},
    {"chunk without its end",
     "POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n" SMUGGLED, 400, 0},
    {"two hosts", "GET /take HTTP/1.1\r\n" HOST "Host: other\r\n\r\n" SMUGGLED, 400, 0},
    {"no host", "GET /take HTTP/1.1\r\nAuthorization: Bearer good\r\n\r\n" SMUGGLED, 400, 0},
    {"empty host", "GET /take HTTP/1.1\r\nHost:\r\nAuthorization: Bearer good\r\n\r\n" SMUGGLED, 400, 0},
    {"host with a path", "GET /take HTTP/1.1\r\nHost: a/b\r\nAuthorization: Bearer good\r\n\r\n" SMUGGLED, 400, 0},
    {"bare LF after the request line", "GET /take HTTP/1.1\n" HOST "\r\n" SMUGGLED, 400, 0},
    {"bare LF after a field", "GET /take HTTP/1.1\r\nX: y\n" HOST "\r\n" SMUGGLED, 400, 0},
    {"bare LF after the last field", "GET /take HTTP/1.1\r\n" HOST "X: y\n\r\n" SMUGGLED, 400, 0},
    {"bare LF as the empty line", "GET /take HTTP/1.1\r\n" HOST "\n" SMUGGLED, 400, 0},
    {"continued line", "GET /take HTTP/1.1\r\n" HOST "X: y\r\n z\r\n\r\n" SMUGGLED, 400, 0},
    {"continued first line", "GET /take HTTP/1.1\r\n X: y\r\n" HOST "\r\n" SMUGGLED, 400, 0},
    {"bare CR in a value", "GET /take HTTP/1.1\r\n" HOST "X: a\rTransfer-Encoding: chunked\r\n\r\n" SMUGGLED, 400, 0},
    {"zero in a value", .status = 400, WITH_ZERO("GET /take HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n" SMUGGLED)},
    {"zero behind a length", .status = 400,
     WITH_ZERO("POST /take HTTP/1.1\r\n" HOST "Content-Length: 0\0"
               "60\r\n\r\n" SMUGGLED)},
    {"zero in a name", .status = 400, WITH_ZERO("GET /take HTTP/1.1\r\n" HOST "X\0: a\r\n\r\n" SMUGGLED)},
    {"zero in the path", .status = 400, WITH_ZERO("GET /take\0 HTTP/1.1\r\n" HOST "\r\n" SMUGGLED)},
    {"field without a name", "GET /take HTTP/1.1\r\n" HOST ": y\r\n\r\n" SMUGGLED, 400, 0},
    {"field without a colon", "GET /take HTTP/1.1\r\n" HOST "X\r\n\r\n" SMUGGLED, 400, 0},
    {"name with a bracket", "GET /take HTTP/1.1\r\n" HOST "X(: y\r\n\r\n" SMUGGLED, 400, 0},
    {"value that is no UTF-8", "GET /take HTTP/1.1\r\n" HOST "X: \xff\r\n\r\n" SMUGGLED, 400, 0},
    {"two spaces in the request line", "GET  /take HTTP/1.1\r\n" HOST "\r\n" SMUGGLED, 400, 0},
    {"space in the path", "GET /take /x HTTP/1.1\r\n" HOST "\r\n" SMUGGLED, 0, 0},
    {"no version", "GET /take\r\n" HOST "\r\n" SMUGGLED, 400, 0},
    {"HTTP/2.0", "GET /take HTTP/2.0\r\n" HOST "\r\n" SMUGGLED, 505, 0},
    {"HTTP/0.9", "GET /take HTTP/0.9\r\n" HOST "\r\n" SMUGGLED, 505, 0},
    {"unknown expectation", "POST /take HTTP/1.1\r\n" HOST "Expect: wonders\r\nContent-Length: 3\r\n\r\nabc" SMUGGLED,
     417, 0},
    {"authority form", "CONNECT localhost:443 HTTP/1.1\r\n" HOST "\r\n" SMUGGLED, 400, 0},
    {"bytes", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0, 0},
};

/* Nothing behind such a request may be taken for a second one. */
static void no_request_hides_in_another(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Site site;
        site_start(&site, routes, (HttpServerOptions){.workers = 1, .before = refuse});
        g_atomic_int_set(&handled, 0);
        int fd = wire_connect(site.port);
        wire_send_bytes(fd, cases[i].bytes, cases[i].length != 0 ? cases[i].length : strlen(cases[i].bytes));
        shutdown(fd, SHUT_WR);
        g_autoptr(Reply) reply = wire_read(fd, FALSE);
        g_test_message("%s: %u", cases[i].name, reply != NULL ? reply->status : 0);
        if (cases[i].status != 0) {
            g_assert_nonnull(reply);
            g_assert_cmpuint(reply->status, ==, cases[i].status);
        }
        g_autofree char *rest = wire_rest(fd); /* libmicrohttpd 0.9.75 sends some headers of refusals twice */
        g_assert_null(strstr(rest, " 200 "));
        g_assert_cmpint(g_atomic_int_get(&handled), ==, 0);
        close(fd);
        site_stop(&site);
    }
}

static Site site;

static void header_floods_are_refused(void)
{
    g_autoptr(GString) wide = g_string_new("GET /take HTTP/1.1\r\n" HOST "X: ");
    for (guint i = 0; i < 1 << 20; i++)
        g_string_append_c(wide, 'x');
    g_string_append(wide, "\r\n\r\n");
    g_autoptr(Reply) too_wide = wire_ask(site.port, wide->str);
    g_assert_cmpuint(too_wide->status, ==, 431);

    g_autoptr(GString) deep = g_string_new("GET /take HTTP/1.1\r\n" HOST);
    for (guint i = 0; i < 100; i++)
        g_string_append_printf(deep, "X-%u: y\r\n", i);
    g_string_append(deep, "\r\n");
    g_autoptr(Reply) too_deep = wire_ask(site.port, deep->str);
    assert_problem(too_deep, 431, "http.header_too_large");

    g_autoptr(GString) far = g_string_new("GET /");
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(far, 'x');
    g_string_append(far, " HTTP/1.1\r\n" HOST "\r\n");
    g_autoptr(Reply) too_far = wire_ask(site.port, far->str);
    g_assert_cmpuint(too_far->status, ==, 414);
}

static Reply *post(const char *headers, gsize declared, gsize sent)
{
    g_autofree char *head =
        g_strdup_printf("POST /take HTTP/1.1\r\nHost: a\r\n%sContent-Length: %zu\r\n\r\n", headers, declared);
    g_autofree char *body = g_strnfill(sent, 'b');
    int fd = wire_connect(site.port);
    wire_send(fd, head);
    wire_send_bytes(fd, body, sent);
    Reply *reply = wire_read(fd, FALSE);
    close(fd);
    return reply;
}

static void a_body_has_a_limit(void)
{
    g_autoptr(Reply) fits = post("Authorization: Bearer good\r\n", 100000, 100000);
    g_assert_cmpuint(fits->status, ==, 200);
    g_assert_cmpuint(fits->body->len, ==, 100000);
    g_autoptr(Reply) large = post("Authorization: Bearer good\r\n", 100001, 100001);
    assert_problem(large, 413, "http.too_large");
    g_autoptr(Reply) absurd = post("Authorization: Bearer good\r\n", (gsize)1 << 40, 1000);
    assert_problem(absurd, 413, "http.too_large"); /* without waiting for it */
}

static void a_chunked_body_has_the_same_limit(void)
{
    g_autoptr(GString) text = g_string_new("POST /take HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    g_autofree char *piece = g_strnfill(20000, 'c');
    for (guint i = 0; i < 5; i++)
        g_string_append_printf(text, "4e20\r\n%s\r\n", piece);
    g_autofree char *fitting = g_strconcat(text->str, "0\r\n\r\n", NULL);
    g_autoptr(Reply) fits = wire_ask(site.port, fitting);
    g_assert_cmpuint(fits->status, ==, 200);
    g_assert_cmpuint(fits->body->len, ==, 100000);
    g_string_append(text, "1\r\nx\r\n0\r\n\r\n");
    g_autoptr(Reply) large = wire_ask(site.port, text->str);
    assert_problem(large, 413, "http.too_large");
}

static void a_stranger_s_body_is_not_kept(void)
{
    g_atomic_int_set(&handled, 0);
    g_autoptr(Reply) large = post("", 100000, 100000);
    assert_problem(large, 401, "http.unauthenticated");
    g_autoptr(Reply) small = post("", 100, 100);
    assert_problem(small, 401, "http.unauthenticated");
    g_assert_cmpint(g_atomic_int_get(&handled), ==, 0);
}

static void a_refused_expectation_sends_no_body(void)
{
    int fd = wire_connect(site.port);
    wire_send(fd, "POST /take HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 90000\r\n\r\n");
    g_autoptr(Reply) reply = wire_read(fd, FALSE);
    assert_problem(reply, 401, "http.unauthenticated");
    close(fd);
    fd = wire_connect(site.port);
    wire_send(fd, "POST /take HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    g_autoptr(Reply) go_on = wire_read(fd, FALSE);
    g_assert_cmpuint(go_on->status, ==, 100);
    wire_send(fd, "abc");
    g_autoptr(Reply) answer = wire_read(fd, FALSE);
    g_assert_cmpstr(answer->body->str, ==, "abc");
    close(fd);
}

static void an_inline_route_takes_no_body(void)
{
    g_autoptr(Reply) reply = wire_ask(site.port, "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    assert_problem(reply, 413, "http.too_large");
}

static void who_never_ends_its_header_is_cut(void)
{
    Site strict;
    site_start(&strict, routes, (HttpServerOptions){.workers = 1, .header_seconds = 1});
    int silent = wire_connect(strict.port);
    int slow = wire_connect(strict.port);
    wire_send(slow, "GET /take HTTP/1.1\r\nHost: a\r\nX: ");
    g_assert_true(wire_is_over(silent));
    g_assert_true(wire_is_over(slow));
    close(silent);
    close(slow);
    site_stop(&strict);
}

static void who_never_ends_its_body_is_cut(void)
{
    Site strict;
    site_start(&strict, routes, (HttpServerOptions){.workers = 1, .body_seconds = 1});
    int fd = wire_connect(strict.port);
    wire_send(fd, "POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
    g_assert_true(wire_is_over(fd));
    close(fd);
    site_stop(&strict);
}

static void bodies_in_memory_have_a_bound_together(void)
{
    Site small;
    site_start(&small, routes, (HttpServerOptions){.workers = 1, .body_memory = 20000});
    int fd = wire_connect(small.port);
    wire_send(fd, "POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n");
    g_autofree char *body = g_strnfill(30000, 'b');
    wire_send(fd, body);
    g_autoptr(Reply) full = wire_read(fd, FALSE);
    assert_problem(full, 503, "http.busy");
    close(fd);
    site_stop(&small);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    site_start(&site, routes, (HttpServerOptions){.workers = 2, .before = refuse});
    g_test_add_func("/http/hostile/smuggling", no_request_hides_in_another);
    g_test_add_func("/http/hostile/floods", header_floods_are_refused);
    g_test_add_func("/http/hostile/limit", a_body_has_a_limit);
    g_test_add_func("/http/hostile/chunked-limit", a_chunked_body_has_the_same_limit);
    g_test_add_func("/http/hostile/stranger", a_stranger_s_body_is_not_kept);
    g_test_add_func("/http/hostile/expect", a_refused_expectation_sends_no_body);
    g_test_add_func("/http/hostile/inline", an_inline_route_takes_no_body);
    g_test_add_func("/http/hostile/slow-header", who_never_ends_its_header_is_cut);
    g_test_add_func("/http/hostile/slow-body", who_never_ends_its_body_is_cut);
    g_test_add_func("/http/hostile/memory", bodies_in_memory_have_a_bound_together);
    int result = g_test_run();
    site_stop(&site);
    return result;
}
