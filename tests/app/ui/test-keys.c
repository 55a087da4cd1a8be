/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-actions.h"
#include "usher-conversation-actions.h"
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

/* What typing, menus, the desktop and input methods need is left alone. */
static void
test_rules (void)
{
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
    "<Control><Shift>i",
    "<Control><Shift>d",
    "<Control>c",
    "<Control>v",
    "<Control>x",
    "<Control>a",
    "<Control>z",
    "<Control>Return",
  };
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; commands[i].accels[j] != NULL; j++) {
      Key key = parse (commands[i].accels[j]);
      gunichar c = gdk_keyval_to_unicode (key.keyval);
      GdkModifierType modifiers =
        key.modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK);

      if (g_unichar_isgraph (c))
        g_assert_cmpuint (modifiers, ==, GDK_CONTROL_MASK); /* no bare letter, no Alt+letter */
      g_assert_cmpuint (key.modifiers & GDK_SUPER_MASK, ==, 0);
      for (gsize k = 0; k < G_N_ELEMENTS (taken); k++) {
        Key other = parse (taken[k]);

        g_assert_false (key.keyval == other.keyval && key.modifiers == other.modifiers);
      }
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

/* The shortcuts window shows each of them. Ranges are written as “first...last”. */
static void
test_help_is_complete (void)
{
  g_autoptr (GBytes) bytes =
    g_resources_lookup_data ("/io/github/usher_desk/Usher/gtk/help-overlay.ui", 0, NULL);
  const char *help;
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  g_assert_nonnull (bytes);
  help = g_bytes_get_data (bytes, NULL);
  for (guint i = 0; i < n; i++) {
    g_autofree char *escaped = NULL;
    g_autofree char *wanted = NULL;

    if (commands[i].accels[0] == NULL) {
      g_assert_nonnull (commands[i].title); /* else nothing could reach it */
      continue;
    }
    escaped = g_markup_escape_text (commands[i].accels[0], -1);
    wanted = g_strdup_printf ("<property name=\"accelerator\">%s<", escaped);

    g_test_message ("%s", wanted);
    if (g_str_has_prefix (commands[i].action, "conversation.go-to-mine"))
      g_assert_nonnull (strstr (help, "&lt;Control&gt;1...&lt;Control&gt;9"));
    else
      g_assert_nonnull (g_strstr_len (help, (gssize) g_bytes_get_size (bytes), wanted));
  }
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
  return g_test_run ();
}
