/* tests/bench/syncs.c: loaded before libc: counts the syncs of a process in a file (BENCH_SYNCS, 8 bytes) and makes each
 * slower by BENCH_SYNC_MS. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef int (*Sync)(int);

static void note_sync(void)
{
    static _Atomic(_Atomic(long) *) kept;
    _Atomic(long) *count = atomic_load(&kept);
    const char *path = getenv("BENCH_SYNCS"), *slow = getenv("BENCH_SYNC_MS");
    if (!count && path) {
        int fd = open(path, O_RDWR | O_CLOEXEC);
        void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED)
            atomic_store(&kept, count = at);
    }
    if (count)
        atomic_fetch_add(count, 1);
    struct timespec pause = {0, slow ? atol(slow) * 1000000 : 0};
    if (pause.tv_nsec > 0)
        nanosleep(&pause, NULL);
}

static int call(const char *name, int fd)
{
    void *found = dlsym(RTLD_NEXT, name);
    note_sync();
    return ((Sync)(long)found)(fd);
}

int fsync(int fd)
{
    return call("fsync", fd);
}

int fdatasync(int fd)
{
    return call("fdatasync", fd);
}
