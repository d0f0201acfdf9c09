/* ledger/package_verify.h: verifies a package offline, believing nobody but the cards that the verifier was given.
 *
 * Idea: one walk over the file's structure; then two things at once: one pair of threads hashes every file, the others
 * read the records, judge them as any node of the lane would (ledger/lane.h), and compare them with checkpoints,
 * anchors and what the package says about itself. docs/format.md, "Verifying", has each step and code.
 *   V1  Blobs are streamed: memory doesn't depend on their size. Records cost some 200 bytes each beside the file's
 *       pages, which the system may drop.
 *   V2  What doesn't depend on a damaged thing is checked all the same, so that a report names all that is damaged.
 *   V3  A file that can be read is judged; what is no package is damaged. An error means that it couldn't be read. */
#pragma once
#include "ledger/act.h"
#include "ledger/card.h"
#include "ledger/package_report.h"

typedef struct {
    const GPtrArray *trust; /* of Card: --trust; NULL or empty: nobody asked */
    const ActTypes *types;  /* core_acts and the features' */
    guint threads;          /* for records; 0: two */
    /* Told now and then of how many bytes of the file were hashed; FALSE cancels. Called on another thread. NULL. */
    gboolean (*progress)(gpointer data, guint64 done, guint64 total);
    gpointer data;
} PackageVerifyOptions;

/* Verifies the package in the regular file @fd, which nobody may change meanwhile. @report: out, new. FALSE where the
 * file can't be read or progress cancelled (COMITY_ERROR_CANCELLED). */
gboolean package_verify(int fd, const PackageVerifyOptions *options, PackageReport **report,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean package_verify_path(const char *path, const PackageVerifyOptions *options, PackageReport **report,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
