/* Who is invited, what an administrator may change, and how an account is closed. */
#include "base/text.h"
#include "crypto/secret.h"
#include "features/people/private.h"
#include "support/house.h"
#include <string.h>

static const Feature *const features[] = {&people_feature, NULL};

static json_t *invitation(const char *name, const char *role)
{
    return json_pack("{s:s, s:s, s:s, s:[s], s:b}", "name", name, "title", "Prosecutor", "affiliation",
                     "Office of the Prosecutor", "roles", role, "admin", FALSE);
}

static json_t *token_body(const char *link)
{
    return json_pack("{s:s}", "token", strchr(link, '#') + 1);
}

static char *person_path(const char *person, const char *rest)
{
    return g_strconcat("/people/", person, rest, NULL);
}

/* ---- invitations ---- */

/* A house with its administrator, somebody who is nobody there yet, and the answer to inviting Jon Arvik. New. */
static json_t *invite_jon(House *house, Visitor *mira, Visitor *jon)
{
    house_open(house, features);
    visitor_be_administrator(mira, house);
    visitor_init(jon, house);
    return visitor_get(mira, "POST", "/invitations", invitation("Jon Arvik", "prosecutor"), 201);
}

static void a_link_expires_after_three_days(void)
{
    House house;
    g_auto(Visitor) mira, jon;
    g_autoptr(json_t) made = invite_jon(&house, &mira, &jon);
    house.world.now += G_GINT64_CONSTANT(72) * 3600 * 1000 - 1;
    json_decref(visitor_get(&jon, "POST", "/enrolment/open", token_body(json_text(made, "link")), 200));
    house.world.now += 1;
    visitor_refused(&jon, "POST", "/enrolment/open", token_body(json_text(made, "link")), 410, "enrolment.expired");
    visitor_sign_in(&mira);
    g_autoptr(json_t) list = visitor_get(&mira, "GET", "/invitations?state=expired", NULL, 200);
    g_assert_cmpuint(json_array_size(json_object_get(list, "items")), ==, 1);
    house_close(&house);
}

static void a_withdrawn_link_opens_nothing(void)
{
    House house;
    g_auto(Visitor) mira, jon;
    g_autoptr(json_t) made = invite_jon(&house, &mira, &jon);
    g_autofree char *path = g_strconcat("/invitations/", json_text(made, "id"), NULL);
    json_decref(visitor_get(&mira, "DELETE", path, NULL, 204));
    visitor_refused(&jon, "POST", "/enrolment/open", token_body(json_text(made, "link")), 410, "enrolment.withdrawn");
    visitor_refused(&mira, "DELETE", path, NULL, 409, "invitation.closed");
    house_close(&house);
}

/* The challenge of one invitation does not serve another, whoever got hold of both. */
static void a_link_has_its_own_challenge(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, jon;
    visitor_be_administrator(&mira, &house);
    visitor_init(&jon, &house);
    g_autoptr(json_t) first = visitor_get(&mira, "POST", "/invitations", invitation("Jon Arvik", "prosecutor"), 201);
    g_autoptr(json_t) second = visitor_get(&mira, "POST", "/invitations", invitation("Ana Sol", "clerk"), 201);
    g_autoptr(json_t) begun =
        visitor_get(&jon, "POST", "/enrolment/options", token_body(json_text(first, "link")), 200);
    jon.passkey = soft_authenticator_new(-8, HOUSE_ORIGIN);
    json_t *answer =
        soft_authenticator_register(jon.passkey, json_text(json_object_get(begun, "options"), "challenge"));
    json_object_set(answer, "challenge_id", json_object_get(begun, "challenge_id"));
    json_object_set_new(answer, "token", json_string(strchr(json_text(second, "link"), '#') + 1));
    visitor_refused(&jon, "POST", "/enrolment", answer, 410, "challenge.gone");
    house_close(&house);
}

static void a_passkey_without_verification_is_not_enrolled(void)
{
    House house;
    g_auto(Visitor) mira, jon;
    g_autoptr(json_t) made = invite_jon(&house, &mira, &jon);
    g_autoptr(json_t) begun = visitor_get(&jon, "POST", "/enrolment/options", token_body(json_text(made, "link")), 200);
    jon.passkey = soft_authenticator_new(-7, HOUSE_ORIGIN);
    jon.passkey->flags = SOFT_UP;
    json_t *answer =
        soft_authenticator_register(jon.passkey, json_text(json_object_get(begun, "options"), "challenge"));
    json_object_set(answer, "challenge_id", json_object_get(begun, "challenge_id"));
    json_object_set_new(answer, "token", json_string(strchr(json_text(made, "link"), '#') + 1));
    visitor_refused(&jon, "POST", "/enrolment", answer, 422, "passkey.refused");
    visitor_enrol(&jon, json_text(made, "link"), -7); /* the link is as good as before */
    house_close(&house);
}

static void the_invited_person_says_what_is_wrong(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, jon;
    visitor_be_administrator(&mira, &house);
    visitor_init(&jon, &house);
    g_autoptr(json_t) made = visitor_get(&mira, "POST", "/invitations", invitation("Jon Arwik", "prosecutor"), 201);
    json_t *wrong = token_body(json_text(made, "link"));
    json_object_set_new(wrong, "what", json_string("It is Arvik, with a v."));
    json_decref(visitor_get(&jon, "POST", "/enrolment/wrong", wrong, 204));
    g_autoptr(json_t) list = visitor_get(&mira, "GET", "/invitations?state=open", NULL, 200);
    const json_t *item = json_array_get(json_object_get(list, "items"), 0);
    g_assert_cmpstr(json_text(item, "wrong"), ==, "It is Arvik, with a v.");
    g_assert_cmpstr(json_text(json_object_get(item, "by"), "name"), ==, "Mira Tellan");
    g_autoptr(json_t) me = visitor_get(&mira, "GET", "/me", NULL, 200);
    g_assert_cmpstr(json_text(json_array_get(json_object_get(me, "notices"), 0), "code"), ==, "invitation.wrong");

    visitor_enrol(&jon, json_text(made, "link"), -7);
    g_autoptr(json_t) settled = visitor_get(&mira, "GET", "/me", NULL, 200);
    g_assert_cmpuint(json_array_size(json_object_get(settled, "notices")), ==, 0);
    house_close(&house);
}

/* Who has lost every passkey gets a new link for the same account; the link before it is dead. */
static void a_known_person_is_invited_again(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, jon;
    visitor_be_administrator(&mira, &house);
    visitor_be(&jon, &house, &mira, "Jon Arvik", "prosecutor");
    g_autofree char *person = g_strdup(jon.person);
    g_autoptr(json_t) first = visitor_get(&mira, "POST", "/invitations", json_pack("{s:s}", "person", person), 201);
    g_autoptr(json_t) second = visitor_get(&mira, "POST", "/invitations", json_pack("{s:s}", "person", person), 201);
    visitor_refused(&jon, "POST", "/enrolment/open", token_body(json_text(first, "link")), 410, "enrolment.withdrawn");
    visitor_enrol(&jon, json_text(second, "link"), -8);
    g_assert_cmpstr(jon.person, ==, person);
    g_autoptr(json_t) keys = visitor_get(&jon, "GET", "/me/passkeys", NULL, 200);
    g_assert_cmpuint(json_array_size(json_object_get(keys, "items")), ==, 2);
    house_close(&house);
}

static void the_command_line_invites_whom_it_invited_before(void)
{
    g_autoptr(GError) error = NULL;
    House house;
    house_open(&house, features);
    g_autofree char *first = NULL, *second = NULL;
    g_assert_true(people_invite(house.node, "Mira Tellan", NULL, TRUE, &first, &error));
    g_assert_true(people_invite(house.node, "Mira Tellan", NULL, TRUE, &second, &error));
    g_assert_no_error(error);
    g_auto(Visitor) mira;
    visitor_init(&mira, &house);
    visitor_refused(&mira, "POST", "/enrolment/open", token_body(first), 410, "enrolment.withdrawn");
    visitor_enrol(&mira, second, -7);
    g_autoptr(json_t) people = visitor_get(&mira, "GET", "/people", NULL, 200);
    g_assert_cmpint(json_integer_or(people, "total", 0), ==, 1);
    g_autoptr(json_t) list = visitor_get(&mira, "GET", "/invitations", NULL, 200);
    g_assert_true(json_is_null(json_object_get(json_array_get(json_object_get(list, "items"), 0), "by")));
    house_close(&house);
}

/* ---- passkeys ---- */

static void add_passkey(Visitor *visitor, SoftAuthenticator *passkey, guint status, const char *code)
{
    g_autoptr(json_t) options = visitor_get(visitor, "POST", "/me/passkeys/options", NULL, 200);
    json_t *answer = soft_authenticator_register(passkey, json_text(options, "challenge"));
    json_object_set(answer, "challenge_id", json_object_get(options, "id"));
    json_object_set_new(answer, "label", json_string("The blue one"));
    if (code)
        visitor_refused(visitor, "POST", "/me/passkeys", answer, status, code);
    else
        json_decref(visitor_get(visitor, "POST", "/me/passkeys", answer, status));
}

static void several_passkeys_and_never_none(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_autoptr(json_t) one = visitor_get(&mira, "GET", "/me/passkeys", NULL, 200);
    g_autofree char *first =
        g_strconcat("/me/passkeys/", json_text(json_array_get(json_object_get(one, "items"), 0), "id"), NULL);
    visitor_refused(&mira, "DELETE", first, NULL, 409, "passkey.last");

    SoftAuthenticator *blue = soft_authenticator_new(-8, HOUSE_ORIGIN);
    add_passkey(&mira, blue, 201, NULL);
    add_passkey(&mira, blue, 409, "passkey.known");
    g_autoptr(json_t) named = visitor_get(&mira, "PATCH", first, json_pack("{s:s}", "label", "The old one"), 200);
    g_assert_cmpstr(json_text(named, "label"), ==, "The old one");

    /* The session that the old one opened goes on only here, where its owner just removed it. */
    g_auto(Visitor) tablet;
    visitor_init(&tablet, &house);
    tablet.passkey = g_steal_pointer(&mira.passkey);
    visitor_sign_in(&tablet);
    json_decref(visitor_get(&mira, "DELETE", first, NULL, 204));
    visitor_refused(&tablet, "GET", "/me", NULL, 401, "session.none");
    visitor_refused(&tablet, "POST", "/sign-in", visitor_sign_in_body(&tablet), 401, "sign_in.refused");
    mira.passkey = blue;
    visitor_sign_in(&mira);
    house_close(&house);
}

/* ---- accounts ---- */

static void roles_change_with_the_tag_that_was_read(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, jon;
    visitor_be_administrator(&mira, &house);
    visitor_be(&jon, &house, &mira, "Jon Arvik", "investigator");
    g_autofree char *path = person_path(jon.person, "");
    json_t *change = json_pack("{s:[s, s], s:s}", "roles", "prosecutor", "clerk", "name", "Jon M. Arvik");
    visitor_refused(&mira, "PATCH", path, json_incref(change), 428, "http.if_match");
    g_autoptr(Reply) read = visitor_ask(&mira, "GET", path, NULL);
    g_autofree char *tag = g_strndup(reply_header(read, "etag") + 1, strlen(reply_header(read, "etag")) - 2);
    mira.etag = tag;
    g_autoptr(json_t) changed = visitor_get(&mira, "PATCH", path, json_incref(change), 200);
    g_assert_cmpstr(json_text(changed, "name"), ==, "Jon M. Arvik");
    visitor_refused(&mira, "PATCH", path, change, 412, "http.precondition");
    mira.etag = NULL;

    g_autoptr(json_t) me = visitor_get(&jon, "GET", "/me", NULL, 200); /* the same session, other roles */
    g_autoptr(json_t) expected = json_pack("[s, s]", "clerk", "prosecutor");
    g_assert_true(json_equal(json_object_get(me, "roles"), expected));
    house_close(&house);
}

static void the_last_administrator_stays_one(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_autofree char *path = person_path(mira.person, ""), *disable = person_path(mira.person, "/disable");
    g_autoptr(Reply) read = visitor_ask(&mira, "GET", path, NULL);
    g_autofree char *tag = g_strndup(reply_header(read, "etag") + 1, strlen(reply_header(read, "etag")) - 2);
    mira.etag = tag;
    visitor_refused(&mira, "PATCH", path, json_pack("{s:b, s:[s]}", "admin", FALSE, "roles", "clerk"), 409,
                    "person.last_administrator");
    visitor_refused(&mira, "POST", disable, NULL, 409, "person.self");
    house_close(&house);
}

static void only_administrators_see_and_change_people(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, jon;
    visitor_be_administrator(&mira, &house);
    visitor_be(&jon, &house, &mira, "Jon Arvik", "investigator");
    g_autofree char *path = person_path(mira.person, ""), *disable = person_path(mira.person, "/disable");
    visitor_refused(&jon, "GET", "/people", NULL, 403, "person.not_administrator");
    visitor_refused(&jon, "GET", path, NULL, 403, "person.not_administrator");
    visitor_refused(&jon, "PATCH", path, json_pack("{s:b}", "admin", FALSE), 403, "person.not_administrator");
    visitor_refused(&jon, "POST", disable, NULL, 403, "person.not_administrator");
    visitor_refused(&jon, "POST", "/invitations", invitation("X", "clerk"), 403, "person.not_administrator");
    visitor_refused(&jon, "POST", "/tokens", json_pack("{s:s, s:[s]}", "name", "X", "scopes", "all"), 403,
                    "person.not_administrator");
    g_autoptr(json_t) directory = visitor_get(&jon, "GET", "/directory?q=MIRA", NULL, 200);
    const json_t *found = json_array_get(json_object_get(directory, "items"), 0);
    g_assert_cmpstr(json_text(found, "id"), ==, mira.person);
    g_assert_null(json_object_get(found, "last_seen"));
    house_close(&house);
}

static void change_admin(Visitor *by, const char *path, gboolean admin)
{
    g_autoptr(Reply) read = visitor_ask(by, "GET", path, NULL);
    g_autofree char *tag = g_strndup(reply_header(read, "etag") + 1, strlen(reply_header(read, "etag")) - 2);
    by->etag = tag;
    json_decref(visitor_get(by, "PATCH", path, json_pack("{s:b}", "admin", admin), 200));
    by->etag = NULL;
}

static void a_closed_account_opens_nothing(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, jon;
    visitor_be_administrator(&mira, &house);
    visitor_be(&jon, &house, &mira, "Jon Arvik", "investigator");
    /* Nobody makes a token in another's name: Jon makes his own while he is an administrator. */
    visitor_refused(&mira, "POST", "/tokens",
                    json_pack("{s:s, s:s, s:[s]}", "name", "Script", "person", jon.person, "scopes", "cases:read"), 403,
                    "token.person");
    g_autofree char *own = person_path(jon.person, "");
    change_admin(&mira, own, TRUE);
    g_autoptr(json_t) made = visitor_get(
        &jon, "POST", "/tokens",
        json_pack("{s:s, s:s, s:[s]}", "name", "Script", "person", jon.person, "scopes", "cases:read"), 201);
    change_admin(&mira, own, FALSE);
    g_autoptr(json_t) link = visitor_get(&mira, "POST", "/invitations", json_pack("{s:s}", "person", jon.person), 201);
    g_autofree char *disable = person_path(jon.person, "/disable"), *enable = person_path(jon.person, "/enable");
    g_auto(Visitor) script;
    visitor_init(&script, &house);
    script.token = g_strdup(json_text(made, "token"));
    json_decref(visitor_get(&script, "GET", "/me", NULL, 200));

    g_autoptr(json_t) closed = visitor_get(&mira, "POST", disable, NULL, 200);
    g_assert_cmpstr(json_text(closed, "state"), ==, "disabled");
    visitor_refused(&jon, "GET", "/me", NULL, 401, "session.none");
    visitor_refused(&jon, "POST", "/sign-in", visitor_sign_in_body(&jon), 401, "sign_in.refused");
    visitor_refused(&script, "GET", "/me", NULL, 401, "session.none");
    visitor_refused(&jon, "POST", "/enrolment/open", token_body(json_text(link, "link")), 410, "enrolment.withdrawn");
    visitor_refused(&mira, "POST", disable, NULL, 409, "person.disabled");

    g_autoptr(json_t) opened = visitor_get(&mira, "POST", enable, NULL, 200);
    g_assert_cmpstr(json_text(opened, "state"), ==, "active");
    visitor_sign_in(&jon);
    visitor_refused(&script, "GET", "/me", NULL, 401, "session.none"); /* what was revoked and withdrawn stays so */
    visitor_refused(&jon, "POST", "/enrolment/open", token_body(json_text(link, "link")), 410, "enrolment.withdrawn");
    house_close(&house);
}

/* What a page shows is what a rebuild from the records gives. */
static void people_come_page_by_page(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    static const char *const names[] = {"Zoe", "åsa", "Bea", "carl"};
    for (gsize n = 0; n < G_N_ELEMENTS(names); n++)
        json_decref(visitor_get(&mira, "POST", "/invitations", invitation(names[n], "clerk"), 201));
    g_autoptr(json_t) first = visitor_get(&mira, "GET", "/people?state=invited&limit=3", NULL, 200);
    g_assert_cmpint(json_integer_or(first, "total", 0), ==, 4);
    g_assert_cmpuint(json_array_size(json_object_get(first, "items")), ==, 3);
    g_autofree char *path = g_strconcat("/people?state=invited&limit=3&cursor=", json_text(first, "next"), NULL);
    g_autoptr(json_t) second = visitor_get(&mira, "GET", path, NULL, 200);
    g_assert_cmpuint(json_array_size(json_object_get(second, "items")), ==, 1);
    g_assert_true(json_is_null(json_object_get(second, "next")));
    visitor_refused(&mira, "GET", "/people?role=king", NULL, 422, "list.filter");
    house_close(&house);
}

static guint notices(Visitor *visitor, const char *code)
{
    guint count = 0;
    g_autoptr(json_t) me = visitor_get(visitor, "GET", "/me", NULL, 200);
    gsize n;
    const json_t *notice;
    json_array_foreach(json_object_get(me, "notices"), n, notice) count +=
        g_strcmp0(json_text(notice, "code"), code) == 0;
    return count;
}

/* The hourly look: a day before a link ends, two weeks before a token does; told until it is over. */
static void what_is_about_to_end_is_told(void)
{
    g_autoptr(GError) error = NULL;
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira, jon;
    visitor_be_administrator(&mira, &house);
    visitor_init(&jon, &house);
    g_autofree char *later = time_text(house.world.now + G_GINT64_CONSTANT(15) * 24 * 3600 * 1000);
    json_decref(visitor_get(&mira, "POST", "/tokens",
                            json_pack("{s:s, s:[s], s:s}", "name", "Script", "scopes", "all", "expires", later), 201));
    g_autoptr(json_t) made = visitor_get(&mira, "POST", "/invitations", invitation("Jon Arvik", "clerk"), 201);
    g_assert_true(people_look_for_endings(house.node, NULL, &error));
    g_assert_cmpuint(notices(&mira, "invitation.expiring") + notices(&mira, "token.expiring"), ==, 0);

    house.world.now += G_GINT64_CONSTANT(49) * 3600 * 1000;
    visitor_sign_in(&mira);
    g_assert_true(people_look_for_endings(house.node, NULL, &error));
    g_assert_true(people_look_for_endings(house.node, NULL, &error)); /* said once */
    g_assert_cmpuint(notices(&mira, "invitation.expiring"), ==, 1);
    g_assert_cmpuint(notices(&mira, "token.expiring"), ==, 1);
    visitor_enrol(&jon, json_text(made, "link"), -8);
    g_assert_cmpuint(notices(&jon, "token.expiring"), ==, 0);
    g_assert_true(people_look_for_endings(house.node, NULL, &error));
    g_assert_cmpuint(notices(&mira, "invitation.expiring"), ==, 0);
    g_assert_no_error(error);
    house_close(&house);
}

static void the_role_matrix_is_the_acts_tables(void)
{
    House house;
    house_open(&house, features);
    g_auto(Visitor) mira;
    visitor_be_administrator(&mira, &house);
    g_autoptr(json_t) matrix = visitor_get(&mira, "GET", "/roles", NULL, 200);
    gboolean found = FALSE;
    gsize n;
    const json_t *act;
    json_array_foreach(json_object_get(matrix, "acts"), n, act)
    {
        if (g_strcmp0(json_text(act, "type"), "invitation.made/1") != 0)
            continue;
        g_autoptr(json_t) by = json_pack("[s]", "administrator");
        g_assert_true(json_equal(json_object_get(act, "by"), by));
        g_assert_cmpstr(json_text(act, "feature"), ==, "people");
        found = TRUE;
    }
    g_assert_true(found);
    house_close(&house);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/invitations/expired", a_link_expires_after_three_days);
    g_test_add_func("/people/invitations/withdrawn", a_withdrawn_link_opens_nothing);
    g_test_add_func("/people/invitations/own-challenge", a_link_has_its_own_challenge);
    g_test_add_func("/people/invitations/unverified", a_passkey_without_verification_is_not_enrolled);
    g_test_add_func("/people/invitations/wrong", the_invited_person_says_what_is_wrong);
    g_test_add_func("/people/invitations/again", a_known_person_is_invited_again);
    g_test_add_func("/people/invitations/command-line", the_command_line_invites_whom_it_invited_before);
    g_test_add_func("/people/passkeys/several", several_passkeys_and_never_none);
    g_test_add_func("/people/accounts/changed", roles_change_with_the_tag_that_was_read);
    g_test_add_func("/people/accounts/last-administrator", the_last_administrator_stays_one);
    g_test_add_func("/people/accounts/administrators-only", only_administrators_see_and_change_people);
    g_test_add_func("/people/accounts/closed", a_closed_account_opens_nothing);
    g_test_add_func("/people/accounts/pages", people_come_page_by_page);
    g_test_add_func("/people/endings", what_is_about_to_end_is_told);
    g_test_add_func("/people/roles", the_role_matrix_is_the_acts_tables);
    return g_test_run();
}
