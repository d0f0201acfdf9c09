/* crypto/master_key.c: the master key's file (keyring.h K3). It is one of
 *   64 hex digits and LF                                     the key itself, mode 0400
 *   comity/passphrase/v1 LF argon2id ... LF <32 hex> LF      a passphrase makes the key (passphrase.h); the last line
 *                                                            tells a mistyped passphrase
 */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/keyring.h"
#include "crypto/passphrase.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MASTER_KEY_LIMIT 4096
#define PASSPHRASE_MARK "comity/passphrase/v1\n"

static gboolean refuse(GError **error, const char *path, const char *reason)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "The master key file “%s” %s.", path, reason);
    return FALSE;
}

/* A key that others can read is none. systemd lends a credential through an access control list, and its mask then
 * stands where the group's bits are. */
static gboolean check_mode(const char *path, GError **error)
{
    struct stat about;
    if (stat(path, &about) == -1)
        return error_set_errno(error, "opening the master key file “%s”", path);
    mode_t open_to = S_IRWXO;
    if (getxattr(path, "system.posix_acl_access", NULL, 0) <= 0)
        open_to |= S_IRWXG;
    if ((about.st_mode & open_to) != 0)
        return refuse(error, path, "can be read by others; take that away with “chmod 0400”");
    return TRUE;
}

static void wipe_and_free(gpointer bytes)
{
    GBytes *self = bytes;
    gsize length = 0;
    gconstpointer data = g_bytes_get_data(self, &length);
    if (length > 0)
        sodium_memzero((gpointer)data, length); /* ours alone: file_read made them */
    g_bytes_unref(self);
}

typedef GBytes KeyFile; /* the file's bytes, wiped on scope exit */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyFile, wipe_and_free)

static KeyFile *read_file(const char *path, GError **error)
{
    KeyFile *bytes = file_read(path, MASTER_KEY_LIMIT, error);
    if (bytes == NULL)
        error_prefix(error, "reading the master key");
    return bytes;
}

static Secret *from_hex(const char *path, Reader *reader, GError **error)
{
    guint8 key[SECRET_SIZE];
    const guint8 *digits = reader_take(reader, 2 * (gsize)SECRET_SIZE);
    reader_accept(reader, "\n"); /* systemd-creds and people leave it out */
    if (digits == NULL || reader_left(reader) > 0 || !hex_read((const char *)digits, key, sizeof key)) {
        refuse(error, path, "is neither 64 lower-case hex digits nor made for a passphrase");
        return NULL;
    }
    Secret *secret = secret_new_copy(key);
    sodium_memzero(key, sizeof key);
    return secret;
}

static Secret *from_passphrase(const char *path, Reader *reader, const char *passphrase, GError **error)
{
    if (passphrase == NULL) {
        refuse(error, path, "needs its passphrase");
        return NULL;
    }
    PassphraseLimits limits = passphrase_limits_read(reader);
    guint8 expected[PASSPHRASE_CHECK_SIZE], check[PASSPHRASE_CHECK_SIZE];
    const guint8 *digits = reader_take(reader, 2 * sizeof expected);
    reader_expect(reader, "\n");
    if (reader->failed || reader_left(reader) > 0 || !hex_read((const char *)digits, expected, sizeof expected)) {
        refuse(error, path, "is damaged");
        return NULL;
    }
    g_autoptr(Secret) key = passphrase_key(&limits, passphrase, check, error);
    if (key == NULL)
        return NULL;
    if (sodium_memcmp(check, expected, sizeof check) != 0) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN, "The passphrase is wrong.");
        return NULL;
    }
    return g_steal_pointer(&key);
}

Secret *master_key_load(const char *path, const char *passphrase, GError **error)
{
    g_autoptr(KeyFile) bytes = check_mode(path, error) ? read_file(path, error) : NULL;
    if (bytes == NULL)
        return NULL;
    Reader reader = reader_of(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return reader_accept(&reader, PASSPHRASE_MARK) ? from_passphrase(path, &reader, passphrase, error)
                                                   : from_hex(path, &reader, error);
}

gboolean master_key_needs_passphrase(const char *path, gboolean *needs, GError **error)
{
    g_autoptr(KeyFile) bytes = read_file(path, error);
    if (bytes == NULL)
        return FALSE;
    Reader reader = reader_of(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    *needs = reader_accept(&reader, PASSPHRASE_MARK);
    return TRUE;
}

/* Writes a new file, and never over another: a lost master key is lost data. */
static gboolean write_new(const Env *env, const char *path, const char *text, GError **error)
{
    g_auto(FileDescriptor) fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd == -1 && errno == EEXIST) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT,
                    "There is a master key file “%s” already; it is left as it is.", path);
        return FALSE;
    }
    if (fd == -1)
        return error_set_errno(error, "making the master key file “%s”", path);
    g_autofree char *folder = g_path_get_dirname(path);
    gboolean done = file_write_all(fd, text, strlen(text), error);
    if (done && env_sync(env, fd) == -1)
        done = error_set_errno(error, "syncing");
    done = done && file_sync_folder(env, folder, error);
    if (!done)
        unlink(path);
    return done || error_prefix(error, "writing the master key file “%s”", path);
}

static Secret *create_random(const Env *env, const char *path, GError **error)
{
    g_autoptr(Secret) key = secret_new_random(env);
    char text[2 * SECRET_SIZE + 2];
    hex_write(text, secret_bytes(key), SECRET_SIZE);
    text[2 * SECRET_SIZE] = '\n';
    text[2 * SECRET_SIZE + 1] = '\0';
    gboolean done = write_new(env, path, text, error);
    sodium_memzero(text, sizeof text);
    return done ? g_steal_pointer(&key) : NULL;
}

Secret *master_key_create(const Env *env, const char *path, const char *passphrase, GError **error)
{
    if (passphrase == NULL)
        return create_random(env, path, error);
    PassphraseLimits limits = passphrase_limits_new(env);
    guint8 check[PASSPHRASE_CHECK_SIZE];
    g_autoptr(Secret) key = passphrase_key(&limits, passphrase, check, error);
    if (key == NULL)
        return NULL;
    g_autofree char *line = passphrase_limits_text(&limits);
    g_autofree char *hex = hex_encode(check, sizeof check);
    g_autofree char *text = g_strconcat(PASSPHRASE_MARK, line, hex, "\n", NULL);
    return write_new(env, path, text, error) ? g_steal_pointer(&key) : NULL;
}
