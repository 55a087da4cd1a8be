/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JPEG (ITU T.81 annex B): markers with segments, entropy-coded data behind each SOS, EOI. Kept of the application
 * segments: JFIF without its thumbnail, the colour profile, Adobe's transform flag.
 */
#include "config.h"

#include "gate-strip.h"

#include <string.h>

#define SOI   0xd8
#define EOI   0xd9
#define SOS   0xda
#define RST0  0xd0
#define RST7  0xd7
#define TEM   0x01
#define APP0  0xe0
#define APP1  0xe1
#define APP2  0xe2
#define APP14 0xee
#define APP15 0xef
#define COM   0xfe

#define JFIF_BODY_BYTES 14 /* without a thumbnail */
#define SEGMENT_HEAD    4  /* FF, marker, length */
#define EXIF_BYTES      (SEGMENT_HEAD + 6 + GATE_STRIP_TIFF_BYTES)

static gboolean
begins (const guint8 *body,
        gsize         n_bytes,
        const char   *name,
        gsize         name_bytes)
{
  return n_bytes >= name_bytes && memcmp (body, name, name_bytes) == 0;
}

/* The thumbnail may show what was cut off the picture. */
static WireStatus
keep_jfif (GateStrip    *self,
           const guint8 *body)
{
  guint8 *copy = wire_arena_alloc (self->arena, SEGMENT_HEAD + JFIF_BODY_BYTES);

  copy[0] = 0xff;
  copy[1] = APP0;
  copy[2] = 0;
  copy[3] = 2 + JFIF_BODY_BYTES;
  memcpy (copy + SEGMENT_HEAD, body, JFIF_BODY_BYTES - 2);
  copy[SEGMENT_HEAD + JFIF_BODY_BYTES - 2] = 0;
  copy[SEGMENT_HEAD + JFIF_BODY_BYTES - 1] = 0;
  return gate_strip_insert (self, copy, SEGMENT_HEAD + JFIF_BODY_BYTES);
}

static WireStatus
keep_orientation (GateStrip    *self,
                  const guint8 *tiff,
                  gsize         n_bytes)
{
  guint orientation = gate_strip_orientation (tiff, n_bytes);
  guint8 *segment;

  if (orientation == 1)
    return WIRE_OK;
  segment = wire_arena_alloc (self->arena, EXIF_BYTES);
  segment[0] = 0xff;
  segment[1] = APP1;
  segment[2] = 0;
  segment[3] = EXIF_BYTES - 2;
  memcpy (segment + SEGMENT_HEAD, "Exif\0", 6);
  gate_strip_write_tiff (segment + SEGMENT_HEAD + 6, orientation);
  return gate_strip_insert (self, segment, EXIF_BYTES);
}

static WireStatus
take_segment (GateStrip *self,
              guint8     marker,
              gsize      at,
              gsize      n_bytes)
{
  const guint8 *body = self->data + at + SEGMENT_HEAD;
  gsize body_bytes = n_bytes - SEGMENT_HEAD;

  if (marker == COM)
    return WIRE_OK;
  if (marker < APP0 || marker > APP15)
    return gate_strip_keep (self, at, n_bytes);
  if (marker == APP0 && begins (body, body_bytes, "JFIF", 5) && body_bytes >= JFIF_BODY_BYTES)
    return keep_jfif (self, body);
  if (marker == APP1 && begins (body, body_bytes, "Exif\0", 6))
    return keep_orientation (self, body + 6, body_bytes - 6);
  if ((marker == APP2 && begins (body, body_bytes, "ICC_PROFILE", 12)) ||
      (marker == APP14 && begins (body, body_bytes, "Adobe", 5)))
    return gate_strip_keep (self, at, n_bytes);
  return WIRE_OK;
}

/* The end of entropy-coded data: the next marker that is neither a stuffed zero nor a restart. */
static gsize
skip_scan (const GateStrip *self,
           gsize            at)
{
  while (at + 1 < self->n_bytes) {
    const guint8 *mark = memchr (self->data + at, 0xff, self->n_bytes - at - 1);

    if (mark == NULL)
      return self->n_bytes;
    at = (gsize) (mark - self->data);
    if (mark[1] != 0 && mark[1] != 0xff && (mark[1] < RST0 || mark[1] > RST7))
      return at;
    at += mark[1] == 0xff ? 1 : 2;
  }
  return self->n_bytes;
}

static WireStatus
keep_scan (GateStrip *self,
           gsize     *at)
{
  gsize end = skip_scan (self, *at);
  gsize begin = *at;

  *at = end;
  return gate_strip_keep (self, begin, end - begin);
}

/* One marker at @at, which moves behind it; @ret_is_end with EOI. */
static WireStatus
step (GateStrip *self,
      gsize     *at,
      gboolean  *ret_is_end)
{
  guint8 marker;
  gsize n_bytes;

  while (*at + 1 < self->n_bytes && self->data[*at] == 0xff && self->data[*at + 1] == 0xff)
    (*at)++; /* fill bytes */
  if (*at + 1 >= self->n_bytes || self->data[*at] != 0xff)
    return WIRE_BAD_FRAME;
  marker = self->data[*at + 1];
  *ret_is_end = marker == EOI;
  if (marker == EOI)
    return gate_strip_keep (self, *at, 2);
  if (marker == 0 || marker == SOI || marker == TEM || (marker >= RST0 && marker <= RST7) ||
      self->n_bytes - *at < SEGMENT_HEAD)
    return WIRE_BAD_FRAME;
  n_bytes = 2 + (gsize) (self->data[*at + 2] << 8 | self->data[*at + 3]);
  if (n_bytes < SEGMENT_HEAD || n_bytes > self->n_bytes - *at)
    return WIRE_BAD_FRAME;
  WIRE_TRY (take_segment (self, marker, *at, n_bytes));
  *at += n_bytes;
  return marker == SOS ? keep_scan (self, at) : WIRE_OK;
}

WireStatus
gate_strip_jpeg (GateStrip *self)
{
  gboolean is_end = FALSE;
  gsize at = 2;

  if (self->n_bytes < 4 || self->data[0] != 0xff || self->data[1] != SOI)
    return WIRE_UNSUPPORTED;
  WIRE_TRY (gate_strip_keep (self, 0, 2));
  while (!is_end)
    WIRE_TRY (step (self, &at, &is_end));
  return WIRE_OK;
}
