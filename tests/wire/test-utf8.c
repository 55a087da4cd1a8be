/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-text.h"
#include "wire-utf8.h"

/* Every scalar value there is, and every surrogate. */
static void
test_all_characters (void)
{
  for (gunichar c = 0; c < 0x110000; c++) {
    guint8 bytes[16];
    gsize n_bytes;

    if (c >= 0xD800 && c < 0xE000) {
      bytes[0] = 0xED;
      bytes[1] = (guint8) (0x80 | (c >> 6 & 0x3F));
      bytes[2] = (guint8) (0x80 | (c & 0x3F));
      g_assert_false (wire_utf8_is_valid (bytes, 3));
      continue;
    }
    n_bytes = (gsize) g_unichar_to_utf8 (c, (char *) bytes);
    g_assert_true (wire_utf8_is_valid (bytes, n_bytes));
    g_assert_cmpuint (wire_utf8_count (bytes, n_bytes), ==, 1);
    for (gsize n = 1; n < n_bytes; n++)
      g_assert_false (wire_utf8_is_valid (bytes, n));
  }
}

static gboolean
feed_in_two (const guint8 *data,
             gsize         n_bytes,
             gsize         cut)
{
  WireUtf8 state = WIRE_UTF8_START;

  return wire_utf8_feed (&state, data, cut) && wire_utf8_feed (&state, data + cut, n_bytes - cut) &&
         state == WIRE_UTF8_START;
}

/* Against GLib, which has no NUL and no pieces. */
static void
test_random (void)
{
  static const guint8 leads[] = { 0x41, 0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed,
                                  0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff, 0x90, 0x9f, 0xa0, 0x8f };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260106);
  guint n_valid = 0;

  g_test_message ("seed 20260106");
  for (guint i = 0; i < 300000; i++) {
    guint8 data[24];
    gsize n_bytes = (gsize) g_rand_int_range (rand, 1, sizeof data);
    gboolean expected;

    for (gsize k = 0; k < n_bytes; k++)
      data[k] = i % 3 == 0 ? 0x41 : leads[g_rand_int_range (rand, 0, sizeof leads)];
    for (gsize k = 0; i % 3 == 0 && k + 4 < n_bytes; k += 4)
      memcpy (data + k, "\xE4\xBD\xA0", 3);
    if (i % 6 == 0)
      data[g_rand_int_range (rand, 0, (int) n_bytes)] = leads[g_rand_int_range (rand, 0, 20)];
    expected = g_utf8_validate_len ((const char *) data, n_bytes, NULL);
    n_valid += expected;
    g_assert_true (wire_utf8_is_valid (data, n_bytes) == expected);
    g_assert_true (feed_in_two (data, n_bytes, (gsize) g_rand_int_range (rand, 0, (int) n_bytes)) ==
                   expected);
  }
  g_assert_cmpuint (n_valid, >, 1000);
}

/* Invalid as soon as a byte cannot continue the text, and at no byte before. */
static void
test_fails_at_once (void)
{
  static const struct {
    const char *bytes;
    gsize bad_at;
  } texts[] = {
    { "abc\x80", 3 },          { "\xC0\x80", 0 },     { "\xC1", 0 },
    { "\xE0\x9F\x80", 1 },     { "\xED\xA0\x80", 1 }, { "\xF0\x8F\x80\x80", 1 },
    { "\xF4\x90\x80\x80", 1 }, { "\xF5", 0 },         { "\xE4\xBD\x41", 2 },
    { "\xF0\x9F\x98\x41", 3 }, { "12345678\xFF", 8 }, { "1234567\xE4\xBD\xA0\xFE", 10 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    WireUtf8 state = WIRE_UTF8_START;

    for (gsize k = 0; k < texts[i].bad_at; k++)
      g_assert_true (wire_utf8_feed (&state, (const guint8 *) texts[i].bytes + k, 1));
    g_assert_false (wire_utf8_feed (&state, (const guint8 *) texts[i].bytes + texts[i].bad_at, 1));
  }
}

/* RFC 4648 section 10, without padding. */
static void
test_base64url (void)
{
  static const char *const pairs[][2] = {
    { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
    { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xFB\xFF", "-_8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    char text[16];
    guint8 data[16];
    gsize n_bytes = 99;

    wire_base64url_encode ((const guint8 *) pairs[i][0], strlen (pairs[i][0]), text);
    g_assert_cmpstr (text, ==, pairs[i][1]);
    g_assert_cmpuint (strlen (text), ==, WIRE_BASE64URL_CHARS (strlen (pairs[i][0])));
    g_assert_true (wire_base64url_decode (text, strlen (text), data, &n_bytes));
    g_assert_cmpmem (data, n_bytes, pairs[i][0], strlen (pairs[i][0]));
  }
}

static void
test_base64url_refused (void)
{
  static const char *const texts[] = { "Z",   "Zg==", "Zh",  "Zm9",  "Zm9vY",
                                       "Z+8", "Z/8",  "Z 8", "Zm\n8" };
  guint8 data[16];
  gsize n_bytes;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (wire_base64url_decode (texts[i], strlen (texts[i]), data, &n_bytes));
}

static void
test_hex (void)
{
  guint8 data[4];
  char text[9];

  g_assert_true (wire_hex_decode ("00fFa0", 6, data, 3));
  g_assert_cmpmem (data, 3, "\x00\xFF\xA0", 3);
  wire_hex_encode (data, 3, text);
  g_assert_cmpstr (text, ==, "00ffa0");
  g_assert_false (wire_hex_decode ("00f", 3, data, 1));
  g_assert_false (wire_hex_decode ("00ff", 4, data, 3));
  g_assert_false (wire_hex_decode ("0g", 2, data, 1));
  g_assert_false (wire_hex_decode ("g0", 2, data, 1));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/utf8/all-characters", test_all_characters);
  g_test_add_func ("/wire/utf8/random", test_random);
  g_test_add_func ("/wire/utf8/fails-at-once", test_fails_at_once);
  g_test_add_func ("/wire/base64url/vectors", test_base64url);
  g_test_add_func ("/wire/base64url/refused", test_base64url_refused);
  g_test_add_func ("/wire/hex", test_hex);
  return g_test_run ();
}
