/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Sound in and out, of the one format voice messages have (`wire-voice.h`), through the desktop's sound server (PulseAudio, or PipeWire in
 * its place). These calls wait for it: for threads. A build without libpulse has neither microphone nor speaker, and says so.
 */

/** UsherAudioDriver: where sound comes from and goes to; all zero is nowhere. A test brings its own. */
typedef struct {
  gpointer (*open) (gboolean is_microphone, GError **error);
  gboolean (*read) (gpointer stream, guint8 *data, gsize n_bytes, GError **error);
  gboolean (*write) (gpointer stream, const guint8 *data, gsize n_bytes, GError **error);
  guint (*get_delay_ms) (gpointer stream);           /* what was written and is not heard yet */
  void (*close) (gpointer stream, gboolean is_over); /* %FALSE: what is not heard yet need not be */
} UsherAudioDriver;

/** usher_audio_is_available: whether this build can hear and be heard at all. */
gboolean usher_audio_is_available (void);

/** usher_audio_get_problem: (transfer none): why it is not, for a person. */
const char *usher_audio_get_problem (void);

/** usher_audio_get_driver: (transfer none) */
const UsherAudioDriver *usher_audio_get_driver (void);

/** usher_audio_set_driver: @driver: (nullable): %NULL: the desktop's; before anything plays or is recorded */
void usher_audio_set_driver (const UsherAudioDriver *driver);

G_END_DECLS
