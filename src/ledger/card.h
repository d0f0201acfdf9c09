/* ledger/card.h: a node's card: its name, its title, and the keys by which others know it, signed by its identity key.
 *
 * Idea: whoever pins one card can follow every later one: cards are numbered, each names the hash of the one before,
 * and each is signed by an identity key that the one before lists. So a node can change every key it has, and a forger
 * who takes its name can't go on with its chain.
 *   C1  A card is a signed note under the name "<node>/card", signed by an identity key that it lists itself.
 *   C2  Card n + 1 names the SHA-256 of card n's text, is not issued earlier, and is signed by an identity key that
 *       card n lists and that was valid when card n + 1 was issued.
 *   C3  Lines that this version doesn't know are kept in the text, and ignored.
 *   C4  `until` ends a key; a `cutoff` says how far a retired log key had come in a feed. What it signed beyond that,
 *       without anybody's attestation before `until`, does not count. */
#pragma once
#include "crypto/digest.h"
#include "crypto/note.h"

#define CARD_FOREVER G_MAXINT64

typedef enum { CARD_IDENTITY, CARD_LOG, CARD_WITNESS, CARD_TLS } CardKeyKind;

typedef struct {
    CardKeyKind kind;
    GBytes *key;     /* 32 bytes of Ed25519; for TLS a DER SubjectPublicKeyInfo */
    gint64 from_ms;  /* Unix milliseconds */
    gint64 until_ms; /* first moment at which it no longer counts; CARD_FOREVER for "-" */
} CardKey;

typedef struct {
    char *lane;  /* 64 hex */
    char *epoch; /* 16 hex */
    guint64 size;
    Hash root;
} CardCutoff;

typedef struct {
    char *node;
    char *title;
    char *country;  /* two capital letters */
    guint64 number; /* 1 is the first */
    gboolean has_previous;
    Hash previous; /* SHA-256 of the previous card's text, where has_previous */
    gint64 issued_ms;
    char *web;       /* web origin, "https://..." */
    GArray *keys;    /* of CardKey, in the card's order */
    GArray *cutoffs; /* of CardCutoff */
    char *note;      /* the whole signed note; NULL until it is signed or parsed */
    Hash hash;       /* SHA-256 of its text; of a parsed card */
} Card;
Card *card_new(void); /* empty, to be filled and signed */
void card_free(Card *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Card, card_free)
void card_add_key(Card *self, CardKeyKind kind, gconstpointer key, gsize length, gint64 from_ms, gint64 until_ms);
void card_add_cutoff(Card *self, const char *lane, const char *epoch, guint64 size, const Hash *root);

/* The text that is signed, from the fields. New string. */
char *card_text(const Card *self);
/* The signed card by each of the @count identity @keys (two where the identity changes: the old and the new one). New.
 */
char *card_sign(const Card *self, const SigningKey *const *keys, gsize count);
/* Reads a card and checks C1. New; COMITY_ERROR_INVALID names the line, COMITY_ERROR_DAMAGED the signature. */
Card *card_parse(const char *note, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* C2: does @self follow @previous? COMITY_ERROR_DAMAGED says why not. */
gboolean card_follows(const Card *self, const Card *previous, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The keys of one kind, in the card's order: of GBytes, owned by the array. @at_ms: only those valid then; G_MININT64:
 * all. New. */
GPtrArray *card_keys(const Card *self, CardKeyKind kind, gint64 at_ms);
/* The key of @kind with these bytes, or NULL. Borrowed. */
const CardKey *card_key_find(const Card *self, CardKeyKind kind, gconstpointer key, gsize length);
/* The furthest cutoff for a feed, or NULL. Borrowed. */
const CardCutoff *card_cutoff(const Card *self, const char *lane, const char *epoch);
/* Was @card, or an earlier card in its chain, signed by an identity key that @trusted lists? For a @trusted card that
 * is newer than what a package holds. */
gboolean card_signed_by(const Card *card, const Card *trusted);
