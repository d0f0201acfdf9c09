/* store/highwater.c: see highwater.h.
 *
 * The file: one slot of 128 bytes for the head, then for each feed two slots, one after the other. A slot of a feed:
 *   0   8  number of this writing, little-endian, from 1; the greater of the two copies counts
 *   8   8  size, little-endian
 *  16  32  origin: SHA-256 of the log origin
 *  48  32  root
 *  80  16  zero
 *  96  32  SHA-256 of the 96 bytes before
 * A slot of zeros was never written. Slots never cross a sector, so a power cut spoils at most what is being written.
 */
#include "store/highwater.h"
#include "base/error.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#define SLOT 128
#define CHECKED 96 /* bytes under the checksum */
#define FEEDS_MAX (1 << 20)

static const char head_text[] = "comity/highwater/v1\n";

typedef struct {
    HighWaterMark mark;
    guint64 number; /* of the newest writing */
    guint place;    /* of the feed: slots 1 + 2 * place and the one after */
    guint copy;     /* which of them holds @number */
    gboolean dirty;
} Feed;

struct HighWater {
    const Env *env;
    char *path;
    FileDescriptor fd;
    gboolean was_absent;
    GHashTable *feeds; /* &mark.origin -> Feed */
    GPtrArray *dirty;  /* of Feed, borrowed */
    GPtrArray *damages;
    guint places; /* feeds that the file has room for */
};

static goffset offset_of(guint place, guint copy)
{
    return (goffset)SLOT * (1 + 2 * (goffset)place + copy);
}

/* ---- slots ---- */

static void write_slot(const Feed *feed, guint8 out[SLOT])
{
    guint64 number = GUINT64_TO_LE(feed->number), size = GUINT64_TO_LE(feed->mark.size);
    memset(out, 0, SLOT);
    memcpy(out, &number, 8);
    memcpy(out + 8, &size, 8);
    memcpy(out + 16, feed->mark.origin.bytes, HASH_SIZE);
    memcpy(out + 48, feed->mark.root.bytes, HASH_SIZE);
    Hash sum = sha256(out, CHECKED);
    memcpy(out + CHECKED, sum.bytes, HASH_SIZE);
}

typedef enum { SLOT_EMPTY, SLOT_WHOLE, SLOT_DAMAGED } SlotState;

static SlotState read_slot(const guint8 slot[SLOT], Feed *feed)
{
    static const guint8 never[SLOT];
    if (memcmp(slot, never, SLOT) == 0)
        return SLOT_EMPTY;
    Hash sum = sha256(slot, CHECKED);
    if (memcmp(sum.bytes, slot + CHECKED, HASH_SIZE) != 0)
        return SLOT_DAMAGED;
    guint64 number, size;
    memcpy(&number, slot, 8);
    memcpy(&size, slot + 8, 8);
    feed->number = GUINT64_FROM_LE(number);
    feed->mark.size = GUINT64_FROM_LE(size);
    memcpy(feed->mark.origin.bytes, slot + 16, HASH_SIZE);
    memcpy(feed->mark.root.bytes, slot + 48, HASH_SIZE);
    return SLOT_WHOLE;
}

static void damaged(HighWater *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void damaged(HighWater *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(self->damages, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void note_feed(HighWater *self, const Feed *found, guint place, guint copy)
{
    Feed *feed = g_memdup2(found, sizeof *found);
    feed->place = place;
    feed->copy = copy;
    if (g_hash_table_contains(self->feeds, &feed->mark.origin))
        damaged(self, "The high-water file names a feed twice, the second time at byte %" G_GOFFSET_FORMAT ".",
                offset_of(place, copy));
    g_hash_table_replace(self->feeds, &feed->mark.origin, feed);
}

/* Takes the feed at @place from its two copies (W3, W4). */
static void take_place(HighWater *self, guint place, const guint8 *slots)
{
    Feed copies[2] = {0};
    SlotState states[2];
    for (guint copy = 0; copy < 2; copy++) {
        states[copy] = read_slot(slots + copy * SLOT, &copies[copy]);
        if (states[copy] == SLOT_DAMAGED)
            damaged(self,
                    "The high-water file is damaged at byte %" G_GOFFSET_FORMAT
                    ": what one feed had reached is uncertain.",
                    offset_of(place, copy));
    }
    gboolean both = states[0] == SLOT_WHOLE && states[1] == SLOT_WHOLE;
    guint newest = states[1] == SLOT_WHOLE && (!both || copies[1].number > copies[0].number);
    if (both && !hash_equal(&copies[0].mark.origin, &copies[1].mark.origin))
        damaged(self, "The high-water file holds two feeds in one place, at byte %" G_GOFFSET_FORMAT ".",
                offset_of(place, 0));
    if (states[newest] == SLOT_WHOLE)
        note_feed(self, &copies[newest], place, newest);
    else if (states[0] == SLOT_EMPTY && states[1] == SLOT_EMPTY)
        damaged(self, "The high-water file has a hole at byte %" G_GOFFSET_FORMAT ".", offset_of(place, 0));
}

/* ---- opening ---- */

static void head_slot(guint8 out[SLOT])
{
    memset(out, 0, SLOT);
    memcpy(out, head_text, sizeof head_text - 1);
    Hash sum = sha256(out, CHECKED);
    memcpy(out + CHECKED, sum.bytes, HASH_SIZE);
}

static gboolean make_file(HighWater *self, GError **error)
{
    guint8 head[SLOT];
    head_slot(head);
    g_autoptr(GBytes) bytes = g_bytes_new_static(head, sizeof head);
    self->was_absent = TRUE;
    return file_replace(self->env, self->path, bytes, 0600, error);
}

/* A file that ends inside a feed's two copies was cut off while the feed was added: that writing was never
 * acknowledged, and the place is used again. */
static gboolean take_all(HighWater *self, GBytes *bytes, GError **error)
{
    gsize length = 0;
    const guint8 *at = g_bytes_get_data(bytes, &length);
    guint8 head[SLOT];
    head_slot(head);
    if (length < SLOT || memcmp(at, head, SLOT) != 0) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "“%s” is no high-water file, or its head is damaged. Move it away and start the node again: it "
                    "then goes on "
                    "in a new epoch.",
                    self->path);
        return FALSE;
    }
    for (gsize from = SLOT; from + 2 * SLOT <= length; from += 2 * SLOT)
        take_place(self, self->places++, at + from);
    return TRUE;
}

static gboolean open_file(HighWater *self, GError **error)
{
    if (!g_file_test(self->path, G_FILE_TEST_EXISTS) && !make_file(self, error))
        return FALSE;
    g_autoptr(GBytes) bytes = file_read(self->path, (gsize)offset_of(FEEDS_MAX, 0), error);
    if (bytes == NULL || !take_all(self, bytes, error))
        return FALSE;
    self->fd = g_open(self->path, O_RDWR | O_CLOEXEC, 0);
    return self->fd >= 0 || error_set_errno(error, "opening “%s”", self->path);
}

HighWater *highwater_open(const Env *env, const char *path, GError **error)
{
    g_autoptr(HighWater) self = g_new0(HighWater, 1);
    self->env = env;
    self->path = g_strdup(path);
    self->fd = -1;
    self->feeds = g_hash_table_new_full(hash_table_hash, hash_table_equal, NULL, g_free);
    self->dirty = g_ptr_array_new();
    self->damages = g_ptr_array_new_with_free_func(g_free);
    return open_file(self, error) ? g_steal_pointer(&self) : NULL;
}

void highwater_close(HighWater *self)
{
    if (self == NULL)
        return;
    file_descriptor_close(&self->fd);
    g_ptr_array_unref(self->dirty);
    g_ptr_array_unref(self->damages);
    g_hash_table_unref(self->feeds);
    g_free(self->path);
    g_free(self);
}

/* ---- marks ---- */

gboolean highwater_was_absent(const HighWater *self)
{
    return self->was_absent;
}

const GPtrArray *highwater_damages(const HighWater *self)
{
    return self->damages;
}

gboolean highwater_get(const HighWater *self, const Hash *origin, HighWaterMark *out)
{
    const Feed *feed = g_hash_table_lookup(self->feeds, origin);
    if (feed != NULL)
        *out = feed->mark;
    return feed != NULL;
}

GArray *highwater_all(const HighWater *self)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(HighWaterMark));
    GHashTableIter iter;
    gpointer feed;
    g_hash_table_iter_init(&iter, self->feeds);
    while (g_hash_table_iter_next(&iter, NULL, &feed))
        g_array_append_val(all, ((Feed *)feed)->mark);
    return all;
}

static Feed *feed_of(HighWater *self, const Hash *origin)
{
    Feed *feed = g_hash_table_lookup(self->feeds, origin);
    if (feed == NULL) {
        feed = g_new0(Feed, 1);
        feed->mark.origin = *origin;
        feed->place = self->places++;
        feed->copy = 1; /* the first writing goes into the other */
        g_hash_table_insert(self->feeds, &feed->mark.origin, feed);
    }
    return feed;
}

gboolean highwater_put(HighWater *self, const HighWaterMark *mark, GError **error)
{
    const Feed *known = g_hash_table_lookup(self->feeds, &mark->origin);
    if (known != NULL && (mark->size < known->mark.size ||
                          (mark->size == known->mark.size && !hash_equal(&mark->root, &known->mark.root)))) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT,
                    "The feed had reached %" G_GUINT64_FORMAT " records; %" G_GUINT64_FORMAT
                    " would be another history. Nothing was signed.",
                    known->mark.size, mark->size);
        return FALSE;
    }
    if (known == NULL && self->places >= FEEDS_MAX) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_LIMIT,
                            "The high-water file has no place for more feeds.");
        return FALSE;
    }
    Feed *feed = feed_of(self, &mark->origin);
    feed->mark.size = mark->size;
    feed->mark.root = mark->root;
    if (!feed->dirty)
        g_ptr_array_add(self->dirty, feed);
    feed->dirty = TRUE;
    return TRUE;
}

/* Writes the older of the two copies. A new feed gets both its slots, so that the file always ends with a whole pair.
 */
static gboolean write_feed(HighWater *self, const Feed *feed, GError **error)
{
    guint8 slots[2 * SLOT] = {0};
    Feed next = *feed;
    next.number = feed->number + 1;
    if (feed->number == 0) {
        write_slot(&next, slots);
        return file_pwrite_all(self->fd, slots, sizeof slots, offset_of(feed->place, 0), error);
    }
    write_slot(&next, slots);
    return file_pwrite_all(self->fd, slots, SLOT, offset_of(feed->place, 1 - feed->copy), error);
}

gboolean highwater_sync(HighWater *self, GError **error)
{
    if (self->dirty->len == 0)
        return TRUE;
    for (guint i = 0; i < self->dirty->len; i++)
        if (!write_feed(self, g_ptr_array_index(self->dirty, i), error))
            return error_prefix(error, "the high-water file");
    if (env_sync(self->env, self->fd) == -1)
        return error_set_errno(error, "syncing the high-water file “%s”", self->path);
    for (guint i = 0; i < self->dirty->len; i++) {
        Feed *feed = g_ptr_array_index(self->dirty, i);
        feed->number++;
        feed->copy = 1 - feed->copy;
        feed->dirty = FALSE;
    }
    g_ptr_array_set_size(self->dirty, 0);
    return TRUE;
}
