/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed into a search field: words and filters, and what is said about a filter that cannot be read. */
#include "config.h"

#include "usher-search-query.h"

static char *
day_of (gint64 us)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 3600);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);

  return us == 0 ? g_strdup ("") : g_date_time_format (local, "%F %R");
}

static const struct {
  const char *text;
  const char *words;
  const char *from;
  const char *tag;
  const char *after;
  const char *before;
  gboolean has_file;
} cases[] = {
  { "", "" },
  { "   ", "" },
  { "refund", "refund" },
  { "refund ", "refund " },
  { "申请 退款", "申请 退款" },
  { "from:me refund", "refund", .from = "me" },
  { "from:\"Li Wei\" 退款", "退款", .from = "Li Wei" },
  { "FROM：王芳", "", .from = "王芳" },
  { "tag:vip has:file", "", .tag = "vip", .has_file = TRUE },
  { "after:2026-05-12 x", "x", .after = "2026-05-12 00:00" },
  { "before:2026-05", "", .before = "2026-05-01 00:00" },
  { "before:2026", "", .before = "2026-01-01 00:00" },
  { "after:today", "", .after = "2026-11-26 00:00" },
  { "after:yesterday before:today", "", .after = "2026-11-25 00:00", .before = "2026-11-26 00:00" },
  { "after:7d", "", .after = "2026-11-19 00:00" },
  { "from: refund", "refund" },
  { "https://shop.example/a:b 12:30 note:", "https://shop.example/a:b 12:30 note:" },
  { "\"unclosed quote", "unclosed quote" },
};

static void
test_case (gconstpointer data)
{
  const typeof (cases[0]) *c = data;
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 3600);
  g_autoptr (GDateTime) now = g_date_time_new (zone, 2026, 11, 26, 15, 4, 5);
  g_autofree char *problem = NULL;
  g_autoptr (UsherSearchTerms) terms = usher_search_terms_parse (c->text, now, &problem);
  g_autofree char *after = NULL;
  g_autofree char *before = NULL;

  g_assert_null (problem);
  g_assert_nonnull (terms);
  g_assert_cmpstr (terms->words, ==, c->words);
  g_assert_cmpstr (terms->from, ==, c->from);
  g_assert_cmpstr (terms->tag, ==, c->tag);
  g_assert_cmpint (terms->has_file, ==, c->has_file);
  after = day_of (terms->after_us);
  before = day_of (terms->before_us);
  g_assert_cmpstr (after, ==, c->after != NULL ? c->after : "");
  g_assert_cmpstr (before, ==, c->before != NULL ? c->before : "");
  g_assert_cmpint (usher_search_terms_is_empty (terms), ==,
                   *c->words == '\0' && c->from == NULL && c->tag == NULL && c->after == NULL &&
                     c->before == NULL && !c->has_file);
}

static void
test_problems (void)
{
  static const char *const wrong[] = { "before:soon", "after:2026-13-40", "after:2026-05-12x",
                                       "has:lunch", "before:-3d" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *problem = NULL;

    g_assert_null (usher_search_terms_parse (wrong[i], now, &problem));
    g_assert_nonnull (strstr (problem, strchr (wrong[i], ':')));
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/search-query/%" G_GSIZE_FORMAT, i);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/search-query/problems", test_problems);
  return g_test_run ();
}
