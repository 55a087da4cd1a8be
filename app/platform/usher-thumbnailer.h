/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * Between the console and usher-thumbnailer, which is started for one picture and ends with it:
 *
 *   usher-thumbnailer MIME BOX_WIDTH BOX_HEIGHT
 *
 * reads the picture from USHER_THUMBNAILER_IN and writes into the memory of USHER_THUMBNAILER_OUT, which can neither grow nor shrink: this
 * head, and behind it the pixels, four bytes each: red, green, blue, alpha (not premultiplied). Ends with 0 when they are there.
 */
#define USHER_THUMBNAILER_IN  3
#define USHER_THUMBNAILER_OUT 4

typedef struct {
  guint32 width;
  guint32 height;
} UsherThumbnailHead;

/* What it may use. 40 million pixels are about 115 MiB. */
#define USHER_THUMBNAILER_MEMORY_BYTES ((guint64) 512 * 1024 * 1024)
#define USHER_THUMBNAILER_CPU_S        5

static inline gsize
usher_thumbnailer_out_bytes (int box_width,
                             int box_height)
{
  return sizeof (UsherThumbnailHead) + (gsize) 4 * (gsize) box_width * (gsize) box_height;
}
