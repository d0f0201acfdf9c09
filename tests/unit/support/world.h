/* tests/unit/support/world.h: a world that a test decides: the clock stands still until it is moved, chance is a stream
 * that begins alike every time, and a sync may be told to fail. */
#pragma once
#include "base/env.h"

typedef struct {
    Env env;         /* hand this out */
    gint64 now;      /* Unix milliseconds */
    guint64 next;    /* of the stream of chance; another start, another stream */
    guint syncs;     /* how many were asked for */
    guint fail_sync; /* the sync of this number fails with EIO (1: the first); 0: none */
} World;

void world_init(World *self);
