/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-audio.h"
#include "usher-composer-private.h"
#include "usher-conversation.h"
#include "usher-keys.h"

/* A voice message stands in place of the text, which waits. It goes at once when Send is pressed; when the agent turns to something
 * else meanwhile it becomes a file that waits in its chat, so that nothing said is lost, and nothing goes by itself.
 */

#define FILE_NAME "voice.wav"

static void
show_recorder (UsherComposer *self,
               gboolean       is_shown)
{
  gtk_widget_set_visible (self->entry_row, !is_shown);
}

void
usher_composer_record (UsherComposer *self)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  if (!usher_audio_is_available ()) {
    usher_composer_report (self, usher_audio_get_problem ());
    return;
  }
  if (usher_recorder_get_is_recording (self->recorder)) {
    usher_composer_focus (self);
    return;
  }
  if (!usher_composer_can_take_files (self))
    return;
  show_recorder (self, TRUE);
  usher_recorder_start (self->recorder);
}

void
usher_composer_recorded_cb (UsherComposer *self,
                            GBytes        *voice)
{
  g_autoptr (UsherAttachment) attachment = NULL;

  show_recorder (self, FALSE);
  usher_composer_focus (self);
  if (voice == NULL)
    return;
  attachment = usher_attachment_new (voice, FILE_NAME, NULL);
  g_return_if_fail (attachment != NULL);
  usher_session_send_file (self->session, self->conversation, attachment->bytes, attachment->mime,
                           attachment->name, 0, 0);
  usher_composer_tell_sent (self);
}

void
usher_composer_keep_recording (UsherComposer *self)
{
  g_autoptr (GBytes) voice = usher_recorder_finish (self->recorder);

  show_recorder (self, FALSE);
  if (voice != NULL)
    usher_composer_take_file (self, usher_conversation_get_conv (self->conversation),
                              usher_attachment_new (voice, FILE_NAME, NULL));
}

void
usher_composer_update_record_button (UsherComposer *self)
{
  gtk_widget_set_sensitive (self->record_button,
                            usher_audio_is_available () && !self->is_note && self->can_reply);
}

void
usher_composer_init_record_button (UsherComposer *self)
{
  if (usher_audio_is_available ())
    usher_keys_set_command (self->record_button, "composer.record");
  else
    gtk_widget_set_tooltip_text (self->record_button, usher_audio_get_problem ());
}
