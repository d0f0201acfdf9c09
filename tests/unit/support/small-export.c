/* tests/unit/support/small-export.c: the package of a small case, made by the real writer; see small-case.h. */
#include "base/text.h"
#include "ledger/proof.h"
#include "support/small-case.h"
#include <string.h>

typedef struct {
    PackageRecordEach each;
    gpointer data;
} Forward;

static gboolean forward(gpointer data, const RecordRow *row, GError **error)
{
    const Forward *self = data;
    PackageRecord record = {row->header, row->act, row->confirmation, row->class == RECORD_ERASED};
    if (record.erased)
        record.act = record.confirmation = NULL;
    return self->each(self->data, &record, error);
}

static gboolean give_records(gpointer data, guint index, PackageRecordEach each, gpointer each_data, GError **error)
{
    SmallCase *self = data;
    Forward to = {each, each_data};
    const LaneStore *store = lane_memory_store(self->memory);
    guint32 line = g_array_index(self->lines, guint32, index);
    return store->class->records(store->store, line, 0, lane_line(self->lane, line)->size,
                                 RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, forward, &to, error);
}

static gboolean give_blob(gpointer data, const PackageBlob *blob, PackageBytesEach each, gpointer each_data,
                          GError **error)
{
    SmallCase *self = data;
    for (guint i = 0; i < self->blobs->len; i++) {
        GBytes *bytes = g_ptr_array_index(self->blobs, i);
        gsize length = g_bytes_get_size(bytes);
        const char *at = g_bytes_get_data(bytes, NULL);
        Hash hash = sha256(at, length);
        if (hash_equal(&hash, &blob->sha256))
            return each(each_data, at, 3, error) && each(each_data, at + 3, length - 3, error);
    }
    g_assert_not_reached();
}

static char *give_signature(gpointer data, const char *text, const char *name, GError **error)
{
    (void)error;
    return note_sign(text, name, ((SmallCase *)data)->log);
}

/* The feed's checkpoint, cosigned by the other node. */
static char *checkpoint_of(SmallCase *self, guint32 of, guint64 size)
{
    Hash root;
    g_assert_true(lane_root(self->lane, of, size, &root, NULL));
    const LineRow *line = lane_line(self->lane, of);
    g_autofree char *origin = checkpoint_feed_origin(SMALL_NODE, SMALL_SPACE, self->lane_id, line->epoch);
    g_autofree char *note = checkpoint_sign(origin, size, &root, self->log);
    if (self->no_witness)
        return g_steal_pointer(&note);
    g_autofree char *cosigned =
        self->own_witness
            ? checkpoint_cosign(note, strlen(note), SMALL_NODE, self->witness, SMALL_WITNESSED_S, NULL)
            : checkpoint_cosign(note, strlen(note), SMALL_WITNESS, self->other_witness, SMALL_WITNESSED_S, NULL);
    return g_strconcat(note, cosigned, NULL);
}

static const AnchorPlace seventh = {SMALL_ANCHORS, 7};

/* The seventh anchor of the node, over this feed and two others that nobody is to learn of. */
static char *anchor_of(SmallCase *self, const char *checkpoint, Anchored **anchored)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    Hash other = sha256("other", 5);
    const char *end = strstr(checkpoint, "\n\n");
    g_autofree char *text = g_strndup(checkpoint, (gsize)(end - checkpoint) + 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 2);
    g_ptr_array_add(texts, checkpoint_text(SMALL_NODE "/a", 3, &other));
    g_ptr_array_add(texts, g_strdup(text));
    g_ptr_array_add(texts, checkpoint_text(SMALL_NODE "/b", 9, &other));
    g_autoptr(Anchor) anchor = anchor_build(&seventh, signing_key_seed(self->witness), texts, NULL);
    *anchored = anchor_prove(anchor, lines[0], NULL);
    g_autoptr(MerkleTree) log = merkle_tree_new();
    Hash root = anchor_root(anchor);
    for (guint64 i = 0; i <= 7; i++) {
        Hash leaf = anchor_entry_leaf(i == 7 ? &root : &other, i);
        merkle_tree_append(log, &leaf);
    }
    Hash log_root = merkle_tree_root(log);
    g_autofree char *note = checkpoint_sign(SMALL_NODE "/anchors/" SMALL_ANCHORS, 8, &log_root, self->log);
    g_autofree char *line =
        self->no_witness || self->own_witness
            ? g_strdup("")
            : checkpoint_cosign(note, strlen(note), SMALL_WITNESS, self->other_witness, SMALL_WITNESSED_S - 60, NULL);
    g_autofree char *signed_note = g_strconcat(note, line, NULL);
    g_autoptr(GArray) path = merkle_inclusion(7, 8, merkle_tree_subtree, log, NULL);
    return proof_text(7, path, signed_note);
}

static gboolean stream_write(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)length);
    return TRUE;
}

static gboolean stream_patch(gpointer data, guint64 at, gconstpointer bytes, gsize length, GError **error)
{
    (void)error;
    memcpy(((GByteArray *)data)->data + at, bytes, length);
    return TRUE;
}

/* ---- the package of one export ---- */

/* One feed and what it borrows. */
typedef struct {
    PackageFeed feed;
    char *note, *early, *proof;
    Anchored *anchored;
    GArray *checkpoints, *anchored_list, *proofs;
} FeedParts;

static void feed_parts_free(gpointer item)
{
    FeedParts *self = item;
    g_free(self->note);
    g_free(self->early);
    g_free(self->proof);
    g_clear_pointer(&self->anchored, anchored_free);
    g_clear_pointer(&self->checkpoints, g_array_unref);
    g_clear_pointer(&self->anchored_list, g_array_unref);
    g_clear_pointer(&self->proofs, g_array_unref);
    g_free(self);
}

/* What the source borrows, so that it can be freed together. */
typedef struct {
    char *anchor_proof;
    PackageContents *contents;
    GPtrArray *feeds; /* of FeedParts, each of which begins with its PackageFeed */
    GArray *anchors, *cards, *blobs, *files;
    GBytes *words;
} Parts;

static void parts_clear(Parts *self)
{
    GArray *arrays[] = {self->anchors, self->cards, self->blobs, self->files};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
    g_free(self->anchor_proof);
    package_contents_free(self->contents);
    g_ptr_array_unref(self->feeds);
    g_bytes_unref(self->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parts, parts_clear)

static gint by_epoch(gconstpointer a, gconstpointer b, gpointer lane)
{
    return strcmp(lane_line(lane, *(const guint32 *)a)->epoch, lane_line(lane, *(const guint32 *)b)->epoch);
}

/* The lines of the lane in the order of the package's feeds. */
static void order_lines(SmallCase *self)
{
    g_array_set_size(self->lines, 0);
    for (guint32 line = 0; line < lane_line_count(self->lane); line++)
        g_array_append_val(self->lines, line);
    g_array_sort_with_data(self->lines, by_epoch, self->lane);
}

static guint32 feed_number(const SmallCase *self, guint32 line)
{
    guint32 index = 0;
    while (g_array_index(self->lines, guint32, index) != line)
        index++;
    return index + 1;
}

static PackageContents *contents_of(SmallCase *self, const char *subject, const LaneAppended *appended)
{
    PackageExport made = {feed_number(self, appended->at.line), appended->at.seq, appended->leaf};
    PackageContents *contents = package_contents_new();
    contents->software = g_strdup("comity 0.1.0");
    contents->space = g_strdup(SMALL_SPACE);
    contents->node = g_strdup(SMALL_NODE);
    contents->person = g_strdup(self->person);
    contents->time_ms = appended->time_ms;
    contents->passkey = TRUE;
    contents->whole = subject == NULL;
    if (subject)
        g_ptr_array_add(contents->subjects, g_strdup(subject));
    g_array_append_val(contents->exports, made);
    return contents;
}

/* The blobs that go in: all, or those of the chosen exhibit. */
static GArray *blobs_of(SmallCase *self, const char *subject, PackageContents *contents)
{
    GArray *blobs = g_array_new(FALSE, TRUE, sizeof(PackageBlob));
    for (guint i = 0; i < self->blobs->len; i++) {
        GBytes *bytes = g_ptr_array_index(self->blobs, i);
        gsize length = 0;
        gconstpointer data = g_bytes_get_data(bytes, &length);
        PackageBlob blob = {sha256(data, length), length, FALSE, 0};
        PackageLeftOut left = {blob.sha256, NULL};
        if (subject && (i < 2) != g_str_equal(subject, self->knife))
            continue;
        if (i == 0 && self->leave_out) {
            left.reason = g_strdup("shows harmful material");
            g_array_append_val(contents->left_out, left);
        } else {
            g_array_append_val(blobs, blob);
        }
    }
    return blobs;
}

static GArray *one(gconstpointer item, guint size)
{
    GArray *array = g_array_new(FALSE, TRUE, size);
    g_array_append_vals(array, item, 1);
    return array;
}

/* The feed of the export: with an anchor, and a proof of the export's record. */
static void make_own(SmallCase *self, Parts *parts, FeedParts *feed, const LaneAppended *appended)
{
    parts->anchor_proof = anchor_of(self, feed->note, &feed->anchored);
    g_autoptr(GArray) path = lane_inclusion(self->lane, appended->at.line, appended->at.seq, appended->size, NULL);
    feed->proof = proof_text(appended->at.seq, path, feed->note);
    PackageAnchored anchored = {seventh, feed->anchored};
    PackageProof proof = {appended->at.seq, feed->proof};
    feed->feed.anchored = feed->anchored_list = one(&anchored, sizeof anchored);
    feed->feed.proofs = feed->proofs = one(&proof, sizeof proof);
}

static void make_feed(SmallCase *self, Parts *parts, guint32 of, const LaneAppended *appended)
{
    const LineRow *line = lane_line(self->lane, of);
    FeedParts *feed = g_new0(FeedParts, 1);
    PackageFeedInfo info = {(char *)SMALL_SPACE, self->lane_id, (char *)SMALL_NODE, line->epoch, line->size, {{0}}};
    g_assert_true(lane_root(self->lane, of, line->size, &info.root, NULL));
    info.root.bytes[0] ^= self->wrong_root ? 1 : 0;
    feed->feed.info = info;
    feed->note = checkpoint_of(self, of, line->size);
    feed->early = checkpoint_of(self, of, 2);
    PackageCheckpoint whole = {line->size, feed->note, NULL}, part = {2, feed->early, NULL};
    feed->checkpoints = one(&whole, sizeof whole);
    g_array_append_val(feed->checkpoints, part);
    feed->feed.checkpoints = feed->checkpoints;
    if (of == appended->at.line)
        make_own(self, parts, feed, appended);
    g_ptr_array_add(parts->feeds, feed);
}

static void make_rest(SmallCase *self, Parts *parts, const char *subject)
{
    PackageAnchor anchor = {SMALL_NODE, seventh, parts->anchor_proof};
    PackageCard card = {SMALL_NODE, 1, self->card}, other = {SMALL_WITNESS, 1, self->other_card};
    parts->words = g_bytes_new_static("the way of the knife", 20);
    PackageFile report = {"data/report/custody.txt", parts->words};
    parts->anchors = one(&anchor, sizeof anchor);
    parts->cards = one(&other, sizeof other);
    g_array_append_val(parts->cards, card);
    parts->files = one(&report, sizeof report);
    parts->blobs = blobs_of(self, subject, parts->contents);
}

GByteArray *small_case_try_export(SmallCase *self, const char *subject, GError **error)
{
    g_autofree char *made_subject = small_case_subject(self);
    LaneAppended appended;
    g_autoptr(json_t) members = subject ? json_pack("{s:s, s:[s]}", "scope", "chosen", "exhibits", subject)
                                        : json_pack("{s:s, s:[]}", "scope", "whole", "exhibits");
    LaneAct act = {.type = "export.made/1", .person = self->person, .subject = made_subject, .members = members};
    small_case_append(self, &act, TRUE, &appended);
    order_lines(self);
    g_auto(Parts) parts = {.contents = contents_of(self, subject, &appended),
                           .feeds = g_ptr_array_new_with_free_func(feed_parts_free)};
    for (guint i = 0; i < self->lines->len; i++)
        make_feed(self, &parts, g_array_index(self->lines, guint32, i), &appended);
    make_rest(self, &parts, subject);
    PackageSource source = {.base = "small-case",
                            .contents = parts.contents,
                            .feeds = parts.feeds,
                            .anchors = parts.anchors,
                            .cards = parts.cards,
                            .blobs = parts.blobs,
                            .files = parts.files,
                            .records = give_records,
                            .blob = give_blob,
                            .sign = give_signature,
                            .data = self};
    g_autoptr(GByteArray) package = g_byte_array_new();
    ZipSink sink = {stream_write, self->stream ? NULL : stream_patch, package};
    return package_write(&source, &sink, error) ? g_steal_pointer(&package) : NULL;
}

GByteArray *small_case_export(SmallCase *self, const char *subject)
{
    g_autoptr(GError) error = NULL;
    GByteArray *package = small_case_try_export(self, subject, &error);
    g_assert_no_error(error);
    return package;
}
