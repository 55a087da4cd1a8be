/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-keys.h"
#include "usher-widget.h"

#include <string.h>
#include <glib/gi18n.h>

#define SETTING "keys"

/* Data of a widget: its tooltip without a key; a command that it stands for. */
#define DATA_TIP     "usher-tip"
#define DATA_COMMAND "usher-command"

/* What typing, menus, the desktop and input methods need. */
static const char *const taken[] = {
  "<Control>period",
  "<Control>semicolon",
  "<Control>slash",
  "<Control>backslash",
  "<Control><Shift>u",
  "<Control><Shift>e",
  "<Control><Shift>f",
  "<Control>space",
  "F8",
  "F10",
  "<Shift>F10",
  "<Control><Shift>i",
  "<Control><Shift>d",
  "<Control>c",
  "<Control>v",
  "<Control>x",
  "<Control>a",
  "<Control>z",
  "<Control><Shift>z",
  "<Control><Shift>v",
  "<Control>Return",
  "Return",
  "<Shift>Return",
  "<Control><Shift>Return",
  "Tab",
  "<Shift>Tab",
  "Escape",
  "Delete",
  "BackSpace",
  "<Control>BackSpace",
  "<Control>Delete",
  "<Control>Home",
  "<Control>End",
  "<Control>Left",
  "<Control>Right",
  "<Control><Alt>Left",
  "<Control><Alt>Right",
};

/* --- What was chosen ------------------------------------------------------------------------------------------- */

char **
usher_keys_dup (GSettings          *settings,
                const UsherCommand *command)
{
  g_autoptr (GVariant) chosen = g_settings_get_value (settings, SETTING);
  char **accels = NULL;

  if (g_variant_lookup (chosen, command->action, "^as", &accels))
    return accels;
  return g_strdupv ((char **) command->accels);
}

gboolean
usher_keys_is_changed (GSettings          *settings,
                       const UsherCommand *command)
{
  g_autoptr (GVariant) chosen = g_settings_get_value (settings, SETTING);
  g_autoptr (GVariant) accels = g_variant_lookup_value (chosen, command->action, NULL);

  return accels != NULL;
}

/* @accels: (nullable): as the table has them */
static void
store (GSettings          *settings,
       const UsherCommand *command,
       const char *const  *accels)
{
  g_autoptr (GVariant) before = g_settings_get_value (settings, SETTING);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sas}"));
  GVariantIter iter;
  const char *action;
  GVariant *value;

  g_variant_iter_init (&iter, before);
  while (g_variant_iter_loop (&iter, "{&s@as}", &action, &value))
    if (!g_str_equal (action, command->action))
      g_variant_builder_add (&builder, "{s@as}", action, value);
  if (accels != NULL)
    g_variant_builder_add (&builder, "{s^as}", command->action, accels);
  g_settings_set_value (settings, SETTING, g_variant_builder_end (&builder));
}

void
usher_keys_set (GSettings          *settings,
                const UsherCommand *command,
                const char         *accel)
{
  const char *accels[] = { accel, NULL };
  gboolean is_as_before = command->accels[1] == NULL && g_strcmp0 (command->accels[0], accel) == 0;

  store (settings, command, is_as_before ? NULL : accels);
}

void
usher_keys_reset (GSettings          *settings,
                  const UsherCommand *command)
{
  store (settings, command, NULL);
}

gboolean
usher_keys_is_same (const char *accel,
                    const char *other)
{
  guint keyval, other_keyval;
  GdkModifierType modifiers, other_modifiers;

  return gtk_accelerator_parse (accel, &keyval, &modifiers) &&
         gtk_accelerator_parse (other, &other_keyval, &other_modifiers) && keyval == other_keyval &&
         modifiers == other_modifiers;
}

const UsherCommand *
usher_keys_find (GSettings  *settings,
                 const char *accel)
{
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++) {
    g_auto (GStrv) accels = usher_keys_dup (settings, &commands[i]);

    for (guint j = 0; accels[j] != NULL; j++)
      if (usher_keys_is_same (accel, accels[j]))
        return &commands[i];
  }
  return NULL;
}

char *
usher_keys_dup_problem (guint           keyval,
                        GdkModifierType modifiers)
{
  GdkModifierType strong = modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK);
  g_autofree char *accel = gtk_accelerator_name (keyval, modifiers);

  if ((modifiers & GDK_SUPER_MASK) != 0)
    return g_strdup (_ ("Keys with Super belong to the desktop."));
  if (g_unichar_isgraph (gdk_keyval_to_unicode (keyval)) && strong != GDK_CONTROL_MASK)
    return g_strdup (strong == 0 ? _ ("A letter alone is for writing. Hold Ctrl with it.")
                                 : _ ("Letters with Alt belong to menus. Hold Ctrl and not Alt."));
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    if (usher_keys_is_same (accel, taken[i]))
      return g_strdup (_ ("These keys are needed for writing, for menus or by the desktop."));
  if (accel == NULL || *accel == '\0' || keyval == GDK_KEY_VoidSymbol)
    return g_strdup (_ ("These keys cannot be a command."));
  return NULL;
}

void
usher_keys_apply (GtkApplication *application,
                  GSettings      *settings)
{
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++) {
    g_auto (GStrv) accels = usher_keys_dup (settings, &commands[i]);

    if (!commands[i].is_last_resort)
      gtk_application_set_accels_for_action (application, commands[i].action,
                                             (const char *const *) accels);
  }
}

/* --- How they are shown ------------------------------------------------------------------------------------------ */

char *
usher_keys_dup_accel (const char *action)
{
  GApplication *application = g_application_get_default ();
  g_auto (GStrv) accels = NULL;
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++) {
    if (!g_str_equal (commands[i].action, action))
      continue;
    if (!GTK_IS_APPLICATION (application) || commands[i].is_last_resort)
      return g_strdup (commands[i].accels[0]);
    accels = gtk_application_get_accels_for_action (GTK_APPLICATION (application), action);
    return g_strdup (accels[0]);
  }
  return NULL;
}

char *
usher_keys_format (const char *accel)
{
  guint keyval;
  GdkModifierType modifiers;

  if (accel == NULL || !gtk_accelerator_parse (accel, &keyval, &modifiers) || keyval == 0)
    return NULL;
  return gtk_accelerator_get_label (keyval, modifiers);
}

char *
usher_keys_dup_label (const char *action)
{
  g_autofree char *accel = usher_keys_dup_accel (action);

  return usher_keys_format (accel);
}

void
usher_keys_set_command (GtkWidget  *widget,
                        const char *action)
{
  g_object_set_data_full (G_OBJECT (widget), DATA_COMMAND, g_strdup (action), g_free);
}

static void
show_one (GtkWidget *widget)
{
  const char *action = g_object_get_data (G_OBJECT (widget), DATA_COMMAND);
  const char *tip = g_object_get_data (G_OBJECT (widget), DATA_TIP);
  g_autofree char *label = NULL;
  g_autofree char *with_key = NULL;

  if (action == NULL && GTK_IS_ACTIONABLE (widget))
    action = gtk_actionable_get_action_name (GTK_ACTIONABLE (widget));
  if (tip == NULL) {
    tip = gtk_widget_get_tooltip_text (widget);
    if (action == NULL || tip == NULL)
      return;
    g_object_set_data_full (G_OBJECT (widget), DATA_TIP, g_strdup (tip), g_free);
    tip = g_object_get_data (G_OBJECT (widget), DATA_TIP);
  }
  label = action == NULL ? NULL : usher_keys_dup_label (action);
  /* Translators: %1$s is what a button does, %2$s the keys that do the same */
  with_key = label == NULL ? g_strdup (tip) : g_strdup_printf (_ ("%1$s (%2$s)"), tip, label);
  usher_widget_set_tooltip (widget, with_key);
}

void
usher_keys_set_tooltip (GtkWidget  *widget,
                        const char *tip)
{
  g_object_set_data_full (G_OBJECT (widget), DATA_TIP, g_strdup (tip), g_free);
  show_one (widget);
}

void
usher_keys_show (GtkWidget *root)
{
  const char *action = g_object_get_data (G_OBJECT (root), DATA_COMMAND);

  if (g_strcmp0 (action, "") == 0)
    return;
  show_one (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    usher_keys_show (child);
}
