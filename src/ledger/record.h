/* ledger/record.h: the bytes of a record: header, act, confirmation (docs/format.md says them by the byte).
 *
 * Idea: the header is the log leaf; it holds hashes, so everything else can be late, withheld or erased while each
 * proof still verifies. A header has one spelling: ASCII, no white space, no escapes, keys in one order. So a scanner
 * of some hundred lines reads it in one pass without allocating, and what it accepts has no second meaning.
 *   R1  What is hashed is the bytes as written. Nothing here re-serialises what came from elsewhere.
 *   R2  header_scan() accepts exactly the grammar. Whatever else a header may break (seq, height, time, seen) is a
 *       matter of its place, and is judged where it is placed (place.c).
 *   R3  An act belongs to a header only if it has the hash and repeats the members: act_read() is the one door. */
#pragma once
#include "base/env.h"
#include "base/json.h"
#include "crypto/digest.h"
#include "crypto/passkey.h"

#define HEADER_LIMIT 8192
#define ACT_LIMIT 65536
#define CONFIRMATION_LIMIT 16384
#define PREV_MAX 32       /* what a verdict accepts; the grammar only knows the header's limit */
#define NODE_NAME_MAX 136 /* a log origin, <node>/<space>/<lane>/<epoch>, has at most 255 bytes */
#define EPOCH_SIZE 16
#define INTEGER_MAX ((G_GINT64_CONSTANT(1) << 53) - 1)

/* Borrowed bytes inside a longer text; not ended by a 0. */
typedef struct {
    const char *at;
    gsize length;
} Span;
gboolean span_equal(Span self, const char *text);
char *span_text(Span self); /* new string */

/* A header as scanned. Every span lies inside the scanned bytes. */
typedef struct {
    Span bytes;
    Span space, lane, node, epoch, person, subject;
    guint64 seq, height;
    gint64 time_ms;
    const char *prev; /* first hex digit of the first leaf; each further one stands 67 bytes on */
    guint prev_count;
    Hash act;
    Hash confirmation;
    gboolean lasting;
    gboolean has_confirmation;
    Span seen; /* the entries between the braces; empty where there are none */
} Header;

/* Scans @length bytes (R2). FALSE with a static @reason where they are no header; @out is then undefined. */
gboolean header_scan(const char *bytes, gsize length, Header *out, const char **reason);
/* The same; quicker where it is of the same feed as @before, a good header (NULL: none). */
gboolean header_scan_after(const Header *before, const char *bytes, gsize length, Header *out, const char **reason);
Hash header_prev(const Header *self, guint index); /* @index < prev_count */

typedef struct {
    Span node, epoch;
    guint64 size;
    Hash root;
} SeenEntry;
/* The next entry of `seen`. @cursor starts at 0. FALSE at the end. */
gboolean header_seen_next(const Header *self, gsize *cursor, SeenEntry *out);

/* What a header is written from. Everything is borrowed. Texts must keep the grammar: a programming error otherwise. */
typedef struct {
    const char *space, *lane, *node, *epoch;
    guint64 seq, height;
    gint64 time_ms;
    const char *person, *subject;
    const Hash *prev;
    guint prev_count;
    Hash act;
    gboolean lasting;
    const Hash *confirmation; /* NULL: none */
    const SeenEntry *seen;    /* ascending by `<node>/<epoch>` */
    guint seen_count;
} HeaderParts;
GBytes *header_write(const HeaderParts *parts);

/* "<node>/<id>" with the grammar of both. */
gboolean subject_is_entity(const char *subject, gsize length);
gboolean node_name_is_valid(const char *text, gsize length);
gboolean id_is_valid(const char *text, gsize length); /* [A-Za-z0-9-]{0,64} */

/* The act in @bytes if it is the one that @header names (R3): strict JSON without white space, the header's hash, its
 * members repeated. The charter's act, whose hash is the lane's id, has null for lane and subject. New reference; NULL
 * with a static @reason otherwise: the record is then without an act. */
json_t *act_read(const Header *header, const char *bytes, gsize length, const char **reason);

/* What an act is written from. Borrowed. @members: those of the type. @lane NULL: a charter. */
typedef struct {
    const char *space, *lane, *node, *person, *subject, *type;
    const Hash *prev;
    guint prev_count;
    gboolean lasting;
    const json_t *members;
} ActParts;
/* The bytes of an act with a fresh salt from @env. NULL with COMITY_ERROR_LIMIT past ACT_LIMIT. */
GBytes *act_write(const ActParts *parts, const Env *env, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The members of the type alone: @act without those that every act has. New reference, values shared. */
json_t *act_members(const json_t *act);

/* A confirmation as parsed: its JSON object has exactly these four members, base64url. */
typedef struct {
    char *credential;
    GBytes *authenticator_data, *client_data, *signature;
} Confirmation;
Confirmation *confirmation_parse(const char *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void confirmation_free(Confirmation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Confirmation, confirmation_free)
GBytes *confirmation_write(const Assertion *assertion); /* the bytes that a header names by hash */
