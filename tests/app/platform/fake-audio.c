/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-audio.h"

#include <string.h>

#include "usher-audio.h"

#define BYTES_PER_MS 32

static struct {
  GMutex mutex;
  GCond changed;
  gsize n_bytes; /* that may still go */
  gint16 sample;
  guint n_open;
  guint n_written;
  char *problem;
} fake;

static gboolean
fail (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, fake.problem);
  return FALSE;
}

static gpointer
open_fake (gboolean   is_microphone,
           GError   **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  if (fake.problem != NULL) {
    fail (error);
    return NULL;
  }
  fake.n_open++;
  g_cond_broadcast (&fake.changed);
  return &fake;
}

static gboolean
wait_turn (gsize    n_bytes,
           GError **error)
{
  while (fake.n_bytes < n_bytes && fake.problem == NULL)
    g_cond_wait (&fake.changed, &fake.mutex);
  if (fake.problem != NULL)
    return fail (error);
  fake.n_bytes -= n_bytes;
  return TRUE;
}

static gboolean
read_fake (gpointer   stream,
           guint8    *data,
           gsize      n_bytes,
           GError   **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  if (!wait_turn (n_bytes, error))
    return FALSE;
  for (gsize i = 0; i < n_bytes; i += sizeof fake.sample)
    memcpy (data + i, &fake.sample, sizeof fake.sample);
  return TRUE;
}

static gboolean
write_fake (gpointer       stream,
            const guint8  *data,
            gsize          n_bytes,
            GError       **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  if (!wait_turn (n_bytes, error))
    return FALSE;
  fake.n_written += (guint) n_bytes;
  return TRUE;
}

static guint
get_fake_delay_ms (gpointer stream)
{
  return 0;
}

static void
close_fake (gpointer stream,
            gboolean is_over)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  fake.n_open--;
  g_cond_broadcast (&fake.changed);
}

void
fake_audio_install (void)
{
  static const UsherAudioDriver driver = { open_fake, read_fake, write_fake, get_fake_delay_ms,
                                           close_fake };

  usher_audio_set_driver (&driver);
  g_clear_pointer (&fake.problem, g_free);
  fake.n_bytes = 0;
  fake.n_written = 0;
}

void
fake_audio_remove (void)
{
  static const UsherAudioDriver none;

  usher_audio_set_driver (&none);
}

void
fake_audio_let (guint  ms,
                double level)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  fake.n_bytes += (gsize) ms * BYTES_PER_MS;
  fake.sample = (gint16) (level * 32767);
  g_cond_broadcast (&fake.changed);
}

void
fake_audio_fail (const char *problem)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  g_free (fake.problem);
  fake.problem = g_strdup (problem);
  g_cond_broadcast (&fake.changed);
}

void
fake_audio_wait_open (guint n)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  while (fake.n_open != n)
    g_cond_wait (&fake.changed, &fake.mutex);
}

guint
fake_audio_count_written (void)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fake.mutex);

  return fake.n_written;
}
