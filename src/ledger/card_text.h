/* ledger/card_text.h: what card.c and card_read.c share about a card's text. */
#pragma once
#include "ledger/card.h"

#define CARD_FIRST_LINE "comity/card/v1"

extern const char *const card_key_words[4]; /* by CardKeyKind */

/* Is the note signed, as "<node>/card", by one of the identity @keys (of GBytes)? */
gboolean card_is_signed(const Card *self, GPtrArray *keys, GError **error);
