/* tests/unit/http-work.c: the owner's side: workers, hooks, deferred answers, origins, names, and stopping. */
#include "base/error.h"
#include "http/origin.h"
#include "support/wire.h"
#include <unistd.h>

/* The owner: counts its workers, and keeps what it was asked to finish later. */
typedef struct {
    GMutex lock;
    GCond changed;
    guint workers_made, workers_freed;
    gboolean no_workers;
    HttpRequest *pending;
    guint after_calls;
    guint after_status;
} Owner;

static Owner owner;

static gpointer worker_new(gpointer data, GError **error)
{
    Owner *self = data;
    g_mutex_lock(&self->lock);
    gboolean possible = !self->no_workers;
    self->workers_made += possible ? 1 : 0;
    g_mutex_unlock(&self->lock);
    if (!possible)
        error_set(error, COMITY_ERROR_BUSY, "db.busy", "", "The database can't be opened now.");
    return possible ? g_strdup("a read connection") : NULL;
}

static void worker_free(gpointer worker, gpointer data)
{
    Owner *self = data;
    g_free(worker);
    g_mutex_lock(&self->lock);
    self->workers_freed++;
    g_mutex_unlock(&self->lock);
}

static const char *const origins[] = {"https://node.example", NULL};

static gboolean before(HttpRequest *request, HttpResponse *response, gboolean *answered, GError **error)
{
    g_assert_cmpstr(http_request_worker(request), ==, "a read connection");
    if (!http_origin_check(request, origins, error))
        return FALSE;
    if (g_strcmp0(http_request_header(request, "Idempotency-Key"), "seen") == 0) {
        http_response_json(response, 201, json_pack("{s:b}", "again", TRUE));
        *answered = TRUE;
        return TRUE;
    }
    if (g_strcmp0(http_request_cookie(request, "__Host-session"), "revoked") == 0) {
        error_set(error, COMITY_ERROR_UNAUTHENTICATED, "session.over", "", "Sign in again.");
        return FALSE;
    }
    http_request_set(request, "session", g_strdup("investigator"), g_free);
    return TRUE;
}

static void after(HttpRequest *request, HttpResponse *response)
{
    Owner *self = http_request_owner(request);
    g_autoptr(GBytes) body = http_response_capture(response);
    g_mutex_lock(&self->lock);
    self->after_calls++;
    self->after_status = http_response_status(response);
    g_mutex_unlock(&self->lock);
    http_response_set_headerf(response, "X-Captured", "%zu", body != NULL ? g_bytes_get_size(body) : 0);
}

static gboolean who(HttpRequest *request, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    http_response_json(response, 200,
                       json_pack("{s:s, s:s}", "session", http_request_get(request, "session"), "worker",
                                 http_request_worker(request)));
    return TRUE;
}

/* Answered by whoever takes `pending`. */
static gboolean wait_for_commit(HttpRequest *request, HttpResponse *response G_GNUC_UNUSED,
                                GError **error G_GNUC_UNUSED)
{
    Owner *self = http_request_owner(request);
    http_request_defer(request);
    g_mutex_lock(&self->lock);
    self->pending = request;
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
    return TRUE;
}

static HttpRequest *take_pending(void)
{
    g_mutex_lock(&owner.lock);
    while (owner.pending == NULL)
        g_cond_wait(&owner.changed, &owner.lock);
    HttpRequest *request = g_steal_pointer(&owner.pending);
    g_mutex_unlock(&owner.lock);
    return request;
}

/* Completes before it returns: the completion must wait for the handler, not the other way round. */
static gboolean hurry(HttpRequest *request, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    http_request_defer(request);
    http_response_json(response, 200, json_pack("{s:b}", "hurried", TRUE));
    http_request_complete(request, NULL);
    return TRUE;
}

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/who", .handler = who},
    {.method = "POST", .path = "/who", .handler = who},
    {.method = "POST", .path = "/commit", .handler = wait_for_commit},
    {.method = "GET", .path = "/hurry", .handler = hurry},
    {.method = NULL},
};

static Site site;

static void set_up(void)
{
    g_mutex_init(&owner.lock);
    g_cond_init(&owner.changed);
    owner.workers_made = owner.workers_freed = owner.after_calls = owner.after_status = 0;
    static const char *const hosts[] = {"localhost", "a", NULL};
    static const char *const proxies[] = {"127.0.0.1", NULL};
    site_start(&site, routes,
               (HttpServerOptions){.data = &owner,
                                   .workers = 2,
                                   .worker_new = worker_new,
                                   .worker_free = worker_free,
                                   .before = before,
                                   .after = after,
                                   .hosts = hosts,
                                   .proxies = proxies});
}

static void tear_down(void)
{
    site_stop(&site);
    g_assert_cmpuint(owner.workers_made, ==, owner.workers_freed);
    g_cond_clear(&owner.changed);
    g_mutex_clear(&owner.lock);
}

static void every_handler_has_a_worker_and_a_session(void)
{
    set_up();
    g_autoptr(Reply) reply = wire_get(site.port, "GET /who", "");
    g_assert_cmpstr(reply->body->str, ==, "{\"session\":\"investigator\",\"worker\":\"a read connection\"}");
    g_assert_cmpstr(reply_header(reply, "x-captured"), !=, "0");
    tear_down();
    g_assert_cmpuint(owner.workers_made, >=, 1);
}

static void whom_before_refuses_no_handler_sees(void)
{
    set_up();
    g_autoptr(Reply) reply = wire_get(site.port, "GET /who", "Cookie: a=b; __Host-session=revoked; c=d\r\n");
    assert_problem(reply, 401, "session.over");
    g_assert_null(reply_header(reply, "x-captured")); /* `after` is for those who were let in */
    g_autoptr(Reply) again = wire_get(site.port, "GET /who", "Idempotency-Key: seen\r\n");
    g_assert_cmpuint(again->status, ==, 201);
    g_assert_cmpstr(again->body->str, ==, "{\"again\":true}");
    tear_down();
}

static void a_worker_that_can_t_be_made_is_tried_again(void)
{
    set_up();
    owner.no_workers = TRUE;
    g_autoptr(Reply) refused = wire_get(site.port, "GET /who", "");
    assert_problem(refused, 503, "db.busy");
    g_mutex_lock(&owner.lock);
    owner.no_workers = FALSE;
    g_mutex_unlock(&owner.lock);
    g_autoptr(Reply) reply = wire_get(site.port, "GET /who", "");
    g_assert_cmpuint(reply->status, ==, 200);
    tear_down();
}

static void many_commits_wait_without_a_thread(void)
{
    set_up();
    enum { CLIENTS = 20 }; /* ten times the threads */
    int fds[CLIENTS];
    HttpRequest *waiting[CLIENTS];
    for (guint i = 0; i < CLIENTS; i++) {
        fds[i] = wire_connect(site.port);
        wire_send(fds[i], "POST /commit HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
        waiting[i] = take_pending();
    }
    for (guint i = 0; i < CLIENTS; i++) {
        http_response_json(http_request_response(waiting[i]), 201, json_pack("{s:i}", "row", (int)i));
        http_request_complete(waiting[i], NULL);
    }
    for (guint i = 0; i < CLIENTS; i++) {
        g_autoptr(Reply) reply = wire_read(fds[i], FALSE);
        g_assert_cmpuint(reply->status, ==, 201);
        g_autoptr(json_t) row = reply_json(reply);
        g_assert_cmpint(json_integer_or(row, "row", -1), ==, i);
        close(fds[i]);
    }
    tear_down();
}

static void a_deferred_request_may_fail_or_go_on(void)
{
    set_up();
    int fd = wire_connect(site.port);
    wire_send(fd, "POST /commit HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    GError *full = NULL;
    error_set(&full, COMITY_ERROR_FULL, "disk.full", "", "There is no room left.");
    http_request_complete(take_pending(), full);
    g_autoptr(Reply) failed = wire_read(fd, FALSE);
    assert_problem(failed, 507, "disk.full");

    wire_send(fd, "POST /commit HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    http_request_continue(take_pending(), who);
    g_autoptr(Reply) went_on = wire_read(fd, FALSE);
    g_assert_cmpuint(went_on->status, ==, 200);

    wire_send(fd, "POST /commit HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    http_request_continue(take_pending(), wait_for_commit); /* and once more */
    HttpRequest *request = take_pending();
    http_response_empty(http_request_response(request), 204);
    http_request_complete(request, NULL);
    g_autoptr(Reply) twice = wire_read(fd, FALSE);
    g_assert_cmpuint(twice->status, ==, 204);
    g_autoptr(Reply) hurried = wire_get(site.port, "GET /hurry", "");
    g_assert_cmpstr(hurried->body->str, ==, "{\"hurried\":true}");
    close(fd);
    tear_down();
}

static Reply *post_as(const char *headers)
{
    g_autofree char *text = g_strdup_printf("POST /who HTTP/1.1\r\nHost: a\r\n%sContent-Length: 0\r\n\r\n", headers);
    return wire_ask(site.port, text);
}

static void other_pages_can_t_act_in_a_person_s_name(void)
{
    set_up();
    g_autoptr(Reply) ours = post_as("Cookie: s=1\r\nOrigin: https://node.example\r\nSec-Fetch-Site: same-origin\r\n");
    g_assert_cmpuint(ours->status, ==, 200);
    static const char *const forged[] = {
        "Cookie: s=1\r\n",
        "Cookie: s=1\r\nOrigin: null\r\n",
        "Cookie: s=1\r\nOrigin: https://evil.example\r\n",
        "Cookie: s=1\r\nOrigin: https://node.example.evil.example\r\n",
        "Cookie: s=1\r\nOrigin: https://node.example\r\nSec-Fetch-Site: cross-site\r\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(forged); i++) {
        g_autoptr(Reply) reply = post_as(forged[i]);
        assert_problem(reply, 403, "http.origin");
    }
    g_autoptr(Reply) machine = post_as("Authorization: Bearer cmty_x\r\n");
    g_assert_cmpuint(machine->status, ==, 200);
    tear_down();
}

static void only_our_own_names_are_answered(void)
{
    set_up();
    g_autoptr(Reply) rebound = wire_ask(site.port, "GET /who HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert_problem(rebound, 421, "http.host");
    g_autoptr(Reply) ours = wire_ask(site.port, "GET /who HTTP/1.1\r\nHost: LOCALHOST\r\n\r\n");
    g_assert_cmpuint(ours->status, ==, 200);
    tear_down();
}

static gboolean where_from(HttpRequest *request, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    http_response_json(
        response, 200,
        json_pack("{s:s, s:s}", "address", http_request_remote(request), "key", http_request_remote_key(request)));
    return TRUE;
}

static void a_believed_proxy_names_the_client(void)
{
    static const HttpRoute from[] = {{.method = "GET", .path = "/from", .handler = where_from}, {.method = NULL}};
    static const char *const proxies[] = {"127.0.0.1", NULL};
    Site behind, open;
    site_start(&behind, from, (HttpServerOptions){.workers = 1, .proxies = proxies});
    site_start(&open, from, (HttpServerOptions){.workers = 1});
    const char *forwarded = "X-Forwarded-For: 10.0.0.1, 2001:db8:1:2:3:4:5:6\r\n";
    g_autoptr(Reply) believed = wire_get(behind.port, "GET /from", forwarded);
    g_assert_cmpstr(believed->body->str, ==, "{\"address\":\"2001:db8:1:2:3:4:5:6\",\"key\":\"2001:db8:1:2::/64\"}");
    g_autoptr(Reply) ignored = wire_get(open.port, "GET /from", forwarded);
    g_assert_cmpstr(ignored->body->str, ==, "{\"address\":\"127.0.0.1\",\"key\":\"127.0.0.1\"}");
    g_autoptr(Reply) nonsense = wire_get(behind.port, "GET /from", "X-Forwarded-For: unknown\r\n");
    g_assert_cmpstr(nonsense->body->str, ==, "{\"address\":\"127.0.0.1\",\"key\":\"127.0.0.1\"}");
    site_stop(&open);
    site_stop(&behind);
}

static gpointer stop_in_thread(gpointer data)
{
    http_server_stop(data);
    return NULL;
}

static void stopping_answers_what_is_in_hand(void)
{
    set_up();
    int fd = wire_connect(site.port);
    int idle = wire_connect(site.port);
    wire_send(fd, "POST /commit HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
    HttpRequest *request = take_pending();
    GThread *stop = g_thread_new("stop", stop_in_thread, site.server);
    /* The stop has begun when new requests are refused. */
    for (guint status = 0; status != 503;) {
        g_autoptr(Reply) late = wire_get(site.port, "GET /who", "");
        g_assert_nonnull(late);
        status = late->status;
    }
    http_response_empty(http_request_response(request), 204);
    http_request_complete(request, NULL);
    g_autoptr(Reply) reply = wire_read(fd, FALSE);
    g_assert_cmpuint(reply->status, ==, 204);
    g_assert_true(wire_is_over(fd));
    g_assert_true(wire_is_over(idle));
    g_thread_join(stop);
    close(fd);
    close(idle);
    tear_down();
}

static void a_taken_port_is_said_plainly(void)
{
    set_up();
    g_autoptr(GError) error = NULL;
    g_autofree char *listen = g_strdup_printf("127.0.0.1:%u", site.port);
    HttpServerOptions options = {.env = env_system(), .listen = listen};
    g_assert_null(http_server_new(&options, site.router, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
    g_assert_nonnull(strstr(error->message, "Address already in use"));
    static const char *const malformed[] = {"8420", "localhost", "::1:8420", "[::1]", "localhost:", "a:70000", "x.y:1"};
    for (gsize i = 0; i < G_N_ELEMENTS(malformed); i++) {
        g_autoptr(GError) why = NULL;
        options.listen = malformed[i];
        g_assert_null(http_server_new(&options, site.router, &why));
        g_assert_nonnull(why);
    }
    tear_down();
}

static void routes_that_clash_are_refused(void)
{
    static const HttpRoute bad[][3] = {
        {{.method = "GET", .path = "/a/{x}", .handler = who}, {.method = "GET", .path = "/a/{y}", .handler = who}, {0}},
        {{.method = "GET", .path = "/a//b", .handler = who}, {0}},
        {{.method = "GET", .path = "a", .handler = who}, {0}},
        {{.method = "GET", .path = "/{}", .handler = who}, {0}},
        {{.method = "GET", .path = "/a{x}", .handler = who}, {0}},
        {{.method = "GET", .path = "/../a", .handler = who}, {0}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(HttpRouter) router = http_router_new();
        g_autoptr(GError) error = NULL;
        g_assert_false(http_router_add(router, bad[i], &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/handling/worker", every_handler_has_a_worker_and_a_session);
    g_test_add_func("/http/handling/before", whom_before_refuses_no_handler_sees);
    g_test_add_func("/http/handling/no-worker", a_worker_that_can_t_be_made_is_tried_again);
    g_test_add_func("/http/handling/defer", many_commits_wait_without_a_thread);
    g_test_add_func("/http/handling/defer-on", a_deferred_request_may_fail_or_go_on);
    g_test_add_func("/http/handling/origin", other_pages_can_t_act_in_a_person_s_name);
    g_test_add_func("/http/handling/host", only_our_own_names_are_answered);
    g_test_add_func("/http/handling/proxy", a_believed_proxy_names_the_client);
    g_test_add_func("/http/handling/stop", stopping_answers_what_is_in_hand);
    g_test_add_func("/http/handling/listen", a_taken_port_is_said_plainly);
    g_test_add_func("/http/handling/routes", routes_that_clash_are_refused);
    return g_test_run();
}
