/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-voice"

#include "config.h"

#include "wire-voice.h"

#include <string.h>

#define RIFF_BYTES 8u /* not counted by the first length */

static guint32
count_samples (guint64 n_bytes)
{
  if (n_bytes <= WIRE_VOICE_HEADER_BYTES || n_bytes > WIRE_VOICE_MAX_BYTES ||
      (n_bytes - WIRE_VOICE_HEADER_BYTES) % WIRE_VOICE_SAMPLE_BYTES != 0)
    return 0;
  return (guint32) (n_bytes - WIRE_VOICE_HEADER_BYTES) / WIRE_VOICE_SAMPLE_BYTES;
}

guint32
wire_voice_get_duration_ms (guint64 n_bytes)
{
  guint32 n_samples = count_samples (n_bytes);

  return n_samples > 0 ? MAX (n_samples / (WIRE_VOICE_RATE / 1000), 1) : 0;
}

static guint8 *
put_16 (guint8  *at,
        guint16  value)
{
  value = GUINT16_TO_LE (value);
  memcpy (at, &value, sizeof value);
  return at + sizeof value;
}

static guint8 *
put_32 (guint8  *at,
        guint32  value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
  return at + sizeof value;
}

static guint8 *
put_name (guint8     *at,
          const char *name)
{
  memcpy (at, name, 4);
  return at + 4;
}

void
wire_voice_write_header (guint32 n_samples,
                         guint8  ret_header[WIRE_VOICE_HEADER_BYTES])
{
  const guint32 n_bytes = n_samples * WIRE_VOICE_SAMPLE_BYTES;
  guint8 *at = ret_header;

  at = put_name (at, "RIFF");
  at = put_32 (at, WIRE_VOICE_HEADER_BYTES - RIFF_BYTES + n_bytes);
  at = put_name (at, "WAVE");
  at = put_name (at, "fmt ");
  at = put_32 (at, 16); /* bytes of what follows of the format */
  at = put_16 (at, 1);  /* PCM */
  at = put_16 (at, 1);  /* channel */
  at = put_32 (at, WIRE_VOICE_RATE);
  at = put_32 (at, WIRE_VOICE_RATE * WIRE_VOICE_SAMPLE_BYTES);
  at = put_16 (at, WIRE_VOICE_SAMPLE_BYTES);
  at = put_16 (at, WIRE_VOICE_SAMPLE_BYTES * 8);
  at = put_name (at, "data");
  put_32 (at, n_bytes);
}

/* A good header is the one we would have written. */
gboolean
wire_voice_is_good (const guint8 *data,
                    gsize         n_bytes)
{
  guint8 header[WIRE_VOICE_HEADER_BYTES];
  guint32 n_samples = count_samples (n_bytes);

  if (n_samples == 0)
    return FALSE;
  wire_voice_write_header (n_samples, header);
  return memcmp (data, header, sizeof header) == 0;
}
