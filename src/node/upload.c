#include "node/upload.h"
#include "base/error.h"
#include "base/text.h"
#include "node/internal.h"
#include "store/blob_pipe.h"
#include <string.h>

void upload_free(Upload *self)
{
    if (!self)
        return;
    g_free(self->id);
    g_free(self->space);
    g_free(self->owner);
    g_free(self->name);
    g_free(self->relative_path);
    g_free(self->sha256);
    g_free(self->media_type);
    g_free(self);
}

/* ---- rows ---- */

#define COLUMNS                                                                                                        \
    "id, space, owner, name, relative_path, size, stored, state, sha256, media_type, created, expires, metadata"

gboolean upload_modified_read(const HttpTusMetadata *metadata, gint64 *modified_ms, GError **error)
{
    const char *text = http_tus_metadata_text(metadata, "last_modified");
    *modified_ms = UPLOAD_NOT_SAID;
    if (!text || !*text)
        return TRUE;
    g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601(text, NULL);
    if (!moment) {
        error_set(error, COMITY_ERROR_INVALID, "upload.metadata", "",
                  "last_modified in Upload-Metadata is no time with its offset, as 2026-03-01T08:00:00.000Z.");
        return FALSE;
    }
    gint64 ms = g_date_time_to_unix(moment) * 1000 + g_date_time_get_microsecond(moment) / 1000, same;
    g_autofree char *written = time_text(ms);
    if (time_read(written, -1, &same) && same == ms)
        *modified_ms = ms;
    return TRUE;
}

/* What the client said when it began; it was read then, so it can be read again. */
static gint64 modified_of(const char *raw)
{
    gint64 modified_ms = UPLOAD_NOT_SAID;
    g_autoptr(HttpTusMetadata) metadata = http_tus_metadata_parse(raw, NULL);
    if (!metadata || !upload_modified_read(metadata, &modified_ms, NULL))
        return UPLOAD_NOT_SAID;
    return modified_ms;
}

static Upload *read_upload(const DbQuery *query)
{
    Upload *upload = g_new0(Upload, 1);
    upload->id = g_strdup(db_text(query, 0));
    upload->space = g_strdup(db_text(query, 1));
    upload->owner = g_strdup(db_text(query, 2));
    upload->name = g_strdup(db_text(query, 3));
    upload->relative_path = g_strdup(db_text(query, 4));
    upload->size = (guint64)db_integer(query, 5);
    upload->offset = (guint64)db_integer(query, 6);
    upload->taken = g_str_equal(db_text(query, 7), "taken");
    upload->arrived = upload->taken || g_str_equal(db_text(query, 7), "arrived");
    upload->sha256 = g_strdup(db_text(query, 8));
    upload->media_type = g_strdup(db_text(query, 9));
    upload->created_ms = db_integer(query, 10);
    upload->expires_ms = db_integer(query, 11);
    upload->modified_ms = modified_of(db_text(query, 12));
    return upload;
}

Upload *upload_get(Db *db, const char *id, const char *owner, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT " COLUMNS " FROM upload WHERE id = :id AND owner = :owner");
    db_bind_text(query, "id", id);
    db_bind_text(query, "owner", owner);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "upload.unknown", "", "There is no such upload, or it is not yours.");
    return row > 0 ? read_upload(query) : NULL;
}

/* ---- keys ---- */

static Secret *lane_key(Node *node, Db *db, const char *lane, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT wrapped FROM lane_key WHERE lane = :lane");
    db_bind_text(query, "lane", lane);
    int row = db_step(query, error);
    if (row == 0)
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "There is no lane %.8s here.", lane);
    if (row <= 0)
        return NULL;
    g_autoptr(GBytes) wrapped = db_bytes(query, 0);
    g_autofree char *what = g_strconcat("lane/", lane, NULL);
    return secret_unwrap(node->wrap, what, wrapped, error);
}

static Secret *upload_key(Node *node, Db *db, const char *id, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT key FROM upload WHERE id = :id");
    db_bind_text(query, "id", id);
    if (db_step(query, error) <= 0)
        return NULL;
    g_autoptr(GBytes) wrapped = db_bytes(query, 0);
    g_autofree char *what = g_strconcat("upload/", id, NULL);
    return secret_unwrap(node->wrap, what, wrapped, error);
}

/* ---- taking ---- */

static gboolean blob_is_here(Db *db, const char *lane, const char *sha256, gboolean *here, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT 1 FROM blob WHERE lane = :lane AND sha256 = :sha256");
    db_bind_text(query, "lane", lane);
    db_bind_text(query, "sha256", sha256);
    int row = db_step(query, error);
    *here = row > 0;
    return row >= 0;
}

static gboolean put_blob(Tx *tx, const Upload *upload, const char *lane, const char *name, GBytes *wrapped,
                         GError **error)
{
    g_autoptr(DbQuery) put =
        db_query(tx->db, "INSERT INTO blob (lane, sha256, name, space, size, media_type, key, created) "
                         "VALUES (:lane, :sha256, :name, :space, :size, :type, :key, :now)");
    db_bind_text(put, "lane", lane);
    db_bind_text(put, "sha256", upload->sha256);
    db_bind_text(put, "name", name);
    db_bind_text(put, "space", upload->space);
    db_bind_integer(put, "size", (gint64)upload->size);
    db_bind_text(put, "type", upload->media_type);
    db_bind_bytes(put, "key", wrapped);
    db_bind_integer(put, "now", tx->now_ms);
    return db_run(put, error);
}

/* The upload's file gets the blob's name too; its key goes from the node's wrapping to the lane's. */
static gboolean publish(Tx *tx, const Upload *upload, const char *lane, GError **error)
{
    Hash sha256;
    char name[BLOB_NAME_SIZE];
    g_autoptr(Secret) key = upload_key(tx->node, tx->db, upload->id, error);
    g_autoptr(Secret) wrapping = key ? lane_key(tx->node, tx->db, lane, error) : NULL;
    if (!wrapping || !hash_read(upload->sha256, &sha256))
        return FALSE;
    blob_name(name, tx->node->blob_names, lane, &sha256);
    g_autofree char *what = g_strconcat("blob/", name, NULL);
    g_autoptr(GBytes) wrapped = secret_wrap(tx->node->env, wrapping, what, key);
    return blobs_publish(tx->node->blobs, upload->id, name, error) && put_blob(tx, upload, lane, name, wrapped, error);
}

static void drop_file(Node *node, gpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!blobs_abort(node->blobs, data, &error))
        g_warning("An upload that became a blob could not be removed and will be swept: %s", error->message);
}

static gboolean mark_taken(Tx *tx, const char *id, GError **error)
{
    g_autoptr(DbQuery) put = db_query(tx->db, "UPDATE upload SET state = 'taken', key = :none WHERE id = :id");
    db_bind_text(put, "id", id);
    db_bind_blob(put, "none", "", 0);
    return db_run(put, error);
}

gboolean tx_take_upload(Tx *tx, const char *upload, const char *owner, const char *space, const char *lane,
                        GError **error)
{
    gboolean here = FALSE;
    g_autoptr(Upload) row = upload_get(tx->db, upload, owner, error);
    if (!row)
        return FALSE;
    if (!row->arrived || row->taken || !g_str_equal(row->space, space)) {
        error_set(error, COMITY_ERROR_CONFLICT, "upload.not_ready", "",
                  "This upload has not arrived whole, belongs to another case, or was taken already.");
        return FALSE;
    }
    if (!blob_is_here(tx->db, lane, row->sha256, &here, error) || (!here && !publish(tx, row, lane, error)) ||
        !mark_taken(tx, row->id, error))
        return FALSE;
    tx_after_commit(tx, drop_file, g_strdup(row->id), g_free);
    tx_notify(tx, "upload.changed", AUDIENCE_PERSON, owner, row->id, "taken");
    return TRUE;
}

/* ---- reading ---- */

BlobReader *node_blob_open(Node *node, Db *db, const char *lane, const char *sha256, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT name, space, key FROM blob WHERE lane = :lane AND sha256 = :sha256");
    db_bind_text(query, "lane", lane);
    db_bind_text(query, "sha256", sha256);
    int row = db_step(query, error);
    if (row == 0)
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "The file is not here.");
    g_autoptr(Secret) wrapping = row > 0 ? lane_key(node, db, lane, error) : NULL;
    if (!wrapping)
        return NULL;
    g_autofree char *what = g_strconcat("blob/", db_text(query, 0), NULL);
    g_autoptr(GBytes) wrapped = db_bytes(query, 2);
    g_autoptr(Secret) key = secret_unwrap(wrapping, what, wrapped, error);
    g_autoptr(GError) cause = NULL;
    BlobFile *file = key ? blobs_get(node->blobs, db_text(query, 0), &cause) : NULL;
    if (cause)
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "The file of a blob that an act names is gone: %s",
                    cause->message);
    return file ? blob_reader_new(file, key, db_text(query, 1), error) : NULL;
}
