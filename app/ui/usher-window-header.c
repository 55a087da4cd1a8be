/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-keys.h"
#include "usher-window-private.h"

static char *
format_accepting (gboolean           is_accepting,
                  UsherHandoverStage stage,
                  guint              load,
                  guint              capacity)
{
  if (stage != USHER_HANDOVER_NONE)
    return g_strdup (_ ("You are handing over your shift: nothing new is offered to you"));
  return g_strdup_printf (is_accepting
                            /* Translators: %1$u of %2$u chats are being answered */
                            ? _ ("Accepting chats: %1$u of %2$u. Press to stop")
                            : _ ("Not accepting chats: %1$u of %2$u. Press to accept"),
                          load, capacity);
}

void
usher_window_update_accepting (UsherWindow *self)
{
  UsherHandoverStage stage = USHER_HANDOVER_NONE;
  gboolean is_accepting = FALSE;
  guint load = 0, capacity = 0;
  g_autofree char *label = NULL;
  g_autofree char *tip = NULL;

  if (self->session != NULL)
    g_object_get (self->session, "is-accepting", &is_accepting, "load", &load, "capacity",
                  &capacity, "handover-stage", &stage, NULL);
  label = g_strdup_printf ("%u/%u", load, capacity);
  tip = format_accepting (is_accepting, stage, load, capacity);
  gtk_toggle_button_set_active (self->accepting, is_accepting);
  gtk_image_set_from_icon_name (self->accepting_icon,
                                is_accepting ? "usher-accepting-symbolic" : "usher-busy-symbolic");
  gtk_label_set_text (self->accepting_label, label);
  usher_keys_set_tooltip (GTK_WIDGET (self->accepting), tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->accepting), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_accepting ? _ ("Accepting chats") : _ ("Not accepting chats"),
                                  -1);
}
