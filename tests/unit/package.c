/* tests/unit/package.c: a court clerk gets a package. What holds is said to hold; whatever somebody did to it on the
 * way is named, with its place. */
#include "base/error.h"
#include "base/text.h"
#include "ledger/proof.h"
#include "support/small-case.h"
#include <string.h>

static SmallCase small; /* written once; every test exports or changes a copy of these bytes */
static GByteArray *whole, *part;

static const PackageDamage *first_damage(const PackageReport *report)
{
    g_assert_cmpuint(report->damages->len, >, 0);
    return &g_array_index(report->damages, PackageDamage, 0);
}

static void assert_intact(const PackageReport *report)
{
    if (report->damages->len > 0) {
        const PackageDamage *damage = first_damage(report);
        g_error("%s: %s %s", damage->code, damage->file, damage->why);
    }
}

/* ---- what holds ---- */

static void the_whole_is_intact(void)
{
    g_autoptr(PackageReport) report = small_verify(whole, small.types, NULL);
    assert_intact(report);
    g_assert_cmpint(package_report_exit(report), ==, 3);
    g_assert_cmpuint(report->records, ==, 6);
    g_assert_cmpuint(report->acts, ==, 6);
    g_assert_cmpuint(report->confirmations, ==, 2);
    g_assert_cmpuint(report->withheld, ==, 0);
    g_assert_cmpuint(report->remarks->len, ==, 0);
    g_assert_true(report->contents->whole && report->export_confirmed);
    g_assert_cmpstr(report->export_class, ==, "valid");
    g_assert_cmpstr(report->base, ==, "small-case");
}

static void whom_the_clerk_trusts(void)
{
    g_auto(SmallCase) forger;
    small_case_open(&forger, 2); /* the same names, its own keys */
    g_autoptr(GPtrArray) trust = small_case_trust(&small), wrong = small_case_trust(&forger);
    g_autoptr(GByteArray) forged = small_case_export(&forger, NULL);
    g_autoptr(PackageReport) good = small_verify(whole, small.types, trust);
    g_autoptr(PackageReport) stranger = small_verify(whole, small.types, wrong);
    g_autoptr(PackageReport) forgery = small_verify(forged, small.types, trust);
    assert_intact(good);
    assert_intact(forgery);
    g_assert_cmpint(package_report_exit(good), ==, 0);
    g_assert_cmpint(package_report_exit(stranger), ==, 4);
    g_assert_cmpint(package_report_exit(forgery), ==, 4);
}

static void a_part_says_what_is_withheld(void)
{
    g_autoptr(PackageReport) report = small_verify(part, small.types, NULL);
    assert_intact(report);
    g_assert_false(report->contents->whole);
    g_assert_cmpuint(report->withheld, ==, 2); /* the wage book, and the export of the whole */
    g_assert_cmpuint(report->contents->blobs, ==, 2);
    g_assert_cmpuint(report->remarks->len, ==, 2);
    const PackageRemark *book = &g_array_index(report->remarks, PackageRemark, 0);
    g_assert_cmpstr(book->what, ==, "withheld");
    g_assert_cmpuint(book->first, ==, 3);
    const PackageReach *reach = &g_array_index(report->reached, PackageReach, 0);
    g_assert_cmpstr(reach->node, ==, SMALL_NODE);
    g_assert_cmpuint(reach->size, ==, 7);
}

static void times_are_bracketed_by_witnesses(void)
{
    gint64 not_before = 0, not_after = 0;
    g_autoptr(PackageReport) report = small_verify(whole, small.types, NULL);
    g_assert_cmpuint(report->attestations->len, ==, 3);
    g_assert_cmpint(report->not_after_s, ==, SMALL_WITNESSED_S - 60); /* through the anchor */
    g_assert_cmpstr(report->not_after_by, ==, SMALL_WITNESS);
    package_report_bracket(report, 1, 5, &not_before, &not_after);
    g_assert_cmpint(not_after, ==, SMALL_WITNESSED_S - 60);
    g_assert_cmpint(not_before, ==, 0); /* when the witness saw two records, it had the anchor already */
    package_report_bracket(report, 2, 0, &not_before, &not_after);
    g_assert_cmpint(not_after, ==, 0);
}

static void without_witness_times_are_claims(void)
{
    g_auto(SmallCase) alone;
    small_case_open(&alone, 3);
    alone.no_witness = TRUE;
    g_autoptr(GByteArray) package = small_case_export(&alone, NULL);
    g_autoptr(PackageReport) report = small_verify(package, alone.types, NULL);
    assert_intact(report);
    g_assert_cmpuint(report->attestations->len, ==, 0);
    g_assert_cmpint(report->not_after_s, ==, 0);
    g_autofree char *text = package_report_text(report, "small.zip");
    g_assert_nonnull(strstr(text, "claimed by its own node alone"));
}

/* A stream that is encrypted as it goes can't be patched; a file can. Both give what a package has to be, and nobody
 * who puts the same files together gets other bytes. */
static void a_stream_gets_the_same_package(void)
{
    for (guint i = 0; i < 2; i++) {
        g_auto(SmallCase) again;
        small_case_open(&again, 7);
        again.stream = i == 1;
        g_autoptr(GByteArray) package = small_case_export(&again, NULL);
        g_autoptr(PackageReport) report = small_verify(package, again.types, NULL);
        assert_intact(report);
        g_autoptr(GArray) pieces = pieces_of(package);
        g_autoptr(GByteArray) joined = pieces_join(pieces, again.log);
        g_assert_cmpuint(joined->len, ==, package->len);
        g_assert_cmpint(memcmp(joined->data, package->data, package->len), ==, 0);
    }
}

static void a_file_may_be_left_out_with_a_reason(void)
{
    g_auto(SmallCase) careful;
    small_case_open(&careful, 4);
    careful.leave_out = TRUE;
    g_autoptr(GByteArray) package = small_case_export(&careful, NULL);
    g_autoptr(PackageReport) report = small_verify(package, careful.types, NULL);
    assert_intact(report);
    g_assert_cmpuint(report->left_out->len, ==, 1);
    g_assert_cmpstr(g_array_index(report->left_out, PackageLeftOut, 0).reason, ==, "shows harmful material");
}

static void what_was_erased_leaves_a_hole(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(SmallCase) case_;
    small_case_open(&case_, 5);
    g_autoptr(GArray) heads = NULL;
    const Entity *book = lane_entity(case_.lane, case_.ledger_book, &error);
    heads = entity_heads(book);
    g_autofree char *leaf = hash_text(&g_array_index(heads, Hash, 0));
    small_case_act(
        &case_, "erased/1", NULL,
        json_pack("{s:[s], s:s, s:s}", "records", leaf, "order", "7 Cs 31/26", "authority", "District Court"), TRUE,
        NULL);
    g_assert_true(lane_purge(case_.lane, &error));
    g_ptr_array_remove_index(case_.blobs, 2);
    g_autoptr(GByteArray) package = small_case_export(&case_, NULL);
    g_autoptr(PackageReport) report = small_verify(package, case_.types, NULL);
    assert_intact(report);
    g_assert_cmpuint(report->erased, ==, 1);
    const PackageRemark *hole = &g_array_index(report->remarks, PackageRemark, 0);
    g_assert_cmpstr(hole->what, ==, "erased");
    g_assert_cmpuint(hole->first, ==, 3);
}

static void a_later_type_is_unknown_here(void)
{
    g_autoptr(ActTypes) fewer = act_types_new();
    const GPtrArray *all = act_types_all(small.types);
    for (guint i = 0; i < all->len; i++) {
        const ActType *type = g_ptr_array_index(all, i);
        if (!g_str_equal(type->name, "exhibit.sealed/1"))
            act_types_add(fewer, type, 1);
    }
    g_autoptr(PackageReport) report = small_verify(whole, fewer, NULL);
    assert_intact(report);
    g_assert_cmpint(package_report_exit(report), ==, 3);
    g_assert_cmpuint(report->unknown, ==, 1);
}

/* ---- what was done to it ---- */

typedef enum {
    AS_IS,    /* nothing else is put in order: an accident */
    UNSIGNED, /* manifests fit again: a forger without a key */
    SIGNED,   /* and package.note too: somebody with the node's log key, who can't rewrite history all the same */
} Join;

typedef struct {
    const char *name;
    gboolean of_part; /* of the package of the knife alone */
    void (*change)(GArray *pieces);
    Join join;
    const char *code, *file; /* of the first damage */
    gint64 line;             /* -1: none */
} Change;

static const char *text_of(GArray *pieces, const char *name)
{
    Piece *item = piece(pieces, name);
    g_byte_array_append(item->bytes, (const guint8 *)"", 1);
    g_byte_array_set_size(item->bytes, item->bytes->len - 1);
    return (const char *)item->bytes->data;
}

/* Replaces the first @from by @to. */
static void edit(GArray *pieces, const char *name, const char *from, const char *to)
{
    const char *text = text_of(pieces, name);
    const char *at = strstr(text, from);
    g_assert_nonnull(at);
    g_autofree char *fresh = g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    piece_set(pieces, name, fresh, strlen(fresh));
}

/* Flips the lowest bit of the last but @from_end byte. */
static void flip(GArray *pieces, const char *name, guint from_end)
{
    GByteArray *bytes = piece(pieces, name)->bytes;
    bytes->data[bytes->len - 1 - from_end] ^= 1;
}

static GPtrArray *lines_of(GArray *pieces, const char *name)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit(text_of(pieces, name), "\n", -1);
    for (guint i = 0; parts[i + 1]; i++)
        g_ptr_array_add(lines, g_strdup(parts[i]));
    return lines;
}

static void set_lines(GArray *pieces, const char *name, GPtrArray *lines)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(lines, i));
    piece_set(pieces, name, text->str, text->len);
}

static void blank_line(GArray *pieces, const char *name, guint index)
{
    g_autoptr(GPtrArray) lines = lines_of(pieces, name);
    g_free(lines->pdata[index]);
    lines->pdata[index] = g_strdup("");
    set_lines(pieces, name, lines);
}

static void swap_lines(GArray *pieces, const char *name, guint a, guint b)
{
    g_autoptr(GPtrArray) lines = lines_of(pieces, name);
    gpointer kept = lines->pdata[a];
    lines->pdata[a] = lines->pdata[b];
    lines->pdata[b] = kept;
    set_lines(pieces, name, lines);
}

static void drop_line(GArray *pieces, const char *name, guint index)
{
    g_autoptr(GPtrArray) lines = lines_of(pieces, name);
    g_ptr_array_remove_index(lines, index);
    set_lines(pieces, name, lines);
}

#define FEED "data/feeds/1/"
#define ANCHORS "data/anchors/" SMALL_NODE "/7/"
#define CARD "data/cards/" SMALL_NODE "/1.card"
static const char *const record_files[] = {FEED "headers", FEED "acts", FEED "confirmations"};

static char *blob_name_of(guint index)
{
    gsize length = 0;
    gconstpointer bytes = g_bytes_get_data(g_ptr_array_index(small.blobs, index), &length);
    Hash hash = sha256(bytes, length);
    g_autofree char *hex = hash_text(&hash);
    return g_strconcat("data/blobs/", hex, NULL);
}

static void bit_in_blob(GArray *p)
{
    g_autofree char *name = blob_name_of(1);
    flip(p, name, 2);
}
static void bit_in_headers(GArray *p)
{
    flip(p, FEED "headers", 300);
}
static void bit_in_acts(GArray *p)
{
    flip(p, FEED "acts", 100);
}
static void bit_in_confirmations(GArray *p)
{
    flip(p, FEED "confirmations", 10);
}
static void bit_in_checkpoint(GArray *p)
{
    flip(p, FEED "checkpoints/6.checkpoint", 20);
}
static void bit_in_proof(GArray *p)
{
    flip(p, FEED "proofs/5.tlog-proof", 20);
}
static void bit_in_anchored(GArray *p)
{
    flip(p, ANCHORS "1.anchored", 5);
}
static void bit_in_anchor(GArray *p)
{
    flip(p, ANCHORS "anchor.tlog-proof", 20);
}
static void bit_in_card(GArray *p)
{
    flip(p, CARD, 12);
}
static void bit_in_feed(GArray *p)
{
    flip(p, FEED "feed.json", 4);
}
static void bit_in_contents(GArray *p)
{
    flip(p, "data/package.json", 4);
}
static void bit_in_report(GArray *p)
{
    flip(p, "data/report/custody.txt", 4);
}
static void bit_in_manifest(GArray *p)
{
    piece(p, "manifest-sha256.txt")->bytes->data[3] ^= 1;
}
static void bit_in_tag_manifest(GArray *p)
{
    piece(p, "tagmanifest-sha256.txt")->bytes->data[3] ^= 1;
}
static void bit_in_declaration(GArray *p)
{
    flip(p, "bagit.txt", 2);
}
static void bit_in_bag_info(GArray *p)
{
    flip(p, "bag-info.txt", 2);
}
static void bit_in_note(GArray *p)
{
    flip(p, "package.note", 12);
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
    edit(p, "bag-info.txt", "Payload", "Contact-Name: nobody\nPayload");
}
static void report_rewritten(GArray *p)
{
    piece_set(p, "data/report/custody.txt", "another way", 11);
}

static void record_left_out(GArray *p)
{
    for (gsize i = 0; i < 3; i++)
        drop_line(p, record_files[i], 3);
}
static void last_record_left_out(GArray *p)
{
    for (gsize i = 0; i < 3; i++)
        drop_line(p, record_files[i], 5);
}
static void records_swapped(GArray *p)
{
    for (gsize i = 0; i < 3; i++)
        swap_lines(p, record_files[i], 2, 3);
}
static void time_rewritten(GArray *p)
{
    g_autoptr(GPtrArray) lines = lines_of(p, FEED "headers");
    char *time = strstr(g_ptr_array_index(lines, 3), "\"time\":\"");
    time[8 + 22] = time[8 + 22] == '9' ? '8' : '9'; /* a millisecond */
    set_lines(p, FEED "headers", lines);
}
static void act_replaced(GArray *p)
{
    edit(p, FEED "acts", "A knife", "A spoon");
}
static void acts_swapped(GArray *p)
{
    swap_lines(p, FEED "acts", 2, 3);
}
static void confirmations_swapped(GArray *p)
{
    swap_lines(p, FEED "confirmations", 4, 5);
}
static void act_withheld(GArray *p)
{
    blank_line(p, FEED "acts", 3);
}
static void confirmation_withheld(GArray *p)
{
    blank_line(p, FEED "confirmations", 4);
}
static void charter_withheld(GArray *p)
{
    blank_line(p, FEED "acts", 0);
}
static void chosen_withheld(GArray *p)
{
    blank_line(p, FEED "acts", 2);
}
static void export_withheld(GArray *p)
{
    blank_line(p, FEED "acts", 6);
}
static void lines_missing(GArray *p)
{
    drop_line(p, FEED "confirmations", 5);
}
static void lines_cut(GArray *p)
{
    GByteArray *bytes = piece(p, FEED "acts")->bytes;
    g_byte_array_set_size(bytes, bytes->len - 1);
}
static void header_is_garbage(GArray *p)
{
    g_autoptr(GPtrArray) lines = lines_of(p, FEED "headers");
    g_free(lines->pdata[5]);
    lines->pdata[5] = g_strdup("{}");
    set_lines(p, FEED "headers", lines);
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

static void checkpoint_by_another(GArray *p)
{
    Hash root = {{0}};
    g_auto(GStrv) lines = g_strsplit(text_of(p, FEED "checkpoints/6.checkpoint"), "\n", -1);
    g_autofree char *note = checkpoint_sign(lines[0], 6, &root, small.other_identity);
    piece_set(p, FEED "checkpoints/6.checkpoint", note, strlen(note));
}
static void checkpoint_of_other_records(GArray *p)
{
    Hash root = {{0}};
    g_auto(GStrv) lines = g_strsplit(text_of(p, FEED "checkpoints/6.checkpoint"), "\n", -1);
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
    g_autofree char *early = g_strdup(text_of(p, FEED "checkpoints/2.checkpoint"));
    piece_set(p, FEED "checkpoints/6.checkpoint", early, strlen(early));
}
static void checkpoint_lost(GArray *p)
{
    piece_drop(p, FEED "checkpoints/6.checkpoint");
}
static void cosignature_broken(GArray *p)
{
    flip(p, FEED "checkpoints/2.checkpoint", 12);
}
static void proof_of_another(GArray *p)
{
    edit(p, FEED "proofs/5.tlog-proof", "index 5", "index 4");
}
static void proof_path_wrong(GArray *p)
{
    g_autoptr(GPtrArray) lines = lines_of(p, FEED "proofs/5.tlog-proof");
    g_free(lines->pdata[2]);
    lines->pdata[2] = g_strdup("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    set_lines(p, FEED "proofs/5.tlog-proof", lines);
}
static void proof_with_extra(GArray *p)
{
    edit(p, FEED "proofs/5.tlog-proof", "index", "extra AAAA\nindex");
}
static void proof_is_garbage(GArray *p)
{
    edit(p, FEED "proofs/5.tlog-proof", "c2sp", "C2SP");
}

static void salt_wrong(GArray *p)
{
    GByteArray *bytes = piece(p, ANCHORS "1.anchored")->bytes;
    bytes->data[30] = bytes->data[30] == 'a' ? 'b' : 'a';
}
static void anchored_elsewhere(GArray *p)
{
    edit(p, ANCHORS "1.anchored", "checkpoint 6", "checkpoint 5");
}
static void anchored_too_short(GArray *p)
{
    edit(p, ANCHORS "1.anchored", "size 3", "size 9");
}
static void anchored_is_garbage(GArray *p)
{
    edit(p, ANCHORS "1.anchored", "salt", "Salt");
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
    g_autofree char *text = g_strdup(text_of(p, ANCHORS "1.anchored"));
    piece_drop(p, ANCHORS "1.anchored");
    piece_set(p, ANCHORS "2.anchored", text, strlen(text));
}
static void anchor_of_another(GArray *p)
{
    edit(p, ANCHORS "anchor.tlog-proof", "index 7", "index 6");
}

static void card_rewritten(GArray *p)
{
    edit(p, CARD, "Alvaria", "Brennia");
}
static void card_renamed(GArray *p)
{
    g_autofree char *text = g_strdup(text_of(p, CARD));
    piece_drop(p, CARD);
    piece_set(p, "data/cards/" SMALL_NODE "/2.card", text, strlen(text));
}
static void card_lost(GArray *p)
{
    piece_drop(p, CARD);
}
static void card_is_garbage(GArray *p)
{
    edit(p, CARD, "country XA", "country xa");
}

static void claims_the_whole(GArray *p)
{
    edit(p, "data/package.json", "\"extent\":\"part\",\"subjects\":[\"",
         "\"extent\":\"whole\",\"subjects\":[],\"x\":[\"");
}
static void claims_another_time(GArray *p)
{
    edit(p, "data/package.json", "\"time\":\"2026", "\"time\":\"2025");
    edit(p, "bag-info.txt", "Bagging-Date: 2026", "Bagging-Date: 2025");
}
static void claims_a_token(GArray *p)
{
    edit(p, "data/package.json", "\"passkey\"", "\"token\"");
}
static void claims_fewer_withheld(GArray *p)
{
    edit(p, "data/package.json", "\"withheld\":2", "\"withheld\":1");
}
static void claims_fewer_blobs(GArray *p)
{
    edit(p, "data/package.json", "\"blobs\":3", "\"blobs\":2");
}
static void claims_another_subject(GArray *p)
{
    edit(p, "data/package.json", small.knife, small.ledger_book);
}
static void claims_another_record(GArray *p)
{
    edit(p, "data/package.json", "\"seq\":5", "\"seq\":4");
}
static void claims_absent(GArray *p)
{
    edit(p, "data/package.json", "\"absent\":[]", "\"absent\":[[1,3]]");
}
static void claims_left_out(GArray *p)
{
    g_autofree char *name = blob_name_of(0);
    g_autofree char *text = g_strdup_printf("\"left_out\":[[\"%s\",\"why\"]]", name + strlen("data/blobs/"));
    edit(p, "data/package.json", "\"left_out\":[]", text);
}
static void claims_two_exports(GArray *p)
{
    edit(p, "data/package.json", "\"exports\":[{",
         "\"exports\":[{\"feed\":2,\"seq\":0,\"leaf\":"
         "\"0000000000000000000000000000000000000000000000000000000000000000\"},{");
}
static void claims_twice(GArray *p)
{
    edit(p, "data/package.json", "{\"v\":1", "{\"v\":1,\"v\":1");
}
static void feed_says_another_size(GArray *p)
{
    edit(p, FEED "feed.json", "\"size\":6", "\"size\":5");
}
static void feed_says_another_root(GArray *p)
{
    GByteArray *bytes = piece(p, FEED "feed.json")->bytes;
    guint8 *digit = &bytes->data[bytes->len - 3];
    *digit = *digit == 'a' ? 'b' : 'a';
}
static void feed_of_another_epoch(GArray *p)
{
    edit(p, FEED "feed.json", "\"epoch\":\"", "\"epoch\":\"0000000000000000\",\"size\":6,\"x\":\"");
}
static void feed_renumbered(GArray *p)
{
    static const char *const names[] = {"acts", "confirmations", "feed.json", "headers"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *from = g_strconcat(FEED, names[i], NULL), *to = g_strconcat("data/feeds/2/", names[i], NULL);
        g_autofree char *text = g_strdup(text_of(p, from));
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
    {"claims-twice", FALSE, claims_twice, SIGNED, "package.malformed", "data/package.json", -1},
    {"feed-says-another-size", FALSE, feed_says_another_size, SIGNED, "feed.size", FEED "feed.json", -1},
    {"feed-says-another-root", FALSE, feed_says_another_root, SIGNED, "feed.root", FEED "feed.json", -1},
    {"feed-of-another-epoch", FALSE, feed_of_another_epoch, SIGNED, "feed.malformed", FEED "feed.json", -1},
    {"feed-renumbered", FALSE, feed_renumbered, SIGNED, "feed.missing", "data/feeds/1/", -1},
    {"headers-lost", FALSE, headers_lost, SIGNED, "feed.missing", FEED "headers", -1},
};

static void a_change_is_named(gconstpointer data)
{
    const Change *change = data;
    g_autoptr(GArray) pieces = pieces_of(change->of_part ? part : whole);
    change->change(pieces);
    g_autoptr(GByteArray) package = change->join == AS_IS      ? pieces_join(pieces, NULL)
                                    : change->join == UNSIGNED ? pieces_join_unsigned(pieces)
                                                               : pieces_join(pieces, small.log);
    g_autoptr(PackageReport) report = small_verify(package, small.types, NULL);
    g_assert_cmpint(package_report_exit(report), ==, 1);
    const PackageDamage *damage = first_damage(report);
    if (!g_str_equal(damage->code, change->code) || !g_str_has_prefix(damage->file, change->file))
        g_error("%s: expected %s at %s, got %s at %s: %s", change->name, change->code, change->file, damage->code,
                damage->file, damage->why);
    if (change->line > 0)
        g_assert_cmpint((gint64)damage->line, ==, change->line);
    g_autofree char *text = package_report_text(report, "small.zip");
    g_assert_nonnull(strstr(text, damage->why));
    g_assert_nonnull(strstr(text, damage->file));
    g_autoptr(json_t) json = package_report_json(report, "small.zip");
    g_assert_nonnull(json);
}

/* The feed as if its last record had never been: all that its node signs fits again. */
static void shorten(GArray *pieces, guint feed, const SmallCase *of)
{
    static const char *const names[] = {"headers", "acts", "confirmations"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_strdup_printf("data/feeds/%u/%s", feed, names[i]);
        drop_line(pieces, name, 4);
    }
    g_autofree char *json = g_strdup_printf("data/feeds/%u/feed.json", feed);
    g_autofree char *headers = g_strdup_printf("data/feeds/%u/headers", feed);
    g_autofree char *old = g_strdup_printf("data/feeds/%u/checkpoints/5.checkpoint", feed);
    g_autofree char *new = g_strdup_printf("data/feeds/%u/checkpoints/4.checkpoint", feed);
    g_autoptr(GPtrArray) lines = lines_of(pieces, headers);
    g_autoptr(MerkleFrontier) frontier = merkle_frontier_new();
    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(GBytes) header = g_bytes_new(lines->pdata[i], strlen(lines->pdata[i]));
        merkle_frontier_append(frontier, header);
    }
    Piece *info = piece(pieces, json);
    g_autoptr(PackageFeedInfo) feed_info =
        package_feed_info_parse((const char *)info->bytes->data, info->bytes->len, NULL);
    feed_info->size = 4;
    feed_info->root = merkle_frontier_root(frontier);
    g_autofree char *text = package_feed_info_text(feed_info);
    g_autofree char *origin =
        checkpoint_feed_origin(feed_info->node, feed_info->space, feed_info->lane, feed_info->epoch);
    g_autofree char *note = checkpoint_sign(origin, 4, &feed_info->root, of->log);
    piece_set(pieces, json, text, strlen(text));
    piece_drop(pieces, old);
    piece_set(pieces, new, note, strlen(note));
}

/* After a restore the node writes in a second feed; the package has both, and the export's past holds the first. */
static void two_epochs_of_one_node(void)
{
    g_auto(SmallCase) case_;
    small_case_open(&case_, 8);
    small_case_continue(&case_);
    g_autoptr(GByteArray) package = small_case_export(&case_, NULL);
    g_autoptr(PackageReport) report = small_verify(package, case_.types, NULL);
    assert_intact(report);
    g_assert_cmpuint(report->reached->len, ==, 2);
    g_assert_cmpuint(report->records, ==, 5 + 3);
    g_assert_cmpstr(report->export_class, ==, "valid");

    /* Its own node leaves out the last record of the first feed, and signs that: the second feed had seen it. */
    g_autoptr(GArray) pieces = pieces_of(package);
    gboolean swapped = strstr(text_of(pieces, "data/feeds/1/acts"), "exhibit.added") == NULL;
    shorten(pieces, swapped ? 2 : 1, &case_);
    g_autoptr(GByteArray) shorter = pieces_join(pieces, case_.log);
    g_autoptr(PackageReport) damaged = small_verify(shorter, case_.types, NULL);
    g_assert_cmpstr(first_damage(damaged)->code, ==, "record.waiting");
}

/* Whoever puts things in order again without a key is found out all the same. */
static void nothing_is_free_without_the_key(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(GArray) pieces = pieces_of(changes[i].of_part ? part : whole);
        changes[i].change(pieces);
        g_autoptr(GByteArray) package = pieces_join_unsigned(pieces);
        const GByteArray *before = changes[i].of_part ? part : whole;
        if (package->len == before->len && memcmp(package->data, before->data, before->len) == 0)
            continue; /* putting a manifest in order undid it */
        g_autoptr(PackageReport) report = small_verify(package, small.types, NULL);
        if (package_report_exit(report) != 1)
            g_error("%s is not noticed", changes[i].name);
    }
}

static void one_flipped_bit_anywhere_is_noticed(void)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(20261124);
    for (guint round = 0; round < 400; round++) {
        g_autoptr(GByteArray) package = g_byte_array_new();
        g_byte_array_append(package, whole->data, whole->len);
        guint at = (guint)g_rand_int_range(chance, 0, (gint32)whole->len);
        package->data[at] ^= (guint8)(1 << g_rand_int_range(chance, 0, 8));
        g_autoptr(PackageReport) report = small_verify(package, small.types, NULL);
        if (package_report_exit(report) != 1)
            g_error("a bit in byte %u is not noticed", at);
        g_assert_true(first_damage(report)->file[0] || first_damage(report)->byte != PLACE_NONE);
    }
}

/* ---- keys that have ended ---- */

static char *card_after(const SmallCase *self, gint64 until_ms, const CardCutoff *cutoff)
{
    g_autoptr(Card) card = card_parse(self->card, strlen(self->card), NULL);
    card->number = 2;
    card->has_previous = TRUE;
    card->previous = card->hash;
    card->issued_ms += 60000;
    for (guint i = 0; i < card->keys->len; i++) {
        CardKey *key = &g_array_index(card->keys, CardKey, i);
        key->until_ms = key->kind == CARD_LOG ? until_ms : key->until_ms;
    }
    if (cutoff)
        card_add_cutoff(card, cutoff->lane, cutoff->epoch, cutoff->size, &cutoff->root);
    const SigningKey *key = self->identity;
    return card_sign(card, &key, 1);
}

static PackageReport *verify_with_card(gint64 until_ms, const CardCutoff *cutoff, gboolean witnessed)
{
    g_auto(SmallCase) case_;
    small_case_open(&case_, 6);
    case_.no_witness = !witnessed;
    g_autoptr(GByteArray) package = small_case_export(&case_, NULL);
    g_autofree char *text = card_after(&case_, until_ms, cutoff);
    g_autoptr(GPtrArray) trust = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
    g_ptr_array_add(trust, card_parse(text, strlen(text), NULL)); /* the clerk has a newer card than the package */
    return small_verify(package, case_.types, trust);
}

static void a_key_that_ended(void)
{
    gint64 early = 1795000100000, late = 1795000300000; /* before, and after, the witness saw it */
    g_autoptr(PackageReport) unwitnessed = verify_with_card(late, NULL, FALSE);
    g_assert_cmpstr(first_damage(unwitnessed)->code, ==, "checkpoint.retired");
    g_autoptr(PackageReport) too_late = verify_with_card(early, NULL, TRUE);
    g_assert_cmpstr(first_damage(too_late)->code, ==, "checkpoint.retired");
    g_autoptr(PackageReport) witnessed = verify_with_card(late, NULL, TRUE);
    assert_intact(witnessed);
    g_assert_cmpint(package_report_exit(witnessed), ==, 0);
}

static void a_cutoff_says_how_far_the_key_had_come(void)
{
    g_autoptr(PackageReport) plain = small_verify(whole, small.types, NULL);
    const PackageReach *reach = &g_array_index(plain->reached, PackageReach, 0);
    g_auto(SmallCase) case_;
    small_case_open(&case_, 6);
    case_.no_witness = TRUE;
    g_autoptr(GByteArray) package = small_case_export(&case_, NULL);
    Hash root;
    guint32 line = lane_own_line(case_.lane);
    g_assert_true(lane_root(case_.lane, line, 6, &root, NULL));
    for (guint64 size = 5; size <= 6; size++) {
        CardCutoff cutoff = {case_.lane_id, lane_line(case_.lane, line)->epoch, size, root};
        g_autofree char *text = card_after(&case_, 1795000300000, &cutoff);
        g_autoptr(GPtrArray) trust = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
        g_ptr_array_add(trust, card_parse(text, strlen(text), NULL));
        g_autoptr(PackageReport) report = small_verify(package, case_.types, trust);
        if (size == 6)
            assert_intact(report);
        else
            g_assert_cmpstr(first_damage(report)->code, ==, "checkpoint.retired");
    }
    g_assert_cmpuint(reach->size, ==, 6);
}

/* ---- what is no package ---- */

static void what_is_no_package(void)
{
    static const char *const files[] = {"", "PK", "%PDF-1.7 a letter", "PK\3\4"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_byte_array_append(bytes, (const guint8 *)files[i], (guint)strlen(files[i]));
        g_autoptr(PackageReport) report = small_verify(bytes, small.types, NULL);
        g_assert_cmpint(package_report_exit(report), ==, 1);
        g_autofree char *text = package_report_text(report, "letter.pdf");
        g_assert_nonnull(strstr(text, "This package is damaged"));
    }
}

static void what_cannot_be_opened(void)
{
    g_autoptr(GError) absent = NULL, folder = NULL;
    PackageReport *report = NULL;
    PackageVerifyOptions options = {.types = small.types};
    g_assert_false(package_verify_path("/nonexistent.zip", &options, &report, &absent));
    g_assert_error(absent, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_assert_false(package_verify_path("/", &options, &report, &folder));
    g_assert_error(folder, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_assert_null(report);
}

static gboolean stop_at_once(gpointer data, guint64 done, guint64 total)
{
    (void)data;
    (void)done;
    (void)total;
    return FALSE;
}

static void it_can_be_stopped(void)
{
    g_autoptr(GError) error = NULL;
    PackageReport *report = NULL;
    PackageVerifyOptions options = {.types = small.types, .progress = stop_at_once};
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "comity-test-package.zip", NULL);
    g_assert_true(g_file_set_contents(path, (const char *)whole->data, (gssize)whole->len, NULL));
    g_assert_false(package_verify_path(path, &options, &report, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CANCELLED);
    g_assert_null(report);
    remove(path);
}

static void names_of_base_directories(void)
{
    static const char *const names[][2] = {
        {"Harbour 12/26", "Harbour-12-26"}, {"...x", "x"}, {"\xd8\xaf", "package"}, {"a\xc3\xa9_b.c", "a-_b.c"}};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *base = package_base_name(names[i][0]);
        g_assert_cmpstr(base, ==, names[i][1]);
    }
}

/* The seeds of tests/fuzz/package.c: COMITY_WRITE_CORPUS=tests/fuzz/corpus test-package */
static void write_corpus(const char *folder)
{
    if (!folder)
        return;
    g_autofree char *first = g_build_filename(folder, "package", "whole.zip", NULL);
    g_autofree char *second = g_build_filename(folder, "package", "part.zip", NULL);
    g_assert_true(g_file_set_contents(first, (const char *)whole->data, (gssize)whole->len, NULL));
    g_assert_true(g_file_set_contents(second, (const char *)part->data, (gssize)part->len, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    small_case_open(&small, 1);
    whole = small_case_export(&small, NULL);
    part = small_case_export(&small, small.knife);
    g_test_add_func("/package/the-whole-is-intact", the_whole_is_intact);
    g_test_add_func("/package/whom-the-clerk-trusts", whom_the_clerk_trusts);
    g_test_add_func("/package/a-part-says-what-is-withheld", a_part_says_what_is_withheld);
    g_test_add_func("/package/times-are-bracketed-by-witnesses", times_are_bracketed_by_witnesses);
    g_test_add_func("/package/without-witness-times-are-claims", without_witness_times_are_claims);
    g_test_add_func("/package/a-stream-gets-the-same-package", a_stream_gets_the_same_package);
    g_test_add_func("/package/a-file-may-be-left-out-with-a-reason", a_file_may_be_left_out_with_a_reason);
    g_test_add_func("/package/what-was-erased-leaves-a-hole", what_was_erased_leaves_a_hole);
    g_test_add_func("/package/two-epochs-of-one-node", two_epochs_of_one_node);
    g_test_add_func("/package/a-later-type-is-unknown-here", a_later_type_is_unknown_here);
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *path = g_strconcat("/package/named/", changes[i].name, NULL);
        g_test_add_data_func(path, &changes[i], a_change_is_named);
    }
    g_test_add_func("/package/nothing-is-free-without-the-key", nothing_is_free_without_the_key);
    g_test_add_func("/package/one-flipped-bit-anywhere-is-noticed", one_flipped_bit_anywhere_is_noticed);
    g_test_add_func("/package/a-key-that-ended", a_key_that_ended);
    g_test_add_func("/package/a-cutoff-says-how-far-the-key-had-come", a_cutoff_says_how_far_the_key_had_come);
    g_test_add_func("/package/what-is-no-package", what_is_no_package);
    g_test_add_func("/package/what-cannot-be-opened", what_cannot_be_opened);
    g_test_add_func("/package/it-can-be-stopped", it_can_be_stopped);
    g_test_add_func("/package/names-of-base-directories", names_of_base_directories);
    write_corpus(g_getenv("COMITY_WRITE_CORPUS"));
    int result = g_test_run();
    g_byte_array_unref(whole);
    g_byte_array_unref(part);
    small_case_close(&small);
    return result;
}
