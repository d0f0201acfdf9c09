/* tests/bench/package.c: writes a package of any number of records, by the real ledger and the real writer.
 *
 *     package FILE.zip RECORDS [EXPORTS [machine]]
 *
 * A case at one node: exhibits at first, then readings and, each tenth, a correction; the last EXPORTS records are
 * exports that a passkey confirmed, or that a machine made, which confirms nothing. Alike for alike arguments, but for the signatures of the passkey. */
#include "app/app.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "ledger/card.h"
#include "ledger/checkpoint.h"
#include "ledger/lane.h"
#include "ledger/lane_memory.h"
#include "ledger/package_write.h"
#include "support/soft-authenticator.h"
#include "support/world.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NODE "bench.test"
#define SPACE "0193a1b2-0000-7000-8000-000000000001"
#define PERSON "0193a1b2-1111-7000-8000-00000000000a"
#define WEB "https://bench.test"
#define START_MS G_GINT64_CONSTANT(1795000000000)
#define EXHIBITS 1000
#define CONTENT "a file"

typedef struct {
    World world;
    ActTypes *types;
    SigningKey *key; /* identity, log and witness */
    SoftAuthenticator *passkey;
    LaneContext context;
    LaneMemory *memory;
    Lane *lane;
    char lane_id[HASH_HEX_SIZE];
    char *exhibits[EXHIBITS]; /* subjects */
    guint exhibit_count;
    json_t *correction; /* members, the same each time */
    gboolean machine;
} Bench;

/* ---- acts ---- */

static GBytes *confirm(Bench *self, GBytes *act)
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

/* @members: taken. */
static void append(Bench *self, const char *type, const char *person, const char *subject, json_t *members,
                   gboolean confirmed, LaneAppended *appended)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) owned = members;
    g_autoptr(GBytes) bytes = NULL, confirmation = NULL;
    LaneAct act = {.type = type, .person = person, .subject = subject, .members = owned};
    self->world.now += 7;
    if (confirmed) {
        bytes = lane_prepare(self->lane, &act, &error);
        g_assert_no_error(error);
        act.prepared = bytes;
        act.confirmation = confirmation = confirm(self, bytes);
    }
    if (!lane_append(self->lane, &act, appended, &error))
        g_error("%s: %s", type, error->message);
}

static char *new_subject(Bench *self)
{
    char id[UUID_TEXT_SIZE];
    uuid7_write(id, &self->world.env);
    return g_strconcat(NODE "/", id, NULL);
}

static json_t *exhibit_members(guint number)
{
    Hash hash = sha256(CONTENT, strlen(CONTENT));
    g_autofree char *hex = hash_text(&hash);
    g_autofree char *name = g_strconcat("sha256:", hex, NULL);
    return json_pack("{s:i, s:s, s:s, s:s, s:{s:s, s:s, s:n, s:s, s:s, s:s}, s:[s], s:{s:b, s:b}, s:{s:s, s:s}, "
                     "s:[{s:s, s:i, s:s, s:s, s:s}]}",
                     "number", (int)number, "title", "Telephone, found in the kitchen", "description", "", "kind",
                     "device_extract", "obtained", "how", "search", "where", "Quay 4", "when", "by", "", "authority",
                     "", "from", "", "languages", "en", "sensitivity", "protected_person", 0, "harmful", 0,
                     "conditions", "use", "evidence", "note", "", "files", "sha256", name, "size", (int)strlen(CONTENT),
                     "name", "chat.txt", "path", "", "media_type", "text/plain");
}

static json_t *reading_members(const Bench *self, const char *exhibit)
{
    return json_pack("{s:s, s:s, s:s, s:[], s:s}", "exhibit", exhibit, "lies_in", self->lane_id, "what", "opened",
                     "files", "reason", "looking for the transfer of the second of May");
}

static json_t *export_members(void)
{
    return json_pack("{s:s, s:[], s:b, s:s}", "scope", "whole", "exhibits", "readings", 1, "purpose", "");
}

static void write_exhibit(Bench *self)
{
    char *subject = self->exhibits[self->exhibit_count++] = new_subject(self);
    append(self, "exhibit.added/1", PERSON, subject, exhibit_members(self->exhibit_count), FALSE, NULL);
}

static void write_record(Bench *self, guint64 index)
{
    const char *exhibit = self->exhibits[index % self->exhibit_count];
    if (index % 10 == 0) {
        append(self, "exhibit.corrected/1", PERSON, exhibit, json_incref(self->correction), FALSE, NULL);
        return;
    }
    g_autofree char *subject = new_subject(self);
    append(self, "reading.made/1", PERSON, subject, reading_members(self, exhibit), FALSE, NULL);
}

static void write_export(Bench *self, LaneAppended *appended)
{
    g_autofree char *subject = new_subject(self);
    append(self, "export.made/1", PERSON, subject, export_members(), !self->machine, appended);
}

/* ---- the case ---- */

static void introduce(Bench *self)
{
    g_autofree char *credential = soft_authenticator_credential(self->passkey);
    g_autoptr(GBytes) cose = soft_authenticator_cose(self->passkey);
    g_autoptr(GBytes) spki = cose_to_spki(cose, NULL);
    g_autofree char *cose_text = base64url_encode(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose));
    g_autofree char *spki_text = base64url_encode(g_bytes_get_data(spki, NULL), g_bytes_get_size(spki));
    append(self, "person.introduced/1", "", NULL,
           json_pack("{s:s, s:[s], s:[{s:s, s:s, s:s}], s:b}", "who", PERSON, "roles", "investigator", "credentials",
                     "id", credential, "cose", cose_text, "spki", spki_text, "machine", self->machine),
           FALSE, NULL);
}

static void open_lane(Bench *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) members =
        json_pack("{s:s, s:{s:[s, s, s, s]}, s:s, s:[], s:{}, s:s, s:n}", "kind", "case", "parties", NODE, "exhibit",
                  "export", "person", "reading", "lead", NODE, "deputies", "heirs", "basis", "", "succeeds");
    g_autoptr(GBytes) charter = lane_charter(&self->world.env, SPACE, NODE, members, self->lane_id, &error);
    g_assert_no_error(error);
    self->memory = lane_memory_new(FALSE);
    self->context = (LaneContext){
        .space = SPACE, .lane = self->lane_id, .node = NODE, .env = &self->world.env, .types = self->types};
    self->lane = lane_open(&self->context, lane_memory_store(self->memory), &error);
    g_assert_no_error(error);
    if (!lane_begin(self->lane, charter, NULL, NULL, NULL, &error))
        g_error("%s", error->message);
}

static void bench_open(Bench *self)
{
    static const guint8 seed[32] = {1};
    world_init(&self->world);
    self->world.now = START_MS;
    self->types = app_act_types();
    self->key = signing_key_from_seed(seed);
    self->passkey = soft_authenticator_new(-7, WEB);
    self->correction = json_pack("{s:s, s:s}", "description", "the second of two", "reason", "was miscounted");
    open_lane(self);
    introduce(self);
}

static void bench_close(Bench *self)
{
    lane_free(self->lane);
    lane_memory_free(self->memory);
    for (guint i = 0; i < self->exhibit_count; i++)
        g_free(self->exhibits[i]);
    json_decref(self->correction);
    soft_authenticator_free(self->passkey);
    signing_key_free(self->key);
    act_types_free(self->types);
}

/* Up to @records, the last @exports of which are exports. */
static void write_case(Bench *self, guint64 records, guint64 exports, LaneAppended *appended)
{
    guint64 exhibits = MIN(EXHIBITS, (records - exports) / 10 + 1);
    guint64 size = lane_line(self->lane, 0)->size;
    for (; size + exports < records; size++) {
        if (self->exhibit_count < exhibits)
            write_exhibit(self);
        else
            write_record(self, size);
    }
    for (guint64 i = 0; i < exports; i++)
        write_export(self, appended);
}

/* ---- the package ---- */

typedef struct {
    PackageRecordEach each;
    gpointer data;
} Forward;

static gboolean forward(gpointer data, const RecordRow *row, GError **error)
{
    const Forward *self = data;
    PackageRecord record = {row->header, row->act, row->confirmation, FALSE};
    return self->each(self->data, &record, error);
}

static gboolean give_records(gpointer data, guint index, PackageRecordEach each, gpointer each_data, GError **error)
{
    Bench *self = data;
    Forward to = {each, each_data};
    const LaneStore *store = lane_memory_store(self->memory);
    return store->class->records(store->store, index, 0, lane_line(self->lane, index)->size,
                                 RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, forward, &to, error);
}

static gboolean give_blob(gpointer data, const PackageBlob *blob, PackageBytesEach each, gpointer each_data,
                          GError **error)
{
    (void)data;
    (void)blob;
    return each(each_data, CONTENT, strlen(CONTENT), error);
}

static char *give_signature(gpointer data, const char *text, const char *name, GError **error)
{
    (void)error;
    return note_sign(text, name, ((Bench *)data)->key);
}

static gboolean sink_write(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    return fwrite(bytes, 1, length, data) == length || error_set_errno(error, "writing the package");
}

static gboolean sink_patch(gpointer data, guint64 at, gconstpointer bytes, gsize length, GError **error)
{
    return fflush(data) == 0 && pwrite(fileno(data), bytes, length, (off_t)at) == (gssize)length
               ? TRUE
               : error_set_errno(error, "writing the package");
}

static char *signed_card(const Bench *self)
{
    const guint8 *key = signing_key_public(self->key);
    g_autoptr(Card) card = card_new();
    card->node = g_strdup(NODE);
    card->title = g_strdup("A measured node");
    card->country = g_strdup("XA");
    card->number = 1;
    card->issued_ms = START_MS;
    card->web = g_strdup(WEB);
    card_add_key(card, CARD_IDENTITY, key, ED25519_KEY_SIZE, START_MS, CARD_FOREVER);
    card_add_key(card, CARD_LOG, key, ED25519_KEY_SIZE, START_MS, CARD_FOREVER);
    card_add_key(card, CARD_WITNESS, key, ED25519_KEY_SIZE, START_MS, CARD_FOREVER);
    const SigningKey *const keys[] = {self->key};
    return card_sign(card, keys, 1);
}

static PackageContents *contents_of(const Bench *self, const LaneAppended *appended)
{
    PackageExport made = {1, appended->at.seq, appended->leaf};
    PackageContents *contents = package_contents_new();
    contents->software = g_strdup("comity " COMITY_VERSION);
    contents->space = g_strdup(SPACE);
    contents->node = g_strdup(NODE);
    contents->person = g_strdup(PERSON);
    contents->time_ms = appended->time_ms;
    contents->passkey = !self->machine;
    contents->whole = TRUE;
    g_array_append_val(contents->exports, made);
    return contents;
}

static GArray *one(gconstpointer item, guint size)
{
    GArray *array = g_array_new(FALSE, TRUE, size);
    g_array_append_vals(array, item, 1);
    return array;
}

static gboolean write_package(Bench *self, const LaneAppended *appended, FILE *file, GError **error)
{
    const LineRow *line = lane_line(self->lane, 0);
    g_autoptr(PackageContents) contents = contents_of(self, appended);
    g_autofree char *origin = checkpoint_feed_origin(NODE, SPACE, self->lane_id, line->epoch);
    g_autofree char *note = checkpoint_sign(origin, line->size, &appended->root, self->key);
    g_autofree char *text = signed_card(self);
    PackageCheckpoint checkpoint = {line->size, note, NULL};
    PackageCard card = {NODE, 1, text};
    PackageBlob blob = {sha256(CONTENT, strlen(CONTENT)), strlen(CONTENT), FALSE, 0};
    g_autoptr(GArray) checkpoints = one(&checkpoint, sizeof checkpoint), cards = one(&card, sizeof card);
    g_autoptr(GArray) blobs = one(&blob, sizeof blob);
    PackageFeed feed = {.info = {(char *)SPACE, self->lane_id, (char *)NODE, line->epoch, line->size, appended->root},
                        .checkpoints = checkpoints};
    g_autoptr(GPtrArray) feeds = g_ptr_array_new();
    g_autoptr(GArray) none = g_array_new(FALSE, TRUE, sizeof(PackageAnchor));
    g_ptr_array_add(feeds, &feed);
    PackageSource source = {.base = "bench",
                            .contents = contents,
                            .feeds = feeds,
                            .anchors = none,
                            .cards = cards,
                            .blobs = blobs,
                            .files = none,
                            .records = give_records,
                            .blob = give_blob,
                            .sign = give_signature,
                            .data = self};
    ZipSink sink = {sink_write, sink_patch, file};
    return package_write(&source, &sink, error);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        g_printerr("Usage: package FILE.zip RECORDS [EXPORTS [machine]]\n");
        return 2;
    }
    guint64 records = g_ascii_strtoull(argv[2], NULL, 10);
    guint64 exports = argc > 3 ? MAX(1, g_ascii_strtoull(argv[3], NULL, 10)) : 1;
    g_autoptr(GError) error = NULL;
    Bench self = {.machine = argc > 4};
    LaneAppended appended;
    bench_open(&self);
    write_case(&self, records, exports, &appended);
    FILE *file = fopen(argv[1], "wb");
    gboolean done = file && write_package(&self, &appended, file, &error);
    if (!file || fclose(file) != 0 || !done) {
        g_printerr("package: %s: %s\n", argv[1], error ? error->message : g_strerror(errno));
        return 1;
    }
    bench_close(&self);
    return 0;
}
