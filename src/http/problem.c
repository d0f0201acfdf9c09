/* http/problem.c: see problem.h. */
#include "http/problem.h"
#include "http/private.h"

static const struct {
    const char *code;
    guint status;
} by_code[] = {
    {HTTP_CODE_PRECONDITION, 412},
    {HTTP_CODE_PRECONDITION_MISSING, 428},
    {HTTP_CODE_MEDIA_TYPE, 415},
    {HTTP_CODE_RATE, 429},
    {HTTP_CODE_METHOD, 405},
    {HTTP_CODE_TOO_LARGE, 413},
    {HTTP_CODE_BUSY, 503},
    {HTTP_CODE_BODY, 400},
    {"http.host", 421},
    {"http.expectation", 417},
    {"http.header_too_large", 431},
    {"tus.version", 412},
    {"tus.checksum_mismatch", 460},
};

static guint status_of_kind(const GError *error)
{
    switch ((ComityError)error->code) {
    case COMITY_ERROR_INVALID:
        return *error_pointer(error) != '\0' ? 422 : 400; /* understood, but a field of it is wrong: 422 */
    case COMITY_ERROR_UNAUTHENTICATED:
        return 401;
    case COMITY_ERROR_FORBIDDEN:
        return 403;
    case COMITY_ERROR_NOT_FOUND:
        return 404;
    case COMITY_ERROR_CONFLICT:
        return 409;
    case COMITY_ERROR_GONE:
        return 410;
    case COMITY_ERROR_LIMIT:
        return 413;
    case COMITY_ERROR_FULL:
        return 507;
    case COMITY_ERROR_BUSY:
    case COMITY_ERROR_CANCELLED:
        return 503;
    case COMITY_ERROR_UNSUPPORTED:
        return 501;
    case COMITY_ERROR_DAMAGED:
    case COMITY_ERROR_IO:
    case COMITY_ERROR_USAGE:
        break;
    }
    return 500;
}

guint http_problem_status(const GError *error)
{
    if (error->domain != COMITY_ERROR)
        return 500;
    const char *code = error_code(error);
    for (gsize i = 0; i < G_N_ELEMENTS(by_code); i++)
        if (strcmp(code, by_code[i].code) == 0)
            return by_code[i].status;
    return status_of_kind(error);
}

/* E2: what a 5xx may say. */
static const char *detail(const GError *error, guint status)
{
    if (status < 500)
        return error->message;
    gboolean inside = error->domain != COMITY_ERROR || error->code == COMITY_ERROR_IO ||
                      error->code == COMITY_ERROR_DAMAGED || *error_code(error) == '\0';
    if (!inside)
        return error->message;
    switch (status) {
    case 501:
        return "This server can't do that.";
    case 503:
        return "The server is busy. Try again in a moment.";
    case 507:
        return "There is no room left on the server's disk. Reading goes on; tell your administrator.";
    default:
        return "The server could not carry this out. Tell your administrator the request's id.";
    }
}

static const char *title(guint status)
{
    return status == 460 ? "Checksum Mismatch" : MHD_get_reason_phrase_for(status);
}

/* What the error itself doesn't name has a code too: a client can tell a full disk from a bug, and its code may switch
 * over codes alone. */
static const char *code_of(const GError *error, guint status)
{
    static const struct {
        guint status;
        const char *code;
    } plain[] = {
        {400, "http.invalid"},      {401, "http.unauthenticated"}, {403, "http.forbidden"},
        {404, "http.not_found"},    {409, "http.conflict"},        {410, "http.gone"},
        {413, HTTP_CODE_TOO_LARGE}, {422, "http.invalid"},         {503, HTTP_CODE_BUSY},
        {507, HTTP_CODE_FULL},      {501, "http.unsupported"},
    };
    if (error->domain == COMITY_ERROR && *error_code(error) != '\0')
        return error_code(error);
    for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
        if (plain[i].status == status)
            return plain[i].code;
    return "http.failed";
}

static json_t *standard_members(const HttpRequest *request, const GError *error, guint status)
{
    json_t *problem = json_pack("{s:s, s:s, s:I, s:s}", "type", "about:blank", "title", title(status), "status",
                                (json_int_t)status, "detail", detail(error, status));
    if (problem == NULL) /* a message that is no UTF-8 */
        problem =
            json_pack("{s:s, s:s, s:I}", "type", "about:blank", "title", title(status), "status", (json_int_t)status);
    json_object_set_new(problem, "code", json_string(code_of(error, status)));
    if (error->domain == COMITY_ERROR && *error_pointer(error) != '\0')
        json_object_set_new(problem, "pointer", json_string(error_pointer(error)));
    json_object_set_new(problem, "request_id", json_string(http_request_id(request)));
    return problem;
}

static void log_inside(const HttpRequest *request, const GError *error, guint status)
{
    gboolean cancelled = error->domain == COMITY_ERROR && error->code == COMITY_ERROR_CANCELLED;
    if (status >= 500 && !cancelled && strcmp(detail(error, status), error->message) != 0)
        g_log("http", G_LOG_LEVEL_WARNING, "%s: %s", http_request_id(request), error->message);
}

void http_problem_fill_with(HttpResponse *response, const HttpRequest *request, const GError *error, json_t *members)
{
    guint status = response->status >= 400 ? response->status : http_problem_status(error);
    log_inside(request, error, status);
    json_t *problem = standard_members(request, error, status);
    if (members != NULL)
        json_object_update_missing_new(problem, members);
    http_response_json(response, status, problem);
    g_free(response->content_type);
    response->content_type = g_strdup("application/problem+json");
    if (status == 401 && http_response_header(response, "WWW-Authenticate") == NULL)
        http_response_set_header(response, "WWW-Authenticate", "Bearer");
    if (status == 503 && http_response_header(response, "Retry-After") == NULL)
        http_response_set_header(response, "Retry-After", "1");
}

void http_problem_fill(HttpResponse *response, const HttpRequest *request, const GError *error)
{
    http_problem_fill_with(response, request, error, NULL);
}
