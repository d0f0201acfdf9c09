/* http/head.c: from libmicrohttpd's header to a request that can be trusted (Q1, Q2), or a refusal.
 *
 * What is refused here is what two programs on the way could read in two ways: both or several lengths, transfer
 * codings but chunked, names with spaces, values with control characters, a second Host. After such a request nobody
 * knows where the next one starts, so its connection closes (must_close). */
#include "http/private.h"
#include "http/problem.h"

/* Fields that must not come twice. Others of them are lists, or nobody here reads them. */
static const char *const singles[] = {
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Content-Type",
    "Authorization",
    "Cookie",
    "Origin",
    "Range",
    "If-Range",
    "If-Match",
    "If-None-Match",
    "Expect",
    "Tus-Resumable",
    "Upload-Offset",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Checksum",
    "Upload-Defer-Length",
    "Last-Event-ID",
    "Idempotency-Key",
    "X-HTTP-Method-Override",
    "Upgrade",
    NULL,
};

/* The constant that equals @text. Methods that no route can have are all one. */
static const char *constant_method(const char *text)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i], text) == 0)
            return known[i];
    return "-";
}

static gboolean is_token(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && strchr("!#$%&'*+-.^_`|~", *at) == NULL)
            return FALSE;
    return *text != '\0';
}

static gboolean is_value(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (((guchar)*at < 0x20 && *at != '\t') || *at == 0x7f)
            return FALSE;
    return g_utf8_validate(text, -1, NULL);
}

typedef struct {
    HttpRequest *request;
    char *at; /* where the next string goes in fields_text */
    char *end;
    gboolean bad;
} Copying;

static const char *keep(Copying *self, const char *text)
{
    gsize size = strlen(text) + 1;
    if ((gsize)(self->end - self->at) < size) {
        self->bad = TRUE;
        return "";
    }
    char *kept = memcpy(self->at, text, size);
    self->at += size;
    return kept;
}

static enum MHD_Result copy_field(void *data, enum MHD_ValueKind kind G_GNUC_UNUSED, const char *name,
                                  const char *value)
{
    Copying *self = data;
    HttpRequest *request = self->request;
    value = value != NULL ? value : "";
    if (!is_token(name) || !is_value(value)) {
        self->bad = TRUE;
        return MHD_NO;
    }
    HttpField *field = &request->fields[request->n_fields++];
    field->name = keep(self, name);
    field->value = g_strchomp((char *)keep(self, value)); /* white space behind a value is no part of it */
    return self->bad ? MHD_NO : MHD_YES;
}

static gboolean is_single(const char *name)
{
    for (guint i = 0; singles[i] != NULL; i++)
        if (g_ascii_strcasecmp(singles[i], name) == 0)
            return TRUE;
    return FALSE;
}

static gboolean has_double(const HttpRequest *self)
{
    for (guint i = 1; i < self->n_fields; i++)
        for (guint j = 0; j < i; j++)
            if (g_ascii_strcasecmp(self->fields[i].name, self->fields[j].name) == 0 && is_single(self->fields[i].name))
                return TRUE;
    return FALSE;
}

static gboolean refuse(HttpRequest *self, GError **error, ComityError kind, const char *code, const char *sentence)
{
    self->must_close = TRUE;
    error_set(error, kind, code, "", "%s", sentence);
    return FALSE;
}

static gboolean copy_fields(HttpRequest *self, HttpRawHeader *raw, GError **error)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(self->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    gsize size = info != NULL ? info->header_size : 0;
    if (size > HTTP_HEADER_BYTES)
        return refuse(self, error, COMITY_ERROR_LIMIT, "http.header_too_large",
                      "The header of the request is too long.");
    int count = MHD_get_connection_values(self->connection, MHD_HEADER_KIND, NULL, NULL);
    if (count > HTTP_HEADER_FIELDS)
        return refuse(self, error, COMITY_ERROR_LIMIT, "http.header_too_large",
                      "The request has too many header fields.");
    self->fields = g_new(HttpField, (gsize)MAX(count, 1));
    self->fields_text = g_malloc(size + 1);
    Copying copying = {.request = self, .at = self->fields_text, .end = self->fields_text + size + 1};
    MHD_get_connection_values(self->connection, MHD_HEADER_KIND, copy_field, &copying);
    if (copying.bad || !is_token(raw->method))
        return refuse(self, error, COMITY_ERROR_INVALID, "http.header", "The header of the request is malformed.");
    if (has_double(self))
        return refuse(self, error, COMITY_ERROR_INVALID, "http.header", "A header field came twice that must not.");
    raw->size = size;
    raw->target = self->target_length;
    raw->fields = self->n_fields;
    self->must_close = !http_strict_header(raw, error);
    return !self->must_close;
}

/* Where the body ends. One length, or chunked over HTTP/1.1, and never both. */
static gboolean read_length(HttpRequest *self, const char *version, GError **error)
{
    const char *coding = http_request_header(self, "Transfer-Encoding");
    const char *length = http_request_header(self, "Content-Length");
    if (coding != NULL && (length != NULL || strcmp(version, "HTTP/1.1") != 0))
        return refuse(self, error, COMITY_ERROR_INVALID, "http.header",
                      "The request says in two ways where its body ends.");
    if (coding != NULL && g_ascii_strcasecmp(coding, "chunked") != 0)
        return refuse(self, error, COMITY_ERROR_UNSUPPORTED, "http.transfer_coding",
                      "Only the transfer coding “chunked” is known.");
    if (coding != NULL) {
        self->has_body = TRUE;
        self->content_length = -1;
        return TRUE;
    }
    guint64 bytes = 0;
    if (length != NULL &&
        (!g_ascii_isdigit(*length) || !g_ascii_string_to_unsigned(length, 10, 0, G_MAXINT64, &bytes, NULL)))
        return refuse(self, error, COMITY_ERROR_INVALID, "http.header", "Content-Length is no number.");
    self->content_length = (gint64)bytes;
    self->has_body = bytes > 0;
    return TRUE;
}

static gboolean check_host(HttpRequest *self, const char *version, GError **error)
{
    const char *const *hosts = self->server->options.hosts;
    const char *host = http_request_header(self, "Host");
    if (host == NULL && strcmp(version, "HTTP/1.0") != 0)
        return refuse(self, error, COMITY_ERROR_INVALID, "http.header", "The request names no Host.");
    if (host != NULL && (*host == '\0' || strpbrk(host, "/@,? \t") != NULL))
        return refuse(self, error, COMITY_ERROR_INVALID, "http.header", "The Host of the request is malformed.");
    for (guint i = 0; hosts != NULL && hosts[i] != NULL; i++)
        if (host != NULL && g_ascii_strcasecmp(hosts[i], host) == 0)
            return TRUE;
    if (hosts == NULL)
        return TRUE;
    error_set(error, COMITY_ERROR_INVALID, "http.host", "", "This server has another name.");
    return FALSE;
}

/* The address that a believed proxy names last; NULL where there is none. New. */
static GRefString *forwarded_for(const HttpRequest *self)
{
    const char *const *proxies = self->server->options.proxies;
    const char *forwarded = http_request_last_field(self, "X-Forwarded-For");
    if (proxies == NULL || forwarded == NULL || !g_strv_contains(proxies, self->peer->address))
        return NULL;
    const char *last = strrchr(forwarded, ',');
    g_autofree char *address = g_strstrip(g_strdup(last != NULL ? last + 1 : forwarded));
    return g_hostname_is_ip_address(address) ? g_ref_string_new(address) : NULL;
}

static void find_remote(HttpRequest *self)
{
    self->remote = forwarded_for(self);
    if (self->remote != NULL) {
        self->remote_key = http_address_key(self->remote);
    } else {
        self->remote = g_ref_string_acquire(self->peer->address);
        self->remote_key = g_ref_string_acquire(self->peer->key);
    }
}

/* One `name=value` of the query, decoded to @out, which moves on. */
static gboolean read_query_field(HttpRequest *self, const char *text, gsize length, char **out)
{
    const char *equals = memchr(text, '=', length);
    gsize name_length = equals != NULL ? (gsize)(equals - text) : length;
    gsize value_length = equals != NULL ? length - name_length - 1 : 0;
    HttpField *field = &self->queries[self->n_queries];
    field->name = *out;
    if (!http_percent_decode(text, name_length, FALSE, *out))
        return FALSE;
    *out += strlen(*out) + 1;
    field->value = *out;
    if (!http_percent_decode(equals != NULL ? equals + 1 : "", value_length, FALSE, *out))
        return FALSE;
    *out += strlen(*out) + 1;
    if (http_request_query(self, field->name) != NULL)
        return FALSE; /* twice */
    self->n_queries++;
    return TRUE;
}

static gboolean read_query(HttpRequest *self, GError **error)
{
    if (self->query == NULL || *self->query == '\0')
        return TRUE;
    guint most = 1;
    for (const char *at = self->query; *at != '\0'; at++)
        most += *at == '&' ? 1 : 0;
    gboolean fine = most <= HTTP_QUERY_FIELDS;
    self->queries = g_new0(HttpField, most);
    char *out = self->queries_text = g_malloc(strlen(self->query) + 2 * (gsize)most + 1);
    for (const char *at = self->query; fine && at != NULL;) {
        const char *end = strchrnul(at, '&');
        fine = end == at || read_query_field(self, at, (gsize)(end - at), &out);
        at = *end == '&' ? end + 1 : NULL;
    }
    if (!fine)
        error_set(error, COMITY_ERROR_INVALID, "query.malformed", "", "The query of the request is malformed.");
    return fine;
}

/* `a=b; c=d`. What is malformed is left out: no cookie of ours looks so. */
static void read_cookies(HttpRequest *self)
{
    const char *header = http_request_header(self, "Cookie");
    if (header == NULL)
        return;
    guint most = 1;
    for (const char *at = header; *at != '\0'; at++)
        most += *at == ';' ? 1 : 0;
    self->cookies = g_new0(HttpField, most);
    self->cookies_text = g_strdup(header);
    char *rest = self->cookies_text;
    for (char *pair; (pair = strsep(&rest, ";")) != NULL;) {
        char *value = strchr(pair, '=');
        if (value == NULL)
            continue;
        *value = '\0';
        self->cookies[self->n_cookies++] = (HttpField){.name = g_strstrip(pair), .value = g_strstrip(value + 1)};
    }
}

/* tus clients that can send GET and POST only. What the header says is what is authorised: it is applied before a route
 * is looked for, and only where a route allows it. */
static const char *overridden(const HttpRequest *self)
{
    const char *other = http_request_header(self, "X-HTTP-Method-Override");
    gboolean known =
        other != NULL && (strcmp(other, "PATCH") == 0 || strcmp(other, "DELETE") == 0 || strcmp(other, "HEAD") == 0);
    return known ? other : NULL;
}

static void take_match(HttpRequest *self, const HttpMatched *matched)
{
    self->entry = matched->entry;
    self->n_parameters = matched->n_parameters;
    memcpy(self->parameters, matched->parameters, sizeof self->parameters);
}

static void drop_match(HttpMatched *matched)
{
    for (guint i = 0; i < matched->n_parameters; i++)
        g_free((char *)matched->parameters[i].value);
    g_clear_pointer(&matched->allow, g_free);
}

static HttpMatch match(HttpRequest *self, HttpMatched *matched)
{
    const char *other = overridden(self);
    if (other != NULL) {
        HttpMatch found = http_router_match(self->server->router, other, self->target, matched);
        if (found == HTTP_MATCH_ROUTE && matched->entry->route->flags & HTTP_ROUTE_OVERRIDE) {
            self->method = constant_method(other);
            return found;
        }
        drop_match(matched);
    }
    return http_router_match(self->server->router, self->method, self->target, matched);
}

static gboolean not_allowed(HttpRequest *self, const char *allow, GError **error)
{
    http_response_set_header(self->response, "Allow", allow);
    if (strcmp(self->method, "OPTIONS") == 0) {
        http_response_empty(self->response, 204);
        return TRUE;
    }
    error_set(error, COMITY_ERROR_INVALID, HTTP_CODE_METHOD, "", "This resource doesn't know that method.");
    return FALSE;
}

static gboolean find_route(HttpRequest *self, GError **error)
{
    HttpMatched matched;
    HttpMatch found = match(self, &matched);
    if (found == HTTP_MATCH_ROUTE) {
        take_match(self, &matched);
        return TRUE;
    }
    self->entry = &self->server->others;
    if (found == HTTP_MATCH_METHOD) {
        g_autofree char *allow = matched.allow;
        return not_allowed(self, allow, error);
    }
    gboolean api = g_str_has_prefix(self->target, "/api/");
    if (found == HTTP_MATCH_NONE && self->server->options.files != NULL && !api) {
        self->entry = &self->server->files;
        return http_request_is_safe(self) || not_allowed(self, "GET, HEAD, OPTIONS", error);
    }
    if (found == HTTP_MATCH_BAD)
        error_set(error, COMITY_ERROR_INVALID, "http.path", "", "The path of the request is malformed.");
    else
        error_set(error, COMITY_ERROR_NOT_FOUND, "http.path_unknown", "", "There is nothing at this address.");
    return FALSE;
}

static gboolean is_target(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] == 0x7f) /* bytes above ASCII are negative */
            return FALSE;
    return *text == '/';
}

gboolean http_head_read(HttpRequest *self, const char *method, const char *url, const char *version, GError **error)
{
    HttpRawHeader raw = {.method = method, .url = url, .version = version};
    self->entry = &self->server->others;
    self->method = constant_method(method);
    gboolean good_target = is_target(self->target, self->target_length);
    char *query = strchr(self->target, '?');
    if (query != NULL) {
        *query = '\0';
        self->query = query + 1;
    }
    if (!copy_fields(self, &raw, error) || !read_length(self, version, error) || !check_host(self, version, error))
        return FALSE;
    find_remote(self);
    read_cookies(self);
    const char *expect = http_request_header(self, "Expect");
    if (expect != NULL && g_ascii_strcasecmp(expect, "100-continue") != 0)
        return refuse(self, error, COMITY_ERROR_INVALID, "http.expectation",
                      "The only expectation known is 100-continue.");
    if (!good_target)
        return refuse(self, error, COMITY_ERROR_INVALID, "http.path", "The target of a request must be a path.");
    return find_route(self, error) && (self->entry == &self->server->files || read_query(self, error));
}
