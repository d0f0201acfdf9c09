/* features/exports/write.c: asking for a package: an act, confirmed by a passkey; the file follows as a job. */
#include "base/error.h"
#include "features/cases/cases.h"
#include "features/evidence/evidence.h"
#include "features/exports/private.h"
#include "node/view.h"

#define EXHIBITS_MOST 1000

/* The chosen exhibits of @body as subjects ("<node>/<id>"), each there; an empty list for the whole case. New reference. */
static json_t *chosen(Node *node, Db *db, const char *space, const json_t *body, GError **error)
{
    static const char *const known[] = {"exhibits", "readings", "purpose", NULL};
    const json_t *asked = json_object_get(body, "exhibits");
    g_autoptr(json_t) subjects = json_array();
    if (!body_only(body, known, error))
        return NULL;
    if (json_is_null(asked))
        return g_steal_pointer(&subjects);
    gsize n;
    json_t *id;
    json_array_foreach((json_t *)asked, n, id)
    {
        g_autofree char *pointer = g_strdup_printf("/exhibits/%" G_GSIZE_FORMAT, n);
        g_autofree char *subject = json_is_string(id) ? view_subject(node, json_string_value(id)) : NULL;
        g_autofree char *number = NULL, *title = NULL;
        if (!subject || !exhibit_names(db, space, subject, &number, &title, NULL)) {
            error_set(error, COMITY_ERROR_INVALID, "export.exhibit", pointer, "There is no such exhibit in this case.");
            return NULL;
        }
        json_array_append_new(subjects, json_string(subject));
    }
    if (json_array_size(subjects) == 0 || json_array_size(subjects) > EXHIBITS_MOST) {
        error_set(error, COMITY_ERROR_INVALID, "export.exhibits", "/exhibits",
                  "Name 1 to %d exhibits, or null for the whole case.", EXHIBITS_MOST);
        return NULL;
    }
    return g_steal_pointer(&subjects);
}

static gboolean made_finish(Tx *tx, const Appended *appended, const json_t *context, json_t **result, GError **error)
{
    const char *space = json_text(context, "space"), *owner = json_text(context, "owner");
    g_autoptr(json_t) arguments = json_pack("{s:s, s:s}", "export", appended->id, "space", space);
    g_autofree char *job = NULL;
    if (!tx_start_job(tx, EXPORT_JOB, owner, arguments, &job, error) ||
        !tx_export_file_new(tx, appended->id, space, owner, job, error))
        return FALSE;
    tx_notify(tx, "export.changed", AUDIENCE_SPACE, space, appended->id, "export.made");
    *result = export_json(tx_node(tx), tx_db(tx), space, appended->id, error);
    return *result != NULL;
}

gboolean exports_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)response; /* confirm_or_run() answers */
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    const Principal *principal = space_require(request, SCOPE_EXPORT, ACCESS_MEMBER, &access, error);
    if (!principal)
        return FALSE;
    Db *db = node_reader(node, request);
    const char *space = access.space;
    g_autoptr(json_t) body = http_request_json(request, error);
    g_autoptr(json_t) subjects = body ? chosen(node, db, space, body, error) : NULL;
    g_autofree char *reference = NULL, *title = NULL;
    if (!subjects || !case_names(db, space, &reference, &title, error))
        return FALSE;
    gboolean whole = json_array_size(subjects) == 0;
    const char *purpose = json_text(body, "purpose") ? json_text(body, "purpose") : "";
    g_autoptr(json_t) members = json_pack("{s:s, s:O, s:b, s:s}", "scope", whole ? "whole" : "chosen", "exhibits",
                                          subjects, "readings", json_is_true_at(body, "readings"), "purpose", purpose);
    g_autoptr(json_t) values = json_pack("{s:s, s:s, s:b, s:I, s:s}", "reference", reference, "title", title, "whole",
                                         whole, "exhibits", (json_int_t)json_array_size(subjects), "purpose", purpose);
    g_autoptr(json_t) context = json_pack("{s:s, s:s}", "space", space, "owner", principal->person);
    ConfirmRequest confirm = {
        .draft = {.space = space, .principal = principal, .type = "export.made/1", .members = members},
        .sentence = "export.made",
        .values = values,
        .context = context,
        .finish = made_finish,
        .status = 201};
    return confirm_or_run(node, request, principal, &confirm, error);
}
