/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WebP: RIFF chunks, little-endian, padded to even lengths. The total length and the flags of VP8X are written anew. */
#include "config.h"

#include "gate-strip.h"

#include <string.h>

#define RIFF_HEAD_BYTES  12 /* RIFF, length, WEBP */
#define HEAD_BYTES       8  /* name and length */
#define VP8X_BYTES       10
#define ANMF_HEAD_BYTES  16
#define FLAG_EXIF        0x08
#define FLAG_XMP         0x04
#define EXIF_CHUNK_BYTES (HEAD_BYTES + GATE_STRIP_TIFF_BYTES)

typedef struct {
  guint8 *riff; /* ours */
  guint8 *vp8x; /* ours; NULL = none came */
  guint orientation;
  gsize kept_bytes; /* behind the RIFF head */
  gboolean has_image;
} Walk;

static guint32
read_u32 (const guint8 *data)
{
  return (guint32) data[3] << 24 | (guint32) data[2] << 16 | (guint32) data[1] << 8 | data[0];
}

static void
write_u32 (guint8  *data,
           guint32  value)
{
  for (guint i = 0; i < 4; i++)
    data[i] = (guint8) (value >> (8 * i));
}

static gboolean
is_named (const guint8 *chunk,
          const char   *name)
{
  return memcmp (chunk, name, 4) == 0;
}

/* Length with head and padding of the chunk at @at, which must end before @end. */
static WireStatus
measure (const GateStrip *self,
         gsize            at,
         gsize            end,
         gsize           *ret_bytes)
{
  gsize body_bytes;

  if (end - at < HEAD_BYTES)
    return WIRE_BAD_FRAME;
  body_bytes = read_u32 (self->data + at + 4);
  body_bytes += body_bytes & 1;
  if (body_bytes > end - at - HEAD_BYTES)
    return WIRE_BAD_FRAME;
  *ret_bytes = HEAD_BYTES + body_bytes;
  return WIRE_OK;
}

static gboolean
is_picture (const guint8 *chunk)
{
  return is_named (chunk, "VP8 ") || is_named (chunk, "VP8L") || is_named (chunk, "ALPH");
}

/* A frame of an animation holds chunks again, and only such as draw. */
static WireStatus
check_frame (GateStrip *self,
             gsize      at,
             gsize      n_bytes)
{
  gsize end = at + n_bytes;

  if (n_bytes < HEAD_BYTES + ANMF_HEAD_BYTES)
    return WIRE_BAD_FRAME;
  at += HEAD_BYTES + ANMF_HEAD_BYTES;
  while (at < end) {
    gsize inner_bytes;

    WIRE_TRY (measure (self, at, end, &inner_bytes));
    if (!is_picture (self->data + at))
      return WIRE_UNSUPPORTED;
    at += inner_bytes;
  }
  return gate_strip_count_frame (self);
}

/* Some writers put the name of JPEG's segment before the TIFF block. */
static guint
read_orientation (const guint8 *body,
                  gsize         n_bytes)
{
  gsize skip = n_bytes >= 6 && memcmp (body, "Exif\0", 6) == 0 ? 6 : 0;

  return gate_strip_orientation (body + skip, n_bytes - skip);
}

static WireStatus
take_vp8x (GateStrip *self,
           Walk      *walk,
           gsize      at,
           gsize      n_bytes)
{
  if (n_bytes != HEAD_BYTES + VP8X_BYTES || walk->vp8x != NULL)
    return WIRE_BAD_FRAME;
  walk->vp8x = wire_arena_memdup (self->arena, self->data + at, n_bytes);
  walk->vp8x[HEAD_BYTES] &= (guint8) ~(FLAG_EXIF | FLAG_XMP);
  walk->kept_bytes += n_bytes;
  return gate_strip_insert (self, walk->vp8x, n_bytes);
}

static WireStatus
take_chunk (GateStrip *self,
            Walk      *walk,
            gsize      at,
            gsize      n_bytes)
{
  const guint8 *chunk = self->data + at;

  if (is_named (chunk, "VP8X"))
    return take_vp8x (self, walk, at, n_bytes);
  if (is_named (chunk, "EXIF"))
    walk->orientation = read_orientation (chunk + HEAD_BYTES, read_u32 (chunk + 4));
  if (is_named (chunk, "ANMF"))
    WIRE_TRY (check_frame (self, at, n_bytes));
  else if (!is_picture (chunk) && !is_named (chunk, "ICCP") && !is_named (chunk, "ANIM"))
    return WIRE_OK;
  walk->has_image |= is_picture (chunk) || is_named (chunk, "ANMF");
  walk->kept_bytes += n_bytes;
  return gate_strip_keep (self, at, n_bytes);
}

static WireStatus
add_orientation (GateStrip *self,
                 Walk      *walk)
{
  static const guint8 name[4] = { 'E', 'X', 'I', 'F' };
  guint8 *chunk;

  if (walk->orientation <= 1 || walk->vp8x == NULL)
    return WIRE_OK;
  chunk = wire_arena_alloc (self->arena, EXIF_CHUNK_BYTES);
  memcpy (chunk, name, sizeof (name));
  write_u32 (chunk + 4, GATE_STRIP_TIFF_BYTES);
  gate_strip_write_tiff (chunk + HEAD_BYTES, walk->orientation);
  walk->vp8x[HEAD_BYTES] |= FLAG_EXIF;
  walk->kept_bytes += EXIF_CHUNK_BYTES;
  return gate_strip_insert (self, chunk, EXIF_CHUNK_BYTES);
}

WireStatus
gate_strip_webp (GateStrip *self)
{
  Walk walk = { 0 };
  gsize at = RIFF_HEAD_BYTES;
  gsize end;

  if (self->n_bytes < RIFF_HEAD_BYTES || !is_named (self->data, "RIFF") ||
      !is_named (self->data + 8, "WEBP"))
    return WIRE_UNSUPPORTED;
  end = (gsize) read_u32 (self->data + 4) + HEAD_BYTES;
  if (end < RIFF_HEAD_BYTES || end > self->n_bytes)
    return WIRE_BAD_FRAME;
  walk.riff = wire_arena_memdup (self->arena, self->data, RIFF_HEAD_BYTES);
  WIRE_TRY (gate_strip_insert (self, walk.riff, RIFF_HEAD_BYTES));
  while (at < end) {
    gsize n_bytes = 0;

    WIRE_TRY (measure (self, at, end, &n_bytes));
    WIRE_TRY (take_chunk (self, &walk, at, n_bytes));
    at += n_bytes;
  }
  if (!walk.has_image)
    return WIRE_BAD_FRAME;
  WIRE_TRY (add_orientation (self, &walk));
  write_u32 (walk.riff + 4, (guint32) (walk.kept_bytes + 4));
  return WIRE_OK;
}
