/* An old copy put back: the node sees it, says so, and goes on in new epochs; nothing that was signed is ever
 * contradicted. And what a start does not let pass: a second process, a missing key, a second creation. */
#include "base/error.h"
#include "node/create.h"
#include "node/hold.h"
#include "support/notebook.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    Bench bench;
    char *space, *person;
} Case;

static const char *const roles[] = {"investigator", NULL};

static void setup(Case *self, gconstpointer data)
{
    (void)data;
    bench_setup(&self->bench, NULL);
    self->space = bench_space(&self->bench);
    self->person = bench_person(&self->bench, "Adaeze Okafor", roles);
    bench_introduce(&self->bench, self->space, self->person, roles);
}

static void teardown(Case *self, gconstpointer data)
{
    (void)data;
    bench_teardown(&self->bench);
    g_free(self->space);
    g_free(self->person);
}

static void write_as(Case *self, const char *text)
{
    g_autoptr(GError) error = NULL;
    const Principal principal = {.person = self->person};
    g_autofree char *subject = bench_write(&self->bench, self->space, &principal, text, &error);
    g_assert_no_error(error);
    g_assert_nonnull(subject);
}

static void reopen_restored(Case *self)
{
    g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*every feed goes on in a new epoch*");
    bench_open(&self->bench);
    g_test_assert_expected_messages();
}

static gint64 count(Case *self, const char *sql)
{
    return bench_count(&self->bench, sql);
}

/* What must hold after a restore: a notice, new epochs, the people introduced again, and writing goes on. */
static void assert_goes_on(Case *self, gint64 notes_left)
{
    g_assert_cmpint(count(self, "SELECT COUNT(*) FROM notice WHERE code = 'node.restored'"), ==, 1);
    g_assert_cmpint(count(self, "SELECT COUNT(*) FROM note"), ==, notes_left);
    write_as(self, "after the restore");
    g_assert_cmpint(count(self, "SELECT COUNT(*) FROM note"), ==, notes_left + 1);
    g_assert_cmpint(count(self, "SELECT COUNT(*) FROM feed WHERE incarnation = 2"), ==, 2); /* own space, case */
    bench_audit(&self->bench, NULL);
    bench_close(&self->bench);
    bench_open(&self->bench); /* and it is no restore any more */
    write_as(self, "another day");
    g_assert_cmpint(count(self, "SELECT COUNT(*) FROM feed WHERE incarnation > 2"), ==, 0);
    bench_audit(&self->bench, NULL);
}

/* The database alone is older: the high-water file knows better. */
static void an_old_database_begins_new_epochs(Case *self, gconstpointer data)
{
    (void)data;
    write_as(self, "kept");
    bench_close(&self->bench);
    bench_copy(&self->bench, "data/database", "old-database");
    bench_open(&self->bench);
    write_as(self, "lost");
    bench_close(&self->bench);
    g_autofree char *old = g_build_filename(self->bench.folder, "old-database", NULL);
    g_autofree char *now = g_build_filename(self->bench.dir, "database", NULL);
    g_autofree char *log = g_strconcat(now, "-wal", NULL);
    g_unlink(log);
    g_assert_cmpint(g_rename(old, now), ==, 0);
    reopen_restored(self);
    assert_goes_on(self, 1);
}

/* The whole folder is older, high-water file and all: it is another folder than the one that the database knows. */
static void an_old_folder_begins_new_epochs(Case *self, gconstpointer data)
{
    (void)data;
    write_as(self, "kept");
    bench_close(&self->bench);
    bench_copy(&self->bench, "data", "old");
    bench_open(&self->bench);
    write_as(self, "lost");
    bench_close(&self->bench);
    bench_copy(&self->bench, "old", "data");
    reopen_restored(self);
    assert_goes_on(self, 1);
}

static void a_lost_high_water_file_begins_new_epochs(Case *self, gconstpointer data)
{
    (void)data;
    write_as(self, "kept");
    bench_close(&self->bench);
    g_autofree char *path = g_build_filename(self->bench.dir, "highwater", NULL);
    g_assert_cmpint(g_unlink(path), ==, 0);
    reopen_restored(self);
    assert_goes_on(self, 1);
}

/* The old copy comes back twice: the second time it is behind its own second epoch too. */
static void restoring_twice_forks_nothing(Case *self, gconstpointer data)
{
    (void)data;
    write_as(self, "kept");
    bench_close(&self->bench);
    bench_copy(&self->bench, "data", "old");
    for (guint i = 0; i < 2; i++) {
        bench_copy(&self->bench, "old", "data");
        reopen_restored(self);
        write_as(self, "written between");
        bench_close(&self->bench);
    }
    bench_open(&self->bench);
    g_assert_cmpint(count(self, "SELECT COUNT(DISTINCT epoch) FROM feed"), ==, 4); /* two lanes, old and new */
    bench_audit(&self->bench, NULL);
}

/* ---- what only one party may decide ---- */

typedef struct {
    const char *space, *subject;
    gboolean prepare; /* ask only */
} Settling;

static gboolean settle(Tx *tx, gpointer data, GError **error)
{
    const Settling *self = data;
    g_autoptr(json_t) members = json_pack("{s:n}", "home");
    const TxDraft draft = {
        .space = self->space, .type = "note.settled/1", .subject = self->subject, .members = members};
    if (!self->prepare)
        return tx_append(tx, &draft, NULL, error);
    g_autoptr(GBytes) bytes = tx_prepare(tx, &draft, error);
    return bytes != NULL;
}

/* Is an exclusive act taken, and the same asked for beforehand? Both, or neither with the code that says why. */
static gboolean may_settle(Case *self, const char *space, const char *subject)
{
    g_autoptr(GError) error = NULL;
    Settling asking = {space, subject, TRUE}, doing = {space, subject, FALSE};
    gboolean asked = node_write(self->bench.node, settle, &asking, &error);
    if (!asked)
        g_assert_cmpstr(error_code(error), ==, "restore.unconfirmed");
    g_clear_error(&error);
    gboolean done = node_write(self->bench.node, settle, &doing, &error);
    g_assert_cmpint(asked, ==, done);
    if (!done)
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    return done;
}

static gboolean go_on(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    return tx_hold_end(tx, error);
}

static void an_exclusive_act_waits_until_somebody_confirms(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *early = bench_write(&self->bench, self->space, NULL, "before", NULL);
    g_assert_true(may_settle(self, self->space, early));
    bench_close(&self->bench);
    bench_copy(&self->bench, "data", "old");
    for (guint i = 0; i < 2; i++) { /* put back again, it is held again, whatever was confirmed in between */
        bench_copy(&self->bench, "old", "data");
        reopen_restored(self);
        g_assert_false(may_settle(self, self->space, early));
        g_autofree char *late = bench_write(&self->bench, self->space, NULL, "after", NULL); /* free acts go on */
        g_assert_nonnull(late);
        g_assert_false(may_settle(self, self->space, late));
        g_autofree char *space = bench_space(&self->bench); /* nothing of this one can be lost */
        g_autofree char *there = bench_write(&self->bench, space, NULL, "a new case", NULL);
        g_assert_true(may_settle(self, space, there));
        bench_close(&self->bench);
        bench_open(&self->bench);
        g_assert_false(may_settle(self, self->space, early));
        g_assert_true(node_write(self->bench.node, go_on, NULL, NULL));
        g_assert_cmpint(count(self, "SELECT COUNT(*) FROM notice WHERE code = 'node.restored'"), ==, 0);
        g_assert_true(may_settle(self, self->space, early));
        bench_close(&self->bench);
        bench_open(&self->bench);
        g_assert_true(may_settle(self, self->space, late));
        bench_audit(&self->bench, NULL);
        bench_close(&self->bench);
    }
    for (guint i = 0; i < 2; i++) { /* twice, and nobody has confirmed in between: one word ends both */
        bench_copy(&self->bench, "old", "data");
        reopen_restored(self);
        bench_close(&self->bench);
        bench_copy(&self->bench, "data", "old");
    }
    bench_open(&self->bench);
    g_assert_cmpint(count(self, "SELECT COUNT(*) FROM notice WHERE code = 'node.restored'"), ==, 1);
    g_assert_true(node_write(self->bench.node, go_on, NULL, NULL));
    g_assert_cmpint(count(self, "SELECT COUNT(*) FROM notice WHERE code = 'node.restored'"), ==, 0);
}

/* ---- starts that are refused ---- */

static void a_second_process_is_told(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    NodeOptions options = bench_options(&self->bench);
    g_assert_null(node_open(&options, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_BUSY);
}

static void nothing_is_made_over_a_node(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    NodeConfig config = {.name = "other.node.test", .country = "UT", .origin = "http://localhost:8420"};
    NodeOptions options = bench_options(&self->bench);
    bench_close(&self->bench);
    g_assert_false(node_create(&options, &config, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    bench_open(&self->bench);
    g_assert_cmpstr(node_name(self->bench.node), ==, "harbour.node.test");
}

static void without_its_master_key_nothing_opens(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    NodeOptions options = bench_options(&self->bench);
    bench_close(&self->bench);
    g_autofree char *key = g_strconcat(self->bench.dir, ".key", NULL), *aside = g_strconcat(key, ".aside", NULL);
    struct stat info;
    g_assert_cmpint(stat(key, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 0777, ==, 0400);
    g_assert_cmpint(g_rename(key, aside), ==, 0);
    g_assert_null(node_open(&options, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_assert_cmpstr(error_code(error), ==, "master_key.missing");
}

static void a_misspelt_setting_names_the_nearest(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    NodeOptions options = bench_options(&self->bench);
    bench_close(&self->bench);
    g_autofree char *path = g_build_filename(self->bench.dir, "comity.conf", NULL);
    g_assert_true(g_file_set_contents(
        path, "[node]\nname=harbour.node.test\ncuontry=UT\norigin=http://localhost:8420\n", -1, NULL));
    g_assert_null(node_open(&options, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "the nearest is “country”"));
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add("/node/restore/" name, Case, NULL, setup, function, teardown)
    TEST("old-database", an_old_database_begins_new_epochs);
    TEST("old-folder", an_old_folder_begins_new_epochs);
    TEST("lost-high-water", a_lost_high_water_file_begins_new_epochs);
    TEST("twice", restoring_twice_forks_nothing);
    TEST("held", an_exclusive_act_waits_until_somebody_confirms);
    TEST("second-process", a_second_process_is_told);
    TEST("second-creation", nothing_is_made_over_a_node);
    TEST("master-key", without_its_master_key_nothing_opens);
    TEST("misspelt", a_misspelt_setting_names_the_nearest);
    return g_test_run();
}
