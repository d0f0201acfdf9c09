#include "ledger/package_layout.h"
#include "base/reader.h"
#include "base/text.h"
#include <string.h>

static const struct {
    const char *name;
    PackageKind kind;
} single[] = {
    {"bagit.txt", PACKAGE_BAGIT},
    {"data/package.json", PACKAGE_CONTENTS},
    {"data/verify.html", PACKAGE_VERIFY_HTML},
    {"bag-info.txt", PACKAGE_BAG_INFO},
    {"manifest-sha256.txt", PACKAGE_MANIFEST},
    {"package.note", PACKAGE_NOTE},
    {"tagmanifest-sha256.txt", PACKAGE_TAG_MANIFEST},
};

/* "<node>/" */
static gboolean read_node(Reader *reader, PackageName *out)
{
    gsize length = 0;
    const guint8 *node = reader_until(reader, '/', &length);
    if (!node || length >= sizeof out->node || !node_name_is_valid((const char *)node, length))
        return FALSE;
    memcpy(out->node, node, length);
    return !g_str_equal(out->node, ".") && !g_str_equal(out->node, "..");
}

static gboolean read_feed_number(Reader *reader, PackageName *out)
{
    guint64 feed = reader_decimal(reader);
    out->feed = (guint32)feed;
    return !reader->failed && feed >= 1 && feed <= G_MAXINT32;
}

static gboolean ends(Reader *reader, const char *rest)
{
    return reader_accept(reader, rest) && reader_left(reader) == 0;
}

static PackageKind read_in_feed(Reader *reader, PackageName *out)
{
    static const struct {
        const char *name;
        PackageKind kind;
    } files[] = {{"acts", PACKAGE_ACTS},
                 {"confirmations", PACKAGE_CONFIRMATIONS},
                 {"feed.json", PACKAGE_FEED},
                 {"headers", PACKAGE_HEADERS}};
    if (!read_feed_number(reader, out) || !reader_accept(reader, "/"))
        return PACKAGE_NOTHING;
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        if (reader_left(reader) == strlen(files[i].name) && ends(reader, files[i].name))
            return files[i].kind;
    gboolean proof = reader_accept(reader, "proofs/");
    if (!proof && !reader_accept(reader, "checkpoints/"))
        return PACKAGE_NOTHING;
    out->number = reader_decimal(reader);
    if (reader->failed)
        return PACKAGE_NOTHING;
    if (proof)
        return ends(reader, ".tlog-proof") ? PACKAGE_PROOF : PACKAGE_NOTHING;
    if (ends(reader, ".checkpoint"))
        return PACKAGE_CHECKPOINT;
    return ends(reader, ".consistency") ? PACKAGE_CONSISTENCY : PACKAGE_NOTHING;
}

/* "<epoch>/" */
static gboolean read_epoch(Reader *reader, PackageName *out)
{
    guint8 bytes[EPOCH_SIZE / 2];
    const guint8 *epoch = reader_take(reader, EPOCH_SIZE);
    if (!epoch || !hex_read((const char *)epoch, bytes, sizeof bytes))
        return FALSE;
    memcpy(out->epoch, epoch, EPOCH_SIZE);
    return reader_accept(reader, "/");
}

static PackageKind read_in_anchors(Reader *reader, PackageName *out)
{
    if (!read_node(reader, out) || !read_epoch(reader, out))
        return PACKAGE_NOTHING;
    out->number = reader_decimal(reader);
    if (!reader_expect(reader, "/"))
        return PACKAGE_NOTHING;
    if (ends(reader, "anchor.tlog-proof"))
        return PACKAGE_ANCHOR;
    return read_feed_number(reader, out) && ends(reader, ".anchored") ? PACKAGE_ANCHORED : PACKAGE_NOTHING;
}

static PackageKind read_card(Reader *reader, PackageName *out)
{
    if (!read_node(reader, out))
        return PACKAGE_NOTHING;
    out->number = reader_decimal(reader);
    return !reader->failed && out->number > 0 && ends(reader, ".card") ? PACKAGE_CARD : PACKAGE_NOTHING;
}

static PackageKind read_blob(Reader *reader, PackageName *out)
{
    const guint8 *hex = reader_take(reader, 2 * HASH_SIZE);
    return hex && reader_left(reader) == 0 && hash_read((const char *)hex, &out->sha256) ? PACKAGE_BLOB
                                                                                         : PACKAGE_NOTHING;
}

static PackageKind read_kind(Reader *reader, PackageName *out)
{
    if (reader_accept(reader, "data/feeds/"))
        return read_in_feed(reader, out);
    if (reader_accept(reader, "data/blobs/"))
        return read_blob(reader, out);
    if (reader_accept(reader, "data/cards/"))
        return read_card(reader, out);
    if (reader_accept(reader, "data/anchors/"))
        return read_in_anchors(reader, out);
    if (reader_accept(reader, "data/report/"))
        return reader_left(reader) > 0 ? PACKAGE_REPORT : PACKAGE_NOTHING;
    return reader_accept(reader, "data/tokens/") && reader_left(reader) > 0 ? PACKAGE_TOKEN : PACKAGE_NOTHING;
}

gboolean package_name_read(const char *name, PackageName *out)
{
    memset(out, 0, sizeof *out);
    for (gsize i = 0; i < G_N_ELEMENTS(single); i++)
        if (g_str_equal(name, single[i].name))
            out->kind = single[i].kind;
    if (out->kind != PACKAGE_NOTHING)
        return TRUE;
    Reader reader = reader_of(name, strlen(name));
    out->kind = read_kind(&reader, out);
    return out->kind != PACKAGE_NOTHING;
}

char *package_feed_name(PackageKind kind, guint32 feed, guint64 number)
{
    PackageName name = {.kind = kind, .feed = feed, .number = number};
    return package_name_text(&name);
}

char *package_name_text(const PackageName *name)
{
    char hex[HASH_HEX_SIZE];
    for (gsize i = 0; i < G_N_ELEMENTS(single); i++)
        if (single[i].kind == name->kind)
            return g_strdup(single[i].name);
    switch (name->kind) {
    case PACKAGE_BLOB:
        hash_write(hex, &name->sha256);
        return g_strconcat("data/blobs/", hex, NULL);
    case PACKAGE_CARD:
        return g_strdup_printf("data/cards/%s/%" G_GUINT64_FORMAT ".card", name->node, name->number);
    case PACKAGE_ANCHOR:
        return g_strdup_printf("data/anchors/%s/%s/%" G_GUINT64_FORMAT "/anchor.tlog-proof", name->node, name->epoch,
                               name->number);
    case PACKAGE_ANCHORED:
        return g_strdup_printf("data/anchors/%s/%s/%" G_GUINT64_FORMAT "/%u.anchored", name->node, name->epoch,
                               name->number, name->feed);
    case PACKAGE_CHECKPOINT:
    case PACKAGE_CONSISTENCY:
        return g_strdup_printf("data/feeds/%u/checkpoints/%" G_GUINT64_FORMAT ".%s", name->feed, name->number,
                               name->kind == PACKAGE_CHECKPOINT ? "checkpoint" : "consistency");
    case PACKAGE_PROOF:
        return g_strdup_printf("data/feeds/%u/proofs/%" G_GUINT64_FORMAT ".tlog-proof", name->feed, name->number);
    default:
        return g_strdup_printf("data/feeds/%u/%s", name->feed,
                               name->kind == PACKAGE_HEADERS         ? "headers"
                               : name->kind == PACKAGE_ACTS          ? "acts"
                               : name->kind == PACKAGE_CONFIRMATIONS ? "confirmations"
                                                                     : "feed.json");
    }
}

/* 0 for bagit.txt, 1 for what lies below data/, 2 for the rest. */
static gint part_of(const char *name)
{
    return g_str_equal(name, "bagit.txt") ? 0 : g_str_has_prefix(name, "data/") ? 1 : 2;
}

gint package_name_compare(const char *a, const char *b)
{
    gint parts = part_of(a) - part_of(b);
    return parts != 0 ? parts : strcmp(a, b);
}
