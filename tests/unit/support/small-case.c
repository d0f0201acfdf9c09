/* tests/unit/support/small-case.c: see small-case.h. small-pieces.c takes packages to pieces. */
#include "support/small-case.h"
#include "base/text.h"
#include "ledger/core_acts.h"
#include "ledger/proof.h"
#include <string.h>

#define START_MS G_GINT64_CONSTANT(1795000000000) /* November 2026 */

/* ---- the acts of this case ---- */

static const char *const workers[] = {"investigator", NULL};
static const Field file_members[] = {{.name = "sha256", .kind = FIELD_HASH},
                                     {.name = "size", .kind = FIELD_INTEGER},
                                     {.name = "name", .kind = FIELD_TEXT, .min = 1},
                                     {.name = NULL}};
static const Field file_item = {.kind = FIELD_OBJECT, .of = file_members};
static const Field text_item = {.kind = FIELD_TEXT};
static const Field added_fields[] = {{.name = "title", .kind = FIELD_TEXT, .min = 1},
                                     {.name = "files", .kind = FIELD_LIST, .of = &file_item},
                                     {.name = NULL}};
static const Field sealed_fields[] = {{.name = "reason", .kind = FIELD_TEXT, .min = 1}, {.name = NULL}};
static const Field made_fields[] = {{.name = "scope", .kind = FIELD_TEXT, .min = 1},
                                    {.name = "exhibits", .kind = FIELD_LIST, .of = &text_item},
                                    {.name = NULL}};
static const ActType small_acts[] = {
    {.name = "exhibit.added/1", .on = ACT_CREATES, .entity = "exhibit", .roles = workers, .fields = added_fields},
    {.name = "exhibit.sealed/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = workers,
     .flags = ACT_CONFIRM,
     .fields = sealed_fields},
    {.name = "export.made/1",
     .on = ACT_CREATES,
     .entity = "export",
     .roles = workers,
     .flags = ACT_CONFIRM,
     .fields = made_fields},
};

/* ---- writing ---- */

static GBytes *confirmation_of(SmallCase *self, GBytes *act)
{
    Hash challenge = confirmation_challenge(g_bytes_get_data(act, NULL), g_bytes_get_size(act));
    g_autofree char *text = base64url_encode(challenge.bytes, HASH_SIZE);
    g_autoptr(json_t) answer = soft_authenticator_assert(self->passkey, text);
    g_autoptr(GBytes) data = base64url_decode(json_text(answer, "authenticator_data"), -1);
    g_autoptr(GBytes) client = base64url_decode(json_text(answer, "client_data"), -1);
    g_autoptr(GBytes) signature = base64url_decode(json_text(answer, "signature"), -1);
    Assertion assertion = {json_text(answer, "credential"), data, client, signature};
    return confirmation_write(&assertion);
}

static void append(SmallCase *self, LaneAct *act, gboolean confirm, LaneAppended *appended)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL, confirmation = NULL;
    self->world.now += 1000;
    if (confirm) {
        bytes = lane_prepare(self->lane, act, &error);
        g_assert_no_error(error);
        confirmation = confirmation_of(self, bytes);
        act->prepared = bytes;
        act->confirmation = confirmation;
    }
    gboolean done = lane_append(self->lane, act, appended, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

void small_case_act(SmallCase *self, const char *type, const char *subject, json_t *members, gboolean confirm,
                    Hash *leaf)
{
    g_autoptr(json_t) owned = members;
    LaneAppended appended;
    LaneAct act = {.type = type, .person = self->person, .subject = subject, .members = owned};
    append(self, &act, confirm, &appended);
    if (leaf)
        *leaf = appended.leaf;
}

static void node_act(SmallCase *self, const char *type, const char *subject, json_t *members)
{
    g_autoptr(json_t) owned = members;
    LaneAct act = {.type = type, .person = "", .subject = subject, .members = owned};
    append(self, &act, FALSE, NULL);
}

static json_t *file_json(SmallCase *self, const char *name, const char *content)
{
    GBytes *bytes = g_bytes_new(content, strlen(content));
    Hash hash = sha256(content, strlen(content));
    g_autofree char *hex = hash_text(&hash);
    g_autofree char *text = g_strconcat("sha256:", hex, NULL);
    g_ptr_array_add(self->blobs, bytes);
    return json_pack("{s:s, s:I, s:s}", "sha256", text, "size", (json_int_t)strlen(content), "name", name);
}

static char *new_subject(SmallCase *self)
{
    char id[UUID_TEXT_SIZE];
    uuid7_write(id, &self->world.env);
    return g_strconcat(SMALL_NODE "/", id, NULL);
}

static void introduce(SmallCase *self)
{
    g_autofree char *credential = soft_authenticator_credential(self->passkey);
    g_autoptr(GBytes) cose = soft_authenticator_cose(self->passkey);
    g_autoptr(GBytes) spki = cose_to_spki(cose, NULL);
    g_autofree char *cose_text = base64url_encode(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose));
    g_autofree char *spki_text = base64url_encode(g_bytes_get_data(spki, NULL), g_bytes_get_size(spki));
    node_act(self, "person.introduced/1", NULL,
             json_pack("{s:s, s:[s, s], s:[{s:s, s:s, s:s}], s:b}", "who", self->person, "roles", "investigator",
                       "prosecutor", "credentials", "id", credential, "cose", cose_text, "spki", spki_text, "machine",
                       0));
}

static void write_acts(SmallCase *self)
{
    small_case_act(self, "exhibit.added/1", self->knife,
                   json_pack("{s:s, s:[o, o]}", "title", "A knife", "files",
                             file_json(self, "front.jpg", "front of a knife"),
                             file_json(self, "back.jpg", "back of a knife")),
                   FALSE, NULL);
    small_case_act(
        self, "exhibit.added/1", self->ledger_book,
        json_pack("{s:s, s:[o]}", "title", "A wage book", "files", file_json(self, "book.pdf", "thirty-eight pages")),
        FALSE, NULL);
    small_case_act(self, "exhibit.sealed/1", self->knife, json_pack("{s:s}", "reason", "to the laboratory"), TRUE,
                   NULL);
}

/* ---- opening ---- */

static SigningKey *key_of(guint64 seed, guint which)
{
    guint64 both[2] = {seed, which};
    Hash hash = sha256(both, sizeof both);
    return signing_key_from_seed(hash.bytes);
}

static char *card_of(const char *node, const char *title, const SigningKey *identity, const SigningKey *log,
                     const SigningKey *witness)
{
    g_autoptr(Card) card = card_new();
    card->node = g_strdup(node);
    card->title = g_strdup(title);
    card->country = g_strdup("XA");
    card->number = 1;
    card->issued_ms = START_MS;
    card->web = g_strdup("https://alva.test");
    card_add_key(card, CARD_IDENTITY, signing_key_public(identity), ED25519_KEY_SIZE, START_MS, CARD_FOREVER);
    card_add_key(card, CARD_LOG, signing_key_public(log), ED25519_KEY_SIZE, START_MS, CARD_FOREVER);
    card_add_key(card, CARD_WITNESS, signing_key_public(witness), ED25519_KEY_SIZE, START_MS, CARD_FOREVER);
    return card_sign(card, &identity, 1);
}

static void open_keys(SmallCase *self, guint64 seed)
{
    self->identity = key_of(seed, 1);
    self->log = key_of(seed, 2);
    self->witness = key_of(seed, 3);
    self->other_identity = key_of(seed, 4);
    self->other_witness = key_of(seed, 5);
    self->card = card_of(SMALL_NODE, "Prosecution Service of Alvaria", self->identity, self->log, self->witness);
    self->other_card =
        card_of(SMALL_WITNESS, "National Police of Brennia", self->other_identity, self->log, self->other_witness);
}

static void open_lane(SmallCase *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) members =
        json_pack("{s:s, s:{s:[s, s, s]}, s:s, s:[], s:{}, s:s, s:n}", "kind", "case", "parties", SMALL_NODE, "exhibit",
                  "export", "person", "lead", SMALL_NODE, "deputies", "heirs", "basis", "", "succeeds");
    g_autoptr(GBytes) charter = lane_charter(&self->world.env, SMALL_SPACE, SMALL_NODE, members, self->lane_id, &error);
    g_assert_no_error(error);
    self->memory = lane_memory_new(FALSE);
    self->context = (LaneContext){
        .space = SMALL_SPACE, .lane = self->lane_id, .node = SMALL_NODE, .env = &self->world.env, .types = self->types};
    self->lane = lane_open(&self->context, lane_memory_store(self->memory), &error);
    g_assert_no_error(error);
    g_assert_true(lane_begin(self->lane, charter, NULL, NULL, NULL, &error));
    g_assert_no_error(error);
}

void small_case_open(SmallCase *self, guint64 seed)
{
    memset(self, 0, sizeof *self);
    world_init(&self->world);
    self->world.now = START_MS;
    self->types = act_types_new();
    act_types_add(self->types, core_acts, core_acts_count);
    act_types_add(self->types, small_acts, G_N_ELEMENTS(small_acts));
    self->blobs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    self->lines = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->passkey = soft_authenticator_new(-7, "https://alva.test");
    open_keys(self, seed);
    open_lane(self);
    self->person = g_strdup("0193a1b2-1111-7000-8000-00000000000a");
    self->knife = new_subject(self);
    self->ledger_book = new_subject(self);
    introduce(self);
    write_acts(self);
}

void small_case_continue(SmallCase *self)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(lane_begin(self->lane, NULL, NULL, "an old copy was put back", NULL, &error));
    g_assert_no_error(error);
    introduce(self);
}

void small_case_close(SmallCase *self)
{
    g_clear_pointer(&self->lines, g_array_unref);
    g_clear_pointer(&self->lane, lane_free);
    g_clear_pointer(&self->memory, lane_memory_free);
    g_clear_pointer(&self->types, act_types_free);
    g_clear_pointer(&self->passkey, soft_authenticator_free);
    g_clear_pointer(&self->blobs, g_ptr_array_unref);
    SigningKey **keys[] = {&self->identity, &self->log, &self->witness, &self->other_identity, &self->other_witness};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        g_clear_pointer(keys[i], signing_key_free);
    char **texts[] = {&self->card, &self->other_card, &self->person, &self->knife, &self->ledger_book};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_clear_pointer(texts[i], g_free);
}

GPtrArray *small_case_trust(const SmallCase *self)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *trust = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
    g_ptr_array_add(trust, card_parse(self->card, strlen(self->card), &error));
    g_assert_no_error(error);
    return trust;
}

/* ---- exporting ---- */

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
        checkpoint_cosign(note, strlen(note), SMALL_WITNESS, self->other_witness, SMALL_WITNESSED_S, NULL);
    return g_strconcat(note, cosigned, NULL);
}

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
    g_autoptr(Anchor) anchor = anchor_build(7, signing_key_seed(self->witness), texts, NULL);
    *anchored = anchor_prove(anchor, lines[0], NULL);
    g_autoptr(MerkleTree) log = merkle_tree_new();
    Hash root = anchor_root(anchor);
    for (guint64 i = 0; i <= 7; i++) {
        Hash leaf = anchor_entry_leaf(i == 7 ? &root : &other, i);
        merkle_tree_append(log, &leaf);
    }
    Hash log_root = merkle_tree_root(log);
    g_autofree char *note = checkpoint_sign(SMALL_NODE "/anchors", 8, &log_root, self->log);
    g_autofree char *line = self->no_witness ? g_strdup("")
                                             : checkpoint_cosign(note, strlen(note), SMALL_WITNESS, self->other_witness,
                                                                 SMALL_WITNESSED_S - 60, NULL);
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
    PackageAnchored anchored = {7, feed->anchored};
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
    PackageAnchor anchor = {SMALL_NODE, 7, parts->anchor_proof};
    PackageCard card = {SMALL_NODE, 1, self->card}, other = {SMALL_WITNESS, 1, self->other_card};
    parts->words = g_bytes_new_static("the way of the knife", 20);
    PackageFile report = {"data/report/custody.txt", parts->words};
    parts->anchors = one(&anchor, sizeof anchor);
    parts->cards = one(&other, sizeof other);
    g_array_append_val(parts->cards, card);
    parts->files = one(&report, sizeof report);
    parts->blobs = blobs_of(self, subject, parts->contents);
}

GByteArray *small_case_export(SmallCase *self, const char *subject)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *made_subject = new_subject(self);
    LaneAppended appended;
    g_autoptr(json_t) members = subject ? json_pack("{s:s, s:[s]}", "scope", "chosen", "exhibits", subject)
                                        : json_pack("{s:s, s:[]}", "scope", "whole", "exhibits");
    LaneAct act = {.type = "export.made/1", .person = self->person, .subject = made_subject, .members = members};
    append(self, &act, TRUE, &appended);
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
    GByteArray *package = g_byte_array_new();
    ZipSink sink = {stream_write, self->stream ? NULL : stream_patch, package};
    gboolean done = package_write(&source, &sink, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    return package;
}
