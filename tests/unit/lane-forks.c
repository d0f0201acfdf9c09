/* Feeds that begin anew and feeds that were written twice: what each party sees of them, and that nothing is undone. */
#include "base/error.h"
#include "ledger/lane.h"
#include "support/exhibits.h"
#include <string.h>

static void a_new_epoch_names_the_old_and_starts_with_nobody(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended begun;
    guint32 old = lane_own_line(a->lane);
    g_assert_true(lane_begin(a->lane, NULL, NULL, "restored", &begun, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(lane_own_line(a->lane), !=, old);
    g_assert_false(lane_line(a->lane, old)->own);
    guint64 seen;
    g_assert_true(lane_past(a->lane, begun.at, old, &seen, &error));
    g_assert_cmpuint(seen, ==, lane_line(a->lane, old)->size);
    g_assert_cmpuint(lane_people(a->lane)->len, ==, 0);
    assert_refused(a, "exhibit.corrected/1", "a", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN, "not introduced");
    party_restart(a);
    g_assert_cmpuint(lane_own_line(a->lane), !=, old);
    party_introduce(a, "a", json_pack("[s]", "investigator"), json_array(), FALSE);
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    parties_share(lane);
    assert_value(b, EXHIBIT, "description", "telephone, black");
    assert_agreed(lane);
}

/* b is copied: both copies write on in the same epoch, and show it to one other each. */
static Party *fork_of(Parties *lane, Party *original)
{
    Party *twin = parties_add(lane, "twin");
    g_autoptr(GError) error = NULL;
    twin->context.node = original->name;
    party_restart(twin);
    party_send(original, twin);
    guint32 line =
        lane_feed_line(twin->lane, original->name, lane_line(original->lane, lane_own_line(original->lane))->epoch);
    g_assert_true(lane_save(twin->lane, &error));
    LineRow row = *lane_line(twin->lane, line);
    row.own = TRUE;
    const LaneStore *store = lane_memory_store(twin->memory);
    g_assert_true(store->class->line_put(store->store, &row, &error));
    party_restart(twin);
    return twin;
}

static void a_fork_is_noticed_reported_and_undoes_nothing(void)
{
    g_autoptr(Parties) lane = parties_new(3);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1), *c = party_of(lane, 2);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    parties_share(lane);
    Party *twin = fork_of(lane, b);
    LaneAppended to_a = party_do(b, "exhibit.corrected/1", "b", EXHIBIT, described("to a"));
    LaneAppended to_c = party_do(twin, "exhibit.corrected/1", "b", EXHIBIT, described("to c"));
    party_send(b, a);
    party_send(twin, c);
    assert_value(a, EXHIBIT, "description", "to a");
    party_send(a, c);
    party_send(c, a);
    g_assert_cmpint(party_class(a, &to_a.leaf, NULL), ==, RECORD_FROZEN);
    g_assert_cmpint(party_class(a, &to_c.leaf, NULL), ==, RECORD_FROZEN);
    assert_value(a, EXHIBIT, "description", "telephone");
    for (guint i = 0; i < 3; i += 2) {
        Party *party = party_of(lane, i);
        report_fork(party);
        g_autoptr(GPtrArray) none = lane_forks_to_report(party->lane);
        g_assert_cmpuint(none->len, ==, 0);
        party_restart(party);
    }
    party_send(a, c);
    party_send(c, a);
    g_assert_cmpint(party_class(a, &to_a.leaf, NULL), ==, RECORD_VALID);
    g_assert_cmpint(party_class(c, &to_c.leaf, NULL), ==, RECORD_VALID);
    g_assert_true(entity_is_contested(party_entity(a, EXHIBIT), "description"));
    LaneAppended later = party_do(twin, "exhibit.corrected/1", "b", EXHIBIT, described("later"));
    party_send(twin, a);
    party_send(twin, c);
    g_assert_cmpint(party_class(a, &later.leaf, NULL), ==, RECORD_FROZEN); /* nothing new gets in */
    g_autofree char *digest_a = party_digest(a), *digest_c = party_digest(c);
    g_assert_cmpstr(digest_a, ==, digest_c);
    party_send(a, b);
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, described("x"), COMITY_ERROR_CONFLICT, "can't go on");
}

/* b's log key was stolen after record n; what the thief writes beyond counts only if others took it up unknowingly. */
static void a_closed_feed_ends_where_its_party_says(void)
{
    g_autoptr(Parties) lane = parties_new(3);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_do(b, "exhibit.added/1", "b", "b.example/1", added("telephone"));
    parties_share(lane);
    Party *thief = fork_of(lane, b);
    guint32 line = lane_own_line(b->lane);
    guint64 size = lane_line(b->lane, line)->size;
    g_autofree char *feed = g_strdup_printf("b.example/%s", lane_line(b->lane, line)->epoch);
    Hash root;
    g_assert_true(lane_root(b->lane, line, size, &root, &error));
    LaneAppended unseen =
        party_do(thief, "exhibit.corrected/1", "b", "b.example/1", described("stolen, taken up by a"));
    party_send(thief, a);
    LaneAppended vouch = party_do(a, "exhibit.corrected/1", "a", "b.example/1", described("by a"));
    LaneAppended late = party_do(thief, "exhibit.corrected/1", "b", "b.example/1", described("stolen, late"));
    party_send_one(thief, b, unseen.at, TRUE);
    party_send_one(thief, b, late.at, TRUE); /* its new epoch names it: but a party can't vouch for what it closes */
    g_assert_true(lane_begin(b->lane, NULL, NULL, "the key was stolen", NULL, &error));
    g_autofree char *hex = hash_text(&root);
    LaneAppended closed = party_do(b, "feed.closed/1", "", NULL,
                                   json_pack("{s:s, s:I, s:s}", "feed", feed, "size", (json_int_t)size, "root", hex));
    for (guint i = 0; i < 3; i++) {
        Party *party = party_of(lane, i);
        party_send(thief, party);
        party_send(a, party);
        party_send(b, party);
        g_assert_cmpint(party_class(party, &closed.leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(party, &unseen.leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(party, &vouch.leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(party, &late.leaf, NULL), ==, RECORD_FROZEN);
        party_restart(party);
        g_assert_cmpint(party_class(party, &late.leaf, NULL), ==, RECORD_FROZEN);
        assert_value(party, "b.example/1", "description", "by a");
    }
    LaneAppended after = party_do(a, "exhibit.corrected/1", "a", "b.example/1", described("a knows of the closing"));
    party_send(a, b);
    g_assert_cmpint(party_class(b, &after.leaf, NULL), ==, RECORD_VALID);
    g_assert_cmpint(party_class(b, &late.leaf, NULL), ==, RECORD_FROZEN); /* who saw the closing can't vouch */
    assert_refused(a, "feed.closed/1", "", NULL, json_pack("{s:s, s:i, s:s}", "feed", feed, "size", 1, "root", hex),
                   COMITY_ERROR_FORBIDDEN, "no other feed");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lane/a-new-epoch-names-the-old-and-starts-with-nobody",
                    a_new_epoch_names_the_old_and_starts_with_nobody);
    g_test_add_func("/lane/a-fork-is-noticed-reported-and-undoes-nothing",
                    a_fork_is_noticed_reported_and_undoes_nothing);
    g_test_add_func("/lane/a-closed-feed-ends-where-its-party-says", a_closed_feed_ends_where_its_party_says);
    return g_test_run();
}
