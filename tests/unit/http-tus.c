/* tests/unit/http-tus.c: uploads that go on after a break; each MUST of tus 1.0.0 (vectors/tus) that concerns a server.
 */
#include "base/error.h"
#include "http/tus.h"
#include "support/wire.h"
#include <sys/socket.h>
#include <unistd.h>

/* One upload in memory: what a store has to promise, and no more. */
typedef struct {
    GMutex lock;
    GCond changed;
    gboolean exists;
    HttpTusState state;
    guint64 length;
    char *metadata;
    GByteArray *bytes;
    guint appends; /* that have ended */
    guint finishes;
    gboolean finish_fails;
    gint64 expires;
} Shelf;

static Shelf shelf;

static gboolean shelf_create(gpointer data, HttpRequest *request G_GNUC_UNUSED, guint64 length,
                             const HttpTusMetadata *metadata, char **location, HttpTusInfo *info,
                             GError **error G_GNUC_UNUSED)
{
    Shelf *self = data;
    g_mutex_lock(&self->lock);
    self->exists = TRUE;
    self->state = HTTP_TUS_OPEN;
    self->length = length;
    g_free(self->metadata);
    self->metadata = g_strdup(http_tus_metadata_raw(metadata));
    g_byte_array_set_size(self->bytes, 0);
    info->expires = self->expires;
    g_mutex_unlock(&self->lock);
    *location = g_strdup("/uploads/one");
    return TRUE;
}

static gboolean shelf_info(gpointer data, HttpRequest *request, HttpTusInfo *info, GError **error)
{
    Shelf *self = data;
    g_mutex_lock(&self->lock);
    gboolean known = self->exists && g_str_equal(http_request_parameter(request, "upload"), "one");
    *info = (HttpTusInfo){.state = self->state,
                          .offset = self->bytes->len,
                          .length = self->length,
                          .metadata = known ? g_strdup(self->metadata) : NULL,
                          .expires = self->expires};
    g_mutex_unlock(&self->lock);
    if (!known)
        error_set(error, COMITY_ERROR_NOT_FOUND, "upload.unknown", "", "There is no such upload.");
    return known;
}

static gboolean shelf_append(gpointer data, HttpRequest *request G_GNUC_UNUSED, guint64 offset, HttpTusBody *body,
                             guint64 *stored, GError **error)
{
    Shelf *self = data;
    const guint8 *bytes;
    gssize n;
    g_assert_cmpuint(offset, ==, self->bytes->len);
    while ((n = http_tus_body_read(body, &bytes, error)) > 0) {
        g_mutex_lock(&self->lock);
        g_byte_array_append(self->bytes, bytes, (guint)n);
        g_mutex_unlock(&self->lock);
    }
    g_mutex_lock(&self->lock);
    *stored = self->bytes->len;
    self->appends++;
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
    return n == 0;
}

static gboolean shelf_finish(gpointer data, HttpRequest *request G_GNUC_UNUSED, const char *location G_GNUC_UNUSED,
                             HttpResponse *response, GError **error)
{
    Shelf *self = data;
    if (self->finish_fails) {
        error_set(error, COMITY_ERROR_FULL, "disk.full", "", "There is no room left.");
        return FALSE;
    }
    self->state = HTTP_TUS_FINISHED;
    self->finishes++;
    http_response_set_header(response, "X-Finished", "yes");
    return TRUE;
}

static gboolean shelf_terminate(gpointer data, HttpRequest *request G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    ((Shelf *)data)->exists = FALSE;
    return TRUE;
}

static const HttpTusStore store = {.create = shelf_create,
                                   .info = shelf_info,
                                   .append = shelf_append,
                                   .finish = shelf_finish,
                                   .terminate = shelf_terminate};
static const HttpTus tus = {.store = &store, .data = &shelf, .max_size = 1000000};

static gboolean handle(HttpRequest *request, HttpResponse *response, GError **error)
{
    return http_tus_handle(&tus, request, response, error);
}

static const HttpRoute routes[] = {
    {.method = "POST", .path = "/uploads", .handler = handle},
    {.method = "OPTIONS", .path = "/uploads", .handler = handle},
    {.method = "HEAD", .path = "/uploads/{upload}", .handler = handle, .flags = HTTP_ROUTE_OVERRIDE},
    {.method = "PATCH",
     .path = "/uploads/{upload}",
     .handler = handle,
     .flags = HTTP_ROUTE_OVERRIDE | HTTP_ROUTE_STREAM},
    {.method = "DELETE", .path = "/uploads/{upload}", .handler = handle, .flags = HTTP_ROUTE_OVERRIDE},
    {.method = "OPTIONS", .path = "/uploads/{upload}", .handler = handle},
    {.method = NULL},
};

static Site site;

static void set_up(void)
{
    shelf = (Shelf){.bytes = g_byte_array_new()};
    g_mutex_init(&shelf.lock);
    g_cond_init(&shelf.changed);
    site_start(&site, routes, (HttpServerOptions){.workers = 1});
}

static void tear_down(void)
{
    site_stop(&site);
    g_byte_array_unref(shelf.bytes);
    g_free(shelf.metadata);
    g_cond_clear(&shelf.changed);
    g_mutex_clear(&shelf.lock);
}

#define TUS "Tus-Resumable: 1.0.0\r\n"
#define OCTETS "Content-Type: application/offset+octet-stream\r\n"

static Reply *create(const char *headers)
{
    g_autofree char *all = g_strconcat(TUS, headers, NULL);
    return wire_get(site.port, "POST /uploads", all);
}

static void begin_upload(const char *headers)
{
    g_autoptr(Reply) reply = create(headers);
    g_assert_cmpuint(reply->status, ==, 201);
}

static Reply *patch(const char *headers, const char *body)
{
    g_autofree char *text = g_strdup_printf("PATCH /uploads/one HTTP/1.1\r\nHost: a\r\n%sContent-Length: %zu\r\n\r\n%s",
                                            headers, strlen(body), body);
    return wire_ask(site.port, text);
}

static Reply *ask(const char *method)
{
    g_autofree char *target = g_strdup_printf("%s /uploads/one", method);
    return wire_get(site.port, target, TUS);
}

static void assert_held(const char *expected)
{
    g_assert_cmpuint(shelf.bytes->len, ==, strlen(expected));
    g_assert_true(shelf.bytes->len == 0 || strncmp((const char *)shelf.bytes->data, expected, shelf.bytes->len) == 0);
}

static void options_say_what_is_offered(void)
{
    set_up();
    static const char *const targets[] = {"OPTIONS /uploads", "OPTIONS /uploads/one"};
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autoptr(Reply) reply = wire_get(site.port, targets[i], "Tus-Resumable: 9.9\r\n"); /* MUST be ignored here */
        g_assert_cmpuint(reply->status, ==, 204);
        g_assert_cmpstr(reply_header(reply, "tus-version"), ==, "1.0.0");
        g_assert_cmpstr(reply_header(reply, "tus-extension"), ==, "creation,checksum,termination,expiration");
        g_assert_cmpstr(reply_header(reply, "tus-checksum-algorithm"), ==, "sha1,sha256");
        g_assert_cmpstr(reply_header(reply, "tus-max-size"), ==, "1000000");
    }
    tear_down();
}

static void another_version_is_not_processed(void)
{
    set_up();
    static const char *const headers[] = {"Upload-Length: 3\r\n", "Upload-Length: 3\r\nTus-Resumable: 0.2.2\r\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
        g_autoptr(Reply) reply = wire_get(site.port, "POST /uploads", headers[i]);
        assert_problem(reply, 412, "tus.version");
        g_assert_cmpstr(reply_header(reply, "tus-version"), ==, "1.0.0");
        g_assert_cmpstr(reply_header(reply, "tus-resumable"), ==, "1.0.0");
    }
    g_assert_false(shelf.exists);
    tear_down();
}

static void an_upload_in_two_parts_becomes_one_file(void)
{
    set_up();
    shelf.expires = 784111777000;
    g_autoptr(Reply) created = create("Upload-Length: 10\r\nUpload-Metadata: name w7xiZXIudHh0,sealed\r\n");
    g_assert_cmpuint(created->status, ==, 201);
    g_assert_cmpstr(reply_header(created, "location"), ==, "/uploads/one");
    g_assert_cmpstr(reply_header(created, "upload-expires"), ==, "Sun, 06 Nov 1994 08:49:37 GMT");

    g_autoptr(Reply) first = patch(TUS OCTETS "Upload-Offset: 0\r\n", "hello");
    g_assert_cmpuint(first->status, ==, 204);
    g_assert_cmpstr(reply_header(first, "upload-offset"), ==, "5");
    g_assert_cmpstr(reply_header(first, "upload-expires"), ==, "Sun, 06 Nov 1994 08:49:37 GMT");
    g_assert_cmpstr(reply_header(first, "tus-resumable"), ==, "1.0.0");

    g_autoptr(Reply) head = ask("HEAD");
    g_assert_cmpuint(head->status, ==, 200);
    g_assert_cmpstr(reply_header(head, "upload-offset"), ==, "5");
    g_assert_cmpstr(reply_header(head, "upload-length"), ==, "10");
    g_assert_cmpstr(reply_header(head, "upload-metadata"), ==, "name w7xiZXIudHh0,sealed");
    g_assert_cmpstr(reply_header(head, "cache-control"), ==, "no-store");

    g_autoptr(Reply) second = patch(TUS OCTETS "Upload-Offset: 5\r\n", "world");
    g_assert_cmpuint(second->status, ==, 204);
    g_assert_cmpstr(reply_header(second, "upload-offset"), ==, "10");
    g_assert_cmpstr(reply_header(second, "x-finished"), ==, "yes");
    assert_held("helloworld");
    tear_down();
}

static void a_finished_upload_is_no_resource_any_more(void)
{
    set_up();
    g_autoptr(Reply) empty = create("Upload-Length: 0\r\n");
    g_assert_cmpuint(empty->status, ==, 201);
    g_assert_cmpuint(shelf.finishes, ==, 1);
    g_autoptr(Reply) removed = ask("DELETE");
    assert_problem(removed, 410, "tus.finished");
    g_assert_true(shelf.exists);
    g_autoptr(Reply) head = ask("HEAD");
    g_assert_cmpuint(head->status, ==, 410);
    g_assert_null(reply_header(head, "upload-offset"));
    g_autoptr(Reply) more = patch(TUS OCTETS "Upload-Offset: 0\r\n", "x");
    assert_problem(more, 410, "tus.finished");
    shelf.state = HTTP_TUS_EXPIRED;
    g_autoptr(Reply) late = patch(TUS OCTETS "Upload-Offset: 0\r\n", "x");
    assert_problem(late, 410, "tus.expired");
    tear_down();
}

static void creation_is_checked(void)
{
    set_up();
    static const struct {
        const char *headers;
        guint status;
        const char *code;
    } cases[] = {
        {"", 400, "tus.length"},
        {"Upload-Length: -1\r\n", 400, "tus.length"},
        {"Upload-Length: 1.5\r\n", 400, "tus.length"},
        {"Upload-Length: 99999999999999999999\r\n", 400, "tus.length"},
        {"Upload-Length: 1000001\r\n", 413, "http.too_large"},
        {"Upload-Defer-Length: 1\r\n", 400, "tus.length"},
        {"Upload-Length: 1\r\nUpload-Concat: partial\r\n", 400, "tus.concatenation"},
        {"Upload-Length: 1\r\nUpload-Metadata: name !\r\n", 400, "tus.metadata"},
        {"Upload-Length: 1\r\nUpload-Metadata: name YQ==,name YQ==\r\n", 400, "tus.metadata"},
        {"Upload-Length: 1\r\nUpload-Metadata: ,\r\n", 400, "tus.metadata"},
        {"Upload-Length: 1\r\nUpload-Metadata: name YQ\r\n", 400, "tus.metadata"},
        {"Upload-Length: 1\r\nUpload-Metadata: n\xc3\xa4me YQ==\r\n", 400, "tus.metadata"},
        {"Upload-Length: 1\r\nUpload-Length: 2\r\n", 400, "http.header"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].headers);
        g_autoptr(Reply) reply = create(cases[i].headers);
        assert_problem(reply, cases[i].status, cases[i].code);
    }
    g_assert_false(shelf.exists);
    tear_down();
}

static void a_part_is_checked_before_it_is_taken(void)
{
    set_up();
    begin_upload("Upload-Length: 10\r\n");
    static const struct {
        const char *headers;
        guint status;
        const char *code;
    } cases[] = {
        {TUS "Upload-Offset: 0\r\n", 415, "http.media_type"},
        {TUS "Upload-Offset: 0\r\nContent-Type: application/octet-stream\r\n", 415, "http.media_type"},
        {TUS OCTETS, 400, "tus.offset"},
        {TUS OCTETS "Upload-Offset: x\r\n", 400, "tus.offset"},
        {TUS OCTETS "Upload-Offset: -0\r\n", 400, "tus.offset"},
        {TUS OCTETS "Upload-Offset: 1\r\n", 409, "tus.offset"},
        {TUS OCTETS "Upload-Offset: 0\r\nUpload-Checksum: md5 XUFAKrxLKna5cZ2REBfFkg==\r\n", 400,
         "tus.checksum_algorithm"},
        {TUS OCTETS "Upload-Offset: 0\r\nUpload-Checksum: sha1\r\n", 400, "tus.checksum_algorithm"},
        {TUS OCTETS "Upload-Offset: 0\r\nUpload-Checksum: sha1 YQ==\r\n", 400, "tus.checksum"},
        {TUS OCTETS "Upload-Offset: 0\r\nUpload-Checksum: sha1 !\r\n", 400, "tus.checksum"},
        {OCTETS "Upload-Offset: 0\r\n", 412, "tus.version"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].headers);
        g_autoptr(Reply) reply = patch(cases[i].headers, "hello");
        assert_problem(reply, cases[i].status, cases[i].code);
        g_assert_cmpstr(reply_header(reply, "tus-resumable"), ==, "1.0.0");
    }
    g_autoptr(Reply) beyond = patch(TUS OCTETS "Upload-Offset: 0\r\n", "hello world");
    assert_problem(beyond, 413, "http.too_large");
    g_autoptr(Reply) stranger = wire_get(site.port, "HEAD /uploads/two", TUS);
    g_assert_cmpuint(stranger->status, ==, 404);
    assert_held("");
    tear_down();
}

static void a_wrong_checksum_changes_nothing(void)
{
    set_up();
    begin_upload("Upload-Length: 22\r\n");
    g_autoptr(Reply) wrong =
        patch(TUS OCTETS "Upload-Offset: 0\r\nUpload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n", "hello_world");
    assert_problem(wrong, 460, "tus.checksum_mismatch");
    g_assert_cmpstr(reply_header(wrong, "upload-offset"), ==, "0");
    g_assert_cmpuint(shelf.appends, ==, 0);
    g_autoptr(Reply) right =
        patch(TUS OCTETS "Upload-Offset: 0\r\nUpload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n", "hello world");
    g_assert_cmpuint(right->status, ==, 204);
    g_autoptr(Reply) other = patch(
        TUS OCTETS "Upload-Offset: 11\r\nUpload-Checksum: sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=\r\n",
        "hello world");
    g_assert_cmpuint(other->status, ==, 204);
    assert_held("hello worldhello world");
    tear_down();
}

static void a_checked_part_has_a_size_that_fits_memory(void)
{
    set_up();
    begin_upload("Upload-Length: 1000000\r\n");
    int fd = wire_connect(site.port);
    wire_send(fd, "PATCH /uploads/one HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" TUS OCTETS "Upload-Offset: 0\r\n"
                  "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\nContent-Length: 67108865\r\n\r\n");
    g_autoptr(Reply) large = wire_read(fd, FALSE);
    assert_problem(large, 413, "http.too_large");
    close(fd);
    tear_down();
}

/* Two senders with a checksum that stop in the middle hold both places: the third is told so, not held for ever. */
static void who_finds_no_place_for_a_checksum_is_sent_away(void)
{
    GLogLevelFlags fatal = g_log_set_always_fatal(G_LOG_FATAL_MASK); /* the log calls the third's answer a slow one */
    set_up();
    begin_upload("Upload-Length: 11\r\n");
    int slow[2];
    for (gsize i = 0; i < G_N_ELEMENTS(slow); i++) {
        slow[i] = wire_connect(site.port);
        wire_send(slow[i], "PATCH /uploads/one HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" TUS OCTETS
                           "Upload-Offset: 0\r\nUpload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n"
                           "Content-Length: 11\r\n\r\n");
        g_autoptr(Reply) go_on = wire_read(slow[i], TRUE); /* told by who has a place, and reads */
        g_assert_cmpuint(go_on->status, ==, 100);
    }
    g_autoptr(Reply) third =
        patch(TUS OCTETS "Upload-Offset: 0\r\nUpload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n", "hello world");
    assert_problem(third, 503, "http.busy");
    g_assert_nonnull(reply_header(third, "retry-after"));
    for (gsize i = 0; i < G_N_ELEMENTS(slow); i++)
        close(slow[i]);
    tear_down();
    g_log_set_always_fatal(fatal);
}

static void what_came_before_a_break_is_where_it_goes_on(void)
{
    set_up();
    begin_upload("Upload-Length: 1000000\r\n");
    g_autofree char *bytes = g_strnfill(1000000, 'e');
    int fd = wire_connect(site.port);
    wire_send(fd, "PATCH /uploads/one HTTP/1.1\r\nHost: a\r\n" TUS OCTETS
                  "Upload-Offset: 0\r\nContent-Length: 1000000\r\n\r\n");
    wire_send_bytes(fd, bytes, 600000);
    close(fd);
    g_mutex_lock(&shelf.lock);
    while (shelf.appends == 0)
        g_cond_wait(&shelf.changed, &shelf.lock);
    g_mutex_unlock(&shelf.lock);
    g_autoptr(Reply) head = ask("HEAD");
    g_assert_cmpstr(reply_header(head, "upload-offset"), ==, "600000");
    g_autofree char *rest = g_strnfill(400000, 'f');
    g_autoptr(Reply) end = patch(TUS OCTETS "Upload-Offset: 600000\r\n", rest);
    g_assert_cmpuint(end->status, ==, 204);
    g_assert_cmpuint(shelf.finishes, ==, 1);
    tear_down();
}

static void what_can_t_be_finished_now_is_tried_again(void)
{
    set_up();
    begin_upload("Upload-Length: 5\r\n");
    shelf.finish_fails = TRUE;
    g_autoptr(Reply) full = patch(TUS OCTETS "Upload-Offset: 0\r\n", "hello");
    assert_problem(full, 507, "disk.full");
    g_assert_cmpstr(reply_header(full, "upload-offset"), ==, "5");
    shelf.finish_fails = FALSE;
    g_autoptr(Reply) again = patch(TUS OCTETS "Upload-Offset: 5\r\n", "");
    g_assert_cmpuint(again->status, ==, 204);
    g_assert_cmpuint(shelf.finishes, ==, 1);
    assert_held("hello");
    tear_down();
}

static void clients_without_patch_say_so_in_a_header(void)
{
    set_up();
    begin_upload("Upload-Length: 10\r\n");
    g_autoptr(Reply) part =
        wire_ask(site.port, "POST /uploads/one HTTP/1.1\r\nHost: a\r\nX-HTTP-Method-Override: PATCH\r\n" TUS OCTETS
                            "Upload-Offset: 0\r\nContent-Length: 5\r\n\r\nhello");
    g_assert_cmpuint(part->status, ==, 204);
    assert_held("hello");
    g_autoptr(Reply) removed = wire_get(site.port, "POST /uploads/one", TUS "X-HTTP-Method-Override: DELETE\r\n");
    g_assert_cmpuint(removed->status, ==, 204);
    g_assert_false(shelf.exists);
    g_autoptr(Reply) unknown = wire_get(site.port, "POST /uploads/one", TUS "X-HTTP-Method-Override: TRACE\r\n");
    assert_problem(unknown, 405, "http.method");
    tear_down();
}

static void a_terminated_upload_is_gone(void)
{
    set_up();
    begin_upload("Upload-Length: 10\r\n");
    g_autoptr(Reply) removed = ask("DELETE");
    g_assert_cmpuint(removed->status, ==, 204);
    g_autoptr(Reply) head = ask("HEAD");
    g_assert_cmpuint(head->status, ==, 404);
    g_autoptr(Reply) more = patch(TUS OCTETS "Upload-Offset: 0\r\n", "hello");
    assert_problem(more, 404, "upload.unknown");
    tear_down();
}

static void metadata_is_text_only_where_it_is_text(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HttpTusMetadata) metadata = http_tus_metadata_parse("name 5rivLnR4dA==, raw //8=,zero YQBi,flag", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(http_tus_metadata_text(metadata, "name"), ==, "港.txt");
    g_assert_null(http_tus_metadata_text(metadata, "raw"));
    g_assert_null(http_tus_metadata_text(metadata, "zero"));
    g_assert_cmpstr(http_tus_metadata_text(metadata, "flag"), ==, "");
    g_assert_null(http_tus_metadata_text(metadata, "absent"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/tus/options", options_say_what_is_offered);
    g_test_add_func("/http/tus/version", another_version_is_not_processed);
    g_test_add_func("/http/tus/two-parts", an_upload_in_two_parts_becomes_one_file);
    g_test_add_func("/http/tus/finished", a_finished_upload_is_no_resource_any_more);
    g_test_add_func("/http/tus/creation", creation_is_checked);
    g_test_add_func("/http/tus/part", a_part_is_checked_before_it_is_taken);
    g_test_add_func("/http/tus/no-place", who_finds_no_place_for_a_checksum_is_sent_away);
    g_test_add_func("/http/tus/checksum", a_wrong_checksum_changes_nothing);
    g_test_add_func("/http/tus/checksum-size", a_checked_part_has_a_size_that_fits_memory);
    g_test_add_func("/http/tus/break", what_came_before_a_break_is_where_it_goes_on);
    g_test_add_func("/http/tus/finish", what_can_t_be_finished_now_is_tried_again);
    g_test_add_func("/http/tus/override", clients_without_patch_say_so_in_a_header);
    g_test_add_func("/http/tus/terminate", a_terminated_upload_is_gone);
    g_test_add_func("/http/tus/metadata", metadata_is_text_only_where_it_is_text);
    return g_test_run();
}
