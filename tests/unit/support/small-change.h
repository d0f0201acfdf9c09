/* tests/unit/support/small-change.h: one thing done to the package of a small case, and how it must be named. */
#pragma once
#include "support/small-case.h"

#define FEED "data/feeds/1/"
#define ANCHORS "data/anchors/" SMALL_NODE "/" SMALL_ANCHORS "/7/"
#define CARD "data/cards/" SMALL_NODE "/1.card"

/* What the changes of one test program begin with: written once, at small_changes_run(). */
extern SmallCase small;
extern GByteArray *whole, *part;

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
    const char *code, *file; /* of the first damage; the file's beginning */
    gint64 line;             /* -1: none */
} Change;

char *blob_name_of(guint index); /* of the small case's blobs, in the package; new string */
const PackageDamage *first_damage(const PackageReport *report);
void assert_intact(const PackageReport *report);
/* A test a change: it is named as it must be, and noticed even where all that needs no key is put in order. */
int small_changes_run(int argc, char **argv, const Change *changes, gsize count);
