/* features/people/tokens.h: for the files of this folder. */
#pragma once
#include "features/people/private.h"
#include "node/token.h"

extern const TokenKeeper people_token_keeper;
/* The active person called exactly @name: a machine person, or with @humans_too anybody; where there is none, a machine
 * person is made with the role investigator. COMITY_ERROR_CONFLICT where two are called so. New. */
char *tx_machine_person(Tx *tx, const Principal *by, const char *name, gboolean humans_too,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Only who may act at all can act by token: COMITY_ERROR_CONFLICT for one who has not enrolled, or is disabled. */
gboolean tx_require_introduced(Tx *tx, const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
