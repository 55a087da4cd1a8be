/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-media-private.h"

#include "wire-text.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY    65534u
#define FOLDER    (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
#define MAX_DEPTH 16

/* --- The folder ---------------------------------------------------------------------------------- */

static gboolean
failed (GError     **error,
        const char  *path)
{
  int number = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
               "Cannot use the media folder “%s”: %s", path, g_strerror (number));
  return FALSE;
}

static int
give_to_nobody (const char        *path,
                const struct stat *status,
                int                kind,
                struct FTW        *where)
{
  return lchown (path, NOBODY, NOBODY);
}

/* Only when it is somebody else's, so that a start costs no walk over a million files. */
static gboolean
give_away (const char  *path,
           int          fd,
           GError     **error)
{
  struct stat status;

  if (geteuid () != 0)
    return TRUE;
  if (fstat (fd, &status) != 0)
    return failed (error, path);
  if (status.st_uid == NOBODY)
    return TRUE;
  return nftw (path, give_to_nobody, MAX_DEPTH, FTW_PHYS) == 0 || failed (error, path);
}

static int
open_folder (const char  *path,
             GError     **error)
{
  int fd;

  if (mkdir (path, 0700) != 0 && errno != EEXIST)
    return failed (error, path), -1;
  fd = open (path, FOLDER);
  if (fd < 0 || fchmod (fd, 0700) != 0)
    return failed (error, path), -1;
  return fd;
}

/* What a crash left behind was never acknowledged. */
static void
sweep_incoming (const char *path,
                int         fd)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    (void) unlinkat (fd, name, 0);
}

GateMediaStore *
gate_media_store_new (const char  *data_dir,
                      GError     **error)
{
  g_autofree char *folder = g_build_filename (data_dir, "media", NULL);
  g_autofree char *incoming = g_build_filename (folder, "incoming", NULL);
  GateMediaStore *self = g_new0 (GateMediaStore, 1);

  self->incoming_fd = -1;
  self->jobs = g_async_queue_new ();
  self->folder_fd = open_folder (folder, error);
  if (self->folder_fd >= 0)
    self->incoming_fd = open_folder (incoming, error);
  if (self->incoming_fd < 0 || !give_away (folder, self->folder_fd, error)) {
    gate_media_store_free (self);
    return NULL;
  }
  sweep_incoming (incoming, self->incoming_fd);
  return self;
}

void
gate_media_store_start (GateMediaStore *self)
{
  self->thread = g_thread_new ("media", gate_media_thread, self);
}

static gboolean
is_unused (int fd)
{
  return fd < 0;
}

void
gate_media_store_free (GateMediaStore *self)
{
  GateUpload last = { .is_last = TRUE };

  if (self == NULL)
    return;
  if (self->thread != NULL) {
    g_async_queue_push (self->jobs, &last);
    g_thread_join (self->thread);
  }
  if (!is_unused (self->folder_fd))
    (void) close (self->folder_fd);
  if (!is_unused (self->incoming_fd))
    (void) close (self->incoming_fd);
  g_async_queue_unref (self->jobs);
  g_free (self);
}

/* --- Names --------------------------------------------------------------------------------------- */

gboolean
gate_media_id_is_good (const char *id)
{
  gsize n_chars = strlen (id);

  if (n_chars < GATE_MEDIA_ID_MIN_CHARS || n_chars > GATE_MEDIA_ID_MAX_CHARS)
    return FALSE;
  for (gsize i = 0; i < n_chars; i++)
    if (!g_ascii_isalnum (id[i]) && id[i] != '_' && id[i] != '-')
      return FALSE;
  return TRUE;
}

void
gate_media_make_name (char ret_name[GATE_MEDIA_NAME_CHARS + 1])
{
  guint8 bytes[GATE_MEDIA_NAME_CHARS / 4 * 3];

  if (getrandom (bytes, sizeof (bytes), 0) != (gssize) sizeof (bytes))
    g_error ("getrandom: %s", g_strerror (errno));
  wire_base64url_encode (bytes, sizeof (bytes), ret_name);
}

void
gate_media_make_path (const char *id,
                      char        ret_path[GATE_MEDIA_PATH_CHARS + 1])
{
  g_snprintf (ret_path, GATE_MEDIA_PATH_CHARS + 1, "%.2s/%s", id, id);
}

int
gate_media_open_new (const GateMediaStore *self,
                     const char           *name)
{
  return openat (self->incoming_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                 0600);
}

GateMediaStatus
gate_media_status_of (int number)
{
  return number == ENOSPC || number == EDQUOT ? GATE_MEDIA_FULL : GATE_MEDIA_FAILED;
}

/* --- Reading ------------------------------------------------------------------------------------- */

int
gate_media_open_beneath (int         folder_fd,
                         const char *path)
{
  struct open_how how = {
    .flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  };

  return (int) syscall (SYS_openat2, folder_fd, path, &how, sizeof (how));
}

typedef struct {
  gpointer memory;
  gsize n_bytes;
} Mapping;

static void
mapping_free (gpointer data)
{
  Mapping *self = data;

  (void) munmap (self->memory, self->n_bytes);
  g_free (self);
}

GBytes *
gate_media_map (int fd)
{
  struct stat status;
  gpointer memory = MAP_FAILED;
  Mapping *mapping;

  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size > 0)
    memory = mmap (NULL, (gsize) status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  (void) close (fd);
  if (memory == MAP_FAILED)
    return NULL;
  mapping = g_new (Mapping, 1);
  mapping->memory = memory;
  mapping->n_bytes = (gsize) status.st_size;
  return g_bytes_new_with_free_func (memory, mapping->n_bytes, mapping_free, mapping);
}

GBytes *
gate_media_store_open (GateMediaStore *self,
                       const char     *id)
{
  char path[GATE_MEDIA_PATH_CHARS + 1];
  int fd;

  if (!gate_media_id_is_good (id))
    return NULL;
  gate_media_make_path (id, path);
  fd = gate_media_open_beneath (self->folder_fd, path);
  return fd >= 0 ? gate_media_map (fd) : NULL;
}
