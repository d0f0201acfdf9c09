/* http/tus.h: resumable uploads, tus 1.0.0 with creation, checksum (sha1, sha256), termination, expiration.
 *
 * Idea: the protocol is here, the bytes are the store's. The store sees offsets that fit, metadata that is well-formed
 * and bodies whose checksum, where the client gave one, has been verified before the first byte is handed over.
 *   T1  Every answer but OPTIONS has Tus-Resumable; a request without it, or of another version, is 412.
 *   T2  A PATCH names the store's offset exactly (409 otherwise); what came is kept even if the client then vanishes.
 *   T3  A PATCH with a checksum changes nothing unless it matches (460): it is held in memory (at most 64 MiB each, two
 *       at once in the process; others wait three seconds with their connection held back, then 503) and verified
 *       before append.
 *   T4  A finished upload is no tus resource any more: 410 for every method.
 * Routes that the owner declares for a path P: POST P (create), OPTIONS P, and HEAD, PATCH (HTTP_ROUTE_STREAM), DELETE
 * and OPTIONS of P/{upload}, all but POST and OPTIONS with HTTP_ROUTE_OVERRIDE, each with a handler that calls
 * http_tus_handle. */
#pragma once
#include "http/response.h"

#define HTTP_TUS_CHECKED_MAX ((gsize)64 << 20)

typedef enum {
    HTTP_TUS_OPEN,     /* takes bytes */
    HTTP_TUS_FINISHED, /* 410 */
    HTTP_TUS_EXPIRED,  /* 410 */
} HttpTusState;

typedef struct {
    HttpTusState state;
    guint64 offset; /* durable bytes */
    guint64 length;
    char *metadata; /* Upload-Metadata as the client sent it, or NULL; freed by the library */
    gint64 expires; /* Unix ms; 0: never */
} HttpTusInfo;

/* Upload-Metadata, parsed strictly: keys of visible ASCII without comma, unique; values base64; at most 32 keys, 8 KiB.
 */
typedef struct HttpTusMetadata HttpTusMetadata;
const char *http_tus_metadata_raw(const HttpTusMetadata *self); /* as sent; NULL where there was none */
/* The value of @key where it is UTF-8 text without U+0000; NULL otherwise. */
const char *http_tus_metadata_text(const HttpTusMetadata *self, const char *key);
HttpTusMetadata *http_tus_metadata_parse(const char *raw, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void http_tus_metadata_free(HttpTusMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpTusMetadata, http_tus_metadata_free)

/* The bytes of one PATCH. */
typedef struct HttpTusBody HttpTusBody;
/* As http_request_read_block: borrowed until the next read; 0 at the end; -1 with COMITY_ERROR_CANCELLED where the
 * client is gone: the store keeps what it has (T2). */
gssize http_tus_body_read(HttpTusBody *self, const guint8 **bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the owner implements. All run on a handler's thread (http_request_worker works) and have authorised the request
 * before (`before`) or by themselves. Errors become problems: COMITY_ERROR_NOT_FOUND, COMITY_ERROR_FULL... */
typedef struct {
    /* A new upload of @length bytes. Fills @location (new string: absolute path or URL) and @info (expires, offset 0).
     */
    gboolean (*create)(gpointer data, HttpRequest *request, guint64 length, const HttpTusMetadata *metadata,
                       char **location, HttpTusInfo *info, GError **error);
    /* The upload that the path names. */
    gboolean (*info)(gpointer data, HttpRequest *request, HttpTusInfo *info, GError **error);
    /* Appends @body at @offset, durably, and sets @stored to the new offset. Holds the upload against others:
     * COMITY_ERROR_ CONFLICT where another PATCH has it, or where @offset is no longer its offset. The library has
     * checked that the body fits the length where its size is told; where not, the store must refuse what goes beyond.
     * On a body that breaks off: keep what came, set @stored, and return its error. */
    gboolean (*append)(gpointer data, HttpRequest *request, guint64 offset, HttpTusBody *body, guint64 *stored,
                       GError **error);
    /* All bytes are there (after an append, or after create with length 0): make it what it is for. May add headers to
     * @response. Where it fails the upload stays open at its full length; an empty PATCH at that offset tries again. */
    gboolean (*finish)(gpointer data, HttpRequest *request, const char *location, HttpResponse *response,
                       GError **error);
    /* Throws an unfinished upload away. */
    gboolean (*terminate)(gpointer data, HttpRequest *request, GError **error);
} HttpTusStore;

typedef struct {
    const HttpTusStore *store;
    gpointer data;
    guint64 max_size; /* Tus-Max-Size; 0: none told */
} HttpTus;

/* Answers any request to a tus path by its (effective) method. Needs a path with parameters {upload} for all but POST.
 */
gboolean http_tus_handle(const HttpTus *self, HttpRequest *request, HttpResponse *response, GError **error);
