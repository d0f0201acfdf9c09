/* http/response.h: an answer in the making. A plain value until it is sent: hooks may read it, keep it, replace it.
 *   R1  One body: JSON, bytes, a source, an event stream, or none; setting another replaces it.
 *   R2  `Cache-Control: no-store` and `X-Content-Type-Options: nosniff` unless the handler says otherwise.
 *   R3  Range, If-Range, If-None-Match and HEAD are answered by the server from the status 200, the tag and the body.
 */
#pragma once
#include "http/request.h"

HttpResponse *http_response_new(void);
void http_response_free(HttpResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpResponse, http_response_free)

void http_response_set_status(HttpResponse *self, guint status);
guint http_response_status(const HttpResponse *self); /* 0: nothing answered yet */
/* Sets a header, replacing what has the same name. @value must hold no control character (checked). */
void http_response_set_header(HttpResponse *self, const char *name, const char *value);
void http_response_set_headerf(HttpResponse *self, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
void http_response_add_header(HttpResponse *self, const char *name, const char *value); /* Set-Cookie, Link */
const char *http_response_header(const HttpResponse *self, const char *name);
/* Calls @each for every header, in order. */
void http_response_foreach_header(const HttpResponse *self,
                                  void (*each)(const char *name, const char *value, gpointer data), gpointer data);

/* Takes the reference of @value; written compactly. */
void http_response_json(HttpResponse *self, guint status, json_t *value);
/* Borrows @bytes (takes a reference). */
void http_response_bytes(HttpResponse *self, guint status, const char *content_type, GBytes *bytes);
/* No body: 204, 202, 304... */
void http_response_empty(HttpResponse *self, guint status);
/* A strong entity tag, without quotes: [A-Za-z0-9._~-]+ */
void http_response_set_etag(HttpResponse *self, const char *etag);
const char *http_response_etag(const HttpResponse *self);

/* A file-like body. Reads happen on pool threads, in order from the range's start, never two at once; the first block
 * before the header is sent, so that a body which can't be opened is still a problem. */
typedef struct {
    /* Reads exactly @length bytes at @offset. FALSE with an error: the connection is then cut short. */
    gboolean (*read)(gpointer data, guint64 offset, guint8 *buffer, gsize length, GError **error);
    void (*free)(gpointer data);
} HttpSourceClass;
/* Status 200; takes @data, freed by the class. Accept-Ranges: bytes. */
void http_response_source(HttpResponse *self, const char *content_type, guint64 size, const HttpSourceClass *source,
                          gpointer data);
/* `Content-Disposition` with @name in both spellings of RFC 6266; @attachment FALSE: inline. */
void http_response_set_file_name(HttpResponse *self, const char *name, gboolean attachment);

/* What the body is so far: for answers that are to be stored (Idempotency-Key). New reference; NULL for a source or an
 * event stream, empty where there is none. */
GBytes *http_response_capture(const HttpResponse *self);
const char *http_response_content_type(const HttpResponse *self); /* NULL where there is no body */
