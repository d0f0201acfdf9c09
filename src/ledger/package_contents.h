/* ledger/package_contents.h: data/package.json, what a package says about itself, and data/feeds/<n>/feed.json, what it
 * says about a feed. Both are compact JSON with exactly these members in this order, so that each has one spelling.
 *
 *   N1  Nothing here is believed: whatever the records can show is checked against them. */
#pragma once
#include "base/json.h"
#include "crypto/digest.h"
#include <glib.h>

/* The record that made the package; a package of several lanes has one in each. */
typedef struct {
    guint32 feed;
    guint64 seq;
    Hash leaf;
} PackageExport;

/* A record whose act the exporter never had. */
typedef struct {
    guint32 feed;
    guint64 seq;
} PackageAbsent;
gint package_absent_compare(gconstpointer a, gconstpointer b); /* by feed, then seq */

/* A blob that an act names and that was left out. */
typedef struct {
    Hash sha256;
    char *reason;
} PackageLeftOut;
gint package_left_out_compare(gconstpointer a, gconstpointer b); /* by hash */

typedef struct {
    char *software; /* "comity 0.1.0" */
    char *space;
    char *node; /* who exported: the node and person of the first export record, at its time */
    char *person;
    gint64 time_ms;
    gboolean passkey; /* confirmed by the person's passkey; otherwise by a machine's token */
    gboolean whole;
    GPtrArray *subjects;               /* of char *, ascending: every act on these is here. Empty where whole */
    GArray *exports;                   /* of PackageExport */
    GArray *absent;                    /* of PackageAbsent, ascending */
    GArray *left_out;                  /* of PackageLeftOut, ascending */
    guint64 records, withheld, erased; /* headers; acts left out; acts erased */
    guint64 blobs, bytes;              /* in data/blobs/ */
} PackageContents;
PackageContents *package_contents_new(void);
void package_contents_free(PackageContents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageContents, package_contents_free)
char *package_contents_text(const PackageContents *self); /* new string */
/* New; COMITY_ERROR_INVALID with the pointer of the member that is wrong. */
PackageContents *package_contents_parse(const char *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The bytes of bag-info.txt. @payload_bytes, @payload_files: of all below data/. New string. */
char *package_bag_info(const PackageContents *self, guint64 payload_bytes, guint64 payload_files);

/* One feed as far as the package goes: its first @size records. */
typedef struct {
    char *space, *lane, *node, *epoch;
    guint64 size;
    Hash root;
} PackageFeedInfo;
void package_feed_info_free(PackageFeedInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageFeedInfo, package_feed_info_free)
/* The order of feeds in a package: ascending lane, node, epoch. */
gint package_feed_compare(const PackageFeedInfo *a, const PackageFeedInfo *b);
char *package_feed_info_text(const PackageFeedInfo *self); /* new string */
PackageFeedInfo *package_feed_info_parse(const char *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The text of package.note: by it the exporter's log key signs the payload manifest, under "<node>/package". New. */
char *package_note_text(const Hash *manifest);
char *package_note_name(const char *node);
