/* features/people/sessions.c: where I am signed in; signing out here and elsewhere. */
#include "features/people/private.h"
#include "node/view.h"

typedef struct {
    const Principal *principal;
    const char *session;
} Ending;

static gboolean end_one(Tx *tx, gpointer data, GError **error)
{
    const Ending *self = data;
    return tx_session_end(tx, self->principal->person, self->session, error);
}

static gboolean end_others(Tx *tx, gpointer data, GError **error)
{
    const Ending *self = data;
    return tx_sessions_end(tx, self->principal->person, self->session, NULL, error);
}

gboolean sign_out(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    Ending ending = {.principal = principal, .session = principal ? principal->session : NULL};
    if (!principal || !node_write(http_request_owner(request), end_one, &ending, error))
        return FALSE;
    session_clear_cookie(response);
    http_response_set_header(response, "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
    http_response_empty(response, 204);
    return TRUE;
}

gboolean sessions_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_session(request, error);
    g_autoptr(GPtrArray) sessions =
        principal ? session_list(node, node_reader(node, request), principal->person, error) : NULL;
    if (!sessions)
        return FALSE;
    json_t *items = json_array();
    for (guint n = 0; n < sessions->len; n++) {
        const Session *session = g_ptr_array_index(sessions, n);
        json_array_append_new(items,
                              json_pack("{s:s, s:o, s:o, s:o, s:s, s:s, s:b}", "id", session->id, "created",
                                        view_time(session->created_ms), "last_used", view_time(session->used_ms),
                                        "expires", view_time(session->expires_ms), "address", session->address, "agent",
                                        session->agent, "current", g_str_equal(session->id, principal->session)));
    }
    http_response_json(response, 200, json_pack("{s:o}", "items", items));
    return TRUE;
}

gboolean session_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    Ending ending = {.principal = principal, .session = http_request_parameter(request, "session")};
    if (!principal || !node_write(http_request_owner(request), end_one, &ending, error))
        return FALSE;
    if (g_str_equal(ending.session, principal->session))
        session_clear_cookie(response);
    http_response_empty(response, 204);
    return TRUE;
}

gboolean sessions_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    Ending ending = {.principal = principal, .session = principal ? principal->session : NULL};
    if (!principal || !node_write(http_request_owner(request), end_others, &ending, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
