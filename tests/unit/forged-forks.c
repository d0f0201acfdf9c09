/* What honest nodes make of a hostile one that writes its feed twice: each branch stands on its own past, and what is
 * known to be beyond a fork is named by nobody. */
#include "support/hostile.h"

/* One header stands in both branches: one leaf, two records. It is one thing to whoever names it. */
static void one_leaf_in_two_branches(Stage *self, gconstpointer data)
{
    (void)data;
    Party *c = party_of(self->lane, 2);
    g_autoptr(Forger) twin = forger_copy(self->forger);
    Forging shared = correcting(self, "in both");
    g_autoptr(Forged) left = forger_write(self->forger, correcting(self, "left"));
    g_autoptr(Forged) right = forger_write(twin, correcting(self, "right"));
    g_autoptr(Forged) left_both = forger_write(self->forger, shared);
    Forging same = correcting(self, "unused");
    json_decref(same.members);
    same.members = NULL;
    same.act = left_both->act;
    g_autoptr(Forged) right_both = forger_write(twin, same);
    g_assert_true(hash_equal(&left_both->leaf, &right_both->leaf));
    forged_send(left, self->a);
    forged_send(left_both, self->a);
    party_do(self->a, "exhibit.corrected/1", "a", EXHIBIT, described("settled"));
    forged_send(right, c);
    forged_send(right_both, c);
    party_do(c, "exhibit.corrected/1", "c", EXHIBIT, described("settled otherwise"));
    for (guint round = 0; round < 2; round++) {
        party_send(self->a, c);
        party_send(c, self->a);
        if (round == 0) {
            report_fork(self->a);
            report_fork(c);
        }
    }
    party_check(self->a);
    party_check(c);
    g_autofree char *one = party_digest(self->a), *other = party_digest(c);
    g_assert_cmpstr(one, ==, other);
    g_autoptr(GArray) values = entity_values(party_entity(self->a, EXHIBIT), "description");
    g_assert_cmpuint(values->len, ==, 2);
    party_restart(self->a);
    party_check(self->a);
}

/* What happens to people in one branch says nothing about the other. */
static void each_branch_has_its_people(Stage *self, gconstpointer data)
{
    (void)data;
    Party *c = party_of(self->lane, 2);
    g_autoptr(Forger) twin = forger_copy(self->forger);
    g_autoptr(Forged) withdrawn = forger_write(
        self->forger,
        (Forging){.type = "person.withdrawn/1", .members = json_pack("{s:s}", "who", "b"), .lasting = TRUE});
    g_autoptr(Forged) second =
        forger_write(twin, (Forging){.type = "person.introduced/1", .members = introducing("x"), .lasting = TRUE});
    g_autoptr(Forged) by_b = forger_write(twin, correcting(self, "by b"));
    Forging hers = correcting(self, "by x");
    hers.person = "x";
    g_autoptr(Forged) by_x = forger_write(twin, hers);
    Forging no_more = correcting(self, "by b, withdrawn");
    g_autoptr(Forged) late = forger_write(self->forger, no_more);
    hers = correcting(self, "by x, in the other branch");
    hers.person = "x";
    g_autoptr(Forged) strange = forger_write(self->forger, hers);
    const Forged *first[] = {withdrawn, late, strange}, *other[] = {second, by_b, by_x};
    for (guint i = 0; i < 3; i++) {
        forged_send(first[i], self->a);
        forged_send(other[i], c);
    }
    for (guint i = 0; i < 3; i++) {
        forged_send(other[i], self->a);
        forged_send(first[i], c);
    }
    report_fork(self->a);
    report_fork(c);
    party_send(self->a, c);
    party_send(c, self->a);
    Party *all[] = {self->a, c};
    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint(party_class(all[i], &by_b->leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(all[i], &by_x->leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(all[i], &late->leaf, NULL), ==, RECORD_VOID);
        g_assert_cmpint(party_class(all[i], &strange->leaf, NULL), ==, RECORD_VOID);
        party_check(all[i]);
        party_restart(all[i]);
        g_assert_cmpint(party_class(all[i], &by_x->leaf, NULL), ==, RECORD_VALID);
    }
}

/* Beyond a fork that is known nothing more is named, and the other branch follows what stood before. */
static void nothing_beyond_a_known_fork_is_named(Stage *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Forger) twin = forger_copy(self->forger);
    Forging own = {
        .type = "exhibit.corrected/1", .person = "b", .subject = "b.example/seen", .members = described("left")};
    Hash before;
    g_assert_true(lane_root(self->b->lane, lane_own_line(self->b->lane), 1, &before, &error));
    g_auto(RecordRow) row = {0};
    g_assert_true(lane_record(self->b->lane, (Place){lane_own_line(self->b->lane), 2}, 0, &row, &error));
    own.prev = &row.leaf;
    own.prev_count = 1;
    g_autoptr(Forged) left = forger_write(self->forger, own);
    own.members = described("right");
    g_autoptr(Forged) right = forger_write(twin, own);
    Party *c = party_of(self->lane, 2);
    forged_send(left, self->a);
    forged_send(right, self->a);
    forged_send(right, c); /* c follows the other branch, and names it in its report */
    forged_send(left, c);
    report_fork(c);
    party_send(c, self->a);
    g_assert_cmpint(party_class(self->a, &right->leaf, NULL), ==,
                    RECORD_VALID); /* its `prev` lies on the common trunk */
    g_assert_cmpint(party_class(self->a, &left->leaf, NULL), ==, RECORD_FROZEN);
    LaneAppended next = party_do(self->a, "exhibit.added/1", "a", "a.example/0003", added("knife"));
    guint32 line = lane_feed_line(self->a->lane, "b.example", self->forger->epoch);
    guint64 size;
    g_assert_true(lane_past(self->a->lane, next.at, line, &size, &error));
    g_assert_cmpuint(size, ==, left->seq); /* the trunk, and no more of the branch that a followed */
    report_fork(self->a);
    next = party_do(self->a, "exhibit.added/1", "a", "a.example/0004", added("rope"));
    g_assert_true(lane_past(self->a->lane, next.at, line, &size, &error));
    g_assert_cmpuint(size, ==, left->seq + 1);
    g_autoptr(Forged) more = forger_write(self->forger, correcting(self, "more"));
    forged_send(more, self->a);
    next = party_do(self->a, "exhibit.added/1", "a", "a.example/0005", added("coat"));
    g_assert_true(lane_past(self->a->lane, next.at, line, &size, &error));
    g_assert_cmpuint(size, ==, left->seq + 1);
    party_check(self->a);
}

/* An erasure that stands in a branch is undone with it, and done again once somebody vouches for it. */
static void an_erasure_stands_and_falls_with_its_branch(Stage *self, gconstpointer data)
{
    (void)data;
    Party *c = party_of(self->lane, 2);
    g_autoptr(Forged) robot =
        forger_write(self->forger, (Forging){.type = "person.introduced/1",
                                             .lasting = TRUE,
                                             .members = json_pack("{s:s, s:[s], s:[], s:b}", "who", "robot", "roles",
                                                                  "prosecutor", "credentials", "machine", 1)});
    g_autoptr(Forged) word = forger_write(self->forger, correcting(self, "a word"));
    g_autoptr(Forger) twin = forger_copy(self->forger);
    g_autofree char *leaf = hash_text(&word->leaf);
    g_autoptr(Forged) erased =
        forger_write(self->forger, (Forging){.type = "erased/1",
                                             .person = "robot",
                                             .lasting = TRUE,
                                             .members = json_pack("{s:[s], s:s, s:s}", "records", leaf, "order",
                                                                  "order 7", "authority", "court")});
    g_autoptr(Forged) other = forger_write(twin, correcting(self, "the other branch"));
    forged_send(robot, self->a);
    forged_send(word, self->a);
    forged_send(erased, self->a);
    g_assert_cmpint(party_class(self->a, &word->leaf, NULL), ==, RECORD_ERASED);
    forged_send(other, self->a);
    g_assert_cmpint(party_class(self->a, &word->leaf, NULL), ==, RECORD_VALID);
    g_assert_cmpstr(entity_text(party_entity(self->a, EXHIBIT), "description"), ==, "a word");
    report_fork(self->a);
    g_assert_cmpint(party_class(self->a, &word->leaf, NULL), ==, RECORD_ERASED);
    g_autoptr(GPtrArray) holes = entity_holes(party_entity(self->a, EXHIBIT));
    g_assert_cmpuint(holes->len, ==, 1);
    party_send(self->a, c);
    g_assert_cmpint(party_class(c, &word->leaf, NULL), ==, RECORD_ERASED);
    party_check(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/forged/one-leaf-in-two-branches", one_leaf_in_two_branches, NULL);
    add("/forged/each-branch-has-its-people", each_branch_has_its_people, NULL);
    add("/forged/nothing-beyond-a-known-fork-is-named", nothing_beyond_a_known_fork_is_named, NULL);
    add("/forged/an-erasure-stands-and-falls-with-its-branch", an_erasure_stands_and_falls_with_its_branch, NULL);
    return g_test_run();
}
