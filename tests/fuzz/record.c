/* tests/fuzz/record.c: a header that is accepted has one spelling: written again from its parts it is the same bytes
 * (ledger/record.h). What follows the first LF is taken as an act: the quick way of reading acts says yes only where
 * the long way does, with the same verdict (ledger/act_scan.h Q1). */
#include "base/text.h"
#include "ledger/act_scan.h"
#include "ledger/core_acts.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const Field any_fields[] = {
    {"text", FIELD_TEXT, FIELD_NULLABLE, 0, 20, NULL, NULL, NULL},
    {"number", FIELD_INTEGER, FIELD_OPTIONAL, -5, 5, NULL, NULL, NULL},
    {"all", FIELD_ANY, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"list", FIELD_LIST, FIELD_OPTIONAL | FIELD_UNIQUE, 0, 4, NULL, &(const Field){.kind = FIELD_ID}, NULL},
    {"map", FIELD_MAP, FIELD_OPTIONAL, 0, 4, NULL, &(const Field){.kind = FIELD_BOOLEAN}, NULL},
    {"tag", FIELD_LANGUAGE, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {"day", FIELD_DATE, FIELD_OPTIONAL, 0, 0, NULL, NULL, NULL},
    {0},
};
static const ActType any_type = {.name = "any.done/1", .on = ACT_ON_ENTITY, .fields = any_fields};

static void check_header(const char *text, size_t length)
{
    Header header;
    const char *reason = NULL;
    if (!header_scan(text, length, &header, &reason)) {
        g_assert(reason != NULL);
        return;
    }
    g_autofree char *space = span_text(header.space), *lane = span_text(header.lane), *node = span_text(header.node);
    g_autofree char *epoch = span_text(header.epoch), *person = span_text(header.person);
    g_autofree char *subject = span_text(header.subject);
    g_autoptr(GArray) prev = g_array_new(FALSE, FALSE, sizeof(Hash)),
                      seen = g_array_new(FALSE, FALSE, sizeof(SeenEntry));
    for (guint i = 0; i < header.prev_count; i++) {
        Hash leaf = header_prev(&header, i);
        g_array_append_val(prev, leaf);
    }
    gsize cursor = 0;
    SeenEntry entry;
    while (header_seen_next(&header, &cursor, &entry))
        g_array_append_val(seen, entry);
    HeaderParts parts = {space,
                         lane,
                         node,
                         epoch,
                         header.seq,
                         header.height,
                         header.time_ms,
                         person,
                         subject,
                         (const Hash *)(gconstpointer)prev->data,
                         prev->len,
                         header.act,
                         header.lasting,
                         header.has_confirmation ? &header.confirmation : NULL,
                         (const SeenEntry *)(gconstpointer)seen->data,
                         seen->len};
    g_autoptr(GBytes) again = header_write(&parts);
    gsize written;
    const char *same = g_bytes_get_data(again, &written);
    g_assert(written == length && memcmp(same, text, length) == 0);
}

/* A header that repeats what @act says, as far as the grammar lets it. New, or NULL. */
static GBytes *header_for(const char *text, size_t length)
{
    g_autoptr(json_t) act = json_strict_parse(text, length, ACT_LIMIT, NULL);
    const char *space = json_text(act, "space"), *lane = json_text(act, "lane"), *node = json_text(act, "node");
    const char *person = json_text(act, "person"), *subject = json_text(act, "subject");
    if (!space || !lane || !node || !person || !subject)
        return NULL;
    HeaderParts parts = {.space = space,
                         .lane = lane,
                         .node = node,
                         .epoch = "0123456789abcdef",
                         .height = 1,
                         .person = person,
                         .subject = subject,
                         .act = sha256(text, length),
                         .lasting = json_is_true_at(act, "lasting")};
    g_autoptr(GArray) prev = g_array_new(FALSE, FALSE, sizeof(Hash));
    const json_t *leaves = json_object_get(act, "prev");
    for (size_t i = 0; i < json_array_size(leaves); i++) {
        Hash leaf;
        const char *hex = json_string_value(json_array_get(leaves, i));
        if (hex && strlen(hex) == 2 * HASH_SIZE && hash_read(hex, &leaf))
            g_array_append_val(prev, leaf);
    }
    parts.prev = (const Hash *)(gconstpointer)prev->data;
    parts.prev_count = prev->len;
    return header_write(&parts);
}

static void check_act(const char *text, size_t length)
{
    Header header;
    const char *reason;
    g_autoptr(GBytes) bytes = header_for(text, length);
    gsize size = 0;
    const char *made = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    if (!made || !header_scan(made, size, &header, &reason))
        return;
    g_autoptr(ActTypes) types = act_types_new();
    act_types_add(types, core_acts, core_acts_count);
    act_types_add(types, &any_type, 1);
    g_autoptr(ActScan) scan = act_scan_new();
    g_auto(ActFindings) quick = {0}, slow = {0};
    act_examine(types, &header, (Span){text, length}, scan, &quick);
    g_autoptr(json_t) tree = act_read(&header, text, length, &reason);
    if (tree)
        act_examine_tree(types, tree, &slow);
    g_assert(quick.fits == slow.fits && quick.type == slow.type && g_strcmp0(quick.fault, slow.fault) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    const char *stop = memchr(text, '\n', length);
    size_t first = stop ? (size_t)(stop - text) : length;
    check_header(text, first);
    if (stop)
        check_act(stop + 1, length - first - 1);
    return 0;
}
