/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-presence.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "usher-step-indicator.h"
#include "usher-widget.h"

struct _UsherPresence {
  GtkWidget parent_instance;

  AdwActionRow *link;
  GtkImage *link_icon;
  AdwActionRow *human;
  GtkImage *human_icon;
  AdwActionRow *accepting;
  GtkImage *accepting_icon;
  GtkSwitch *accepts;

  UsherSession *session;
  GSignalGroup *signals;
};

G_DEFINE_FINAL_TYPE (UsherPresence, usher_presence, GTK_TYPE_WIDGET)

static void
show (AdwActionRow *row,
      GtkImage     *icon,
      const char   *icon_name,
      const char   *title,
      const char   *subtitle)
{
  gtk_image_set_from_icon_name (icon, icon_name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
}

static const char *
describe_offers (gboolean is_accepting,
                 gboolean is_away,
                 guint    load,
                 guint    capacity)
{
  if (!is_accepting)
    return _ ("Nothing is offered to you. Chats you have stay yours.");
  if (is_away)
    return _ ("Nothing is offered to you before you are back.");
  if (load >= capacity)
    return _ ("All your places are taken: the next offer comes when one is free.");
  return _ ("Chats are offered to you while you have a place.");
}

static void
update (UsherPresence *self)
{
  UsherLinkState state;
  gboolean is_away, is_accepting;
  guint load, capacity;
  g_autofree char *title = NULL;

  g_object_get (self->session, "link-state", &state, "is-away", &is_away, "is-accepting",
                &is_accepting, "load", &load, "capacity", &capacity, NULL);
  show (self->link, self->link_icon, usher_link_state_get_icon_name (state),
        usher_link_state_get_text (state), usher_link_state_get_tip (state));
  show (self->human, self->human_icon, is_away ? "usher-busy-symbolic" : "avatar-default-symbolic",
        is_away ? _ ("You are away") : _ ("You are here"),
        is_away ? _ ("The screen is locked, or nobody has touched the desk for a while.")
                : _ ("The desk is in use."));
  /* Translators: %1$u of %2$u chats are being answered */
  title = is_accepting ? g_strdup_printf (_ ("Accepting chats: %1$u of %2$u"), load, capacity)
                       : g_strdup (_ ("Not accepting chats"));
  show (self->accepting, self->accepting_icon,
        is_accepting ? "usher-accepting-symbolic" : "usher-busy-symbolic", title,
        describe_offers (is_accepting, is_away, load, capacity));
  gtk_switch_set_active (self->accepts, is_accepting);
  gtk_switch_set_state (self->accepts, is_accepting);
}

/* The switch says what the gateway knows, not what was asked of it. */
static gboolean
state_set_cb (UsherPresence *self,
              gboolean       is_on)
{
  gboolean is_accepting = is_on;

  if (self->session == NULL)
    return TRUE;
  g_object_get (self->session, "is-accepting", &is_accepting, NULL);
  if (is_accepting != is_on)
    g_object_set (self->session, "is-accepting", is_on, NULL);
  return TRUE;
}

static void
usher_presence_dispose (GObject *object)
{
  UsherPresence *self = USHER_PRESENCE (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->session);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_PRESENCE);
  G_OBJECT_CLASS (usher_presence_parent_class)->dispose (object);
}

static void
usher_presence_class_init (UsherPresenceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_presence_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-presence.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherPresence, link);
  gtk_widget_class_bind_template_child (widget_class, UsherPresence, link_icon);
  gtk_widget_class_bind_template_child (widget_class, UsherPresence, human);
  gtk_widget_class_bind_template_child (widget_class, UsherPresence, human_icon);
  gtk_widget_class_bind_template_child (widget_class, UsherPresence, accepting);
  gtk_widget_class_bind_template_child (widget_class, UsherPresence, accepting_icon);
  gtk_widget_class_bind_template_child (widget_class, UsherPresence, accepts);
  gtk_widget_class_bind_template_callback (widget_class, state_set_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_presence_init (UsherPresence *self)
{
  static const char *const facts[] = { "notify::link-state", "notify::is-away",
                                       "notify::is-accepting", "notify::load", "notify::capacity" };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->signals = g_signal_group_new (USHER_TYPE_SESSION);
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    g_signal_group_connect_swapped (self->signals, facts[i], G_CALLBACK (update), self);
}

GtkWidget *
usher_presence_new (void)
{
  return g_object_new (USHER_TYPE_PRESENCE, NULL);
}

void
usher_presence_set_session (UsherPresence *self,
                            UsherSession  *session)
{
  g_return_if_fail (USHER_IS_PRESENCE (self));
  g_set_object (&self->session, session);
  g_signal_group_set_target (self->signals, session);
  if (session != NULL)
    update (self);
}
