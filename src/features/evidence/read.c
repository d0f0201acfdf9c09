/* features/evidence/read.c: the list of exhibits, and one exhibit. */
#include "base/error.h"
#include "features/cases/cases.h"
#include "features/evidence/private.h"
#include "node/proof.h"
#include "node/view.h"

#define COLUMNS                                                                                                        \
    "e.lane, e.node, e.number, e.title, e.description, e.kind, e.obtained, e.languages, e.protected, e.harmful, "      \
    "e.conditions, e.files, e.size,"                                                                                   \
    " e.first_type, e.added, e.added_by, e.leaf, e.sealed, e.holes, e.tag, e.contested,"                               \
    " CASE WHEN EXISTS (SELECT 1 FROM reading r WHERE r.space = e.space AND r.exhibit = e.subject AND r.person = :me)" \
    " THEN 1 ELSE 0 END"
enum {
    SUBJECT = 1,
    LANE,
    NODE,
    NUMBER,
    TITLE,
    DESCRIPTION,
    KIND,
    OBTAINED,
    LANGUAGES,
    PROTECTED,
    HARMFUL,
    CONDITIONS,
    FILES,
    SIZE,
    FIRST_TYPE,
    ADDED,
    ADDED_BY,
    LEAF,
    SEALED,
    HOLES,
    TAG,
    CONTESTED,
    OPENED
};

static json_t *stored_json(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value ? value : json_null();
}

static json_t *seal_json(Db *db, const DbQuery *row)
{
    if (db_is_null(row, SEALED))
        return json_null();
    g_autoptr(json_t) seal = stored_json(db_text(row, SEALED));
    return json_pack("{s:o, s:o, s:O, s:O, s:s}", "time", view_time(json_integer_or(seal, "time", 0)), "by",
                     view_actor(db, db_text(row, LANE), json_text(seal, "node"), json_text(seal, "person")),
                     "seal_number", json_object_get(seal, "number"), "reason", json_object_get(seal, "reason"),
                     "confirmed", json_is_true_at(seal, "confirmed") ? "person" : "machine");
}

/* The first that applies (look: one state a row). */
static const char *state_of(const DbQuery *row, const json_t *proof)
{
    if (g_strcmp0(json_text(proof, "state"), "damaged") == 0)
        return "damaged";
    if (!db_is_null(row, CONTESTED))
        return "two_values";
    if (db_integer(row, HOLES) > 0)
        return "erased";
    return db_is_null(row, SEALED) ? "in_order" : "sealed";
}

static json_t *party_of(const json_t *parties, const char *node)
{
    gsize n;
    json_t *party;
    json_array_foreach((json_t *)parties, n, party)
    {
        if (g_strcmp0(json_text(party, "node"), node) == 0)
            return json_incref(party);
    }
    return json_pack("{s:s, s:s, s:s, s:s}", "node", node, "letter", "Z", "title", node, "country", "XX");
}

/* ExhibitItem of the current row. */
static json_t *item_json(Node *node, Db *db, const DbQuery *row, GError **error)
{
    const char *lane = db_text(row, LANE);
    gsize length = 0;
    g_autoptr(json_t) proof = proof_status_json(node, db, lane, db_blob(row, LEAF, &length), error);
    if (!proof)
        return NULL;
    g_autoptr(json_t) parties = view_parties(node, db, lane);
    g_autofree char *id = view_entity_id(node, db_text(row, SUBJECT));
    g_autofree char *number = view_number(db, lane, db_text(row, NODE), db_integer(row, NUMBER));
    json_t *item = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:{s:b, s:b}, s:o, s:I, s:I, s:s, s:{s:o, s:o}, s:s, s:o, s:o, s:b, s:O, s:O}",
        "id", id, "number", number, "title", db_text(row, TITLE), "type", db_text(row, KIND), "obtained",
        stored_json(db_text(row, OBTAINED)), "languages", stored_json(db_text(row, LANGUAGES)), "sensitivity",
        "protected_person", (int)db_integer(row, PROTECTED), "harmful", (int)db_integer(row, HARMFUL), "conditions",
        stored_json(db_text(row, CONDITIONS)), "files", (json_int_t)db_integer(row, FILES), "size",
        (json_int_t)db_integer(row, SIZE), "kind_of_first", viewable_of(db_text(row, FIRST_TYPE)), "added", "time",
        view_time(db_integer(row, ADDED)), "by", view_actor(db, lane, db_text(row, NODE), db_text(row, ADDED_BY)),
        "state", state_of(row, proof), "sealed", seal_json(db, row), "held_by", party_of(parties, db_text(row, NODE)),
        "opened_by_me", (int)db_integer(row, OPENED), "seen_by", parties, "proof", proof);
    if (!db_is_null(row, CONTESTED))
        json_object_set_new(item, "contested", stored_json(db_text(row, CONTESTED)));
    return item;
}

static json_t *file_list(Db *db, const char *space, const char *subject, GError **error)
{
    g_autoptr(json_t) list = json_array();
    g_autoptr(DbQuery) query = db_query(db, "SELECT n, name, path, size, sha256, media_type, modified FROM exhibit_file"
                                            " WHERE space = :space AND subject = :subject ORDER BY n");
    db_bind_text(query, "space", space);
    db_bind_text(query, "subject", subject);
    int row;
    while ((row = db_step(query, error)) > 0)
        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:I, s:s, s:s, s:s, s:s*}", "n",
                                              (json_int_t)db_integer(query, 0), "name", db_text(query, 1), "path",
                                              db_text(query, 2), "size", (json_int_t)db_integer(query, 3), "sha256",
                                              db_text(query, 4), "type", db_text(query, 5), "viewable",
                                              viewable_of(db_text(query, 5)), "modified", db_text(query, 6)));
    return row < 0 ? NULL : g_steal_pointer(&list);
}

static json_t *may_json(Node *node, const Principal *principal, const SpaceAccess *access, gboolean open,
                        gboolean sealed)
{
    const ActTypes *types = node_act_types(node);
    gboolean member = access->level == ACCESS_MEMBER, writes = open && (principal->scopes & SCOPE_EVIDENCE_WRITE);
    return json_pack("{s:b, s:b, s:b, s:b, s:b}", "open",
                     member && (principal->scopes & SCOPE_EVIDENCE_READ) &&
                         space_access_may(access, act_types_find(types, "reading.made/1")),
                     "edit", writes && space_access_may(access, act_types_find(types, "exhibit.corrected/1")),
                     "add_files",
                     writes && !sealed && space_access_may(access, act_types_find(types, "exhibit.extended/1")), "seal",
                     writes && !sealed && space_access_may(access, act_types_find(types, "exhibit.sealed/1")), "export",
                     member && (principal->scopes & SCOPE_EXPORT) &&
                         space_access_may(access, act_types_find(types, "export.made/1")));
}

static DbQuery *one_query(Db *db, const char *space, const char *subject, const char *me)
{
    DbQuery *query = db_query(db, "SELECT e.space, e.subject, " COLUMNS
                                  " FROM exhibit e WHERE e.space = :space AND e.subject = :subject");
    db_bind_text(query, "space", space);
    db_bind_text(query, "subject", subject);
    db_bind_text(query, "me", me ? me : "");
    return query;
}

static gboolean not_found(int row, GError **error)
{
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "exhibit.not_found", "",
                  "There is no such exhibit, or it is not for you.");
    return row > 0;
}

static void fill_ref(Db *db, const DbQuery *row, const char *space, ExhibitRef *ref)
{
    *ref = (ExhibitRef){.space = g_strdup(space),
                        .subject = g_strdup(db_text(row, SUBJECT)),
                        .lane = g_strdup(db_text(row, LANE)),
                        .node = g_strdup(db_text(row, NODE)),
                        .title = g_strdup(db_text(row, TITLE)),
                        .tag = g_strdup(db_text(row, TAG)),
                        .number = view_number(db, db_text(row, LANE), db_text(row, NODE), db_integer(row, NUMBER)),
                        .files = db_integer(row, FILES),
                        .harmful = db_integer(row, HARMFUL) != 0,
                        .sealed = !db_is_null(row, SEALED)};
}

void exhibit_ref_clear(ExhibitRef *self)
{
    char **const texts[] = {&self->space, &self->subject, &self->lane, &self->node,
                            &self->title, &self->number,  &self->tag};
    for (gsize n = 0; n < G_N_ELEMENTS(texts); n++)
        g_clear_pointer(texts[n], g_free);
}

gboolean exhibit_find(HttpRequest *request, Scope scope, AccessLevel least, const Principal **principal,
                      SpaceAccess *access, ExhibitRef *found, GError **error)
{
    *principal = space_require(request, scope, least, access, error);
    if (!*principal)
        return FALSE;
    Node *node = http_request_owner(request);
    Db *db = node_reader(node, request);
    g_autofree char *subject = view_subject(node, http_request_parameter(request, "exhibit"));
    g_autoptr(DbQuery) query = one_query(db, access->space, subject, access->person);
    if (!not_found(db_step(query, error), error))
        return FALSE;
    fill_ref(db, query, access->space, found);
    return TRUE;
}

json_t *exhibit_json(Node *node, Db *db, const Principal *principal, const SpaceAccess *access, const char *subject,
                     GError **error)
{
    g_autoptr(DbQuery) query = one_query(db, access->space, subject, access->person);
    if (!not_found(db_step(query, error), error))
        return NULL;
    g_autoptr(json_t) exhibit = item_json(node, db, query, error);
    g_autoptr(json_t) files = exhibit ? file_list(db, access->space, subject, error) : NULL;
    if (!files)
        return NULL;
    g_auto(ExhibitRef) ref = {0};
    fill_ref(db, query, access->space, &ref);
    json_object_set_new(exhibit, "description", json_string(db_text(query, DESCRIPTION)));
    json_object_set(exhibit, "file_list", files);
    json_object_set_new(exhibit, "may",
                        may_json(node, principal, access, case_require_open(db, access->space, NULL), ref.sealed));
    return exhibit_add_custody(node, db, &ref, exhibit, error) ? g_steal_pointer(&exhibit) : NULL;
}

gboolean exhibit_answer(HttpRequest *request, HttpResponse *response, const Principal *principal, const char *space,
                        const char *subject, guint status, GError **error)
{
    Node *node = http_request_owner(request);
    Db *db = node_reader(node, request);
    g_auto(SpaceAccess) access = {0};
    if (!space_access(db, principal, space, ACCESS_RECORD, &access, error))
        return FALSE;
    json_t *exhibit = exhibit_json(node, db, principal, &access, subject, error);
    if (!exhibit)
        return FALSE;
    g_autoptr(DbQuery) query = one_query(db, space, subject, access.person);
    if (db_step(query, NULL) > 0)
        http_response_set_etag(response, db_text(query, TAG));
    if (status == 201)
        http_response_set_headerf(response, "Location", "/api/v1/spaces/%s/evidence/%s", space,
                                  json_text(exhibit, "id"));
    http_response_json(response, status, exhibit);
    return TRUE;
}

gboolean exhibits_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = NULL;
    g_auto(SpaceAccess) access = {0};
    g_auto(ExhibitRef) ref = {0};
    if (!exhibit_find(request, SCOPE_EVIDENCE_READ, ACCESS_RECORD, &principal, &access, &ref, error))
        return FALSE;
    return exhibit_answer(request, response, principal, ref.space, ref.subject, 200, error);
}

static const PageSort sorts[] = {
    {"number", "e.number", FALSE}, {"title", "e.title_key", TRUE}, {"obtained", "e.obtained_at", FALSE},
    {"added", "e.added", FALSE},   {"size", "e.size", FALSE},      {NULL, NULL, FALSE}};

#define FILTER                                                                                                         \
    "e.space = :space AND (:kind = '' OR e.kind = :kind) AND (:sealed = '' OR (:sealed = 'true') = (e.sealed IS NOT "  \
    "NULL))"

static void bind_filter(DbQuery *query, HttpRequest *request, const SpaceAccess *access)
{
    const char *kind = http_request_query(request, "type"), *sealed = http_request_query(request, "sealed");
    db_bind_text(query, "space", access->space);
    db_bind_text(query, "kind", kind ? kind : "");
    db_bind_text(query, "sealed", sealed ? sealed : "");
}

gboolean exhibits_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    static const char *const known[] = {"limit", "cursor", "sort", "q", "type", "sealed", NULL};
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    g_auto(Page) page = {0};
    if (!space_require(request, SCOPE_EVIDENCE_READ, ACCESS_RECORD, &access, error) ||
        !http_request_query_only(request, known, error) || !page_read(&page, request, sorts, "-number", error))
        return FALSE;
    Db *db = node_reader(node, request);
    g_autoptr(DbQuery) count = db_query(db, "SELECT count(*) FROM exhibit e WHERE " FILTER);
    bind_filter(count, request, &access);
    if (db_step(count, error) < 0)
        return FALSE;
    g_autoptr(DbQuery) query = page_query(&page, db, "e.subject", COLUMNS, "exhibit e", FILTER);
    bind_filter(query, request, &access);
    db_bind_text(query, "me", access.person ? access.person : "");
    const char *q = http_request_query(request, "q");
    int row;
    while ((row = page_more(&page, query, error)) > 0) {
        g_autofree char *number =
            view_number(db, db_text(query, LANE), db_text(query, NODE), db_integer(query, NUMBER));
        if (!text_matches(q, (const char *const[]){number, db_text(query, TITLE), db_text(query, DESCRIPTION), NULL}))
            continue;
        json_t *item = item_json(node, db, query, error);
        if (!item)
            return FALSE;
        page_add(&page, query, item);
    }
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, page_json(&page, db_integer(count, 0)));
    return TRUE;
}

gboolean exhibit_names(Db *db, const char *space, const char *subject, char **number, char **title, GError **error)
{
    g_autoptr(DbQuery) query = one_query(db, space, subject, NULL);
    if (!not_found(db_step(query, error), error))
        return FALSE;
    *number = view_number(db, db_text(query, LANE), db_text(query, NODE), db_integer(query, NUMBER));
    *title = g_strdup(db_text(query, TITLE));
    return TRUE;
}

json_t *exhibit_describe(Db *db, const char *space, const char *lane, const char *subject)
{
    (void)lane;
    g_autofree char *number = NULL, *title = NULL;
    if (!exhibit_names(db, space, subject, &number, &title, NULL))
        return NULL;
    return json_pack("{s:s, s:s, s:s}", "label", number, "number", number, "title", title);
}
