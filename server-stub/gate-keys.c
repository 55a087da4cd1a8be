/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-keys"

#include "config.h"

#include "gate-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

void
gate_random (gpointer buffer,
             gsize    n_bytes)
{
  guint8 *at = buffer;

  while (n_bytes > 0) {
    gssize n = getrandom (at, n_bytes, 0);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      g_error ("getrandom: %s", g_strerror (errno));
    at += n;
    n_bytes -= (gsize) n;
  }
}

static gboolean
fail (GError     **error,
      const char  *what,
      const char  *path)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved), "Cannot %s “%s”: %s",
               what, path, g_strerror (saved));
  return FALSE;
}

/* @flags: AT_SYMLINK_NOFOLLOW for what is inside: a link there is judged where it leads, by whoever opens it. */
static gboolean
check_private (const char  *path,
               int          flags,
               const char  *what,
               GError     **error)
{
  struct stat info;
  gboolean is_folder;

  if (fstatat (AT_FDCWD, path, &info, flags) != 0)
    return fail (error, "read", path);
  is_folder = S_ISDIR (info.st_mode);
  if (S_ISLNK (info.st_mode) || (info.st_mode & 0077) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
               "%s “%s” may be read by others (mode %03o); run: chmod %s '%s'", what, path,
               info.st_mode & 0777, is_folder ? "700" : "600", path);
  return FALSE;
}

/* The database, its log, keys, tokens, search and media: each would give conversations away. */
static gboolean
check_contents (const char  *dir,
                GError     **error)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, error);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);

    if (!check_private (path, AT_SYMLINK_NOFOLLOW, "In the data folder,", error))
      return FALSE;
  }
  return entries != NULL;
}

gboolean
gate_data_dir_prepare (const char  *dir,
                       GError     **error)
{
  g_autofree char *media = g_build_filename (dir, "media", NULL);

  if (g_mkdir_with_parents (dir, 0700) != 0)
    return fail (error, "make the data folder", dir);
  if (!check_private (dir, 0, "The data folder", error) || !check_contents (dir, error))
    return FALSE;
  if (g_mkdir (media, 0700) != 0 && errno != EEXIST)
    return fail (error, "make the folder", media);
  return TRUE;
}

/* Written beside and renamed: a crash leaves either no keys or all of them. */
static gboolean
write_private (const char     *path,
               gconstpointer   data,
               gsize           n_bytes,
               GError        **error)
{
  return g_file_set_contents_full (path, data, (gssize) n_bytes,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static gboolean
keys_make (GateKeys    *keys,
           const char  *path,
           GError     **error)
{
  guint8 token[32];
  g_autofree char *text = NULL;

  gate_random (keys->resume_key, sizeof keys->resume_key);
  gate_random (keys->media_secret, sizeof keys->media_secret);
  gate_random (token, sizeof token);
  text = g_base64_encode (token, sizeof token);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  memcpy (keys->ops_token, text, sizeof keys->ops_token - 1);
  return write_private (path, keys, sizeof *keys, error);
}

gboolean
gate_keys_load (GateKeys    *ret_keys,
                const char  *dir,
                GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "keys", NULL);
  g_autofree char *token_path = g_build_filename (dir, "ops.token", NULL);
  g_autofree char *data = NULL;
  gsize n_bytes;
  GateKeys keys = { 0 };

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    if (!keys_make (&keys, path, error))
      return FALSE;
  } else {
    if (!g_file_get_contents (path, &data, &n_bytes, error))
      return FALSE;
    if (n_bytes != sizeof keys) {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "“%s” is damaged (%" G_GSIZE_FORMAT
                   " bytes); restore it from a backup, or remove it: "
                   "visitors then start new sessions",
                   path, n_bytes);
      return FALSE;
    }
    memcpy (&keys, data, sizeof keys);
    keys.ops_token[sizeof keys.ops_token - 1] = '\0';
  }
  if (!write_private (token_path, keys.ops_token, strlen (keys.ops_token), error))
    return FALSE;
  *ret_keys = keys;
  return TRUE;
}
