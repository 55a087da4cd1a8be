/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>

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
  g_test_add_func ("/settings/forget", test_forget);
  return g_test_run ();
}
