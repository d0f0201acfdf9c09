/* tests/unit/file.c: after a replacement there is the old file or the new one, whatever broke in between; and errors
 * say what was being done. */
#include "base/file.h"
#include "base/error.h"
#include "support/world.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    World world;
    char *folder;
    char *path; /* of one file in it */
} Fixture;

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = g_dir_make_tmp("comity-file-XXXXXX", NULL);
    self->path = g_build_filename(self->folder, "keyring", NULL);
}

/* How many files the folder holds; all are removed if @clear. */
static guint count_files(const char *folder, gboolean clear)
{
    g_autoptr(GDir) open = g_dir_open(folder, 0, NULL);
    guint count = 0;
    for (const char *name = g_dir_read_name(open); name != NULL; name = g_dir_read_name(open), count++) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (clear)
            g_remove(path);
    }
    return count;
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    count_files(self->folder, TRUE);
    g_rmdir(self->folder);
    g_free(self->folder);
    g_free(self->path);
}

static void assert_holds(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = file_read(path, 100, &error);
    g_assert_no_error(error);
    g_autofree char *found = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_assert_cmpstr(found, ==, text);
}

static gboolean replace(Fixture *self, const char *text, mode_t mode, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return file_replace(&self->world.env, self->path, bytes, mode, error);
}

static void a_file_is_replaced_whole(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(replace(self, "old", 0600, &error));
    g_assert_true(replace(self, "new", 0640, &error));
    g_assert_no_error(error);
    assert_holds(self->path, "new");
    struct stat about;
    g_assert_cmpint(g_stat(self->path, &about), ==, 0);
    g_assert_cmpuint(about.st_mode & 07777, ==, 0640);
    g_assert_cmpuint(count_files(self->folder, FALSE), ==, 1);
    g_assert_cmpuint(self->world.syncs, ==, 4); /* each time the file, then the folder */
}

/* The first sync is the file's: nothing has its name yet. The second is the folder's: the new file stands, but its name
 * might not survive, so the caller hears of it. */
static void a_failing_disk_leaves_one_of_the_two(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const stands[] = {"old", "new"};
    for (guint n = 0; n < 2; n++) {
        g_autoptr(GError) error = NULL;
        self->world.fail_sync = 0;
        g_assert_true(replace(self, "old", 0600, &error));
        self->world.fail_sync = self->world.syncs + 1 + n;
        g_assert_false(replace(self, "new", 0600, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
        assert_holds(self->path, stands[n]);
        g_assert_cmpuint(count_files(self->folder, FALSE), ==, 1); /* no temporary file is left behind */
    }
}

static void a_missing_folder_is_named(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(self->folder, "absent", "file", NULL);
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    g_assert_false(file_replace(&self->world.env, path, bytes, 0600, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, path));
}

static void reading_stops_at_the_limit(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(replace(self, "12345", 0600, &error));
    g_autoptr(GBytes) whole = file_read(self->path, 5, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(whole), ==, 5);
    g_assert_null(file_read(self->path, 4, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_LIMIT);
    g_clear_error(&error);
    g_autofree char *absent = g_build_filename(self->folder, "absent", NULL);
    g_assert_null(file_read(absent, 4, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autoptr(GBytes) told_empty = file_read("/proc/self/stat", 1 << 16, &error); /* its size is told as 0 */
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(told_empty), >, 0);
}

static void a_large_file_comes_whole(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    gsize size = 3 * 1024 * 1024 + 17;
    g_autofree guint8 *bytes = g_malloc(size);
    for (gsize n = 0; n < size; n++)
        bytes[n] = (guint8)(n * 31 + n / 4096);
    g_autoptr(GBytes) written = g_bytes_new_static(bytes, size);
    g_assert_true(file_replace(&self->world.env, self->path, written, 0600, &error));
    g_autoptr(GBytes) read = file_read(self->path, size, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(read, written));
}

static void bytes_at_a_place(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_auto(FileDescriptor) fd = g_open(self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    g_assert_true(file_write_all(fd, "0123456789", 10, &error));
    g_assert_true(file_pwrite_all(fd, "ab", 2, 4, &error));
    char read[20];
    g_assert_cmpint(file_pread(fd, read, 4, 3, &error), ==, 4);
    g_assert_true(memcmp(read, "3ab6", 4) == 0);
    g_assert_cmpint(file_pread(fd, read, sizeof read, 8, &error), ==, 2); /* the end */
    g_assert_cmpint(file_pread(fd, read, sizeof read, 10, &error), ==, 0);
    g_assert_no_error(error);
    g_assert_cmpint(file_pread(-1, read, 1, 0, &error), ==, -1);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
}

static void a_full_disk_is_told_apart(void)
{
    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
        g_test_skip("no /dev/full here");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_auto(FileDescriptor) fd = g_open("/dev/full", O_WRONLY | O_CLOEXEC, 0);
    g_assert_false(file_write_all(fd, "x", 1, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FULL);
}

static void one_process_holds_the_lock(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    FileDescriptor first = file_lock(self->path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(first, >=, 0);
    g_assert_cmpint(file_lock(self->path, &error), ==, -1);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_BUSY);
    g_clear_error(&error);
    g_assert_cmpint(fcntl(first, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC); /* F2 */
    file_descriptor_close(&first);
    g_assert_cmpint(first, ==, -1);
    g_auto(FileDescriptor) second G_GNUC_UNUSED = file_lock(self->path, &error);
    g_assert_no_error(error);
}

static void folders_are_made_with_their_parents(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = g_build_filename(self->folder, "a", NULL);
    g_autofree char *child = g_build_filename(parent, "b", NULL);
    g_assert_true(file_make_folder(child, 0700, &error));
    g_assert_true(file_make_folder(child, 0700, &error)); /* there already */
    g_assert_true(file_sync_folder(env_system(), child, &error));
    g_assert_no_error(error);
    g_assert_true(replace(self, "x", 0600, NULL));
    g_assert_false(file_make_folder(self->path, 0700, &error)); /* a file is in the way */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
    g_rmdir(child);
    g_rmdir(parent);
}

static void an_error_carries_code_pointer_and_what_was_done(void)
{
    g_autoptr(GError) error = NULL;
    error_set(&error, COMITY_ERROR_INVALID, "exhibit.name", "/files/0/name", "a name has at most %d characters", 200);
    g_assert_false(error_prefix(&error, "taking in “%s”", "a.bin"));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, "taking in “a.bin”: a name has at most 200 characters");
    g_assert_cmpstr(error_code(error), ==, "exhibit.name");
    g_assert_cmpstr(error_pointer(error), ==, "/files/0/name");
    g_autoptr(GError) copy = g_error_copy(error);
    g_assert_cmpstr(error_pointer(copy), ==, "/files/0/name");

    g_autoptr(GError) foreign = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "not ours");
    g_assert_cmpstr(error_code(foreign), ==, "");
    g_assert_cmpstr(error_pointer(foreign), ==, "");

    g_clear_error(&error);
    errno = ENOENT;
    g_assert_false(error_set_errno(&error, "opening “%s”", "x"));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_assert_cmpstr(error_code(error), ==, "");
    g_assert_false(error_prefix(NULL, "nobody listens"));
    error_set(NULL, COMITY_ERROR_INVALID, "", "", "nobody listens");
}

static void the_real_world(void)
{
    const Env *env = env_system();
    g_assert_cmpint(ABS(env_now_ms(env) - g_get_real_time() / 1000), <, 60000);
    g_assert_cmpint(env->monotonic_us(env->data), <=, g_get_monotonic_time());
    guint8 a[64] = {0}, b[64] = {0};
    env_random(env, a, sizeof a);
    env_random(env, b, sizeof b);
    g_assert_true(memcmp(a, b, sizeof a) != 0);
    g_assert_cmpint(env_sync(env, -1), ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)
    ADD("/file/replace", a_file_is_replaced_whole);
    ADD("/file/replace/failing-disk", a_failing_disk_leaves_one_of_the_two);
    ADD("/file/replace/no-folder", a_missing_folder_is_named);
    ADD("/file/read/limit", reading_stops_at_the_limit);
    ADD("/file/read/large", a_large_file_comes_whole);
    ADD("/file/at", bytes_at_a_place);
    ADD("/file/lock", one_process_holds_the_lock);
    ADD("/file/folder", folders_are_made_with_their_parents);
    g_test_add_func("/file/full", a_full_disk_is_told_apart);
    g_test_add_func("/error", an_error_carries_code_pointer_and_what_was_done);
    g_test_add_func("/env", the_real_world);
    return g_test_run();
}
