/* ledger/package_verify_blobs.c: do the files that acts name and the files in data/blobs/ agree? */
#include "ledger/package_check.h"

static const PackageLeftOut *left_out(const PackageCheck *self, const Hash *sha256)
{
    const PackageContents *contents = self->report->contents;
    for (guint i = 0; contents && i < contents->left_out->len; i++) {
        const PackageLeftOut *item = &g_array_index(contents->left_out, PackageLeftOut, i);
        if (hash_equal(&item->sha256, sha256))
            return item;
    }
    return NULL;
}

static void damage(PackageCheck *self, const CheckFeed *feed, guint64 seq, const char *code, const char *file,
                   const char *why)
{
    check_damage(self, PHASE_COMPLETE, code, file, PLACE_NONE, feed->number, seq, PLACE_NONE, why);
}

static void check_use(PackageCheck *self, const CheckFeed *feed, const CheckBlobUse *use)
{
    PackageName name = {.kind = PACKAGE_BLOB, .sha256 = use->sha256};
    g_autofree char *path = package_name_text(&name);
    const CheckFile *file = check_file(self, path);
    if (!file && !left_out(self, &use->sha256))
        damage(self, feed, use->seq, "complete.blob", path, "is missing: an act that is here names this file");
    else if (file && use->size >= 0 && (guint64)use->size != file->entry->size)
        damage(self, feed, use->seq, "blob.size", path, "has another length than the act that names it says");
}

/* Names by which acts call blobs: those of valid acts must be here, those of any act may be. */
static GHashTable *check_uses(PackageCheck *self)
{
    GHashTable *named = g_hash_table_new(hash_table_hash, hash_table_equal);
    for (guint i = 0; i < self->feeds->len; i++) {
        const CheckFeed *feed = g_ptr_array_index(self->feeds, i);
        for (guint k = 0; k < feed->blobs->len; k++) {
            CheckBlobUse *use = &g_array_index(feed->blobs, CheckBlobUse, k);
            gboolean valid = (g_array_index(feed->bodies, guint8, use->seq) & CHECK_VALID) != 0;
            g_hash_table_add(named, &use->sha256);
            if (valid)
                check_use(self, feed, use);
        }
    }
    return named;
}

static void check_unnamed(PackageCheck *self, GHashTable *named)
{
    guint first = 0, end = check_files_below(self, "data/blobs/", &first);
    for (guint i = first; i < end; i++) {
        const CheckFile *file = &g_array_index(self->files, CheckFile, i);
        if (!g_hash_table_contains(named, &file->what.sha256))
            check_damage_file(self, PHASE_COMPLETE, "blob.unnamed", file->name, "is a file that no act here names");
        else if (left_out(self, &file->what.sha256))
            check_damage_file(self, PHASE_COMPLETE, "blob.left_out", file->name,
                              "is here, and package.json says that it was left out");
    }
}

static gboolean all_sound(const PackageCheck *self)
{
    for (guint i = 0; i < self->lanes->len; i++)
        if (!((const CheckLane *)g_ptr_array_index(self->lanes, i))->sound)
            return FALSE;
    return TRUE;
}

void check_blobs(PackageCheck *self)
{
    if (!all_sound(self))
        return; /* the damage is named already; what acts say can't be relied on */
    g_autoptr(GHashTable) named = check_uses(self);
    check_unnamed(self, named);
}
