/* features/exports/acts.h: the act type of kind "export". */
#pragma once
#include "ledger/act.h"

extern const ActType export_acts[];
extern const gsize export_act_count;
