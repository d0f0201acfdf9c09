/* base/json.h: the strict JSON profile of the record format (docs/format.md) and small helpers over jansson.
 *   J1  What is hashed is the bytes as written: nothing here re-serialises what it read.
 *   J2  Strict: UTF-8 without BOM, an object at the top, no duplicate key, no lone surrogate, no U+0000, numbers are
 *       integers within +-(2^53-1) written -?digits without leading zero, no fraction, no exponent, no -0; depth <= 16.
 */
#pragma once
#include <glib.h>
#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

#define JSON_DEPTH_MAX 16

/* Parses @length bytes by J2. New reference; NULL with COMITY_ERROR_INVALID that names the byte offset and the rule.
 * @limit: greatest length allowed. */
json_t *json_strict_parse(const char *bytes, gsize length, gsize limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Compact bytes of @value: no white space outside strings, keys in insertion order, UTF-8 as it is. New string. */
char *json_compact(const json_t *value, gsize *length);

/* @texts, ended by NULL, as an array; NULL: an empty one. New reference. */
json_t *json_texts(const char *const *texts);

/* Members of an object, or the fallback where they are absent or of another type. Strings are borrowed from @object. */
const char *json_text(const json_t *object, const char *key); /* NULL */
gint64 json_integer_or(const json_t *object, const char *key, gint64 fallback);
gboolean json_is_true_at(const json_t *object, const char *key);
