/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-origin.h"

/* `SECURITY.md` 2.2: what an attacker sends against an allow-list of one shop and one development machine. */
static const char *const patterns[] = { "https://shop.example", "http://127.0.0.1:*",
                                        "https://pay.example:8443", NULL };

static const struct {
  const char *origin; /* NULL: no such header */
  gboolean is_allowed;
} origins[] = {
  { "https://shop.example", TRUE },
  { "http://127.0.0.1", TRUE },
  { "http://127.0.0.1:5173", TRUE },
  { "https://pay.example:8443", TRUE },
  { "https://www.shop.example", FALSE },          /* sub-domain */
  { "https://evil-shop.example", FALSE },         /* suffix trick */
  { "https://shop.example.evil.example", FALSE }, /* prefix trick */
  { "https://shop.example:444", FALSE },          /* port */
  { "https://shop.example:443", FALSE },          /* a browser leaves the default port out */
  { "https://pay.example", FALSE },
  { "http://shop.example", FALSE },  /* scheme */
  { "HTTPS://SHOP.EXAMPLE", FALSE }, /* case: browsers send lower case */
  { "https://shop.example/", FALSE },
  { "https://shop.example ", FALSE },
  { "https://shop.exampl\xd0\xb5", FALSE }, /* Cyrillic е */
  { "https://xn--shop-example", FALSE },
  { "https://user@shop.example", FALSE },
  { "http://127.0.0.1:5173.evil.example", FALSE },
  { "http://127.0.0.1:", FALSE },
  { "http://127.0.0.1:0", FALSE },
  { "http://127.0.0.1:65536", FALSE },
  { "http://127.0.0.1:+80", FALSE },
  { "http://127.0.0.11", FALSE },
  { "http://127.0.0.1.evil.example", FALSE },
  { "https://127.0.0.1:5173", FALSE },
  { "null", FALSE },
  { "", FALSE },
  { NULL, FALSE },
};

static WireText
text (const char *origin)
{
  return (WireText){ origin, origin != NULL ? strlen (origin) : 0 };
}

static void
test_origins (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++) {
    g_test_message ("%s", origins[i].origin != NULL ? origins[i].origin : "(none)");
    g_assert_cmpint (wire_origin_is_allowed (text (origins[i].origin), patterns), ==,
                     origins[i].is_allowed);
    g_assert_false (wire_origin_is_allowed (text (origins[i].origin), NULL));
  }
}

static void
test_patterns (void)
{
  static const char *const good[] = {
    "https://a",          "http://a.b-c.example", "http://127.0.0.1:*",
    "https://[::1]:8000", "http://[::1]:*",       "https://xn--fiq228c.example:8443",
  };
  static const char *const bad[] = {
    "",
    "*",
    "a",
    "a.example",
    "https://",
    "https://*",
    "https://*.example",
    "https://a/",
    "https://A",
    "https://a:",
    "https://a:x",
    "https://a:0",
    "https://a:70000",
    "https://a:*1",
    "ftp://a",
    "null",
    "https://u@a",
    "https://[::1",
    "https://[]",
    "https://商店.example",
    "https://a b",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (wire_origin_pattern_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (wire_origin_pattern_is_valid (bad[i]));
    /* And what is no pattern matches nothing, not even itself. */
    g_assert_false (wire_origin_matches (text (bad[i]), bad[i]));
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/origin/allow-list", test_origins);
  g_test_add_func ("/wire/origin/patterns", test_patterns);
  return g_test_run ();
}
