#include "node/page.h"
#include "base/error.h"
#include "base/text.h"
#include <string.h>

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200

void page_clear(Page *self)
{
    g_clear_pointer(&self->text, g_free);
    g_clear_pointer(&self->id, g_free);
    g_clear_pointer(&self->items, json_decref);
}

static gboolean read_sort(Page *self, HttpRequest *request, const PageSort *sorts, const char *fallback, GError **error)
{
    const char *asked = http_request_query(request, "sort");
    const char *name = asked && *asked ? asked : fallback;
    self->descending = name[0] == '-';
    for (const PageSort *sort = sorts; sort->name; sort++) {
        if (g_str_equal(sort->name, name + (self->descending ? 1 : 0))) {
            self->sort = sort;
            return TRUE;
        }
    }
    error_set(error, COMITY_ERROR_INVALID, "list.sort", "/sort",
              "This list can't be sorted so; see the API description for its sorts.");
    return FALSE;
}

/* The cursor is base64url of {"s": sort value, "i": id, "o": order}. */
static gboolean read_cursor(Page *self, const char *cursor)
{
    g_autoptr(GBytes) bytes = base64url_decode(cursor, -1);
    gsize length = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    g_autoptr(json_t) at = text ? json_strict_parse(text, length, 4096, NULL) : NULL;
    const json_t *value = at ? json_object_get(at, "s") : NULL;
    if (!at || !json_text(at, "i") || g_strcmp0(json_text(at, "o"), self->sort->name) != 0 ||
        !(self->sort->text ? json_is_string(value) : json_is_integer(value)))
        return FALSE;
    self->after = TRUE;
    self->id = g_strdup(json_text(at, "i"));
    self->text = g_strdup(json_string_value(value));
    self->integer = json_integer_value(value);
    return TRUE;
}

gboolean page_read(Page *self, HttpRequest *request, const PageSort *sorts, const char *fallback, GError **error)
{
    gint64 limit = LIMIT_DEFAULT;
    if (!http_request_query_integer(request, "limit", 1, LIMIT_MOST, LIMIT_DEFAULT, &limit, error) ||
        !read_sort(self, request, sorts, fallback, error))
        return FALSE;
    self->limit = (guint)limit;
    const char *cursor = http_request_query(request, "cursor");
    if (cursor && *cursor && !read_cursor(self, cursor)) {
        error_set(error, COMITY_ERROR_INVALID, "list.cursor", "/cursor",
                  "The cursor is not of this list in this order; begin again without it.");
        return FALSE;
    }
    self->items = json_array();
    return TRUE;
}

DbQuery *page_query(const Page *self, Db *db, const char *id, const char *columns, const char *from, const char *where)
{
    const char *column = self->sort->column, *way = self->descending ? "DESC" : "ASC";
    g_autofree char *behind = self->after ? g_strdup_printf(" AND (%s, %s) %s (:page_value, :page_id)", column, id,
                                                            self->descending ? "<" : ">")
                                          : g_strdup("");
    g_autofree char *sql = g_strdup_printf("SELECT %s, %s, %s FROM %s WHERE %s%s ORDER BY %s %s, %s %s", column, id,
                                           columns, from, where, behind, column, way, id, way);
    DbQuery *query = db_query(db, g_intern_string(sql)); /* as many texts as there are sorts: few, kept */
    if (self->after) {
        db_bind_text(query, "page_id", self->id);
        if (self->sort->text)
            db_bind_text(query, "page_value", self->text);
        else
            db_bind_integer(query, "page_value", self->integer);
    }
    return query;
}

int page_more(Page *self, DbQuery *query, GError **error)
{
    int row = db_step(query, error);
    if (row > 0 && self->count == self->limit) {
        self->full = TRUE;
        return 0;
    }
    return row;
}

void page_add(Page *self, DbQuery *query, json_t *item)
{
    json_array_append_new(self->items, item);
    if (++self->count < self->limit)
        return;
    g_free(self->text);
    g_free(self->id);
    self->text = self->sort->text ? g_strdup(db_text(query, 0)) : NULL;
    self->integer = self->sort->text ? 0 : db_integer(query, 0);
    self->id = g_strdup(db_text(query, 1));
}

json_t *page_json(Page *self, gint64 total)
{
    json_t *page = json_object();
    json_object_set(page, "items", self->items);
    if (self->full) {
        g_autoptr(json_t) at =
            json_pack("{s:o, s:s, s:s}", "s", self->sort->text ? json_string(self->text) : json_integer(self->integer),
                      "i", self->id, "o", self->sort->name);
        gsize length = 0;
        g_autofree char *text = json_compact(at, &length);
        g_autofree char *cursor = base64url_encode(text, length);
        json_object_set_new(page, "next", json_string(cursor));
    } else {
        json_object_set_new(page, "next", json_null());
    }
    if (total >= 0)
        json_object_set_new(page, "total", json_integer(total));
    return page;
}

char *text_sort_key(const char *text)
{
    g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    return normal ? g_utf8_casefold(normal, -1) : g_strdup("");
}

gboolean text_matches(const char *needle, const char *const *texts)
{
    if (!needle || !*needle)
        return TRUE;
    g_autofree char *key = text_sort_key(needle);
    for (; *texts; texts++) {
        g_autofree char *text = text_sort_key(*texts);
        if (strstr(text, key))
            return TRUE;
    }
    return FALSE;
}
