#include "ledger/package_contents.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/record.h"
#include <string.h>

#define CONTENTS_LIMIT (64u * 1024 * 1024)

static void left_out_clear(gpointer item)
{
    g_free(((PackageLeftOut *)item)->reason);
}

PackageContents *package_contents_new(void)
{
    PackageContents *self = g_new0(PackageContents, 1);
    self->subjects = g_ptr_array_new_with_free_func(g_free);
    self->exports = g_array_new(FALSE, TRUE, sizeof(PackageExport));
    self->absent = g_array_new(FALSE, TRUE, sizeof(PackageAbsent));
    self->left_out = g_array_new(FALSE, TRUE, sizeof(PackageLeftOut));
    g_array_set_clear_func(self->left_out, left_out_clear);
    return self;
}

void package_contents_free(PackageContents *self)
{
    if (!self)
        return;
    g_free(self->software);
    g_free(self->space);
    g_free(self->node);
    g_free(self->person);
    g_ptr_array_unref(self->subjects);
    g_array_unref(self->exports);
    g_array_unref(self->absent);
    g_array_unref(self->left_out);
    g_free(self);
}

/* ---- writing ---- */

static json_t *hash_json(const Hash *hash)
{
    char hex[HASH_HEX_SIZE];
    hash_write(hex, hash);
    return json_string(hex);
}

static json_t *exports_json(const PackageContents *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->exports->len; i++) {
        const PackageExport *item = &g_array_index(self->exports, PackageExport, i);
        json_array_append_new(list, json_pack("{s:I, s:I, s:o}", "feed", (json_int_t)item->feed, "seq",
                                              (json_int_t)item->seq, "leaf", hash_json(&item->leaf)));
    }
    return list;
}

static json_t *absent_json(const PackageContents *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->absent->len; i++) {
        const PackageAbsent *item = &g_array_index(self->absent, PackageAbsent, i);
        json_array_append_new(list, json_pack("[I, I]", (json_int_t)item->feed, (json_int_t)item->seq));
    }
    return list;
}

static json_t *left_out_json(const PackageContents *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->left_out->len; i++) {
        const PackageLeftOut *item = &g_array_index(self->left_out, PackageLeftOut, i);
        json_array_append_new(list, json_pack("[o, s]", hash_json(&item->sha256), item->reason));
    }
    return list;
}

static json_t *subjects_json(const PackageContents *self)
{
    json_t *list = json_array();
    for (guint i = 0; i < self->subjects->len; i++)
        json_array_append_new(list, json_string(g_ptr_array_index(self->subjects, i)));
    return list;
}

char *package_contents_text(const PackageContents *self)
{
    char time[TIME_TEXT_SIZE];
    gsize length = 0;
    time_write(time, self->time_ms);
    g_autoptr(json_t) value = json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:o, s:I, s:I, s:o}", "v", 1, "software",
        self->software, "space", self->space, "node", self->node, "person", self->person, "time", time, "confirmed",
        self->passkey ? "passkey" : "token", "extent", self->whole ? "whole" : "part", "subjects", subjects_json(self),
        "exports", exports_json(self), "records", (json_int_t)self->records, "withheld", (json_int_t)self->withheld,
        "erased", (json_int_t)self->erased, "absent", absent_json(self), "blobs", (json_int_t)self->blobs, "bytes",
        (json_int_t)self->bytes, "left_out", left_out_json(self));
    return json_compact(value, &length);
}

char *package_bag_info(const PackageContents *self, guint64 payload_bytes, guint64 payload_files)
{
    char time[TIME_TEXT_SIZE], leaf[HASH_HEX_SIZE];
    time_write(time, self->time_ms);
    hash_write(leaf, &g_array_index(self->exports, PackageExport, 0).leaf);
    return g_strdup_printf("Source-Organization: %s\nBagging-Date: %.10s\nExternal-Identifier: %s\n"
                           "Bag-Software-Agent: %s\nPayload-Oxum: %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT "\n",
                           self->node, time, leaf, self->software, payload_bytes, payload_files);
}

char *package_note_text(const Hash *manifest)
{
    char hex[HASH_HEX_SIZE];
    hash_write(hex, manifest);
    return g_strdup_printf("comity/package/v1\nmanifest-sha256.txt %s\n", hex);
}

char *package_note_name(const char *node)
{
    return g_strconcat(node, "/package", NULL);
}

/* ---- reading ---- */

gint package_left_out_compare(gconstpointer a, gconstpointer b)
{
    return memcmp(((const PackageLeftOut *)a)->sha256.bytes, ((const PackageLeftOut *)b)->sha256.bytes, HASH_SIZE);
}

gint package_absent_compare(gconstpointer a, gconstpointer b)
{
    const PackageAbsent *left = a, *right = b;
    if (left->feed != right->feed)
        return left->feed < right->feed ? -1 : 1;
    return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static gboolean refuse(GError **error, const char *pointer, const char *why)
{
    error_set(error, COMITY_ERROR_INVALID, "contents.malformed", pointer, "“%s” %s.", pointer, why);
    return FALSE;
}

/* A member that must be a text. New string. */
static gboolean take_text(const json_t *object, const char *key, char **out, GError **error)
{
    const char *text = json_text(object, key);
    *out = g_strdup(text);
    return text ? TRUE : refuse(error, key, "is not a text");
}

static gboolean take_count(const json_t *object, const char *key, guint64 *out, GError **error)
{
    gint64 value = json_integer_or(object, key, -1);
    *out = (guint64)value;
    return value >= 0 ? TRUE : refuse(error, key, "is not a number from 0 on");
}

static gboolean take_hash(const json_t *value, Hash *hash)
{
    const char *text = json_string_value(value);
    return text && strlen(text) == 2 * HASH_SIZE && hash_read(text, hash);
}

static gboolean take_feed_and_seq(const json_t *feed, const json_t *seq, guint32 *feed_out, guint64 *seq_out)
{
    json_int_t number = json_integer_value(feed);
    *feed_out = (guint32)number;
    *seq_out = (guint64)json_integer_value(seq);
    return json_is_integer(feed) && json_is_integer(seq) && number >= 1 && number <= G_MAXINT32 &&
           json_integer_value(seq) >= 0;
}

static gboolean take_exports(PackageContents *self, const json_t *list, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        PackageExport made = {0};
        if (!take_feed_and_seq(json_object_get(item, "feed"), json_object_get(item, "seq"), &made.feed, &made.seq) ||
            !take_hash(json_object_get(item, "leaf"), &made.leaf))
            return refuse(error, "exports", "does not say which records made the package");
        g_array_append_val(self->exports, made);
    }
    return self->exports->len > 0 ? TRUE : refuse(error, "exports", "names no record that made the package");
}

static gboolean take_absent(PackageContents *self, const json_t *list, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        PackageAbsent absent = {0};
        if (!take_feed_and_seq(json_array_get(item, 0), json_array_get(item, 1), &absent.feed, &absent.seq))
            return refuse(error, "absent", "is not a list of feeds and records");
        const PackageAbsent *before = i > 0 ? &g_array_index(self->absent, PackageAbsent, i - 1) : NULL;
        if (before && package_absent_compare(before, &absent) >= 0)
            return refuse(error, "absent", "does not name each record once, in order");
        g_array_append_val(self->absent, absent);
    }
    return TRUE;
}

static gboolean take_left_out(PackageContents *self, const json_t *list, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        PackageLeftOut left = {0};
        const char *reason = json_string_value(json_array_get(item, 1));
        if (!take_hash(json_array_get(item, 0), &left.sha256) || !reason)
            return refuse(error, "left_out", "is not a list of files with a reason each");
        const PackageLeftOut *before = i > 0 ? &g_array_index(self->left_out, PackageLeftOut, i - 1) : NULL;
        if (before && package_left_out_compare(before, &left) >= 0)
            return refuse(error, "left_out", "does not name each file once, in order");
        left.reason = g_strdup(reason);
        g_array_append_val(self->left_out, left);
    }
    return TRUE;
}

static gboolean take_subjects(PackageContents *self, const json_t *list, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        const char *before = i > 0 ? g_ptr_array_index(self->subjects, i - 1) : "";
        if (!text || strcmp(before, text) >= 0)
            return refuse(error, "subjects", "is not a list of names, each once, in order");
        g_ptr_array_add(self->subjects, g_strdup(text));
    }
    return self->whole == (self->subjects->len == 0) ? TRUE : refuse(error, "subjects", "does not fit the extent");
}

static gboolean take_words(PackageContents *self, const json_t *value, GError **error)
{
    const char *confirmed = json_text(value, "confirmed"), *extent = json_text(value, "extent");
    const char *time = json_text(value, "time");
    if (json_integer_or(value, "v", 0) != 1)
        return refuse(error, "v", "is not 1: a later version of Comity wrote this package");
    if (!take_text(value, "software", &self->software, error) || !take_text(value, "space", &self->space, error) ||
        !take_text(value, "node", &self->node, error) || !take_text(value, "person", &self->person, error))
        return FALSE;
    if (!time || !time_read(time, -1, &self->time_ms))
        return refuse(error, "time", "is not a time");
    self->passkey = g_strcmp0(confirmed, "passkey") == 0;
    self->whole = g_strcmp0(extent, "whole") == 0;
    if (!self->passkey && g_strcmp0(confirmed, "token") != 0)
        return refuse(error, "confirmed", "is neither passkey nor token");
    return self->whole || g_strcmp0(extent, "part") == 0 ? TRUE : refuse(error, "extent", "is neither whole nor part");
}

/* Programs spell escapes of control characters in two ways, so no text here holds one: \" and \\ alone are left. */
static gboolean has_other_escapes(const char *bytes, gsize length)
{
    for (gsize i = 0; i + 1 < length; i++) {
        if (bytes[i] == '\\' && bytes[i + 1] != '"' && bytes[i + 1] != '\\')
            return TRUE;
        i += bytes[i] == '\\' ? 1 : 0;
    }
    return FALSE;
}

PackageContents *package_contents_parse(const char *bytes, gsize length, GError **error)
{
    g_autoptr(json_t) value = json_strict_parse(bytes, length, CONTENTS_LIMIT, error);
    if (!value)
        return NULL;
    if (has_other_escapes(bytes, length)) {
        refuse(error, "", "holds a control character");
        return NULL;
    }
    g_autoptr(PackageContents) self = package_contents_new();
    if (!take_words(self, value, error) || !take_subjects(self, json_object_get(value, "subjects"), error) ||
        !take_exports(self, json_object_get(value, "exports"), error) ||
        !take_absent(self, json_object_get(value, "absent"), error) ||
        !take_left_out(self, json_object_get(value, "left_out"), error))
        return NULL;
    if (!take_count(value, "records", &self->records, error) ||
        !take_count(value, "withheld", &self->withheld, error) || !take_count(value, "erased", &self->erased, error) ||
        !take_count(value, "blobs", &self->blobs, error) || !take_count(value, "bytes", &self->bytes, error))
        return NULL;
    g_autofree char *again = package_contents_text(self);
    if (strlen(again) != length || memcmp(again, bytes, length) != 0) {
        refuse(error, "", "has other members, in another order or spelling, than it must have");
        return NULL;
    }
    return g_steal_pointer(&self);
}

/* ---- a feed ---- */

void package_feed_info_free(PackageFeedInfo *self)
{
    if (!self)
        return;
    g_free(self->space);
    g_free(self->lane);
    g_free(self->node);
    g_free(self->epoch);
    g_free(self);
}

gint package_feed_compare(const PackageFeedInfo *a, const PackageFeedInfo *b)
{
    gint order = strcmp(a->lane, b->lane);
    order = order != 0 ? order : strcmp(a->node, b->node);
    return order != 0 ? order : strcmp(a->epoch, b->epoch);
}

char *package_feed_info_text(const PackageFeedInfo *self)
{
    char root[HASH_HEX_SIZE];
    hash_write(root, &self->root);
    return g_strdup_printf(
        "{\"v\":1,\"space\":\"%s\",\"lane\":\"%s\",\"node\":\"%s\",\"epoch\":\"%s\",\"size\":%" G_GUINT64_FORMAT
        ",\"root\":\"%s\"}",
        self->space, self->lane, self->node, self->epoch, self->size, root);
}

static gboolean is_hex(const char *text, gsize digits)
{
    return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

PackageFeedInfo *package_feed_info_parse(const char *bytes, gsize length, GError **error)
{
    g_autoptr(json_t) value = json_strict_parse(bytes, length, 4096, error);
    if (!value)
        return NULL;
    g_autoptr(PackageFeedInfo) self = g_new0(PackageFeedInfo, 1);
    gboolean texts = take_text(value, "space", &self->space, error) && take_text(value, "lane", &self->lane, error) &&
                     take_text(value, "node", &self->node, error) && take_text(value, "epoch", &self->epoch, error) &&
                     take_count(value, "size", &self->size, error);
    if (!texts)
        return NULL;
    if (!uuid_is_valid(self->space, -1) || !is_hex(self->lane, 64) || !is_hex(self->epoch, EPOCH_SIZE) ||
        !node_name_is_valid(self->node, strlen(self->node)) ||
        !take_hash(json_object_get(value, "root"), &self->root)) {
        refuse(error, "", "does not name a feed: space, lane, node, epoch, size, root");
        return NULL;
    }
    g_autofree char *again = package_feed_info_text(self);
    if (strlen(again) != length || memcmp(again, bytes, length) != 0) {
        refuse(error, "", "has other members, in another order or spelling, than it must have");
        return NULL;
    }
    return g_steal_pointer(&self);
}
