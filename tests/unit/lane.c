/* Stories of a lane: authorities write, send each other what they hold, are killed and restored, and erase. Each story
 * ends in what everybody must see. The stories of the executable model stand in golden.c. */
#include "ledger/lane.h"
#include "base/error.h"
#include "support/exhibits.h"
#include <string.h>

static json_t *handed(const char *from, const char *to)
{
    return json_pack("{s:n, s:s, s:s}", "home", "from", from, "to", to);
}

/* ---- everyday ---- */

static void what_one_writes_all_read(void)
{
    g_autoptr(Parties) lane = parties_new(3);
    party_do(party_of(lane, 0), "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    parties_share(lane);
    party_do(party_of(lane, 1), "exhibit.corrected/1", "b", EXHIBIT, described("telephone, black"));
    parties_share(lane);
    for (guint i = 0; i < 3; i++)
        assert_value(party_of(lane, i), EXHIBIT, "description", "telephone, black");
    assert_agreed(lane);
}

static void killed_after_every_record(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("x"));
    for (guint i = 0; i < 20; i++) {
        g_autofree char *words = g_strdup_printf("telephone %u", i);
        party_restart(a);
        party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described(words));
    }
    party_send(a, b);
    party_restart(b);
    assert_value(b, EXHIBIT, "description", "telephone 19");
    assert_agreed(lane);
    Hash root_a, root_b;
    g_autoptr(GError) error = NULL;
    guint64 size = lane_line(a->lane, 0)->size;
    g_assert_true(lane_root(a->lane, 0, size, &root_a, &error) && lane_root(b->lane, 0, size, &root_b, &error));
    g_assert_true(hash_equal(&root_a, &root_b));
    for (guint64 seq = 0; seq < size; seq++) { /* every record proves itself to an outsider */
        g_auto(RecordRow) row = {0};
        g_autoptr(GArray) proof = lane_inclusion(b->lane, 0, seq, size, &error);
        g_assert_true(lane_record(b->lane, (Place){0, seq}, 0, &row, &error));
        g_assert_true(
            merkle_verify_inclusion(&row.leaf, seq, size, (Hash *)(gpointer)proof->data, proof->len, &root_a, &error));
        Hash then;
        g_autoptr(GArray) grown = lane_consistency(b->lane, 0, seq + 1, size, &error);
        g_assert_true(lane_root(b->lane, 0, seq + 1, &then, &error));
        g_assert_true(merkle_verify_consistency(seq + 1, &then, size, &root_a, (Hash *)(gpointer)grown->data,
                                                grown->len, &error));
    }
}

/* Nobody else will have to call void what this node refused to write. */
static void what_would_be_void_is_refused(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_introduce(a, "clerk", json_pack("[s]", "clerk"), json_array(), FALSE);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    parties_share(lane);
    assert_refused(b, "exhibit.corrected/1", "nobody", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN,
                   "not introduced");
    assert_refused(a, "exhibit.corrected/1", "clerk", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN,
                   "lacks the role");
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, described(""), COMITY_ERROR_INVALID, "must not be empty");
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, json_object(), COMITY_ERROR_INVALID, "is missing");
    assert_refused(b, "exhibit.handed_over/1", "b", EXHIBIT, handed("a", "b"), COMITY_ERROR_CONFLICT, "not the home");
    assert_refused(a, "exhibit.added/1", "a", EXHIBIT, added("again"), COMITY_ERROR_CONFLICT, "there already");
    assert_refused(b, "exhibit.added/1", "b", "a.example/0002", added("mine"), COMITY_ERROR_FORBIDDEN, "another node");
    assert_refused(b, "exhibit.corrected/1", "b", "b.example/none", described("x"), COMITY_ERROR_INVALID,
                   "names no record");
    assert_refused(b, "exhibit.melted/1", "b", EXHIBIT, NULL, COMITY_ERROR_INVALID, "no act of this type");
    assert_refused(b, "lane.joined/1", "", NULL, json_pack("{s:n}", "under"), COMITY_ERROR_INVALID, "out of place");
    assert_refused(a, "person.introduced/1", "a", NULL,
                   json_pack("{s:s, s:[], s:[], s:b}", "who", "x", "roles", "credentials", "machine", 0),
                   COMITY_ERROR_INVALID, "a person signs");
    assert_refused(b, "exhibit.sealed/1", "b", EXHIBIT, json_pack("{s:n}", "home"), COMITY_ERROR_CONFLICT,
                   "not the home");
    assert_refused(a, "exhibit.sealed/1", "a", EXHIBIT, json_pack("{s:n}", "home"), COMITY_ERROR_FORBIDDEN,
                   "not confirmed");
    g_autofree char *zeros = g_strnfill(64, '0');
    assert_refused(a, "carried/1", "a", "a.example/0002",
                   json_pack("{s:s, s:{}, s:{s:s, s:s, s:[s]}}", "kind", "weapon", "state", "origin", "lane", zeros,
                             "subject", "x.example/1", "heads", zeros),
                   COMITY_ERROR_FORBIDDEN, "no such power");
    parties_share(lane);
    assert_agreed(lane);
}

static void a_refusal_names_the_field(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    g_autoptr(GError) error = NULL;
    g_assert_false(party_try(party_of(lane, 0), "exhibit.added/1", "a", EXHIBIT,
                             json_pack("{s:s, s:i}", "description", "telephone", "custodian", 7), &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_cmpstr(error_pointer(error), ==, "/custodian");
}

static void withdrawn_people_act_no_longer(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    party_do(a, "person.withdrawn/1", "", NULL, json_pack("{s:s}", "who", "a"));
    g_assert_null(lane_person(a->lane, "a"));
    assert_refused(a, "exhibit.corrected/1", "a", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN, "not introduced");
    party_introduce(a, "a", json_pack("[s]", "investigator"), json_array(), FALSE);
    party_restart(a);
    g_autoptr(GPtrArray) people = lane_people(a->lane);
    g_assert_cmpuint(people->len, ==, 1);
    g_assert_cmpstr(lane_person(a->lane, "a")->roles[0], ==, "investigator");
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    assert_value(a, EXHIBIT, "description", "telephone, black");
}

/* person.named creates the entity that it later changes, and names no person as its writer. */
static void a_persons_name_is_an_entity(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    party_do(a, "person.named/1", "", "a.example/p1",
             json_pack("{s:s, s:s, s:s}", "name", "Amina", "title", "", "affiliation", "Police"));
    party_do(a, "person.named/1", "", "a.example/p1",
             json_pack("{s:s, s:s, s:s}", "name", "Amina B.", "title", "Inspector", "affiliation", "Police"));
    assert_value(a, "a.example/p1", "name", "Amina B.");
    g_assert_cmpstr(entity_kind(party_entity(a, "a.example/p1")), ==, "person");
    g_assert_cmpuint(entity_record_count(party_entity(a, "a.example/p1")), ==, 2);
}

static void the_clock_goes_back_but_a_feed_does_not(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0);
    LaneAppended before = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    a->world.now -= 100000000;
    LaneAppended after = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    g_assert_cmpint(after.time_ms, ==, before.time_ms);
    parties_share(lane);
    g_assert_cmpint(party_class(party_of(lane, 1), &after.leaf, NULL), ==, RECORD_VALID);
}

/* ---- authority ---- */

/* Whoever comes later can't write another charter over the first. */
static void a_second_charter_changes_nothing(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *b = party_of(lane, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) members = json_deep_copy(lane_charter_act(b->lane));
    json_t *rights = json_pack("{s:[s, s], s:[s]}", "b.example", "exhibit", "person", "evil.example", "exhibit");
    json_object_set_new(members, "parties", rights);
    json_object_set_new(members, "lead", json_string("b.example"));
    g_autoptr(json_t) own = act_members(members);
    ActParts parts = {.space = b->context.space,
                      .lane = lane->lane,
                      .node = "b.example",
                      .person = "",
                      .subject = lane->lane,
                      .type = "lane.chartered/1",
                      .lasting = TRUE,
                      .members = own};
    g_autoptr(GBytes) act = act_write(&parts, &b->world.env, &error);
    LaneAct again = {.prepared = act};
    g_assert_false(lane_append(b->lane, &again, NULL, &error));
    g_assert_false(lane_has_party(b->lane, "evil.example"));
    g_clear_error(&error);
    g_assert_false(lane_begin(b->lane, act, NULL, NULL, NULL, &error)); /* not as a new epoch's first act either */
    g_assert_nonnull(error);
    g_assert_false(lane_has_party(b->lane, "evil.example"));
    g_assert_cmpstr(json_text(lane_charter_act(b->lane), "lead"), ==, "a.example");
}

static void only_the_lead_ends_a_lane(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    for (guint i = 0; i < 2; i++)
        party_introduce(party_of(lane, i), "robot", json_pack("[s]", "prosecutor"), json_array(), TRUE);
    assert_refused(b, "lane.ended/1", "robot", NULL, json_pack("{s:n}", "successor"), COMITY_ERROR_FORBIDDEN,
                   "not the lead");
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    party_do(a, "lane.ended/1", "robot", NULL, json_pack("{s:n}", "successor"));
    g_assert_true(lane_has_ended(a->lane) && !lane_has_ended(b->lane));
    LaneAppended meanwhile = party_do(b, "exhibit.added/1", "b", "b.example/1", added("knife"));
    parties_share(lane);
    g_assert_true(lane_has_ended(b->lane));
    g_assert_cmpint(party_class(a, &meanwhile.leaf, NULL), ==, RECORD_VALID);
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, described("x"), COMITY_ERROR_CONFLICT, "has ended");
    party_introduce(b, "late", json_pack("[s]", "investigator"), json_array(), FALSE);
    parties_share(lane);
    assert_agreed(lane);
}

/* An older version can't know what an act of a later one gave: it must not call void what may rest on it. */
static void after_an_unknown_act_nothing_is_void(void)
{
    const char *const without[] = {"person.promoted/1", NULL};
    g_autoptr(Parties) lane = parties_new(1), older = parties_new_aged(1, without);
    Party *a = party_of(lane, 0), *old = parties_add(lane, "old.example");
    LaneAppended promoted =
        party_do(a, "person.promoted/1", "", NULL, json_pack("{s:s, s:[s]}", "who", "x", "roles", "investigator"));
    LaneAppended hers = party_do(a, "exhibit.added/1", "x", EXHIBIT, added("telephone"));
    LaneAppended his = party_do(a, "exhibit.added/1", "a", "a.example/0002", added("knife"));
    old->context.types = older->types;
    party_restart(old);
    party_send(a, old);
    g_assert_cmpint(party_class(old, &promoted.leaf, NULL), ==, RECORD_UNKNOWN);
    g_assert_cmpint(party_class(old, &hers.leaf, NULL), ==, RECORD_UNKNOWN);
    g_assert_cmpint(party_class(old, &his.leaf, NULL), ==, RECORD_VALID);
    Party *upgraded = parties_add(lane, "upgraded.example"); /* the lane is rebuilt */
    party_send(old, upgraded);
    g_assert_cmpint(party_class(upgraded, &hers.leaf, NULL), ==, RECORD_VALID);
}

/* ---- erasing ---- */

static void what_is_erased_is_gone_and_stays_away(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_introduce(a, "robot", json_pack("[s]", "prosecutor"), json_array(), TRUE);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended child = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("name of a child"));
    parties_share(lane);
    Party *keeper = parties_add(lane, "b.example");
    party_send(b, keeper);
    g_assert_cmpuint(lane_erased(b->lane)->len, ==, 0);
    g_autofree char *leaf = hash_text(&child.leaf);
    LaneAppended erased =
        party_do(a, "erased/1", "robot", NULL,
                 json_pack("{s:[s], s:s, s:s}", "records", leaf, "order", "order 7", "authority", "court"));
    g_assert_cmpuint(lane_erased(a->lane)->len, ==, 1);
    party_send_one(a, b, erased.at, TRUE);
    for (guint i = 0; i < 2; i++) {
        Party *party = party_of(lane, i);
        g_assert_cmpint(party_class(party, &child.leaf, NULL), ==, RECORD_ERASED);
        g_assert_null(entity_text(party_entity(party, EXHIBIT), "name"));
        assert_value(party, EXHIBIT, "description", "telephone");
        g_autoptr(GPtrArray) holes = entity_holes(party_entity(party, EXHIBIT));
        g_assert_cmpuint(holes->len, ==, 1);
        g_assert_true(lane_purge(party->lane, &error));
    }
    for (guint32 i = 0; i < lane_line_count(b->lane); i++)
        for (guint64 seq = 0; seq < lane_line(b->lane, i)->size; seq++) {
            g_auto(RecordRow) row = {0};
            g_assert_true(lane_record(b->lane, (Place){i, seq}, RECORD_ACT, &row, &error));
            g_assert_true(row.act || hash_equal(&row.leaf, &child.leaf));
        }
    Party *late = parties_add(lane, "b.example"); /* comes to the lane afterwards */
    party_send(b, late);
    party_send(keeper, b); /* was away, and sends what it still has */
    g_assert_cmpint(party_class(b, &child.leaf, NULL), ==, RECORD_ERASED);
    g_auto(RecordRow) row = {0};
    g_assert_true(lane_record(b->lane, child.at, RECORD_ACT, &row, &error));
    g_assert_null(row.act);
    parties_share(lane);
    assert_agreed(lane);
    party_restart(b);
    assert_agreed(lane);
    assert_refused(b, "erased/1", "b", NULL,
                   json_pack("{s:[s], s:s, s:s}", "records", leaf, "order", "x", "authority", ""),
                   COMITY_ERROR_FORBIDDEN, "may not erase");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lane/what-one-writes-all-read", what_one_writes_all_read);
    g_test_add_func("/lane/killed-after-every-record", killed_after_every_record);
    g_test_add_func("/lane/what-would-be-void-is-refused", what_would_be_void_is_refused);
    g_test_add_func("/lane/a-refusal-names-the-field", a_refusal_names_the_field);
    g_test_add_func("/lane/withdrawn-people-act-no-longer", withdrawn_people_act_no_longer);
    g_test_add_func("/lane/a-persons-name-is-an-entity", a_persons_name_is_an_entity);
    g_test_add_func("/lane/the-clock-goes-back-but-a-feed-does-not", the_clock_goes_back_but_a_feed_does_not);
    g_test_add_func("/lane/a-second-charter-changes-nothing", a_second_charter_changes_nothing);
    g_test_add_func("/lane/only-the-lead-ends-a-lane", only_the_lead_ends_a_lane);
    g_test_add_func("/lane/after-an-unknown-act-nothing-is-void", after_an_unknown_act_nothing_is_void);
    g_test_add_func("/lane/what-is-erased-is-gone-and-stays-away", what_is_erased_is_gone_and_stays_away);
    return g_test_run();
}
