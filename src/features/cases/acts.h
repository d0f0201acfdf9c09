/* features/cases/acts.h: the act types of kind "case". */
#pragma once
#include "ledger/act.h"

extern const ActType case_acts[];
extern const gsize case_act_count;

/* The entity's field for a member: this, then the person's id in the space. Its value: the roles, or null once removed. */
#define CASE_MEMBER_FIELD "member:"
