/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GIF89a: header, colour table, then blocks until the trailer. Kept: pictures, their timing, the loop count. */
#include "config.h"

#include "gate-strip.h"

#include <string.h>

#define HEAD_BYTES        13 /* signature and logical screen */
#define EXTENSION         0x21
#define IMAGE             0x2c
#define TRAILER           0x3b
#define GRAPHIC_CONTROL   0xf9
#define APPLICATION       0xff
#define IMAGE_HEAD_BYTES  10
#define APPLICATION_BYTES 11

static gsize
table_bytes (guint8 flags)
{
  return (flags & 0x80) != 0 ? (gsize) 3 << ((flags & 7) + 1) : 0;
}

/* Moves @at behind a chain of sub-blocks, the empty one included. */
static WireStatus
skip_blocks (const GateStrip *self,
             gsize           *at)
{
  while (*at < self->n_bytes) {
    gsize n_bytes = self->data[*at];

    if (n_bytes >= self->n_bytes - *at)
      return WIRE_BAD_FRAME;
    *at += 1 + n_bytes;
    if (n_bytes == 0)
      return WIRE_OK;
  }
  return WIRE_BAD_FRAME;
}

static gboolean
is_loop (const guint8 *name)
{
  return memcmp (name, "NETSCAPE2.0", APPLICATION_BYTES) == 0 ||
         memcmp (name, "ANIMEXTS1.0", APPLICATION_BYTES) == 0;
}

static WireStatus
take_extension (GateStrip *self,
                gsize     *at)
{
  gsize begin = *at;
  guint8 label;
  gboolean is_kept;

  if (self->n_bytes - begin < 3)
    return WIRE_BAD_FRAME;
  label = self->data[begin + 1];
  is_kept = label == GRAPHIC_CONTROL ||
            (label == APPLICATION && self->n_bytes - begin > 3 + APPLICATION_BYTES &&
             self->data[begin + 2] == APPLICATION_BYTES && is_loop (self->data + begin + 3));
  *at += 2;
  WIRE_TRY (skip_blocks (self, at));
  return is_kept ? gate_strip_keep (self, begin, *at - begin) : WIRE_OK;
}

static WireStatus
take_image (GateStrip *self,
            gsize     *at)
{
  gsize begin = *at;
  gsize head_bytes;

  if (self->n_bytes - begin < IMAGE_HEAD_BYTES)
    return WIRE_BAD_FRAME;
  head_bytes = IMAGE_HEAD_BYTES + table_bytes (self->data[begin + 9]) + 1;
  if (self->n_bytes - begin < head_bytes)
    return WIRE_BAD_FRAME;
  WIRE_TRY (gate_strip_count_frame (self));
  *at += head_bytes;
  WIRE_TRY (skip_blocks (self, at));
  return gate_strip_keep (self, begin, *at - begin);
}

WireStatus
gate_strip_gif (GateStrip *self)
{
  gsize at = HEAD_BYTES;

  if (self->n_bytes < HEAD_BYTES || memcmp (self->data, "GIF8", 4) != 0)
    return WIRE_UNSUPPORTED;
  at += table_bytes (self->data[10]);
  if (at > self->n_bytes)
    return WIRE_BAD_FRAME;
  WIRE_TRY (gate_strip_keep (self, 0, at));
  while (at < self->n_bytes && self->data[at] != TRAILER) {
    if (self->data[at] == EXTENSION)
      WIRE_TRY (take_extension (self, &at));
    else if (self->data[at] == IMAGE)
      WIRE_TRY (take_image (self, &at));
    else
      return WIRE_BAD_FRAME;
  }
  if (at >= self->n_bytes || self->n_frames == 0)
    return WIRE_BAD_FRAME;
  return gate_strip_keep (self, at, 1);
}
