/* An act of legal weight waits for the person's passkey over its very bytes: what another passkey says, over other
 * bytes, too late, twice, or for somebody else, changes nothing. The act here is a stamp that is pressed. */
#include "base/error.h"
#include "base/text.h"
#include "crypto/passkey.h"
#include "crypto/secret.h"
#include "features/people/people.h"
#include "node/confirm.h"
#include "support/house.h"
#include <string.h>

/* ---- a feature of this test ---- */

static const char *const pressers[] = {"administrator", "investigator", NULL};
static const Field text_fields[] = {{.name = "text", .kind = FIELD_TEXT, .min = 1, .max = 100}, {.name = NULL}};
static const ActSet text_sets[] = {{"text", "text", NULL}, {0}};
static const ActSet pressed_sets[] = {{"pressed", NULL, "yes"}, {0}};
static const ActType stamp_acts[] = {
    {.name = "stamp.cut/1",
     .on = ACT_CREATES,
     .entity = "stamp",
     .roles = pressers,
     .fields = text_fields,
     .sets = text_sets,
     .says = "Cut a stamp."},
    {.name = "stamp.recut/1",
     .on = ACT_ON_ENTITY,
     .entity = "stamp",
     .roles = pressers,
     .fields = text_fields,
     .sets = text_sets,
     .says = "Cut it anew."},
    {.name = "stamp.pressed/1",
     .on = ACT_ON_ENTITY,
     .entity = "stamp",
     .roles = pressers,
     .flags = ACT_CONFIRM,
     .sets = pressed_sets,
     .says = "Pressed it."},
};
static const gsize stamp_act_count = G_N_ELEMENTS(stamp_acts);

static gboolean project(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    (void)place;
    const EntityRecord *last = entity_last(entity);
    g_autoptr(DbQuery) put =
        db_query(db, "INSERT INTO stamp (id, text, pressed, confirmed) VALUES (:id, :text, :pressed, :confirmed) "
                     "ON CONFLICT (id) DO UPDATE SET text = :text, pressed = :pressed, confirmed = :confirmed");
    db_bind_text(put, "id", entity_id(entity));
    db_bind_text(put, "text", entity_text(entity, "text"));
    db_bind_integer(put, "pressed", entity_text(entity, "pressed") != NULL);
    db_bind_integer(put, "confirmed", last && last->confirmed);
    return db_run(put, error);
}

typedef struct {
    const Principal *principal;
    const char *type;
    char *subject;
    json_t *body;
    Appended appended;
} Work;

static gboolean write_stamp(Tx *tx, gpointer data, GError **error)
{
    Work *work = data;
    const TxDraft draft = {.space = node_own_space(tx_node(tx)),
                           .principal = work->principal,
                           .type = work->type,
                           .subject = work->subject,
                           .members = work->body};
    return tx_append(tx, &draft, &work->appended, error);
}

static gboolean cut(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require(request, error);
    g_autoptr(json_t) body = principal ? http_request_json(request, error) : NULL;
    const char *stamp = http_request_parameter(request, "stamp");
    g_autofree char *subject = stamp ? g_strconcat(node_name(node), "/", stamp, NULL) : NULL;
    Work work = {
        .principal = principal, .type = stamp ? "stamp.recut/1" : "stamp.cut/1", .subject = subject, .body = body};
    if (!body || !node_write(node, write_stamp, &work, error))
        return FALSE;
    http_response_json(response, 201, json_pack("{s:s}", "id", work.appended.id));
    return TRUE;
}

static gboolean finish(Tx *tx, const Appended *appended, const json_t *context, json_t **result, GError **error)
{
    (void)tx;
    (void)error;
    *result = json_pack("{s:s, s:O}", "pressed", appended->id, "context", context);
    return TRUE;
}

static gboolean press(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)response;
    Node *node = http_request_owner(request);
    const Principal *principal = principal_require(request, error);
    if (!principal)
        return FALSE;
    g_autofree char *subject = g_strconcat(node_name(node), "/", http_request_parameter(request, "stamp"), NULL);
    g_autoptr(json_t) members = json_object();
    g_autoptr(json_t) context = json_pack("{s:s}", "for", "the court");
    const ConfirmRequest confirm = {.draft = {.space = node_own_space(node),
                                              .principal = principal,
                                              .type = "stamp.pressed/1",
                                              .subject = subject,
                                              .members = members},
                                    .sentence = "stamp.pressed",
                                    .context = context,
                                    .finish = finish,
                                    .status = 201};
    return confirm_or_run(node, request, principal, &confirm, error);
}

static gboolean look(HttpRequest *request, HttpResponse *response, GError **error)
{
    g_autoptr(DbQuery) query = db_query(node_reader(http_request_owner(request), request),
                                        "SELECT text, pressed, confirmed FROM stamp WHERE id = :id");
    db_bind_text(query, "id", http_request_parameter(request, "stamp"));
    if (db_step(query, error) != 1)
        return FALSE;
    http_response_json(response, 200,
                       json_pack("{s:s, s:b, s:b}", "text", db_text(query, 0), "pressed", db_integer(query, 1) != 0,
                                 "confirmed", db_integer(query, 2) != 0));
    return TRUE;
}

static const HttpRoute routes[] = {
    {.method = "POST", .path = "/api/v1/stamps", .handler = cut},
    {.method = "POST", .path = "/api/v1/stamps/{stamp}/recut", .handler = cut},
    {.method = "POST", .path = "/api/v1/stamps/{stamp}/press", .handler = press},
    {.method = "GET", .path = "/api/v1/stamps/{stamp}", .handler = look},
    {.method = NULL},
};
static const Feature stamp_feature = {
    .name = "stamp",
    .acts = stamp_acts,
    .act_count = &stamp_act_count,
    .kinds = (const char *const[]){"stamp", NULL},
    .tables_sql = "CREATE TABLE stamp (id TEXT PRIMARY KEY, text TEXT NOT NULL, pressed BIGINT NOT NULL, confirmed "
                  "BIGINT NOT NULL);",
    .tables = (const char *const[]){"stamp", NULL},
    .tables_version = 1,
    .project = project,
    .routes = routes,
};
static const Feature *const features[] = {&people_feature, &stamp_feature, NULL};

/* ---- the scene: Mira has cut a stamp, and so has Jon ---- */

typedef struct {
    House house;
    Visitor mira, jon;
    char *stamp, *path, *press;
} Scene;

static void scene_open(Scene *self)
{
    house_open(&self->house, features);
    visitor_be_administrator(&self->mira, &self->house);
    visitor_be(&self->jon, &self->house, &self->mira, "Jon Arvik", "investigator");
    g_autoptr(json_t) made = visitor_get(&self->mira, "POST", "/stamps", json_pack("{s:s}", "text", "Received"), 201);
    self->stamp = g_strdup(json_text(made, "id"));
    self->path = g_strconcat("/stamps/", self->stamp, NULL);
    self->press = g_strconcat(self->path, "/press", NULL);
}

static void scene_close(Scene *self)
{
    visitor_clear(&self->mira);
    visitor_clear(&self->jon);
    house_close(&self->house);
    g_free(self->stamp);
    g_free(self->path);
    g_free(self->press);
}

static gboolean is(Scene *self, const char *what)
{
    g_autoptr(json_t) stamp = visitor_get(&self->mira, "GET", self->path, NULL, 200);
    return json_is_true_at(stamp, what);
}

/* What Mira is asked to confirm. New reference. */
static json_t *begin(Scene *self)
{
    g_autoptr(json_t) asked = visitor_get(&self->mira, "POST", self->press, NULL, 202);
    return json_incref(json_object_get(asked, "confirm"));
}

static char *confirmation_path(const json_t *confirm)
{
    return g_strconcat("/confirmations/", json_text(confirm, "id"), NULL);
}

static void pressed_by_passkey(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) confirm = begin(&scene);
    g_assert_false(is(&scene, "pressed"));

    /* The page can show all bytes, and they are what the challenge is made of. */
    g_autoptr(GBytes) act = base64url_decode(json_text(confirm, "act"), -1);
    Hash hash = confirmation_challenge(g_bytes_get_data(act, NULL), g_bytes_get_size(act));
    g_autofree char *challenge = base64url_encode(hash.bytes, HASH_SIZE);
    g_assert_cmpstr(json_text(confirm, "challenge"), ==, challenge);
    g_assert_cmpstr(json_text(json_object_get(confirm, "sentence"), "code"), ==, "stamp.pressed");
    g_autofree char *credential = soft_authenticator_credential(scene.mira.passkey);
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(confirm, "credentials"), 0)), ==, credential);

    g_autofree char *path = confirmation_path(confirm);
    g_autoptr(json_t) done =
        visitor_get(&scene.mira, "PUT", path, soft_authenticator_assert(scene.mira.passkey, challenge), 201);
    g_assert_cmpstr(json_text(done, "pressed"), ==, scene.stamp);
    g_assert_cmpstr(json_text(json_object_get(done, "context"), "for"), ==, "the court");
    g_assert_true(is(&scene, "pressed"));
    g_assert_true(is(&scene, "confirmed"));
    visitor_refused(&scene.mira, "PUT", path, soft_authenticator_assert(scene.mira.passkey, challenge), 410,
                    "confirmation.gone");
    scene_close(&scene);
}

typedef enum {
    OTHER_BYTES,
    SIGN_IN,
    OTHER_ORIGIN,
    OTHER_SITE,
    NO_VERIFICATION,
    BAD_SIGNATURE,
    ANOTHERS_PASSKEY,
    LIE_COUNT
} Lie;

/* What Mira's browser sends, with one thing wrong. New reference. */
static json_t *lie(Scene *scene, const json_t *confirm, Lie kind)
{
    SoftAuthenticator *passkey = kind == ANOTHERS_PASSKEY ? scene->jon.passkey : scene->mira.passkey;
    g_autofree char *challenge = g_strdup(json_text(confirm, "challenge"));
    if (kind == OTHER_BYTES || kind == SIGN_IN) { /* the same act with one byte changed; or the domain of signing in */
        g_autoptr(GBytes) act = base64url_decode(json_text(confirm, "act"), -1);
        gsize length = 0;
        g_autofree guint8 *bytes = g_bytes_unref_to_data(g_steal_pointer(&act), &length);
        bytes[length / 2] ^= kind == OTHER_BYTES;
        Hash hash = kind == OTHER_BYTES ? confirmation_challenge(bytes, length) : sign_in_challenge(bytes);
        g_free(challenge);
        challenge = base64url_encode(hash.bytes, HASH_SIZE);
    }
    if (kind == OTHER_ORIGIN || kind == OTHER_SITE) {
        char **where = kind == OTHER_ORIGIN ? &passkey->origin : &passkey->rp_id;
        g_free(*where);
        *where = g_strdup("http://elsewhere.example");
    }
    passkey->flags = kind == NO_VERIFICATION ? SOFT_UP : SOFT_UP | SOFT_UV;
    passkey->flip = kind == BAD_SIGNATURE;
    return soft_authenticator_assert(passkey, challenge);
}

static void every_lie_is_refused(gconstpointer data)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) confirm = begin(&scene);
    g_autofree char *path = confirmation_path(confirm);
    visitor_refused(&scene.mira, "PUT", path, lie(&scene, confirm, (Lie)GPOINTER_TO_INT(data)), 403,
                    "confirmation.refused");
    g_assert_false(is(&scene, "pressed"));
    scene_close(&scene);
}

static void a_few_tries_and_no_more(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) confirm = begin(&scene);
    g_autofree char *path = confirmation_path(confirm);
    for (guint n = 0; n < 4; n++)
        visitor_refused(&scene.mira, "PUT", path, lie(&scene, confirm, BAD_SIGNATURE), 403, "confirmation.refused");
    scene.mira.passkey->flip = FALSE;
    json_decref(visitor_get(&scene.mira, "PUT", path,
                            soft_authenticator_assert(scene.mira.passkey, json_text(confirm, "challenge")), 201));

    g_autoptr(json_t) second = begin(&scene);
    g_autofree char *again = confirmation_path(second);
    for (guint n = 0; n < 5; n++)
        visitor_refused(&scene.mira, "PUT", again, lie(&scene, second, BAD_SIGNATURE), 403, "confirmation.refused");
    scene.mira.passkey->flip = FALSE;
    visitor_refused(&scene.mira, "PUT", again,
                    soft_authenticator_assert(scene.mira.passkey, json_text(second, "challenge")), 410,
                    "confirmation.gone");
    scene_close(&scene);
}

static void nobody_completes_anothers(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) confirm = begin(&scene);
    g_autofree char *path = confirmation_path(confirm);
    const char *challenge = json_text(confirm, "challenge");
    visitor_refused(&scene.jon, "PUT", path, soft_authenticator_assert(scene.jon.passkey, challenge), 410,
                    "confirmation.gone");
    visitor_refused(&scene.jon, "DELETE", path, NULL, 410, "confirmation.gone");
    json_decref(visitor_get(&scene.mira, "PUT", path, soft_authenticator_assert(scene.mira.passkey, challenge), 201));
    scene_close(&scene);
}

static void what_waited_too_long_is_gone(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) confirm = begin(&scene);
    g_autofree char *path = confirmation_path(confirm);
    scene.house.world.now += 10 * 60 * 1000;
    visitor_refused(&scene.mira, "PUT", path,
                    soft_authenticator_assert(scene.mira.passkey, json_text(confirm, "challenge")), 410,
                    "confirmation.gone");

    g_autoptr(json_t) second = begin(&scene);
    g_autofree char *again = confirmation_path(second);
    house_restart(&scene.house);
    visitor_refused(&scene.mira, "PUT", again,
                    soft_authenticator_assert(scene.mira.passkey, json_text(second, "challenge")), 410,
                    "confirmation.gone");

    g_autoptr(json_t) third = begin(&scene);
    g_autofree char *dropped = confirmation_path(third);
    json_decref(visitor_get(&scene.mira, "DELETE", dropped, NULL, 204));
    visitor_refused(&scene.mira, "PUT", dropped,
                    soft_authenticator_assert(scene.mira.passkey, json_text(third, "challenge")), 410,
                    "confirmation.gone");
    g_assert_false(is(&scene, "pressed"));
    scene_close(&scene);
}

static void what_moved_meanwhile_is_not_pressed(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) confirm = begin(&scene);
    g_autofree char *path = confirmation_path(confirm), *recut = g_strconcat(scene.path, "/recut", NULL);
    json_decref(visitor_get(&scene.jon, "POST", recut, json_pack("{s:s}", "text", "Refused"), 201));
    visitor_refused(&scene.mira, "PUT", path,
                    soft_authenticator_assert(scene.mira.passkey, json_text(confirm, "challenge")), 409,
                    "confirmation.moved");
    g_assert_false(is(&scene, "pressed"));
    scene_close(&scene);
}

static void a_program_presses_at_once(void)
{
    g_autoptr(GError) error = NULL;
    Scene scene;
    scene_open(&scene);
    g_auto(Visitor) script;
    visitor_init(&script, &scene.house);
    g_assert_true(people_token_create(scene.house.node, "Stamping machine", SCOPE_ALL, 0, &script.token, &error));
    g_assert_no_error(error);
    g_autoptr(json_t) done = visitor_get(&script, "POST", scene.press, NULL, 201);
    g_assert_cmpstr(json_text(done, "pressed"), ==, scene.stamp);
    g_assert_true(is(&scene, "pressed"));
    g_assert_false(is(&scene, "confirmed"));
    scene_close(&scene);
}

/* A person's own token is no hand: it can begin, and only the passkey completes. */
static void a_persons_token_does_not_press(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) made =
        visitor_get(&scene.mira, "POST", "/tokens",
                    json_pack("{s:s, s:s, s:[s]}", "name", "S", "person", scene.mira.person, "scopes", "all"), 201);
    g_auto(Visitor) script;
    visitor_init(&script, &scene.house);
    script.token = g_strdup(json_text(made, "token"));
    json_decref(visitor_get(&script, "POST", scene.press, NULL, 202));
    g_assert_false(is(&scene, "pressed"));
    scene_close(&scene);
}

int main(int argc, char **argv)
{
    static const char *const lies[LIE_COUNT] = {"other-bytes",     "sign-in",       "other-origin",    "other-site",
                                                "no-verification", "bad-signature", "anothers-passkey"};
    secret_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/confirm/passkey", pressed_by_passkey);
    for (int n = 0; n < LIE_COUNT; n++) {
        g_autofree char *path = g_strconcat("/people/confirm/refused/", lies[n], NULL);
        g_test_add_data_func(path, GINT_TO_POINTER(n), every_lie_is_refused);
    }
    g_test_add_func("/people/confirm/tries", a_few_tries_and_no_more);
    g_test_add_func("/people/confirm/anothers", nobody_completes_anothers);
    g_test_add_func("/people/confirm/too-long", what_waited_too_long_is_gone);
    g_test_add_func("/people/confirm/moved", what_moved_meanwhile_is_not_pressed);
    g_test_add_func("/people/confirm/program", a_program_presses_at_once);
    g_test_add_func("/people/confirm/persons-token", a_persons_token_does_not_press);
    return g_test_run();
}
