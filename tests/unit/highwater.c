/* tests/unit/highwater.c: what a feed had reached is never forgotten by a crash, and never taken on trust when damaged.
 */
#include "store/highwater.h"
#include "base/error.h"
#include "support/disk.h"
#include "support/must.h"
#include "support/world.h"

typedef struct {
    World world;
    char *folder, *path;
    HighWater *file;
} Fixture;

static void reopen(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&self->file, highwater_close);
    self->file = highwater_open(&self->world.env, self->path, &error);
    g_assert_no_error(error);
}

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = disk_new();
    self->path = g_build_filename(self->folder, "highwater", NULL);
    reopen(self);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    highwater_close(self->file);
    g_free(self->path);
    disk_remove(self->folder);
}

static HighWaterMark mark_of(guint feed, guint64 size)
{
    HighWaterMark mark = {.origin = sha256(&feed, sizeof feed), .size = size, .root = sha256(&size, sizeof size)};
    return mark;
}

static void reach(Fixture *self, guint feed, guint64 size)
{
    g_autoptr(GError) error = NULL;
    HighWaterMark mark = mark_of(feed, size);
    gboolean done = highwater_put(self->file, &mark, &error) && highwater_sync(self->file, &error);
    must(done, error);
}

/* The size that @feed had reached; 0: unknown. */
static guint64 reached(Fixture *self, guint feed)
{
    HighWaterMark mark = mark_of(feed, 0);
    if (!highwater_get(self->file, &mark.origin, &mark))
        return 0;
    Hash root = sha256(&mark.size, sizeof mark.size);
    g_assert_true(hash_equal(&mark.root, &root));
    return mark.size;
}

static void marks_stand_after_a_restart(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_true(highwater_was_absent(self->file));
    for (guint64 size = 1; size <= 5; size++)
        reach(self, 1, size);
    reach(self, 2, 70);
    reach(self, 3, G_MAXINT64);
    reopen(self);
    g_assert_false(highwater_was_absent(self->file));
    g_assert_cmpuint(highwater_damages(self->file)->len, ==, 0);
    g_assert_cmpuint(reached(self, 1), ==, 5);
    g_assert_cmpuint(reached(self, 2), ==, 70);
    g_assert_cmpuint(reached(self, 3), ==, G_MAXINT64);
    g_assert_cmpuint(reached(self, 4), ==, 0);
    g_autoptr(GArray) all = highwater_all(self->file);
    g_assert_cmpuint(all->len, ==, 3);
    g_assert_cmpint(disk_size(self->path), ==, 128 + 3 * 256);
}

static void a_mark_only_grows(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    reach(self, 1, 5);
    HighWaterMark lower = mark_of(1, 4), other = mark_of(1, 5), same = mark_of(1, 5);
    other.root.bytes[0] ^= 1;
    g_assert_false(highwater_put(self->file, &lower, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(highwater_put(self->file, &other, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_clear_error(&error);
    must(highwater_put(self->file, &same, &error), error);
}

static void a_batch_is_one_sync(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    guint before = self->world.syncs;
    for (guint feed = 0; feed < 64; feed++) {
        for (guint64 size = 1; size <= 3; size++) {
            HighWaterMark mark = mark_of(feed, size);
            must(highwater_put(self->file, &mark, &error), error);
        }
    }
    must(highwater_sync(self->file, &error), error);
    must(highwater_sync(self->file, &error), error);
    g_assert_cmpuint(self->world.syncs - before, ==, 1);
    reopen(self);
    g_assert_cmpuint(reached(self, 63), ==, 3);
}

static void a_failed_sync_can_be_tried_again(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    reach(self, 1, 5);
    HighWaterMark mark = mark_of(1, 6);
    must(highwater_put(self->file, &mark, &error), error);
    self->world.fail_sync = self->world.syncs + 1;
    g_assert_false(highwater_sync(self->file, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
    g_clear_error(&error);
    must(highwater_sync(self->file, &error), error);
    reopen(self);
    g_assert_cmpuint(reached(self, 1), ==, 6);
}

/* A write that a power cut tore, at every length: the mark before it stands. */
static void a_torn_write_spares_the_mark_before_it(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    reach(self, 1, 5);
    reach(self, 1, 6);
    gsize length = 0;
    g_autofree char *before = folder_read(self->path, &length);
    reach(self, 1, 7);
    g_autofree char *after = folder_read(self->path, &length);
    for (gsize torn = 0; torn <= length; torn++) {
        g_autofree char *mixed = g_memdup2(after, length);
        memcpy(mixed + torn, before + torn, length - torn);
        g_assert_true(g_file_set_contents(self->path, mixed, (gssize)length, NULL));
        reopen(self);
        guint64 size = reached(self, 1);
        g_assert_true(size == 6 || size == 7);
        gboolean changed = memcmp(mixed, before, length) != 0 && memcmp(mixed, after, length) != 0;
        g_assert_true(changed == (highwater_damages(self->file)->len > 0));
        reach(self, 1, 8); /* and writing it again mends it */
        reopen(self);
        g_assert_cmpuint(reached(self, 1), ==, 8);
        g_assert_cmpuint(highwater_damages(self->file)->len, ==, 0);
    }
}

/* Cut off at every length: while a feed was added, or by a hand. What is left stands. */
static void a_file_cut_short_keeps_what_is_left(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    for (guint feed = 1; feed <= 3; feed++)
        reach(self, feed, feed);
    gsize length = 0;
    g_autofree char *whole = folder_read(self->path, &length);
    for (gsize cut = 128; cut <= length; cut += 8) {
        g_assert_true(g_file_set_contents(self->path, whole, (gssize)cut, NULL));
        reopen(self);
        for (guint feed = 1; feed <= 3; feed++)
            g_assert_cmpuint(reached(self, feed), ==, cut >= 128 + feed * 256 ? feed : 0);
        reach(self, 4, 4);
        reopen(self);
        g_assert_cmpuint(reached(self, 4), ==, 4);
    }
}

static void each_flipped_bit_is_found_and_named(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    reach(self, 1, 5);
    reach(self, 2, 6);
    reach(self, 2, 7);
    goffset size = disk_size(self->path);
    for (goffset byte = 0; byte < size; byte++) {
        guint bit = (guint)byte % 8;
        g_clear_pointer(&self->file, highwater_close);
        disk_flip(self->path, byte, bit);
        g_autoptr(GError) error = NULL;
        self->file = highwater_open(&self->world.env, self->path, &error);
        if (byte < 128) {
            g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
        } else {
            const GPtrArray *damages = highwater_damages(self->file);
            g_assert_cmpuint(damages->len, >=, 1);
            g_autofree char *place = g_strdup_printf("byte %" G_GOFFSET_FORMAT, byte / 128 * 128);
            g_assert_nonnull(strstr(g_ptr_array_index(damages, 0), place));
        }
        g_clear_pointer(&self->file, highwater_close);
        disk_flip(self->path, byte, bit);
    }
    reopen(self);
    g_assert_cmpuint(reached(self, 2), ==, 7);
}

#define CASE(name) g_test_add("/highwater/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE(marks_stand_after_a_restart);
    CASE(a_mark_only_grows);
    CASE(a_batch_is_one_sync);
    CASE(a_failed_sync_can_be_tried_again);
    CASE(a_torn_write_spares_the_mark_before_it);
    CASE(a_file_cut_short_keeps_what_is_left);
    CASE(each_flipped_bit_is_found_and_named);
    return g_test_run();
}
