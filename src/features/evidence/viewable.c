#include "features/evidence/private.h"

const char *viewable_of(const char *media_type)
{
    static const struct {
        const char *type, *viewer;
    } known[] = {{"image/png", "image"},
                 {"image/jpeg", "image"},
                 {"image/gif", "image"},
                 {"image/webp", "image"},
                 {"image/avif", "image"},
                 {"image/bmp", "image"},
                 {"audio/ogg", "audio"},
                 {"audio/mpeg", "audio"},
                 {"audio/wav", "audio"},
                 {"audio/x-wav", "audio"},
                 {"audio/flac", "audio"},
                 {"audio/mp4", "audio"},
                 {"audio/x-m4a", "audio"},
                 {"audio/webm", "audio"},
                 {"audio/aac", "audio"},
                 {"video/mp4", "video"},
                 {"video/webm", "video"},
                 {"video/ogg", "video"},
                 {"application/ogg", "audio"},
                 {"application/pdf", "pdf"},
                 {"application/json", "text"},
                 {"message/rfc822", "text"},
                 {"application/xml", "text"},
                 {"image/svg+xml", "text"},
                 {"application/javascript", "text"},
                 {"application/csv", "text"},
                 {"application/x-ndjson", "text"}};
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        if (g_str_equal(known[n].type, media_type))
            return known[n].viewer;
    }
    return g_str_has_prefix(media_type, "text/") ? "text" : "none";
}
