/* http/log.c: one line and one count for each answer (S5): method, route pattern, status, time, id. No path, no query.
 */
#include "http/private.h"

#define SLOW_US G_TIME_SPAN_SECOND

/* Made with the first answer of its class: a node has a hundred routes, and most classes never happen. */
static HttpMetric *class_metric(HttpServer *server, HttpRouteEntry *entry, guint class)
{
    HttpMetric *metric = g_atomic_pointer_get(&entry->classes[class]);
    if (metric != NULL)
        return metric;
    const HttpRoute *route = entry->route;
    g_autofree char *labels =
        g_strdup_printf("method=\"%s\",route=\"%s\",class=\"%uxx\"", route->method, route->path, class + 1);
    metric = http_metrics_counter(server->options.metrics, "http_requests_total",
                                  "Requests answered, by route and class of status.", labels);
    g_atomic_pointer_set(&entry->classes[class], metric);
    return metric;
}

static void measure(const HttpRequest *self, guint status, gint64 took_us)
{
    if (self->server->options.metrics == NULL || self->entry == NULL || status < 100 || status > 599)
        return;
    http_metric_add(class_metric(self->server, self->entry, status / 100 - 1), 1);
    http_metric_observe(self->server->duration, (double)took_us / 1e6);
}

void http_log_answer(const HttpRequest *self, guint status)
{
    gint64 took_us = g_get_monotonic_time() - self->started_us;
    measure(self, status, took_us);
    /* A stream lasts as long as its client takes to send it: that says nothing about the server. */
    gboolean slow = took_us >= SLOW_US && g_atomic_int_get(&self->streaming) == 0;
    if (!slow && !self->server->options.access_log)
        return;
    const HttpRoute *route = self->entry != NULL ? self->entry->route : NULL;
    gboolean known = route != NULL && *route->path == '/';
    g_log("http", slow ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_INFO, "%s%s %s %u %.1f ms %s", slow ? "slow: " : "",
          known ? self->method : "-", route != NULL ? route->path : "-", status, (double)took_us / 1000.0, self->id);
}
