/* features/today/items.c: each kind of thing that waits for somebody, as one query and one item. */
#include "features/today/private.h"
#include "node/view.h"

json_t *today_item(const char *code, const char *severity, gint64 when_ms, json_t *values, const char *label,
                   const char *href, gboolean urgent)
{
    return json_pack("{s:s, s:s, s:o, s:{s:s, s:o}, s:{s:s, s:s}, s:b}", "code", code, "severity", severity, "when",
                     view_time(when_ms), "why", "code", code, "values", values, "action", "label_code", label, "href",
                     href, "urgent", urgent);
}

/* An item about the case in @row (its space, reference and title first); @way: where in the case it leads. */
static void add_of_case(const Today *today, const DbQuery *row, const char *code, const char *severity, gint64 when_ms,
                        json_t *values, const char *label, const char *way, gboolean urgent)
{
    g_autofree char *href = g_strdup_printf("/cases/%s%s", db_text(row, 0), way);
    json_t *item = today_item(code, severity, when_ms, values, label, href, urgent);
    json_object_set_new(
        item, "case",
        json_pack("{s:s, s:s, s:s}", "id", db_text(row, 0), "reference", db_text(row, 1), "title", db_text(row, 2)));
    json_array_append_new(today->items, item);
}

/* Files that have arrived and are no exhibit yet: one item a case. */
static gboolean uploads_waiting(const Today *today, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        today->db, "SELECT u.space, c.reference, c.title, count(*), min(u.created), min(u.expires) FROM upload u"
                   " JOIN case_cover c ON c.space = u.space WHERE u.owner = :me AND u.state = 'arrived'"
                   " AND EXISTS (SELECT 1 FROM lane_person p WHERE p.space = u.space AND p.person = :me)"
                   " GROUP BY u.space, c.reference, c.title ORDER BY min(u.expires)");
    db_bind_text(query, "me", today->principal->person);
    int row;
    while ((row = db_step(query, error)) > 0) {
        json_t *values = json_pack("{s:I}", "count", (json_int_t)db_integer(query, 3));
        add_of_case(today, query, "uploads.waiting", "warning", db_integer(query, 4), values, "make_exhibit", "/intake",
                    db_integer(query, 5) - today->now_ms < TODAY_SOON_MS);
    }
    return row == 0;
}

/* Exhibits of others in my open cases that I have not opened: one item a case. */
static gboolean exhibits_unopened(const Today *today, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(today->db, "SELECT c.space, c.reference, c.title, count(*), max(e.added) FROM lane_person p JOIN "
                            "case_cover c ON c.space = p.space AND"
                            " c.status = 'open' JOIN exhibit e ON e.space = p.space AND e.added_by <> p.id WHERE "
                            "p.person = :me AND NOT EXISTS (SELECT 1 FROM"
                            " reading r WHERE r.space = e.space AND r.exhibit = e.subject AND r.person = p.id) GROUP "
                            "BY c.space, c.reference, c.title"
                            " ORDER BY max(e.added) DESC");
    db_bind_text(query, "me", today->principal->person);
    int row;
    while ((row = db_step(query, error)) > 0) {
        json_t *values = json_pack("{s:I}", "count", (json_int_t)db_integer(query, 3));
        add_of_case(today, query, "exhibits.unopened", "info", db_integer(query, 4), values, "open_evidence",
                    "/evidence", FALSE);
    }
    return row == 0;
}

/* Cases that somebody let me into within the last week, and in which I have read nothing yet. */
static gboolean cases_joined(const Today *today, GError **error)
{
    g_autoptr(DbQuery) query = db_query(today->db, "SELECT c.space, c.reference, c.title, m.since FROM lane_person p "
                                                   "JOIN case_cover c ON c.space = p.space JOIN case_member m ON"
                                                   " m.space = p.space AND m.who = p.id WHERE p.person = :me AND "
                                                   "m.since > :since AND NOT EXISTS (SELECT 1 FROM reading r WHERE"
                                                   " r.space = p.space AND r.person = p.id) ORDER BY m.since DESC");
    db_bind_text(query, "me", today->principal->person);
    db_bind_integer(query, "since", today->now_ms - TODAY_WEEK_MS);
    int row;
    while ((row = db_step(query, error)) > 0)
        add_of_case(today, query, "case.joined", "info", db_integer(query, 3), json_object(), "open_case", "", FALSE);
    return row == 0;
}

gboolean today_collect_work(const Today *today, GError **error)
{
    return uploads_waiting(today, error) && cases_joined(today, error) && exhibits_unopened(today, error);
}
