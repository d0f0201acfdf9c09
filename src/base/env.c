/* base/env.c: the real world behind env.h. */
#include "base/env.h"
#include <errno.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static gint64 system_now_ms(gpointer data G_GNUC_UNUSED)
{
    return g_get_real_time() / 1000;
}

static gint64 system_monotonic_us(gpointer data G_GNUC_UNUSED)
{
    return g_get_monotonic_time();
}

static void system_random(gpointer data G_GNUC_UNUSED, gpointer out, gsize length)
{
    for (guint8 *at = out; length > 0;) {
        ssize_t got = getrandom(at, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        /* Going on without chance would hand out guessable keys. */
        if (got <= 0)
            g_error("The kernel gives no random bytes: %s", g_strerror(errno));
        at += got;
        length -= (gsize)got;
    }
}

/* Names in a folder are metadata: ext4 and XFS may leave them out of fdatasync, so a folder gets fsync. */
static int system_sync(gpointer data G_GNUC_UNUSED, int fd)
{
    struct stat about;
    if (fstat(fd, &about) == -1)
        return -1;
    return S_ISDIR(about.st_mode) ? fsync(fd) : fdatasync(fd);
}

const Env *env_system(void)
{
    static const Env system_env = {
        .now_ms = system_now_ms,
        .monotonic_us = system_monotonic_us,
        .random = system_random,
        .sync = system_sync,
        .data = NULL,
    };
    return &system_env;
}
