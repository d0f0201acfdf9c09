/* node/session.c: see session.h. */
#include "node/session.h"
#include "base/error.h"
#include "base/text.h"
#include "node/live.h"
#include "node/token.h"
#include <string.h>

#define TOUCH_EVERY_MS (60 * 1000)
#define AGENT_LENGTH 200
#define COLUMNS "id, person, passkey, address, agent, created, used, expires"

void session_free(Session *self)
{
    if (!self)
        return;
    g_free(self->id);
    g_free(self->person);
    g_free(self->passkey);
    g_free(self->address);
    g_free(self->agent);
    g_free(self);
}

Session *session_copy(const Session *self)
{
    Session *copy = g_memdup2(self, sizeof *self);
    copy->id = g_strdup(self->id);
    copy->person = g_strdup(self->person);
    copy->passkey = g_strdup(self->passkey);
    copy->address = g_strdup(self->address);
    copy->agent = g_strdup(self->agent);
    return copy;
}

gboolean session_lives(const Session *self, gint64 now_ms)
{
    return self->used_ms > now_ms - SESSION_IDLE_MS && self->expires_ms > now_ms;
}

static Session *session_read(const DbQuery *row)
{
    Session *self = g_new0(Session, 1);
    self->id = g_strdup(db_text(row, 0));
    self->person = g_strdup(db_text(row, 1));
    self->passkey = g_strdup(db_text(row, 2));
    self->address = g_strdup(db_text(row, 3));
    self->agent = g_strdup(db_text(row, 4));
    self->created_ms = db_integer(row, 5);
    self->used_ms = db_integer(row, 6);
    self->expires_ms = db_integer(row, 7);
    return self;
}

/* S1, for both ways of asking: the row must have been used since, and expire after. */
static void bind_living(DbQuery *query, Node *node)
{
    gint64 now = env_now_ms(node_env(node));
    db_bind_integer(query, "now", now);
    db_bind_integer(query, "since", now - SESSION_IDLE_MS);
}

Session *session_find(Node *node, Db *db, const Hash *secret, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT " COLUMNS " FROM session WHERE secret_hash = :hash AND used > :since "
                     "AND expires > :now");
    db_bind_blob(query, "hash", secret->bytes, HASH_SIZE);
    bind_living(query, node);
    int step = db_step(query, error);
    if (step < 0)
        return NULL;
    if (step == 0) {
        error_set(error, COMITY_ERROR_NOT_FOUND, "", "", "There is no such session.");
        return NULL;
    }
    return session_read(query);
}

GPtrArray *session_list(Node *node, Db *db, const char *person, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    g_autoptr(DbQuery) query = db_query(db, "SELECT " COLUMNS " FROM session WHERE person = :person AND used > :since "
                                            "AND expires > :now ORDER BY used DESC, id");
    db_bind_text(query, "person", person);
    bind_living(query, node);
    int step;
    while ((step = db_step(query, error)) > 0)
        g_ptr_array_add(list, session_read(query));
    return step < 0 ? NULL : g_steal_pointer(&list);
}

typedef struct {
    char *id;
    gint64 used;
} Touch;

static gboolean touch(Tx *tx, gpointer data, GError **error)
{
    const Touch *self = data;
    g_autoptr(DbQuery) put = db_query(tx_db(tx), "UPDATE session SET used = :used WHERE id = :id AND used < :used");
    db_bind_text(put, "id", self->id);
    db_bind_integer(put, "used", self->used);
    return db_run(put, error);
}

/* That a use could not be noted hinders nobody. */
static void touched(gpointer data, GError *error)
{
    Touch *self = data;
    g_clear_error(&error);
    g_free(self->id);
    g_free(self);
}

void session_touch(Node *node, const Session *session)
{
    gint64 now = env_now_ms(node_env(node));
    if (now - session->used_ms < TOUCH_EVERY_MS)
        return;
    Touch *data = g_new0(Touch, 1);
    data->id = g_strdup(session->id);
    data->used = now;
    node_write_later(node, touch, data, touched);
}

/* A session that ends takes its live streams along. */
typedef struct {
    char *person, *session;
} Ended;

static void ended_free(gpointer data)
{
    Ended *self = data;
    g_free(self->person);
    g_free(self->session);
    g_free(self);
}

static void close_streams(Node *node, gpointer data)
{
    const Ended *self = data;
    live_close(node, self->person, self->session);
}

static void end_streams(Tx *tx, const char *person, const char *session)
{
    Ended *ended = g_new0(Ended, 1);
    ended->person = g_strdup(person);
    ended->session = g_strdup(session);
    tx_after_commit(tx, close_streams, ended, ended_free);
}

void tx_streams_end(Tx *tx, const char *person)
{
    end_streams(tx, person, NULL);
}

/* Runs @query, whose rows are (person, id) of sessions that it deletes. */
static gboolean end_all(Tx *tx, DbQuery *query, guint *count, GError **error)
{
    int step;
    *count = 0;
    while ((step = db_step(query, error)) > 0) {
        end_streams(tx, db_text(query, 0), db_text(query, 1));
        (*count)++;
    }
    return step == 0;
}

gboolean tx_session_end(Tx *tx, const char *person, const char *id, GError **error)
{
    guint count;
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "DELETE FROM session WHERE id = :id AND person = :person RETURNING person, id");
    db_bind_text(query, "id", id);
    db_bind_text(query, "person", person);
    if (!end_all(tx, query, &count, error))
        return FALSE;
    if (count == 0) {
        error_set(error, COMITY_ERROR_NOT_FOUND, "session.unknown", "", "There is no such session.");
        return FALSE;
    }
    return TRUE;
}

gboolean tx_sessions_end(Tx *tx, const char *person, const char *keep, const char *passkey, GError **error)
{
    guint count;
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "DELETE FROM session WHERE person = :person AND id <> :keep "
                                                   "AND (:any = 1 OR passkey = :passkey) RETURNING person, id");
    db_bind_text(query, "person", person);
    db_bind_text(query, "keep", keep ? keep : "");
    db_bind_integer(query, "any", passkey == NULL);
    db_bind_text(query, "passkey", passkey ? passkey : "");
    return end_all(tx, query, &count, error);
}

gboolean tx_sessions_expire(Tx *tx, GError **error)
{
    guint count;
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "DELETE FROM session WHERE expires <= :now OR used <= :since RETURNING person, id");
    bind_living(query, tx_node(tx));
    return end_all(tx, query, &count, error);
}

/* The one that this browser came with must not outlive a new sign-in (S2). */
static gboolean end_former(Tx *tx, HttpRequest *request, GError **error)
{
    guint count;
    const char *cookie = http_request_cookie(request, SESSION_COOKIE);
    Hash old = secret_text_hash(cookie ? cookie : "");
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "DELETE FROM session WHERE secret_hash = :old RETURNING person, id");
    db_bind_blob(query, "old", old.bytes, HASH_SIZE);
    return end_all(tx, query, &count, error);
}

gboolean tx_session_open(Tx *tx, HttpRequest *request, const char *person, const char *passkey, char **secret,
                         GError **error)
{
    if (!end_former(tx, request, error) || !tx_sessions_expire(tx, error))
        return FALSE;
    const Env *env = node_env(tx_node(tx));
    g_autofree char *id = uuid7_new(env);
    g_autofree char *text = secret_text_new(env);
    const char *agent = http_request_header(request, "User-Agent");
    g_autofree char *short_agent =
        g_utf8_substring(agent ? agent : "", 0, MIN(AGENT_LENGTH, g_utf8_strlen(agent ? agent : "", -1)));
    Hash hash = secret_text_hash(text);
    gint64 now = tx_now_ms(tx);
    g_autoptr(DbQuery) put = db_query(
        tx_db(tx),
        "INSERT INTO session (id, secret_hash, person, passkey, created, used, expires, address, agent) VALUES "
        "(:id, :hash, :person, :passkey, :now, :now, :expires, :address, :agent)");
    db_bind_text(put, "id", id);
    db_bind_blob(put, "hash", hash.bytes, HASH_SIZE);
    db_bind_text(put, "person", person);
    db_bind_text(put, "passkey", passkey);
    db_bind_integer(put, "now", now);
    db_bind_integer(put, "expires", now + SESSION_LIFE_MS);
    db_bind_text(put, "address", http_request_remote(request));
    db_bind_text(put, "agent", short_agent);
    if (!db_run(put, error))
        return FALSE;
    *secret = g_steal_pointer(&text);
    return TRUE;
}

void session_set_cookie(HttpResponse *response, const char *secret)
{
    g_autofree char *cookie = g_strdup_printf(SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", secret);
    http_response_add_header(response, "Set-Cookie", cookie);
}

void session_clear_cookie(HttpResponse *response)
{
    http_response_add_header(response, "Set-Cookie",
                             SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}
