/* node/digest.c: one hash over all projection tables (rebuild.h B1). Columns are read off the definitions, so that it
 * asks no engine for its catalogue. */
#include "node/digest.h"
#include "base/error.h"
#include "node/acts.h"
#include "node/rebuild.h"
#include <string.h>

typedef struct {
    char *name;
    char kind; /* 'I' BIGINT, 'T' TEXT, 'B' BYTEA */
} Column;

static void column_clear(gpointer data)
{
    g_free(((Column *)data)->name);
}

/* The text between the parentheses of "CREATE TABLE @table (", without comments. New; NULL where it isn't there. */
static char *definition_of(const char *sql, const char *table)
{
    g_autofree char *pattern = g_strdup_printf("CREATE\\s+TABLE\\s+%s\\s*\\(", table);
    g_autoptr(GRegex) comments = g_regex_new("--[^\\n]*", 0, 0, NULL),
                      start = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
    g_autofree char *bare = g_regex_replace_literal(comments, sql, -1, 0, "", 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int begin = 0, end = 0;
    if (!g_regex_match(start, bare, 0, &match) || !g_match_info_fetch_pos(match, 0, &begin, &end))
        return NULL;
    int depth = 1;
    for (const char *at = bare + end; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth == 0)
            return g_strndup(bare + end, (gsize)(at - bare - end));
    }
    return NULL;
}

/* Takes one item of a definition as a column, unless it is a constraint of the table. */
static void take_column(GArray *columns, const char *item)
{
    static const char *const constraints[] = {"PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT", NULL};
    g_autofree char *text = g_strstrip(g_strdup(item));
    g_auto(GStrv) words = g_regex_split_simple("[\\s(]+", text, 0, 0);
    if (!words[0] || !*words[0] || g_strv_contains(constraints, words[0]))
        return;
    const char *type = words[1] ? words[1] : "TEXT";
    const Column column = {.name = g_strdup(words[0]),
                           .kind = g_str_has_prefix(type, "BIG") ? 'I'
                                   : g_str_equal(type, "BYTEA")  ? 'B'
                                                                 : 'T'};
    g_array_append_val(columns, column);
}

/* The columns of @table, of Column. New; NULL where @sql doesn't define it. */
static GArray *columns_of(const char *sql, const char *table)
{
    g_autofree char *definition = definition_of(sql, table);
    if (!definition)
        return NULL;
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(Column));
    g_array_set_clear_func(columns, column_clear);
    g_autoptr(GString) item = g_string_new(NULL);
    int depth = 0;
    for (const char *at = definition; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (*at == ',' && depth == 0) {
            take_column(columns, item->str);
            g_string_truncate(item, 0);
        } else {
            g_string_append_c(item, *at);
        }
    }
    take_column(columns, item->str);
    return columns;
}

/* "SELECT a, b FROM t ORDER BY a NULLS FIRST, b NULLS FIRST". New. */
static char *select_all(const char *table, const GArray *columns)
{
    g_autoptr(GString) list = g_string_new(NULL), order = g_string_new(NULL);
    for (guint i = 0; i < columns->len; i++) {
        const char *name = g_array_index(columns, Column, i).name;
        g_string_append_printf(list, "%s%s", i ? ", " : "", name);
        g_string_append_printf(order, "%s%s NULLS FIRST", i ? ", " : "", name);
    }
    return g_strdup_printf("SELECT %s FROM %s ORDER BY %s", list->str, table, order->str);
}

/* One value as its kind, its length and its bytes: no two rows that differ feed the same bytes. */
static void digest_value(Sha256 *sha, const DbQuery *query, guint column, char kind)
{
    gint64 number = 0;
    gsize length = 0;
    gconstpointer bytes = NULL;
    if (db_is_null(query, column)) {
        kind = '0';
    } else if (kind == 'I') {
        number = GINT64_TO_LE(db_integer(query, column));
        bytes = &number;
        length = sizeof number;
    } else if (kind == 'B') {
        bytes = db_blob(query, column, &length);
    } else {
        bytes = db_text(query, column);
        length = strlen(bytes);
    }
    guint64 size = GUINT64_TO_LE((guint64)length);
    sha256_update(sha, &kind, 1);
    sha256_update(sha, &size, sizeof size);
    sha256_update(sha, bytes, length);
}

static gboolean digest_table(Sha256 *sha, Db *db, const Feature *feature, const char *table, GError **error)
{
    g_autoptr(GArray) columns = columns_of(feature->tables_sql, table);
    if (!columns) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "Feature %s names a table %s that it does not define.",
                    feature->name, table);
        return FALSE;
    }
    g_autofree char *sql = select_all(table, columns);
    g_autoptr(DbQuery) query = db_query(db, sql);
    sha256_update(sha, table, strlen(table) + 1);
    int row;
    while ((row = db_step(query, error)) > 0) {
        for (guint i = 0; i < columns->len; i++)
            digest_value(sha, query, i, g_array_index(columns, Column, i).kind);
    }
    return row == 0;
}

gboolean digest_of_table(Db *db, const Feature *feature, const char *table, Hash *digest, GError **error)
{
    g_autoptr(Sha256) sha = sha256_new();
    if (!digest_table(sha, db, feature, table, error))
        return FALSE;
    *digest = sha256_finish(sha);
    return TRUE;
}

static gboolean digest_feature(Sha256 *sha, Db *db, const Feature *feature, GError **error)
{
    for (gsize i = 0; feature->tables && feature->tables[i]; i++)
        if (!digest_table(sha, db, feature, feature->tables[i], error))
            return FALSE;
    return TRUE;
}

gboolean node_digest(Node *self, Db *db, Hash *digest, GError **error)
{
    g_autoptr(Sha256) sha = sha256_new();
    if (!digest_feature(sha, db, &node_feature, error))
        return FALSE;
    const Feature *const *features = node_features(self);
    for (gsize i = 0; features[i]; i++)
        if (!digest_feature(sha, db, features[i], error))
            return FALSE;
    *digest = sha256_finish(sha);
    return TRUE;
}
