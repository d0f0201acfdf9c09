/* tests/unit/support/world.c: see world.h. */
#include "support/world.h"
#include "crypto/digest.h"
#include <errno.h>
#include <string.h>

static gint64 now_ms(gpointer data)
{
    return ((World *)data)->now;
}

static gint64 monotonic_us(gpointer data)
{
    return ((World *)data)->now * 1000;
}

/* SHA-256 of a counter, as often as it takes. */
static void random_bytes(gpointer data, gpointer out, gsize length)
{
    World *self = data;
    for (guint8 *at = out; length > 0;) {
        guint64 counter = self->next++;
        Hash hash = sha256(&counter, sizeof counter);
        gsize taken = MIN(length, sizeof hash.bytes);
        memcpy(at, hash.bytes, taken);
        at += taken;
        length -= taken;
    }
}

static int sync_file(gpointer data, int fd G_GNUC_UNUSED)
{
    World *self = data;
    if (++self->syncs != self->fail_sync)
        return 0;
    errno = EIO;
    return -1;
}

void world_init(World *self)
{
    *self = (World){
        .env =
            {.now_ms = now_ms, .monotonic_us = monotonic_us, .random = random_bytes, .sync = sync_file, .data = self},
        .now = G_GINT64_CONSTANT(1795558376123), /* 2026-11-24T22:12:56.123Z */
        .next = 1,
    };
}
