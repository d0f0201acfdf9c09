/* features/evidence/acts.h: the act types of kinds "exhibit" and "reading", and the words of their lists. */
#pragma once
#include "ledger/act.h"

extern const ActType evidence_acts[];
extern const gsize evidence_act_count;

/* Each ended by NULL. */
extern const char *const exhibit_types[];
extern const char *const exhibit_ways[];
extern const char *const exhibit_uses[];
