/* ledger/package_layout.h: which files a package holds and how they are called (docs/format.md, "The package").
 *
 * Idea: one base directory, five files of the bag, everything else below data/. Every name says what the file is, so
 * that a name which says nothing is damage.
 *   L1  In the ZIP: bagit.txt first, then all of data/ ascending by the bytes of the name, then bag-info.txt,
 *       manifest-sha256.txt, package.note, tagmanifest-sha256.txt.
 *   L2  Numbers in names are decimal without leading zero; feeds count from 1. */
#pragma once
#include "ledger/record.h"
#include <glib.h>

typedef enum {
    PACKAGE_NOTHING, /* no name of a package */
    PACKAGE_BAGIT,
    PACKAGE_ANCHOR,      /* data/anchors/<node>/<epoch>/<number>/anchor.tlog-proof */
    PACKAGE_ANCHORED,    /* data/anchors/<node>/<epoch>/<number>/<feed>.anchored */
    PACKAGE_BLOB,        /* data/blobs/<sha256> */
    PACKAGE_CARD,        /* data/cards/<node>/<number>.card */
    PACKAGE_ACTS,        /* data/feeds/<feed>/acts */
    PACKAGE_CHECKPOINT,  /* data/feeds/<feed>/checkpoints/<number>.checkpoint */
    PACKAGE_CONSISTENCY, /* data/feeds/<feed>/checkpoints/<number>.consistency */
    PACKAGE_CONFIRMATIONS,
    PACKAGE_FEED, /* data/feeds/<feed>/feed.json */
    PACKAGE_HEADERS,
    PACKAGE_PROOF,       /* data/feeds/<feed>/proofs/<number>.tlog-proof */
    PACKAGE_CONTENTS,    /* data/package.json */
    PACKAGE_REPORT,      /* data/report/... */
    PACKAGE_TOKEN,       /* data/tokens/... */
    PACKAGE_VERIFY_HTML, /* data/verify.html */
    PACKAGE_BAG_INFO,
    PACKAGE_MANIFEST,
    PACKAGE_NOTE,
    PACKAGE_TAG_MANIFEST,
} PackageKind;

typedef struct {
    PackageKind kind;
    char node[256];             /* "" where the kind has none */
    char epoch[EPOCH_SIZE + 1]; /* of an anchors log */
    guint32 feed;               /* 0 where it has none */
    guint64 number;             /* anchor index, card number, size, or seq */
    Hash sha256;                /* of a blob */
} PackageName;

/* What the file @name (relative to the base directory) is. FALSE where it is PACKAGE_NOTHING. */
gboolean package_name_read(const char *name, PackageName *out);
/* The name of a file of this kind; the members that it has none of are not looked at. New string. */
char *package_name_text(const PackageName *name);
/* The name of @feed's file of @kind, with @number where it has one. New string. */
char *package_feed_name(PackageKind kind, guint32 feed, guint64 number);

/* L1: before, at or after. */
gint package_name_compare(const char *a, const char *b);
