/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PNG (ISO/IEC 15948): chunks of length, type, data, checksum. Kept: what draws, its colours and animation; a critical
 * chunk nobody knows makes the file unreadable, so it is refused.
 */
#include "config.h"

#include "gate-strip.h"

#include <string.h>

#define SIGNATURE_BYTES 8
#define HEAD_BYTES      8 /* length and type */
#define CRC_BYTES       4
#define IHDR_BYTES      13
#define EXIF_BYTES      (HEAD_BYTES + GATE_STRIP_TIFF_BYTES + CRC_BYTES)

static const char *const kept[] = {
  "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP",
  "sBIT", "sRGB", "bKGD", "pHYs", "acTL", "fcTL", "fdAT", "cICP"
};

static guint32
read_u32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

static void
write_u32 (guint8  *data,
           guint32  value)
{
  for (guint i = 0; i < 4; i++)
    data[i] = (guint8) (value >> (24 - 8 * i));
}

static gboolean
is_kept (const guint8 *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    if (memcmp (type, kept[i], 4) == 0)
      return TRUE;
  return FALSE;
}

/* CRC-32 of ISO 3309, bit by bit: it runs over thirty bytes. */
static guint32
crc (const guint8 *data,
     gsize         n_bytes)
{
  guint32 value = 0xffffffff;

  for (gsize i = 0; i < n_bytes; i++) {
    value ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      value = value >> 1 ^ (0xedb88320 & (0 - (value & 1)));
  }
  return value ^ 0xffffffff;
}

static WireStatus
keep_orientation (GateStrip    *self,
                  const guint8 *tiff,
                  gsize         n_bytes)
{
  static const guint8 name[4] = { 'e', 'X', 'I', 'f' };
  guint orientation = gate_strip_orientation (tiff, n_bytes);
  guint8 *chunk;

  if (orientation == 1)
    return WIRE_OK;
  chunk = wire_arena_alloc (self->arena, EXIF_BYTES);
  write_u32 (chunk, GATE_STRIP_TIFF_BYTES);
  memcpy (chunk + 4, name, sizeof (name));
  gate_strip_write_tiff (chunk + HEAD_BYTES, orientation);
  write_u32 (chunk + HEAD_BYTES + GATE_STRIP_TIFF_BYTES,
             crc (chunk + 4, 4 + GATE_STRIP_TIFF_BYTES));
  return gate_strip_insert (self, chunk, EXIF_BYTES);
}

static WireStatus
take_chunk (GateStrip *self,
            gsize      at,
            gsize      n_bytes)
{
  const guint8 *type = self->data + at + 4;

  if (memcmp (type, "eXIf", 4) == 0)
    return keep_orientation (self, self->data + at + HEAD_BYTES, n_bytes - HEAD_BYTES - CRC_BYTES);
  if (memcmp (type, "fcTL", 4) == 0)
    WIRE_TRY (gate_strip_count_frame (self));
  if (is_kept (type))
    return gate_strip_keep (self, at, n_bytes);
  return (type[0] & 0x20) != 0 ? WIRE_OK : WIRE_UNSUPPORTED; /* a small letter: ancillary */
}

WireStatus
gate_strip_png (GateStrip *self)
{
  static const guint8 signature[SIGNATURE_BYTES] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  gsize at = SIGNATURE_BYTES;
  gboolean is_end = FALSE;

  if (self->n_bytes < SIGNATURE_BYTES + HEAD_BYTES ||
      memcmp (self->data, signature, SIGNATURE_BYTES) != 0)
    return WIRE_UNSUPPORTED;
  if (read_u32 (self->data + at) != IHDR_BYTES || memcmp (self->data + at + 4, "IHDR", 4) != 0)
    return WIRE_BAD_FRAME;
  WIRE_TRY (gate_strip_keep (self, 0, SIGNATURE_BYTES));
  while (!is_end) {
    guint32 body_bytes;

    if (self->n_bytes - at < HEAD_BYTES + CRC_BYTES)
      return WIRE_BAD_FRAME;
    body_bytes = read_u32 (self->data + at);
    if (body_bytes > self->n_bytes - at - HEAD_BYTES - CRC_BYTES)
      return WIRE_BAD_FRAME;
    is_end = memcmp (self->data + at + 4, "IEND", 4) == 0;
    WIRE_TRY (take_chunk (self, at, HEAD_BYTES + body_bytes + CRC_BYTES));
    at += HEAD_BYTES + body_bytes + CRC_BYTES;
  }
  return WIRE_OK;
}
