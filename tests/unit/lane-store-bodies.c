/* tests/unit/lane-store-bodies.c: bodies in the database that come late or are erased, and the past by which records
 * are judged. */
#include "support/lane-rows.h"

/* ---- bodies ---- */

static void an_erased_body_leaves_no_trace(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char pages[] = "SELECT count(*) FROM sqlite_dbpage WHERE instr(data, CAST('" MARKER "' AS BLOB)) > 0";
    g_autoptr(GError) error = NULL;
    g_autofree char *filler = g_strnfill(20000, 'x');
    g_autofree char *act = g_strconcat("{\"text\":\"" MARKER "\",\"long\":\"", filler, MARKER "\"}", NULL);
    Draft draft = {.subject = NODE "/e", .act = act, .confirmation = "{\"c\":\"" MARKER "\"}", .class = RECORD_VALID};
    begin(self);
    put_many(self, 5, 1);
    put(self, &draft);
    put_many(self, 5, 1);
    commit(self);
    g_assert_cmpuint(disk_search_text(self->folder, MARKER), ==, 0); /* encrypted */
    gint64 found = 0;
    must(db_integer_of(self->db, pages, 0, &found, &error), error);
    g_assert_cmpint(found, >, 0);

    begin(self);
    must(self->class->record_bodies(self->store, (Place){0, 5}, NULL, NULL, &error), error);
    must(self->class->record_judged(self->store, (Place){0, 5}, RECORD_ERASED, "", &error), error);
    commit(self);
    must(db_purge(self->db, &error), error);
    must(db_integer_of(self->db, pages, 0, &found, &error), error);
    g_assert_cmpint(found, ==, 0);
    g_auto(RecordRow) row = {0};
    must(self->class->record_get(self->store, (Place){0, 5}, RECORD_HEADER | RECORD_ACT, &row, &error), error);
    g_assert_true(row.header != NULL && row.act == NULL && !row.has_act);
    Hash root, expected = merkle_frontier_root(self->frontier);
    must(merkle_root(self->size, subtree, self, &root, &error), error);
    g_assert_true(hash_equal(&root, &expected)); /* every proof still stands */
}

static void a_body_that_comes_late_is_added(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    Draft draft = {.subject = NODE "/e", .act = NULL, .class = RECORD_ACTLESS};
    begin(self);
    put(self, &draft);
    g_auto(RecordRow) before = {0};
    must(self->class->record_get(self->store, (Place){0, 0}, RECORD_ACT, &before, &error), error);
    g_assert_true(before.act == NULL && !before.has_act);
    g_autoptr(GBytes) act = g_bytes_new_static("{}", 2);
    must(self->class->record_bodies(self->store, (Place){0, 0}, act, NULL, &error), error);
    commit(self);
    g_auto(RecordRow) after = {0};
    must(self->class->record_get(self->store, (Place){0, 0}, RECORD_ACT, &after, &error), error);
    g_assert_true(g_bytes_equal(after.act, act) && after.has_act);
}

static void bytes_that_are_no_header_are_kept(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    RecordNew record = {.at = {0, 0},
                        .leaf = merkle_leaf("\xff\x00x", 3),
                        .header_bytes = {"\xff\x00x", 3},
                        .class = RECORD_MALFORMED,
                        .reason = "no header"};
    begin(self);
    must(self->class->record_put(self->store, &record, &error), error);
    commit(self);
    g_auto(RecordRow) row = {0};
    must(self->class->record_get(self->store, (Place){0, 0}, RECORD_HEADER, &row, &error), error);
    g_assert_cmpint(memcmp(g_bytes_get_data(row.header, NULL), "\xff\x00x", 3), ==, 0);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    must(self->class->by_leaf(self->store, &record.leaf, NULL, places, &error), error);
    g_assert_cmpuint(places->len, ==, 0); /* look-ups are of headers */
}

/* ---- the past ---- */

static void a_step_holds_until_the_next(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const StepRow steps[] = {{0, 3, 5, 10, 2}, {0, 3, 9, 11, 11}, {0, 4, 6, 100, 0}, {0, 3, 20, 50, 11}};
    static const struct {
        guint64 seq, past; /* 0: none */
    } cases[] = {{0, 0}, {4, 0}, {5, 10}, {8, 10}, {9, 11}, {19, 11}, {20, 50}, {SEQ_NONE, 50}};
    static const struct {
        guint64 past, seq;
    } beyond[] = {{0, 5}, {9, 5}, {10, 9}, {11, 20}, {49, 20}, {50, SEQ_NONE}};
    g_autoptr(GError) error = NULL;
    begin(self);
    for (guint n = 0; n < G_N_ELEMENTS(steps); n++)
        must(self->class->step_put(self->store, &steps[n], &error), error);
    commit(self);
    restart(self);
    for (guint n = 0; n < G_N_ELEMENTS(cases); n++) {
        StepRow step = {0};
        gboolean found = FALSE;
        must(self->class->step_at(self->store, 0, 3, cases[n].seq, &step, &found, &error), error);
        g_assert_true(found == (cases[n].past > 0));
        g_assert_cmpuint(step.past, ==, cases[n].past);
    }
    for (guint n = 0; n < G_N_ELEMENTS(beyond); n++) {
        guint64 seq = 0;
        must(self->class->step_beyond(self->store, 0, 3, beyond[n].past, &seq, &error), error);
        g_assert_cmpuint(seq, ==, beyond[n].seq);
    }
}

static void erased_acts_are_remembered_by_node(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    Hash act = act_hash("a");
    gboolean found = TRUE, any = TRUE;
    must(self->class->erased_any(self->store, &any, &error), error);
    g_assert_false(any);
    begin(self);
    must(self->class->erased_put(self->store, NODE, &act, &error), error);
    must(self->class->erased_put(self->store, NODE, &act, &error), error);
    commit(self);
    restart(self);
    must(self->class->erased(self->store, NODE, &act, &found, &error), error);
    g_assert_true(found);
    must(self->class->erased(self->store, "other.node.test", &act, &found, &error), error);
    g_assert_false(found);
    must(self->class->erased_any(self->store, &any, &error), error);
    g_assert_true(any);
    must(self->class->erased_drop(self->store, NODE, &act, &error), error);
    must(self->class->erased_any(self->store, &any, &error), error);
    g_assert_false(any);
}

static void early_records_wait_under_their_root(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) header = g_bytes_new_static("header", 6), act = g_bytes_new_static("act", 3);
    EarlyRow early = {.node = (char *)NODE, .epoch = (char *)EPOCH, .seq = 7, .root = act_hash("a"), .header = header};
    guint64 count = 0;
    begin(self);
    must(self->class->early_put(self->store, &early, &error), error);
    early.act = act;
    must(self->class->early_put(self->store, &early, &error), error); /* replaces */
    early.root = act_hash("b");
    early.act = NULL;
    must(self->class->early_put(self->store, &early, &error), error);
    commit(self);
    restart(self);
    g_autoptr(GPtrArray) both = self->class->early_at(self->store, NODE, EPOCH, 7, &error);
    g_assert_cmpuint(both->len, ==, 2);
    g_autoptr(GPtrArray) none = self->class->early_at(self->store, NODE, EPOCH, 8, &error);
    g_assert_cmpuint(none->len, ==, 0);
    must(self->class->early_drop(self->store, NODE, EPOCH, 7, &early.root, &error), error);
    must(self->class->early_count(self->store, &count, &error), error);
    g_assert_cmpuint(count, ==, 1);
    g_autoptr(GPtrArray) left = self->class->early_at(self->store, NODE, EPOCH, 7, &error);
    const EarlyRow *row = g_ptr_array_index(left, 0);
    g_assert_true(g_bytes_equal(row->header, header) && g_bytes_equal(row->act, act) && row->confirmation == NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE(an_erased_body_leaves_no_trace);
    CASE(a_body_that_comes_late_is_added);
    CASE(bytes_that_are_no_header_are_kept);
    CASE(a_step_holds_until_the_next);
    CASE(erased_acts_are_remembered_by_node);
    CASE(early_records_wait_under_their_root);
    return g_test_run();
}
