/* node/upload_tus.c: what tus asks of a store (http/tus.h), over rows, pipes and the blob store.
 *
 * The life of an upload: created (a row with its key, wrapped) -> open (bytes come, PATCH by PATCH, each durable before it
 * is answered) -> arrived (hash and type known) -> taken by an act, or expired. */
#include "base/error.h"
#include "base/text.h"
#include "http/tus.h"
#include "node/upload.h"
#include "node/upload_pipe.h"
#include <string.h>

#define UPLOAD_PATH "/api/v1/uploads"
#define NAME_MAX_CHARS 255
#define PATH_MAX_CHARS 1024
/* Looked at to tell the type. */
#define TYPE_BYTES ((gsize)256 * 1024)

/* ---- creating ---- */

typedef struct {
    char *id;
    const char *owner, *space, *name, *relative_path, *type, *metadata;
    guint64 size;
    gint64 expires_ms;
} Creation;

static gboolean insert_upload(Tx *tx, gpointer data, GError **error)
{
    Creation *creation = data;
    g_autoptr(Secret) key = secret_new_random(tx->node->env);
    g_autofree char *what = g_strconcat("upload/", creation->id, NULL);
    g_autoptr(GBytes) wrapped = secret_wrap(tx->node->env, tx->node->wrap, what, key);
    g_autoptr(DbQuery) put = db_query(
        tx->db,
        "INSERT INTO upload (id, space, owner, name, relative_path, claimed_type, metadata, size, state, key, "
        "created, expires) VALUES (:id, :space, :owner, :name, :path, :type, :metadata, :size, 'open', :key, :now, "
        ":expires)");
    creation->expires_ms = tx->now_ms + UPLOAD_LIFE_MS;
    db_bind_text(put, "id", creation->id);
    db_bind_text(put, "space", creation->space);
    db_bind_text(put, "owner", creation->owner);
    db_bind_text(put, "name", creation->name);
    db_bind_text(put, "path", creation->relative_path);
    db_bind_text(put, "type", creation->type);
    db_bind_text(put, "metadata", creation->metadata);
    db_bind_integer(put, "size", (gint64)creation->size);
    db_bind_bytes(put, "key", wrapped);
    db_bind_integer(put, "now", tx->now_ms);
    db_bind_integer(put, "expires", creation->expires_ms);
    if (!db_run(put, error))
        return FALSE;
    tx_notify(tx, "upload.changed", AUDIENCE_PERSON, creation->owner, creation->id, "created");
    return TRUE;
}

static gboolean metadata_fits(const char *value, glong most, const char *what, GError **error)
{
    if (!value || g_utf8_strlen(value, -1) <= most)
        return TRUE;
    error_set(error, COMITY_ERROR_INVALID, "upload.metadata", "",
              "The %s in Upload-Metadata is longer than %ld characters.", what, most);
    return FALSE;
}

/* Of all acts that make evidence of uploads: one that somebody with @access may write? */
static gboolean may_take(const Node *node, const SpaceAccess *access)
{
    for (gsize n = 0; node->features[n]; n++) {
        const char *type = node->features[n]->takes_uploads;
        if (type && space_access_may(access, act_types_find(node->types, type)))
            return TRUE;
    }
    return FALSE;
}

/* Into which space, and whether this person may put evidence there. */
static gboolean check_space(HttpRequest *request, const Principal *principal, const char *space, GError **error)
{
    if (!space) {
        error_set(error, COMITY_ERROR_INVALID, "upload.space", "",
                  "Upload-Metadata must say for which space the file is (space).");
        return FALSE;
    }
    g_auto(SpaceAccess) access = {0};
    Node *node = http_request_owner(request);
    if (!space_access(node_reader(node, request), principal, space, ACCESS_MEMBER, &access, error))
        return FALSE;
    if (may_take(node, &access))
        return TRUE;
    error_set(error, COMITY_ERROR_FORBIDDEN, "upload.role", "",
              "Your role in this case adds no evidence to it, so nothing can be uploaded for it either.");
    return FALSE;
}

/* A path that leads nowhere but downwards: an extractor may one day recreate it. */
static gboolean path_leads_down(const Creation *creation, GError **error)
{
    const char *path = creation->relative_path ? creation->relative_path : "";
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    if (*path != '/' && !g_strv_contains((const char *const *)parts, "..") && !g_str_equal(creation->name, ".."))
        return TRUE;
    error_set(error, COMITY_ERROR_INVALID, "upload.metadata", "", "A file's path leads downwards, without “..”.");
    return FALSE;
}

static gboolean store_create(gpointer data, HttpRequest *request, guint64 length, const HttpTusMetadata *metadata,
                             char **location, HttpTusInfo *info, GError **error)
{
    Node *node = data;
    const Principal *principal = principal_require_scope(request, SCOPE_EVIDENCE_WRITE, error);
    if (!principal)
        return FALSE;
    const char *name = http_tus_metadata_text(metadata, "filename");
    g_autofree char *id = uuid7_new(node->env);
    Creation creation = {.id = id,
                         .owner = principal->person,
                         .space = http_tus_metadata_text(metadata, "space"),
                         .name = name && *name ? name : "unnamed",
                         .relative_path = http_tus_metadata_text(metadata, "relative_path"),
                         .type = http_tus_metadata_text(metadata, "filetype"),
                         .metadata = http_tus_metadata_raw(metadata),
                         .size = length};
    gint64 modified_ms;
    if (!check_space(request, principal, creation.space, error) || !path_leads_down(&creation, error) ||
        !upload_modified_read(metadata, &modified_ms, error) ||
        !metadata_fits(creation.name, NAME_MAX_CHARS, "file name", error) ||
        !metadata_fits(creation.relative_path, PATH_MAX_CHARS, "relative path", error) ||
        !blobs_check_room(node->blobs, length, error) || !node_write(node, insert_upload, &creation, error))
        return FALSE;
    *location = g_strconcat(UPLOAD_PATH "/", id, NULL);
    info->expires = creation.expires_ms;
    return TRUE;
}

/* ---- finishing ---- */

/* What the finished file looks like from its beginning on. */
static char *type_of(Node *node, const UploadPipe *pipe, const char *id, GError **error)
{
    BlobFile *file = blobs_get_upload(node->blobs, id, error);
    g_autoptr(BlobReader) reader =
        file ? blob_reader_new(file, upload_pipe_key(pipe), upload_pipe_space(pipe), error) : NULL;
    if (!reader)
        return NULL;
    g_autofree guint8 *head = g_malloc(TYPE_BYTES);
    gssize length = blob_reader_read(reader, 0, head, TYPE_BYTES, error);
    return length < 0 ? NULL : media_type_of(head, (gsize)length);
}

typedef struct {
    const Upload *upload;
    char sha256[HASH_HEX_SIZE];
    char *type;
} Arrival;

static gboolean write_arrival(Tx *tx, gpointer data, GError **error)
{
    const Arrival *arrival = data;
    const char *id = arrival->upload->id;
    g_autoptr(DbQuery) put =
        db_query(tx->db, "UPDATE upload SET state = 'arrived', stored = size, sha256 = :sha256, "
                         "media_type = :type, expires = :expires WHERE id = :id AND state = 'open'");
    db_bind_text(put, "id", id);
    db_bind_text(put, "sha256", arrival->sha256);
    db_bind_text(put, "type", arrival->type);
    db_bind_integer(put, "expires", tx->now_ms + UPLOAD_LIFE_MS);
    g_autoptr(DbQuery) drop = db_query(tx->db, "DELETE FROM upload_tail WHERE upload = :id");
    db_bind_text(drop, "id", id);
    if (!db_run(put, error))
        return FALSE;
    if (db_changes(tx->db) == 0) {
        error_set(error, COMITY_ERROR_NOT_FOUND, "upload.unknown", "", "This upload is not here any more.");
        return FALSE;
    }
    if (!db_run(drop, error))
        return FALSE;
    tx_notify(tx, "upload.changed", AUDIENCE_PERSON, arrival->upload->owner, id, "arrived");
    return TRUE;
}

static gboolean finish_with(Node *node, const Upload *upload, UploadPipe *pipe, GError **error)
{
    Hash hash;
    if (!blob_pipe_finish(upload_pipe_blob(pipe), &hash, error))
        return FALSE;
    Arrival arrival = {.upload = upload};
    hash_write(arrival.sha256, &hash);
    g_autofree char *type = arrival.type = type_of(node, pipe, upload->id, error);
    return type && node_write(node, write_arrival, &arrival, error);
}

/* ---- looking ---- */

/* The caller's upload that the path names. */
static Upload *upload_of(HttpRequest *request, GError **error)
{
    const Principal *principal = principal_require_scope(request, SCOPE_EVIDENCE_WRITE, error);
    if (!principal)
        return NULL;
    Db *db = node_reader(http_request_owner(request), request);
    return upload_get(db, http_request_parameter(request, "upload"), principal->person, error);
}

/* After a kill more may lie on the disk than was acknowledged: the first who asks takes the upload up again. Where all
 * of it lies there, it has arrived with this; the client is told that nothing is left to send. */
static gboolean take_up(Node *node, Db *db, Upload *upload, GError **error)
{
    if (uploads_has_pipe(node->uploads, upload->id))
        return TRUE;
    UploadPipe *pipe = upload_pipe_take(node->uploads, db, upload->id, error);
    if (!pipe)
        return FALSE;
    upload->offset = blob_pipe_offset(upload_pipe_blob(pipe));
    gboolean whole = upload->offset == upload->size;
    gboolean fine = !whole || finish_with(node, upload, pipe, error);
    upload_pipe_return(pipe, fine && !whole);
    return fine;
}

static char *metadata_of(Db *db, const char *id)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT metadata FROM upload WHERE id = :id");
    db_bind_text(query, "id", id);
    return db_step(query, NULL) > 0 ? g_strdup(db_text(query, 0)) : NULL;
}

static gboolean store_info(gpointer data, HttpRequest *request, HttpTusInfo *info, GError **error)
{
    Node *node = data;
    Db *db = node_reader(node, request);
    g_autoptr(Upload) upload = upload_of(request, error);
    if (!upload)
        return FALSE;
    gboolean open = !upload->arrived && upload->expires_ms > env_now_ms(node->env);
    if (open && !take_up(node, db, upload, error))
        return FALSE;
    info->state = upload->arrived ? HTTP_TUS_FINISHED : open ? HTTP_TUS_OPEN : HTTP_TUS_EXPIRED;
    info->offset = upload->offset;
    info->length = upload->size;
    info->expires = upload->expires_ms;
    info->metadata = metadata_of(db, upload->id);
    return TRUE;
}

/* ---- appending ---- */

/* Everything that comes, into the pipe. FALSE with the reason for which it ended early. */
static gboolean pour(BlobPipe *pipe, HttpTusBody *body, GError **error)
{
    const guint8 *bytes = NULL;
    gssize count;
    while ((count = http_tus_body_read(body, &bytes, error)) > 0)
        if (!blob_pipe_write(pipe, bytes, (gsize)count, error))
            return FALSE;
    return count == 0;
}

static gboolean append_to(UploadPipe *pipe, guint64 offset, HttpTusBody *body, guint64 *stored, GError **error)
{
    BlobPipe *blob = upload_pipe_blob(pipe);
    g_autoptr(GError) broken = NULL;
    if (blob_pipe_offset(blob) != offset) {
        *stored = blob_pipe_offset(blob);
        error_set(error, COMITY_ERROR_CONFLICT, "upload.offset", "",
                  "The upload stands at another offset; ask for it and go on from there.");
        return FALSE;
    }
    if (blob_pipe_is_complete(blob)) {
        *stored = offset;
        return TRUE;
    }
    gboolean whole = pour(blob, body, &broken);
    gboolean gone = g_error_matches(broken, COMITY_ERROR, COMITY_ERROR_CANCELLED);
    if ((whole || gone) && !upload_pipe_store(pipe, stored, error))
        return FALSE;
    if (whole)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&broken));
    return FALSE;
}

static gboolean store_append(gpointer data, HttpRequest *request, guint64 offset, HttpTusBody *body, guint64 *stored,
                             GError **error)
{
    Node *node = data;
    g_autoptr(Upload) upload = upload_of(request, error);
    if (!upload || !check_space(request, principal_require(request, error), upload->space, error))
        return FALSE;
    UploadPipe *pipe = upload_pipe_take(node->uploads, node_reader(node, request), upload->id, error);
    if (!pipe)
        return FALSE;
    g_autoptr(GError) cause = NULL;
    gboolean done = append_to(pipe, offset, body, stored, &cause);
    gboolean sound = done || g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_CANCELLED) ||
                     g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    upload_pipe_return(pipe, sound);
    if (!done)
        g_propagate_error(error, g_steal_pointer(&cause));
    return done;
}

/* An empty file is whole once it was made; the path of that POST does not name it yet, its location does. */
static Upload *created_upload(HttpRequest *request, const char *location, GError **error)
{
    const Principal *principal = principal_require_scope(request, SCOPE_EVIDENCE_WRITE, error);
    const char *slash = strrchr(location, '/');
    if (!principal || !slash)
        return NULL;
    return upload_get(node_reader(http_request_owner(request), request), slash + 1, principal->person, error);
}

static gboolean store_finish(gpointer data, HttpRequest *request, const char *location, HttpResponse *response,
                             GError **error)
{
    Node *node = data;
    (void)response;
    g_autoptr(Upload) upload = location ? created_upload(request, location, error) : upload_of(request, error);
    if (!upload || upload->arrived)
        return upload != NULL;
    UploadPipe *pipe = upload_pipe_take(node->uploads, node_reader(node, request), upload->id, error);
    if (!pipe)
        return FALSE;
    gboolean done = finish_with(node, upload, pipe, error);
    upload_pipe_return(pipe, FALSE);
    return done;
}

/* ---- throwing away ---- */

static void drop_file(Node *node, gpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!blobs_abort(node->blobs, data, &error))
        g_warning("A cancelled upload could not be removed and will be swept: %s", error->message);
}

static gboolean delete_upload(Tx *tx, gpointer data, GError **error)
{
    const Upload *upload = data;
    g_autoptr(DbQuery) tail = db_query(tx->db, "DELETE FROM upload_tail WHERE upload = :id");
    g_autoptr(DbQuery) row = db_query(tx->db, "DELETE FROM upload WHERE id = :id AND state <> 'taken'");
    db_bind_text(tail, "id", upload->id);
    db_bind_text(row, "id", upload->id);
    if (!db_run(tail, error) || !db_run(row, error))
        return FALSE;
    tx_after_commit(tx, drop_file, g_strdup(upload->id), g_free);
    tx_notify(tx, "upload.changed", AUDIENCE_PERSON, upload->owner, upload->id, "deleted");
    return TRUE;
}

static gboolean store_terminate(gpointer data, HttpRequest *request, GError **error)
{
    Node *node = data;
    g_autoptr(Upload) upload = upload_of(request, error);
    UploadPipe *pipe = upload ? upload_pipe_take(node->uploads, node_reader(node, request), upload->id, error) : NULL;
    if (!pipe)
        return FALSE;
    upload_pipe_return(pipe, FALSE);
    return node_write(node, delete_upload, upload, error);
}

/* ---- routes ---- */

static const HttpTusStore tus_store = {
    .create = store_create,
    .info = store_info,
    .append = store_append,
    .finish = store_finish,
    .terminate = store_terminate,
};

static gboolean handle(HttpRequest *request, HttpResponse *response, GError **error)
{
    const HttpTus tus = {.store = &tus_store, .data = http_request_owner(request)};
    return http_tus_handle(&tus, request, response, error);
}

const HttpRoute upload_routes[] = {
    {.method = "POST", .path = UPLOAD_PATH, .handler = handle},
    {.method = "OPTIONS", .path = UPLOAD_PATH, .handler = handle, .flags = HTTP_ROUTE_PUBLIC},
    {.method = "HEAD", .path = UPLOAD_PATH "/{upload}", .handler = handle, .flags = HTTP_ROUTE_OVERRIDE},
    {.method = "PATCH",
     .path = UPLOAD_PATH "/{upload}",
     .handler = handle,
     .flags = HTTP_ROUTE_STREAM | HTTP_ROUTE_OVERRIDE},
    {.method = "DELETE", .path = UPLOAD_PATH "/{upload}", .handler = handle, .flags = HTTP_ROUTE_OVERRIDE},
    {.method = "OPTIONS", .path = UPLOAD_PATH "/{upload}", .handler = handle, .flags = HTTP_ROUTE_PUBLIC},
    {0},
};
