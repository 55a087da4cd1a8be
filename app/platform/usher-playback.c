/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-playback"
#include "config.h"

#include "usher-playback.h"

#include <glib/gi18n-lib.h>

#include "usher-audio.h"
#include "wire-voice.h"

#define BYTES_PER_MS (WIRE_VOICE_RATE * WIRE_VOICE_SAMPLE_BYTES / 1000)
#define STEP_MS      50

struct _UsherPlayback {
  GObject parent_instance;

  GBytes *voice;
  GMainContext *context; /* of whoever made it */
  GCancellable *stopped; /* the thread looks; the main context sets it */
};

enum {
  SIGNAL_MOVED,
  SIGNAL_OVER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherPlayback, usher_playback, G_TYPE_OBJECT)

/* --- What the thread tells -------------------------------------------------------------------------- */

typedef struct {
  UsherPlayback *self;
  guint heard_ms;
  gboolean is_over;
  char *problem; /* (nullable) */
} News;

static void
news_free (News *news)
{
  g_object_unref (news->self);
  g_free (news->problem);
  g_free (news);
}

static gboolean
news_cb (gpointer user_data)
{
  News *news = user_data;

  if (g_cancellable_is_cancelled (news->self->stopped))
    return G_SOURCE_REMOVE;
  if (news->is_over)
    g_signal_emit (news->self, signals[SIGNAL_OVER], 0, news->problem);
  else
    g_signal_emit (news->self, signals[SIGNAL_MOVED], 0, news->heard_ms);
  return G_SOURCE_REMOVE;
}

/* Not invoked: that may call it on this thread. */
static void
tell (UsherPlayback *self,
      guint          heard_ms,
      gboolean       is_over,
      const GError  *error)
{
  News *news = g_new0 (News, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  *news = (News){ g_object_ref (self), heard_ms, is_over,
                  error != NULL ? g_strdup (error->message) : NULL };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, news_cb, news, (GDestroyNotify) news_free);
  g_source_attach (source, self->context);
}

/* --- The thread ---------------------------------------------------------------------------------------- */

/* Whether all of it was given to the driver. */
static gboolean
write_all (UsherPlayback           *self,
           const UsherAudioDriver  *driver,
           gpointer                 stream,
           GError                 **error)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (self->voice, &n_bytes);

  for (gsize at = WIRE_VOICE_HEADER_BYTES; at < n_bytes;) {
    gsize n = MIN (n_bytes - at, (gsize) STEP_MS * BYTES_PER_MS);
    guint written_ms, delay_ms;

    if (g_cancellable_is_cancelled (self->stopped) || !driver->write (stream, data + at, n, error))
      return FALSE;
    at += n;
    written_ms = (guint) ((at - WIRE_VOICE_HEADER_BYTES) / BYTES_PER_MS);
    delay_ms = driver->get_delay_ms (stream);
    tell (self, written_ms > delay_ms ? written_ms - delay_ms : 0, FALSE, NULL);
  }
  return TRUE;
}

static gpointer
playback_thread (gpointer user_data)
{
  g_autoptr (UsherPlayback) self = user_data;
  const UsherAudioDriver *driver = usher_audio_get_driver ();
  g_autoptr (GError) error = NULL;
  gpointer stream = driver->open (FALSE, &error);

  if (stream != NULL)
    driver->close (stream, write_all (self, driver, stream, &error));
  tell (self, 0, TRUE, error);
  return NULL;
}

/* --- For the main context ------------------------------------------------------------------------------ */

static void
usher_playback_finalize (GObject *object)
{
  UsherPlayback *self = USHER_PLAYBACK (object);

  g_bytes_unref (self->voice);
  g_main_context_unref (self->context);
  g_object_unref (self->stopped);
  G_OBJECT_CLASS (usher_playback_parent_class)->finalize (object);
}

static void
usher_playback_class_init (UsherPlaybackClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = usher_playback_finalize;
  signals[SIGNAL_MOVED] = g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_OVER] = g_signal_new ("over", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_playback_init (UsherPlayback *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->stopped = g_cancellable_new ();
}

UsherPlayback *
usher_playback_new (GBytes  *voice,
                    GError **error)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (voice, &n_bytes);
  UsherPlayback *self;

  if (!usher_audio_is_available ()) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, usher_audio_get_problem ());
    return NULL;
  }
  if (!wire_voice_is_good (data, n_bytes)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         _ ("This is no voice message. It can be saved, but not played."));
    return NULL;
  }
  self = g_object_new (USHER_TYPE_PLAYBACK, NULL);
  self->voice = g_bytes_ref (voice);
  g_thread_unref (g_thread_new ("playback", playback_thread, g_object_ref (self)));
  return self;
}

void
usher_playback_stop (UsherPlayback *self)
{
  g_return_if_fail (USHER_IS_PLAYBACK (self));
  g_cancellable_cancel (self->stopped);
}
