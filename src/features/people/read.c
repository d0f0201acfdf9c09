/* features/people/read.c: people as administrators see them, and as everybody may. */
#include "base/error.h"
#include "features/people/private.h"
#include "node/page.h"
#include "node/view.h"

/* Who has an account and no passkey is "invited" until there is one. */
#define STATE                                                                                                          \
    "CASE WHEN p.state <> 'active' THEN p.state WHEN p.machine = 1 OR EXISTS (SELECT 1 FROM people_passkey k WHERE "   \
    "k.person = p.person) THEN 'active' ELSE 'invited' END"
#define LAST_SEEN                                                                                                      \
    "(SELECT MAX(seen.used) FROM (SELECT s.used FROM session s WHERE s.person = p.person UNION ALL SELECT u.used "     \
    "FROM "                                                                                                            \
    "passkey_use u JOIN people_passkey k ON k.credential = u.credential WHERE k.person = p.person UNION ALL SELECT "   \
    "w.used FROM token_use w JOIN people_token t ON t.id = w.token WHERE t.person = p.person) seen)"
#define COLUMNS                                                                                                        \
    "p.name, p.title, p.affiliation, p.roles, p.admin, p.machine, " STATE                                              \
    ", (SELECT count(*) FROM people_passkey k WHERE k.person = p.person), " LAST_SEEN                                  \
    ", p.created, p.tag, p.contested, p.renamed, p.renamed_by"
enum {
    ID = 1,
    NAME,
    TITLE,
    AFFILIATION,
    ROLES,
    ADMIN,
    MACHINE,
    STATE_NOW,
    PASSKEYS,
    SEEN,
    CREATED,
    TAG,
    CONTESTED,
    RENAMED,
    RENAMED_BY
};

static const PageSort sorts[] = {{"name", "p.name_key", TRUE}, {"created", "p.created", FALSE}, {NULL, NULL, FALSE}};

static json_t *row_json(Db *db, const DbQuery *row)
{
    json_t *item = json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:s, s:I, s:o, s:o}", "id", db_text(row, ID), "name",
                             db_text(row, NAME), "title", db_text(row, TITLE), "affiliation", db_text(row, AFFILIATION),
                             "roles", view_roles(db_text(row, ROLES)), "admin", db_integer(row, ADMIN) != 0, "machine",
                             db_integer(row, MACHINE) != 0, "state", db_text(row, STATE_NOW), "passkeys",
                             (json_int_t)db_integer(row, PASSKEYS), "last_seen", view_time(db_integer(row, SEEN)),
                             "created", view_time(db_integer(row, CREATED)));
    if (!db_is_null(row, CONTESTED))
        json_object_set_new(item, "contested", json_loads(db_text(row, CONTESTED), 0, NULL));
    if (!db_is_null(row, RENAMED))
        json_object_set_new(item, "renamed",
                            json_pack("{s:o, s:o}", "at", view_time(db_integer(row, RENAMED)), "by",
                                      person_short(db, db_text(row, RENAMED_BY))));
    return item;
}

json_t *person_short(Db *db, const char *person)
{
    g_autoptr(Account) account = account_read(db, person, NULL);
    if (!account)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:s, s:b}", "id", account->id, "name", account->name, "title", account->title,
                     "affiliation", account->affiliation, "machine", account->machine);
}

gboolean person_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    if (!principal_require_admin(request, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(node_reader(node, request), "SELECT p.name_key, p.person, " COLUMNS
                                                                    " FROM people_person p WHERE p.person = :person");
    db_bind_text(query, "person", http_request_parameter(request, "person"));
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "person.unknown", "", "There is no such person at this node.");
    if (row <= 0)
        return FALSE;
    http_response_set_etag(response, db_text(query, TAG));
    http_response_json(response, 200, row_json(node_reader(node, request), query));
    return TRUE;
}

/* @where's own parameters: what the reader asked for, "" for all. */
static void bind_filters(DbQuery *query, HttpRequest *request)
{
    const char *role = http_request_query(request, "role"), *state = http_request_query(request, "state");
    g_autofree char *needle = role && *role ? g_strdup_printf(" %s ", role) : g_strdup("");
    db_bind_text(query, "role", needle);
    db_bind_text(query, "state", state ? state : "");
}

#define FILTERS "(:role = '' OR INSTR(p.roles, :role) > 0) AND (:state = '' OR " STATE " = :state)"

static gboolean check_filters(HttpRequest *request, GError **error)
{
    static const char *const states[] = {"", "active", "invited", "disabled", NULL};
    const char *role = http_request_query(request, "role"), *state = http_request_query(request, "state");
    if ((!role || !*role || g_strv_contains(people_roles, role)) && (!state || g_strv_contains(states, state)))
        return TRUE;
    error_set(error, COMITY_ERROR_INVALID, "list.filter", "/role",
              "People are filtered by one of the roles, and by active, invited or disabled.");
    return FALSE;
}

static gboolean count_people(Db *db, HttpRequest *request, gint64 *total, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT count(*) FROM people_person p WHERE " FILTERS);
    bind_filters(query, request);
    if (db_step(query, error) < 0)
        return FALSE;
    *total = db_integer(query, 0);
    return TRUE;
}

gboolean people_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", "sort", "q", "role", "state", NULL};
    Node *node = http_request_owner(request);
    g_auto(Page) page = {0};
    gint64 total;
    if (!principal_require_admin(request, error) || !http_request_query_only(request, known, error) ||
        !check_filters(request, error) || !page_read(&page, request, sorts, "name", error))
        return FALSE;
    Db *db = node_reader(node, request);
    if (!count_people(db, request, &total, error))
        return FALSE;
    g_autoptr(DbQuery) query = page_query(&page, db, "p.person", COLUMNS, "people_person p", FILTERS);
    bind_filters(query, request);
    int row;
    while ((row = page_more(&page, query, error)) > 0) {
        const char *const texts[] = {db_text(query, NAME), db_text(query, TITLE), db_text(query, AFFILIATION), NULL};
        if (text_matches(http_request_query(request, "q"), texts))
            page_add(&page, query, row_json(db, query));
    }
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, page_json(&page, total));
    return TRUE;
}

/* What a colleague may know: no state, no passkeys, no last seen. */
static json_t *directory_json(const DbQuery *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:o}", "id", db_text(row, ID), "name", db_text(row, NAME), "title",
                     db_text(row, TITLE), "affiliation", db_text(row, AFFILIATION), "machine",
                     db_integer(row, MACHINE) != 0, "roles", view_roles(db_text(row, ROLES)));
}

gboolean directory_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", "q", "role", NULL};
    Node *node = http_request_owner(request);
    g_auto(Page) page = {0};
    if (!principal_require(request, error) || !http_request_query_only(request, known, error) ||
        !check_filters(request, error) || !page_read(&page, request, sorts, "name", error))
        return FALSE;
    g_autoptr(DbQuery) query =
        page_query(&page, node_reader(node, request), "p.person", COLUMNS, "people_person p", FILTERS);
    bind_filters(query, request);
    db_bind_text(query, "state", "active");
    int row;
    while ((row = page_more(&page, query, error)) > 0) {
        const char *const texts[] = {db_text(query, NAME), db_text(query, TITLE), db_text(query, AFFILIATION), NULL};
        if (text_matches(http_request_query(request, "q"), texts))
            page_add(&page, query, directory_json(query));
    }
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, page_json(&page, -1));
    return TRUE;
}
