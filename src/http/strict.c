/* http/strict.c: the header as it came, before anybody was kind to it.
 *
 * libmicrohttpd 0.9.75 accepts what a proxy in front may read otherwise, and that difference is how one request is
 * smuggled inside another: bare LF, values cut at a NUL, continued lines, extra spaces in the request line. It parses
 * in place and turns CRLF into two zeros, a bare LF into one, and the colon after a name into one; so the bytes still
 * tell. Later releases refuse these by themselves, and their buffers may look different: this check is for 0.9.75. */
#include "http/private.h"

static gboolean refuse(GError **error)
{
    error_set(error, COMITY_ERROR_INVALID, "http.header", "", "The header of the request is malformed.");
    return FALSE;
}

/* Moves over the two zeros that were CRLF. */
static gboolean at_line_end(const char **at, const char *end)
{
    if (end - *at < 2 || (*at)[0] != '\0' || (*at)[1] != '\0')
        return FALSE;
    *at += 2;
    return TRUE;
}

/* One space, @target bytes, one space: then no zero and no second space hides in the request line. */
static gboolean is_exact_line(const char *method, const char *url, gsize target, const char *version)
{
    return url == method + strlen(method) + 1 && version == url + target + 1;
}

gboolean http_strict_header(const HttpRawHeader *raw, GError **error)
{
    if (strcmp(MHD_get_version(), "0.9.75") != 0)
        return TRUE;
    const char *end = raw->method + raw->size;
    if (!is_exact_line(raw->method, raw->url, raw->target, raw->version) || raw->version >= end)
        return refuse(error);
    const char *at = raw->version + strlen(raw->version);
    if (!at_line_end(&at, end))
        return refuse(error);
    for (guint i = 0; i < raw->fields; i++) {
        if (at >= end || *at == ' ' || *at == '\t')
            return refuse(error);                 /* a continued line */
        at += strnlen(at, (gsize)(end - at)) + 1; /* the name and its colon */
        if (at >= end)
            return refuse(error);
        at += strnlen(at, (gsize)(end - at));
        if (!at_line_end(&at, end))
            return refuse(error);
    }
    return (at_line_end(&at, end) && at == end) || refuse(error);
}
