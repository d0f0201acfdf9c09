/* ledger/package_report.h: what the verification of a package found: five answers, each damage with its place, and what
 * is to be said about single records.
 *
 * Idea: a judge reads five sentences in a fixed order; an engineer reads codes and places; a program reads the JSON.
 * All three come from one structure.
 *   P1  A damage has a code that keeps its meaning for ever, the place (file, line, record, byte, as far as known), and
 *       a sentence. The first one is the one to show: damages stand in the order of the verification's phases
 *       (docs/format.md), within a phase in the order of the files.
 *   P2  What a package says about itself is shown only where it was checked.
 *   P3  Void, unknown, actless, withheld and erased records are named. They change no exit code. */
#pragma once
#include "base/json.h"
#include "ledger/lane_store.h"
#include "ledger/package_contents.h"

/* What comes first (P1). */
typedef enum {
    PHASE_ZIP,
    PHASE_LAYOUT,
    PHASE_BAG,
    PHASE_CONTENTS,
    PHASE_CARDS,
    PHASE_FEEDS,
    PHASE_LANES,
    PHASE_COMPLETE,
    PHASE_ANCHORS,
    PHASE_CLAIMS,
} PackagePhase;

#define PLACE_NONE G_MAXUINT64

typedef struct {
    PackagePhase phase;
    char *code;
    char *file;     /* in the package, without the base directory; "" the package as a whole */
    guint64 line;   /* in that file, from 1; PLACE_NONE */
    guint32 feed;   /* number of the feed; 0: none */
    guint64 record; /* its seq in the feed; PLACE_NONE */
    guint64 byte;   /* in the ZIP file; PLACE_NONE */
    char *why;      /* a sentence, without place */
} PackageDamage;

typedef enum { TRUST_NOT_ASKED, TRUST_YES, TRUST_NO } PackageTrust;

/* A node whose records are here. */
typedef struct {
    char *node;
    char *title; /* from its card; "" without one */
    char *country;
    guint64 card;   /* number of its newest card here; 0: none */
    char *identity; /* fingerprint of the key that signed it: SHA-256 of the key, 64 hex; "" */
    PackageTrust trust;
    gboolean exporter;
} PackageNode;

/* Somebody other than the writer stated that a feed had this history at this time. */
typedef struct {
    guint32 feed;
    guint64 size;    /* records covered */
    gint64 time_s;   /* Unix seconds */
    char *node;      /* the witness */
    gboolean anchor; /* through an anchor, so that the witness saw a root only */
    PackageTrust trust;
} PackageAttestation;

/* How far the package goes in one feed. */
typedef struct {
    guint32 feed;
    char *node, *lane, *epoch;
    guint64 size;
    gint64 last_ms; /* `time` of its last record, a claim */
} PackageReach;

/* Records of one feed that have something in common, from @first to @last. */
typedef struct {
    guint32 feed;
    guint64 first, last;
    const char *what; /* "void", "unknown", "actless", "withheld", "erased", "frozen" */
    char *reason;     /* why it is void; "" */
} PackageRemark;

typedef struct {
    GArray *damages;           /* of PackageDamage, in the order of P1 */
    GArray *nodes;             /* of PackageNode, ascending by name */
    GArray *attestations;      /* of PackageAttestation, ascending by feed, size, time */
    GArray *reached;           /* of PackageReach, by feed */
    GArray *remarks;           /* of PackageRemark, by feed and record; the first 10,000 */
    GArray *left_out;          /* of PackageLeftOut */
    PackageContents *contents; /* NULL where it can't be read */
    char *base;                /* the base directory; "" */
    guint64 bytes;             /* of the file */
    guint64 records, acts, confirmations, files, signatures;    /* what was checked */
    guint64 withheld, erased, voided, unknown, actless, frozen; /* counted (P3) */
    gboolean export_confirmed; /* the export's record is valid and a person's passkey confirmed it */
    const char *export_class;  /* of the export's record; "" */
    PackageTrust trust;        /* of the exporter */
    gint64 not_after_s;        /* the whole existed by then, Unix seconds; 0: claimed alone */
    char *not_after_by;        /* the node that says so; "" */
    char *verify_html;         /* SHA-256 of data/verify.html, hex; "" where there is none */
} PackageReport;
PackageReport *package_report_new(void);
void package_report_free(PackageReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageReport, package_report_free)

gboolean package_report_is_intact(const PackageReport *self);
/* 0 intact and from a trusted card's node; 3 intact, nobody asked for trust; 4 intact, not trusted; 1 damaged. */
int package_report_exit(const PackageReport *self);
/* The time bracket of record @seq of @feed, Unix seconds; 0: none. Not before the newest time at which a witness's
 * largest tree did not hold it yet; not after the earliest at which one did. */
void package_report_bracket(const PackageReport *self, guint32 feed, guint64 seq, gint64 *not_before,
                            gint64 *not_after);

/* The answers, damages and remarks as English text for a terminal. @name: of the file. New string. */
char *package_report_text(const PackageReport *self, const char *name);
/* The same for programs (docs/format.md, "The report"). New reference. */
json_t *package_report_json(const PackageReport *self, const char *name);
