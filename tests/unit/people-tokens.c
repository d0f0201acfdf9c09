/* A program comes with a token: it says what it is, opens what its scopes say, and ends. */
#include "base/text.h"
#include "crypto/secret.h"
#include "features/people/people.h"
#include "node/token.h"
#include "support/house.h"
#include <string.h>

static const Feature *const features[] = {&people_feature, NULL};

static void a_token_says_what_it_is(void)
{
    g_autofree char *token = token_text_new(env_system());
    g_assert_true(g_str_has_prefix(token, "cmty_"));
    g_assert_cmpuint(strlen(token), ==, 54);
    g_assert_true(token_text_is_valid(token));
    for (gsize n = 0; n < strlen(token); n++) { /* any one character wrong */
        g_autofree char *other = g_strdup(token);
        other[n] = other[n] == 'A' ? 'B' : 'A';
        g_assert_false(token_text_is_valid(other));
    }
}

static void a_program_acts_by_token_within_its_scopes(void)
{
    g_autoptr(GError) error = NULL;
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, script;
    visitor_be_administrator(&mira, &house);
    visitor_init(&script, &house);
    g_assert_true(people_token_create(house.node, "Intake station", SCOPE_CASES_READ | SCOPE_EVIDENCE_WRITE, 0,
                                      &script.token, &error));
    g_assert_no_error(error);
    script.origin = NULL;
    g_autoptr(json_t) me = visitor_get(&script, "GET", "/me", NULL, 200);
    g_assert_true(json_is_null(json_object_get(me, "session")));
    g_assert_false(json_is_true_at(json_object_get(me, "may"), "case.create")); /* no such scope */
    visitor_refused(&script, "GET", "/me/sessions", NULL, 403, "session.needed");
    visitor_refused(&script, "POST", "/me/passkeys/options", NULL, 403, "session.needed");

    g_autoptr(json_t) list = visitor_get(&mira, "GET", "/tokens", NULL, 200);
    const json_t *item = json_array_get(json_object_get(list, "items"), 0);
    g_autoptr(json_t) scopes = json_pack("[s, s]", "cases:read", "evidence:write");
    g_assert_true(json_equal(json_object_get(item, "scopes"), scopes));
    g_assert_true(json_is_true_at(json_object_get(item, "person"), "machine"));

    /* The same name again is the same machine person. */
    g_autofree char *second = NULL;
    g_assert_true(people_token_create(house.node, "Intake station", SCOPE_ALL, 0, &second, &error));
    g_autoptr(json_t) people = visitor_get(&mira, "GET", "/people?q=intake", NULL, 200);
    g_assert_cmpuint(json_array_size(json_object_get(people, "items")), ==, 1);

    g_autofree char *path = g_strconcat("/tokens/", json_text(item, "id"), NULL);
    json_decref(visitor_get(&mira, "DELETE", path, NULL, 204));
    visitor_refused(&script, "GET", "/me", NULL, 401, "session.none");
    visitor_refused(&mira, "DELETE", path, NULL, 404, "token.unknown");
    house_close(&house);
}

/* An administrator's token runs the node only where it is for everything. */
static void an_administrators_token_needs_every_scope(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, script;
    visitor_be_administrator(&mira, &house);
    visitor_init(&script, &house);
    static const struct {
        const char *scope;
        guint status;
    } tokens[] = {{"cases:read", 403}, {"export", 403}, {"all", 200}};
    for (gsize n = 0; n < G_N_ELEMENTS(tokens); n++) {
        json_t *body =
            json_pack("{s:s, s:s, s:[s]}", "name", "Script", "person", mira.person, "scopes", tokens[n].scope);
        g_autoptr(json_t) made = visitor_get(&mira, "POST", "/tokens", body, 201);
        g_free(script.token);
        script.token = g_strdup(json_text(made, "token"));
        g_autoptr(Reply) reply = visitor_ask(&script, "GET", "/people", NULL);
        g_assert_cmpuint(reply->status, ==, tokens[n].status);
    }
    house_close(&house);
}

static void a_token_expires(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, script;
    visitor_be_administrator(&mira, &house);
    visitor_init(&script, &house);
    g_autofree char *soon = time_text(house.world.now + 60 * 1000);
    g_autoptr(json_t) made =
        visitor_get(&mira, "POST", "/tokens",
                    json_pack("{s:s, s:[s], s:s}", "name", "Script", "scopes", "all", "expires", soon), 201);
    script.token = g_strdup(json_text(made, "token"));
    json_decref(visitor_get(&script, "GET", "/me", NULL, 200));
    house.world.now += 60 * 1000;
    visitor_refused(&script, "GET", "/me", NULL, 401, "session.none");
    visitor_refused(&mira, "POST", "/tokens",
                    json_pack("{s:s, s:[s], s:s}", "name", "S", "scopes", "all", "expires", soon), 422,
                    "token.expires");
    visitor_refused(&mira, "POST", "/tokens", json_pack("{s:s, s:[s]}", "name", "S", "scopes", "everything"), 422,
                    "token.unknown_scope");
    house_close(&house);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/tokens/text", a_token_says_what_it_is);
    g_test_add_func("/people/tokens/scopes", a_program_acts_by_token_within_its_scopes);
    g_test_add_func("/people/tokens/administrator", an_administrators_token_needs_every_scope);
    g_test_add_func("/people/tokens/expired", a_token_expires);
    return g_test_run();
}
