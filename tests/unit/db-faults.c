/* tests/unit/db-faults.c: a database keeps what it acknowledged whatever fails, tells what is damaged, and shows a
 * thief nothing. */
#include "support/small-db.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define MARKER "the witness lives in Harbour Street"

static void reopen(Fixture *self)
{
    g_clear_pointer(&self->db, db_close);
    self->db = open_db(self, DB_READ_WRITE);
}

static void many_rows(Db *db, guint rows)
{
    g_autoptr(GError) error = NULL;
    begin(db);
    for (guint n = 0; n < rows; n++) {
        g_autofree char *text = g_strdup_printf("%s, number %u, %0300u", MARKER, n, n);
        add(db, text, &error);
        g_assert_no_error(error);
    }
    commit(db);
}

static void a_thief_reads_nothing(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    many_rows(self->db, 500);
    begin(self->db);
    execute(self->db, "UPDATE note SET seen = 1"); /* spills, and journals its savepoint */
    g_assert_cmpuint(disk_search_text(self->folder, MARKER), ==, 0);
    g_assert_cmpuint(disk_search(self->folder, secret_bytes(self->key), SECRET_SIZE), ==, 0);
    g_assert_cmpuint(disk_search_text(self->folder, "note_text"), ==, 0);
    commit(self->db);
    g_clear_pointer(&self->db, db_close);
    g_assert_cmpuint(disk_search_text(self->folder, MARKER), ==, 0);
    g_assert_cmpuint(disk_search_text(self->folder, "CREATE TABLE"), ==, 0);
}

static void what_was_deleted_is_overwritten(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    /* As SQLite itself sees its pages, so what whoever has the key could still find in them. */
    static const char pages[] = "SELECT count(*) FROM sqlite_dbpage WHERE instr(data, CAST('" MARKER "' AS BLOB)) > 0";
    g_autoptr(GError) error = NULL;
    many_rows(self->db, 200);
    g_assert_cmpint(count(self->db, pages), >, 10);
    execute(self->db, "UPDATE note SET text = 'erased' || id WHERE id % 2 = 0");
    execute(self->db, "DELETE FROM note WHERE id % 2 = 1");
    must(db_purge(self->db, &error), error);
    g_assert_cmpint(count(self->db, pages), ==, 0);
    g_autofree char *log = g_strconcat(self->path, "-wal", NULL);
    g_assert_cmpint(disk_size(log), ==, 0);
}

static void a_purge_that_a_reader_holds_up_says_so(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) reader = open_db(self, DB_READ_ONLY);
    begin(reader);
    g_assert_cmpint(count(reader, "SELECT count(*) FROM note"), ==, 0);
    many_rows(self->db, 10);
    g_assert_false(db_purge(self->db, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_BUSY);
    g_clear_error(&error);
    db_rollback(reader);
    must(db_purge(self->db, &error), error);
}

static void one_commit_is_one_sync(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    many_rows(self->db, 1); /* the log's first sync also makes its name durable */
    guint before = self->world.syncs;
    for (guint n = 0; n < 10; n++) {
        begin(self->db);
        execute(self->db, "UPDATE note SET seen = coalesce(seen, 0) + 1");
        commit(self->db);
    }
    g_assert_cmpuint(self->world.syncs - before, ==, 10);
}

static void the_log_does_not_grow_for_ever(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(Db) reader = open_db(self, DB_READ_ONLY);
    g_autofree char *log = g_strconcat(self->path, "-wal", NULL);
    many_rows(self->db, 3000);
    for (guint n = 0; n < 100; n++) {
        execute(self->db, "UPDATE note SET seen = coalesce(seen, 0) + 1"); /* a megabyte each */
        g_assert_cmpint(count(reader, "SELECT max(seen) FROM note"), ==, (gint64)n + 1);
    }
    g_assert_cmpint(disk_size(log), <, 48 * 1024 * 1024);
}

/* ---- damage ---- */

static void note_damage(gpointer data, const char *sentence)
{
    g_ptr_array_add(data, g_strdup(sentence));
}

static GPtrArray *damages(Db *db)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    gboolean done = db_check(db, note_damage, found, &error);
    must(done, error);
    return found;
}

static void a_whole_database_has_no_damage(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    many_rows(self->db, 300);
    execute(self->db, "DELETE FROM note WHERE id < 100"); /* free pages, and some only in the log */
    g_autoptr(GPtrArray) found = damages(self->db);
    g_assert_cmpuint(found->len, ==, 0);
    g_autoptr(Db) reader = open_db(self, DB_READ_ONLY);
    g_autoptr(GPtrArray) again = damages(reader);
    g_assert_cmpuint(again->len, ==, 0);
}

/* Every bit counts: one in a page of a table, of an index, a free page, and each of the head that is not encrypted. */
static void each_flipped_bit_is_found_and_named(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    many_rows(self->db, 300);
    execute(self->db, "DELETE FROM note WHERE id < 100");
    g_clear_pointer(&self->db, db_close);
    g_autofree char *whole = g_build_filename(self->folder, "whole", NULL);
    disk_copy(self->path, whole);
    goffset size = disk_size(self->path);
    for (guint n = 0; n < 24 * 8 + 300; n++) {
        guint32 chance = 0;
        env_random(&self->world.env, &chance, sizeof chance);
        goffset byte = n < 24 * 8 ? n / 8 : (goffset)(chance % (guint64)size);
        disk_flip(self->path, byte, n % 8);
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = db_open(&self->world.env, self->path, self->key, DB_READ_ONLY, &error);
        if (db == NULL) {
            g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
        } else {
            g_autoptr(GPtrArray) found = damages(db);
            g_assert_cmpuint(found->len, >, 0);
            g_autofree char *page = g_strdup_printf("Page %" G_GOFFSET_FORMAT " ", byte / 4096 + 1);
            g_assert_nonnull(strstr(g_ptr_array_index(found, 0), page));
        }
        g_clear_pointer(&db, db_close);
        disk_copy(whole, self->path);
    }
    g_unlink(whole);
    self->db = open_db(self, DB_READ_WRITE);
}

static void a_page_put_back_from_elsewhere_is_found(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    many_rows(self->db, 300);
    g_clear_pointer(&self->db, db_close);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    bytes = folder_read(self->path, &length);
    memcpy(bytes + 4096 * 7, bytes + 4096 * 8, 4096); /* whole, authentic, but the eighth's */
    g_assert_true(g_file_set_contents(self->path, bytes, (gssize)length, NULL));
    self->db = open_db(self, DB_READ_WRITE);
    g_autoptr(GPtrArray) found = damages(self->db);
    g_assert_cmpuint(found->len, >, 0);
    g_assert_nonnull(strstr(g_ptr_array_index(found, 0), "Page 8 "));
}

/* ---- faults ---- */

static void a_sync_that_fails_fails_the_commit(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    many_rows(self->db, 3);
    begin(self->db);
    add(self->db, "perhaps", &error);
    self->world.fail_sync = self->world.syncs + 1;
    g_assert_false(db_commit(self->db, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
    g_clear_error(&error);
    g_assert_false(db_in_transaction(self->db));
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM note"), ==, 3);
    add(self->db, "after", &error);
    g_assert_no_error(error);
    reopen(self);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM note WHERE text = 'after'"), ==, 1);
    g_autoptr(GPtrArray) found = damages(self->db);
    g_assert_cmpuint(found->len, ==, 0);
}

static void a_full_disk_is_told_and_survived(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    struct rlimit before, small = {.rlim_cur = 256 * 1024, .rlim_max = 0};
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    small.rlim_max = before.rlim_max;
    many_rows(self->db, 20);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    g_autoptr(GError) error = NULL;
    guint acknowledged = 20;
    while (error == NULL) {
        g_autofree char *text = g_strdup_printf("%4000u", acknowledged);
        g_assert_cmpuint(acknowledged, <, 1000);
        if (add(self->db, text, &error))
            acknowledged++;
    }
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FULL);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM note"), ==, acknowledged); /* reading goes on */
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    g_clear_error(&error);
    must(add(self->db, "room again", &error), error);
    reopen(self);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM note"), ==, acknowledged + 1);
    g_autoptr(GPtrArray) found = damages(self->db);
    g_assert_cmpuint(found->len, ==, 0);
}

/* In a child: commits notes, one by one or in groups, and tells each commit through @out, until it is killed. */
static void write_until_killed(Fixture *self, int out) G_GNUC_NORETURN;
static void write_until_killed(Fixture *self, int out)
{
    Db *db = open_db(self, DB_READ_WRITE);
    for (gint64 last = count(db, "SELECT coalesce(max(id), 0) FROM note");;) {
        begin(db);
        for (guint n = 0; n < 1 + (guint)last % 7; n++) {
            g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " %0*d", last + 1, (int)(last % 5) * 900, 0);
            last = add_numbered(db, text);
        }
        commit(db);
        g_assert_cmpint(write(out, &last, sizeof last), ==, sizeof last);
    }
}

static void what_was_acknowledged_survives_being_killed(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_clear_pointer(&self->db, db_close);
    gint64 acknowledged = 0;
    for (guint round = 0; round < 25; round++) {
        int ends[2];
        g_assert_cmpint(pipe(ends), ==, 0);
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            close(ends[0]);
            write_until_killed(self, ends[1]);
        }
        close(ends[1]);
        gint64 last = 0;
        for (guint n = 0; n < 5 + round * 11 && read(ends[0], &last, sizeof last) == sizeof last; n++)
            acknowledged = last;
        g_assert_cmpint(kill(child, SIGKILL), ==, 0);
        while (read(ends[0], &last, sizeof last) == sizeof last)
            acknowledged = last;
        close(ends[0]);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
        self->db = open_db(self, DB_READ_WRITE);
        gint64 rows = count(self->db, "SELECT count(*) FROM note");
        g_assert_cmpint(rows, >=, acknowledged);
        g_assert_cmpint(count(self->db, "SELECT max(id) FROM note"), ==, rows); /* no hole */
        g_autoptr(GPtrArray) found = damages(self->db);
        g_assert_cmpuint(found->len, ==, 0);
        g_clear_pointer(&self->db, db_close);
        acknowledged = rows;
    }
    self->db = open_db(self, DB_READ_WRITE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGXFSZ, SIG_IGN);
    CASE(a_thief_reads_nothing);
    CASE(what_was_deleted_is_overwritten);
    CASE(a_purge_that_a_reader_holds_up_says_so);
    CASE(one_commit_is_one_sync);
    CASE(the_log_does_not_grow_for_ever);
    CASE(a_whole_database_has_no_damage);
    CASE(each_flipped_bit_is_found_and_named);
    CASE(a_page_put_back_from_elsewhere_is_found);
    CASE(a_sync_that_fails_fails_the_commit);
    CASE(a_full_disk_is_told_and_survived);
    CASE(what_was_acknowledged_survives_being_killed);
    return g_test_run();
}
