/* features/people/acts.h: the act types of kinds "person", "passkey", "invitation" and "token", in the node's own
 * space, and the words that they use. */
#pragma once
#include "ledger/act.h"

#define ROLE_ADMINISTRATOR "administrator"

extern const ActType people_acts[];
extern const gsize people_act_count;

/* What a person can be at this node, beside administrator; ended by NULL. */
extern const char *const people_roles[];

/* One of people_roles; how a browser reaches a passkey: items of lists, in acts and in request bodies alike. */
extern const Field people_role_item;
extern const Field people_transport_item;
