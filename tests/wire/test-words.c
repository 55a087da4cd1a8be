/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units, what FTS5 makes of them, words of a query, snippets. */
#include "config.h"

#include "wire-words.h"
#include "wire-fts.h"
#include "wire-units.h"

#include <sqlite3.h>
#include <string.h>

typedef struct {
  const char *name;
  const char *text;
  const char *units; /* separated by spaces */
} UnitCase;

static const UnitCase unit_cases[] = {
  { "latin", "Hello, World!", "hello world" },
  { "accents", "Crème BRÛLÉE naïve Ångström", "creme brulee naive angstrom" },
  { "combining", "Cre\xCC\x80me", "creme" },
  { "german", "Straße GRÖSSE", "straße grosse" },
  { "digits", "order 20260101-7", "order 20260101 7" },
  { "mail", "a.b@shop.example", "a b shop example" },
  { "cyrillic", "Привет МИР", "привет мир" },
  { "greek", "Ελλάδα", "ελλαδα" },
  { "chinese", "退款", "退 款" },
  { "chinese-punctuation", "你好，我的订单!", "你 好 我 的 订 单" },
  { "mixed", "iPhone退款abc", "iphone 退 款 abc" },
  { "full-width", "ＶＩＰ１２３", "vip123" },
  { "kana", "カタカナとひらがな", "カ タ カ ナ と ひ ら が な" },
  { "hangul", "환불", "환 불" },
  { "rare", "𠮷野家", "𠮷 野 家" },
  { "emoji", "ok 👍 done", "ok done" },
  { "bad-utf8",
    "ab\xFF"
    "cd \xE9\x80",
    "ab cd" },
  { "empty", "", "" },
  { "only-marks", "\xCC\x81 x", "x" },
};

static void
test_units (gconstpointer data)
{
  const UnitCase *now = data;
  g_autoptr (GString) found = g_string_new (NULL);
  WireUnits units;
  WireUnit unit;
  gsize end = 0;

  wire_units_init (&units, now->text, strlen (now->text));
  while (wire_units_next (&units, &unit)) {
    g_assert_cmpuint (unit.begin, >=, end);
    g_assert_cmpuint (unit.end, >, unit.begin);
    g_assert_cmpuint (strlen (unit.text), ==, unit.text_bytes);
    end = unit.end;
    g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", unit.text);
  }
  g_assert_cmpuint (end, <=, strlen (now->text));
  g_assert_cmpstr (found->str, ==, now->units);
}

/* A word without an end stays within the unit and is found by its beginning alike. */
static void
test_long_word (void)
{
  g_autofree char *text = g_strnfill (10000, 'X');
  WireUnits units;
  WireUnit unit;

  wire_units_init (&units, text, strlen (text));
  g_assert_true (wire_units_next (&units, &unit));
  g_assert_cmpuint (unit.text_bytes, ==, WIRE_UNIT_MAX_BYTES);
  g_assert_cmpuint (unit.end, ==, 10000);
  g_assert_false (wire_units_next (&units, &unit));
}

/* --- FTS5 --------------------------------------------------------------------------------------------- */

typedef struct {
  const char *text, *query;
  gboolean is_found;
} MatchCase;

static const MatchCase match_cases[] = {
  { "我要申请退款，谢谢", "退款", TRUE },
  { "我要申请退款，谢谢", "款", TRUE },
  { "我要申请退款，谢谢", "谢", TRUE },
  { "我要申请退款，谢谢", "申请退款", TRUE },
  { "我要申请退款，谢谢", "退款申请", FALSE },
  { "我要申请退款，谢谢", "款谢", FALSE },
  { "退货，款项", "退款", FALSE },
  { "退 款", "退款", FALSE },
  { "我的iPhone退款abc了", "iphone退款", TRUE },
  { "我的iPhone退款abc了", "退款abc", TRUE },
  { "我的iPhone退款abc了", "款abc", TRUE },
  { "我的iPhone退款abc了", "的iPhone", TRUE },
  { "我的iPhone退款abc了", "退abc", FALSE },
  { "Crème brûlée", "creme BRULEE", TRUE },
  { "Crème brûlée", "brulee creme", TRUE },
  { "Crème brûlée", "bru", TRUE },
  { "Crème brûlée", "bru ", FALSE },
  { "Crème brûlée", "br", FALSE },
  { "order 20260101-7 late", "20260101-7", TRUE },
  { "order 20260101-7 late", "20260101-8", FALSE },
  { "say \"hi\" AND go", "\"hi\" AND", TRUE },
  { "plain", "plain OR nothing", FALSE },
  { "plain", "pla* NEAR(x)", FALSE },
  { "환불 요청", "환불", TRUE },
  { "ＶＩＰ客户", "vip", TRUE },
};

static void
test_match (gconstpointer data)
{
  const MatchCase *now = data;
  g_autoptr (WireWords) words = wire_words_new (now->query);
  g_autofree char *match = wire_words_dup_match (words);
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  g_assert_true (wire_fts_register (db));
  g_assert_cmpint (sqlite3_exec (db,
                                 "CREATE VIRTUAL TABLE line USING fts5 (text, tokenize = 'usher')",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_prepare_v2 (db, "INSERT INTO line VALUES (?1)", -1, &statement, NULL);
  sqlite3_bind_text (statement, 1, now->text, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);
  sqlite3_prepare_v2 (db, "SELECT count (*) FROM line WHERE line MATCH ?1", -1, &statement, NULL);
  sqlite3_bind_text (statement, 1, match, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, now->is_found);
  sqlite3_finalize (statement);
  sqlite3_close (db);
}

/* --- Snippets ----------------------------------------------------------------------------------------- */

typedef struct {
  const char *text, *query, *marked; /* with [ ] around marks */
} SnippetCase;

static const SnippetCase snippet_cases[] = {
  { "我要申请退款，谢谢", "退款", "我要申请[退款]，谢谢" },
  { "退款退款 退", "退款", "[退款退款] 退" },
  { "Crème\nbrûlée", "brulee", "Crème [brûlée]" },
  { "a refund, Refunded", "refu", "a [refund], [Refunded]" },
  { "iPhone退款abc", "退款abc iphone", "[iPhone退款abc]" },
  { "👍👍 ok", "ok", "👍👍 [ok]" },
  { "nothing here", "else", "nothing here" },
  { "", "x", "" },
};

static char *
dup_marked (const WireSnippet *snippet)
{
  GString *marked = g_string_new (NULL);
  const char *at = snippet->text;

  for (guint32 i = 0;; i++, at = g_utf8_next_char (at)) {
    for (guint j = 0; j < snippet->n_marks; j++) {
      const guint32 *mark = &snippet->marks[(gsize) 2 * j];

      if (i == mark[0] + mark[1])
        g_string_append_c (marked, ']');
      if (i == mark[0])
        g_string_append_c (marked, '[');
    }
    if (*at == '\0')
      return g_string_free (marked, FALSE);
    g_string_append_unichar (marked, g_utf8_get_char (at));
  }
}

static void
test_snippet (gconstpointer data)
{
  const SnippetCase *now = data;
  g_autoptr (WireWords) words = wire_words_new (now->query);
  g_autoptr (WireArena) arena = wire_arena_new (256);
  WireSnippet snippet = wire_words_cut (words, now->text, arena);
  g_autofree char *marked = dup_marked (&snippet);

  g_assert_cmpstr (marked, ==, now->marked);
}

/* Around a mark anywhere in a long line: within 160 characters, the mark inside, ellipses where it was cut. */
static void
test_snippet_window (void)
{
  for (guint at = 0; at <= 400; at += 20) {
    g_autoptr (WireWords) words = wire_words_new ("退款");
    g_autoptr (WireArena) arena = wire_arena_new (256);
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *marked = NULL;
    WireSnippet snippet;

    for (guint i = 0; i <= 400; i++)
      g_string_append (text, i == at ? "退款" : "é");
    snippet = wire_words_cut (words, text->str, arena);
    marked = dup_marked (&snippet);
    g_assert_cmpint (g_utf8_strlen (snippet.text, -1), <=, WIRE_SNIPPET_MAX_CHARACTERS);
    g_assert_cmpint (g_utf8_strlen (snippet.text, -1), >=, WIRE_SNIPPET_MAX_CHARACTERS - 2);
    g_assert_cmpuint (snippet.n_marks, ==, 1);
    g_assert_nonnull (strstr (marked, "[退款]"));
    g_assert_cmpint (g_str_has_prefix (marked, "…"), ==, at > 40);
    g_assert_cmpint (g_str_has_suffix (marked, "…"), ==, at + 118 < 402);
  }
}

static void
test_many_words (void)
{
  g_autoptr (GString) query = g_string_new (NULL);
  g_autoptr (WireWords) words = NULL;
  g_autofree char *match = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (query, "w%u ", i);
  words = wire_words_new (query->str);
  match = wire_words_dup_match (words);
  g_assert_nonnull (strstr (match, "\"w15\""));
  g_assert_null (strstr (match, "\"w16\""));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (unit_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/units/%s", unit_cases[i].name);

    g_test_add_data_func (path, &unit_cases[i], test_units);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (match_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/match/%" G_GSIZE_FORMAT, i);

    g_test_add_data_func (path, &match_cases[i], test_match);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (snippet_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/snippet/%" G_GSIZE_FORMAT, i);

    g_test_add_data_func (path, &snippet_cases[i], test_snippet);
  }
  g_test_add_func ("/units/long-word", test_long_word);
  g_test_add_func ("/snippet/window", test_snippet_window);
  g_test_add_func ("/match/many-words", test_many_words);
  return g_test_run ();
}
