#include "base/error.h"
#include "features/cases/cases.h"
#include "features/exports/private.h"
#include "node/package_source.h"
#include "node/wrapping.h"
#include <string.h>

#define FOLDER "exports"

/* The feature's own store of ciphertext: packages are no blobs of a lane. */
typedef struct {
    Blobs *blobs;
} Files;

static Blobs *files_of(Node *node)
{
    Files *files = node_feature_data(node, "exports");
    return files->blobs;
}

static char *wrapped_for(const char *export)
{
    return g_strconcat("export/", export, NULL);
}

/* ---- rows ---- */

gboolean tx_export_file_new(Tx *tx, const char *export, const char *space, const char *owner, const char *job,
                            GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "INSERT INTO export_file (export, space, owner, state, job, size, created, expires)"
                            " VALUES (:export, :space, :owner, 'writing', :job, 0, :created, :expires)");
    db_bind_text(query, "export", export);
    db_bind_text(query, "space", space);
    db_bind_text(query, "owner", owner);
    db_bind_text(query, "job", job);
    db_bind_integer(query, "created", tx_now_ms(tx));
    db_bind_integer(query, "expires", tx_now_ms(tx) + EXPORT_DAYS_MS);
    return db_run(query, error);
}

typedef struct {
    const char *export, *space, *state, *detail, *sha256;
    GBytes *key;
    guint64 size;
} FileState;

static gboolean put_state(Tx *tx, gpointer data, GError **error)
{
    const FileState *state = data;
    g_autoptr(DbQuery) query =
        db_query(tx_db(tx), "UPDATE export_file SET state = :state, detail = :detail, key = :key, size = :size,"
                            " sha256 = :sha256 WHERE export = :export");
    db_bind_text(query, "state", state->state);
    db_bind_text(query, "detail", state->detail);
    db_bind_bytes(query, "key", state->key);
    db_bind_integer(query, "size", (gint64)state->size);
    db_bind_text(query, "sha256", state->sha256);
    db_bind_text(query, "export", state->export);
    if (!db_run(query, error))
        return FALSE;
    tx_notify(tx, "export.changed", AUDIENCE_SPACE, state->space, state->export, state->state);
    return TRUE;
}

/* ---- writing ---- */

typedef struct {
    BlobPipe *pipe;
    Job *job;
    guint64 total;
} Writing;

static gboolean sink_write(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    return blob_pipe_write(((Writing *)data)->pipe, bytes, length, error);
}

static gboolean show_written(gpointer data, guint64 written)
{
    Writing *writing = data;
    job_progress(writing->job, MIN(written, writing->total), writing->total);
    return !job_is_cancelled(writing->job);
}

/* What the export's record says, as far as the package needs it. */
typedef struct {
    char *lane, *name;
    Hash leaf;
    char **subjects, **also;
} Wanted;
static void wanted_clear(Wanted *self)
{
    g_free(self->lane);
    g_free(self->name);
    g_strfreev(self->subjects);
    g_strfreev(self->also);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

/* Subjects of the readings of the chosen exhibits (all of the space's where none is chosen). */
static char **readings_of(Db *db, const char *space, char **subjects, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT subject, exhibit FROM reading WHERE space = :space ORDER BY subject");
    db_bind_text(query, "space", space);
    int row;
    while ((row = db_step(query, error)) > 0) {
        if (!subjects || g_strv_contains((const char *const *)subjects, db_text(query, 1)))
            g_ptr_array_add(list, g_strdup(db_text(query, 0)));
    }
    g_ptr_array_add(list, NULL);
    return row < 0 ? NULL : (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

static char **subjects_of(const char *text)
{
    g_autoptr(json_t) list = json_loads(text, 0, NULL);
    gsize count = json_array_size(list);
    char **subjects = g_new0(char *, count + 1);
    for (gsize n = 0; n < count; n++)
        subjects[n] = g_strdup(json_string_value(json_array_get(list, n)));
    return subjects;
}

static gboolean read_wanted(Db *db, const char *space, const char *export, Wanted *wanted, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT lane, leaf, scope, exhibits, readings FROM export WHERE space = :space AND id = :id");
    db_bind_text(query, "space", space);
    db_bind_text(query, "id", export);
    int row = db_step(query, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "export.not_found", "", "The export's record is not here.");
    if (row <= 0)
        return FALSE;
    gsize length = 0;
    gconstpointer leaf = db_blob(query, 1, &length);
    g_autofree char *title = NULL;
    if (length != HASH_SIZE) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "The row of the export is damaged.");
        return FALSE;
    }
    memcpy(wanted->leaf.bytes, leaf, HASH_SIZE);
    wanted->lane = g_strdup(db_text(query, 0));
    wanted->subjects = g_str_equal(db_text(query, 2), "whole") ? NULL : subjects_of(db_text(query, 3));
    gboolean readings = db_integer(query, 4) != 0;
    if (!case_names(db, space, &wanted->name, &title, error))
        return FALSE;
    if (wanted->subjects && readings && !(wanted->also = readings_of(db, space, wanted->subjects, error)))
        return FALSE;
    return TRUE;
}

/* Writes the whole package; @hash and @size are of its bytes. */
static gboolean write_package(Node *node, Job *job, const char *space, const char *export, const Secret *key,
                              Hash *hash, guint64 *size, GError **error)
{
    Db *db = job_reader(job);
    g_auto(Wanted) wanted = {0};
    if (!read_wanted(db, space, export, &wanted, error))
        return FALSE;
    BlobPipeOptions options = {
        .blobs = files_of(node), .env = node_env(node), .id = export, .key = key, .space = space, .size = -1};
    g_autoptr(BlobPipe) pipe = blob_pipe_new(&options, error);
    if (!pipe)
        return FALSE;
    Writing writing = {.pipe = pipe, .job = job};
    NodePackage package = {.space = space,
                           .lane = wanted.lane,
                           .leaf = &wanted.leaf,
                           .subjects = (const char *const *)wanted.subjects,
                           .also = (const char *const *)wanted.also,
                           .name = wanted.name,
                           .progress = show_written,
                           .data = &writing};
    ZipSink sink = {.write = sink_write, .data = &writing};
    if (!node_package_size(node, db, &package, &writing.total, error) ||
        !node_package_write(node, db, &package, &sink, error) || !blob_pipe_finish(pipe, hash, error))
        return FALSE;
    *size = blob_pipe_offset(pipe);
    return TRUE;
}

/* Written, given up or removed. A job that was cut off after its package was ready, and before its own row said so, is
 * begun again: the package stands, and is not written anew under the eyes of who fetches it. */
static gboolean is_settled(Db *db, const char *export)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT 1 FROM export_file WHERE export = :export AND state = 'writing'");
    db_bind_text(query, "export", export);
    return db_step(query, NULL) == 0;
}

static gboolean write_and_note(Node *node, Job *job, GError **error)
{
    const char *export = json_text(job_arguments(job), "export"), *space = json_text(job_arguments(job), "space");
    g_autofree char *what = wrapped_for(export);
    g_autoptr(Secret) key = secret_new_random(node_env(node));
    g_autoptr(GError) failed = NULL;
    Hash hash;
    guint64 size = 0;
    if (write_package(node, job, space, export, key, &hash, &size, &failed)) {
        char text[HASH_HEX_SIZE];
        hash_write(text, &hash);
        g_autoptr(GBytes) wrapped = node_wrap(node, what, key);
        FileState ready = {
            .export = export, .space = space, .state = "ready", .sha256 = text, .key = wrapped, .size = size};
        return node_write(node, put_state, &ready, error);
    }
    if (!blobs_abort(files_of(node), export, NULL))
        g_warning("an unfinished package was left behind; the next start removes it");
    if (g_error_matches(failed, COMITY_ERROR, COMITY_ERROR_CANCELLED)) { /* closing: begun again at the next start */
        g_propagate_error(error, g_steal_pointer(&failed));
        return FALSE;
    }
    gboolean told = failed->code != COMITY_ERROR_IO && failed->code != COMITY_ERROR_DAMAGED;
    FileState state = {.export = export,
                       .space = space,
                       .state = "failed",
                       .detail =
                           told ? failed->message
                                : "Something in the case could not be read. An administrator should run the audit."};
    g_autoptr(GError) unwritten = NULL;
    if (!node_write(node, put_state, &state, &unwritten))
        g_warning("noting a failed export: %s", unwritten->message);
    g_propagate_prefixed_error(error, g_steal_pointer(&failed), "exporting: ");
    return FALSE;
}

gboolean export_write(Node *node, Job *job, GError **error)
{
    return is_settled(job_reader(job), json_text(job_arguments(job), "export")) || write_and_note(node, job, error);
}

/* ---- reading, removing ---- */

BlobReader *export_file_open(Node *node, Db *db, const char *export, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT state, key, space, expires FROM export_file WHERE export = :export");
    db_bind_text(query, "export", export);
    int row = db_step(query, error);
    if (row < 0)
        return NULL;
    if (row == 0 || db_integer(query, 3) < env_now_ms(node_env(node))) {
        error_set(error, COMITY_ERROR_GONE, "export.gone", "",
                  "The package was removed or has expired. Export again; the record of this one stays.");
        return NULL;
    }
    if (!g_str_equal(db_text(query, 0), "ready")) {
        error_set(error, COMITY_ERROR_CONFLICT, "export.not_ready", "",
                  "The package is not ready yet; ask again in a moment.");
        return NULL;
    }
    g_autofree char *what = wrapped_for(export);
    g_autoptr(GBytes) wrapped = db_bytes(query, 1);
    g_autoptr(Secret) key = node_unwrap(node, what, wrapped, error);
    BlobFile *file = key ? blobs_get_upload(files_of(node), export, error) : NULL;
    return file ? blob_reader_new(file, key, db_text(query, 2), error) : NULL;
}

static gboolean drop_row(Tx *tx, gpointer data, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        tx_db(tx), "DELETE FROM export_file WHERE export = :export AND (state <> 'writing' OR expires < :now)");
    db_bind_text(query, "export", data);
    db_bind_integer(query, "now", env_now_ms(node_env(tx_node(tx))));
    return db_run(query, error);
}

gboolean export_file_remove(Node *node, const char *export, GError **error)
{
    return node_write(node, drop_row, (gpointer) export, error) && blobs_abort(files_of(node), export, error);
}

gboolean export_expire(Node *node, Job *job, GError **error)
{
    g_autoptr(GPtrArray) expired = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query = db_query(job_reader(job), "SELECT export FROM export_file WHERE expires < :now");
    db_bind_integer(query, "now", env_now_ms(node_env(node)));
    int row;
    while ((row = db_step(query, error)) > 0)
        g_ptr_array_add(expired, g_strdup(db_text(query, 0)));
    for (guint n = 0; row == 0 && n < expired->len; n++) {
        if (!export_file_remove(node, g_ptr_array_index(expired, n), error))
            return FALSE;
    }
    return row == 0;
}

/* Files without a row: what a run that was killed left behind. */
static gboolean sweep_one(gpointer data, const char *name, guint64 size, gint64 age_s, GError **error)
{
    (void)size;
    (void)age_s;
    gpointer *pair = data;
    g_autoptr(DbQuery) query = db_query(pair[1], "SELECT 1 FROM export_file WHERE export = :export");
    db_bind_text(query, "export", name);
    int row = db_step(query, error);
    return row > 0 || (row == 0 && blobs_abort(pair[0], name, error));
}

gboolean export_files_start(Node *node, GError **error)
{
    g_autofree char *blobs_path = g_build_filename(node_dir(node), FOLDER, "done", NULL);
    g_autofree char *uploads_path = g_build_filename(node_dir(node), FOLDER, "packages", NULL);
    g_autoptr(Blobs) blobs = blobs_open_dir(node_env(node), blobs_path, uploads_path, 64 * 1024 * 1024, error);
    g_autoptr(Db) db = blobs ? node_reader_open(node, error) : NULL;
    gpointer pair[] = {blobs, db};
    if (!db || !blobs_each_upload(blobs, sweep_one, pair, error)) {
        error_prefix(error, "opening the folder of packages");
        return FALSE;
    }
    Files *files = g_new0(Files, 1);
    files->blobs = g_steal_pointer(&blobs);
    node_set_feature_data(node, "exports", files);
    return TRUE;
}

void export_files_stop(Node *node)
{
    Files *files = node_feature_data(node, "exports");
    if (!files)
        return;
    node_set_feature_data(node, "exports", NULL);
    blobs_close(files->blobs);
    g_free(files);
}
