/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-audio"
#include "config.h"

#include "usher-audio.h"

#include <glib/gi18n-lib.h>

static const UsherAudioDriver *replaced; /* (nullable) */

#ifdef HAVE_PULSE

#  include <pulse/error.h>
#  include <pulse/simple.h>

#  include "wire-voice.h"

#  define BYTES_PER_MS (WIRE_VOICE_RATE * WIRE_VOICE_SAMPLE_BYTES / 1000)
/* Little enough that stopping is heard at once, enough that a busy machine does not stutter. */
#  define PLAYED_AHEAD_MS  250
#  define HEARD_AT_ONCE_MS 50

static void
fail (GError **error,
      int      number)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, pa_strerror (number));
}

static gpointer
open_pulse (gboolean   is_microphone,
            GError   **error)
{
  const pa_sample_spec format = { PA_SAMPLE_S16LE, WIRE_VOICE_RATE, 1 };
  const pa_buffer_attr room = { (uint32_t) -1, PLAYED_AHEAD_MS * BYTES_PER_MS, (uint32_t) -1,
                                (uint32_t) -1, HEARD_AT_ONCE_MS * BYTES_PER_MS };
  int number = 0;
  pa_simple *stream =
    pa_simple_new (NULL, "Usher", is_microphone ? PA_STREAM_RECORD : PA_STREAM_PLAYBACK, NULL,
                   _ ("Voice message"), &format, NULL, &room, &number);

  if (stream == NULL)
    fail (error, number);
  return stream;
}

static gboolean
read_pulse (gpointer   stream,
            guint8    *data,
            gsize      n_bytes,
            GError   **error)
{
  int number = 0;

  if (pa_simple_read (stream, data, n_bytes, &number) >= 0)
    return TRUE;
  fail (error, number);
  return FALSE;
}

static gboolean
write_pulse (gpointer       stream,
             const guint8  *data,
             gsize          n_bytes,
             GError       **error)
{
  int number = 0;

  if (pa_simple_write (stream, data, n_bytes, &number) >= 0)
    return TRUE;
  fail (error, number);
  return FALSE;
}

static guint
get_pulse_delay_ms (gpointer stream)
{
  pa_usec_t delay_us = pa_simple_get_latency (stream, NULL);

  return delay_us == (pa_usec_t) -1 ? 0 : (guint) (delay_us / 1000);
}

static void
close_pulse (gpointer stream,
             gboolean is_over)
{
  if (is_over)
    (void) pa_simple_drain (stream, NULL);
  else
    (void) pa_simple_flush (stream, NULL);
  pa_simple_free (stream);
}

static const UsherAudioDriver pulse = { open_pulse, read_pulse, write_pulse, get_pulse_delay_ms,
                                        close_pulse };

#else

static const UsherAudioDriver pulse; /* nothing */

#endif

gboolean
usher_audio_is_available (void)
{
  return usher_audio_get_driver ()->open != NULL;
}

const char *
usher_audio_get_problem (void)
{
  return _ ("This Usher was built without sound.");
}

const UsherAudioDriver *
usher_audio_get_driver (void)
{
  return replaced != NULL ? replaced : &pulse;
}

void
usher_audio_set_driver (const UsherAudioDriver *driver)
{
  replaced = driver;
}
