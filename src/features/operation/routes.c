#include "base/error.h"
#include "features/operation/private.h"
#include "node/job.h"
#include "node/state.h"
#include <string.h>

static gboolean status(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_admin(request, error);
    json_t *found = principal ? status_json(node, node_reader(node, request), principal, error) : NULL;
    if (!found)
        return FALSE;
    http_response_json(response, 200, found);
    return TRUE;
}

static gboolean card(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)error;
    g_autofree char *note = node_card(http_request_owner(request));
    g_autoptr(GBytes) body = g_bytes_new(note, strlen(note));
    http_response_bytes(response, 200, "text/plain; charset=utf-8", body);
    return TRUE;
}

static gboolean export_identity(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    if (!principal_require_admin(request, error))
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body)
        return FALSE;
    const char *passphrase = json_text(body, "passphrase");
    g_autofree char *text = identity_take_off(node, passphrase ? passphrase : "", error);
    if (!text || !node_forget_identity(node, error) || !notices_renew(node, error))
        return FALSE;
    g_autofree char *name = g_strconcat(node_name(node), "-identity.key", NULL);
    g_autoptr(GBytes) file = g_bytes_new(text, strlen(text));
    http_response_set_file_name(response, name, TRUE);
    http_response_bytes(response, 200, "application/octet-stream", file);
    return TRUE;
}

static gboolean audit(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_admin(request, error);
    g_autoptr(json_t) arguments = json_object();
    return principal && job_answer(request, response, "node.audit", principal->person, arguments, error);
}

/* Who asked for it sees it; administering the node shows nobody what is done in a case. */
static gboolean job(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require(request, error);
    if (!principal)
        return FALSE;
    json_t *found = job_describe(node, node_reader(node, request), http_request_parameter(request, "job"),
                                 principal->person, error);
    if (!found)
        return FALSE;
    http_response_json(response, 200, found);
    return TRUE;
}

const HttpRoute operation_routes[] = {
    {.method = "GET", .path = "/api/v1/node/status", .handler = status},
    {.method = "GET", .path = "/api/v1/node/card", .handler = card, .flags = HTTP_ROUTE_PUBLIC},
    {.method = "POST", .path = "/api/v1/node/identity/export", .handler = export_identity},
    {.method = "POST", .path = "/api/v1/node/audit", .handler = audit},
    {.method = "POST", .path = "/api/v1/node/restoration", .handler = restoration_confirm},
    {.method = "GET", .path = "/api/v1/jobs/{job}", .handler = job},
    {.method = NULL},
};
