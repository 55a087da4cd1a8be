/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/*
 * Pictures from strangers. The header is read by our own few lines before any decoder sees a byte: a PNG of 48 kB may ask for a
 * gigabyte. It is decoded to the size that is shown, in a
 * process of its own that can do nothing else (usher-thumbnailer).
 */

/** Not more than the gateway accepts. */
#define USHER_IMAGE_MAX_BYTES  ((gsize) 20 * 1024 * 1024)
#define USHER_IMAGE_MAX_PIXELS ((guint64) 40 * 1000 * 1000)

typedef enum {
  USHER_IMAGE_ERROR_UNKNOWN_FORMAT,
  USHER_IMAGE_ERROR_TOO_LARGE,
  USHER_IMAGE_ERROR_DAMAGED,
} UsherImageError;

#define USHER_IMAGE_ERROR (usher_image_error_quark ())
GQuark usher_image_error_quark (void);

typedef struct {
  const char *mime;
  guint width;
  guint height;
} UsherImageInfo;

/** usher_image_probe: reads the header only. Knows PNG, JPEG, GIF and WebP. */
gboolean usher_image_probe (GBytes          *bytes,
                            UsherImageInfo  *ret_info,
                            GError         **error);

/** usher_image_fit: the size at which a picture is shown, within the box, never enlarged, never below 1. */
void usher_image_fit (guint  width,
                      guint  height,
                      int    box_width,
                      int    box_height,
                      int   *ret_width,
                      int   *ret_height);

/** usher_image_decode_async: probes, then decodes to fit into the box (in device pixels). */
void usher_image_decode_async (GBytes              *bytes,
                               int                  box_width,
                               int                  box_height,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data);
GdkTexture *
usher_image_decode_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
