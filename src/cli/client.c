#include "cli/client.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define API "/api/v1"
#define ANSWER_LIMIT (64 * 1024 * 1024)
#define TRIES 8

typedef struct curl_slist CurlList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CurlList, curl_slist_free_all)

struct Client {
    CURL *curl;
    char *server;
    char *authorization;
    GHashTable *headers; /* of the last answer, lower-case name -> value */
};

/* What one exchange sends and takes. */
typedef struct {
    const char *method, *path;
    const char *body;
    gsize body_length;
    const char *const *more; /* further header lines, ended by NULL */
    int source;              /* descriptor to send from, or -1 */
    guint64 source_length;
    int target; /* descriptor to write to, or -1 */
    CliProgress *progress;
    guint64 progress_from, progress_total;
} Exchange;

typedef struct {
    Client *client;
    const Exchange *exchange;
    GByteArray *answer;
    GError *failure; /* the target could not be written */
} Transfer;

void client_options_clear(ClientOptions *self)
{
    g_clear_pointer(&self->server, g_free);
    g_clear_pointer(&self->token_file, g_free);
}

Client *client_new(const ClientOptions *options, GError **error)
{
    const char *server = options->server ? options->server : g_getenv("COMITY_SERVER");
    const char *file = options->token_file ? options->token_file : g_getenv("COMITY_TOKEN_FILE");
    if (!server || !file) {
        error_set(error, COMITY_ERROR_USAGE, "", "",
                  "Say where the node is and who you are: --server URL --token-file FILE.");
        return NULL;
    }
    g_autoptr(GBytes) bytes = file_read(file, 4096, error);
    if (!bytes) {
        error_prefix(error, "reading the token");
        return NULL;
    }
    g_autofree char *token = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_strstrip(token);
    if (!g_str_has_prefix(token, "cmty_")) {
        error_set(error, COMITY_ERROR_USAGE, "", "",
                  "“%s” holds no token; `comity token create` prints one (it begins with cmty_).", file);
        return NULL;
    }
    g_autoptr(Client) self = g_new0(Client, 1);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    self->curl = curl_easy_init();
    self->server = g_strdup(server);
    for (gsize end = strlen(self->server); end > 0 && self->server[end - 1] == '/'; end--)
        self->server[end - 1] = 0;
    self->authorization = g_strconcat("Authorization: Bearer ", token, NULL);
    self->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return g_steal_pointer(&self);
}

void client_free(Client *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->curl, curl_easy_cleanup);
    g_free(self->server);
    g_free(self->authorization);
    g_clear_pointer(&self->headers, g_hash_table_unref);
    g_free(self);
}

static size_t take_header(char *line, size_t size, size_t count, void *data)
{
    Client *self = data;
    g_autofree char *text = g_strndup(line, size * count);
    char *colon = strchr(text, ':');
    if (colon) {
        *colon = 0;
        g_hash_table_insert(self->headers, g_ascii_strdown(text, -1), g_strdup(g_strstrip(colon + 1)));
    }
    return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
    Transfer *transfer = data;
    long status = 0;
    curl_easy_getinfo(transfer->client->curl, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->exchange->target >= 0 && (status == 200 || status == 206)) {
        gboolean written = file_write_all(transfer->exchange->target, bytes, size * count, &transfer->failure);
        return written ? size * count : 0;
    }
    if (transfer->answer->len + size * count > ANSWER_LIMIT)
        return 0;
    g_byte_array_append(transfer->answer, (const guint8 *)bytes, (guint)(size * count));
    return size * count;
}

static size_t give_body(char *buffer, size_t size, size_t count, void *data)
{
    const Exchange *exchange = data;
    ssize_t got = read(exchange->source, buffer, size * count);
    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static int show_progress(void *data, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    (void)down_total;
    (void)up_total;
    const Exchange *exchange = data;
    guint64 moved = (guint64)(exchange->source >= 0 ? up : down);
    cli_progress(exchange->progress, exchange->progress_from + moved, exchange->progress_total);
    return 0;
}

static CurlList *header_list(Client *self, const Exchange *exchange)
{
    CurlList *list = curl_slist_append(NULL, self->authorization);
    list = curl_slist_append(list, "Expect:");
    if (exchange->body && !exchange->more)
        list = curl_slist_append(list, "Content-Type: application/json");
    for (const char *const *line = exchange->more; line && *line; line++)
        list = curl_slist_append(list, *line);
    return list;
}

/* @path: with or without the API's root, or a whole URL. New. */
static char *url_of(const Client *self, const char *path)
{
    if (g_str_has_prefix(path, "http"))
        return g_strdup(path);
    return g_strconcat(self->server, g_str_has_prefix(path, API) ? "" : API, path, NULL);
}

static void set_request(CURL *curl, const Exchange *exchange, const char *url, const CurlList *headers)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, exchange->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 120L);
    if (g_str_equal(exchange->method, "HEAD"))
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
}

static void set_body(CURL *curl, const Exchange *exchange)
{
    if (exchange->source >= 0) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(curl, CURLOPT_READDATA, exchange);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)exchange->source_length);
    } else if (exchange->body || g_str_equal(exchange->method, "POST")) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, exchange->body ? exchange->body : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body_length);
    }
}

static void set_taking(CURL *curl, Transfer *transfer)
{
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer->client);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    if (transfer->exchange->progress) {
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, show_progress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer->exchange);
    }
}

/* One request and its answer. @status: out. The body (empty where it went to the target), or NULL where the line broke. */
static GByteArray *exchange_run(Client *self, const Exchange *exchange, long *status, GError **error)
{
    g_autofree char *url = url_of(self, exchange->path);
    g_autoptr(CurlList) headers = header_list(self, exchange);
    g_autoptr(GByteArray) answer = g_byte_array_new();
    Transfer transfer = {.client = self, .exchange = exchange, .answer = answer};
    char reason[CURL_ERROR_SIZE] = "";
    g_hash_table_remove_all(self->headers);
    curl_easy_reset(self->curl);
    curl_easy_setopt(self->curl, CURLOPT_ERRORBUFFER, reason);
    set_request(self->curl, exchange, url, headers);
    set_body(self->curl, exchange);
    set_taking(self->curl, &transfer);
    CURLcode code = curl_easy_perform(self->curl);
    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, status);
    if (code == CURLE_OK)
        return g_steal_pointer(&answer);
    if (transfer.failure)
        g_propagate_prefixed_error(error, transfer.failure, "writing what came: ");
    else
        error_set(error, COMITY_ERROR_IO, "", "", "No line to %s: %s.", self->server,
                  reason[0] ? reason : curl_easy_strerror(code));
    return NULL;
}

/* A problem (RFC 9457) as an error: its detail, which says what to do, and its code. */
static void set_problem(GError **error, long status, const GByteArray *answer)
{
    g_autoptr(json_t) problem = json_strict_parse((const char *)answer->data, answer->len, ANSWER_LIMIT, NULL);
    const char *detail = problem ? json_text(problem, "detail") : NULL;
    const char *id = problem ? json_text(problem, "request_id") : NULL;
    ComityError kind = status == 401                    ? COMITY_ERROR_UNAUTHENTICATED
                       : status == 403                  ? COMITY_ERROR_FORBIDDEN
                       : status == 404                  ? COMITY_ERROR_NOT_FOUND
                       : status == 409 || status == 412 ? COMITY_ERROR_CONFLICT
                       : status >= 500                  ? COMITY_ERROR_IO
                                                        : COMITY_ERROR_INVALID;
    g_autofree char *request = id ? g_strdup_printf(" (request %s)", id) : g_strdup("");
    if (detail)
        error_set(error, kind, json_text(problem, "code") ? json_text(problem, "code") : "", "", "%s%s", detail,
                  request);
    else
        error_set(error, kind, "", "", "The node answered %ld%s.", status, request);
}

json_t *client_call(Client *self, const char *method, const char *path, const json_t *body, GError **error)
{
    gsize length = 0;
    g_autofree char *text = body ? json_compact(body, &length) : NULL;
    Exchange exchange = {
        .method = method, .path = path, .body = text, .body_length = length, .source = -1, .target = -1};
    long status = 0;
    g_autoptr(GByteArray) answer = exchange_run(self, &exchange, &status, error);
    if (!answer)
        return NULL;
    if (status < 200 || status > 299) {
        set_problem(error, status, answer);
        return NULL;
    }
    if (answer->len == 0)
        return json_null();
    return json_strict_parse((const char *)answer->data, answer->len, ANSWER_LIMIT, error);
}

json_t *client_list(Client *self, const char *path, GError **error)
{
    g_autoptr(json_t) all = json_array();
    g_autofree char *cursor = NULL;
    do {
        g_autofree char *escaped = cursor ? g_uri_escape_string(cursor, NULL, FALSE) : NULL;
        g_autofree char *page_path =
            g_strconcat(path, strchr(path, '?') ? "&" : "?", "limit=200", escaped ? "&cursor=" : "", escaped, NULL);
        g_autoptr(json_t) page = client_call(self, "GET", page_path, NULL, error);
        if (!page)
            return NULL;
        json_array_extend(all, json_object_get(page, "items"));
        g_free(cursor);
        cursor = g_strdup(json_text(page, "next"));
    } while (cursor);
    return g_steal_pointer(&all);
}

/* Where the server stands, asked by HEAD. A finished upload is gone (410) for whoever asks: of one that was sent before,
 * all of @size has arrived, and only the answer was lost. */
static gboolean upload_offset(Client *self, const char *place, gboolean again, guint64 size, guint64 *offset,
                              GError **error)
{
    const char *const more[] = {"Tus-Resumable: 1.0.0", NULL};
    Exchange exchange = {.method = "HEAD", .path = place, .more = more, .source = -1, .target = -1};
    long status = 0;
    g_autoptr(GByteArray) answer = exchange_run(self, &exchange, &status, error);
    if (!answer)
        return FALSE;
    const char *text = g_hash_table_lookup(self->headers, "upload-offset");
    if (status == 200 && text && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, offset, NULL))
        return TRUE;
    if (status == 410 && again) {
        *offset = size;
        return TRUE;
    }
    set_problem(error, status, answer);
    return FALSE;
}

/* When the file was changed last, in base64; empty where it can't be told. New. */
static char *last_change(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0 || info.st_mtim.tv_sec < 0)
        return g_strdup("");
    g_autofree char *text = time_text(info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000);
    return base64_encode(text, strlen(text));
}

static char *upload_create(Client *self, const char *space, const char *path, guint64 size, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    g_autofree char *name64 = g_base64_encode((const guchar *)valid, strlen(valid));
    g_autofree char *space64 = g_base64_encode((const guchar *)space, strlen(space));
    g_autofree char *changed = last_change(path);
    g_autofree char *metadata =
        g_strdup_printf("Upload-Metadata: filename %s,space %s,last_modified %s", name64, space64, changed);
    g_autofree char *length = g_strdup_printf("Upload-Length: %" G_GUINT64_FORMAT, size);
    const char *const more[] = {"Tus-Resumable: 1.0.0", metadata, length, NULL};
    Exchange exchange = {.method = "POST", .path = "/uploads", .more = more, .source = -1, .target = -1};
    long status = 0;
    g_autoptr(GByteArray) answer = exchange_run(self, &exchange, &status, error);
    if (!answer)
        return NULL;
    const char *place = g_hash_table_lookup(self->headers, "location");
    if (status == 201 && place)
        return g_strdup(place);
    set_problem(error, status, answer);
    return NULL;
}

/* Sends the rest once. FALSE without an error: the line broke, try again. */
static gboolean upload_rest(Client *self, const char *place, int fd, gboolean again, guint64 size,
                            CliProgress *progress, GError **error)
{
    guint64 offset = 0;
    if (!upload_offset(self, place, again, size, &offset, error))
        return FALSE;
    if (offset >= size)
        return TRUE;
    if (lseek(fd, (off_t)offset, SEEK_SET) < 0)
        return error_set_errno(error, "reading the file");
    g_autofree char *at = g_strdup_printf("Upload-Offset: %" G_GUINT64_FORMAT, offset);
    const char *const more[] = {"Tus-Resumable: 1.0.0", "Content-Type: application/offset+octet-stream", at, NULL};
    Exchange exchange = {.method = "PATCH",
                         .path = place,
                         .more = more,
                         .source = fd,
                         .source_length = size - offset,
                         .target = -1,
                         .progress = progress,
                         .progress_from = offset,
                         .progress_total = size};
    long status = 0;
    g_autoptr(GByteArray) answer = exchange_run(self, &exchange, &status, error);
    if (!answer)
        return FALSE;
    if (status == 204)
        return TRUE;
    set_problem(error, status, answer);
    return FALSE;
}

char *client_upload(Client *self, const char *space, const char *path, GError **error)
{
    g_auto(FileDescriptor) fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        error_set_errno(error, "opening “%s”", path);
        return NULL;
    }
    if (!S_ISREG(info.st_mode)) {
        error_set(error, COMITY_ERROR_INVALID, "", "", "“%s” is no file; name its files one by one.", path);
        return NULL;
    }
    g_autofree char *place = upload_create(self, space, path, (guint64)info.st_size, error);
    if (!place)
        return NULL;
    g_autofree char *what = g_strdup_printf("Taking in “%s”", path);
    CliProgress progress = {.what = what};
    for (guint tries = 1;; tries++) {
        g_autoptr(GError) broken = NULL;
        gboolean sent = upload_rest(self, place, fd, tries > 1, (guint64)info.st_size, &progress, &broken);
        cli_progress_end(&progress);
        if (sent)
            return g_path_get_basename(place);
        if (tries >= TRIES || !g_error_matches(broken, COMITY_ERROR, COMITY_ERROR_IO)) {
            g_propagate_prefixed_error(error, g_steal_pointer(&broken), "taking in “%s”: ", path);
            return NULL;
        }
        cli_output.note(NULL, "The line broke; going on where it stopped.");
        g_usleep(G_USEC_PER_SEC / 4 * tries * tries);
    }
}

gboolean client_download(Client *self, const char *path, const char *to, GError **error)
{
    g_autofree char *part = g_strconcat(to, ".part", NULL);
    g_auto(FileDescriptor) fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set_errno(error, "making “%s”", part);
    g_autofree char *what = g_strdup_printf("Writing “%s”", to);
    CliProgress progress = {.what = what};
    Exchange exchange = {.method = "GET", .path = path, .source = -1, .target = fd, .progress = &progress};
    long status = 0;
    g_autoptr(GByteArray) answer = exchange_run(self, &exchange, &status, error);
    cli_progress_end(&progress);
    gboolean whole = answer && status == 200;
    if (answer && !whole)
        set_problem(error, status, answer);
    if (whole && (fsync(fd) != 0 || rename(part, to) != 0)) {
        error_set_errno(error, "writing “%s”", to);
        whole = FALSE;
    }
    if (!whole)
        unlink(part);
    return whole;
}

json_t *client_wait(Client *self, const char *path, const char *const *busy, const char *what, GError **error)
{
    CliProgress progress = {.what = what};
    for (;;) {
        g_autoptr(json_t) seen = client_call(self, "GET", path, NULL, error);
        if (!seen || !json_text(seen, "state") || !g_strv_contains(busy, json_text(seen, "state"))) {
            cli_progress_end(&progress);
            return g_steal_pointer(&seen);
        }
        const json_t *at = json_object_get(seen, "progress");
        cli_progress(&progress, (guint64)json_integer_or(at, "done", 0), (guint64)json_integer_or(at, "total", 0));
        g_usleep(G_USEC_PER_SEC / 5);
    }
}
