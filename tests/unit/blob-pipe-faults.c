/* tests/unit/blob-pipe-faults.c: evidence that is damaged is never read as another, and an upload survives disks that
 * fail and being killed at any moment (P1 to P5 of blob_pipe.h). */
#include "support/one-upload.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define KILL_SIZE (24 * MIB)

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGXFSZ, SIG_IGN);
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
