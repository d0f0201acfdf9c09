/* tests/unit/support/thread-sanitizer.c: ThreadSanitizer knows the locks of pthreads. GLib's are its own, made of futexes
 * in a library that is not instrumented: what they order would look like races. So in such a build, and in no other,
 * these functions stand before GLib's. */
#include <glib.h>
#include <pthread.h>

#if defined(__SANITIZE_THREAD__)
#define REPLACE 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define REPLACE 1
#endif
#endif

#ifdef REPLACE
/* A static GMutex is all zero and never initialised: its lock is made when it is first used. */
static pthread_mutex_t *mutex_of(GMutex *mutex)
{
    pthread_mutex_t *made = g_atomic_pointer_get(&mutex->p);
    if (made != NULL)
        return made;
    made = g_new(pthread_mutex_t, 1);
    pthread_mutex_init(made, NULL);
    if (g_atomic_pointer_compare_and_exchange(&mutex->p, NULL, made))
        return made;
    pthread_mutex_destroy(made);
    g_free(made);
    return mutex->p;
}

static pthread_cond_t *cond_of(GCond *cond)
{
    pthread_cond_t *made = g_atomic_pointer_get(&cond->p);
    if (made != NULL)
        return made;
    made = g_new(pthread_cond_t, 1);
    pthread_cond_init(made, NULL);
    if (g_atomic_pointer_compare_and_exchange(&cond->p, NULL, made))
        return made;
    pthread_cond_destroy(made);
    g_free(made);
    return cond->p;
}

void g_mutex_init(GMutex *mutex)
{
    mutex->p = NULL;
}

void g_mutex_clear(GMutex *mutex)
{
    pthread_mutex_destroy(mutex_of(mutex));
    g_free(mutex->p);
}

void g_mutex_lock(GMutex *mutex)
{
    pthread_mutex_lock(mutex_of(mutex));
}

gboolean g_mutex_trylock(GMutex *mutex)
{
    return pthread_mutex_trylock(mutex_of(mutex)) == 0;
}

void g_mutex_unlock(GMutex *mutex)
{
    pthread_mutex_unlock(mutex_of(mutex));
}

void g_cond_init(GCond *cond)
{
    cond->p = NULL;
}

void g_cond_clear(GCond *cond)
{
    pthread_cond_destroy(cond_of(cond));
    g_free(cond->p);
}

void g_cond_wait(GCond *cond, GMutex *mutex)
{
    pthread_cond_wait(cond_of(cond), mutex_of(mutex));
}

void g_cond_signal(GCond *cond)
{
    pthread_cond_signal(cond_of(cond));
}

void g_cond_broadcast(GCond *cond)
{
    pthread_cond_broadcast(cond_of(cond));
}
#endif
