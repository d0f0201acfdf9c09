/* tests/unit/text.c: one value has one spelling. A record that could be written in two ways would have two hashes, so
 * every reader refuses what its writer would not have written. */
#include "base/text.h"
#include "support/world.h"
#include <string.h>

static void a_hash_is_spelt_in_lower_case(void)
{
    const guint8 bytes[] = {0x00, 0x7f, 0x80, 0xff};
    g_autofree char *text = hex_encode(bytes, sizeof bytes);
    g_assert_cmpstr(text, ==, "007f80ff");
    g_autoptr(GBytes) back = hex_decode(text);
    g_autoptr(GBytes) expected = g_bytes_new_static(bytes, sizeof bytes);
    g_assert_true(g_bytes_equal(back, expected));

    guint8 out[2];
    g_assert_true(hex_read("00ffzz", out, 2)); /* reads what it was asked for, and no more */
    static const char *const bad[] = {"00F", "00FF", "00fg", "0", " 0ff", "00 f", ""};
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++)
        g_assert_false(hex_read(bad[n], out, 2));
    g_assert_null(hex_decode("abc"));
    g_assert_null(hex_decode("AB"));
    g_autoptr(GBytes) nothing = hex_decode("");
    g_assert_cmpuint(g_bytes_get_size(nothing), ==, 0);
}

/* RFC 4648 section 10, in both alphabets. */
static void base64_as_the_rfc_shows_it(void)
{
    static const struct {
        const char *plain, *padded, *bare;
    } known[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        gsize length = strlen(known[n].plain);
        g_autofree char *padded = base64_encode(known[n].plain, length);
        g_autofree char *bare = base64url_encode(known[n].plain, length);
        g_assert_cmpstr(padded, ==, known[n].padded);
        g_assert_cmpstr(bare, ==, known[n].bare);
        g_autoptr(GBytes) expected = g_bytes_new_static(known[n].plain, length);
        g_autoptr(GBytes) from_padded = base64_decode(padded, -1);
        g_autoptr(GBytes) from_bare = base64url_decode(bare, (gssize)strlen(bare));
        g_assert_true(g_bytes_equal(from_padded, expected));
        g_assert_true(g_bytes_equal(from_bare, expected));
    }
}

static void a_second_spelling_of_base64_is_refused(void)
{
    static const char *const bad_padded[] = {"Zg",    "Zg=",  "Zg===",    "Zh==", "Zm9=", "Zm9v\n",    " Zm9v",
                                             "Zm 9v", "-__-", "Zg==Zg==", "=",    "Z",    "Zm9vYg==\n"};
    for (gsize n = 0; n < G_N_ELEMENTS(bad_padded); n++)
        g_assert_null(base64_decode(bad_padded[n], -1));
    static const char *const bad_bare[] = {"Zg==", "Zh", "Zm9", "Z", "+//+", "Zm9v ", "Zm9v="};
    for (gsize n = 0; n < G_N_ELEMENTS(bad_bare); n++)
        g_assert_null(base64url_decode(bad_bare[n], -1));
    g_autoptr(GBytes) part = base64url_decode("Zm9v garbage", 4); /* the length counts, not the 0 */
    g_assert_cmpuint(g_bytes_get_size(part), ==, 3);
    g_assert_null(base64_decode("Zg=\0", 4));
}

/* Every byte in every place: what is decoded is what would be encoded. */
static void only_the_alphabet_is_base64(void)
{
    for (guint byte = 0; byte < 256; byte++) {
        for (gsize place = 0; place < 8; place++) {
            char text[9] = "Zm9vYmFy";
            text[place] = (char)byte;
            g_autoptr(GBytes) padded = base64_decode(text, 8), bare = base64url_decode(text, 8);
            g_autofree char *padded_again =
                padded != NULL ? base64_encode(g_bytes_get_data(padded, NULL), g_bytes_get_size(padded)) : NULL;
            g_autofree char *bare_again =
                bare != NULL ? base64url_encode(g_bytes_get_data(bare, NULL), g_bytes_get_size(bare)) : NULL;
            g_assert_true(padded == NULL || memcmp(padded_again, text, 8) == 0);
            g_assert_true(bare == NULL || memcmp(bare_again, text, 8) == 0);
            g_assert_cmpint(padded != NULL, ==, g_ascii_isalnum(text[place]) || byte == '+' || byte == '/');
            g_assert_cmpint(bare != NULL, ==, g_ascii_isalnum(text[place]) || byte == '-' || byte == '_');
        }
    }
}

static void times_go_there_and_back(void)
{
    static const struct {
        gint64 ms;
        const char *text;
    } known[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {G_GINT64_CONSTANT(951782399999), "2000-02-28T23:59:59.999Z"},
        {G_GINT64_CONSTANT(951782400000), "2000-02-29T00:00:00.000Z"},
        {G_GINT64_CONSTANT(1795558376123), "2026-11-24T22:12:56.123Z"},
        {G_GINT64_CONSTANT(4107542399000), "2100-02-28T23:59:59.000Z"}, /* 2100 has no leap day */
        {G_GINT64_CONSTANT(4107542400000), "2100-03-01T00:00:00.000Z"},
        {G_GINT64_CONSTANT(253402300799999), "9999-12-31T23:59:59.999Z"},
    };
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        g_autofree char *text = time_text(known[n].ms);
        g_assert_cmpstr(text, ==, known[n].text);
        gint64 back = -1;
        g_assert_true(time_read(text, -1, &back));
        g_assert_cmpint(back, ==, known[n].ms);
    }
    char edge[TIME_TEXT_SIZE];
    time_write(edge, -1);
    g_assert_cmpstr(edge, ==, "1970-01-01T00:00:00.000Z");
    time_write(edge, G_MAXINT64);
    g_assert_cmpstr(edge, ==, "9999-12-31T23:59:59.999Z");
}

/* Four hundred years, a day at a time, against the calendar of GLib's other date type. */
static void every_day_of_four_centuries(void)
{
    for (gint64 day = 0; day < 146097; day++) {
        char text[TIME_TEXT_SIZE];
        time_write(text, day * 86400000 + 43200000);
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(day * 86400 + 43200);
        g_autofree char *expected = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S.000Z");
        g_assert_cmpstr(text, ==, expected);
        gint64 back = -1;
        g_assert_true(time_read(text, TIME_TEXT_SIZE - 1, &back));
        g_assert_cmpint(back, ==, day * 86400000 + 43200000);
    }
}

static void a_second_spelling_of_a_time_is_refused(void)
{
    static const char *const bad[] = {
        "2026-11-24T22:12:56Z",          "2026-11-24T22:12:56.1Z",   "2026-11-24T22:12:56.1234Z",
        "2026-11-24T22:12:56.123+00:00", "2026-11-24 22:12:56.123Z", "2026-11-24T22:12:56,123Z",
        "2026-11-24t22:12:56.123z",      "2026-11-24T24:00:00.000Z", "2026-11-24T22:60:56.123Z",
        "2026-11-24T22:12:60.123Z",      "2026-02-29T22:12:56.123Z", "2026-13-01T22:12:56.123Z",
        "2026-00-01T22:12:56.123Z",      "2026-11-00T22:12:56.123Z", "2026-11-31T22:12:56.123Z",
        "1969-12-31T23:59:59.999Z",      "0000-01-01T00:00:00.000Z", "+026-11-24T22:12:56.123Z",
        "2026-11-24T22:12:56.123Z ",     "2026-1 -24T22:12:56.123Z", "",
    };
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++) {
        gint64 ms;
        g_assert_false(time_read(bad[n], -1, &ms));
    }
}

static void ids_sort_by_the_time_they_were_made(void)
{
    World world;
    world_init(&world);
    g_autofree char *first = uuid7_new(&world.env);
    g_autofree char *twin = uuid7_new(&world.env);
    world.now++;
    g_autofree char *later = uuid7_new(&world.env);
    g_autofree char *time = g_strdup_printf("%012" G_GINT64_MODIFIER "x", world.now - 1);
    g_autofree char *expected = g_strdup_printf("%.8s-%s-7", time, time + 8);
    g_assert_true(g_str_has_prefix(first, expected));
    g_assert_nonnull(strchr("89ab", first[19])); /* the variant */
    g_assert_cmpstr(first, !=, twin);
    g_assert_cmpstr(first, <, later);
    g_assert_cmpstr(twin, <, later);
    g_assert_true(uuid_is_valid(first, -1) && uuid_is_valid(later, UUID_TEXT_SIZE - 1));
}

static void what_is_no_id(void)
{
    g_assert_true(uuid_is_valid("00000000-0000-0000-0000-000000000000", -1)); /* any version */
    static const char *const bad[] = {
        "",
        "01936000-0000-7000-8000-00000000000",
        "01936000-0000-7000-8000-0000000000000",
        "01936000-0000-7000-8000-00000000000A",
        "01936000+0000-7000-8000-000000000000",
        "0193600000000-7000-8000-000000000000",
        "{1936000-0000-7000-8000-000000000000",
    };
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++)
        g_assert_false(uuid_is_valid(bad[n], -1));
}

static void a_terminal_obeys_nobody_elses_text(void)
{
    g_autofree char *one = text_printable("a\x1b]0;x\x07\r\n\tb\x7f\xc2\x9b\xd9\x85\xe2\x80\x8f\xe4\xb8\xad\xff", "");
    g_assert_cmpstr(
        one, ==, "a\\u001b]0;x\\u0007\\u000d\\u000a\\u0009b\\u007f\\u009b\xd9\x85\xe2\x80\x8f\xe4\xb8\xad\xef\xbf\xbd");
    g_autofree char *lines = text_printable("a\nb\tc\r", "\n");
    g_assert_cmpstr(lines, ==, "a\nb\\u0009c\\u000d");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/printable", a_terminal_obeys_nobody_elses_text);
    g_test_add_func("/text/hex", a_hash_is_spelt_in_lower_case);
    g_test_add_func("/text/base64", base64_as_the_rfc_shows_it);
    g_test_add_func("/text/base64/refused", a_second_spelling_of_base64_is_refused);
    g_test_add_func("/text/base64/alphabet", only_the_alphabet_is_base64);
    g_test_add_func("/text/time", times_go_there_and_back);
    g_test_add_func("/text/time/calendar", every_day_of_four_centuries);
    g_test_add_func("/text/time/refused", a_second_spelling_of_a_time_is_refused);
    g_test_add_func("/text/uuid", ids_sort_by_the_time_they_were_made);
    g_test_add_func("/text/uuid/refused", what_is_no_id);
    return g_test_run();
}
