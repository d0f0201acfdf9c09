/* tests/unit/package-forged.c: checkpoints, proofs, anchors, cards and what the package says of itself, exchanged or made
 * up: each is named, with its place. */
#include "base/text.h"
#include "support/small-change.h"
#include <string.h>

static void checkpoint_by_another(GArray *p)
{
    Hash root = {{0}};
    g_auto(GStrv) lines = g_strsplit(piece_text(p, FEED "checkpoints/6.checkpoint"), "\n", -1);
    g_autofree char *note = checkpoint_sign(lines[0], 6, &root, small.other_identity);
    piece_set(p, FEED "checkpoints/6.checkpoint", note, strlen(note));
}
static void checkpoint_of_other_records(GArray *p)
{
    Hash root = {{0}};
    g_auto(GStrv) lines = g_strsplit(piece_text(p, FEED "checkpoints/6.checkpoint"), "\n", -1);
    g_autofree char *note = checkpoint_sign(lines[0], 6, &root, small.log);
    piece_set(p, FEED "checkpoints/6.checkpoint", note, strlen(note));
}
static void checkpoint_of_another_log(GArray *p)
{
    Hash root = {{0}};
    g_autofree char *note = checkpoint_sign(SMALL_NODE "/x", 6, &root, small.log);
    piece_set(p, FEED "checkpoints/6.checkpoint", note, strlen(note));
}
static void checkpoints_exchanged(GArray *p)
{
    g_autofree char *early = g_strdup(piece_text(p, FEED "checkpoints/2.checkpoint"));
    piece_set(p, FEED "checkpoints/6.checkpoint", early, strlen(early));
}
static void checkpoint_lost(GArray *p)
{
    piece_drop(p, FEED "checkpoints/6.checkpoint");
}
static void cosignature_broken(GArray *p)
{
    GByteArray *bytes = piece(p, FEED "checkpoints/2.checkpoint")->bytes;
    guint8 *sign = &bytes->data[bytes->len - 13];
    *sign = *sign == 'A' ? 'B' : 'A';
}
static void proof_of_another(GArray *p)
{
    piece_edit(p, FEED "proofs/5.tlog-proof", "index 5", "index 4");
}
static void proof_path_wrong(GArray *p)
{
    g_autoptr(GPtrArray) lines = piece_lines(p, FEED "proofs/5.tlog-proof");
    g_free(lines->pdata[2]);
    lines->pdata[2] = g_strdup("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    piece_set_lines(p, FEED "proofs/5.tlog-proof", lines);
}
static void proof_with_extra(GArray *p)
{
    piece_edit(p, FEED "proofs/5.tlog-proof", "index", "extra AAAA\nindex");
}
static void proof_is_garbage(GArray *p)
{
    piece_edit(p, FEED "proofs/5.tlog-proof", "c2sp", "C2SP");
}

static void salt_wrong(GArray *p)
{
    GByteArray *bytes = piece(p, ANCHORS "1.anchored")->bytes;
    bytes->data[30] = bytes->data[30] == 'a' ? 'b' : 'a';
}
static void anchored_elsewhere(GArray *p)
{
    piece_edit(p, ANCHORS "1.anchored", "checkpoint 6", "checkpoint 5");
}
static void anchored_too_short(GArray *p)
{
    piece_edit(p, ANCHORS "1.anchored", "size 3", "size 9");
}
static void anchored_is_garbage(GArray *p)
{
    piece_edit(p, ANCHORS "1.anchored", "salt", "Salt");
}
static void anchor_lost(GArray *p)
{
    piece_drop(p, ANCHORS "anchor.tlog-proof");
}
static void anchored_lost(GArray *p)
{
    piece_drop(p, ANCHORS "1.anchored");
}
static void anchored_of_no_feed(GArray *p)
{
    g_autofree char *text = g_strdup(piece_text(p, ANCHORS "1.anchored"));
    piece_drop(p, ANCHORS "1.anchored");
    piece_set(p, ANCHORS "2.anchored", text, strlen(text));
}
static void anchor_of_another(GArray *p)
{
    piece_edit(p, ANCHORS "anchor.tlog-proof", "index 7", "index 6");
}

static void card_rewritten(GArray *p)
{
    piece_edit(p, CARD, "Alvaria", "Brennia");
}
static void card_renamed(GArray *p)
{
    g_autofree char *text = g_strdup(piece_text(p, CARD));
    piece_drop(p, CARD);
    piece_set(p, "data/cards/" SMALL_NODE "/2.card", text, strlen(text));
}
static void card_lost(GArray *p)
{
    piece_drop(p, CARD);
}
static void card_is_garbage(GArray *p)
{
    piece_edit(p, CARD, "country XA", "country xa");
}

static void claims_the_whole(GArray *p)
{
    piece_edit(p, "data/package.json", "\"extent\":\"part\",\"subjects\":[\"",
               "\"extent\":\"whole\",\"subjects\":[],\"x\":[\"");
}
static void claims_another_time(GArray *p)
{
    piece_edit(p, "data/package.json", "\"time\":\"2026", "\"time\":\"2025");
    piece_edit(p, "bag-info.txt", "Bagging-Date: 2026", "Bagging-Date: 2025");
}
static void claims_a_token(GArray *p)
{
    piece_edit(p, "data/package.json", "\"passkey\"", "\"token\"");
}
static void claims_fewer_withheld(GArray *p)
{
    piece_edit(p, "data/package.json", "\"withheld\":2", "\"withheld\":1");
}
static void claims_fewer_blobs(GArray *p)
{
    piece_edit(p, "data/package.json", "\"blobs\":3", "\"blobs\":2");
}
static void claims_another_subject(GArray *p)
{
    piece_edit(p, "data/package.json", small.knife, small.ledger_book);
}
static void claims_another_record(GArray *p)
{
    piece_edit(p, "data/package.json", "\"seq\":5", "\"seq\":4");
}
static void claims_absent(GArray *p)
{
    piece_edit(p, "data/package.json", "\"absent\":[]", "\"absent\":[[1,3]]");
}
static void claims_left_out(GArray *p)
{
    g_autofree char *name = blob_name_of(0);
    g_autofree char *text = g_strdup_printf("\"left_out\":[[\"%s\",\"why\"]]", name + strlen("data/blobs/"));
    piece_edit(p, "data/package.json", "\"left_out\":[]", text);
}
static void claims_two_exports(GArray *p)
{
    piece_edit(p, "data/package.json", "\"exports\":[{",
               "\"exports\":[{\"feed\":2,\"seq\":0,\"leaf\":"
               "\"0000000000000000000000000000000000000000000000000000000000000000\"},{");
}
/* The export is said to be the record before it: then the last one is no part of what it had seen. */
static void claims_the_record_before(GArray *p)
{
    g_autoptr(GPtrArray) lines = piece_lines(p, FEED "headers");
    Hash last = merkle_leaf(lines->pdata[5], strlen(lines->pdata[5]));
    Hash before = merkle_leaf(lines->pdata[4], strlen(lines->pdata[4]));
    g_autofree char *last_hex = hash_text(&last), *before_hex = hash_text(&before);
    piece_edit(p, "data/package.json", "\"seq\":5", "\"seq\":4");
    piece_edit(p, "data/package.json", last_hex, before_hex);
    piece_edit(p, "bag-info.txt", last_hex, before_hex);
}
static void note_with_two_signatures(GArray *p)
{
    g_autofree char *note = g_strdup(piece_text(p, "package.note"));
    g_autofree char *twice = g_strconcat(note, "\u2014 somebody AAAAAAAAAAAA\n", NULL);
    piece_set(p, "package.note", twice, strlen(twice));
}
static void note_by_another(GArray *p)
{
    g_autofree char *note = g_strdup(piece_text(p, "package.note"));
    *(strstr(note, "\n\n") + 1) = '\0';
    g_autofree char *signed_note = note_sign(note, SMALL_NODE "/package", small.other_identity);
    piece_set(p, "package.note", signed_note, strlen(signed_note));
}
static void claims_twice(GArray *p)
{
    piece_edit(p, "data/package.json", "{\"v\":1", "{\"v\":1,\"v\":1");
}
static void feed_says_another_size(GArray *p)
{
    piece_edit(p, FEED "feed.json", "\"size\":6", "\"size\":5");
}
static void feed_says_another_root(GArray *p)
{
    GByteArray *bytes = piece(p, FEED "feed.json")->bytes;
    guint8 *digit = &bytes->data[bytes->len - 3];
    *digit = *digit == 'a' ? 'b' : 'a';
}
static void feed_of_another_epoch(GArray *p)
{
    piece_edit(p, FEED "feed.json", "\"epoch\":\"", "\"epoch\":\"0000000000000000\",\"size\":6,\"x\":\"");
}
static void feed_renumbered(GArray *p)
{
    static const char *const names[] = {"acts", "confirmations", "feed.json", "headers"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *from = g_strconcat(FEED, names[i], NULL), *to = g_strconcat("data/feeds/2/", names[i], NULL);
        g_autofree char *text = g_strdup(piece_text(p, from));
        piece_drop(p, from);
        piece_set(p, to, text, strlen(text));
    }
    piece_drop(p, FEED "checkpoints/2.checkpoint");
    piece_drop(p, FEED "checkpoints/6.checkpoint");
    piece_drop(p, FEED "proofs/5.tlog-proof");
}
static void headers_lost(GArray *p)
{
    piece_drop(p, FEED "headers");
}

static const Change changes[] = {
    {"checkpoint-by-another", FALSE, checkpoint_by_another, SIGNED, "checkpoint.signature",
     FEED "checkpoints/6.checkpoint", -1},
    {"checkpoint-of-other-records", FALSE, checkpoint_of_other_records, SIGNED, "checkpoint.root",
     FEED "checkpoints/6.checkpoint", -1},
    {"checkpoint-of-another-log", FALSE, checkpoint_of_another_log, SIGNED, "checkpoint.signature",
     FEED "checkpoints/6.checkpoint", -1},
    {"checkpoints-exchanged", FALSE, checkpoints_exchanged, SIGNED, "checkpoint.name", FEED "checkpoints/6.checkpoint",
     -1},
    {"checkpoint-lost", FALSE, checkpoint_lost, SIGNED, "checkpoint.missing", FEED "checkpoints/6.checkpoint", -1},
    {"cosignature-broken", FALSE, cosignature_broken, SIGNED, "checkpoint.signature", FEED "checkpoints/2.checkpoint",
     -1},
    {"proof-of-another", FALSE, proof_of_another, SIGNED, "proof.name", FEED "proofs/5.tlog-proof", -1},
    {"proof-path-wrong", FALSE, proof_path_wrong, SIGNED, "proof.wrong", FEED "proofs/5.tlog-proof", -1},
    {"proof-with-extra", FALSE, proof_with_extra, SIGNED, "proof.name", FEED "proofs/5.tlog-proof", -1},
    {"proof-is-garbage", FALSE, proof_is_garbage, SIGNED, "proof.malformed", FEED "proofs/5.tlog-proof", -1},
    {"salt-wrong", FALSE, salt_wrong, SIGNED, "anchor.proof", ANCHORS "anchor.tlog-proof", -1},
    {"anchored-elsewhere", FALSE, anchored_elsewhere, SIGNED, "anchor.checkpoint", ANCHORS "1.anchored", -1},
    {"anchored-too-short", FALSE, anchored_too_short, SIGNED, "anchor.path", ANCHORS "1.anchored", -1},
    {"anchored-is-garbage", FALSE, anchored_is_garbage, SIGNED, "anchor.malformed", ANCHORS "1.anchored", -1},
    {"anchor-lost", FALSE, anchor_lost, SIGNED, "anchor.missing", ANCHORS "1.anchored", -1},
    {"anchored-lost", FALSE, anchored_lost, SIGNED, "anchor.unused", ANCHORS "anchor.tlog-proof", -1},
    {"anchored-of-no-feed", FALSE, anchored_of_no_feed, SIGNED, "feed.missing", "data/feeds/2/", -1},
    {"anchor-of-another", FALSE, anchor_of_another, SIGNED, "anchor.proof", ANCHORS "anchor.tlog-proof", -1},
    {"card-rewritten", FALSE, card_rewritten, SIGNED, "card.signature", CARD, -1},
    {"card-renamed", FALSE, card_renamed, SIGNED, "card.name", "data/cards/" SMALL_NODE "/2.card", -1},
    {"card-lost", FALSE, card_lost, SIGNED, "card.missing", FEED "feed.json", -1},
    {"card-is-garbage", FALSE, card_is_garbage, SIGNED, "card.malformed", CARD, -1},
    {"claims-the-whole", TRUE, claims_the_whole, SIGNED, "package.malformed", "data/package.json", -1},
    {"claims-another-time", FALSE, claims_another_time, SIGNED, "package.claim", "data/package.json", -1},
    {"claims-a-token", FALSE, claims_a_token, SIGNED, "package.claim", "data/package.json", -1},
    {"claims-fewer-withheld", TRUE, claims_fewer_withheld, SIGNED, "package.claim", "data/package.json", -1},
    {"claims-fewer-blobs", FALSE, claims_fewer_blobs, SIGNED, "package.claim", "data/package.json", -1},
    {"claims-another-subject", TRUE, claims_another_subject, SIGNED, "complete.act", FEED "acts", 4},
    {"claims-another-record", FALSE, claims_another_record, SIGNED, "export.record", "data/package.json", -1},
    {"claims-absent", FALSE, claims_absent, SIGNED, "package.claim", "data/package.json", -1},
    {"claims-left-out", FALSE, claims_left_out, SIGNED, "blob.left_out", "data/blobs/", -1},
    {"claims-two-exports", FALSE, claims_two_exports, SIGNED, "bag.info", "bag-info.txt", -1},
    {"claims-the-record-before", FALSE, claims_the_record_before, SIGNED, "complete.past", FEED "headers", 6},
    {"note-with-two-signatures", FALSE, note_with_two_signatures, UNSIGNED, "note.malformed", "package.note", -1},
    {"note-by-another", FALSE, note_by_another, UNSIGNED, "note.signature", "package.note", -1},
    {"claims-twice", FALSE, claims_twice, SIGNED, "package.malformed", "data/package.json", -1},
    {"feed-says-another-size", FALSE, feed_says_another_size, SIGNED, "feed.size", FEED "feed.json", -1},
    {"feed-says-another-root", FALSE, feed_says_another_root, SIGNED, "feed.root", FEED "feed.json", -1},
    {"feed-of-another-epoch", FALSE, feed_of_another_epoch, SIGNED, "feed.malformed", FEED "feed.json", -1},
    {"feed-renumbered", FALSE, feed_renumbered, SIGNED, "feed.missing", "data/feeds/1/", -1},
    {"headers-lost", FALSE, headers_lost, SIGNED, "feed.missing", FEED "headers", -1},
};

int main(int argc, char **argv)
{
    return small_changes_run(argc, argv, changes, G_N_ELEMENTS(changes));
}
