/* tests/unit/http-download.c: files going out: whole, in ranges, to slow readers, from sources that fail. */
#include "base/error.h"
#include "support/wire.h"
#include <unistd.h>

#define LARGE ((guint64)5 << 20)

/* A file of a given size whose bytes follow from their place. */
typedef struct {
    guint64 size;
    guint64 broken_at; /* reads that reach it fail; G_MAXUINT64: never */
} Exhibit;

static gint open_exhibits; /* atomic */

static gboolean exhibit_read(gpointer data, guint64 offset, guint8 *buffer, gsize length, GError **error)
{
    const Exhibit *self = data;
    if (offset + length > self->broken_at) {
        error_set(error, COMITY_ERROR_DAMAGED, "", "", "A chunk is not what was stored.");
        return FALSE;
    }
    g_assert_cmpuint(offset + length, <=, self->size);
    for (gsize i = 0; i < length; i++)
        buffer[i] = (guint8)((offset + i) % 251);
    return TRUE;
}

static void exhibit_free(gpointer data)
{
    g_free(data);
    g_atomic_int_add(&open_exhibits, -1);
}

static const HttpSourceClass exhibit_class = {.read = exhibit_read, .free = exhibit_free};

static gboolean show(HttpRequest *request, HttpResponse *response, GError **error)
{
    gint64 size, broken;
    if (!http_request_query_integer(request, "size", 0, G_MAXINT64, 1000, &size, error) ||
        !http_request_query_integer(request, "broken", 0, G_MAXINT64, G_MAXINT64, &broken, error))
        return FALSE;
    Exhibit *exhibit = g_new(Exhibit, 1);
    *exhibit = (Exhibit){.size = (guint64)size, .broken_at = (guint64)broken};
    g_atomic_int_inc(&open_exhibits);
    http_response_source(response, "application/octet-stream", exhibit->size, &exhibit_class, exhibit);
    http_response_set_etag(response, "abc");
    http_response_set_file_name(response, "Übergabe \"A\".pdf", TRUE);
    return TRUE;
}

static const HttpRoute routes[] = {{.method = "GET", .path = "/file", .handler = show}, {.method = NULL}};

static Site site;

static void assert_bytes(const Reply *reply, guint64 first, guint64 length)
{
    g_assert_cmpuint(reply->body->len, ==, length);
    for (guint64 i = 0; i < length; i++)
        g_assert_cmpuint((guint8)reply->body->str[i], ==, (first + i) % 251);
}

static void a_whole_file_goes_out(void)
{
    static const guint64 sizes[] = {0, 1, 1000, 262144, 262145, 524288, LARGE + 17};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *target = g_strdup_printf("GET /file?size=%" G_GUINT64_FORMAT, sizes[i]);
        g_autoptr(Reply) reply = wire_get(site.port, target, "");
        g_assert_cmpuint(reply->status, ==, 200);
        g_assert_cmpstr(reply_header(reply, "accept-ranges"), ==, "bytes");
        assert_bytes(reply, 0, sizes[i]);
    }
}

static void a_name_in_any_script_travels(void)
{
    g_autoptr(Reply) reply = wire_get(site.port, "GET /file", "");
    g_assert_cmpstr(reply_header(reply, "content-disposition"), ==,
                    "attachment; filename=\"__bergabe _A_.pdf\"; filename*=UTF-8''%C3%9Cbergabe%20%22A%22.pdf");
}

static void head_reads_nothing(void)
{
    g_autoptr(Reply) reply = wire_get(site.port, "HEAD /file?size=5000000&broken=0", "");
    g_assert_cmpuint(reply->status, ==, 200);
    g_assert_cmpstr(reply_header(reply, "content-length"), ==, "5000000");
}

static void a_range_is_a_part(void)
{
    static const struct {
        const char *range;
        guint status;
        guint64 first, length;
    } cases[] = {
        {"bytes=0-0", 206, 0, 1},        {"bytes=10-19", 206, 10, 10},
        {"bytes=990-", 206, 990, 10},    {"bytes=-10", 206, 990, 10},
        {"bytes=-5000", 206, 0, 1000},   {"bytes=500-99999", 206, 500, 500},
        {"bytes=999-999", 206, 999, 1},  {"bytes=1000-", 416, 0, 0},
        {"bytes=1000-2000", 416, 0, 0},  {"bytes=-0", 416, 0, 0},
        {"bytes=20-10", 200, 0, 1000},   {"bytes=a-b", 200, 0, 1000},
        {"bytes=0-1,5-6", 200, 0, 1000}, {"lines=0-1", 200, 0, 1000},
        {"bytes=-", 200, 0, 1000},       {"bytes=18446744073709551615-", 200, 0, 1000},
        {"bytes=+1-2", 200, 0, 1000},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *header = g_strdup_printf("Range: %s\r\n", cases[i].range);
        g_autoptr(Reply) reply = wire_get(site.port, "GET /file", header);
        g_test_message("%s", cases[i].range);
        g_assert_cmpuint(reply->status, ==, cases[i].status);
        assert_bytes(reply, cases[i].first, cases[i].length);
        g_autofree char *range = g_strdup_printf("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/1000",
                                                 cases[i].first, cases[i].first + cases[i].length - 1);
        if (cases[i].status == 206)
            g_assert_cmpstr(reply_header(reply, "content-range"), ==, range);
        if (cases[i].status == 416)
            g_assert_cmpstr(reply_header(reply, "content-range"), ==, "bytes */1000");
    }
}

static void a_large_range_is_read_from_its_start(void)
{
    g_autoptr(Reply) reply =
        wire_get(site.port, "GET /file?size=5000000&broken=4500000", "Range: bytes=1000001-4400000\r\n");
    g_assert_cmpuint(reply->status, ==, 206);
    assert_bytes(reply, 1000001, 3400000);
}

static void a_range_counts_for_the_version_that_is_known(void)
{
    g_autoptr(Reply) same = wire_get(site.port, "GET /file", "Range: bytes=0-9\r\nIf-Range: \"abc\"\r\n");
    g_assert_cmpuint(same->status, ==, 206);
    static const char *const others[] = {"\"abd\"", "W/\"abc\"", "Sun, 06 Nov 1994 08:49:37 GMT"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *header = g_strdup_printf("Range: bytes=0-9\r\nIf-Range: %s\r\n", others[i]);
        g_autoptr(Reply) other = wire_get(site.port, "GET /file", header);
        g_assert_cmpuint(other->status, ==, 200);
    }
    g_autoptr(Reply) known = wire_get(site.port, "GET /file", "Range: bytes=0-9\r\nIf-None-Match: \"abc\"\r\n");
    g_assert_cmpuint(known->status, ==, 304);
}

static void damage_at_the_start_is_a_problem(void)
{
    static const char *const targets[] = {"GET /file?size=1000&broken=500", "GET /file?size=5000000&broken=500"};
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_test_expect_message("http", G_LOG_LEVEL_WARNING, "*not what was stored*");
        g_autoptr(Reply) reply = wire_get(site.port, targets[i], "");
        g_test_assert_expected_messages();
        assert_problem(reply, 500, "http.failed");
    }
}

/* The length was told: a body that ends before it can't be taken for the file. */
static gsize bytes_until_the_end(int fd)
{
    static char bytes[65536];
    gsize sum = 0;
    for (gssize count; (count = read(fd, bytes, sizeof bytes)) > 0;)
        sum += (gsize)count;
    return sum;
}

/* However late it is found, the client can't take what it got for the file: bytes are missing. */
static void damage_later_cuts_the_connection(void)
{
    static const char *const places[] = {"300000", "3000000", "4999999"};
    for (gsize n = 0; n < G_N_ELEMENTS(places); n++) {
        g_test_expect_message("http", G_LOG_LEVEL_WARNING, "*broke off*");
        int fd = wire_connect(site.port);
        g_autofree char *request =
            g_strdup_printf("GET /file?size=5000000&broken=%s HTTP/1.1\r\nHost: a\r\n\r\n", places[n]);
        wire_send(fd, request);
        g_assert_cmpuint(bytes_until_the_end(fd), <=, g_ascii_strtoull(places[n], NULL, 10) + 1000);
        close(fd);
        g_test_assert_expected_messages();
    }
}

static void readers_who_leave_leave_nothing_behind(void)
{
    for (guint i = 0; i < 20; i++) {
        int fd = wire_connect(site.port);
        wire_send(fd, "GET /file?size=50000000 HTTP/1.1\r\nHost: a\r\n\r\n");
        g_autofree char *line = wire_read_line(fd);
        g_assert_cmpstr(line, ==, "HTTP/1.1 200 OK");
        close(fd);
    }
    /* Others are served meanwhile, and the stop in main waits for the rest. */
    g_autoptr(Reply) reply = wire_get(site.port, "GET /file", "");
    assert_bytes(reply, 0, 1000);
}

static void stopping_does_not_wait_for_who_never_reads(void)
{
    Site other;
    site_start(&other, routes, (HttpServerOptions){.workers = 1});
    int fd = wire_connect(other.port);
    wire_send(fd, "GET /file?size=500000000 HTTP/1.1\r\nHost: a\r\n\r\n");
    g_autofree char *line = wire_read_line(fd);
    g_assert_cmpstr(line, ==, "HTTP/1.1 200 OK");
    site_stop(&other);
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    site_start(&site, routes, (HttpServerOptions){.workers = 2});
    g_test_add_func("/http/download/whole", a_whole_file_goes_out);
    g_test_add_func("/http/download/name", a_name_in_any_script_travels);
    g_test_add_func("/http/download/head", head_reads_nothing);
    g_test_add_func("/http/download/range", a_range_is_a_part);
    g_test_add_func("/http/download/large-range", a_large_range_is_read_from_its_start);
    g_test_add_func("/http/download/if-range", a_range_counts_for_the_version_that_is_known);
    g_test_add_func("/http/download/damaged", damage_at_the_start_is_a_problem);
    g_test_add_func("/http/download/damaged-later", damage_later_cuts_the_connection);
    g_test_add_func("/http/download/left", readers_who_leave_leave_nothing_behind);
    g_test_add_func("/http/download/stop", stopping_does_not_wait_for_who_never_reads);
    int result = g_test_run();
    site_stop(&site);
    g_assert_cmpint(g_atomic_int_get(&open_exhibits), ==, 0);
    return result;
}
