/* node/audit_blobs.c: every file that an act names, and every upload that has arrived: there, whole, and the bytes that
 * their hash says. */
#include "base/error.h"
#include "node/audit_private.h"
#include "node/upload.h"
#include "store/blob_pipe.h"

#define MEND_FILE "Put the file back below blobs/ from a backup, under the same name; its record and its hash stand."

static void check_file(Audit *self, const char *where, BlobReader *reader, const char *sha256, guint64 size)
{
    g_autoptr(GError) cause = NULL;
    Hash expected;
    if (!hash_read(sha256, &expected))
        return;
    self->report->blobs++;
    self->report->bytes += size;
    blob_reader_will_stream(reader);
    if (blob_reader_size(reader) != size)
        audit_damage(self, "blob.size", where, MEND_FILE, "The file has another length than its record says.");
    else if (!blob_reader_verify(reader, &expected, &cause))
        audit_damage(self, "blob.damaged", where, MEND_FILE, "%s", cause->message);
}

static void check_blob(Audit *self, const char *lane, const char *sha256, const char *name, guint64 size)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *where = g_strdup_printf("blobs/%.16s", name);
    g_autoptr(BlobFile) there = blobs_get(self->node->blobs, name, &cause);
    g_autoptr(BlobReader) reader = there ? node_blob_open(self->node, self->db, lane, sha256, &cause) : NULL;
    if (reader)
        check_file(self, where, reader, sha256, size);
    else
        audit_damage(self, there ? "blob.damaged" : "blob.missing", where, MEND_FILE, "%s", cause->message);
}

static gboolean check_blobs(Audit *self, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT lane, sha256, name, size FROM blob ORDER BY name");
    int row;
    while ((row = db_step(query, error)) > 0) {
        check_blob(self, db_text(query, 0), db_text(query, 1), db_text(query, 2), (guint64)db_integer(query, 3));
        if (!audit_step(self, error))
            return FALSE;
    }
    return row == 0;
}

static BlobReader *open_upload(Audit *self, const DbQuery *row, GError **error)
{
    g_autofree char *what = g_strconcat("upload/", db_text(row, 0), NULL);
    g_autoptr(GBytes) wrapped = db_bytes(row, 1);
    g_autoptr(Secret) key = secret_unwrap(self->node->wrap, what, wrapped, error);
    BlobFile *file = key ? blobs_get_upload(self->node->blobs, db_text(row, 0), error) : NULL;
    return file ? blob_reader_new(file, key, db_text(row, 2), error) : NULL;
}

/* An upload may become a blob while it is read: its row is then another one, and the blob was checked or is new. */
static gboolean is_still_there(Audit *self, const char *id)
{
    g_autoptr(Db) db = node_reader_open(self->node, NULL);
    g_autoptr(DbQuery) query = db ? db_query(db, "SELECT 1 FROM upload WHERE id = :id AND state = 'arrived'") : NULL;
    if (!query)
        return TRUE;
    db_bind_text(query, "id", id);
    return db_step(query, NULL) != 0;
}

static gboolean check_uploads(Audit *self, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT id, key, space, sha256, size FROM upload WHERE state = 'arrived'");
    int row;
    while ((row = db_step(query, error)) > 0) {
        g_autoptr(GError) cause = NULL;
        g_autofree char *where = g_strdup_printf("uploads/%s", db_text(query, 0));
        g_autoptr(BlobReader) reader = open_upload(self, query, &cause);
        if (reader)
            check_file(self, where, reader, db_text(query, 3), (guint64)db_integer(query, 4));
        else if (is_still_there(self, db_text(query, 0)))
            audit_damage(self, "upload.missing", where, "Send the file again.", "%s", cause->message);
    }
    return row == 0;
}

gboolean audit_blobs(Audit *self, GError **error)
{
    return check_blobs(self, error) && check_uploads(self, error);
}
