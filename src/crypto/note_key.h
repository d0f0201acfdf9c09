/* crypto/note_key.h: what note.c needs of note_key.c; others include note.h. */
#pragma once
#include "crypto/note.h"

#define COSIGNATURE_SIZE (8 + ED25519_SIGNATURE_SIZE) /* POSIX seconds, big-endian, then Ed25519 */

/* Not empty, no Unicode space, no plus sign. @name is UTF-8. */
gboolean note_name_is_valid(const char *name, gsize length);

/* What cosignature/v1 signs of a checkpoint's @text. New string. */
char *cosignature_message(const char *text, gsize length, gint64 time_s);

/* Whether @signature says that it is by this name and key (both: N1). */
gboolean note_verifier_knows(const NoteVerifier *self, const NoteSignature *signature);

/* Checks a known @signature; sets its time where it is a good cosignature. */
gboolean note_verifier_check(const NoteVerifier *self, const char *text, gsize length, NoteSignature *signature);
