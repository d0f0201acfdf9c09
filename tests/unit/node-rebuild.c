/* Rows are what the records say, whoever wrote them when: rebuilding gives the same digest; a row that was altered is
 * found, and mended; a feature whose tables changed is filled again at the next start. */
#include "base/error.h"
#include "node/rebuild.h"
#include "support/notebook.h"
#include <string.h>

static void setup(Bench *bench, gconstpointer data)
{
    const char *const roles[] = {"investigator", NULL};
    (void)data;
    bench_setup(bench, NULL);
    g_autofree char *person = bench_person(bench, "Adaeze Okafor", roles);
    for (guint s = 0; s < 3; s++) {
        g_autofree char *space = bench_space(bench);
        bench_introduce(bench, space, person, roles);
        Principal principal = {.person = person};
        for (guint n = 0; n < 5; n++) {
            g_autofree char *text = g_strdup_printf("note %u of space %u", n, s);
            g_autofree char *subject = bench_write(bench, space, n % 2 ? &principal : NULL, text, NULL);
            g_assert_nonnull(subject);
            bench_change(bench, space, subject, "changed");
        }
        if (s == 1)
            bench_withdraw(bench, space, person);
    }
}

static void teardown(Bench *bench, gconstpointer data)
{
    (void)data;
    bench_teardown(bench);
}

static void the_same_rows_come_again(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *before = bench_digest(bench);
    Hash shadow;
    g_assert_true(node_shadow_digest(bench->node, NULL, NULL, &shadow, &error));
    g_assert_no_error(error);
    g_autofree char *beside = hash_text(&shadow);
    g_assert_cmpstr(beside, ==, before);
    g_assert_true(node_rebuild(bench->node, NULL, NULL, &error));
    g_assert_no_error(error);
    g_autofree char *after = bench_digest(bench);
    g_assert_cmpstr(after, ==, before);
    bench_close(bench);
    bench_open(bench);
    g_autofree char *reopened = bench_digest(bench);
    g_assert_cmpstr(reopened, ==, before);
    bench_audit(bench, NULL);
}

static gboolean alter_row(Tx *tx, gpointer data, GError **error)
{
    return db_execute(tx_db(tx), data, error);
}

static void an_altered_row_is_found_and_mended(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *before = bench_digest(bench);
    char sql[] = "UPDATE note SET text = 'something else' WHERE subject = (SELECT MIN(subject) FROM note)";
    g_assert_true(node_write(bench->node, alter_row, sql, &error));
    g_autofree char *altered = bench_digest(bench);
    g_assert_cmpstr(altered, !=, before);
    bench_audit(bench, "rows.differ");
    g_assert_true(node_rebuild(bench->node, NULL, NULL, &error));
    g_autofree char *mended = bench_digest(bench);
    g_assert_cmpstr(mended, ==, before);
    bench_audit(bench, NULL);
}

/* The next version of the program keeps the length of each note as well. */
static const char *const longer_tables[] = {"note", NULL};

static gboolean project_length(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    g_autoptr(DbQuery) put = db_query(db, "INSERT INTO note (subject, text, length) VALUES (:subject, :text, :length) "
                                          "ON CONFLICT (subject) DO UPDATE SET text = :text, length = :length");
    const char *text = entity_text(entity, "text");
    db_bind_text(put, "subject", place->subject);
    db_bind_text(put, "text", text);
    db_bind_integer(put, "length", (gint64)strlen(text));
    return db_run(put, error);
}

static void a_new_version_fills_its_tables_again(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    Feature longer = notebook;
    longer.tables_version = 2;
    longer.tables = longer_tables;
    longer.tables_sql = "CREATE TABLE note (subject TEXT PRIMARY KEY, text TEXT NOT NULL, length BIGINT NOT NULL);";
    longer.project = project_length;
    const Feature *const features[] = {&longer, NULL};
    NodeOptions options = bench_options(bench);
    options.features = features;
    gint64 notes = bench_count(bench, "SELECT COUNT(*) FROM note");
    bench_close(bench);
    bench->node = node_open(&options, &error);
    g_assert_no_error(error);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note WHERE length = 7"), ==, notes); /* "changed" */
    bench_close(bench);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add("/node/rebuild/" name, Bench, NULL, setup, function, teardown)
    TEST("same-rows", the_same_rows_come_again);
    TEST("altered-row", an_altered_row_is_found_and_mended);
    TEST("new-version", a_new_version_fills_its_tables_again);
    return g_test_run();
}
