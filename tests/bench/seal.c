/* tests/bench/seal.c: takes one file in as a node does, without HTTP: hashed, encrypted, durable.
 *
 *     seal FILE FOLDER */
#include "base/error.h"
#include "base/file.h"
#include "store/blob_pipe.h"
#include <fcntl.h>
#include <sys/stat.h>

#define STEP (256 * 1024)

static gboolean take(BlobPipe *pipe, int fd, GError **error)
{
    g_autofree guint8 *bytes = g_malloc(STEP);
    goffset at = 0;
    for (;;) {
        gssize got = file_pread(fd, bytes, STEP, at, error);
        if (got <= 0)
            return got == 0;
        if (!blob_pipe_write(pipe, bytes, (gsize)got, error))
            return FALSE;
        at += got;
    }
}

static gboolean seal(const char *from, const char *folder, GError **error)
{
    g_autofree char *done = g_build_filename(folder, "blobs", NULL);
    g_autofree char *coming = g_build_filename(folder, "uploads", NULL);
    g_auto(FileDescriptor) fd = open(from, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0)
        return error_set_errno(error, "opening “%s”", from);
    g_autoptr(Blobs) blobs = blobs_open_dir(env_system(), done, coming, 0, error);
    if (!blobs)
        return FALSE;
    g_autoptr(Secret) key = secret_new_random(env_system());
    BlobPipeOptions options = {blobs,        env_system(), "bench", key, "0193a1b2-0000-7000-8000-000000000001",
                               about.st_size};
    g_autoptr(BlobPipe) pipe = blob_pipe_new(&options, error);
    Hash hash;
    return pipe && take(pipe, fd, error) && blob_pipe_finish(pipe, &hash, error); /* removing it is not timed */
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 3 && seal(argv[1], argv[2], &error))
        return 0;
    g_printerr("seal: %s\n", error ? error->message : "FILE FOLDER");
    return 1;
}
