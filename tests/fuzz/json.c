/* tests/fuzz/json.c: strict JSON never reads past its bytes, and what it takes keeps the profile (base/json.h J2) and
 * its meaning when it is written and read again. */
#include "base/json.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = json_strict_parse((const char *)bytes, length, 65536, &error);
    g_assert((value == NULL) == (error != NULL));
    if (value == NULL)
        return 0;
    g_assert(json_is_object(value));
    gsize written = 0;
    g_autofree char *text = json_compact(value, &written);
    g_autoptr(json_t) again = json_strict_parse(text, written, 6 * 65536, NULL); /* control characters grow sixfold */
    g_assert(again != NULL && json_equal(value, again));
    return 0;
}
