/* tests/unit/support/small-change.c: see small-change.h. */
#include "support/small-change.h"
#include <string.h>

SmallCase small;
GByteArray *whole, *part;

const PackageDamage *first_damage(const PackageReport *report)
{
    g_assert_cmpuint(report->damages->len, >, 0);
    return &g_array_index(report->damages, PackageDamage, 0);
}

void assert_intact(const PackageReport *report)
{
    if (report->damages->len > 0) {
        const PackageDamage *damage = first_damage(report);
        g_error("%s: %s %s", damage->code, damage->file, damage->why);
    }
}

char *blob_name_of(guint index)
{
    gsize length = 0;
    gconstpointer bytes = g_bytes_get_data(g_ptr_array_index(small.blobs, index), &length);
    Hash hash = sha256(bytes, length);
    g_autofree char *hex = hash_text(&hash);
    return g_strconcat("data/blobs/", hex, NULL);
}

static PackageReport *verify_change(const Change *change, Join join)
{
    const GByteArray *before = change->of_part ? part : whole;
    g_autoptr(GArray) pieces = pieces_of(before);
    change->change(pieces);
    g_autoptr(GByteArray) package = join == AS_IS      ? pieces_join(pieces, NULL)
                                    : join == UNSIGNED ? pieces_join_unsigned(pieces)
                                                       : pieces_join(pieces, small.log);
    if (package->len == before->len && memcmp(package->data, before->data, before->len) == 0)
        return NULL; /* putting a manifest in order undid it */
    return small_verify(package, small.types, NULL);
}

static void a_change_is_named(gconstpointer data)
{
    const Change *change = data;
    g_autoptr(PackageReport) report = verify_change(change, change->join);
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
    g_autoptr(PackageReport) in_order = verify_change(change, UNSIGNED);
    g_assert_true(!in_order || package_report_exit(in_order) == 1);
}

int small_changes_run(int argc, char **argv, const Change *changes, gsize count)
{
    g_test_init(&argc, &argv, NULL);
    small_case_open(&small, 1);
    whole = small_case_export(&small, NULL);
    part = small_case_export(&small, small.knife);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *path = g_strconcat("/package/named/", changes[i].name, NULL);
        g_test_add_data_func(path, &changes[i], a_change_is_named);
    }
    int result = g_test_run();
    g_byte_array_unref(whole);
    g_byte_array_unref(part);
    small_case_close(&small);
    return result;
}
