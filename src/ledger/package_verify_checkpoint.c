/* ledger/package_verify_checkpoint.c: a feed's checkpoints and proofs, once its records are read.
 *
 *   P1  Checkpoints are compared from the shortest on: the records between the last one that holds and the first that
 *       doesn't are where something was changed. */
#include "ledger/package_check.h"
#include <string.h>

static void damage(PackageCheck *self, const CheckFeed *feed, const char *code, const char *file, const char *why)
{
    check_damage(self, PHASE_FEEDS, code, file, PLACE_NONE, feed->number, PLACE_NONE, PLACE_NONE, why);
}

/* ---- against the records ---- */

/* P1. */
static void refuse_root(PackageCheck *self, const CheckFeed *feed, const CheckFile *file, guint64 size)
{
    const GArray *good = feed->checkpoints;
    guint64 from = good->len > 0 ? g_array_index(good, CheckCheckpoint, good->len - 1).size : 0;
    g_autofree char *why =
        size - from == 1
            ? g_strdup_printf("signs another record %" G_GUINT64_FORMAT " than the one that is here", from)
            : g_strdup_printf("signs other records than those that are here: one of the records %" G_GUINT64_FORMAT
                              " to %" G_GUINT64_FORMAT ", or their order, was changed",
                              from, size - 1);
    damage(self, feed, "checkpoint.root", file->name, why);
}

/* Beyond the records here: does the longer log begin with them? */
static gboolean continues(PackageCheck *self, const CheckFeed *feed, const CheckFile *file,
                          const Checkpoint *checkpoint)
{
    g_autofree char *name = package_feed_name(PACKAGE_CONSISTENCY, feed->number, checkpoint->size);
    const CheckFile *beside = check_file(self, name);
    gsize length = 0;
    const char *bytes = beside ? check_bytes(self, beside, &length) : "";
    g_autoptr(GArray) proof = beside ? proof_hashes_parse(bytes, length) : NULL;
    if (proof && merkle_verify_consistency(feed->size, &feed->root, checkpoint->size, &checkpoint->root,
                                           (const Hash *)(gpointer)proof->data, proof->len, NULL))
        return TRUE;
    damage(self, feed, "checkpoint.consistency", beside ? name : file->name,
           "does not show that the longer log begins with the records that are here");
    return FALSE;
}

static gboolean fits_records(PackageCheck *self, const CheckFeed *feed, const CheckFile *file,
                             const Checkpoint *checkpoint)
{
    if (checkpoint->size > feed->size)
        return continues(self, feed, file, checkpoint);
    Hash nothing = sha256(NULL, 0);
    const Hash *root = checkpoint->size == 0 ? &nothing : check_root_at(feed, checkpoint->size);
    if (root && hash_equal(root, &checkpoint->root))
        return TRUE;
    refuse_root(self, feed, file, checkpoint->size);
    return FALSE;
}

/* ---- one checkpoint ---- */

static void refuse_note(PackageCheck *self, const CheckFeed *feed, const CheckFile *file, const GError *error)
{
    gboolean spelled = g_error_matches(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_autofree char *why = g_strdup_printf("is no checkpoint that holds: %s", error->message);
    damage(self, feed, spelled ? "checkpoint.malformed" : "checkpoint.signature", file->name, why);
}

/* The end of the key that lasts longest among those that signed: where a key follows another, both may sign. */
static gint64 until_of(const CheckFeed *feed, const GPtrArray *keys, const GArray *signers)
{
    gint64 until_ms = G_MININT64;
    for (guint i = 0; i < signers->len; i++) {
        GBytes *bytes = keys->pdata[g_array_index(signers, guint, i)];
        const CardKey *key = card_key_find(feed->node->card, CARD_LOG, g_bytes_get_data(bytes, NULL), ED25519_KEY_SIZE);
        until_ms = MAX(until_ms, key->until_ms);
    }
    return until_ms;
}

static void take_checkpoint(PackageCheck *self, CheckFeed *feed, const CheckFile *file, const char *origin)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) keys = check_log_keys(feed->node);
    g_autoptr(GArray) signers = NULL, cosigned = NULL;
    gsize length = 0;
    const char *bytes = check_bytes(self, file, &length);
    g_autoptr(Checkpoint) checkpoint =
        checkpoint_open(bytes, length, origin, keys, self->cosigners, &signers, &cosigned, &error);
    if (!checkpoint) {
        refuse_note(self, feed, file, error);
        return;
    }
    if (checkpoint->size != file->what.number || checkpoint->extended) {
        damage(self, feed, "checkpoint.name", file->name, "holds another checkpoint than its name says");
        return;
    }
    if (!fits_records(self, feed, file, checkpoint))
        return;
    CheckCheckpoint good = {checkpoint->size, NULL, until_of(feed, keys, signers), file->name};
    good.text = checkpoint_text(checkpoint->origin, checkpoint->size, &checkpoint->root);
    g_array_append_val(feed->checkpoints, good);
    self->report->signatures += 1 + cosigned->len;
    check_attest(self, feed, checkpoint->size, cosigned, FALSE);
}

static gboolean has_checkpoint_at(const CheckFeed *feed, guint64 size)
{
    for (guint i = 0; i < feed->checkpoints->len; i++)
        if (g_array_index(feed->checkpoints, CheckCheckpoint, i).size == size)
            return TRUE;
    return FALSE;
}

/* ---- proofs of single records ---- */

static void check_proof(PackageCheck *self, const CheckFeed *feed, const CheckFile *file, const char *origin)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *bytes = check_bytes(self, file, &length);
    g_autoptr(GPtrArray) keys = check_log_keys(feed->node);
    g_autoptr(Proof) proof = proof_parse(bytes, length, &error);
    if (!proof) {
        g_autofree char *why = g_strdup_printf("proves nothing: %s", error->message);
        damage(self, feed, "proof.malformed", file->name, why);
        return;
    }
    guint64 seq = file->what.number;
    const Hash *leaf = check_leaf_at(feed, seq);
    if (proof->index != seq || proof->extra || !leaf) {
        damage(self, feed, "proof.name", file->name, "is for another record than its name says");
        return;
    }
    g_autoptr(Checkpoint) checkpoint = proof_verify(proof, leaf, origin, keys, self->cosigners, NULL, &error);
    if (!checkpoint) {
        g_autofree char *why = g_strdup_printf("does not prove its record: %s", error->message);
        check_damage(self, PHASE_FEEDS, "proof.wrong", file->name, PLACE_NONE, feed->number, seq, PLACE_NONE, why);
        return;
    }
    self->report->signatures++;
}

/* ---- all of them ---- */

static gint by_number(gconstpointer a, gconstpointer b)
{
    guint64 left = (*(const CheckFile *const *)a)->what.number, right = (*(const CheckFile *const *)b)->what.number;
    return left < right ? -1 : left > right;
}

/* The files of @kind below "data/feeds/<n>/<folder>/", ascending by number. New array of const CheckFile. */
static GPtrArray *files_in(const PackageCheck *self, const CheckFeed *feed, const char *folder, PackageKind kind)
{
    guint first = 0;
    g_autofree char *prefix = g_strdup_printf("data/feeds/%u/%s/", feed->number, folder);
    guint end = check_files_below(self, prefix, &first);
    GPtrArray *found = g_ptr_array_new();
    for (guint i = first; i < end; i++) {
        CheckFile *file = &g_array_index(self->files, CheckFile, i);
        if (file->what.kind == kind)
            g_ptr_array_add(found, file);
    }
    g_ptr_array_sort(found, by_number);
    return found;
}

/* A consistency proof that no checkpoint needs was checked against nothing. */
static void check_unused(PackageCheck *self, const CheckFeed *feed)
{
    g_autoptr(GPtrArray) files = files_in(self, feed, "checkpoints", PACKAGE_CONSISTENCY);
    for (guint i = 0; i < files->len; i++) {
        const CheckFile *file = g_ptr_array_index(files, i);
        g_autofree char *name = package_feed_name(PACKAGE_CHECKPOINT, feed->number, file->what.number);
        if (file->what.number <= feed->size || !check_file(self, name))
            damage(self, feed, "checkpoint.unused", file->name, "belongs to no checkpoint that needs it");
    }
}

static void check_info(PackageCheck *self, const CheckFeed *feed)
{
    g_autofree char *json = package_feed_name(PACKAGE_FEED, feed->number, 0);
    if (feed->info->size != feed->size)
        damage(self, feed, "feed.size", json, "states another number of records than there are");
    else if (!hash_equal(&feed->info->root, &feed->root))
        damage(self, feed, "feed.root", json, "states another root than the records have");
}

void check_checkpoints(PackageCheck *self, CheckFeed *feed)
{
    const PackageFeedInfo *info = feed->info;
    g_autofree char *origin = checkpoint_feed_origin(info->node, info->space, info->lane, info->epoch);
    g_autoptr(GPtrArray) checkpoints = files_in(self, feed, "checkpoints", PACKAGE_CHECKPOINT);
    g_autoptr(GPtrArray) proofs = files_in(self, feed, "proofs", PACKAGE_PROOF);
    for (guint i = 0; i < checkpoints->len; i++)
        take_checkpoint(self, feed, g_ptr_array_index(checkpoints, i), origin);
    if (!has_checkpoint_at(feed, feed->size)) {
        g_autofree char *name = package_feed_name(PACKAGE_CHECKPOINT, feed->number, feed->size);
        damage(self, feed, "checkpoint.missing", name, "is missing, or does not hold: nobody signs these records");
        feed->sound = FALSE;
    }
    check_unused(self, feed);
    for (guint i = 0; i < proofs->len; i++)
        check_proof(self, feed, g_ptr_array_index(proofs, i), origin);
    check_info(self, feed);
}
