/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-ctl.h"

#include "gate-store-admin.h"
#include "gate-store-db.h"
#include "gate-tar.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A backup is a tar file: usher.db, copied as of one instant, then media/. The database comes first, and a file is
 * stored before the database knows it, so no message in the backup lacks its picture. search.db is made anew from
 * usher.db. Keys are not in it: who finds a backup cannot sign links or sessions, and after a restore clients sign in
 * again.
 */

#define DATABASE         "usher.db"
#define MEDIA            "media"
#define UNFINISHED       "incoming" /* of it: uploads nobody was told of, gone the next moment */
#define MAX_DEPTH        8
#define MAX_OPEN_FOLDERS 16
#define NOBODY           65534u /* the uid of a worker whose gateway runs as root; see link/ */

static uid_t give_to; /* nftw() passes no pointer on */

static gboolean
fail (GError     **error,
      int          code,
      const char  *path,
      const char  *what)
{
  g_set_error (error, GATE_STORE_ERROR, code, "“%s”: %s", path, what);
  return FALSE;
}

/* --- backup ------------------------------------------------------------------------------------------- */

static gboolean
add_folder (int          fd,
            const char  *path,
            const char  *name,
            guint        depth,
            guint       *n_files,
            GError     **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *entry;
  gboolean is_good = TRUE;

  while (dir != NULL && is_good && (entry = g_dir_read_name (dir)) != NULL) {
    g_autofree char *inner = g_build_filename (path, entry, NULL);
    g_autofree char *inner_name = g_strdup_printf ("%s/%s", name, entry);
    struct stat info;

    if (depth == 0 && strcmp (entry, UNFINISHED) == 0)
      continue;
    if (lstat (inner, &info) != 0 || strlen (inner_name) >= GATE_TAR_MAX_NAME)
      continue;
    if (S_ISDIR (info.st_mode) && depth < MAX_DEPTH) {
      is_good = add_folder (fd, inner, inner_name, depth + 1, n_files, error);
    } else if (S_ISREG (info.st_mode)) {
      is_good = gate_tar_add (fd, inner_name, inner, error);
      ++*n_files;
    }
  }
  return is_good;
}

static gboolean
write_archive (GateAdmin   *admin,
               const char  *data,
               const char  *part,
               guint       *n_files,
               GError     **error)
{
  g_autofree char *copy = g_strconcat (part, ".db", NULL);
  g_autofree char *media = g_build_filename (data, MEDIA, NULL);
  int fd = open (part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean is_good;

  if (fd < 0)
    return fail (error, GATE_STORE_ERROR_OPEN, part, g_strerror (errno));
  g_unlink (copy);
  is_good = gate_admin_copy (admin, copy, error) && gate_tar_add (fd, DATABASE, copy, error) &&
            add_folder (fd, media, MEDIA, 0, n_files, error) && gate_tar_end (fd, error);
  g_unlink (copy);
  close (fd);
  return is_good;
}

static char *
skip (const char *name,
      gint64      n_bytes,
      gpointer    user_data)
{
  ++*(guint *) user_data;
  return NULL;
}

/* Reads the whole archive again: what cannot be read back is no backup. */
static gboolean
verify (const char  *part,
        guint        n_expected,
        GError     **error)
{
  int fd = open (part, O_RDONLY | O_CLOEXEC);
  guint n_read = 0;
  gboolean is_good;

  if (fd < 0)
    return fail (error, GATE_STORE_ERROR_OPEN, part, g_strerror (errno));
  is_good = gate_tar_read (fd, skip, &n_read, error);
  close (fd);
  if (is_good && n_read != n_expected)
    return fail (error, GATE_STORE_ERROR_OPEN, part, "not everything arrived in the file");
  return is_good;
}

static gboolean
backup (const char  *data,
        const char  *file,
        guint       *n_files,
        GError     **error)
{
  g_autoptr (GateAdmin) admin = NULL;
  g_autofree char *part = g_strconcat (file, ".part", NULL);
  gboolean is_good;

  if (g_file_test (file, G_FILE_TEST_EXISTS))
    return fail (error, GATE_STORE_ERROR_EXISTS, file, "is already there and is not overwritten");
  admin = gate_admin_open (data, error);
  if (admin == NULL)
    return FALSE;
  is_good = write_archive (admin, data, part, n_files, error) && verify (part, *n_files + 1, error);
  /* link() and not rename(): it never replaces what has come to be there meanwhile. */
  if (is_good && link (part, file) != 0)
    is_good = fail (error, GATE_STORE_ERROR_EXISTS, file, g_strerror (errno));
  g_unlink (part);
  return is_good;
}

int
gate_ctl_backup (const char  *program,
                 char       **arguments)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  guint n_files = 0;
  int code;

  if (
    !gate_ctl_parse (program, &arguments,
                     "Copies conversations, agents and uploaded files to one new tar file, as they "
                     "are at one instant, while the gateway runs. Keys stay out of it.",
                     NULL, &data, 1, &code))
    return code;
  if (backup (data, arguments[1], &n_files, &error))
    g_print ("Wrote “%s”: the database, checked, and %u uploaded files.\n", arguments[1], n_files);
  code = error == NULL ? GATE_CTL_OK : gate_ctl_fail (error);
  g_strfreev (arguments);
  return code;
}

/* --- restore ------------------------------------------------------------------------------------------ */

typedef struct {
  const char *data;
  const char *copy; /* where the database goes at first */
  guint n_files;
  gboolean has_database;
} Restore;

static char *
place (const char *name,
       gint64      n_bytes,
       gpointer    user_data)
{
  Restore *self = user_data;
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;

  if (strcmp (name, DATABASE) == 0 && !self->has_database) {
    self->has_database = TRUE;
    return g_strdup (self->copy);
  }
  if (!g_str_has_prefix (name, MEDIA "/"))
    return NULL;
  path = g_build_filename (self->data, name, NULL);
  folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  self->n_files++;
  return g_steal_pointer (&path);
}

static int
give (const char        *path,
      const struct stat *info,
      int                kind,
      struct FTW        *where)
{
  return lchown (path, give_to, give_to);
}

/*
 * Restored by root, the files must become those of who serves them: the folder's owner; or, where the gateway runs as
 * root itself, its http worker, which has given that up.
 */
static gboolean
give_away (const char  *data,
           GError     **error)
{
  g_autofree char *media = g_build_filename (data, MEDIA, NULL);
  g_autofree char *database = g_build_filename (data, DATABASE, NULL);
  struct stat info;

  if (geteuid () != 0)
    return TRUE;
  if (stat (data, &info) != 0)
    return fail (error, GATE_STORE_ERROR_OPEN, data, g_strerror (errno));
  give_to = info.st_uid != 0 ? info.st_uid : NOBODY;
  if (g_file_test (media, G_FILE_TEST_EXISTS) &&
      nftw (media, give, MAX_OPEN_FOLDERS, FTW_PHYS) != 0)
    return fail (error, GATE_STORE_ERROR_OPEN, media, g_strerror (errno));
  if (lchown (database, info.st_uid, info.st_gid) != 0)
    return fail (error, GATE_STORE_ERROR_OPEN, database, g_strerror (errno));
  return TRUE;
}

static gboolean
check_empty (const char  *data,
             GError     **error)
{
  g_autofree char *database = g_build_filename (data, DATABASE, NULL);
  g_autofree char *media = g_build_filename (data, MEDIA, NULL);

  if (g_file_test (database, G_FILE_TEST_EXISTS))
    return fail (error, GATE_STORE_ERROR_EXISTS, database,
                 "is already there: stop the gateway and move the old data away first");
  /* Also an empty one is no harm, but files of another database are. */
  if (g_file_test (media, G_FILE_TEST_EXISTS) && g_rmdir (media) != 0)
    return fail (error, GATE_STORE_ERROR_EXISTS, media,
                 "is already there: stop the gateway and move the old data away first");
  return TRUE;
}

static gboolean
restore (const char  *data,
         const char  *file,
         Restore     *self,
         GError     **error)
{
  g_autofree char *copy = g_build_filename (data, DATABASE ".part", NULL);
  int fd;
  gboolean is_good;

  fd = open (file, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail (error, GATE_STORE_ERROR_OPEN, file, g_strerror (errno));
  if (!gate_store_dir_prepare (data, error) || !check_empty (data, error)) {
    close (fd);
    return FALSE;
  }
  self->data = data;
  self->copy = copy;
  g_unlink (copy);
  is_good = gate_tar_read (fd, place, self, error);
  close (fd);
  if (is_good && !self->has_database)
    is_good = fail (error, GATE_STORE_ERROR_OPEN, file, "holds no database");
  /* The database last: a restore that was cut short leaves a folder that no gateway takes for whole. */
  is_good = is_good && gate_admin_adopt (data, copy, error) && give_away (data, error);
  g_unlink (copy);
  return is_good;
}

int
gate_ctl_restore (const char  *program,
                  char       **arguments)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  Restore self = { NULL };
  int code;

  if (
    !gate_ctl_parse (program, &arguments,
                     "Makes a data folder from a backup. It must hold no data yet, and no gateway "
                     "may run on it. Every client reads all its conversations again afterwards.",
                     NULL, &data, 1, &code))
    return code;
  if (restore (data, arguments[1], &self, &error))
    g_print ("Restored the database and %u uploaded files to “%s”.\n", self.n_files, data);
  code = error == NULL ? GATE_CTL_OK : gate_ctl_fail (error);
  g_strfreev (arguments);
  return code;
}
