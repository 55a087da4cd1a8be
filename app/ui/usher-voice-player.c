/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-voice-player.h"

#include <glib/gi18n.h>

#include "usher-message.h"
#include "usher-playback.h"

struct _UsherVoicePlayer {
  GObject parent_instance;

  UsherMessage *message; /* (nullable) */
  UsherPlayback *playback;
  GCancellable *cancellable; /* of fetching it */
  guint heard_ms;
};

enum {
  SIGNAL_CHANGED,
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];
static UsherVoicePlayer *heard; /* (nullable): of all windows the one that plays */

G_DEFINE_FINAL_TYPE (UsherVoicePlayer, usher_voice_player, G_TYPE_OBJECT)

static void
over_cb (UsherVoicePlayer *self,
         const char       *problem)
{
  g_autofree char *text = NULL;

  usher_voice_player_stop (self);
  if (problem == NULL)
    return;
  /* Translators: %s is what the sound server says */
  text = g_strdup_printf (_ ("The voice message cannot be heard: %s. It can be saved."), problem);
  g_signal_emit (self, signals[SIGNAL_SAID], 0, text);
}

static void
moved_cb (UsherVoicePlayer *self,
          guint             heard_ms)
{
  self->heard_ms = heard_ms;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, self->message);
}

static void
play (UsherVoicePlayer *self,
      GBytes           *bytes)
{
  g_autoptr (GError) error = NULL;

  self->playback = usher_playback_new (bytes, &error);
  if (self->playback == NULL) {
    usher_voice_player_stop (self);
    g_signal_emit (self, signals[SIGNAL_SAID], 0, error->message);
    return;
  }
  g_signal_connect_object (self->playback, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->playback, "over", G_CALLBACK (over_cb), self, G_CONNECT_SWAPPED);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (UsherVoicePlayer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    usher_session_load_image_finish (USHER_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes != NULL) {
    play (self, bytes);
    return;
  }
  usher_voice_player_stop (self);
  g_signal_emit (
    self, signals[SIGNAL_SAID], 0,
    _ ("The voice message did not come from the gateway. Play it again when connected."));
}

void
usher_voice_player_toggle (UsherVoicePlayer *self,
                           UsherSession     *session,
                           UsherMessage     *message)
{
  gboolean is_heard;

  g_return_if_fail (USHER_IS_VOICE_PLAYER (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));
  is_heard = self->message == message;
  if (heard != NULL)
    usher_voice_player_stop (heard);
  if (is_heard)
    return;
  heard = self;
  self->message = g_object_ref (message);
  self->cancellable = g_cancellable_new ();
  usher_session_load_image_async (session, message, self->cancellable, loaded_cb,
                                  g_object_ref (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, message);
}

void
usher_voice_player_stop (UsherVoicePlayer *self)
{
  g_autoptr (UsherMessage) message = NULL;

  g_return_if_fail (USHER_IS_VOICE_PLAYER (self));
  message = g_steal_pointer (&self->message);
  if (message == NULL)
    return;
  heard = NULL;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->playback != NULL) {
    usher_playback_stop (self->playback);
    g_signal_handlers_disconnect_by_data (self->playback, self);
  }
  g_clear_object (&self->playback);
  self->heard_ms = 0;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, message);
}

UsherMessage *
usher_voice_player_get_message (UsherVoicePlayer *self)
{
  g_return_val_if_fail (USHER_IS_VOICE_PLAYER (self), NULL);
  return self->message;
}

guint
usher_voice_player_get_heard_ms (UsherVoicePlayer *self)
{
  g_return_val_if_fail (USHER_IS_VOICE_PLAYER (self), 0);
  return self->heard_ms;
}

static void
usher_voice_player_dispose (GObject *object)
{
  usher_voice_player_stop (USHER_VOICE_PLAYER (object));
  G_OBJECT_CLASS (usher_voice_player_parent_class)->dispose (object);
}

static void
usher_voice_player_class_init (UsherVoicePlayerClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_voice_player_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, USHER_TYPE_MESSAGE);
  signals[SIGNAL_SAID] = g_signal_new ("said", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_voice_player_init (UsherVoicePlayer *self)
{
}

UsherVoicePlayer *
usher_voice_player_new (void)
{
  return g_object_new (USHER_TYPE_VOICE_PLAYER, NULL);
}
