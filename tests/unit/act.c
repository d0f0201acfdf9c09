/* What an act may hold: tables of fields accept exactly their members, and say which one is at fault; the quick way of
 * reading acts agrees with the long one; the tables describe themselves as JSON Schema. */
#include "base/error.h"
#include "ledger/act_scan.h"
#include "ledger/core_acts.h"
#include <string.h>

static const char *const colours[] = {"black", "grey", NULL};
static const Field id_item = {.kind = FIELD_ID};
static const Field size_item = {.kind = FIELD_INTEGER, .max = 10};
static const Field file_fields[] = {
    {"name", FIELD_TEXT, 0, 1, 5, NULL, NULL, "Its name."},
    {"size", FIELD_INTEGER, 0, 0, 0, NULL, NULL, NULL},
    {0},
};
static const Field file_item = {.kind = FIELD_OBJECT, .of = file_fields};
static const Field fields[] = {
    {"text", FIELD_TEXT, 0, 1, 3, NULL, NULL, "A short text."},
    {"integer", FIELD_INTEGER, FIELD_OPTIONAL, -2, 2, NULL, NULL, NULL},
    {"below", FIELD_INTEGER, FIELD_OPTIONAL, -9, -1, NULL, NULL, NULL},
    {"boolean", FIELD_BOOLEAN, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"enum", FIELD_ENUM, FIELD_OPTIONAL | FIELD_NULLABLE, 0, 0, colours, NULL, NULL},
    {"time", FIELD_TIME, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"date", FIELD_DATE, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"hash", FIELD_HASH, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"leaf", FIELD_LEAF, FIELD_OPTIONAL | FIELD_NULLABLE, 0, 0, NULL, NULL, NULL},
    {"uuid", FIELD_UUID, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"id", FIELD_ID, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"host", FIELD_NODE, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"bytes", FIELD_BASE64URL, FIELD_OPTIONAL, 1, 3, NULL, NULL, NULL},
    {"language", FIELD_LANGUAGE, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"object", FIELD_OBJECT, FIELD_OPTIONAL, 0, 0, NULL, file_fields, NULL},
    {"list", FIELD_LIST, FIELD_OPTIONAL | FIELD_UNIQUE, 1, 2, NULL, &id_item, NULL},
    {"files", FIELD_LIST, FIELD_OPTIONAL, 0, 0, NULL, &file_item, NULL},
    {"map", FIELD_MAP, FIELD_OPTIONAL, 1, 2, NULL, &size_item, NULL},
    {"any", FIELD_ANY, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"lines", FIELD_TEXT, FIELD_OPTIONAL | FIELD_LINES, 0, 9, NULL, NULL, NULL},
    {"source", FIELD_TEXT, FIELD_OPTIONAL | FIELD_VERBATIM, 0, 9, NULL, NULL, NULL},
    {0},
};
static const ActType type = {.name = "thing.made/1", .on = ACT_ON_ENTITY, .fields = fields};

#define HEX64 "d53789dd42c8dca9470ffd85dd3a27a18568acedc1bc3077549f954fdc8be02f"

static const char *const good[] = {
    "{\"text\":\"abc\"}",
    "{\"text\":\"\xc3\xa4\xf0\x9f\x98\x80\xe4\xb8\xad\"}",
    "{\"text\":\"/\\\"\\\\\"}",
    "{\"text\":\"\\u00a0\xc2\xa0~\"}",
    "{\"text\":\"a\",\"lines\":\"a\\n\\tb\\r\\n\\u000a\"}",
    "{\"text\":\"a\",\"source\":\"\\u001b\\r\\b\xc2\x9b\x7f\"}",
    "{\"text\":\"\\u00e4b\"}",
    "{\"text\":\"\\ud83d\\ude00\"}",
    "{\"text\":\"a\",\"integer\":-2}",
    "{\"text\":\"a\",\"integer\":2,\"below\":-9}",
    "{\"text\":\"a\",\"boolean\":false}",
    "{\"text\":\"a\",\"enum\":\"grey\"}",
    "{\"text\":\"a\",\"enum\":null}",
    "{\"text\":\"a\",\"enum\":\"gr\\u0065y\"}",
    "{\"text\":\"a\",\"time\":\"2026-03-01T08:00:00.000Z\"}",
    "{\"text\":\"a\",\"date\":\"1950-02-28\"}",
    "{\"text\":\"a\",\"date\":\"2024-02-29\"}",
    "{\"text\":\"a\",\"hash\":\"sha256:" HEX64 "\"}",
    "{\"text\":\"a\",\"leaf\":\"" HEX64 "\"}",
    "{\"text\":\"a\",\"leaf\":null}",
    "{\"text\":\"a\",\"uuid\":\"0190aaaa-0000-7000-8000-000000000001\"}",
    "{\"text\":\"a\",\"id\":\"A-1\"}",
    "{\"text\":\"a\",\"host\":\"a.example\"}",
    "{\"text\":\"a\",\"bytes\":\"AAEC\"}",
    "{\"text\":\"a\",\"language\":\"zh-Hans\"}",
    "{\"text\":\"a\",\"language\":\"ar\"}",
    "{\"text\":\"a\",\"object\":{\"name\":\"n\",\"size\":9007199254740991}}",
    "{\"text\":\"a\",\"list\":[\"x\",\"y\"]}",
    "{\"text\":\"a\",\"files\":[{\"name\":\"a\",\"size\":0},{\"name\":\"a\",\"size\":0}]}",
    "{\"text\":\"a\",\"files\":[]}",
    "{\"text\":\"a\",\"map\":{\"x\":1,\"y\":10}}",
    "{\"text\":\"a\",\"any\":[null,{\"deep\":[1,[2,[3]]]}]}",
};

static const struct {
    const char *members, *pointer;
} bad[] = {
    {"{}", "/text"},
    {"{\"text\":\"\"}", "/text"},
    {"{\"text\":\"abcd\"}", "/text"},
    {"{\"text\":null}", "/text"},
    {"{\"text\":7}", "/text"},
    {"{\"text\":\"a\\n\"}", "/text"},
    {"{\"text\":\"\\t\"}", "/text"},
    {"{\"text\":\"\\u001b\"}", "/text"},
    {"{\"text\":\"a\\b\"}", "/text"},
    {"{\"text\":\"a\x7f\"}", "/text"},
    {"{\"text\":\"\xc2\x80\"}", "/text"},
    {"{\"text\":\"\xc2\x9f\"}", "/text"},
    {"{\"text\":\"\\u009b\"}", "/text"},
    {"{\"text\":\"a\",\"lines\":\"\\n\\f\"}", "/lines"},
    {"{\"text\":\"a\",\"lines\":\"aaaaaaaa\x7f\"}", "/lines"},
    {"{\"text\":\"a\",\"lines\":\"\xc2\x85\"}", "/lines"},
    {"{\"text\":\"a\",\"integer\":3}", "/integer"},
    {"{\"text\":\"a\",\"integer\":-3}", "/integer"},
    {"{\"text\":\"a\",\"integer\":\"1\"}", "/integer"},
    {"{\"text\":\"a\",\"integer\":true}", "/integer"},
    {"{\"text\":\"a\",\"below\":0}", "/below"},
    {"{\"text\":\"a\",\"boolean\":0}", "/boolean"},
    {"{\"text\":\"a\",\"enum\":\"red\"}", "/enum"},
    {"{\"text\":\"a\",\"time\":\"2026-03-01T08:00:00Z\"}", "/time"},
    {"{\"text\":\"a\",\"date\":\"2026-02-29\"}", "/date"},
    {"{\"text\":\"a\",\"date\":\"2026-2-29\"}", "/date"},
    {"{\"text\":\"a\",\"date\":\"0000-01-01\"}", "/date"},
    {"{\"text\":\"a\",\"hash\":\"" HEX64 "\"}", "/hash"},
    {"{\"text\":\"a\",\"leaf\":\"sha256:" HEX64 "\"}", "/leaf"},
    {"{\"text\":\"a\",\"leaf\":\"D5\"}", "/leaf"},
    {"{\"text\":\"a\",\"uuid\":\"0190AAAA-0000-7000-8000-000000000001\"}", "/uuid"},
    {"{\"text\":\"a\",\"id\":\"\"}", "/id"},
    {"{\"text\":\"a\",\"id\":\"a_b\"}", "/id"},
    {"{\"text\":\"a\",\"host\":\"A.example\"}", "/host"},
    {"{\"text\":\"a\",\"bytes\":\"\"}", "/bytes"},
    {"{\"text\":\"a\",\"bytes\":\"AAECAw\"}", "/bytes"},
    {"{\"text\":\"a\",\"bytes\":\"AA==\"}", "/bytes"},
    {"{\"text\":\"a\",\"language\":\"EN\"}", "/language"},
    {"{\"text\":\"a\",\"language\":\"e\"}", "/language"},
    {"{\"text\":\"a\",\"language\":\"en-\"}", "/language"},
    {"{\"text\":\"a\",\"object\":{\"name\":\"n\"}}", "/object/size"},
    {"{\"text\":\"a\",\"object\":{\"name\":\"n\",\"size\":1,\"more\":1}}", "/object/more"},
    {"{\"text\":\"a\",\"object\":[]}", "/object"},
    {"{\"text\":\"a\",\"list\":[]}", "/list"},
    {"{\"text\":\"a\",\"list\":[\"x\",\"y\",\"z\"]}", "/list"},
    {"{\"text\":\"a\",\"list\":[\"x\",\"x\"]}", "/list/1"},
    {"{\"text\":\"a\",\"list\":[\"x\",1]}", "/list/1"},
    {"{\"text\":\"a\",\"list\":\"x\"}", "/list"},
    {"{\"text\":\"a\",\"files\":[{\"name\":\"a\",\"size\":0},{\"name\":\"\",\"size\":0}]}", "/files/1/name"},
    {"{\"text\":\"a\",\"map\":{}}", "/map"},
    {"{\"text\":\"a\",\"map\":{\"a/b~\":11}}", "/map/a~1b~0"},
    {"{\"text\":\"a\",\"more\":1}", "/more"},
    {"{\"text\":\"a\",\"type\":\"x\"}", "/type"},
};

static json_t *parsed(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    g_assert_nonnull(value);
    return value;
}

static void fields_keep_their_table(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) members = parsed(good[i]);
        gboolean kept = fields_validate(fields, members, &error);
        g_assert_no_error(error);
        g_assert_true(kept);
    }
}

static void the_offending_member_is_named(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) members = parsed(bad[i].members);
        g_assert_false(fields_validate(fields, members, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_assert_cmpstr(error_pointer(error), ==, bad[i].pointer);
        g_assert_cmpstr(error_code(error), ==, "act.invalid");
        g_assert_true(g_str_has_suffix(error->message, "."));
    }
}

/* ---- the quick way ---- */

/* A whole act with these members, and its header. */
static void examine(const char *members, gboolean spaced, ActFindings *quick, ActFindings *slow)
{
    Hash leaf;
    g_assert_true(hash_read(HEX64, &leaf));
    g_autoptr(GString) act =
        g_string_new("{\"space\":\"0190aaaa-0000-7000-8000-000000000001\",\"lane\":\"" HEX64
                     "\",\"node\":\"a.example\",\"person\":\"p\",\"subject\":\"a.example/1\",\"prev\":[\"" HEX64
                     "\"],\"type\":\"thing.made/1\",\"salt\":\"00112233445566778899aabbccddeeff\"");
    g_string_append_printf(act, "%s%s", strlen(members) > 2 ? "," : "", spaced ? " " : "");
    g_string_append(act, members + 1);
    HeaderParts parts = {.space = "0190aaaa-0000-7000-8000-000000000001",
                         .lane = HEX64,
                         .node = "a.example",
                         .epoch = "91b7584a2265b1f5",
                         .height = 1,
                         .person = "p",
                         .subject = "a.example/1",
                         .prev = &leaf,
                         .prev_count = 1,
                         .act = sha256(act->str, act->len)};
    g_autoptr(GBytes) bytes = header_write(&parts);
    Header header;
    const char *reason;
    g_assert_true(header_scan(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &header, &reason));
    g_autoptr(ActTypes) types = act_types_new();
    act_types_add(types, &type, 1);
    g_autoptr(ActScan) scan = act_scan_new();
    act_examine(types, &header, (Span){act->str, act->len}, scan, quick);
    g_autoptr(json_t) tree = act_read(&header, act->str, act->len, &reason);
    *slow = (ActFindings){0};
    if (tree)
        act_examine_tree(types, tree, slow);
    g_assert_true(quick->fits == slow->fits && quick->type == slow->type);
    g_assert_cmpstr(quick->fault, ==, slow->fault);
}

static void both_ways_agree(void)
{
    guint quickly = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_auto(ActFindings) quick = {0}, slow = {0};
        examine(good[i], FALSE, &quick, &slow);
        g_assert_true(quick.fits && quick.type == &type && !quick.fault);
        quickly += quick.tree == NULL;
    }
    g_assert_cmpuint(quickly, ==, G_N_ELEMENTS(good) - 6); /* base64url, an escaped enum, four texts with \\u */
    for (gsize i = 0; i + 1 < G_N_ELEMENTS(bad); i++) {    /* the last has two types */
        g_auto(ActFindings) quick = {0}, slow = {0};
        examine(bad[i].members, FALSE, &quick, &slow);
        g_assert_true(quick.fits);
        g_assert_nonnull(quick.fault);
    }
}

static void what_is_not_strict_does_not_fit(void)
{
    static const char *const loose[] = {
        "{\"text\":\"a\",\"text\":\"a\"}",
        "{\"text\":\"a\",\"te\\u0078t\":\"a\"}",
        "{\"text\":\"a\tb\"}",
        "{\"text\":\"\\u0000\"}",
        "{\"text\":\"\\ud800\"}",
        "{\"text\":\"\\x\"}",
        "{\"text\":\"\xff\"}",
        "{\"text\":\"\xed\xa0\x80\"}",
        "{\"text\":\"a\",\"integer\":1.0}",
        "{\"text\":\"a\",\"integer\":-0}",
        "{\"text\":\"a\",\"integer\":01}",
        "{\"text\":\"a\",\"integer\":1e0}",
        "{\"text\":\"a\",\"any\":9007199254740992}",
        "{\"text\":\"a\",}",
        "{\"text\":\"a\",\"any\":[1,]}",
        "{\"text\":\"a\"}}",
        "{\"text\":\"a\",\"any\":nul}",
        "{\"text\":\"a",
        "{\"text\":\"a\",\"any\":{\"a\":1,\"\\u0061\":2}}",
        "{\"text\":\"a\",\"any\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(loose); i++) {
        g_auto(ActFindings) quick = {0}, slow = {0};
        examine(loose[i], FALSE, &quick, &slow);
        if (quick.fits)
            g_test_message("fits: %s", loose[i]);
        g_assert_false(quick.fits);
    }
    g_auto(ActFindings) quick = {0}, slow = {0};
    examine("{\"text\":\"a\"}", TRUE, &quick, &slow); /* white space outside texts */
    g_assert_false(quick.fits);
}

/* ---- tables ---- */

static void types_are_found_by_name(void)
{
    g_autoptr(ActTypes) types = act_types_new();
    act_types_add(types, core_acts, core_acts_count);
    g_assert_cmpuint(act_types_all(types)->len, ==, core_acts_count);
    g_assert_cmpuint(act_types_find(types, "lane.chartered/1")->effect, ==, ACT_CHARTER);
    g_assert_null(act_types_find(types, "lane.chartered/2"));
}

/* What a verdict rests on travels with every package and can't be erased; so it must stand in lasting acts. */
static void what_verdicts_rest_on_is_lasting(void)
{
    for (gsize i = 0; i < core_acts_count; i++) {
        const ActType *core = &core_acts[i];
        gboolean rests = core->effect != ACT_PLAIN && core->effect != ACT_CARRY;
        g_assert_true(rests == ((core->flags & ACT_LASTING) != 0));
        g_assert_nonnull(core->says);
        for (const Field *field = core->fields; field && field->name; field++)
            g_assert_true(!rests || !(field->flags & FIELD_PRIVATE));
    }
}

static void a_charter_names_what_it_succeeds(void)
{
    const ActType *charter = &core_acts[0];
    g_autoptr(json_t) members =
        json_pack("{s:s, s:{s:[s]}, s:s, s:[], s:{}, s:s, s:{s:{s:[i, s]}}}", "kind", "case", "parties", "a.example",
                  "exhibit", "lead", "a.example", "deputies", "heirs", "basis", "Article 19", "succeeds", HEX64,
                  "a.example/91b7584a2265b1f5", 3, HEX64);
    g_autoptr(GError) error = NULL;
    g_assert_true(fields_validate(charter->fields, members, &error));
    g_assert_null(charter->check(members));
    json_t *lane = json_object_get(json_object_get(members, "succeeds"), HEX64);
    json_object_set_new(lane, "a.example/91b7584a2265b1f5", json_pack("[s, i]", HEX64, 3));
    g_assert_nonnull(charter->check(members));
    json_object_set_new(members, "succeeds", json_null());
    g_assert_true(fields_validate(charter->fields, members, &error));
    g_assert_null(charter->check(members));
}

static void tables_describe_themselves(void)
{
    g_autoptr(json_t) schema = fields_schema(fields);
    g_assert_cmpstr(json_text(schema, "type"), ==, "object");
    g_assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
    g_autoptr(json_t) required = json_pack("[s]", "text");
    g_assert_true(json_equal(json_object_get(schema, "required"), required));
    const json_t *properties = json_object_get(schema, "properties");
    g_autoptr(json_t) text = json_pack("{s:s, s:i, s:i, s:s, s:s}", "type", "string", "minLength", 1, "maxLength", 3,
                                       "pattern", "^\\P{Cc}*$", "description", "A short text.");
    g_assert_true(json_equal(json_object_get(properties, "text"), text));
    g_autoptr(json_t) colour = json_pack("{s:[s, s], s:[s, s, n]}", "type", "string", "null", "enum", "black", "grey");
    g_assert_true(json_equal(json_object_get(properties, "enum"), colour));
    g_autoptr(json_t) below = json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", -9, "maximum", -1);
    g_assert_true(json_equal(json_object_get(properties, "below"), below));
    const json_t *item = json_object_get(json_object_get(properties, "files"), "items");
    g_assert_true(json_is_false(json_object_get(item, "additionalProperties")));
    g_assert_true(json_is_true(json_object_get(json_object_get(properties, "list"), "uniqueItems")));
    g_assert_cmpuint(json_object_size(json_object_get(properties, "any")), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/act/fields-keep-their-table", fields_keep_their_table);
    g_test_add_func("/act/the-offending-member-is-named", the_offending_member_is_named);
    g_test_add_func("/act/both-ways-agree", both_ways_agree);
    g_test_add_func("/act/what-is-not-strict-does-not-fit", what_is_not_strict_does_not_fit);
    g_test_add_func("/act/types-are-found-by-name", types_are_found_by_name);
    g_test_add_func("/act/what-verdicts-rest-on-is-lasting", what_verdicts_rest_on_is_lasting);
    g_test_add_func("/act/a-charter-names-what-it-succeeds", a_charter_names_what_it_succeeds);
    g_test_add_func("/act/tables-describe-themselves", tables_describe_themselves);
    return g_test_run();
}
