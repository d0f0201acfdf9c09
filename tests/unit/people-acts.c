/* What the records themselves allow: whoever writes one past the routes gains nothing, and the rows are what the records
 * say, also when they are made anew. */
#include "base/error.h"
#include "crypto/secret.h"
#include "features/people/people.h"
#include "node/rebuild.h"
#include "node/tx.h"
#include "support/house.h"
#include <string.h>

static const Feature *const features[] = {&people_feature, NULL};

typedef struct {
    House house;
    Visitor mira, jon; /* administrator, investigator */
} Scene;

static void scene_open(Scene *self)
{
    house_open(&self->house, features);
    visitor_be_administrator(&self->mira, &self->house);
    visitor_be(&self->jon, &self->house, &self->mira, "Jon Arvik", "investigator");
}

static void scene_close(Scene *self)
{
    visitor_clear(&self->mira);
    visitor_clear(&self->jon);
    house_close(&self->house);
}

typedef struct {
    const char *person, *type;
    char *subject;
    json_t *members;
} Raw;

static gboolean append_raw(Tx *tx, gpointer data, GError **error)
{
    const Raw *self = data;
    g_autoptr(Principal) by = principal_of_person(tx_node(tx), tx_db(tx), self->person, error);
    const TxDraft draft = {.space = node_own_space(tx_node(tx)),
                           .principal = by,
                           .type = self->type,
                           .subject = self->subject,
                           .members = self->members};
    return by && tx_append(tx, &draft, NULL, error);
}

/* @visitor writes @type on @id (NULL: something new), past every route. @members: taken. */
static gboolean writes(Scene *scene, const Visitor *visitor, const char *type, const char *id, json_t *members,
                       GError **error)
{
    g_autoptr(json_t) owned = members;
    g_autofree char *subject = id ? g_strconcat(node_name(scene->house.node), "/", id, NULL) : NULL;
    Raw raw = {.person = visitor->person, .type = type, .subject = subject, .members = owned};
    return node_write(scene->house.node, append_raw, &raw, error);
}

/* A valid record that has no effect. */
static void writes_in_vain(Scene *scene, const Visitor *visitor, const char *type, const char *id, json_t *members)
{
    g_autoptr(GError) error = NULL;
    writes(scene, visitor, type, id, members, &error);
    g_assert_no_error(error);
}

static char *first_id(Visitor *visitor, const char *path)
{
    g_autoptr(json_t) list = visitor_get(visitor, "GET", path, NULL, 200);
    return g_strdup(json_text(json_array_get(json_object_get(list, "items"), 0), "id"));
}

static void only_the_owner_labels_a_passkey(void)
{
    Scene scene;
    scene_open(&scene);
    g_autofree char *passkey = first_id(&scene.mira, "/me/passkeys");
    writes_in_vain(&scene, &scene.jon, "passkey.labelled/1", passkey, json_pack("{s:s}", "label", "Jon's"));
    g_autoptr(json_t) list = visitor_get(&scene.mira, "GET", "/me/passkeys", NULL, 200);
    g_assert_cmpstr(json_text(json_array_get(json_object_get(list, "items"), 0), "label"), ==, "Key of this test");
    scene_close(&scene);
}

static void an_invitation_is_used_by_whom_it_is_for(void)
{
    Scene scene;
    scene_open(&scene);
    json_t *body = json_pack("{s:s, s:[s], s:b}", "name", "Ana Sol", "roles", "clerk", "admin", FALSE);
    g_autoptr(json_t) made = visitor_get(&scene.mira, "POST", "/invitations", body, 201);
    writes_in_vain(&scene, &scene.jon, "invitation.used/1", json_text(made, "id"), json_object());
    g_auto(Visitor) ana;
    visitor_init(&ana, &scene.house);
    visitor_enrol(&ana, json_text(made, "link"), -8);
    scene_close(&scene);
}

static void roles_are_the_administrators_to_give(void)
{
    static const struct {
        const char *type;
        gboolean on_jon;
    } acts[] = {{"person.roles_changed/1", TRUE}, {"person.admitted/1", TRUE}, {"person.disabled/1", TRUE}};
    Scene scene;
    scene_open(&scene);
    for (gsize n = 0; n < G_N_ELEMENTS(acts); n++) {
        g_autoptr(GError) error = NULL;
        json_t *members = g_str_equal(acts[n].type, "person.disabled/1")
                              ? json_object()
                              : json_pack("{s:[], s:b}", "roles", "admin", TRUE);
        if (g_str_equal(acts[n].type, "person.admitted/1"))
            json_object_set_new(members, "machine", json_false());
        g_assert_false(writes(&scene, &scene.jon, acts[n].type, scene.jon.person, members, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
    }
    g_autoptr(json_t) me = visitor_get(&scene.jon, "GET", "/me", NULL, 200);
    g_assert_false(json_is_true_at(me, "admin"));
    scene_close(&scene);
}

static void an_account_is_made_once(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(json_t) roles = json_pack("[s]", "prosecutor");
    writes_in_vain(&scene, &scene.mira, "person.admitted/1", scene.jon.person,
                   json_pack("{s:O, s:b, s:b}", "roles", roles, "admin", TRUE, "machine", TRUE));
    writes_in_vain(&scene, &scene.mira, "person.enabled/1", scene.jon.person, json_object()); /* it was not closed */
    g_autofree char *path = g_strconcat("/people/", scene.jon.person, NULL);
    g_autoptr(json_t) jon = visitor_get(&scene.mira, "GET", path, NULL, 200);
    g_autoptr(json_t) before = json_pack("[s]", "investigator");
    g_assert_true(json_equal(json_object_get(jon, "roles"), before));
    g_assert_false(json_is_true_at(jon, "admin"));
    g_assert_false(json_is_true_at(jon, "machine"));
    scene_close(&scene);
}

static void nobody_is_left_without_a_role(void)
{
    Scene scene;
    scene_open(&scene);
    g_autoptr(GError) error = NULL;
    json_t *nothing = json_pack("{s:[], s:b}", "roles", "admin", FALSE);
    g_assert_false(writes(&scene, &scene.mira, "person.roles_changed/1", scene.jon.person, nothing, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    scene_close(&scene);
}

/* A revoked token and a removed passkey can't be taken back into use by whatever record. */
static void what_is_revoked_stays_revoked(void)
{
    Scene scene;
    scene_open(&scene);
    json_t *body = json_pack("{s:s, s:[s]}", "name", "Script", "scopes", "all");
    g_autoptr(json_t) made = visitor_get(&scene.mira, "POST", "/tokens", body, 201);
    g_autofree char *path = g_strconcat("/tokens/", json_text(made, "id"), NULL);
    json_decref(visitor_get(&scene.mira, "DELETE", path, NULL, 204));
    writes_in_vain(&scene, &scene.mira, "token.revoked/1", json_text(made, "id"), json_object());
    g_auto(Visitor) script;
    visitor_init(&script, &scene.house);
    script.token = g_strdup(json_text(made, "token"));
    visitor_refused(&script, "GET", "/me", NULL, 401, "session.none");
    scene_close(&scene);
}

/* Everything that can happen to people, and then all rows anew. */
static void rows_made_anew_are_the_same_rows(void)
{
    g_autoptr(GError) error = NULL;
    Scene scene;
    scene_open(&scene);
    json_decref(visitor_get(&scene.mira, "POST", "/tokens",
                            json_pack("{s:s, s:[s]}", "name", "Script", "scopes", "export"), 201));
    json_decref(visitor_get(&scene.mira, "POST", "/invitations", json_pack("{s:s}", "person", scene.jon.person), 201));
    g_autofree char *disable = g_strconcat("/people/", scene.jon.person, "/disable", NULL);
    json_decref(visitor_get(&scene.mira, "POST", disable, NULL, 200));
    g_autoptr(Db) db = node_reader_open(scene.house.node, &error);
    Hash now, anew;
    g_assert_true(node_digest(scene.house.node, db, &now, &error));
    g_assert_true(node_shadow_digest(scene.house.node, NULL, NULL, &anew, &error));
    g_assert_no_error(error);
    g_assert_true(hash_equal(&now, &anew));
    g_clear_pointer(&db, db_close);
    scene_close(&scene);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/acts/label", only_the_owner_labels_a_passkey);
    g_test_add_func("/people/acts/invitation", an_invitation_is_used_by_whom_it_is_for);
    g_test_add_func("/people/acts/roles", roles_are_the_administrators_to_give);
    g_test_add_func("/people/acts/admitted-once", an_account_is_made_once);
    g_test_add_func("/people/acts/no-role", nobody_is_left_without_a_role);
    g_test_add_func("/people/acts/revoked", what_is_revoked_stays_revoked);
    g_test_add_func("/people/acts/rebuilt", rows_made_anew_are_the_same_rows);
    return g_test_run();
}
