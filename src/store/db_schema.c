/* store/db_schema.c: see db_schema.h. */
#include "store/db_schema.h"
#include "base/error.h"
#include <string.h>

#define MARK "-- migration "

/* Our own two tables. IF NOT EXISTS: the first that is asked for makes them. */
static const char own_tables[] =
    "CREATE TABLE IF NOT EXISTS schema_version (name TEXT PRIMARY KEY, version BIGINT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS projection (name TEXT PRIMARY KEY, version BIGINT NOT NULL,"
    " tables TEXT NOT NULL);";

static gboolean version_of(Db *self, const char *sql, const char *name, gint64 *version, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self, sql);
    db_bind_text(query, "name", name);
    int row = db_step(query, error);
    *version = row > 0 ? db_integer(query, 0) : 0;
    return row >= 0;
}

static gboolean set_version(Db *self, const char *name, gint64 version, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self, "INSERT INTO schema_version (name, version) VALUES (:name, :version)"
                                              " ON CONFLICT (name) DO UPDATE SET version = excluded.version");
    db_bind_text(query, "name", name);
    db_bind_integer(query, "version", version);
    return db_run(query, error);
}

static gboolean run_step(Db *self, const char *name, gint64 version, const char *sql, GError **error)
{
    if (!db_begin(self, error))
        return FALSE;
    gboolean done = db_define(self, sql, error) && set_version(self, name, version, error);
    if (!done) {
        db_rollback(self);
        return error_prefix(error, "step %" G_GINT64_FORMAT " of the tables “%s”", version, name);
    }
    return db_commit(self, error);
}

/* The steps of @sql as texts. NULL where the marks do not count 1, 2, 3... */
static GPtrArray *split(const char *name, const char *sql, GError **error)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(g_free);
    const char *at = g_str_has_prefix(sql, MARK) ? sql : strstr(sql, "\n" MARK);
    while (at != NULL) {
        at += *at == '\n';
        const char *number = at + strlen(MARK);
        if (g_ascii_strtoll(number, NULL, 10) != (gint64)steps->len + 1)
            break;
        const char *next = strstr(number, "\n" MARK);
        g_ptr_array_add(steps, next != NULL ? g_strndup(at, (gsize)(next - at)) : g_strdup(at));
        at = next;
    }
    if (at == NULL && steps->len > 0)
        return g_steal_pointer(&steps);
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "The tables “%s” have no step “%s%u”, or one out of order.",
                name, MARK, steps->len + 1);
    return NULL;
}

gboolean db_schema_apply(Db *self, const char *name, const char *sql, GError **error)
{
    g_autoptr(GPtrArray) steps = split(name, sql, error);
    gint64 version = 0;
    if (steps == NULL || !db_define(self, own_tables, error) ||
        !version_of(self, "SELECT version FROM schema_version WHERE name = :name", name, &version, error))
        return FALSE;
    if (version > (gint64)steps->len) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_UNSUPPORTED,
                    "The database was made by a later version of Comity (tables “%s”, step %" G_GINT64_FORMAT
                    "; this program knows %u). Use that version.",
                    name, version, steps->len);
        return FALSE;
    }
    for (gint64 done = version; done < (gint64)steps->len; done++)
        if (!run_step(self, name, done + 1, g_ptr_array_index(steps, (guint)done), error))
            return FALSE;
    return TRUE;
}

gboolean db_projection_version(Db *self, const char *name, gint64 *version, GError **error)
{
    return (db_in_transaction(self) || db_define(self, own_tables, error)) &&
           version_of(self, "SELECT version FROM projection WHERE name = :name", name, version, error);
}

/* The names that were noted with projection @name; empty where it is new. */
static char **noted_tables(Db *self, const char *name, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self, "SELECT tables FROM projection WHERE name = :name");
    db_bind_text(query, "name", name);
    int row = db_step(query, error);
    if (row < 0)
        return NULL;
    return g_strsplit(row > 0 ? db_text(query, 0) : "", " ", -1);
}

static gboolean drop_tables(Db *self, const char *const *tables, GError **error)
{
    for (; *tables != NULL; tables++) {
        if (**tables == '\0')
            continue;
        g_autofree char *sql = g_strdup_printf("DROP TABLE IF EXISTS %s", *tables);
        if (!db_define(self, sql, error))
            return FALSE;
    }
    return TRUE;
}

gboolean db_projection_make(Db *self, const char *name, gint64 version, const char *sql, const char *const *tables,
                            GError **error)
{
    g_return_val_if_fail(db_in_transaction(self), FALSE);
    if (!db_define(self, own_tables, error))
        return FALSE;
    g_auto(GStrv) old = noted_tables(self, name, error);
    if (old == NULL || !drop_tables(self, (const char *const *)old, error) || !drop_tables(self, tables, error) ||
        !db_define(self, sql, error))
        return FALSE;
    g_autofree char *names = g_strjoinv(" ", (char **)tables);
    g_autoptr(DbQuery) query = db_query(
        self, "INSERT INTO projection (name, version, tables) VALUES (:name, :version, :tables) ON CONFLICT (name)"
              " DO UPDATE SET version = excluded.version, tables = excluded.tables");
    db_bind_text(query, "name", name);
    db_bind_integer(query, "version", version);
    db_bind_text(query, "tables", names);
    return db_run(query, error);
}
