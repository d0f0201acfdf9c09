/* tests/unit/db.c: a database gives back what it was given, by transactions that happen whole or not at all. */
#include "support/small-db.h"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
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
    return g_test_run();
}
