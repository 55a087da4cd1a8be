/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/* What a picture says about itself in its header. No decoder is involved (`SECURITY.md` 2.12, 2.13). */

#define WIRE_IMAGE_MAX_PIXELS 40000000u /* 40 megapixels */
#define WIRE_IMAGE_HEAD_BYTES 65536u    /* of the file, that are enough for nearly every JPEG */

typedef enum {
  WIRE_IMAGE_NONE,
  WIRE_IMAGE_JPEG,
  WIRE_IMAGE_PNG,
  WIRE_IMAGE_GIF,
  WIRE_IMAGE_WEBP,
} WireImageKind;

typedef struct {
  WireImageKind kind;
  guint32 width;
  guint32 height;
} WireImage;

/** wire_image_sniff: the kind by its magic bytes (12 are enough); %WIRE_IMAGE_NONE for anything else. */
WireImageKind wire_image_sniff (const guint8 *data,
                                gsize         n_bytes);

/** wire_image_mime: (transfer none) (nullable): such as `image/png`. */
const char *wire_image_mime (WireImageKind kind);

/**
 * wire_image_measure:
 * @data: the beginning of the file
 *
 * Returns: %WIRE_OK; %WIRE_NEED_MORE: the size stands further on; %WIRE_UNSUPPORTED: none of the four kinds;
 *   %WIRE_BAD_FRAME: broken or empty; %WIRE_TOO_LARGE: over %WIRE_IMAGE_MAX_PIXELS (@ret_image is set)
 */
WireStatus wire_image_measure (const guint8 *data,
                               gsize         n_bytes,
                               WireImage    *ret_image) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
