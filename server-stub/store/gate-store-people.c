/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-db.h"
#include "gate-store-find-private.h"

#include <string.h>

/* Visitors by their numbers, and by what is known of them: which contacts may be one person. */

#define PEOPLE_CONVS 20

/* Spaces and hyphens are a matter of taste. As in the index. */
#define PHONE(text) "replace (replace (" text ", ' ', ''), '-', '')"

/* ?1 numbers, ?2 agent, ?3 queues, ?4 limit: those whom agent or queues have talked with; neither: everybody. */
#define MAY_BE_SEEN                                                          \
  " AND ((?2 = 0 AND ?3 IS NULL) OR EXISTS (SELECT 1 FROM conv c "           \
  "WHERE c.visitor = visitor.visitor AND ((?2 <> 0 AND (c.agent = ?2 OR "    \
  "c.last_agent = ?2)) OR c.queue IN (SELECT value FROM json_each (?3))))) " \
  "ORDER BY last_seen DESC LIMIT ?4"

static const char tail_people[] = "WHERE visitor IN (SELECT value FROM json_each (?1))";
static const char tail_convs[] =
  "WHERE visitor IN (SELECT value FROM json_each (?1)) ORDER BY conv DESC LIMIT ?2";

/* ?5 e-mail, ?6 phone */
static const char tail_same[] =
  "WHERE ((email = ?5 COLLATE NOCASE AND email <> '') OR (" PHONE ("phone") " = " PHONE (
    "?6") " AND phone <> '')) AND visitor NOT IN (SELECT value FROM json_each (?1))" MAY_BE_SEEN;

/* ?5 "%text%", ?6 the same without spaces and hyphens */
static const char tail_like[] =
  "WHERE (visitor IN (SELECT value FROM json_each (?1)) OR name LIKE ?5 ESCAPE '\\' "
  "OR email LIKE ?5 ESCAPE '\\' OR " PHONE ("phone") " LIKE ?6 ESCAPE '\\')" MAY_BE_SEEN;

gboolean
gate_finder_prepare_people (GateFinder  *self,
                            GError     **error)
{
  const struct {
    sqlite3_stmt **to;
    char *sql;
  } all[] = {
    { &self->statements.people, gate_table_dup_select (&gate_table_visitor, tail_people) },
    { &self->statements.convs_of_people, gate_finder_dup_conv_select (tail_convs) },
    { &self->statements.people_same, gate_table_dup_select (&gate_table_visitor, tail_same) },
    { &self->statements.people_like, gate_table_dup_select (&gate_table_visitor, tail_like) },
  };
  gboolean is_good = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (is_good)
      *all[i].to = gate_store_db_prepare (self->db, all[i].sql, error);
    is_good = is_good && *all[i].to != NULL;
    g_free (all[i].sql);
  }
  return is_good;
}

/* A JSON array in the query's arena, for json_each(). */
static const char *
dup_numbers (const GateQuery *query)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < query->n_visitors; i++)
    g_string_append_printf (json, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "", query->visitors[i]);
  g_string_append_c (json, ']');
  return wire_arena_strdup (query->arena, json->str);
}

int
gate_finder_people (GateFinder *self,
                    GateQuery  *query)
{
  sqlite3_stmt *people = self->statements.people;
  sqlite3_stmt *convs = self->statements.convs_of_people;
  const char *numbers = dup_numbers (query);
  gpointer rows;
  int result;

  sqlite3_bind_text (people, 1, numbers, -1, SQLITE_STATIC);
  result = gate_finder_collect (people, &gate_table_visitor, sizeof (GateVisitorRow),
                                query->n_visitors, query->arena, &rows, &query->n_visitor_rows);
  query->visitor_rows = rows;
  if (result != SQLITE_OK)
    return result;
  sqlite3_bind_text (convs, 1, numbers, -1, SQLITE_STATIC);
  sqlite3_bind_int (convs, 2, PEOPLE_CONVS);
  return gate_finder_collect_convs (convs, PEOPLE_CONVS, query->arena, &query->convs,
                                    &query->n_convs);
}

/* "%text%" in which the text stands for itself; nothing to look for is like nobody. */
static const char *
dup_pattern (const GateQuery *query,
             gboolean         is_phone)
{
  g_autoptr (GString) pattern = g_string_new ("%");

  if (query->text == NULL || *query->text == '\0')
    return NULL;
  for (const char *at = query->text; *at != '\0'; at++) {
    if (is_phone && strchr (" -", *at) != NULL)
      continue;
    if (strchr ("%_\\", *at) != NULL)
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *at);
  }
  if (pattern->len == 1)
    return NULL;
  g_string_append_c (pattern, '%');
  return wire_arena_strdup (query->arena, pattern->str);
}

static int
collect_people (sqlite3_stmt *find,
                GateQuery    *query,
                guint         limit,
                const char   *fifth,
                const char   *sixth,
                gpointer     *ret_rows,
                guint        *ret_n_rows)
{
  sqlite3_bind_text (find, 1, dup_numbers (query), -1, SQLITE_STATIC);
  sqlite3_bind_int64 (find, 2, (gint64) query->agent);
  sqlite3_bind_text (find, 3, gate_finder_dup_queues (query), -1, SQLITE_STATIC);
  sqlite3_bind_int (find, 4, (int) limit);
  sqlite3_bind_text (find, 5, fifth, -1, SQLITE_STATIC);
  sqlite3_bind_text (find, 6, sixth, -1, SQLITE_STATIC);
  return gate_finder_collect (find, &gate_table_visitor, sizeof (GateVisitorRow), limit,
                              query->arena, ret_rows, ret_n_rows);
}

static gboolean
is_among (const GateVisitorRow *rows,
          guint                 n_rows,
          guint64               visitor)
{
  for (guint i = 0; i < n_rows; i++) {
    if (rows[i].visitor == visitor)
      return TRUE;
  }
  return FALSE;
}

int
gate_finder_people_like (GateFinder *self,
                         GateQuery  *query)
{
  guint limit = CLAMP (query->limit, 1, GATE_PAGE_MAX_ROWS);
  gpointer same, like;
  guint n_like;
  GateVisitorRow *rows;
  int result = collect_people (self->statements.people_same, query, limit, query->email,
                               query->phone, &same, &query->n_same);

  if (result == SQLITE_OK)
    result = collect_people (self->statements.people_like, query, limit, dup_pattern (query, FALSE),
                             dup_pattern (query, TRUE), &like, &n_like);
  if (result != SQLITE_OK)
    return result;
  rows = wire_arena_alloc0 (query->arena, (query->n_same + n_like + 1) * sizeof *rows);
  memcpy (rows, same, query->n_same * sizeof *rows);
  query->n_visitor_rows = query->n_same;
  for (guint i = 0; i < n_like; i++) {
    const GateVisitorRow *row = (const GateVisitorRow *) like + i;

    if (!is_among (rows, query->n_same, row->visitor))
      rows[query->n_visitor_rows++] = *row;
  }
  query->visitor_rows = rows;
  return SQLITE_OK;
}
