/* http/tus.c: see tus.h. The judge is the protocol's text, version 1.0.0. */
#include "http/tus.h"
#include "base/text.h"
#include "http/private.h"
#include "http/problem.h"
#include <openssl/evp.h>

#define VERSION "1.0.0"

struct HttpTusBody {
    HttpRequest *request;
    const guint8 *held; /* a body whose checksum was verified; NULL: read from the request */
    gsize held_length;
    gsize at;
};

gssize http_tus_body_read(HttpTusBody *self, const guint8 **bytes, GError **error)
{
    if (self->held == NULL)
        return http_request_read_block(self->request, bytes, error);
    gsize n = MIN(self->held_length - self->at, HTTP_BLOCK);
    *bytes = self->held + self->at;
    self->at += n;
    return (gssize)n;
}

static gboolean refuse(GError **error, ComityError kind, const char *code, const char *sentence)
{
    error_set(error, kind, code, "", "%s", sentence);
    return FALSE;
}

/* A header that must be a decimal number. FALSE where it is absent or anything else. */
static gboolean read_number(const HttpRequest *request, const char *name, guint64 *out)
{
    const char *text = http_request_header(request, name);
    gboolean plain = text != NULL && g_ascii_isdigit(*text) && (*text != '0' || text[1] == '\0');
    return plain && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, out, NULL);
}

static void set_expires(HttpResponse *response, const HttpTusInfo *info)
{
    if (info->expires == 0)
        return;
    g_autofree char *date = http_date(info->expires / 1000);
    http_response_set_header(response, "Upload-Expires", date);
}

static void set_offset(HttpResponse *response, guint64 offset)
{
    http_response_set_headerf(response, "Upload-Offset", "%" G_GUINT64_FORMAT, offset);
}

static void describe(const HttpTus *self, HttpResponse *response)
{
    http_response_empty(response, 204);
    http_response_set_header(response, "Tus-Version", VERSION);
    http_response_set_header(response, "Tus-Extension", "creation,checksum,termination,expiration");
    http_response_set_header(response, "Tus-Checksum-Algorithm", "sha1,sha256");
    if (self->max_size != 0)
        http_response_set_headerf(response, "Tus-Max-Size", "%" G_GUINT64_FORMAT, self->max_size);
}

/* ---- POST ---- */

static gboolean read_creation(const HttpTus *self, const HttpRequest *request, guint64 *length, GError **error)
{
    if (http_request_header(request, "Upload-Defer-Length") != NULL)
        return refuse(error, COMITY_ERROR_INVALID, "tus.length", "The length must be told when the upload is created.");
    if (http_request_header(request, "Upload-Concat") != NULL)
        return refuse(error, COMITY_ERROR_INVALID, "tus.concatenation", "Uploads can't be concatenated here.");
    if (!read_number(request, "Upload-Length", length))
        return refuse(error, COMITY_ERROR_INVALID, "tus.length", "Upload-Length must be the number of bytes.");
    if (self->max_size != 0 && *length > self->max_size)
        return refuse(error, COMITY_ERROR_LIMIT, HTTP_CODE_TOO_LARGE, "The file is larger than this server takes.");
    return TRUE;
}

static gboolean create(const HttpTus *self, HttpRequest *request, HttpResponse *response, GError **error)
{
    guint64 length = 0;
    if (!read_creation(self, request, &length, error))
        return FALSE;
    g_autoptr(HttpTusMetadata) metadata =
        http_tus_metadata_parse(http_request_header(request, "Upload-Metadata"), error);
    if (metadata == NULL)
        return FALSE;
    g_autofree char *location = NULL;
    HttpTusInfo info = {.length = length};
    gboolean made = self->store->create(self->data, request, length, metadata, &location, &info, error);
    g_clear_pointer(&info.metadata, g_free);
    if (!made || (length == 0 && !self->store->finish(self->data, request, location, response, error)))
        return FALSE;
    http_response_empty(response, 201);
    http_response_set_header(response, "Location", location);
    set_expires(response, &info);
    return TRUE;
}

/* ---- what there is ---- */

static void info_clear(HttpTusInfo *info)
{
    g_clear_pointer(&info->metadata, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpTusInfo, info_clear)

/* The upload, if it still is one (T4). */
static gboolean find(const HttpTus *self, HttpRequest *request, HttpTusInfo *info, GError **error)
{
    if (!self->store->info(self->data, request, info, error))
        return FALSE;
    if (info->state == HTTP_TUS_FINISHED)
        return refuse(error, COMITY_ERROR_GONE, "tus.finished",
                      "This upload is complete: it takes and tells nothing more.");
    if (info->state == HTTP_TUS_EXPIRED)
        return refuse(error, COMITY_ERROR_GONE, "tus.expired",
                      "This upload was not continued in time. Start it again.");
    return TRUE;
}

static gboolean tell(const HttpTus *self, HttpRequest *request, HttpResponse *response, GError **error)
{
    g_auto(HttpTusInfo) info = {.offset = 0};
    if (!find(self, request, &info, error))
        return FALSE;
    http_response_empty(response, 200);
    set_offset(response, info.offset);
    http_response_set_headerf(response, "Upload-Length", "%" G_GUINT64_FORMAT, info.length);
    if (info.metadata != NULL)
        http_response_set_header(response, "Upload-Metadata", info.metadata);
    set_expires(response, &info);
    return TRUE;
}

static gboolean terminate(const HttpTus *self, HttpRequest *request, HttpResponse *response, GError **error)
{
    g_auto(HttpTusInfo) info = {.offset = 0};
    if (!find(self, request, &info, error) || !self->store->terminate(self->data, request, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}

/* ---- PATCH with a checksum (T3) ---- */

typedef struct {
    const EVP_MD *algorithm; /* NULL: none was sent */
    GBytes *expected;
} Checksum;

static void checksum_clear(Checksum *self)
{
    g_clear_pointer(&self->expected, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Checksum, checksum_clear)

static gboolean read_checksum(const HttpRequest *request, Checksum *out, GError **error)
{
    const char *text = http_request_header(request, "Upload-Checksum");
    if (text == NULL)
        return TRUE;
    const char *space = strchr(text, ' ');
    if (g_str_has_prefix(text, "sha1 "))
        out->algorithm = EVP_sha1();
    else if (g_str_has_prefix(text, "sha256 "))
        out->algorithm = EVP_sha256();
    else
        return refuse(error, COMITY_ERROR_INVALID, "tus.checksum_algorithm", "Checksums are taken in sha1 and sha256.");
    out->expected = base64_decode(space + 1, -1);
    if (out->expected == NULL || g_bytes_get_size(out->expected) != (gsize)EVP_MD_get_size(out->algorithm))
        return refuse(error, COMITY_ERROR_INVALID, "tus.checksum", "Upload-Checksum is malformed.");
    if (http_request_content_length(request) < 0)
        return refuse(error, COMITY_ERROR_INVALID, "tus.length", "A part with a checksum must tell its length.");
    if ((gsize)http_request_content_length(request) > HTTP_TUS_CHECKED_MAX)
        return refuse(error, COMITY_ERROR_LIMIT, HTTP_CODE_TOO_LARGE,
                      "A part with a checksum may have 64 MiB at most.");
    return TRUE;
}

static gboolean matches(const Checksum *self, const guint8 *bytes, gsize length)
{
    guint8 digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(bytes, length, digest, &size, self->algorithm, NULL) != 1)
        return FALSE;
    return memcmp(digest, g_bytes_get_data(self->expected, NULL), size) == 0;
}

/* Reads the whole body to @held and verifies it. */
static gboolean hold(HttpRequest *request, const Checksum *checksum, guint8 *held, gsize length, GError **error)
{
    for (gsize at = 0; at < length;) {
        gssize n = http_request_read(request, held + at, length - at, error);
        if (n < 0)
            return FALSE;
        if (n == 0)
            return refuse(error, COMITY_ERROR_CANCELLED, "", "The body ended too early.");
        at += (gsize)n;
    }
    return matches(checksum, held, length) || refuse(error, COMITY_ERROR_INVALID, "tus.checksum_mismatch",
                                                     "The bytes don't match their checksum; nothing was kept.");
}

/* ---- PATCH ---- */

static gboolean append_checked(const HttpTus *self, HttpRequest *request, const Checksum *checksum, guint64 offset,
                               guint64 *stored, GError **error)
{
    gsize length = (gsize)http_request_content_length(request);
    if (!http_server_enter_checked(request->server))
        return refuse(error, COMITY_ERROR_BUSY, HTTP_CODE_BUSY,
                      "Too many parts with checksums are on their way. Try again in a moment.");
    g_autofree guint8 *held = g_malloc(MAX(length, 1));
    HttpTusBody body = {.request = request, .held = held, .held_length = length};
    gboolean fine = hold(request, checksum, held, length, error) &&
                    (length == 0 || self->store->append(self->data, request, offset, &body, stored, error));
    http_server_leave_checked(request->server);
    return fine;
}

static gboolean append(const HttpTus *self, HttpRequest *request, const Checksum *checksum, guint64 offset,
                       guint64 *stored, GError **error)
{
    HttpTusBody body = {.request = request};
    *stored = offset;
    if (checksum->algorithm != NULL)
        return append_checked(self, request, checksum, offset, stored, error);
    if (http_request_content_length(request) == 0)
        return TRUE;
    return self->store->append(self->data, request, offset, &body, stored, error);
}

/* What can be refused before a byte of the body is taken. */
static gboolean check_patch(const HttpTus *self, HttpRequest *request, HttpResponse *response, HttpTusInfo *info,
                            Checksum *checksum, GError **error)
{
    guint64 offset;
    const char *type = http_request_header(request, "Content-Type");
    if (type == NULL || g_ascii_strcasecmp(type, "application/offset+octet-stream") != 0)
        return refuse(error, COMITY_ERROR_INVALID, HTTP_CODE_MEDIA_TYPE,
                      "Send the bytes as application/offset+octet-stream.");
    if (!read_number(request, "Upload-Offset", &offset))
        return refuse(error, COMITY_ERROR_INVALID, "tus.offset",
                      "Upload-Offset must be the number of bytes that are there.");
    if (!read_checksum(request, checksum, error) || !find(self, request, info, error))
        return FALSE;
    if (offset != info->offset) {
        set_offset(response, info->offset);
        return refuse(error, COMITY_ERROR_CONFLICT, "tus.offset",
                      "The upload has another offset. Ask for it, then go on there.");
    }
    gint64 length = http_request_content_length(request);
    if (length > 0 && (guint64)length > info->length - info->offset)
        return refuse(error, COMITY_ERROR_LIMIT, HTTP_CODE_TOO_LARGE, "The part goes beyond the length of the upload.");
    return TRUE;
}

static gboolean patch(const HttpTus *self, HttpRequest *request, HttpResponse *response, GError **error)
{
    g_auto(HttpTusInfo) info = {.offset = 0};
    g_auto(Checksum) checksum = {.algorithm = NULL};
    if (!check_patch(self, request, response, &info, &checksum, error))
        return FALSE;
    guint64 stored = info.offset;
    gboolean fine = append(self, request, &checksum, info.offset, &stored, error);
    set_offset(response, stored);
    set_expires(response, &info);
    if (fine && stored == info.length)
        fine = self->store->finish(self->data, request, NULL, response, error);
    if (!fine)
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}

gboolean http_tus_handle(const HttpTus *self, HttpRequest *request, HttpResponse *response, GError **error)
{
    const char *method = http_request_method(request);
    http_response_set_header(response, "Tus-Resumable", VERSION);
    if (strcmp(method, "OPTIONS") == 0) {
        describe(self, response);
        return TRUE;
    }
    if (g_strcmp0(http_request_header(request, "Tus-Resumable"), VERSION) != 0) {
        http_response_set_header(response, "Tus-Version", VERSION);
        return refuse(error, COMITY_ERROR_INVALID, "tus.version",
                      "Say Tus-Resumable: " VERSION "; no other version is spoken here.");
    }
    if (strcmp(method, "POST") == 0)
        return create(self, request, response, error);
    if (strcmp(method, "HEAD") == 0)
        return tell(self, request, response, error);
    if (strcmp(method, "DELETE") == 0)
        return terminate(self, request, response, error);
    if (strcmp(method, "PATCH") == 0)
        return patch(self, request, response, error);
    return refuse(error, COMITY_ERROR_INVALID, HTTP_CODE_METHOD, "Uploads don't know that method.");
}
