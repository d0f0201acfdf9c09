/* ledger/package_verify.c: the order of the steps, and what they share. */
#include "base/file.h"
#include "ledger/package_check.h"
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DAMAGES_MAX 1000 /* of each phase: what a later one finds first must not crowd out the headline */

/* A text from a hostile package as it may be shown: valid UTF-8 without control characters. New string. */
static char *shown(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (char *at = valid; *at; at++)
        if ((guint8)*at < 0x20 || *at == 0x7f)
            *at = '?';
    return g_steal_pointer(&valid);
}

void check_damage(PackageCheck *self, PackagePhase phase, const char *code, const char *file, guint64 line,
                  guint32 feed, guint64 record, guint64 byte, const char *why)
{
    g_mutex_lock(&self->lock);
    if (self->damages[phase]++ < DAMAGES_MAX) {
        PackageDamage damage = {phase, g_strdup(code), shown(file), line, feed, record, byte, shown(why)};
        g_array_append_val(self->report->damages, damage);
    }
    g_mutex_unlock(&self->lock);
}

void check_damage_file(PackageCheck *self, PackagePhase phase, const char *code, const char *file, const char *why)
{
    check_damage(self, phase, code, file, PLACE_NONE, 0, PLACE_NONE, PLACE_NONE, why);
}

/* ---- files by name ---- */

/* The first file that does not come before @name. */
static guint lower_bound(const PackageCheck *self, const char *name)
{
    guint low = 0, high = self->files->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (package_name_compare(g_array_index(self->files, CheckFile, middle).name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const CheckFile *check_file(const PackageCheck *self, const char *name)
{
    guint at = lower_bound(self, name);
    const CheckFile *file = at < self->files->len ? &g_array_index(self->files, CheckFile, at) : NULL;
    return file && g_str_equal(file->name, name) ? file : NULL;
}

guint check_files_below(const PackageCheck *self, const char *prefix, guint *first)
{
    guint end = *first = lower_bound(self, prefix);
    while (end < self->files->len && g_str_has_prefix(g_array_index(self->files, CheckFile, end).name, prefix))
        end++;
    return end;
}

const char *check_bytes(const PackageCheck *self, const CheckFile *file, gsize *length)
{
    *length = file->entry->size;
    return (const char *)self->map + file->entry->offset;
}

void check_let_go(const char *from, const char *until)
{
    gsize page = (gsize)sysconf(_SC_PAGESIZE);
    gsize first = ((gsize)from + page - 1) / page * page;
    if ((gsize)until > first + page)
        (void)madvise((char *)first, ((gsize)until - first) / page * page, MADV_DONTNEED);
}

/* ---- the steps ---- */

static void zip_damaged(gpointer data, const char *code, guint64 byte, const char *entry, const char *why)
{
    PackageCheck *self = data;
    const char *inside = strchr(entry, '/');
    check_damage(self, PHASE_ZIP, code, inside ? inside + 1 : entry, PLACE_NONE, 0, PLACE_NONE, byte, why);
}

static gboolean map_file(PackageCheck *self, int fd, GError **error)
{
    guint64 size = zip_file_size(self->zip);
    self->map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (self->map != MAP_FAILED)
        return TRUE;
    self->map = NULL;
    return error_set_errno(error, "reading the package");
}

/* Everything that the records can show, in the order of the phases. */
static gboolean check_truth(PackageCheck *self, GError **error)
{
    check_contents(self);
    check_cards(self);
    if (!check_feeds(self, error) || !check_lanes(self, error))
        return FALSE;
    check_anchors(self);
    check_retired_keys(self);
    check_blobs(self);
    check_claims(self);
    return TRUE;
}

static gboolean check_inside(PackageCheck *self, int fd, GError **error)
{
    if (!map_file(self, fd, error))
        return FALSE;
    g_autoptr(GThread) hashing = check_hash_start(self);
    GError *failed = NULL;
    gboolean done = check_truth(self, &failed);
    g_autoptr(GError) hash_failed = g_thread_join(g_steal_pointer(&hashing));
    if (!done || hash_failed) {
        g_propagate_error(error, failed ? failed : g_steal_pointer(&hash_failed));
        return FALSE;
    }
    return check_bag(self, error);
}

static gint by_phase(gconstpointer a, gconstpointer b)
{
    return (gint)((const PackageDamage *)a)->phase - (gint)((const PackageDamage *)b)->phase;
}

static void check_free(PackageCheck *self)
{
    g_clear_pointer(&self->lanes, g_ptr_array_unref);
    g_clear_pointer(&self->feeds, g_ptr_array_unref);
    g_clear_pointer(&self->nodes, g_ptr_array_unref);
    g_clear_pointer(&self->cosigners, g_ptr_array_unref);
    g_clear_pointer(&self->files, g_array_unref);
    g_clear_pointer(&self->subjects, g_hash_table_unref);
    g_clear_pointer(&self->confirmed, check_confirmed_free);
    if (self->map) /* after the lanes' copies, which borrowed from it */
        munmap(self->map, zip_file_size(self->zip));
    g_clear_pointer(&self->zip, zip_file_free);
    g_clear_pointer(&self->report, package_report_free);
    g_mutex_clear(&self->lock);
}

static void check_init(PackageCheck *self, const PackageVerifyOptions *options)
{
    self->options = options;
    self->report = package_report_new();
    self->files = g_array_new(FALSE, TRUE, sizeof(CheckFile));
    self->nodes = g_ptr_array_new_with_free_func(check_node_free);
    self->feeds = g_ptr_array_new_with_free_func(check_feed_free);
    self->lanes = g_ptr_array_new_with_free_func(check_lane_free);
    self->subjects = g_hash_table_new(g_str_hash, g_str_equal);
    self->cosigners = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    self->confirmed = check_confirmed_new();
    g_mutex_init(&self->lock);
}

gboolean package_verify(int fd, const PackageVerifyOptions *options, PackageReport **report, GError **error)
{
    PackageCheck self = {0};
    check_init(&self, options);
    self.zip = zip_file_open(fd, zip_damaged, &self, error);
    gboolean done = self.zip != NULL;
    if (done) {
        self.report->bytes = zip_file_size(self.zip);
        if (zip_file_is_whole(self.zip) && check_layout(&self))
            done = check_inside(&self, fd, error);
    }
    if (done) {
        g_array_sort(self.report->damages, by_phase); /* stable: GLib merges */
        *report = g_steal_pointer(&self.report);
    }
    check_free(&self);
    return done;
}

gboolean package_verify_path(const char *path, const PackageVerifyOptions *options, PackageReport **report,
                             GError **error)
{
    g_auto(FileDescriptor) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_set_errno(error, "opening “%s”", path);
    return package_verify(fd, options, report, error);
}
