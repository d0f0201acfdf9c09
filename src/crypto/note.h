/* crypto/note.h: C2SP signed-note, Ed25519 (0x01) and cosignature/v1 (0x04) by one strict rule: S < L, canonical A and
 * R, no small order (libsodium's). A note is text, an empty line, signature lines; it is split at the last empty line.
 *   N1  A bad signature by a known key rejects the note; so does no good one by a known key. Unknown keys are ignored.
 *   N2  Key ids are computed, never stored. */
#pragma once
#include "base/env.h"
#include <glib.h>

#define ED25519_KEY_SIZE 32
#define ED25519_SIGNATURE_SIZE 64
#define NOTE_LIMIT (128 * 1024)

typedef struct SigningKey SigningKey; /* Ed25519 seed and public key in locked memory */
SigningKey *signing_key_generate(const Env *env);
SigningKey *signing_key_from_seed(const guint8 seed[32]);
void signing_key_free(SigningKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SigningKey, signing_key_free)
const guint8 *signing_key_public(const SigningKey *self); /* 32 bytes */
const guint8 *signing_key_seed(const SigningKey *self);   /* 32 secret bytes */
void signing_key_sign(const SigningKey *self, gconstpointer bytes, gsize length, guint8 out[ED25519_SIGNATURE_SIZE]);
/* The one rule. */
gboolean ed25519_verify(const guint8 key[ED25519_KEY_SIZE], gconstpointer bytes, gsize length,
                        const guint8 signature[ED25519_SIGNATURE_SIZE]);

typedef enum { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 } NoteAlgorithm;

typedef struct NoteVerifier NoteVerifier; /* a name, an algorithm, a public key */
NoteVerifier *note_verifier_new(const char *name, NoteAlgorithm algorithm, const guint8 key[ED25519_KEY_SIZE]);
/* "<name>+<hex key id>+<base64(type || key)>" (a vkey). */
NoteVerifier *note_verifier_parse(const char *vkey, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *note_verifier_text(const NoteVerifier *self);
void note_verifier_free(NoteVerifier *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NoteVerifier, note_verifier_free)
const char *note_verifier_name(const NoteVerifier *self);
guint32 note_key_id(const char *name, NoteAlgorithm algorithm, const guint8 key[ED25519_KEY_SIZE]);

typedef struct {
    char *name; /* who says that it signed */
    guint32 key_id;
    GBytes *bytes;     /* signature without the key id */
    gboolean verified; /* by one of the verifiers given */
    gint64 time_s;     /* of a verified cosignature, Unix seconds; 0 otherwise */
} NoteSignature;

typedef struct Note Note;
/* Parses without judging signatures. NULL with COMITY_ERROR_INVALID and the reason. */
Note *note_parse(const char *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Parses and judges (N1). @verifiers: of NoteVerifier, borrowed. COMITY_ERROR_DAMAGED for a bad signature. */
Note *note_open(const char *bytes, gsize length, GPtrArray *verifiers, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void note_free(Note *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Note, note_free)
const char *note_text(const Note *self, gsize *length); /* ends in LF */
GArray *note_signatures(const Note *self);              /* of NoteSignature, borrowed */

/* @text (ends in LF) signed as @name: the whole note. New string. */
char *note_sign(const char *text, const char *name, const SigningKey *key);
/* One cosignature/v1 line (with LF) over a checkpoint's @text at @time_s. New string. */
char *note_cosign_line(const char *text, const char *name, const SigningKey *key, gint64 time_s);
