/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-keys-page.h"

#include <glib/gi18n.h>

#include "usher-keys.h"
#include "usher-shortcuts.h"

#define UNDO_S 8

/* Data of a row. */
#define DATA_COMMAND "usher-command"
#define DATA_KEYS    "usher-keys"
#define DATA_RESET   "usher-reset"

struct _UsherKeysPage {
  AdwPreferencesPage parent_instance;

  GSettings *settings;
  GPtrArray *rows;          /* borrowed AdwActionRow */
  AdwActionRow *listening;  /* (nullable): it waits for its keys */
  GtkEventController *keys; /* (nullable): of the window, while it does */
};

G_DEFINE_FINAL_TYPE (UsherKeysPage, usher_keys_page, ADW_TYPE_PREFERENCES_PAGE)

static const UsherCommand *
command_of (AdwActionRow *row)
{
  return g_object_get_data (G_OBJECT (row), DATA_COMMAND);
}

static const char *
title_of (const UsherCommand *command)
{
  return command->title == NULL ? command->action
                                : g_dpgettext2 (NULL, "shortcuts", command->title);
}

/* --- What the rows say ------------------------------------------------------------------------------------------- */

static char *
dup_words (UsherKeysPage      *self,
           const UsherCommand *command)
{
  g_auto (GStrv) accels = usher_keys_dup (self->settings, command);
  guint keyval;
  GdkModifierType modifiers;

  if (accels[0] == NULL || !gtk_accelerator_parse (accels[0], &keyval, &modifiers))
    return g_strdup (C_ ("keys", "None"));
  return gtk_accelerator_get_label (keyval, modifiers);
}

static void
update_row (UsherKeysPage *self,
            AdwActionRow  *row)
{
  gboolean is_listening = row == self->listening;
  g_autofree char *words = dup_words (self, command_of (row));

  gtk_label_set_text (g_object_get_data (G_OBJECT (row), DATA_KEYS),
                      is_listening ? _ ("Press the keys…") : words);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), DATA_RESET),
                          !is_listening &&
                            usher_keys_is_changed (self->settings, command_of (row)));
  adw_action_row_set_subtitle (row, is_listening ? _ ("Backspace: none. Esc: as it was.") : "");
}

static void
update (UsherKeysPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    update_row (self, g_ptr_array_index (self->rows, i));
}

static void
say (UsherKeysPage *self,
     AdwToast      *toast)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), toast);
  else
    g_object_unref (g_object_ref_sink (toast));
}

static AdwToast *
toast_new (const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1); /* the title of a toast is markup */

  return adw_toast_new (escaped);
}

/* --- New keys ------------------------------------------------------------------------------------------------------- */

static void
stop_listening (UsherKeysPage *self)
{
  AdwActionRow *row = g_steal_pointer (&self->listening);

  if (self->keys != NULL)
    gtk_widget_remove_controller (gtk_event_controller_get_widget (self->keys), self->keys);
  self->keys = NULL;
  if (row != NULL)
    update_row (self, row);
}

typedef struct {
  GSettings *settings;
  GVariant *before;
} Undo;

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->settings);
  g_variant_unref (undo->before);
  g_free (undo);
}

static void
undo_cb (AdwToast *toast,
         Undo     *undo)
{
  g_settings_set_value (undo->settings, "keys", undo->before);
}

static void
tell_taken (UsherKeysPage      *self,
            const UsherCommand *loser,
            GVariant           *before)
{
  /* Translators: %s is a command */
  g_autofree char *text = g_strdup_printf (_ ("“%s” has no keys now"), title_of (loser));
  AdwToast *toast = toast_new (text);
  Undo *undo = g_new (Undo, 1);

  *undo = (Undo){ g_object_ref (self->settings), g_variant_ref (before) };
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, UNDO_S);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), undo, undo_free, 0);
  say (self, toast);
}

static void
give (UsherKeysPage      *self,
      const UsherCommand *command,
      const char         *accel)
{
  const UsherCommand *loser = accel == NULL ? NULL : usher_keys_find (self->settings, accel);
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, "keys");

  if (loser == command)
    return;
  if (loser != NULL && loser->title == NULL) {
    say (self, toast_new (_ ("Ctrl with a number goes to the nth of your chats.")));
    return;
  }
  if (loser != NULL)
    usher_keys_set (self->settings, loser, NULL);
  usher_keys_set (self->settings, command, accel);
  if (loser != NULL)
    tell_taken (self, loser, before);
}

static gboolean
is_modifier (guint keyval)
{
  return (keyval >= GDK_KEY_Shift_L && keyval <= GDK_KEY_Hyper_R) || keyval == GDK_KEY_Num_Lock ||
         (keyval >= GDK_KEY_ISO_Lock && keyval <= GDK_KEY_ISO_Level5_Lock);
}

static gboolean
pressed_cb (UsherKeysPage   *self,
            guint            keyval,
            guint            keycode,
            GdkModifierType  state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  const UsherCommand *command = command_of (self->listening);
  g_autofree char *accel = NULL;
  g_autofree char *problem = NULL;

  if (is_modifier (keyval))
    return GDK_EVENT_STOP;
  keyval = gdk_keyval_to_lower (keyval);
  if (keyval == GDK_KEY_ISO_Left_Tab)
    keyval = GDK_KEY_Tab;
  if (modifiers == 0 && (keyval == GDK_KEY_Escape || keyval == GDK_KEY_BackSpace)) {
    stop_listening (self);
    if (keyval == GDK_KEY_BackSpace)
      give (self, command, NULL);
    return GDK_EVENT_STOP;
  }
  problem = usher_keys_dup_problem (keyval, modifiers);
  if (problem != NULL) {
    adw_action_row_set_subtitle (self->listening, problem);
    return GDK_EVENT_STOP;
  }
  accel = gtk_accelerator_name (keyval, modifiers);
  stop_listening (self);
  give (self, command, accel);
  return GDK_EVENT_STOP;
}

/* The window's: before any command that has these keys today. */
static void
listen (UsherKeysPage *self,
        AdwActionRow  *row)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  stop_listening (self);
  if (root == NULL)
    return;
  self->listening = row;
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (self->keys, "key-pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (root), self->keys);
  update_row (self, row);
}

void
usher_keys_page_listen (UsherKeysPage *self,
                        const char    *action)
{
  g_return_if_fail (USHER_IS_KEYS_PAGE (self));
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (command_of (g_ptr_array_index (self->rows, i))->action, action))
      listen (self, g_ptr_array_index (self->rows, i));
}

static void
reset_cb (UsherKeysPage *self,
          GtkButton     *button)
{
  const UsherCommand *command = g_object_get_data (G_OBJECT (button), DATA_COMMAND);

  /* What the table gives it may be somebody else's by now. */
  for (guint i = 0; command->accels[i] != NULL; i++) {
    const UsherCommand *loser = usher_keys_find (self->settings, command->accels[i]);

    if (loser != NULL && loser != command)
      usher_keys_set (self->settings, loser, NULL);
  }
  usher_keys_reset (self->settings, command);
}

static void
reset_all_cb (UsherKeysPage *self)
{
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, "keys");
  AdwToast *toast = toast_new (_ ("All keys are as they were at first"));
  Undo *undo = g_new (Undo, 1);

  *undo = (Undo){ g_object_ref (self->settings), g_variant_ref (before) };
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, UNDO_S);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), undo, undo_free, 0);
  g_settings_reset (self->settings, "keys");
  say (self, toast);
}

/* --- Rows ------------------------------------------------------------------------------------------------------------ */

static AdwActionRow *
row_new (UsherKeysPage      *self,
         const UsherCommand *command)
{
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());
  GtkWidget *keys = gtk_label_new (NULL);
  GtkWidget *reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_of (command));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_add_css_class (keys, "dim-label");
  gtk_widget_set_valign (reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (reset, "flat");
  gtk_widget_set_tooltip_text (reset, _ ("As it was at first"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (reset), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("As it was at first"), -1);
  g_object_set_data (G_OBJECT (reset), DATA_COMMAND, (gpointer) command);
  g_signal_connect_object (reset, "clicked", G_CALLBACK (reset_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (row, reset);
  adw_action_row_add_suffix (row, keys);
  g_object_set_data (G_OBJECT (row), DATA_COMMAND, (gpointer) command);
  g_object_set_data (G_OBJECT (row), DATA_KEYS, keys);
  g_object_set_data (G_OBJECT (row), DATA_RESET, reset);
  g_signal_connect_object (row, "activated", G_CALLBACK (listen), self, G_CONNECT_SWAPPED);
  return row;
}

static void
add_group (UsherKeysPage *self,
           const char    *heading)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  adw_preferences_group_set_title (group, g_dpgettext2 (NULL, "shortcuts", heading));
  for (guint i = 0; i < n; i++) {
    AdwActionRow *row;

    if (commands[i].title == NULL || commands[i].is_last_resort ||
        g_strcmp0 (usher_shortcuts_get_group (commands[i].action), heading) != 0)
      continue;
    row = row_new (self, &commands[i]);
    adw_preferences_group_add (group, GTK_WIDGET (row));
    g_ptr_array_add (self->rows, row);
  }
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), group);
}

static void
add_reset_all (UsherKeysPage *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Reset All Keys"));

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  g_signal_connect_object (button, "clicked", G_CALLBACK (reset_all_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (group, button);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), group);
}

/* Who goes to another page or closes the window has given up. */
static void
usher_keys_page_unmap (GtkWidget *widget)
{
  stop_listening (USHER_KEYS_PAGE (widget));
  GTK_WIDGET_CLASS (usher_keys_page_parent_class)->unmap (widget);
}

static void
usher_keys_page_dispose (GObject *object)
{
  UsherKeysPage *self = USHER_KEYS_PAGE (object);

  self->listening = NULL;
  g_ptr_array_set_size (self->rows, 0);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (usher_keys_page_parent_class)->dispose (object);
}

static void
usher_keys_page_finalize (GObject *object)
{
  g_ptr_array_unref (USHER_KEYS_PAGE (object)->rows);
  G_OBJECT_CLASS (usher_keys_page_parent_class)->finalize (object);
}

static void
usher_keys_page_class_init (UsherKeysPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_keys_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_keys_page_finalize;
  GTK_WIDGET_CLASS (klass)->unmap = usher_keys_page_unmap;
}

static void
usher_keys_page_init (UsherKeysPage *self)
{
  self->rows = g_ptr_array_new ();
  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (self), _ ("Keys"));
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (self), "input-keyboard-symbolic");
}

void
usher_keys_page_set (UsherKeysPage *self,
                     GSettings     *settings)
{
  const char *const *groups = usher_shortcuts_get_groups ();

  g_return_if_fail (USHER_IS_KEYS_PAGE (self));
  g_return_if_fail (self->settings == NULL);
  self->settings = g_object_ref (settings);
  for (guint i = 0; groups[i] != NULL; i++)
    add_group (self, groups[i]);
  add_reset_all (self);
  g_signal_connect_object (settings, "changed::keys", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
