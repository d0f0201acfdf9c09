/* store/sqlite_query.c: statements of a connection, kept prepared under their text.
 *
 * A query in the cache is at rest or in use. One that is asked for while it is in use (a walk that asks the same
 * within) gets a second one of its own, which is not kept. Beyond KEPT the one that rested longest goes. */
#include "base/error.h"
#include "store/sqlite_private.h"
#include <string.h>

#define KEPT 128

typedef struct {
    DbQuery base;
    sqlite3_stmt *statement; /* NULL: broken, base.error says why */
    char *sql;
    gboolean kept, in_use;
    GList link; /* in cache->order */
} SqliteQuery;

struct SqliteCache {
    GHashTable *by_text; /* borrowed sql -> SqliteQuery */
    GQueue order;        /* the longest unused first */
};

static sqlite3_stmt *statement_of(const DbQuery *query)
{
    return ((const SqliteQuery *)query)->statement;
}

SqliteCache *sqlite_cache_new(void)
{
    SqliteCache *self = g_new0(SqliteCache, 1);
    self->by_text = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&self->order);
    return self;
}

static void destroy(SqliteQuery *query)
{
    sqlite3_finalize(query->statement);
    g_free(query->sql);
    g_free(query);
}

static void drop(SqliteCache *self, SqliteQuery *query)
{
    g_queue_unlink(&self->order, &query->link);
    g_hash_table_remove(self->by_text, query->sql);
    destroy(query);
}

void sqlite_cache_free(SqliteCache *self)
{
    if (self == NULL)
        return;
    while (self->order.head != NULL)
        drop(self, self->order.head->data);
    g_hash_table_unref(self->by_text);
    g_free(self);
}

/* Makes room for one more. All in use: the cache grows, as deep as queries nest. */
static void make_room(SqliteCache *self)
{
    if (self->order.length < KEPT)
        return;
    for (GList *at = self->order.head; at != NULL; at = at->next) {
        SqliteQuery *query = at->data;
        if (!query->in_use) {
            drop(self, query);
            return;
        }
    }
}

static SqliteQuery *prepare(SqliteDb *db, const char *sql, gboolean keep)
{
    SqliteQuery *query = g_new0(SqliteQuery, 1);
    query->base.db = &db->base;
    query->sql = g_strdup(sql);
    query->link.data = query;
    unsigned flags = keep ? SQLITE_PREPARE_PERSISTENT : 0;
    const char *rest = NULL;
    int result = sqlite3_prepare_v3(db->handle, sql, -1, flags, &query->statement, &rest);
    if (result != SQLITE_OK)
        sqlite_failed(db->handle, result, "preparing", &query->base.error);
    else if (query->statement == NULL || strspn(rest, " \t\n;") != strlen(rest))
        g_set_error_literal(&query->base.error, COMITY_ERROR, COMITY_ERROR_INVALID,
                            "A query is exactly one statement.");
    return query;
}

DbQuery *sqlite_query(Db *base, const char *sql)
{
    SqliteDb *db = (SqliteDb *)base;
    SqliteCache *cache = db->cache;
    SqliteQuery *query = g_hash_table_lookup(cache->by_text, sql);
    if (query != NULL && !query->in_use) {
        g_queue_unlink(&cache->order, &query->link);
        g_queue_push_tail_link(&cache->order, &query->link);
        query->in_use = TRUE;
        return &query->base;
    }
    gboolean keep = query == NULL;
    query = prepare(db, sql, keep);
    query->in_use = TRUE;
    if (keep && query->base.error == NULL) {
        make_room(cache);
        query->kept = TRUE;
        g_hash_table_insert(cache->by_text, query->sql, query);
        g_queue_push_tail_link(&cache->order, &query->link);
    }
    return &query->base;
}

void sqlite_query_free(DbQuery *base)
{
    SqliteQuery *query = (SqliteQuery *)base;
    if (!query->kept) {
        destroy(query);
        return;
    }
    sqlite_reset(base); /* lets go of values, and of the state that it read */
    query->in_use = FALSE;
}

/* The number of the parameter ":@name"; 0: there is none. */
static int place(const DbQuery *query, const char *name)
{
    char text[64];
    gsize length = strlen(name);
    if (length + 2 > sizeof text)
        return 0;
    text[0] = ':';
    memcpy(text + 1, name, length + 1);
    return sqlite3_bind_parameter_index(statement_of(query), text);
}

gboolean sqlite_bind_integer(DbQuery *query, const char *name, gint64 value)
{
    int at = place(query, name);
    return at > 0 && sqlite3_bind_int64(statement_of(query), at, value) == SQLITE_OK;
}

gboolean sqlite_bind_text(DbQuery *query, const char *name, const char *value, gsize length)
{
    int at = place(query, name);
    return at > 0 &&
           sqlite3_bind_text64(statement_of(query), at, value, length, SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK;
}

gboolean sqlite_bind_blob(DbQuery *query, const char *name, gconstpointer bytes, gsize length)
{
    int at = place(query, name);
    if (length == 0) /* SQLite would take no bytes at no address for null */
        return at > 0 && sqlite3_bind_zeroblob(statement_of(query), at, 0) == SQLITE_OK;
    return at > 0 && sqlite3_bind_blob64(statement_of(query), at, bytes, length, SQLITE_TRANSIENT) == SQLITE_OK;
}

gboolean sqlite_bind_null(DbQuery *query, const char *name)
{
    int at = place(query, name);
    return at > 0 && sqlite3_bind_null(statement_of(query), at) == SQLITE_OK;
}

/* A row of RETURNING would be read before its commit, whose failure nobody would then be told of. */
static gboolean returns_too_early(const DbQuery *query)
{
    sqlite3_stmt *statement = statement_of(query);
    return !query->db->in_transaction && sqlite3_column_count(statement) > 0 && !sqlite3_stmt_readonly(statement);
}

int sqlite_step(DbQuery *query, GError **error)
{
    if (returns_too_early(query)) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                            "A statement that changes and returns rows needs a transaction around it.");
        return -1;
    }
    int result = sqlite3_step(statement_of(query));
    if (result == SQLITE_ROW)
        return 1;
    if (result == SQLITE_DONE)
        return 0;
    SqliteDb *db = (SqliteDb *)query->db;
    sqlite_failed(db->handle, result, "the database", error);
    sqlite3_reset(statement_of(query));
    return -1;
}

void sqlite_reset(DbQuery *query)
{
    sqlite3_reset(statement_of(query));
    sqlite3_clear_bindings(statement_of(query));
}

gint64 sqlite_integer(const DbQuery *query, guint column)
{
    return sqlite3_column_int64(statement_of(query), (int)column);
}

const char *sqlite_text(const DbQuery *query, guint column)
{
    return (const char *)sqlite3_column_text(statement_of(query), (int)column);
}

gconstpointer sqlite_blob(const DbQuery *query, guint column, gsize *length)
{
    sqlite3_stmt *statement = statement_of(query);
    gconstpointer bytes = sqlite3_column_blob(statement, (int)column);
    *length = (gsize)sqlite3_column_bytes(statement, (int)column);
    if (bytes == NULL && sqlite3_column_type(statement, (int)column) == SQLITE_BLOB)
        return ""; /* empty, which is not null */
    return bytes;
}

gboolean sqlite_is_null(const DbQuery *query, guint column)
{
    return sqlite3_column_type(statement_of(query), (int)column) == SQLITE_NULL;
}
