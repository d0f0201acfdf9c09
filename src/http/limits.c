/* http/limits.c: see limits.h. */
#include "http/limits.h"
#include "http/problem.h"

typedef struct {
    char *key;
    double tokens;
    gint64 at_us; /* when `tokens` was right */
    GList *place; /* in `recent` */
} Bucket;

struct HttpLimiter {
    const Env *env;
    double per_us;
    double burst;
    guint keys;
    GMutex lock;
    GHashTable *buckets; /* key -> Bucket */
    GQueue recent;       /* of Bucket, the last used first */
};

static void bucket_free(gpointer data)
{
    Bucket *self = data;
    g_free(self->key);
    g_free(self);
}

HttpLimiter *http_limiter_new(const Env *env, guint per_minute, guint burst, guint keys)
{
    HttpLimiter *self = g_new0(HttpLimiter, 1);
    self->env = env;
    self->per_us = (double)per_minute / (double)(60 * G_TIME_SPAN_SECOND);
    self->burst = burst;
    self->keys = MAX(keys, 1);
    g_mutex_init(&self->lock);
    g_queue_init(&self->recent);
    self->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, bucket_free);
    return self;
}

void http_limiter_free(HttpLimiter *self)
{
    if (self == NULL)
        return;
    g_queue_clear(&self->recent);
    g_hash_table_unref(self->buckets);
    g_mutex_clear(&self->lock);
    g_free(self);
}

static void refill(const HttpLimiter *self, Bucket *bucket, gint64 now_us)
{
    gint64 passed = MAX(now_us - bucket->at_us, 0);
    bucket->tokens = MIN(self->burst, bucket->tokens + (double)passed * self->per_us);
    bucket->at_us = now_us;
}

static void forget(HttpLimiter *self, Bucket *bucket)
{
    g_queue_delete_link(&self->recent, bucket->place);
    g_hash_table_remove(self->buckets, bucket->key);
}

/* B2: room for one more. */
static void make_room(HttpLimiter *self)
{
    while (g_queue_get_length(&self->recent) >= self->keys)
        forget(self, g_queue_peek_tail(&self->recent));
}

static Bucket *bucket_for(HttpLimiter *self, const char *key, gint64 now_us)
{
    Bucket *bucket = g_hash_table_lookup(self->buckets, key);
    if (bucket == NULL) {
        make_room(self);
        bucket = g_new0(Bucket, 1);
        bucket->key = g_strdup(key);
        bucket->tokens = self->burst;
        bucket->at_us = now_us;
        g_queue_push_head(&self->recent, bucket);
        bucket->place = g_queue_peek_head_link(&self->recent);
        g_hash_table_insert(self->buckets, bucket->key, bucket);
        return bucket;
    }
    refill(self, bucket, now_us);
    g_queue_unlink(&self->recent, bucket->place);
    g_queue_push_head_link(&self->recent, bucket->place);
    return bucket;
}

/* Whole seconds until @tokens more are there, at least 1. */
static guint seconds_for(const HttpLimiter *self, double tokens)
{
    if (tokens <= 0)
        return 0;
    if (self->per_us <= 0)
        return 3600;
    return (guint)CLAMP(tokens / self->per_us / (double)G_TIME_SPAN_SECOND + 1, 1, 86400);
}

gboolean http_limiter_take(HttpLimiter *self, const char *key, guint cost, HttpResponse *response, GError **error)
{
    gint64 now_us = self->env->monotonic_us(self->env->data);
    g_mutex_lock(&self->lock);
    Bucket *bucket = bucket_for(self, key, now_us);
    gboolean enough = bucket->tokens >= cost;
    if (enough)
        bucket->tokens -= cost;
    double left = bucket->tokens;
    g_mutex_unlock(&self->lock);
    guint wait = enough ? 0 : seconds_for(self, cost - left);
    if (response != NULL) {
        http_response_set_headerf(response, "RateLimit-Limit", "%u", (guint)self->burst);
        http_response_set_headerf(response, "RateLimit-Remaining", "%u", (guint)left);
        http_response_set_headerf(response, "RateLimit-Reset", "%u", seconds_for(self, self->burst - left));
        if (!enough)
            http_response_set_headerf(response, "Retry-After", "%u", wait);
    }
    if (!enough)
        error_set(error, COMITY_ERROR_LIMIT, HTTP_CODE_RATE, "", "Too many attempts. Try again in %u seconds.", wait);
    return enough;
}

void http_limiter_reset(HttpLimiter *self, const char *key)
{
    g_mutex_lock(&self->lock);
    Bucket *bucket = g_hash_table_lookup(self->buckets, key);
    if (bucket != NULL)
        forget(self, bucket);
    g_mutex_unlock(&self->lock);
}
