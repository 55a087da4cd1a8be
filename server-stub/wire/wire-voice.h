/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A voice note: WAV, PCM, 16 bits, mono, 16 kHz, and nothing else. Every browser plays it, its header is always the same 44 bytes but
 * for two lengths, and what follows are the samples: there is nothing that a decoder of a stranger's bytes could get wrong.
 */

#define WIRE_VOICE_MIME         "audio/wav"
#define WIRE_VOICE_HEADER_BYTES 44u
#define WIRE_VOICE_RATE         16000u /* samples a second */
#define WIRE_VOICE_SAMPLE_BYTES 2u     /* little-endian, signed */
#define WIRE_VOICE_MAX_MS       120000u
#define WIRE_VOICE_MAX_SAMPLES  (WIRE_VOICE_MAX_MS / 1000 * WIRE_VOICE_RATE)
#define WIRE_VOICE_MAX_BYTES \
  (WIRE_VOICE_HEADER_BYTES + WIRE_VOICE_MAX_SAMPLES * WIRE_VOICE_SAMPLE_BYTES)

/** wire_voice_is_good: whether these are all the bytes of a voice note, which has samples and is not too long. */
gboolean wire_voice_is_good (const guint8 *data,
                             gsize         n_bytes);

/** wire_voice_get_duration_ms: of a voice note of this size, one at least; 0: none has it. */
guint32 wire_voice_get_duration_ms (guint64 n_bytes);

void wire_voice_write_header (guint32 n_samples,
                              guint8  ret_header[WIRE_VOICE_HEADER_BYTES]);

G_END_DECLS
