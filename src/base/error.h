/* base/error.h: one error domain for the whole program.
 *
 * Idea: an error is a sentence for a person, a kind that decides what the program does (exit code, HTTP status), and,
 * where the outside may act on it, a stable code and a pointer to the field. GLib's extended errors carry the last two
 * inside the GError, so that every function keeps the one `GError **error` argument.
 *   E1  The message says what is wrong, where, and what to do; it never holds a secret or a victim's data.
 *   E2  A code, once published, keeps its meaning; it is `<thing>.<what>` in lower case, "" where nobody needs one.
 *   E3  A prefix says what was being done ("taking in “a.bin”: ..."), outermost first. */
#pragma once
#include <glib.h>

#define COMITY_ERROR (comity_error_quark())

typedef enum {
    COMITY_ERROR_INVALID,         /* the input breaks a rule: say which (400, 422) */
    COMITY_ERROR_UNAUTHENTICATED, /* nobody is signed in (401) */
    COMITY_ERROR_FORBIDDEN,       /* this person may not (403) */
    COMITY_ERROR_NOT_FOUND,       /* not there, or not for these eyes: the two look alike (404) */
    COMITY_ERROR_CONFLICT,        /* somebody was faster, or it exists already (409, 412) */
    COMITY_ERROR_GONE,            /* was there, and is not any more (410) */
    COMITY_ERROR_LIMIT,           /* too large, too many, too often (413, 429) */
    COMITY_ERROR_DAMAGED,         /* bytes are not what was signed or stored; never goes on over it (500) */
    COMITY_ERROR_FULL,            /* no room on the disk (507) */
    COMITY_ERROR_IO,              /* the system refused: errno's sentence is in the message (500) */
    COMITY_ERROR_BUSY,            /* held by another process, or the queue is full: try again (503) */
    COMITY_ERROR_UNSUPPORTED,     /* this build or version can't (501) */
    COMITY_ERROR_CANCELLED,       /* the caller or the other side went away */
    COMITY_ERROR_USAGE,           /* command line: exit code 2 */
} ComityError;

GQuark comity_error_quark(void);

/* Sets @error with a stable @code ("" for none) and a JSON @pointer to the offending member ("" for none). */
void error_set(GError **error, ComityError kind, const char *code, const char *pointer, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* The stable code of @error, "" where it has none or is of another domain. Owned by the error. */
const char *error_code(const GError *error);

/* The JSON pointer of @error ("/files/0/name"), "" where it has none. Owned by the error. */
const char *error_pointer(const GError *error);

/* Sets COMITY_ERROR_IO (COMITY_ERROR_FULL for ENOSPC and EDQUOT, COMITY_ERROR_NOT_FOUND for ENOENT) from errno.
 * Returns FALSE, so that a function may end with `return error_set_errno(error, "opening “%s”", path);` */
gboolean error_set_errno(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Prefixes @error, if set, keeping its kind, code and pointer. Returns FALSE. */
gboolean error_prefix(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
