/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES 512
#define COPY_BYTES  (64 * 1024)
#define MAX_OCTAL   077777777777 /* 8 GiB - 1: above, the size is binary, as GNU tar writes it */

G_DEFINE_QUARK (gate_tar_error_quark, gate_tar_error)

/* POSIX.1-1988 ustar header. */
typedef struct {
  char name[100];
  char mode[8], uid[8], gid[8];
  char size[12], mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6], version[2];
  char owner[32], group[32];
  char major[8], minor[8];
  char prefix[155];
  char pad[12];
} Header;

G_STATIC_ASSERT (sizeof (Header) == BLOCK_BYTES);

static gboolean
fail_io (GError     **error,
         const char  *what)
{
  g_set_error (error, GATE_TAR_ERROR, GATE_TAR_ERROR_IO, "%s: %s", what, g_strerror (errno));
  return FALSE;
}

static gboolean
fail_format (GError     **error,
             const char  *what)
{
  g_set_error (error, GATE_TAR_ERROR, GATE_TAR_ERROR_FORMAT, "This is no whole backup: %s", what);
  return FALSE;
}

static gboolean
write_all (int             fd,
           gconstpointer   data,
           gsize           n_bytes,
           GError        **error)
{
  while (n_bytes > 0) {
    gssize n = write (fd, data, n_bytes);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return fail_io (error, "Cannot write");
    data = (const guint8 *) data + n;
    n_bytes -= (gsize) n;
  }
  return TRUE;
}

/* How many bytes could be read: less than asked only at the end. -1: an error. */
static gssize
read_all (int      fd,
          gpointer to,
          gsize    n_bytes)
{
  gsize done = 0;

  while (done < n_bytes) {
    gssize n = read (fd, (guint8 *) to + done, n_bytes - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    done += (gsize) n;
  }
  return (gssize) done;
}

static guint
checksum (const Header *header)
{
  const guint8 *bytes = (const guint8 *) header;
  guint sum = 0;

  for (gsize i = 0; i < sizeof *header; i++)
    sum += i >= G_STRUCT_OFFSET (Header, checksum) &&
               i < G_STRUCT_OFFSET (Header, checksum) + sizeof header->checksum
             ? ' '
             : bytes[i];
  return sum;
}

/* --- Writing ------------------------------------------------------------------------------------------ */

static void
put_size (Header  *header,
          guint64  n_bytes)
{
  if (n_bytes <= MAX_OCTAL) {
    snprintf (header->size, sizeof header->size, "%011" G_GINT64_MODIFIER "o", n_bytes);
    return;
  }
  header->size[0] = (char) 0x80;
  for (guint i = 0; i < 8; i++)
    header->size[sizeof header->size - 1 - i] = (char) (n_bytes >> (8 * i));
}

static Header
make_header (const char *name,
             guint64     n_bytes,
             gint64      mtime)
{
  Header header = { .type = '0' };

  memcpy (header.name, name, strlen (name));
  memcpy (header.magic, "ustar", 6);
  memcpy (header.version, "00", 2);
  memcpy (header.mode, "0000600", 8);
  memcpy (header.uid, "0000000", 8);
  memcpy (header.gid, "0000000", 8);
  put_size (&header, n_bytes);
  snprintf (header.mtime, sizeof header.mtime, "%011" G_GINT64_MODIFIER "o",
            (guint64) CLAMP (mtime, 0, MAX_OCTAL));
  snprintf (header.checksum, sizeof header.checksum, "%06o", checksum (&header));
  header.checksum[7] = ' ';
  return header;
}

static gboolean
copy_in (int       fd,
         int       from,
         guint64   n_bytes,
         GError  **error)
{
  guint8 buffer[COPY_BYTES];
  guint64 left = (n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;

  for (guint64 done = 0; done < left;) {
    gsize n = (gsize) MIN (left - done, sizeof buffer);
    gsize wanted = (gsize) MIN (n_bytes > done ? n_bytes - done : 0, n);

    if (read_all (from, buffer, wanted) != (gssize) wanted)
      return fail_io (error, "A file became shorter while it was read");
    memset (buffer + wanted, 0, n - wanted);
    if (!write_all (fd, buffer, n, error))
      return FALSE;
    done += n;
  }
  return TRUE;
}

gboolean
gate_tar_add (int          fd,
              const char  *name,
              const char  *path,
              GError     **error)
{
  int from = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat info;
  gboolean is_good;

  g_assert (strlen (name) < GATE_TAR_MAX_NAME);
  if (from < 0)
    return fail_io (error, path);
  is_good = fstat (from, &info) == 0 || fail_io (error, path);
  if (is_good) {
    Header header = make_header (name, (guint64) info.st_size, info.st_mtime);

    is_good = write_all (fd, &header, sizeof header, error) &&
              copy_in (fd, from, (guint64) info.st_size, error);
  }
  close (from);
  return is_good;
}

gboolean
gate_tar_end (int      fd,
              GError **error)
{
  static const guint8 nothing[2 * BLOCK_BYTES];

  if (!write_all (fd, nothing, sizeof nothing, error))
    return FALSE;
  return fsync (fd) == 0 || fail_io (error, "Cannot sync the backup");
}

/* --- Reading ------------------------------------------------------------------------------------------ */

static gboolean
is_safe_name (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  for (gsize i = 0; parts[i] != NULL; i++)
    if (parts[i][0] == '\0' || strcmp (parts[i], ".") == 0 || strcmp (parts[i], "..") == 0)
      return FALSE;
  return parts[0] != NULL;
}

static gint64
get_size (const Header *header)
{
  guint64 n_bytes = 0;

  if ((guint8) header->size[0] == 0x80) {
    for (guint i = 4; i < sizeof header->size; i++)
      n_bytes = n_bytes << 8 | (guint8) header->size[i];
    return n_bytes <= G_MAXINT64 / 2 ? (gint64) n_bytes : -1;
  }
  for (guint i = 0; i < 11; i++) {
    if (header->size[i] < '0' || header->size[i] > '7')
      return -1;
    n_bytes = n_bytes << 3 | (guint64) (header->size[i] - '0');
  }
  return (gint64) n_bytes;
}

static gboolean
check_header (const Header  *header,
              char           name[GATE_TAR_MAX_NAME + 1],
              gint64        *ret_n_bytes,
              GError       **error)
{
  char sum[7];

  snprintf (sum, sizeof sum, "%06o", checksum (header));
  memcpy (name, header->name, GATE_TAR_MAX_NAME);
  name[GATE_TAR_MAX_NAME] = '\0';
  *ret_n_bytes = get_size (header);
  if (memcmp (header->magic, "ustar", 6) != 0 || memcmp (header->checksum, sum, 6) != 0 ||
      *ret_n_bytes < 0)
    return fail_format (error, "a header is damaged");
  if (header->type != '0' || !is_safe_name (name))
    return fail_format (error, "it holds something else than plain files");
  return TRUE;
}

static gboolean
copy_out (int      fd,
          int      to,
          gint64   n_bytes,
          GError **error)
{
  guint8 buffer[COPY_BYTES];
  gint64 left = (n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;

  for (gint64 done = 0; done < left;) {
    gsize n = (gsize) MIN (left - done, (gint64) sizeof buffer);
    gsize wanted = (gsize) CLAMP (n_bytes - done, 0, (gint64) n);

    if (read_all (fd, buffer, n) != (gssize) n)
      return fail_format (error, "it ends too early");
    if (to >= 0 && !write_all (to, buffer, wanted, error))
      return FALSE;
    done += (gint64) n;
  }
  return TRUE;
}

static gboolean
read_file (int          fd,
           const char  *path,
           gint64       n_bytes,
           GError     **error)
{
  int to = -1;
  gboolean is_good;

  if (path != NULL) {
    to = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (to < 0)
      return fail_io (error, path);
  }
  is_good = copy_out (fd, to, n_bytes, error);
  if (to >= 0) {
    if (is_good && fsync (to) != 0)
      is_good = fail_io (error, path);
    close (to);
  }
  return is_good;
}

gboolean
gate_tar_read (int           fd,
               GateTarFunc   func,
               gpointer      user_data,
               GError      **error)
{
  static const Header nothing;
  char name[GATE_TAR_MAX_NAME + 1];
  Header header;
  gint64 n_bytes;

  for (;;) {
    g_autofree char *path = NULL;

    if (read_all (fd, &header, sizeof header) != sizeof header)
      return fail_format (error, "it ends too early");
    if (memcmp (&header, &nothing, sizeof header) == 0)
      return TRUE;
    if (!check_header (&header, name, &n_bytes, error))
      return FALSE;
    path = func (name, n_bytes, user_data);
    if (!read_file (fd, path, n_bytes, error))
      return FALSE;
  }
}
