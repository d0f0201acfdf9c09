/* http/metrics.c: see metrics.h. Metrics are made under a lock and never go away; their values are atomic. */
#include "http/metrics.h"
#include <stdatomic.h>
#include <string.h>

typedef enum { COUNTER, GAUGE, HISTOGRAM } Kind;

struct HttpMetric {
    Kind kind;
    const char *name;     /* interned */
    const char *help;     /* interned */
    char *labels;         /* NULL: none */
    _Atomic gint64 value; /* histogram: observations */
    double (*ask)(gpointer data);
    gpointer ask_data;
    const double *bounds;
    guint n_bounds;
    _Atomic gint64 *buckets;  /* n_bounds, each counting its own range only */
    _Atomic gint64 sum_micro; /* of what was observed, in millionths */
};

struct HttpMetrics {
    GMutex lock;
    GPtrArray *metrics; /* of HttpMetric; those of one name stand together */
};

static void metric_free(gpointer data)
{
    HttpMetric *self = data;
    g_free(self->labels);
    g_free(self->buckets);
    g_free(self);
}

HttpMetrics *http_metrics_new(void)
{
    HttpMetrics *self = g_new0(HttpMetrics, 1);
    g_mutex_init(&self->lock);
    self->metrics = g_ptr_array_new_with_free_func(metric_free);
    return self;
}

void http_metrics_free(HttpMetrics *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->metrics);
    g_mutex_clear(&self->lock);
    g_free(self);
}

/* The metric, and where it is new its place: behind the last of its name. With the lock held. */
static HttpMetric *find_or_add(HttpMetrics *self, Kind kind, const char *name, const char *help, const char *labels)
{
    guint place = self->metrics->len;
    for (guint i = 0; i < self->metrics->len; i++) {
        HttpMetric *metric = self->metrics->pdata[i];
        if (strcmp(metric->name, name) != 0)
            continue;
        g_assert(metric->kind == kind);
        if (g_strcmp0(metric->labels, labels) == 0)
            return metric;
        place = i + 1;
    }
    HttpMetric *metric = g_new0(HttpMetric, 1);
    metric->kind = kind;
    metric->name = g_intern_string(name);
    metric->help = g_intern_string(help);
    metric->labels = g_strdup(labels);
    g_ptr_array_insert(self->metrics, (gint)place, metric);
    return metric;
}

static HttpMetric *metric(HttpMetrics *self, Kind kind, const char *name, const char *help, const char *labels)
{
    g_mutex_lock(&self->lock);
    HttpMetric *found = find_or_add(self, kind, name, help, labels);
    g_mutex_unlock(&self->lock);
    return found;
}

HttpMetric *http_metrics_counter(HttpMetrics *self, const char *name, const char *help, const char *labels)
{
    return metric(self, COUNTER, name, help, labels);
}

HttpMetric *http_metrics_gauge(HttpMetrics *self, const char *name, const char *help, const char *labels)
{
    return metric(self, GAUGE, name, help, labels);
}

HttpMetric *http_metrics_histogram(HttpMetrics *self, const char *name, const char *help, const char *labels,
                                   const double *bounds, guint n_bounds)
{
    g_mutex_lock(&self->lock);
    HttpMetric *found = find_or_add(self, HISTOGRAM, name, help, labels);
    if (found->buckets == NULL) {
        found->bounds = bounds;
        found->n_bounds = n_bounds;
        found->buckets = g_malloc0(sizeof *found->buckets * MAX(n_bounds, 1));
    }
    g_mutex_unlock(&self->lock);
    return found;
}

void http_metrics_gauge_of(HttpMetrics *self, const char *name, const char *help, const char *labels,
                           double (*value)(gpointer data), gpointer data)
{
    g_mutex_lock(&self->lock);
    HttpMetric *found = find_or_add(self, GAUGE, name, help, labels);
    found->ask = value;
    found->ask_data = data;
    g_mutex_unlock(&self->lock);
}

void http_metric_add(HttpMetric *self, gint64 amount)
{
    atomic_fetch_add_explicit(&self->value, amount, memory_order_relaxed);
}

void http_metric_set(HttpMetric *self, gint64 value)
{
    atomic_store_explicit(&self->value, value, memory_order_relaxed);
}

void http_metric_observe(HttpMetric *self, double value)
{
    for (guint i = 0; i < self->n_bounds; i++) {
        if (value <= self->bounds[i]) {
            atomic_fetch_add_explicit(&self->buckets[i], 1, memory_order_relaxed);
            break;
        }
    }
    atomic_fetch_add_explicit(&self->sum_micro, (gint64)(value * 1e6), memory_order_relaxed);
    http_metric_add(self, 1);
}

static void append_sample(GString *text, const HttpMetric *self, const char *suffix, const char *extra, double value)
{
    gboolean labelled = self->labels != NULL || extra != NULL;
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, "%.15g", value); /* whatever the locale */
    g_string_append_printf(text, "%s%s%s%s%s%s%s %s\n", self->name, suffix, labelled ? "{" : "",
                           self->labels != NULL ? self->labels : "", self->labels != NULL && extra != NULL ? "," : "",
                           extra != NULL ? extra : "", labelled ? "}" : "", number);
}

static void append_histogram(GString *text, HttpMetric *self)
{
    gint64 total = atomic_load_explicit(&self->value, memory_order_relaxed);
    gint64 below = 0;
    for (guint i = 0; i < self->n_bounds; i++) {
        char bound[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(bound, sizeof bound, "%.15g", self->bounds[i]);
        g_autofree char *label = g_strdup_printf("le=\"%s\"", bound);
        below += atomic_load_explicit(&self->buckets[i], memory_order_relaxed);
        append_sample(text, self, "_bucket", label, (double)below);
    }
    /* Buckets and total are read one after the other while others count: the total never falls behind. */
    append_sample(text, self, "_bucket", "le=\"+Inf\"", (double)MAX(total, below));
    append_sample(text, self, "_sum", NULL, (double)atomic_load_explicit(&self->sum_micro, memory_order_relaxed) / 1e6);
    append_sample(text, self, "_count", NULL, (double)MAX(total, below));
}

static void append_metric(GString *text, HttpMetric *self)
{
    if (self->kind == HISTOGRAM)
        append_histogram(text, self);
    else if (self->ask != NULL)
        append_sample(text, self, "", NULL, self->ask(self->ask_data));
    else
        append_sample(text, self, "", NULL, (double)atomic_load_explicit(&self->value, memory_order_relaxed));
}

char *http_metrics_text(HttpMetrics *self)
{
    static const char *const kinds[] = {[COUNTER] = "counter", [GAUGE] = "gauge", [HISTOGRAM] = "histogram"};
    GString *text = g_string_new(NULL);
    const char *name = NULL;
    g_mutex_lock(&self->lock);
    for (guint i = 0; i < self->metrics->len; i++) {
        HttpMetric *metric = self->metrics->pdata[i];
        if (metric->name != name)
            g_string_append_printf(text, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
                                   kinds[metric->kind]);
        name = metric->name;
        append_metric(text, metric);
    }
    g_mutex_unlock(&self->lock);
    return g_string_free(text, FALSE);
}
