/* http/request.h: what a client asked, as a handler sees it.
 *
 * Idea: libmicrohttpd's threads parse and move bytes; a handler runs on a thread that may block, while its connection
 * is suspended. A request therefore owns a copy of everything that the handler may ask for.
 *   Q1  Strings handed out live as long as the request; they are UTF-8 without control characters.
 *   Q2  One name has one value: a second Host, Content-Length, query key or the like never reaches a handler.
 *   Q3  A body is either whole in memory (at most the route's limit), or a stream that is read once, in order.
 *   Q4  A handler may put off its answer (defer): exactly one complete or continue ends that, from any thread. */
#pragma once
#include "base/json.h"
#include <glib.h>

typedef struct HttpRequest HttpRequest;
typedef struct HttpResponse HttpResponse;
typedef struct HttpRoute HttpRoute;

/* Answers @request: fills @response and returns TRUE, or returns FALSE with an error that becomes a problem
 * (problem.h). */
typedef gboolean (*HttpHandler)(HttpRequest *request, HttpResponse *response, GError **error);

HttpRequest *http_request_ref(HttpRequest *self);
void http_request_unref(HttpRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpRequest, http_request_unref)

const char *http_request_method(const HttpRequest *self); /* after X-HTTP-Method-Override, where the route allows it */
gboolean http_request_is_safe(const HttpRequest *self);   /* GET, HEAD, OPTIONS */
const char *http_request_path(const HttpRequest *self);   /* as sent, without the query; never log it */
const char *http_request_id(const HttpRequest *self);     /* "7Q4M-20XZ", the same in Request-Id, problem and log */
const HttpRoute *http_request_route(const HttpRequest *self);
gpointer http_request_owner(const HttpRequest *self); /* HttpServerOptions.data */
/* What worker_new made for the thread that runs the handler; NULL on an inline route. Valid until the handler returns.
 */
gpointer http_request_worker(const HttpRequest *self);
/* The client's address ("192.0.2.7", "2001:db8::1"); behind a believed proxy the one that it names. */
const char *http_request_remote(const HttpRequest *self);
/* A key for limits: the IPv4 address, or the /64 network of an IPv6 address. */
const char *http_request_remote_key(const HttpRequest *self);

/* The value of `{name}` in the route's pattern, percent-decoded; NULL where the pattern has no such name. */
const char *http_request_parameter(const HttpRequest *self, const char *name);
/* A query value, decoded; NULL where absent, "" where it has none. */
const char *http_request_query(const HttpRequest *self, const char *name);
/* A query value as a decimal from @least to @most; @fallback where absent. FALSE with COMITY_ERROR_INVALID otherwise.
 */
gboolean http_request_query_integer(const HttpRequest *self, const char *name, gint64 least, gint64 most,
                                    gint64 fallback, gint64 *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refuses query keys that are not in the NULL-ended @names. */
gboolean http_request_query_only(const HttpRequest *self, const char *const *names,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A header's value by case-insensitive name; NULL where absent. */
const char *http_request_header(const HttpRequest *self, const char *name);
/* A cookie's value; NULL where absent or sent twice. */
const char *http_request_cookie(const HttpRequest *self, const char *name);
/* The token of `Authorization: Bearer TOKEN`; NULL otherwise. */
const char *http_request_bearer(const HttpRequest *self);

/* ---- the body ---- */
gint64 http_request_content_length(const HttpRequest *self); /* -1: chunked */
/* The whole body of a route that is no stream, borrowed; empty where there is none. */
GBytes *http_request_body(const HttpRequest *self);
/* The body as strict JSON (base/json.h), owned by the caller. COMITY_ERROR_INVALID otherwise, also where the
 * Content-Type is not application/json (415). */
json_t *http_request_json(const HttpRequest *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Next bytes of a streamed body: up to @length; 0 at its end; -1 with COMITY_ERROR_CANCELLED where the client is gone
 * or the server stops. Blocks. Only on the handler's thread of a route with HTTP_ROUTE_STREAM. */
gssize http_request_read(HttpRequest *self, gpointer buffer, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without a copy: @bytes is borrowed until the next read. Blocks are up to 256 KiB. */
gssize http_request_read_block(HttpRequest *self, const guint8 **bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- conditional writes ---- */
/* Checks If-Match against the strong tag @etag (without quotes). Absent: TRUE unless @required (428).
 * No match: COMITY_ERROR_CONFLICT, status 412. */
gboolean http_request_if_match(const HttpRequest *self, const char *etag, gboolean required,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- what the owner hangs on a request (its session, a state of its own) ---- */
/* @key: a static string. @value is freed with the request, or when it is replaced. */
void http_request_set(HttpRequest *self, const char *key, gpointer value, GDestroyNotify free_value);
gpointer http_request_get(const HttpRequest *self, const char *key);

/* ---- answering later (Q4) ---- */
/* Called by a handler (not an inline one), which then returns TRUE: the request stays open without a thread. The caller
 * of complete or continue needs no reference of its own before that call, and none after it. */
void http_request_defer(HttpRequest *self);
/* The answer is in the response (@error NULL), or @error (taken) becomes a problem. From any thread; the serialising is
 * done on the calling thread. */
void http_request_complete(HttpRequest *self, GError *error);
/* Runs @next on a pool thread, with a worker, as if it were the handler; it may defer again. */
void http_request_continue(HttpRequest *self, HttpHandler next);
HttpResponse *http_request_response(const HttpRequest *self);
