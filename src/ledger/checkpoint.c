#include "ledger/checkpoint.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"
#include <string.h>

void checkpoint_free(Checkpoint *self)
{
    if (!self)
        return;
    g_free(self->origin);
    g_free(self);
}

char *checkpoint_feed_origin(const char *node, const char *space, const char *lane, const char *epoch)
{
    return g_strjoin("/", node, space, lane, epoch, NULL);
}

char *checkpoint_anchors_origin(const char *node, const char *epoch)
{
    return g_strconcat(node, "/anchors/", epoch, NULL);
}

char *checkpoint_witness_name(const char *node)
{
    return g_strconcat(node, "/witness", NULL);
}

char *checkpoint_text(const char *origin, guint64 size, const Hash *root)
{
    g_autofree char *base64 = base64_encode(root->bytes, HASH_SIZE);
    return g_strdup_printf("%s\n%" G_GUINT64_FORMAT "\n%s\n", origin, size, base64);
}

static Checkpoint *refuse(GError **error, const char *why)
{
    error_set(error, COMITY_ERROR_INVALID, "checkpoint.malformed", "", "This is no checkpoint: %s.", why);
    return NULL;
}

/* Line 3: the root in base64, one spelling. */
static gboolean read_root(const guint8 *line, gsize length, Hash *root)
{
    g_autoptr(GBytes) bytes = line ? base64_decode((const char *)line, (gssize)length) : NULL;
    if (!bytes || g_bytes_get_size(bytes) != HASH_SIZE)
        return FALSE;
    memcpy(root->bytes, g_bytes_get_data(bytes, NULL), HASH_SIZE);
    return TRUE;
}

/* Lines after the third: each not empty and ended by LF. */
static gboolean read_extensions(Reader *reader)
{
    while (reader_left(reader) > 0) {
        gsize length = 0;
        if (!reader_until(reader, '\n', &length) || length == 0)
            return FALSE;
    }
    return TRUE;
}

Checkpoint *checkpoint_parse(const char *text, gsize length, GError **error)
{
    Reader reader = reader_of(text, length);
    gsize origin_length = 0, root_length = 0;
    const guint8 *origin = reader_until(&reader, '\n', &origin_length);
    if (!origin || origin_length == 0)
        return refuse(error, "line 1 does not name a log");
    if (memchr(origin, 0, origin_length))
        return refuse(error, "line 1 holds a zero byte");
    guint64 size = reader_decimal(&reader);
    if (!reader_expect(&reader, "\n"))
        return refuse(error, "line 2 is not a size in decimal digits");
    Hash root;
    const guint8 *root_line = reader_until(&reader, '\n', &root_length);
    if (!read_root(root_line, root_length, &root))
        return refuse(error, "line 3 is not the base64 of 32 bytes");
    gboolean extended = reader_left(&reader) > 0;
    if (!read_extensions(&reader))
        return refuse(error, "a line after the third is empty or does not end");
    Checkpoint *self = g_new0(Checkpoint, 1);
    self->origin = g_strndup((const char *)origin, origin_length);
    self->size = size;
    self->root = root;
    self->extended = extended;
    return self;
}

gboolean checkpoint_contradicts(const Checkpoint *a, const Checkpoint *b)
{
    return g_str_equal(a->origin, b->origin) && a->size == b->size && !hash_equal(&a->root, &b->root);
}

char *checkpoint_sign(const char *origin, guint64 size, const Hash *root, const SigningKey *log)
{
    g_autofree char *text = checkpoint_text(origin, size, root);
    return note_sign(text, origin, log);
}

static void cosignature_clear(gpointer item)
{
    g_free(((Cosignature *)item)->name);
}

static GArray *cosignatures_new(void)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(Cosignature));
    g_array_set_clear_func(array, cosignature_clear);
    return array;
}

/* The log's own signature is of plain Ed25519 size; a cosignature has 8 bytes of time before it. */
static gboolean is_cosignature(const NoteSignature *signature)
{
    return g_bytes_get_size(signature->bytes) == 8 + ED25519_SIGNATURE_SIZE;
}

static GArray *find_signers(Note *note, const char *origin, GPtrArray *log)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));
    GArray *signatures = note_signatures(note);
    for (guint i = 0; i < signatures->len; i++) {
        const NoteSignature *signature = &g_array_index(signatures, NoteSignature, i);
        if (!signature->verified || is_cosignature(signature) || !g_str_equal(signature->name, origin))
            continue;
        for (guint k = 0; k < log->len; k++)
            if (note_key_id(origin, NOTE_ED25519, g_bytes_get_data(log->pdata[k], NULL)) == signature->key_id) {
                g_array_append_val(found, k);
                break;
            }
    }
    return found;
}

static GArray *good_cosignatures(Note *note)
{
    GArray *found = cosignatures_new();
    GArray *signatures = note_signatures(note);
    for (guint i = 0; i < signatures->len; i++) {
        const NoteSignature *signature = &g_array_index(signatures, NoteSignature, i);
        if (!signature->verified || !is_cosignature(signature))
            continue;
        Cosignature cosignature = {g_strdup(signature->name), signature->key_id, signature->time_s};
        g_array_append_val(found, cosignature);
    }
    return found;
}

/* The keys by which @origin may have signed, under its own name (K1), and the cosigners. */
static GPtrArray *all_verifiers(const char *origin, GPtrArray *log, GPtrArray *cosigners)
{
    GPtrArray *all = g_ptr_array_new();
    for (guint i = 0; i < log->len; i++)
        g_ptr_array_add(all, note_verifier_new(origin, NOTE_ED25519, g_bytes_get_data(log->pdata[i], NULL)));
    for (guint i = 0; cosigners && i < cosigners->len; i++)
        g_ptr_array_add(all, cosigners->pdata[i]);
    return all;
}

Checkpoint *checkpoint_open(const char *note, gsize length, const char *origin, GPtrArray *log, GPtrArray *cosigners,
                            GArray **signers, GArray **cosigned, GError **error)
{
    g_autoptr(Note) parsed = note_parse(note, length, error);
    if (!parsed)
        return NULL;
    gsize text_length = 0;
    const char *text = note_text(parsed, &text_length);
    g_autoptr(Checkpoint) self = checkpoint_parse(text, text_length, error);
    if (!self)
        return NULL;
    if (origin && !g_str_equal(self->origin, origin)) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "The checkpoint is of another log.");
        return NULL;
    }
    GPtrArray *verifiers = all_verifiers(self->origin, log, cosigners);
    g_autoptr(Note) judged = note_open(note, length, verifiers, error);
    for (guint i = 0; i < log->len; i++)
        note_verifier_free(verifiers->pdata[i]);
    g_ptr_array_unref(verifiers);
    if (!judged)
        return NULL;
    g_autoptr(GArray) found = find_signers(judged, self->origin, log);
    if (found->len == 0) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                            "The checkpoint is not signed by a key of its log.");
        return NULL;
    }
    if (signers)
        *signers = g_steal_pointer(&found);
    if (cosigned)
        *cosigned = good_cosignatures(judged);
    return g_steal_pointer(&self);
}

char *checkpoint_cosign(const char *note, gsize length, const char *node, const SigningKey *witness, gint64 time_s,
                        GError **error)
{
    g_autoptr(Note) parsed = note_parse(note, length, error);
    if (!parsed)
        return NULL;
    gsize text_length = 0;
    const char *text = note_text(parsed, &text_length);
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse(text, text_length, error);
    if (!checkpoint)
        return NULL;
    if (checkpoint->extended) {
        refuse(error, "it has extension lines, which are never cosigned");
        return NULL;
    }
    g_autofree char *name = checkpoint_witness_name(node);
    g_autofree char *whole = g_strndup(text, text_length);
    return note_cosign_line(whole, name, witness, time_s);
}
