/* node/package_plan.h: what goes into a package, worked out from one state of the database. For package_source.c. */
#pragma once
#include "node/lanes.h"
#include "node/package_source.h"

typedef struct {
    guint32 line;
    PackageFeed feed; /* its arrays and info are owned here */
    GPtrArray *notes; /* of char *: what the checkpoints point into */
} PlannedFeed;

typedef struct {
    Node *node;
    Db *db; /* in a transaction of the plan's: one state */
    const NodePackage *package;
    LaneView *view;
    Place at; /* of the export's record */
    PackageContents *contents;
    GPtrArray *feeds; /* of PlannedFeed, in the package's order */
    GPtrArray *also;  /* of char * */
    GArray *anchors;  /* of PackageAnchor, its proof owned by `kept` */
    GArray *cards;    /* of PackageCard, its note owned by `kept` */
    GArray *blobs;    /* of PackageBlob */
    GPtrArray *kept;  /* of char * */
} PackagePlan;

PackagePlan *package_plan_new(Node *node, Db *db, const NodePackage *package, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void package_plan_free(PackagePlan *self); /* ends the transaction */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackagePlan, package_plan_free)

/* package_feed.c: the feed of @line as far as the export had seen it, its checkpoints and anchors; appended to the plan.
 * Nothing where it had seen none of it. */
gboolean package_plan_feed(PackagePlan *self, guint32 line, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void planned_feed_free(gpointer feed);
/* package_acts.c: blobs that the included acts name, and the persons who wrote them. */
gboolean package_plan_acts(PackagePlan *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
