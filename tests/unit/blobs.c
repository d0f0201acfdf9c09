/* tests/unit/blobs.c: bytes on their way in, and under their name: whole and durable, or not there. */
#include "store/blobs.h"
#include "base/error.h"
#include "support/disk.h"
#include "support/must.h"
#include "support/world.h"
#include <signal.h>
#include <sys/resource.h>

#define ID "0193a1b2-0000-7000-8000-000000000001"
#define RESERVE 4096

typedef struct {
    World world;
    char *folder, *blobs_path, *uploads_path;
    Blobs *blobs;
    char name[BLOB_NAME_SIZE];
} Fixture;

static void open_store(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&self->blobs, blobs_close);
    self->blobs = blobs_open_dir(&self->world.env, self->blobs_path, self->uploads_path, RESERVE, &error);
    g_assert_no_error(error);
}

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = disk_new();
    self->blobs_path = g_build_filename(self->folder, "blobs", NULL);
    self->uploads_path = g_build_filename(self->folder, "uploads", NULL);
    open_store(self);
    g_autoptr(Secret) names = secret_new_random(&self->world.env);
    Hash hash = sha256("a", 1);
    blob_name(self->name, names, "3f00aa", &hash);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    blobs_close(self->blobs);
    g_free(self->blobs_path);
    g_free(self->uploads_path);
    disk_remove(self->folder);
}

static void append(BlobUpload *upload, const char *text)
{
    g_autoptr(GError) error = NULL;
    gboolean done = blob_upload_append(upload, text, strlen(text), &error);
    must(done, error);
}

/* An upload that holds @text, durable. */
static void put(Fixture *self, const char *id, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BlobUpload) upload = blobs_create(self->blobs, id, (gint64)strlen(text), &error);
    g_assert_no_error(error);
    append(upload, text);
    guint64 durable = 0;
    must(blob_upload_flush(upload, &durable, &error), error);
    g_assert_cmpuint(durable, ==, strlen(text));
}

static char *read_file(BlobFile *file)
{
    g_autoptr(GError) error = NULL;
    char *text = g_malloc0(blob_file_size(file) + 11); /* room for what is asked for, and a zero */
    gssize got = blob_file_read(file, 0, text, blob_file_size(file) + 10, &error);
    g_assert_no_error(error);
    g_assert_cmpint(got, ==, (gssize)blob_file_size(file));
    return text;
}

static void assert_blob(Fixture *self, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BlobFile) file = blobs_get(self->blobs, name, &error);
    g_assert_no_error(error);
    g_autofree char *found = read_file(file);
    g_assert_cmpstr(found, ==, text);
}

static void assert_no_blob(Fixture *self, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(blobs_get(self->blobs, name, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
}

static gboolean publish(Fixture *self, const char *id, GError **error)
{
    return blobs_publish(self->blobs, id, self->name, error) && blobs_sync_names(self->blobs, error);
}

static guint files_in(const char *folder)
{
    guint count = 0;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    while (dir != NULL && g_dir_read_name(dir) != NULL)
        count++;
    return count;
}

static void a_name_tells_nothing_but_is_always_the_same(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    guint8 bytes[SECRET_SIZE] = {7};
    g_autoptr(Secret) names = secret_new_copy(bytes);
    g_autoptr(Secret) others = secret_new_random(&self->world.env);
    Hash hash = sha256("a", 1);
    char one[BLOB_NAME_SIZE], two[BLOB_NAME_SIZE];
    blob_name(one, names, "ab", &hash);
    /* Python: hmac.new(b"\x07" + bytes(31), b"ab\x00" + sha256(b"a"), "sha256") */
    g_assert_cmpstr(one, ==, "9475c7b5afc02fe9dad53af61222d36b59e565e91d82daa28542aaf08df1847b");
    blob_name(two, names, "abc", &hash);
    g_assert_cmpstr(one, !=, two);
    blob_name(two, others, "ab", &hash);
    g_assert_cmpstr(one, !=, two);
}

static void an_upload_becomes_a_blob(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(self, ID, "ciphertext");
    assert_no_blob(self, self->name);
    must(publish(self, ID, &error), error);
    assert_blob(self, self->name, "ciphertext");
    must(publish(self, ID, &error), error); /* again, as after a crash before the commit */
    must(blobs_abort(self->blobs, ID, &error), error);
    g_assert_cmpuint(files_in(self->uploads_path), ==, 0);
    assert_blob(self, self->name, "ciphertext");
    g_assert_false(publish(self, ID, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
}

static void an_upload_grows_over_restarts(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(self, ID, "one ");
    open_store(self);
    g_autoptr(BlobUpload) upload = blobs_resume(self->blobs, ID, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(blob_upload_size(upload), ==, 4);
    append(upload, "two");
    char text[4] = "";
    must(blob_upload_read(upload, 3, text, 3, &error), error);
    g_assert_cmpstr(text, ==, " tw");
    g_assert_false(blob_upload_read(upload, 5, text, 3, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_clear_error(&error);
    g_autoptr(BlobFile) file = blobs_get_upload(self->blobs, ID, &error);
    g_autofree char *whole = read_file(file);
    g_assert_cmpstr(whole, ==, "one two");
    must(blobs_abort(self->blobs, ID, &error), error);
    must(blobs_abort(self->blobs, ID, &error), error);
    g_assert_null(blobs_resume(self->blobs, ID, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
}

static char *upload_path(Fixture *self)
{
    return g_build_filename(self->uploads_path, ID, NULL);
}

/* FALSE, and the test is marked as skipped, where this file system keeps no attributes: then nothing is ever certain. */
static gboolean marks_are_kept(Fixture *self)
{
    g_autofree char *path = upload_path(self);
    put(self, ID, "x");
    gboolean kept = getxattr(path, "user.comity.written", NULL, 0) > 0;
    if (!kept)
        g_test_skip("no extended attributes here");
    return kept;
}

static void an_upload_is_certain_while_the_system_runs(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    if (!marks_are_kept(self))
        return;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = upload_path(self);
    put(self, ID, "old");
    open_store(self);
    g_autoptr(BlobUpload) restarted = blobs_resume(self->blobs, ID, &error);
    g_assert_true(blob_upload_is_certain(restarted));
    disk_put_back(path);
    g_autoptr(BlobUpload) copy = blobs_resume(self->blobs, ID, &error);
    g_assert_no_error(error);
    g_assert_false(blob_upload_is_certain(copy));
    put(self, ID, "new");
    disk_power_cut(path);
    g_autoptr(BlobUpload) cut = blobs_resume(self->blobs, ID, &error);
    g_assert_false(blob_upload_is_certain(cut));
    removexattr(path, "user.comity.written");
    g_autoptr(BlobUpload) unmarked = blobs_resume(self->blobs, ID, &error);
    g_assert_false(blob_upload_is_certain(unmarked));
}

static void an_upload_beside_takes_the_place_as_one_step(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(self, ID, "old");
    g_autoptr(BlobUpload) beside = blobs_create_beside(self->blobs, ID, 3, &error);
    append(beside, "new");
    g_autoptr(BlobUpload) still = blobs_resume(self->blobs, ID, &error); /* killed before it took the place */
    g_assert_cmpuint(blob_upload_size(still), ==, 3);
    g_assert_cmpuint(files_in(self->uploads_path), ==, 1);
    g_clear_pointer(&beside, blob_upload_close);
    beside = blobs_create_beside(self->blobs, ID, 3, &error);
    append(beside, "newer");
    guint64 durable = 0;
    must(blob_upload_flush(beside, &durable, &error) && blob_upload_replace(beside, &error), error);
    g_assert_cmpuint(files_in(self->uploads_path), ==, 1);
    g_autoptr(BlobUpload) now = blobs_resume(self->blobs, ID, &error);
    g_assert_cmpuint(blob_upload_size(now), ==, 5);
}

/* The file of an upload that was published is a blob's too. */
static void a_new_upload_spares_the_blob_of_the_old(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(self, ID, "evidence");
    must(publish(self, ID, &error), error);
    put(self, ID, "x");
    assert_blob(self, self->name, "evidence");
}

static void a_blob_that_nobody_recorded_gives_way(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(self, "a", "under a key that was lost");
    must(publish(self, "a", &error), error);
    g_autoptr(BlobFile) open = blobs_get(self->blobs, self->name, &error);
    put(self, "b", "under the key that is recorded");
    must(publish(self, "b", &error), error);
    assert_blob(self, self->name, "under the key that is recorded");
    g_autofree char *kept = read_file(open); /* whoever had it open reads on */
    g_assert_cmpstr(kept, ==, "under a key that was lost");
}

static void names_from_outside_go_nowhere(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const ids[] = {"", "../blobs/x", "a.b", "a/b",
                                      "0123456789012345678901234567890123456789012345678901234567890123x"};
    static const char *const names[] = {"", "..", "../../etc/passwd", "ABCDEF"};
    g_autoptr(GError) error = NULL;
    for (guint n = 0; n < G_N_ELEMENTS(ids); n++) {
        g_assert_null(blobs_create(self->blobs, ids[n], -1, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_clear_error(&error);
        g_assert_false(blobs_abort(self->blobs, ids[n], &error));
        g_clear_error(&error);
    }
    put(self, ID, "x");
    for (guint n = 0; n < G_N_ELEMENTS(names); n++) {
        g_assert_false(blobs_publish(self->blobs, ID, names[n], &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_clear_error(&error);
        g_assert_null(blobs_get(self->blobs, names[n], &error));
        g_clear_error(&error);
        g_assert_false(blobs_remove(self->blobs, names[n], &error));
        g_clear_error(&error);
    }
}

typedef struct {
    GString *seen;
    gint64 age;
} Seen;

static gboolean note(gpointer data, const char *name, guint64 size, gint64 age_s, GError **error G_GNUC_UNUSED)
{
    Seen *seen = data;
    g_string_append_printf(seen->seen, "%.6s:%" G_GUINT64_FORMAT " ", name, size);
    seen->age = age_s;
    return TRUE;
}

static gboolean remove_each(gpointer data, const char *name, guint64 size G_GNUC_UNUSED, gint64 age_s G_GNUC_UNUSED,
                            GError **error)
{
    Fixture *self = data;
    return strlen(name) == 64 ? blobs_remove(self->blobs, name, error) : blobs_abort(self->blobs, name, error);
}

static void everything_is_listed_for_the_sweep(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(self, "a", "12345");
    must(publish(self, "a", &error), error);
    put(self, "b", "123");
    g_autoptr(BlobUpload) beside G_GNUC_UNUSED = blobs_create_beside(self->blobs, "b", -1, &error);
    self->world.now = g_get_real_time() / 1000 + 3600 * 1000;
    Seen blobs = {.seen = g_string_new(NULL)}, uploads = {.seen = g_string_new(NULL)};
    must(blobs_each(self->blobs, note, &blobs, &error), error);
    must(blobs_each_upload(self->blobs, note, &uploads, &error), error);
    g_autofree char *expected = g_strdup_printf("%.6s:5 ", self->name);
    g_assert_cmpstr(blobs.seen->str, ==, expected);
    g_assert_cmpint(blobs.age, >=, 3599);
    g_assert_cmpstr(uploads.seen->str, ==, "a:5 b:3 ");
    must(blobs_each(self->blobs, remove_each, self, &error), error);
    must(blobs_each_upload(self->blobs, remove_each, self, &error), error);
    assert_no_blob(self, self->name);
    g_assert_cmpuint(files_in(self->uploads_path), ==, 0);
    g_string_free(blobs.seen, TRUE);
    g_string_free(uploads.seen, TRUE);
}

/* ---- faults ---- */

static void names_are_durable_once_they_were_synced(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(self, ID, "x");
    must(blobs_publish(self->blobs, ID, self->name, &error), error);
    self->world.fail_sync = self->world.syncs + 1;
    g_assert_false(blobs_sync_names(self->blobs, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
    g_clear_error(&error);
    guint before = self->world.syncs;
    must(blobs_sync_names(self->blobs, &error), error);
    g_assert_cmpuint(self->world.syncs - before, ==, 2); /* the folder of two digits, and the one that it is new in */
    must(blobs_sync_names(self->blobs, &error), error);
    g_assert_cmpuint(self->world.syncs - before, ==, 2);
}

/* A store deep in a data directory that is new: each folder's name is synced in the one above it. */
static void folders_are_durable_before_anything_lies_in_them(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *blobs = g_build_filename(self->folder, "exports", "done", NULL);
    g_autofree char *uploads = g_build_filename(self->folder, "exports", "packages", NULL);
    guint before = self->world.syncs;
    g_autoptr(Blobs) store G_GNUC_UNUSED = blobs_open_dir(&self->world.env, blobs, uploads, RESERVE, &error);
    g_assert_no_error(error);
    g_assert_nonnull(store);
    g_assert_cmpuint(self->world.syncs - before, ==, 3); /* exports, done, packages */
    g_assert_cmpint(g_rmdir(blobs), ==, 0);
    g_assert_true(g_file_set_contents(blobs, "", 0, NULL));
    g_assert_null(blobs_open_dir(&self->world.env, blobs, uploads, RESERVE, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
}

/* The system tells of a failed write-back once: a second sync that succeeds proves nothing. */
static void after_a_failed_sync_nothing_is_built_on(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BlobUpload) upload = blobs_create(self->blobs, ID, -1, &error);
    append(upload, "perhaps");
    guint64 durable = 0;
    self->world.fail_sync = self->world.syncs + 1;
    for (guint n = 0; n < 2; n++) {
        g_assert_false(blob_upload_flush(upload, &durable, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
        g_clear_error(&error);
    }
    g_autoptr(BlobUpload) again = blobs_resume(self->blobs, ID, &error);
    g_assert_no_error(error);
    g_assert_false(blob_upload_is_certain(again));
}

static void a_disk_without_room_is_told_before_the_first_byte(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(blobs_check_room(self->blobs, G_MAXINT64, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FULL);
    g_clear_error(&error);
    g_assert_null(blobs_create(self->blobs, ID, G_MAXINT64 / 2, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FULL);
    g_clear_error(&error);
    g_assert_cmpuint(files_in(self->uploads_path), ==, 0);
    must(blobs_check_room(self->blobs, 1, &error), error);
}

static void a_disk_that_fills_up_keeps_what_it_had(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    struct rlimit before, small;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    small = before;
    small.rlim_cur = 10000;
    g_autofree char *bytes = g_strnfill(6000, 'x');
    g_autoptr(GError) error = NULL;
    g_autoptr(BlobUpload) upload = blobs_create(self->blobs, ID, -1, &error);
    append(upload, bytes);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    g_assert_false(blob_upload_append(upload, bytes, 6000, &error));
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FULL);
    g_clear_error(&error);
    g_assert_cmpuint(blob_upload_size(upload), ==, 10000); /* what was written counts */
    g_autoptr(BlobUpload) again = blobs_resume(self->blobs, ID, &error);
    g_assert_cmpuint(blob_upload_size(again), ==, 10000);
}

#define CASE(name) g_test_add("/blobs/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGXFSZ, SIG_IGN);
    CASE(a_name_tells_nothing_but_is_always_the_same);
    CASE(an_upload_becomes_a_blob);
    CASE(an_upload_grows_over_restarts);
    CASE(an_upload_is_certain_while_the_system_runs);
    CASE(an_upload_beside_takes_the_place_as_one_step);
    CASE(a_new_upload_spares_the_blob_of_the_old);
    CASE(a_blob_that_nobody_recorded_gives_way);
    CASE(names_from_outside_go_nowhere);
    CASE(everything_is_listed_for_the_sweep);
    CASE(folders_are_durable_before_anything_lies_in_them);
    CASE(names_are_durable_once_they_were_synced);
    CASE(after_a_failed_sync_nothing_is_built_on);
    CASE(a_disk_without_room_is_told_before_the_first_byte);
    CASE(a_disk_that_fills_up_keeps_what_it_had);
    return g_test_run();
}
