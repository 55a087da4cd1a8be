/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-json.h"

/* The little JSON of rows and profiles. */

typedef struct {
  const char *json;
  const char *strings; /* joined by | */
} Strings;

static const Strings strings_cases[] = {
  { "[]", "" },
  { "[\"a\"]", "a" },
  { " [ \"a\" , \"b c\" ] ", "a|b c" },
  { "[\"\\u5c0f\\u660e\",\"\\ud83d\\ude00\"]", "小明|😀" },
  { "[\"a\\\"b\",\"\\\\\",\"x\\n\\t\\/\"]", "a\"b|\\|x\n\t/" },
  { "[1,true,null,{\"k\":[\"no\"]},\"yes\",[\"no\"]]", "yes" },
  { "{\"a\":1}", "" },
  { "[\"a\"", "" },
  { "[\"a\",]", "" },
  { "", "" },
  { "nonsense", "" },
};

static void
test_strings (void)
{
  g_auto (GStrv) none = gate_json_read_strings (NULL);

  g_assert_null (none[0]);
  for (guint i = 0; i < G_N_ELEMENTS (strings_cases); i++) {
    g_auto (GStrv) strings = gate_json_read_strings (strings_cases[i].json);
    g_autofree char *joined = g_strjoinv ("|", strings);

    g_assert_cmpstr (joined, ==, strings_cases[i].strings);
  }
}

static void
test_round (void)
{
  const char *const texts[] = { "",       "plain", "quote\" back\\ slash/", "line\nend\ttab",
                                "退款 😀", NULL };
  g_autofree char *json = gate_json_write_strings ((char **) texts);
  g_auto (GStrv) back = gate_json_read_strings (json);

  g_assert_true (g_strv_equal ((const char *const *) back, texts));
}

static void
test_many (void)
{
  g_autoptr (GString) json = g_string_new ("[\"0\"");
  g_auto (GStrv) strings = NULL;

  for (guint i = 1; i < 200; i++)
    g_string_append_printf (json, ",\"%u\"", i);
  g_string_append_c (json, ']');
  strings = gate_json_read_strings (json->str);
  g_assert_cmpuint (g_strv_length (strings), ==, 64); /* bounded */
}

static void
test_members (void)
{
  static const char json[] =
    "{\"name\" : \"A\\u00e9\", \"n\":3, \"attrs\":{ \"x\":[1,{\"name\":\"no\"}] },"
    "\"names\":\"other\",\"empty\":\"\"}";
  g_autofree char *name = gate_json_dup_string (json, "name");
  g_autofree char *empty = gate_json_dup_string (json, "empty");
  g_autofree char *attrs = gate_json_dup_object (json, "attrs");

  g_assert_cmpstr (name, ==, "Aé");
  g_assert_cmpstr (empty, ==, "");
  g_assert_cmpstr (attrs, ==, "{ \"x\":[1,{\"name\":\"no\"}] }");
  g_assert_null (gate_json_dup_string (json, "n"));
  g_assert_null (gate_json_dup_string (json, "x"));
  g_assert_null (gate_json_dup_string (json, "absent"));
  g_assert_null (gate_json_dup_object (json, "name"));
  g_assert_null (gate_json_dup_string ("[1]", "name"));
  g_assert_null (gate_json_dup_string (NULL, "name"));
}

typedef struct {
  const char *base, *change, *merged;
} Merge;

static const Merge merges[] = {
  { NULL, "{\"a\":1}", "{\"a\":1}" },
  { "", "{}", "{}" },
  { "{\"a\":1,\"b\":2}", "{\"a\":3}", "{\"b\":2,\"a\":3}" },
  { "{\"a\":1,\"b\":2}", "{\"a\":null}", "{\"b\":2}" },
  { "{\"a\":{\"deep\":[1,2]}}", "{\"b\":\"x,y}\"}", "{\"a\":{\"deep\":[1,2]},\"b\":\"x,y}\"}" },
  { "{\"a\":1}", "[1]", NULL },
  { "{\"a\":1}", "{\"a\"", NULL },
  { "not json", "{\"a\":false}", "{\"a\":false}" },
  { "{\"plan\":1}", "{\"p\\u006can\":2}", "{\"p\\u006can\":2}" }, /* the same name */
};

static void
test_merge (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (merges); i++) {
    g_autofree char *merged = gate_json_merge (merges[i].base, merges[i].change);

    g_assert_cmpstr (merged, ==, merges[i].merged);
  }
}

static void
test_nulls (void)
{
  static const char *const nulls[][3] = {
    { "{\"a\":1,\"b\":null}", NULL, "{\"a\":null,\"b\":null}" },
    { "{\"a\":1}", "{\"b\":null,\"\\u0061\":null}", "{\"a\":null,\"b\":null}" },
    { "[1]", "{\"b\":2}", "{\"b\":null}" },
    { "{}", "", "{}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (nulls); i++) {
    g_autofree char *json = gate_json_dup_nulls (nulls[i][0], nulls[i][1]);

    g_assert_cmpstr (json, ==, nulls[i][2]);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/json/strings", test_strings);
  g_test_add_func ("/core/json/round", test_round);
  g_test_add_func ("/core/json/many", test_many);
  g_test_add_func ("/core/json/members", test_members);
  g_test_add_func ("/core/json/merge", test_merge);
  g_test_add_func ("/core/json/nulls", test_nulls);
  return g_test_run ();
}
