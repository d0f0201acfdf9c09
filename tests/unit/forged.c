/* What honest nodes make of a hostile one: it signs its own feed and may write there what it likes, but it speaks for
 * nobody else, takes no effect without authority, and silences no one. */
#include "support/hostile.h"

static void assert_class(Stage *self, Forged *forged, RecordClass class, const char *reason)
{
    for (guint i = 0; i < 3; i += 2) { /* a and c */
        Party *party = party_of(self->lane, i);
        const char *why = "";
        forged_send(forged, party);
        g_assert_cmpint(party_class(party, &forged->leaf, &why), ==, class);
        if (!strstr(why, reason))
            g_test_message("%s", why);
        g_assert_nonnull(strstr(why, reason));
        party_check(party);
    }
}

static void an_honest_record_is_valid(Stage *self, gconstpointer data)
{
    (void)data;
    g_autoptr(Forged) good = forger_write(self->forger, correcting(self, "black"));
    assert_class(self, good, RECORD_VALID, "");
    g_assert_cmpstr(entity_text(party_entity(self->a, EXHIBIT), "description"), ==, "black");
}

/* ---- void ---- */

static void an_act_is_lasting_as_its_type_says(Stage *self, gconstpointer data)
{
    (void)data;
    Forging lie = correcting(self, "can never be erased");
    lie.lasting = TRUE;
    g_autoptr(Forged) forged = forger_write(self->forger, lie);
    assert_class(self, forged, RECORD_VOID, "lasting");
}

static void what_follows_nothing_seen_is_void(Stage *self, gconstpointer data)
{
    (void)data;
    Hash many[33];
    for (guint i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = (Hash){{(guint8)(i + 1)}};
    many[0] = self->exhibit.leaf;
    Forging unknown = correcting(self, "x");
    unknown.prev = many;
    unknown.prev_count = 2;
    g_autoptr(Forged) one = forger_write(self->forger, unknown);
    assert_class(self, one, RECORD_VOID, "not in its causal past");
    for (guint i = 1; i < G_N_ELEMENTS(many); i++) { /* thirty-three that b has seen */
        Forging true_one = correcting(self, "head");
        g_autoptr(Forged) head = forger_write(self->forger, true_one);
        forged_send(head, self->a);
        forged_send(head, party_of(self->lane, 2));
        many[i] = head->leaf;
    }
    unknown = correcting(self, "x");
    unknown.prev = many;
    unknown.prev_count = 33;
    g_autoptr(Forged) too_many = forger_write(self->forger, unknown);
    assert_class(self, too_many, RECORD_VOID, "more than 32");
    unknown = correcting(self, "x");
    unknown.prev = many + 1;
    unknown.prev_count = 32;
    g_autoptr(Forged) enough = forger_write(self->forger, unknown);
    assert_class(self, enough, RECORD_VALID, "");
}

/* What a void record names outside its past stays a head: else anybody could hide another's value from the next writer. */
static void a_void_record_hides_no_head(Stage *self, gconstpointer data)
{
    (void)data;
    LaneAppended unseen = party_do(self->a, "exhibit.corrected/1", "a", EXHIBIT, described("by a"));
    party_send(self->a, party_of(self->lane, 2));
    g_autoptr(Forger) twin = forger_copy(self->forger);
    Forging naming = correcting(self, "x");
    naming.prev = &unseen.leaf;
    for (guint i = 0; i < 3; i++) { /* so that it sorts after what it names */
        g_autoptr(Forged) filler = forger_write(self->forger, correcting(self, "filler"));
        assert_class(self, filler, RECORD_VALID, "");
    }
    g_autoptr(Forged) forged = forger_write(self->forger, naming);
    assert_class(self, forged, RECORD_VOID, "not in its causal past");
    g_autoptr(GArray) heads = entity_heads(party_entity(self->a, EXHIBIT));
    gboolean stands = FALSE;
    for (guint i = 0; i < heads->len; i++)
        stands = stands || hash_equal(&g_array_index(heads, Hash, i), &unseen.leaf);
    g_assert_true(stands);
    g_autoptr(Forged) other = forger_write(twin, correcting(self, "another branch"));
    forged_send(other, self->a); /* now all of it is frozen, and counts again once a has said what it had */
    party_check(self->a);
    report_fork(self->a);
    g_assert_cmpint(party_class(self->a, &forged->leaf, NULL), ==, RECORD_VOID);
    party_check(self->a);
}

static void nothing_follows_a_void_opening(Stage *self, gconstpointer data)
{
    (void)data;
    guint64 above = 0;
    SeenEntry seen = forger_seen(self->b, 0, 1, &above);
    g_autoptr(Forger) fresh = forger_new_epoch(self->b, "00000000000000ee");
    g_autoptr(Forged) opening =
        forger_write(fresh, (Forging){.type = "feed.continued/1",
                                      .members = json_pack("{s:n, s:s}", "under", "reason", "x"),
                                      .lasting = TRUE,
                                      .seen = &seen,
                                      .seen_count = 1,
                                      .above = above});
    assert_class(self, opening, RECORD_VOID, "continues nothing");
    g_autoptr(Forged) person =
        forger_write(fresh, (Forging){.type = "person.introduced/1", .members = introducing("x"), .lasting = TRUE});
    assert_class(self, person, RECORD_VOID, "not opened");
    g_autoptr(Forged) named = forger_write(
        fresh, (Forging){.type = "person.named/1",
                         .subject = "b.example/x",
                         .members = json_pack("{s:s, s:s, s:s}", "name", "X", "title", "", "affiliation", "")});
    assert_class(self, named, RECORD_VOID, "not opened");
}

static void another_charter_is_void(Stage *self, gconstpointer data)
{
    (void)data;
    guint64 above = 0;
    SeenEntry seen = forger_seen(self->b, 0, 1, &above);
    g_autoptr(json_t) members = act_members(lane_charter_act(self->b->lane));
    json_object_set_new(members, "lead", json_string("b.example"));
    g_autoptr(Forger) fresh = forger_new_epoch(self->b, "00000000000000ee");
    g_autoptr(Forged) charter = forger_write(fresh, (Forging){.type = "lane.chartered/1",
                                                              .members = json_incref(members),
                                                              .lasting = TRUE,
                                                              .seen = &seen,
                                                              .seen_count = 1,
                                                              .above = above});
    assert_class(self, charter, RECORD_VOID, "charter of another lane");
    g_assert_cmpstr(json_text(lane_charter_act(self->a->lane), "lead"), ==, "a.example");
}

static void an_act_is_used_once(Stage *self, gconstpointer data)
{
    (void)data;
    g_autoptr(Forged) good = forger_write(self->forger, correcting(self, "black"));
    assert_class(self, good, RECORD_VALID, "");
    Forging again = correcting(self, "ignored");
    json_decref(again.members);
    again.members = NULL;
    again.act = good->act;
    g_autoptr(Forged) twice = forger_write(self->forger, again);
    assert_class(self, twice, RECORD_VOID, "used before");
    /* In two epochs that don't know of each other neither precedes the other: then it applies once. */
    guint64 above = 0;
    SeenEntry seen[] = {forger_seen(self->b, 0, lane_line(self->b->lane, 0)->size, &above),
                        forger_seen(self->b, lane_own_line(self->b->lane), 2, &above)};
    g_autoptr(Forger) fresh = forger_new_epoch(self->b, "00000000000000ee");
    g_autoptr(Forged) opening =
        forger_write(fresh, (Forging){.type = "feed.continued/1",
                                      .members = json_pack("{s:n, s:s}", "under", "reason", "x"),
                                      .lasting = TRUE,
                                      .seen = seen,
                                      .seen_count = 2,
                                      .above = above});
    assert_class(self, opening, RECORD_VALID, "");
    g_autoptr(Forged) person =
        forger_write(fresh, (Forging){.type = "person.introduced/1", .members = introducing("b"), .lasting = TRUE});
    assert_class(self, person, RECORD_VALID, "");
    g_autoptr(Forged) thrice = forger_write(fresh, again);
    assert_class(self, thrice, RECORD_VALID, "");
    g_autoptr(GArray) history = entity_history(party_entity(self->a, EXHIBIT), "description");
    g_assert_cmpuint(history->len, ==, 2);
}

/* ---- malformed ---- */

static void assert_stops(Stage *self, Forging wrong, const char *reason)
{
    g_autoptr(Forger) honest = forger_copy(self->forger);
    g_autoptr(Forged) forged = forger_write(self->forger, wrong);
    assert_class(self, forged, RECORD_MALFORMED, reason);
    g_autoptr(Forged) after = forger_write(self->forger, correcting(self, "after it"));
    assert_class(self, after, RECORD_MALFORMED, "follows a malformed record");
    LaneAppended others = party_do(self->a, "exhibit.corrected/1", "a", EXHIBIT, described("others go on"));
    g_assert_cmpint(party_class(self->a, &others.leaf, NULL), ==, RECORD_VALID);
    g_autoptr(Forged) branch = forger_write(honest, correcting(self, "a second branch")); /* no way around it either */
    forged_send(branch, self->a);
    g_assert_cmpint(party_class(self->a, &branch->leaf, NULL), ==, RECORD_FROZEN);
}

static void a_wrong_place_stops_the_feed(Stage *self, gconstpointer change)
{
    Forging wrong = correcting(self, "x");
    const Forging *off = change;
    wrong.height_off = off->height_off;
    wrong.seq_off = off->seq_off;
    wrong.time_off_ms = off->time_off_ms;
    assert_stops(self, wrong, off->type);
}

static void seen_only_moves_forward(Stage *self, gconstpointer data)
{
    (void)data;
    guint64 above = 0;
    SeenEntry shorter = forger_seen(self->b, 0, 2, &above); /* b has named more of a's feed before */
    Forging wrong = correcting(self, "x");
    wrong.seen = &shorter;
    wrong.seen_count = 1;
    wrong.above = above;
    assert_stops(self, wrong, "does not extend");
}

static void seen_names_no_malformed_record(Stage *self, gconstpointer data)
{
    (void)data;
    g_autoptr(Forged) malformed = forger_write(
        self->forger,
        (Forging){.type = "person.introduced/1", .members = introducing("x"), .lasting = TRUE, .height_off = 5});
    assert_class(self, malformed, RECORD_MALFORMED, "height");
    SeenEntry entry = {.size = malformed->seq + 1, .root = malformed->root};
    entry.node = (Span){malformed->node, strlen(malformed->node)};
    entry.epoch = (Span){malformed->epoch, strlen(malformed->epoch)};
    Party *c = party_of(self->lane, 2);
    g_autoptr(Forger) other = forger_new(c, SEQ_NONE);
    Forging naming = correcting(self, "x");
    naming.person = "c";
    naming.seen = &entry;
    naming.seen_count = 1;
    g_autoptr(Forged) forged = forger_write(other, naming);
    forged_send(forged, self->a);
    const char *why;
    g_assert_cmpint(party_class(self->a, &forged->leaf, &why), ==, RECORD_MALFORMED);
    g_assert_nonnull(strstr(why, "malformed record"));
}

/* Two branches part behind a record that waits; when that turns out malformed, both stop. */
static void branches_of_a_malformed_record_stop(Stage *self, gconstpointer data)
{
    (void)data;
    guint64 above = 0;
    LaneAppended unseen = party_do(self->a, "exhibit.corrected/1", "a", EXHIBIT, described("c does not have it yet"));
    SeenEntry seen = forger_seen(self->a, 0, unseen.size, &above);
    Forging waits = correcting(self, "x");
    waits.seen = &seen;
    waits.seen_count = 1;
    waits.above = above;
    waits.height_off = 7;
    g_autoptr(Forged) wrong = forger_write(self->forger, waits);
    g_autoptr(Forger) twin = forger_copy(self->forger);
    g_autoptr(Forged) one = forger_write(self->forger, correcting(self, "one"));
    g_autoptr(Forged) two = forger_write(twin, correcting(self, "two"));
    g_autoptr(Forged) three = forger_write(twin, correcting(self, "three"));
    Party *c = party_of(self->lane, 2);
    const Forged *all[] = {wrong, one, two, three};
    for (guint i = 0; i < 4; i++)
        forged_send(all[i], c);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(party_class(c, &all[i]->leaf, NULL), ==, RECORD_WAITING);
    party_send_one(self->a, c, unseen.at, TRUE);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(party_class(c, &all[i]->leaf, NULL), ==, RECORD_MALFORMED);
    party_restart(c);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(party_class(c, &all[i]->leaf, NULL), ==, RECORD_MALFORMED);
}

static void bytes_that_are_no_header_stop_the_feed(Stage *self, gconstpointer data)
{
    (void)data;
    g_autoptr(Forged) forged = forger_write(self->forger, correcting(self, "x"));
    g_autoptr(Forger) again = forger_new(self->b, SEQ_NONE);
    g_bytes_unref(forged->header);
    forged->header = g_bytes_new_static("{\"v\":2}", 7);
    forged->leaf = merkle_leaf("{\"v\":2}", 7);
    merkle_frontier_append_leaf(again->frontier, &forged->leaf, NULL, NULL);
    forged->root = merkle_frontier_root(again->frontier);
    assert_class(self, forged, RECORD_MALFORMED, "header");
    party_restart(self->a);
    g_assert_cmpint(party_class(self->a, &forged->leaf, NULL), ==, RECORD_MALFORMED);
}

int main(int argc, char **argv)
{
    static const Forging too_high = {.height_off = 1, .type = "height"}, skips = {.seq_off = 1, .type = "seq"},
                         backwards = {.time_off_ms = -1, .type = "time"};
    g_test_init(&argc, &argv, NULL);
    add("/forged/an-honest-record-is-valid", an_honest_record_is_valid, NULL);
    add("/forged/an-act-is-lasting-as-its-type-says", an_act_is_lasting_as_its_type_says, NULL);
    add("/forged/what-follows-nothing-seen-is-void", what_follows_nothing_seen_is_void, NULL);
    add("/forged/a-void-record-hides-no-head", a_void_record_hides_no_head, NULL);
    add("/forged/nothing-follows-a-void-opening", nothing_follows_a_void_opening, NULL);
    add("/forged/another-charter-is-void", another_charter_is_void, NULL);
    add("/forged/an-act-is-used-once", an_act_is_used_once, NULL);
    add("/forged/a-height-that-is-too-great-stops-the-feed", a_wrong_place_stops_the_feed, &too_high);
    add("/forged/a-number-that-skips-stops-the-feed", a_wrong_place_stops_the_feed, &skips);
    add("/forged/a-time-that-runs-backwards-stops-the-feed", a_wrong_place_stops_the_feed, &backwards);
    add("/forged/seen-only-moves-forward", seen_only_moves_forward, NULL);
    add("/forged/seen-names-no-malformed-record", seen_names_no_malformed_record, NULL);
    add("/forged/branches-of-a-malformed-record-stop", branches_of_a_malformed_record_stop, NULL);
    add("/forged/bytes-that-are-no-header-stop-the-feed", bytes_that_are_no_header_stop_the_feed, NULL);
    return g_test_run();
}
