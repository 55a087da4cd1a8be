/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-strip.h"

#include <string.h>

#define TIFF_HEAD_BYTES 8
#define IFD_ENTRY_BYTES 12
#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT      3

void
gate_strip_init (GateStrip    *self,
                 const guint8 *data,
                 gsize         n_bytes)
{
  *self = (GateStrip){ .data = data, .n_bytes = n_bytes };
  self->arena = wire_arena_new (1024);
  self->pieces = g_array_new (FALSE, FALSE, sizeof (GatePiece));
}

void
gate_strip_done (GateStrip *self)
{
  g_clear_pointer (&self->arena, wire_arena_free);
  g_clear_pointer (&self->pieces, g_array_unref);
}

static WireStatus
add_piece (GateStrip    *self,
           const guint8 *data,
           gsize         n_bytes)
{
  GatePiece piece = { data, n_bytes };
  GatePiece *last =
    self->pieces->len > 0 ? &g_array_index (self->pieces, GatePiece, self->pieces->len - 1) : NULL;

  if (last != NULL && last->data + last->n_bytes == data) {
    last->n_bytes += n_bytes;
    return WIRE_OK;
  }
  if (self->pieces->len >= GATE_STRIP_MAX_PIECES)
    return WIRE_TOO_LARGE;
  g_array_append_val (self->pieces, piece);
  return WIRE_OK;
}

WireStatus
gate_strip_keep (GateStrip *self,
                 gsize      offset,
                 gsize      n_bytes)
{
  g_assert (offset <= self->n_bytes && n_bytes <= self->n_bytes - offset);
  return add_piece (self, self->data + offset, n_bytes);
}

WireStatus
gate_strip_insert (GateStrip    *self,
                   const guint8 *data,
                   gsize         n_bytes)
{
  return add_piece (self, data, n_bytes);
}

WireStatus
gate_strip_count_frame (GateStrip *self)
{
  return ++self->n_frames > GATE_STRIP_MAX_FRAMES ? WIRE_TOO_LARGE : WIRE_OK;
}

WireStatus
gate_strip_run (GateStrip     *self,
                WireImageKind  kind)
{
  switch (kind) {
  case WIRE_IMAGE_JPEG:
    return gate_strip_jpeg (self);
  case WIRE_IMAGE_PNG:
    return gate_strip_png (self);
  case WIRE_IMAGE_GIF:
    return gate_strip_gif (self);
  case WIRE_IMAGE_WEBP:
    return gate_strip_webp (self);
  case WIRE_IMAGE_NONE:
  default:
    return WIRE_UNSUPPORTED;
  }
}

/* --- Orientation --------------------------------------------------------------------------------- */

typedef struct {
  const guint8 *data;
  gsize n_bytes;
  gboolean is_big_endian;
} Tiff;

static guint32
read_number (const Tiff *tiff,
             gsize       offset,
             gsize       n_bytes)
{
  guint32 value = 0;

  for (gsize i = 0; i < n_bytes; i++) {
    gsize at = tiff->is_big_endian ? offset + i : offset + n_bytes - 1 - i;

    value = value << 8 | tiff->data[at];
  }
  return value;
}

static gboolean
open_tiff (Tiff         *tiff,
           const guint8 *data,
           gsize         n_bytes)
{
  if (n_bytes < TIFF_HEAD_BYTES)
    return FALSE;
  tiff->data = data;
  tiff->n_bytes = n_bytes;
  tiff->is_big_endian = data[0] == 'M';
  return (memcmp (data, "MM\0*", 4) == 0 || memcmp (data, "II*\0", 4) == 0);
}

guint
gate_strip_orientation (const guint8 *data,
                        gsize         n_bytes)
{
  Tiff tiff;
  gsize at, n_entries;

  if (!open_tiff (&tiff, data, n_bytes))
    return 1;
  at = read_number (&tiff, 4, 4);
  if (at > n_bytes - 2)
    return 1;
  n_entries = read_number (&tiff, at, 2);
  at += 2;
  for (gsize i = 0; i < n_entries && n_bytes - at >= IFD_ENTRY_BYTES; i++, at += IFD_ENTRY_BYTES) {
    guint32 value = read_number (&tiff, at + 8, 2);

    if (read_number (&tiff, at, 2) == TAG_ORIENTATION &&
        read_number (&tiff, at + 2, 2) == TYPE_SHORT && value >= 1 && value <= 8)
      return value;
  }
  return 1;
}

void
gate_strip_write_tiff (guint8 ret_tiff[GATE_STRIP_TIFF_BYTES],
                       guint  orientation)
{
  /* Big-endian; one directory with one entry: tag, SHORT, one of them, its value; no next directory. */
  static const guint8 block[GATE_STRIP_TIFF_BYTES] = {
    'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
  };

  memcpy (ret_tiff, block, sizeof (block));
  ret_tiff[19] = (guint8) orientation;
}
