/* features/people/people.c: see people.h. */
#include "features/people/people.h"
#include "features/people/private.h"
#include "node/principal_cache.h"

/* What one address may ask of sign-in and enrolment in a minute, and at once. Offices share an address. */
#define OUTSIDERS_PER_MINUTE 60
#define OUTSIDERS_BURST 120
#define ATTEMPTS_PER_MINUTE 20
#define ATTEMPTS_BURST 40
#define ADDRESSES 10000

static const char *const kinds[] = {"person", "passkey", "invitation", "token", NULL};
static const char *const tables[] = {"people_person", "people_passkey", "people_invitation", "people_token", NULL};

#define API "/api/v1"
#define PUBLIC .flags = HTTP_ROUTE_PUBLIC
static const HttpRoute routes[] = {
    {.method = "GET", .path = API "/node", .handler = node_get, PUBLIC},
    {.method = "POST", .path = API "/sign-in/challenge", .handler = sign_in_challenge_post, PUBLIC},
    {.method = "POST", .path = API "/sign-in", .handler = sign_in_post, PUBLIC},
    {.method = "GET", .path = API "/me", .handler = me_get},
    {.method = "DELETE", .path = API "/me/session", .handler = sign_out},
    {.method = "GET", .path = API "/me/sessions", .handler = sessions_list},
    {.method = "DELETE", .path = API "/me/sessions", .handler = sessions_delete},
    {.method = "DELETE", .path = API "/me/sessions/{session}", .handler = session_delete},
    {.method = "DELETE", .path = API "/me/notices/{notice}", .handler = notice_delete},
    {.method = "GET", .path = API "/me/views", .handler = views_list},
    {.method = "POST", .path = API "/me/views", .handler = views_post},
    {.method = "PUT", .path = API "/me/views/{view}", .handler = view_put},
    {.method = "DELETE", .path = API "/me/views/{view}", .handler = view_delete},
    {.method = "GET", .path = API "/me/passkeys", .handler = passkeys_list},
    {.method = "POST", .path = API "/me/passkeys/options", .handler = passkeys_options_post},
    {.method = "POST", .path = API "/me/passkeys", .handler = passkeys_post},
    {.method = "PATCH", .path = API "/me/passkeys/{passkey}", .handler = passkey_patch},
    {.method = "DELETE", .path = API "/me/passkeys/{passkey}", .handler = passkey_delete},
    {.method = "GET", .path = API "/people", .handler = people_list},
    {.method = "GET", .path = API "/people/{person}", .handler = person_get},
    {.method = "PATCH", .path = API "/people/{person}", .handler = person_patch},
    {.method = "POST", .path = API "/people/{person}/disable", .handler = person_disable},
    {.method = "POST", .path = API "/people/{person}/enable", .handler = person_enable},
    {.method = "GET", .path = API "/directory", .handler = directory_list},
    {.method = "GET", .path = API "/roles", .handler = roles_get},
    {.method = "GET", .path = API "/invitations", .handler = invitations_list},
    {.method = "POST", .path = API "/invitations", .handler = invitations_post},
    {.method = "DELETE", .path = API "/invitations/{invitation}", .handler = invitation_delete},
    {.method = "POST", .path = API "/enrolment/open", .handler = enrolment_open, PUBLIC},
    {.method = "POST", .path = API "/enrolment/options", .handler = enrolment_options, PUBLIC},
    {.method = "POST", .path = API "/enrolment", .handler = enrolment_post, PUBLIC},
    {.method = "POST", .path = API "/enrolment/wrong", .handler = enrolment_wrong, PUBLIC},
    {.method = "GET", .path = API "/tokens", .handler = tokens_list},
    {.method = "POST", .path = API "/tokens", .handler = tokens_post},
    {.method = "DELETE", .path = API "/tokens/{token}", .handler = token_delete},
    {.method = NULL},
};

static const FeatureJob jobs[] = {{.name = "people.endings", .run = people_look_for_endings, .every_s = 60 * 60}};

People *people_of(Node *node)
{
    return node_feature_data(node, "people");
}

static gboolean start(Node *node, GError **error)
{
    (void)error;
    const Env *env = node_env(node);
    People *self = g_new0(People, 1);
    self->challenges = challenges_new(env);
    self->outsiders = http_limiter_new(env, OUTSIDERS_PER_MINUTE, OUTSIDERS_BURST, ADDRESSES);
    self->attempts = http_limiter_new(env, ATTEMPTS_PER_MINUTE, ATTEMPTS_BURST, ADDRESSES);
    node_set_feature_data(node, "people", self);
    token_set_keeper(node, &people_token_keeper);
    principal_cache_start(node);
    return TRUE;
}

static void stop(Node *node)
{
    People *self = people_of(node);
    principal_cache_stop(node);
    node_set_feature_data(node, "people", NULL);
    challenges_free(self->challenges);
    http_limiter_free(self->outsiders);
    http_limiter_free(self->attempts);
    g_free(self);
}

const Feature people_feature = {
    .name = "people",
    .acts = people_acts,
    .act_count = &people_act_count,
    .kinds = kinds,
    .tables_sql = people_tables_sql,
    .tables = tables,
    .tables_version = 2,
    .project = people_project,
    .routes = routes,
    .jobs = jobs,
    .job_count = G_N_ELEMENTS(jobs),
    .start = start,
    .stop = stop,
};
