/* ledger/package_verify_feed.c: the feeds as logs: what each says it is, its checkpoints, its proofs. */
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

/* ---- checkpoints ---- */

/* Is @checkpoint the root of the records here, or, beyond them, one that continues them? */
static gboolean fits_records(PackageCheck *self, const CheckFeed *feed, const CheckFile *file,
                             const Checkpoint *checkpoint)
{
    guint64 here = feed->size;
    if (checkpoint->size <= here) {
        const Hash *root = check_root_at(feed, checkpoint->size);
        if (root && hash_equal(root, &checkpoint->root))
            return TRUE;
        damage(self, feed, "checkpoint.root", file->name,
               "signs other records than those that are here: one of them, or their order, was changed");
        return FALSE;
    }
    g_autofree char *name = package_feed_name(PACKAGE_CONSISTENCY, feed->number, checkpoint->size);
    const CheckFile *beside = check_file(self, name);
    gsize length = 0;
    const char *bytes = beside ? check_bytes(self, beside, &length) : "";
    g_autoptr(GArray) proof = beside ? proof_hashes_parse(bytes, length) : NULL;
    if (proof && merkle_verify_consistency(here, &feed->root, checkpoint->size, &checkpoint->root,
                                           (const Hash *)(gpointer)proof->data, proof->len, NULL))
        return TRUE;
    damage(self, feed, "checkpoint.consistency", beside ? name : file->name,
           "does not show that the longer log begins with the records that are here");
    return FALSE;
}

typedef struct {
    PackageCheck *check;
    const CheckFeed *feed;
    guint64 size;
    gint64 *earliest;
} Witnessing;

static void take_attestation(gpointer data, const CheckNode *witness, gint64 time_s)
{
    Witnessing *self = data;
    PackageAttestation attestation = {self->feed->number,      self->size, time_s,
                                      g_strdup(witness->name), FALSE,      witness->trust};
    g_array_append_val(self->check->report->attestations, attestation);
    if (*self->earliest == 0 || time_s < *self->earliest)
        *self->earliest = time_s;
}

static void refuse_note(PackageCheck *self, const CheckFeed *feed, const CheckFile *file, const GError *error)
{
    gboolean spelled = g_error_matches(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_autofree char *why = g_strdup_printf("is no checkpoint that holds: %s", error->message);
    damage(self, feed, spelled ? "checkpoint.malformed" : "checkpoint.signature", file->name, why);
}

static void take_checkpoint(PackageCheck *self, CheckFeed *feed, const CheckFile *file, const char *origin)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) keys = check_log_keys(feed->node);
    g_autoptr(GArray) cosigned = NULL;
    gsize length = 0;
    guint signer = 0;
    const char *bytes = check_bytes(self, file, &length);
    g_autoptr(Checkpoint) checkpoint =
        checkpoint_open(bytes, length, origin, keys, self->cosigners, &signer, &cosigned, &error);
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
    self->report->signatures += 1 + cosigned->len;
    const CardKey *key =
        card_key_find(feed->node->card, CARD_LOG, g_bytes_get_data(keys->pdata[signer], NULL), ED25519_KEY_SIZE);
    CheckCheckpoint good = {checkpoint->size, checkpoint->root, NULL, key->until_ms, 0, file->name};
    good.text = checkpoint_text(checkpoint->origin, checkpoint->size, &checkpoint->root);
    Witnessing witnessing = {self, feed, checkpoint->size, &good.attested_s};
    check_witnesses(self, feed->node, cosigned, take_attestation, &witnessing);
    g_array_append_val(feed->checkpoints, good);
}

static gint by_size(gconstpointer a, gconstpointer b)
{
    guint64 left = ((const CheckCheckpoint *)a)->size, right = ((const CheckCheckpoint *)b)->size;
    return left < right ? -1 : left > right;
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
    g_autoptr(Checkpoint) checkpoint =
        proof_verify(proof, &g_array_index(feed->leaves, Hash, seq), origin, keys, self->cosigners, NULL, &error);
    if (!checkpoint) {
        g_autofree char *why = g_strdup_printf("does not prove its record: %s", error->message);
        check_damage(self, PHASE_FEEDS, "proof.wrong", file->name, PLACE_NONE, feed->number, seq, PLACE_NONE, why);
        return;
    }
    self->report->signatures++;
}

/* Calls @each for each file of @kind below "data/feeds/<n>/<folder>/". */
static void each_in(PackageCheck *self, CheckFeed *feed, const char *folder, PackageKind kind, const char *origin)
{
    guint first = 0;
    g_autofree char *prefix = g_strdup_printf("data/feeds/%u/%s/", feed->number, folder);
    guint end = check_files_below(self, prefix, &first);
    for (guint i = first; i < end; i++) {
        const CheckFile *file = &g_array_index(self->files, CheckFile, i);
        if (file->what.kind != kind)
            continue;
        if (kind == PACKAGE_CHECKPOINT)
            take_checkpoint(self, feed, file, origin);
        else
            check_proof(self, feed, file, origin);
    }
}

void check_checkpoints(PackageCheck *self, CheckFeed *feed)
{
    const PackageFeedInfo *info = feed->info;
    g_autofree char *origin = checkpoint_feed_origin(info->node, info->space, info->lane, info->epoch);
    g_autofree char *json = package_feed_name(PACKAGE_FEED, feed->number, 0);
    each_in(self, feed, "checkpoints", PACKAGE_CHECKPOINT, origin);
    each_in(self, feed, "proofs", PACKAGE_PROOF, origin);
    g_array_sort(feed->checkpoints, by_size);
    if (info->size != feed->size)
        damage(self, feed, "feed.size", json, "states another number of records than there are");
    else if (!hash_equal(&info->root, &feed->root))
        damage(self, feed, "feed.root", json, "states another root than the records have");
    if (!has_checkpoint_at(feed, feed->size)) {
        g_autofree char *name = package_feed_name(PACKAGE_CHECKPOINT, feed->number, feed->size);
        damage(self, feed, "checkpoint.missing", name, "is missing, or does not hold: nobody signs these records");
        feed->sound = FALSE;
    }
}
