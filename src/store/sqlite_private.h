/* store/sqlite_private.h: what the files of the SQLite engine share. */
#pragma once
#include "store/db_engine.h"
#include "store/sqlite_checkpoint.h"
#include "store/sqlite_vfs.h"
#include <sqlite3.h>

#define SQLITE_WAIT_MS 5000
#define SQLITE_PAGE 4096
#define SQLITE_HEAD 24 /* of a file: not encrypted, and always the same bytes */

typedef struct SqliteCache SqliteCache;

typedef struct {
    Db base;
    sqlite3 *handle;
    SqliteVfs *vfs;
    SqliteCache *cache;
    SqliteCheckpointer *checkpointer; /* of a writer */
    const Env *env;
    Secret *key;
    char *path;
    DbMode mode;
} SqliteDb;

/* A bare connection with the key and all settings; the file's head checked, unless it is new. */
sqlite3 *sqlite_connect(SqliteVfs *vfs, const char *path, const Secret *key, DbMode mode,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Tells @result of @handle as ours, with what was being done. Returns FALSE. */
gboolean sqlite_failed(sqlite3 *handle, int result, const char *doing, GError **error);
/* @sql, any number of statements, without rows. */
gboolean sqlite_execute(sqlite3 *handle, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does the file begin as one of ours? COMITY_ERROR_DAMAGED otherwise. */
gboolean sqlite_check_head(const SqliteVfs *vfs, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* sqlite_query.c */
SqliteCache *sqlite_cache_new(void);
void sqlite_cache_free(SqliteCache *self); /* every statement, before the connection is closed */
DbQuery *sqlite_query(Db *db, const char *sql);
void sqlite_query_free(DbQuery *query);
gboolean sqlite_bind_integer(DbQuery *query, const char *name, gint64 value);
gboolean sqlite_bind_text(DbQuery *query, const char *name, const char *value, gsize length);
gboolean sqlite_bind_blob(DbQuery *query, const char *name, gconstpointer bytes, gsize length);
gboolean sqlite_bind_null(DbQuery *query, const char *name);
int sqlite_step(DbQuery *query, GError **error);
void sqlite_reset(DbQuery *query);
gint64 sqlite_integer(const DbQuery *query, guint column);
const char *sqlite_text(const DbQuery *query, guint column);
gconstpointer sqlite_blob(const DbQuery *query, guint column, gsize *length);
gboolean sqlite_is_null(const DbQuery *query, guint column);

/* sqlite_check.c */
gboolean sqlite_check(Db *db, DbDamage damage, gpointer data, GError **error);
