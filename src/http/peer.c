/* http/peer.c: the connections that are open, and by when each must have said something.
 *
 * libmicrohttpd ends a connection that is silent; who sends a byte now and then stays for ever. So each connection has
 * a deadline for its next whole header (or its body), and one thread looks at all of them once a second. Cutting is
 * shutdown(): the thread that owns the connection then notices by itself.
 *   1  A descriptor is used here between the two notifications of libmicrohttpd only, under the lock: it can't be
 *      another connection's by then. */
#include "http/private.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define CUT_AGAIN_MS 50
#define UNSENT_MS 60000 /* bytes that nobody acknowledges end a connection: an event stream has no other end */

struct HttpPeers {
    HttpServer *server;
    GMutex lock;
    GCond changed;
    GThread *watch;
    HttpPeer *first;
    guint count;
    gboolean leaving; /* nobody is to stay */
    gboolean closing;
};

/* TRUE where the client will send no more, and didn't a second ago, when it was waited for as now. libmicrohttpd 0.9.75
 * misses an end that comes together with bytes: it reads those, is told by the kernel of nothing further, and waits. */
static gboolean has_ended(HttpPeer *peer, gint deadline)
{
    char byte;
    gboolean over = recv(peer->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    gboolean again = over && peer->over_at == deadline; /* else what it sent may just be being read */
    peer->over_at = over ? deadline : 0;
    return again;
}

/* Cuts whom nothing more can be expected of in time. Who has no deadline is not asked: we have the ball, or answer. */
static void cut_late(HttpPeers *self)
{
    gint now = http_server_clock(self->server);
    for (HttpPeer *peer = self->first; peer != NULL; peer = peer->next) {
        gint deadline = g_atomic_int_get(&peer->deadline);
        if (deadline == 0 || (now < deadline && !has_ended(peer, deadline)))
            continue;
        g_atomic_int_set(&peer->deadline, 0);
        shutdown(peer->fd, SHUT_RDWR);
    }
}

static gpointer watch(gpointer data)
{
    HttpPeers *self = data;
    g_mutex_lock(&self->lock);
    while (!self->closing) {
        g_cond_wait_until(&self->changed, &self->lock, g_get_monotonic_time() + G_TIME_SPAN_SECOND);
        cut_late(self);
    }
    g_mutex_unlock(&self->lock);
    return NULL;
}

HttpPeers *http_peers_new(HttpServer *server)
{
    HttpPeers *self = g_new0(HttpPeers, 1);
    self->server = server;
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    self->watch = g_thread_new("http-peers", watch, self);
    return self;
}

void http_peers_free(HttpPeers *self)
{
    if (self == NULL)
        return;
    g_mutex_lock(&self->lock);
    self->closing = TRUE;
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
    g_thread_join(self->watch);
    g_assert(self->first == NULL); /* the daemons have stopped */
    g_cond_clear(&self->changed);
    g_mutex_clear(&self->lock);
    g_free(self);
}

/* With the lock held. */
static void cut_all(HttpPeers *self, int how)
{
    for (HttpPeer *peer = self->first; peer != NULL; peer = peer->next)
        shutdown(peer->fd, how);
}

void http_peers_leave(HttpPeers *self, gint64 until_us)
{
    g_mutex_lock(&self->lock);
    self->leaving = TRUE;
    cut_all(self, SHUT_RD);
    while (self->count > 0 && g_get_monotonic_time() < until_us) {
        g_cond_wait_until(&self->changed, &self->lock, g_get_monotonic_time() + CUT_AGAIN_MS * G_TIME_SPAN_MILLISECOND);
        cut_all(self, SHUT_RDWR); /* an end that came together with bytes was missed (see has_ended) */
    }
    g_mutex_unlock(&self->lock);
}

/* "192.0.2.7", also where it came as ::ffff:192.0.2.7. New. */
static GRefString *address_text(const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address == NULL)
        return g_ref_string_new(text);
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
            inet_ntop(AF_INET, in6.sin6_addr.s6_addr + 12, text, sizeof text);
        else
            inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
    }
    return g_ref_string_new(text);
}

GRefString *http_address_key(const char *address)
{
    struct in6_addr in6;
    if (inet_pton(AF_INET6, address, &in6) != 1)
        return g_ref_string_new(address);
    memset(in6.s6_addr + 8, 0, 8); /* whoever has one address of a /64 has them all */
    char text[INET6_ADDRSTRLEN + 3];
    inet_ntop(AF_INET6, &in6, text, INET6_ADDRSTRLEN);
    g_strlcat(text, "/64", sizeof text);
    return g_ref_string_new(text);
}

static void peer_begin(HttpPeers *self, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    HttpPeer *peer = g_new0(HttpPeer, 1);
    peer->server = self->server;
    peer->fd = fd->connect_fd;
    peer->address = address_text(address->client_addr);
    peer->key = http_address_key(peer->address);
    http_peer_expect(peer, self->server->options.header_seconds);
    unsigned unsent = UNSENT_MS;
    setsockopt(peer->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unsent, sizeof unsent);
    g_mutex_lock(&self->lock);
    peer->next = self->first;
    if (self->first != NULL)
        self->first->previous = peer;
    self->first = peer;
    self->count++;
    if (self->leaving)
        shutdown(peer->fd, SHUT_RDWR);
    g_mutex_unlock(&self->lock);
    *context = peer;
}

static void peer_end(HttpPeers *self, HttpPeer *peer)
{
    g_mutex_lock(&self->lock);
    if (peer->previous != NULL)
        peer->previous->next = peer->next;
    else
        self->first = peer->next;
    if (peer->next != NULL)
        peer->next->previous = peer->previous;
    self->count--;
    if (self->leaving)
        g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
    g_ref_string_release(peer->address);
    g_ref_string_release(peer->key);
    g_free(peer);
}

void http_peers_notify(void *server, struct MHD_Connection *connection, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
    HttpPeers *self = ((HttpServer *)server)->peers;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        peer_begin(self, connection, context);
    } else if (*context != NULL) {
        peer_end(self, *context);
        *context = NULL;
    }
}

HttpPeer *http_peer_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void http_peer_expect(HttpPeer *self, guint seconds)
{
    gint deadline = seconds == 0 ? 0 : http_server_clock(self->server) + (gint)seconds;
    g_atomic_int_set(&self->deadline, deadline);
}

guint http_peers_count(HttpPeers *self)
{
    g_mutex_lock(&self->lock);
    guint n = self->count;
    g_mutex_unlock(&self->lock);
    return n;
}
