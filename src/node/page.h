/* node/page.h: lists by pages, in the order that the reader asked for, at the same cost on the first page and the last.
 *
 * Idea: a page goes on behind the last row that was seen (its sort value and its id), not after a count of rows. The cursor
 * is that pair, so that rows which come and go meanwhile shift nothing.
 *   P1  The query's first two columns are the sort value and the id; the id is unique, so the order is total.
 *   P2  A filter that SQL can't say alike on both engines runs here, row by row: `page_more` asks for rows until full. */
#pragma once
#include "http/request.h"
#include "store/db.h"

typedef struct {
    const char *name;   /* as the API says it */
    const char *column; /* in SQL */
    gboolean text;      /* the column is TEXT, otherwise BIGINT */
} PageSort;

typedef struct {
    const PageSort *sort;
    gboolean descending;
    guint limit, count;
    gboolean after; /* behind the row of the cursor */
    char *text, *id;
    gint64 integer;
    json_t *items;
    gboolean full; /* there is at least one more row */
} Page;
void page_clear(Page *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_clear)

/* Reads limit, sort and cursor of @request. @sorts: ended by a NULL name; @fallback: "-changed". COMITY_ERROR_INVALID
 * with the pointer of the query that is wrong. */
gboolean page_read(Page *self, HttpRequest *request, const PageSort *sorts, const char *fallback,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "SELECT <sort>, <id>, @columns FROM @from WHERE @where [AND behind the cursor] ORDER BY ...", bound but for @where's own. */
DbQuery *page_query(const Page *self, Db *db, const char *id, const char *columns, const char *from, const char *where);
/* The next row that the caller may take: 1; 0 when the page is full or the rows are at their end; -1 on error. */
int page_more(Page *self, DbQuery *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the current row as @item (reference taken). */
void page_add(Page *self, DbQuery *query, json_t *item);
/* {"items", "next"} and, where @total is not negative, "total". New reference. */
json_t *page_json(Page *self, gint64 total);

/* Does any of the NULL-ended @texts hold @needle, apart from case and width? NULL or "" is in everything. */
gboolean text_matches(const char *needle, const char *const *texts);
/* The key by which @text is sorted: case folded, normalised. New. */
char *text_sort_key(const char *text);
