/* tests/fuzz/checkpoint.c: what is read as a checkpoint is written again to the same bytes; nothing that no key signed
 * is opened. */
#include "ledger/checkpoint.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse((const char *)bytes, length, &error);
    g_assert((checkpoint == NULL) == (error != NULL));
    if (checkpoint && !checkpoint->extended) {
        g_autofree char *again = checkpoint_text(checkpoint->origin, checkpoint->size, &checkpoint->root);
        g_assert(strlen(again) == length && memcmp(again, bytes, length) == 0);
    }
    static const guint8 key[ED25519_KEY_SIZE] = {0x7a, 0x4c, 0x9e};
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_ptr_array_add(keys, g_bytes_new_static(key, sizeof key));
    g_assert(!checkpoint_open((const char *)bytes, length, NULL, keys, NULL, NULL, NULL, NULL));
    return 0;
}
