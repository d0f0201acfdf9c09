/* ledger/act_scan.h: what can be said of an act alone, quickly.
 *
 * Idea: nearly all acts are plain: strict JSON, no escape where it matters, fields that keep their table. One pass over
 * the bytes into a reused array of tokens sees that without building a tree. Whatever is not plain goes the long way.
 *   Q1  The quick way only ever says yes, and only where the long way (act_read(), fields_validate_act()) says yes too.
 *       It never refuses: a refusal and its reason are always the long way's.
 *   Q2  act_examine() is pure: header, act and tables decide. Threads may run it side by side, an ActScan each. */
#pragma once
#include "ledger/act.h"
#include "ledger/record.h"

typedef struct ActScan ActScan; /* room for tokens, used again and again */
ActScan *act_scan_new(void);
void act_scan_free(ActScan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ActScan, act_scan_free)

typedef struct {
    gboolean fits;       /* it is the act that its header names (record.h R3) */
    const ActType *type; /* NULL: it doesn't fit, or its type is unknown */
    const char *fault;   /* why it is void whatever precedes it; static; NULL: nothing */
    json_t *tree;        /* as act_read() gives it; NULL where no verdict needs it. Owned */
} ActFindings;
void act_findings_clear(ActFindings *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ActFindings, act_findings_clear)

/* Examines the bytes of the act of @header (at NULL: none). @out is set, not cleared. */
void act_examine(const ActTypes *types, const Header *header, Span act, ActScan *scan, ActFindings *out);
/* The same from the @tree of a fitting act (borrowed; @out gets a reference). */
void act_examine_tree(const ActTypes *types, json_t *tree, ActFindings *out);

/* Tells of every object in the act that @scan went through last with a member "sha256" that names a blob, in order;
 * @size: its member "size", -1 where there is none. Only after act_examine() found the act fitting, without a tree. FALSE
 * where the tokens can't tell (an escape in a name): the tree then must. */
typedef void (*ActBlobEach)(gpointer data, const Hash *sha256, gint64 size);
gboolean act_scan_blobs(const ActScan *scan, ActBlobEach each, gpointer data);
