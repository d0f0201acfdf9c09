/* tests/unit/lane-store.c: a lane's rows in the database: what is put in is found again, by every way in, after a
 * restart and after thousands of others. */
#include "support/lane-rows.h"

#define OTHER_LANE "b3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846"

/* ---- records ---- */

static void assert_text(GBytes *bytes, const char *text)
{
    gsize length = 0;
    const char *found = g_bytes_get_data(bytes, &length);
    g_assert_cmpuint(length, ==, strlen(text));
    g_assert_cmpint(memcmp(found, text, length), ==, 0);
}

static void a_record_comes_back_as_it_was_stored(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    Draft draft = {NODE "/e1", "{\"text\":\"" MARKER "\"}", "{\"credential\":\"c\"}", TRUE, RECORD_VOID};
    begin(self);
    Hash leaf = put(self, &draft);
    commit(self);
    restart(self);
    g_auto(RecordRow) row = {0};
    must(self->class->record_get(self->store, (Place){0, 0}, RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, &row,
                                 &error),
         error);
    g_assert_true(hash_equal(&row.leaf, &leaf));
    g_assert_cmpuint(row.height, ==, 1);
    g_assert_cmpint(row.time_ms, ==, 1795558376123);
    g_assert_cmpint(row.class, ==, RECORD_VOID);
    g_assert_cmpstr(row.reason, ==, "");
    g_assert_true(row.lasting && row.has_act && !row.attested);
    g_autoptr(GBytes) header = header_of(&draft, EPOCH, 0);
    g_assert_true(g_bytes_equal(row.header, header));
    assert_text(row.act, draft.act);
    assert_text(row.confirmation, draft.confirmation);
    g_auto(RecordRow) bare = {0};
    must(self->class->record_get(self->store, (Place){0, 0}, 0, &bare, &error), error);
    g_assert_true(bare.header == NULL && bare.act == NULL && bare.confirmation == NULL);
    g_assert_false(self->class->record_get(self->store, (Place){0, 1}, 0, &bare, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(self->class->record_get(self->store, (Place){7, 0}, 0, &bare, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
}

static void lines_are_replaced_and_listed(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    put_line(self, 1, "fedcba9876543210");
    LineRow branch = {.line = 2,
                      .node = (char *)NODE,
                      .epoch = (char *)EPOCH,
                      .parent = 0,
                      .start = 5,
                      .size = 9,
                      .placed = 7,
                      .stopped = 8,
                      .attested = 6};
    must(self->class->line_put(self->store, &branch, &error), error);
    branch.size = 10;
    must(self->class->line_put(self->store, &branch, &error), error);
    commit(self);
    restart(self);
    g_autoptr(GPtrArray) lines = self->class->lines(self->store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lines->len, ==, 3);
    const LineRow *first = g_ptr_array_index(lines, 0), *last = g_ptr_array_index(lines, 2);
    g_assert_true(first->parent == LINE_NONE && first->stopped == SEQ_NONE && first->own);
    g_assert_cmpstr(last->node, ==, NODE);
    g_assert_cmpstr(last->epoch, ==, EPOCH);
    g_assert_true(last->parent == 0 && last->start == 5 && last->size == 10 && last->placed == 7 &&
                  last->stopped == 8 && last->attested == 6 && !last->own);
}

static void every_root_is_made_of_stored_subtrees(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    Hash roots[71];
    begin(self);
    for (guint size = 1; size <= 70; size++) {
        put_many(self, 1, 3);
        roots[size] = merkle_frontier_root(self->frontier);
    }
    commit(self);
    restart(self);
    for (guint size = 1; size <= 70; size++) {
        Hash root;
        must(merkle_root(size, subtree, self, &root, &error), error);
        g_assert_true(hash_equal(&root, &roots[size]));
    }
    Hash none;
    g_assert_false(self->class->subtree(self->store, (Place){0, 4}, 1, &none, &error)); /* 4 completes nothing */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
}

/* Past both sizes at which runs are merged. */
static void hashes_are_found_among_thousands(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    put_many(self, 34000, 500);
    commit(self);
    for (guint64 seq = 0; seq < self->size; seq += 997) {
        g_autofree char *act = g_strdup_printf("{\"number\":%" G_GUINT64_FORMAT "}", seq);
        g_autofree char *subject = g_strdup_printf(NODE "/s%u", (guint)(seq % 500));
        Draft draft = {.subject = subject, .act = act};
        g_autoptr(GBytes) header = header_of(&draft, EPOCH, seq);
        Hash leaf = merkle_leaf(g_bytes_get_data(header, NULL), g_bytes_get_size(header)), hash = act_hash(act);
        g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
        must(self->class->by_leaf(self->store, &leaf, NULL, places, &error), error);
        must(self->class->by_leaf(self->store, &leaf, subject, places, &error), error);
        must(self->class->by_act(self->store, &hash, places, &error), error);
        g_assert_cmpuint(places->len, ==, 3);
        for (guint i = 0; i < 3; i++)
            g_assert_cmpuint(g_array_index(places, Place, i).seq, ==, seq);
        must(self->class->by_leaf(self->store, &leaf, NODE "/another", places, &error), error);
        must(self->class->by_leaf(self->store, &hash, NULL, places, &error), error); /* an act's hash is no leaf */
        must(self->class->by_act(self->store, &leaf, places, &error), error);
        hash.bytes[31] ^= 1; /* the first 8 bytes alone are not the hash */
        must(self->class->by_act(self->store, &hash, places, &error), error);
        g_assert_cmpuint(places->len, ==, 3);
    }
}

static void what_is_rolled_back_is_not_found(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    put_many(self, 1000, 10);
    commit(self);
    begin(self);
    put_many(self, 100, 10); /* merges, too */
    db_rollback(self->db);
    self->size = 1000;
    open_lane(self, LANE); /* as the ledger does after a roll-back */
    Hash hash = act_hash("{\"number\":1050}");
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    must(self->class->by_act(self->store, &hash, places, &error), error);
    g_assert_cmpuint(places->len, ==, 0);
    begin(self);
    put_many(self, 100, 10);
    commit(self);
    must(self->class->by_act(self->store, &hash, places, &error), error);
    g_assert_cmpuint(places->len, ==, 1);
}

static void lanes_do_not_mix(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    put_many(self, 3, 1);
    open_lane(self, OTHER_LANE);
    put_line(self, 0, EPOCH);
    commit(self);
    Hash hash = act_hash("{\"number\":1}");
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    must(self->class->by_act(self->store, &hash, places, &error), error);
    must(self->class->heads(self->store, NODE "/s0", places, &error), error);
    g_assert_cmpuint(places->len, ==, 0);
    g_autoptr(GPtrArray) lanes = lane_sql_list(self->db, &error);
    g_assert_cmpuint(lanes->len, ==, 2);
    g_assert_cmpstr(((LaneSqlRow *)g_ptr_array_index(lanes, 0))->id, ==, LANE);
    g_assert_cmpstr(((LaneSqlRow *)g_ptr_array_index(lanes, 1))->space, ==, SPACE);
}

/* ---- by subject ---- */

static gboolean note_seq(gpointer data, const RecordRow *row, GError **error G_GNUC_UNUSED)
{
    g_string_append_printf(data, "%" G_GUINT64_FORMAT " ", row->at.seq);
    return TRUE;
}

static gboolean note_subject(gpointer data, const char *subject, GError **error G_GNUC_UNUSED)
{
    g_string_append_printf(data, "%s ", subject);
    return TRUE;
}

static char *of_subject(Fixture *self, const char *subject)
{
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new(NULL);
    gboolean done = self->class->of_subject(self->store, subject, 0, note_seq, text, &error);
    must(done, error);
    return g_string_free(text, FALSE);
}

static char *heads(Fixture *self, const char *subject)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    gboolean done = self->class->heads(self->store, subject, places, &error);
    must(done, error);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < places->len; i++)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " ", g_array_index(places, Place, i).seq);
    return g_string_free(text, FALSE);
}

static void a_subject_has_its_records_and_heads(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    put_many(self, 12, 3);
    must(self->class->head_put(self->store, NODE "/s1", (Place){0, 1}, &error), error);
    must(self->class->head_put(self->store, NODE "/s1", (Place){0, 4}, &error), error);
    must(self->class->head_put(self->store, NODE "/s1", (Place){0, 4}, &error), error);
    must(self->class->head_put(self->store, NODE "/s1", (Place){0, 7}, &error), error);
    must(self->class->head_drop(self->store, NODE "/s1", (Place){0, 1}, &error), error);
    must(self->class->head_drop(self->store, NODE "/s1", (Place){0, 1}, &error), error);
    commit(self);
    restart(self);
    g_autofree char *all = of_subject(self, NODE "/s1"), *open = heads(self, NODE "/s1"),
                    *none = heads(self, NODE "/s2");
    g_assert_cmpstr(all, ==, "1 10 4 7 "); /* heads last */
    g_assert_cmpstr(open, ==, "4 7 ");
    g_assert_cmpstr(none, ==, "");
    g_autoptr(GString) subjects = g_string_new(NULL);
    must(self->class->subjects(self->store, note_subject, subjects, &error), error);
    g_assert_cmpstr(subjects->str, ==, NODE "/s0 " NODE "/s1 " NODE "/s2 ");
}

static gboolean judge_and_count(gpointer data, const RecordRow *row, GError **error)
{
    Fixture *self = data;
    if (row->at.seq % 2 == 0)
        return self->class->record_judged(self->store, row->at, RECORD_UNKNOWN, "a type of later", error) &&
               self->class->head_put(self->store, NODE "/s0", row->at, error);
    return self->class->record_attested(self->store, row->at, error);
}

/* Changing what is walked over: every record is visited once. */
static void a_walk_may_change_what_it_walks_over(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    put_many(self, 700, 1);
    must(self->class->records(self->store, 0, 10, 500, 0, judge_and_count, self, &error), error);
    must(self->class->of_subject(self->store, NODE "/s0", RECORD_HEADER, judge_and_count, self, &error), error);
    commit(self);
    for (guint64 seq = 0; seq < 700; seq++) {
        g_auto(RecordRow) row = {0};
        must(self->class->record_get(self->store, (Place){0, seq}, 0, &row, &error), error);
        g_assert_cmpint(row.class, ==, seq % 2 == 0 ? RECORD_UNKNOWN : RECORD_VALID);
        g_assert_cmpstr(row.reason, ==, seq % 2 == 0 ? "a type of later" : "");
        g_assert_true(row.attested == (seq % 2 == 1));
    }
    g_autoptr(GString) seen = g_string_new(NULL);
    must(self->class->records(self->store, 0, 697, G_MAXUINT64, 0, note_seq, seen, &error), error);
    g_assert_cmpstr(seen->str, ==, "697 698 699 ");
}

static gboolean stop_at_once(gpointer data G_GNUC_UNUSED, const RecordRow *row G_GNUC_UNUSED, GError **error)
{
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_CANCELLED, "enough");
    return FALSE;
}

static void a_walk_ends_with_its_visitor_s_error(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    put_many(self, 3, 1);
    g_assert_false(self->class->records(self->store, 0, 0, 3, 0, stop_at_once, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CANCELLED);
    commit(self);
}

static void lasting_records_are_listed(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self);
    for (guint n = 0; n < 40; n++) {
        g_autofree char *act = g_strdup_printf("{\"n\":%u}", n);
        Draft draft = {.subject = NODE "/e", .act = act, .lasting = n % 13 == 0, .class = RECORD_VALID};
        put(self, &draft);
    }
    commit(self);
    g_autoptr(GString) seen = g_string_new(NULL);
    must(self->class->lasting(self->store, RECORD_ACT, note_seq, seen, &error), error);
    g_assert_cmpstr(seen->str, ==, "0 13 26 39 ");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE(a_record_comes_back_as_it_was_stored);
    CASE(lines_are_replaced_and_listed);
    CASE(every_root_is_made_of_stored_subtrees);
    CASE(hashes_are_found_among_thousands);
    CASE(what_is_rolled_back_is_not_found);
    CASE(lanes_do_not_mix);
    CASE(a_subject_has_its_records_and_heads);
    CASE(a_walk_may_change_what_it_walks_over);
    CASE(a_walk_ends_with_its_visitor_s_error);
    CASE(lasting_records_are_listed);
    return g_test_run();
}
