/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-composer-private.h"
#include "usher-conversation.h"

/*
 * Changing what was said: a line is edited in the composer, whose draft waits meanwhile; what was sent a moment ago is taken back into it. A line that was held never
 * went; one that went is recalled, and the visitor sees that something was.
 */

/* For so long Ctrl+Z in an empty composer means the line that was just sent. */
#define UNDO_US ((gint64) 5 * G_USEC_PER_SEC)

static void
show_bar (UsherComposer *self)
{
  gtk_widget_set_visible (self->edit_bar, self->edited != NULL);
  usher_composer_update_mode (self);
}

void
usher_composer_end_edit (UsherComposer *self)
{
  if (self->edited == NULL)
    return;
  g_clear_object (&self->edited);
  usher_composer_load_text (self);
  show_bar (self);
}

void
usher_composer_edit (UsherComposer *self,
                     UsherMessage  *message)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  if (self->session == NULL || usher_message_get_kind (message) != USHER_MESSAGE_TEXT)
    return;
  if (!usher_session_may_change (self->session, message)) {
    usher_composer_report (self, _ ("It is too late to change this line. Write another one."));
    return;
  }
  usher_composer_end_edit (self);
  usher_composer_set_is_note (self, FALSE);
  usher_composer_save_draft (self);
  g_set_object (&self->edited, message);
  usher_composer_set_text (self, usher_message_get_text (message));
  show_bar (self);
  usher_composer_focus (self);
}

gboolean
usher_composer_finish_edit (UsherComposer *self,
                            const char    *text)
{
  g_autoptr (UsherMessage) edited = NULL;

  if (self->edited == NULL)
    return FALSE;
  if (*text == '\0') {
    usher_composer_report (self, _ ("Nothing would be left of the line. Recall takes it away."));
    return TRUE;
  }
  edited = g_object_ref (self->edited);
  usher_composer_end_edit (self);
  usher_session_edit (self->session, edited, text);
  return TRUE;
}

void
usher_composer_recall_clicked_cb (UsherComposer *self)
{
  g_autoptr (UsherMessage) edited = NULL;

  if (self->edited == NULL)
    return;
  edited = g_object_ref (self->edited);
  usher_composer_end_edit (self);
  usher_session_recall (self->session, edited);
  usher_composer_focus (self);
}

void
usher_composer_cancel_clicked_cb (UsherComposer *self)
{
  usher_composer_end_edit (self);
  usher_composer_focus (self);
}

/* --- Taking back ------------------------------------------------------------------------------------------------- */

/* In front of what has been written meanwhile. */
static void
put_back (UsherComposer *self,
          const char    *text)
{
  g_autofree char *draft = NULL;
  g_autofree char *both = NULL;

  usher_composer_end_edit (self);
  usher_composer_set_is_note (self, FALSE);
  draft = usher_composer_dup_draft (self);
  both = *draft == '\0' ? g_strdup (text) : g_strconcat (text, "\n", draft, NULL);
  usher_composer_set_text (self, both);
  usher_composer_save_draft (self);
  usher_composer_focus (self);
}

gboolean
usher_composer_take_back (UsherComposer *self,
                          UsherMessage  *message)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (USHER_IS_COMPOSER (self), FALSE);
  g_return_val_if_fail (USHER_IS_MESSAGE (message), FALSE);

  if (self->session == NULL || !self->can_reply)
    return FALSE; /* a reply must not become a note */
  text = usher_session_take_back (self->session, message);
  if (text != NULL)
    put_back (self, text);
  return text != NULL;
}

static gboolean
undo_send (UsherComposer *self)
{
  g_autoptr (UsherMessage) last = usher_session_find_last_own (self->session, self->conversation);
  g_autofree char *text = NULL;

  if (last == NULL)
    return FALSE;
  if (usher_composer_take_back (self, last))
    return TRUE;
  if (g_get_real_time () - usher_message_get_ts_us (last) > UNDO_US ||
      !usher_session_may_change (self->session, last))
    return FALSE;
  text = g_strdup (usher_message_get_text (last));
  usher_session_recall (self->session, last);
  put_back (self, text);
  return TRUE;
}

static gboolean
edit_last (UsherComposer *self)
{
  g_autoptr (UsherMessage) last = usher_session_find_last_own (self->session, self->conversation);

  if (last == NULL)
    return FALSE;
  if (usher_composer_take_back (self, last)) /* it has not gone yet: what could be simpler */
    return TRUE;
  usher_composer_edit (self, last);
  return TRUE;
}

gboolean
usher_composer_take_edit_key (UsherComposer   *self,
                              guint            keyval,
                              GdkModifierType  state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  if (self->has_preedit || self->session == NULL || self->conversation == NULL)
    return FALSE;
  if (self->edited != NULL) {
    if (keyval != GDK_KEY_Escape || modifiers != 0)
      return FALSE;
    usher_composer_end_edit (self);
    return TRUE;
  }
  if (gtk_text_buffer_get_char_count (self->buffer) > 0 || self->is_note || !self->can_reply)
    return FALSE;
  if (keyval == GDK_KEY_Up && modifiers == 0)
    return edit_last (self);
  if (gdk_keyval_to_lower (keyval) == GDK_KEY_z && modifiers == GDK_CONTROL_MASK)
    return undo_send (self);
  return FALSE;
}
