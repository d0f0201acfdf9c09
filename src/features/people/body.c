/* features/people/body.c: request bodies are described by the same tables as acts. */
#include "features/people/private.h"

json_t *people_body(HttpRequest *request, const Field *fields, GError **error)
{
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body || !fields_validate(fields, body, error))
        return NULL;
    return g_steal_pointer(&body);
}
