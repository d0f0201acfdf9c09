/* tests/unit/support/small-case.c: see small-case.h. small-pieces.c takes packages to pieces. */
#include "support/small-case.h"
#include "base/text.h"
#include "ledger/core_acts.h"
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

void small_case_append(SmallCase *self, LaneAct *act, gboolean confirm, LaneAppended *appended)
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
    small_case_append(self, &act, confirm, &appended);
    if (leaf)
        *leaf = appended.leaf;
}

static void node_act(SmallCase *self, const char *type, const char *subject, json_t *members)
{
    g_autoptr(json_t) owned = members;
    LaneAct act = {.type = type, .person = "", .subject = subject, .members = owned};
    small_case_append(self, &act, FALSE, NULL);
}

static json_t *file_json(SmallCase *self, const char *name, const char *content)
{
    GBytes *bytes = g_bytes_new(content, strlen(content));
    Hash hash = sha256(content, strlen(content));
    g_autofree char *hex = hash_text(&hash);
    g_autofree char *text = g_strconcat("sha256:", hex, NULL);
    g_ptr_array_add(self->blobs, bytes);
    return json_pack("{s:s, s:I, s:s}", "sha256", text, "size", (json_int_t)strlen(content) + self->lie, "name", name);
}

char *small_case_subject(SmallCase *self)
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

void small_case_add(SmallCase *self, const char *title, const char *content)
{
    g_autofree char *subject = small_case_subject(self);
    small_case_act(self, "exhibit.added/1", subject,
                   json_pack("{s:s, s:[o]}", "title", title, "files", file_json(self, "file", content)), FALSE, NULL);
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
    self->knife = small_case_subject(self);
    self->ledger_book = small_case_subject(self);
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
