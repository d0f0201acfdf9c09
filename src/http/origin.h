/* http/origin.h: which pages may act in a signed-in person's name (CSRF).
 * A request that changes something and is authorised by a cookie must come from our own pages: its Origin (every
 * browser sends it with unsafe methods) must be one of ours; Sec-Fetch-Site, where sent, must be same-origin.
 * A request without a cookie (a machine's token) needs none. */
#pragma once
#include "http/request.h"

/* @origins: NULL-ended web origins ("https://node.example", "http://localhost:8420"). FALSE with
 * COMITY_ERROR_FORBIDDEN, code "http.origin". */
gboolean http_origin_check(const HttpRequest *request, const char *const *origins,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
