/* store/sqlite_check.c: looks at every page of the database, then at what the pages say.
 *
 * SQLite reads a page when it needs it, and a free page perhaps never; and what its cache holds it does not read again.
 * So an audit has a connection of its own, with an empty cache, and asks for each page by number: the cipher
 * authenticates it. Pages of which a newer copy lies in the log are read from the log. */
#include "base/error.h"
#include "store/sqlite_private.h"

#define PROBLEMS 100 /* told of integrity_check */

typedef struct {
    sqlite3 *handle;
    DbDamage damage;
    gpointer data;
} Audit;

static void tell(const Audit *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void tell(const Audit *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    self->damage(self->data, sentence);
}

/* The single number that @sql gives. */
static gboolean number(sqlite3 *handle, const char *sql, gint64 *value, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);
    if (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return result == SQLITE_ROW || sqlite_failed(handle, result, "looking at it", error);
}

static gboolean is_damage(int result)
{
    return (result & 0xff) == SQLITE_CORRUPT || (result & 0xff) == SQLITE_NOTADB;
}

/* TRUE in @sound: every page was read and authenticated. */
static gboolean look_at_pages(const Audit *self, gint64 pages, gboolean *sound, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int result =
        sqlite3_prepare_v2(self->handle, "SELECT length(data) FROM sqlite_dbpage WHERE pgno = ?", -1, &statement, NULL);
    *sound = TRUE;
    for (gint64 page = 1; result == SQLITE_OK && page <= pages; page++) {
        sqlite3_bind_int64(statement, 1, page);
        while ((result = sqlite3_step(statement)) == SQLITE_ROW)
            ;
        sqlite3_reset(statement);
        if (is_damage(result)) {
            *sound = FALSE;
            tell(self, "Page %" G_GINT64_FORMAT " of the database (byte %" G_GINT64_FORMAT " of the file) is damaged.",
                 page, (page - 1) * SQLITE_PAGE);
        }
        result = result == SQLITE_DONE || is_damage(result) ? SQLITE_OK : result;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_OK || sqlite_failed(self->handle, result, "reading its pages", error);
}

/* The rows of a PRAGMA that lists problems: one row "ok", or a problem a row. */
static gboolean look_at_tables(const Audit *self, const char *pragma, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(self->handle, pragma, -1, &statement, NULL);
    while (result == SQLITE_OK || result == SQLITE_ROW) {
        result = sqlite3_step(statement);
        const char *problem = result == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : "ok";
        if (g_strcmp0(problem, "ok") != 0)
            tell(self, "The tables of the database do not fit together: %s.", problem);
    }
    sqlite3_finalize(statement);
    if (is_damage(result))
        tell(self, "The tables of the database can't be read to the end.");
    return result == SQLITE_DONE || is_damage(result) ||
           sqlite_failed(self->handle, result, "reading its tables", error);
}

static gboolean audit(const Audit *self, const SqliteVfs *vfs, const char *path, GError **error)
{
    gint64 pages = 0;
    if (!sqlite_execute(self->handle, "PRAGMA cache_size = 16; BEGIN", error) ||
        !number(self->handle, "PRAGMA page_count", &pages, error))
        return FALSE;
    gint64 size = sqlite_vfs_file_size(vfs);
    if (size % SQLITE_PAGE != 0)
        tell(self, "The database file “%s” ends inside a page, after %" G_GINT64_FORMAT " bytes.", path, size);
    gboolean sound = FALSE;
    if (!look_at_pages(self, pages, &sound, error))
        return FALSE;
    if (!sound || size % SQLITE_PAGE != 0)
        return TRUE; /* the tables would only say so again, page by page */
    char pragma[48];
    g_snprintf(pragma, sizeof pragma, "PRAGMA integrity_check(%d)", PROBLEMS);
    return look_at_tables(self, pragma, error) && look_at_tables(self, "PRAGMA foreign_key_check", error);
}

gboolean sqlite_check(Db *base, DbDamage damage, gpointer data, GError **error)
{
    SqliteDb *self = (SqliteDb *)base;
    /* Carried home, old pages of the file that the log hides are gone. A reader in the way does no harm. */
    if (self->mode != DB_READ_ONLY)
        sqlite3_wal_checkpoint_v2(self->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    g_autoptr(SqliteVfs) vfs = sqlite_vfs_new(self->env, error);
    if (vfs == NULL)
        return FALSE;
    g_autoptr(GError) local = NULL;
    sqlite3 *handle = sqlite_connect(vfs, self->path, self->key, DB_READ_ONLY, &local);
    if (handle == NULL && g_error_matches(local, COMITY_ERROR, COMITY_ERROR_DAMAGED)) {
        damage(data, local->message);
        return TRUE;
    }
    if (handle == NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    Audit look = {.handle = handle, .damage = damage, .data = data};
    gboolean done = audit(&look, vfs, self->path, error);
    sqlite3_close_v2(handle);
    return done;
}
