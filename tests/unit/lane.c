/* Stories of a lane: authorities write, send each other what they hold, are killed and restored, and two of them cheat.
 * Each story ends in what everybody must see. The stories of the executable model stand in golden.c. */
#include "ledger/lane.h"
#include "base/error.h"
#include "base/text.h"
#include "support/parties.h"
#include "support/soft-authenticator.h"
#include <string.h>

#define EXHIBIT "a.example/0001"

static json_t *added(const char *description)
{
    return json_pack("{s:s, s:s}", "description", description, "custodian", "a");
}

static json_t *described(const char *description)
{
    return json_pack("{s:s}", "description", description);
}

static json_t *handed(const char *from, const char *to)
{
    return json_pack("{s:n, s:s, s:s}", "home", "from", from, "to", to);
}

static void assert_value(Party *party, const char *subject, const char *field, const char *value)
{
    g_assert_cmpstr(entity_text(party_entity(party, subject), field), ==, value);
    g_assert_false(entity_is_contested(party_entity(party, subject), field));
}

static void assert_agreed(const Parties *lane)
{
    g_autofree char *first = party_digest(party_of(lane, 0));
    for (guint i = 0; i < lane->all->len; i++) {
        party_check(party_of(lane, i));
        g_autofree char *digest = party_digest(party_of(lane, i));
        g_assert_cmpstr(digest, ==, first);
    }
}

/* ---- everyday ---- */

static void what_one_writes_all_read(void)
{
    g_autoptr(Parties) lane = parties_new(3);
    party_do(party_of(lane, 0), "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    parties_share(lane);
    party_do(party_of(lane, 1), "exhibit.corrected/1", "b", EXHIBIT, described("telephone, black"));
    parties_share(lane);
    for (guint i = 0; i < 3; i++)
        assert_value(party_of(lane, i), EXHIBIT, "description", "telephone, black");
    assert_agreed(lane);
}

static void killed_after_every_record(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("x"));
    for (guint i = 0; i < 20; i++) {
        g_autofree char *words = g_strdup_printf("telephone %u", i);
        party_restart(a);
        party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described(words));
    }
    party_send(a, b);
    party_restart(b);
    assert_value(b, EXHIBIT, "description", "telephone 19");
    assert_agreed(lane);
    Hash root_a, root_b;
    g_autoptr(GError) error = NULL;
    guint64 size = lane_line(a->lane, 0)->size;
    g_assert_true(lane_root(a->lane, 0, size, &root_a, &error) && lane_root(b->lane, 0, size, &root_b, &error));
    g_assert_true(hash_equal(&root_a, &root_b));
    for (guint64 seq = 0; seq < size; seq++) { /* every record proves itself to an outsider */
        g_auto(RecordRow) row = {0};
        g_autoptr(GArray) proof = lane_inclusion(b->lane, 0, seq, size, &error);
        g_assert_true(lane_record(b->lane, (Place){0, seq}, 0, &row, &error));
        g_assert_true(
            merkle_verify_inclusion(&row.leaf, seq, size, (Hash *)(gpointer)proof->data, proof->len, &root_a, &error));
        Hash then;
        g_autoptr(GArray) grown = lane_consistency(b->lane, 0, seq + 1, size, &error);
        g_assert_true(lane_root(b->lane, 0, seq + 1, &then, &error));
        g_assert_true(merkle_verify_consistency(seq + 1, &then, size, &root_a, (Hash *)(gpointer)grown->data,
                                                grown->len, &error));
    }
}

static void assert_refused(Party *party, const char *type, const char *person, const char *subject, json_t *members,
                           ComityError kind, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(party_try(party, type, person, subject, members, &error));
    g_assert_error(error, COMITY_ERROR, (gint)kind);
    if (!strstr(error->message, words))
        g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, words));
}

/* Nobody else will have to call void what this node refused to write. */
static void what_would_be_void_is_refused(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_introduce(a, "clerk", json_pack("[s]", "clerk"), json_array(), FALSE);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    parties_share(lane);
    assert_refused(b, "exhibit.corrected/1", "nobody", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN,
                   "not introduced");
    assert_refused(a, "exhibit.corrected/1", "clerk", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN,
                   "lacks the role");
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, described(""), COMITY_ERROR_INVALID, "must not be empty");
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, json_object(), COMITY_ERROR_INVALID, "is missing");
    assert_refused(b, "exhibit.handed_over/1", "b", EXHIBIT, handed("a", "b"), COMITY_ERROR_CONFLICT, "not the home");
    assert_refused(a, "exhibit.added/1", "a", EXHIBIT, added("again"), COMITY_ERROR_CONFLICT, "there already");
    assert_refused(b, "exhibit.added/1", "b", "a.example/0002", added("mine"), COMITY_ERROR_FORBIDDEN, "another node");
    assert_refused(b, "exhibit.corrected/1", "b", "b.example/none", described("x"), COMITY_ERROR_INVALID,
                   "names no record");
    assert_refused(b, "exhibit.melted/1", "b", EXHIBIT, NULL, COMITY_ERROR_INVALID, "no act of this type");
    assert_refused(b, "lane.joined/1", "", NULL, json_pack("{s:n}", "under"), COMITY_ERROR_INVALID, "out of place");
    assert_refused(a, "person.introduced/1", "a", NULL,
                   json_pack("{s:s, s:[], s:[], s:b}", "who", "x", "roles", "credentials", "machine", 0),
                   COMITY_ERROR_INVALID, "a person signs");
    assert_refused(b, "exhibit.sealed/1", "b", EXHIBIT, json_pack("{s:n}", "home"), COMITY_ERROR_CONFLICT,
                   "not the home");
    assert_refused(a, "exhibit.sealed/1", "a", EXHIBIT, json_pack("{s:n}", "home"), COMITY_ERROR_FORBIDDEN,
                   "not confirmed");
    g_autofree char *zeros = g_strnfill(64, '0');
    assert_refused(a, "carried/1", "a", "a.example/0002",
                   json_pack("{s:s, s:{}, s:{s:s, s:s, s:[s]}}", "kind", "weapon", "state", "origin", "lane", zeros,
                             "subject", "x.example/1", "heads", zeros),
                   COMITY_ERROR_FORBIDDEN, "no such power");
    parties_share(lane);
    assert_agreed(lane);
}

static void a_refusal_names_the_field(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    g_autoptr(GError) error = NULL;
    g_assert_false(party_try(party_of(lane, 0), "exhibit.added/1", "a", EXHIBIT,
                             json_pack("{s:s, s:i}", "description", "telephone", "custodian", 7), &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_cmpstr(error_pointer(error), ==, "/custodian");
}

static void withdrawn_people_act_no_longer(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    party_do(a, "person.withdrawn/1", "", NULL, json_pack("{s:s}", "who", "a"));
    g_assert_null(lane_person(a->lane, "a"));
    assert_refused(a, "exhibit.corrected/1", "a", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN, "not introduced");
    party_introduce(a, "a", json_pack("[s]", "investigator"), json_array(), FALSE);
    party_restart(a);
    g_autoptr(GPtrArray) people = lane_people(a->lane);
    g_assert_cmpuint(people->len, ==, 1);
    g_assert_cmpstr(lane_person(a->lane, "a")->roles[0], ==, "investigator");
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    assert_value(a, EXHIBIT, "description", "telephone, black");
}

/* person.named creates the entity that it later changes, and names no person as its writer. */
static void a_persons_name_is_an_entity(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    Party *a = party_of(lane, 0);
    party_do(a, "person.named/1", "", "a.example/p1",
             json_pack("{s:s, s:s, s:s}", "name", "Amina", "title", "", "affiliation", "Police"));
    party_do(a, "person.named/1", "", "a.example/p1",
             json_pack("{s:s, s:s, s:s}", "name", "Amina B.", "title", "Inspector", "affiliation", "Police"));
    assert_value(a, "a.example/p1", "name", "Amina B.");
    g_assert_cmpstr(entity_kind(party_entity(a, "a.example/p1")), ==, "person");
    g_assert_cmpuint(entity_record_count(party_entity(a, "a.example/p1")), ==, 2);
}

static void the_clock_goes_back_but_a_feed_does_not(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0);
    LaneAppended before = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    a->world.now -= 100000000;
    LaneAppended after = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    g_assert_cmpint(after.time_ms, ==, before.time_ms);
    parties_share(lane);
    g_assert_cmpint(party_class(party_of(lane, 1), &after.leaf, NULL), ==, RECORD_VALID);
}

/* ---- confirmations ---- */

static json_t *credentials_of(const SoftAuthenticator *key)
{
    g_autofree char *id = soft_authenticator_credential(key);
    g_autoptr(GBytes) cose = soft_authenticator_cose(key);
    g_autoptr(GBytes) spki = cose_to_spki(cose, NULL);
    g_autofree char *cose_text = base64url_encode(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose));
    g_autofree char *spki_text = base64url_encode(g_bytes_get_data(spki, NULL), g_bytes_get_size(spki));
    return json_pack("[{s:s, s:s, s:s}]", "id", id, "cose", cose_text, "spki", spki_text);
}

/* The person confirms the bytes of @act. */
static GBytes *confirm(SoftAuthenticator *key, GBytes *act)
{
    Hash challenge = confirmation_challenge(g_bytes_get_data(act, NULL), g_bytes_get_size(act));
    g_autofree char *text = base64url_encode(challenge.bytes, HASH_SIZE);
    g_autoptr(json_t) answer = soft_authenticator_assert(key, text);
    g_autoptr(GBytes) data = base64url_decode(json_text(answer, "authenticator_data"), -1);
    g_autoptr(GBytes) client = base64url_decode(json_text(answer, "client_data"), -1);
    g_autoptr(GBytes) signature = base64url_decode(json_text(answer, "signature"), -1);
    Assertion assertion = {json_text(answer, "credential"), data, client, signature};
    return confirmation_write(&assertion);
}

static const char *origin_of(gpointer data, const char *node, gint64 time_ms)
{
    (void)node;
    (void)time_ms;
    return data;
}

typedef struct {
    Parties *lane;
    SoftAuthenticator *key;
    GBytes *act, *confirmation;
} Sealing;

/* "a" is to seal the exhibit: what is appended is what was confirmed, to the byte. */
static void sealing_begin(Sealing *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    self->lane = parties_new(2);
    for (guint i = 0; i < 2; i++) {
        Party *party = party_of(self->lane, i);
        party->context.web_origin = origin_of;
        party->context.data = (gpointer) "https://a.example";
        party_restart(party);
    }
    Party *a = party_of(self->lane, 0);
    self->key = soft_authenticator_new(-7, "https://a.example");
    party_introduce(a, "a", json_pack("[s, s]", "investigator", "prosecutor"), credentials_of(self->key), FALSE);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    g_autoptr(json_t) members = json_pack("{s:n}", "home");
    LaneAct act = {.type = "exhibit.sealed/1", .person = "a", .subject = EXHIBIT, .members = members};
    self->act = lane_prepare(a->lane, &act, &error);
    g_assert_no_error(error);
    self->confirmation = confirm(self->key, self->act);
}

static void sealing_end(Sealing *self, gconstpointer data)
{
    (void)data;
    g_bytes_unref(self->act);
    g_bytes_unref(self->confirmation);
    soft_authenticator_free(self->key);
    parties_free(self->lane);
}

static gboolean seal(Sealing *self, LaneAppended *appended, GError **error)
{
    LaneAct act = {.prepared = self->act, .confirmation = self->confirmation};
    return lane_append(party_of(self->lane, 0)->lane, &act, appended, error);
}

static void a_person_confirms_with_the_passkey(Sealing *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    LaneAppended sealed;
    Party *a = party_of(self->lane, 0), *b = party_of(self->lane, 1);
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("meanwhile")); /* while the person looked for the key */
    g_assert_true(seal(self, &sealed, &error));
    g_assert_no_error(error);
    Hash act = sha256(g_bytes_get_data(self->act, NULL), g_bytes_get_size(self->act));
    g_assert_true(hash_equal(&sealed.act, &act));
    parties_share(self->lane);
    g_assert_cmpint(party_class(b, &sealed.leaf, NULL), ==, RECORD_VALID);
    assert_value(b, EXHIBIT, "state", "sealed");
    g_assert_true(entity_last(party_entity(b, EXHIBIT))->confirmed);
    assert_agreed(self->lane);
    g_assert_false(seal(self, NULL, &error)); /* the same act a second time */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
}

static void another_key_confirms_nothing(Sealing *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(SoftAuthenticator) stranger = soft_authenticator_new(-7, "https://a.example");
    g_bytes_unref(self->confirmation);
    self->confirmation = confirm(stranger, self->act);
    g_assert_false(seal(self, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
}

static void another_act_is_not_confirmed(Sealing *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) other = g_bytes_new_static("{}", 2);
    g_bytes_unref(self->confirmation);
    self->confirmation = confirm(self->key, other);
    g_assert_false(seal(self, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
}

static void another_site_confirms_nothing(Sealing *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    party_of(self->lane, 0)->context.data = (gpointer) "https://a.example:444";
    party_restart(party_of(self->lane, 0));
    g_assert_false(seal(self, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
}

static void a_withdrawn_key_confirms_nothing(Sealing *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    party_introduce(party_of(self->lane, 0), "a", json_pack("[s]", "investigator"), json_array(), FALSE);
    g_assert_false(seal(self, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
}

/* Late or withheld, a confirmation is treated like an act: the record waits for nobody, and counts once it comes. */
static void a_confirmation_comes_late(Sealing *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    LaneAppended sealed;
    Party *a = party_of(self->lane, 0), *b = party_of(self->lane, 1);
    g_assert_true(seal(self, &sealed, &error));
    for (guint64 seq = 0; seq < sealed.at.seq; seq++)
        party_send_one(a, b, (Place){sealed.at.line, seq}, TRUE);
    party_send_one(a, b, sealed.at, FALSE);
    g_assert_cmpint(party_class(b, &sealed.leaf, NULL), ==, RECORD_ACTLESS);
    g_assert_null(entity_text(party_entity(b, EXHIBIT), "state"));
    g_assert_cmpint(party_send_one(a, b, sealed.at, TRUE), ==, LANE_KNOWN);
    g_assert_cmpint(party_class(b, &sealed.leaf, NULL), ==, RECORD_VALID);
    assert_value(b, EXHIBIT, "state", "sealed");
}

/* A machine acts for somebody; the record says that nobody confirmed. */
static void a_machine_needs_no_passkey(Sealing *self, gconstpointer data)
{
    (void)data;
    Party *a = party_of(self->lane, 0);
    party_introduce(a, "robot", json_pack("[s]", "investigator"), json_array(), TRUE);
    LaneAppended sealed = party_do(a, "exhibit.sealed/1", "robot", EXHIBIT, json_pack("{s:n}", "home"));
    parties_share(self->lane);
    g_assert_cmpint(party_class(party_of(self->lane, 1), &sealed.leaf, NULL), ==, RECORD_VALID);
    g_assert_false(entity_last(party_entity(party_of(self->lane, 1), EXHIBIT))->confirmed);
}

/* ---- arriving ---- */

static void acts_come_after_their_headers(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended one = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended two = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    party_send_one(a, b, one.at, FALSE);
    party_send_one(a, b, two.at, TRUE);
    g_assert_cmpint(party_class(b, &one.leaf, NULL), ==, RECORD_ACTLESS);
    g_assert_null(entity_text(party_entity(b, EXHIBIT), "custodian"));
    assert_value(b, EXHIBIT, "description", "telephone, black");
    party_send_one(a, b, one.at, TRUE);
    assert_agreed(lane);
}

/* Without its act a lasting record is not placed: verdicts may rest on it. Nothing after it is, either. */
static void a_lasting_act_is_waited_for(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended withdrawn = party_do(a, "person.withdrawn/1", "", NULL, json_pack("{s:s}", "who", "a"));
    LaneAppended joined = party_do(
        a, "person.introduced/1", "", NULL,
        json_pack("{s:s, s:[s], s:[], s:b}", "who", "x", "roles", "investigator", "credentials", "machine", 0));
    LaneAppended one = party_do(a, "exhibit.added/1", "x", EXHIBIT, added("telephone"));
    party_send_one(a, b, withdrawn.at, FALSE);
    party_send_one(a, b, joined.at, TRUE);
    party_send_one(a, b, one.at, TRUE);
    g_assert_cmpint(party_class(b, &one.leaf, NULL), ==, RECORD_WAITING);
    party_restart(b);
    party_send_one(a, b, withdrawn.at, TRUE);
    g_assert_cmpint(party_class(b, &one.leaf, NULL), ==, RECORD_VALID);
    assert_agreed(lane);
}

static void what_comes_early_is_kept(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended at[30];
    at[0] = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    for (guint i = 1; i < 30; i++)
        at[i] = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("again"));
    for (guint i = 30; i > 1; i--)
        g_assert_cmpint(party_send_one(a, b, at[i - 1].at, TRUE), ==, LANE_EARLY);
    party_restart(b);
    g_assert_cmpint(party_send_one(a, b, at[0].at, TRUE), ==, LANE_STORED);
    g_assert_cmpint(party_class(b, &at[29].leaf, NULL), ==, RECORD_VALID);
    g_assert_cmpint(party_send_one(a, b, at[29].at, TRUE), ==, LANE_KNOWN);
    assert_agreed(lane);
}

static void a_tail_is_verified_as_a_whole(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = parties_add(lane, "b.example");
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    for (guint i = 0; i < 50; i++)
        party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("again"));
    guint64 size = lane_line(a->lane, 0)->size;
    g_autofree Hash *leaves = g_new(Hash, size);
    Hash root;
    g_assert_true(lane_root(a->lane, 0, size, &root, &error));
    guint32 line = LINE_NONE;
    for (guint64 seq = 0; seq < size; seq++) {
        g_auto(RecordRow) row = {0};
        g_assert_true(lane_record(a->lane, (Place){0, seq}, RECORD_HEADER | RECORD_ACT, &row, &error));
        leaves[seq] = row.leaf;
    }
    g_assert_true(lane_verify_tail(b->lane, LINE_NONE, 0, leaves, size, &root, &error));
    leaves[7].bytes[0] ^= 1;
    g_assert_false(lane_verify_tail(b->lane, LINE_NONE, 0, leaves, size, &root, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_clear_error(&error);
    for (guint64 seq = 0; seq < size; seq++) { /* verified: now each without a root of its own */
        g_auto(RecordRow) row = {0};
        LaneTaken taken;
        Place at;
        g_assert_true(lane_record(a->lane, (Place){0, seq}, RECORD_HEADER | RECORD_ACT, &row, &error));
        LaneArrival arrival = {.node = "a.example", .epoch = lane_line(a->lane, 0)->epoch, .seq = seq, .line = line};
        arrival.header.at = g_bytes_get_data(row.header, &arrival.header.length);
        arrival.act.at = g_bytes_get_data(row.act, &arrival.act.length);
        g_assert_true(lane_take(b->lane, &arrival, &taken, &at, &error));
        line = at.line;
    }
    g_assert_true(lane_attest(b->lane, line, size, &error));
    assert_agreed(lane);
}

static void a_first_record_that_was_not_signed_is_refused(void)
{
    g_autoptr(Parties) lane = parties_new(1);
    g_autoptr(GError) error = NULL;
    Party *b = parties_add(lane, "b.example");
    g_auto(RecordRow) row = {0};
    g_assert_true(lane_record(party_of(lane, 0)->lane, (Place){0, 0}, RECORD_HEADER, &row, &error));
    Hash other = {{1}};
    LaneTaken taken;
    LaneArrival arrival = {.node = "a.example", .epoch = lane_line(party_of(lane, 0)->lane, 0)->epoch, .root = &other};
    arrival.header.at = g_bytes_get_data(row.header, &arrival.header.length);
    g_assert_false(lane_take(b->lane, &arrival, &taken, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_cmpuint(lane_line_count(b->lane), ==, 0);
}

/* ---- authority ---- */

/* Whoever comes later can't write another charter over the first. */
static void a_second_charter_changes_nothing(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *b = party_of(lane, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) members = json_deep_copy(lane_charter_act(b->lane));
    json_t *rights = json_pack("{s:[s, s], s:[s]}", "b.example", "exhibit", "person", "evil.example", "exhibit");
    json_object_set_new(members, "parties", rights);
    json_object_set_new(members, "lead", json_string("b.example"));
    g_autoptr(json_t) own = act_members(members);
    ActParts parts = {.space = b->context.space,
                      .lane = lane->lane,
                      .node = "b.example",
                      .person = "",
                      .subject = lane->lane,
                      .type = "lane.chartered/1",
                      .lasting = TRUE,
                      .members = own};
    g_autoptr(GBytes) act = act_write(&parts, &b->world.env, &error);
    LaneAct again = {.prepared = act};
    g_assert_false(lane_append(b->lane, &again, NULL, &error));
    g_assert_false(lane_has_party(b->lane, "evil.example"));
    g_clear_error(&error);
    g_assert_false(lane_begin(b->lane, act, NULL, NULL, NULL, &error)); /* not as a new epoch's first act either */
    g_assert_nonnull(error);
    g_assert_false(lane_has_party(b->lane, "evil.example"));
    g_assert_cmpstr(json_text(lane_charter_act(b->lane), "lead"), ==, "a.example");
}

static void only_the_lead_ends_a_lane(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    for (guint i = 0; i < 2; i++)
        party_introduce(party_of(lane, i), "robot", json_pack("[s]", "prosecutor"), json_array(), TRUE);
    assert_refused(b, "lane.ended/1", "robot", NULL, json_pack("{s:n}", "successor"), COMITY_ERROR_FORBIDDEN,
                   "not the lead");
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    party_do(a, "lane.ended/1", "robot", NULL, json_pack("{s:n}", "successor"));
    g_assert_true(lane_has_ended(a->lane) && !lane_has_ended(b->lane));
    LaneAppended meanwhile = party_do(b, "exhibit.added/1", "b", "b.example/1", added("knife"));
    parties_share(lane);
    g_assert_true(lane_has_ended(b->lane));
    g_assert_cmpint(party_class(a, &meanwhile.leaf, NULL), ==, RECORD_VALID);
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, described("x"), COMITY_ERROR_CONFLICT, "has ended");
    party_introduce(b, "late", json_pack("[s]", "investigator"), json_array(), FALSE);
    parties_share(lane);
    assert_agreed(lane);
}

/* An older version can't know what an act of a later one gave: it must not call void what may rest on it. */
static void after_an_unknown_act_nothing_is_void(void)
{
    const char *const without[] = {"person.promoted/1", NULL};
    g_autoptr(Parties) lane = parties_new(1), older = parties_new_aged(1, without);
    Party *a = party_of(lane, 0), *old = parties_add(lane, "old.example");
    LaneAppended promoted =
        party_do(a, "person.promoted/1", "", NULL, json_pack("{s:s, s:[s]}", "who", "x", "roles", "investigator"));
    LaneAppended hers = party_do(a, "exhibit.added/1", "x", EXHIBIT, added("telephone"));
    LaneAppended his = party_do(a, "exhibit.added/1", "a", "a.example/0002", added("knife"));
    old->context.types = older->types;
    party_restart(old);
    party_send(a, old);
    g_assert_cmpint(party_class(old, &promoted.leaf, NULL), ==, RECORD_UNKNOWN);
    g_assert_cmpint(party_class(old, &hers.leaf, NULL), ==, RECORD_UNKNOWN);
    g_assert_cmpint(party_class(old, &his.leaf, NULL), ==, RECORD_VALID);
    Party *upgraded = parties_add(lane, "upgraded.example"); /* the lane is rebuilt */
    party_send(old, upgraded);
    g_assert_cmpint(party_class(upgraded, &hers.leaf, NULL), ==, RECORD_VALID);
}

/* ---- new epochs, forks ---- */

static void a_new_epoch_names_the_old_and_starts_with_nobody(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended begun;
    guint32 old = lane_own_line(a->lane);
    g_assert_true(lane_begin(a->lane, NULL, NULL, "restored", &begun, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(lane_own_line(a->lane), !=, old);
    g_assert_false(lane_line(a->lane, old)->own);
    guint64 seen;
    g_assert_true(lane_past(a->lane, begun.at, old, &seen, &error));
    g_assert_cmpuint(seen, ==, lane_line(a->lane, old)->size);
    g_assert_cmpuint(lane_people(a->lane)->len, ==, 0);
    assert_refused(a, "exhibit.corrected/1", "a", EXHIBIT, described("x"), COMITY_ERROR_FORBIDDEN, "not introduced");
    party_restart(a);
    g_assert_cmpuint(lane_own_line(a->lane), !=, old);
    party_introduce(a, "a", json_pack("[s]", "investigator"), json_array(), FALSE);
    party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("telephone, black"));
    parties_share(lane);
    assert_value(b, EXHIBIT, "description", "telephone, black");
    assert_agreed(lane);
}

/* b is copied: both copies write on in the same epoch, and show it to one other each. */
static Party *fork_of(Parties *lane, Party *original)
{
    Party *twin = parties_add(lane, "twin");
    g_autoptr(GError) error = NULL;
    twin->context.node = original->name;
    party_restart(twin);
    party_send(original, twin);
    guint32 line =
        lane_feed_line(twin->lane, original->name, lane_line(original->lane, lane_own_line(original->lane))->epoch);
    g_assert_true(lane_save(twin->lane, &error));
    LineRow row = *lane_line(twin->lane, line);
    row.own = TRUE;
    const LaneStore *store = lane_memory_store(twin->memory);
    g_assert_true(store->class->line_put(store->store, &row, &error));
    party_restart(twin);
    return twin;
}

static void a_fork_is_noticed_reported_and_undoes_nothing(void)
{
    g_autoptr(Parties) lane = parties_new(3);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1), *c = party_of(lane, 2);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    parties_share(lane);
    Party *twin = fork_of(lane, b);
    LaneAppended to_a = party_do(b, "exhibit.corrected/1", "b", EXHIBIT, described("to a"));
    LaneAppended to_c = party_do(twin, "exhibit.corrected/1", "b", EXHIBIT, described("to c"));
    party_send(b, a);
    party_send(twin, c);
    assert_value(a, EXHIBIT, "description", "to a");
    party_send(a, c);
    party_send(c, a);
    g_assert_cmpint(party_class(a, &to_a.leaf, NULL), ==, RECORD_FROZEN);
    g_assert_cmpint(party_class(a, &to_c.leaf, NULL), ==, RECORD_FROZEN);
    assert_value(a, EXHIBIT, "description", "telephone");
    for (guint i = 0; i < 3; i += 2) {
        Party *party = party_of(lane, i);
        g_autoptr(GPtrArray) forks = lane_forks_to_report(party->lane);
        g_autoptr(GError) error = NULL;
        g_assert_cmpuint(forks->len, ==, 1);
        g_autoptr(json_t) members = json_pack("{s:s}", "feed", g_ptr_array_index(forks, 0));
        LaneAct report = {
            .type = "fork.found/1", .person = "", .members = members, .whole_fork = g_ptr_array_index(forks, 0)};
        LaneAppended appended;
        g_assert_true(lane_append(party->lane, &report, &appended, &error));
        g_assert_true(lane_attest(party->lane, appended.at.line, appended.size, &error));
        g_autoptr(GPtrArray) none = lane_forks_to_report(party->lane);
        g_assert_cmpuint(none->len, ==, 0);
        party_restart(party);
    }
    party_send(a, c);
    party_send(c, a);
    g_assert_cmpint(party_class(a, &to_a.leaf, NULL), ==, RECORD_VALID);
    g_assert_cmpint(party_class(c, &to_c.leaf, NULL), ==, RECORD_VALID);
    g_assert_true(entity_is_contested(party_entity(a, EXHIBIT), "description"));
    LaneAppended later = party_do(twin, "exhibit.corrected/1", "b", EXHIBIT, described("later"));
    party_send(twin, a);
    party_send(twin, c);
    g_assert_cmpint(party_class(a, &later.leaf, NULL), ==, RECORD_FROZEN); /* nothing new gets in */
    g_autofree char *digest_a = party_digest(a), *digest_c = party_digest(c);
    g_assert_cmpstr(digest_a, ==, digest_c);
    party_send(a, b);
    assert_refused(b, "exhibit.corrected/1", "b", EXHIBIT, described("x"), COMITY_ERROR_CONFLICT, "can't go on");
}

/* b's log key was stolen after record n; what the thief writes beyond counts only if others took it up unknowingly. */
static void a_closed_feed_ends_where_its_party_says(void)
{
    g_autoptr(Parties) lane = parties_new(3);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_do(b, "exhibit.added/1", "b", "b.example/1", added("telephone"));
    parties_share(lane);
    Party *thief = fork_of(lane, b);
    guint32 line = lane_own_line(b->lane);
    guint64 size = lane_line(b->lane, line)->size;
    g_autofree char *feed = g_strdup_printf("b.example/%s", lane_line(b->lane, line)->epoch);
    Hash root;
    g_assert_true(lane_root(b->lane, line, size, &root, &error));
    LaneAppended unseen =
        party_do(thief, "exhibit.corrected/1", "b", "b.example/1", described("stolen, taken up by a"));
    party_send(thief, a);
    LaneAppended vouch = party_do(a, "exhibit.corrected/1", "a", "b.example/1", described("by a"));
    LaneAppended late = party_do(thief, "exhibit.corrected/1", "b", "b.example/1", described("stolen, late"));
    party_send_one(thief, b, unseen.at, TRUE);
    party_send_one(thief, b, late.at, TRUE); /* its new epoch names it: but a party can't vouch for what it closes */
    g_assert_true(lane_begin(b->lane, NULL, NULL, "the key was stolen", NULL, &error));
    g_autofree char *hex = hash_text(&root);
    LaneAppended closed = party_do(b, "feed.closed/1", "", NULL,
                                   json_pack("{s:s, s:I, s:s}", "feed", feed, "size", (json_int_t)size, "root", hex));
    for (guint i = 0; i < 3; i++) {
        Party *party = party_of(lane, i);
        party_send(thief, party);
        party_send(a, party);
        party_send(b, party);
        g_assert_cmpint(party_class(party, &closed.leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(party, &unseen.leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(party, &vouch.leaf, NULL), ==, RECORD_VALID);
        g_assert_cmpint(party_class(party, &late.leaf, NULL), ==, RECORD_FROZEN);
        party_restart(party);
        g_assert_cmpint(party_class(party, &late.leaf, NULL), ==, RECORD_FROZEN);
        assert_value(party, "b.example/1", "description", "by a");
    }
    LaneAppended after = party_do(a, "exhibit.corrected/1", "a", "b.example/1", described("a knows of the closing"));
    party_send(a, b);
    g_assert_cmpint(party_class(b, &after.leaf, NULL), ==, RECORD_VALID);
    g_assert_cmpint(party_class(b, &late.leaf, NULL), ==, RECORD_FROZEN); /* who saw the closing can't vouch */
    assert_refused(a, "feed.closed/1", "", NULL, json_pack("{s:s, s:i, s:s}", "feed", feed, "size", 1, "root", hex),
                   COMITY_ERROR_FORBIDDEN, "no other feed");
}

/* ---- erasing ---- */

static void what_is_erased_is_gone_and_stays_away(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    party_introduce(a, "robot", json_pack("[s]", "prosecutor"), json_array(), TRUE);
    party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    LaneAppended child = party_do(a, "exhibit.corrected/1", "a", EXHIBIT, described("name of a child"));
    parties_share(lane);
    Party *keeper = parties_add(lane, "b.example");
    party_send(b, keeper);
    g_assert_cmpuint(lane_erased(b->lane)->len, ==, 0);
    g_autofree char *leaf = hash_text(&child.leaf);
    LaneAppended erased =
        party_do(a, "erased/1", "robot", NULL,
                 json_pack("{s:[s], s:s, s:s}", "records", leaf, "order", "order 7", "authority", "court"));
    g_assert_cmpuint(lane_erased(a->lane)->len, ==, 1);
    party_send_one(a, b, erased.at, TRUE);
    for (guint i = 0; i < 2; i++) {
        Party *party = party_of(lane, i);
        g_assert_cmpint(party_class(party, &child.leaf, NULL), ==, RECORD_ERASED);
        g_assert_null(entity_text(party_entity(party, EXHIBIT), "name"));
        assert_value(party, EXHIBIT, "description", "telephone");
        g_autoptr(GPtrArray) holes = entity_holes(party_entity(party, EXHIBIT));
        g_assert_cmpuint(holes->len, ==, 1);
        g_assert_true(lane_purge(party->lane, &error));
    }
    for (guint32 i = 0; i < lane_line_count(b->lane); i++)
        for (guint64 seq = 0; seq < lane_line(b->lane, i)->size; seq++) {
            g_auto(RecordRow) row = {0};
            g_assert_true(lane_record(b->lane, (Place){i, seq}, RECORD_ACT, &row, &error));
            g_assert_true(row.act || hash_equal(&row.leaf, &child.leaf));
        }
    Party *late = parties_add(lane, "b.example"); /* comes to the lane afterwards */
    party_send(b, late);
    party_send(keeper, b); /* was away, and sends what it still has */
    g_assert_cmpint(party_class(b, &child.leaf, NULL), ==, RECORD_ERASED);
    g_auto(RecordRow) row = {0};
    g_assert_true(lane_record(b->lane, child.at, RECORD_ACT, &row, &error));
    g_assert_null(row.act);
    parties_share(lane);
    assert_agreed(lane);
    party_restart(b);
    assert_agreed(lane);
    assert_refused(b, "erased/1", "b", NULL,
                   json_pack("{s:[s], s:s, s:s}", "records", leaf, "order", "x", "authority", ""),
                   COMITY_ERROR_FORBIDDEN, "may not erase");
}

/* ---- naming what moved ---- */

static void many_heads_are_named_by_the_first_thirty_two(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0), *b = party_of(lane, 1);
    LaneAppended first = party_do(a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    for (guint i = 0; i < 40; i++) {
        g_autofree char *words = g_strdup_printf("%02u", i);
        party_do_after(a, "exhibit.corrected/1", "a", EXHIBIT, &first.leaf, 1, described(words));
    }
    g_autoptr(GArray) heads = entity_heads(party_entity(a, EXHIBIT));
    g_assert_cmpuint(heads->len, ==, 40);
    parties_share(lane);
    party_do(b, "exhibit.corrected/1", "b", EXHIBIT, described("settled, in part"));
    g_autoptr(GArray) values = entity_values(party_entity(b, EXHIBIT), "description");
    g_assert_cmpuint(values->len, ==, 9);
    g_assert_cmpstr(json_string_value(g_array_index(values, EntityValue, 0).value), ==, "32");
    party_do(b, "exhibit.corrected/1", "b", EXHIBIT, described("settled"));
    assert_value(b, EXHIBIT, "description", "settled");
    parties_share(lane);
    assert_agreed(lane);
}

static json_t *named(const char *name)
{
    return json_pack("{s:s, s:s, s:s}", "name", name, "title", "", "affiliation", "");
}

/* The node was restored 140 times, and all its epochs are news to the next: what one header can't name is named by
 * the following ones, but never what an act itself follows. */
static void what_does_not_fit_a_header_is_named_later(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    g_autoptr(GError) error = NULL;
    Party *a = party_of(lane, 0);
    LaneAppended begun;
    for (guint i = 0; i <= 140; i++) {
        g_autofree char *subject = g_strdup_printf("a.example/p%u", lane_line_count(a->lane));
        g_assert_true(lane_begin(a->lane, NULL, NULL, "restored", &begun, &error));
        if (i < 140)
            party_do(a, "person.named/1", "", subject, named("Amina"));
    }
    guint32 own = lane_own_line(a->lane), missing = LINE_NONE;
    for (guint32 i = 2; i < own; i++) {
        guint64 size;
        g_assert_true(lane_past(a->lane, begun.at, i, &size, &error));
        if (size < lane_line(a->lane, i)->size)
            missing = i;
    }
    g_assert_cmpuint(missing, !=, LINE_NONE);
    g_autofree char *subject = g_strdup_printf("a.example/p%u", missing);
    LaneAppended next = party_do(a, "person.named/1", "", subject, named("Amina B.")), last;
    for (guint i = 0; i < 2; i++)
        last = party_do(a, "person.named/1", "", subject, named("Amina B."));
    for (guint32 i = 2; i < own; i++) {
        guint64 size;
        g_assert_true(lane_past(a->lane, last.at, i, &size, &error));
        g_assert_cmpuint(size, ==, lane_line(a->lane, i)->size);
    }
    parties_share(lane);
    g_assert_cmpint(party_class(party_of(lane, 1), &next.leaf, NULL), ==, RECORD_VALID);
    assert_agreed(lane);
}

static void who_may_be_sent_a_lane(void)
{
    g_autoptr(Parties) lane = parties_new(2);
    Party *a = party_of(lane, 0);
    party_do(a, "field.delegated/1", "", NULL,
             json_pack("{s:s, s:[s], s:s}", "field", "laptop.a.example", "persons", "a", "until",
                       "2027-01-01T00:00:00.000Z"));
    g_assert_true(lane_has_party(a->lane, "b.example") && lane_has_party(a->lane, "laptop.a.example"));
    g_assert_false(lane_has_party(a->lane, "c.example"));
    g_autoptr(GPtrArray) parties = lane_parties(a->lane);
    g_assert_cmpuint(parties->len, ==, 3);
    g_assert_cmpstr(g_ptr_array_index(parties, 2), ==, "laptop.a.example");
}

static void add_sealing(const char *path, void (*test)(Sealing *, gconstpointer))
{
    g_test_add(path, Sealing, NULL, sealing_begin, test, sealing_end);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lane/what-one-writes-all-read", what_one_writes_all_read);
    g_test_add_func("/lane/killed-after-every-record", killed_after_every_record);
    g_test_add_func("/lane/what-would-be-void-is-refused", what_would_be_void_is_refused);
    g_test_add_func("/lane/a-refusal-names-the-field", a_refusal_names_the_field);
    g_test_add_func("/lane/withdrawn-people-act-no-longer", withdrawn_people_act_no_longer);
    g_test_add_func("/lane/a-persons-name-is-an-entity", a_persons_name_is_an_entity);
    g_test_add_func("/lane/the-clock-goes-back-but-a-feed-does-not", the_clock_goes_back_but_a_feed_does_not);
    add_sealing("/lane/a-person-confirms-with-the-passkey", a_person_confirms_with_the_passkey);
    add_sealing("/lane/another-key-confirms-nothing", another_key_confirms_nothing);
    add_sealing("/lane/another-act-is-not-confirmed", another_act_is_not_confirmed);
    add_sealing("/lane/another-site-confirms-nothing", another_site_confirms_nothing);
    add_sealing("/lane/a-withdrawn-key-confirms-nothing", a_withdrawn_key_confirms_nothing);
    add_sealing("/lane/a-confirmation-comes-late", a_confirmation_comes_late);
    add_sealing("/lane/a-machine-needs-no-passkey", a_machine_needs_no_passkey);
    g_test_add_func("/lane/acts-come-after-their-headers", acts_come_after_their_headers);
    g_test_add_func("/lane/a-lasting-act-is-waited-for", a_lasting_act_is_waited_for);
    g_test_add_func("/lane/what-comes-early-is-kept", what_comes_early_is_kept);
    g_test_add_func("/lane/a-tail-is-verified-as-a-whole", a_tail_is_verified_as_a_whole);
    g_test_add_func("/lane/a-first-record-that-was-not-signed-is-refused",
                    a_first_record_that_was_not_signed_is_refused);
    g_test_add_func("/lane/a-second-charter-changes-nothing", a_second_charter_changes_nothing);
    g_test_add_func("/lane/only-the-lead-ends-a-lane", only_the_lead_ends_a_lane);
    g_test_add_func("/lane/after-an-unknown-act-nothing-is-void", after_an_unknown_act_nothing_is_void);
    g_test_add_func("/lane/a-new-epoch-names-the-old-and-starts-with-nobody",
                    a_new_epoch_names_the_old_and_starts_with_nobody);
    g_test_add_func("/lane/a-fork-is-noticed-reported-and-undoes-nothing",
                    a_fork_is_noticed_reported_and_undoes_nothing);
    g_test_add_func("/lane/a-closed-feed-ends-where-its-party-says", a_closed_feed_ends_where_its_party_says);
    g_test_add_func("/lane/what-is-erased-is-gone-and-stays-away", what_is_erased_is_gone_and_stays_away);
    g_test_add_func("/lane/many-heads-are-named-by-the-first-thirty-two", many_heads_are_named_by_the_first_thirty_two);
    g_test_add_func("/lane/what-does-not-fit-a-header-is-named-later", what_does_not_fit_a_header_is_named_later);
    g_test_add_func("/lane/who-may-be-sent-a-lane", who_may_be_sent_a_lane);
    return g_test_run();
}
