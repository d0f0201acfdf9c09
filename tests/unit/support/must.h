/* tests/unit/support/must.h: what has to go well, or the test has failed with the reason. */
#pragma once
#include <glib.h>

static inline void must(gboolean done, GError *error)
{
    g_assert_no_error(error);
    g_assert_true(done);
}
