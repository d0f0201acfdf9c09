/* store/sqlite.c: SQLite, through SQLite3MultipleCiphers, as an engine of db.h.
 *
 * How it is set up, and why:
 *   Q1  Pages and log frames are AEGIS-256 under the raw key, 64 bytes of each page for nonce and tag. The file begins
 *       with 24 bytes that are not encrypted and not authenticated; they are always the same, and compared at each
 *       opening. Nonces come from a generator of the process: never fork with a database open.
 *   Q2  WAL with synchronous FULL: one sync a commit. The log is carried home by sqlite_checkpoint.h.
 *   Q3  Page cache: 8 MiB for the writer, 2 MiB for a reader. Nothing is mapped. No temporary file, no statement
 *       journal on the disk (compiled in: deps/meson.build).
 *   Q4  Untrusted schema, defensive mode, foreign keys; a reader's connection can't write. */
#include "base/error.h"
#include "store/sqlite_private.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define SALT_SIZE 16

/* Takes the place of SQLite's own first 16 bytes. Under a raw key the library's salt does nothing else. */
static const guint8 file_head[SQLITE_HEAD] = {
    'C', 'o', 'm', 'i', 't', 'y', ' ', 'd', 'a', 't', 'a', 'b', 'a', 's', 'e', 0, SQLITE_PAGE >> 8, SQLITE_PAGE & 0xff,
    2,   2,   64,  64,  32,  32};

static ComityError kind_of_constraint(int extended)
{
    return extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
                   extended == SQLITE_CONSTRAINT_ROWID
               ? COMITY_ERROR_CONFLICT
               : COMITY_ERROR_INVALID;
}

static ComityError kind_of_io(sqlite3 *handle)
{
    int number = sqlite3_system_errno(handle);
    return number == ENOSPC || number == EDQUOT || number == EFBIG ? COMITY_ERROR_FULL : COMITY_ERROR_IO;
}

static ComityError kind_of(sqlite3 *handle, int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return COMITY_ERROR_BUSY;
    case SQLITE_FULL:
        return COMITY_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return COMITY_ERROR_DAMAGED;
    case SQLITE_CONSTRAINT:
        return kind_of_constraint(sqlite3_extended_errcode(handle));
    case SQLITE_TOOBIG:
        return COMITY_ERROR_LIMIT;
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
    case SQLITE_READONLY:
        return COMITY_ERROR_INVALID;
    default:
        return kind_of_io(handle);
    }
}

/* What a person is told first; SQLite's own words, which hold no values, follow. */
static const char *sentence_of(ComityError kind)
{
    switch (kind) {
    case COMITY_ERROR_BUSY:
        return "The database is held by another process";
    case COMITY_ERROR_FULL:
        return "There is no room left on the disk for the database";
    case COMITY_ERROR_DAMAGED:
        return "The database is damaged, or was made under another master key";
    case COMITY_ERROR_IO:
        return "The system refused to read or write the database";
    default:
        return "The database refused a statement";
    }
}

gboolean sqlite_failed(sqlite3 *handle, int result, const char *doing, GError **error)
{
    ComityError kind = kind_of(handle, result);
    g_set_error(error, COMITY_ERROR, (int)kind, "%s (%s: %s).", sentence_of(kind), doing, sqlite3_errmsg(handle));
    return FALSE;
}

gboolean sqlite_execute(sqlite3 *handle, const char *sql, GError **error)
{
    int result = sqlite3_exec(handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK || sqlite_failed(handle, result, "executing", error);
}

gboolean sqlite_check_head(const SqliteVfs *vfs, const char *path, GError **error)
{
    guint8 found[SQLITE_HEAD];
    if (!sqlite_vfs_read_head(vfs, found, sizeof found, error))
        return FALSE;
    if (memcmp(found, file_head, sizeof found) == 0)
        return TRUE;
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                "“%s” is no Comity database, or its first %d bytes are damaged.", path, SQLITE_HEAD);
    return FALSE;
}

/* Hands over the raw key, and for a new file the salt that makes its head (Q1). */
static gboolean set_key(sqlite3 *handle, const Secret *key, GError **error)
{
    guint8 raw[4 + SECRET_SIZE + SALT_SIZE] = "raw:";
    memcpy(raw + 4, secret_bytes(key), SECRET_SIZE);
    memcpy(raw + 4 + SECRET_SIZE, file_head, SALT_SIZE);
    int result = sqlite3_key_v2(handle, "main", raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
    return result == SQLITE_OK || sqlite_failed(handle, result, "setting its key", error);
}

static gboolean configure(sqlite3 *handle, DbMode mode, GError **error)
{
    sqlite3_extended_result_codes(handle, TRUE);
    sqlite3_busy_timeout(handle, SQLITE_WAIT_MS);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    if (mode == DB_READ_ONLY)
        return sqlite_execute(handle, "PRAGMA query_only = ON; PRAGMA cache_size = -1024", error);
    return sqlite_execute(handle,
                          "PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 0;"
                          "PRAGMA journal_size_limit = 67108864",
                          error);
}

/* Makes the file ours on the disk: the first page, then WAL. */
static gboolean begin_file(sqlite3 *handle, GError **error)
{
    return sqlite_execute(handle, "PRAGMA journal_mode = WAL; CREATE TABLE first (x); DROP TABLE first", error);
}

static gboolean open_handle(SqliteVfs *vfs, const char *path, const Secret *key, DbMode mode, sqlite3 *handle,
                            GError **error)
{
    if (mode != DB_CREATE && !sqlite_check_head(vfs, path, error))
        return FALSE;
    if (!set_key(handle, key, error) || !configure(handle, mode, error))
        return FALSE;
    /* The first look decrypts page 1: it tells a wrong key. */
    return mode == DB_CREATE ? begin_file(handle, error)
                             : sqlite_execute(handle, "SELECT 1 FROM sqlite_schema LIMIT 1", error);
}

sqlite3 *sqlite_connect(SqliteVfs *vfs, const char *path, const Secret *key, DbMode mode, GError **error)
{
    sqlite3 *handle = NULL;
    int flags = mode == DB_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int result = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_EXRESCODE, sqlite_vfs_name(vfs));
    if (result != SQLITE_OK)
        sqlite_failed(handle, result, "opening", error);
    else if (open_handle(vfs, path, key, mode, handle, error))
        return handle;
    sqlite3_close_v2(handle);
    error_prefix(error, "opening “%s”", path);
    return NULL;
}

static void sqlite_close(Db *base)
{
    SqliteDb *self = (SqliteDb *)base;
    sqlite_checkpointer_free(self->checkpointer);
    sqlite_cache_free(self->cache);
    sqlite3_close_v2(self->handle); /* the last writer to go carries the log home and removes it */
    sqlite_vfs_free(self->vfs);
    secret_unref(self->key);
    g_free(self->path);
    g_free(self);
}

static gint64 sqlite_changes(const Db *base)
{
    return sqlite3_changes64(((const SqliteDb *)base)->handle);
}

static gboolean spell(const GMatchInfo *found, GString *into, gpointer data G_GNUC_UNUSED)
{
    g_autofree char *word = g_match_info_fetch(found, 0);
    g_string_append(into, g_str_has_prefix(word, "BIG") ? "INTEGER" : "BLOB");
    return FALSE;
}

/* Definitions in SQLite's words (db.h D3). INTEGER PRIMARY KEY is what makes a key the table's own order. */
static gboolean sqlite_define(Db *base, const char *sql, GError **error)
{
    g_autoptr(GRegex) words = g_regex_new("\\b(BIGSERIAL|BIGINT|BYTEA)\\b", 0, 0, NULL);
    g_autofree char *spelled = g_regex_replace_eval(words, sql, -1, 0, 0, spell, NULL, error);
    return spelled != NULL && sqlite_execute(((SqliteDb *)base)->handle, spelled, error);
}

static gboolean sqlite_begin(Db *base, GError **error)
{
    gboolean reads = ((SqliteDb *)base)->mode == DB_READ_ONLY;
    return db_execute(base, reads ? "BEGIN" : "BEGIN IMMEDIATE", error);
}

static gboolean sqlite_is_open(const Db *base)
{
    return !sqlite3_get_autocommit(((const SqliteDb *)base)->handle);
}

/* An emptied log is cut to nothing; the database file has been overwritten already. */
static gboolean sqlite_purge(Db *base, GError **error)
{
    sqlite3 *handle = ((SqliteDb *)base)->handle;
    int result = sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return result == SQLITE_OK || sqlite_failed(handle, result, "emptying its log", error);
}

static const DbEngine sqlite_engine = {
    .close = sqlite_close,
    .query = sqlite_query,
    .query_free = sqlite_query_free,
    .bind_integer = sqlite_bind_integer,
    .bind_text = sqlite_bind_text,
    .bind_blob = sqlite_bind_blob,
    .bind_null = sqlite_bind_null,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .integer = sqlite_integer,
    .text = sqlite_text,
    .blob = sqlite_blob,
    .is_null = sqlite_is_null,
    .changes = sqlite_changes,
    .define = sqlite_define,
    .begin = sqlite_begin,
    .is_open = sqlite_is_open,
    .purge = sqlite_purge,
    .check = sqlite_check,
};

/* Makes the empty file, so that SQLite only ever opens what is there. */
static gboolean make_file(const char *path, GError **error)
{
    int fd = g_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        return g_close(fd, error);
    if (errno != EEXIST)
        return error_set_errno(error, "making the database “%s”", path);
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT, "The database “%s” is there already.", path);
    return FALSE;
}

static gboolean file_is_there(const char *path, DbMode mode, GError **error)
{
    if (mode == DB_CREATE)
        return make_file(path, error);
    if (g_access(path, F_OK) == 0)
        return TRUE;
    return error_set_errno(error, "opening the database “%s”", path);
}

Db *db_open_sqlite(const Env *env, const char *path, const Secret *key, DbMode mode, GError **error)
{
    if (!file_is_there(path, mode, error))
        return NULL;
    g_autoptr(SqliteVfs) vfs = sqlite_vfs_new(env, error);
    sqlite3 *handle = vfs == NULL ? NULL : sqlite_connect(vfs, path, key, mode, error);
    if (handle == NULL)
        return NULL;
    SqliteDb *self = g_new0(SqliteDb, 1);
    self->base.engine = &sqlite_engine;
    self->handle = handle;
    self->vfs = g_steal_pointer(&vfs);
    self->cache = sqlite_cache_new();
    self->env = env;
    self->key = secret_ref((Secret *)key);
    self->path = g_strdup(path);
    self->mode = mode;
    if (mode != DB_READ_ONLY)
        self->checkpointer = sqlite_checkpointer_new(env, path, key, handle, error);
    if (mode == DB_READ_ONLY || self->checkpointer != NULL)
        return &self->base;
    sqlite_close(&self->base);
    return NULL;
}
