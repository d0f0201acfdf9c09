/* The first administrator comes by a link, and by nothing else; from then on a passkey opens the door, and every way to
 * cheat it is told the same sentence. */
#include "base/text.h"
#include "crypto/secret.h"
#include "features/people/people.h"
#include "node/session.h"
#include "node/sweep.h"
#include "support/house.h"
#include <string.h>

static const Feature *const features[] = {&people_feature, NULL};

static gboolean setup_needed(Visitor *visitor)
{
    g_autoptr(json_t) node = visitor_get(visitor, "GET", "/node", NULL, 200);
    g_assert_cmpstr(json_text(node, "title"), ==, "Police of Alvania");
    g_assert_true(json_is_true_at(node, "test_node"));
    return json_is_true_at(node, "setup_needed");
}

static void the_first_administrator_comes_by_a_link(void)
{
    g_autoptr(GError) error = NULL;
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_init(&mira, &house);
    g_assert_true(setup_needed(&mira));

    g_autofree char *link = NULL;
    g_assert_true(people_invite(house.node, "Mira Tellan", NULL, TRUE, &link, &error));
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(link, HOUSE_ORIGIN "/enrol#"));
    g_assert_true(setup_needed(&mira));
    g_autoptr(json_t) open =
        visitor_get(&mira, "POST", "/enrolment/open", json_pack("{s:s}", "token", strchr(link, '#') + 1), 200);
    g_assert_cmpstr(json_text(open, "name"), ==, "Mira Tellan");
    g_assert_true(json_is_true_at(open, "admin"));

    visitor_enrol(&mira, link, -7);
    g_assert_false(setup_needed(&mira));
    g_autoptr(json_t) me = visitor_get(&mira, "GET", "/me", NULL, 200);
    g_assert_true(json_is_true_at(json_object_get(me, "may"), "node.admin"));
    g_assert_cmpstr(json_text(json_object_get(me, "session"), "agent"), ==, "Test");
    visitor_refused(&mira, "POST", "/enrolment/open", json_pack("{s:s}", "token", strchr(link, '#') + 1), 410,
                    "enrolment.used");
    house_close(&house);
}

static void every_algorithm_signs_in(gconstpointer algorithm)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_auto(Visitor) jon;
    visitor_init(&jon, &house);
    g_autoptr(json_t) made =
        visitor_get(&mira, "POST", "/invitations",
                    json_pack("{s:s, s:[s], s:b}", "name", "Jon Arvik", "roles", "prosecutor", "admin", FALSE), 201);
    visitor_enrol(&jon, json_text(made, "link"), GPOINTER_TO_INT(algorithm));

    g_clear_pointer(&jon.cookie, g_free);
    visitor_refused(&jon, "GET", "/me", NULL, 401, "session.none");
    visitor_sign_in(&jon);
    g_autoptr(json_t) me = visitor_get(&jon, "GET", "/me", NULL, 200);
    g_assert_cmpstr(json_text(json_object_get(me, "person"), "id"), ==, jon.person);
    g_assert_false(json_is_true_at(me, "admin"));
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(me, "roles"), 0)), ==, "prosecutor");
    house_close(&house);
}

static void the_cookie_is_for_this_host_and_no_script(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_autofree char *before = g_strdup(mira.cookie);
    g_autoptr(Reply) reply = visitor_ask(&mira, "POST", "/sign-in", visitor_sign_in_body(&mira));
    g_assert_cmpuint(reply->status, ==, 200);
    const char *cookie = reply_header(reply, "set-cookie");
    g_assert_true(g_str_has_prefix(cookie, "__Host-comity="));
    static const char *const attributes[] = {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"};
    for (gsize n = 0; n < G_N_ELEMENTS(attributes); n++)
        g_assert_nonnull(strstr(cookie, attributes[n]));

    /* The session that the browser came with is over: none is carried into the new one. */
    g_assert_cmpstr(mira.cookie, !=, before);
    g_free(g_steal_pointer(&mira.cookie));
    mira.cookie = g_steal_pointer(&before);
    visitor_refused(&mira, "GET", "/me", NULL, 401, "session.none");
    house_close(&house);
}

/* ---- refusals ---- */

typedef enum {
    OTHER_ORIGIN,
    OTHER_SITE,
    OTHER_CHALLENGE,
    NO_VERIFICATION,
    NOBODY_THERE,
    BACKUP_WITHOUT_ELIGIBILITY,
    BAD_SIGNATURE,
    UNKNOWN_PASSKEY,
    ANOTHERS_HANDLE,
    INSIDE_ANOTHER_PAGE,
    LATE,
    REFUSAL_COUNT
} Refusal;

/* Tells one lie in what Jon's passkey says. */
static void lie(Visitor *jon, Refusal refusal)
{
    SoftAuthenticator *passkey = jon->passkey;
    if (refusal == OTHER_ORIGIN || refusal == OTHER_SITE) {
        char **where = refusal == OTHER_ORIGIN ? &passkey->origin : &passkey->rp_id;
        g_free(*where);
        *where = g_strdup(refusal == OTHER_ORIGIN ? "http://localhost:8421" : "localhost.example");
    }
    if (refusal == NO_VERIFICATION)
        passkey->flags = SOFT_UP;
    if (refusal == NOBODY_THERE)
        passkey->flags = SOFT_UV;
    if (refusal == BACKUP_WITHOUT_ELIGIBILITY)
        passkey->flags = SOFT_UP | SOFT_UV | SOFT_BS;
    if (refusal == BAD_SIGNATURE)
        passkey->flip = TRUE;
    if (refusal == UNKNOWN_PASSKEY)
        passkey->id[0] ^= 1;
    if (refusal == INSIDE_ANOTHER_PAGE)
        passkey->extra = ",\"topOrigin\":\"https://elsewhere.example\"";
}

static void every_lie_is_refused_alike(gconstpointer data)
{
    Refusal refusal = (Refusal)GPOINTER_TO_INT(data);
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    g_auto(Visitor) jon;
    visitor_be_administrator(&mira, &house);
    visitor_be(&jon, &house, &mira, "Jon Arvik", "investigator");
    g_clear_pointer(&jon.cookie, g_free);
    lie(&jon, refusal);

    json_t *body = visitor_sign_in_body(&jon);
    if (refusal == OTHER_CHALLENGE) {
        g_autoptr(json_t) other = visitor_sign_in_body(&jon);
        json_object_set(body, "challenge_id", json_object_get(other, "challenge_id"));
    }
    if (refusal == ANOTHERS_HANDLE) {
        g_autofree char *handle = base64url_encode(mira.person, strlen(mira.person));
        json_object_set_new(body, "user_handle", json_string(handle));
    }
    if (refusal == LATE)
        house.world.now += 5 * 60 * 1000;
    g_autoptr(Reply) reply = visitor_ask(&jon, "POST", "/sign-in", body);
    assert_problem(reply, 401, "sign_in.refused");
    g_autoptr(json_t) problem = reply_json(reply);
    g_assert_cmpstr(json_text(problem, "detail"), ==,
                    "This passkey could not sign in here; try again, or ask your administrator for a new link.");
    g_assert_null(jon.cookie);
    house_close(&house);
}

static void an_answer_serves_once(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_autoptr(json_t) body = visitor_sign_in_body(&mira);
    g_autoptr(json_t) me = visitor_get(&mira, "POST", "/sign-in", json_incref(body), 200);
    g_assert_nonnull(me);
    visitor_refused(&mira, "POST", "/sign-in", json_incref(body), 401, "sign_in.refused");
    house_close(&house);
}

/* A challenge for a new passkey is none for signing in, and the other way round. */
static void a_challenge_serves_its_purpose_alone(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_autoptr(json_t) options = visitor_get(&mira, "POST", "/me/passkeys/options", NULL, 200);
    json_t *body = soft_authenticator_assert(mira.passkey, json_text(options, "challenge"));
    json_object_set(body, "challenge_id", json_object_get(options, "id"));
    json_object_set_new(body, "user_handle", json_null());
    visitor_refused(&mira, "POST", "/sign-in", body, 401, "sign_in.refused");

    g_autoptr(json_t) challenge = visitor_get(&mira, "POST", "/sign-in/challenge", NULL, 200);
    g_autoptr(SoftAuthenticator) other = soft_authenticator_new(-8, HOUSE_ORIGIN);
    json_t *answer = soft_authenticator_register(other, json_text(challenge, "challenge"));
    json_object_set(answer, "challenge_id", json_object_get(challenge, "id"));
    json_object_set_new(answer, "label", json_string("Another"));
    visitor_refused(&mira, "POST", "/me/passkeys", answer, 410, "challenge.gone");
    house_close(&house);
}

/* How often somebody may try a link until it is too often. */
static guint tries_until_refused(Visitor *nobody)
{
    for (guint tries = 0;; tries++) {
        json_t *body = json_pack("{s:s}", "token", "0123456789012345678901234567890123456789012");
        g_autoptr(Reply) reply = visitor_ask(nobody, "POST", "/enrolment/open", body);
        if (reply->status == 429) {
            g_assert_nonnull(reply_header(reply, "retry-after"));
            return tries;
        }
        assert_problem(reply, 404, "enrolment.unknown");
        g_assert_cmpuint(tries, <, 1000);
    }
}

static void trying_often_is_refused_for_a_while(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) nobody;
    visitor_init(&nobody, &house);
    g_assert_cmpuint(tries_until_refused(&nobody), ==, 40);
    g_assert_cmpuint(tries_until_refused(&nobody), ==, 0);
    house.world.now += 60 * 1000;
    g_assert_cmpuint(tries_until_refused(&nobody), ==, 20);
    house_close(&house);
}

/* ---- sessions ---- */

static void a_session_ends_when_it_is_not_used(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    house.world.now += SESSION_IDLE_MS - 1;
    json_decref(visitor_get(&mira, "GET", "/me", NULL, 200));
    house_restart(&house); /* what was noted behind that answer is written by then */
    house.world.now += SESSION_IDLE_MS - 1;
    json_decref(visitor_get(&mira, "GET", "/me", NULL, 200));
    house_restart(&house);
    house.world.now += SESSION_IDLE_MS;
    visitor_refused(&mira, "GET", "/me", NULL, 401, "session.none");
    house_close(&house);
}

/* Not first when somebody signs in the next time: its streams must end with it. */
static void an_ended_session_is_put_away(void)
{
    g_autoptr(GError) error = NULL;
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_autoptr(Db) db = node_reader_open(house.node, &error);
    gint64 count = 0;
    g_assert_true(node_expire(house.node, &error));
    g_assert_true(db_integer_of(db, "SELECT COUNT(*) FROM session", 0, &count, &error));
    g_assert_cmpint(count, ==, 1);
    house.world.now += SESSION_IDLE_MS;
    g_assert_true(node_expire(house.node, &error));
    g_assert_true(db_integer_of(db, "SELECT COUNT(*) FROM session", 0, &count, &error));
    g_assert_cmpint(count, ==, 0);
    g_clear_pointer(&db, db_close);
    house_close(&house);
}

static void a_session_ends_after_twelve_hours_of_use(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    for (gint64 used = 0; used < SESSION_LIFE_MS - SESSION_IDLE_MS / 2; used += SESSION_IDLE_MS / 2) {
        json_decref(visitor_get(&mira, "GET", "/me", NULL, 200));
        house_restart(&house);
        house.world.now += SESSION_IDLE_MS / 2;
    }
    json_decref(visitor_get(&mira, "GET", "/me", NULL, 200));
    house.world.now += SESSION_IDLE_MS / 2;
    visitor_refused(&mira, "GET", "/me", NULL, 401, "session.none");
    house_close(&house);
}

static void sessions_are_listed_and_ended(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_auto(Visitor) tablet;
    visitor_init(&tablet, &house);
    tablet.passkey = g_steal_pointer(&mira.passkey);
    visitor_sign_in(&tablet);

    g_autoptr(json_t) list = visitor_get(&mira, "GET", "/me/sessions", NULL, 200);
    const json_t *items = json_object_get(list, "items");
    g_assert_cmpuint(json_array_size(items), ==, 2);
    const json_t *other = json_array_get(items, json_is_true_at(json_array_get(items, 0), "current") ? 1 : 0);
    g_autofree char *path = g_strconcat("/me/sessions/", json_text(other, "id"), NULL);
    json_decref(visitor_get(&mira, "DELETE", path, NULL, 204));
    visitor_refused(&tablet, "GET", "/me", NULL, 401, "session.none");
    visitor_refused(&mira, "DELETE", path, NULL, 404, "session.unknown");

    visitor_sign_in(&tablet);
    json_decref(visitor_get(&tablet, "DELETE", "/me/sessions", NULL, 204));
    visitor_refused(&mira, "GET", "/me", NULL, 401, "session.none");
    g_autofree char *kept = g_strdup(tablet.cookie);
    g_autoptr(Reply) out = visitor_ask(&tablet, "DELETE", "/me/session", NULL);
    g_assert_cmpuint(out->status, ==, 204);
    g_assert_nonnull(strstr(reply_header(out, "clear-site-data"), "\"storage\""));
    g_assert_null(tablet.cookie);
    tablet.cookie = g_steal_pointer(&kept);
    visitor_refused(&tablet, "GET", "/me", NULL, 401, "session.none");
    house_close(&house);
}

static void pages_of_others_change_nothing(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    static const char *const origins[] = {"http://localhost:9999", "https://evil.example", "null", NULL};
    for (gsize n = 0; n < G_N_ELEMENTS(origins); n++) { /* the last: none at all */
        mira.origin = origins[n];
        visitor_refused(&mira, "DELETE", "/me/session", NULL, 403, "csrf.origin");
        json_decref(visitor_get(&mira, "GET", "/me", NULL, 200));
    }
    /* Nor is anybody signed in by them. */
    mira.origin = "https://evil.example";
    g_clear_pointer(&mira.cookie, g_free);
    visitor_refused(&mira, "POST", "/sign-in/challenge", NULL, 403, "csrf.origin");
    house_close(&house);
}

static void a_counter_that_falls_is_told(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    g_auto(Visitor) jon;
    visitor_be_administrator(&mira, &house);
    visitor_be(&jon, &house, &mira, "Jon Arvik", "investigator");
    jon.passkey->counter = 40;
    visitor_sign_in(&jon);
    g_autoptr(json_t) before = visitor_get(&jon, "GET", "/me", NULL, 200);
    g_assert_cmpuint(json_array_size(json_object_get(before, "notices")), ==, 0);

    jon.passkey->counter = 12; /* a copy that was made earlier */
    visitor_sign_in(&jon);
    Visitor *const told[] = {&jon, &mira};
    for (gsize n = 0; n < G_N_ELEMENTS(told); n++) {
        g_autoptr(json_t) me = visitor_get(told[n], "GET", "/me", NULL, 200);
        const json_t *notice = json_array_get(json_object_get(me, "notices"), 0);
        g_assert_cmpstr(json_text(notice, "code"), ==, "passkey.counter");
        g_assert_cmpstr(json_text(json_object_get(notice, "values"), "person"), ==, jon.person);
    }
    house_close(&house);
}

int main(int argc, char **argv)
{
    static const char *const refusals[REFUSAL_COUNT] = {"other-origin",
                                                        "other-site",
                                                        "other-challenge",
                                                        "no-verification",
                                                        "nobody-there",
                                                        "backup-without-eligibility",
                                                        "bad-signature",
                                                        "unknown-passkey",
                                                        "anothers-handle",
                                                        "inside-another-page",
                                                        "late"};
    secret_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/sign-in/first-administrator", the_first_administrator_comes_by_a_link);
    g_test_add_data_func("/people/sign-in/es256", GINT_TO_POINTER(-7), every_algorithm_signs_in);
    g_test_add_data_func("/people/sign-in/eddsa", GINT_TO_POINTER(-8), every_algorithm_signs_in);
    g_test_add_data_func("/people/sign-in/rs256", GINT_TO_POINTER(-257), every_algorithm_signs_in);
    g_test_add_func("/people/sign-in/cookie", the_cookie_is_for_this_host_and_no_script);
    for (int n = 0; n < REFUSAL_COUNT; n++) {
        g_autofree char *path = g_strconcat("/people/sign-in/refused/", refusals[n], NULL);
        g_test_add_data_func(path, GINT_TO_POINTER(n), every_lie_is_refused_alike);
    }
    g_test_add_func("/people/sign-in/refused/replayed", an_answer_serves_once);
    g_test_add_func("/people/sign-in/refused/other-purpose", a_challenge_serves_its_purpose_alone);
    g_test_add_func("/people/sign-in/often", trying_often_is_refused_for_a_while);
    g_test_add_func("/people/sessions/idle", a_session_ends_when_it_is_not_used);
    g_test_add_func("/people/sessions/put-away", an_ended_session_is_put_away);
    g_test_add_func("/people/sessions/twelve-hours", a_session_ends_after_twelve_hours_of_use);
    g_test_add_func("/people/sessions/listed-and-ended", sessions_are_listed_and_ended);
    g_test_add_func("/people/sessions/other-pages", pages_of_others_change_nothing);
    g_test_add_func("/people/sign-in/counter", a_counter_that_falls_is_told);
    return g_test_run();
}
