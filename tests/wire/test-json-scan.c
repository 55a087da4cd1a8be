/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-json.h"

typedef struct {
  const char *name;
  const char *text;
  WireStatus expected;
} Case;

static const Case cases[] = {
  { "object", "{}", WIRE_OK },
  { "array", " [ 1 , 2 ] ", WIRE_OK },
  { "string", "\"a\"", WIRE_OK },
  { "number", "-0.5e-3", WIRE_OK },
  { "true", "true", WIRE_OK },
  { "null", "null", WIRE_OK },
  { "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"", WIRE_OK },
  { "noncharacter", "\"\xEF\xBF\xBF\"", WIRE_OK },
  { "int64-max", "9223372036854775807", WIRE_OK },
  { "int64-min", "-9223372036854775808", WIRE_OK },
  { "largest-double", "1.7976931348623157e308", WIRE_OK },
  { "tiny-double", "1e-400", WIRE_OK },
  { "del", "\"\x7f\"", WIRE_OK },
  /* what json-glib 1.6.6 gets wrong */
  { "two-objects", "{}{}", WIRE_BAD_FRAME },
  { "two-objects-with-content", "{}{\"a\":1}", WIRE_BAD_FRAME },
  { "string-then-array", "\"bug\"[1]}", WIRE_BAD_FRAME },
  { "empty", "", WIRE_BAD_FRAME },
  { "blank", " \n", WIRE_BAD_FRAME },
  { "beyond-int64", "12345678901234567890", WIRE_BAD_FRAME },
  { "below-int64", "-9223372036854775809", WIRE_BAD_FRAME },
  { "nul-escape", "{\"a\":\"\\u0000b\"}", WIRE_BAD_FRAME },
  { "single-quotes", "{'a':1}", WIRE_BAD_FRAME },
  { "comment", "/*c*/{}", WIRE_BAD_FRAME },
  { "assignment", "var x = {};", WIRE_BAD_FRAME },
  { "hexadecimal", "0x10", WIRE_BAD_FRAME },
  { "leading-zero", "01", WIRE_BAD_FRAME },
  { "infinite", "1e400", WIRE_BAD_FRAME },
  { "lone-surrogate", "{\"a\":\"\\ud83d\"}", WIRE_BAD_FRAME },
  { "no-comma", "[1 2]", WIRE_BAD_FRAME },
  { "bad-utf8", "\"\xff\"", WIRE_BAD_UTF8 },
  /* the rest of the grammar */
  { "plus", "+1", WIRE_BAD_FRAME },
  { "minus-alone", "-", WIRE_BAD_FRAME },
  { "dot-first", ".5", WIRE_BAD_FRAME },
  { "dot-last", "1.", WIRE_BAD_FRAME },
  { "exponent-empty", "1e", WIRE_BAD_FRAME },
  { "exponent-sign-only", "1e+", WIRE_BAD_FRAME },
  { "nan", "NaN", WIRE_BAD_FRAME },
  { "word-in-capitals", "True", WIRE_BAD_FRAME },
  { "word-cut", "tru", WIRE_BAD_FRAME },
  { "unclosed-object", "{\"a\":1", WIRE_BAD_FRAME },
  { "unclosed-array", "[1,", WIRE_BAD_FRAME },
  { "unclosed-string", "\"abc", WIRE_BAD_FRAME },
  { "unclosed-escape", "\"abc\\", WIRE_BAD_FRAME },
  { "unclosed-unicode", "\"\\u12", WIRE_BAD_FRAME },
  { "wrong-bracket", "[1}", WIRE_BAD_FRAME },
  { "key-is-a-number", "{1:2}", WIRE_BAD_FRAME },
  { "no-value", "{\"a\":}", WIRE_BAD_FRAME },
  { "no-value-in-array", "[,1]", WIRE_BAD_FRAME },
  { "tab-in-string", "\"\t\"", WIRE_BAD_FRAME },
  { "form-feed-between", "[1,\f2]", WIRE_BAD_FRAME },
  { "no-break-space-between",
    "[1,\xC2\xA0"
    "2]",
    WIRE_BAD_FRAME },
  { "surrogate-in-utf8", "\"\xED\xA0\x80\"", WIRE_BAD_UTF8 },
  { "utf8-cut-by-quote", "\"\xE4\xBD\"", WIRE_BAD_UTF8 },
  { "number-of-70-digits",
    "0.0000000000000000000000000000000000000000000000000000000000000000000001", WIRE_BAD_FRAME },
};

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  gsize n_bytes = strlen (c->text);
  g_autofree char *copy = g_memdup2 (c->text, MAX (n_bytes, 1)); /* no NUL behind it */

  g_assert_cmpstr (wire_status_name (wire_json_scan (copy, n_bytes, 32)), ==,
                   wire_status_name (c->expected));
}

static WireStatus
scan_nested (guint n_levels,
             guint max_depth)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_levels; i++)
    g_string_append (text, i % 2 == 0 ? "[" : "{\"a\":");
  g_string_append (text, "1");
  for (guint i = n_levels; i > 0; i--)
    g_string_append (text, i % 2 == 1 ? "]" : "}");
  return wire_json_scan (text->str, text->len, max_depth);
}

static void
test_depth (void)
{
  g_assert_cmpint (scan_nested (32, 32), ==, WIRE_OK);
  g_assert_cmpint (scan_nested (33, 32), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (scan_nested (1, 0), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (scan_nested (100000, 32), ==, WIRE_BAD_FRAME);
}

static void
test_nul_inside (void)
{
  g_assert_cmpint (wire_json_scan ("1\0", 2, 32), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_json_scan ("\"a\0b\"", 5, 32), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_json_scan ("[1,\0]", 5, 32), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_json_scan ("\0", 1, 32), ==, WIRE_BAD_FRAME);
}

static void
test_object (void)
{
  g_assert_cmpint (wire_json_scan_object (" {\"a\":1}", 8, 32), ==, WIRE_OK);
  g_assert_cmpint (wire_json_scan_object ("[]", 2, 32), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_json_scan_object ("{", 1, 32), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_json_scan_object ("", 0, 32), ==, WIRE_BAD_FRAME);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/json-scan/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/wire/json-scan/depth", test_depth);
  g_test_add_func ("/wire/json-scan/nul-inside", test_nul_inside);
  g_test_add_func ("/wire/json-scan/must-be-object", test_object);
  return g_test_run ();
}
