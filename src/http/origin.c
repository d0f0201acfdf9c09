/* http/origin.c: see origin.h. */
#include "http/origin.h"
#include "base/error.h"
#include <string.h>

static gboolean refuse(GError **error)
{
    error_set(error, COMITY_ERROR_FORBIDDEN, "http.origin", "",
              "This request came from a page that is not this server's. Open the application anew and try again.");
    return FALSE;
}

gboolean http_origin_check(const HttpRequest *request, const char *const *origins, GError **error)
{
    if (http_request_is_safe(request) || http_request_header(request, "Cookie") == NULL)
        return TRUE;
    const char *origin = http_request_header(request, "Origin");
    const char *site = http_request_header(request, "Sec-Fetch-Site");
    if (origin == NULL || !g_strv_contains(origins, origin))
        return refuse(error);
    return site == NULL || strcmp(site, "same-origin") == 0 || refuse(error);
}
