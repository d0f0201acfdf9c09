/* http/request.c: what a handler may ask of its request. Filled in by head.c; see private.h for whose it is when. */
#include "http/private.h"
#include "http/problem.h"

static const char id_digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's: read aloud without mistakes */

/* Different for each request of a run and hard to confuse, no more: nothing rests on an id being secret. So it is a
 * counter, begun by chance and stirred (the finaliser of SplitMix64), instead of a system call. */
static void make_id(HttpServer *server, char out[10])
{
    guint64 x = atomic_fetch_add_explicit(&server->next_id, 0x9e3779b97f4a7c15, memory_order_relaxed);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    x ^= x >> 31;
    for (guint i = 0; i < 8; i++)
        out[i + (i >= 4)] = id_digits[(x >> (5 * i)) & 31];
    out[4] = '-';
    out[9] = '\0';
}

HttpRequest *http_request_new(HttpServer *server, struct MHD_Connection *connection, const char *target)
{
    HttpRequest *self = g_new0(HttpRequest, 1);
    self->refs = 1;
    self->server = server;
    self->connection = connection;
    self->peer = connection != NULL ? http_peer_of(connection) : NULL;
    self->fd = self->peer != NULL ? self->peer->fd : -1;
    self->started_us = g_get_monotonic_time();
    self->target = g_strdup(target != NULL ? target : "");
    self->target_length = strlen(self->target);
    self->response = http_response_new();
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    make_id(server, self->id);
    return self;
}

HttpRequest *http_request_ref(HttpRequest *self)
{
    g_atomic_int_inc(&self->refs);
    return self;
}

void http_request_unref(HttpRequest *self)
{
    if (self == NULL || !g_atomic_int_dec_and_test(&self->refs))
        return;
    g_datalist_clear(&self->hung); /* the owner's first: it may look at the rest */
    for (guint i = 0; i < self->n_parameters; i++)
        g_free((char *)self->parameters[i].value);
    if (self->ready != NULL)
        MHD_destroy_response(self->ready);
    http_response_free(self->response);
    http_server_release(self->server, self->reserved);
    g_clear_pointer(&self->collected, g_byte_array_unref);
    g_clear_pointer(&self->block, g_byte_array_unref);
    g_clear_pointer(&self->body, g_bytes_unref);
    g_clear_error(&self->failure);
    g_cond_clear(&self->changed);
    g_mutex_clear(&self->lock);
    g_free(self->buffer);
    g_free(self->cookies_text);
    g_free(self->cookies);
    g_free(self->queries_text);
    g_free(self->queries);
    g_clear_pointer(&self->remote_key, g_ref_string_release);
    g_clear_pointer(&self->remote, g_ref_string_release);
    g_free(self->fields_text);
    g_free(self->fields);
    g_free(self->target);
    g_free(self);
}

const char *http_request_method(const HttpRequest *self)
{
    return self->method;
}

gboolean http_request_is_safe(const HttpRequest *self)
{
    return g_str_equal(self->method, "GET") || g_str_equal(self->method, "HEAD") ||
           g_str_equal(self->method, "OPTIONS");
}

const char *http_request_path(const HttpRequest *self)
{
    return self->target;
}

const char *http_request_id(const HttpRequest *self)
{
    return self->id;
}

const HttpRoute *http_request_route(const HttpRequest *self)
{
    return self->entry != NULL ? self->entry->route : NULL;
}

gpointer http_request_owner(const HttpRequest *self)
{
    return self->server->options.data;
}

gpointer http_request_worker(const HttpRequest *self)
{
    return self->worker != NULL ? self->worker->data : NULL;
}

const char *http_request_remote(const HttpRequest *self)
{
    return self->remote;
}

const char *http_request_remote_key(const HttpRequest *self)
{
    return self->remote_key;
}

const char *http_request_parameter(const HttpRequest *self, const char *name)
{
    gsize length = strlen(name);
    for (guint i = 0; i < self->n_parameters; i++) {
        const char *in_pattern = self->parameters[i].name; /* ends at a brace */
        if (strncmp(in_pattern, name, length) == 0 && in_pattern[length] == '}')
            return self->parameters[i].value;
    }
    return NULL;
}

const char *http_request_query(const HttpRequest *self, const char *name)
{
    for (guint i = 0; i < self->n_queries; i++)
        if (strcmp(self->queries[i].name, name) == 0)
            return self->queries[i].value;
    return NULL;
}

gboolean http_request_query_integer(const HttpRequest *self, const char *name, gint64 least, gint64 most,
                                    gint64 fallback, gint64 *out, GError **error)
{
    const char *text = http_request_query(self, name);
    *out = fallback;
    if (text == NULL || g_ascii_string_to_signed(text, 10, least, most, out, NULL))
        return TRUE;
    g_autofree char *code = g_strdup_printf("query.%s", name);
    error_set(error, COMITY_ERROR_INVALID, code, "",
              "“%s” in the query must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".", name,
              least, most);
    return FALSE;
}

gboolean http_request_query_only(const HttpRequest *self, const char *const *names, GError **error)
{
    for (guint i = 0; i < self->n_queries; i++) {
        if (g_strv_contains(names, self->queries[i].name))
            continue;
        error_set(error, COMITY_ERROR_INVALID, "query.unknown", "", "The query has a field that is not known here.");
        return FALSE;
    }
    return TRUE;
}

const char *http_request_header(const HttpRequest *self, const char *name)
{
    for (guint i = 0; i < self->n_fields; i++)
        if (g_ascii_strcasecmp(self->fields[i].name, name) == 0)
            return self->fields[i].value;
    return NULL;
}

const char *http_request_last_field(const HttpRequest *self, const char *name)
{
    for (guint i = self->n_fields; i > 0; i--)
        if (g_ascii_strcasecmp(self->fields[i - 1].name, name) == 0)
            return self->fields[i - 1].value;
    return NULL;
}

const char *http_request_cookie(const HttpRequest *self, const char *name)
{
    const char *found = NULL;
    for (guint i = 0; i < self->n_cookies; i++) {
        if (strcmp(self->cookies[i].name, name) != 0)
            continue;
        if (found != NULL)
            return NULL; /* one of the two was planted, and nobody knows which */
        found = self->cookies[i].value;
    }
    return found;
}

const char *http_request_bearer(const HttpRequest *self)
{
    const char *value = http_request_header(self, "Authorization");
    return value != NULL && g_ascii_strncasecmp(value, "Bearer ", 7) == 0 && value[7] != '\0' ? value + 7 : NULL;
}

gint64 http_request_content_length(const HttpRequest *self)
{
    return self->content_length;
}

GBytes *http_request_body(const HttpRequest *self)
{
    HttpRequest *mine = (HttpRequest *)self; /* made when it is first asked for */
    if (mine->body == NULL)
        mine->body = g_bytes_new_static("", 0);
    return mine->body;
}

static gboolean is_json(const char *content_type)
{
    if (content_type == NULL)
        return FALSE;
    gsize length = strcspn(content_type, "; \t");
    return length == strlen("application/json") && g_ascii_strncasecmp(content_type, "application/json", length) == 0;
}

json_t *http_request_json(const HttpRequest *self, GError **error)
{
    if (!is_json(http_request_header(self, "Content-Type"))) {
        error_set(error, COMITY_ERROR_INVALID, HTTP_CODE_MEDIA_TYPE, "", "Send the body as application/json.");
        return NULL;
    }
    gsize length;
    const char *bytes = g_bytes_get_data(http_request_body(self), &length);
    g_autoptr(GError) why = NULL;
    json_t *value = json_strict_parse(bytes != NULL ? bytes : "", length, self->limit, &why);
    if (value == NULL)
        error_set(error, COMITY_ERROR_INVALID, HTTP_CODE_BODY, "", "The body is not the JSON that is wanted: %s",
                  why->message);
    return value;
}

/* TRUE where @list (a value of If-Match) holds the strong tag @etag. */
static gboolean strong_match(const char *list, const char *etag)
{
    g_autofree char *quoted = g_strdup_printf("\"%s\"", etag);
    g_auto(GStrv) tags = g_strsplit(list, ",", -1);
    for (char **tag = tags; *tag != NULL; tag++)
        if (strcmp(g_strstrip(*tag), quoted) == 0)
            return TRUE;
    return strcmp(list, "*") == 0;
}

gboolean http_request_if_match(const HttpRequest *self, const char *etag, gboolean required, GError **error)
{
    const char *list = http_request_header(self, "If-Match");
    if (list == NULL && !required)
        return TRUE;
    if (list == NULL) {
        error_set(error, COMITY_ERROR_CONFLICT, HTTP_CODE_PRECONDITION_MISSING, "",
                  "Say with If-Match which version is to be changed: the ETag that came with it.");
        return FALSE;
    }
    if (strong_match(list, etag))
        return TRUE;
    error_set(error, COMITY_ERROR_CONFLICT, HTTP_CODE_PRECONDITION, "",
              "Somebody changed this since it was read. Load it again, then repeat the change.");
    return FALSE;
}

void http_request_set(HttpRequest *self, const char *key, gpointer value, GDestroyNotify free_value)
{
    g_datalist_set_data_full(&self->hung, key, value, free_value);
}

gpointer http_request_get(const HttpRequest *self, const char *key)
{
    return g_datalist_get_data((GData **)&self->hung, key);
}

HttpResponse *http_request_response(const HttpRequest *self)
{
    return self->response;
}

gboolean http_field_has_token(const char *value, const char *token)
{
    if (value == NULL)
        return FALSE;
    g_auto(GStrv) items = g_strsplit(value, ",", -1);
    for (char **item = items; *item != NULL; item++)
        if (g_ascii_strcasecmp(g_strstrip(*item), token) == 0)
            return TRUE;
    return FALSE;
}
