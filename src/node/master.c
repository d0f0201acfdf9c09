#include "node/master.h"
#include "base/error.h"
#include "crypto/keyring.h"
#include <string.h>
#include <sys/stat.h>

#define CREDENTIAL_NAME "master-key"

void master_source_clear(MasterSource *self)
{
    g_clear_pointer(&self->path, g_free);
}

/* "DIR.key": beside the data directory, never in it, so that a copy of the directory alone opens nothing. */
static char *path_beside(const char *dir)
{
    g_autofree char *whole = g_canonicalize_filename(dir, NULL);
    return g_strconcat(whole, ".key", NULL);
}

static gboolean on_same_disk(const char *path, const char *dir)
{
    struct stat file, folder;
    return stat(path, &file) == 0 && stat(dir, &folder) == 0 && file.st_dev == folder.st_dev;
}

void master_source_find(const NodeOptions *options, const NodeConfig *config, MasterSource *source)
{
    const char *credentials = g_getenv("CREDENTIALS_DIRECTORY");
    g_autofree char *credential = credentials ? g_build_filename(credentials, CREDENTIAL_NAME, NULL) : NULL;
    if (options->master_key_file)
        *source = (MasterSource){.path = g_strdup(options->master_key_file), .source = "option"};
    else if (credential && g_file_test(credential, G_FILE_TEST_EXISTS))
        *source = (MasterSource){.path = g_steal_pointer(&credential), .source = "credential"};
    else if (config && config->master_key_file)
        *source = (MasterSource){.path = g_strdup(config->master_key_file), .source = "config"};
    else
        *source = (MasterSource){.path = path_beside(options->dir), .source = "beside"};
    source->same_disk = !g_str_equal(source->source, "credential") && on_same_disk(source->path, options->dir);
}

Secret *master_source_load(const MasterSource *source, const char *passphrase, GError **error)
{
    g_autoptr(GError) cause = NULL;
    Secret *master = master_key_load(source->path, passphrase, &cause);
    if (master)
        return master;
    if (g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_NOT_FOUND))
        error_set(
            error, COMITY_ERROR_NOT_FOUND, "master_key.missing", "",
            "The master key is not at “%s”; without it this node can't be read. Put the file back, or name it with "
            "--master-key-file.",
            source->path);
    else
        g_propagate_prefixed_error(error, g_steal_pointer(&cause), "loading the master key from “%s”: ", source->path);
    return NULL;
}
