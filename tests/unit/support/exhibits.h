/* tests/unit/support/exhibits.h: the small feature of parties.h in the words of its stories, and what must hold at their ends. */
#pragma once
#include "base/error.h"
#include "support/parties.h"
#include <string.h>

#define EXHIBIT "a.example/0001"

static inline json_t *added(const char *description)
{
    return json_pack("{s:s, s:s}", "description", description, "custodian", "a");
}

static inline json_t *described(const char *description)
{
    return json_pack("{s:s}", "description", description);
}

static inline void assert_value(Party *party, const char *subject, const char *field, const char *value)
{
    g_assert_cmpstr(entity_text(party_entity(party, subject), field), ==, value);
    g_assert_false(entity_is_contested(party_entity(party, subject), field));
}

static inline void assert_agreed(const Parties *lane)
{
    g_autofree char *first = party_digest(party_of(lane, 0));
    for (guint i = 0; i < lane->all->len; i++) {
        party_check(party_of(lane, i));
        g_autofree char *digest = party_digest(party_of(lane, i));
        g_assert_cmpstr(digest, ==, first);
    }
}

static inline void assert_refused(Party *party, const char *type, const char *person, const char *subject,
                                  json_t *members, ComityError kind, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(party_try(party, type, person, subject, members, &error));
    g_assert_error(error, COMITY_ERROR, (gint)kind);
    if (!strstr(error->message, words))
        g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, words));
}

static inline json_t *named(const char *name)
{
    return json_pack("{s:s, s:s, s:s}", "name", name, "title", "", "affiliation", "");
}

/* @party reports the one fork that it knows of. */
static inline void report_fork(Party *party)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) forks = lane_forks_to_report(party->lane);
    g_assert_cmpuint(forks->len, ==, 1);
    g_autoptr(json_t) members = json_pack("{s:s}", "feed", g_ptr_array_index(forks, 0));
    LaneAct report = {
        .type = "fork.found/1", .person = "", .members = members, .whole_fork = g_ptr_array_index(forks, 0)};
    LaneAppended appended;
    g_assert_true(lane_append(party->lane, &report, &appended, &error));
    g_assert_true(lane_attest(party->lane, appended.at.line, appended.size, &error));
}
