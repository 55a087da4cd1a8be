/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-actions.h"
#include "usher-canned-window.h"
#include "usher-conversation.h"
#include "usher-handover-window.h"
#include "usher-key-relay.h"
#include "usher-macro-window.h"
#include "usher-palette.h"
#include "usher-window-private.h"

/* --- Offers ---------------------------------------------------------------------------------------------------- */

static void
offer_accept (GtkWidget  *widget,
              const char *name,
              GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  UsherConversation *offer = usher_window_get_offer (self);

  if (offer == NULL || self->session == NULL)
    return;
  usher_window_select (self, offer);
  usher_session_accept (self->session, offer);
}

static void
offer_pass (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  UsherConversation *offer = usher_window_get_offer (self);

  if (offer != NULL && self->session != NULL)
    usher_session_pass (self->session, offer, "busy");
}

/* --- Going to a conversation -------------------------------------------------------------------------------------- */

static void
next_waiting (GtkWidget  *widget,
              const char *name,
              GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  UsherConversation *next = usher_sidebar_get_next_waiting (self->sidebar);

  if (next != NULL)
    usher_window_select (self, next);
  else
    usher_window_notice (self, 1, _ ("Nobody else waits for you."));
}

static void
go_to_mine (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  UsherConversation *mine =
    usher_sidebar_get_nth_mine (self->sidebar, (guint) g_variant_get_int32 (target));

  if (mine != NULL)
    usher_window_select (self, mine);
}

static void
select_next (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  usher_sidebar_select_by (USHER_WINDOW (widget)->sidebar, 1);
}

static void
select_previous (GtkWidget  *widget,
                 const char *name,
                 GVariant   *target)
{
  usher_sidebar_select_by (USHER_WINDOW (widget)->sidebar, -1);
}

static void
filter (GtkWidget  *widget,
        const char *name,
        GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, self->list_pane);
  usher_sidebar_open_filter (self->sidebar);
}

static void
select_last (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  if (self->previous != NULL)
    usher_window_select (self, self->previous);
}

/* --- The palette -------------------------------------------------------------------------------------------------- */

static void
chosen_line_cb (UsherWindow *self,
                UsherHit    *hit)
{
  usher_window_select (self, usher_session_show_line (self->session, hit));
}

/* Detailed, for it may have a target. What cannot be done now says so: its key would do nothing either. */
static void
chosen_command_cb (UsherWindow *self,
                   const char  *action)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (!g_action_parse_detailed_name (action, &name, &target, NULL) ||
      !gtk_widget_activate_action_variant (GTK_WIDGET (self), name, target))
    usher_window_notice (self, 1, _ ("That cannot be done with this chat now."));
}

static void
open_palette (UsherWindow       *self,
              UsherPaletteScope  scope)
{
  GtkWidget *palette;

  if (self->session == NULL)
    return;
  palette = usher_palette_new (GTK_WINDOW (self), self->session,
                               usher_macro_runner_get_macros (self->macros), scope);
  g_signal_connect_object (palette, "chosen-conversation", G_CALLBACK (usher_window_select), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (palette, "chosen-line", G_CALLBACK (chosen_line_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (palette, "chosen-command", G_CALLBACK (chosen_command_cb), self,
                           G_CONNECT_SWAPPED);
  usher_present_with_keys (GTK_WINDOW (palette));
}

static void
palette_open (GtkWidget  *widget,
              const char *name,
              GVariant   *target)
{
  open_palette (USHER_WINDOW (widget), USHER_PALETTE_ALL);
}

static void
palette_search (GtkWidget  *widget,
                const char *name,
                GVariant   *target)
{
  open_palette (USHER_WINDOW (widget), USHER_PALETTE_LINES);
}

/* --- Writing and accepting -------------------------------------------------------------------------------------------- */

static void
show_canned (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (usher_canned_window_new (GTK_WINDOW (self), self->canned)));
}

static void
show_macros (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  if (self->session != NULL)
    gtk_window_present (GTK_WINDOW (
      usher_macro_window_new (GTK_WINDOW (self), usher_macro_runner_get_macros (self->macros),
                              self->session, self->settings)));
}

static void
focus_composer (GtkWidget  *widget,
                const char *name,
                GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  if (self->conversation == NULL)
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->chat_pane);
  usher_tiles_focus (self->tiles);
}

static void
toggle_accepting (GtkWidget  *widget,
                  const char *name,
                  GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  gboolean is_accepting;

  if (self->session == NULL)
    return;
  g_object_get (self->session, "is-accepting", &is_accepting, NULL);
  g_object_set (self->session, "is-accepting", !is_accepting, NULL);
}

/* One page, however often it is asked for. */
static void
hand_over (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  if (self->session == NULL)
    return;
  if (self->handover == NULL)
    g_set_weak_pointer (&self->handover,
                        usher_handover_window_new (GTK_WINDOW (self), self->session));
  gtk_window_present (GTK_WINDOW (self->handover));
}

static void
show_presence (GtkWidget  *widget,
               const char *name,
               GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, self->list_pane);
  gtk_menu_button_popup (self->presence_button);
}

/* --- Panes --------------------------------------------------------------------------------------------------------- */

static gboolean
holds_focus (UsherWindow *self,
             GtkWidget   *pane)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return focus != NULL && (focus == pane || gtk_widget_is_ancestor (focus, pane));
}

/* Into @pane, as one comes from before it or from behind it. */
static gboolean
enter_pane (UsherWindow *self,
            GtkWidget   *pane,
            gboolean     is_backwards)
{
  if (!gtk_widget_get_mapped (pane))
    return FALSE;
  if (pane != GTK_WIDGET (self->tiles) || self->conversation == NULL)
    return gtk_widget_child_focus (pane, GTK_DIR_TAB_FORWARD);
  usher_tiles_make_current (self->tiles, is_backwards);
  usher_tiles_focus (self->tiles);
  return TRUE;
}

/* Around: list, tile by tile, visitor; those that are not in sight are skipped. */
static void
focus_pane (UsherWindow *self,
            int          step)
{
  GtkWidget *panes[] = { GTK_WIDGET (self->sidebar), GTK_WIDGET (self->tiles),
                         GTK_WIDGET (self->visitor_pane) };
  int n = G_N_ELEMENTS (panes), now = 0;

  if (holds_focus (self, GTK_WIDGET (self->tiles)) && usher_tiles_focus_by (self->tiles, step))
    return;
  for (int i = 0; i < n; i++)
    if (holds_focus (self, panes[i]))
      now = i;
  for (int i = 1; i <= n; i++)
    if (enter_pane (self, panes[(now + i * step + i * n) % n], step < 0))
      return;
}

static void
pane_next (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  focus_pane (USHER_WINDOW (widget), 1);
}

static void
pane_previous (GtkWidget  *widget,
               const char *name,
               GVariant   *target)
{
  focus_pane (USHER_WINDOW (widget), -1);
}

static void
pane_toggle_visitor (GtkWidget  *widget,
                     const char *name,
                     GVariant   *target)
{
  AdwFlap *flap = USHER_WINDOW (widget)->flap;

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
pane_back (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  adw_leaflet_navigate (USHER_WINDOW (widget)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

void
usher_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "palette.open", NULL, palette_open);
  gtk_widget_class_install_action (widget_class, "palette.search", NULL, palette_search);
  gtk_widget_class_install_action (widget_class, "offer.accept", NULL, offer_accept);
  gtk_widget_class_install_action (widget_class, "offer.pass", NULL, offer_pass);
  gtk_widget_class_install_action (widget_class, "conversation.next-waiting", NULL, next_waiting);
  gtk_widget_class_install_action (widget_class, "conversation.go-to-mine", "i", go_to_mine);
  gtk_widget_class_install_action (widget_class, "conversation.select-next", NULL, select_next);
  gtk_widget_class_install_action (widget_class, "conversation.select-previous", NULL,
                                   select_previous);
  gtk_widget_class_install_action (widget_class, "pane.filter", NULL, filter);
  gtk_widget_class_install_action (widget_class, "conversation.select-last", NULL, select_last);
  gtk_widget_class_install_action (widget_class, "composer.show-canned", NULL, show_canned);
  gtk_widget_class_install_action (widget_class, "composer.show-macros", NULL, show_macros);
  gtk_widget_class_install_action (widget_class, "composer.focus", NULL, focus_composer);
  gtk_widget_class_install_action (widget_class, "session.toggle-accepting", NULL,
                                   toggle_accepting);
  gtk_widget_class_install_action (widget_class, "session.hand-over", NULL, hand_over);
  gtk_widget_class_install_action (widget_class, "session.show-presence", NULL, show_presence);
  gtk_widget_class_install_action (widget_class, "pane.next", NULL, pane_next);
  gtk_widget_class_install_action (widget_class, "pane.previous", NULL, pane_previous);
  gtk_widget_class_install_action (widget_class, "pane.toggle-visitor", NULL, pane_toggle_visitor);
  gtk_widget_class_install_action (widget_class, "pane.back", NULL, pane_back);
}

/* Disabled, not hidden: a command that does nothing now says so. */
void
usher_window_update_actions (UsherWindow *self)
{
  gboolean has_offer = usher_window_get_offer (self) != NULL;
  GtkWidget *widget = GTK_WIDGET (self);

  usher_chat_host_update_actions (USHER_CHAT_HOST (self));
  usher_window_update_tiles (self);
  gtk_widget_action_set_enabled (widget, "offer.accept", has_offer);
  gtk_widget_action_set_enabled (widget, "offer.pass", has_offer);
  gtk_widget_action_set_enabled (widget, "session.toggle-accepting", self->session != NULL);
  gtk_widget_action_set_enabled (widget, "session.hand-over", self->session != NULL);
}
