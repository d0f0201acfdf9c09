/* tests/unit/support/one-upload.h: one upload in a folder of its own, for the tests of blob_pipe.h. */
#pragma once
#include "base/error.h"
#include "crypto/chunked.h"
#include "store/blob_pipe.h"
#include "support/disk.h"
#include "support/must.h"
#include "support/world.h"

#define ID "0193a1b2-0000-7000-8000-000000000001"
#define SPACE "0193a1b2-0000-7000-8000-0000000000aa"
#define MIB (1024 * 1024)

typedef struct {
    World world;
    char *folder, *blobs_path, *uploads_path;
    Blobs *blobs;
    Secret *key;
    char name[BLOB_NAME_SIZE];
    GHashTable *sealed; /* "salt, index" -> GBytes: every ciphertext of a chunk that ever lay on the disk */
} Fixture;

static inline void open_store(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&self->blobs, blobs_close);
    self->blobs = blobs_open_dir(&self->world.env, self->blobs_path, self->uploads_path, 0, &error);
    g_assert_no_error(error);
}

static inline void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = disk_new();
    self->blobs_path = g_build_filename(self->folder, "blobs", NULL);
    self->uploads_path = g_build_filename(self->folder, "uploads", NULL);
    open_store(self);
    self->key = secret_new_random(&self->world.env);
    Hash name = sha256("name", 4);
    hash_write(self->name, &name);
    self->sealed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
}

static inline void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_hash_table_unref(self->sealed);
    blobs_close(self->blobs);
    secret_unref(self->key);
    g_free(self->blobs_path);
    g_free(self->uploads_path);
    disk_remove(self->folder);
}

static inline BlobPipeOptions options(Fixture *self, gint64 size)
{
    return (BlobPipeOptions){
        .blobs = self->blobs, .env = &self->world.env, .id = ID, .key = self->key, .space = SPACE, .size = size};
}

static inline BlobPipe *begin(Fixture *self, gint64 size)
{
    g_autoptr(GError) error = NULL;
    BlobPipeOptions given = options(self, size);
    BlobPipe *pipe = blob_pipe_new(&given, &error);
    g_assert_no_error(error);
    return pipe;
}

static inline BlobPipe *resume(Fixture *self, gint64 size, BlobResume how, guint64 offset, GBytes *tail)
{
    g_autoptr(GError) error = NULL;
    BlobPipeOptions given = options(self, size);
    BlobPipe *pipe = blob_pipe_resume(&given, how, offset, tail, &error);
    g_assert_no_error(error);
    return pipe;
}

/* @length bytes of the file number @which from @at on: as good as random, and made again at will. */
static inline void fill(guint8 *out, guint which, guint64 at, gsize length)
{
    for (gsize n = 0; n < length; n++) {
        guint64 x = (at + n) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) + which * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
        out[n] = (guint8)((x ^ (x >> 29)) >> 24);
    }
}

static inline guint8 *content(guint which, gsize length)
{
    guint8 *bytes = g_malloc(length + 1);
    fill(bytes, which, 0, length);
    return bytes;
}

static inline void write_bytes(BlobPipe *pipe, gconstpointer bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    gboolean done = blob_pipe_write(pipe, bytes, length, &error);
    must(done, error);
}

/* What the caller keeps: the tail, with the offset. */
static inline GBytes *flush(BlobPipe *pipe)
{
    g_autoptr(GError) error = NULL;
    GBytes *tail = NULL;
    guint64 offset = 0;
    gboolean done = blob_pipe_flush(pipe, &offset, &tail, &error);
    must(done, error);
    g_assert_cmpuint(offset, ==, blob_pipe_offset(pipe));
    g_assert_cmpuint(g_bytes_get_size(tail), ==, offset % CHUNK_PLAIN);
    return tail;
}

static inline void finish(BlobPipe *pipe, gconstpointer bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    Hash hash, expected = sha256(bytes, length);
    gboolean done = blob_pipe_finish(pipe, &hash, &error);
    must(done, error);
    g_assert_true(hash_equal(&hash, &expected));
}

static inline char *upload_path(Fixture *self)
{
    return g_build_filename(self->uploads_path, ID, NULL);
}

static inline char *salt_of(Fixture *self)
{
    g_autofree char *path = upload_path(self);
    gsize length = 0;
    g_autofree char *bytes = folder_read(path, &length);
    g_assert_cmpuint(length, >=, 24);
    return g_base64_encode((const guchar *)bytes, 24);
}

static inline BlobReader *open_upload(Fixture *self, GError **error)
{
    BlobFile *file = blobs_get_upload(self->blobs, ID, error);
    return file == NULL ? NULL : blob_reader_new(file, self->key, SPACE, error);
}

static inline void assert_content(Fixture *self, const guint8 *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BlobReader) reader = open_upload(self, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(blob_reader_size(reader), ==, length);
    g_autofree guint8 *found = g_malloc(length + 1);
    g_assert_cmpint(blob_reader_read(reader, 0, found, length + 1, &error), ==, (gssize)length);
    g_assert_cmpint(memcmp(found, bytes, length), ==, 0);
    Hash hash = sha256(bytes, length);
    gboolean done = blob_reader_verify(reader, &hash, &error);
    must(done, error);
    hash.bytes[0] ^= 1; /* another content was recorded */
    g_assert_false(blob_reader_verify(reader, &hash, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
}

/* Sends @sent bytes of which @acknowledged are acknowledged, then is gone with all full chunks on the disk. */
static inline GBytes *break_off(Fixture *self, const guint8 *bytes, gsize size, gsize acknowledged, gsize sent)
{
    g_autoptr(BlobPipe) pipe = begin(self, (gint64)size);
    write_bytes(pipe, bytes, acknowledged);
    GBytes *tail = flush(pipe);
    write_bytes(pipe, bytes + acknowledged, sent - acknowledged);
    g_autoptr(GBytes) lost G_GNUC_UNUSED = flush(pipe); /* nobody stored it */
    return tail;
}

#define CASE(name) g_test_add("/blob-pipe/" #name, Fixture, NULL, set_up, name, tear_down)
