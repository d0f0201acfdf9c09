/* app/serve.c: a node behind its listener. Order of starting: node, features (by node_open), routes, control socket, listener,
 * then "ready"; stopping is the reverse, so that nobody asks a thing that is gone. */
#include "app/app.h"
#include "app/control.h"
#include "app/log.h"
#include "app/origins.h"
#include "base/error.h"
#include "http/problem.h"
#include "http/server.h"
#include "node/confirm.h"
#include "node/idempotency.h"
#include "node/live.h"
#include "node/principal.h"
#include "node/upload.h"
#include <glib-unix.h>
#include <systemd/sd-daemon.h>

typedef struct {
    Node *node;
    GMainLoop *loop;
    HttpStatic *files;
} App;

/* ---- answers that need no node ---- */

/* Text for probes; JSON for who asks for it. */
static gboolean health(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)error;
    const char *accept = http_request_header(request, "Accept");
    if (accept && strstr(accept, "application/json")) {
        http_response_json(response, 200, json_pack("{s:s}", "status", "ok"));
        return TRUE;
    }
    g_autoptr(GBytes) body = g_bytes_new_static("ok\n", 3);
    http_response_bytes(response, 200, "text/plain; charset=utf-8", body);
    return TRUE;
}

GBytes *app_verify_html(void)
{
    return g_resource_lookup_data(comity_assets_get_resource(), "/comity/web/verify.html", G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  NULL);
}

static gboolean openapi(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)request;
    g_autoptr(GBytes) document = g_resource_lookup_data(comity_assets_get_resource(), "/comity/api/openapi.json",
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (!document)
        return FALSE;
    http_response_bytes(response, 200, "application/json", document);
    http_response_set_header(response, "Cache-Control", "no-cache");
    return TRUE;
}

/* Asked on this machine, for this machine: a proxy that forgot to say for whom it asks names the node's own host. */
static gboolean asked_here(HttpRequest *request)
{
    const char *remote = http_request_remote(request), *host = http_request_header(request, "Host");
    return (g_str_has_prefix(remote, "127.") || g_str_equal(remote, "::1")) && host &&
           (g_str_has_prefix(host, "localhost") || g_str_has_prefix(host, "127.") || g_str_has_prefix(host, "[::1]"));
}

/* Figures tell how busy an authority is: this machine's operator may see them, an administrator, and a token for all. */
static gboolean metrics(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    if (!asked_here(request) && !principal_require_admin(request, error))
        return FALSE;
    g_autofree char *text = http_metrics_text(node_metrics(node));
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    http_response_bytes(response, 200, "text/plain; version=0.0.4", body);
    return TRUE;
}

static const HttpRoute app_routes[] = {
    {.method = "GET", .path = "/healthz", .handler = health, .flags = HTTP_ROUTE_INLINE},
    {.method = "GET", .path = "/metrics", .handler = metrics, .flags = HTTP_ROUTE_PUBLIC},
    {.method = "GET", .path = "/api/v1/openapi.json", .handler = openapi, .flags = HTTP_ROUTE_INLINE},
    {.method = "GET", .path = "/api/v1/events", .handler = live_handle},
    {.method = NULL},
};

static gboolean add_routes(HttpRouter *router, GError **error)
{
    if (!http_router_add(router, app_routes, error) || !http_router_add(router, confirm_routes, error) ||
        !http_router_add(router, upload_routes, error))
        return FALSE;
    for (const Feature *const *feature = app_features; *feature; feature++) {
        if ((*feature)->routes && !http_router_add(router, (*feature)->routes, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- around every handler ---- */

static gboolean before(HttpRequest *request, HttpResponse *response, gboolean *answered, GError **error)
{
    Node *node = http_request_owner(request);
    return principal_find(node, request, error) && idempotency_before(node, request, response, answered, error);
}

static void after(HttpRequest *request, HttpResponse *response)
{
    idempotency_after(http_request_owner(request), request, response);
}

/* ---- the service ---- */

static gboolean stop(gpointer data)
{
    App *app = data;
    sd_notify(0, "STOPPING=1");
    g_main_loop_quit(app->loop);
    return G_SOURCE_CONTINUE;
}

static gboolean still_alive(gpointer data)
{
    (void)data;
    sd_notify(0, "WATCHDOG=1");
    return G_SOURCE_CONTINUE;
}

static HttpServer *listen_on(App *app, const HttpRouter *router, const char *listen, const Origins *origins,
                             GError **error)
{
    static const char *const this_machine[] = {"127.0.0.1", "::1", NULL};
    const Env *env = node_env(app->node);
    HttpServerOptions options = {.env = env,
                                 .listen = listen,
                                 .data = app->node,
                                 .worker_new = node_worker_new,
                                 .worker_free = node_worker_free,
                                 .before = before,
                                 .after = after,
                                 .files = app->files,
                                 .metrics = node_metrics(app->node),
                                 .hosts = origins_hosts(origins),
                                 .proxies = this_machine,
                                 .secure = g_str_has_prefix(node_config(app->node)->origin, "https:"),
                                 .access_log = TRUE,
                                 .workers = 64,
                                 .streams = 32};
    return http_server_new(&options, router, error);
}

static void run_until_told(App *app)
{
    guint sources[3] = {g_unix_signal_add(SIGTERM, stop, app), g_unix_signal_add(SIGINT, stop, app), 0};
    guint64 watchdog_us = 0;
    if (sd_watchdog_enabled(0, &watchdog_us) > 0)
        sources[2] = g_timeout_add((guint)(watchdog_us / 2000), still_alive, NULL);
    sd_notify(0, "READY=1");
    g_message("Serving %s on %s", node_name(app->node), node_config(app->node)->origin);
    g_main_loop_run(app->loop);
    for (gsize n = 0; n < G_N_ELEMENTS(sources); n++) {
        if (sources[n])
            g_source_remove(sources[n]);
    }
}

gboolean app_serve(const NodeOptions *options, const char *listen, GError **error)
{
    log_start();
    g_autoptr(GBytes) verify_html = app_verify_html();
    NodeOptions complete = *options;
    complete.verify_html = verify_html;
    g_autoptr(Node) node = node_open(&complete, error);
    if (!node)
        return FALSE;
    g_autoptr(HttpRouter) router = http_router_new();
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(Origins) origins = origins_new(node_config(node)->origin, listen);
    App app = {.node = node, .loop = loop};
    g_autoptr(GError) unbuilt = NULL;
    g_autoptr(HttpStatic) files = http_static_new(options->env, comity_assets_get_resource(), "/comity/web", &unbuilt);
    if (!files)
        g_warning("Only the API is served: %s", unbuilt->message);
    app.files = files;
    confirm_start(node);
    gboolean served = add_routes(router, error);
    if (served) {
        g_autoptr(Control) control = control_new(node, error);
        g_autoptr(HttpServer) server = control ? listen_on(&app, router, listen, origins, error) : NULL;
        served = server != NULL;
        if (served)
            run_until_told(&app);
    }
    confirm_stop(node);
    return served;
}
