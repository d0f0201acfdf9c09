/* http/metrics.h: counters, gauges and histograms in the Prometheus text format. Adding is one atomic operation.
 * Names and label values are the program's own: never a person's, a path or a query. */
#pragma once
#include <glib.h>

typedef struct HttpMetrics HttpMetrics;
typedef struct HttpMetric HttpMetric; /* owned by its HttpMetrics */

HttpMetrics *http_metrics_new(void);
void http_metrics_free(HttpMetrics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpMetrics, http_metrics_free)

/* The metric of that name and @labels (`route="/x",class="2xx"`, or NULL), made on first use. Look it up once and keep
 * it. */
HttpMetric *http_metrics_counter(HttpMetrics *self, const char *name, const char *help, const char *labels);
HttpMetric *http_metrics_gauge(HttpMetrics *self, const char *name, const char *help, const char *labels);
/* @bounds: ascending upper bounds, borrowed for ever; +Inf is implied. Values are in the base unit (seconds, bytes). */
HttpMetric *http_metrics_histogram(HttpMetrics *self, const char *name, const char *help, const char *labels,
                                   const double *bounds, guint n_bounds);
/* A gauge that is asked for when the text is made. */
void http_metrics_gauge_of(HttpMetrics *self, const char *name, const char *help, const char *labels,
                           double (*value)(gpointer data), gpointer data);

void http_metric_add(HttpMetric *self, gint64 amount);    /* counter, gauge */
void http_metric_set(HttpMetric *self, gint64 value);     /* gauge */
void http_metric_observe(HttpMetric *self, double value); /* histogram */

char *http_metrics_text(HttpMetrics *self); /* new string; `text/plain; version=0.0.4` */
