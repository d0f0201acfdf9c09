/* ledger/lane_memory.h: a lane's store in memory, for the offline verifier and for tests.
 *
 * Idea: rows of a fixed size in one array, hashes beside them, look-ups by open addressing over row numbers: about 160
 * bytes a record beside the bodies. Bodies are copied, or borrowed where the caller keeps them (a mapped package).
 *   Y1  Nothing is freed before the whole.
 *   Y2  Row numbers are given in the order stored; a line's rows are found by (line, seq) through its own index. */
#pragma once
#include "ledger/lane_store.h"

typedef struct LaneMemory LaneMemory;

/* @borrow: the bytes of every record stay where they are for the life of the store. */
LaneMemory *lane_memory_new(gboolean borrow);
/* Room for @records at once, so that the tables for looking up needn't grow. */
void lane_memory_reserve(LaneMemory *self, guint32 records);
/* A record with these keys is going to be stored or looked for soon: fetches what the tables have there. */
void lane_memory_expect(const LaneMemory *self, const Hash *leaf, const Header *header);
void lane_memory_free(LaneMemory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LaneMemory, lane_memory_free)
const LaneStore *lane_memory_store(LaneMemory *self);
/* Bytes held beside the bodies. */
gsize lane_memory_overhead(const LaneMemory *self);
