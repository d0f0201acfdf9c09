/* tests/unit/lane-store.c: a lane's rows in the database: what is put in is found again, by every way in, after a
 * restart, after thousands of others, and not after it was erased. */
#include "base/error.h"
#include "ledger/merkle.h"
#include "store/lane_sql.h"
#include "support/disk.h"
#include "support/world.h"

#define SPACE "0193a1b2-0000-7000-8000-000000000001"
#define LANE "a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846"
#define OTHER_LANE "b3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846"
#define NODE "police.node.test"
#define EPOCH "0123456789abcdef"
#define MARKER "she was seen at the harbour"

typedef struct {
    World world;
    char *folder, *path;
    Secret *key;
    Db *db;
    LaneSql *sql;
    const LaneStoreClass *class;
    gpointer store;
    MerkleFrontier *frontier; /* of line 0 */
    guint64 size;
} Fixture;

static void must(gboolean done, GError *error)
{
    g_assert_no_error(error);
    g_assert_true(done);
}

static void begin(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_begin(self->db, &error);
    must(done, error);
}

static void commit(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_commit(self->db, &error);
    must(done, error);
}

static void open_lane(Fixture *self, const char *lane)
{
    g_clear_pointer(&self->sql, lane_sql_free);
    self->sql = lane_sql_new(self->db, SPACE, lane);
    const LaneStore *store = lane_sql_store(self->sql);
    self->class = store->class;
    self->store = store->store;
}

static void open_db(Fixture *self, DbMode mode)
{
    g_autoptr(GError) error = NULL;
    self->db = db_open(&self->world.env, self->path, self->key, mode, &error);
    g_assert_no_error(error);
    gboolean done = lane_sql_schema(self->db, &error);
    must(done, error);
    open_lane(self, LANE);
}

/* As after a kill: everything but the disk is gone. */
static void restart(Fixture *self)
{
    g_clear_pointer(&self->sql, lane_sql_free);
    g_clear_pointer(&self->db, db_close);
    open_db(self, DB_READ_WRITE);
}

static void put_line(Fixture *self, guint32 number, const char *epoch)
{
    g_autoptr(GError) error = NULL;
    LineRow line = {.line = number,
                    .node = (char *)NODE,
                    .epoch = (char *)epoch,
                    .parent = LINE_NONE,
                    .stopped = SEQ_NONE,
                    .own = TRUE};
    gboolean done = self->class->line_put(self->store, &line, &error);
    must(done, error);
}

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = disk_new();
    self->path = g_build_filename(self->folder, "database", NULL);
    self->key = secret_new_random(&self->world.env);
    self->frontier = merkle_frontier_new();
    open_db(self, DB_CREATE);
    begin(self);
    put_line(self, 0, EPOCH);
    commit(self);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    lane_sql_free(self->sql);
    db_close(self->db);
    merkle_frontier_free(self->frontier);
    secret_unref(self->key);
    g_free(self->path);
    disk_remove(self->folder);
}

/* ---- records ---- */

typedef struct {
    Hash completed[MERKLE_LEVELS];
    guint count;
} Completed;

static void note_completed(gpointer data, guint level, guint64 index G_GNUC_UNUSED, const Hash *hash)
{
    Completed *completed = data;
    if (level > 0)
        completed->completed[completed->count++] = *hash;
}

typedef struct {
    const char *subject, *act, *confirmation; /* act NULL: not here */
    gboolean lasting;
    RecordClass class;
} Draft;

static Hash act_hash(const char *act)
{
    return sha256(act, strlen(act));
}

static GBytes *header_of(const Draft *draft, const char *epoch, guint64 seq)
{
    Hash confirmation = draft->confirmation != NULL ? act_hash(draft->confirmation) : (Hash){{0}};
    HeaderParts header = {.space = SPACE,
                          .lane = LANE,
                          .node = NODE,
                          .epoch = epoch,
                          .seq = seq,
                          .height = seq + 1,
                          .time_ms = 1795558376123 + (gint64)seq,
                          .person = "0193a1b2-0000-7000-8000-00000000000a",
                          .subject = draft->subject,
                          .act = act_hash(draft->act != NULL ? draft->act : "an act that is elsewhere"),
                          .lasting = draft->lasting,
                          .confirmation = draft->confirmation != NULL ? &confirmation : NULL};
    return header_write(&header);
}

static Span span_of(const char *text)
{
    return (Span){text, strlen(text)};
}

/* Puts the next record on line 0, and returns its leaf. */
static Hash put(Fixture *self, const Draft *draft)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = header_of(draft, EPOCH, self->size);
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    Header header;
    const char *reason = NULL;
    g_assert_true(header_scan(text, length, &header, &reason));
    Completed completed = {.count = 0};
    Hash leaf = merkle_leaf(text, length);
    merkle_frontier_append_leaf(self->frontier, &leaf, note_completed, &completed);
    Span act = span_of(draft->act != NULL ? draft->act : ""),
         confirmation = span_of(draft->confirmation != NULL ? draft->confirmation : "");
    RecordNew record = {.at = {0, self->size},
                        .leaf = leaf,
                        .completed = completed.completed,
                        .completed_count = completed.count,
                        .header = &header,
                        .header_bytes = {text, length},
                        .act = draft->act != NULL ? &act : NULL,
                        .confirmation = draft->confirmation != NULL ? &confirmation : NULL,
                        .class = draft->class,
                        .reason = ""};
    gboolean done = self->class->record_put(self->store, &record, &error);
    must(done, error);
    self->size++;
    return leaf;
}

/* @count records of subjects s0, s1... in turn, each with an act of its own. */
static void put_many(Fixture *self, guint count, guint subjects)
{
    for (guint n = 0; n < count; n++) {
        g_autofree char *subject = g_strdup_printf(NODE "/s%u", (guint)(self->size % subjects));
        g_autofree char *act = g_strdup_printf("{\"number\":%" G_GUINT64_FORMAT "}", self->size);
        Draft draft = {.subject = subject, .act = act, .class = RECORD_VALID};
        put(self, &draft);
    }
}

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

static gboolean subtree(gpointer data, guint level, guint64 index, Hash *out, GError **error)
{
    Fixture *self = data;
    return self->class->subtree(self->store, (Place){0, ((index + 1) << level) - 1}, level, out, error);
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

#define CASE(name) g_test_add("/lane-store/" #name, Fixture, NULL, set_up, name, tear_down)

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
    CASE(an_erased_body_leaves_no_trace);
    CASE(a_body_that_comes_late_is_added);
    CASE(bytes_that_are_no_header_are_kept);
    CASE(a_step_holds_until_the_next);
    CASE(erased_acts_are_remembered_by_node);
    CASE(early_records_wait_under_their_root);
    return g_test_run();
}
