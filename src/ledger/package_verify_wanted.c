/* ledger/package_verify_wanted.c: which roots and leaves of a feed will be asked about.
 *
 * Idea: names of files, package.json and cards say beforehand at which sizes a root will be compared and which records
 * have proofs. So the records are read once, and neither their hashes nor their tree has to be kept. */
#include "ledger/package_check.h"

static gint by_at(gconstpointer a, gconstpointer b)
{
    guint64 left = ((const CheckWanted *)a)->at, right = ((const CheckWanted *)b)->at;
    return left < right ? -1 : left > right;
}

static void want(GArray *array, guint64 at)
{
    CheckWanted wanted = {.at = at};
    g_array_append_val(array, wanted);
}

/* Each once, in order, so that the reading can go along. */
static void settle_wanted(GArray *array)
{
    guint kept = 0;
    g_array_sort(array, by_at);
    for (guint i = 0; i < array->len; i++) {
        CheckWanted *all = (CheckWanted *)(gpointer)array->data;
        if (kept == 0 || all[kept - 1].at != all[i].at)
            all[kept++] = all[i];
    }
    g_array_set_size(array, kept);
}

void check_want(PackageCheck *check, CheckFeed *feed)
{
    guint first = 0;
    g_autofree char *folder = g_strdup_printf("data/feeds/%u/", feed->number);
    guint end = check_files_below(check, folder, &first);
    for (guint i = first; i < end; i++) {
        const PackageName *what = &g_array_index(check->files, CheckFile, i).what;
        if (what->kind == PACKAGE_CHECKPOINT && what->number > 0)
            want(feed->roots, what->number);
        else if (what->kind == PACKAGE_PROOF)
            want(feed->leaves, what->number);
    }
    const PackageContents *contents = check->report->contents;
    for (guint i = 0; contents && i < contents->exports->len; i++) {
        const PackageExport *made = &g_array_index(contents->exports, PackageExport, i);
        if (made->feed == feed->number)
            want(feed->leaves, made->seq);
    }
    const CardCutoff *cutoff = card_cutoff(feed->node->card, feed->info->lane, feed->info->epoch);
    if (cutoff && cutoff->size > 0)
        want(feed->roots, cutoff->size);
    settle_wanted(feed->roots);
    settle_wanted(feed->leaves);
}

static const Hash *found(const GArray *array, guint64 at, guint64 below)
{
    guint place = 0;
    CheckWanted key = {.at = at};
    return at < below && g_array_binary_search((GArray *)array, &key, by_at, &place)
               ? &g_array_index(array, CheckWanted, place).hash
               : NULL;
}

const Hash *check_root_at(const CheckFeed *feed, guint64 size)
{
    return size == 0 ? NULL : found(feed->roots, size, feed->size + 1);
}

const Hash *check_leaf_at(const CheckFeed *feed, guint64 seq)
{
    return found(feed->leaves, seq, feed->size);
}
