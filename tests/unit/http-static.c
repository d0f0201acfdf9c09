/* tests/unit/http-static.c: the web app's files, as a browser asks for them. */
#include "http/static.h"
#include "support/wire.h"
#include <glib/gstdio.h>

static char *folder;
static GResource *resource;
static HttpStatic *files;
static Site site;

static void write_file(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static const char *const names[] = {"index.html",
                                    "first-paint.js",
                                    "assets/app-1a2b3c4d.js",
                                    "assets/app-1a2b3c4d.js.br",
                                    "assets/app-1a2b3c4d.js.gz",
                                    "assets/half.css.br"};

/* A resource made by the compiler that makes the real one. */
static gboolean compile(void)
{
    g_autofree char *compiler = g_find_program_in_path("glib-compile-resources");
    if (compiler == NULL)
        return FALSE;
    folder = g_dir_make_tmp("comity-static-XXXXXX", NULL);
    g_autofree char *assets = g_build_filename(folder, "assets", NULL);
    g_mkdir(assets, 0700);
    write_file("index.html", "<script nonce=\"__CSP_NONCE__\"></script><meta nonce=\"__CSP_NONCE__\">");
    write_file("first-paint.js", "paint()");
    write_file("assets/app-1a2b3c4d.js", "app()");
    write_file("assets/app-1a2b3c4d.js.br", "app() in brotli");
    write_file("assets/app-1a2b3c4d.js.gz", "app() in gzip");
    write_file("assets/half.css.br", "no plain form");
    g_autoptr(GString) xml = g_string_new("<gresources><gresource prefix=\"/test/web\">");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        g_string_append_printf(xml, "<file>%s</file>", names[i]);
    g_string_append(xml, "</gresource></gresources>");
    write_file("web.xml", xml->str);
    g_autofree char *source = g_build_filename(folder, "web.xml", NULL);
    g_autofree char *target = g_build_filename(folder, "web.gresource", NULL);
    const char *const command[] = {compiler, "--sourcedir", folder, "--target", target, source, NULL};
    g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, NULL, NULL));
    resource = g_resource_load(target, NULL);
    return resource != NULL;
}

static void remove_folder(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    static const char *const others[] = {"web.xml", "web.gresource", "assets", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *path = g_build_filename(folder, others[i], NULL);
        g_remove(path);
    }
    g_clear_pointer(&folder, g_free);
}

static void the_page_has_a_nonce_of_its_own(void)
{
    g_autofree char *last = g_strdup("");
    static const char *const targets[] = {"GET /", "GET /index.html", "GET /cases/0198", "GET /sign-in"};
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autoptr(Reply) reply = wire_get(site.port, targets[i], "");
        g_assert_cmpuint(reply->status, ==, 200);
        g_assert_cmpstr(reply_header(reply, "content-type"), ==, "text/html; charset=utf-8");
        g_assert_cmpstr(reply_header(reply, "cache-control"), ==, "no-store");
        g_assert_null(strstr(reply->body->str, "__CSP_NONCE__"));
        g_autofree char *nonce = g_strndup(reply->body->str + strlen("<script nonce=\""), 24); /* 16 bytes in base64 */
        g_autofree char *body = g_strdup_printf("<script nonce=\"%s\"></script><meta nonce=\"%s\">", nonce, nonce);
        g_assert_cmpstr(reply->body->str, ==, body);
        g_assert_cmpstr(nonce, !=, last);
        g_autofree char *source = g_strdup_printf("style-src-elem 'self' 'nonce-%s';", nonce);
        const char *policy = reply_header(reply, "content-security-policy");
        g_assert_nonnull(strstr(policy, source));
        g_assert_nonnull(strstr(policy, "script-src 'self';"));
        g_assert_nonnull(strstr(policy, "require-trusted-types-for 'script'"));
        g_free(last);
        last = g_steal_pointer(&nonce);
    }
}

static void every_file_is_guarded(void)
{
    static const char *const targets[] = {"GET /", "GET /first-paint.js", "GET /assets/app-1a2b3c4d.js"};
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autoptr(Reply) reply = wire_get(site.port, targets[i], "");
        g_assert_cmpstr(reply_header(reply, "x-content-type-options"), ==, "nosniff");
        g_assert_cmpstr(reply_header(reply, "referrer-policy"), ==, "no-referrer");
        g_assert_cmpstr(reply_header(reply, "cross-origin-opener-policy"), ==, "same-origin");
        g_assert_cmpstr(reply_header(reply, "cross-origin-resource-policy"), ==, "same-origin");
        g_assert_nonnull(reply_header(reply, "permissions-policy"));
        g_assert_nonnull(reply_header(reply, "content-security-policy"));
    }
}

static void the_smallest_form_that_is_understood_goes_out(void)
{
    static const struct {
        const char *header, *encoding, *body;
    } cases[] = {
        {"", NULL, "app()"},
        {"Accept-Encoding: gzip, deflate, br, zstd\r\n", "br", "app() in brotli"},
        {"Accept-Encoding: gzip\r\n", "gzip", "app() in gzip"},
        {"Accept-Encoding: br;q=0, gzip;q=0.5\r\n", "gzip", "app() in gzip"},
        {"Accept-Encoding: identity\r\n", NULL, "app()"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Reply) reply = wire_get(site.port, "GET /assets/app-1a2b3c4d.js", cases[i].header);
        g_assert_cmpstr(reply_header(reply, "content-encoding"), ==, cases[i].encoding);
        g_assert_cmpstr(reply_header(reply, "content-type"), ==, "text/javascript; charset=utf-8");
        g_assert_cmpstr(reply_header(reply, "vary"), ==, "Accept-Encoding");
        g_assert_cmpstr(reply->body->str, ==, cases[i].body);
    }
}

static void a_hashed_name_is_kept_for_a_year(void)
{
    g_autoptr(Reply) hashed = wire_get(site.port, "GET /assets/app-1a2b3c4d.js", "");
    g_assert_cmpstr(reply_header(hashed, "cache-control"), ==, "public, max-age=31536000, immutable");
    g_autoptr(Reply) plain = wire_get(site.port, "GET /first-paint.js", "");
    g_assert_cmpstr(reply_header(plain, "cache-control"), ==, "no-cache");
    g_autofree char *condition = g_strdup_printf("If-None-Match: %s\r\n", reply_header(plain, "etag"));
    g_autoptr(Reply) again = wire_get(site.port, "GET /first-paint.js", condition);
    g_assert_cmpuint(again->status, ==, 304);
    g_autoptr(Reply) zipped = wire_get(site.port, "GET /assets/app-1a2b3c4d.js", "Accept-Encoding: br\r\n");
    g_assert_cmpstr(reply_header(zipped, "etag"), !=, reply_header(hashed, "etag"));
}

static void what_is_not_there_is_not_there(void)
{
    static const char *const targets[] = {"GET /api/v1/x",        "GET /api/",        "GET /assets/old-99999999.js",
                                          "GET /assets/half.css", "GET /favicon.ico", "GET /assets/app-1a2b3c4d.js.br",
                                          "GET /assets/nothing"};
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autoptr(Reply) reply = wire_get(site.port, targets[i], "");
        assert_problem(reply, 404, "http.path_unknown");
    }
    /* The app's routes hold names of nodes: a browser that goes there wants the page. */
    g_autoptr(Reply) page = wire_get(site.port, "GET /cases/0198@a.node.test", "Accept: text/html,*/*;q=0.8\r\n");
    g_assert_cmpuint(page->status, ==, 200);
    g_autoptr(Reply) reference = wire_get(site.port, "GET /api", "");
    g_assert_cmpuint(reference->status, ==, 200);
    g_autoptr(Reply) posted = wire_ask(site.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    assert_problem(posted, 405, "http.method");
    g_assert_cmpstr(reply_header(posted, "allow"), ==, "GET, HEAD, OPTIONS");
}

static const HttpRoute routes[] = {{.method = NULL}};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!compile()) {
        g_print("1..0 # SKIP glib-compile-resources is not here\n");
        return 0;
    }
    g_autoptr(GError) error = NULL;
    files = http_static_new(env_system(), resource, "/test/web", &error);
    g_assert_no_error(error);
    site_start(&site, routes, (HttpServerOptions){.workers = 1, .files = files});
    g_test_add_func("/http/static/nonce", the_page_has_a_nonce_of_its_own);
    g_test_add_func("/http/static/guarded", every_file_is_guarded);
    g_test_add_func("/http/static/form", the_smallest_form_that_is_understood_goes_out);
    g_test_add_func("/http/static/cached", a_hashed_name_is_kept_for_a_year);
    g_test_add_func("/http/static/absent", what_is_not_there_is_not_there);
    int result = g_test_run();
    site_stop(&site);
    g_clear_pointer(&files, http_static_free);
    g_resource_unref(resource);
    remove_folder();
    return result;
}
