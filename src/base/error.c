/* base/error.c: see error.h. Code and pointer live in the private part that GLib 2.68 and later give an error. */
#include "base/error.h"
#include <errno.h>

typedef struct {
    char *code;    /* NULL: none */
    char *pointer; /* NULL: none */
} ComityErrorPrivate;

static void comity_error_private_init(ComityErrorPrivate *self)
{
    self->code = NULL;
    self->pointer = NULL;
}

static void comity_error_private_copy(const ComityErrorPrivate *source, ComityErrorPrivate *target)
{
    target->code = g_strdup(source->code);
    target->pointer = g_strdup(source->pointer);
}

static void comity_error_private_clear(ComityErrorPrivate *self)
{
    g_free(self->code);
    g_free(self->pointer);
}

G_DEFINE_EXTENDED_ERROR(ComityError, comity_error)

void error_set(GError **error, ComityError kind, const char *code, const char *pointer, const char *format, ...)
{
    if (error == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    GError *made = g_error_new_valist(COMITY_ERROR, (int)kind, format, arguments);
    va_end(arguments);
    ComityErrorPrivate *more = comity_error_get_private(made);
    more->code = *code != '\0' ? g_strdup(code) : NULL;
    more->pointer = *pointer != '\0' ? g_strdup(pointer) : NULL;
    g_propagate_error(error, made);
}

const char *error_code(const GError *error)
{
    if (error->domain != COMITY_ERROR)
        return "";
    const char *code = comity_error_get_private(error)->code;
    return code != NULL ? code : "";
}

const char *error_pointer(const GError *error)
{
    if (error->domain != COMITY_ERROR)
        return "";
    const char *pointer = comity_error_get_private(error)->pointer;
    return pointer != NULL ? pointer : "";
}

static ComityError kind_of_errno(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return COMITY_ERROR_FULL;
    case ENOENT:
        return COMITY_ERROR_NOT_FOUND;
    default:
        return COMITY_ERROR_IO;
    }
}

gboolean error_set_errno(GError **error, const char *format, ...)
{
    int number = errno; /* before anything below may change it */
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *doing = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, COMITY_ERROR, (int)kind_of_errno(number), "%s: %s", doing, g_strerror(number));
    return FALSE;
}

gboolean error_prefix(GError **error, const char *format, ...)
{
    if (error == NULL || *error == NULL)
        return FALSE;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *doing = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_prefix_error(error, "%s: ", doing);
    return FALSE;
}
