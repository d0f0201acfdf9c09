#include "ledger/anchor.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"
#include "ledger/proof.h"
#include <string.h>

#define ANCHORED_FIRST_LINE "comity/anchored/v1\n"

/* One feed's leaf. */
typedef struct {
    char *origin;
    char *text; /* borrowed from the caller during building only */
    guint64 checkpoint;
    guint8 salt[HASH_SIZE];
} Covered;

struct Anchor {
    AnchorPlace at;
    GPtrArray *covered; /* of Covered, ascending by origin (H1) */
    MerkleTree *tree;   /* over them */
};

static void covered_free(gpointer item)
{
    Covered *self = item;
    g_free(self->origin);
    g_free(self);
}

void anchor_free(Anchor *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->covered);
    merkle_tree_free(self->tree);
    g_free(self);
}

static void write_be64(guint8 *out, guint64 value)
{
    guint64 big = GUINT64_TO_BE(value);
    memcpy(out, &big, sizeof big);
}

/* HMAC-SHA-256(secret, log origin || 0x00 || epoch || index) (H1). */
static void salt_of(const guint8 *secret, const char *origin, const AnchorPlace *at, guint8 salt[HASH_SIZE])
{
    gsize length = strlen(origin) + 1;
    g_autofree guint8 *message = g_malloc(length + EPOCH_SIZE + 8);
    memcpy(message, origin, length);
    memcpy(message + length, at->epoch, EPOCH_SIZE);
    write_be64(message + length + EPOCH_SIZE, at->index);
    Hash mac = hmac_sha256(secret, ANCHOR_SECRET_SIZE, message, length + EPOCH_SIZE + 8);
    memcpy(salt, mac.bytes, HASH_SIZE);
}

/* leaf(SHA-256(salt || text)) (H1). */
static Hash covered_leaf(const guint8 salt[HASH_SIZE], const char *text, gsize length)
{
    g_autoptr(Sha256) running = sha256_new();
    sha256_update(running, salt, HASH_SIZE);
    sha256_update(running, text, length);
    Hash hidden = sha256_finish(running);
    return merkle_leaf(hidden.bytes, HASH_SIZE);
}

static gint by_origin(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Covered *const *)a)->origin, (*(Covered *const *)b)->origin);
}

static gboolean take_texts(Anchor *self, const guint8 *secret, const GPtrArray *texts, GError **error)
{
    for (guint i = 0; i < texts->len; i++) {
        const char *text = g_ptr_array_index(texts, i);
        g_autoptr(Checkpoint) checkpoint = checkpoint_parse(text, strlen(text), error);
        if (!checkpoint)
            return FALSE;
        Covered *covered = g_new0(Covered, 1);
        covered->origin = g_steal_pointer(&checkpoint->origin);
        covered->checkpoint = checkpoint->size;
        covered->text = g_ptr_array_index(texts, i);
        salt_of(secret, covered->origin, &self->at, covered->salt);
        g_ptr_array_add(self->covered, covered);
    }
    g_ptr_array_sort(self->covered, by_origin);
    return TRUE;
}

Anchor *anchor_build(const AnchorPlace *at, const guint8 secret[ANCHOR_SECRET_SIZE], const GPtrArray *texts,
                     GError **error)
{
    g_autoptr(Anchor) self = g_new0(Anchor, 1);
    self->at = *at;
    self->covered = g_ptr_array_new_with_free_func(covered_free);
    self->tree = merkle_tree_new();
    if (!take_texts(self, secret, texts, error))
        return NULL;
    for (guint i = 0; i < self->covered->len; i++) {
        Covered *covered = g_ptr_array_index(self->covered, i);
        if (i > 0 && by_origin(&self->covered->pdata[i - 1], &self->covered->pdata[i]) == 0) {
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "The log %s was to be anchored twice at once.",
                        covered->origin);
            return NULL;
        }
        Hash leaf = covered_leaf(covered->salt, covered->text, strlen(covered->text));
        merkle_tree_append(self->tree, &leaf);
        covered->text = NULL;
    }
    return g_steal_pointer(&self);
}

Hash anchor_root(const Anchor *self)
{
    return merkle_tree_root(self->tree);
}

void anchor_entry(const Hash *root, guint64 index, guint8 out[ANCHOR_ENTRY_SIZE])
{
    memcpy(out, root->bytes, HASH_SIZE);
    write_be64(out + HASH_SIZE, index); /* H2 */
}

Hash anchor_entry_leaf(const Hash *root, guint64 index)
{
    guint8 entry[ANCHOR_ENTRY_SIZE];
    anchor_entry(root, index, entry);
    return merkle_leaf(entry, sizeof entry);
}

/* ---- one feed under an anchor ---- */

void anchored_free(Anchored *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->hashes, g_array_unref);
    g_free(self);
}

Anchored *anchor_prove(const Anchor *self, const char *origin, GError **error)
{
    for (guint i = 0; i < self->covered->len; i++) {
        const Covered *covered = g_ptr_array_index(self->covered, i);
        if (!g_str_equal(covered->origin, origin))
            continue;
        g_autoptr(Anchored) proof = g_new0(Anchored, 1);
        memcpy(proof->salt, covered->salt, HASH_SIZE);
        proof->checkpoint = covered->checkpoint;
        proof->position = i;
        proof->size = merkle_tree_size(self->tree);
        proof->hashes = merkle_inclusion(i, proof->size, merkle_tree_subtree, self->tree, error);
        return proof->hashes ? g_steal_pointer(&proof) : NULL;
    }
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "Anchor %" G_GUINT64_FORMAT " does not cover this log.",
                self->at.index);
    return NULL;
}

char *anchored_text(const Anchored *self)
{
    char salt[HASH_HEX_SIZE];
    hex_write(salt, self->salt, HASH_SIZE);
    GString *text = g_string_new(ANCHORED_FIRST_LINE);
    g_string_append_printf(
        text, "salt %s\ncheckpoint %" G_GUINT64_FORMAT "\nindex %" G_GUINT64_FORMAT "\nsize %" G_GUINT64_FORMAT "\n",
        salt, self->checkpoint, self->position, self->size);
    g_autofree char *path = proof_hashes_text(self->hashes);
    g_string_append(text, path);
    return g_string_free(text, FALSE);
}

static Anchored *refuse(GError **error, const char *why)
{
    error_set(error, COMITY_ERROR_INVALID, "anchored.malformed", "", "This does not show an anchored checkpoint: %s.",
              why);
    return NULL;
}

static guint64 read_number(Reader *reader, const char *word)
{
    reader_expect(reader, word);
    guint64 value = reader_decimal(reader);
    reader_expect(reader, "\n");
    return value;
}

Anchored *anchored_parse(const char *bytes, gsize length, GError **error)
{
    Reader reader = reader_of(bytes, length);
    g_autoptr(Anchored) self = g_new0(Anchored, 1);
    reader_expect(&reader, ANCHORED_FIRST_LINE "salt ");
    const guint8 *salt = reader_take(&reader, 2 * HASH_SIZE);
    if (!salt || !hex_read((const char *)salt, self->salt, HASH_SIZE))
        return refuse(error, "its first two lines are not comity/anchored/v1 and a salt");
    reader_expect(&reader, "\n");
    self->checkpoint = read_number(&reader, "checkpoint ");
    self->position = read_number(&reader, "index ");
    self->size = read_number(&reader, "size ");
    if (reader.failed)
        return refuse(error, "lines 3 to 5 are not checkpoint, index and size with a number each");
    self->hashes = proof_hashes_parse((const char *)reader.at, reader_left(&reader));
    if (!self->hashes)
        return refuse(error, "a line after the fifth is not the base64 of 32 bytes, or there are too many");
    return g_steal_pointer(&self);
}

gboolean anchored_root(const Anchored *self, const char *text, gsize length, Hash *root, GError **error)
{
    Hash leaf = covered_leaf(self->salt, text, length);
    return merkle_inclusion_root(&leaf, self->position, self->size, (const Hash *)(gpointer)self->hashes->data,
                                 self->hashes->len, root, error);
}
