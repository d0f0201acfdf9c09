/* tests/unit/json.c: two verifiers that read one record differently would be two truths, so records obey a profile that
 * leaves no room: of 340 files on which parsers are known to differ, exactly those pass that all read alike. */
#include "base/json.h"
#include "base/error.h"
#include "support/shared.h"
#include <string.h>

#define LIMIT 65536 /* an act's, as in the list of expected answers */

/* Parses @length bytes from a block that ends with them, so that a read past the end is seen by the sanitizer. */
static json_t *parse(const char *bytes, gsize length, GError **error)
{
    g_autofree char *exact = g_memdup2(bytes, length);
    return json_strict_parse(exact, length, LIMIT, error);
}

static void accepted(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = parse(text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_true(json_is_object(value));
}

static void refused(const char *text, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(text, strlen(text), &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, message);
}

/* The list gives a reason too; but many files break several rules, and who reads on decides which is named first. */
static void judge(const char *name, const char *bytes, gsize length, const char *verdict)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = parse(bytes, length, &error);
    g_test_message("%s: %s (%s)", name, verdict, error != NULL ? error->message : "accepted");
    if (g_str_equal(verdict, "accept")) {
        g_assert_no_error(error);
        g_assert_nonnull(value);
        return;
    }
    g_assert_cmpstr(verdict, ==, "refuse");
    g_assert_null(value);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_true(g_str_has_prefix(error->message, "Not strict JSON"));
}

static void three_hundred_forty_files(void)
{
    g_autoptr(GBytes) list = shared_bytes("vectors/jsontestsuite/expected.tsv");
    if (list == NULL)
        return;
    g_autofree char *text = g_strndup(g_bytes_get_data(list, NULL), g_bytes_get_size(list));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    guint files = 0;
    for (char **line = lines + 1; *line != NULL; line++) { /* the first names the columns */
        g_auto(GStrv) cells = g_strsplit(*line, "\t", -1);
        g_autofree char *path = g_build_filename("vectors/jsontestsuite", cells[0], NULL);
        g_autoptr(GBytes) file = shared_bytes(path);
        gsize length = g_bytes_get_size(file);
        judge(cells[0], g_bytes_get_data(file, NULL), length, cells[2]);
        g_autoptr(GString) wrapped = g_string_new("{\"v\":");
        g_string_append_len(wrapped, g_bytes_get_data(file, NULL), (gssize)length);
        g_string_append_c(wrapped, '}');
        judge(cells[0], wrapped->str, wrapped->len, cells[4]);
        files++;
    }
    g_assert_cmpuint(files, ==, 340);
}

static void numbers_are_integers_that_everybody_can_hold(void)
{
    accepted("{\"n\":0}");
    accepted("{\"n\":9007199254740991}");
    accepted("{\"n\":-9007199254740991}");
    refused("{\"n\":9007199254740992}",
            "Not strict JSON at byte 5: integer out of range: at most 9007199254740991 (2^53 - 1).");
    refused("{\"n\":-9007199254740992}",
            "Not strict JSON at byte 5: integer out of range: at most 9007199254740991 (2^53 - 1).");
    refused("{\"n\":00000000000000000000000000000001}", "Not strict JSON at byte 5: not JSON: a leading zero.");
    refused("{\"n\":-0}", "Not strict JSON at byte 5: -0 is not allowed.");
    refused("{\"n\":1.0}", "Not strict JSON at byte 5: numbers are integers: no fraction.");
    refused("{\"n\":1e2}", "Not strict JSON at byte 5: numbers are integers: no exponent.");
    refused("{\"n\":-}", "Not strict JSON at byte 5: not JSON: a minus sign without a number.");
    accepted("{\"n\":\"1.5e400 and -0\"}"); /* in a string it is text */
}

static void depth_is_counted(void)
{
    accepted("{\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}"); /* 16 */
    refused("{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", "Not strict JSON at byte 20: nested more than 16 deep.");
    accepted("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[\"}");
    accepted("{\"a\":[],\"b\":[],\"c\":[],\"d\":[],\"e\":[],\"f\":[],\"g\":[],\"h\":[],\"i\":[],\"j\":[],\"k\":[],"
             "\"l\":[],\"m\":[],\"n\":[],\"o\":[],\"p\":[],\"q\":[]}");
}

static void strings_hold_whole_characters(void)
{
    accepted("{\"a\":\"\\ud83d\\ude00 and \xf0\x9f\x98\x80 and \\\\ud800 and \\\"\"}");
    refused("{\"a\":\"\\ud83d\"}", "Not strict JSON at byte 8: lone surrogate.");
    refused("{\"a\":\"\\ude00\"}", "Not strict JSON at byte 8: lone surrogate.");
    refused("{\"a\":\"\\ud83d\\ud83d\"}", "Not strict JSON at byte 8: lone surrogate.");
    refused("{\"a\":\"\\ude00\\ude00\"}", "Not strict JSON at byte 8: lone surrogate.");
    refused("\xef\xbb\xbf{}", "Not strict JSON at byte 0: a byte order mark (BOM).");
    refused("{\"a\":\"\\u0000\"}", "Not strict JSON at byte 8: U+0000 is not allowed.");
    refused("{\"\\u0000\":1}", "Not strict JSON at byte 4: U+0000 is not allowed.");
    refused("{\"a\":\"\\u00", "Not strict JSON at byte 8: not JSON: bad \\u escape.");
    refused("{\"a\":\"\\", "Not strict JSON at byte 7: not JSON: a string does not end.");
    refused("{\"a\":\"\xff\"}", "Not strict JSON at byte 6: not UTF-8.");
}

static void a_refusal_never_quotes_what_it_refuses(void)
{
    refused("{\"witness\":\"Anna\",\"witness\":\"Maria\"}",
            "Not strict JSON at byte 27: a key stands twice in one object.");
    refused("{\"witness\":\"Anna\"} Maria", "Not strict JSON at byte 24: not JSON: something follows the object.");
    refused("{\"witness\":\"Anna\",Maria}", "Not strict JSON at byte 23: not JSON.");
    refused("[\"Anna\"]", "Not strict JSON at byte 0: there must be an object at the top.");
    refused("", "Not strict JSON at byte 0: there is nothing.");
    refused(" \n", "Not strict JSON at byte 2: there must be an object at the top.");
    refused("{", "Not strict JSON at byte 1: not JSON: it ends too early.");
}

static void too_long_is_told_before_reading(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(json_strict_parse("{\"a\":1}", 7, 6, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, "Not strict JSON: 7 bytes, and at most 6 are allowed.");
    g_autoptr(json_t) value = json_strict_parse("{\"a\":1}", 7, 7, NULL);
    g_assert_nonnull(value);
}

static void members_are_read_or_fall_back(void)
{
    static const char text[] = "{\"type\":\"case.opened/1\",\"n\":7,\"yes\":true,\"no\":false}";
    g_autoptr(json_t) act = json_strict_parse(text, strlen(text), LIMIT, NULL);
    g_assert_cmpstr(json_text(act, "type"), ==, "case.opened/1");
    g_assert_null(json_text(act, "n"));
    g_assert_null(json_text(act, "absent"));
    g_assert_cmpint(json_integer_or(act, "n", -1), ==, 7);
    g_assert_cmpint(json_integer_or(act, "type", -1), ==, -1);
    g_assert_true(json_is_true_at(act, "yes"));
    g_assert_false(json_is_true_at(act, "no") || json_is_true_at(act, "n") || json_is_true_at(act, "absent"));
}

static void writing_keeps_order_and_script(void)
{
    g_autoptr(json_t) act = json_object();
    json_object_set_new(act, "z", json_string("\xd8\xb4\xd8\xa7\xd9\x87\xd8\xaf/\"")); /* Arabic, slash, quote */
    json_object_set_new(act, "a", json_pack("[i, n, b]", 1, 1));
    gsize length = 0;
    g_autofree char *text = json_compact(act, &length);
    g_assert_cmpstr(text, ==, "{\"z\":\"\xd8\xb4\xd8\xa7\xd9\x87\xd8\xaf/\\\"\",\"a\":[1,null,true]}");
    g_assert_cmpuint(length, ==, strlen(text));
    accepted(text);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/suite", three_hundred_forty_files);
    g_test_add_func("/json/numbers", numbers_are_integers_that_everybody_can_hold);
    g_test_add_func("/json/depth", depth_is_counted);
    g_test_add_func("/json/strings", strings_hold_whole_characters);
    g_test_add_func("/json/discreet", a_refusal_never_quotes_what_it_refuses);
    g_test_add_func("/json/limit", too_long_is_told_before_reading);
    g_test_add_func("/json/members", members_are_read_or_fall_back);
    g_test_add_func("/json/writing", writing_keeps_order_and_script);
    return g_test_run();
}
