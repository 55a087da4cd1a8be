/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "wire-words.h"
#include "gate-store-find-private.h"
#include "gate.pb-c.h"

#include <string.h>

/*
 * ?1 words, ?2 below this id, ?3 conv, ?4 before, ?5 after, ?6 with file, ?7 tag, ?8 role or -1, ?9 a name,
 * ?10 agent, ?11 queues, ?12 limit. Ids rise with time, so newest first is the order FTS5 walks anyway.
 */
#define FILTERS(conv, ts, role, sender, has_file)                                                 \
  " AND (?3 = 0 OR " conv " = ?3) AND (?4 = 0 OR " ts " < ?4) AND " ts " >= ?5 "                  \
  "AND (NOT ?6 OR " has_file ") "                                                                 \
  "AND (?7 IS NULL OR EXISTS (SELECT 1 FROM json_each (iif (json_valid (c.tags), c.tags, '[]')) " \
  "WHERE value = ?7)) "                                                                           \
  "AND (?8 < 0 OR " role " = ?8) "                                                                \
  "AND (?9 IS NULL OR (" role " = 0 AND c.visitor_name = ?9 COLLATE NOCASE) OR (" role " = 1 "    \
  "AND " sender " IN (SELECT agent FROM agent WHERE name = ?9 COLLATE NOCASE OR login = ?9))) "   \
  "AND ((?10 = 0 AND ?11 IS NULL) OR (?10 <> 0 AND (c.agent = ?10 OR c.last_agent = ?10)) "       \
  "OR c.queue IN (SELECT value FROM json_each (?11))) "

/* A line that was edited stands in the index under its own id with the content it has now. */
const char gate_sql_search_words[] =
  "SELECT l.rowid, c.conv, ifnull (m.seq, 0), ifnull (n.n, 0), ifnull (m.ts, n.ts), "
  "ifnull (m.role, n.role), iif (n.id IS NOT NULL, n.text, iif (p.seq IS NULL, m.text, p.text)), "
  "c.visitor_name FROM search.line l "
  "LEFT JOIN message m ON m.id = l.rowid "
  "LEFT JOIN message p ON p.conv = m.conv AND p.seq = m.present "
  "LEFT JOIN note n ON n.id = l.rowid "
  "CROSS JOIN conv c ON c.conv = ifnull (m.conv, n.conv) "
  "WHERE l.line MATCH ?1 AND l.rowid < ?2" FILTERS (
    "c.conv",
    "ifnull (m.ts, n.ts)",
    "ifnull (m.role, n.role)",
    "ifnull (m.sender, n.author)",
    "ifnull (m.content = 8, 0)") "ORDER BY l.rowid DESC LIMIT ?12";

/* Without words, only filters: lines, newest first. ?1 is not used. */
const char gate_sql_search_all[] =
  "SELECT m.id, c.conv, m.seq, 0, m.ts, m.role, iif (p.seq IS NULL, m.text, p.text), c.visitor_name "
  "FROM message m LEFT JOIN message p ON p.conv = m.conv AND p.seq = m.present "
  "CROSS JOIN conv c ON c.conv = m.conv "
  "WHERE ?1 IS NULL AND m.id < ?2 AND m.replaces = 0 "
  "AND ifnull (p.flags, 0) & 4 = 0" FILTERS ("m.conv",
                                             "m.ts",
                                             "m.role",
                                             "m.sender",
                                             "m.content = 8") "ORDER BY m.id DESC LIMIT ?12";

typedef struct {
  int role; /* -1 = any, or a name */
  const char *name;
} From;

static From
parse_from (const char *text)
{
  static const struct {
    const char *word;
    int role;
  } roles[] = {
    { "visitor", GATE__V1__ROLE__VISITOR },
    { "agent", GATE__V1__ROLE__AGENT },
    { "bot", GATE__V1__ROLE__BOT },
  };

  if (text == NULL || text[0] == '\0')
    return (From){ -1, NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_ascii_strcasecmp (text, roles[i].word) == 0)
      return (From){ roles[i].role, NULL };
  return (From){ -1, text };
}

/* The cursor is the id of the last hit given; anything else begins at the newest. */
static gint64
parse_cursor (const char *text)
{
  guint64 id;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
    return G_MAXINT64;
  return (gint64) id;
}

static void
bind (sqlite3_stmt    *find,
      const GateQuery *query,
      guint            limit)
{
  From from = parse_from (query->from);
  gboolean has_tag = query->tag != NULL && query->tag[0] != '\0';

  sqlite3_bind_int64 (find, 2, parse_cursor (query->cursor));
  sqlite3_bind_int64 (find, 3, (gint64) query->conv);
  sqlite3_bind_int64 (find, 4, (gint64) MIN (query->ts_before, G_MAXINT64));
  sqlite3_bind_int64 (find, 5, (gint64) MIN (query->ts_after, G_MAXINT64));
  sqlite3_bind_int (find, 6, query->has_file != FALSE);
  sqlite3_bind_text (find, 7, has_tag ? query->tag : NULL, -1, SQLITE_STATIC);
  sqlite3_bind_int (find, 8, from.role);
  sqlite3_bind_text (find, 9, from.name, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (find, 10, (gint64) query->agent);
  sqlite3_bind_text (find, 11, gate_finder_dup_queues (query), -1, SQLITE_STATIC);
  sqlite3_bind_int (find, 12, (int) limit);
}

static void
read_hit (sqlite3_stmt    *find,
          const WireWords *words,
          GateQuery       *query,
          GateHitRow      *hit)
{
  const char *text = (const char *) sqlite3_column_text (find, 6);
  WireSnippet snippet = wire_words_cut (words, text != NULL ? text : "", query->arena);

  hit->conv = (guint64) sqlite3_column_int64 (find, 1);
  hit->seq = (guint64) sqlite3_column_int64 (find, 2);
  hit->note = (guint64) sqlite3_column_int64 (find, 3);
  hit->ts = (guint64) sqlite3_column_int64 (find, 4);
  hit->role = (guint8) sqlite3_column_int (find, 5);
  hit->snippet = snippet.text;
  hit->marks = snippet.marks;
  hit->n_marks = snippet.n_marks;
  hit->name = wire_arena_strdup (query->arena, (const char *) sqlite3_column_text (find, 7));
}

static int
collect (sqlite3_stmt    *find,
         const WireWords *words,
         GateQuery       *query,
         guint            limit)
{
  gint64 last_id = 0;
  int result;

  query->hits = wire_arena_alloc0 (query->arena, limit * sizeof *query->hits);
  while ((result = sqlite3_step (find)) == SQLITE_ROW) {
    if (query->n_hits == limit) {
      query->more = TRUE;
      break;
    }
    last_id = sqlite3_column_int64 (find, 0);
    read_hit (find, words, query, &query->hits[query->n_hits++]);
  }
  sqlite3_reset (find);
  if (query->more) {
    char *cursor = wire_arena_alloc (query->arena, 24);

    g_snprintf (cursor, 24, "%" G_GINT64_FORMAT, last_id);
    query->next_cursor = cursor;
  }
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

static int
read_indexed_to (GateFinder *self,
                 GateQuery  *query)
{
  sqlite3_stmt *find = self->statements.indexed_to;
  int result = sqlite3_step (find);

  if (result == SQLITE_ROW)
    query->indexed_to = (guint64) sqlite3_column_int64 (find, 0);
  sqlite3_reset (find);
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

int
gate_finder_search (GateFinder *self,
                    GateQuery  *query)
{
  g_autoptr (WireWords) words = wire_words_new (query->text);
  g_autofree char *match = NULL;
  gboolean is_blank = query->text == NULL || query->text[0] == '\0';
  guint limit = query->limit > 0 ? MIN (query->limit, GATE_PAGE_MAX_ROWS) : GATE_SEARCH_DEFAULT;
  sqlite3_stmt *find = is_blank ? self->statements.search_all : self->statements.search_words;
  int result = read_indexed_to (self, query);

  if (result != SQLITE_OK || (!is_blank && wire_words_is_empty (words)))
    return result;
  if (!is_blank)
    match = wire_words_dup_match (words);
  sqlite3_bind_text (find, 1, match, -1, SQLITE_STATIC);
  bind (find, query, limit + 1);
  return collect (find, words, query, limit);
}
