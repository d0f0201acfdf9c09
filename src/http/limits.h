/* http/limits.h: token buckets by key (an address, an account), with bounded memory.
 *   B1  A bucket holds at most `burst` tokens and gains some a minute; a key that was never seen has a full one.
 *   B2  At most `keys` buckets: the longest unused is forgotten, which is the likeliest to be full again. */
#pragma once
#include "base/env.h"
#include "http/response.h"

typedef struct HttpLimiter HttpLimiter;

/* @per_minute tokens are gained a minute; @burst is the size of a bucket. Thread-safe. */
HttpLimiter *http_limiter_new(const Env *env, guint per_minute, guint burst, guint keys);
void http_limiter_free(HttpLimiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpLimiter, http_limiter_free)

/* Takes @cost tokens of @key. FALSE with COMITY_ERROR_LIMIT (429) where there are not enough; either way @response,
 * unless NULL, gets RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, and on refusal Retry-After. */
gboolean http_limiter_take(HttpLimiter *self, const char *key, guint cost, HttpResponse *response,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives @key a full bucket (a sign-in that succeeded). */
void http_limiter_reset(HttpLimiter *self, const char *key);
