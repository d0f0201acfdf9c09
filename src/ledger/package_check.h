/* ledger/package_check.h: what the files of the verifier share: the package as it is taken apart, step by step. */
#pragma once
#include "base/error.h"
#include "ledger/anchor.h"
#include "ledger/card.h"
#include "ledger/lane.h"
#include "ledger/lane_memory.h"
#include "ledger/package_layout.h"
#include "ledger/package_verify.h"
#include "ledger/proof.h"
#include "ledger/zip_read.h"

/* One file of the package. */
typedef struct {
    const char *name;      /* without the base directory; borrowed from the ZIP's entry */
    const ZipEntry *entry; /* borrowed */
    PackageName what;
    Hash sha256; /* of its bytes; by the hashing threads */
    guint32 crc; /* of its bytes */
} CheckFile;

/* A node that wrote or witnessed something here. */
typedef struct {
    char *name;
    GPtrArray *cards; /* of Card, ascending; those of the package that chain */
    const Card *card; /* the newest known, from the package or from --trust; NULL: none */
    PackageTrust trust;
    gboolean writes; /* has a feed here */
} CheckNode;

/* A good checkpoint of a feed. */
typedef struct {
    guint64 size;
    char *text;      /* its three lines */
    gint64 until_ms; /* of the key that signed it; CARD_FOREVER */
    const char *file;
} CheckCheckpoint;

/* A root or a leaf that some file asks about; filled in while the records are read. */
typedef struct {
    guint64 at; /* a size, or a seq */
    Hash hash;
} CheckWanted;

/* One feed of the package. */
typedef struct {
    guint32 number;
    PackageFeedInfo *info;
    CheckNode *node;
    const CheckFile *headers, *acts, *confirmations;
    GArray *checkpoints; /* of CheckCheckpoint, ascending by size; good ones */
    GArray *roots;       /* of CheckWanted, ascending: sizes that checkpoints have */
    GArray *leaves;      /* of CheckWanted, ascending: records that have proofs, or made the package */
    guint64 size;        /* records here */
    Hash root;           /* of all of them */
    struct CheckLane *lane;
    guint32 line;   /* in the lane's copy */
    gint64 last_ms; /* `time` of the last record */
    gboolean sound; /* its records are those that its checkpoint signs: the lane may judge */
    GArray *blobs;  /* of CheckBlobUse */
    GArray *bodies; /* of guint8, one a record: CHECK_HAS_ACT, ... */
} CheckFeed;

enum {
    CHECK_HAS_ACT = 1,          /* a line that isn't empty, with the header's hash */
    CHECK_HAS_CONFIRMATION = 2, /* the same */
    CHECK_CONFIRMED = 4,        /* the header names one */
    CHECK_LASTING = 8,
    CHECK_CHOSEN = 16, /* its subject was chosen */
    CHECK_VALID = 32,  /* the lane judged it so */
};

/* An act names a blob. */
typedef struct {
    Hash sha256;
    gint64 size; /* as the act says; -1: it doesn't */
    guint64 seq;
} CheckBlobUse;

/* All feeds of one lane. */
typedef struct CheckLane {
    char *id;
    char *space;
    GPtrArray *feeds; /* of CheckFeed, borrowed */
    LaneContext context;
    LaneMemory *memory;
    Lane *copy;                /* the verifier's own */
    gboolean sound;            /* all its feeds are */
    const PackageExport *made; /* the export's record in this lane; NULL */
} CheckLane;

typedef struct {
    const PackageVerifyOptions *options;
    ZipFile *zip;
    PackageReport *report;
    gsize base_length;                 /* with the slash */
    GArray *files;                     /* of CheckFile, in the ZIP's order */
    GPtrArray *nodes;                  /* of CheckNode, ascending */
    GPtrArray *feeds;                  /* of CheckFeed, by number */
    GPtrArray *lanes;                  /* of CheckLane */
    GHashTable *subjects;              /* chosen ones; empty where the whole is here */
    GPtrArray *cosigners;              /* of NoteVerifier: the witness keys of all nodes */
    guint8 *map;                       /* the whole file, mapped to be read */
    struct CheckConfirmed *confirmed;  /* confirmations that the record threads checked before the lane asks */
    guint64 damages[PHASE_CLAIMS + 1]; /* how many of each phase */
    gboolean note_good;                /* package.note is signed, over this very manifest */
    GMutex lock;                       /* over the report, which several threads write to */
} PackageCheck;

/* ---- package_verify.c ---- */
/* Takes note of a damage. @file "" and the numbers PLACE_NONE (@feed 0) where there is none. */
void check_damage(PackageCheck *self, PackagePhase phase, const char *code, const char *file, guint64 line,
                  guint32 feed, guint64 record, guint64 byte, const char *why);
/* The same about a whole file. */
void check_damage_file(PackageCheck *self, PackagePhase phase, const char *code, const char *file, const char *why);
/* The file with this name; NULL: not here. */
const CheckFile *check_file(const PackageCheck *self, const char *name);
/* The range of files whose name begins with @prefix: from @first up to, not including, the result. */
guint check_files_below(const PackageCheck *self, const char *prefix, guint *first);
/* Its bytes, borrowed from the map. */
const char *check_bytes(const PackageCheck *self, const CheckFile *file, gsize *length);
/* Lets go of the pages between two places in the map. Whoever asks for bytes there again gets them again. */
void check_let_go(const char *from, const char *until);

/* ---- package_verify_bag.c ---- */
/* Base directory, names, order (PHASE_LAYOUT). FALSE where nothing can be read as a package. */
gboolean check_layout(PackageCheck *self);
/* Hashes every file, on a thread of its own; join it before check_bag(). */
GThread *check_hash_start(PackageCheck *self);
/* Manifests against what was hashed (PHASE_BAG). */
gboolean check_bag(PackageCheck *self, GError **error);

/* ---- package_verify_cards.c ---- */
void check_cards(PackageCheck *self);
CheckNode *check_node(const PackageCheck *self, const char *name); /* NULL: no card */
void check_node_free(gpointer node);
/* Log keys (of GBytes) that the newest card of @node lists. New. */
GPtrArray *check_log_keys(const CheckNode *node);
/* Good cosignatures by others than @node, whose key held at the time that they state: told to @each. */
typedef void (*CheckWitness)(gpointer data, const CheckNode *witness, gint64 time_s);
void check_witnesses(const PackageCheck *self, const CheckNode *node, const GArray *cosigned, CheckWitness each,
                     gpointer data);

/* The web origin in the card that held for @node at @time_ms: a LaneContext's callback, @self a PackageCheck. */
const char *check_web_origin(gpointer self, const char *node, gint64 time_ms);

/* ---- package_verify_confirm.c ---- */
typedef struct CheckConfirmed CheckConfirmed;
CheckConfirmed *check_confirmed_new(void);
void check_confirmed_free(CheckConfirmed *self);
/* Learns the credentials that an act of introducing names. Any thread. */
void check_confirmed_learn(CheckConfirmed *self, const json_t *act);
/* Checks a confirmation with a credential that was learned. Any thread. */
void check_confirmed_try(CheckConfirmed *self, const Header *header, Span act, Span confirmation, const char *origin);
/* A LaneContext's callback, @self a PackageCheck: what was found, or else checked now. */
gboolean check_confirmed(gpointer self, const ConfirmationCheck *check);

/* ---- package_verify_feed.c, package_verify_records.c ---- */
gboolean check_feeds(PackageCheck *self, GError **error);
void check_feed_free(gpointer feed);
void check_lane_free(gpointer lane);
/* Fills in what will be wanted of the feed, before its records are read. */
void check_want(PackageCheck *self, CheckFeed *feed);
/* What the feed has of a wanted size or record; NULL: it doesn't reach there, or nobody asked. */
const Hash *check_root_at(const CheckFeed *feed, guint64 size);
const Hash *check_leaf_at(const CheckFeed *feed, guint64 seq);
/* Reads the records of one feed: lines, hashes, the lane's copy. */
gboolean check_records(PackageCheck *self, CheckFeed *feed, GError **error);
/* Its checkpoints and proofs, once the leaves are known. */
void check_checkpoints(PackageCheck *self, CheckFeed *feed);

/* ---- package_verify_lane.c, package_verify_blobs.c ---- */
/* The lane of @feed, opened when it is the first one of it. Borrowed; NULL with an error. */
CheckLane *check_lane_of(PackageCheck *self, const CheckFeed *feed, GError **error);
/* Judges all records, and whether what must be here is (PHASE_LANES, PHASE_COMPLETE). */
gboolean check_lanes(PackageCheck *self, GError **error);
/* The record that made the package, in @lane: its header, act and class. FALSE where it can't be told. */
gboolean check_export_record(const CheckLane *lane, RecordRow *row);
void check_blobs(PackageCheck *self);

/* ---- package_verify_anchor.c ---- */
/* Takes note of the good cosignatures over the first @size records of @feed. */
void check_attest(PackageCheck *self, const CheckFeed *feed, guint64 size, const GArray *cosigned, gboolean anchor);
void check_anchors(PackageCheck *self);
/* Checkpoints by keys that have ended (card.h C4), once all attestations are known. */
void check_retired_keys(PackageCheck *self);

/* ---- package_verify_claims.c ---- */
void check_contents(PackageCheck *self); /* package.json itself */
void check_claims(PackageCheck *self);   /* against the records; and package.note */
