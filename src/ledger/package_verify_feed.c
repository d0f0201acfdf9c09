/* ledger/package_verify_feed.c: which feeds the package has, and what each says it is. */
#include "ledger/package_check.h"
#include <string.h>

static void checkpoint_clear(gpointer item)
{
    g_free(((CheckCheckpoint *)item)->text);
}

void check_feed_free(gpointer item)
{
    CheckFeed *self = item;
    package_feed_info_free(self->info);
    g_array_unref(self->checkpoints);
    g_array_unref(self->leaves);
    g_array_unref(self->roots);
    g_array_unref(self->blobs);
    g_array_unref(self->bodies);
    g_free(self);
}

/* ---- which feeds are here ---- */

static void damage(PackageCheck *self, const CheckFeed *feed, const char *code, const char *file, const char *why)
{
    check_damage(self, PHASE_FEEDS, code, file, PLACE_NONE, feed->number, PLACE_NONE, PLACE_NONE, why);
}

/* A file that every feed has. NULL where it is missing: named. */
static const CheckFile *need(PackageCheck *self, const CheckFeed *feed, PackageKind kind)
{
    g_autofree char *name = package_feed_name(kind, feed->number, 0);
    const CheckFile *file = check_file(self, name);
    if (!file)
        damage(self, feed, "feed.missing", name, "is missing");
    return file;
}

static gboolean take_info(PackageCheck *self, CheckFeed *feed, const CheckFile *file)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *bytes = check_bytes(self, file, &length);
    feed->info = package_feed_info_parse(bytes, length, &error);
    if (!feed->info) {
        g_autofree char *why = g_strdup_printf("does not say which feed this is: %s", error->message);
        damage(self, feed, "feed.malformed", file->name, why);
        return FALSE;
    }
    const CheckFeed *before = self->feeds->len > 0 ? g_ptr_array_index(self->feeds, self->feeds->len - 1) : NULL;
    if (before && package_feed_compare(before->info, feed->info) >= 0) {
        damage(self, feed, "feed.order", file->name, "names a feed that stands in another place than it must");
        return FALSE;
    }
    feed->node = check_node(self, feed->info->node);
    if (!feed->node) {
        damage(self, feed, "card.missing", file->name, "names a node whose card is not here");
        return FALSE;
    }
    feed->node->writes = TRUE;
    return TRUE;
}

static CheckFeed *take_feed(PackageCheck *self, guint32 number)
{
    CheckFeed *feed = g_new0(CheckFeed, 1);
    feed->number = number;
    feed->checkpoints = g_array_new(FALSE, TRUE, sizeof(CheckCheckpoint));
    g_array_set_clear_func(feed->checkpoints, checkpoint_clear);
    feed->leaves = g_array_new(FALSE, TRUE, sizeof(CheckWanted));
    feed->roots = g_array_new(FALSE, TRUE, sizeof(CheckWanted));
    feed->blobs = g_array_new(FALSE, FALSE, sizeof(CheckBlobUse));
    feed->bodies = g_array_new(FALSE, TRUE, sizeof(guint8));
    const CheckFile *info = need(self, feed, PACKAGE_FEED);
    feed->headers = need(self, feed, PACKAGE_HEADERS);
    feed->acts = need(self, feed, PACKAGE_ACTS);
    feed->confirmations = need(self, feed, PACKAGE_CONFIRMATIONS);
    if (info && feed->headers && feed->acts && feed->confirmations && take_info(self, feed, info))
        return feed;
    check_feed_free(feed);
    return NULL;
}

/* The greatest feed number in any file's name. */
static guint32 feed_count(const PackageCheck *self)
{
    guint32 most = 0;
    for (guint i = 0; i < self->files->len; i++)
        most = MAX(most, g_array_index(self->files, CheckFile, i).what.feed);
    return most;
}

static guint32 feeds_present(PackageCheck *self)
{
    guint32 count = feed_count(self);
    for (guint32 number = 1; number <= count; number++) {
        guint first = 0;
        g_autofree char *folder = g_strdup_printf("data/feeds/%u/", number);
        if (check_files_below(self, folder, &first) > first)
            continue;
        check_damage_file(self, PHASE_FEEDS, "feed.missing", folder, "is missing: feeds are numbered from 1 on");
        return number - 1;
    }
    if (count == 0)
        check_damage_file(self, PHASE_FEEDS, "feed.missing", "data/feeds/1/", "is missing: the package has no records");
    return count;
}

gboolean check_feeds(PackageCheck *self, GError **error)
{
    guint32 count = feeds_present(self);
    for (guint32 number = 1; number <= count; number++) {
        CheckFeed *feed = take_feed(self, number);
        if (!feed)
            continue;
        g_ptr_array_add(self->feeds, feed);
        feed->lane = check_lane_of(self, feed, error);
        if (!feed->lane)
            return FALSE;
        g_ptr_array_add(feed->lane->feeds, feed);
        if (!g_str_equal(feed->lane->space, feed->info->space))
            damage(self, feed, "feed.malformed", feed->headers->name, "names another space than the rest of its lane");
        if (!check_records(self, feed, error))
            return FALSE;
        check_checkpoints(self, feed);
        feed->lane->sound = feed->lane->sound && feed->sound;
    }
    return TRUE;
}
