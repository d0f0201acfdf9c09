/* tests/unit/support/shared.h: vectors made by others, read where they lie: below COMITY_SHARED, or beside the
 * repository. Where they are not there, the running test is marked as skipped and NULL is returned. */
#pragma once
#include "base/json.h"

char *shared_path(const char *relative);    /* new string */
GBytes *shared_bytes(const char *relative); /* new */
json_t *shared_json(const char *relative);  /* new reference */
/* The bytes of a member that holds hex in either case; it must be there. New. */
GBytes *member_bytes(const json_t *object, const char *key);
