/* tests/unit/db.c: a database keeps what it acknowledged, tells what is damaged, and shows a thief nothing. */
#include "store/db.h"
#include "base/error.h"
#include "store/db_schema.h"
#include "support/disk.h"
#include "support/world.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define MARKER "the witness lives in Harbour Street"

typedef struct {
    World world;
    char *folder, *path;
    Secret *key;
    Db *db; /* the writer */
} Fixture;

static void must(gboolean done, GError *error)
{
    g_assert_no_error(error);
    g_assert_true(done);
}

static void define(Db *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_define(db, sql, &error);
    must(done, error);
}

static void execute(Db *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_execute(db, sql, &error);
    must(done, error);
}

static void begin(Db *db)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_begin(db, &error);
    must(done, error);
}

static void commit(Db *db)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_commit(db, &error);
    must(done, error);
}

static gint64 count(Db *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gint64 value = 0;
    gboolean done = db_integer_of(db, sql, -1, &value, &error);
    must(done, error);
    return value;
}

static Db *open_db(Fixture *self, DbMode mode)
{
    g_autoptr(GError) error = NULL;
    Db *db = db_open(&self->world.env, self->path, self->key, mode, &error);
    g_assert_no_error(error);
    return db;
}

static void reopen(Fixture *self)
{
    g_clear_pointer(&self->db, db_close);
    self->db = open_db(self, DB_READ_WRITE);
}

static void set_up_closed(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = disk_new();
    self->path = g_build_filename(self->folder, "database", NULL);
    self->key = secret_new_random(&self->world.env);
}

static void set_up(Fixture *self, gconstpointer data)
{
    set_up_closed(self, data);
    self->db = open_db(self, DB_CREATE);
    define(self->db,
           "CREATE TABLE note (id BIGSERIAL PRIMARY KEY, text TEXT NOT NULL, bytes BYTEA, seen BIGINT) STRICT;"
           "CREATE UNIQUE INDEX note_text ON note (text)");
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    db_close(self->db);
    secret_unref(self->key);
    g_free(self->path);
    disk_remove(self->folder);
}

static gboolean add(Db *db, const char *text, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "INSERT INTO note (text, bytes) VALUES (:text, :bytes)");
    db_bind_text(query, "text", text);
    db_bind_blob(query, "bytes", "\x00\xff", 2);
    return db_run(query, error);
}

/* The same, inside a transaction: its id. */
static gint64 add_numbered(Db *db, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DbQuery) query = db_query(db, "INSERT INTO note (text) VALUES (:text) RETURNING id");
    db_bind_text(query, "text", text);
    g_assert_cmpint(db_step(query, &error), ==, 1);
    g_assert_no_error(error);
    return db_integer(query, 0);
}

static void a_database_is_made_once_and_opened_by_its_key(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(db_open(&self->world.env, self->path, self->key, DB_READ_WRITE, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND); /* not made by opening */
    g_assert_false(g_file_test(self->path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);

    self->db = open_db(self, DB_CREATE);
    define(self->db, "CREATE TABLE t (x BIGINT)");
    g_clear_pointer(&self->db, db_close);
    g_assert_null(db_open(&self->world.env, self->path, self->key, DB_CREATE, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_clear_error(&error);

    g_autoptr(Secret) other = secret_new_random(&self->world.env);
    g_assert_null(db_open(&self->world.env, self->path, other, DB_READ_WRITE, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, "master key"));
    self->db = open_db(self, DB_READ_WRITE);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM t"), ==, 0);
}

static void another_program_s_file_is_refused(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(self->path, "SQLite format 3", 16, NULL));
    g_assert_null(db_open(&self->world.env, self->path, self->key, DB_READ_WRITE, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, "is no Comity database"));
}

static void values_come_back_as_they_went_in(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DbQuery) put = db_query(self->db, "INSERT INTO note (text, bytes, seen) VALUES (:text, :bytes, :seen)");
    db_bind_text(put, "text", "证人 “Zeugin” شاهد");
    db_bind_blob(put, "bytes", "a\0b", 3);
    db_bind_integer(put, "seen", G_MININT64);
    gboolean done = db_run(put, &error);
    must(done, error);
    g_assert_cmpint(db_changes(self->db), ==, 1);
    db_reset(put);
    g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
    db_bind_text_length(put, "text", "abc", 2);
    db_bind_bytes(put, "bytes", nothing); /* `seen` is null again */
    done = db_run(put, &error);
    must(done, error);

    g_autoptr(DbQuery) get = db_query(self->db, "SELECT text, bytes, seen FROM note ORDER BY id");
    g_assert_cmpint(db_step(get, &error), ==, 1);
    g_assert_cmpstr(db_text(get, 0), ==, "证人 “Zeugin” شاهد");
    g_autoptr(GBytes) bytes = db_bytes(get, 1);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 3);
    g_assert_cmpint(memcmp(g_bytes_get_data(bytes, NULL), "a\0b", 3), ==, 0);
    g_assert_true(db_integer(get, 2) == G_MININT64);
    g_assert_cmpint(db_step(get, &error), ==, 1);
    g_assert_cmpstr(db_text(get, 0), ==, "ab");
    gsize length = 1;
    g_assert_nonnull(db_blob(get, 1, &length)); /* empty is not null */
    g_assert_cmpuint(length, ==, 0);
    g_assert_false(db_is_null(get, 1));
    g_assert_true(db_is_null(get, 2));
    g_assert_cmpint(db_step(get, &error), ==, 0);
    g_assert_no_error(error);
}

static void a_fault_of_a_statement_is_told_by_its_step(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const wrong[] = {
        "SELECT nothing FROM nowhere",
        "SELECT 1; SELECT 2",
        "",
        "SELECT \"a word in quotes is a column\"",
    };
    g_autoptr(GError) error = NULL;
    for (guint n = 0; n < G_N_ELEMENTS(wrong); n++) {
        g_autoptr(DbQuery) query = db_query(self->db, wrong[n]);
        db_bind_integer(query, "id", 1);
        g_assert_cmpint(db_step(query, &error), ==, -1);
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_clear_error(&error);
    }
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT :id");
    db_bind_integer(query, "ID", 1);
    g_assert_cmpint(db_step(query, &error), ==, -1);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, ":ID"));
}

static void a_returned_row_is_a_committed_one(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DbQuery) query = db_query(self->db, "INSERT INTO note (text) VALUES ('a') RETURNING id");
    g_assert_cmpint(db_step(query, &error), ==, -1); /* outside a transaction nobody would hear of a failing commit */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    begin(self->db);
    g_assert_cmpint(add_numbered(self->db, "a"), ==, 1);
    g_assert_cmpint(add_numbered(self->db, "b"), ==, 2);
    commit(self->db);
}

static void a_walk_may_ask_within_itself(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    add(self->db, "a", &error);
    add(self->db, "b", &error);
    static const char sql[] = "SELECT text FROM note ORDER BY id";
    guint pairs = 0;
    g_autoptr(DbQuery) outer = db_query(self->db, sql);
    while (db_step(outer, &error) > 0) {
        g_autoptr(DbQuery) inner = db_query(self->db, sql);
        while (db_step(inner, &error) > 0)
            pairs++;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(pairs, ==, 4);
}

static void more_statements_than_the_cache_holds(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    for (gint64 n = 0; n < 1000; n++) {
        g_autofree char *sql = g_strdup_printf("SELECT %" G_GINT64_FORMAT, n % 300);
        g_assert_cmpint(count(self->db, sql), ==, n % 300);
    }
}

static void a_savepoint_undoes_its_own_part(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self->db);
    add(self->db, "first", &error);
    must(db_savepoint(self->db, &error), error);
    add(self->db, "second", &error);
    must(db_savepoint(self->db, &error), error);
    add(self->db, "third", &error);
    must(db_rollback_to(self->db, &error), error);
    must(db_release(self->db, &error), error);
    must(db_savepoint(self->db, &error), error);
    add(self->db, "fourth", &error);
    must(db_rollback_to(self->db, &error), error);
    commit(self->db);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM note WHERE text IN ('first', 'second')"), ==, 2);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM note"), ==, 2);
}

static void after_a_failure_only_the_way_back_is_left(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    begin(self->db);
    add(self->db, "once", &error);
    must(db_savepoint(self->db, &error), error);
    g_assert_false(add(self->db, "once", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_assert_null(strstr(error->message, "once")); /* never a value */
    g_clear_error(&error);
    g_assert_false(add(self->db, "twice", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_clear_error(&error);
    must(db_rollback_to(self->db, &error), error);
    add(self->db, "twice", &error);
    g_assert_no_error(error);
    g_assert_false(add(self->db, "once", &error));
    g_clear_error(&error);
    g_assert_false(db_commit(self->db, &error)); /* without a savepoint all of it is lost */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_false(db_in_transaction(self->db));
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM note"), ==, 0);
}

static void constraints_have_their_kind(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *sql;
        ComityError kind;
    } cases[] = {
        {"INSERT INTO note (text) VALUES ('a')", COMITY_ERROR_CONFLICT},
        {"INSERT INTO note (id, text) VALUES (1, 'b')", COMITY_ERROR_CONFLICT},
        {"INSERT INTO note (text) VALUES (NULL)", COMITY_ERROR_INVALID},
        {"INSERT INTO note (text, seen) VALUES ('b', 'a text')", COMITY_ERROR_INVALID},
        {"INSERT INTO child (note) VALUES (7)", COMITY_ERROR_INVALID},
    };
    execute(self->db, "INSERT INTO note (id, text) VALUES (1, 'a')");
    define(self->db, "CREATE TABLE child (note BIGINT NOT NULL REFERENCES note (id))");
    for (guint n = 0; n < G_N_ELEMENTS(cases); n++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(db_execute(self->db, cases[n].sql, &error));
        g_assert_error(error, COMITY_ERROR, (int)cases[n].kind);
    }
}

static void a_reader_sees_what_is_committed_and_writes_nothing(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char sql[] = "SELECT count(*) FROM note";
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) reader = open_db(self, DB_READ_ONLY);
    begin(self->db);
    add(self->db, "a", &error);
    g_assert_cmpint(count(reader, sql), ==, 0);
    commit(self->db);
    g_assert_cmpint(count(reader, sql), ==, 1);
    begin(reader);
    g_assert_cmpint(count(reader, sql), ==, 1);
    add(self->db, "b", &error);
    g_assert_cmpint(count(reader, sql), ==, 1); /* one state until it ends */
    commit(reader);
    g_assert_cmpint(count(reader, sql), ==, 2);
    g_assert_false(add(reader, "c", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
}

static void steps_run_once_and_in_order(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char one[] =
        "-- A comment.\n-- migration 1\nCREATE TABLE session (id TEXT PRIMARY KEY, used BIGINT);\n";
    g_autofree char *two =
        g_strconcat(one,
                    "-- migration 2\nALTER TABLE session ADD COLUMN address TEXT;\nINSERT INTO session VALUES "
                    "('s', 1, 'here');\n",
                    NULL);
    g_autofree char *broken =
        g_strconcat(two, "-- migration 3\nCREATE TABLE half (x BIGINT); CREATE TABLE session (x TEXT);", NULL);
    g_autoptr(GError) error = NULL;
    must(db_schema_apply(self->db, "node", one, &error), error);
    execute(self->db, "INSERT INTO session VALUES ('kept', 2)");
    must(db_schema_apply(self->db, "node", two, &error), error);
    must(db_schema_apply(self->db, "node", two, &error), error);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM session"), ==, 2);
    g_assert_false(db_schema_apply(self->db, "node", broken, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "step 3"));
    g_clear_error(&error);
    g_assert_cmpint(count(self->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), ==, 0);
    g_assert_false(db_schema_apply(self->db, "node", one, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_UNSUPPORTED);
    g_clear_error(&error);
    g_assert_false(db_schema_apply(self->db, "other", "-- migration 2\nCREATE TABLE x (y TEXT)", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
}

static void a_projection_is_replaced_as_one(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const old_tables[] = {"exhibit", "exhibit_file", NULL};
    static const char *const new_tables[] = {"exhibit", NULL};
    g_autoptr(GError) error = NULL;
    gint64 version = -1;
    must(db_projection_version(self->db, "evidence", &version, &error), error);
    g_assert_cmpint(version, ==, 0);
    begin(self->db);
    must(db_projection_make(self->db, "evidence", 1,
                            "CREATE TABLE exhibit (id TEXT); CREATE TABLE exhibit_file (id TEXT);", old_tables, &error),
         error);
    execute(self->db, "INSERT INTO exhibit VALUES ('A-0001')");
    commit(self->db);

    g_autoptr(Db) reader = open_db(self, DB_READ_ONLY);
    begin(self->db);
    must(db_projection_make(self->db, "evidence", 2, "CREATE TABLE exhibit (id TEXT, title TEXT);", new_tables, &error),
         error);
    execute(self->db, "INSERT INTO exhibit VALUES ('A-0001', 'A knife'), ('A-0002', 'A letter')");
    g_assert_cmpint(count(reader, "SELECT count(*) FROM exhibit"), ==, 1); /* the old, whole, until the end */
    commit(self->db);
    g_assert_cmpint(count(reader, "SELECT count(title) FROM exhibit"), ==, 2);
    g_assert_cmpint(count(reader, "SELECT count(*) FROM sqlite_schema WHERE name = 'exhibit_file'"), ==, 0);
    must(db_projection_version(self->db, "evidence", &version, &error), error);
    g_assert_cmpint(version, ==, 2);
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

#define CASE(name) g_test_add("/db/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGXFSZ, SIG_IGN);
    g_test_add("/db/a_database_is_made_once_and_opened_by_its_key", Fixture, NULL, set_up_closed,
               a_database_is_made_once_and_opened_by_its_key, tear_down);
    g_test_add("/db/another_program_s_file_is_refused", Fixture, NULL, set_up_closed, another_program_s_file_is_refused,
               tear_down);
    CASE(values_come_back_as_they_went_in);
    CASE(a_fault_of_a_statement_is_told_by_its_step);
    CASE(a_returned_row_is_a_committed_one);
    CASE(a_walk_may_ask_within_itself);
    CASE(more_statements_than_the_cache_holds);
    CASE(a_savepoint_undoes_its_own_part);
    CASE(after_a_failure_only_the_way_back_is_left);
    CASE(constraints_have_their_kind);
    CASE(a_reader_sees_what_is_committed_and_writes_nothing);
    CASE(steps_run_once_and_in_order);
    CASE(a_projection_is_replaced_as_one);
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
