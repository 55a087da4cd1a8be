/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-actions.h"
#include "usher-conversation-actions.h"
#include "usher-keys-page.h"
#include "usher-keys.h"
#include "usher-preferences.h"
#include "usher-shortcuts.h"
#include "usher-window.h"

typedef struct {
  guint keyval;
  GdkModifierType modifiers;
} Key;

static Key
parse (const char *accel)
{
  Key key;

  g_assert_true (gtk_accelerator_parse (accel, &key.keyval, &key.modifiers));
  g_assert_cmpuint (key.keyval, !=, 0);
  return key;
}

static void
test_no_two_alike (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; commands[i].accels[j] != NULL; j++) {
      Key key = parse (commands[i].accels[j]);
      char *name = gtk_accelerator_name (key.keyval, key.modifiers);

      g_test_message ("%s: %s", commands[i].action, name);
      g_assert_true (g_hash_table_add (seen, name));
    }
}

/* The rules for what an agent may choose hold for what the table says. */
static void
test_rules (void)
{
  static const char *const refused[] = {
    "a",         "<Shift>a", "<Alt>a", "<Control><Alt>a", "<Control>c", "<Control><Shift>u", "F10",
    "<Super>F5", "Escape",   "Tab"
  };
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; commands[i].accels[j] != NULL && !commands[i].is_last_resort; j++) {
      Key key = parse (commands[i].accels[j]);
      g_autofree char *problem = usher_keys_dup_problem (key.keyval, key.modifiers);

      g_assert_cmpstr (problem, ==, NULL);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    Key key = parse (refused[i]);
    g_autofree char *problem = usher_keys_dup_problem (key.keyval, key.modifiers);

    g_test_message ("%s: %s", refused[i], problem);
    g_assert_nonnull (problem);
  }
}

/* Of the group that the window holds beside its own actions. */
static gboolean
is_of_conversation (const char *name)
{
  g_autoptr (UsherConversationActions) actions = usher_conversation_actions_new (NULL);

  return g_str_has_prefix (name, "conversation.") &&
         g_action_group_has_action (usher_conversation_actions_get_group (actions),
                                    name + strlen ("conversation."));
}

static gboolean
is_of_class (const char *name,
             GVariant   *target,
             GType       widget_type)
{
  GtkWidgetClass *klass = g_type_class_ref (widget_type);
  GType owner;
  const char *action, *property;
  const GVariantType *type;
  gboolean is_found = FALSE;

  for (guint i = 0; gtk_widget_class_query_action (klass, i, &owner, &action, &type, &property);
       i++)
    is_found |= g_str_equal (action, name) && (type == NULL) == (target == NULL);
  g_type_class_unref (klass);
  return is_found;
}

/* Every command has a widget action behind it. */
static void
test_actions_exist (void)
{
  guint n, n_found = 0;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++) {
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;

    g_assert_true (g_action_parse_detailed_name (commands[i].action, &name, &target, NULL));
    if (g_str_has_prefix (name, "app.") || g_str_has_prefix (name, "win."))
      continue; /* of the application; tests/app/ui/test-application looks */
    g_test_message ("%s", name);
    g_assert_true (is_of_conversation (name) || is_of_class (name, target, USHER_TYPE_WINDOW));
    n_found++;
  }
  g_assert_cmpuint (n_found, >, 20);
}

static GtkWidget *
find_shortcut (GtkWidget  *root,
               const char *accel)
{
  GtkWidget *found = NULL;

  if (g_str_equal (G_OBJECT_TYPE_NAME (root), "GtkShortcutsShortcut")) {
    g_autofree char *has = NULL;

    g_object_get (root, "accelerator", &has, NULL);
    return g_strcmp0 (has, accel) == 0 ? root : NULL;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_shortcut (child, accel);
  return found;
}

static const UsherCommand *
get_command (const char *action)
{
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (commands[i].action, action))
      return &commands[i];
  g_assert_not_reached ();
}

/* The shortcuts window shows each of them, with the keys it has now. */
static void
test_help_is_complete (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  GtkWidget *window = usher_shortcuts_window_new (NULL, settings);
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++) {
    if (commands[i].accels[0] == NULL) {
      g_assert_nonnull (commands[i].title); /* else nothing could reach it */
      continue;
    }
    g_test_message ("%s", commands[i].action);
    if (usher_shortcuts_get_group (commands[i].action) != NULL)
      g_assert_nonnull (find_shortcut (window, commands[i].accels[0]));
  }
  g_assert_nonnull (find_shortcut (window, "<Control>1...<Control>9"));
  g_assert_null (find_shortcut (window, "<Control>r"));
  gtk_window_present (GTK_WINDOW (window)); /* nothing about it is worth a warning of GTK's */
  ui_test_settle ();
  gtk_window_destroy (GTK_WINDOW (window));

  usher_keys_set (settings, get_command ("conversation.transfer"), "<Control>r");
  window = usher_shortcuts_window_new (NULL, settings);
  g_assert_nonnull (find_shortcut (window, "<Control>r"));
  g_assert_null (find_shortcut (window, "<Control>t"));
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (settings, "keys");
}

/* --- Keys of one's own --------------------------------------------------------------------------------------------- */

static void
assert_keys (GSettings  *settings,
             const char *action,
             const char *expected)
{
  g_auto (GStrv) accels = usher_keys_dup (settings, get_command (action));
  g_autofree char *all = g_strjoinv (" ", accels);

  g_assert_cmpstr (all, ==, expected);
}

static void
test_choosing (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  const UsherCommand *close = get_command ("conversation.close");

  assert_keys (settings, "conversation.close", "<Control>d");
  g_assert_true (usher_keys_find (settings, "<Control>d") == close);
  g_assert_true (usher_keys_find (settings, "<Primary>d") == close);
  usher_keys_set (settings, close, "<Control>e");
  usher_keys_set (settings, get_command ("conversation.join"), "F7");
  assert_keys (settings, "conversation.close", "<Control>e");
  assert_keys (settings, "conversation.join", "F7");
  assert_keys (settings, "conversation.transfer", "<Control>t");
  g_assert_null (usher_keys_find (settings, "<Control>d"));
  g_assert_true (usher_keys_find (settings, "F7") == get_command ("conversation.join"));
  usher_keys_set (settings, close, NULL);
  assert_keys (settings, "conversation.close", "");
  g_assert_true (usher_keys_is_changed (settings, close));
  /* As the table has it is not a choice: a later version may change it. */
  usher_keys_set (settings, close, "<Control>d");
  g_assert_false (usher_keys_is_changed (settings, close));
  assert_keys (settings, "conversation.join", "F7");
  usher_keys_reset (settings, get_command ("conversation.join"));
  assert_keys (settings, "conversation.join", "");
}

static void
test_tooltips (void)
{
  GtkWidget *button = g_object_ref_sink (gtk_button_new ());

  gtk_widget_set_tooltip_text (button, "Close this chat");
  usher_keys_show (button);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Close this chat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "conversation.close");
  usher_keys_show (button);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Close this chat (Ctrl+D)");
  usher_keys_show (button);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Close this chat (Ctrl+D)");
  g_object_unref (button);
}

typedef struct {
  GtkWidget *window;
  UsherKeysPage *page;
  GSettings *settings;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->settings = g_settings_new ("io.github.usher_desk.Usher");
  f->window = usher_preferences_new (NULL, f->settings, NULL, NULL, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (f->window);
  f->page = USHER_KEYS_PAGE (ui_test_find (f->window, USHER_TYPE_KEYS_PAGE, NULL));
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (f->window),
                                           ADW_PREFERENCES_PAGE (f->page));
  gtk_test_widget_wait_for_draw (f->window);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_settings_reset (f->settings, "keys");
  g_object_unref (f->settings);
}

static void
test_page (Fixture       *f,
           gconstpointer  data)
{
  usher_keys_page_listen (f->page, "conversation.close");
  g_assert_nonnull (ui_test_find (f->window, GTK_TYPE_LABEL, "Press the keys…"));
  g_assert_true (ui_test_press (f->window, GDK_KEY_Control_L, 0));
  g_assert_true (ui_test_press (f->window, GDK_KEY_a, 0));
  g_assert_nonnull (
    ui_test_find (f->window, GTK_TYPE_LABEL, "A letter alone is for writing. Hold Ctrl with it."));
  g_assert_true (ui_test_press (f->window, GDK_KEY_E, GDK_CONTROL_MASK | GDK_LOCK_MASK));
  assert_keys (f->settings, "conversation.close", "<Control>e");
  g_assert_null (ui_test_find (f->window, GTK_TYPE_LABEL, "Press the keys…"));
  g_assert_nonnull (ui_test_find (f->window, GTK_TYPE_LABEL, "Ctrl+E"));
  g_assert_false (ui_test_press (f->window, GDK_KEY_g, GDK_CONTROL_MASK)); /* nobody listens */
  usher_keys_page_listen (f->page, "conversation.close");
  ui_test_press (f->window, GDK_KEY_Escape, 0);
  assert_keys (f->settings, "conversation.close", "<Control>e");
  usher_keys_page_listen (f->page, "conversation.close");
  ui_test_press (f->window, GDK_KEY_BackSpace, 0);
  assert_keys (f->settings, "conversation.close", "");
}

/* Keys have one command: who had them has none, and Undo gives them back. */
static void
test_taken (Fixture       *f,
            gconstpointer  data)
{
  usher_keys_page_listen (f->page, "conversation.close");
  ui_test_press (f->window, GDK_KEY_t, GDK_CONTROL_MASK);
  assert_keys (f->settings, "conversation.close", "<Control>t");
  assert_keys (f->settings, "conversation.transfer", "");
  WAIT_UNTIL (ui_test_find (f->window, GTK_TYPE_LABEL, "“Transfer the chat” has no keys now") !=
              NULL);
  g_signal_emit_by_name (ui_test_find (f->window, GTK_TYPE_BUTTON, "_Undo"), "clicked");
  assert_keys (f->settings, "conversation.close", "<Control>d");
  assert_keys (f->settings, "conversation.transfer", "<Control>t");
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/keys/no-two-alike", test_no_two_alike);
  g_test_add_func ("/ui/keys/rules", test_rules);
  g_test_add_func ("/ui/keys/actions-exist", test_actions_exist);
  g_test_add_func ("/ui/keys/help-is-complete", test_help_is_complete);
  g_test_add_func ("/ui/keys/choosing", test_choosing);
  g_test_add_func ("/ui/keys/tooltips", test_tooltips);
  g_test_add ("/ui/keys/page", Fixture, NULL, set_up, test_page, tear_down);
  g_test_add ("/ui/keys/taken", Fixture, NULL, set_up, test_taken, tear_down);
  return g_test_run ();
}
