/* ledger/package_write.h: writes a package (docs/format.md): what was asked for, and all that proves it, in one ZIP.
 *
 * Idea: the caller says which feeds, how far, which subjects were chosen, and hands in records and blobs when asked.
 * Which acts go in is decided here, so that no caller can forget one: every header; the acts of lasting records, of the
 * chosen subjects and of the export's own record; all where the whole is exported.
 *   W1  One pass over blobs and constant memory, into any sink. A sink that can't go back costs a second pass over
 *       records, and over those blobs whose checksum the caller doesn't know.
 *   W2  What is written is checked on the way: roots against headers, blobs against their hashes. A package that would
 *       not verify is not finished: COMITY_ERROR_DAMAGED, and the caller throws away what was written.
 *   W3  The same source gives the same bytes. */
#pragma once
#include "ledger/anchor.h"
#include "ledger/package_contents.h"
#include "ledger/zip_write.h"

/* One record of a feed. Borrowed for the call. */
typedef struct {
    GBytes *header;
    GBytes *act;          /* NULL where it isn't here */
    GBytes *confirmation; /* NULL where there is none, or it isn't here */
    gboolean erased;      /* by a valid act of erasing: its body must be NULL */
} PackageRecord;
typedef gboolean (*PackageRecordEach)(gpointer data, const PackageRecord *record, GError **error);
typedef gboolean (*PackageBytesEach)(gpointer data, gconstpointer bytes, gsize length, GError **error);

/* A signed checkpoint with all its (co)signatures. */
typedef struct {
    guint64 size;
    const char *note;
    const GArray
        *consistency; /* of Hash: where @size is beyond the feed's size here, the proof from there; else NULL */
} PackageCheckpoint;

typedef struct {
    AnchorPlace anchor;
    const Anchored *anchored;
} PackageAnchored;

typedef struct {
    guint64 seq;
    const char *text; /* proof_text() */
} PackageProof;

/* One feed as far as it goes in. All borrowed. */
typedef struct {
    PackageFeedInfo info; /* the causal past of the export's record: its first info.size records */
    GArray *checkpoints;  /* of PackageCheckpoint; one of exactly info.size must be among them */
    GArray *anchored;     /* of PackageAnchored; a checkpoint of that size must be in @checkpoints. NULL: none */
    GArray *proofs;       /* of PackageProof. NULL: none */
} PackageFeed;

/* The tlog-proof of one entry of one of a node's logs of anchors. */
typedef struct {
    const char *node;
    AnchorPlace at;
    const char *proof;
} PackageAnchor;

typedef struct {
    const char *node;
    guint64 number;
    const char *note;
} PackageCard;

typedef struct {
    Hash sha256;
    guint64 size;
    gboolean has_crc; /* zip_crc() of its bytes is known */
    guint32 crc;
} PackageBlob;

/* A file below data/report/ or data/tokens/, or data/verify.html. */
typedef struct {
    const char *name; /* "data/report/custody.pdf" */
    GBytes *bytes;
} PackageFile;

typedef struct {
    const char *base; /* base directory: [A-Za-z0-9][A-Za-z0-9._-]{0,99}, named like the file without ".zip" */
    /* software, space, node, person, time_ms, passkey, whole, subjects, exports, absent, left_out (sorted here). The
     * counts are filled in here. */
    PackageContents *contents;
    GPtrArray *also;  /* of char *: further subjects whose acts go along, without a promise (names of people) */
    GPtrArray *feeds; /* of PackageFeed; feed n of the package is the n-th after sorting by lane, node and epoch: the
                         caller hands them in in that order (package_feed_compare) */
    GArray *anchors;  /* of PackageAnchor */
    GArray *cards;    /* of PackageCard: of every node whose feed or cosignature is here, from its first on */
    GArray *blobs;    /* of PackageBlob: those that the included acts name, less left_out */
    GArray *files;    /* of PackageFile */
    /* Calls @each for the first info.size records of feed @index (from 0), in order. May be asked several times, and
     * gives the same each time. */
    gboolean (*records)(gpointer data, guint index, PackageRecordEach each, gpointer each_data, GError **error);
    /* Calls @each with the bytes of a blob, in order, in pieces of any size. */
    gboolean (*blob)(gpointer data, const PackageBlob *blob, PackageBytesEach each, gpointer each_data, GError **error);
    /* Signs the text of package.note with the node's log key: note_sign(text, name, key). New string; NULL on error. */
    char *(*sign)(gpointer data, const char *text, const char *name, GError **error);
    /* Told now and then how many bytes were written; FALSE cancels (COMITY_ERROR_CANCELLED). May be NULL. */
    gboolean (*progress)(gpointer data, guint64 written);
    gpointer data;
} PackageSource;

/* A base directory from any text: what doesn't fit becomes "-". New string. */
char *package_base_name(const char *text);

/* Writes the package. The contents' counts are filled in when it returns TRUE. */
gboolean package_write(const PackageSource *source, const ZipSink *sink, GError **error) G_GNUC_WARN_UNUSED_RESULT;
