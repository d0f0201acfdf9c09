#include "app/origins.h"
#include <string.h>

struct Origins {
    GPtrArray *hosts; /* of char *, NULL-ended */
};

Origins *origins_new(const char *origin, const char *listen)
{
    Origins *self = g_new0(Origins, 1);
    self->hosts = g_ptr_array_new_with_free_func(g_free);
    const char *authority = strstr(origin, "://");
    authority = authority ? authority + 3 : origin;
    g_ptr_array_add(self->hosts, g_strdup(authority));
    const char *port = strrchr(listen, ':');
    static const char *const loopback[] = {"localhost", "127.0.0.1", "[::1]"};
    for (gsize n = 0; port && n < G_N_ELEMENTS(loopback); n++)
        g_ptr_array_add(self->hosts, g_strconcat(loopback[n], port, NULL));
    g_ptr_array_add(self->hosts, NULL);
    return self;
}

void origins_free(Origins *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->hosts);
    g_free(self);
}

const char *const *origins_hosts(const Origins *self)
{
    return (const char *const *)self->hosts->pdata;
}
