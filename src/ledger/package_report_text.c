/* ledger/package_report_text.c: the five answers in words, for a terminal (design of the questions: docs/format.md). */
#include "base/text.h"
#include "ledger/package_report.h"
#include <string.h>

#define DAMAGES_SHOWN 20
#define REMARKS_SHOWN 40
#define SUBJECTS_SHOWN 20

/* 1234567 as "1,234,567". New string. */
static char *grouped(guint64 value)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, value);
    GString *text = g_string_new(NULL);
    gsize length = strlen(digits);
    for (gsize i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    return g_string_free(text, FALSE);
}

/* "1 record", "2 records". New string. */
static char *counted(guint64 value, const char *thing)
{
    g_autofree char *number = grouped(value);
    return g_strdup_printf("%s %s%s", number, thing, value == 1 ? "" : "s");
}

static void append_time(GString *text, gint64 unix_s)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_s);
    g_autofree char *words = time ? g_date_time_format(time, "%e %B %Y, %H:%M:%S UTC") : g_strdup("?");
    g_string_append(text, g_strchug(words));
}

/* Where a damage is, as far as it is known: the place first. */
static void append_place(GString *text, const PackageDamage *damage)
{
    g_string_append(text, damage->file[0] ? damage->file : "the package");
    if (damage->line != PLACE_NONE)
        g_string_append_printf(text, ", line %" G_GUINT64_FORMAT, damage->line);
    if (damage->record != PLACE_NONE)
        g_string_append_printf(text, ", record %" G_GUINT64_FORMAT " of feed %u", damage->record, damage->feed);
    if (damage->byte != PLACE_NONE)
        g_string_append_printf(text, ", byte %" G_GUINT64_FORMAT " of the ZIP file", damage->byte);
}

static const PackageNode *exporter(const PackageReport *self)
{
    for (guint i = 0; i < self->nodes->len; i++)
        if (g_array_index(self->nodes, PackageNode, i).exporter)
            return &g_array_index(self->nodes, PackageNode, i);
    return NULL;
}

static void append_verdict(GString *text, const PackageReport *self)
{
    const PackageNode *from = exporter(self);
    const char *title = from && from->title[0] ? from->title : from ? from->node : "";
    if (!package_report_is_intact(self)) {
        const PackageDamage *first = &g_array_index(self->damages, PackageDamage, 0);
        g_string_append(text, "This package is damaged: ");
        append_place(text, first);
        g_string_append_printf(text, " %s.\n", first->why);
    } else if (self->trust == TRUST_YES) {
        g_string_append_printf(text, "This package is intact, and it comes from %s.\n", title);
    } else if (self->trust == TRUST_NO) {
        g_string_append(text, "This package is intact, but it comes from none of those whose cards you gave.\n");
    } else {
        g_string_append(text, "This package is intact. Comity cannot tell who made it: add their card with --trust.\n");
    }
}

static void answer_intact(GString *text, const PackageReport *self)
{
    g_autofree char *records = counted(self->records, "record"), *files = counted(self->files, "file");
    g_autofree char *signatures = counted(self->signatures, "signature");
    g_string_append(text, "\n1. Is it intact?\n");
    if (package_report_is_intact(self)) {
        g_string_append_printf(text,
                               "   Yes. All %s and %s are exactly as they were written. Nothing was changed,\n"
                               "   removed or put in another order. Checked: %s and every hash.\n",
                               records, files, signatures);
        return;
    }
    g_string_append(text, "   No.\n");
    for (guint i = 0; i < self->damages->len && i < DAMAGES_SHOWN; i++) {
        const PackageDamage *damage = &g_array_index(self->damages, PackageDamage, i);
        g_string_append(text, "   - ");
        append_place(text, damage);
        g_string_append_printf(text, " %s. [%s]\n", damage->why, damage->code);
    }
    if (self->damages->len > DAMAGES_SHOWN)
        g_string_append_printf(text, "   - and %u more.\n", self->damages->len - DAMAGES_SHOWN);
}

static void answer_from(GString *text, const PackageReport *self)
{
    const PackageNode *from = exporter(self);
    g_string_append(text, "\n2. From whom, and do you trust that key?\n");
    if (!from) {
        g_string_append(text, "   It cannot be told.\n");
        return;
    }
    g_string_append_printf(text, "   %s %s (%s, %s).\n", package_report_is_intact(self) ? "From" : "It says: from",
                           from->title, from->node, from->country);
    if (from->trust == TRUST_YES)
        g_string_append_printf(
            text, "   You trust this key: you gave its card. Its newest card is number %" G_GUINT64_FORMAT ".\n",
            from->card);
    else
        g_string_append(text,
                        from->trust == TRUST_NO
                            ? "   You do not: no card that you gave is this node's, or leads to its keys.\n"
                            : "   Nobody said. Get the node's card from it by another way and give it with --trust.\n");
    g_string_append_printf(text, "   Fingerprint of its identity key: %s\n", from->identity);
    for (guint i = 0; i < self->nodes->len; i++) {
        const PackageNode *node = &g_array_index(self->nodes, PackageNode, i);
        if (!node->exporter)
            g_string_append_printf(text, "   With records of %s (%s), %s.\n", node->title, node->node,
                                   node->trust == TRUST_YES  ? "whom you trust"
                                   : node->trust == TRUST_NO ? "whose card you did not give"
                                                             : "of whom nobody said whether you trust it");
    }
}

static void answer_checked(GString *text, const PackageReport *self)
{
    g_string_append(text, "\n3. Who else has checked it?\n");
    if (self->attestations->len == 0)
        g_string_append(text, "   Nobody else. Only its own node vouches for the order of this history.\n");
    for (guint i = 0; i < self->attestations->len; i++) {
        const PackageAttestation *item = &g_array_index(self->attestations, PackageAttestation, i);
        g_autofree char *records = counted(item->size, "record");
        g_string_append_printf(text, "   %s, for the first %s of feed %u, on ", item->node, records, item->feed);
        append_time(text, item->time_s);
        g_string_append(text, item->anchor ? " (through an anchor: it saw a hash only).\n" : ".\n");
    }
}

static void answer_since(GString *text, const PackageReport *self)
{
    g_string_append(text, "\n4. Since when does it exist, at the latest?\n");
    if (self->not_after_s == 0) {
        g_string_append(text, "   Its times are claimed by its own node alone; nobody else attests them.\n");
        return;
    }
    g_string_append(text, "   The whole since ");
    append_time(text, self->not_after_s);
    g_string_append_printf(text, ": %s attests it.\n", self->not_after_by);
}

static void append_part(GString *text, const PackageReport *self)
{
    const GPtrArray *subjects = self->contents->subjects;
    g_autofree char *withheld = counted(self->withheld, "record"), *chosen = counted(subjects->len, "chosen subject");
    g_string_append_printf(text,
                           "   A part, and it says which: every act on %s is here, none is missing.\n"
                           "   The content of %s is withheld; their places in the order are proven.\n",
                           chosen, withheld);
    for (guint i = 0; i < subjects->len && i < SUBJECTS_SHOWN; i++)
        g_string_append_printf(text, "   - %s\n", (const char *)g_ptr_array_index(subjects, i));
    if (subjects->len > SUBJECTS_SHOWN)
        g_string_append_printf(text, "   - and %u more.\n", subjects->len - SUBJECTS_SHOWN);
}

static void append_extent(GString *text, const PackageReport *self)
{
    g_autofree char *erased = counted(self->erased, "record"), *files = counted(self->left_out->len, "file");
    if (self->contents->whole)
        g_string_append(text, "   The whole, as far as is said below.\n");
    else
        append_part(text, self);
    if (self->erased > 0)
        g_string_append_printf(text, "   The content of %s was erased by order.\n", erased);
    if (self->left_out->len > 0)
        g_string_append_printf(text, "   Left out: %s, each with a reason.\n", files);
    g_string_append(text, self->export_confirmed ? "   The export was confirmed by a person's passkey.\n"
                                                 : "   The export was not confirmed by a person: a machine made it.\n");
}

static void answer_extent(GString *text, const PackageReport *self)
{
    g_string_append(text, "\n5. Is it all, or a part?\n");
    if (!self->contents || !package_report_is_intact(self)) {
        g_string_append(text, "   It cannot be told of a damaged package.\n");
        return;
    }
    append_extent(text, self);
    for (guint i = 0; i < self->reached->len; i++) {
        const PackageReach *item = &g_array_index(self->reached, PackageReach, i);
        g_autofree char *records = counted(item->size, "record"), *time = time_text(item->last_ms);
        g_string_append_printf(text, "   Complete as far as %s had come: %s, the last of %s (epoch %s).\n", item->node,
                               records, time, item->epoch);
    }
}

static void append_remarks(GString *text, const PackageReport *self)
{
    if (self->remarks->len > 0)
        g_string_append(text, "\nOf single records (this changes nothing of the above):\n");
    for (guint i = 0; i < self->remarks->len && i < REMARKS_SHOWN; i++) {
        const PackageRemark *item = &g_array_index(self->remarks, PackageRemark, i);
        g_string_append_printf(text, "   feed %u, record%s %" G_GUINT64_FORMAT, item->feed,
                               item->first == item->last ? "" : "s", item->first);
        if (item->first != item->last)
            g_string_append_printf(text, " to %" G_GUINT64_FORMAT, item->last);
        g_string_append_printf(text, ": %s%s%s\n", item->what, item->reason[0] ? ", " : "", item->reason);
    }
    if (self->remarks->len > REMARKS_SHOWN)
        g_string_append_printf(text, "   and %u more; --json lists them.\n", self->remarks->len - REMARKS_SHOWN);
}

char *package_report_text(const PackageReport *self, const char *name)
{
    g_autofree char *size = grouped(self->bytes);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s, %s bytes\n\n", name, size);
    append_verdict(text, self);
    answer_intact(text, self);
    answer_from(text, self);
    answer_checked(text, self);
    answer_since(text, self);
    answer_extent(text, self);
    append_remarks(text, self);
    g_string_append(text, "\nWhat this does not say: it proves what these persons wrote, and when as far as attested.\n"
                          "It does not prove that what they wrote is true.\n");
    if (self->verify_html[0])
        g_string_append_printf(text, "\nThe verify.html in this package: %s\n", self->verify_html);
    return g_string_free(text, FALSE);
}
