/* tests/unit/support/house.c: see house.h. */
#include "support/house.h"
#include "base/file.h"
#include "features/people/people.h"
#include "node/confirm.h"
#include "node/principal.h"
#include <glib/gstdio.h>
#include <string.h>

static gboolean before(HttpRequest *request, HttpResponse *response, gboolean *answered, GError **error)
{
    (void)response;
    (void)answered;
    return principal_find(http_request_owner(request), request, error);
}

static void start(House *self)
{
    g_autoptr(GError) error = NULL;
    self->node = node_open(&self->options, &error);
    g_assert_no_error(error);
    confirm_start(self->node);
    self->router = http_router_new();
    g_assert_true(http_router_add(self->router, confirm_routes, &error));
    for (const Feature *const *feature = self->options.features; *feature; feature++)
        g_assert_true(!(*feature)->routes || http_router_add(self->router, (*feature)->routes, &error));
    const HttpServerOptions options = {.env = &self->world.env,
                                       .listen = "127.0.0.1:0",
                                       .data = self->node,
                                       .worker_new = node_worker_new,
                                       .worker_free = node_worker_free,
                                       .before = before,
                                       .workers = 2};
    self->server = http_server_new(&options, self->router, &error);
    g_assert_no_error(error);
    self->port = http_server_port(self->server);
}

static void stop(House *self)
{
    g_clear_pointer(&self->server, http_server_free);
    g_clear_pointer(&self->router, http_router_free);
    confirm_stop(self->node);
    g_clear_pointer(&self->node, node_close);
}

void house_open(House *self, const Feature *const *features)
{
    g_autoptr(GError) error = NULL;
    *self = (House){0};
    world_init(&self->world);
    g_autofree char *above = g_dir_make_tmp("comity-house-XXXXXX", &error);
    g_assert_no_error(error);
    self->dir = g_build_filename(above, "data", NULL);
    self->options = (NodeOptions){.dir = self->dir, .env = &self->world.env, .features = features};
    const NodeConfig config = {
        .name = "alvania.node.test", .title = "Police of Alvania", .country = "AV", .origin = (char *)HOUSE_ORIGIN};
    g_assert_true(node_create(&self->options, &config, &error));
    g_assert_no_error(error);
    start(self);
}

void house_restart(House *self)
{
    stop(self);
    start(self);
}

static void remove_below(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_below(child);
    }
    g_remove(path);
}

void house_close(House *self)
{
    stop(self);
    g_autofree char *above = g_path_get_dirname(self->dir);
    remove_below(above);
    g_free(self->dir);
}

/* ---- visitors ---- */

void visitor_init(Visitor *self, House *house)
{
    *self = (Visitor){.house = house, .origin = HOUSE_ORIGIN};
}

void visitor_clear(Visitor *self)
{
    g_clear_pointer(&self->cookie, g_free);
    g_clear_pointer(&self->token, g_free);
    g_clear_pointer(&self->person, g_free);
    g_clear_pointer(&self->passkey, soft_authenticator_free);
}

static void add_header(GString *text, const char *name, const char *value)
{
    if (value)
        g_string_append_printf(text, "%s: %s\r\n", name, value);
}

/* A browser keeps what Set-Cookie says: the pair ahead of the attributes, or nothing where it is to be forgotten. */
static void keep_cookie(Visitor *self, const Reply *reply)
{
    const char *set = reply_header(reply, "set-cookie");
    if (!set)
        return;
    g_clear_pointer(&self->cookie, g_free);
    if (!strstr(set, "Max-Age=0"))
        self->cookie = g_strndup(set, strcspn(set, ";"));
}

Reply *visitor_ask(Visitor *self, const char *method, const char *path, json_t *body)
{
    g_autofree char *text = body ? json_dumps(body, JSON_COMPACT) : g_strdup("");
    g_autofree char *bearer = self->token ? g_strconcat("Bearer ", self->token, NULL) : NULL;
    g_autoptr(GString) request = g_string_new(NULL);
    g_string_printf(request, "%s /api/v1%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nUser-Agent: Test\r\n",
                    method, path);
    add_header(request, "Cookie", self->cookie);
    add_header(request, "Authorization", bearer);
    add_header(request, "Origin", self->origin);
    if (self->etag)
        g_string_append_printf(request, "If-Match: \"%s\"\r\n", self->etag);
    if (body)
        g_string_append_printf(request, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(text));
    g_string_append_printf(request, "\r\n%s", text);
    json_decref(body);
    Reply *reply = wire_ask(self->house->port, request->str);
    g_assert_nonnull(reply);
    keep_cookie(self, reply);
    return reply;
}

json_t *visitor_get(Visitor *self, const char *method, const char *path, json_t *body, guint status)
{
    g_autoptr(Reply) reply = visitor_ask(self, method, path, body);
    if (reply->status != status)
        g_test_message("%s %s: %s", method, path, reply->body->str);
    g_assert_cmpuint(reply->status, ==, status);
    return reply->body->len > 0 ? reply_json(reply) : NULL;
}

void visitor_refused(Visitor *self, const char *method, const char *path, json_t *body, guint status, const char *code)
{
    g_autoptr(Reply) reply = visitor_ask(self, method, path, body);
    if (reply->status != status)
        g_test_message("%s %s: %s", method, path, reply->body->str);
    assert_problem(reply, status, code);
}

/* ---- what people do ---- */

static const char *token_of(const char *link)
{
    const char *token = strchr(link, '#');
    g_assert_nonnull(token);
    return token + 1;
}

void visitor_enrol(Visitor *self, const char *link, int algorithm)
{
    const char *token = token_of(link);
    g_autoptr(json_t) begun = visitor_get(self, "POST", "/enrolment/options", json_pack("{s:s}", "token", token), 200);
    const json_t *options = json_object_get(begun, "options");
    g_clear_pointer(&self->passkey, soft_authenticator_free);
    self->passkey = soft_authenticator_new(algorithm, HOUSE_ORIGIN);
    json_t *answer = soft_authenticator_register(self->passkey, json_text(options, "challenge"));
    json_object_set_new(answer, "token", json_string(token));
    json_object_set(answer, "challenge_id", json_object_get(begun, "challenge_id"));
    json_object_set_new(answer, "label", json_string("Key of this test"));
    g_autoptr(json_t) me = visitor_get(self, "POST", "/enrolment", answer, 201);
    g_free(self->person);
    self->person = g_strdup(json_text(json_object_get(me, "person"), "id"));
    g_assert_nonnull(self->cookie);
}

json_t *visitor_sign_in_body(Visitor *self)
{
    g_autoptr(json_t) challenge = visitor_get(self, "POST", "/sign-in/challenge", NULL, 200);
    json_t *body = soft_authenticator_assert(self->passkey, json_text(challenge, "challenge"));
    json_object_set(body, "challenge_id", json_object_get(challenge, "id"));
    json_object_set_new(body, "user_handle", json_null());
    return body;
}

void visitor_sign_in(Visitor *self)
{
    g_autoptr(json_t) me = visitor_get(self, "POST", "/sign-in", visitor_sign_in_body(self), 200);
    g_assert_nonnull(me);
}

void visitor_be_administrator(Visitor *self, House *house)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *link = NULL;
    visitor_init(self, house);
    g_assert_true(people_invite(house->node, "Mira Tellan", NULL, TRUE, &link, &error));
    g_assert_no_error(error);
    visitor_enrol(self, link, -7);
}

void visitor_be(Visitor *self, House *house, Visitor *administrator, const char *name, const char *role)
{
    visitor_init(self, house);
    json_t *body = json_pack("{s:s, s:[s], s:b}", "name", name, "roles", role, "admin", FALSE);
    g_autoptr(json_t) made = visitor_get(administrator, "POST", "/invitations", body, 201);
    visitor_enrol(self, json_text(made, "link"), -7);
}
