/* tests/unit/support/small-db.h: a database of notes, for the tests of db.h. */
#pragma once
#include "base/error.h"
#include "store/db.h"
#include "store/db_schema.h"
#include "support/disk.h"
#include "support/must.h"
#include "support/world.h"

typedef struct {
    World world;
    char *folder, *path;
    Secret *key;
    Db *db; /* the writer */
} Fixture;

static inline void define(Db *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_define(db, sql, &error);
    must(done, error);
}

static inline void execute(Db *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_execute(db, sql, &error);
    must(done, error);
}

static inline void begin(Db *db)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_begin(db, &error);
    must(done, error);
}

static inline void commit(Db *db)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_commit(db, &error);
    must(done, error);
}

static inline gint64 count(Db *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gint64 value = 0;
    gboolean done = db_integer_of(db, sql, -1, &value, &error);
    must(done, error);
    return value;
}

static inline Db *open_db(Fixture *self, DbMode mode)
{
    g_autoptr(GError) error = NULL;
    Db *db = db_open(&self->world.env, self->path, self->key, mode, &error);
    g_assert_no_error(error);
    return db;
}

static inline void set_up_closed(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = disk_new();
    self->path = g_build_filename(self->folder, "database", NULL);
    self->key = secret_new_random(&self->world.env);
}

static inline void set_up(Fixture *self, gconstpointer data)
{
    set_up_closed(self, data);
    self->db = open_db(self, DB_CREATE);
    define(self->db,
           "CREATE TABLE note (id BIGSERIAL PRIMARY KEY, text TEXT NOT NULL, bytes BYTEA, seen BIGINT) STRICT;"
           "CREATE UNIQUE INDEX note_text ON note (text)");
}

static inline void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    db_close(self->db);
    secret_unref(self->key);
    g_free(self->path);
    disk_remove(self->folder);
}

static inline gboolean add(Db *db, const char *text, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "INSERT INTO note (text, bytes) VALUES (:text, :bytes)");
    db_bind_text(query, "text", text);
    db_bind_blob(query, "bytes", "\x00\xff", 2);
    return db_run(query, error);
}

/* The same, inside a transaction: its id. */
static inline gint64 add_numbered(Db *db, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DbQuery) query = db_query(db, "INSERT INTO note (text) VALUES (:text) RETURNING id");
    db_bind_text(query, "text", text);
    g_assert_cmpint(db_step(query, &error), ==, 1);
    g_assert_no_error(error);
    return db_integer(query, 0);
}

#define CASE(name) g_test_add("/db/" #name, Fixture, NULL, set_up, name, tear_down)
