/* store/highwater.h: how far each own feed had come, kept outside the database.
 *
 * Idea: a database that was put back from an old copy does not know that it is old, and would sign a second history.
 * This file knows: for each feed the size and root of the last checkpoint that may have been signed. It is small, of
 * fixed slots, and written in place: one sync a batch.
 *   W1  A mark is durable before a checkpoint of that size is signed (highwater_sync()); so no checkpoint is ahead of
 *       it.
 *   W2  A mark only grows.
 *   W3  Each feed has two copies, written in turn, each with a number and a checksum: a torn write spoils the copy
 *       that is being written, never the one before.
 *   W4  A copy that does not fit its checksum is told by its place (highwater_damages()). Where the other one is whole
 *       it stands in, as a mark that may be too low. The file holds hashes and sizes, no name of a space or a person.
 *       One thread. */
#pragma once
#include "base/env.h"
#include "crypto/digest.h"
#include <glib.h>

typedef struct HighWater HighWater;

typedef struct {
    Hash origin; /* SHA-256 of the feed's log origin */
    guint64 size;
    Hash root;
} HighWaterMark;

/* Reads the file at @path, or makes an empty one. COMITY_ERROR_DAMAGED where it is no such file at all. New. */
HighWater *highwater_open(const Env *env, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void highwater_close(HighWater *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HighWater, highwater_close)

/* TRUE: there was no file. A node that has feeds must then treat its database as one that was put back. */
gboolean highwater_was_absent(const HighWater *self);
/* Sentences about damaged slots, of char *; empty: none. Borrowed. */
const GPtrArray *highwater_damages(const HighWater *self);
/* The mark of @origin. FALSE: none. */
gboolean highwater_get(const HighWater *self, const Hash *origin, HighWaterMark *out);
/* All marks, of HighWaterMark, in no order. New. */
GArray *highwater_all(const HighWater *self);
/* Notes a mark, to be written by the next sync. COMITY_ERROR_CONFLICT where it is below the one noted, or of the same
 * size with another root: the caller must not sign (W2). */
gboolean highwater_put(HighWater *self, const HighWaterMark *mark, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes what was noted and syncs once. After an error it can be called again. */
gboolean highwater_sync(HighWater *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
