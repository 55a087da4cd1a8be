/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-autostart-row.h"

#include <glib/gi18n.h>

struct _UsherAutostartRow {
  AdwActionRow parent_instance;

  GtkSwitch *button;
  UsherAutostart *autostart;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (UsherAutostartRow, usher_autostart_row, ADW_TYPE_ACTION_ROW)

static void
say (UsherAutostartRow *self,
     const char        *text)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean switched_cb (UsherAutostartRow *self,
                             gboolean           is_on);

/* The switch shows what is, not what was wanted. */
static void
show_state (UsherAutostartRow *self)
{
  gboolean is_enabled = usher_autostart_get_is_enabled (self->autostart);

  g_signal_handlers_block_by_func (self->button, switched_cb, self);
  gtk_switch_set_active (self->button, is_enabled);
  gtk_switch_set_state (self->button, is_enabled);
  g_signal_handlers_unblock_by_func (self->button, switched_cb, self);
}

static void
set_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean is_set = usher_autostart_set_finish (USHER_AUTOSTART (source), result, &error);
  UsherAutostartRow *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data; /* alive: not cancelled */
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), TRUE);
  if (!is_set)
    say (self, error->message);
  show_state (self);
}

/* The desktop may ask first; until it has, the switch is moved but not on. */
static gboolean
switched_cb (UsherAutostartRow *self,
             gboolean           is_on)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), FALSE);
  say (self, _ ("Without a window. Start Usher again to see it."));
  usher_autostart_set_async (self->autostart, is_on, self->cancellable, set_cb, self);
  return TRUE;
}

static void
usher_autostart_row_dispose (GObject *object)
{
  UsherAutostartRow *self = USHER_AUTOSTART_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->autostart);
  G_OBJECT_CLASS (usher_autostart_row_parent_class)->dispose (object);
}

static void
usher_autostart_row_class_init (UsherAutostartRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_autostart_row_dispose;
}

static void
usher_autostart_row_init (UsherAutostartRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->button = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  g_object_set (self, "use-markup", FALSE, "title", _ ("Start when I sign in to this computer"),
                NULL);
  say (self, _ ("Without a window. Start Usher again to see it."));
  g_signal_connect_object (self->button, "state-set", G_CALLBACK (switched_cb), self,
                           G_CONNECT_SWAPPED);
}

void
usher_autostart_row_set (UsherAutostartRow *self,
                         UsherAutostart    *autostart)
{
  g_return_if_fail (USHER_IS_AUTOSTART_ROW (self));
  g_return_if_fail (self->autostart == NULL);

  self->autostart = g_object_ref (autostart);
  show_state (self);
}
