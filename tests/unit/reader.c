/* tests/unit/reader.c: bytes from outside are read to their end and not a byte further, and one failure stands. */
#include "base/reader.h"
#include <string.h>

static void a_line_is_taken_apart(void)
{
    static const char line[] = "index 42\nrest";
    Reader reader = reader_of(line, strlen(line));
    g_assert_false(reader_accept(&reader, "extra ")); /* not there: nothing happens */
    g_assert_true(reader_expect(&reader, "index "));
    gsize length = 0;
    Reader ahead = reader; /* a reader is a value: a copy looks ahead */
    g_assert_true(reader_until(&ahead, '\n', &length) == (const guint8 *)line + 6);
    g_assert_cmpuint(length, ==, 2);
    g_assert_cmpuint(reader_decimal(&reader), ==, 42);
    g_assert_true(reader_accept(&reader, "\n"));
    g_assert_true(memcmp(reader_take(&reader, 4), "rest", 4) == 0);
    g_assert_cmpuint(reader_left(&reader), ==, 0);
    g_assert_false(reader.failed);
}

static void nothing_is_read_past_the_end(void)
{
    g_autofree guint8 *exact = g_memdup2("abc", 3); /* the sanitizer guards what lies behind */
    Reader reader = reader_of(exact, 3);
    g_assert_null(reader_take(&reader, 4));
    g_assert_true(reader.failed);

    reader = reader_of(exact, 3);
    g_assert_false(reader_accept(&reader, "abcd"));
    g_assert_false(reader.failed);
    gsize length = 9;
    g_assert_null(reader_until(&reader, '\n', &length));
    g_assert_cmpuint(length, ==, 0);
    g_assert_true(reader.failed);

    reader = reader_of(exact, 3);
    g_assert_null(reader_take(&reader, G_MAXSIZE));

    reader = reader_of(NULL, 0);
    g_assert_cmpuint(reader_left(&reader), ==, 0);
    g_assert_true(reader_accept(&reader, ""));
    g_assert_false(reader_expect(&reader, "x"));
}

static void a_failure_stands(void)
{
    Reader reader = reader_of("12\n34\n", 6);
    g_assert_false(reader_expect(&reader, "x"));
    g_assert_cmpuint(reader_left(&reader), ==, 0);
    g_assert_null(reader_take(&reader, 1));
    g_assert_false(reader_accept(&reader, "1"));
    g_assert_false(reader_accept(&reader, ""));
    g_assert_cmpuint(reader_decimal(&reader), ==, 0);
    g_assert_cmpuint(reader_le64(&reader), ==, 0);
    g_assert_true(reader.failed);
}

static guint64 decimal(const char *text, gboolean *failed)
{
    Reader reader = reader_of(text, strlen(text));
    guint64 value = reader_decimal(&reader);
    *failed = reader.failed;
    return value;
}

static void a_number_has_one_spelling(void)
{
    gboolean failed = TRUE;
    g_assert_cmpuint(decimal("0", &failed), ==, 0);
    g_assert_false(failed);
    g_assert_cmpuint(decimal("9223372036854775807", &failed), ==, G_MAXINT64);
    g_assert_false(failed);
    g_assert_cmpuint(decimal("10x", &failed), ==, 10); /* ends where the digits end */
    g_assert_false(failed);
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "01", "00", "x", "9223372036854775808", "99999999999999999999"};
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++) {
        decimal(bad[n], &failed);
        g_assert_true(failed);
    }
}

static void little_endian_numbers(void)
{
    static const guint8 bytes[] = {0x01, 0xff, 0x02, 0x00, 0x00, 0x80, 0x03, 0, 0, 0, 0, 0, 0, 0xf0};
    Reader reader = reader_of(bytes, sizeof bytes);
    g_assert_cmphex(reader_le16(&reader), ==, 0xff01);
    g_assert_cmphex(reader_le32(&reader), ==, 0x80000002);
    g_assert_cmphex(reader_le64(&reader), ==, G_GUINT64_CONSTANT(0xf000000000000003));
    g_assert_false(reader.failed);
    reader = reader_of(bytes, 7);
    g_assert_cmphex(reader_le64(&reader), ==, 0);
    g_assert_true(reader.failed);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reader/line", a_line_is_taken_apart);
    g_test_add_func("/reader/end", nothing_is_read_past_the_end);
    g_test_add_func("/reader/failure", a_failure_stands);
    g_test_add_func("/reader/decimal", a_number_has_one_spelling);
    g_test_add_func("/reader/little-endian", little_endian_numbers);
    return g_test_run();
}
