/* What arrives in a lane: in any order, late, never, or more than one header can name. */
#include "base/error.h"
#include "ledger/lane.h"
#include "support/exhibits.h"
#include <string.h>

/* ---- arriving ---- */

static void acts_come_after_their_headers(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended one = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended two = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    party_send_one(a, b, one.at, FALSE);
    party_send_one(a, b, two.at, TRUE);
    g_assert_cmpint(party_class(b, &one.leaf, NULL), ==, RECORD_ACTLESS);
    g_assert_null(entity_text(party_entity(b, EXHIBIT), "custodian"));
    assert_value(b, EXHIBIT, "description", "telephone, black");
    party_send_one(a, b, one.at, TRUE);
    assert_agreed(lane);
}

/* Without its act a lasting record is not placed: verdicts may rest on it. Nothing after it is, either. */
static void a_lasting_act_is_waited_for(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended withdrawn = party_do(a, "person.withdrawn/1", "", NULL, json_pack("{s:s}", "who", "a"));
    LaneAppended joined = party_do(
        a, "person.introduced/1", "", NULL,
        json_pack("{s:s, s:[s], s:[], s:b}", "who", "x", "roles", "investigator", "credentials", "machine", 0));
    LaneAppended one = party_do(a, "exhibit.added/1", "x", EXHIBIT, added("telephone"));
    party_send_one(a, b, withdrawn.at, FALSE);
    party_send_one(a, b, joined.at, TRUE);
    party_send_one(a, b, one.at, TRUE);
    g_assert_cmpint(party_class(b, &one.leaf, NULL), ==, RECORD_WAITING);
    party_restart(b);
    party_send_one(a, b, withdrawn.at, TRUE);
    g_assert_cmpint(party_class(b, &one.leaf, NULL), ==, RECORD_VALID);
    assert_agreed(lane);
}

static void what_comes_early_is_kept(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended at[30];
    at[0] = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    for (guint i = 1; i < 30; i++)
        at[i] = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("again"));
    for (guint i = 30; i > 1; i--)
        g_assert_cmpint(party_send_one(a, b, at[i - 1].at, TRUE), ==, LANE_EARLY);
    party_restart(b);
    g_assert_cmpint(party_send_one(a, b, at[0].at, TRUE), ==, LANE_STORED);
    g_assert_cmpint(party_class(b, &at[29].leaf, NULL), ==, RECORD_VALID);
    g_assert_cmpint(party_send_one(a, b, at[29].at, TRUE), ==, LANE_KNOWN);
    assert_agreed(lane);
}

static void a_tail_is_verified_as_a_whole(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = parties_add(lane, "b.example");
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    for (guint i = 0; i < 50; i++)
        party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("again"));
    guint64 size = lane_line(a->lane, 0)->size;
    g_autofree Hash *leaves = g_new(Hash, size);
    Hash root;
    g_assert_true(lane_root(a->lane, 0, size, &root, &error));
    guint32 line = LINE_NONE;
    for (guint64 seq = 0; seq < size; seq++) {
        g_auto(RecordRow) row = {0};
        g_assert_true(lane_record(a->lane, (Place){0, seq}, RECORD_HEADER | RECORD_ACT, &row, &error));
        leaves[seq] = row.leaf;
    }
    g_assert_true(lane_verify_tail(b->lane, LINE_NONE, 0, leaves, size, &root, &error));
    leaves[7].bytes[0] ^= 1;
    g_assert_false(lane_verify_tail(b->lane, LINE_NONE, 0, leaves, size, &root, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_clear_error(&error);
    for (guint64 seq = 0; seq < size; seq++) { /* verified: now each without a root of its own */
        g_auto(RecordRow) row = {0};
        LaneTaken taken;
        Place at;
        g_assert_true(lane_record(a->lane, (Place){0, seq}, RECORD_HEADER | RECORD_ACT, &row, &error));
        LaneArrival arrival = {.node = "a.example", .epoch = lane_line(a->lane, 0)->epoch, .seq = seq, .line = line};
        arrival.header.at = g_bytes_get_data(row.header, &arrival.header.length);
        arrival.act.at = g_bytes_get_data(row.act, &arrival.act.length);
        g_assert_true(lane_take(b->lane, &arrival, &taken, &at, &error));
        line = at.line;
    }
    g_assert_true(lane_attest(b->lane, line, size, &error));
    assert_agreed(lane);
}

static void a_first_record_that_was_not_signed_is_refused(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    g_autoptr(GError) error = NULL;
    Party *b = parties_add(lane, "b.example");
    g_auto(RecordRow) row = {0};
    g_assert_true(lane_record(party_of(lane, 0)->lane, (Place){0, 0}, RECORD_HEADER, &row, &error));
    Hash other = {{1}};
    LaneTaken taken;
    LaneArrival arrival = {.node = "a.example", .epoch = lane_line(party_of(lane, 0)->lane, 0)->epoch, .root = &other};
    arrival.header.at = g_bytes_get_data(row.header, &arrival.header.length);
    g_assert_false(lane_take(b->lane, &arrival, &taken, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_cmpuint(lane_line_count(b->lane), ==, 0);
}

/* ---- naming what moved ---- */

static void many_heads_are_named_by_the_first_thirty_two(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended first = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    for (guint i = 0; i < 40; i++) {
        g_autofree char *words = g_strdup_printf("%02u", i);
        party_do_after(a, "exhibit.corrected/1", "a", EXHIBIT, &first.leaf, 1, described(words));
    }
    g_autoptr(GArray) heads = entity_heads(party_entity(a, EXHIBIT));
    g_assert_cmpuint(heads->len, ==, 40);
    parties_share(lane);
    party_do(b, "exhibit.corrected/1", "b", EXHIBIT, described("settled, in part"));
    g_autoptr(GArray) values = entity_values(party_entity(b, EXHIBIT), "description");
    g_assert_cmpuint(values->len, ==, 9);
    g_assert_cmpstr(json_string_value(g_array_index(values, EntityValue, 0).value), ==, "32");
    party_do(b, "exhibit.corrected/1", "b", EXHIBIT, described("settled"));
    assert_value(b, EXHIBIT, "description", "settled");
    parties_share(lane);
    assert_agreed(lane);
}

/* The node was restored 140 times, and all its epochs are news to the next: what one header can't name is named by
 * the following ones, but never what an act itself follows. */
static void what_does_not_fit_a_header_is_named_later(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0);
    LaneAppended begun;
    for (guint i = 0; i <= 140; i++) {
        g_autofree char *subject = g_strdup_printf("a.example/p%u", lane_line_count(a->lane));
        g_assert_true(lane_begin(a->lane, NULL, NULL, "restored", &begun, &error));
        if (i < 140)
            party_do(a, "person.named/1", "", subject, named("Amina"));
    }
    guint32 own = lane_own_line(a->lane), missing = LINE_NONE;
    for (guint32 i = 2; i < own; i++) {
        guint64 size;
        g_assert_true(lane_past(a->lane, begun.at, i, &size, &error));
        if (size < lane_line(a->lane, i)->size)
            missing = i;
    }
    g_assert_cmpuint(missing, !=, LINE_NONE);
    g_autofree char *subject = g_strdup_printf("a.example/p%u", missing);
    LaneAppended next = party_do(a, "person.named/1", "", subject, named("Amina B.")), last;
    for (guint i = 0; i < 2; i++)
        last = party_do(a, "person.named/1", "", subject, named("Amina B."));
    for (guint32 i = 2; i < own; i++) {
        guint64 size;
        g_assert_true(lane_past(a->lane, last.at, i, &size, &error));
        g_assert_cmpuint(size, ==, lane_line(a->lane, i)->size);
    }
    parties_share(lane);
    g_assert_cmpint(party_class(party_of(lane, 1), &next.leaf, NULL), ==, RECORD_VALID);
    assert_agreed(lane);
}

static void who_may_be_sent_a_lane(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0);
    party_do(a, "field.delegated/1", "", NULL,
             json_pack("{s:s, s:[s], s:s}", "field", "laptop.a.example", "persons", "a", "until",
                       "2027-01-01T00:00:00.000Z"));
    g_assert_true(lane_has_party(a->lane, "b.example") && lane_has_party(a->lane, "laptop.a.example"));
    g_assert_false(lane_has_party(a->lane, "c.example"));
    g_autoptr(GPtrArray) parties = lane_parties(a->lane);
    g_assert_cmpuint(parties->len, ==, 3);
    g_assert_cmpstr(g_ptr_array_index(parties, 2), ==, "laptop.a.example");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lane/acts-come-after-their-headers", acts_come_after_their_headers);
    g_test_add_func("/lane/a-lasting-act-is-waited-for", a_lasting_act_is_waited_for);
    g_test_add_func("/lane/what-comes-early-is-kept", what_comes_early_is_kept);
    g_test_add_func("/lane/a-tail-is-verified-as-a-whole", a_tail_is_verified_as_a_whole);
    g_test_add_func("/lane/a-first-record-that-was-not-signed-is-refused",
                    a_first_record_that_was_not_signed_is_refused);
    g_test_add_func("/lane/many-heads-are-named-by-the-first-thirty-two", many_heads_are_named_by_the_first_thirty_two);
    g_test_add_func("/lane/what-does-not-fit-a-header-is-named-later", what_does_not_fit_a_header_is_named_later);
    g_test_add_func("/lane/who-may-be-sent-a-lane", who_may_be_sent_a_lane);
    return g_test_run();
}
