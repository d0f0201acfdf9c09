/* tests/unit/support/kept.h: every package that these tests judge is also a question for the other verifier.
 * Where COMITY_KEEP_PACKAGES names a folder, it gets each of them with the report, the act types and the cards
 * (tests/verifier/kept.test.mjs asks). */
#pragma once
#include "ledger/package_verify.h"

void package_keep(const GByteArray *package, const ActTypes *types, const GPtrArray *trust,
                  const PackageReport *report);
/* The act types of stories that come in files. */
void types_keep(const ActTypes *types);
