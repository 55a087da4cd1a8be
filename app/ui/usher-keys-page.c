/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-keys-page.h"

#include <glib/gi18n.h>

#include "usher-key-row.h"
#include "usher-keys.h"
#include "usher-macro-list.h"
#include "usher-shortcuts.h"

#define UNDO_S 8

/* Data of a row. */
#define DATA_COMMAND "usher-command"
#define DATA_RESET   "usher-reset"

struct _UsherKeysPage {
  AdwPreferencesPage parent_instance;

  GSettings *settings;
  UsherMacroList *macros;
  GPtrArray *rows; /* borrowed UsherKeyRow */
};

G_DEFINE_FINAL_TYPE (UsherKeysPage, usher_keys_page, ADW_TYPE_PREFERENCES_PAGE)

static const UsherCommand *
command_of (UsherKeyRow *row)
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

static void
update_row (UsherKeysPage *self,
            UsherKeyRow   *row)
{
  g_auto (GStrv) accels = usher_keys_dup (self->settings, command_of (row));

  usher_key_row_set_accel (row, accels[0]);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), DATA_RESET),
                          usher_keys_is_changed (self->settings, command_of (row)));
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
chosen_cb (UsherKeysPage *self,
           const char    *accel,
           UsherKeyRow   *row)
{
  const UsherCommand *command = command_of (row);
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

/* What a macro has is chosen where the macro is written. */
static char *
dup_problem (const char *accel,
             gpointer    user_data)
{
  UsherKeysPage *self = user_data;
  UsherMacro *macro = usher_macro_list_find_key (self->macros, accel);

  /* Translators: %s is a macro */
  return macro == NULL || usher_keys_find (self->settings, accel) != NULL
           ? NULL
           : g_strdup_printf (_ ("These keys run the macro “%s”."), usher_macro_get_name (macro));
}

void
usher_keys_page_listen (UsherKeysPage *self,
                        const char    *action)
{
  g_return_if_fail (USHER_IS_KEYS_PAGE (self));
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (command_of (g_ptr_array_index (self->rows, i))->action, action))
      usher_key_row_listen (g_ptr_array_index (self->rows, i));
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

static UsherKeyRow *
row_new (UsherKeysPage      *self,
         const UsherCommand *command)
{
  UsherKeyRow *row = USHER_KEY_ROW (usher_key_row_new (title_of (command)));
  GtkWidget *reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  gtk_widget_set_valign (reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (reset, "flat");
  gtk_widget_set_tooltip_text (reset, _ ("As it was at first"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (reset), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("As it was at first"), -1);
  g_object_set_data (G_OBJECT (reset), DATA_COMMAND, (gpointer) command);
  g_signal_connect_object (reset, "clicked", G_CALLBACK (reset_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), reset);
  g_object_set_data (G_OBJECT (row), DATA_COMMAND, (gpointer) command);
  g_object_set_data (G_OBJECT (row), DATA_RESET, reset);
  usher_key_row_set_problem (row, dup_problem, self);
  g_signal_connect_object (row, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
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
    UsherKeyRow *row;

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

static void
usher_keys_page_dispose (GObject *object)
{
  UsherKeysPage *self = USHER_KEYS_PAGE (object);

  g_ptr_array_set_size (self->rows, 0);
  g_clear_object (&self->macros);
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
  self->macros = usher_macro_list_new (settings);
  for (guint i = 0; groups[i] != NULL; i++)
    add_group (self, groups[i]);
  add_reset_all (self);
  g_signal_connect_object (settings, "changed::keys", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
