/* What proves a record: its place under a signed checkpoint, the checkpoint's place under an anchor, the anchor's place in
 * a signed log; checked here with the ledger's own verifiers, as an outsider would with the texts alone. */
#include "base/error.h"
#include "base/text.h"
#include "ledger/anchor.h"
#include "ledger/card.h"
#include "ledger/core_acts.h"
#include "ledger/package_verify.h"
#include "ledger/proof.h"
#include "node/acts.h"
#include "node/anchors.h"
#include "node/package_source.h"
#include "node/proof.h"
#include "support/notebook.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    Bench bench;
    Db *db;
    char *space, *lane;
} Case;

static void setup(Case *self, gconstpointer data)
{
    (void)data;
    bench_setup(&self->bench, NULL);
    self->space = bench_space(&self->bench);
    g_autofree char *sql = g_strdup_printf("SELECT lane FROM space WHERE id = '%s'", self->space);
    self->lane = bench_text(&self->bench, sql);
    self->db = node_reader_open(self->bench.node, NULL);
}

static void teardown(Case *self, gconstpointer data)
{
    (void)data;
    db_close(self->db);
    bench_teardown(&self->bench);
    g_free(self->space);
    g_free(self->lane);
}

/* Writes a note; the leaf of its record. */
static Hash note(Case *self, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *subject = bench_write(&self->bench, self->space, NULL, text, &error);
    g_assert_no_error(error);
    return bench_leaf(&self->bench, self->space, subject);
}

static char *state_of(Case *self, const Hash *leaf)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) status = proof_status_json(self->bench.node, self->db, self->lane, leaf, &error);
    g_assert_no_error(error);
    return g_strdup(json_text(status, "state"));
}

static Card *own_card(Case *self)
{
    g_autofree char *text = node_card(self->bench.node);
    return card_parse(text, strlen(text), NULL);
}

/* ---- one record ---- */

static void a_record_is_proven_at_once(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    Hash leaf = note(self, "first"), none = {0};
    g_autofree char *state = state_of(self, &leaf), *missing = state_of(self, &none);
    g_assert_cmpstr(state, ==, "proven");
    g_assert_cmpstr(missing, ==, "damaged");
    g_autoptr(RecordProof) proof = record_proof(self->bench.node, self->db, self->lane, &leaf, &error);
    g_assert_no_error(error);
    g_assert_true(proof->verified);
    g_autoptr(Card) card = own_card(self);
    g_autoptr(GPtrArray) keys = card_keys(card, CARD_LOG, G_MININT64);
    g_autoptr(Proof) parsed = proof_parse(proof->proof, strlen(proof->proof), &error);
    g_autoptr(Checkpoint) checkpoint = proof_verify(parsed, &leaf, NULL, keys, NULL, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *begin = g_strdup_printf("harbour.node.test/%s/%s/", self->space, self->lane);
    g_assert_true(g_str_has_prefix(checkpoint->origin, begin));
    g_autoptr(json_t) json = record_proof_json(proof);
    g_assert_cmpstr(json_text(json, "class"), ==, "valid");
    g_assert_true(json_is_null(json_object_get(json, "anchor")));
}

/* ---- anchors ---- */

static void verify_anchored(Case *self, const Hash *leaf, const RecordProof *proof)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Card) card = own_card(self);
    g_autoptr(GPtrArray) keys = card_keys(card, CARD_LOG, G_MININT64);
    /* The feed's checkpoint leads to a root... */
    g_autoptr(Anchored) anchored = anchored_parse(proof->anchored, strlen(proof->anchored), &error);
    g_assert_no_error(error);
    g_autoptr(Checkpoint) feed = checkpoint_open(proof->anchored_checkpoint, strlen(proof->anchored_checkpoint), NULL,
                                                 keys, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *text = checkpoint_text(feed->origin, feed->size, &feed->root);
    Hash root;
    g_assert_true(anchored_root(anchored, text, strlen(text), &root, &error));
    g_assert_no_error(error);
    /* ...which is the anchor's entry in the node's log. */
    Hash entry = anchor_entry_leaf(&root, proof->anchor.index);
    g_autofree char *origin = g_strconcat("harbour.node.test/anchors/", proof->anchor.epoch, NULL);
    g_autoptr(Proof) log = proof_parse(proof->anchor_proof, strlen(proof->anchor_proof), &error);
    g_autoptr(Checkpoint) anchors = proof_verify(log, &entry, origin, keys, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(anchors);
    g_assert_cmpuint(feed->size, >, proof->row.at.seq);
    (void)leaf;
}

static void an_anchor_covers_what_was_written_before(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    Hash before = note(self, "before");
    AnchorPlace made;
    g_assert_true(node_anchor_if_due(self->bench.node, &error));
    g_assert_no_error(error);
    Hash after = note(self, "after");
    g_autoptr(RecordProof) covered = record_proof(self->bench.node, self->db, self->lane, &before, &error);
    g_autoptr(RecordProof) late = record_proof(self->bench.node, self->db, self->lane, &after, &error);
    g_assert_no_error(error);
    g_assert_cmpint(covered->anchored_ms, >, 0);
    g_assert_null(late->anchored);
    verify_anchored(self, &before, covered);
    for (guint i = 1; i <= 3; i++) {
        g_assert_true(node_anchor(self->bench.node, &made, &error));
        g_assert_cmpuint(made.index, ==, i);
        g_autofree char *text = g_strdup_printf("note %u", i);
        note(self, text);
    }
    g_autoptr(RecordProof) later = record_proof(self->bench.node, self->db, self->lane, &after, &error);
    g_assert_cmpuint(later->anchor.index, ==, 1);
    verify_anchored(self, &after, later);
    bench_audit(&self->bench, NULL);
}

static void without_growth_no_anchor_is_made(Case *self, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 3; i++)
        g_assert_true(node_anchor_if_due(self->bench.node, NULL));
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM anchor"), ==, 1);
    note(self, "more");
    g_assert_true(node_anchor_if_due(self->bench.node, NULL));
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM anchor"), ==, 2);
}

/* ---- packages ---- */

static PackageReport *write_and_verify(Case *self, const NodePackage *package)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(self->bench.folder, "package.zip", NULL);
    int fd = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    ZipSink sink = zip_sink_file(&fd);
    guint64 size = 0;
    g_assert_true(node_package_size(self->bench.node, self->db, package, &size, &error));
    g_assert_true(node_package_write(self->bench.node, self->db, package, &sink, &error));
    g_assert_no_error(error);
    close(fd);
    g_autoptr(Card) card = own_card(self);
    g_autoptr(GPtrArray) trust = g_ptr_array_new();
    g_ptr_array_add(trust, card);
    const PackageVerifyOptions options = {.types = node_act_types(self->bench.node), .trust = trust};
    PackageReport *report = NULL;
    g_assert_true(package_verify_path(path, &options, &report, &error));
    g_assert_no_error(error);
    return report;
}

static void assert_sound(const PackageReport *report)
{
    for (guint i = 0; i < report->damages->len; i++) {
        const PackageDamage *damage = &g_array_index(report->damages, PackageDamage, i);
        g_test_message("%s %s: %s", damage->code, damage->file, damage->why);
    }
    g_assert_cmpuint(report->damages->len, ==, 0);
}

static void a_package_of_the_lane_verifies(Case *self, gconstpointer data)
{
    (void)data;
    note(self, "first");
    note(self, "second");
    Hash made = note(self, "stands for the export");
    note(self, "written after the export");
    const NodePackage whole = {.space = self->space, .lane = self->lane, .leaf = &made, .name = "Harbour 7/26"};
    g_autoptr(PackageReport) report = write_and_verify(self, &whole);
    assert_sound(report);
    g_assert_cmpuint(report->contents->records, ==, 4); /* the charter, and the three up to the export */
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM anchor"), ==, 1); /* made for it */
}

static void a_package_of_one_subject_verifies(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *chosen = bench_write(&self->bench, self->space, NULL, "chosen", NULL);
    bench_change(&self->bench, self->space, chosen, "changed");
    note(self, "not chosen");
    Hash made = note(self, "stands for the export");
    const char *const subjects[] = {chosen, NULL};
    const NodePackage part = {
        .space = self->space, .lane = self->lane, .leaf = &made, .name = "Harbour", .subjects = subjects};
    g_autoptr(PackageReport) report = write_and_verify(self, &part);
    assert_sound(report);
    g_assert_cmpuint(report->contents->withheld, ==, 1);
}

/* A lane that was restored in between has two feeds, which the package names both. */
static void a_package_shows_both_epochs(Case *self, gconstpointer data)
{
    (void)data;
    note(self, "first");
    g_assert_true(node_anchor(self->bench.node, NULL, NULL)); /* in a log that the copy does not go on with */
    g_clear_pointer(&self->db, db_close);
    bench_close(&self->bench);
    bench_copy(&self->bench, "data", "old");
    bench_copy(&self->bench, "old", "data");
    g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*every feed goes on in a new epoch*");
    bench_open(&self->bench);
    g_test_assert_expected_messages();
    self->db = node_reader_open(self->bench.node, NULL);
    Hash made = note(self, "stands for the export");
    const NodePackage whole = {.space = self->space, .lane = self->lane, .leaf = &made, .name = "Harbour"};
    g_autoptr(PackageReport) report = write_and_verify(self, &whole);
    assert_sound(report);
    g_assert_cmpuint(report->reached->len, ==, 2);
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(DISTINCT epoch) FROM anchor"), ==, 2);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add("/node/proofs/" name, Case, NULL, setup, function, teardown)
    TEST("proven", a_record_is_proven_at_once);
    TEST("anchors", an_anchor_covers_what_was_written_before);
    TEST("no-growth", without_growth_no_anchor_is_made);
    TEST("package", a_package_of_the_lane_verifies);
    TEST("package-of-one", a_package_of_one_subject_verifies);
    TEST("package-of-two-epochs", a_package_shows_both_epochs);
    return g_test_run();
}
