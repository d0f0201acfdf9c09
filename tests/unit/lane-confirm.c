/* What a person confirms with a passkey: these bytes and no others, at this site, with a key that still counts. */
#include "base/error.h"
#include "base/text.h"
#include "ledger/lane.h"
#include "support/exhibits.h"
#include "support/soft-authenticator.h"
#include <string.h>

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

static void add_sealing(const char *path, void (*test)(Sealing *, gconstpointer))
{
    g_test_add(path, Sealing, NULL, sealing_begin, test, sealing_end);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_sealing("/lane/a-person-confirms-with-the-passkey", a_person_confirms_with_the_passkey);
    add_sealing("/lane/another-key-confirms-nothing", another_key_confirms_nothing);
    add_sealing("/lane/another-act-is-not-confirmed", another_act_is_not_confirmed);
    add_sealing("/lane/another-site-confirms-nothing", another_site_confirms_nothing);
    add_sealing("/lane/a-withdrawn-key-confirms-nothing", a_withdrawn_key_confirms_nothing);
    add_sealing("/lane/a-confirmation-comes-late", a_confirmation_comes_late);
    add_sealing("/lane/a-machine-needs-no-passkey", a_machine_needs_no_passkey);
    return g_test_run();
}
