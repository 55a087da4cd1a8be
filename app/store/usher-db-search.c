/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "usher-db.h"
#include "usher-store-error.h"
#include "wire-words.h"

/* What was said, by the words in it: search.db knows where, the cache what. */

/* ?1 words, ?2 and ?3 the span of ids, ?4 role or -1, ?5 a visitor's name, ?6 an agent, ?7 tag, ?8 with a file, ?9 conversation, ?10 limit */
#define FILTERS                                                                                                     \
  " AND (?4 < 0 OR ifnull (m.role, n.role) = ?4) "                                                                  \
  "AND ((?5 IS NULL AND ?6 = 0) OR (m.role = 0 AND c.name = ?5 COLLATE NOCASE) "                                    \
  "OR (ifnull (m.role, n.role) = 1 AND ifnull (m.sender, n.author) = ?6)) "                                         \
  "AND (?7 IS NULL OR instr (char (10) || lower (c.tags) || char (10), char (10) || lower (?7) || char (10)) > 0) " \
  "AND (NOT ?8 OR ifnull (m.url, '') <> '') AND (?9 = 0 OR e.conv = ?9) "

#define COLUMNS                                                                                                  \
  "SELECT e.conv, e.seq, e.is_note, ifnull (m.ts, n.ts), ifnull (m.role, n.role), ifnull (m.sender, n.author), " \
  "c.name, ifnull (m.text, ifnull (n.text, m.name)) "

#define JOINS                                                                   \
  "LEFT JOIN message m ON e.is_note = 0 AND m.conv = e.conv AND m.seq = e.seq " \
  "LEFT JOIN note n ON e.is_note = 1 AND n.conv = e.conv AND n.n = e.seq "      \
  "LEFT JOIN conversation c ON c.conv = e.conv "                                \
  "WHERE (m.seq IS NOT NULL OR n.n IS NOT NULL) AND NOT ifnull (m.recalled, 0) "

/* In the order in which FTS5 walks, or everything that matches would be sorted first. */
static const char sql_words[] =
  COLUMNS "FROM search.line l CROSS JOIN search.entry e ON e.id = l.rowid " JOINS
          "AND l.line MATCH ?1 AND l.rowid >= ?2 AND l.rowid < ?3" FILTERS
          "ORDER BY l.rowid DESC LIMIT ?10";

/* Without words, only filters. */
static const char sql_all[] =
  COLUMNS "FROM search.entry e " JOINS "AND ?1 IS NULL AND e.id >= ?2 AND e.id < ?3" FILTERS
          "ORDER BY e.id DESC LIMIT ?10";

static UsherHitRow *
read_hit (sqlite3_stmt    *s,
          const WireWords *words,
          WireArena       *arena)
{
  const char *text = (const char *) sqlite3_column_text (s, 7);
  WireSnippet snippet = wire_words_cut (words, text != NULL ? text : "", arena);
  UsherHitRow *row = g_new0 (UsherHitRow, 1);

  row->conv = usher_db_id (s, 0);
  row->seq = usher_db_id (s, 1);
  row->is_note = usher_db_id (s, 2) != 0;
  row->ts_us = sqlite3_column_int64 (s, 3);
  row->role = (UsherRole) sqlite3_column_int (s, 4);
  row->sender = usher_db_id (s, 5);
  row->name = usher_db_text (s, 6);
  row->snippet = g_strdup (snippet.text);
  row->marks = g_memdup2 (snippet.marks, sizeof *snippet.marks * 2 * snippet.n_marks);
  row->n_marks = snippet.n_marks;
  return row;
}

static guint64
id_of_time (gint64 us)
{
  return (guint64) (us / 1000) << 20;
}

static sqlite3_stmt *
ask (UsherDb                 *db,
     const UsherSearchQuery  *query,
     const char              *match,
     guint                    limit,
     GError                 **error)
{
  return usher_db_query (db, error, match != NULL ? sql_words : sql_all, "tiiititiii", match,
                         id_of_time (query->after_us),
                         query->before_us > 0 ? id_of_time (query->before_us) : G_MAXINT64,
                         query->is_by_role ? (guint64) query->from_role : G_MAXUINT64,
                         query->from_name, query->from_agent, query->tag, (guint64) query->has_file,
                         query->conv, (guint64) limit);
}

static gboolean
collect (UsherDb          *db,
         sqlite3_stmt     *statement,
         const WireWords  *words,
         UsherHits        *hits,
         GError          **error)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GError) fault = NULL;

  while (usher_db_next (db, statement, &fault))
    g_ptr_array_add (hits->rows, read_hit (statement, words, arena));
  usher_db_end (statement);
  hits->is_incomplete = g_error_matches (fault, USHER_STORE_ERROR, USHER_STORE_ERROR_TIME);
  if (fault == NULL || hits->is_incomplete)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

UsherHits *
usher_db_search (UsherDb                 *db,
                 const UsherSearchQuery  *query,
                 guint                    limit,
                 gint64                   limit_us,
                 GError                 **error)
{
  g_autoptr (UsherHits) hits = usher_hits_new ();
  g_autoptr (WireWords) words = wire_words_new (query->words);
  gboolean has_words = query->words != NULL && *query->words != '\0';
  g_autofree char *match = has_words ? wire_words_dup_match (words) : NULL;
  sqlite3_stmt *statement;
  gboolean is_good;

  /* Nothing but punctuation stands in no line. */
  if (has_words && wire_words_is_empty (words))
    return g_steal_pointer (&hits);
  statement = ask (db, query, match, limit, error);
  if (statement == NULL)
    return NULL;
  usher_db_limit_time (db, g_get_monotonic_time () + limit_us);
  is_good = collect (db, statement, words, hits, error);
  usher_db_limit_time (db, 0);
  return is_good ? g_steal_pointer (&hits) : NULL;
}
