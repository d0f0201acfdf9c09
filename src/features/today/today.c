#include "base/error.h"
#include "features/activity/activity.h"
#include "features/today/private.h"
#include "node/anchors.h"
#include "node/audit.h"
#include "node/notice.h"
#include "node/state.h"
#include "node/view.h"

#define MEANWHILE_MOST 20

/* What the others did: readings are shown on an exhibit's way, not here. */
static gboolean is_news(const char *type)
{
    return *type && !g_str_has_prefix(type, "reading.") && !g_str_has_prefix(type, "person.") &&
           !g_str_has_prefix(type, "lane.");
}

static int by_time(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(json_text(*(json_t *const *)b, "time"), json_text(*(json_t *const *)a, "time"));
}

/* The newest records of my cases within the last week, the newest first. */
static json_t *meanwhile(const Today *today, GError **error)
{
    g_autoptr(GPtrArray) news = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autoptr(DbQuery) query = db_query(
        today->db,
        "SELECT c.space, c.lane, c.reference, c.title FROM lane_person p JOIN case_cover c ON c.space = p.space"
        " WHERE p.person = :me ORDER BY c.changed DESC LIMIT 20");
    db_bind_text(query, "me", today->principal->person);
    int row;
    while ((row = db_step(query, error)) > 0) {
        g_autoptr(json_t) records = activity_newest(today->node, today->db, db_text(query, 0), db_text(query, 1),
                                                    today->now_ms - TODAY_WEEK_MS, MEANWHILE_MOST, is_news, error);
        if (!records)
            return NULL;
        gsize n;
        json_t *record;
        json_array_foreach(records, n, record)
        {
            json_object_set_new(record, "case",
                                json_pack("{s:s, s:s, s:s}", "id", db_text(query, 0), "reference", db_text(query, 2),
                                          "title", db_text(query, 3)));
            g_ptr_array_add(news, json_incref(record));
        }
    }
    if (row < 0)
        return NULL;
    g_ptr_array_sort(news, by_time);
    json_t *list = json_array();
    for (guint n = 0; n < news->len && n < MEANWHILE_MOST; n++)
        json_array_append(list, g_ptr_array_index(news, n));
    return list;
}

/* Node notices, for whom they concern. */
static gboolean add_notices(const Today *today, GError **error)
{
    g_autoptr(json_t) notices = notice_list(today->db, today->principal, FALSE, error);
    gsize n;
    json_t *notice;
    json_array_foreach(notices, n, notice)
    {
        gboolean danger = g_strcmp0(json_text(notice, "severity"), "danger") == 0;
        json_t *values = json_object_get(notice, "values");
        json_t *item = today_item(json_text(notice, "code"), json_text(notice, "severity"), 0,
                                  json_is_object(values) ? json_incref(values) : json_object(), "look_at_it",
                                  today->principal->admin ? "/node" : "/me", danger);
        if (!danger)
            json_object_set(item, "notice", json_object_get(notice, "id"));
        if (json_object_get(notice, "since"))
            json_object_set(item, "when", json_object_get(notice, "since"));
        json_array_append_new(today->items, item);
    }
    return notices != NULL;
}

/* Packages that are ready or on their way. */
static gboolean add_exports(const Today *today, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        today->db,
        "SELECT f.export, f.space, f.state, f.created, c.reference, c.title FROM export_file f JOIN case_cover c"
        " ON c.space = f.space WHERE f.owner = :me AND EXISTS (SELECT 1 FROM lane_person p WHERE p.space = f.space"
        " AND p.person = :me) ORDER BY f.created DESC");
    db_bind_text(query, "me", today->principal->person);
    int row;
    while ((row = db_step(query, error)) > 0) {
        const char *state = db_text(query, 2);
        gboolean writing = g_str_equal(state, "writing");
        g_autofree char *href = g_strdup_printf("/cases/%s/exports", db_text(query, 1));
        const char *code = writing ? "export.writing" : g_str_equal(state, "ready") ? "export.ready" : "export.failed";
        json_t *item = today_item(code, g_str_equal(state, "failed") ? "warning" : "info", db_integer(query, 3),
                                  json_object(), "open_exports", href, FALSE);
        json_object_set_new(item, "case",
                            json_pack("{s:s, s:s, s:s}", "id", db_text(query, 1), "reference", db_text(query, 4),
                                      "title", db_text(query, 5)));
        json_array_append_new(writing ? today->waiting : today->items, item);
    }
    return row == 0;
}

static json_t *trust_json(const Today *today, GError **error)
{
    NodeState state;
    if (!node_state(today->node, today->db, &state, error))
        return NULL;
    g_autoptr(json_t) anchors = anchors_json(today->db, error);
    g_autoptr(json_t) last = anchors ? audit_last(today->db, error) : NULL;
    if (!last)
        return NULL;
    json_t *audit = json_is_null(last) ? json_null()
                                       : json_pack("{s:O, s:O, s:I}", "finished", json_object_get(last, "finished"),
                                                   "ok", json_object_get(last, "clean"), "findings",
                                                   (json_int_t)json_array_size(json_object_get(last, "damages")));
    return json_pack("{s:I, s:I, s:O, s:o}", "checkpoints", (json_int_t)state.feeds, "records",
                     (json_int_t)state.records, "anchored_at", json_object_get(anchors, "last"), "audit", audit);
}

static gboolean today_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_scope(request, SCOPE_CASES_READ, error);
    if (!principal)
        return FALSE;
    g_autoptr(json_t) items = json_array();
    g_autoptr(json_t) week = json_array();
    g_autoptr(json_t) waiting = json_array();
    Today today = {.node = node,
                   .db = node_reader(node, request),
                   .principal = principal,
                   .now_ms = env_now_ms(node_env(node)),
                   .items = items,
                   .week = week,
                   .waiting = waiting};
    if (!add_notices(&today, error) || !today_collect_work(&today, error) || !add_exports(&today, error))
        return FALSE;
    g_autoptr(json_t) news = meanwhile(&today, error);
    g_autoptr(json_t) trust = news ? trust_json(&today, error) : NULL;
    if (!trust)
        return FALSE;
    http_response_json(response, 200,
                       json_pack("{s:I, s:O, s:O, s:O, s:O, s:O}", "count", (json_int_t)json_array_size(items), "items",
                                 items, "week", week, "waiting", waiting, "meanwhile", news, "trust", trust));
    return TRUE;
}

static const char *const needs[] = {"activity", "cases", "evidence", "exports", NULL};
static const HttpRoute routes[] = {{.method = "GET", .path = "/api/v1/today", .handler = today_get}, {.method = NULL}};

const Feature today_feature = {.name = "today", .needs = needs, .routes = routes};
