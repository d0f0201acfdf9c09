/* base/env.h: what a node takes from the world: clock, chance, sync. Handed in, so that tests and a seeded simulation
 * decide them. A struct env is borrowed by everybody and outlives the node. */
#pragma once
#include <glib.h>

typedef struct Env Env;
struct Env {
    gint64 (*now_ms)(gpointer data);                           /* wall clock, Unix milliseconds */
    gint64 (*monotonic_us)(gpointer data);                     /* for time-outs only */
    void (*random)(gpointer data, gpointer out, gsize length); /* cryptographic */
    int (*sync)(gpointer data, int fd);                        /* fdatasync, of a folder fsync; 0 or -1 with errno */
    gpointer data;
};

/* The real world. Never freed. */
const Env *env_system(void);

static inline gint64 env_now_ms(const Env *env)
{
    return env->now_ms(env->data);
}
static inline void env_random(const Env *env, gpointer out, gsize length)
{
    env->random(env->data, out, length);
}
static inline int env_sync(const Env *env, int fd)
{
    return env->sync(env->data, fd);
}
