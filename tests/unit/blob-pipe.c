/* tests/unit/blob-pipe.c: evidence goes in once and comes out as it was; whatever breaks off, no chunk is encrypted
 * twice under one key, and nothing that was acknowledged is lost. */
#include "base/error.h"
#include "crypto/chunked.h"
#include "store/blob_pipe.h"
#include "support/disk.h"
#include "support/world.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define ID "0193a1b2-0000-7000-8000-000000000001"
#define SPACE "0193a1b2-0000-7000-8000-0000000000aa"
#define MARKER "the witness lives in Harbour Street"
#define MIB (1024 * 1024)

typedef struct {
    World world;
    char *folder, *blobs_path, *uploads_path;
    Blobs *blobs;
    Secret *key;
    char name[BLOB_NAME_SIZE];
    GHashTable *sealed; /* "salt, index" -> GBytes: every ciphertext of a chunk that ever lay on the disk */
} Fixture;

static void must(gboolean done, GError *error)
{
    g_assert_no_error(error);
    g_assert_true(done);
}

static void open_store(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&self->blobs, blobs_close);
    self->blobs = blobs_open_dir(&self->world.env, self->blobs_path, self->uploads_path, 0, &error);
    g_assert_no_error(error);
}

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
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

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_hash_table_unref(self->sealed);
    blobs_close(self->blobs);
    secret_unref(self->key);
    g_free(self->blobs_path);
    g_free(self->uploads_path);
    disk_remove(self->folder);
}

static BlobPipeOptions options(Fixture *self, gint64 size)
{
    return (BlobPipeOptions){
        .blobs = self->blobs, .env = &self->world.env, .id = ID, .key = self->key, .space = SPACE, .size = size};
}

static BlobPipe *begin(Fixture *self, gint64 size)
{
    g_autoptr(GError) error = NULL;
    BlobPipeOptions given = options(self, size);
    BlobPipe *pipe = blob_pipe_new(&given, &error);
    g_assert_no_error(error);
    return pipe;
}

static BlobPipe *resume(Fixture *self, gint64 size, BlobResume how, guint64 offset, GBytes *tail)
{
    g_autoptr(GError) error = NULL;
    BlobPipeOptions given = options(self, size);
    BlobPipe *pipe = blob_pipe_resume(&given, how, offset, tail, &error);
    g_assert_no_error(error);
    return pipe;
}

/* @length bytes of the file number @which from @at on: as good as random, and made again at will. */
static void fill(guint8 *out, guint which, guint64 at, gsize length)
{
    for (gsize n = 0; n < length; n++) {
        guint64 x = (at + n) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) + which * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
        out[n] = (guint8)((x ^ (x >> 29)) >> 24);
    }
}

static guint8 *content(guint which, gsize length)
{
    guint8 *bytes = g_malloc(length + 1);
    fill(bytes, which, 0, length);
    return bytes;
}

static void write_bytes(BlobPipe *pipe, gconstpointer bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    gboolean done = blob_pipe_write(pipe, bytes, length, &error);
    must(done, error);
}

/* What the caller keeps: the tail, with the offset. */
static GBytes *flush(BlobPipe *pipe)
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

static void finish(BlobPipe *pipe, gconstpointer bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    Hash hash, expected = sha256(bytes, length);
    gboolean done = blob_pipe_finish(pipe, &hash, &error);
    must(done, error);
    g_assert_true(hash_equal(&hash, &expected));
}

static char *upload_path(Fixture *self)
{
    return g_build_filename(self->uploads_path, ID, NULL);
}

static void power_cut(Fixture *self)
{
    g_autofree char *path = upload_path(self);
    disk_power_cut(path);
    open_store(self);
}

/* Does this file system keep what tells that an upload is certain? Otherwise every salt is a new one. */
static gboolean marks_are_kept(Fixture *self)
{
    g_autofree char *path = upload_path(self);
    return getxattr(path, "user.comity.written", NULL, 0) > 0;
}

static char *salt_of(Fixture *self)
{
    g_autofree char *path = upload_path(self);
    gsize length = 0;
    g_autofree char *bytes = folder_read(path, &length);
    g_assert_cmpuint(length, >=, 24);
    return g_base64_encode((const guchar *)bytes, 24);
}

static BlobReader *open_upload(Fixture *self, GError **error)
{
    BlobFile *file = blobs_get_upload(self->blobs, ID, error);
    return file == NULL ? NULL : blob_reader_new(file, self->key, SPACE, error);
}

static void assert_content(Fixture *self, const guint8 *bytes, gsize length)
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

/* ---- in and out ---- */

static void files_of_any_size_come_out_as_they_went_in(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const gsize sizes[] = {0,      1,      16383,          16384,  16385,   32768,       40000,       262143,
                                  262144, 262145, 262144 + 16384, 300001, 2 * MIB, 2 * MIB + 1, 3 * MIB + 5, 5 * MIB};
    static const gsize steps[] = {1000, 65536, 262144, 7 * MIB, 16384, 99991};
    for (guint n = 0; n < G_N_ELEMENTS(sizes); n++) {
        g_autofree guint8 *bytes = content(n, sizes[n]);
        g_autoptr(BlobPipe) pipe = begin(self, n % 3 == 0 ? -1 : (gint64)sizes[n]);
        gsize step = steps[n % G_N_ELEMENTS(steps)];
        for (gsize at = 0; at < sizes[n]; at += step)
            write_bytes(pipe, bytes + at, MIN(step, sizes[n] - at));
        g_assert_cmpuint(blob_pipe_offset(pipe), ==, sizes[n]);
        finish(pipe, bytes, sizes[n]);
        finish(pipe, bytes, sizes[n]); /* asked again, it says the same */
        assert_content(self, bytes, sizes[n]);
    }
}

static void what_lies_there_is_the_published_format(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *bytes = content(1, 300000);
    g_autoptr(BlobPipe) pipe = begin(self, 300000);
    write_bytes(pipe, bytes, 300000);
    finish(pipe, bytes, 300000);
    g_autofree char *path = upload_path(self);
    gsize length = 0;
    char *sealed = folder_read(path, &length);
    g_assert_cmpint((gint64)length, ==, chunked_sealed_size(300000));
    g_autoptr(GBytes) file = g_bytes_new_take(sealed, length);
    static const char context[] = "comity/blob/v1\0" SPACE;
    g_autoptr(GBytes) plain = chunked_decrypt_bytes(self->key, context, sizeof context - 1, file, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(plain), ==, 300000);
    g_assert_cmpint(memcmp(g_bytes_get_data(plain, NULL), bytes, 300000), ==, 0);
}

static void a_size_that_was_given_is_kept_to(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    Hash hash;
    g_autoptr(BlobPipe) pipe = begin(self, 10);
    write_bytes(pipe, "12345", 5);
    g_assert_false(blob_pipe_finish(pipe, &hash, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(blob_pipe_write(pipe, "123456", 6, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_LIMIT);
    g_clear_error(&error);
    write_bytes(pipe, "67890", 5);
    finish(pipe, "1234567890", 10);
    g_assert_false(blob_pipe_write(pipe, "", 0, &error)); /* finished is finished */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_LIMIT);
}

static void a_thief_reads_nothing(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *text = g_malloc0(MIB);
    for (gsize at = 0; at + 100 < MIB; at += 100)
        memcpy(text + at, MARKER, strlen(MARKER));
    g_autoptr(BlobPipe) pipe = begin(self, MIB + 7);
    write_bytes(pipe, text, MIB);
    write_bytes(pipe, "a tail.", 7);
    g_autoptr(GBytes) tail G_GNUC_UNUSED = flush(pipe);
    g_assert_cmpuint(disk_search_text(self->folder, MARKER), ==, 0);
    Hash hash;
    g_autoptr(GError) error = NULL;
    must(blob_pipe_finish(pipe, &hash, &error), error);
    g_assert_cmpuint(disk_search_text(self->folder, MARKER) + disk_search_text(self->folder, "a tail."), ==, 0);
    g_assert_cmpuint(disk_search(self->folder, secret_bytes(self->key), SECRET_SIZE), ==, 0);
    g_assert_cmpuint(disk_search(self->folder, hash.bytes, HASH_SIZE), ==, 0);
}

/* ---- taking up again ---- */

/* A restart after every acknowledgement, each at another place in a chunk and in a buffer. */
static void an_upload_goes_on_where_it_was_acknowledged(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const gsize parts[] = {5, 16379, 16384, 1, 262144, 100000, 16383, 300000, 262143, 2};
    gsize size = 1000000;
    g_autofree guint8 *bytes = content(3, size);
    g_autoptr(GBytes) tail = NULL;
    g_autofree char *salt = NULL;
    g_autoptr(BlobPipe) pipe = begin(self, (gint64)size);
    guint64 offset = 0;
    for (guint n = 0; offset < size; n++) {
        gsize part = MIN(parts[n % G_N_ELEMENTS(parts)], size - offset);
        write_bytes(pipe, bytes + offset, part);
        g_clear_pointer(&tail, g_bytes_unref);
        tail = flush(pipe);
        offset += part;
        Hash hash = blob_pipe_hash(pipe), expected = sha256(bytes, offset);
        g_assert_true(hash_equal(&hash, &expected));
        g_clear_pointer(&pipe, blob_pipe_free);
        g_autofree char *now = salt_of(self);
        g_assert_true(salt == NULL || !marks_are_kept(self) || g_str_equal(salt, now)); /* nothing was in doubt */
        g_free(salt);
        salt = g_steal_pointer(&now);
        pipe = resume(self, (gint64)size, BLOB_RESUME_KEEP, offset, tail);
        g_assert_cmpuint(blob_pipe_offset(pipe), ==, offset);
    }
    finish(pipe, bytes, size);
    assert_content(self, bytes, size);
}

/* Sends @sent bytes of which @acknowledged are acknowledged, then is gone with all full chunks on the disk. */
static GBytes *break_off(Fixture *self, const guint8 *bytes, gsize size, gsize acknowledged, gsize sent)
{
    g_autoptr(BlobPipe) pipe = begin(self, (gint64)size);
    write_bytes(pipe, bytes, acknowledged);
    GBytes *tail = flush(pipe);
    write_bytes(pipe, bytes + acknowledged, sent - acknowledged);
    g_autoptr(GBytes) lost G_GNUC_UNUSED = flush(pipe); /* nobody stored it */
    return tail;
}

static void chunks_beyond_are_kept_and_the_offset_moves_on(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(4, 500000);
    g_autoptr(GBytes) tail = break_off(self, bytes, 500000, 100000, 400000);
    g_autofree char *salt = salt_of(self);
    g_autoptr(BlobPipe) pipe = resume(self, 500000, BLOB_RESUME_KEEP, 100000, tail);
    guint64 offset = blob_pipe_offset(pipe);
    g_assert_cmpuint(offset, ==, 400000 / CHUNK_PLAIN * CHUNK_PLAIN);
    g_autofree char *now = salt_of(self);
    g_assert_true(g_str_equal(now, salt) || !marks_are_kept(self));
    write_bytes(pipe, bytes + offset, 500000 - offset);
    finish(pipe, bytes, 500000);
    assert_content(self, bytes, 500000);
}

static void refused_bytes_are_dropped_under_a_new_salt(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(5, 500000);
    g_autoptr(GBytes) tail = break_off(self, bytes, 500000, 100000, 400000);
    g_autofree char *salt = salt_of(self);
    g_autoptr(BlobPipe) pipe = resume(self, 500000, BLOB_RESUME_EXACT, 100000, tail);
    g_assert_cmpuint(blob_pipe_offset(pipe), ==, 100000);
    g_autofree char *now = salt_of(self);
    g_assert_cmpstr(now, !=, salt);
    fill(bytes + 100000, 6, 100000, 400000); /* other bytes than the first time */
    write_bytes(pipe, bytes + 100000, 400000);
    finish(pipe, bytes, 500000);
    assert_content(self, bytes, 500000);
}

static void nothing_beyond_is_no_reason_for_a_new_salt(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(5, 100000);
    g_autoptr(GBytes) tail = break_off(self, bytes, 100000, 99000, 99000);
    g_autofree char *salt = salt_of(self);
    g_autoptr(BlobPipe) pipe G_GNUC_UNUSED = resume(self, 100000, BLOB_RESUME_EXACT, 99000, tail);
    g_autofree char *now = salt_of(self);
    g_assert_true(g_str_equal(now, salt) || !marks_are_kept(self));
}

/* A write that a kill cut: at every kind of place behind the chunks that stand. */
static void a_part_of_a_chunk_means_a_new_salt(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const gsize parts[] = {1, 15, 16, 17, 8000, CHUNK_SEALED - 1};
    g_autofree guint8 *bytes = content(7, 500000);
    for (guint n = 0; n < G_N_ELEMENTS(parts); n++) {
        g_autoptr(GBytes) tail = break_off(self, bytes, 500000, 100000, 400000);
        g_autofree char *salt = salt_of(self), *path = upload_path(self);
        g_assert_cmpint(truncate(path, (off_t)(CHUNKED_HEAD + 10 * CHUNK_SEALED + parts[n])), ==, 0);
        g_autoptr(BlobPipe) pipe = resume(self, 500000, BLOB_RESUME_KEEP, 100000, tail);
        g_assert_cmpuint(blob_pipe_offset(pipe), ==, 10 * CHUNK_PLAIN);
        g_autofree char *now = salt_of(self);
        g_assert_cmpstr(now, !=, salt);
        write_bytes(pipe, bytes + 10 * CHUNK_PLAIN, 500000 - 10 * CHUNK_PLAIN);
        finish(pipe, bytes, 500000);
        assert_content(self, bytes, 500000);
    }
}

static void after_a_power_cut_all_is_encrypted_anew(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(8, 3 * MIB);
    g_autoptr(GBytes) tail = break_off(self, bytes, 3 * MIB, 2 * MIB + 77, 2 * MIB + 77);
    g_autofree char *salt = salt_of(self);
    power_cut(self);
    g_autoptr(BlobPipe) pipe = resume(self, 3 * MIB, BLOB_RESUME_KEEP, 2 * MIB + 77, tail);
    g_assert_cmpuint(blob_pipe_offset(pipe), ==, 2 * MIB + 77);
    g_autofree char *now = salt_of(self);
    g_assert_cmpstr(now, !=, salt);
    write_bytes(pipe, bytes + 2 * MIB + 77, MIB - 77);
    finish(pipe, bytes, 3 * MIB);
    assert_content(self, bytes, 3 * MIB);
}

/* An old copy of the data folder: chunks that were encrypted since may have been seen elsewhere. */
static void what_was_put_back_is_encrypted_anew(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(17, 500000);
    g_autoptr(GBytes) tail = break_off(self, bytes, 500000, 100000, 100000);
    g_autofree char *salt = salt_of(self), *path = upload_path(self);
    disk_put_back(path);
    g_autoptr(BlobPipe) pipe = resume(self, 500000, BLOB_RESUME_KEEP, 100000, tail);
    g_autofree char *now = salt_of(self);
    g_assert_cmpstr(now, !=, salt);
    write_bytes(pipe, bytes + 100000, 400000);
    finish(pipe, bytes, 500000);
    assert_content(self, bytes, 500000);
}

static void before_the_first_chunk_there_is_only_the_tail(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(9, 50000);
    for (guint n = 0; n < 4; n++) {
        g_autoptr(GBytes) tail = break_off(self, bytes, 50000, 12000, 12000);
        g_autofree char *path = upload_path(self);
        if (n == 1)
            g_assert_cmpint(truncate(path, 30), ==, 0);
        if (n == 2)
            disk_flip(path, 40, 3);
        if (n == 3)
            g_assert_cmpint(g_unlink(path), ==, 0);
        g_autoptr(BlobPipe) pipe = resume(self, 50000, BLOB_RESUME_KEEP, 12000, tail);
        g_assert_cmpuint(blob_pipe_offset(pipe), ==, 12000);
        write_bytes(pipe, bytes + 12000, 38000);
        finish(pipe, bytes, 50000);
        assert_content(self, bytes, 50000);
    }
}

static void finished_before_it_was_recorded(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const gsize sizes[] = {0, 5, 16384, 100000, 262144};
    for (guint n = 0; n < 2 * G_N_ELEMENTS(sizes); n++) {
        gsize size = sizes[n / 2], acknowledged = n % 2 == 0 ? size : size / 2;
        g_autofree guint8 *bytes = content(n, size);
        g_autoptr(BlobPipe) first = begin(self, (gint64)size);
        write_bytes(first, bytes, acknowledged);
        g_autoptr(GBytes) tail = flush(first);
        write_bytes(first, bytes + acknowledged, size - acknowledged);
        finish(first, bytes, size);
        g_clear_pointer(&first, blob_pipe_free);
        g_autofree char *path = upload_path(self);
        gsize length = 0, length_after = 0;
        g_autofree char *before = folder_read(path, &length);

        gboolean kept = marks_are_kept(self);
        g_autoptr(BlobPipe) pipe = resume(self, (gint64)size, BLOB_RESUME_KEEP, acknowledged, tail);
        g_assert_true(blob_pipe_is_complete(pipe) || !kept);
        g_assert_cmpuint(blob_pipe_offset(pipe), ==, size);
        finish(pipe, bytes, size);
        g_autofree char *after = folder_read(path, &length_after);
        g_assert_cmpuint(length_after, ==, length);
        g_assert_true(memcmp(after, before, length) == 0 || !kept); /* nothing was encrypted again */
        g_clear_pointer(&pipe, blob_pipe_free);

        g_autofree char *salt = salt_of(self);
        power_cut(self); /* then it can't be known whether it lies on the disk: all anew */
        pipe = resume(self, (gint64)size, BLOB_RESUME_KEEP, acknowledged, tail);
        g_autofree char *now = salt_of(self);
        g_assert_cmpstr(now, !=, salt);
        g_assert_cmpuint(blob_pipe_offset(pipe), ==, size);
        finish(pipe, bytes, size);
        assert_content(self, bytes, size);
    }
}

static void bytes_refused_after_finishing_do_not_come_back(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(3, 100000);
    g_autoptr(BlobPipe) first = begin(self, 100000);
    write_bytes(first, bytes, 40000);
    g_autoptr(GBytes) tail = flush(first);
    write_bytes(first, bytes + 40000, 60000);
    finish(first, bytes, 100000);
    g_clear_pointer(&first, blob_pipe_free);
    g_autoptr(BlobPipe) pipe = resume(self, 100000, BLOB_RESUME_EXACT, 40000, tail);
    g_assert_false(blob_pipe_is_complete(pipe));
    g_assert_cmpuint(blob_pipe_offset(pipe), ==, 40000);
    write_bytes(pipe, bytes + 40000, 59000); /* now some of the last chunk is acknowledged, and some is not */
    g_autoptr(GBytes) longer = flush(pipe);
    write_bytes(pipe, bytes + 99000, 1000);
    finish(pipe, bytes, 100000);
    g_clear_pointer(&pipe, blob_pipe_free);
    pipe = resume(self, 100000, BLOB_RESUME_EXACT, 99000, longer);
    g_assert_false(blob_pipe_is_complete(pipe));
    g_assert_cmpuint(blob_pipe_offset(pipe), ==, 99000);
}

/* ---- damage ---- */

static void assert_damaged(Fixture *self, guint64 offset, GBytes *tail, const char *says)
{
    static const BlobResume ways[] = {BLOB_RESUME_KEEP, BLOB_RESUME_EXACT};
    for (guint n = 0; n < G_N_ELEMENTS(ways); n++) {
        g_autoptr(GError) error = NULL;
        BlobPipeOptions given = options(self, 500000);
        g_assert_null(blob_pipe_resume(&given, ways[n], offset, tail, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
        g_assert_nonnull(strstr(error->message, says));
    }
}

static void what_was_acknowledged_and_is_not_there_is_damage(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(10, 500000);
    g_autoptr(GBytes) tail = break_off(self, bytes, 500000, 100000, 400000);
    g_autofree char *path = upload_path(self);
    assert_damaged(self, 100000, NULL, "does not fit");
    assert_damaged(self, 600000 / CHUNK_PLAIN * CHUNK_PLAIN, NULL, "does not fit");
    disk_flip(path, CHUNKED_HEAD + 3 * CHUNK_SEALED + 100, 0);
    assert_damaged(self, 100000, tail, "chunk 3");
    disk_flip(path, CHUNKED_HEAD + 3 * CHUNK_SEALED + 100, 0);
    disk_flip(path, 10, 0); /* the salt */
    assert_damaged(self, 100000, tail, "chunk 0");
    disk_flip(path, 10, 0);
    g_assert_cmpint(truncate(path, (off_t)(CHUNKED_HEAD + 6 * CHUNK_SEALED - 1)), ==, 0);
    assert_damaged(self, 100000, tail, "chunk 5");
    g_assert_cmpint(g_unlink(path), ==, 0);
    assert_damaged(self, 100000, tail, "chunk 0");
}

/* A chunk beyond the acknowledged ones that is damaged, or not made of the tail that was kept, does not stand. */
static void chunks_beyond_that_do_not_fit_are_sent_again(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *bytes = content(11, 500000);
    g_autoptr(GBytes) tail = break_off(self, bytes, 500000, 100000, 400000);
    g_autofree char *path = upload_path(self);
    disk_flip(path, CHUNKED_HEAD + 9 * CHUNK_SEALED + 5, 1);
    g_autoptr(BlobPipe) pipe = resume(self, 500000, BLOB_RESUME_KEEP, 100000, tail);
    g_assert_cmpuint(blob_pipe_offset(pipe), ==, 9 * CHUNK_PLAIN);
    g_clear_pointer(&pipe, blob_pipe_free);

    g_autofree guint8 *other = g_memdup2(g_bytes_get_data(tail, NULL), g_bytes_get_size(tail));
    other[0] ^= 1;
    g_autoptr(GBytes) other_tail = g_bytes_new(other, g_bytes_get_size(tail));
    pipe = resume(self, 500000, BLOB_RESUME_KEEP, 100000, other_tail);
    g_assert_cmpuint(blob_pipe_offset(pipe), ==, 100000);
}

static void a_damaged_file_is_never_read_as_another(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    gsize size = 10 * CHUNK_PLAIN + 100;
    g_autofree guint8 *bytes = content(12, size);
    g_autoptr(BlobPipe) pipe = begin(self, (gint64)size);
    write_bytes(pipe, bytes, size);
    finish(pipe, bytes, size);
    g_autofree char *path = upload_path(self);
    goffset length = disk_size(path);
    Hash hash = sha256(bytes, size);
    g_autofree guint8 *found = g_malloc(size);
    for (guint n = 0; n < 300; n++) {
        guint32 chance = 0;
        env_random(&self->world.env, &chance, sizeof chance);
        goffset byte = n < CHUNKED_HEAD ? n : (goffset)(chance % (guint64)length);
        disk_flip(path, byte, n % 8);
        g_autoptr(GError) error = NULL;
        g_autoptr(BlobReader) reader = open_upload(self, &error);
        g_assert_false(reader != NULL && blob_reader_verify(reader, &hash, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
        guint64 chunk = byte < CHUNKED_HEAD ? G_MAXUINT64 : (guint64)(byte - CHUNKED_HEAD) / CHUNK_SEALED;
        g_autofree char *says = g_strdup_printf("chunk %" G_GUINT64_FORMAT ".", chunk);
        g_assert_true(byte < CHUNKED_HEAD || strstr(error->message, says) != NULL);
        /* The other chunks can still be read. */
        for (guint64 other = 0; reader != NULL && other < 10; other++)
            g_assert_true((blob_reader_read(reader, other * CHUNK_PLAIN + 5, found, 10, NULL) == 10) ==
                          (other != chunk));
        disk_flip(path, byte, n % 8);
    }
    assert_content(self, bytes, size);
}

static void a_file_of_another_length_is_refused(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    gsize size = 3 * CHUNK_PLAIN + 100;
    g_autofree guint8 *bytes = content(13, size);
    g_autoptr(BlobPipe) pipe = begin(self, (gint64)size);
    write_bytes(pipe, bytes, size);
    finish(pipe, bytes, size);
    g_autofree char *path = upload_path(self);
    goffset length = disk_size(path);
    const goffset lengths[] = {0, 1, 55, 56, 71, 72, length - 1, length + 1, length - 116, length - CHUNK_SEALED};
    gsize whole_length = 0;
    g_autofree char *whole = folder_read(path, &whole_length);
    for (guint n = 0; n < G_N_ELEMENTS(lengths); n++) {
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(truncate(path, (off_t)lengths[n]), ==, 0);
        g_assert_null(open_upload(self, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
        g_assert_true(g_file_set_contents(path, whole, (gssize)whole_length, NULL));
    }
}

static void another_key_or_space_opens_nothing(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(BlobPipe) pipe = begin(self, 3);
    write_bytes(pipe, "abc", 3);
    finish(pipe, "abc", 3);
    g_autoptr(Secret) other = secret_new_random(&self->world.env);
    g_autoptr(GError) error = NULL;
    g_assert_null(blob_reader_new(blobs_get_upload(self->blobs, ID, NULL), other, SPACE, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_clear_error(&error);
    g_assert_null(blob_reader_new(blobs_get_upload(self->blobs, ID, NULL), self->key, "another space", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
}

static void any_range_can_be_read(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    gsize size = 3 * MIB + 777;
    g_autofree guint8 *bytes = content(14, size);
    g_autoptr(BlobPipe) pipe = begin(self, (gint64)size);
    write_bytes(pipe, bytes, size);
    finish(pipe, bytes, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(BlobReader) reader = open_upload(self, &error);
    g_autofree guint8 *found = g_malloc(size);
    for (guint n = 0; n < 300; n++) {
        guint32 chance[2];
        env_random(&self->world.env, chance, sizeof chance);
        gsize at = chance[0] % size;
        gsize length = chance[1] % (n % 2 == 0 ? 40000 : size);
        gsize expected = MIN(length, size - at);
        g_assert_cmpint(blob_reader_read(reader, at, found, length, &error), ==, (gssize)expected);
        g_assert_cmpint(memcmp(found, bytes + at, expected), ==, 0);
    }
    g_assert_cmpint(blob_reader_read(reader, size, found, 1, &error), ==, 0);
    g_assert_cmpint(blob_reader_read(reader, G_MAXUINT64, found, 1, &error), ==, 0);
    g_assert_no_error(error);
}

/* ---- faults ---- */

static void a_failed_sync_is_told_and_built_on_never(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *bytes = content(15, 500000);
    g_autoptr(BlobPipe) pipe = begin(self, 500000);
    write_bytes(pipe, bytes, 100000);
    g_autoptr(GBytes) tail = flush(pipe);
    g_autofree char *salt = salt_of(self);
    write_bytes(pipe, bytes + 100000, 200000);
    self->world.fail_sync = self->world.syncs + 1;
    GBytes *none = NULL;
    guint64 offset = 0;
    for (guint n = 0; n < 2; n++) {
        g_assert_false(blob_pipe_flush(pipe, &offset, &none, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
        g_clear_error(&error);
    }
    g_clear_pointer(&pipe, blob_pipe_free);
    pipe = resume(self, 500000, BLOB_RESUME_KEEP, 100000, tail);
    g_autofree char *now = salt_of(self);
    g_assert_cmpstr(now, !=, salt);
    offset = blob_pipe_offset(pipe);
    write_bytes(pipe, bytes + offset, 500000 - offset);
    finish(pipe, bytes, 500000);
    assert_content(self, bytes, 500000);
}

static void a_disk_that_fills_up_is_told_and_survived(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    struct rlimit before, small;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    small = before;
    small.rlim_cur = 2 * MIB + 12345;
    gsize size = 5 * MIB;
    g_autofree guint8 *bytes = content(16, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(BlobPipe) pipe = begin(self, -1);
    write_bytes(pipe, bytes, MIB);
    g_autoptr(GBytes) tail = flush(pipe);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    GBytes *none = NULL;
    guint64 offset = 0;
    gboolean done =
        blob_pipe_write(pipe, bytes + MIB, size - MIB, &error) && blob_pipe_flush(pipe, &offset, &none, &error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    g_assert_false(done);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FULL);
    g_clear_error(&error);
    g_assert_false(blob_pipe_write(pipe, bytes, 5 * MIB, &error)); /* it goes on no more */
    g_clear_pointer(&pipe, blob_pipe_free);

    pipe = resume(self, -1, BLOB_RESUME_KEEP, MIB, tail);
    offset = blob_pipe_offset(pipe);
    g_assert_cmpuint(offset, >=, MIB);
    write_bytes(pipe, bytes + offset, size - offset);
    finish(pipe, bytes, size);
    assert_content(self, bytes, size);
}

/* Notes every chunk that lies in the upload now; the same chunk under the same salt must never have lain there with
 * other bytes, whole or in part. */
static void note_sealed(Fixture *self)
{
    g_autofree char *path = upload_path(self);
    gsize length = 0;
    g_autofree char *bytes = folder_read(path, &length);
    if (length < CHUNKED_HEAD)
        return;
    g_autofree char *salt = g_base64_encode((const guchar *)bytes, 24);
    for (gsize at = CHUNKED_HEAD, index = 0; at < length; at += CHUNK_SEALED, index++) {
        gsize part = MIN(CHUNK_SEALED, length - at);
        char *name = g_strdup_printf("%s %" G_GSIZE_FORMAT, salt, index);
        GBytes *before = g_hash_table_lookup(self->sealed, name);
        gsize known = before != NULL ? g_bytes_get_size(before) : 0;
        g_assert_true(known == 0 || memcmp(g_bytes_get_data(before, NULL), bytes + at, MIN(known, part)) == 0);
        if (part > known)
            g_hash_table_replace(self->sealed, name, g_bytes_new(bytes + at, part));
        else
            g_free(name);
    }
}

typedef struct {
    guint64 offset;
    gboolean resumed; /* the first word of a child: where it went on */
    gsize tail_length;
    guint8 tail[CHUNK_PLAIN];
} Word;

static void say(int out, BlobPipe *pipe, GBytes *tail, gboolean resumed)
{
    Word word = {.offset = blob_pipe_offset(pipe), .resumed = resumed, .tail_length = g_bytes_get_size(tail)};
    memcpy(word.tail, g_bytes_get_data(tail, NULL) != NULL ? g_bytes_get_data(tail, NULL) : "", word.tail_length);
    g_assert_cmpint(write(out, &word, sizeof word), ==, sizeof word);
}

#define KILL_SIZE (24 * MIB)

/* In a child: goes on with the bytes of round @round, whatever was sent before, until it is killed or has all. */
static void send_until_killed(Fixture *self, guint round, BlobResume how, const Word *last, int out) G_GNUC_NORETURN;
static void send_until_killed(Fixture *self, guint round, BlobResume how, const Word *last, int out)
{
    self->world.next = 1000000 * (guint64)(round + 1); /* other salts than the last process's */
    g_autoptr(GBytes) kept = g_bytes_new(last->tail, last->tail_length);
    BlobPipe *pipe = resume(self, KILL_SIZE, how, last->offset, kept);
    g_autoptr(GBytes) none = g_bytes_new(NULL, 0);
    say(out, pipe, none, TRUE);
    g_autofree guint8 *bytes = g_malloc(MIB);
    for (guint n = round; blob_pipe_offset(pipe) < KILL_SIZE; n++) {
        guint64 at = blob_pipe_offset(pipe);
        gsize length = (gsize)MIN(KILL_SIZE - at, 50000 + (n * 7919) % 600000);
        fill(bytes, round, at, length);
        write_bytes(pipe, bytes, length);
        if (n % 3 == 0 || at + length == KILL_SIZE) {
            g_autoptr(GBytes) tail = flush(pipe);
            say(out, pipe, tail, FALSE);
        }
    }
    for (;;)
        pause();
}

/* Reads what the child says and kills it after @count acknowledgements, or when it has all; whatever it does meanwhile.
 * @expected: the content, as far as it stands. */
static void listen_to(guint round, int in, pid_t child, guint count, Word *last, guint8 *expected,
                      guint64 *sent_by_last)
{
    Word word;
    for (guint n = 0; read(in, &word, sizeof word) == sizeof word;) {
        if (word.resumed) {
            g_assert_cmpuint(word.offset, >=, last->offset);
            fill(expected + last->offset, round == 0 ? 0 : round - 1, last->offset, word.offset - last->offset);
            *sent_by_last = word.offset;
        } else {
            fill(expected + *sent_by_last, round, *sent_by_last, word.offset - *sent_by_last);
            *last = word;
            n++;
        }
        if (n >= count || word.offset == KILL_SIZE)
            kill(child, SIGKILL);
    }
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
}

static void no_chunk_is_encrypted_twice_over_many_kills(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree guint8 *expected = g_malloc(KILL_SIZE);
    Word last = {.offset = 0};
    guint64 begun = 0;
    guint round = 0;
    for (; round < 60 && last.offset < KILL_SIZE; round++) {
        int ends[2];
        BlobResume how = round % 4 == 3 ? BLOB_RESUME_EXACT : BLOB_RESUME_KEEP;
        g_assert_cmpint(pipe(ends), ==, 0);
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            close(ends[0]);
            send_until_killed(self, round, how, &last, ends[1]);
        }
        close(ends[1]);
        listen_to(round, ends[0], child, 1 + round % 2, &last, expected, &begun);
        close(ends[0]);
        note_sealed(self);
    }
    g_test_message("%u rounds", round);
    g_autoptr(GBytes) tail = g_bytes_new(last.tail, last.tail_length);
    g_autoptr(BlobPipe) pipe = resume(self, KILL_SIZE, BLOB_RESUME_KEEP, last.offset, tail);
    guint64 offset = blob_pipe_offset(pipe);
    fill(expected + last.offset, round - 1, last.offset, offset - last.offset);
    fill(expected + offset, 1000, offset, KILL_SIZE - offset);
    write_bytes(pipe, expected + offset, KILL_SIZE - offset);
    finish(pipe, expected, KILL_SIZE);
    note_sealed(self);
    assert_content(self, expected, KILL_SIZE);
}

#define CASE(name) g_test_add("/blob-pipe/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGXFSZ, SIG_IGN);
    CASE(files_of_any_size_come_out_as_they_went_in);
    CASE(what_lies_there_is_the_published_format);
    CASE(a_size_that_was_given_is_kept_to);
    CASE(a_thief_reads_nothing);
    CASE(an_upload_goes_on_where_it_was_acknowledged);
    CASE(chunks_beyond_are_kept_and_the_offset_moves_on);
    CASE(refused_bytes_are_dropped_under_a_new_salt);
    CASE(nothing_beyond_is_no_reason_for_a_new_salt);
    CASE(a_part_of_a_chunk_means_a_new_salt);
    CASE(after_a_power_cut_all_is_encrypted_anew);
    CASE(what_was_put_back_is_encrypted_anew);
    CASE(before_the_first_chunk_there_is_only_the_tail);
    CASE(finished_before_it_was_recorded);
    CASE(bytes_refused_after_finishing_do_not_come_back);
    CASE(what_was_acknowledged_and_is_not_there_is_damage);
    CASE(chunks_beyond_that_do_not_fit_are_sent_again);
    CASE(a_damaged_file_is_never_read_as_another);
    CASE(a_file_of_another_length_is_refused);
    CASE(another_key_or_space_opens_nothing);
    CASE(any_range_can_be_read);
    CASE(a_failed_sync_is_told_and_built_on_never);
    CASE(a_disk_that_fills_up_is_told_and_survived);
    CASE(no_chunk_is_encrypted_twice_over_many_kills);
    return g_test_run();
}
