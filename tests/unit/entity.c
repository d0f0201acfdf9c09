/* What a fold makes of an entity: which values stand, what was impossible, where something is missing, and that
 * applying one record more gives what folding all again gives. */
#include "ledger/entity.h"
#include "support/parties.h"
#include <string.h>

#define EXHIBIT "a.example/0001"

static json_t *added(const char *description)
{
    return json_pack("{s:s, s:s}", "description", description, "custodian", "a");
}

static json_t *described(const char *description)
{
    return json_pack("{s:s}", "description", description);
}

static json_t *handed(const char *from, const char *to)
{
    return json_pack("{s:n, s:s, s:s}", "home", "from", from, "to", to);
}

/* The standing values of @field, joined by a bar, in canonical order. */
static char *standing(const Entity *entity, const char *field)
{
    g_autoptr(GArray) values = entity_values(entity, field);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < values->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "",
                               json_string_value(g_array_index(values, EntityValue, i).value));
    return g_strdup(text->str);
}

static void assert_standing(Party *party, const char *field, const char *expected)
{
    g_autofree char *text = standing(party_entity(party, EXHIBIT), field);
    g_assert_cmpstr(text, ==, expected);
}

static void a_value_replaces_what_it_saw(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    LaneAppended one = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended two = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("black"));
    assert_standing(a, "description", "black");
    party_do_after(a, "exhibit.corrected/1", "a", EXHIBIT, &one.leaf, 1, described("grey")); /* a stale screen */
    assert_standing(a, "description", "black|grey");
    g_assert_true(entity_is_contested(party_entity(a, EXHIBIT), "description"));
    party_do_after(a, "exhibit.corrected/1", "a", EXHIBIT, &two.leaf, 1, described("dark"));
    assert_standing(a, "description", "grey|dark");
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("dark grey")); /* names both heads */
    assert_standing(a, "description", "dark grey");
    assert_standing(a, "custodian", "a");
    const Entity *entity = party_entity(a, EXHIBIT);
    g_autoptr(GArray) history = entity_history(entity, "description");
    g_assert_cmpuint(history->len, ==, 5);
    g_assert_true(hash_equal(&entity_first(entity)->leaf, &one.leaf));
    g_assert_cmpuint(entity_last(entity)->index, ==, 4);
    g_assert_cmpstr(entity_kind(entity), ==, "exhibit");
    g_assert_cmpstr(entity_id(entity), ==, "0001");
    g_assert_cmpstr(entity_creator(entity), ==, "a.example");
    g_autoptr(json_t) act = entity_act(entity, entity_record(entity, 1));
    g_assert_cmpstr(json_string_value(json_object_get(act, "description")), ==, "black");
}

static void the_tag_changes_with_the_heads(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended one = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    g_autofree char *first = entity_tag(party_entity(a, EXHIBIT));
    party_do(a, "exhibit.added/1", "a", "a.example/0002", added("knife"));
    g_autofree char *same = entity_tag(party_entity(a, EXHIBIT));
    g_assert_cmpstr(first, ==, same);
    parties_share(lane);
    g_autofree char *there = entity_tag(party_entity(b, EXHIBIT));
    g_assert_cmpstr(first, ==, there);
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("black"));
    g_autofree char *second = entity_tag(party_entity(a, EXHIBIT));
    g_assert_cmpstr(first, !=, second);
    party_do_after(a, "exhibit.corrected/1", "a", EXHIBIT, &one.leaf, 1, described("grey"));
    g_autofree char *third = entity_tag(party_entity(a, EXHIBIT));
    g_assert_cmpstr(second, !=, third);
    g_assert_cmpuint(strlen(third), ==, strlen(first));
}

/* A hand-over is judged against what its person saw, not against what others did meanwhile. */
static void a_step_is_judged_where_it_stood(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    LaneAppended one = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended two = party_do(a, "exhibit.handed_over/1", "a", EXHIBIT, handed("a", "b"));
    party_do_after(a, "exhibit.handed_over/1", "a", EXHIBIT, &one.leaf, 1,
                   handed("a", "c")); /* did not see the first */
    assert_standing(a, "custodian", "b|c");
    LaneAppended wrong = party_do_after(a, "exhibit.handed_over/1", "a", EXHIBIT, &two.leaf, 1, handed("c", "d"));
    assert_standing(a, "custodian", "b|c");
    g_autoptr(GPtrArray) idle = entity_idle(party_entity(a, EXHIBIT));
    g_assert_cmpuint(idle->len, ==, 1);
    const EntityRecord *record = g_ptr_array_index(idle, 0);
    g_assert_true(hash_equal(&record->leaf, &wrong.leaf));
    g_assert_cmpstr(record->idle, ==, "was not in that custody");
    g_assert_cmpint(record->class, ==, RECORD_VALID);
    party_do(a, "exhibit.handed_over/1", "a", EXHIBIT, handed("c", "e")); /* saw all: c is one who has it */
    assert_standing(a, "custodian", "e");
    g_assert_false(entity_hole_below(party_entity(a, EXHIBIT), entity_last(party_entity(a, EXHIBIT))));
}

static void homes_move_by_offer_and_answer(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    Hash creation = {{0}};
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended offer =
        party_do(a, "home.offered/1", "a", EXHIBIT, json_pack("{s:n, s:s}", "home", "to", "b.example"));
    parties_share(lane);
    const Entity *entity = party_entity(b, EXHIBIT);
    g_assert_true(hash_equal(&entity_open_offer(entity, &creation)->leaf, &offer.leaf));
    g_autofree char *hex = hash_text(&offer.leaf);
    LaneAppended accepted = party_do(b, "home.accepted/1", "b", EXHIBIT, json_pack("{s:s}", "offer", hex));
    parties_share(lane);
    for (guint i = 0; i < 2; i++) {
        entity = party_entity(party_of(lane, i), EXHIBIT);
        g_autoptr(GPtrArray) homes = entity_homes(entity);
        g_autoptr(GArray) titles = entity_titles(entity);
        g_assert_cmpuint(homes->len, ==, 1);
        g_assert_cmpstr(g_ptr_array_index(homes, 0), ==, "b.example");
        g_assert_cmpuint(titles->len, ==, 1);
        g_assert_true(hash_equal(&g_array_index(titles, Hash, 0), &accepted.leaf));
        g_assert_null(entity_open_offer(entity, &creation));
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *title = hash_text(&accepted.leaf);
    json_t *members = json_pack("{s:s, s:s, s:s}", "home", title, "from", "a", "to", "x");
    g_assert_false(party_try(a, "exhibit.handed_over/1", "a", EXHIBIT, json_incref(members), &error)); /* b's title */
    party_do(b, "exhibit.handed_over/1", "b", EXHIBIT, members);
    assert_standing(b, "custodian", "x");
}

/* An act for another kind of thing is valid, and has no effect here. */
static void a_thing_keeps_its_kind(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    party_do(a, "person.named/1", "", EXHIBIT,
             json_pack("{s:s, s:s, s:s}", "name", "X", "title", "", "affiliation", ""));
    const Entity *entity = party_entity(a, EXHIBIT);
    g_autoptr(GPtrArray) idle = entity_idle(entity);
    g_assert_cmpuint(idle->len, ==, 1);
    g_assert_cmpstr(((const EntityRecord *)g_ptr_array_index(idle, 0))->idle, ==, "another kind of thing");
    g_assert_cmpstr(entity_kind(entity), ==, "exhibit");
    g_assert_null(entity_value(entity, "name"));
    g_assert_cmpuint(entity_last(entity)->index, ==, 0);
}

/* What is carried brings all standing values, of whatever kind. */
static void what_is_carried_brings_everything(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    g_autofree char *zeros = g_strnfill(64, '0');
    party_do(a, "carried/1", "a", EXHIBIT,
             json_pack("{s:s, s:{s:[s, s], s:[i], s:[[s]], s:[]}, s:{s:s, s:s, s:[s]}}", "kind", "exhibit", "state",
                       "description", "black", "grey", "size", 7, "languages", "fr", "note", "origin", "lane", zeros,
                       "subject", "x.example/1", "heads", zeros));
    const Entity *entity = party_entity(a, EXHIBIT);
    assert_standing(a, "description", "black|grey");
    g_assert_cmpint(entity_integer(entity, "size", 0), ==, 7);
    g_assert_true(json_is_array(entity_value(entity, "languages")));
    g_autoptr(GPtrArray) fields = entity_fields(entity);
    g_assert_cmpuint(fields->len, ==, 4);
    g_assert_cmpstr(entity_kind(entity), ==, "exhibit");
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("dark grey"));
    assert_standing(a, "description", "dark grey");
}

/* Ten thousand acts in a row: descent stays two words a record, and a fold stays one pass. */
static void a_long_history_is_folded_in_one_pass(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    party_entity(a, EXHIBIT);
    for (guint i = 1; i <= 10000; i++) {
        g_autofree char *words = g_strdup_printf("%u", i);
        party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described(words));
    }
    assert_standing(a, "description", "10000");
    g_autoptr(Entity) again = lane_fold(a->lane, EXHIBIT, &error);
    g_autofree char *text = standing(again, "description");
    g_assert_cmpstr(text, ==, "10000");
    g_assert_true(entity_descends(again, entity_record(again, 10000), entity_record(again, 0)));
    g_assert_false(entity_descends(again, entity_record(again, 0), entity_record(again, 10000)));
}

/* ---- one more, or all again ---- */

static char *summary(const Entity *entity)
{
    g_autofree char *description = standing(entity, "description"), *custodian = standing(entity, "custodian");
    g_autofree char *tag = entity_tag(entity);
    g_autoptr(GPtrArray) idle = entity_idle(entity), holes = entity_holes(entity);
    return g_strdup_printf("%u %s %s %s %u %u", entity_record_count(entity), description, custodian, tag, idle->len,
                           holes->len);
}

/* Some of the records that @party has of the exhibit, as a person with an old screen would name. */
static guint choose_prev(GRand *chance, const Entity *entity, Hash prev[2])
{
    guint count = entity_record_count(entity), chosen = g_rand_boolean(chance) ? 1 : 2;
    prev[0] = entity_record(entity, (guint)g_rand_int_range(chance, 0, (gint)count))->leaf;
    prev[1] = entity_record(entity, (guint)g_rand_int_range(chance, 0, (gint)count))->leaf;
    return hash_equal(&prev[0], &prev[1]) ? 1 : chosen;
}

static void act_at_random(GRand *chance, Parties *lane)
{
    guint who = (guint)g_rand_int_range(chance, 0, 3);
    Party *party = party_of(lane, who);
    Hash prev[2];
    const char *const people[] = {"a", "b", "c"};
    guint count = choose_prev(chance, party_entity(party, EXHIBIT), prev);
    g_autofree char *words = g_strdup_printf("w%u", g_rand_int(chance) % 1000);
    if (who > 0 || g_rand_boolean(chance))
        party_do_after(party, "exhibit.corrected/1", people[who], EXHIBIT, prev, count, described(words));
    else
        party_do_after(party, "exhibit.handed_over/1", "a", EXHIBIT, prev, count,
                       handed(g_rand_boolean(chance) ? "a" : "b", "b"));
}

static void one_more_gives_what_all_again_gives(void)
{
    g_autoptr(GError) error = NULL;
    for (guint32 seed = 1; seed <= 12; seed++) {
        g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
        g_autoptr(Parties) lane = parties_new(3);
        party_do(party_of(lane, 0), "exhibit.added/1", "a", EXHIBIT, added("telephone"));
        parties_share(lane);
        for (guint step = 0; step < 40; step++) {
            act_at_random(chance, lane);
            if (g_rand_int_range(chance, 0, 4) == 0)
                party_send(party_of(lane, (guint)g_rand_int_range(chance, 0, 3)),
                           party_of(lane, (guint)g_rand_int_range(chance, 0, 3)));
            for (guint i = 0; i < 3; i++) {
                Party *party = party_of(lane, i);
                g_autoptr(Entity) again = lane_fold(party->lane, EXHIBIT, &error);
                g_autofree char *kept = summary(party_entity(party, EXHIBIT)), *fresh = summary(again);
                g_assert_cmpstr(kept, ==, fresh);
            }
        }
        parties_share(lane);
        g_autofree char *first = party_digest(party_of(lane, 0)), *last = party_digest(party_of(lane, 2));
        g_assert_cmpstr(first, ==, last);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/entity/a-value-replaces-what-it-saw", a_value_replaces_what_it_saw);
    g_test_add_func("/entity/the-tag-changes-with-the-heads", the_tag_changes_with_the_heads);
    g_test_add_func("/entity/a-step-is-judged-where-it-stood", a_step_is_judged_where_it_stood);
    g_test_add_func("/entity/homes-move-by-offer-and-answer", homes_move_by_offer_and_answer);
    g_test_add_func("/entity/a-thing-keeps-its-kind", a_thing_keeps_its_kind);
    g_test_add_func("/entity/what-is-carried-brings-everything", what_is_carried_brings_everything);
    g_test_add_func("/entity/a-long-history-is-folded-in-one-pass", a_long_history_is_folded_in_one_pass);
    g_test_add_func("/entity/one-more-gives-what-all-again-gives", one_more_gives_what_all_again_gives);
    return g_test_run();
}
