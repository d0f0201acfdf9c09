/* features/evidence/uploads.c: the tray: what a person's uploads have come to, also after a reload. */
#include "base/error.h"
#include "features/evidence/private.h"
#include "node/upload.h"
#include "node/view.h"

/* Where the same bytes stand in the case already: {exhibit, number, file}, or NULL. */
static json_t *duplicate_of(Node *node, Db *db, const Upload *upload)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT e.subject, e.lane, e.node, e.number, f.n FROM exhibit_file f JOIN exhibit e ON e.space = f.space"
            " AND e.subject = f.subject WHERE f.space = :space AND f.sha256 = :sha256 AND EXISTS (SELECT 1"
            " FROM lane_person p WHERE p.space = :space AND p.person = :owner) ORDER BY e.number, f.n");
    db_bind_text(query, "space", upload->space);
    db_bind_text(query, "sha256", upload->sha256);
    db_bind_text(query, "owner", upload->owner);
    if (db_step(query, NULL) <= 0)
        return NULL;
    g_autofree char *id = view_entity_id(node, db_text(query, 0));
    g_autofree char *number = view_number(db, db_text(query, 1), db_text(query, 2), db_integer(query, 3));
    return json_pack("{s:s, s:s, s:I}", "exhibit", id, "number", number, "file", (json_int_t)db_integer(query, 4));
}

static json_t *upload_json(Node *node, Db *db, const Upload *upload)
{
    gboolean expired = !upload->taken && upload->expires_ms < env_now_ms(node_env(node));
    const char *state = upload->taken ? "taken" : expired ? "expired" : upload->arrived ? "arrived" : "on_the_way";
    json_t *item = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:o, s:o}", "id", upload->id, "space", upload->space,
                             "name", upload->name, "relative_path", upload->relative_path ? upload->relative_path : "",
                             "size", (json_int_t)upload->size, "offset", (json_int_t)upload->offset, "state", state,
                             "created", view_time(upload->created_ms), "expires", view_time(upload->expires_ms));
    if (upload->arrived && upload->sha256) {
        json_object_set_new(item, "sha256", json_string(upload->sha256));
        json_object_set_new(item, "type",
                            json_string(upload->media_type ? upload->media_type : "application/octet-stream"));
        json_t *duplicate = upload->taken ? NULL : duplicate_of(node, db, upload);
        if (duplicate)
            json_object_set_new(item, "duplicate_of", duplicate);
    }
    return item;
}

gboolean uploads_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", "space", NULL};
    static const PageSort sorts[] = {{"created", "u.created", FALSE}, {NULL, NULL, FALSE}};
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_scope(request, SCOPE_EVIDENCE_WRITE, error);
    g_auto(Page) page = {0};
    if (!principal || !http_request_query_only(request, known, error) ||
        !page_read(&page, request, sorts, "-created", error))
        return FALSE;
    Db *db = node_reader(node, request);
    const char *space = http_request_query(request, "space");
    g_autoptr(DbQuery) query =
        page_query(&page, db, "u.id", "u.id", "upload u", "u.owner = :owner AND (:space = '' OR u.space = :space)");
    db_bind_text(query, "owner", principal->person);
    db_bind_text(query, "space", space ? space : "");
    int row;
    while ((row = page_more(&page, query, error)) > 0) {
        g_autoptr(Upload) upload = upload_get(db, db_text(query, 1), principal->person, error);
        if (!upload)
            return FALSE;
        page_add(&page, query, upload_json(node, db, upload));
    }
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, page_json(&page, -1));
    return TRUE;
}

gboolean uploads_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_scope(request, SCOPE_EVIDENCE_WRITE, error);
    if (!principal)
        return FALSE;
    Db *db = node_reader(node, request);
    g_autoptr(Upload) upload = upload_get(db, http_request_parameter(request, "upload"), principal->person, error);
    if (!upload)
        return FALSE;
    http_response_json(response, 200, upload_json(node, db, upload));
    return TRUE;
}
