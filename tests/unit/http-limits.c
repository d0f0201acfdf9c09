/* tests/unit/http-limits.c: who asks too often, and the figures that an operator reads. The clock is the test's. */
#include "base/error.h"
#include "http/limits.h"
#include "http/metrics.h"
#include "http/problem.h"
#include "support/wire.h"

static gint64 now_us;

static gint64 monotonic(gpointer data G_GNUC_UNUSED)
{
    return now_us;
}

static const Env still = {.monotonic_us = monotonic};

static gboolean take(HttpLimiter *limiter, const char *key)
{
    return http_limiter_take(limiter, key, 1, NULL, NULL);
}

static void a_burst_is_granted_and_then_a_rate(void)
{
    g_autoptr(HttpLimiter) limiter = http_limiter_new(&still, 60, 5, 100);
    for (guint i = 0; i < 5; i++)
        g_assert_true(take(limiter, "192.0.2.1"));
    g_assert_false(take(limiter, "192.0.2.1"));
    g_assert_true(take(limiter, "192.0.2.2")); /* others are not meant */
    now_us += G_TIME_SPAN_SECOND;
    g_assert_true(take(limiter, "192.0.2.1"));
    g_assert_false(take(limiter, "192.0.2.1"));
    now_us += 3600 * G_TIME_SPAN_SECOND;
    for (guint i = 0; i < 5; i++)
        g_assert_true(take(limiter, "192.0.2.1"));
    g_assert_false(take(limiter, "192.0.2.1"));
    http_limiter_reset(limiter, "192.0.2.1");
    g_assert_true(take(limiter, "192.0.2.1"));
}

static void a_refusal_says_when_to_come_back(void)
{
    g_autoptr(HttpLimiter) limiter = http_limiter_new(&still, 6, 2, 100);
    g_autoptr(HttpResponse) response = http_response_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(http_limiter_take(limiter, "a", 2, response, NULL));
    g_assert_cmpstr(http_response_header(response, "RateLimit-Remaining"), ==, "0");
    g_assert_null(http_response_header(response, "Retry-After"));
    g_assert_false(http_limiter_take(limiter, "a", 1, response, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_LIMIT);
    g_assert_cmpuint(http_problem_status(error), ==, 429);
    g_assert_cmpstr(http_response_header(response, "RateLimit-Limit"), ==, "2");
    g_assert_cmpstr(http_response_header(response, "Retry-After"), ==, "11");
    now_us += 11 * G_TIME_SPAN_SECOND;
    g_assert_true(take(limiter, "a"));
}

static void strangers_can_t_fill_the_memory(void)
{
    g_autoptr(HttpLimiter) limiter = http_limiter_new(&still, 60, 1, 10);
    g_assert_true(take(limiter, "first"));
    for (guint i = 0; i < 10; i++) {
        g_autofree char *key = g_strdup_printf("%u", i);
        g_assert_true(take(limiter, key));
    }
    g_assert_true(take(limiter, "first")); /* forgotten: the price of a bound */
    g_assert_false(take(limiter, "9"));    /* the newest are remembered */
}

static void figures_are_in_the_text_that_prometheus_reads(void)
{
    static const double bounds[] = {0.1, 1};
    g_autoptr(HttpMetrics) metrics = http_metrics_new();
    HttpMetric *acts = http_metrics_counter(metrics, "acts_total", "Acts written.", "kind=\"case\"");
    HttpMetric *open = http_metrics_gauge(metrics, "jobs", "Jobs that run.", NULL);
    HttpMetric *took = http_metrics_histogram(metrics, "commit_seconds", "Commits.", NULL, bounds, 2);
    HttpMetric *other = http_metrics_counter(metrics, "acts_total", "Acts written.", "kind=\"node\"");
    g_assert_true(acts == http_metrics_counter(metrics, "acts_total", "Acts written.", "kind=\"case\""));
    http_metric_add(acts, 3);
    http_metric_add(other, 1);
    http_metric_set(open, 2);
    http_metric_add(open, -1);
    http_metric_observe(took, 0.05);
    http_metric_observe(took, 0.5);
    http_metric_observe(took, 5);
    g_autofree char *text = http_metrics_text(metrics);
    g_assert_cmpstr(text, ==,
                    "# HELP acts_total Acts written.\n# TYPE acts_total counter\n"
                    "acts_total{kind=\"case\"} 3\nacts_total{kind=\"node\"} 1\n"
                    "# HELP jobs Jobs that run.\n# TYPE jobs gauge\njobs 1\n"
                    "# HELP commit_seconds Commits.\n# TYPE commit_seconds histogram\n"
                    "commit_seconds_bucket{le=\"0.1\"} 1\ncommit_seconds_bucket{le=\"1\"} 2\n"
                    "commit_seconds_bucket{le=\"+Inf\"} 3\ncommit_seconds_sum 5.55\ncommit_seconds_count 3\n");
}

static gboolean answer(HttpRequest *request G_GNUC_UNUSED, HttpResponse *response, GError **error G_GNUC_UNUSED)
{
    http_response_empty(response, 204);
    return TRUE;
}

static GLogWriterOutput remember(GLogLevelFlags level G_GNUC_UNUSED, const GLogField *fields, gsize n_fields,
                                 gpointer data)
{
    for (gsize i = 0; i < n_fields; i++)
        if (g_str_equal(fields[i].key, "MESSAGE"))
            g_ptr_array_add(data, g_strdup(fields[i].value));
    return G_LOG_WRITER_HANDLED;
}

/* One log writer a process: so the one test that reads log lines is this one. */
static void a_request_leaves_its_route_and_no_secret(void)
{
    static const HttpRoute routes[] = {{.method = "GET", .path = "/cases/{case}", .handler = answer}, {.method = NULL}};
    g_autoptr(HttpMetrics) metrics = http_metrics_new();
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_log_set_writer_func(remember, lines, NULL);
    Site site;
    site_start(&site, routes, (HttpServerOptions){.workers = 1, .metrics = metrics, .access_log = TRUE});
    g_autoptr(Reply) reply = wire_get(site.port, "GET /cases/secret-name?token=hidden", "");
    g_autoptr(Reply) lost = wire_get(site.port, "GET /secret-place", "");
    g_assert_cmpuint(lost->status, ==, 404);
    g_autofree char *text = http_metrics_text(metrics);
    g_assert_nonnull(strstr(text, "http_requests_total{method=\"GET\",route=\"/cases/{case}\",class=\"2xx\"} 1\n"));
    g_assert_nonnull(strstr(text, "http_requests_total{method=\"-\",route=\"-\",class=\"4xx\"} 1\n"));
    g_assert_nonnull(strstr(text, "http_request_duration_seconds_count 2\n"));
    site_stop(&site);
    g_assert_cmpuint(lines->len, ==, 2);
    const char *line = lines->pdata[0];
    g_assert_true(g_str_has_prefix(line, "GET /cases/{case} 204 "));
    g_assert_true(g_str_has_suffix(line, reply_header(reply, "request-id")));
    for (guint i = 0; i < lines->len; i++) {
        g_assert_null(strstr(lines->pdata[i], "secret"));
        g_assert_null(strstr(lines->pdata[i], "hidden"));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/limits/burst", a_burst_is_granted_and_then_a_rate);
    g_test_add_func("/http/limits/retry", a_refusal_says_when_to_come_back);
    g_test_add_func("/http/limits/memory", strangers_can_t_fill_the_memory);
    g_test_add_func("/http/metrics/text", figures_are_in_the_text_that_prometheus_reads);
    g_test_add_func("/http/log/line", a_request_leaves_its_route_and_no_secret);
    return g_test_run();
}
