/* features/activity/list.c: the records of a space, by pages, the newest first. */
#include "base/error.h"
#include "base/text.h"
#include "features/activity/private.h"
#include "node/view.h"
#include <string.h>

typedef struct {
    const char *person, *type;
    char *subject; /* "<node>/<id>" */
    gint64 before_ms;
} Filter;
static void filter_clear(Filter *self)
{
    g_clear_pointer(&self->subject, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Filter, filter_clear)

static gboolean read_filter(HttpRequest *request, Filter *filter, GError **error)
{
    Node *node = http_request_owner(request);
    const char *subject = http_request_query(request, "subject"), *before = http_request_query(request, "before");
    filter->person = http_request_query(request, "person");
    filter->type = http_request_query(request, "type");
    filter->subject = subject ? view_subject(node, subject) : NULL;
    filter->before_ms = G_MAXINT64;
    if (!before || time_read(before, -1, &filter->before_ms))
        return TRUE;
    error_set(error, COMITY_ERROR_INVALID, "list.before", "/before", "Write the time as 2026-11-12T09:14:00.000Z.");
    return FALSE;
}

/* "exhibit" takes exhibit.added/1 and all of that entity; a whole name only itself. */
static gboolean type_matches(const char *wanted, const char *type)
{
    gsize length = strlen(wanted);
    return g_str_has_prefix(type, wanted) && (type[length] == 0 || type[length] == '.' || type[length] == '/');
}

static gboolean header_matches(const Filter *filter, const Header *header)
{
    return header->time_ms < filter->before_ms && (!filter->subject || span_equal(header->subject, filter->subject)) &&
           (!filter->person || span_equal(header->person, filter->person));
}

/* The cursor is base64url of {"h": height, "n": node, "e": epoch, "s": seq}: a place in canonical order. */
static gboolean read_cursor(const char *cursor, WalkPlace *place, GError **error)
{
    g_autoptr(GBytes) bytes = base64url_decode(cursor, -1);
    gsize length = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    g_autoptr(json_t) at = text ? json_strict_parse(text, length, 4096, NULL) : NULL;
    if (!at || !json_text(at, "n") || !json_text(at, "e") || json_integer_or(at, "h", -1) < 0 ||
        json_integer_or(at, "s", -1) < 0) {
        error_set(error, COMITY_ERROR_INVALID, "list.cursor", "/cursor",
                  "The cursor is not of this list; begin again without it.");
        return FALSE;
    }
    *place = (WalkPlace){.height = (guint64)json_integer_or(at, "h", 0),
                         .seq = (guint64)json_integer_or(at, "s", 0),
                         .node = g_strdup(json_text(at, "n")),
                         .epoch = g_strdup(json_text(at, "e"))};
    return TRUE;
}

static json_t *cursor_of(const WalkRecord *record)
{
    g_autoptr(json_t) at = json_pack("{s:I, s:s, s:s, s:I}", "h", (json_int_t)record->header.height, "n", record->node,
                                     "e", record->epoch, "s", (json_int_t)record->header.seq);
    gsize length = 0;
    g_autofree char *text = json_compact(at, &length);
    g_autofree char *cursor = base64url_encode(text, length);
    return json_string(cursor);
}

/* Fills @items with up to @limit records; @next: out, the cursor behind the last, or null. */
static gboolean collect(Node *node, Db *db, const char *lane, Walk *walk, const Filter *filter, gint64 limit,
                        json_t *items, json_t **next, GError **error)
{
    WalkRecord record;
    int step;
    *next = json_null();
    g_autoptr(json_t) behind = NULL;
    while ((step = walk_next(walk, &record, error)) > 0) {
        if (!header_matches(filter, &record.header))
            continue;
        g_autoptr(json_t) item = record_json(node, db, lane, &record, NULL, error);
        if (!item)
            return FALSE;
        if (filter->type && !type_matches(filter->type, json_text(item, "type")))
            continue;
        if ((gint64)json_array_size(items) == limit) {
            *next = g_steal_pointer(&behind);
            return TRUE;
        }
        json_array_append(items, item);
        if ((gint64)json_array_size(items) == limit)
            behind = cursor_of(&record);
    }
    return step == 0;
}

gboolean records_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", "subject", "person", "type", "before", NULL};
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    g_auto(Filter) filter = {0};
    g_auto(WalkPlace) place = {0};
    gint64 limit = 50;
    if (!space_require(request, SCOPE_CASES_READ, ACCESS_RECORD, &access, error) ||
        !http_request_query_only(request, known, error) ||
        !http_request_query_integer(request, "limit", 1, 200, 50, &limit, error) ||
        !read_filter(request, &filter, error))
        return FALSE;
    Db *db = node_reader(node, request);
    const char *cursor = http_request_query(request, "cursor");
    if (cursor && *cursor && !read_cursor(cursor, &place, error))
        return FALSE;
    g_autoptr(Walk) walk = walk_new(db, access.space, access.lane, place.node ? &place : NULL, error);
    g_autoptr(json_t) items = json_array();
    json_t *next = NULL;
    if (!walk || !collect(node, db, access.lane, walk, &filter, limit, items, &next, error))
        return FALSE;
    http_response_json(response, 200, json_pack("{s:O, s:o}", "items", items, "next", next));
    return TRUE;
}

json_t *activity_newest(Node *node, Db *db, const char *space, const char *lane, gint64 since_ms, guint most,
                        gboolean (*want)(const char *type), GError **error)
{
    g_autoptr(Walk) walk = walk_new(db, space, lane, NULL, error);
    g_autoptr(json_t) items = json_array();
    WalkRecord record;
    int step = 0;
    while (walk && json_array_size(items) < most && (step = walk_next(walk, &record, error)) > 0 &&
           record.header.time_ms > since_ms) {
        json_t *item = record_json(node, db, lane, &record, NULL, error);
        if (!item)
            return NULL;
        if (!want || want(json_text(item, "type")))
            json_array_append(items, item);
        json_decref(item);
    }
    return walk && step >= 0 ? g_steal_pointer(&items) : NULL;
}
