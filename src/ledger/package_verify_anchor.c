/* ledger/package_verify_anchor.c: who else attests these feeds through an anchor; and keys that have ended (card.h C4).
 */
#include "ledger/package_check.h"
#include <string.h>

static void damage(PackageCheck *self, const CheckFile *file, const char *code, const char *why)
{
    check_damage(self, PHASE_ANCHORS, code, file->name, PLACE_NONE, file->what.feed, PLACE_NONE, PLACE_NONE, why);
}

static CheckFeed *feed_by_number(const PackageCheck *self, guint32 number)
{
    for (guint i = 0; i < self->feeds->len; i++) {
        CheckFeed *feed = g_ptr_array_index(self->feeds, i);
        if (feed->number == number)
            return feed;
    }
    return NULL;
}

static CheckCheckpoint *checkpoint_at(const CheckFeed *feed, guint64 size)
{
    for (guint i = 0; i < feed->checkpoints->len; i++) {
        CheckCheckpoint *checkpoint = &g_array_index(feed->checkpoints, CheckCheckpoint, i);
        if (checkpoint->size == size)
            return checkpoint;
    }
    return NULL;
}

typedef struct {
    PackageCheck *check;
    PackageAttestation of; /* what is the same for all of them */
} Witnessing;

static void take_attestation(gpointer data, const CheckNode *witness, gint64 time_s)
{
    const Witnessing *self = data;
    PackageAttestation attestation = self->of;
    attestation.time_s = time_s;
    attestation.node = g_strdup(witness->name);
    attestation.trust = witness->trust;
    g_array_append_val(self->check->report->attestations, attestation);
}

void check_attest(PackageCheck *self, const CheckFeed *feed, guint64 size, const GArray *cosigned, gboolean anchor)
{
    Witnessing witnessing = {self, {.feed = feed->number, .size = size, .anchor = anchor}};
    check_witnesses(self, feed->node, cosigned, take_attestation, &witnessing);
}

/* The anchor's own proof: that root || index is an entry of "<node>/anchors/<epoch>", and who cosigned that log. */
static void check_entry(PackageCheck *self, const CheckFeed *feed, const CheckFile *file, const Hash *root,
                        guint64 size)
{
    PackageName name = file->what;
    name.kind = PACKAGE_ANCHOR;
    g_autofree char *path = package_name_text(&name);
    const CheckFile *beside = check_file(self, path);
    if (!beside) {
        damage(self, file, "anchor.missing", "belongs to an anchor whose proof is not here");
        return;
    }
    gsize length = 0;
    const char *bytes = check_bytes(self, beside, &length);
    g_autoptr(GError) error = NULL;
    g_autoptr(Proof) proof = proof_parse(bytes, length, &error);
    g_autofree char *origin = checkpoint_anchors_origin(feed->info->node, file->what.epoch);
    g_autoptr(GPtrArray) keys = check_log_keys(feed->node);
    g_autoptr(GArray) cosigned = NULL;
    Hash leaf = anchor_entry_leaf(root, file->what.number);
    g_autoptr(Checkpoint) checkpoint =
        proof && proof->index == file->what.number && !proof->extra
            ? proof_verify(proof, &leaf, origin, keys, self->cosigners, &cosigned, &error)
            : NULL;
    if (!checkpoint) {
        g_autofree char *why =
            g_strdup_printf("does not prove this anchor: %s", error ? error->message : "it is for another one");
        damage(self, beside, "anchor.proof", why);
        return;
    }
    self->report->signatures += 1 + cosigned->len;
    check_attest(self, feed, size, cosigned, TRUE);
}

static void check_anchored(PackageCheck *self, const CheckFile *file)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *bytes = check_bytes(self, file, &length);
    const CheckFeed *feed = feed_by_number(self, file->what.feed);
    if (!feed || !g_str_equal(feed->info->node, file->what.node)) {
        damage(self, file, "anchor.feed", "is for a feed that is not here, or is another node's");
        return;
    }
    g_autoptr(Anchored) anchored = anchored_parse(bytes, length, &error);
    if (!anchored) {
        damage(self, file, "anchor.malformed", error->message);
        return;
    }
    const CheckCheckpoint *checkpoint = checkpoint_at(feed, anchored->checkpoint);
    if (!checkpoint) {
        damage(self, file, "anchor.checkpoint", "is for a checkpoint that is not here, or does not hold");
        return;
    }
    Hash root;
    if (!anchored_root(anchored, checkpoint->text, strlen(checkpoint->text), &root, &error)) {
        damage(self, file, "anchor.path", error->message);
        return;
    }
    check_entry(self, feed, file, &root, checkpoint->size);
}

/* An anchor's proof that no feed here refers to was checked against nothing. */
static void check_used(PackageCheck *self, const CheckFile *file)
{
    guint first = 0;
    g_autofree char *folder = g_strdup_printf("data/anchors/%s/%s/%" G_GUINT64_FORMAT "/", file->what.node,
                                              file->what.epoch, file->what.number);
    if (check_files_below(self, folder, &first) == first + 1)
        damage(self, file, "anchor.unused", "is an anchor that covers no feed here");
}

static gint by_feed_size_time(gconstpointer a, gconstpointer b)
{
    const PackageAttestation *left = a, *right = b;
    if (left->feed != right->feed)
        return left->feed < right->feed ? -1 : 1;
    if (left->size != right->size)
        return left->size < right->size ? -1 : 1;
    return left->time_s < right->time_s ? -1 : left->time_s > right->time_s;
}

void check_anchors(PackageCheck *self)
{
    guint first = 0, end = check_files_below(self, "data/anchors/", &first);
    for (guint i = first; i < end; i++) {
        const CheckFile *file = &g_array_index(self->files, CheckFile, i);
        if (file->what.kind == PACKAGE_ANCHORED)
            check_anchored(self, file);
        else
            check_used(self, file);
    }
    g_array_sort(self->report->attestations, by_feed_size_time);
}

/* ---- keys that have ended ---- */

static gboolean attested_by(const PackageCheck *self, const CheckFeed *feed, guint64 size, gint64 until_ms)
{
    const GArray *attestations = self->report->attestations;
    for (guint i = 0; i < attestations->len; i++) {
        const PackageAttestation *item = &g_array_index(attestations, PackageAttestation, i);
        if (item->feed == feed->number && item->size >= size && item->time_s * 1000 < until_ms)
            return TRUE;
    }
    return FALSE;
}

static gboolean before_cutoff(const CheckFeed *feed, guint64 size)
{
    const CardCutoff *cutoff = card_cutoff(feed->node->card, feed->info->lane, feed->info->epoch);
    if (!cutoff || cutoff->size < size)
        return FALSE;
    const Hash *root = check_root_at(feed, cutoff->size);
    return cutoff->size > feed->size || (root && hash_equal(root, &cutoff->root));
}

/* Does a checkpoint by a key that still holds sign these records and more? */
static gboolean signed_since(const CheckFeed *feed, guint64 size)
{
    for (guint i = 0; i < feed->checkpoints->len; i++) {
        const CheckCheckpoint *item = &g_array_index(feed->checkpoints, CheckCheckpoint, i);
        if (item->size >= size && item->until_ms == CARD_FOREVER)
            return TRUE;
    }
    return FALSE;
}

void check_retired_keys(PackageCheck *self)
{
    for (guint i = 0; i < self->feeds->len; i++) {
        const CheckFeed *feed = g_ptr_array_index(self->feeds, i);
        for (guint k = 0; k < feed->checkpoints->len; k++) {
            const CheckCheckpoint *item = &g_array_index(feed->checkpoints, CheckCheckpoint, k);
            if (item->until_ms == CARD_FOREVER || signed_since(feed, item->size) || before_cutoff(feed, item->size) ||
                attested_by(self, feed, item->size, item->until_ms))
                continue;
            check_damage(self, PHASE_FEEDS, "checkpoint.retired", item->file, PLACE_NONE, feed->number, PLACE_NONE,
                         PLACE_NONE,
                         "is signed by a key that has ended, and nobody attests that this was before its end");
        }
    }
}
