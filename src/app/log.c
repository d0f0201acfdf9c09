#include "app/log.h"
#include "base/env.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>
#include <unistd.h>

static const char *field(const GLogField *fields, gsize count, const char *key)
{
    for (gsize n = 0; n < count; n++) {
        if (g_str_equal(fields[n].key, key) && fields[n].length < 0)
            return fields[n].value;
    }
    return "";
}

static const char *level_name(GLogLevelFlags level)
{
    if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        return "error";
    if (level & G_LOG_LEVEL_WARNING)
        return "warning";
    return level & G_LOG_LEVEL_DEBUG ? "debug" : "info";
}

static GLogWriterOutput write_line(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    gboolean journal = GPOINTER_TO_INT(data);
    const char *domain = field(fields, count, "GLIB_DOMAIN");
    if ((level & G_LOG_LEVEL_DEBUG) && g_log_writer_default_would_drop(level, domain))
        return G_LOG_WRITER_HANDLED;
    if (journal && g_log_writer_journald(level, fields, count, NULL) == G_LOG_WRITER_HANDLED)
        return G_LOG_WRITER_HANDLED;
    g_autofree char *now = time_text(env_now_ms(env_system()));
    g_autofree char *line = g_strdup_printf("%s %s%s%s %s\n", now, level_name(level), *domain ? " " : "", domain,
                                            field(fields, count, "MESSAGE"));
    gssize written = write(STDERR_FILENO, line, strlen(line)); /* one call a line, so that threads don't mix */
    return written > 0 ? G_LOG_WRITER_HANDLED : G_LOG_WRITER_UNHANDLED;
}

void log_start(void)
{
    /* Asked once: it is a system call, and there is a line for each answer. */
    g_log_set_writer_func(write_line, GINT_TO_POINTER(g_log_writer_is_journald(STDERR_FILENO)), NULL);
}
