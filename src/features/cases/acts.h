/* features/cases/acts.h: the act types of kind "case". */
#pragma once
#include "ledger/act.h"

extern const ActType case_acts[];
extern const gsize case_act_count;
