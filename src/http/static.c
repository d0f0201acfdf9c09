/* http/static.c: see static.h. What is served is a table made once; a request is one look-up. */
#include "http/static.h"
#include "base/text.h"
#include "http/private.h"
#include "http/problem.h"
#include <openssl/evp.h>

#define NONCE "__CSP_NONCE__"

typedef enum { PLAIN, GZIP, BROTLI, FORMS } Form;

typedef struct {
    const char *content_type;
    GBytes *bytes[FORMS]; /* NULL: there is no such form */
    char *etags[FORMS];
    gboolean hashed_name; /* W2 */
    char *policy;         /* of a page that is no part of the app (W4); NULL */
} File;

struct HttpStatic {
    const Env *env;
    GHashTable *files; /* "/assets/app-1a2b3c4d.js" -> File */
};

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".yaml", "application/yaml"},
};

/* The web app's policy. The nonce lets its style elements in and nothing else (docs/security.md tells why each). */
#define POLICY                                                                                                         \
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%1$s'; style-src-elem 'self' 'nonce-%1$s'; "       \
    "style-src-attr 'none'; img-src 'self' blob:; media-src 'self' blob:; frame-src 'self'; font-src 'self'; "         \
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "            \
    "form-action 'self'; require-trusted-types-for 'script'; trusted-types default"

#define PERMISSIONS                                                                                                    \
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), "                       \
    "display-capture=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"

static void file_free(gpointer data)
{
    File *self = data;
    for (guint form = 0; form < FORMS; form++) {
        g_clear_pointer(&self->bytes[form], g_bytes_unref);
        g_free(self->etags[form]);
    }
    g_free(self->policy);
    g_free(self);
}

static const char *type_of(const char *path)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(path, types[i].suffix))
            return types[i].type;
    return "application/octet-stream";
}

/* 128 bits of its SHA-256: each form of a file has a tag of its own (W1). */
static char *tag_of(GBytes *bytes)
{
    guint8 digest[EVP_MAX_MD_SIZE] = {0};
    gsize length;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    EVP_Digest(data, length, digest, NULL, EVP_sha256(), NULL);
    return hex_encode(digest, 16);
}

static Form form_of(const char *path)
{
    return g_str_has_suffix(path, ".br") ? BROTLI : g_str_has_suffix(path, ".gz") ? GZIP : PLAIN;
}

/* W4: what the page itself asks for, near its beginning. New; NULL where it asks for nothing. */
static char *stated_policy(GBytes *page)
{
    static const char element[] = "<meta http-equiv=\"Content-Security-Policy\" content=\"";
    gsize length;
    const char *bytes = g_bytes_get_data(page, &length);
    g_autofree char *head = g_strndup(bytes, MIN(length, 4096));
    const char *content = strstr(head, element);
    const char *end = content ? strchr(content + sizeof element - 1, '"') : NULL;
    if (!end)
        return NULL;
    content += sizeof element - 1;
    return g_strdup_printf("%.*s; frame-ancestors 'none'", (int)(end - content), content);
}

static void add_file(HttpStatic *self, const char *path, GBytes *bytes)
{
    Form form = form_of(path);
    g_autofree char *plain = g_strndup(path, strlen(path) - (form == PLAIN ? 0 : 3));
    File *file = g_hash_table_lookup(self->files, plain);
    if (file == NULL) {
        file = g_new0(File, 1);
        file->content_type = type_of(plain);
        file->hashed_name = g_str_has_prefix(plain, "/assets/");
        if (g_str_has_prefix(file->content_type, "text/html"))
            file->policy = stated_policy(bytes);
        g_hash_table_insert(self->files, g_strdup(plain), file);
    }
    file->bytes[form] = g_bytes_ref(bytes);
    file->etags[form] = tag_of(bytes);
}

/* All of @folder ("/org/example/web/assets/"), known to clients under @path ("/assets/"). */
static gboolean add_folder(HttpStatic *self, GResource *resource, const char *folder, const char *path, GError **error)
{
    g_auto(GStrv) names = g_resource_enumerate_children(resource, folder, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (names == NULL)
        return FALSE;
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *inside = g_strconcat(folder, *name, NULL);
        g_autofree char *outside = g_strconcat(path, *name, NULL);
        if (g_str_has_suffix(*name, "/")) {
            if (!add_folder(self, resource, inside, outside, error))
                return FALSE;
            continue;
        }
        g_autoptr(GBytes) bytes = g_resource_lookup_data(resource, inside, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
        if (bytes == NULL)
            return FALSE;
        add_file(self, outside, bytes);
    }
    return TRUE;
}

/* A compressed form alone can't be served to everybody: it is no file. */
static gboolean is_half(gpointer key G_GNUC_UNUSED, gpointer file, gpointer data G_GNUC_UNUSED)
{
    return ((File *)file)->bytes[PLAIN] == NULL;
}

HttpStatic *http_static_new(const Env *env, GResource *resource, const char *prefix, GError **error)
{
    g_autoptr(HttpStatic) self = g_new0(HttpStatic, 1);
    self->env = env;
    self->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
    g_autofree char *folder = g_strconcat(prefix, g_str_has_suffix(prefix, "/") ? "" : "/", NULL);
    if (!add_folder(self, resource, folder, "/", error))
        return NULL;
    g_hash_table_foreach_remove(self->files, is_half, NULL);
    return g_steal_pointer(&self);
}

void http_static_free(HttpStatic *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->files);
    g_free(self);
}

/* TRUE where Accept-Encoding names @coding, and not with a quality of 0. */
static gboolean accepts(const char *header, const char *coding)
{
    if (header == NULL)
        return FALSE;
    g_auto(GStrv) items = g_strsplit(header, ",", 32);
    for (char **item = items; *item != NULL; item++) {
        g_auto(GStrv) parts = g_strsplit(*item, ";", 4);
        if (parts[0] == NULL || g_ascii_strcasecmp(g_strstrip(parts[0]), coding) != 0)
            continue;
        const char *quality = parts[1] != NULL ? g_strstrip(parts[1]) : "q=1";
        return !(g_str_has_prefix(quality, "q=") && g_ascii_strtod(quality + 2, NULL) <= 0);
    }
    return FALSE;
}

/* A worker lives under the policy of its own script: it may load its parts and speak to us, and nothing else. */
#define SCRIPT_POLICY "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"

static void protect(HttpResponse *response)
{
    http_response_set_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    http_response_set_header(response, "Permissions-Policy", PERMISSIONS);
}

static void answer_file(const File *file, const HttpRequest *request, HttpResponse *response)
{
    const char *encodings = http_request_header(request, "Accept-Encoding");
    Form form = PLAIN;
    if (file->bytes[BROTLI] != NULL && accepts(encodings, "br"))
        form = BROTLI;
    else if (file->bytes[GZIP] != NULL && accepts(encodings, "gzip"))
        form = GZIP;
    http_response_bytes(response, 200, file->content_type, file->bytes[form]);
    http_response_set_etag(response, file->etags[form]);
    http_response_set_header(response, "Cache-Control",
                             file->hashed_name ? "public, max-age=31536000, immutable" : "no-cache");
    if (file->bytes[GZIP] != NULL || file->bytes[BROTLI] != NULL)
        http_response_set_header(response, "Vary", "Accept-Encoding");
    if (form != PLAIN)
        http_response_set_header(response, "Content-Encoding", form == BROTLI ? "br" : "gzip");
    if (g_str_has_prefix(file->content_type, "text/javascript"))
        http_response_set_header(response, "Content-Security-Policy", SCRIPT_POLICY);
    if (file->policy != NULL)
        http_response_set_header(response, "Content-Security-Policy", file->policy);
    protect(response);
}

/* W3: a page of its own for each answer. */
static void answer_page(HttpStatic *self, const File *file, HttpResponse *response)
{
    guint8 chance[16];
    env_random(self->env, chance, sizeof chance);
    g_autofree char *nonce = base64_encode(chance, sizeof chance);
    gsize length;
    const char *page = g_bytes_get_data(file->bytes[PLAIN], &length);
    GString *text = g_string_new_len(page, (gssize)length);
    g_string_replace(text, NONCE, nonce, 0);
    g_autoptr(GBytes) bytes = g_string_free_to_bytes(text);
    http_response_bytes(response, 200, file->content_type, bytes);
    http_response_set_headerf(response, "Content-Security-Policy", POLICY, nonce);
    protect(response);
}

static gboolean wants_page(const HttpRequest *request, const char *path)
{
    const char *accept = http_request_header(request, "Accept");
    if (g_str_has_prefix(path, "/assets/"))
        return FALSE;
    return strchr(strrchr(path, '/'), '.') == NULL || (accept != NULL && strstr(accept, "text/html") != NULL);
}

gboolean http_static_answer(HttpStatic *self, const HttpRequest *request, const char *path, HttpResponse *response,
                            GError **error)
{
    const File *file = g_hash_table_lookup(self->files, path);
    const File *index = g_hash_table_lookup(self->files, "/index.html");
    if (file != NULL && file != index) {
        answer_file(file, request, response);
        return TRUE;
    }
    if (index != NULL && (file == index || wants_page(request, path))) {
        answer_page(self, index, response);
        return TRUE;
    }
    error_set(error, COMITY_ERROR_NOT_FOUND, "http.path_unknown", "", "There is nothing at this address.");
    return FALSE;
}
