/* features/cases/read.c: the list of cases, and one case. */
#include "base/error.h"
#include "base/json.h"
#include "features/cases/cases.h"
#include "features/cases/private.h"
#include "node/page.h"
#include "node/view.h"

#define COLUMNS                                                                                                        \
    "c.space, c.lane, c.reference, c.title, c.offence, c.summary, c.status, c.opened, c.changed, c.tag, c.contested,"  \
    " (SELECT count(*) FROM lane_person m WHERE m.space = c.space AND m.machine = 0),"                                 \
    " (SELECT p.roles FROM lane_person p WHERE p.space = c.space AND p.person = :person)"
enum { SPACE = 2, LANE, REFERENCE, TITLE, OFFENCE, SUMMARY, STATUS, OPENED, CHANGED, TAG, CONTESTED, MEMBERS, ROLES };

/* What the person with @roles may do, by the tables that the ledger judges by. */
static json_t *may_json(Node *node, const Principal *principal, const char *space, char **roles, gboolean open)
{
    static const struct {
        const char *name, *type;
        gboolean when_closed;
    } things[] = {{"edit", "case.corrected/1", FALSE},     {"add_evidence", "exhibit.added/1", FALSE},
                  {"add_member", "member.added/1", FALSE}, {"export", "export.made/1", TRUE},
                  {"close", "case.closed/1", TRUE},        {"seal", "exhibit.sealed/1", FALSE}};
    static const Scope scopes[] = {SCOPE_CASES_WRITE, SCOPE_EVIDENCE_WRITE, SCOPE_CASES_WRITE,
                                   SCOPE_EXPORT,      SCOPE_CASES_WRITE,    SCOPE_EVIDENCE_WRITE};
    SpaceAccess access = {.level = roles[0] ? ACCESS_MEMBER : ACCESS_RECORD, .space = (char *)space, .roles = roles};
    json_t *may = json_object();
    for (gsize n = 0; n < G_N_ELEMENTS(things); n++) {
        const ActType *type = act_types_find(node_act_types(node), things[n].type);
        gboolean allowed = type && (open || things[n].when_closed) && (principal->scopes & scopes[n]) &&
                           space_access_may(&access, type);
        json_object_set_new(may, things[n].name, json_boolean(allowed));
    }
    return may;
}

/* The current row of a query over COLUMNS. */
static json_t *row_json(Node *node, Db *db, const Principal *principal, const DbQuery *row, GError **error)
{
    const char *space = db_text(row, SPACE);
    g_auto(GStrv) roles = view_role_list(db_text(row, ROLES));
    g_autoptr(json_t) item = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:o}", "id", space, "lane", db_text(row, LANE),
        "reference", db_text(row, REFERENCE), "title", db_text(row, TITLE), "offence", db_text(row, OFFENCE), "summary",
        db_text(row, SUMMARY), "status", db_text(row, STATUS), "opened", view_time(db_integer(row, OPENED)), "changed",
        view_time(db_integer(row, CHANGED)), "members", (json_int_t)db_integer(row, MEMBERS), "parties",
        view_parties(node, db, db_text(row, LANE)), "my_roles", view_roles(db_text(row, ROLES)), "may",
        may_json(node, principal, space, roles, g_str_equal(db_text(row, STATUS), "open")));
    if (!view_counts(node, db, space, item, error))
        return NULL;
    if (!db_is_null(row, CONTESTED))
        json_object_set_new(item, "contested", json_loads(db_text(row, CONTESTED), 0, NULL));
    return g_steal_pointer(&item);
}

json_t *case_json(Node *node, Db *db, const Principal *principal, const SpaceAccess *access, char **tag, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT c.space, c.space, " COLUMNS " FROM case_cover c WHERE c.space = :space");
    db_bind_text(query, "space", access->space);
    db_bind_text(query, "person", principal->person);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "case.not_found", "", "There is no such case, or it is not for you.");
    if (row <= 0)
        return NULL;
    if (tag)
        *tag = g_strdup(db_text(query, TAG));
    return row_json(node, db, principal, query, error);
}

static const PageSort sorts[] = {{"reference", "c.reference_key", TRUE},
                                 {"title", "c.title_key", TRUE},
                                 {"changed", "c.changed", FALSE},
                                 {"status", "c.status", TRUE},
                                 {NULL, NULL, FALSE}};

#define STATUS_IS "(c.status = :status OR :status = 'all')"

/* Which cases are asked for, and of whose. */
typedef struct {
    const char *where; /* SQL */
    const char *status, *person;
    const char *q; /* a text that one must hold, or NULL */
} Filter;

static gboolean read_filter(HttpRequest *request, const Principal *principal, Filter *filter, GError **error)
{
    const char *status = http_request_query(request, "status"), *member = http_request_query(request, "member");
    *filter = (Filter){.status = status && *status ? status : "open",
                       .q = http_request_query(request, "q"),
                       .person = principal->person};
    if (!g_strv_contains((const char *const[]){"open", "closed", "all", NULL}, filter->status) ||
        (member && !g_str_equal(member, "me"))) {
        error_set(error, COMITY_ERROR_INVALID, "list.filter", "/status",
                  "Cases can be filtered by status=open, closed or all, and by member=me.");
        return FALSE;
    }
    gboolean all = principal_has_role(principal, "auditor") && !member;
    filter->where = all ? STATUS_IS " AND :person = :person"
                        : STATUS_IS " AND EXISTS (SELECT 1 FROM lane_person p WHERE p.space = c.space AND p.person = "
                                    ":person)";
    return TRUE;
}

static void bind_filter(DbQuery *query, const Filter *filter)
{
    db_bind_text(query, "status", filter->status);
    db_bind_text(query, "person", filter->person);
}

/* How many there are without a text filter. */
static gboolean count_cases(Db *db, const Filter *filter, gint64 *total, GError **error)
{
    g_autofree char *sql = g_strconcat("SELECT count(*) FROM case_cover c WHERE ", filter->where, NULL);
    g_autoptr(DbQuery) query = db_query(db, g_intern_string(sql));
    bind_filter(query, filter);
    if (db_step(query, error) < 0)
        return FALSE;
    *total = db_integer(query, 0);
    return TRUE;
}

gboolean cases_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", "sort", "status", "q", "member", NULL};
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_scope(request, SCOPE_CASES_READ, error);
    g_auto(Page) page = {0};
    if (!principal || !http_request_query_only(request, known, error) ||
        !page_read(&page, request, sorts, "-changed", error))
        return FALSE;
    Filter filter;
    if (!read_filter(request, principal, &filter, error))
        return FALSE;
    Db *db = node_reader(node, request);
    gint64 total = -1;
    if (!count_cases(db, &filter, &total, error))
        return FALSE;
    g_autoptr(DbQuery) query = page_query(&page, db, "c.space", COLUMNS, "case_cover c", filter.where);
    bind_filter(query, &filter);
    int row;
    while ((row = page_more(&page, query, error)) > 0) {
        if (!text_matches(filter.q, (const char *const[]){db_text(query, REFERENCE), db_text(query, TITLE),
                                                          db_text(query, OFFENCE), NULL}))
            continue;
        json_t *item = row_json(node, db, principal, query, error);
        if (!item)
            return FALSE;
        page_add(&page, query, item);
    }
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, page_json(&page, total));
    return TRUE;
}

gboolean cases_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    const Principal *principal = space_require(request, SCOPE_CASES_READ, ACCESS_RECORD, &access, error);
    if (!principal)
        return FALSE;
    Db *db = node_reader(node, request);
    g_autofree char *tag = NULL;
    json_t *found = case_json(node, db, principal, &access, &tag, error);
    if (!found)
        return FALSE;
    http_response_set_etag(response, tag);
    http_response_json(response, 200, found);
    return TRUE;
}

gboolean case_require_open(Db *db, const char *space, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT status FROM case_cover WHERE space = :space");
    db_bind_text(query, "space", space);
    int row = db_step(query, error);
    if (row < 0)
        return FALSE;
    if (row > 0 && g_str_equal(db_text(query, 0), "open"))
        return TRUE;
    error_set(error, COMITY_ERROR_CONFLICT, "case.closed", "",
              "The case is closed. Somebody who may must open it again before anything is added.");
    return FALSE;
}

gboolean case_names(Db *db, const char *space, char **reference, char **title, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT reference, title FROM case_cover WHERE space = :space");
    db_bind_text(query, "space", space);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "case.not_found", "", "There is no such case, or it is not for you.");
    if (row <= 0)
        return FALSE;
    *reference = g_strdup(db_text(query, 0));
    *title = g_strdup(db_text(query, 1));
    return TRUE;
}

json_t *case_describe(Db *db, const char *space, const char *lane, const char *subject)
{
    (void)lane;
    (void)subject;
    g_autofree char *reference = NULL, *title = NULL;
    if (!case_names(db, space, &reference, &title, NULL))
        return NULL;
    return json_pack("{s:s, s:s, s:s}", "label", reference, "reference", reference, "title", title);
}
