/* http/send.c: from a response to what goes out: conditions, ranges, the headers that every answer has. */
#include "http/private.h"
#include "http/problem.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define SEND_MS 1000

/* TRUE where @list (If-None-Match) names @etag; weak comparison, as RFC 9110 wants for reads. */
static gboolean weak_match(const char *list, const char *etag)
{
    if (list == NULL || etag == NULL)
        return FALSE;
    if (strcmp(list, "*") == 0)
        return TRUE;
    g_autofree char *quoted = g_strdup_printf("\"%s\"", etag);
    g_auto(GStrv) tags = g_strsplit(list, ",", -1);
    for (char **tag = tags; *tag != NULL; tag++) {
        const char *opaque = g_strstrip(*tag);
        if (strcmp(g_str_has_prefix(opaque, "W/") ? opaque + 2 : opaque, quoted) == 0)
            return TRUE;
    }
    return FALSE;
}

typedef enum { RANGE_NONE, RANGE_PART, RANGE_UNSATISFIABLE } Range;

/* `bytes=a-b`, `bytes=a-`, `bytes=-n` of @size bytes. Several ranges and other units are ignored, as one may. */
static Range parse_range(const char *text, guint64 size, guint64 *first, guint64 *length)
{
    if (text == NULL || g_ascii_strncasecmp(text, "bytes=", 6) != 0 || strchr(text, ',') != NULL)
        return RANGE_NONE;
    const char *dash = strchr(text + 6, '-');
    if (dash == NULL)
        return RANGE_NONE;
    g_autofree char *from_text = g_strndup(text + 6, (gsize)(dash - text - 6));
    guint64 from = 0;
    guint64 to = G_MAXUINT64;
    gboolean has_from = *from_text != '\0';
    gboolean has_to = dash[1] != '\0';
    if ((has_from && !g_ascii_string_to_unsigned(from_text, 10, 0, G_MAXINT64, &from, NULL)) ||
        (has_to && !g_ascii_string_to_unsigned(dash + 1, 10, 0, G_MAXINT64, &to, NULL)) || (!has_from && !has_to))
        return RANGE_NONE;
    if (!has_from) { /* the last @to bytes */
        *length = MIN(to, size);
        *first = size - *length;
        return *length > 0 ? RANGE_PART : RANGE_UNSATISFIABLE;
    }
    if (to < from)
        return RANGE_NONE;
    if (from >= size)
        return RANGE_UNSATISFIABLE;
    *first = from;
    *length = MIN(to, size - 1) - from + 1;
    return RANGE_PART;
}

/* If-Range: the range counts only for the version that the client has. A date is no tag of ours. */
static gboolean range_applies(const HttpRequest *self)
{
    const char *condition = http_request_header(self, "If-Range");
    if (condition == NULL)
        return TRUE;
    g_autofree char *quoted = g_strdup_printf("\"%s\"", self->response->etag != NULL ? self->response->etag : "");
    return self->response->etag != NULL && strcmp(condition, quoted) == 0;
}

/* Opens the part of the source that is wanted. FALSE with the source's error. */
static gboolean open_source(HttpRequest *self, GError **error)
{
    HttpResponse *response = self->response;
    guint64 first = 0;
    guint64 length = response->source_size;
    Range range = RANGE_NONE;
    if (response->status == 200 && range_applies(self))
        range = parse_range(http_request_header(self, "Range"), response->source_size, &first, &length);
    if (range == RANGE_UNSATISFIABLE) {
        http_response_set_headerf(response, "Content-Range", "bytes */%" G_GUINT64_FORMAT, response->source_size);
        http_response_empty(response, 416);
        return TRUE;
    }
    if (range == RANGE_PART) {
        http_response_set_headerf(response, "Content-Range",
                                  "bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, first,
                                  first + length - 1, response->source_size);
        response->status = 206;
    }
    return http_download_begin(self, first, length, error);
}

typedef void (*EachField)(const char *name, const char *value, gpointer data);

/* R2, and what keeps a browser from making more of an answer than it is. */
static const HttpField defaults[] = {
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
};

/* Every field that goes out: what the handler set, then what it did not. */
static void foreach_field(const HttpRequest *self, EachField each, gpointer data)
{
    const HttpResponse *response = self->response;
    http_response_foreach_header(response, each, data);
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++)
        if (http_response_header(response, defaults[i].name) == NULL)
            each(defaults[i].name, defaults[i].value, data);
    if (response->content_type != NULL)
        each("Content-Type", response->content_type, data);
    if (self->server->options.secure)
        each("Strict-Transport-Security", "max-age=63072000; includeSubDomains", data);
    each("Request-Id", self->id, data);
}

/* Conditions, then ranges (R3). */
static void settle(HttpRequest *self)
{
    HttpResponse *response = self->response;
    gboolean reading = self->method != NULL && http_request_is_safe(self);
    if (response->status == 200 && reading && weak_match(http_request_header(self, "If-None-Match"), response->etag))
        http_response_empty(response, 304);
    g_autoptr(GError) error = NULL;
    if (response->source_class != NULL && !open_source(self, &error)) {
        response->status = 0;
        http_problem_fill(response, self, error);
    }
}

static ssize_t pull(void *data, uint64_t position G_GNUC_UNUSED, char *buffer, size_t room)
{
    HttpResponse *response = ((HttpRequest *)data)->response;
    gssize n = response->pull_class->pull(response->pull, buffer, room);
    return n >= 0 ? n : n == -1 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void pull_done(void *data)
{
    HttpRequest *self = data;
    http_response_clear_body(self->response);
    http_request_unref(self);
}

static void unref_bytes(void *data)
{
    g_bytes_unref(data);
}

/* libmicrohttpd fills @block bytes at a time; a stream without an end goes out in chunks and needs no block. */
static struct MHD_Response *make_body(HttpRequest *self)
{
    HttpResponse *response = self->response;
    if (response->pull_class != NULL) {
        gboolean endless = response->pull_size == HTTP_SIZE_UNKNOWN;
        return MHD_create_response_from_callback(endless ? MHD_SIZE_UNKNOWN : response->pull_size, endless ? 1 : 65536,
                                                 pull, http_request_ref(self), pull_done);
    }
    if (response->body == NULL)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    gsize length;
    gconstpointer bytes = g_bytes_get_data(response->body, &length);
    return MHD_create_response_from_buffer_with_free_callback_cls(length, (void *)bytes, unref_bytes,
                                                                  g_bytes_ref(response->body));
}

static void add_field(const char *name, const char *value, gpointer response)
{
    MHD_add_response_header(response, name, value);
}

void http_send_prepare(HttpRequest *self)
{
    settle(self);
    HttpResponse *response = self->response;
    self->ready_status = response->status;
    self->ready = make_body(self);
    foreach_field(self, add_field, self->ready);
    if (self->must_close || http_server_stopping(self->server))
        MHD_add_response_header(self->ready, "Connection", "close");
}

/* All of it, or none that matters: who doesn't read an answer of some hundred bytes is not waited for. */
static void send_all(HttpRequest *self, const char *bytes, gsize length)
{
    struct pollfd socket = {.fd = self->fd, .events = POLLOUT};
    while (length > 0) {
        ssize_t n = send(self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN && !self->elsewhere && poll(&socket, 1, SEND_MS) > 0)
            continue;
        if (n < 0)
            return;
        bytes += n;
        length -= (gsize)n;
    }
}

char *http_date(gint64 unix_seconds)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_seconds);
    if (time == NULL)
        return g_strdup("Thu, 01 Jan 1970 00:00:00 GMT");
    return g_strdup_printf("%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week(time) - 1],
                           g_date_time_get_day_of_month(time), months[g_date_time_get_month(time) - 1],
                           g_date_time_get_year(time), g_date_time_get_hour(time), g_date_time_get_minute(time),
                           g_date_time_get_second(time));
}

static void append_field(const char *name, const char *value, gpointer text)
{
    g_string_append_printf(text, "%s: %s\r\n", name, value);
}

static GString *direct_header(const HttpRequest *self, gsize length)
{
    const HttpResponse *response = self->response;
    const char *reason = MHD_get_reason_phrase_for(response->status);
    g_autofree char *date = http_date(env_now_ms(self->server->options.env) / 1000);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\n", response->status, reason, date);
    foreach_field(self, append_field, text);
    if (response->status != 204)
        g_string_append_printf(text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
    g_string_append(text, "\r\n");
    return text;
}

void http_send_direct(HttpRequest *self)
{
    settle(self);
    gsize length = 0;
    const char *bytes = self->response->body != NULL ? g_bytes_get_data(self->response->body, &length) : NULL;
    GString *text = direct_header(self, length);
    g_string_append_len(text, bytes, (gssize)length);
    send_all(self, text->str, text->len);
    g_string_free(text, TRUE);
    shutdown(self->fd, SHUT_WR);
    if (self->passed < (guint64)self->content_length && !self->elsewhere && !self->broken)
        http_stream_linger(self);
    shutdown(self->fd, SHUT_RDWR);
}
