/* http/static.h: the web app's files, out of a GResource.
 *   W1  `x.br` and `x.gz` beside `x` are its precompressed forms, chosen by Accept-Encoding; each has its own strong
 *       tag.
 *   W2  Files under `assets/` have a hash in their name: cached for a year, immutable. All else is revalidated.
 *   W3  `index.html` is answered for every path that is no file and has no dot in its last segment (the app's own
 *       routes); `__CSP_NONCE__` in it is replaced by 16 fresh random bytes in base64, the same as in its Content-
 *       Security-Policy; it is never stored.
 *   W4  Any other page (`.html`) lives under the policy that its own Content-Security-Policy element states, and in
 *       nobody's frame; one that states none under that of answers.
 *   W5  Every answer has nosniff, Referrer-Policy, Cross-Origin-Opener-Policy, Cross-Origin-Resource-Policy and
 *       Permissions-Policy. */
#pragma once
#include "base/env.h"
#include "http/response.h"
#include <gio/gio.h>

typedef struct HttpStatic HttpStatic;

/* The files of @resource under @prefix ("/org/example/web"), borrowed as they are: no copy. @env gives nonces. */
HttpStatic *http_static_new(const Env *env, GResource *resource, const char *prefix,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void http_static_free(HttpStatic *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpStatic, http_static_free)

/* Answers GET and HEAD of @path (starts with `/`). Doesn't block: for the connection's thread. */
gboolean http_static_answer(HttpStatic *self, const HttpRequest *request, const char *path, HttpResponse *response,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
