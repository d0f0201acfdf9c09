/* tests/unit/support/hostile.h: a lane of three in which one is hostile: what forged.c and forged-forks.c are played on. */
#pragma once
#include "support/exhibits.h"
#include "support/forger.h"
#include <string.h>

static inline json_t *introducing(const char *who)
{
    return json_pack("{s:s, s:[s, s], s:[], s:b}", "who", who, "roles", "investigator", "prosecutor", "credentials",
                     "machine", 0);
}

/* b sees a's exhibit; the forger writes on in b's name. */
typedef struct {
    Parties *lane;
    Party *a, *b;
    Forger *forger;
    LaneAppended exhibit;
} Stage;

static inline void stage_begin(Stage *self, gconstpointer data)
{
    (void)data;
    self->lane = parties_new(3);
    self->a = party_of(self->lane, 0);
    self->b = party_of(self->lane, 1);
    self->exhibit = party_do(self->a, "exhibit.added/1", "a", EXHIBIT, added("telephone"));
    parties_share(self->lane);
    party_do(self->b, "exhibit.added/1", "b", "b.example/seen", added("b has named a's exhibit"));
    parties_share(self->lane);
    self->forger = forger_new(self->b, SEQ_NONE);
}

static inline void stage_end(Stage *self, gconstpointer data)
{
    (void)data;
    forger_free(self->forger);
    parties_free(self->lane);
}

/* Its own act about a's exhibit, valid but for what @change says. */
static inline Forging correcting(Stage *self, const char *words)
{
    return (Forging){.type = "exhibit.corrected/1",
                     .person = "b",
                     .subject = EXHIBIT,
                     .members = described(words),
                     .prev = &self->exhibit.leaf,
                     .prev_count = 1};
}

static inline void add(const char *path, void (*test)(Stage *, gconstpointer), gconstpointer data)
{
    g_test_add(path, Stage, data, stage_begin, test, stage_end);
}
