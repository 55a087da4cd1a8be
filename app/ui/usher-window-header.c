/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-window-private.h"

#define NAME_CHARS 60

static char *
dup_subtitle (UsherConversation *conversation)
{
  const char *channel = usher_format_channel (usher_conversation_get_channel (conversation));
  const char *state = usher_format_state (usher_conversation_get_state (conversation));
  g_autofree char *agent =
    usher_text_to_line (usher_conversation_get_agent_name (conversation), NAME_CHARS);
  gboolean is_mine = usher_conversation_get_is_mine (conversation);

  if (*agent == '\0' && !is_mine)
    /* Translators: %1$s is the channel, such as Web; %2$s the state, such as In the queue */
    return g_strdup_printf (_ ("%1$s · %2$s"), channel, state);
  /* Translators: %1$s is the channel, such as Web; %2$s the state, such as Active; %3$s is who answers */
  return g_strdup_printf (_ ("%1$s · %2$s · %3$s"), channel, state,
                          is_mine ? C_ ("owner", "me") : agent);
}

void
usher_window_update_title (UsherWindow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *subtitle = NULL;

  if (self->conversation == NULL) {
    adw_window_title_set_title (self->title, "");
    adw_window_title_set_subtitle (self->title, "");
    return;
  }
  name = usher_text_to_line (usher_conversation_get_name (self->conversation), NAME_CHARS);
  subtitle = dup_subtitle (self->conversation);
  adw_window_title_set_title (self->title, *name == '\0' ? _ ("Visitor") : name);
  adw_window_title_set_subtitle (self->title, subtitle);
}

void
usher_window_update_clock (UsherWindow *self)
{
  gint64 since_us =
    self->conversation == NULL ? 0 : usher_conversation_get_waits_since_us (self->conversation);
  guint target_s = g_settings_get_uint (self->settings, "reply-target-s");

  usher_waiting_clock_set (self->clock, since_us == 0 ? -1 : MAX (0, g_get_real_time () - since_us),
                           (gint64) target_s * G_USEC_PER_SEC);
}

void
usher_window_update_accepting (UsherWindow *self)
{
  gboolean is_accepting = FALSE;
  guint load = 0, capacity = 0;
  g_autofree char *label = NULL;
  g_autofree char *tip = NULL;

  if (self->session != NULL)
    g_object_get (self->session, "is-accepting", &is_accepting, "load", &load, "capacity",
                  &capacity, NULL);
  label = g_strdup_printf ("%u/%u", load, capacity);
  tip =
    g_strdup_printf (is_accepting
                       /* Translators: %1$u of %2$u chats are being answered */
                       ? _ ("Accepting chats: %1$u of %2$u. Press to stop (Ctrl+Shift+A)")
                       : _ ("Not accepting chats: %1$u of %2$u. Press to accept (Ctrl+Shift+A)"),
                     load, capacity);
  gtk_toggle_button_set_active (self->accepting, is_accepting);
  gtk_image_set_from_icon_name (self->accepting_icon,
                                is_accepting ? "usher-accepting-symbolic" : "usher-busy-symbolic");
  gtk_label_set_text (self->accepting_label, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->accepting), tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->accepting), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_accepting ? _ ("Accepting chats") : _ ("Not accepting chats"),
                                  -1);
}
