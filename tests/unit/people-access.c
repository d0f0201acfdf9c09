/* Who sees what of a case: its members all of it, an auditor of the node its record, everybody else nothing at all; and
 * the node's own space is the administrator's. */
#include "base/error.h"
#include "crypto/secret.h"
#include "features/people/people.h"
#include "node/tx.h"
#include "support/house.h"

static const Feature *const features[] = {&people_feature, NULL};

typedef struct {
    House house;
    Visitor mira, jon, ana, ole; /* administrator, investigator, clerk, auditor */
    char *space;                 /* a case that Jon opened */
    Db *db;
} Scene;

static Principal *principal(Scene *self, const Visitor *visitor)
{
    g_autoptr(GError) error = NULL;
    Principal *found = principal_of_person(self->house.node, self->db, visitor->person, &error);
    g_assert_no_error(error);
    return found;
}

static gboolean open_case(Tx *tx, gpointer data, GError **error)
{
    Scene *self = data;
    g_autoptr(Principal) jon = principal_of_person(tx_node(tx), tx_db(tx), self->jon.person, error);
    return jon && tx_open_space(tx, "case", "", jon, (const char *const *)jon->roles, &self->space, error);
}

static void scene_open(Scene *self)
{
    g_autoptr(GError) error = NULL;
    *self = (Scene){0};
    house_open(&self->house, features);
    visitor_be_administrator(&self->mira, &self->house);
    visitor_be(&self->jon, &self->house, &self->mira, "Jon Arvik", "investigator");
    visitor_be(&self->ana, &self->house, &self->mira, "Ana Sol", "clerk");
    visitor_be(&self->ole, &self->house, &self->mira, "Ole Brand", "auditor");
    g_assert_true(node_write(self->house.node, open_case, self, &error));
    g_assert_no_error(error);
    self->db = node_reader_open(self->house.node, &error);
    g_assert_no_error(error);
}

static void scene_close(Scene *self)
{
    Visitor *const visitors[] = {&self->mira, &self->jon, &self->ana, &self->ole};
    for (gsize n = 0; n < G_N_ELEMENTS(visitors); n++)
        visitor_clear(visitors[n]);
    db_close(self->db);
    house_close(&self->house);
    g_free(self->space);
}

/* What @visitor is told of @space; ACCESS_NONE where it is as if there were none. */
static AccessLevel sees(Scene *self, const Visitor *visitor, const char *space, AccessLevel least)
{
    g_autoptr(GError) error = NULL;
    g_auto(SpaceAccess) access = {0};
    g_autoptr(Principal) who = principal(self, visitor);
    if (space_access(self->db, who, space, least, &access, &error))
        return access.level;
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    return ACCESS_NONE;
}

static void a_case_is_its_members(void)
{
    Scene scene;
    scene_open(&scene);
    g_assert_cmpint(sees(&scene, &scene.jon, scene.space, ACCESS_MEMBER), ==, ACCESS_MEMBER);
    g_assert_cmpint(sees(&scene, &scene.ana, scene.space, ACCESS_RECORD), ==, ACCESS_NONE);
    g_assert_cmpint(sees(&scene, &scene.mira, scene.space, ACCESS_RECORD), ==,
                    ACCESS_NONE); /* runs the node, no more */
    g_assert_cmpint(sees(&scene, &scene.ole, scene.space, ACCESS_RECORD), ==, ACCESS_RECORD);
    g_assert_cmpint(sees(&scene, &scene.ole, scene.space, ACCESS_MEMBER), ==, ACCESS_NONE); /* no content */
    g_assert_cmpint(sees(&scene, &scene.jon, "0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa", ACCESS_RECORD), ==, ACCESS_NONE);
    scene_close(&scene);
}

static void the_own_space_is_the_administrators(void)
{
    Scene scene;
    scene_open(&scene);
    const char *own = node_own_space(scene.house.node);
    g_assert_cmpint(sees(&scene, &scene.mira, own, ACCESS_MEMBER), ==, ACCESS_MEMBER);
    g_assert_cmpint(sees(&scene, &scene.jon, own, ACCESS_RECORD), ==, ACCESS_NONE);
    g_assert_cmpint(sees(&scene, &scene.ole, own, ACCESS_RECORD), ==, ACCESS_NONE);
    scene_close(&scene);
}

typedef struct {
    Scene *scene;
    const char *person;
    const char *const *roles; /* NULL: withdrawn */
} Membership;

static gboolean change_membership(Tx *tx, gpointer data, GError **error)
{
    const Membership *self = data;
    return self->roles ? tx_introduce(tx, self->scene->space, self->person, self->roles, error)
                       : tx_withdraw(tx, self->scene->space, self->person, error);
}

static void set_membership(Scene *scene, const Visitor *visitor, const char *const *roles)
{
    g_autoptr(GError) error = NULL;
    Membership data = {.scene = scene, .person = visitor->person, .roles = roles};
    g_assert_true(node_write(scene->house.node, change_membership, &data, &error));
    g_assert_no_error(error);
}

static void who_is_let_in_sees_and_who_is_put_out_does_not(void)
{
    Scene scene;
    scene_open(&scene);
    set_membership(&scene, &scene.ana, (const char *const[]){"clerk", NULL});
    g_assert_cmpint(sees(&scene, &scene.ana, scene.space, ACCESS_MEMBER), ==, ACCESS_MEMBER);
    set_membership(&scene, &scene.ana, NULL);
    g_assert_cmpint(sees(&scene, &scene.ana, scene.space, ACCESS_RECORD), ==, ACCESS_NONE);
    set_membership(&scene, &scene.ole, (const char *const[]){"auditor", NULL}); /* still looks at the record alone */
    g_assert_cmpint(sees(&scene, &scene.ole, scene.space, ACCESS_MEMBER), ==, ACCESS_NONE);
    scene_close(&scene);
}

static void roles_say_what_one_may_write(void)
{
    static const char *const takers[] = {"investigator", "clerk", NULL};
    static const ActType by_takers = {.name = "x.y/1", .roles = takers}, by_node = {.name = "x.z/1", .roles = NULL};
    Scene scene;
    scene_open(&scene);
    g_autoptr(GError) error = NULL;
    g_auto(SpaceAccess) access = {0};
    g_autoptr(Principal) jon = principal(&scene, &scene.jon);
    g_assert_true(space_access(scene.db, jon, scene.space, ACCESS_MEMBER, &access, &error));
    g_assert_true(space_access_may(&access, &by_takers));
    g_assert_false(space_access_may(&access, &by_node)); /* the node's own acts are nobody's */
    access.level = ACCESS_RECORD;
    g_assert_false(space_access_may(&access, &by_takers));
    scene_close(&scene);
}

/* The id that a person has in a case is not the one at home, so two cases can't be laid side by side. */
static void a_person_has_another_id_in_each_case(void)
{
    Scene scene;
    scene_open(&scene);
    g_auto(SpaceAccess) access = {0};
    g_autoptr(Principal) jon = principal(&scene, &scene.jon);
    g_assert_true(space_access(scene.db, jon, scene.space, ACCESS_MEMBER, &access, NULL));
    g_assert_nonnull(access.person);
    g_assert_cmpstr(access.person, !=, scene.jon.person);
    scene_close(&scene);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/access/members", a_case_is_its_members);
    g_test_add_func("/people/access/own-space", the_own_space_is_the_administrators);
    g_test_add_func("/people/access/in-and-out", who_is_let_in_sees_and_who_is_put_out_does_not);
    g_test_add_func("/people/access/roles", roles_say_what_one_may_write);
    g_test_add_func("/people/access/ids", a_person_has_another_id_in_each_case);
    return g_test_run();
}
