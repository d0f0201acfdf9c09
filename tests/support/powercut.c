/* tests/support/powercut.c: a disk that knows what is durable. Preloaded.
 *
 * Idea: the page cache is the truth until the power goes; then only what was synced is there. A file is durable as it is when
 * fsync or fdatasync is asked for, a name when its folder is synced, nothing else is. So at each sync the file, or the list of
 * names of the folder, is copied aside; powercut.mjs puts together from these what a disk would show after the cut.
 *   COMITY_TEST_DISK     the folder that is watched
 *   COMITY_TEST_DURABLE  where copies go: "f-<inode>-<birth>" the bytes of a file, "d-..." the names in a folder, one a line:
 *                        kind, inode and birth, name
 *   COMITY_TEST_BOOT     the file that is read for the system's boot id: another one after a cut
 *   COMITY_TEST_WRITES   where each write to an upload or a package is noted (powercut.mjs, readWrites); absent: nowhere
 * No sync reaches the real disk. */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define KEY_SIZE 64
#define BOOT "/proc/sys/kernel/random/boot_id"

/* Where the system does not tell when a file was born, an inode's number alone would name two files. */
static void key_of(int folder, const char *name, char out[KEY_SIZE], unsigned *kind)
{
    struct statx about;
    int flags = AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH);
    if (statx(folder, name, flags, STATX_INO | STATX_BTIME | STATX_TYPE, &about) || !(about.stx_mask & STATX_BTIME)) {
        fprintf(stderr, "powercut: no birth of “%s” is known\n", name);
        abort();
    }
    *kind = about.stx_mode & S_IFMT;
    snprintf(out, KEY_SIZE, "%llu-%lld%09u", (unsigned long long)about.stx_ino, (long long)about.stx_btime.tv_sec,
             about.stx_btime.tv_nsec);
}

/* Is what @fd is open on below the watched folder? Its path goes to @path. */
static int is_watched(int fd, char path[PATH_MAX])
{
    const char *root = getenv("COMITY_TEST_DISK");
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = root ? readlink(link, path, PATH_MAX - 1) : -1;
    if (length < 0)
        return 0;
    path[length] = 0;
    size_t prefix = strlen(root);
    return strncmp(path, root, prefix) == 0 && (path[prefix] == '/' || path[prefix] == 0);
}

static void copy_bytes(int fd, FILE *to)
{
    char buffer[65536];
    ssize_t got;
    for (off_t at = 0; (got = pread(fd, buffer, sizeof buffer, at)) > 0; at += got)
        fwrite(buffer, 1, (size_t)got, to);
}

static void copy_names(const char *path, FILE *to)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char key[KEY_SIZE];
        unsigned kind;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        key_of(dirfd(folder), entry->d_name, key, &kind);
        fprintf(to, "%c %s %s\n", kind == S_IFDIR ? 'd' : kind == S_IFREG ? 'f' : 's', key, entry->d_name);
    }
    if (folder)
        closedir(folder);
}

static int sync_fd(int fd)
{
    char path[PATH_MAX], key[KEY_SIZE], beside[PATH_MAX], to[PATH_MAX];
    const char *durable = getenv("COMITY_TEST_DURABLE");
    unsigned kind;
    if (!durable || !is_watched(fd, path))
        return 0;
    key_of(fd, "", key, &kind);
    snprintf(to, sizeof to, "%s/%c-%s", durable, kind == S_IFDIR ? 'd' : 'f', key);
    snprintf(beside, sizeof beside, "%s/new-%d", durable, gettid());
    FILE *file = fopen(beside, "we");
    if (!file)
        abort();
    if (kind == S_IFDIR)
        copy_names(path, file);
    else
        copy_bytes(fd, file);
    if (fclose(file) || rename(beside, to))
        abort();
    return 0;
}

int fsync(int fd)
{
    return sync_fd(fd);
}
int fdatasync(int fd)
{
    return sync_fd(fd);
}

/* ---- the boot ---- */

static int open_as(const char *symbol, const char *path, int flags, mode_t mode)
{
    int (*real)(const char *, int, ...);
    *(void **)&real = dlsym(RTLD_NEXT, symbol);
    const char *boot = strcmp(path, BOOT) == 0 ? getenv("COMITY_TEST_BOOT") : NULL;
    return real(boot ? boot : path, flags, mode);
}

#define MODE_OF(flags, mode)                                                                                           \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode = va_arg(more, mode_t);                                                                                   \
        va_end(more);                                                                                                  \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_as("open", path, flags, mode);
}
int open64(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_as("open64", path, flags, mode);
}

/* ---- writes ---- */

static void note_write(int fd, const void *bytes, size_t length, int64_t at)
{
    static int to = -1;
    char path[PATH_MAX], key[KEY_SIZE] = "";
    unsigned kind;
    const char *name = getenv("COMITY_TEST_WRITES");
    if (!name || !is_watched(fd, path) || !(strstr(path, "/uploads/") || strstr(path, "/packages/")))
        return;
    if (to < 0)
        to = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    key_of(fd, "", key, &kind);
    uint64_t numbers[2] = {(uint64_t)at, length};
    struct iovec parts[] = {{key, KEY_SIZE}, {numbers, sizeof numbers}, {(void *)bytes, length}};
    if (writev(to, parts, 3) < 0)
        abort();
}

static ssize_t pwrite_as(const char *symbol, int fd, const void *bytes, size_t length, off_t at)
{
    ssize_t (*real)(int, const void *, size_t, off_t);
    *(void **)&real = dlsym(RTLD_NEXT, symbol);
    note_write(fd, bytes, length, at);
    return real(fd, bytes, length, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    return pwrite_as("pwrite", fd, bytes, length, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at)
{
    return pwrite_as("pwrite64", fd, bytes, length, at);
}
