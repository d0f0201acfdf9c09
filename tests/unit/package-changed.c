/* tests/unit/package-changed.c: bits flipped, files lost and added, records left out, moved and rewritten, evidence
 * replaced: each is named, with its place. */
#include "base/text.h"
#include "support/small-change.h"
#include <string.h>

static const char *const record_files[] = {FEED "headers", FEED "acts", FEED "confirmations"};

static void bit_in_blob(GArray *p)
{
    g_autofree char *name = blob_name_of(1);
    piece_flip(p, name, 2);
}
static void bit_in_headers(GArray *p)
{
    piece_flip(p, FEED "headers", 300);
}
static void bit_in_acts(GArray *p)
{
    piece_flip(p, FEED "acts", 100);
}
static void bit_in_confirmations(GArray *p)
{
    piece_flip(p, FEED "confirmations", 10);
}
static void bit_in_checkpoint(GArray *p)
{
    piece_flip(p, FEED "checkpoints/6.checkpoint", 20);
}
static void bit_in_proof(GArray *p)
{
    piece_flip(p, FEED "proofs/5.tlog-proof", 20);
}
static void bit_in_anchored(GArray *p)
{
    piece_flip(p, ANCHORS "1.anchored", 5);
}
static void bit_in_anchor(GArray *p)
{
    piece_flip(p, ANCHORS "anchor.tlog-proof", 20);
}
static void bit_in_card(GArray *p)
{
    piece_flip(p, CARD, 12);
}
static void bit_in_feed(GArray *p)
{
    piece_flip(p, FEED "feed.json", 4);
}
static void bit_in_contents(GArray *p)
{
    piece_flip(p, "data/package.json", 4);
}
static void bit_in_report(GArray *p)
{
    piece_flip(p, "data/report/custody.txt", 4);
}
static void bit_in_manifest(GArray *p)
{
    piece_other_digit(p, "manifest-sha256.txt");
}
static void bit_in_tag_manifest(GArray *p)
{
    piece_other_digit(p, "tagmanifest-sha256.txt");
}
static void bit_in_declaration(GArray *p)
{
    piece_flip(p, "bagit.txt", 2);
}
static void bit_in_bag_info(GArray *p)
{
    piece_flip(p, "bag-info.txt", 2);
}
static void bit_in_note(GArray *p)
{
    piece_flip(p, "package.note", 12);
}
static void blob_lost(GArray *p)
{
    g_autofree char *name = blob_name_of(0);
    piece_drop(p, name);
}
static void file_added(GArray *p)
{
    piece_set(p, "data/report/extra.txt", "x", 1);
}
static void stranger_added(GArray *p)
{
    piece_set(p, "data/readme.txt", "x", 1);
}
static void files_swapped(GArray *p)
{
    Piece kept = g_array_index(p, Piece, 3);
    g_array_index(p, Piece, 3) = g_array_index(p, Piece, 4);
    g_array_index(p, Piece, 4) = kept;
}
static void note_lost(GArray *p)
{
    piece_drop(p, "package.note");
}
static void contents_lost(GArray *p)
{
    piece_drop(p, "data/package.json");
}
static void bag_fetches(GArray *p)
{
    piece_set(p, "fetch.txt", "x", 1);
}
static void info_has_more(GArray *p)
{
    piece_edit(p, "bag-info.txt", "Payload", "Contact-Name: nobody\nPayload");
}
static void report_rewritten(GArray *p)
{
    piece_set(p, "data/report/custody.txt", "another way", 11);
}

static void record_left_out(GArray *p)
{
    for (gsize i = 0; i < 3; i++)
        piece_drop_line(p, record_files[i], 3);
}
static void last_record_left_out(GArray *p)
{
    for (gsize i = 0; i < 3; i++)
        piece_drop_line(p, record_files[i], 5);
}
static void records_swapped(GArray *p)
{
    for (gsize i = 0; i < 3; i++)
        piece_swap_lines(p, record_files[i], 2, 3);
}
static void time_rewritten(GArray *p)
{
    g_autoptr(GPtrArray) lines = piece_lines(p, FEED "headers");
    char *time = strstr(g_ptr_array_index(lines, 3), "\"time\":\"");
    time[8 + 22] = time[8 + 22] == '9' ? '8' : '9'; /* a millisecond */
    piece_set_lines(p, FEED "headers", lines);
}
static void act_replaced(GArray *p)
{
    piece_edit(p, FEED "acts", "A knife", "A spoon");
}
static void acts_swapped(GArray *p)
{
    piece_swap_lines(p, FEED "acts", 2, 3);
}
static void confirmations_swapped(GArray *p)
{
    piece_swap_lines(p, FEED "confirmations", 4, 5);
}
static void confirmation_where_none_is(GArray *p)
{
    g_autoptr(GPtrArray) lines = piece_lines(p, FEED "confirmations");
    g_free(lines->pdata[3]);
    lines->pdata[3] = g_strdup(lines->pdata[4]);
    piece_set_lines(p, FEED "confirmations", lines);
}
static void act_withheld(GArray *p)
{
    piece_blank_line(p, FEED "acts", 3);
}
static void confirmation_withheld(GArray *p)
{
    piece_blank_line(p, FEED "confirmations", 4);
}
static void charter_withheld(GArray *p)
{
    piece_blank_line(p, FEED "acts", 0);
}
static void chosen_withheld(GArray *p)
{
    piece_blank_line(p, FEED "acts", 2);
}
static void export_withheld(GArray *p)
{
    piece_blank_line(p, FEED "acts", 6);
}
static void lines_missing(GArray *p)
{
    piece_drop_line(p, FEED "confirmations", 5);
}
static void lines_cut(GArray *p)
{
    GByteArray *bytes = piece(p, FEED "acts")->bytes;
    g_byte_array_set_size(bytes, bytes->len - 1);
}
static void header_is_garbage(GArray *p)
{
    g_autoptr(GPtrArray) lines = piece_lines(p, FEED "headers");
    g_free(lines->pdata[5]);
    lines->pdata[5] = g_strdup("{}");
    piece_set_lines(p, FEED "headers", lines);
}

static void blob_unnamed(GArray *p)
{
    Hash hash = sha256("stray", 5);
    g_autofree char *hex = hash_text(&hash);
    g_autofree char *name = g_strconcat("data/blobs/", hex, NULL);
    piece_set(p, name, "stray", 5);
}
static void blob_replaced(GArray *p)
{
    g_autofree char *name = blob_name_of(0);
    piece_set(p, name, "front of a spoon", 16);
}

static const Change changes[] = {
    {"bit-in-blob", FALSE, bit_in_blob, AS_IS, "file.changed", "data/blobs/", -1},
    {"bit-in-headers", FALSE, bit_in_headers, AS_IS, "file.changed", FEED "headers", -1},
    {"bit-in-acts", FALSE, bit_in_acts, AS_IS, "file.changed", FEED "acts", -1},
    {"bit-in-confirmations", FALSE, bit_in_confirmations, AS_IS, "file.changed", FEED "confirmations", -1},
    {"bit-in-checkpoint", FALSE, bit_in_checkpoint, AS_IS, "file.changed", FEED "checkpoints/6.checkpoint", -1},
    {"bit-in-proof", FALSE, bit_in_proof, AS_IS, "file.changed", FEED "proofs/5.tlog-proof", -1},
    {"bit-in-anchored", FALSE, bit_in_anchored, AS_IS, "file.changed", ANCHORS "1.anchored", -1},
    {"bit-in-anchor", FALSE, bit_in_anchor, AS_IS, "file.changed", ANCHORS "anchor.tlog-proof", -1},
    {"bit-in-card", FALSE, bit_in_card, AS_IS, "file.changed", CARD, -1},
    {"bit-in-feed", FALSE, bit_in_feed, AS_IS, "file.changed", FEED "feed.json", -1},
    {"bit-in-contents", FALSE, bit_in_contents, AS_IS, "file.changed", "data/package.json", -1},
    {"bit-in-report", FALSE, bit_in_report, AS_IS, "file.changed", "data/report/custody.txt", -1},
    {"bit-in-manifest", FALSE, bit_in_manifest, AS_IS, "file.changed", "manifest-sha256.txt", -1},
    {"bit-in-tag-manifest", FALSE, bit_in_tag_manifest, AS_IS, "bag.hash", "tagmanifest-sha256.txt", 1},
    {"bit-in-declaration", FALSE, bit_in_declaration, AS_IS, "bag.declaration", "bagit.txt", 2},
    {"bit-in-bag-info", FALSE, bit_in_bag_info, AS_IS, "file.changed", "bag-info.txt", -1},
    {"bit-in-note", FALSE, bit_in_note, AS_IS, "file.changed", "package.note", -1},
    {"blob-lost", FALSE, blob_lost, AS_IS, "file.missing", "manifest-sha256.txt", 0},
    {"file-added", FALSE, file_added, AS_IS, "file.unlisted", "data/report/extra.txt", -1},
    {"stranger-added", FALSE, stranger_added, UNSIGNED, "layout.unknown", "data/readme.txt", -1},
    {"files-swapped", FALSE, files_swapped, AS_IS, "layout.order", "data/", -1},
    {"note-lost", FALSE, note_lost, UNSIGNED, "layout.missing", "package.note", -1},
    {"contents-lost", FALSE, contents_lost, SIGNED, "layout.missing", "data/package.json", -1},
    {"bag-fetches", FALSE, bag_fetches, UNSIGNED, "layout.unknown", "fetch.txt", -1},
    {"info-has-more", FALSE, info_has_more, SIGNED, "bag.info", "bag-info.txt", -1},
    {"report-rewritten", FALSE, report_rewritten, UNSIGNED, "note.manifest", "package.note", -1},
    {"record-left-out", FALSE, record_left_out, SIGNED, "record.header", FEED "headers", 4},
    {"last-record-left-out", FALSE, last_record_left_out, SIGNED, "checkpoint.consistency", FEED, -1},
    {"records-swapped", FALSE, records_swapped, SIGNED, "record.header", FEED "headers", 3},
    {"time-rewritten", FALSE, time_rewritten, SIGNED, "checkpoint.root", FEED "checkpoints/6.checkpoint", -1},
    {"act-replaced", FALSE, act_replaced, SIGNED, "record.act", FEED "acts", 3},
    {"acts-swapped", FALSE, acts_swapped, SIGNED, "record.act", FEED "acts", 3},
    {"confirmations-swapped", FALSE, confirmations_swapped, SIGNED, "record.confirmation", FEED "confirmations", 5},
    {"confirmation-where-none-is", FALSE, confirmation_where_none_is, SIGNED, "record.confirmation",
     FEED "confirmations", 4},
    {"act-withheld", FALSE, act_withheld, SIGNED, "complete.act", FEED "acts", 4},
    {"confirmation-withheld", FALSE, confirmation_withheld, SIGNED, "complete.confirmation", FEED "confirmations", 5},
    {"charter-withheld", TRUE, charter_withheld, SIGNED, "record.waiting", FEED "headers", 1},
    {"chosen-withheld", TRUE, chosen_withheld, SIGNED, "complete.act", FEED "acts", 3},
    {"export-withheld", TRUE, export_withheld, SIGNED, "complete.act", FEED "acts", 7},
    {"lines-missing", FALSE, lines_missing, SIGNED, "feed.lines", FEED "confirmations", -1},
    {"lines-cut", FALSE, lines_cut, SIGNED, "feed.lines", FEED "acts", -1},
    {"header-is-garbage", FALSE, header_is_garbage, SIGNED, "record.header", FEED "headers", 6},
    {"blob-gone", FALSE, blob_lost, SIGNED, "complete.blob", "data/blobs/", -1},
    {"blob-unnamed", FALSE, blob_unnamed, SIGNED, "blob.unnamed", "data/blobs/", -1},
    {"blob-replaced", FALSE, blob_replaced, SIGNED, "blob.changed", "data/blobs/", -1},
};

int main(int argc, char **argv)
{
    return small_changes_run(argc, argv, changes, G_N_ELEMENTS(changes));
}
