/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib.h>

#include "usher-attributes.h"
#include "usher-closures.h"
#include "usher-image.h"
#include "usher-text.h"

typedef struct {
  const char *name;
  const char *in;
  const char *out;
} TextCase;

static const TextCase sanitize_cases[] = {
  { "plain", "hello", "hello" },
  { "markup-stays", "<b>x</b> & <span size='99999'>", "<b>x</b> & <span size='99999'>" },
  { "bidi-overrides", "a\u202eb\u2066c\u2069d\u202a", "abcd" },
  { "control", "a\x01\x1b[31mb\x7f", "a[31mb" },
  { "lines-stay", "a\n\tb", "a\n\tb" },
  { "separators", "a\u2028b\u2029c\ufeff", "abc" },
  { "not-utf8",
    "a\xff\xfe"
    "b",
    "a\ufffd\ufffdb" },
  { "cut-utf8", "abc\xe4\xbd", "abc\ufffd\ufffd" },
  { "emoji-stays", "👩‍👩‍👧", "👩‍👩‍👧" },
};

static void
test_sanitize (gconstpointer data)
{
  const TextCase *test = data;
  gboolean is_cut;
  g_autofree char *out = usher_text_sanitize (test->in, 4096, &is_cut);

  g_assert_cmpstr (out, ==, test->out);
  g_assert_false (is_cut);
}

static void
test_cut (void)
{
  gboolean is_cut;
  g_autofree char *out = usher_text_sanitize ("你好你好", 7, &is_cut);
  g_autofree char *none = usher_text_sanitize (NULL, 7, &is_cut);
  g_autofree char *line = usher_text_to_line ("  one\ntwo three", 6);

  g_assert_cmpstr (out, ==, "你好"); /* never half a character */
  g_assert_cmpstr (none, ==, "");
  g_assert_false (is_cut);
  g_assert_cmpstr (line, ==, "one");
}

static void
test_char_wrap (void)
{
  g_autofree char *word = g_strnfill (5000, 'x');
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GString) chinese = g_string_new (NULL);

  for (guint i = 0; i < 500; i++) {
    g_string_append (words, "several words ");
    g_string_append (chinese, "没有空格");
  }
  g_assert_true (usher_text_needs_char_wrap (word));
  g_assert_false (usher_text_needs_char_wrap (words->str));
  g_assert_false (usher_text_needs_char_wrap (chinese->str));
}

static const TextCase link_cases[] = {
  { "one", "see https://a.example/x?y=1.", "https://a.example/x?y=1" },
  { "two", "http://a.example and (https://b.example/c)", "http://a.example|https://b.example/c" },
  { "chinese", "请看https://a.example/x。谢谢", "https://a.example/x" },
  { "other-schemes", "javascript:alert(1) file:///etc/passwd ftp://x", "" },
  { "inside-a-word", "xhttp://a.example", "" },
  { "not-a-link", "http is a protocol, https too", "" },
  { "at-most-three", "http://a.b http://c.d http://e.f http://g.h",
    "http://a.b|http://c.d|http://e.f" },
};

static void
test_links (gconstpointer data)
{
  const TextCase *test = data;
  g_auto (GStrv) links = usher_text_find_links (test->in, 3);
  g_autofree char *all = g_strjoinv ("|", links);

  g_assert_cmpstr (all, ==, test->out);
}

static const TextCase attribute_cases[] = {
  { "flat", "{\"order\":\"A-1\", \"total\" : 12.5 ,\"vip\":true}",
    "order=A-1;total=12.5;vip=true;" },
  { "escapes", "{\"a\":\"x\\\"y\\n\\u4f60\\ud83d\\ude00\"}", "a=x\"y\n你😀;" },
  { "nested-as-written", "{\"a\":{\"b\":[1,\"}\"]},\"c\":null}", "a={\"b\":[1,\"}\"]};c=null;" },
  { "empty", "{}", "" },
  { "nothing", "", "" },
  { "not-an-object", "[1,2]", "" },
  { "stops-at-damage", "{\"a\":1,\"b\":\"x", "a=1;" },
  { "lone-surrogate", "{\"a\":\"\\ud800\"}", "" },
  { "nul", "{\"a\":\"\\u0000\"}", "" },
  { "deep", "{\"a\":[[[[[[[[[[[[[[[[[[[[", "" },
  { "trailing-escape", "{\"a\":[\"\\", "" },
};

static void
test_attributes (gconstpointer data)
{
  const TextCase *test = data;
  g_autoptr (GPtrArray) attributes = usher_attributes_parse (test->in);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < attributes->len; i++) {
    UsherAttribute *attribute = g_ptr_array_index (attributes, i);

    g_string_append_printf (all, "%s=%s;", attribute->name, attribute->value);
  }
  g_assert_cmpstr (all->str, ==, test->out);
}

/* Every prefix of something well formed: no crash, and never more than was there. */
static void
test_attribute_prefixes (void)
{
  const char *whole = "{\"a\":\"x\\u4f60\\ud83d\\ude00\",\"b\":{\"c\":[1,2,\"]\"]},\"d\":-1e9}";

  for (gsize i = 0; i <= strlen (whole); i++) {
    g_autofree char *prefix = g_strndup (whole, i);
    g_autoptr (GPtrArray) attributes = usher_attributes_parse (prefix);

    g_assert_cmpuint (attributes->len, <=, 3);
  }
}

static void
test_attribute_bounds (void)
{
  g_autoptr (GString) json = g_string_new ("{");
  g_autofree char *big = g_strnfill (100000, 'x');
  g_autofree char *one = g_strdup_printf ("{\"a\":\"%s\"}", big);
  g_autoptr (GPtrArray) many = NULL;
  g_autoptr (GPtrArray) long_one = usher_attributes_parse (one);

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (json, "%s\"k%u\":%u", i == 0 ? "" : ",", i, i);
  g_string_append_c (json, '}');
  many = usher_attributes_parse (json->str);
  g_assert_cmpuint (many->len, ==, USHER_ATTRIBUTES_MAX);
  g_assert_cmpuint (long_one->len, ==, 1);
  g_assert_cmpuint (strlen (((UsherAttribute *) long_one->pdata[0])->value), <=,
                    USHER_ATTRIBUTE_MAX_BYTES);
}

static void
test_times (void)
{
  const gint64 s = G_USEC_PER_SEC;
  const gint64 now_us = g_get_real_time ();
  g_autofree char *a = usher_format_waiting (65 * s);
  g_autofree char *b = usher_format_waiting (3 * 3600 * s + 12 * 60 * s);
  g_autofree char *c = usher_format_waiting (-5 * s);
  g_autofree char *d = usher_format_age (400 * 1000);
  g_autofree char *e = usher_format_age (75 * s);
  g_autofree char *today = usher_format_day (now_us, now_us);
  g_autofree char *yesterday = usher_format_day (now_us - 86400 * s, now_us);

  g_assert_cmpstr (a, ==, "1:05");
  g_assert_cmpstr (b, ==, "3 h 12 min");
  g_assert_cmpstr (c, ==, "0:00");
  g_assert_cmpstr (d, ==, "0.4 s");
  g_assert_cmpstr (e, ==, "75 s");
  g_assert_cmpstr (today, ==, "Today");
  g_assert_cmpstr (yesterday, ==, "Yesterday");
  g_assert_true (usher_is_same_day (now_us, now_us));
  g_assert_false (usher_is_same_day (now_us, now_us - 86400 * s));
  g_assert_nonnull (usher_channel_to_icon_name (G_MAXUINT));
}

/* --- Picture headers -------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *data;
  gsize n_bytes;
  const char *mime; /* NULL: refused */
  guint width;
  guint height;
} ImageCase;

#define BYTES(s) s, sizeof (s) - 1

static const ImageCase image_cases[] = {
  { "png", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xf0\x08\x06\0\0\0"), "image/png",
    320, 240 },
  { "png-bomb", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\x4e\x20\x08\x06\0\0\0"), NULL,
    0, 0 },
  { "png-zero", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\xf0\x08\x06\0\0\0"), NULL, 0,
    0 },
  { "gif", BYTES ("GIF89a\x10\0\x20\0\xf7"), "image/gif", 16, 32 },
  { "jpeg", BYTES ("\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\0\x30\0\x40\x03\x01"),
    "image/jpeg", 64, 48 },
  { "jpeg-fill", BYTES ("\xff\xd8\xff\xff\xff\xc2\0\x11\x08\0\x30\0\x40\x03\x01"), "image/jpeg", 64,
    48 },
  { "jpeg-endless", BYTES ("\xff\xd8\xff\xe0\xff\xff\0\0\0\0\0\0"), NULL, 0, 0 },
  { "webp-x", BYTES ("RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0"), "image/webp", 320,
    240 },
  { "webp-l", BYTES ("RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc1\x3b\0\0\0\0\0\0"), "image/webp", 320,
    240 },
  { "svg", BYTES ("<svg xmlns='http://www.w3.org/2000/svg'/>"), NULL, 0, 0 },
  { "empty", "", 0, NULL, 0, 0 },
};

static void
test_image (gconstpointer data)
{
  const ImageCase *test = data;
  UsherImageInfo info;

  /* Every prefix too: a header that is not whole is no picture, or the same picture. */
  for (gsize n = 0; n <= test->n_bytes; n++) {
    g_autoptr (GBytes) bytes = g_bytes_new (test->data, n);
    gboolean is_image = usher_image_probe (bytes, &info, NULL);

    if (n == test->n_bytes)
      g_assert_cmpint (is_image, ==, test->mime != NULL);
    if (!is_image)
      continue;
    g_assert_cmpstr (info.mime, ==, test->mime);
    g_assert_cmpuint (info.width, ==, test->width);
    g_assert_cmpuint (info.height, ==, test->height);
  }
}

static void
test_fit (void)
{
  int width, height;

  usher_image_fit (4000, 1000, 320, 240, &width, &height);
  g_assert_cmpint (width, ==, 320);
  g_assert_cmpint (height, ==, 80);
  usher_image_fit (10, 20, 320, 240, &width, &height);
  g_assert_cmpint (width, ==, 10);
  usher_image_fit (100000, 1, 320, 240, &width, &height);
  g_assert_cmpint (height, ==, 1);
}

static void
add_cases (const char     *prefix,
           const TextCase *cases,
           gsize           n,
           GTestDataFunc   test)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *path = g_strconcat (prefix, cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_cases ("/ui/text/sanitize/", sanitize_cases, G_N_ELEMENTS (sanitize_cases), test_sanitize);
  add_cases ("/ui/text/links/", link_cases, G_N_ELEMENTS (link_cases), test_links);
  add_cases ("/ui/attributes/", attribute_cases, G_N_ELEMENTS (attribute_cases), test_attributes);
  for (gsize i = 0; i < G_N_ELEMENTS (image_cases); i++) {
    g_autofree char *path = g_strconcat ("/ui/image/probe/", image_cases[i].name, NULL);

    g_test_add_data_func (path, &image_cases[i], test_image);
  }
  g_test_add_func ("/ui/text/cut", test_cut);
  g_test_add_func ("/ui/text/char-wrap", test_char_wrap);
  g_test_add_func ("/ui/attributes/prefixes", test_attribute_prefixes);
  g_test_add_func ("/ui/attributes/bounds", test_attribute_bounds);
  g_test_add_func ("/ui/closures/times", test_times);
  g_test_add_func ("/ui/image/fit", test_fit);
  return g_test_run ();
}
