/* tests/unit/passkey.c: a person's confirmation is checked at sign-in and again, offline, years later. A real answer
 * passes; of the lies that a browser or an authenticator can tell, each is refused for its own reason. (What a key and
 * a signature are is in cose.c.) */
#include "crypto/passkey.h"
#include "base/error.h"
#include "base/text.h"
#include "support/shared.h"
#include "support/soft-authenticator.h"
#include <string.h>

#define ORIGIN "https://node.example"
#define RP_ID "node.example"

/* An assertion with the bytes that it lends. */
typedef struct {
    json_t *json;
    Assertion assertion;
} Answer;

static void clear_answer(Answer *self)
{
    json_decref(self->json);
    g_bytes_unref(self->assertion.authenticator_data);
    g_bytes_unref(self->assertion.client_data);
    g_bytes_unref(self->assertion.signature);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, clear_answer)

static GBytes *part(const json_t *json, const char *key)
{
    return base64url_decode(json_text(json, key), -1);
}

static Answer answer(SoftAuthenticator *soft, const Hash *challenge)
{
    g_autofree char *text = base64url_encode(challenge->bytes, HASH_SIZE);
    json_t *json = soft_authenticator_assert(soft, text);
    return (Answer){
        .json = json,
        .assertion =
            {
                .credential = json_text(json, "credential"),
                .authenticator_data = part(json, "authenticator_data"),
                .client_data = part(json, "client_data"),
                .signature = part(json, "signature"),
            },
    };
}

static gboolean verify(SoftAuthenticator *soft, const Hash *challenge, const Assertion *assertion, GError **error)
{
    g_autoptr(GBytes) cose = soft_authenticator_cose(soft);
    return passkey_verify(cose, RP_ID, ORIGIN, challenge, assertion, NULL, error);
}

static Passkey *enrol(SoftAuthenticator *soft, GBytes *challenge, GError **error)
{
    g_autofree char *text = base64url_encode(g_bytes_get_data(challenge, NULL), g_bytes_get_size(challenge));
    g_autoptr(json_t) json = soft_authenticator_register(soft, text);
    g_autoptr(GBytes) client = part(json, "client_data"), object = part(json, "attestation_object");
    return passkey_register(RP_ID, ORIGIN, challenge, client, object, error);
}

static const int algorithms[] = {-7, -8, -257};

static void enrolled_and_used(void)
{
    for (gsize n = 0; n < G_N_ELEMENTS(algorithms); n++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(algorithms[n], ORIGIN);
        soft->flags |= SOFT_BE | SOFT_BS;
        g_autoptr(GBytes) nonce = g_bytes_new_static("0123456789abcdef", 16);
        g_autoptr(Passkey) passkey = enrol(soft, nonce, &error);
        g_assert_no_error(error);
        g_autofree char *id = soft_authenticator_credential(soft);
        g_autoptr(GBytes) cose = soft_authenticator_cose(soft), spki = cose_to_spki(cose, &error);
        g_assert_cmpstr(passkey->id, ==, id);
        g_assert_cmpint(passkey->algorithm, ==, algorithms[n]);
        g_assert_cmpuint(passkey->counter, ==, 1);
        g_assert_true(passkey->backed_up && passkey->backup_eligible);
        g_assert_cmpstr(passkey->aaguid, ==, "00000000000000000000000000000000");
        g_assert_true(g_bytes_equal(passkey->cose, cose) && g_bytes_equal(passkey->spki, spki));

        Hash challenge = confirmation_challenge("{}", 2);
        guint32 counter = 0;
        g_auto(Answer) used = answer(soft, &challenge);
        g_assert_true(passkey_verify(passkey->cose, RP_ID, ORIGIN, &challenge, &used.assertion, &counter, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(counter, ==, 2);
    }
}

/* Kinds of lies, each told by one real answer. */
static void lies(void)
{
    static const struct {
        const char *extra, *origin, *rp_id, *message;
        guint8 flags;
        gboolean flip;
    } told[] = {
        {.origin = "https://other.example", .message = "it was made for another web origin"},
        {.origin = ORIGIN "/", .message = "it was made for another web origin"},
        {.rp_id = "example", .message = "it was made for another site (RP id)"},
        {.flags = SOFT_UV, .message = "nobody touched the authenticator (UP)"},
        {.flags = SOFT_UP, .message = "the authenticator did not check who used it (UV)"},
        {.flags = SOFT_UP | SOFT_UV | SOFT_BS,
         .message = "it claims a backup of a key that can't be backed up (BS without BE)"},
        {.extra = ",\"topOrigin\":\"https://frame.example\"",
         .message = "it was made inside a page of another web origin"},
        {.extra = ",\"topOrigin\":null", .message = "it was made inside a page of another web origin"},
        {.flip = TRUE, .message = "its signature is bad"},
    };
    Hash challenge = confirmation_challenge("{}", 2);
    for (gsize a = 0; a < G_N_ELEMENTS(algorithms); a++) {
        g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(algorithms[a], ORIGIN);
        g_autofree char *origin = g_steal_pointer(&soft->origin), *rp_id = g_steal_pointer(&soft->rp_id);
        for (gsize n = 0; n < G_N_ELEMENTS(told); n++) {
            g_autoptr(GError) error = NULL;
            soft->origin = g_strdup(told[n].origin != NULL ? told[n].origin : origin);
            soft->rp_id = g_strdup(told[n].rp_id != NULL ? told[n].rp_id : rp_id);
            soft->flags = told[n].flags != 0 ? told[n].flags : SOFT_UP | SOFT_UV;
            soft->flip = told[n].flip;
            soft->extra = told[n].extra;
            g_auto(Answer) lie = answer(soft, &challenge);
            g_assert_false(verify(soft, &challenge, &lie.assertion, &error));
            g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
            g_autofree char *expected = g_strdup_printf("The passkey's answer is refused: %s.", told[n].message);
            g_assert_cmpstr(error->message, ==, expected);
            g_free(g_steal_pointer(&soft->origin));
            g_free(g_steal_pointer(&soft->rp_id));
        }
    }
}

static void an_answer_serves_one_question_and_one_key(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(-7, ORIGIN), other = soft_authenticator_new(-7, ORIGIN);
    guint8 nonce[32] = {0};
    Hash act = confirmation_challenge(nonce, sizeof nonce), sign_in = sign_in_challenge(nonce);
    g_assert_false(hash_equal(&act, &sign_in)); /* a sign-in can never become a legal act */
    g_auto(Answer) used = answer(soft, &sign_in);
    g_assert_true(verify(soft, &sign_in, &used.assertion, NULL));
    g_assert_false(verify(soft, &act, &used.assertion, &error));
    g_assert_cmpstr(error->message, ==, "The passkey's answer is refused: it answers another challenge.");
    g_assert_false(verify(other, &sign_in, &used.assertion, NULL));

    /* What enrols does not confirm. */
    g_clear_error(&error);
    g_autofree char *text = base64url_encode(act.bytes, HASH_SIZE);
    g_autoptr(json_t) enrolment = soft_authenticator_register(soft, text);
    g_autoptr(GBytes) client = part(enrolment, "client_data");
    Assertion mixed = used.assertion;
    mixed.client_data = client;
    g_assert_false(verify(soft, &act, &mixed, &error));
    g_assert_cmpstr(error->message, ==, "The passkey's answer is refused: it was made for another purpose (type).");
}

static void challenges_as_the_format_says(void)
{
    static const char act[] = "{\"type\":\"exhibit.sealed/1\"}";
    guint8 nonce[32];
    for (guint8 n = 0; n < sizeof nonce; n++)
        nonce[n] = n;
    Hash confirmation = confirmation_challenge(act, strlen(act)), sign_in = sign_in_challenge(nonce);
    g_autofree char *confirmation_text = hash_text(&confirmation), *sign_in_text = hash_text(&sign_in);
    g_assert_cmpstr(confirmation_text, ==, "0cbdf2842c493f672ed2bbd3b8c788f73c240124d3f1a93bfb6b54ca2e9e7a84");
    g_assert_cmpstr(sign_in_text, ==, "b1d37e481c67c99171b7cf5153519a948249f48bd9161268ec7d056592ee34b0");
}

/* Signs @client and @more bytes behind the fixed 37 of the authenticator data. */
static gboolean verify_made(SoftAuthenticator *soft, const char *client, gconstpointer more, gsize length, guint8 flags,
                            GError **error)
{
    Hash challenge = confirmation_challenge("{}", 2), rp = sha256(RP_ID, strlen(RP_ID));
    Hash client_hash = sha256(client, strlen(client));
    static const guint8 counter[4] = {0};
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_byte_array_append(message, rp.bytes, HASH_SIZE);
    g_byte_array_append(message, &flags, 1);
    g_byte_array_append(message, counter, sizeof counter);
    g_byte_array_append(message, more, (guint)length);
    g_autoptr(GBytes) data = g_bytes_new(message->data, message->len);
    g_byte_array_append(message, client_hash.bytes, HASH_SIZE);
    guint8 signature[128];
    size_t size = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    g_assert_cmpint(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, soft->key), ==, 1);
    g_assert_cmpint(EVP_DigestSign(context, signature, &size, message->data, message->len), ==, 1);
    EVP_MD_CTX_free(context);
    g_autoptr(GBytes) client_bytes = g_bytes_new(client, strlen(client)), signed_bytes = g_bytes_new(signature, size);
    const Assertion assertion = {"AA", data, client_bytes, signed_bytes};
    return verify(soft, &challenge, &assertion, error);
}

static char *client_text(const char *more)
{
    Hash challenge = confirmation_challenge("{}", 2);
    g_autofree char *text = base64url_encode(challenge.bytes, HASH_SIZE);
    return g_strdup_printf("{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"" ORIGIN "\"%s}", text, more);
}

/* P3: what a later standard or another vendor adds is let pass, as long as it is signed. */
static void more_than_we_know_is_allowed(void)
{
    g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(-7, ORIGIN);
    static const char *const members[] = {"", ",\"crossOrigin\":false", ",\"tokenBinding\":{\"status\":\"supported\"}",
                                          ",\"other_keys_can_be_added_here\":[1,{\"a\":null}]"};
    for (gsize n = 0; n < G_N_ELEMENTS(members); n++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *client = client_text(members[n]);
        g_assert_true(verify_made(soft, client, NULL, 0, SOFT_UP | SOFT_UV, &error));
        g_assert_no_error(error);
    }
    g_autofree char *client = client_text("");
    static const guint8 extensions[] = "\xa1\x68"
                                       "credBlob\x40"; /* one that nobody asked for */
    static const guint8 long_data[2000] = {0};
    g_assert_true(verify_made(soft, client, extensions, sizeof extensions - 1, SOFT_UP | SOFT_UV | 0x80, NULL));
    g_assert_true(verify_made(soft, client, long_data, sizeof long_data, SOFT_UP | SOFT_UV, NULL));
}

static void client_data_that_two_parsers_read_differently(void)
{
    g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(-7, ORIGIN);
    static const char *const members[] = {
        ",\"crossOrigin\":true", ",\"type\":\"webauthn.create\"", ",\"x\":1.5", ",\"x\":\"\\ud800\"", "} {",
    };
    for (gsize n = 0; n < G_N_ELEMENTS(members); n++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *client = client_text(members[n]);
        g_assert_false(verify_made(soft, client, NULL, 0, SOFT_UP | SOFT_UV, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    }
    g_autofree char *filler = g_strnfill(CLIENT_DATA_LIMIT, 'x');
    g_autofree char *member = g_strdup_printf(",\"x\":\"%s\"", filler);
    g_autofree char *client = client_text(member);
    g_assert_false(verify_made(soft, client, NULL, 0, SOFT_UP | SOFT_UV, NULL));
}

static void an_answer_cut_anywhere_is_refused(void)
{
    g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(-8, ORIGIN);
    Hash challenge = confirmation_challenge("{}", 2);
    g_auto(Answer) used = answer(soft, &challenge);
    GBytes *const wholes[] = {used.assertion.authenticator_data, used.assertion.client_data, used.assertion.signature};
    for (gsize part_index = 0; part_index < G_N_ELEMENTS(wholes); part_index++) {
        for (gsize length = 0; length < g_bytes_get_size(wholes[part_index]); length++) {
            g_autoptr(GBytes) cut = g_bytes_new(g_bytes_get_data(wholes[part_index], NULL), length);
            Assertion broken = used.assertion;
            if (part_index == 0)
                broken.authenticator_data = cut;
            else if (part_index == 1)
                broken.client_data = cut;
            else
                broken.signature = cut;
            g_assert_false(verify(soft, &challenge, &broken, NULL));
        }
    }
}

static void an_enrolment_cut_or_changed_never_reads_too_far(void)
{
    g_autoptr(SoftAuthenticator) soft = soft_authenticator_new(-7, ORIGIN);
    g_autoptr(GBytes) challenge = g_bytes_new_static("0123456789abcdef", 16);
    g_autoptr(json_t) json = soft_authenticator_register(soft, "MDEyMzQ1Njc4OWFiY2RlZg");
    g_autoptr(GBytes) client = part(json, "client_data"), object = part(json, "attestation_object");
    gsize size = g_bytes_get_size(object);
    for (gsize n = 0; n < size; n++) {
        g_autoptr(GBytes) cut = g_bytes_new(g_bytes_get_data(object, NULL), n);
        g_assert_null(passkey_register(RP_ID, ORIGIN, challenge, client, cut, NULL));
        for (guint bit = 0; bit < 8; bit++) { /* some bits matter to nobody; none may crash */
            g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(object, NULL), size);
            bytes[n] = (guint8)(bytes[n] ^ 1 << bit);
            g_autoptr(GBytes) changed = g_bytes_new(bytes, size);
            g_autoptr(Passkey) passkey G_GNUC_UNUSED =
                passkey_register(RP_ID, ORIGIN, challenge, client, changed, NULL);
        }
    }
    g_autoptr(GByteArray) longer = g_byte_array_new();
    g_byte_array_append(longer, g_bytes_get_data(object, NULL), (guint)size);
    g_byte_array_append(longer, (const guint8 *)"", 1);
    g_autoptr(GBytes) followed = g_bytes_new(longer->data, longer->len);
    g_assert_null(passkey_register(RP_ID, ORIGIN, challenge, client, followed, NULL));
}

static gboolean policy_accepts(const json_t *suite, const json_t *vector)
{
    const json_t *json = json_object_get(vector, "assertion");
    g_autoptr(GBytes) cose = member_bytes(vector, "publicKeyCose"), challenge = member_bytes(json, "challenge");
    g_autoptr(GBytes) data = member_bytes(json, "authenticatorData"), client = member_bytes(json, "clientDataJSON");
    g_autoptr(GBytes) signature = member_bytes(json, "signature");
    Hash hash = {.bytes = {0}};
    if (g_bytes_get_size(challenge) != HASH_SIZE) /* one has 128 bytes; no question of ours has */
        return FALSE;
    memcpy(hash.bytes, g_bytes_get_data(challenge, NULL), HASH_SIZE);
    const Assertion assertion = {"AA", data, client, signature};
    return passkey_verify(cose, json_text(suite, "rpId"), json_text(suite, "origin"), &hash, &assertion, NULL, NULL);
}

static void the_vectors_of_the_standard(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/webauthn/webauthn-vectors.json");
    if (suite == NULL)
        return;
    g_autoptr(GString) accepted = g_string_new(NULL);
    gsize n;
    json_t *vector;
    json_array_foreach(json_object_get(suite, "vectors"), n, vector)
    {
        const json_t *expected = json_object_get(vector, "expected");
        gboolean good = json_is_true_at(expected, "policyAccepts") && json_is_true_at(expected, "algorithmOffered");
        g_test_message("%s", json_text(vector, "name"));
        g_assert_cmpint(policy_accepts(suite, vector), ==, good);
        if (good)
            g_string_append_printf(accepted, "%s ", json_text(vector, "name"));
    }
    g_assert_cmpstr(accepted->str, ==, "none-es256-long-credential-id packed-es256 tpm-es256 ");
}

/* Enrolments of the same vectors: those with UV, of this web origin, with a key that we offer; the attestation may be
 * any. RS256 is missing: its key has 3,482 bits, which libfido2 does not decode. */
static void the_enrolments_of_the_standard(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/webauthn/webauthn-vectors.json");
    if (suite == NULL)
        return;
    g_autoptr(GString) accepted = g_string_new(NULL);
    gsize n;
    json_t *vector;
    json_array_foreach(json_object_get(suite, "vectors"), n, vector)
    {
        const json_t *json = json_object_get(vector, "registration");
        g_autoptr(GBytes) challenge = member_bytes(json, "challenge"), client = member_bytes(json, "clientDataJSON");
        g_autoptr(GBytes) object = member_bytes(json, "attestationObject"), id = member_bytes(json, "credential_id");
        g_autoptr(Passkey) passkey =
            passkey_register(json_text(suite, "rpId"), json_text(suite, "origin"), challenge, client, object, NULL);
        if (passkey == NULL)
            continue;
        g_autoptr(GBytes) cose = member_bytes(vector, "publicKeyCose"), spki = member_bytes(vector, "publicKeySpki");
        g_assert_true(g_bytes_equal(passkey->cose, cose) && g_bytes_equal(passkey->spki, spki));
        g_assert_cmpstr(passkey->aaguid, ==, json_text(json, "aaguid"));
        g_autofree char *expected = base64url_encode(g_bytes_get_data(id, NULL), g_bytes_get_size(id));
        g_assert_cmpstr(passkey->id, ==, expected);
        g_string_append_printf(accepted, "%s ", json_text(vector, "name"));
    }
    g_assert_cmpstr(accepted->str, ==, "packed-self-es256 packed-es256 tpm-es256 android-key-es256 ");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/passkey/life", enrolled_and_used);
    g_test_add_func("/passkey/lies", lies);
    g_test_add_func("/passkey/question", an_answer_serves_one_question_and_one_key);
    g_test_add_func("/passkey/challenges", challenges_as_the_format_says);
    g_test_add_func("/passkey/unknown", more_than_we_know_is_allowed);
    g_test_add_func("/passkey/ambiguous", client_data_that_two_parsers_read_differently);
    g_test_add_func("/passkey/cut", an_answer_cut_anywhere_is_refused);
    g_test_add_func("/passkey/enrolment/damaged", an_enrolment_cut_or_changed_never_reads_too_far);
    g_test_add_func("/passkey/webauthn/assertions", the_vectors_of_the_standard);
    g_test_add_func("/passkey/webauthn/enrolments", the_enrolments_of_the_standard);
    return g_test_run();
}
