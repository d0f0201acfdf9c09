/* http/uri.c: percent-decoding, strictly and once (P2 of router.h). */
#include "http/private.h"

gboolean http_percent_decode(const char *text, gsize length, gboolean path, char *out)
{
    gsize n = 0;
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)text[i];
        if (c == '%') {
            if (length - i < 3)
                return FALSE;
            int high = g_ascii_xdigit_value(text[i + 1]);
            int low = g_ascii_xdigit_value(text[i + 2]);
            if (high < 0 || low < 0)
                return FALSE;
            c = (guchar)(high << 4 | low);
            i += 2;
        } else if (c == '+' && !path) {
            c = ' ';
        }
        if (c < 0x20 || c == 0x7f || (path && (c == '/' || c == '\\')))
            return FALSE;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return g_utf8_validate(out, (gssize)n, NULL);
}
