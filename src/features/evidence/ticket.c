/* features/evidence/ticket.c: reading is an act; it gives a ticket, and the ticket gives bytes.
 *
 * Idea: an <img> or <video> can carry no header and a sandboxed frame no cookie, so bytes are fetched under a ticket: 32
 * random bytes in the URL, good for 15 minutes, for the files that the recorded reading names, and for as long as its
 * person may see the case.
 *   T1  No byte of evidence leaves before the reading is durable.
 *   T2  Tickets live in memory, hashed, at most 10,000; the oldest go first; a restart ends all (410: open it again).
 *   T3  Nothing that could run is served as what it is: a type that no viewer of ours shows is bytes to be saved. */
#include "base/error.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "features/evidence/private.h"
#include "features/evidence/serve.h"
#include "node/view.h"
#include <string.h>

#define TICKET_MS (15 * 60 * 1000)
#define TICKETS_MOST 10000

typedef struct {
    GMutex lock;
    GHashTable *by_hash; /* Hash -> Ticket */
    GQueue *order;       /* of Ticket, the oldest first */
} Tickets;

static void ticket_free(gpointer data)
{
    Ticket *ticket = data;
    g_free(ticket->space);
    g_free(ticket->lane);
    g_free(ticket->subject);
    g_free(ticket->person);
    g_clear_pointer(&ticket->files, g_array_unref);
    g_free(ticket);
}

gboolean evidence_start(Node *node, GError **error)
{
    (void)error;
    Tickets *tickets = g_new0(Tickets, 1);
    g_mutex_init(&tickets->lock);
    tickets->by_hash = g_hash_table_new_full(hash_table_hash, hash_table_equal, NULL, NULL);
    tickets->order = g_queue_new();
    node_set_feature_data(node, "evidence", tickets);
    return TRUE;
}

void evidence_stop(Node *node)
{
    Tickets *tickets = node_feature_data(node, "evidence");
    if (!tickets)
        return;
    g_hash_table_unref(tickets->by_hash);
    g_queue_free_full(tickets->order, ticket_free);
    g_mutex_clear(&tickets->lock);
    g_free(tickets);
    node_set_feature_data(node, "evidence", NULL);
}

/* With the lock held: drops what has expired, and the oldest where there are too many (T2). */
static void sweep(Tickets *tickets, gint64 now_ms)
{
    for (;;) {
        Ticket *oldest = g_queue_peek_head(tickets->order);
        if (!oldest || (oldest->expires_ms > now_ms && g_queue_get_length(tickets->order) < TICKETS_MOST))
            return;
        g_hash_table_remove(tickets->by_hash, &oldest->hash);
        ticket_free(g_queue_pop_head(tickets->order));
    }
}

/* Keeps @ticket (taken) under a fresh secret; its text is new. */
static char *ticket_keep(Node *node, Ticket *ticket)
{
    Tickets *tickets = node_feature_data(node, "evidence");
    guint8 secret[32];
    env_random(node_env(node), secret, sizeof secret);
    char *text = base64url_encode(secret, sizeof secret);
    ticket->hash = sha256(text, strlen(text));
    g_mutex_lock(&tickets->lock);
    sweep(tickets, env_now_ms(node_env(node)));
    g_queue_push_tail(tickets->order, ticket);
    g_hash_table_insert(tickets->by_hash, &ticket->hash, ticket);
    g_mutex_unlock(&tickets->lock);
    return text;
}

gboolean ticket_take(Node *node, const char *text, gint64 file, Ticket *out, GError **error)
{
    Tickets *tickets = node_feature_data(node, "evidence");
    Hash hash = sha256(text, strlen(text));
    gboolean found = FALSE, named = FALSE;
    g_mutex_lock(&tickets->lock);
    const Ticket *ticket = g_hash_table_lookup(tickets->by_hash, &hash);
    if (ticket && ticket->expires_ms > env_now_ms(node_env(node))) {
        found = TRUE;
        for (guint n = 0; n < ticket->files->len; n++)
            named |= g_array_index(ticket->files, gint64, n) == file;
        *out = (Ticket){.space = g_strdup(ticket->space),
                        .lane = g_strdup(ticket->lane),
                        .subject = g_strdup(ticket->subject),
                        .person = g_strdup(ticket->person),
                        .harmful = ticket->harmful};
    }
    g_mutex_unlock(&tickets->lock);
    if (!found)
        error_set(error, COMITY_ERROR_GONE, "ticket.expired", "",
                  "This link has expired. Open the exhibit again; that is recorded, too.");
    else if (!named)
        error_set(error, COMITY_ERROR_NOT_FOUND, "ticket.file", "",
                  "The reading did not name this file. Open it from the exhibit's page.");
    return found && named;
}

void ticket_clear(Ticket *self)
{
    g_clear_pointer(&self->space, g_free);
    g_clear_pointer(&self->lane, g_free);
    g_clear_pointer(&self->subject, g_free);
    g_clear_pointer(&self->person, g_free);
}

typedef struct {
    const Principal *principal;
    const ExhibitRef *ref;
    json_t *members;
} Reading;

static gboolean write_reading(Tx *tx, gpointer data, GError **error)
{
    const Reading *reading = data;
    TxDraft draft = {.space = reading->ref->space,
                     .principal = reading->principal,
                     .type = "reading.made/1",
                     .members = reading->members};
    if (!tx_append(tx, &draft, NULL, error))
        return FALSE;
    tx_notify(tx, "evidence.changed", AUDIENCE_SPACE, reading->ref->space, strchr(reading->ref->subject, '/') + 1,
              "reading.made");
    return TRUE;
}

/* The numbers in @files, each a file of the exhibit. New, or NULL. */
static GArray *file_numbers(const json_t *files, gint64 most, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
    gsize n;
    json_t *file;
    json_array_foreach((json_t *)files, n, file)
    {
        gint64 number = json_is_integer(file) ? json_integer_value(file) : 0;
        if (number < 1 || number > most) {
            g_autofree char *pointer = g_strdup_printf("/files/%" G_GSIZE_FORMAT, n);
            error_set(error, COMITY_ERROR_INVALID, "reading.file", pointer,
                      "The exhibit has files 1 to %" G_GINT64_FORMAT ".", most);
            return NULL;
        }
        g_array_append_val(numbers, number);
    }
    if (numbers->len == 0) {
        error_set(error, COMITY_ERROR_INVALID, "reading.files", "/files",
                  "Name the files that are to be opened, by their numbers.");
        return NULL;
    }
    return g_steal_pointer(&numbers);
}

/* The members of the act that @body asks for, and the numbers of its @files. New, or NULL. */
static json_t *reading_act(const json_t *body, const ExhibitRef *ref, GArray **files, GError **error)
{
    const char *what = json_text(body, "what"), *reason = json_text(body, "reason");
    if (!what || !g_strv_contains((const char *const[]){"opened", "downloaded", "printed", NULL}, what)) {
        error_set(error, COMITY_ERROR_INVALID, "reading.what", "/what",
                  "Say what is done: opened, downloaded or printed.");
        return NULL;
    }
    if (ref->harmful && (!reason || !*reason)) {
        error_set(error, COMITY_ERROR_INVALID, "reading.reason", "/reason",
                  "This may show abuse of children. Say why it must be seen.");
        return NULL;
    }
    *files = file_numbers(json_object_get(body, "files"), ref->files, error);
    return *files ? json_pack("{s:s, s:s, s:s, s:O, s:s*}", "exhibit", ref->subject, "lies_in", ref->lane, "what", what,
                              "files", json_object_get(body, "files"), "reason", reason && *reason ? reason : NULL)
                  : NULL;
}

static Ticket *ticket_new(Node *node, const ExhibitRef *ref, const char *person, GArray *files)
{
    Ticket *ticket = g_new0(Ticket, 1);
    *ticket = (Ticket){.space = g_strdup(ref->space),
                       .lane = g_strdup(ref->lane),
                       .subject = g_strdup(ref->subject),
                       .person = g_strdup(person),
                       .files = g_array_ref(files),
                       .harmful = ref->harmful,
                       .expires_ms = env_now_ms(node_env(node)) + TICKET_MS};
    return ticket;
}

gboolean readings_post(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = NULL;
    g_auto(SpaceAccess) access = {0};
    g_auto(ExhibitRef) ref = {0};
    if (!exhibit_find(request, SCOPE_EVIDENCE_READ, ACCESS_MEMBER, &principal, &access, &ref, error))
        return FALSE;
    g_autoptr(json_t) body = http_request_json(request, error);
    g_autoptr(GArray) files = NULL;
    g_autoptr(json_t) members = body ? reading_act(body, &ref, &files, error) : NULL;
    if (!members)
        return FALSE;
    Reading reading = {.principal = principal, .ref = &ref, .members = members};
    if (!node_write(node, write_reading, &reading, error)) /* T1 */
        return FALSE;
    Ticket *ticket = ticket_new(node, &ref, principal->person, files);
    json_t *expires = view_time(ticket->expires_ms);
    g_autofree char *text = ticket_keep(node, ticket);
    http_response_json(response, 201,
                       json_pack("{s:s, s:o, s:o}", "ticket", text, "expires", expires, "base",
                                 json_sprintf("/api/v1/tickets/%s/", text)));
    return TRUE;
}
