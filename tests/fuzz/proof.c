/* tests/fuzz/proof.c: proofs of records, anchored checkpoints and lists of hashes come apart without reading past their
 * bytes, and go together again to the same bytes. */
#include "ledger/proof.h"
#include "ledger/anchor.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void assert_same(const char *again, const uint8_t *bytes, size_t length)
{
    g_assert(strlen(again) == length && memcmp(again, bytes, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    Hash leaf = sha256("x", 1), root;
    g_autoptr(Proof) proof = proof_parse(text, length, NULL);
    if (proof && !proof->extra && strlen(proof->note) == proof->note_length) {
        g_autofree char *again = proof_text(proof->index, proof->hashes, proof->note);
        assert_same(again, bytes, length);
    }
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_assert(!proof || !proof_verify(proof, &leaf, NULL, keys, NULL, NULL, NULL));
    g_autoptr(Anchored) anchored = anchored_parse(text, length, NULL);
    if (anchored) {
        g_autofree char *again = anchored_text(anchored);
        assert_same(again, bytes, length);
        (void)!anchored_root(anchored, text, length, &root, NULL);
    }
    g_autoptr(GArray) hashes = proof_hashes_parse(text, length);
    if (hashes) {
        g_autofree char *again = proof_hashes_text(hashes);
        assert_same(again, bytes, length);
    }
    return 0;
}
