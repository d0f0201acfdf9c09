/* store/db.h: the database behind a node, as little of it as the node needs: SQLite here (sqlite.c), PostgreSQL later.
 *
 * Idea: one SQL text for both engines. So the interface is what the two have in common, and where they differ it takes
 * the stricter side, so that what passes here passes there.
 *   D1  A Db is one connection: one thread at a time, one transaction at a time. Many readers, one writer.
 *   D2  Values are 64-bit integers, UTF-8 texts, bytes and null, bound by name (":feed") and read by column number. SQL
 *       holds no other colon, no JSON function, no LIKE on a user's text, and writes NULLS LAST out.
 *   D3  Definitions use the words BIGINT, BIGSERIAL (a key that counts itself), TEXT and BYTEA, and may end WITHOUT
 *       ROWID; db_define() spells them for the engine.
 *   D4  After a failed statement the transaction, or the savepoint around it, is lost: everything but going back is
 *       refused, as PostgreSQL does. Unique rows are met with ON CONFLICT, not by trying. Outside a transaction a
 *       statement is one by itself; then RETURNING is refused, since its row would be seen before its commit.
 *   D5  What db_commit() acknowledged is on the disk. Where it failed the rows are gone for this process, but a crash
 *       right after may bring them back: whoever must know asks after opening again.
 *   D6  Every page, of the log as well, is encrypted and authenticated; temporary tables stay in memory; deleted rows
 *       are overwritten. A page that was altered is COMITY_ERROR_DAMAGED, never another value.
 * Errors: BUSY (held by another process, 5 s long), FULL, IO, DAMAGED, CONFLICT (a unique row is there already),
 * INVALID (another constraint, or SQL that the engine refuses), LIMIT, UNSUPPORTED. Messages hold names of tables and
 * columns, never values. */
#pragma once
#include "base/env.h"
#include "crypto/secret.h"
#include <glib.h>

typedef struct Db Db;
typedef struct DbQuery DbQuery;

typedef enum {
    DB_READ_ONLY,  /* sees what is committed */
    DB_READ_WRITE, /* COMITY_ERROR_NOT_FOUND where there is none: an empty database never takes a lost one's place */
    DB_CREATE,     /* COMITY_ERROR_CONFLICT where there is one */
} DbMode;

/* Opens the database at @where: a path. @key: 32 bytes, derive("database"); a wrong one is COMITY_ERROR_DAMAGED. @env
 * is borrowed and syncs for it. New. */
Db *db_open(const Env *env, const char *where, const Secret *key, DbMode mode,
            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Rolls back what is open. Queries must have been freed. */
void db_close(Db *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_close)

/* A statement, taken from the connection's cache by its text (the same text twice at once is fine). Never NULL: what is
 * wrong with it is told by the first db_step() or db_run(). @sql is borrowed until the query is freed. */
DbQuery *db_query(Db *self, const char *sql);
void db_query_free(DbQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DbQuery, db_query_free)
/* Binds the parameter @name, written without its colon. Texts and bytes are copied; NULL binds null. */
void db_bind_integer(DbQuery *self, const char *name, gint64 value);
void db_bind_text(DbQuery *self, const char *name, const char *value);
void db_bind_text_length(DbQuery *self, const char *name, const char *value, gsize length);
void db_bind_blob(DbQuery *self, const char *name, gconstpointer bytes, gsize length);
void db_bind_bytes(DbQuery *self, const char *name, GBytes *bytes);
void db_bind_null(DbQuery *self, const char *name);
/* 1: there is a row to read; 0: that was the last; -1: @error. `while ((row = db_step(q, error)) > 0) ...;
 * return row == 0;` */
int db_step(DbQuery *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Runs to the end; rows, if any, are not looked at. */
gboolean db_run(DbQuery *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ready to be bound and run again; all parameters are null. */
void db_reset(DbQuery *self);

/* Columns of the row that db_step() gave, from 0. Texts and bytes are borrowed until the next step; null is 0 or NULL.
 * An empty BYTEA is not NULL. */
gint64 db_integer(const DbQuery *self, guint column);
const char *db_text(const DbQuery *self, guint column);
gconstpointer db_blob(const DbQuery *self, guint column, gsize *length);
GBytes *db_bytes(const DbQuery *self, guint column); /* new */
gboolean db_is_null(const DbQuery *self, guint column);

/* @sql without parameters or rows, kept in the cache. */
gboolean db_execute(Db *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The first column of the first row of @sql; @fallback where there is no row, or null in it. */
gboolean db_integer_of(Db *self, const char *sql, gint64 fallback, gint64 *value,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Rows that the last INSERT, UPDATE or DELETE touched. */
gint64 db_changes(const Db *self);
/* Definitions (D3), any number of statements in one text; inside the caller's transaction, if there is one. */
gboolean db_define(Db *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A writer takes the write lock at once; a reader sees one state until it ends the transaction. */
gboolean db_begin(Db *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: rolled back (D5). */
gboolean db_commit(Db *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void db_rollback(Db *self);
gboolean db_in_transaction(const Db *self);
/* A statement of the open transaction failed: rolling it back is all that is left (D4). */
gboolean db_is_lost(const Db *self);
/* Savepoints nest. Going back undoes and ends the innermost; FALSE where the engine had to give up the whole
 * transaction (FULL, IO): only db_rollback() is left then. */
gboolean db_savepoint(Db *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean db_release(Db *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean db_rollback_to(Db *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After erasing: no deleted byte stays behind in the engine's log. Outside a transaction. COMITY_ERROR_BUSY where a
 * reader keeps an old state open for 5 s: do it again. */
gboolean db_purge(Db *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads and authenticates every page, used or free, and compares tables with their indexes. Each damage is told to
 * @damage in a sentence. Outside a transaction. FALSE: could not look. */
typedef void (*DbDamage)(gpointer data, const char *sentence);
gboolean db_check(Db *self, DbDamage damage, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
