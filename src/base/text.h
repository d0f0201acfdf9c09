/* base/text.h: the spellings of bytes, times and identifiers that appear in records: lower-case hex, base64url without
 * padding, RFC 3339 in UTC with milliseconds, UUIDv7. Every reader is strict: one value has one spelling. */
#pragma once
#include "base/env.h"
#include <glib.h>

#define TIME_TEXT_SIZE 25 /* "2026-11-24T22:12:56.123Z" and the 0 */
#define UUID_TEXT_SIZE 37

/* Lower-case hex of @length bytes into @out, which has room for 2 * @length + 1. */
void hex_write(char *out, gconstpointer bytes, gsize length);
char *hex_encode(gconstpointer bytes, gsize length); /* new string */
/* Reads exactly 2 * @length lower-case hex digits at @text. FALSE otherwise; @out is then undefined. */
gboolean hex_read(const char *text, gpointer out, gsize length);
GBytes *hex_decode(const char *text); /* NULL if not lower-case hex of even length */

/* RFC 4648 section 5 without padding. Decoding refuses padding, white space and non-zero trailing bits. */
char *base64url_encode(gconstpointer bytes, gsize length);
GBytes *base64url_decode(const char *text, gssize length); /* NULL where it is not; @length -1: to the 0 */
/* RFC 4648 section 4 with padding, equally strict (signed notes, tlog proofs). */
char *base64_encode(gconstpointer bytes, gsize length);
GBytes *base64_decode(const char *text, gssize length);

/* Unix milliseconds <-> "YYYY-MM-DDThh:mm:ss.mmmZ", years 1970 to 9999, no leap second. Writing takes
 * what lies outside as the nearest moment inside. */
void time_write(char out[TIME_TEXT_SIZE], gint64 unix_ms);
char *time_text(gint64 unix_ms); /* new string */
gboolean time_read(const char *text, gssize length, gint64 *unix_ms);

/* The order of bytes of two texts in a GPtrArray, for g_ptr_array_sort() and bsearch(). */
gint text_compare(gconstpointer a, gconstpointer b);

/* @text for a terminal: control characters (Unicode's Cc) but those in @keep become \\u00XX, so that what somebody else wrote
 * moves no cursor, fakes no line and reprograms nothing. New. */
char *text_printable(const char *text, const char *keep);

/* RFC 9562 section 5.7, from @env's clock and chance. */
void uuid7_write(char out[UUID_TEXT_SIZE], const Env *env);
char *uuid7_new(const Env *env);                         /* new string */
gboolean uuid_is_valid(const char *text, gssize length); /* lower case, any version */
