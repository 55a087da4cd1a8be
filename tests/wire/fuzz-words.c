/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a peer writes and what a peer searches for: units, FTS5's tokens, the query, the snippet. */
#include "config.h"

#include "wire-words.h"
#include "wire-fts.h"
#include "wire-units.h"

#include <sqlite3.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static sqlite3 *
get_db (void)
{
  static sqlite3 *db;

  if (db != NULL)
    return db;
  g_assert (sqlite3_open (":memory:", &db) == SQLITE_OK && wire_fts_register (db));
  g_assert (sqlite3_exec (db, "CREATE VIRTUAL TABLE line USING fts5 (text, tokenize = 'usher')",
                          NULL, NULL, NULL) == SQLITE_OK);
  return db;
}

/* Whatever FTS5 finds, the snippet can show where: the two must agree on what a word is. */
static void
check_match (const char      *text,
             const WireWords *words,
             guint            n_marks)
{
  g_autofree char *match = wire_words_dup_match (words);
  sqlite3 *db = get_db ();
  sqlite3_stmt *statement = NULL;
  gboolean is_found;

  g_assert (sqlite3_exec (db, "DELETE FROM line", NULL, NULL, NULL) == SQLITE_OK);
  sqlite3_prepare_v2 (db, "INSERT INTO line VALUES (?1)", -1, &statement, NULL);
  sqlite3_bind_text (statement, 1, text, -1, SQLITE_STATIC);
  g_assert (sqlite3_step (statement) == SQLITE_DONE);
  sqlite3_finalize (statement);
  sqlite3_prepare_v2 (db, "SELECT 1 FROM line WHERE line MATCH ?1", -1, &statement, NULL);
  sqlite3_bind_text (statement, 1, match, -1, SQLITE_STATIC);
  is_found = sqlite3_step (statement) == SQLITE_ROW;
  /* The query is never a syntax error. */
  g_assert (sqlite3_finalize (statement) == SQLITE_OK);
  g_assert (!is_found || n_marks > 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  const char *newline = strchr (text, '\n');
  const char *line = newline != NULL ? newline + 1 : text;
  g_autofree char *query = newline != NULL ? g_strndup (text, (gsize) (newline - text)) : NULL;
  g_autoptr (WireWords) words = wire_words_new (query != NULL ? query : text);
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_autofree char *valid = g_utf8_make_valid (line, -1);
  WireSnippet snippet = wire_words_cut (words, line, arena);
  glong n_characters = g_utf8_strlen (snippet.text, -1);
  WireUnits units;
  WireUnit unit;
  gsize end = 0;

  wire_units_init (&units, text, strlen (text));
  while (wire_units_next (&units, &unit)) {
    g_assert (unit.begin >= end && unit.end > unit.begin && unit.text_bytes > 0);
    end = unit.end;
  }
  g_assert (end <= strlen (text));
  g_assert (g_utf8_validate (snippet.text, -1, NULL));
  g_assert (n_characters <= WIRE_SNIPPET_MAX_CHARACTERS);
  for (guint i = 0; i < snippet.n_marks; i++)
    g_assert (snippet.marks[(gsize) 2 * i] + snippet.marks[(gsize) 2 * i + 1] <= n_characters);
  /* FTS5 takes a hundred times as long as all of the above. */
  if (!wire_words_is_empty (words) && g_str_hash (text) % 64 == 0)
    check_match (valid, words, snippet.n_marks);
  return 0;
}
