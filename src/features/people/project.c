/* features/people/project.c: persons, passkeys, invitations and tokens as rows. Only those of the node's own space: a
 * person's entity in a case is what that case calls them. */
#include "base/text.h"
#include "features/people/acts.h"
#include "features/people/private.h"
#include "node/page.h"
#include "node/projection.h"
#include "node/token.h"

/* "" where nothing set it: a person who was named and never admitted. Of two that both stand, the one that closes. */
static const char *state_of(const Entity *entity)
{
    const char *state = "";
    g_autoptr(GArray) values = entity_values(entity, "state");
    for (guint n = 0; n < values->len; n++) {
        const char *value = json_string_value(g_array_index(values, EntityValue, n).value);
        if (!*state || g_str_equal(state, "active") || g_str_equal(state, "open"))
            state = value;
    }
    return state;
}

static gboolean truth_of(const Entity *entity, const char *field)
{
    return json_is_true(entity_value(entity, field));
}

static gint64 created_ms(const Entity *entity)
{
    return entity_first(entity)->time_ms;
}

/* " clerk investigator ", ascending. New. */
static char *roles_text(const json_t *roles)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    gsize n;
    json_t *role;
    json_array_foreach((json_t *)roles, n, role) g_ptr_array_add(names, (gpointer)json_string_value(role));
    g_ptr_array_sort(names, text_compare);
    GString *text = g_string_new(" ");
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s ", (const char *)g_ptr_array_index(names, i));
    return g_string_free(text, FALSE);
}

static const ProjectionField contested_fields[] = {{"name", NULL},  {"title", NULL}, {"affiliation", NULL},
                                                   {"roles", NULL}, {"admin", NULL}, {"state", NULL},
                                                   {NULL, NULL}};

/* The last act of a person that changed the name; NULL: it stands as it was given. What the node writes itself (how a lane
 * calls somebody) only repeats it. */
static const EntityRecord *renaming(const Entity *entity)
{
    const EntityRecord *last = NULL;
    g_autoptr(GArray) names = entity_history(entity, "name");
    for (guint n = 1; n < names->len; n++) {
        const EntityRecord *record = g_array_index(names, EntityValue, n).record;
        if (*record->person &&
            !json_equal(g_array_index(names, EntityValue, n).value, g_array_index(names, EntityValue, n - 1).value))
            last = record;
    }
    return last;
}

static gboolean put_person(Db *db, const Entity *entity, GError **error)
{
    g_autofree char *key = text_sort_key(projection_text(entity, "name"));
    g_autofree char *roles = roles_text(entity_value(entity, "roles"));
    g_autofree char *tag = entity_tag(entity);
    g_autofree char *contested = projection_contested(entity, contested_fields);
    const EntityRecord *renamed = renaming(entity);
    g_autoptr(DbQuery) put = db_query(
        db, "INSERT INTO people_person (person, name, name_key, title, affiliation, roles, admin, machine, state, "
            "created, tag, contested, renamed, renamed_by) VALUES (:person, :name, :key, :title, :affiliation, :roles, "
            ":admin, :machine, :state, :created, :tag, :contested, :renamed, :renamed_by)");
    db_bind_text(put, "person", entity_id(entity));
    db_bind_text(put, "name", projection_text(entity, "name"));
    db_bind_text(put, "key", key);
    db_bind_text(put, "title", projection_text(entity, "title"));
    db_bind_text(put, "affiliation", projection_text(entity, "affiliation"));
    db_bind_text(put, "roles", roles);
    db_bind_integer(put, "admin", truth_of(entity, "admin"));
    db_bind_integer(put, "machine", truth_of(entity, "machine"));
    db_bind_text(put, "state", state_of(entity));
    db_bind_integer(put, "created", created_ms(entity));
    db_bind_text(put, "tag", tag);
    db_bind_text(put, "contested", contested);
    if (renamed)
        db_bind_integer(put, "renamed", renamed->time_ms);
    else
        db_bind_null(put, "renamed");
    db_bind_text(put, "renamed_by", renamed ? renamed->person : NULL);
    return db_run(put, error);
}

static gboolean put_passkey(Db *db, const Entity *entity, GError **error)
{
    g_autofree char *transports = json_compact(entity_value(entity, "transports"), NULL);
    g_autoptr(DbQuery) put = db_query(
        db, "INSERT INTO people_passkey (id, person, credential, cose, spki, label, aaguid, backed_up, transports, "
            "created) VALUES (:id, :person, :credential, :cose, :spki, :label, :aaguid, :backed_up, :transports, "
            ":created)");
    db_bind_text(put, "id", entity_id(entity));
    db_bind_text(put, "person", projection_text(entity, "person"));
    db_bind_text(put, "credential", projection_text(entity, "credential"));
    db_bind_text(put, "cose", projection_text(entity, "cose"));
    db_bind_text(put, "spki", projection_text(entity, "spki"));
    db_bind_text(put, "label", projection_text(entity, "label"));
    db_bind_text(put, "aaguid", projection_text(entity, "aaguid"));
    db_bind_integer(put, "backed_up", truth_of(entity, "backed_up"));
    db_bind_text(put, "transports", transports);
    db_bind_integer(put, "created", created_ms(entity));
    return db_run(put, error);
}

/* "sha256:<hex>" as it stands in acts, without its prefix. */
static const char *secret_of(const Entity *entity)
{
    const char *secret = projection_text(entity, "secret");
    return g_str_has_prefix(secret, "sha256:") ? secret + 7 : secret;
}

static gint64 expires_ms(const Entity *entity)
{
    gint64 expires = 0;
    return time_read(projection_text(entity, "expires"), -1, &expires) ? expires : 0;
}

static gboolean put_invitation(Db *db, const Entity *entity, GError **error)
{
    g_autoptr(DbQuery) put = db_query(
        db, "INSERT INTO people_invitation (id, person, secret, state, created, expires, made_by, wrong) VALUES "
            "(:id, :person, :secret, :state, :created, :expires, :made_by, :wrong)");
    db_bind_text(put, "id", entity_id(entity));
    db_bind_text(put, "person", projection_text(entity, "person"));
    db_bind_text(put, "secret", secret_of(entity));
    db_bind_text(put, "state", state_of(entity));
    db_bind_integer(put, "created", created_ms(entity));
    db_bind_integer(put, "expires", expires_ms(entity));
    db_bind_text(put, "made_by", entity_first(entity)->person);
    db_bind_text(put, "wrong", entity_text(entity, "wrong"));
    return db_run(put, error);
}

static gboolean put_token(Db *db, const Entity *entity, GError **error)
{
    guint scopes = 0;
    if (!scopes_read_json(entity_value(entity, "scopes"), &scopes, NULL))
        return TRUE; /* a scope of a later version: such a token opens nothing here */
    g_autoptr(DbQuery) put = db_query(
        db, "INSERT INTO people_token (id, person, name, secret, scopes, created, expires) VALUES (:id, :person, "
            ":name, :secret, :scopes, :created, :expires)");
    db_bind_text(put, "id", entity_id(entity));
    db_bind_text(put, "person", projection_text(entity, "person"));
    db_bind_text(put, "name", projection_text(entity, "name"));
    db_bind_text(put, "secret", secret_of(entity));
    db_bind_integer(put, "scopes", scopes);
    db_bind_integer(put, "created", created_ms(entity));
    db_bind_integer(put, "expires", expires_ms(entity));
    return db_run(put, error);
}

/* What is gone (a removed passkey, a revoked token) has no row: no query can take it for one that counts. */
static const struct {
    const char *kind, *clear, *needs;
    gboolean (*put)(Db *db, const Entity *entity, GError **error);
} kinds[] = {
    {"person", "DELETE FROM people_person WHERE person = :id", NULL, put_person},
    {"passkey", "DELETE FROM people_passkey WHERE id = :id", "active", put_passkey},
    {"invitation", "DELETE FROM people_invitation WHERE id = :id", NULL, put_invitation},
    {"token", "DELETE FROM people_token WHERE id = :id", "active", put_token},
};

gboolean people_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    if (!g_str_equal(place->kind, "node"))
        return TRUE;
    for (gsize n = 0; n < G_N_ELEMENTS(kinds); n++) {
        if (!g_str_equal(kinds[n].kind, entity_kind(entity)))
            continue;
        g_autoptr(DbQuery) clear = db_query(db, kinds[n].clear);
        db_bind_text(clear, "id", entity_id(entity));
        if (!db_run(clear, error))
            return FALSE;
        const char *state = entity_first(entity) ? state_of(entity) : "";
        gboolean shown = *state && (!kinds[n].needs || g_str_equal(state, kinds[n].needs));
        return !shown || kinds[n].put(db, entity, error);
    }
    return TRUE;
}
