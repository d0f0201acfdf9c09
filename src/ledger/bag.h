/* ledger/bag.h: BagIt 1.0 (RFC 8493) as far as packages use it: what a bag declares, lists and holds.
 *
 * Idea: a manifest says of each file which bytes it had. A bag is intact when each listed file is here with those bytes
 * and no file is here that no manifest lists.
 *   B1  Strict: bagit.txt has two lines and says version 1.0 and UTF-8; a manifest line is hash, white space, path.
 *   B2  CR, LF and % in paths are percent-encoded, nothing else is decoded. A path that leaves data/, is absolute,
 *       or is listed twice is damage. So is fetch.txt: what is not here is not a bag's.
 *   B3  Every payload manifest lists every payload file; SHA-256 and SHA-512 are read, other algorithms don't count.
 *   B4  Tag manifests are checked first, so that a manifest that was changed is named before the files that it then no
 *       longer fits. */
#pragma once
#include "crypto/digest.h"
#include <glib.h>

#define BAG_DECLARATION "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
#define BAG_TAG_LIMIT (256u * 1024 * 1024) /* bytes of one manifest */

typedef enum { BAG_SHA256, BAG_SHA512 } BagAlgorithm;

/* A bag, wherever it lies. Borrowed. */
typedef struct {
    const GPtrArray *names; /* of const char *: every file, relative to the base directory, ascending (text_compare) */
    /* The whole of a tag file, at most BAG_TAG_LIMIT. New; NULL with an error. */
    GBytes *(*read)(gpointer data, const char *name, GError **error);
    /* The digest of a file in lower-case hex. New string; NULL with an error. */
    char *(*digest)(gpointer data, const char *name, BagAlgorithm algorithm, GError **error);
    /* Is this file right by other means? Then a manifest that lists another hash is wrong, not the file. May be NULL.
     */
    gboolean (*proven)(gpointer data, const char *name);
    /* Told of each damage: @file where it is (@line from 1, or 0), @about the file that it concerns. */
    void (*damaged)(gpointer data, const char *code, const char *file, guint line, const char *about, const char *why);
    gpointer data;
} BagSource;

/* Checks B1 to B3. TRUE: @intact says whether nothing was damaged. FALSE with an error where reading failed. */
gboolean bag_verify(const BagSource *bag, gboolean *intact, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One manifest line, with its LF. */
void bag_manifest_line(GString *manifest, const Hash *hash, const char *name);
