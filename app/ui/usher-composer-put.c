/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-composer-private.h"

/* Text that a macro puts into the composer, and takes out again. */

char *
usher_composer_put (UsherComposer  *self,
                    gboolean        is_note,
                    const char     *text,
                    GArray         *blanks,
                    char          **ret_after)
{
  g_autofree char *before = NULL;
  GtkTextIter end;

  g_return_val_if_fail (USHER_IS_COMPOSER (self), NULL);
  g_return_val_if_fail (self->session != NULL && self->conversation != NULL, NULL);

  usher_composer_end_edit (self);
  usher_composer_set_is_note (self, is_note);
  before = usher_composer_dup_draft (self);
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_place_cursor (self->buffer, &end);
  gtk_text_buffer_begin_user_action (self->buffer);
  if (*before != '\0' && !gtk_text_iter_starts_line (&end))
    gtk_text_buffer_insert_at_cursor (self->buffer, "\n", 1);
  usher_composer_insert_expanded (self, text, blanks);
  gtk_text_buffer_end_user_action (self->buffer);
  usher_composer_save_draft (self);
  usher_composer_focus (self);
  *ret_after = usher_composer_dup_draft (self);
  return g_steal_pointer (&before);
}

static gboolean
is_here (UsherComposer     *self,
         UsherConversation *conversation,
         gboolean           is_note)
{
  return self->conversation == conversation && self->is_note == is_note && self->edited == NULL;
}

void
usher_composer_take_out (UsherComposer     *self,
                         UsherConversation *conversation,
                         gboolean           is_note,
                         const char        *before,
                         const char        *after)
{
  g_autofree char *draft = NULL;

  g_return_if_fail (USHER_IS_COMPOSER (self));
  if (self->session == NULL)
    return;
  if (is_here (self, conversation, is_note))
    draft = usher_composer_dup_draft (self);
  else
    draft = g_strdup (usher_session_get_draft (self->session, conversation, is_note));
  if (g_strcmp0 (draft, after) != 0)
    return;
  if (is_here (self, conversation, is_note))
    usher_composer_set_text (self, before);
  usher_session_set_draft (self->session, conversation, before, is_note);
}
