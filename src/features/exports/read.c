/* features/exports/read.c: exports of a case, and the package itself. */
#include "base/error.h"
#include "features/cases/cases.h"
#include "features/exports/private.h"
#include "node/page.h"
#include "node/view.h"

#define COLUMNS                                                                                                        \
    "e.id, e.lane, e.node, e.person, e.time, e.scope, e.exhibit_count, e.readings, e.confirmed, f.state, f.job, "      \
    "f.detail, f.size, f.sha256,"                                                                                      \
    " f.expires, f.owner, e.purpose, (SELECT count(*) FROM exhibit x WHERE x.space = e.space)"
#define FROM "export e LEFT JOIN export_file f ON f.export = e.id"
enum {
    ID = 2,
    LANE,
    NODE,
    PERSON,
    TIME,
    SCOPE,
    EXHIBITS,
    READINGS,
    CONFIRMED,
    STATE,
    JOB,
    DETAIL,
    SIZE,
    SHA256,
    EXPIRES,
    OWNER,
    PURPOSE,
    ALL
};

/* The job of a package that is not there yet; NULL where there is none. */
static json_t *job_of(Node *node, Db *db, const DbQuery *row)
{
    gboolean busy = !db_is_null(row, JOB) && g_str_equal(db_text(row, STATE), "writing");
    return busy ? job_describe(node, db, db_text(row, JOB), db_text(row, OWNER), NULL) : NULL;
}

/* Of what is written already: all of it. Before, what the job tells of its estimate. */
static json_t *progress_of(const json_t *job, const DbQuery *row)
{
    json_t *progress = job ? json_object_get(job, "progress") : NULL;
    if (json_is_object(progress))
        return json_incref(progress);
    gint64 size = db_integer(row, SIZE);
    return json_pack("{s:I, s:I}", "done", (json_int_t)size, "total", (json_int_t)size);
}

static json_t *row_json(Node *node, Db *db, const char *space, const DbQuery *row)
{
    gboolean there = !db_is_null(row, STATE) && db_integer(row, EXPIRES) > env_now_ms(node_env(node));
    gboolean whole = g_str_equal(db_text(row, SCOPE), "whole");
    g_autoptr(json_t) job = job_of(node, db, row);
    gboolean broken = job && g_str_equal(json_text(job, "state"), "failed"); /* it could not even say so itself */
    const char *state = there && !broken ? db_text(row, STATE) : "failed", *id = db_text(row, ID);
    gboolean ready = g_str_equal(state, "ready");
    json_t *item =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:I, s:b, s:s, s:o, s:o}", "id", id, "space",
                  space, "state", state, "progress", progress_of(job, row), "size",
                  ready ? json_integer(db_integer(row, SIZE)) : json_null(), "sha256",
                  ready ? json_string(db_text(row, SHA256)) : json_null(), "created", view_time(db_integer(row, TIME)),
                  "by", view_actor(db, db_text(row, LANE), db_text(row, NODE), db_text(row, PERSON)), "confirmed",
                  db_integer(row, CONFIRMED) ? "person" : "machine", "whole", whole, "exhibits",
                  (json_int_t)(whole ? db_integer(row, ALL) : db_integer(row, EXHIBITS)), "readings",
                  db_integer(row, READINGS) != 0, "purpose", db_text(row, PURPOSE), "file",
                  ready ? json_sprintf("/api/v1/exports/%s/file", id) : json_null(), "expires",
                  there ? view_time(db_integer(row, EXPIRES)) : json_null());
    if (g_str_equal(state, "failed"))
        json_object_set_new(item, "detail",
                            json_string(broken ? "The package could not be written; export again."
                                        : there && !db_is_null(row, DETAIL)
                                            ? db_text(row, DETAIL)
                                            : "The file was removed or has expired; export again."));
    return item;
}

json_t *export_json(Node *node, Db *db, const char *space, const char *id, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT e.time, e.subject, " COLUMNS " FROM " FROM " WHERE e.space = :space AND e.id = :id");
    db_bind_text(query, "space", space);
    db_bind_text(query, "id", id);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "export.not_found", "",
                  "There is no such export, or it is not for you.");
    return row > 0 ? row_json(node, db, space, query) : NULL;
}

gboolean exports_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", NULL};
    static const PageSort sorts[] = {{"created", "e.time", FALSE}, {NULL, NULL, FALSE}};
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    g_auto(Page) page = {0};
    if (!space_require(request, SCOPE_CASES_READ, ACCESS_RECORD, &access, error) ||
        !http_request_query_only(request, known, error) || !page_read(&page, request, sorts, "-created", error))
        return FALSE;
    Db *db = node_reader(node, request);
    g_autoptr(DbQuery) query = page_query(&page, db, "e.subject", COLUMNS, FROM, "e.space = :space");
    db_bind_text(query, "space", access.space);
    int row;
    while ((row = page_more(&page, query, error)) > 0)
        page_add(&page, query, row_json(node, db, access.space, query));
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, page_json(&page, -1));
    return TRUE;
}

/* The space of export @id, for one who may see it. New string. */
static char *space_of(HttpRequest *request, Scope scope, AccessLevel least, SpaceAccess *access, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_scope(request, scope, error);
    if (!principal)
        return NULL;
    Db *db = node_reader(node, request);
    g_autoptr(DbQuery) query = db_query(db, "SELECT space FROM export WHERE id = :id");
    db_bind_text(query, "id", http_request_parameter(request, "export"));
    g_autoptr(GError) hidden = NULL;
    int row = db_step(query, error);
    if (row > 0 && space_access(db, principal, db_text(query, 0), least, access, &hidden))
        return g_strdup(db_text(query, 0));
    if (hidden && !g_error_matches(hidden, COMITY_ERROR, COMITY_ERROR_NOT_FOUND))
        g_propagate_error(error, g_steal_pointer(&hidden));
    else if (row >= 0) /* the same words whether it is there or not */
        error_set(error, COMITY_ERROR_NOT_FOUND, "export.not_found", "",
                  "There is no such export, or it is not for you.");
    return NULL;
}

gboolean exports_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    /* Who may export by this token waits for the package with it, too. */
    const Principal *principal = principal_require(request, error);
    Scope scope = principal && (principal->scopes & SCOPE_EXPORT) ? SCOPE_EXPORT : SCOPE_CASES_READ;
    g_autofree char *space = principal ? space_of(request, scope, ACCESS_RECORD, &access, error) : NULL;
    json_t *found =
        space ? export_json(node, node_reader(node, request), space, http_request_parameter(request, "export"), error)
              : NULL;
    if (!found)
        return FALSE;
    http_response_json(response, 200, found);
    return TRUE;
}

/* A package holds what nobody's reading is recorded for: it is for those who may export, whoever made it. */
static gboolean require_exporter(HttpRequest *request, const SpaceAccess *access, GError **error)
{
    const ActType *type = act_types_find(node_act_types(http_request_owner(request)), "export.made/1");
    if (space_access_may(access, type))
        return TRUE;
    error_set(error, COMITY_ERROR_FORBIDDEN, "export.role", "",
              "Your role in this case does not export; ask somebody whose does for the package.");
    return FALSE;
}

static gboolean source_read(gpointer data, guint64 offset, guint8 *buffer, gsize length, GError **error)
{
    gssize got = blob_reader_read(data, offset, buffer, length, error);
    if (got >= 0 && got != (gssize)length)
        error_set(error, COMITY_ERROR_DAMAGED, "", "", "A package ends before its length.");
    return got == (gssize)length;
}
static void source_free(gpointer data)
{
    blob_reader_free(data);
}
static const HttpSourceClass source_class = {.read = source_read, .free = source_free};

/* "<reference>-<date>.zip", of letters that every file system takes. New. */
static char *file_name(Db *db, const char *space, const char *id)
{
    g_autofree char *reference = NULL, *title = NULL;
    if (!case_names(db, space, &reference, &title, NULL))
        return g_strconcat(id, ".zip", NULL);
    g_autoptr(DbQuery) query = db_query(db, "SELECT time FROM export WHERE space = :space AND id = :id");
    db_bind_text(query, "space", space);
    db_bind_text(query, "id", id);
    g_autoptr(GDateTime) made =
        g_date_time_new_from_unix_utc(db_step(query, NULL) > 0 ? db_integer(query, 0) / 1000 : 0);
    g_autofree char *day = g_date_time_format(made, "%Y-%m-%d");
    g_autofree char *name = g_strconcat(reference, "-", day, ".zip", NULL);
    return g_strdelimit(g_steal_pointer(&name), "/\\:*?\"<>|", '-');
}

gboolean exports_file(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    g_autofree char *space = space_of(request, SCOPE_EXPORT, ACCESS_MEMBER, &access, error);
    if (!space || !require_exporter(request, &access, error))
        return FALSE;
    Db *db = node_reader(node, request);
    const char *id = http_request_parameter(request, "export");
    g_autoptr(BlobReader) reader = export_file_open(node, db, id, error);
    if (!reader)
        return FALSE;
    g_autofree char *name = file_name(db, space, id);
    g_autofree char *etag = g_strconcat("export-", id, NULL);
    http_response_set_etag(response, etag);
    http_response_set_file_name(response, name, TRUE);
    guint64 size = blob_reader_size(reader);
    http_response_source(response, "application/zip", size, &source_class, g_steal_pointer(&reader));
    return TRUE;
}

gboolean exports_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    g_auto(SpaceAccess) access = {0};
    g_autofree char *space = space_of(request, SCOPE_EXPORT, ACCESS_MEMBER, &access, error);
    if (!space || !require_exporter(request, &access, error) ||
        !export_file_remove(http_request_owner(request), http_request_parameter(request, "export"), error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
