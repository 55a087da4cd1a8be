/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-capture"
#include "config.h"

#include "usher-capture.h"

#include <string.h>

#include "usher-audio.h"
#include "wire-voice.h"

#define BYTES_PER_MS (WIRE_VOICE_RATE * WIRE_VOICE_SAMPLE_BYTES / 1000)
#define STEP_BYTES   ((gsize) 50 * BYTES_PER_MS)

G_STATIC_ASSERT ((WIRE_VOICE_MAX_BYTES - WIRE_VOICE_HEADER_BYTES) % STEP_BYTES == 0);

struct _UsherCapture {
  GObject parent_instance;

  GMainContext *context; /* of whoever made it */
  GCancellable *stopped; /* the thread looks; the main context sets it */
  GMutex mutex;
  GByteArray *voice; /* under the mutex: room for the header, then samples */
};

enum {
  SIGNAL_HEARD,
  SIGNAL_OVER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherCapture, usher_capture, G_TYPE_OBJECT)

/* --- What the thread tells -------------------------------------------------------------------------- */

typedef struct {
  UsherCapture *self;
  guint held_ms;
  double level;
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
    g_signal_emit (news->self, signals[SIGNAL_HEARD], 0, news->held_ms, news->level);
  return G_SOURCE_REMOVE;
}

/* Not invoked: that may call it on this thread. */
static void
tell (UsherCapture *self,
      const News   *what)
{
  News *news = g_memdup2 (what, sizeof *what);
  g_autoptr (GSource) source = g_idle_source_new ();

  news->self = g_object_ref (self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, news_cb, news, (GDestroyNotify) news_free);
  g_source_attach (source, self->context);
}

/* --- The thread ---------------------------------------------------------------------------------------- */

/* The loudest sample of these. */
static double
measure (const guint8 *data)
{
  gint32 loudest = 0;

  for (gsize i = 0; i < STEP_BYTES; i += WIRE_VOICE_SAMPLE_BYTES) {
    gint16 sample;

    memcpy (&sample, data + i, sizeof sample);
    sample = GINT16_FROM_LE (sample);
    loudest = MAX (loudest, ABS ((gint32) sample));
  }
  return loudest / 32768.0;
}

/* How much is held now. */
static gsize
keep (UsherCapture *self,
      const guint8 *data)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  g_byte_array_append (self->voice, data, STEP_BYTES);
  return self->voice->len;
}

static void
read_all (UsherCapture            *self,
          const UsherAudioDriver  *driver,
          gpointer                 stream,
          GError                 **error)
{
  guint8 data[STEP_BYTES];

  for (gsize n_held = 0; n_held < WIRE_VOICE_MAX_BYTES;) {
    News news = { 0 };

    if (!driver->read (stream, data, sizeof data, error) ||
        g_cancellable_is_cancelled (self->stopped))
      return;
    n_held = keep (self, data);
    news.held_ms = wire_voice_get_duration_ms (n_held);
    news.level = measure (data);
    tell (self, &news);
  }
}

static gpointer
capture_thread (gpointer user_data)
{
  g_autoptr (UsherCapture) self = user_data;
  const UsherAudioDriver *driver = usher_audio_get_driver ();
  g_autoptr (GError) error = NULL;
  gpointer stream = driver->open (TRUE, &error);
  News news = { .is_over = TRUE };

  if (stream != NULL) {
    read_all (self, driver, stream, &error);
    driver->close (stream, FALSE);
  }
  news.problem = error != NULL ? g_strdup (error->message) : NULL;
  tell (self, &news);
  return NULL;
}

/* --- For the main context ------------------------------------------------------------------------------ */

static void
usher_capture_finalize (GObject *object)
{
  UsherCapture *self = USHER_CAPTURE (object);

  g_byte_array_unref (self->voice);
  g_mutex_clear (&self->mutex);
  g_main_context_unref (self->context);
  g_object_unref (self->stopped);
  G_OBJECT_CLASS (usher_capture_parent_class)->finalize (object);
}

static void
usher_capture_class_init (UsherCaptureClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = usher_capture_finalize;
  signals[SIGNAL_HEARD] = g_signal_new ("heard", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_DOUBLE);
  signals[SIGNAL_OVER] = g_signal_new ("over", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_capture_init (UsherCapture *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->stopped = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  self->voice = g_byte_array_new ();
  g_byte_array_set_size (self->voice, WIRE_VOICE_HEADER_BYTES);
}

UsherCapture *
usher_capture_new (void)
{
  UsherCapture *self;

  g_return_val_if_fail (usher_audio_is_available (), NULL);
  self = g_object_new (USHER_TYPE_CAPTURE, NULL);
  g_thread_unref (g_thread_new ("capture", capture_thread, g_object_ref (self)));
  return self;
}

static GBytes *
pack (UsherCapture *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  guint32 n_samples = (self->voice->len - WIRE_VOICE_HEADER_BYTES) / WIRE_VOICE_SAMPLE_BYTES;

  if (n_samples == 0)
    return NULL;
  wire_voice_write_header (n_samples, self->voice->data);
  return g_bytes_new (self->voice->data, self->voice->len);
}

GBytes *
usher_capture_finish (UsherCapture *self)
{
  g_return_val_if_fail (USHER_IS_CAPTURE (self), NULL);
  usher_capture_stop (self);
  return pack (self);
}

void
usher_capture_stop (UsherCapture *self)
{
  g_return_if_fail (USHER_IS_CAPTURE (self));
  g_cancellable_cancel (self->stopped);
}
