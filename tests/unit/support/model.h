/* tests/unit/support/model.h: the example act types of the executable model (exhibits, tasks), as tables, and the rows
 * by which the model says what everybody must agree on. */
#pragma once
#include "ledger/lane.h"

/* @without: type names to leave out, as an older version would; NULL: none. New. */
ActTypes *model_types(const json_t *without);
/* Per subject: kind, standing values with their leaves, homes, heads, holes, idle acts, what the lane was told. New. */
json_t *model_rows(Lane *lane);
/* SHA-256 of the rows as JSON, keys sorted. New string. */
char *model_digest(Lane *lane);
