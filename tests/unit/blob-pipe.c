/* tests/unit/blob-pipe.c: evidence goes in once and comes out as it was; whatever breaks off, no chunk is encrypted
 * twice under one key, and nothing that was acknowledged is lost. */
#include "support/one-upload.h"

#define MARKER "the witness lives in Harbour Street"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
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
    return g_test_run();
}
