/* tests/unit/package.c: a court clerk gets a package. What holds is said to hold; whatever somebody did to it on the
 * way is named, with its place. */
#include "base/error.h"
#include "base/text.h"
#include "ledger/proof.h"
#include "support/small-change.h"
#include <string.h>

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

/* A node is no witness to itself. */
static void its_own_witness_does_not_count(void)
{
    g_auto(SmallCase) alone;
    small_case_open(&alone, 9);
    alone.own_witness = TRUE;
    g_autoptr(GByteArray) package = small_case_export(&alone, NULL);
    g_autoptr(PackageReport) report = small_verify(package, alone.types, NULL);
    assert_intact(report);
    g_assert_cmpuint(report->attestations->len, ==, 0);
}

/* What its own node states wrongly is named as well, though every signature is good. */
static void a_length_that_is_not_the_file_s(void)
{
    g_auto(SmallCase) liar;
    small_case_open(&liar, 10);
    liar.lie = 1;
    small_case_add(&liar, "A map", "of the harbour");
    g_autoptr(GByteArray) package = small_case_export(&liar, NULL);
    g_autoptr(PackageReport) report = small_verify(package, liar.types, NULL);
    g_assert_cmpstr(first_damage(report)->code, ==, "blob.size");
    g_assert_cmpuint(first_damage(report)->record, ==, 5);
}

/* A store whose records don't make the root that was signed gives no package. */
static void what_would_not_verify_is_not_written(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(SmallCase) broken;
    small_case_open(&broken, 11);
    broken.wrong_root = TRUE;
    g_assert_null(small_case_try_export(&broken, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
}

/* The checksum alone is wrong, in both places where the ZIP has it: the file itself is right. */
static void a_wrong_checksum_alone(void)
{
    g_autoptr(GByteArray) package = g_byte_array_new();
    g_byte_array_append(package, whole->data, whole->len);
    static const char name[] = "small-case/data/report/custody.txt";
    guint8 *local = memmem(package->data, package->len, name, sizeof name - 1);
    guint8 *directory = memmem(local + 1, package->len - (gsize)(local + 1 - package->data), name, sizeof name - 1);
    local[14 - 30] ^= 1;
    directory[16 - 46] ^= 1;
    g_autoptr(PackageReport) report = small_verify(package, small.types, NULL);
    g_assert_cmpuint(report->damages->len, ==, 1);
    g_assert_cmpstr(first_damage(report)->code, ==, "zip.checksum");
    g_assert_cmpstr(first_damage(report)->file, ==, "data/report/custody.txt");
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

/* The feed as if its last record had never been: all that its node signs fits again. */
static void shorten(GArray *pieces, guint feed, const SmallCase *of)
{
    static const char *const names[] = {"headers", "acts", "confirmations"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_strdup_printf("data/feeds/%u/%s", feed, names[i]);
        piece_drop_line(pieces, name, 4);
    }
    g_autofree char *json = g_strdup_printf("data/feeds/%u/feed.json", feed);
    g_autofree char *headers = g_strdup_printf("data/feeds/%u/headers", feed);
    g_autofree char *old = g_strdup_printf("data/feeds/%u/checkpoints/5.checkpoint", feed);
    g_autofree char *new = g_strdup_printf("data/feeds/%u/checkpoints/4.checkpoint", feed);
    g_autoptr(GPtrArray) lines = piece_lines(pieces, headers);
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
    gboolean swapped = strstr(piece_text(pieces, "data/feeds/1/acts"), "exhibit.added") == NULL;
    shorten(pieces, swapped ? 2 : 1, &case_);
    g_autoptr(GByteArray) shorter = pieces_join(pieces, case_.log);
    g_autoptr(PackageReport) damaged = small_verify(shorter, case_.types, NULL);
    g_assert_cmpstr(first_damage(damaged)->code, ==, "record.waiting");
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

/* A later card that the node's own keys never led to. */
static void a_later_card_of_a_forger(void)
{
    g_auto(SmallCase) forger;
    small_case_open(&forger, 2);
    g_autofree char *text = card_after(&forger, CARD_FOREVER, NULL);
    g_autoptr(GPtrArray) trust = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
    g_ptr_array_add(trust, card_parse(text, strlen(text), NULL));
    g_autoptr(PackageReport) report = small_verify(whole, small.types, trust);
    assert_intact(report);
    g_assert_cmpint(package_report_exit(report), ==, 4);
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
    guint32 line = lane_own_line(case_.lane);
    for (guint64 size = 5; size <= 6; size++) {
        Hash root;
        g_assert_true(lane_root(case_.lane, line, size, &root, NULL));
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
    g_test_add_func("/package/its-own-witness-does-not-count", its_own_witness_does_not_count);
    g_test_add_func("/package/a-length-that-is-not-the-file-s", a_length_that_is_not_the_file_s);
    g_test_add_func("/package/what-would-not-verify-is-not-written", what_would_not_verify_is_not_written);
    g_test_add_func("/package/a-wrong-checksum-alone", a_wrong_checksum_alone);
    g_test_add_func("/package/a-stream-gets-the-same-package", a_stream_gets_the_same_package);
    g_test_add_func("/package/a-file-may-be-left-out-with-a-reason", a_file_may_be_left_out_with_a_reason);
    g_test_add_func("/package/what-was-erased-leaves-a-hole", what_was_erased_leaves_a_hole);
    g_test_add_func("/package/two-epochs-of-one-node", two_epochs_of_one_node);
    g_test_add_func("/package/a-later-type-is-unknown-here", a_later_type_is_unknown_here);
    g_test_add_func("/package/one-flipped-bit-anywhere-is-noticed", one_flipped_bit_anywhere_is_noticed);
    g_test_add_func("/package/a-later-card-of-a-forger", a_later_card_of_a_forger);
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
