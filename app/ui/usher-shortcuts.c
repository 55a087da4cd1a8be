/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-shortcuts.h"

#include <glib/gi18n.h>

#include "usher-keys.h"
#include "usher-macro-list.h"

/* GTK 4.8 makes a shortcuts window from a description only; here it is written from the table of commands. */

static const char *const groups[] = {
  NC_ ("shortcuts", "Chats"),
  NC_ ("shortcuts", "Reading"),
  NC_ ("shortcuts", "Writing"),
  NC_ ("shortcuts", "Window"),
  NULL,
};

/* The first whose prefix fits. */
static const struct {
  const char *prefix;
  int group; /* -1: shown as a range below */
} group_of[] = {
  { "conversation.go-to-mine", -1 },
  { "offer.", 0 },
  { "alert.", 0 },
  { "palette.", 0 },
  { "conversation.", 0 },
  { "window.undo", 0 },
  { "transcript.", 1 },
  { "composer.", 2 },
  { "", 3 },
};

/* What no setting changes. */
static const struct {
  int group;
  const char *accel;
  const char *title;
} fixed[] = {
  { 0, "<Control>1...<Control>9", NC_ ("shortcuts", "Go to the nth of my chats") },
  { 0, "Menu <Shift>F10", NC_ ("shortcuts", "What can be done with the row") },
  { 2, "Return", NC_ ("shortcuts", "Send (can be changed in the preferences)") },
  { 2, "<Control>Return", NC_ ("shortcuts", "Send") },
  { 2, "<Shift>Return", NC_ ("shortcuts", "New line") },
  { 2, "<Control><Shift>Return", NC_ ("shortcuts", "Send and go to the next who waits") },
  { 3, "F10", NC_ ("shortcuts", "Menu") },
};

static int
get_group_index (const char *action)
{
  gsize i = 0;

  while (!g_str_has_prefix (action, group_of[i].prefix))
    i++;
  return group_of[i].group;
}

const char *
usher_shortcuts_get_group (const char *action)
{
  int index = get_group_index (action);

  return index < 0 ? NULL : groups[index];
}

const char *const *
usher_shortcuts_get_groups (void)
{
  return groups;
}

/* @title: translated */
static void
append_shortcut (GString    *xml,
                 const char *accel,
                 const char *title)
{
  g_autofree char *shortcut = g_markup_printf_escaped (
    "<child><object class='GtkShortcutsShortcut'><property name='accelerator'>%s</property>"
    "<property name='title'>%s</property></object></child>",
    accel, title);

  g_string_append (xml, shortcut);
}

/* @title: translated */
static void
begin_group (GString    *xml,
             const char *title)
{
  g_autofree char *heading =
    g_markup_printf_escaped ("<child><object class='GtkShortcutsGroup'><property name='title'>%s"
                             "</property>",
                             title);

  g_string_append (xml, heading);
}

static void
append_group (GString   *xml,
              GSettings *settings,
              int        group)
{
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  begin_group (xml, g_dpgettext2 (NULL, "shortcuts", groups[group]));
  for (guint i = 0; i < n; i++) {
    g_auto (GStrv) accels = usher_keys_dup (settings, &commands[i]);
    g_autofree char *all = g_strjoinv (" ", accels);

    if (get_group_index (commands[i].action) == group && *all != '\0')
      append_shortcut (xml, all, usher_actions_get_title (commands[i].action));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (fixed[i].group == group)
      append_shortcut (xml, fixed[i].accel, g_dpgettext2 (NULL, "shortcuts", fixed[i].title));
  g_string_append (xml, "</object></child>");
}

/* Those that have keys of their own; there may be none. */
static void
append_macros (GString   *xml,
               GSettings *settings)
{
  g_autoptr (UsherMacroList) macros = usher_macro_list_new (settings);
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (macros)); i++) {
    g_autoptr (UsherMacro) macro = g_list_model_get_item (G_LIST_MODEL (macros), i);
    const char *key = usher_macro_get_key (macro);

    if (*key != '\0' && usher_keys_find (settings, key) == NULL)
      append_shortcut (rows, key, usher_macro_get_name (macro));
  }
  if (rows->len == 0)
    return;
  begin_group (xml, C_ ("shortcuts", "Macros"));
  g_string_append (xml, rows->str);
  g_string_append (xml, "</object></child>");
}

GtkWidget *
usher_shortcuts_window_new (GtkWindow *parent,
                            GSettings *settings)
{
  g_autoptr (GString) xml =
    g_string_new ("<interface><object class='GtkShortcutsWindow' id='window'>"
                  "<property name='modal'>True</property><child>"
                  "<object class='GtkShortcutsSection'><property name='section-name'>shortcuts"
                  "</property><property name='max-height'>12</property>");
  g_autoptr (GtkBuilder) builder = NULL;
  GtkWidget *window;

  for (int i = 0; groups[i] != NULL; i++)
    append_group (xml, settings, i);
  append_macros (xml, settings);
  g_string_append (xml, "</object></child></object></interface>");
  builder = gtk_builder_new_from_string (xml->str, (gssize) xml->len);
  window = GTK_WIDGET (gtk_builder_get_object (builder, "window"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  return window;
}
