/* http/response.c: see response.h. */
#include "http/private.h"

static void field_clear(gpointer data)
{
    HttpField *field = data;
    g_free((char *)field->name);
    g_free((char *)field->value);
}

HttpResponse *http_response_new(void)
{
    HttpResponse *self = g_new0(HttpResponse, 1);
    self->fields = g_array_sized_new(FALSE, FALSE, sizeof(HttpField), 16);
    g_array_set_clear_func(self->fields, field_clear);
    return self;
}

void http_response_clear_body(HttpResponse *self)
{
    if (self->source_class != NULL)
        self->source_class->free(self->source);
    if (self->pull_class != NULL)
        self->pull_class->free(self->pull);
    self->source_class = NULL;
    self->pull_class = NULL;
    g_clear_pointer(&self->body, g_bytes_unref);
    g_clear_pointer(&self->content_type, g_free);
}

void http_response_free(HttpResponse *self)
{
    if (self == NULL)
        return;
    http_response_clear_body(self);
    g_array_unref(self->fields);
    g_free(self->etag);
    g_free(self);
}

void http_response_set_status(HttpResponse *self, guint status)
{
    self->status = status;
}

guint http_response_status(const HttpResponse *self)
{
    return self->status;
}

/* No line break can leave through a value (response splitting): what holds a control character is not sent. */
static gboolean is_sendable(const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        if ((guchar)*at < 0x20 || *at == 0x7f)
            return FALSE;
    return TRUE;
}

void http_response_add_header(HttpResponse *self, const char *name, const char *value)
{
    g_return_if_fail(is_sendable(value));
    HttpField field = {.name = g_strdup(name), .value = g_strdup(value)};
    g_array_append_val(self->fields, field);
}

void http_response_set_header(HttpResponse *self, const char *name, const char *value)
{
    for (guint i = self->fields->len; i > 0; i--)
        if (g_ascii_strcasecmp(g_array_index(self->fields, HttpField, i - 1).name, name) == 0)
            g_array_remove_index(self->fields, i - 1);
    http_response_add_header(self, name, value);
}

void http_response_set_headerf(HttpResponse *self, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    http_response_set_header(self, name, value);
}

const char *http_response_header(const HttpResponse *self, const char *name)
{
    for (guint i = 0; i < self->fields->len; i++) {
        const HttpField *field = &g_array_index(self->fields, HttpField, i);
        if (g_ascii_strcasecmp(field->name, name) == 0)
            return field->value;
    }
    return NULL;
}

void http_response_foreach_header(const HttpResponse *self,
                                  void (*each)(const char *name, const char *value, gpointer data), gpointer data)
{
    for (guint i = 0; i < self->fields->len; i++) {
        const HttpField *field = &g_array_index(self->fields, HttpField, i);
        each(field->name, field->value, data);
    }
}

void http_response_bytes(HttpResponse *self, guint status, const char *content_type, GBytes *bytes)
{
    GBytes *kept = g_bytes_ref(bytes); /* may be this response's own */
    http_response_clear_body(self);
    self->status = status;
    self->content_type = g_strdup(content_type);
    self->body = kept;
}

void http_response_json(HttpResponse *self, guint status, json_t *value)
{
    gsize length;
    char *text = json_compact(value, &length);
    json_decref(value);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, length);
    http_response_bytes(self, status, "application/json", bytes);
}

void http_response_empty(HttpResponse *self, guint status)
{
    http_response_clear_body(self);
    self->status = status;
}

void http_response_set_etag(HttpResponse *self, const char *etag)
{
    g_free(self->etag);
    self->etag = g_strdup(etag);
    http_response_set_headerf(self, "ETag", "\"%s\"", etag);
}

const char *http_response_etag(const HttpResponse *self)
{
    return self->etag;
}

void http_response_source(HttpResponse *self, const char *content_type, guint64 size, const HttpSourceClass *source,
                          gpointer data)
{
    http_response_clear_body(self);
    self->status = 200;
    self->content_type = g_strdup(content_type);
    self->source_class = source;
    self->source = data;
    self->source_size = size;
    http_response_set_header(self, "Accept-Ranges", "bytes");
}

void http_response_pull(HttpResponse *self, const char *content_type, guint64 size, const HttpPullClass *pull,
                        gpointer data)
{
    http_response_clear_body(self);
    self->content_type = g_strdup(content_type);
    self->pull_class = pull;
    self->pull = data;
    self->pull_size = size;
}

/* RFC 8187: what is not an attr-char is percent-encoded. */
static void append_encoded(GString *text, const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (g_ascii_isalnum(*at) || strchr("!#$&+-.^_`|~", *at) != NULL)
            g_string_append_c(text, *at);
        else
            g_string_append_printf(text, "%%%02X", (guchar)*at);
    }
}

void http_response_set_file_name(HttpResponse *self, const char *name, gboolean attachment)
{
    GString *text = g_string_new(attachment ? "attachment; filename=\"" : "inline; filename=\"");
    for (const char *at = name; *at != '\0'; at++) { /* for programs that know the plain spelling only */
        gboolean plain = g_ascii_isalnum(*at) || strchr(" !#$&'()+,-.;=@[]^_`{}~", *at) != NULL;
        g_string_append_c(text, plain ? *at : '_');
    }
    g_string_append(text, "\"; filename*=UTF-8''");
    append_encoded(text, name);
    http_response_set_header(self, "Content-Disposition", text->str);
    g_string_free(text, TRUE);
}

GBytes *http_response_capture(const HttpResponse *self)
{
    if (self->source_class != NULL || self->pull_class != NULL)
        return NULL;
    return self->body != NULL ? g_bytes_ref(self->body) : g_bytes_new_static("", 0);
}

const char *http_response_content_type(const HttpResponse *self)
{
    return self->content_type;
}
