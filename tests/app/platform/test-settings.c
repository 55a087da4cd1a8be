/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "usher-settings.h"

/* Settings as a whole: taken along, and forgotten. */

static JsonObject *
to_object (GSettings *settings)
{
  g_autofree char *text = usher_settings_to_json (settings);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  return json_node_dup_object (node);
}

static void
test_json (void)
{
  static const char *const views[] = { "queue:\"shop\"\n", "退款 \\", NULL };
  g_autoptr (GSettings) settings = usher_settings_new (NULL);
  g_autoptr (JsonObject) object = NULL;
  GVariantBuilder keys;
  JsonArray *array;

  g_settings_set_strv (settings, "views", views);
  g_variant_builder_init (&keys, G_VARIANT_TYPE ("a{sas}"));
  g_variant_builder_add_parsed (&keys, "{'app.quit', ['<Control>q', 'F10']}");
  g_settings_set_value (settings, "keys", g_variant_builder_end (&keys));
  object = to_object (settings);
  array = json_object_get_array_member (object, "views");
  g_assert_cmpstr (json_array_get_string_element (array, 0), ==, views[0]);
  g_assert_cmpstr (json_array_get_string_element (array, 1), ==, views[1]);
  array = json_object_get_array_member (json_object_get_object_member (object, "keys"), "app.quit");
  g_assert_cmpstr (json_array_get_string_element (array, 1), ==, "F10");
  array = json_array_get_array_element (json_object_get_array_member (object, "canned-replies"), 0);
  g_assert_cmpuint (json_array_get_length (array), ==, 5);
  g_assert_true (json_object_get_boolean_member (object, "enter-sends"));
  g_assert_cmpint (json_object_get_int_member (object, "reply-target-s"), ==, 120);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (object, "alerts"),
                                                  "alarm"),
                   ==, "both");
}

static guint
n_items (GSettings  *settings,
         const char *key)
{
  g_autoptr (GVariant) value = g_settings_get_value (settings, key);

  return (guint) g_variant_n_children (value);
}

/* From one person's settings into another's: nothing twice, nothing lost, nothing else touched. */
static void
test_import (void)
{
  static const char *const views[] = { "queue:shop", NULL };
  g_autoptr (GSettings) settings = usher_settings_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n_canned = n_items (settings, "canned-replies");
  guint n_added;

  g_settings_set_strv (settings, "views", views);
  text = usher_settings_to_json (settings);
  g_settings_reset (settings, "views");
  g_settings_set_value (settings, "canned-replies",
                        g_variant_new_parsed ("[('mine', 'Mine', 'My own words', '', uint32 9)]"));
  g_settings_set_string (settings, "login", "ada");
  g_assert_true (usher_settings_take_lists (settings, text, strlen (text), &n_added, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_added, ==, n_canned + 1);
  g_assert_cmpuint (n_items (settings, "canned-replies"), ==, n_canned + 1);
  g_assert_cmpuint (n_items (settings, "views"), ==, 1);
  g_assert_true (usher_settings_take_lists (settings, text, strlen (text), &n_added, &error));
  g_assert_cmpuint (n_added, ==, 0);
  {
    g_autofree char *login = g_settings_get_string (settings, "login");

    g_assert_cmpstr (login, ==, "ada");
  }
  usher_settings_forget (settings);
}

static void
test_bad_import (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{",
    "{\"views\":[1]}",
    "{\"views\":\"x\"}",
    "{\"views\":[\"new\"],\"canned-replies\":[[\"a\"]]}",
    "{\"canned-replies\":[[\"a\",\"b\",\"c\",\"d\",\"e\"]]}",
  };
  g_autoptr (GSettings) settings = usher_settings_new (NULL);
  g_autofree char *before = usher_settings_to_json (settings);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *after = NULL;
    guint n_added;

    g_assert_false (
      usher_settings_take_lists (settings, bad[i], strlen (bad[i]), &n_added, &error));
    g_assert_nonnull (error);
    after = usher_settings_to_json (settings);
    g_assert_cmpstr (after, ==, before);
  }
}

static void
test_forget (void)
{
  g_autoptr (GSettings) settings = usher_settings_new (NULL);
  g_autoptr (GSettings) alerts = g_settings_get_child (settings, "alerts");
  g_autofree char *login = NULL;

  g_settings_set_string (settings, "login", "ada");
  g_settings_set_uint (alerts, "urgent-percent", 70);
  usher_settings_forget (settings);
  login = g_settings_get_string (settings, "login");
  g_assert_cmpstr (login, ==, "");
  g_assert_cmpuint (g_settings_get_uint (alerts, "urgent-percent"), ==, 50);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/json", test_json);
  g_test_add_func ("/settings/import", test_import);
  g_test_add_func ("/settings/bad-import", test_bad_import);
  g_test_add_func ("/settings/forget", test_forget);
  return g_test_run ();
}
