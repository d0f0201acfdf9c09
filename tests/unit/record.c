/* What two readers of a record must agree on to the byte: which bytes are a header, which act belongs to it, and what a
 * confirmation looks like. */
#include "ledger/record.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/act_scan.h"
#include "support/world.h"
#include <string.h>

#define SPACE "0190aaaa-0000-7000-8000-000000000001"
#define LANE "b58149d01a35615bfbfaf56038b365ef10132a9f308e65b5d3c647325ed70c93"
#define LEAF "d53789dd42c8dca9470ffd85dd3a27a18568acedc1bc3077549f954fdc8be02f"
#define ACT "c57dc82b63ba4411b51720f172d8cbbab5e9c8d8bd9b4f65a81bb8596ad7c27e"
#define HEAD                                                                                                           \
    "{\"v\":1,\"space\":\"" SPACE "\",\"lane\":\"" LANE "\",\"node\":\"a.example\",\"epoch\":\"91b7584a2265b1f5\","
#define PLACE "\"seq\":7,\"height\":12,\"time\":\"2026-03-01T08:00:01.000Z\","
#define WHO "\"person\":\"p-1\",\"subject\":\"a.example/0001\",\"prev\":[\"" LEAF "\"],\"act\":\"sha256:" ACT "\""
#define SEEN                                                                                                           \
    ",\"seen\":{\"b.example/00000000000000ff\":[3,\"" LEAF "\"],\"c.example/0000000000000001\":[1,\"" ACT "\"]}"

static const char full[] = HEAD PLACE WHO ",\"lasting\":true,\"confirmation\":\"sha256:" LEAF "\"" SEEN "}";

static gboolean accepted(const char *text)
{
    Header header;
    const char *reason = NULL;
    gboolean found = header_scan(text, strlen(text), &header, &reason);
    g_assert_true(found == (reason == NULL));
    Header before, after;
    const char *reason_after = NULL;
    g_assert_true(header_scan(full, strlen(full), &before, &(const char *){NULL}));
    gboolean found_after = header_scan_after(&before, text, strlen(text), &after, &reason_after);
    g_assert_true(found_after == found);
    g_assert_cmpstr(reason_after, ==, reason);
    g_assert_true(!found || memcmp(&after, &header, sizeof header) == 0);
    return found;
}

static void a_header_is_read_and_written(void)
{
    Header header;
    const char *reason;
    g_assert_true(header_scan(full, strlen(full), &header, &reason));
    g_assert_true(span_equal(header.space, SPACE));
    g_assert_true(span_equal(header.lane, LANE));
    g_assert_true(span_equal(header.node, "a.example"));
    g_assert_true(span_equal(header.epoch, "91b7584a2265b1f5"));
    g_assert_true(span_equal(header.person, "p-1"));
    g_assert_true(span_equal(header.subject, "a.example/0001"));
    g_assert_cmpuint(header.seq, ==, 7);
    g_assert_cmpuint(header.height, ==, 12);
    g_assert_cmpint(header.time_ms, ==, G_GINT64_CONSTANT(1772352001000));
    g_assert_true(header.lasting && header.has_confirmation);
    SeenEntry seen[2];
    gsize cursor = 0;
    g_assert_true(header_seen_next(&header, &cursor, &seen[0]) && header_seen_next(&header, &cursor, &seen[1]));
    g_assert_cmpuint(seen[0].size, ==, 3);
    g_assert_true(span_equal(seen[1].node, "c.example"));
    g_assert_false(header_seen_next(&header, &cursor, &(SeenEntry){0}));
    Hash prev = header_prev(&header, 0);
    HeaderParts parts = {
        SPACE, LANE,       "a.example", "91b7584a2265b1f5",   7,    12, header.time_ms, "p-1", "a.example/0001", &prev,
        1,     header.act, TRUE,        &header.confirmation, seen, 2};
    g_autoptr(GBytes) again = header_write(&parts);
    g_autofree char *text = g_strndup(g_bytes_get_data(again, NULL), g_bytes_get_size(again));
    g_assert_cmpstr(text, ==, full);
}

static void the_shortest_header_is_one(void)
{
    g_assert_true(
        accepted(HEAD PLACE "\"person\":\"\",\"subject\":\"" LANE "\",\"prev\":[],\"act\":\"sha256:" ACT "\"}"));
}

/* Every spelling but one is refused: no reader may find a second meaning in a header. */
static const struct {
    const char *from, *to;
} other_spellings[] = {
    {"\"v\":1", "\"v\":2"},
    {"\"v\":1", "\"v\":01"},
    {"\"v\":1,", "\"v\": 1,"},
    {"{\"v\"", " {\"v\""},
    {SPACE, "0190AAAA-0000-7000-8000-000000000001"},
    {SPACE, "0190aaaa00007000800000000000000001ab"},
    {"\"lane\":\"b5", "\"lane\":\"B5"},
    {"a.example\",\"epoch", "A.example\",\"epoch"},
    {"a.example\",\"epoch", "\",\"epoch"},
    {"a.example\",\"epoch", "a\\u002eexample\",\"epoch"},
    {"91b7584a2265b1f5", "91b7584a2265b1f"},
    {"91b7584a2265b1f5", "91b7584a2265b1f5a"},
    {"\"seq\":7", "\"seq\":07"},
    {"\"seq\":7", "\"seq\":-7"},
    {"\"seq\":7", "\"seq\":7.0"},
    {"\"seq\":7", "\"seq\":\"7\""},
    {"\"seq\":7", "\"seq\":9007199254740992"},
    {"\"seq\":7,\"height\":12", "\"height\":12,\"seq\":7"},
    {"\"height\":12", "\"height\":"},
    {"2026-03-01T08:00:01.000Z", "2026-02-30T08:00:01.000Z"},
    {"2026-03-01T08:00:01.000Z", "2026-03-01T08:00:01.00Z0"},
    {"2026-03-01T08:00:01.000Z", "2026-03-01t08:00:01.000z"},
    {"2026-03-01T08:00:01.000Z", "2026-03-01T08:00:60.000Z"},
    {"\"person\":\"p-1\"", "\"person\":\"p_1\""},
    {"\"person\":\"p-1\"", "\"person\":null"},
    {"a.example/0001", "a.example"},
    {"a.example/0001", "a.example/00/01"},
    {"a.example/0001", "/0001"},
    {"a.example/0001", "a.example/0\xc3\xa9"},
    {"a.example/0001", LEAF}, /* no lane but this one */
    {"[\"" LEAF "\"]", "[\"" LEAF "\",]"},
    {"[\"" LEAF "\"]", "[\"" LEAF "\",\"" LEAF "\"]"},
    {"[\"" LEAF "\"]", "[\"sha256:" LEAF "\"]"},
    {"[\"" LEAF "\"]", "null"},
    {"\"act\":\"sha256:", "\"act\":\""},
    {"\"lasting\":true", "\"lasting\":false"},
    {"\"lasting\":true", "\"lasting\":1"},
    {",\"lasting\":true,\"confirmation\":\"sha256:" LEAF "\"",
     ",\"confirmation\":\"sha256:" LEAF "\",\"lasting\":true"},
    {SEEN, ",\"seen\":{}"},
    {SEEN, ",\"seen\":null"},
    {"[3,\"", "[0,\""},
    {"[3,\"", "[3, \""},
    {"b.example/00000000000000ff", "d.example/00000000000000ff"}, /* not ascending */
    {"b.example/00000000000000ff", "c.example/0000000000000001"}, /* twice */
    {"b.example/00000000000000ff", "b.example"},
    {"b.example/00000000000000ff", "b.example/00000000000000FF"},
    {"]}}", "]}}\n"},
    {"]}}", "]}"},
    {"]}}", "]},\"extra\":1}"},
};

static void other_spellings_are_refused(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(other_spellings); i++) {
        g_autoptr(GString) text = g_string_new(full);
        g_assert_cmpuint(g_string_replace(text, other_spellings[i].from, other_spellings[i].to, 1), ==, 1);
        if (accepted(text->str))
            g_test_message("accepted: %s", text->str);
        g_assert_false(accepted(text->str));
    }
    for (gsize length = 0; length < strlen(full); length++) {
        Header header;
        const char *reason;
        g_autofree char *cut = g_memdup2(full, length); /* exactly as long: nothing behind it may be read */
        g_assert_false(header_scan(length > 0 ? cut : "", length, &header, &reason));
    }
}

static void a_header_has_at_most_8_kib(void)
{
    for (guint count = 100; count < 130; count++) {
        g_autoptr(GString) text = g_string_new(HEAD PLACE "\"person\":\"\",\"subject\":\"a.example/1\",\"prev\":[");
        for (guint i = 0; i < count; i++)
            g_string_append_printf(text, "%s\"%064x\"", i > 0 ? "," : "", i);
        g_string_append(text, "],\"act\":\"sha256:" ACT "\"}");
        g_assert_true(accepted(text->str) == (text->len <= HEADER_LIMIT));
    }
}

/* ---- acts ---- */

typedef struct {
    GBytes *header;
    GBytes *act;
} Written;

static void written_clear(Written *self)
{
    g_bytes_unref(self->header);
    g_bytes_unref(self->act);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Written, written_clear)

static GBytes *header_of(const char *act, gsize length, gboolean lasting)
{
    Hash leaf;
    g_assert_true(hash_read(LEAF, &leaf));
    HeaderParts parts = {.space = SPACE,
                         .lane = LANE,
                         .node = "a.example",
                         .epoch = "91b7584a2265b1f5",
                         .height = 1,
                         .person = "p-1",
                         .subject = "a.example/0001",
                         .prev = &leaf,
                         .prev_count = 1,
                         .act = sha256(act, length),
                         .lasting = lasting};
    return header_write(&parts);
}

static Written write_act(gboolean lasting)
{
    World world;
    world_init(&world);
    g_autoptr(GError) error = NULL;
    Hash leaf;
    g_assert_true(hash_read(LEAF, &leaf));
    g_autoptr(json_t) members = json_pack("{s:s}", "description", "a “telephone”, schwarz");
    ActParts parts = {SPACE, LANE, "a.example", "p-1",  "a.example/0001", "exhibit.corrected/1",
                      &leaf, 1,    lasting,     members};
    GBytes *act = act_write(&parts, &world.env, &error);
    g_assert_no_error(error);
    return (Written){header_of(g_bytes_get_data(act, NULL), g_bytes_get_size(act), lasting), act};
}

static json_t *read_back(GBytes *header, GBytes *act, const char **reason)
{
    Header scanned;
    g_assert_true(header_scan(g_bytes_get_data(header, NULL), g_bytes_get_size(header), &scanned, reason));
    return act_read(&scanned, g_bytes_get_data(act, NULL), g_bytes_get_size(act), reason);
}

static void an_act_belongs_to_its_header(void)
{
    for (gint lasting = 0; lasting < 2; lasting++) {
        g_auto(Written) written = write_act(lasting);
        const char *reason;
        g_autoptr(json_t) act = read_back(written.header, written.act, &reason);
        g_assert_nonnull(act);
        g_assert_cmpstr(json_text(act, "type"), ==, "exhibit.corrected/1");
        g_assert_cmpuint(strlen(json_text(act, "salt")), ==, 32);
        g_autoptr(json_t) members = act_members(act);
        g_assert_cmpuint(json_object_size(members), ==, 1);
    }
}

static void the_salt_differs_each_time(void)
{
    World world;
    world_init(&world);
    ActParts parts = {SPACE, LANE, "a.example", "", LANE, "lane.joined/1", NULL, 0, TRUE, NULL};
    g_autoptr(json_t) none = json_object();
    parts.members = none;
    g_autoptr(GBytes) one = act_write(&parts, &world.env, NULL), other = act_write(&parts, &world.env, NULL);
    g_assert_false(g_bytes_equal(one, other));
}

/* Each of these has the hash that its header names, and is yet not its act. */
static const struct {
    const char *from, *to;
} act_damages[] = {
    {SPACE, "0190aaaa-0000-7000-8000-000000000002"},
    {"\"lane\":\"b5", "\"lane\":\"c5"},
    {"\"lane\":\"" LANE "\"", "\"lane\":null"},
    {"a.example\",\"person", "b.example\",\"person"},
    {"\"p-1\"", "\"p-2\""},
    {"\"p-1\"", "null"},
    {"a.example/0001", "a.example/0002"},
    {"[\"" LEAF "\"]", "[]"},
    {"[\"" LEAF "\"]", "[\"" ACT "\"]"},
    {"[\"" LEAF "\"]", "[\"" LEAF "\",\"" LEAF "\"]"},
    {"[\"" LEAF "\"]", "\"" LEAF "\""},
    {"\"type\"", "\"lasting\":true,\"type\""},
    {"\"type\":\"exhibit.corrected/1\"", "\"type\":1"},
    {"\"type\":\"exhibit.corrected/1\",", ""},
    {",\"salt\":", ",\"sal\":"},
    {"{\"space\"", "{ \"space\""},
    {"}", "}\n"},
    {"schwarz", "schwarz\",\"description\":\"weiss"},
    {"schwarz", "\\ud800"},
    {"\"a “", "\"\xef\xbf“"},
    {"\"a “telephone”, schwarz\"", "1.5"},
};

static void an_act_that_says_otherwise_is_not_kept(void)
{
    static const Field described[] = {{"description", FIELD_TEXT, 0, 0, 0, NULL, NULL, NULL}, {0}};
    static const ActType corrected = {.name = "exhibit.corrected/1", .on = ACT_ON_ENTITY, .fields = described};
    g_autoptr(ActTypes) types = act_types_new();
    g_autoptr(ActScan) scan = act_scan_new();
    act_types_add(types, &corrected, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(act_damages); i++) {
        g_auto(Written) written = write_act(FALSE);
        g_autofree char *bytes = g_strndup(g_bytes_get_data(written.act, NULL), g_bytes_get_size(written.act));
        g_autoptr(GString) text = g_string_new(bytes);
        g_assert_cmpuint(g_string_replace(text, act_damages[i].from, act_damages[i].to, 1), ==, 1);
        g_autoptr(GBytes) header = header_of(text->str, text->len, FALSE);
        g_autoptr(GBytes) act = g_bytes_new(text->str, text->len);
        const char *reason = NULL;
        g_autoptr(json_t) read = read_back(header, act, &reason);
        if (read)
            g_test_message("kept: %s", text->str);
        g_assert_null(read);
        g_assert_nonnull(reason);
        Header scanned;
        const char *none;
        g_auto(ActFindings) found = {0};
        g_assert_true(header_scan(g_bytes_get_data(header, NULL), g_bytes_get_size(header), &scanned, &none));
        act_examine(types, &scanned, (Span){text->str, text->len}, scan, &found);
        g_assert_false(found.fits);
        g_autoptr(json_t) other = read_back(written.header, act, &reason); /* and under its old header: another hash */
        g_assert_null(other);
    }
}

static void an_act_has_at_most_64_kib(void)
{
    World world;
    world_init(&world);
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(ACT_LIMIT, 'x');
    g_autoptr(json_t) members = json_pack("{s:s}", "description", long_text);
    ActParts parts = {SPACE, LANE, "a.example", "p-1",  "a.example/0001", "exhibit.corrected/1",
                      NULL,  0,    FALSE,       members};
    g_autoptr(GBytes) act = act_write(&parts, &world.env, &error);
    g_assert_null(act);
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_LIMIT);
    g_assert_cmpstr(error_code(error), ==, "act.too_large");
}

/* ---- confirmations ---- */

static void a_confirmation_is_written_and_read(void)
{
    g_autoptr(GBytes) data = g_bytes_new_static("\0\1\2", 3), client = g_bytes_new_static("{}", 2);
    g_autoptr(GBytes) signature = g_bytes_new_static("sig", 3);
    Assertion assertion = {"Y3JlZA", data, client, signature};
    g_autoptr(GBytes) bytes = confirmation_write(&assertion);
    g_autoptr(GError) error = NULL;
    g_autoptr(Confirmation) read = confirmation_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(read->credential, ==, "Y3JlZA");
    g_assert_true(g_bytes_equal(read->authenticator_data, data));
    g_assert_true(g_bytes_equal(read->client_data, client));
    g_assert_true(g_bytes_equal(read->signature, signature));
}

static void other_confirmations_are_refused(void)
{
    static const char *const refused[] = {
        "",
        "[]",
        "{\"credential\":\"YQ\",\"authenticator_data\":\"YQ\",\"client_data\":\"YQ\"}",
        "{\"credential\":\"YQ\",\"authenticator_data\":\"YQ\",\"client_data\":\"YQ\",\"signature\":\"YQ==\"}",
        "{\"credential\":\"YQ\",\"authenticator_data\":\"YQ\",\"client_data\":\"Y+\",\"signature\":\"YQ\"}",
        "{\"credential\":\"YQ\",\"authenticator_data\":\"YQ\",\"client_data\":\"YQ\",\"signature\":\"YQ\",\"a\":1}",
        "{\"credential\":\"YQ\", \"authenticator_data\":\"YQ\",\"client_data\":\"YQ\",\"signature\":\"YQ\"}",
        "{\"credential\":\"YQ\",\"authenticator_data\":\"YQ\",\"client_data\":\"YQ\",\"signature\":1}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Confirmation) read = confirmation_parse(refused[i], strlen(refused[i]), &error);
        g_assert_null(read);
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/a-header-is-read-and-written", a_header_is_read_and_written);
    g_test_add_func("/record/the-shortest-header-is-one", the_shortest_header_is_one);
    g_test_add_func("/record/other-spellings-are-refused", other_spellings_are_refused);
    g_test_add_func("/record/a-header-has-at-most-8-kib", a_header_has_at_most_8_kib);
    g_test_add_func("/record/an-act-belongs-to-its-header", an_act_belongs_to_its_header);
    g_test_add_func("/record/the-salt-differs-each-time", the_salt_differs_each_time);
    g_test_add_func("/record/an-act-that-says-otherwise-is-not-kept", an_act_that_says_otherwise_is_not_kept);
    g_test_add_func("/record/an-act-has-at-most-64-kib", an_act_has_at_most_64_kib);
    g_test_add_func("/record/a-confirmation-is-written-and-read", a_confirmation_is_written_and_read);
    g_test_add_func("/record/other-confirmations-are-refused", other_confirmations_are_refused);
    return g_test_run();
}
