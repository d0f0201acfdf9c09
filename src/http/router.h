/* http/router.h: const tables of routes, and which route a request is for.
 *   P1  A pattern is `/` and segments; `{name}` stands for exactly one non-empty segment. A literal segment wins over a
 *       name. Two routes that could not be told apart are refused when they are added.
 *   P2  A path is decoded once, segment by segment, after splitting: %2F, %00, control characters, bad UTF-8, bad
 *       escapes, `.` and `..` segments and empty segments match nothing (404, or 400 where they can't be meant well).
 *   P3  HEAD is answered by the GET route. A known path with another method is 405 with Allow. */
#pragma once
#include "http/request.h"

typedef enum {
    HTTP_ROUTE_INLINE = 1 << 0,   /* answered on the connection's thread: must not block; no `before`, no body */
    HTTP_ROUTE_STREAM = 1 << 1,   /* the body is read by http_request_read, on a thread of its own */
    HTTP_ROUTE_OVERRIDE = 1 << 2, /* a POST with X-HTTP-Method-Override may reach this route (tus) */
    HTTP_ROUTE_PUBLIC = 1 << 3,   /* for the owner's `before`: nobody needs to be signed in */
} HttpRouteFlags;

struct HttpRoute {
    const char *method; /* "GET", "POST", ... */
    const char *path;   /* "/api/v1/spaces/{space}/evidence/{id}" */
    HttpHandler handler;
    HttpRouteFlags flags;
    gsize body_limit; /* bytes; 0: 1 MiB. Not for streams */
    /* Who may call it does not stand here: the owner's handler asks that first. */
};

typedef struct HttpRouter HttpRouter;
HttpRouter *http_router_new(void);
void http_router_free(HttpRouter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpRouter, http_router_free)

/* Adds @routes, which end with a route without a method and are borrowed for ever (they are const tables). FALSE with
 * COMITY_ERROR_INVALID where a pattern is malformed or clashes (P1): names both. */
gboolean http_router_add(HttpRouter *self, const HttpRoute *routes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
