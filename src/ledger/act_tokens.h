/* ledger/act_tokens.h: strict JSON as an array of tokens, made in one pass and in room that is used again. A token stands
 * for a value or a key; a container's children follow it, and `next` leads past them. */
#pragma once
#include "ledger/act_scan.h"
#include <string.h>

typedef enum { TOKEN_NULL, TOKEN_TRUE, TOKEN_FALSE, TOKEN_INTEGER, TOKEN_TEXT, TOKEN_LIST, TOKEN_OBJECT } TokenKind;

typedef struct {
    guint32 at, length; /* of a text: without its quotes */
    guint32 next;       /* the token after it and its children */
    guint32 count;      /* text: code points; list: items; object: members */
    TokenKind kind;
    gboolean escaped; /* a text holds escapes */
    gboolean breaks;  /* it holds line breaks or tabs */
    gboolean odd;     /* it may hold other control characters */
} Token;

struct ActScan {
    Token *tokens;
    guint32 count, room;
    const char *bytes;
    gsize length, at;
    gboolean beyond_ascii;
    const ActType *last_type; /* found last: acts come in runs of a type */
    const ActTypes *last_types;
};

/* The tokens of @act, the whole object first. FALSE where it is not strict JSON, or where only the long way can tell:
 * surrogates, escaped keys, very many members. */
gboolean act_tokens_scan(ActScan *self, Span act);

static inline const Token *token_at(const ActScan *self, guint32 index)
{
    return &self->tokens[index];
}

static inline gboolean token_same(const ActScan *self, const Token *a, const Token *b)
{
    return a->length == b->length && memcmp(self->bytes + a->at, self->bytes + b->at, a->length) == 0;
}
