/* features/evidence/write.c: making exhibits of what has arrived, adding to them, correcting, sealing.
 *   W1  Blob, record and rows appear in one transaction: an exhibit is there with all its files, or not at all.
 *   W2  An act holds at most 64 KiB: files that do not fit go into further acts of the same transaction. */
#include "base/error.h"
#include "base/text.h"
#include "features/cases/cases.h"
#include "features/evidence/private.h"
#include "node/upload.h"
#include "node/view.h"

#define FILES_BYTES (40 * 1024) /* of one act's file list, as JSON (W2) */
#define UPLOADS_MOST 200

/* What a write function needs of its request. Borrowed, but for what it gives back. */
typedef struct {
    const Principal *principal;
    const SpaceAccess *access;
    const char *subject; /* of a standing exhibit */
    const char *tag;
    const json_t *uploads;
    json_t *members;
    char *made; /* out: subject of the new exhibit */
} ExhibitWrite;

/* The API says `type`, the act `kind` (an act's `type` is its own); members that may be left out get their empty value. */
static json_t *act_of_body(const json_t *body, gboolean whole)
{
    static const char *const texts[] = {"where", "by", "authority", "from"};
    g_autoptr(json_t) members = json_deep_copy(body);
    json_object_del(members, "uploads");
    if (json_object_get(members, "type")) {
        json_object_set(members, "kind", json_object_get(members, "type"));
        json_object_del(members, "type");
    }
    json_t *obtained = json_object_get(members, "obtained"), *conditions = json_object_get(members, "conditions");
    for (gsize n = 0; json_is_object(obtained) && n < G_N_ELEMENTS(texts); n++) {
        if (!json_object_get(obtained, texts[n]))
            json_object_set_new(obtained, texts[n], json_string(""));
    }
    if (json_is_object(obtained) && !json_object_get(obtained, "when"))
        json_object_set_new(obtained, "when", json_null());
    if (json_is_object(conditions) && !json_object_get(conditions, "note"))
        json_object_set_new(conditions, "note", json_string(""));
    if (!whole)
        return g_steal_pointer(&members);
    g_autoptr(json_t) defaults =
        json_pack("{s:s, s:[], s:{s:b, s:b}, s:{s:s, s:s}}", "description", "", "languages", "sensitivity",
                  "protected_person", 0, "harmful", 0, "conditions", "use", "evidence", "note", "");
    json_object_update_missing(members, defaults);
    return g_steal_pointer(&members);
}

static json_t *file_of(const Upload *upload)
{
    g_autofree char *hash = g_strconcat("sha256:", upload->sha256, NULL);
    g_autofree char *folder = upload->relative_path ? g_path_get_dirname(upload->relative_path) : g_strdup("");
    if (g_str_equal(folder, "."))
        *folder = 0;
    g_autofree char *modified = upload->modified_ms == UPLOAD_NOT_SAID ? NULL : time_text(upload->modified_ms);
    return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s*}", "sha256", hash, "size", (json_int_t)upload->size, "name",
                     upload->name, "path", folder, "media_type",
                     upload->media_type ? upload->media_type : "application/octet-stream", "modified", modified);
}

/* Takes every upload (W1); their files, in order. New reference. */
static json_t *take_uploads(Tx *tx, const ExhibitWrite *write, GError **error)
{
    g_autoptr(json_t) files = json_array();
    gsize n;
    json_t *id;
    json_array_foreach((json_t *)write->uploads, n, id)
    {
        g_autofree char *pointer = g_strdup_printf("/uploads/%" G_GSIZE_FORMAT, n);
        const char *text = json_string_value(id);
        if (!text) {
            error_set(error, COMITY_ERROR_INVALID, "exhibit.uploads", pointer, "An upload is named by its id.");
            return NULL;
        }
        g_autoptr(Upload) upload = upload_get(tx_db(tx), text, write->principal->person, error);
        if (!upload)
            return NULL;
        gboolean expired = upload->expires_ms < tx_now_ms(tx);
        if (!upload->arrived || upload->taken || expired || g_strcmp0(upload->space, write->access->space) != 0) {
            error_set(error, COMITY_ERROR_CONFLICT, "upload.not_ready", pointer,
                      "An upload has not arrived whole, has expired, belongs to another case, or was made an exhibit "
                      "already.");
            return NULL;
        }
        if (!tx_take_upload(tx, text, write->principal->person, write->access->space, write->access->lane, error))
            return NULL;
        json_array_append_new(files, file_of(upload));
    }
    return g_steal_pointer(&files);
}

/* The next files that fit one act, from *@at on. New reference. */
static json_t *next_files(const json_t *files, gsize *at)
{
    json_t *part = json_array();
    gsize bytes = 0;
    for (; *at < json_array_size(files); (*at)++) {
        json_t *file = json_array_get(files, *at);
        gsize length = json_dumpb(file, NULL, 0, JSON_COMPACT);
        if (json_array_size(part) > 0 && bytes + length > FILES_BYTES)
            break;
        bytes += length + 1;
        json_array_append(part, file);
    }
    return part;
}

static gboolean extend(Tx *tx, const ExhibitWrite *write, const char *subject, const char *tag, const json_t *files,
                       gsize at, GError **error)
{
    while (at < json_array_size(files)) {
        g_autoptr(json_t) members = json_pack("{s:o}", "files", next_files(files, &at));
        TxDraft draft = {.space = write->access->space,
                         .principal = write->principal,
                         .type = "exhibit.extended/1",
                         .subject = subject,
                         .prev = tag,
                         .members = members};
        if (!tx_append(tx, &draft, NULL, error))
            return FALSE;
        tag = NULL; /* the next one follows this one */
    }
    return TRUE;
}

static gboolean next_number(Tx *tx, const char *space, gint64 *number, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "SELECT COALESCE(max(number), 0) + 1 FROM exhibit WHERE space = :space AND node = :node");
    db_bind_text(query, "space", space);
    db_bind_text(query, "node", node_name(tx_node(tx)));
    if (db_step(query, error) < 0)
        return FALSE;
    *number = db_integer(query, 0);
    return TRUE;
}

/* What the act calls `kind` the API calls `type`: a pointer is to the member that was sent. */
static gboolean write_body(Node *node, WriteFunc write, ExhibitWrite *data, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (node_write(node, write, data, &cause))
        return TRUE;
    if (g_str_equal(error_pointer(cause), "/kind"))
        error_set(error, (ComityError)cause->code, error_code(cause), "/type", "%s", cause->message);
    else
        g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean add_exhibit(Tx *tx, gpointer data, GError **error)
{
    ExhibitWrite *write = data;
    gint64 number = 0;
    gsize at = 0;
    if (!case_require_open(tx_db(tx), write->access->space, error) ||
        !next_number(tx, write->access->space, &number, error))
        return FALSE;
    g_autoptr(json_t) files = take_uploads(tx, write, error);
    if (!files)
        return FALSE;
    json_object_set_new(write->members, "number", json_integer(number));
    json_object_set_new(write->members, "files", next_files(files, &at));
    TxDraft draft = {.space = write->access->space,
                     .principal = write->principal,
                     .type = "exhibit.added/1",
                     .members = write->members};
    Appended added;
    if (!tx_append(tx, &draft, &added, error) || !extend(tx, write, added.subject, NULL, files, at, error))
        return FALSE;
    write->made = g_strdup(added.subject);
    tx_notify(tx, "evidence.changed", AUDIENCE_SPACE, write->access->space, added.id, "exhibit.added");
    return TRUE;
}

/* The uploads named in @body: a list of 1 to 200 texts. Borrowed. */
static const json_t *uploads_of(const json_t *body, GError **error)
{
    const json_t *uploads = json_object_get(body, "uploads");
    gsize count = json_array_size(uploads);
    if (count >= 1 && count <= UPLOADS_MOST)
        return uploads;
    error_set(error, COMITY_ERROR_INVALID, "exhibit.uploads", "/uploads",
              "Name 1 to 200 uploads; add more files to the exhibit afterwards.");
    return NULL;
}

gboolean exhibits_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"title",       "description", "type",    "obtained", "languages",
                                        "sensitivity", "conditions",  "uploads", NULL};
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    const Principal *principal = space_require(request, SCOPE_EVIDENCE_WRITE, ACCESS_MEMBER, &access, error);
    if (!principal)
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body || !body_only(body, known, error))
        return FALSE;
    g_autoptr(json_t) members = act_of_body(body, TRUE);
    ExhibitWrite write = {
        .principal = principal, .access = &access, .members = members, .uploads = uploads_of(body, error)};
    gboolean done = write.uploads && write_body(node, add_exhibit, &write, error);
    g_autofree char *subject = write.made;
    return done && exhibit_answer(request, response, principal, access.space, subject, 201, error);
}

static gboolean add_files(Tx *tx, gpointer data, GError **error)
{
    const ExhibitWrite *write = data;
    if (!case_require_open(tx_db(tx), write->access->space, error))
        return FALSE;
    g_autoptr(json_t) files = take_uploads(tx, write, error);
    if (!files || !extend(tx, write, write->subject, write->tag, files, 0, error))
        return FALSE;
    tx_notify(tx, "evidence.changed", AUDIENCE_SPACE, write->access->space, strchr(write->subject, '/') + 1,
              "exhibit.extended");
    return TRUE;
}

static gboolean refuse_sealed(const ExhibitRef *ref, GError **error)
{
    if (ref->sealed)
        error_set(error, COMITY_ERROR_CONFLICT, "exhibit.sealed", "",
                  "%s is sealed: no file can be added, and it can't be sealed again.", ref->number);
    return !ref->sealed;
}

gboolean exhibits_files(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = NULL;
    g_auto(SpaceAccess) access = {0};
    g_auto(ExhibitRef) ref = {0};
    if (!exhibit_find(request, SCOPE_EVIDENCE_WRITE, ACCESS_MEMBER, &principal, &access, &ref, error) ||
        !refuse_sealed(&ref, error))
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body || !body_only(body, (const char *const[]){"uploads", NULL}, error))
        return FALSE;
    ExhibitWrite write = {
        .principal = principal, .access = &access, .subject = ref.subject, .uploads = uploads_of(body, error)};
    return write.uploads && node_write(http_request_owner(request), add_files, &write, error) &&
           exhibit_answer(request, response, principal, ref.space, ref.subject, 200, error);
}

static gboolean correct(Tx *tx, gpointer data, GError **error)
{
    const ExhibitWrite *write = data;
    if (!case_require_open(tx_db(tx), write->access->space, error))
        return FALSE;
    TxDraft draft = {.space = write->access->space,
                     .principal = write->principal,
                     .type = "exhibit.corrected/1",
                     .subject = write->subject,
                     .prev = write->tag,
                     .members = write->members};
    if (!tx_append(tx, &draft, NULL, error))
        return FALSE;
    tx_notify(tx, "evidence.changed", AUDIENCE_SPACE, write->access->space, strchr(write->subject, '/') + 1,
              "exhibit.corrected");
    return TRUE;
}

gboolean exhibits_patch(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"title",       "description", "type",   "obtained", "languages",
                                        "sensitivity", "conditions",  "reason", NULL};
    const Principal *principal = NULL;
    g_auto(SpaceAccess) access = {0};
    g_auto(ExhibitRef) ref = {0};
    if (!exhibit_find(request, SCOPE_EVIDENCE_WRITE, ACCESS_MEMBER, &principal, &access, &ref, error) ||
        !http_request_if_match(request, ref.tag, TRUE, error))
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body || !body_only(body, known, error))
        return FALSE;
    if (json_object_size(body) == (json_object_get(body, "reason") ? 1 : 0)) {
        error_set(error, COMITY_ERROR_INVALID, "body.empty", "", "Say what is to be corrected, and why.");
        return FALSE;
    }
    g_autoptr(json_t) members = act_of_body(body, FALSE);
    ExhibitWrite write = {
        .principal = principal, .access = &access, .subject = ref.subject, .tag = ref.tag, .members = members};
    return write_body(http_request_owner(request), correct, &write, error) &&
           exhibit_answer(request, response, principal, ref.space, ref.subject, 200, error);
}

static json_t *file_hashes(Db *db, const ExhibitRef *ref, GError **error)
{
    g_autoptr(json_t) hashes = json_array();
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT sha256 FROM exhibit_file WHERE space = :space AND subject = :subject ORDER BY n");
    db_bind_text(query, "space", ref->space);
    db_bind_text(query, "subject", ref->subject);
    int row;
    while ((row = db_step(query, error)) > 0)
        json_array_append_new(hashes, json_sprintf("sha256:%s", db_text(query, 0)));
    return row < 0 ? NULL : g_steal_pointer(&hashes);
}

static gboolean sealed_finish(Tx *tx, const Appended *appended, const json_t *context, json_t **result, GError **error)
{
    const char *space = json_text(context, "space");
    if (!case_require_open(tx_db(tx), space, error)) /* it may have been closed since the confirmation began */
        return FALSE;
    SpaceAccess access = {.level = ACCESS_MEMBER,
                          .space = (char *)space,
                          .person = (char *)json_text(context, "person"),
                          .roles = (char *[]){(char *)"investigator", NULL}};
    Principal principal = {.scopes = SCOPE_ALL};
    tx_notify(tx, "evidence.changed", AUDIENCE_SPACE, space, appended->id, "exhibit.sealed");
    *result = exhibit_json(tx_node(tx), tx_db(tx), &principal, &access, appended->subject, error);
    return *result != NULL;
}

gboolean exhibits_seal(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)response; /* confirm_or_run() answers */
    Node *node = http_request_owner(request);
    const Principal *principal = NULL;
    g_auto(SpaceAccess) access = {0};
    g_auto(ExhibitRef) ref = {0};
    if (!exhibit_find(request, SCOPE_EVIDENCE_WRITE, ACCESS_MEMBER, &principal, &access, &ref, error) ||
        !refuse_sealed(&ref, error) || !case_require_open(node_reader(node, request), ref.space, error))
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    if (!body || !body_only(body, (const char *const[]){"seal_number", "reason", NULL}, error))
        return FALSE;
    g_autoptr(json_t) hashes = file_hashes(node_reader(node, request), &ref, error);
    if (!hashes)
        return FALSE;
    const char *seal = json_text(body, "seal_number");
    g_autoptr(json_t) members = json_pack("{s:n, s:s, s:O*, s:O}", "home", "seal_number", seal ? seal : "", "reason",
                                          json_object_get(body, "reason"), "files", hashes);
    g_autoptr(json_t) values = json_pack("{s:s, s:s, s:I, s:s}", "number", ref.number, "title", ref.title, "files",
                                         (json_int_t)ref.files, "seal_number", seal ? seal : "");
    g_autoptr(json_t) context = json_pack("{s:s, s:s?}", "space", ref.space, "person", access.person);
    ConfirmRequest confirm = {.draft = {.space = ref.space,
                                        .principal = principal,
                                        .type = "exhibit.sealed/1",
                                        .subject = ref.subject,
                                        .prev = ref.tag,
                                        .members = members},
                              .sentence = "exhibit.sealed",
                              .values = values,
                              .context = context,
                              .finish = sealed_finish,
                              .status = 200};
    return confirm_or_run(node, request, principal, &confirm, error);
}
