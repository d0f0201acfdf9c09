/* ledger/act_private.h: what act.c (the rules) and act_scan.c (the quick way) share. */
#pragma once
#include "ledger/act.h"

#define TEXT_MAX 4000
#define ITEMS_MAX 1000
#define LANGUAGE_MAX 35

static inline gint64 field_limit(const Field *field, gint64 fallback)
{
    return field->max > 0 ? field->max : fallback;
}
/* The greatest value of a FIELD_INTEGER. */
static inline gint64 field_greatest(const Field *field)
{
    return field->min < 0 && field->max <= 0 ? field->max : field_limit(field, (G_GINT64_CONSTANT(1) << 53) - 1);
}
/* May a FIELD_TEXT hold @c? Control characters are those of Unicode's class Cc: what a terminal or a printer would obey. */
static inline gboolean field_allows(const Field *field, gunichar c)
{
    gboolean control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    gboolean breaks = c == '\n' || c == '\r' || c == '\t';
    return !control || (field->flags & FIELD_VERBATIM) || (breaks && (field->flags & FIELD_LINES));
}
/* Has @text the form of a FIELD_TIME, _DATE, _HASH, _LEAF, _UUID, _ID, _NODE or _LANGUAGE? */
gboolean field_has_form(FieldKind kind, const char *text, gsize length);
