/* http/listen.c: listening sockets for "ADDR:PORT". */
#include "http/private.h"
#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define PORT_TRIES 32 /* `localhost:0`: a port that is free in both families */

static void close_all(GArray *sockets)
{
    for (guint i = 0; i < sockets->len; i++)
        close(g_array_index(sockets, int, i));
    g_array_free(sockets, TRUE);
}

/* "[::1]:8420", "127.0.0.1:8420", "localhost:8420". FALSE where it is neither. */
static gboolean split(const char *address, char **host, char **port, GError **error)
{
    const char *colon = strrchr(address, ':');
    const char *end = colon;
    const char *start = address;
    if (colon != NULL && *address == '[' && colon > address + 1 && colon[-1] == ']') {
        start++;
        end--;
    } else if (colon != NULL && memchr(address, ':', (gsize)(colon - address)) != NULL) {
        colon = NULL; /* a bare IPv6 address can't say where its port begins */
    }
    guint64 number = 0;
    if (colon == NULL || end == start || !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &number, NULL)) {
        error_set(
            error, COMITY_ERROR_USAGE, "", "",
            "“%s” is no address to listen on; write ADDRESS:PORT, as in 127.0.0.1:8420, [::1]:8420 or localhost:8420.",
            address);
        return FALSE;
    }
    *host = g_strndup(start, (gsize)(end - start));
    *port = g_strdup(colon + 1);
    return TRUE;
}

/* One listening socket, or -1 with errno. */
static int listen_on(const struct addrinfo *at, gboolean only_v6)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    int v6 = only_v6;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6, sizeof v6);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static guint16 port_of(int fd)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &length) != 0)
        return 0;
    in_port_t port = 0;
    if (name.ss_family == AF_INET6)
        port = ((const struct sockaddr_in6 *)&name)->sin6_port;
    else
        port = ((const struct sockaddr_in *)&name)->sin_port;
    return g_ntohs(port);
}

/* Adds the socket for @host and @port. 0, or an errno with its sentence in @why. */
static int add(GArray *sockets, const char *host, const char *port, const char **why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0) {
        *why = gai_strerror(code);
        return EINVAL;
    }
    /* `::` alone means every address, of both families. */
    int fd = listen_on(found, strcmp(host, "::") != 0);
    int failed = fd < 0 ? errno : 0;
    freeaddrinfo(found);
    if (failed != 0)
        *why = g_strerror(failed);
    else
        g_array_append_val(sockets, fd);
    return failed;
}

/* 127.0.0.1 and ::1 on one port; a machine without IPv6 has the first only. */
static int add_localhost(GArray *sockets, const char *port, const char **why)
{
    int failed = EADDRINUSE;
    gboolean any = strcmp(port, "0") == 0;
    for (guint tries = any ? PORT_TRIES : 1; tries > 0 && failed == EADDRINUSE; tries--) {
        failed = add(sockets, "127.0.0.1", port, why);
        if (failed != 0)
            return failed;
        g_autofree char *same = g_strdup_printf("%u", (guint)port_of(g_array_index(sockets, int, 0)));
        failed = add(sockets, "::1", same, why);
        if (failed != EADDRINUSE)
            return 0;
        close(g_array_index(sockets, int, 0));
        g_array_set_size(sockets, 0);
    }
    return failed;
}

GArray *http_listen(const char *address, guint16 *port, GError **error)
{
    g_autofree char *host = NULL;
    g_autofree char *service = NULL;
    if (!split(address, &host, &service, error))
        return NULL;
    GArray *sockets = g_array_new(FALSE, FALSE, sizeof(int));
    const char *why = NULL;
    int failed = g_ascii_strcasecmp(host, "localhost") == 0 ? add_localhost(sockets, service, &why)
                                                            : add(sockets, host, service, &why);
    if (failed != 0) {
        close_all(sockets);
        error_set(error, COMITY_ERROR_IO, "", "", "Listening on %s: %s.", address, why);
        return NULL;
    }
    *port = port_of(g_array_index(sockets, int, 0));
    return sockets;
}
