/* tests/unit/http-answers.c: a client asks, the server answers: routes, methods, bodies, problems, conditions. */
#include "http/origin.h"
#include "http/problem.h"
#include "support/wire.h"
#include <unistd.h>

static gboolean health(HttpRequest *request G_GNUC_UNUSED, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    http_response_json(response, 200, json_pack("{s:s}", "status", "ok"));
    return TRUE;
}

static gboolean show_exhibit(HttpRequest *request, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    const char *view = http_request_query(request, "view");
    http_response_json(response, 200,
                       json_pack("{s:s, s:s, s:s?}", "space", http_request_parameter(request, "space"), "id",
                                 http_request_parameter(request, "id"), "view", view));
    http_response_set_etag(response, "v7");
    return TRUE;
}

static gboolean new_exhibits(HttpRequest *request G_GNUC_UNUSED, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    http_response_empty(response, 204);
    return TRUE;
}

static gboolean correct_exhibit(HttpRequest *request, HttpResponse *response, GError **error)
{
    g_autoptr(json_t) body = NULL;
    if (!http_request_if_match(request, "v7", TRUE, error) || (body = http_request_json(request, error)) == NULL)
        return FALSE;
    if (json_text(body, "what") == NULL) {
        error_set(error, COMITY_ERROR_INVALID, "exhibit.what", "/what", "Say what it is.");
        return FALSE;
    }
    http_response_json(response, 200, json_incref(body));
    return TRUE;
}

static gboolean fail(HttpRequest *request, HttpResponse *response G_GNUC_UNUSED, GError **error)
{
    gint64 kind = 0;
    if (!http_request_query_integer(request, "kind", 0, COMITY_ERROR_USAGE, COMITY_ERROR_IO, &kind, error))
        return FALSE;
    const char *code = http_request_query(request, "code");
    error_set(error, (ComityError)kind, code != NULL ? code : "", "", "opening “/srv/secret”: no");
    return FALSE;
}

static gboolean forget_to_answer(HttpRequest *request G_GNUC_UNUSED, HttpResponse *response G_GNUC_UNUSED,
                                 GError **error G_GNUC_UNUSED)
{
    return TRUE;
}

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/healthz", .handler = health, .flags = HTTP_ROUTE_INLINE},
    {.method = "GET", .path = "/api/v1/spaces/{space}/evidence/{id}", .handler = show_exhibit},
    {.method = "GET", .path = "/api/v1/spaces/{space}/evidence/new", .handler = new_exhibits},
    {.method = "PUT", .path = "/api/v1/spaces/{space}/evidence/{id}", .handler = correct_exhibit, .body_limit = 100000},
    {.method = "GET", .path = "/api/v1/fail", .handler = fail},
    {.method = "GET", .path = "/api/v1/mute", .handler = forget_to_answer},
    {.method = NULL},
};

static Site site;

static void a_path_leads_to_its_route(void)
{
    g_autoptr(Reply) reply = wire_get(site.port, "GET /api/v1/spaces/harbour/evidence/0198@a.node.test?view=full", "");
    g_assert_cmpuint(reply->status, ==, 200);
    g_autoptr(json_t) shown = reply_json(reply);
    g_assert_cmpstr(json_text(shown, "space"), ==, "harbour");
    g_assert_cmpstr(json_text(shown, "id"), ==, "0198@a.node.test");
    g_assert_cmpstr(json_text(shown, "view"), ==, "full");
    g_autoptr(Reply) literal = wire_get(site.port, "GET /api/v1/spaces/harbour/evidence/new", "");
    g_assert_cmpuint(literal->status, ==, 204);
    g_autoptr(Reply) escaped = wire_get(site.port, "GET /api/v1/spaces/h%C3%A4fen/evidence/a%40b", "");
    g_autoptr(json_t) decoded = reply_json(escaped);
    g_assert_cmpstr(json_text(decoded, "space"), ==, "häfen");
    g_assert_cmpstr(json_text(decoded, "id"), ==, "a@b");
}

static void every_answer_is_guarded(void)
{
    g_autoptr(Reply) reply = wire_get(site.port, "GET /healthz", "");
    g_assert_cmpstr(reply_header(reply, "cache-control"), ==, "no-store");
    g_assert_cmpstr(reply_header(reply, "x-content-type-options"), ==, "nosniff");
    g_assert_cmpstr(reply_header(reply, "content-security-policy"), ==, "default-src 'none'; frame-ancestors 'none'");
    g_assert_cmpuint(strlen(reply_header(reply, "request-id")), ==, 9);
}

static void head_has_the_length_and_no_body(void)
{
    g_autoptr(Reply) whole = wire_get(site.port, "GET /healthz", "");
    g_autoptr(Reply) head = wire_get(site.port, "HEAD /healthz", "");
    g_assert_cmpuint(head->status, ==, 200);
    g_assert_cmpuint(head->body->len, ==, 0);
    g_assert_cmpstr(reply_header(head, "content-length"), ==, reply_header(whole, "content-length"));
}

static void unknown_paths_and_methods_are_told_apart(void)
{
    g_autoptr(Reply) nowhere = wire_get(site.port, "GET /api/v1/nowhere", "");
    assert_problem(nowhere, 404, "http.path_unknown");
    g_autoptr(Reply) method = wire_get(site.port, "DELETE /api/v1/spaces/a/evidence/b", "");
    assert_problem(method, 405, "http.method");
    g_assert_cmpstr(reply_header(method, "allow"), ==, "GET, HEAD, PUT");
    g_autoptr(Reply) options = wire_get(site.port, "OPTIONS /api/v1/spaces/a/evidence/b", "");
    g_assert_cmpuint(options->status, ==, 204);
    g_assert_cmpstr(reply_header(options, "allow"), ==, "GET, HEAD, PUT");
}

static void a_path_means_one_thing(void)
{
    static const struct {
        const char *target;
        guint status;
    } cases[] = {
        {"/api/v1/spaces/a%2Fb/evidence/c", 400},     {"/api/v1/spaces/a/evidence/b%00", 400},
        {"/api/v1/spaces/a/evidence/%zz", 400},       {"/api/v1/spaces/a/evidence/%C3", 400},
        {"/api/v1/spaces/a%5Cb/evidence/c", 400},     {"/api/v1/spaces/a/evidence/%0A", 400},
        {"/api/v1/spaces//evidence/c", 404},          {"/api/v1/spaces/a/evidence/", 404},
        {"/api/v1/spaces/../evidence/c", 404},        {"/api/v1/spaces/a/evidence/%2e%2e", 404},
        {"//api/v1/spaces/a/evidence/c", 404},        {"http://localhost/healthz", 400},
        {"/api/v1/spaces/a/evidence/b?x=1&x=2", 400}, {"/api/v1/spaces/a/evidence/b?x=%00", 400},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target = g_strdup_printf("GET %s", cases[i].target);
        g_autoptr(Reply) reply = wire_get(site.port, target, "");
        g_test_message("%s", cases[i].target);
        g_assert_nonnull(reply);
        g_assert_cmpuint(reply->status, ==, cases[i].status);
    }
}

static Reply *put(const char *headers, const char *body)
{
    g_autofree char *text = g_strdup_printf("PUT /api/v1/spaces/a/evidence/b HTTP/1.1\r\nHost: localhost\r\n%s"
                                            "Content-Length: %zu\r\n\r\n%s",
                                            headers, strlen(body), body);
    return wire_ask(site.port, text);
}

static void a_change_names_the_version_that_it_changes(void)
{
    g_autoptr(Reply) blind = put("Content-Type: application/json\r\n", "{\"what\":\"knife\"}");
    assert_problem(blind, 428, HTTP_CODE_PRECONDITION_MISSING);
    g_autoptr(Reply) stale = put("If-Match: \"v6\"\r\nContent-Type: application/json\r\n", "{\"what\":\"knife\"}");
    assert_problem(stale, 412, HTTP_CODE_PRECONDITION);
    g_autoptr(Reply) fresh =
        put("If-Match: \"v6\", \"v7\"\r\nContent-Type: application/json\r\n", "{\"what\":\"knife\"}");
    g_assert_cmpuint(fresh->status, ==, 200);
    g_assert_cmpstr(fresh->body->str, ==, "{\"what\":\"knife\"}");
}

static void a_body_is_strict_json(void)
{
    g_autoptr(Reply) typeless = put("If-Match: *\r\n", "{\"what\":\"knife\"}");
    assert_problem(typeless, 415, HTTP_CODE_MEDIA_TYPE);
    static const char *const broken[] = {"", "{", "[]", "{\"what\":\"a\",\"what\":\"b\"}", "{\"what\":1.5}", "{} {}"};
    for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(Reply) reply = put("If-Match: *\r\nContent-Type: application/json; charset=utf-8\r\n", broken[i]);
        assert_problem(reply, 400, HTTP_CODE_BODY);
    }
    g_autoptr(Reply) missing = put("If-Match: *\r\nContent-Type: application/json\r\n", "{\"why\":\"knife\"}");
    assert_problem(missing, 422, "exhibit.what");
    g_autoptr(json_t) problem = reply_json(missing);
    g_assert_cmpstr(json_text(problem, "pointer"), ==, "/what");
}

static void what_is_known_is_not_sent_again(void)
{
    const char *target = "GET /api/v1/spaces/a/evidence/b";
    g_autoptr(Reply) known = wire_get(site.port, target, "If-None-Match: \"v6\", W/\"v7\"\r\n");
    g_assert_cmpuint(known->status, ==, 304);
    g_assert_cmpstr(reply_header(known, "etag"), ==, "\"v7\"");
    g_autoptr(Reply) changed = wire_get(site.port, target, "If-None-Match: \"v6\"\r\n");
    g_assert_cmpuint(changed->status, ==, 200);
}

static void each_kind_of_error_has_its_status(void)
{
    static const guint statuses[] = {400, 401, 403, 404, 409, 410, 413, 500, 507, 500, 503, 501, 503, 500};
    static const char *const codes[] = {
        "http.invalid", "http.unauthenticated", "http.forbidden", "http.not_found", "http.conflict",
        "http.gone",    "http.too_large",       "http.failed",    "http.no_room",   "http.failed",
        "http.busy",    "http.unsupported",     "http.busy",      "http.failed"};
    for (gsize kind = 0; kind < G_N_ELEMENTS(statuses); kind++) {
        if (statuses[kind] >= 500 && kind != COMITY_ERROR_CANCELLED)
            g_test_expect_message("http", G_LOG_LEVEL_WARNING, "*/srv/secret*");
        g_autofree char *target = g_strdup_printf("GET /api/v1/fail?kind=%zu", kind);
        g_autoptr(Reply) reply = wire_get(site.port, target, "");
        assert_problem(reply, statuses[kind], codes[kind]);
        gboolean told = strstr(reply->body->str, "/srv/secret") != NULL;
        g_assert_cmpint(told, ==, statuses[kind] < 500);
    }
    g_test_assert_expected_messages();
    g_autoptr(Reply) meant = wire_get(site.port, "GET /api/v1/fail?kind=10&code=queue.full", "");
    assert_problem(meant, 503, "queue.full");
    g_assert_cmpstr(reply_header(meant, "retry-after"), ==, "1");
    g_assert_nonnull(strstr(meant->body->str, "/srv/secret")); /* a code says: this sentence is for the outside */
    g_autoptr(Reply) nobody = wire_get(site.port, "GET /api/v1/fail?kind=1", "");
    g_assert_cmpstr(reply_header(nobody, "www-authenticate"), ==, "Bearer");
}

static void a_handler_that_says_nothing_is_our_fault(void)
{
    g_test_expect_message("http", G_LOG_LEVEL_WARNING, "*without an answer*");
    g_autoptr(Reply) reply = wire_get(site.port, "GET /api/v1/mute", "");
    g_test_assert_expected_messages();
    assert_problem(reply, 500, "http.failed");
}

static void one_connection_carries_many_requests(void)
{
    int fd = wire_connect(site.port);
    wire_send(fd, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
                  "GET /api/v1/nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                  "PUT /api/v1/spaces/a/evidence/b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
                  "GET /api/v1/spaces/a/evidence/new HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    static const guint statuses[] = {200, 404, 428, 204};
    for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autoptr(Reply) reply = wire_read(fd, FALSE);
        g_assert_cmpuint(reply->status, ==, statuses[i]);
    }
    g_assert_true(wire_is_over(fd));
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    site_start(&site, routes, (HttpServerOptions){.workers = 2});
    g_test_add_func("/http/answers/path", a_path_leads_to_its_route);
    g_test_add_func("/http/answers/guarded", every_answer_is_guarded);
    g_test_add_func("/http/answers/head", head_has_the_length_and_no_body);
    g_test_add_func("/http/answers/unknown", unknown_paths_and_methods_are_told_apart);
    g_test_add_func("/http/answers/one-thing", a_path_means_one_thing);
    g_test_add_func("/http/answers/if-match", a_change_names_the_version_that_it_changes);
    g_test_add_func("/http/answers/json", a_body_is_strict_json);
    g_test_add_func("/http/answers/if-none-match", what_is_known_is_not_sent_again);
    g_test_add_func("/http/answers/errors", each_kind_of_error_has_its_status);
    g_test_add_func("/http/answers/mute", a_handler_that_says_nothing_is_our_fault);
    g_test_add_func("/http/answers/keep-alive", one_connection_carries_many_requests);
    int result = g_test_run();
    site_stop(&site);
    return result;
}
