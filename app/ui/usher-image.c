/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-image.h"

#include <string.h>
#include <glib/gi18n.h>

#include "usher-thumbnails.h"

G_DEFINE_QUARK (usher_image_error, usher_image_error)

static guint
read_be16 (const guint8 *p)
{
  return (guint) p[0] << 8 | p[1];
}

static guint
read_le16 (const guint8 *p)
{
  return (guint) p[1] << 8 | p[0];
}

static guint
read_le24 (const guint8 *p)
{
  return (guint) p[2] << 16 | (guint) p[1] << 8 | p[0];
}

static guint
read_be32 (const guint8 *p)
{
  return read_be16 (p) << 16 | read_be16 (p + 2);
}

/* Source: PNG specification 1.2, sections 3.1 and 4.1.1. */
static gboolean
probe_png (const guint8   *data,
           gsize           n_bytes,
           UsherImageInfo *info)
{
  if (n_bytes < 24 || memcmp (data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) != 0)
    return FALSE;
  *info = (UsherImageInfo){ "image/png", read_be32 (data + 16), read_be32 (data + 20) };
  return TRUE;
}

/* Source: GIF89a specification, section 18. */
static gboolean
probe_gif (const guint8   *data,
           gsize           n_bytes,
           UsherImageInfo *info)
{
  if (n_bytes < 10 || (memcmp (data, "GIF87a", 6) != 0 && memcmp (data, "GIF89a", 6) != 0))
    return FALSE;
  *info = (UsherImageInfo){ "image/gif", read_le16 (data + 6), read_le16 (data + 8) };
  return TRUE;
}

/* Source: RFC 9649 (WebP), sections 2.4–2.7; RFC 6386, section 9.1 for the lossy key frame. */
static gboolean
probe_webp (const guint8   *data,
            gsize           n_bytes,
            UsherImageInfo *info)
{
  info->mime = "image/webp";
  if (n_bytes < 30 || memcmp (data, "RIFF", 4) != 0 || memcmp (data + 8, "WEBP", 4) != 0)
    return FALSE;
  if (memcmp (data + 12, "VP8X", 4) == 0) {
    info->width = read_le24 (data + 24) + 1;
    info->height = read_le24 (data + 27) + 1;
  } else if (memcmp (data + 12, "VP8L", 4) == 0 && data[20] == 0x2f) {
    info->width = (read_le16 (data + 21) & 0x3fff) + 1;
    info->height = (read_le24 (data + 22) >> 6 & 0x3fff) + 1;
  } else if (memcmp (data + 12, "VP8 ", 4) == 0) {
    info->width = read_le16 (data + 26) & 0x3fff;
    info->height = read_le16 (data + 28) & 0x3fff;
  } else {
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_jpeg_frame (guint8 marker)
{
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Walks the segments to the frame header. Source: ITU-T T.81, annex B. */
static gboolean
probe_jpeg (const guint8   *data,
            gsize           n_bytes,
            UsherImageInfo *info)
{
  gsize at = 2;

  if (n_bytes < 4 || data[0] != 0xff || data[1] != 0xd8)
    return FALSE;
  while (at + 9 <= n_bytes && data[at] == 0xff) {
    guint8 marker = data[at + 1];

    if (marker == 0xff) { /* fill byte */
      at++;
      continue;
    }
    if (is_jpeg_frame (marker)) {
      *info =
        (UsherImageInfo){ "image/jpeg", read_be16 (data + at + 7), read_be16 (data + at + 5) };
      return TRUE;
    }
    at += 2 + (gsize) read_be16 (data + at + 2);
  }
  return FALSE;
}

gboolean
usher_image_probe (GBytes          *bytes,
                   UsherImageInfo  *ret_info,
                   GError         **error)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);
  UsherImageInfo info = { 0 };

  if (n_bytes > USHER_IMAGE_MAX_BYTES) {
    g_set_error_literal (error, USHER_IMAGE_ERROR, USHER_IMAGE_ERROR_TOO_LARGE,
                         _ ("The picture is larger than 20 MiB."));
    return FALSE;
  }
  if (!probe_png (data, n_bytes, &info) && !probe_jpeg (data, n_bytes, &info) &&
      !probe_gif (data, n_bytes, &info) && !probe_webp (data, n_bytes, &info)) {
    g_set_error_literal (error, USHER_IMAGE_ERROR, USHER_IMAGE_ERROR_UNKNOWN_FORMAT,
                         _ ("This is no PNG, JPEG, GIF or WebP picture."));
    return FALSE;
  }
  if (info.width == 0 || info.height == 0 ||
      (guint64) info.width * info.height > USHER_IMAGE_MAX_PIXELS) {
    g_set_error_literal (error, USHER_IMAGE_ERROR, USHER_IMAGE_ERROR_TOO_LARGE,
                         _ ("The picture has more than 40 million pixels."));
    return FALSE;
  }
  *ret_info = info;
  return TRUE;
}

void
usher_image_fit (guint  width,
                 guint  height,
                 int    box_width,
                 int    box_height,
                 int   *ret_width,
                 int   *ret_height)
{
  double scale =
    MIN (1.0, MIN ((double) box_width / MAX (width, 1), (double) box_height / MAX (height, 1)));

  *ret_width = MAX (1, (int) (width * scale + 0.5));
  *ret_height = MAX (1, (int) (height * scale + 0.5));
}

/* --- Decoding, by a process of its own for each picture, waited for on a thread ------------------------------------------------------------------------------ */

typedef struct {
  GBytes *bytes;
  int box_width;
  int box_height;
} Decode;

static void
decode_free (gpointer data)
{
  Decode *decode = data;

  g_bytes_unref (decode->bytes);
  g_free (decode);
}

static void
decode_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Decode *decode = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pixels = NULL;
  UsherImageInfo info;
  int width, height;

  if (!usher_image_probe (decode->bytes, &info, &error) ||
      !(pixels = usher_thumbnails_make (decode->bytes, info.mime, decode->box_width,
                                        decode->box_height, &width, &height, &error)))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task,
                           gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8A8, pixels,
                                                   (gsize) 4 * (gsize) width),
                           g_object_unref);
}

void
usher_image_decode_async (GBytes              *bytes,
                          int                  box_width,
                          int                  box_height,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Decode *decode = g_new0 (Decode, 1);

  g_task_set_source_tag (task, usher_image_decode_async);
  *decode = (Decode){ g_bytes_ref (bytes), box_width, box_height };
  g_task_set_task_data (task, decode, decode_free);
  g_task_run_in_thread (task, decode_thread);
}

GdkTexture *
usher_image_decode_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
