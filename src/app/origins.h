/* app/origins.h: under which Host values the node answers: its web origin's, and for a local origin the loopback spellings of
 * the port that it listens on. Anything else is another site's name pointed at us (DNS rebinding). */
#pragma once
#include <glib.h>

typedef struct Origins Origins;
Origins *origins_new(const char *origin, const char *listen);
void origins_free(Origins *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Origins, origins_free)
const char *const *origins_hosts(const Origins *self); /* NULL-ended, borrowed */
