/* ledger/package_verify_confirm.c: confirmations checked ahead, on the threads that read records.
 *
 * Idea: one signature costs as much as judging a hundred records. Which key counts is for the lane to say, when it
 * judges; but nearly always it is the key that some act introduced for this credential. So that guess is checked ahead,
 * and the lane's question is answered from here where the guess was right.
 *   Q1  An answer is for the whole question: node, time, act, key and every byte of the confirmation. Any other
 * question is checked when it is asked, so that nothing depends on which thread was faster. */
#include "base/text.h"
#include "ledger/package_check.h"
#include <string.h>

typedef struct {
    Hash question; /* the table's key */
    gboolean good;
} Answer;

struct CheckConfirmed {
    GMutex lock;
    GHashTable *keys;    /* credential id -> GBytes, COSE; the one introduced last */
    GHashTable *parsed;  /* GBytes, COSE -> CoseKey: parsing one costs a third of a signature. None ever goes */
    GHashTable *answers; /* Hash -> Answer */
};

CheckConfirmed *check_confirmed_new(void)
{
    CheckConfirmed *self = g_new0(CheckConfirmed, 1);
    g_mutex_init(&self->lock);
    self->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    self->parsed = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                         (GDestroyNotify)cose_key_free);
    self->answers = g_hash_table_new_full(hash_table_hash, hash_table_equal, NULL, g_free);
    return self;
}

void check_confirmed_free(CheckConfirmed *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->keys);
    g_hash_table_unref(self->parsed);
    g_hash_table_unref(self->answers);
    g_mutex_clear(&self->lock);
    g_free(self);
}

void check_confirmed_learn(CheckConfirmed *self, const json_t *act)
{
    const json_t *list = json_object_get(act, "credentials");
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *id = json_text(item, "id"), *text = json_text(item, "cose");
        g_autoptr(GBytes) cose = text ? base64url_decode(text, -1) : NULL;
        if (!id || !cose)
            continue;
        g_mutex_lock(&self->lock);
        g_hash_table_insert(self->keys, g_strdup(id), g_steal_pointer(&cose));
        g_mutex_unlock(&self->lock);
    }
}

static GBytes *key_of(CheckConfirmed *self, const char *credential)
{
    g_mutex_lock(&self->lock);
    GBytes *cose = g_hash_table_lookup(self->keys, credential);
    if (cose)
        g_bytes_ref(cose);
    g_mutex_unlock(&self->lock);
    return cose;
}

/* NULL where it is no key. Borrowed; several threads may use it at once. */
static const CoseKey *parsed_key(CheckConfirmed *self, GBytes *cose)
{
    g_mutex_lock(&self->lock);
    CoseKey *key = g_hash_table_lookup(self->parsed, cose);
    if (!key) {
        key = cose_key_new(g_bytes_get_data(cose, NULL), g_bytes_get_size(cose), NULL);
        if (key)
            g_hash_table_insert(self->parsed, g_bytes_ref(cose), key);
    }
    g_mutex_unlock(&self->lock);
    return key;
}

static void add_field(GByteArray *question, gconstpointer bytes, gsize length)
{
    g_byte_array_append(question, (const guint8 *)&length, sizeof length);
    g_byte_array_append(question, bytes, (guint)length);
}

static void add_bytes(GByteArray *question, GBytes *bytes)
{
    add_field(question, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/* Names the whole question (Q1). */
static Hash question_of(const ConfirmationCheck *check)
{
    g_autoptr(GByteArray) question = g_byte_array_sized_new(1024);
    add_field(question, check->node, strlen(check->node));
    add_field(question, &check->time_ms, sizeof check->time_ms);
    add_field(question, check->challenge, sizeof *check->challenge);
    add_field(question, check->confirmation->credential, strlen(check->confirmation->credential));
    add_bytes(question, check->confirmation->authenticator_data);
    add_bytes(question, check->confirmation->client_data);
    add_bytes(question, check->confirmation->signature);
    add_bytes(question, check->cose);
    return sha256(question->data, question->len);
}

void check_confirmed_try(CheckConfirmed *self, const Header *header, Span act, Span confirmation, const char *origin)
{
    g_autoptr(Confirmation) parsed = confirmation_parse(confirmation.at, confirmation.length, NULL);
    g_autoptr(GBytes) cose = parsed ? key_of(self, parsed->credential) : NULL;
    if (!cose)
        return;
    Hash challenge = confirmation_challenge(act.at, act.length);
    g_autofree char *node = span_text(header->node);
    ConfirmationCheck check = {node, header->time_ms, &challenge, parsed, cose, parsed_key(self, cose)};
    Answer *answer = g_new0(Answer, 1);
    answer->question = question_of(&check);
    answer->good = lane_confirmation_verify(&check, origin);
    g_mutex_lock(&self->lock);
    g_hash_table_replace(self->answers, &answer->question, answer);
    g_mutex_unlock(&self->lock);
}

/* TRUE where this very question was answered. */
static gboolean answered(CheckConfirmed *self, const Hash *question, gboolean *good)
{
    g_mutex_lock(&self->lock);
    const Answer *answer = g_hash_table_lookup(self->answers, question);
    *good = answer && answer->good;
    g_mutex_unlock(&self->lock);
    return answer != NULL;
}

gboolean check_confirmed(gpointer data, const ConfirmationCheck *check)
{
    PackageCheck *self = data;
    gboolean good = FALSE;
    Hash question = question_of(check);
    self->report->signatures++;
    if (answered(self->confirmed, &question, &good))
        return good;
    return lane_confirmation_verify(check, check_web_origin(self, check->node, check->time_ms));
}
