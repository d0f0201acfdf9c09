#include "node/live.h"
#include "base/error.h"
#include "http/sse.h"
#include "node/internal.h"

/* How many events a browser may have missed and still go on from its last id. */
#define RING_SIZE 4096

/* Whom an event is for; shared by the ring and the filter. */
typedef struct {
    gatomicrefcount references;
    gboolean everybody, administrators;
    GHashTable *persons; /* of char *; NULL: by the flags alone */
} LiveAudience;

typedef struct {
    guint64 id;
    char *name, *data;
    LiveAudience *audience;
} LiveEvent;

/* Whose stream it is. */
typedef struct {
    char *person, *session;
    gboolean admin;
} LiveUser;

struct Live {
    Node *node;
    HttpSse *sse;
    GMutex lock;  /* guards what follows, and the order of broadcasts */
    GQueue ring;  /* of LiveEvent, oldest first */
    guint64 last; /* id of the newest event (V1) */
};

static void audience_unref(LiveAudience *self)
{
    if (!g_atomic_ref_count_dec(&self->references))
        return;
    g_clear_pointer(&self->persons, g_hash_table_unref);
    g_free(self);
}

static void live_event_free(LiveEvent *self)
{
    audience_unref(self->audience);
    g_free(self->name);
    g_free(self->data);
    g_free(self);
}

static void live_user_free(gpointer data)
{
    LiveUser *self = data;
    g_free(self->person);
    g_free(self->session);
    g_free(self);
}

static gboolean may_hear(gpointer user_data, gpointer audience_data)
{
    const LiveUser *user = user_data;
    const LiveAudience *audience = audience_data;
    if (audience->everybody || (audience->administrators && user->admin))
        return TRUE;
    return audience->persons && g_hash_table_contains(audience->persons, user->person);
}

/* Sends what came after @after; FALSE where the ring no longer reaches back so far. */
static gboolean live_replay(HttpSseClient *client, HttpRequest *request, guint64 after, gpointer data)
{
    Live *self = data;
    const Principal *principal = principal_require(request, NULL);
    if (!principal)
        return FALSE;
    const LiveUser user = {.person = principal->person, .admin = principal->admin};
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    const LiveEvent *oldest = g_queue_peek_head(&self->ring);
    if (after > self->last || (after < self->last && (!oldest || oldest->id > after + 1)))
        return FALSE;
    for (GList *item = self->ring.head; item; item = item->next) {
        const LiveEvent *event = item->data;
        if (event->id > after && may_hear((gpointer)&user, event->audience) &&
            !http_sse_client_send(client, event->id, event->name, event->data))
            return TRUE;
    }
    return TRUE;
}

Live *live_new(Node *node)
{
    Live *self = g_new0(Live, 1);
    self->node = node;
    self->last = (guint64)env_now_ms(node->env) * 1000;
    g_mutex_init(&self->lock);
    const HttpSseOptions options = {.env = node->env, .data = self, .replay = live_replay, .newest = self->last};
    self->sse = http_sse_new(&options);
    return self;
}

void live_free(Live *self)
{
    if (!self)
        return;
    http_sse_free(self->sse);
    g_queue_clear_full(&self->ring, (GDestroyNotify)live_event_free);
    g_mutex_clear(&self->lock);
    g_free(self);
}

/* ---- whom it is for ---- */

static gboolean add_persons(GHashTable *persons, DbQuery *query)
{
    int row;
    while ((row = db_step(query, NULL)) > 0)
        g_hash_table_add(persons, g_strdup(db_text(query, 0)));
    return row == 0;
}

/* Who takes part in @space, and the node's auditors, who may see every record. */
static gboolean add_viewers(const Live *self, Db *db, const char *space, GHashTable *persons)
{
    g_autoptr(DbQuery) members =
        db_query(db, "SELECT person FROM lane_person WHERE space = :space AND person IS NOT NULL");
    db_bind_text(members, "space", space);
    g_autoptr(DbQuery) auditors =
        db_query(db, "SELECT id FROM lane_person WHERE lane = :lane AND roles LIKE '% auditor %'");
    db_bind_text(auditors, "lane", self->node->own_lane);
    return add_persons(persons, members) && add_persons(persons, auditors);
}

static LiveAudience *audience_new(const Live *self, Db *db, Audience kind, const char *target)
{
    LiveAudience *audience = g_new0(LiveAudience, 1);
    g_atomic_ref_count_init(&audience->references);
    audience->everybody = kind == AUDIENCE_ALL;
    audience->administrators = kind == AUDIENCE_ADMINISTRATORS;
    if (kind != AUDIENCE_SPACE && kind != AUDIENCE_PERSON)
        return audience;
    audience->persons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (kind == AUDIENCE_PERSON)
        g_hash_table_add(audience->persons, g_strdup(target));
    else if (g_strcmp0(target, self->node->own_space) == 0)
        audience->administrators = TRUE;
    else if (!add_viewers(self, db, target, audience->persons))
        g_hash_table_remove_all(audience->persons); /* better unheard than overheard */
    return audience;
}

/* ---- sending ---- */

static char *event_data(const TxEvent *event)
{
    g_autoptr(json_t) data = json_object();
    if (event->audience == AUDIENCE_SPACE)
        json_object_set_new(data, "space", json_string(event->target));
    if (event->id)
        json_object_set_new(data, "id", json_string(event->id));
    if (event->type)
        json_object_set_new(data, "type", json_string(event->type));
    return json_compact(data, NULL);
}

static void live_send(Live *self, Db *db, const TxEvent *event)
{
    LiveEvent *item = g_new0(LiveEvent, 1);
    item->name = g_strdup(event->event);
    item->data = event_data(event);
    item->audience = audience_new(self, db, event->audience, event->target);
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    item->id = ++self->last;
    g_queue_push_tail(&self->ring, item);
    http_sse_broadcast(self->sse, item->id, item->name, item->data, may_hear, item->audience);
    if (g_queue_get_length(&self->ring) > RING_SIZE)
        live_event_free(g_queue_pop_head(&self->ring));
}

void live_publish(Live *self, Db *db, const GPtrArray *events)
{
    for (guint i = 0; i < events->len; i++)
        live_send(self, db, g_ptr_array_index(events, i));
}

/* From other threads the writer sends: ids ascend, and it has a connection at hand. */
static gboolean notify_alone(Tx *tx, gpointer data, GError **error)
{
    const TxEvent *event = data;
    (void)error;
    tx_notify(tx, event->event, event->audience, event->target, event->id, event->type);
    return TRUE;
}

static void notified(gpointer data, GError *error)
{
    g_clear_error(&error); /* a node that is stopping tells nobody any more */
    tx_event_free(data);
}

void live_notify(Node *node, const char *event, Audience audience, const char *space_or_person, const char *id,
                 const char *type)
{
    TxEvent *item = tx_event_new(event, audience, space_or_person, id, type);
    node_write_later(node, notify_alone, item, notified);
}

/* ---- streams ---- */

gboolean live_handle(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = principal_require_scope(request, SCOPE_CASES_READ, error);
    if (!principal)
        return FALSE;
    LiveUser *user = g_new0(LiveUser, 1);
    user->person = g_strdup(principal->person);
    user->session = g_strdup(principal->session);
    user->admin = principal->admin;
    const Node *node = http_request_owner(request);
    return http_sse_open(node->live->sse, request, response, user, live_user_free, error);
}

static gboolean is_of(gpointer user_data, gpointer wanted_data)
{
    const LiveUser *user = user_data, *wanted = wanted_data;
    return (!wanted->person || g_strcmp0(user->person, wanted->person) == 0) &&
           (!wanted->session || g_strcmp0(user->session, wanted->session) == 0);
}

void live_close(Node *node, const char *person, const char *session)
{
    LiveUser wanted = {.person = (char *)person, .session = (char *)session};
    http_sse_close(node->live->sse, is_of, &wanted);
}

guint live_clients(Node *node)
{
    return http_sse_clients(node->live->sse);
}
