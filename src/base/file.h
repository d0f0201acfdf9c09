/* base/file.h: files that are either wholly there or not at all, and folders of them.
 *   F1  Replacing: unnamed or temporary file in the same folder, write, sync, rename, sync of the folder.
 *   F2  Every descriptor is O_CLOEXEC; `FileDescriptor` closes on scope exit and keeps errno. */
#pragma once
#include "base/env.h"
#include <glib.h>
#include <sys/types.h>

typedef int FileDescriptor; /* -1: none */
void file_descriptor_close(FileDescriptor *fd);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileDescriptor, file_descriptor_close)

/* Writes all @length bytes at the descriptor's position, past EINTR and short writes. */
gboolean file_write_all(int fd, gconstpointer bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean file_pwrite_all(int fd, gconstpointer bytes, gsize length, goffset at,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Reads up to @length bytes at @at; a short count means the end. -1 on error. */
gssize file_pread(int fd, gpointer bytes, gsize length, goffset at, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The whole file at @path, at most @limit bytes (COMITY_ERROR_LIMIT past it). New. */
GBytes *file_read(const char *path, gsize limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Replaces (F1) the file at @path with @bytes and @mode. */
gboolean file_replace(const Env *env, const char *path, GBytes *bytes, mode_t mode,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Syncs the folder at @path, so that names in it survive a power cut. */
gboolean file_sync_folder(const Env *env, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes @path and its parents with @mode. Existing folders are success. */
gboolean file_make_folder(const char *path, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes an exclusive lock on @path (made if absent) for the life of the descriptor. -1 with COMITY_ERROR_BUSY where
 * another process holds it. */
int file_lock(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
