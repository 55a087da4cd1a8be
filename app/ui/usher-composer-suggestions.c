/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-composer-private.h"
#include "usher-suggestion.h"

/* Replies that are suggested: taking one puts it into the text, to be changed or sent by the agent. Nothing here sends. */

/* They are replies: not beside a note, nor beside a line that is being changed. */
void
usher_composer_update_suggestions (UsherComposer *self)
{
  gboolean is_reply = self->session != NULL && self->conversation != NULL && !self->is_note &&
                      self->can_reply && self->edited == NULL;

  usher_suggestion_bar_set_model (self->suggestion_bar,
                                  is_reply ? usher_session_get_suggestions (self->session,
                                                                            self->conversation)
                                           : NULL);
}

static void
insert_text (UsherComposer *self,
             const char    *text)
{
  GtkTextIter cursor, before;

  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_delete_selection (self->buffer, TRUE, TRUE);
  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  before = cursor;
  if (gtk_text_iter_backward_char (&before) &&
      !g_unichar_isspace (gtk_text_iter_get_char (&before)))
    gtk_text_buffer_insert (self->buffer, &cursor, " ", 1);
  gtk_text_buffer_insert (self->buffer, &cursor, text, -1);
  gtk_text_buffer_end_user_action (self->buffer);
  gtk_text_buffer_place_cursor (self->buffer, &cursor);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (self->buffer));
}

void
usher_composer_suggestion_taken_cb (UsherComposer   *self,
                                    UsherSuggestion *suggestion)
{
  insert_text (self, usher_suggestion_get_text (suggestion));
  usher_session_take_suggestion (self->session, self->conversation, suggestion);
  usher_composer_focus (self);
}

void
usher_composer_suggestions_dismissed_cb (UsherComposer *self)
{
  usher_session_dismiss_suggestions (self->session, self->conversation);
  usher_composer_focus (self);
}

void
usher_composer_take_suggestion (UsherComposer *self,
                                guint          position)
{
  GListModel *model;
  g_autoptr (UsherSuggestion) suggestion = NULL;

  g_return_if_fail (USHER_IS_COMPOSER (self));

  model = usher_suggestion_bar_get_model (self->suggestion_bar);
  if (model != NULL)
    suggestion = g_list_model_get_item (model, position);
  if (suggestion != NULL)
    usher_composer_suggestion_taken_cb (self, suggestion);
  else
    usher_composer_report (self, _ ("There is no such suggestion."));
}
