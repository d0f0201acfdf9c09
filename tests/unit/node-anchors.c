/* The log of anchors through what happens to a disk: whatever is put back or breaks off, no checkpoint of it is ever
 * signed over a second history. */
#include "base/error.h"
#include "ledger/checkpoint.h"
#include "node/anchors.h"
#include "node/internal.h"
#include "support/notebook.h"
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    Bench bench;
    char *space;
    GPtrArray *signed_logs; /* of Checkpoint: every one that anybody can have seen */
} Case;

static void setup(Case *self, gconstpointer data)
{
    (void)data;
    bench_setup(&self->bench, NULL);
    self->space = bench_space(&self->bench);
    self->signed_logs = g_ptr_array_new_with_free_func((GDestroyNotify)checkpoint_free);
}

static void teardown(Case *self, gconstpointer data)
{
    (void)data;
    bench_teardown(&self->bench);
    g_free(self->space);
    g_ptr_array_unref(self->signed_logs);
}

/* ---- what is asked ---- */

/* Takes what is signed now to what was signed before; no two may contradict each other. */
static void nothing_contradicts(Case *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) db = node_reader_open(self->bench.node, NULL);
    g_autoptr(DbQuery) query = db_query(db, "SELECT checkpoint FROM anchor");
    while (db_step(query, &error) > 0) {
        const char *note = db_text(query, 0);
        gsize length = (gsize)(strstr(note, "\n\n") - note) + 1;
        Checkpoint *checkpoint = checkpoint_parse(note, length, &error);
        g_assert_no_error(error);
        for (guint i = 0; i < self->signed_logs->len; i++)
            g_assert_false(checkpoint_contradicts(checkpoint, g_ptr_array_index(self->signed_logs, i)));
        g_ptr_array_add(self->signed_logs, checkpoint);
    }
    g_assert_no_error(error);
}

static AnchorPlace anchor(Case *self)
{
    g_autoptr(GError) error = NULL;
    AnchorPlace made;
    g_assert_true(node_anchor(self->bench.node, &made, &error));
    g_assert_no_error(error);
    nothing_contradicts(self);
    return made;
}

static void write_note(Case *self, const char *text)
{
    g_autofree char *subject = bench_write(&self->bench, self->space, NULL, text, NULL);
    g_assert_nonnull(subject);
}

static void assert_place(const AnchorPlace *at, const char *epoch, guint64 index)
{
    g_assert_cmpstr(at->epoch, ==, epoch);
    g_assert_cmpuint(at->index, ==, index);
}

static void assert_begun_anew(const AnchorPlace *at, const AnchorPlace *before)
{
    g_assert_cmpstr(at->epoch, !=, before->epoch);
    g_assert_cmpuint(at->index, ==, 0);
}

/* ---- ways of putting back ---- */

static void keep_copy(Case *self)
{
    bench_close(&self->bench);
    bench_copy(&self->bench, "data", "old");
    bench_open(&self->bench);
}

static void put_folder_back(Case *self)
{
    bench_close(&self->bench);
    bench_copy(&self->bench, "old", "data");
    g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*every feed goes on in a new epoch*");
    bench_open(&self->bench);
    g_test_assert_expected_messages();
}

/* The database alone; the high-water file stays. */
static void put_database_back(Case *self)
{
    bench_close(&self->bench);
    g_autofree char *now = g_build_filename(self->bench.dir, "database", NULL);
    g_autofree char *log = g_strconcat(now, "-wal", NULL);
    g_unlink(log);
    g_assert_cmpint(g_unlink(now), ==, 0);
    bench_copy(&self->bench, "old/database", "data/database");
}

/* ---- the tests ---- */

static void a_log_goes_on_from_start_to_start(Case *self, gconstpointer data)
{
    (void)data;
    AnchorPlace first = anchor(self);
    g_assert_cmpuint(strlen(first.epoch), ==, EPOCH_SIZE);
    for (guint i = 1; i < 4; i++) {
        bench_close(&self->bench);
        bench_open(&self->bench);
        write_note(self, "another day");
        AnchorPlace next = anchor(self);
        assert_place(&next, first.epoch, i);
    }
    bench_audit(&self->bench, NULL);
}

static void an_old_folder_begins_another_log(Case *self, gconstpointer data)
{
    (void)data;
    AnchorPlace first = anchor(self);
    keep_copy(self);
    write_note(self, "lost");
    AnchorPlace lost = anchor(self);
    assert_place(&lost, first.epoch, 1);
    AnchorPlace before = lost;
    for (guint i = 0; i < 2; i++) { /* the second time it is behind its own second log too */
        put_folder_back(self);
        write_note(self, "written instead");
        AnchorPlace now = anchor(self);
        assert_begun_anew(&now, &first);
        assert_begun_anew(&now, &before);
        before = now;
        now = anchor(self);
        assert_place(&now, before.epoch, 1);
    }
    bench_audit(&self->bench, NULL);
}

/* No feed had grown: only anchors are lost, and nothing but the high-water file knows of them. */
static void an_old_database_that_lost_anchors_alone_begins_another_log(Case *self, gconstpointer data)
{
    (void)data;
    write_note(self, "kept");
    AnchorPlace first = anchor(self);
    keep_copy(self);
    anchor(self);
    put_database_back(self);
    bench_open(&self->bench);
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM notice WHERE code = 'node.restored'"), ==, 0);
    write_note(self, "written instead");
    AnchorPlace now = anchor(self);
    assert_begun_anew(&now, &first);
    bench_close(&self->bench);
    bench_open(&self->bench); /* the log that was left makes no old copy of this database */
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM notice WHERE code = 'node.restored'"), ==, 0);
    AnchorPlace next = anchor(self);
    assert_place(&next, now.epoch, 1);
    bench_audit(&self->bench, NULL);
}

static gboolean mark_and_fail(Tx *tx, gpointer data, GError **error)
{
    const AnchorPlace *last = data;
    g_autofree char *origin = checkpoint_anchors_origin(node_name(tx->node), last->epoch);
    const HighWaterMark mark = {
        .origin = sha256(origin, strlen(origin)), .size = last->index + 2, .root = sha256("never committed", 15)};
    g_assert_true(highwater_put(tx->node->highwater, &mark, error));
    g_assert_true(highwater_sync(tx->node->highwater, error));
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_IO, "The disk is full.");
    return FALSE;
}

/* The high-water file was written, and then the commit failed, or the process died (@data): the file knows a root that
 * nobody has. */
static void a_commit_that_failed_begins_another_log(Case *self, gconstpointer data)
{
    AnchorPlace first = anchor(self);
    g_autoptr(GError) error = NULL;
    g_assert_false(node_write(self->bench.node, mark_and_fail, &first, &error));
    if (data) {
        bench_close(&self->bench);
        bench_open(&self->bench);
    }
    AnchorPlace now = anchor(self);
    assert_begun_anew(&now, &first);
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM notice WHERE code = 'node.restored'"), ==, 0);
    bench_audit(&self->bench, NULL);
}

static gboolean exchange_root(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    return db_execute(tx_db(tx), "UPDATE anchor SET root = (SELECT MIN(leaf) FROM ledger_record)", error);
}

/* As long as it was, and another: only the root tells. */
static void a_database_with_another_history_begins_another_log(Case *self, gconstpointer data)
{
    (void)data;
    AnchorPlace first = anchor(self);
    g_assert_true(node_write(self->bench.node, exchange_root, NULL, NULL));
    AnchorPlace now = anchor(self);
    assert_begun_anew(&now, &first);
    bench_audit(&self->bench, "anchor.log");
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
#define TEST(name, data, function) g_test_add("/node/anchors/" name, Case, data, setup, function, teardown)
    TEST("goes-on", NULL, a_log_goes_on_from_start_to_start);
    TEST("old-folder", NULL, an_old_folder_begins_another_log);
    TEST("old-database", NULL, an_old_database_that_lost_anchors_alone_begins_another_log);
    TEST("failed-commit", NULL, a_commit_that_failed_begins_another_log);
    TEST("died-before-commit", "again", a_commit_that_failed_begins_another_log);
    TEST("another-history", NULL, a_database_with_another_history_begins_another_log);
    return g_test_run();
}
