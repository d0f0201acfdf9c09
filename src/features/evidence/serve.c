/* features/evidence/serve.c: the bytes behind a ticket: with Range, nosniff, sandboxed; texts as UTF-8, in pages. */
#include "features/evidence/serve.h"
#include "base/error.h"
#include "features/evidence/private.h"
#include "node/upload.h"
#include "store/blob_pipe.h"
#include <string.h>

#define TEXT_PAGE (1024 * 1024)
#define SANDBOX "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

typedef struct {
    char *sha256, *name, *media_type;
} FileRow;
static void file_row_clear(FileRow *self)
{
    g_free(self->sha256);
    g_free(self->name);
    g_free(self->media_type);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileRow, file_row_clear)

static gboolean find_file(Db *db, const Ticket *ticket, gint64 n, FileRow *found, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT f.sha256, f.name, f.media_type FROM exhibit_file f WHERE f.space = :space AND f.subject = :subject"
            " AND f.n = :n AND EXISTS (SELECT 1 FROM lane_person p WHERE p.space = :space AND p.person = :person)");
    db_bind_text(query, "space", ticket->space);
    db_bind_text(query, "subject", ticket->subject);
    db_bind_integer(query, "n", n);
    db_bind_text(query, "person", ticket->person);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "ticket.file", "", "There is no such file, or it is not for you.");
    if (row <= 0)
        return FALSE;
    *found = (FileRow){.sha256 = g_strdup(db_text(query, 0)),
                       .name = g_strdup(db_text(query, 1)),
                       .media_type = g_strdup(db_text(query, 2))};
    return TRUE;
}

static gboolean source_read(gpointer data, guint64 offset, guint8 *buffer, gsize length, GError **error)
{
    gssize got = blob_reader_read(data, offset, buffer, length, error);
    if (got == (gssize)length)
        return TRUE;
    if (got >= 0)
        error_set(error, COMITY_ERROR_DAMAGED, "", "", "A blob ends before its length.");
    return FALSE;
}
static void source_free(gpointer data)
{
    blob_reader_free(data);
}
static const HttpSourceClass source_class = {.read = source_read, .free = source_free};

/* @bytes in UTF-8: by its byte order mark, as it is where it is UTF-8, else as Windows-1252, which has every byte. The
 * first and last characters may be cut (a page begins anywhere); what is left of them goes. */
static char *as_utf8(const guint8 *bytes, gsize length, const char *charset)
{
    if (g_str_equal(charset, "UTF-8")) {
        while (length > 0 && (*bytes & 0xC0) == 0x80) {
            bytes++;
            length--;
        }
        return g_utf8_make_valid((const char *)bytes, (gssize)length);
    }
    g_autofree char *text = g_convert_with_fallback((const char *)bytes, (gssize)length, "UTF-8", charset,
                                                    "\xEF\xBF\xBD", NULL, NULL, NULL);
    return text ? g_steal_pointer(&text) : g_utf8_make_valid((const char *)bytes, (gssize)length);
}

static const char *charset_of(const guint8 *bytes, gsize length)
{
    if (length >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE)
        return "UTF-16LE";
    if (length >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF)
        return "UTF-16BE";
    const char *end = NULL;
    /* A character cut at the page's end does not make it another encoding. */
    if (g_utf8_validate((const char *)bytes, (gssize)length, &end) || (gsize)(end - (const char *)bytes) + 4 > length)
        return "UTF-8";
    return "WINDOWS-1252";
}

static gboolean serve_text(HttpRequest *request, HttpResponse *response, BlobReader *reader, GError **error)
{
    gint64 page = 1;
    guint64 size = blob_reader_size(reader), pages = MAX(1, (size + TEXT_PAGE - 1) / TEXT_PAGE);
    if (!http_request_query_integer(request, "page", 1, (gint64)pages, 1, &page, error))
        return FALSE;
    guint8 head[4096];
    gssize peeked = blob_reader_read(reader, 0, head, sizeof head, error);
    g_autofree guint8 *bytes = g_malloc(TEXT_PAGE);
    gssize got = peeked < 0 ? -1 : blob_reader_read(reader, (guint64)(page - 1) * TEXT_PAGE, bytes, TEXT_PAGE, error);
    if (got < 0)
        return FALSE;
    char *text = as_utf8(bytes, (gsize)got, charset_of(head, (gsize)peeked));
    g_autoptr(GBytes) body = g_bytes_new_take(text, strlen(text));
    http_response_set_headerf(response, "Text-Pages", "%" G_GUINT64_FORMAT, pages);
    http_response_bytes(response, 200, "text/plain; charset=utf-8", body);
    return TRUE;
}

gboolean ticket_file(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"download", "page", NULL};
    Node *node = http_request_owner(request);
    Db *db = node_reader(node, request);
    g_auto(Ticket) ticket = {0};
    g_auto(FileRow) file = {0};
    gint64 n = g_ascii_strtoll(http_request_parameter(request, "n"), NULL, 10);
    if (!http_request_query_only(request, known, error) ||
        !ticket_take(node, http_request_parameter(request, "ticket"), n, &ticket, error) ||
        !find_file(db, &ticket, n, &file, error))
        return FALSE;
    g_autoptr(BlobReader) reader = node_blob_open(node, db, ticket.lane, file.sha256, error);
    if (!reader) {
        error_prefix(error, "opening file %" G_GINT64_FORMAT, n);
        return FALSE;
    }
    const char *viewer = viewable_of(file.media_type);
    gboolean download = http_request_query(request, "download") != NULL || g_str_equal(viewer, "none");
    http_response_set_header(response, "Content-Security-Policy", SANDBOX);
    http_response_set_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    http_response_set_header(response, "Cache-Control", "no-store");
    http_response_set_file_name(response, file.name, download);
    if (!download && g_str_equal(viewer, "text"))
        return serve_text(request, response, reader, error);
    guint64 size = blob_reader_size(reader);
    http_response_set_etag(response, file.sha256);
    http_response_source(response, download ? "application/octet-stream" : file.media_type, size, &source_class,
                         g_steal_pointer(&reader));
    return TRUE;
}
