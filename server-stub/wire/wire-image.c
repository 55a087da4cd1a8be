/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Width and height from the headers of JPEG (ITU T.81 annex B), PNG (ISO 15948), GIF 89a and WebP (RFC 9649).
 * Only fixed positions are read, and the lengths of JPEG's segments; no entropy coding, no decoder.
 */
#define G_LOG_DOMAIN "wire-image"

#include "config.h"

#include "wire-image.h"

#include <string.h>

typedef struct {
  const guint8 *data;
  gsize n_bytes;
} Bytes;

static const char png_magic[] = "\x89PNG\r\n\x1a\n";

WireImageKind
wire_image_sniff (const guint8 *data,
                  gsize         n_bytes)
{
  if (n_bytes >= 3 && memcmp (data, "\xFF\xD8\xFF", 3) == 0)
    return WIRE_IMAGE_JPEG;
  if (n_bytes >= 8 && memcmp (data, png_magic, 8) == 0)
    return WIRE_IMAGE_PNG;
  if (n_bytes >= 6 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    return WIRE_IMAGE_GIF;
  if (n_bytes >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return WIRE_IMAGE_WEBP;
  return WIRE_IMAGE_NONE;
}

const char *
wire_image_mime (WireImageKind kind)
{
  static const char *const mimes[] = {
    [WIRE_IMAGE_NONE] = NULL,         [WIRE_IMAGE_JPEG] = "image/jpeg",
    [WIRE_IMAGE_PNG] = "image/png",   [WIRE_IMAGE_GIF] = "image/gif",
    [WIRE_IMAGE_WEBP] = "image/webp",
  };

  return mimes[kind];
}

static guint32
big16 (const guint8 *at)
{
  return (guint32) at[0] << 8 | at[1];
}

static guint32
big32 (const guint8 *at)
{
  return big16 (at) << 16 | big16 (at + 2);
}

static guint32
little16 (const guint8 *at)
{
  return (guint32) at[1] << 8 | at[0];
}

static guint32
little24 (const guint8 *at)
{
  return (guint32) at[2] << 16 | little16 (at);
}

static guint32
little32 (const guint8 *at)
{
  return little16 (at + 2) << 16 | little16 (at);
}

static WireStatus
measure_png (Bytes      in,
             WireImage *image)
{
  if (in.n_bytes < 24)
    return WIRE_NEED_MORE;
  if (big32 (in.data + 8) != 13 || memcmp (in.data + 12, "IHDR", 4) != 0)
    return WIRE_BAD_FRAME;
  image->width = big32 (in.data + 16);
  image->height = big32 (in.data + 20);
  return image->width <= G_MAXINT32 && image->height <= G_MAXINT32 ? WIRE_OK : WIRE_BAD_FRAME;
}

static WireStatus
measure_gif (Bytes      in,
             WireImage *image)
{
  if (in.n_bytes < 10)
    return WIRE_NEED_MORE;
  image->width = little16 (in.data + 6);
  image->height = little16 (in.data + 8);
  return WIRE_OK;
}

/* SOF0 to SOF15 but for DHT, JPG and DAC, which lie among them. */
static gboolean
is_start_of_frame (guint8 marker)
{
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static gboolean
stands_alone (guint8 marker)
{
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
}

static WireStatus
measure_jpeg (Bytes      in,
              WireImage *image)
{
  gsize at = 2;

  while (in.n_bytes - at >= 4) {
    guint8 marker = in.data[at + 1];

    if (in.data[at] != 0xFF)
      return WIRE_BAD_FRAME;
    if (marker == 0xFF || stands_alone (marker)) {
      at += marker == 0xFF ? 1 : 2; /* fill bytes */
      continue;
    }
    /* Image data, its end or a second beginning before any frame header. */
    if (marker == 0 || marker == 0xD8 || marker == 0xD9 || marker == 0xDA ||
        big16 (in.data + at + 2) < 2)
      return WIRE_BAD_FRAME;
    if (is_start_of_frame (marker)) {
      if (in.n_bytes - at < 9)
        return WIRE_NEED_MORE;
      image->height = big16 (in.data + at + 5);
      image->width = big16 (in.data + at + 7);
      return big16 (in.data + at + 2) >= 8 ? WIRE_OK : WIRE_BAD_FRAME;
    }
    at += 2 + big16 (in.data + at + 2);
    if (at > in.n_bytes)
      return WIRE_NEED_MORE;
  }
  return WIRE_NEED_MORE;
}

static WireStatus
measure_vp8 (Bytes      in,
             WireImage *image)
{
  /* A key frame: bit 0 of the tag is clear, then the start code. */
  if ((in.data[20] & 1) != 0 || memcmp (in.data + 23, "\x9D\x01\x2A", 3) != 0)
    return WIRE_BAD_FRAME;
  image->width = little16 (in.data + 26) & 0x3FFF;
  image->height = little16 (in.data + 28) & 0x3FFF;
  return WIRE_OK;
}

static WireStatus
measure_vp8l (Bytes      in,
              WireImage *image)
{
  guint32 bits = little32 (in.data + 21);

  if (in.data[20] != 0x2F)
    return WIRE_BAD_FRAME;
  image->width = (bits & 0x3FFF) + 1;
  image->height = (bits >> 14 & 0x3FFF) + 1;
  return WIRE_OK;
}

static WireStatus
measure_webp (Bytes      in,
              WireImage *image)
{
  if (in.n_bytes < 30)
    return WIRE_NEED_MORE;
  if (memcmp (in.data + 12, "VP8 ", 4) == 0)
    return measure_vp8 (in, image);
  if (memcmp (in.data + 12, "VP8L", 4) == 0)
    return measure_vp8l (in, image);
  if (memcmp (in.data + 12, "VP8X", 4) != 0)
    return WIRE_BAD_FRAME;
  image->width = little24 (in.data + 24) + 1;
  image->height = little24 (in.data + 27) + 1;
  return WIRE_OK;
}

static WireStatus
measure_kind (Bytes      in,
              WireImage *image)
{
  switch (image->kind) {
  case WIRE_IMAGE_JPEG:
    return measure_jpeg (in, image);
  case WIRE_IMAGE_PNG:
    return measure_png (in, image);
  case WIRE_IMAGE_GIF:
    return measure_gif (in, image);
  case WIRE_IMAGE_WEBP:
    return measure_webp (in, image);
  case WIRE_IMAGE_NONE:
  default:
    return WIRE_UNSUPPORTED;
  }
}

WireStatus
wire_image_measure (const guint8 *data,
                    gsize         n_bytes,
                    WireImage    *ret_image)
{
  WireImage image = { .kind = wire_image_sniff (data, n_bytes) };

  if (image.kind == WIRE_IMAGE_NONE && n_bytes < 12)
    return WIRE_NEED_MORE;
  WIRE_TRY (measure_kind ((Bytes){ data, n_bytes }, &image));
  if (image.width == 0 || image.height == 0)
    return WIRE_BAD_FRAME;
  *ret_image = image;
  return (guint64) image.width * image.height <= WIRE_IMAGE_MAX_PIXELS ? WIRE_OK : WIRE_TOO_LARGE;
}
