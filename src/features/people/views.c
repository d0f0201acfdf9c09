/* features/people/views.c: views of lists that a person kept: what is searched for, filtered, sorted and shown, under a name.
 *   V1  A view is its owner's alone: nobody else reads, changes or learns of it. It is a convenience and no record.
 *   V2  What the search says is the web app's business; here it is one line of text. */
#include "base/error.h"
#include "base/text.h"
#include "features/people/private.h"
#include "node/view.h"

#define MOST 100 /* of one person */

static const char *const lists[] = {"cases", "evidence", "people", NULL};
#define NAME_FIELD                                                                                                     \
    {                                                                                                                  \
        .name = "name", .kind = FIELD_TEXT, .min = 1, .max = 80                                                        \
    }
#define SEARCH_FIELD                                                                                                   \
    {                                                                                                                  \
        .name = "search", .kind = FIELD_TEXT, .max = 2000                                                              \
    }
static const Field new_fields[] = {
    {.name = "list", .kind = FIELD_ENUM, .values = lists}, NAME_FIELD, SEARCH_FIELD, {.name = NULL}};
static const Field put_fields[] = {NAME_FIELD, SEARCH_FIELD, {.name = NULL}};

typedef struct {
    const Principal *principal;
    const json_t *body;
    const char *id;
} Write;

#define COLUMNS "id, list, name, search, created"

static json_t *row_json(const DbQuery *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", db_text(row, 0), "list", db_text(row, 1), "name",
                     db_text(row, 2), "search", db_text(row, 3), "created", view_time(db_integer(row, 4)));
}

static gboolean unknown(GError **error)
{
    error_set(error, COMITY_ERROR_NOT_FOUND, "view.unknown", "", "You keep no such view.");
    return FALSE;
}

static gboolean answer(HttpRequest *request, HttpResponse *response, const char *id, guint status, GError **error)
{
    g_autoptr(DbQuery) query = db_query(node_reader(http_request_owner(request), request),
                                        "SELECT " COLUMNS " FROM saved_view WHERE id = :id");
    db_bind_text(query, "id", id);
    int row = db_step(query, error);
    if (row == 0)
        return unknown(error);
    if (row > 0)
        http_response_json(response, status, row_json(query));
    return row > 0;
}

gboolean views_list(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    if (!principal)
        return FALSE;
    g_autoptr(json_t) items = json_array();
    g_autoptr(DbQuery) query =
        db_query(node_reader(http_request_owner(request), request),
                 "SELECT " COLUMNS " FROM saved_view WHERE person = :person ORDER BY created, id");
    db_bind_text(query, "person", principal->person);
    int row;
    while ((row = db_step(query, error)) > 0)
        json_array_append_new(items, row_json(query));
    if (row < 0)
        return FALSE;
    http_response_json(response, 200, json_pack("{s:O}", "items", items));
    return TRUE;
}

/* Two views of one list under one name could not be told apart. */
static gboolean require_free(Db *db, const Write *self, const char *list, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT 1 FROM saved_view WHERE person = :person AND list = :list AND name = "
                     ":name AND id <> :id");
    db_bind_text(query, "person", self->principal->person);
    db_bind_text(query, "list", list);
    db_bind_text(query, "name", json_text(self->body, "name"));
    db_bind_text(query, "id", self->id);
    int row = db_step(query, error);
    if (row > 0)
        error_set(error, COMITY_ERROR_CONFLICT, "view.name", "/name",
                  "You keep a view of this name already; take another.");
    return row == 0;
}

static gboolean keep_view(Tx *tx, gpointer data, GError **error)
{
    const Write *self = data;
    gint64 count = 0;
    g_autoptr(DbQuery) counted = db_query(tx_db(tx), "SELECT count(*) FROM saved_view WHERE person = :person");
    db_bind_text(counted, "person", self->principal->person);
    if (db_step(counted, error) < 0)
        return FALSE;
    count = db_integer(counted, 0);
    if (count >= MOST) {
        error_set(error, COMITY_ERROR_CONFLICT, "view.most", "", "You keep %d views; let one go first.", MOST);
        return FALSE;
    }
    const char *list = json_text(self->body, "list");
    if (!require_free(tx_db(tx), self, list, error))
        return FALSE;
    g_autoptr(DbQuery) put =
        db_query(tx_db(tx), "INSERT INTO saved_view (id, person, list, name, search, created) VALUES "
                            "(:id, :person, :list, :name, :search, :created)");
    db_bind_text(put, "id", self->id);
    db_bind_text(put, "person", self->principal->person);
    db_bind_text(put, "list", list);
    db_bind_text(put, "name", json_text(self->body, "name"));
    db_bind_text(put, "search", json_text(self->body, "search"));
    db_bind_integer(put, "created", tx_now_ms(tx));
    return db_run(put, error);
}

gboolean views_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require_session(request, error);
    g_autoptr(json_t) body = principal ? people_body(request, new_fields, error) : NULL;
    if (!body)
        return FALSE;
    g_autofree char *id = uuid7_new(node_env(node));
    Write write = {.principal = principal, .body = body, .id = id};
    if (!node_write(node, keep_view, &write, error))
        return FALSE;
    http_response_set_headerf(response, "Location", "/api/v1/me/views/%s", id);
    return answer(request, response, id, 201, error);
}

/* The list of the view, or NULL with COMITY_ERROR_NOT_FOUND where it is not this person's (V1). New. */
static char *own_list(Db *db, const Write *self, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT list FROM saved_view WHERE id = :id AND person = :person");
    db_bind_text(query, "id", self->id);
    db_bind_text(query, "person", self->principal->person);
    int row = db_step(query, error);
    if (row == 0)
        unknown(error);
    return row > 0 ? g_strdup(db_text(query, 0)) : NULL;
}

static gboolean change_view(Tx *tx, gpointer data, GError **error)
{
    const Write *self = data;
    g_autofree char *list = own_list(tx_db(tx), self, error);
    if (!list || !require_free(tx_db(tx), self, list, error))
        return FALSE;
    g_autoptr(DbQuery) put =
        db_query(tx_db(tx), "UPDATE saved_view SET name = :name, search = :search WHERE id = :id AND person = :person");
    db_bind_text(put, "id", self->id);
    db_bind_text(put, "person", self->principal->person);
    db_bind_text(put, "name", json_text(self->body, "name"));
    db_bind_text(put, "search", json_text(self->body, "search"));
    return db_run(put, error);
}

gboolean view_put(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    g_autoptr(json_t) body = principal ? people_body(request, put_fields, error) : NULL;
    if (!body)
        return FALSE;
    Write write = {.principal = principal, .body = body, .id = http_request_parameter(request, "view")};
    return node_write(http_request_owner(request), change_view, &write, error) &&
           answer(request, response, write.id, 200, error);
}

static gboolean drop_view(Tx *tx, gpointer data, GError **error)
{
    const Write *self = data;
    g_autofree char *list = own_list(tx_db(tx), self, error);
    if (!list)
        return FALSE;
    g_autoptr(DbQuery) drop = db_query(tx_db(tx), "DELETE FROM saved_view WHERE id = :id AND person = :person");
    db_bind_text(drop, "id", self->id);
    db_bind_text(drop, "person", self->principal->person);
    return db_run(drop, error);
}

gboolean view_delete(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_session(request, error);
    Write write = {.principal = principal, .id = http_request_parameter(request, "view")};
    if (!principal || !node_write(http_request_owner(request), drop_view, &write, error))
        return FALSE;
    http_response_empty(response, 204);
    return TRUE;
}
