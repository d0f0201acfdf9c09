/* ledger/core_acts.h: the act types that the lane itself needs, whatever features there are: charter, opening, people,
 * homes, erasing, carrying, forks and ends. Const tables, as a feature's are (act.h). */
#pragma once
#include "ledger/act.h"

extern const ActType core_acts[];
extern const gsize core_acts_count;
