#include "cli/passphrase.h"
#include "base/error.h"
#include "base/file.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LONGEST 1000

static char *from_file(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = file_read(path, LONGEST, error);
    if (!bytes) {
        error_prefix(error, "reading the passphrase");
        return NULL;
    }
    char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    text[strcspn(text, "\r\n")] = 0;
    return text;
}

char *passphrase_ask(const char *prompt, GError **error)
{
    const char *path = g_getenv("COMITY_PASSPHRASE_FILE");
    if (path)
        return from_file(path, error);
    g_auto(FileDescriptor) terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    struct termios before, silent;
    if (terminal < 0 || tcgetattr(terminal, &before) != 0) {
        error_set(error, COMITY_ERROR_USAGE, "", "",
                  "A passphrase is needed: run this at a terminal, or name a file in COMITY_PASSPHRASE_FILE.");
        return NULL;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(terminal, TCSAFLUSH, &silent);
    char line[LONGEST + 2] = "";
    gssize length = -1;
    if (write(terminal, prompt, strlen(prompt)) >= 0)
        length = read(terminal, line, sizeof line - 1);
    tcsetattr(terminal, TCSAFLUSH, &before);
    if (write(terminal, "\n", 1) < 0 || length <= 0) {
        error_set(error, COMITY_ERROR_USAGE, "", "", "No passphrase was given.");
        return NULL;
    }
    line[strcspn(line, "\r\n")] = 0;
    char *text = g_strdup(line);
    explicit_bzero(line, sizeof line);
    return text;
}

char *passphrase_ask_twice(GError **error)
{
    char *first = passphrase_ask("New passphrase (12 characters or more): ", error);
    if (!first)
        return NULL;
    char *second = passphrase_ask("Once more: ", error);
    if (second && g_str_equal(first, second) && g_utf8_strlen(first, -1) >= 12) {
        explicit_bzero(second, strlen(second));
        g_free(second);
        return first;
    }
    if (second)
        error_set(error, COMITY_ERROR_USAGE, "", "",
                  "The two differ, or are shorter than 12 characters. Nothing was changed.");
    explicit_bzero(first, strlen(first));
    g_free(first);
    if (second)
        explicit_bzero(second, strlen(second));
    g_free(second);
    return NULL;
}
