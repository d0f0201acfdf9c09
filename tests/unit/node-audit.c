/* Damage, one kind after the other, each in a place of its own: the audit names it, and what can be mended is. */
#include "base/error.h"
#include "node/anchors.h"
#include "node/rebuild.h"
#include "support/notebook.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *name;
    const char *sql;  /* how it is damaged */
    const char *code; /* how the audit names it */
    gboolean mended;  /* a rebuild mends it */
} Damage;

/* The record of a note: neither a feed's first nor its last. */
#define ONE "WHERE line = (SELECT MAX(line) FROM ledger_record) AND seq = 3"
#define BODY "WHERE key = (SELECT body FROM ledger_record " ONE ")"

static const Damage damages[] = {
    {"header",
     "UPDATE ledger_body SET header = CAST(REPLACE(CAST(header AS TEXT), '\"seq\":3', '\"seq\":4') AS BLOB) " BODY,
     "record.leaf", FALSE},
    {"act", "UPDATE ledger_body SET act = CAST(REPLACE(CAST(act AS TEXT), 'note 2', 'note 9') AS BLOB) " BODY,
     "record.class", FALSE},
    {"act-gone", "UPDATE ledger_body SET act = NULL " BODY, "record.class", FALSE},
    {"record-gone", "DELETE FROM ledger_record " ONE, "record.missing", FALSE},
    {"leaf",
     "UPDATE ledger_record SET leaf = (SELECT leaf FROM ledger_record WHERE line = (SELECT MAX(line) FROM "
     "ledger_record) "
     "AND seq = 2) " ONE,
     "record.leaf", FALSE},
    {"tree-hash",
     "UPDATE ledger_record SET completed = (SELECT MIN(leaf) FROM ledger_record) WHERE line = (SELECT MAX(line) "
     "FROM ledger_record) AND seq = 1",
     "tree.hash", FALSE},
    {"class", "UPDATE ledger_record SET class = 3 " ONE, "record.class", TRUE},
    {"look-up", "DELETE FROM ledger_hash " ONE, "record.lookup", FALSE},
    {"row", "UPDATE note SET text = 'note 9' WHERE text = 'note 2'", "rows.differ", TRUE},
    {"row-gone", "DELETE FROM lane_party", "rows.differ", TRUE},
    {"checkpoint", "UPDATE feed SET note = REPLACE(note, 'harbour', 'hirbour')", "checkpoint.signature", FALSE},
    {"anchor-root", "UPDATE anchor SET root = (SELECT MIN(leaf) FROM ledger_record) WHERE number = 0", "anchor.log",
     FALSE},
    {"anchor-feed", "UPDATE anchor_feed SET root = (SELECT MIN(leaf) FROM ledger_record)", "anchor.root", FALSE},
    {"table-gone", "ALTER TABLE anchor RENAME TO anchor_gone", "database.unreadable", FALSE},
    {"card", "UPDATE card SET note = REPLACE(note, 'title Harbour', 'title Hirbour')", "card.broken", FALSE},
};

static void setup(Bench *bench, gconstpointer data)
{
    (void)data;
    bench_setup(bench, NULL);
    g_autofree char *space = bench_space(bench);
    for (guint i = 0; i < 5; i++) {
        g_autofree char *text = g_strdup_printf("note %u", i);
        g_autofree char *subject = bench_write(bench, space, NULL, text, NULL);
        g_assert_nonnull(subject);
    }
    g_assert_true(node_anchor(bench->node, NULL, NULL));
    bench_close(bench); /* so that checkpoints are in their rows */
    bench_open(bench);
    bench_audit(bench, NULL);
}

static void teardown(Bench *bench, gconstpointer data)
{
    (void)data;
    bench_teardown(bench);
}

static gboolean execute(Tx *tx, gpointer data, GError **error)
{
    return db_execute(tx_db(tx), data, error);
}

static void a_damage_is_named(Bench *bench, gconstpointer data)
{
    const Damage *damage = data;
    g_autoptr(GError) error = NULL;
    g_assert_true(node_write(bench->node, execute, (gpointer)damage->sql, &error));
    g_assert_no_error(error);
    bench_audit(bench, damage->code);
    if (!damage->mended)
        return;
    g_assert_true(node_rebuild(bench->node, NULL, NULL, &error));
    g_assert_no_error(error);
    bench_audit(bench, NULL);
}

/* Flips one bit of the file @name in the data directory, in the middle. */
static void flip(Bench *bench, const char *name)
{
    g_autofree char *path = g_build_filename(bench->dir, name, NULL), *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    bytes[length / 2] ^= 0x10;
    FILE *file = fopen(path, "r+");
    g_assert_cmpuint(fwrite(bytes, 1, length, file), ==, length);
    g_assert_cmpint(fclose(file), ==, 0);
}

static void a_damaged_keyring_is_named_while_the_keys_are_there(Bench *bench, gconstpointer data)
{
    (void)data;
    flip(bench, "keyring");
    bench_audit(bench, "keyring.unreadable");
}

static void marks_that_are_gone_are_named(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autofree char *path = g_build_filename(bench->dir, "highwater", NULL);
    g_assert_cmpint(truncate(path, 128), ==, 0); /* the head alone */
    bench_audit(bench, "highwater.missing");
}

/* The newest rows alone, and with what was written beside them: then the mark alone tells. */
static void anchors_that_are_gone_are_named(Bench *bench, gconstpointer data)
{
    g_assert_true(node_anchor(bench->node, NULL, NULL));
    g_assert_true(node_anchor(bench->node, NULL, NULL));
    bench_audit(bench, NULL);
    g_assert_true(node_write(bench->node, execute, (gpointer)data, NULL));
    bench_audit(bench, "anchor.behind");
}

/* A database beside that can't be made is told of, after a harmless damage too. */
static void a_part_that_was_not_done_is_named(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autofree char *path = g_build_filename(bench->dir, "shadow", NULL);
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    bench_audit(bench, "audit.unfinished");
    marks_that_are_gone_are_named(bench, NULL);
    bench_audit(bench, "audit.unfinished");
    g_assert_cmpint(g_rmdir(path), ==, 0);
}

static void a_flipped_bit_in_the_database_is_named(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    NodeOptions options = bench_options(bench);
    bench_close(bench);
    flip(bench, "database");
    bench->node = node_open(&options, &error);
    if (bench->node)
        bench_audit(bench, "database.page");
    else
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autofree char *path = g_strconcat("/node/audit/", damages[i].name, NULL);
        g_test_add(path, Bench, &damages[i], setup, a_damage_is_named, teardown);
    }
    g_test_add("/node/audit/keyring", Bench, NULL, setup, a_damaged_keyring_is_named_while_the_keys_are_there,
               teardown);
    g_test_add("/node/audit/marks", Bench, NULL, setup, marks_that_are_gone_are_named, teardown);
    g_test_add("/node/audit/anchors-gone", Bench, "DELETE FROM anchor WHERE number > 0", setup,
               anchors_that_are_gone_are_named, teardown);
    g_test_add("/node/audit/anchor-row-gone", Bench, "DELETE FROM anchor", setup, anchors_that_are_gone_are_named,
               teardown);
    g_test_add("/node/audit/unfinished", Bench, NULL, setup, a_part_that_was_not_done_is_named, teardown);
    g_test_add("/node/audit/bit", Bench, NULL, setup, a_flipped_bit_in_the_database_is_named, teardown);
    return g_test_run();
}
