/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the media thread does with one upload: look at what it really is, strip it, give it its name. */
#include "config.h"

#include "gate-media-private.h"
#include "gate-strip.h"
#include "wire-document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* renameat() */
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECES_PER_WRITE 512
#define NOREPLACE        1 /* RENAME_NOREPLACE */

/* --- What it is ---------------------------------------------------------------------------------- */

/* %NULL: it is nothing we take, or not what was said. */
static const char *
find_mime (const char   *said,
           const guint8 *data,
           gsize         n_bytes)
{
  const char *picture = wire_image_mime (wire_image_sniff (data, n_bytes));

  if (picture != NULL)
    return strcmp (picture, said) == 0 ? picture : NULL;
  return wire_document_agrees (said, data, n_bytes) ? wire_document_find (said) : NULL;
}

gboolean
gate_media_mime_is_allowed (const char *mime)
{
  for (WireImageKind kind = WIRE_IMAGE_JPEG; kind <= WIRE_IMAGE_WEBP; kind++)
    if (strcmp (mime, wire_image_mime (kind)) == 0)
      return TRUE;
  return wire_document_find (mime) != NULL;
}

/* --- Writing it ---------------------------------------------------------------------------------- */

static gboolean
write_all (int           fd,
           struct iovec *parts,
           gsize         n_parts)
{
  while (n_parts > 0) {
    gssize n = writev (fd, parts, (int) n_parts);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    for (; n_parts > 0 && (gsize) n >= parts->iov_len; parts++, n_parts--)
      n -= (gssize) parts->iov_len;
    if (n_parts > 0) {
      parts->iov_base = (guint8 *) parts->iov_base + n;
      parts->iov_len -= (gsize) n;
    }
  }
  return TRUE;
}

static gboolean
write_pieces (int           fd,
              const GArray *pieces)
{
  struct iovec parts[PIECES_PER_WRITE];

  for (guint i = 0; i < pieces->len;) {
    gsize n = 0;

    for (; n < PIECES_PER_WRITE && i < pieces->len; i++, n++) {
      const GatePiece *piece = &g_array_index (pieces, GatePiece, i);

      parts[n] = (struct iovec){ (gpointer) piece->data, piece->n_bytes };
    }
    if (!write_all (fd, parts, n))
      return FALSE;
  }
  return TRUE;
}

/* --- Its name ------------------------------------------------------------------------------------ */

static gboolean
move (const GateMediaStore *store,
      const char           *name,
      const char           *path)
{
  return syscall (SYS_renameat2, store->incoming_fd, name, store->folder_fd, path, NOREPLACE) == 0;
}

/* Its folder is there but for the first file of it. */
static gboolean
move_to_folder (const GateMediaStore *store,
                const char           *name,
                const char           *path)
{
  char folder[] = { path[0], path[1], '\0' };

  if (move (store, name, path))
    return TRUE;
  return errno == ENOENT && mkdirat (store->folder_fd, folder, 0700) == 0 &&
         move (store, name, path);
}

/* An id is given once. A client that did not hear of its success sends the same again and hears of it now. What is there may also
 * be the beginning of it: a power cut keeps the name of a file and not its end, and nobody had been told of it. No
 * stored file can be replaced by that: a picture ends where it ends, and other files have the size of their ticket.
 */
static GateMediaStatus
move_again (const GateMediaStore *store,
            const char           *name,
            const char           *path)
{
  int old_fd = gate_media_open_beneath (store->folder_fd, path);
  int new_fd = gate_media_open_beneath (store->incoming_fd, name);
  g_autoptr (GBytes) old_file = old_fd >= 0 ? gate_media_map (old_fd) : NULL;
  g_autoptr (GBytes) new_file = new_fd >= 0 ? gate_media_map (new_fd) : NULL;
  gsize old_bytes = old_file != NULL ? g_bytes_get_size (old_file) : 0;

  if (old_fd < 0 || new_file == NULL || old_bytes > g_bytes_get_size (new_file) ||
      (old_bytes > 0 && memcmp (g_bytes_get_data (old_file, NULL),
                                g_bytes_get_data (new_file, NULL), old_bytes) != 0))
    return GATE_MEDIA_EXISTS;
  if (old_bytes < g_bytes_get_size (new_file) &&
      renameat (store->incoming_fd, name, store->folder_fd, path) != 0)
    return gate_media_status_of (errno);
  return GATE_MEDIA_OK;
}

static GateMediaStatus
give_id (const GateMediaStore *store,
         const char           *name,
         const char           *id)
{
  char path[GATE_MEDIA_PATH_CHARS + 1];

  gate_media_make_path (id, path);
  if (move_to_folder (store, name, path))
    return GATE_MEDIA_OK;
  return errno == EEXIST ? move_again (store, name, path) : gate_media_status_of (errno);
}

/* Whole before it has its name: nobody ever finds half a file under an id. */
static GateMediaStatus
store_pieces (GateUpload   *upload,
              const GArray *pieces)
{
  GateMediaStore *store = upload->store;
  char name[GATE_MEDIA_NAME_CHARS + 1];
  GateMediaStatus status;
  int fd;

  gate_media_make_name (name);
  fd = gate_media_open_new (store, name);
  if (fd < 0)
    return gate_media_status_of (errno);
  status = write_pieces (fd, pieces) ? GATE_MEDIA_OK : gate_media_status_of (errno);
  (void) close (fd);
  if (status == GATE_MEDIA_OK)
    status = give_id (store, name, upload->id);
  (void) unlinkat (store->incoming_fd, name, 0); /* unless it has its id */
  return status;
}

/* --- One upload ---------------------------------------------------------------------------------- */

static GateMediaStatus
media_status (WireStatus status)
{
  switch (status) {
  case WIRE_OK:
    return GATE_MEDIA_OK;
  case WIRE_TOO_LARGE:
    return GATE_MEDIA_TOO_LARGE;
  case WIRE_UNSUPPORTED:
    return GATE_MEDIA_WRONG_TYPE;
  case WIRE_NEED_MORE:
  case WIRE_BAD_FRAME:
  case WIRE_BAD_UTF8:
  case WIRE_FORGED:
  case WIRE_EXPIRED:
  default:
    return GATE_MEDIA_BROKEN;
  }
}

static GateMediaStatus
take_picture (GateUpload   *upload,
              GateStrip    *strip,
              const guint8 *data,
              gsize         n_bytes)
{
  WireImage image = { 0 };
  WireStatus status = wire_image_measure (data, n_bytes, &image);

  if (status == WIRE_OK)
    status = gate_strip_run (strip, image.kind);
  upload->result.width = image.width;
  upload->result.height = image.height;
  return media_status (status);
}

static GateMediaStatus
take_bytes (GateUpload   *upload,
            const guint8 *data,
            gsize         n_bytes)
{
  const char *mime = find_mime (upload->mime, data, n_bytes);
  GateStrip strip;
  GateMediaStatus status;

  if (mime == NULL)
    return GATE_MEDIA_WRONG_TYPE;
  upload->result.mime = mime;
  wire_sha256 (data, n_bytes, upload->result.sha256);
  gate_strip_init (&strip, data, n_bytes);
  if (g_str_has_prefix (mime, "image/"))
    status = take_picture (upload, &strip, data, n_bytes);
  else
    status = media_status (gate_strip_keep (&strip, 0, n_bytes));
  for (guint i = 0; i < strip.pieces->len; i++)
    upload->result.size_bytes += g_array_index (strip.pieces, GatePiece, i).n_bytes;
  if (status == GATE_MEDIA_OK)
    status = store_pieces (upload, strip.pieces);
  gate_strip_done (&strip);
  return status;
}

static GBytes *
get_bytes (GateUpload *upload)
{
  int fd;

  if (upload->memory != NULL)
    return g_bytes_new_static (upload->memory, upload->n_bytes);
  fd = gate_media_open_beneath (upload->store->incoming_fd, upload->raw);
  return fd >= 0 ? gate_media_map (fd) : NULL;
}

void
gate_media_file (GateUpload *upload)
{
  g_autoptr (GBytes) bytes = get_bytes (upload);
  gsize n_bytes = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &n_bytes) : NULL;

  upload->result.status = data != NULL ? take_bytes (upload, data, n_bytes) : GATE_MEDIA_FAILED;
}
