/* ledger/package_report.c: the report as a structure and for programs. package_report_text.c: for people. */
#include "ledger/package_report.h"
#include "base/text.h"
#include <string.h>

static void damage_clear(gpointer item)
{
    PackageDamage *damage = item;
    g_free(damage->code);
    g_free(damage->file);
    g_free(damage->why);
}

static void node_clear(gpointer item)
{
    PackageNode *node = item;
    g_free(node->node);
    g_free(node->title);
    g_free(node->country);
    g_free(node->identity);
}

static void attestation_clear(gpointer item)
{
    g_free(((PackageAttestation *)item)->node);
}

static void reach_clear(gpointer item)
{
    PackageReach *reach = item;
    g_free(reach->node);
    g_free(reach->lane);
    g_free(reach->epoch);
}

static void remark_clear(gpointer item)
{
    g_free(((PackageRemark *)item)->reason);
}

static void left_out_clear(gpointer item)
{
    g_free(((PackageLeftOut *)item)->reason);
}

static GArray *array_of(gsize size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, (guint)size);
    g_array_set_clear_func(array, clear);
    return array;
}

PackageReport *package_report_new(void)
{
    PackageReport *self = g_new0(PackageReport, 1);
    self->damages = array_of(sizeof(PackageDamage), damage_clear);
    self->nodes = array_of(sizeof(PackageNode), node_clear);
    self->attestations = array_of(sizeof(PackageAttestation), attestation_clear);
    self->reached = array_of(sizeof(PackageReach), reach_clear);
    self->remarks = array_of(sizeof(PackageRemark), remark_clear);
    self->left_out = array_of(sizeof(PackageLeftOut), left_out_clear);
    self->base = g_strdup("");
    self->not_after_by = g_strdup("");
    self->verify_html = g_strdup("");
    self->export_class = "";
    return self;
}

void package_report_free(PackageReport *self)
{
    if (!self)
        return;
    GArray *arrays[] = {self->damages, self->nodes, self->attestations, self->reached, self->remarks, self->left_out};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
    package_contents_free(self->contents);
    g_free(self->base);
    g_free(self->not_after_by);
    g_free(self->verify_html);
    g_free(self);
}

gboolean package_report_is_intact(const PackageReport *self)
{
    return self->damages->len == 0;
}

int package_report_exit(const PackageReport *self)
{
    if (!package_report_is_intact(self))
        return 1;
    return self->trust == TRUST_YES ? 0 : self->trust == TRUST_NO ? 4 : 3;
}

void package_report_bracket(const PackageReport *self, guint32 feed, guint64 seq, gint64 *not_before, gint64 *not_after)
{
    *not_before = *not_after = 0;
    for (guint i = 0; i < self->attestations->len; i++) {
        const PackageAttestation *item = &g_array_index(self->attestations, PackageAttestation, i);
        if (item->feed == feed && item->size > seq && (*not_after == 0 || item->time_s < *not_after))
            *not_after = item->time_s;
    }
    for (guint i = 0; i < self->attestations->len; i++) {
        const PackageAttestation *item = &g_array_index(self->attestations, PackageAttestation, i);
        if (item->feed == feed && item->size <= seq && item->time_s > *not_before &&
            (*not_after == 0 || item->time_s <= *not_after))
            *not_before = item->time_s;
    }
}

/* ---- for programs ---- */

static json_t *time_json(gint64 unix_s)
{
    char text[TIME_TEXT_SIZE];
    if (unix_s == 0)
        return json_null();
    time_write(text, unix_s * 1000);
    return json_string(text);
}

static json_t *number_json(guint64 value)
{
    return value == PLACE_NONE ? json_null() : json_integer((json_int_t)value);
}

static const char *trust_word(PackageTrust trust)
{
    return trust == TRUST_YES ? "trusted" : trust == TRUST_NO ? "not-trusted" : "not-asked";
}

static json_t *damages_json(const PackageReport *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->damages->len; i++) {
        const PackageDamage *damage = &g_array_index(self->damages, PackageDamage, i);
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s}", "code", damage->code, "file",
                                              damage->file, "line", number_json(damage->line), "feed",
                                              number_json(damage->feed ? damage->feed : PLACE_NONE), "record",
                                              number_json(damage->record), "byte", number_json(damage->byte), "why",
                                              damage->why));
    }
    return list;
}

static json_t *nodes_json(const PackageReport *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->nodes->len; i++) {
        const PackageNode *node = &g_array_index(self->nodes, PackageNode, i);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:b}", "node", node->node, "title", node->title,
                                        "country", node->country, "card", (json_int_t)node->card, "identity",
                                        node->identity, "trust", trust_word(node->trust), "exporter", node->exporter));
    }
    return list;
}

static json_t *attestations_json(const PackageReport *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->attestations->len; i++) {
        const PackageAttestation *item = &g_array_index(self->attestations, PackageAttestation, i);
        json_array_append_new(list, json_pack("{s:I, s:I, s:o, s:s, s:s, s:s}", "feed", (json_int_t)item->feed, "size",
                                              (json_int_t)item->size, "time", time_json(item->time_s), "by", item->node,
                                              "how", item->anchor ? "anchor" : "cosignature", "trust",
                                              trust_word(item->trust)));
    }
    return list;
}

static json_t *reached_json(const PackageReport *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->reached->len; i++) {
        const PackageReach *item = &g_array_index(self->reached, PackageReach, i);
        g_autofree char *time = time_text(item->last_ms);
        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "feed", (json_int_t)item->feed, "node",
                                              item->node, "lane", item->lane, "epoch", item->epoch, "size",
                                              (json_int_t)item->size, "time", time));
    }
    return list;
}

static json_t *remarks_json(const PackageReport *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->remarks->len; i++) {
        const PackageRemark *item = &g_array_index(self->remarks, PackageRemark, i);
        json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:s}", "what", item->what, "feed",
                                              (json_int_t)item->feed, "first", (json_int_t)item->first, "last",
                                              (json_int_t)item->last, "reason", item->reason));
    }
    return list;
}

static json_t *left_out_json(const PackageReport *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->left_out->len; i++) {
        const PackageLeftOut *item = &g_array_index(self->left_out, PackageLeftOut, i);
        g_autofree char *hash = hash_text(&item->sha256);
        json_array_append_new(list, json_pack("{s:s, s:s}", "sha256", hash, "reason", item->reason));
    }
    return list;
}

static json_t *export_json(const PackageReport *self)
{
    const PackageContents *contents = self->contents;
    if (!contents)
        return json_null();
    g_autofree char *time = time_text(contents->time_ms);
    json_t *subjects = json_array();
    for (guint i = 0; i < contents->subjects->len; i++)
        json_array_append_new(subjects, json_string(g_ptr_array_index(contents->subjects, i)));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b}", "space", contents->space, "node", contents->node,
                     "person", contents->person, "time", time, "extent", contents->whole ? "whole" : "part", "class",
                     self->export_class, "subjects", subjects, "confirmed", self->export_confirmed);
}

static json_t *counts_json(const PackageReport *self)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "bytes", (json_int_t)self->bytes,
                     "files", (json_int_t)self->files, "records", (json_int_t)self->records, "acts",
                     (json_int_t)self->acts, "confirmations", (json_int_t)self->confirmations, "signatures",
                     (json_int_t)self->signatures, "withheld", (json_int_t)self->withheld, "erased",
                     (json_int_t)self->erased, "void", (json_int_t)self->voided, "unknown", (json_int_t)self->unknown,
                     "actless", (json_int_t)self->actless);
}

json_t *package_report_json(const PackageReport *self, const char *name)
{
    return json_pack("{s:s, s:b, s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s}", "file", name,
                     "intact", package_report_is_intact(self), "exit", package_report_exit(self), "trust",
                     trust_word(self->trust), "damages", damages_json(self), "export", export_json(self), "nodes",
                     nodes_json(self), "witnesses", attestations_json(self), "not_after", time_json(self->not_after_s),
                     "not_after_by", self->not_after_by, "reached", reached_json(self), "remarks", remarks_json(self),
                     "left_out", left_out_json(self), "counts", counts_json(self), "verify_html", self->verify_html);
}
