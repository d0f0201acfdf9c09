/* node/media_type.c: what a file looks like, by libmagic, from its first bytes alone. The answer is shown beside what the
 * file calls itself, and decides whether a viewer is offered; nothing is ever executed because of it. */
#include "node/upload_pipe.h"
#include <magic.h>

/* Archives are not unpacked, and no other program's format rules apply: bytes in, a name out. */
#define FLAGS (MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_APPTYPE)
#define UNKNOWN "application/octet-stream"

/* Steps that a hostile file may cost. */
static void set_bounds(magic_t magic)
{
    const gsize regex = 4096, indirections = 10, names = 40;
    (void)magic_setparam(magic, MAGIC_PARAM_REGEX_MAX, &regex);
    (void)magic_setparam(magic, MAGIC_PARAM_INDIR_MAX, &indirections);
    (void)magic_setparam(magic, MAGIC_PARAM_NAME_MAX, &names);
}

char *media_type_of(gconstpointer bytes, gsize length)
{
    if (length == 0)
        return g_strdup("application/x-empty");
    magic_t magic = magic_open(FLAGS);
    if (!magic)
        return g_strdup(UNKNOWN);
    set_bounds(magic);
    const char *found = magic_load(magic, NULL) == 0 ? magic_buffer(magic, bytes, length) : NULL;
    char *type = g_strdup(
        found && g_utf8_validate(found, -1, NULL) && g_utf8_strlen(found, -1) <= 127 && *found ? found : UNKNOWN);
    magic_close(magic);
    return type;
}
