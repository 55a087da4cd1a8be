/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-find.h"

#include "gate-store-db.h"
#include "gate-store-find-private.h"

#include <string.h>

#define CONTACT_CONVS 20

/* --- Helpers shared with the other files of the finder --------------------------------------------- */

int
gate_finder_collect (sqlite3_stmt    *statement,
                     const GateTable *table,
                     gsize            row_bytes,
                     guint            limit,
                     WireArena       *arena,
                     gpointer        *ret_rows,
                     guint           *ret_n_rows)
{
  guint8 *rows = wire_arena_alloc0 (arena, MAX (limit, 1) * row_bytes);
  guint n = 0;
  int result = SQLITE_DONE;

  while (n < limit && (result = sqlite3_step (statement)) == SQLITE_ROW)
    gate_table_read (table, statement, 0, arena, rows + n++ * row_bytes);
  sqlite3_reset (statement);
  *ret_rows = rows;
  *ret_n_rows = n;
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

static void
read_conv (sqlite3_stmt *statement,
           WireArena    *arena,
           GateConvRow  *row)
{
  gate_table_read (&gate_table_conv, statement, 0, arena, row);
  gate_table_read (&gate_table_conv_kept, statement, gate_table_conv.n_columns, arena, row);
}

int
gate_finder_collect_convs (sqlite3_stmt  *statement,
                           guint          limit,
                           WireArena     *arena,
                           GateConvRow  **ret_rows,
                           guint         *ret_n_rows)
{
  GateConvRow *rows = wire_arena_alloc0 (arena, MAX (limit, 1) * sizeof *rows);
  guint n = 0;
  int result = SQLITE_DONE;

  while (n < limit && (result = sqlite3_step (statement)) == SQLITE_ROW)
    read_conv (statement, arena, &rows[n++]);
  sqlite3_reset (statement);
  *ret_rows = rows;
  *ret_n_rows = n;
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

char *
gate_finder_dup_conv_select (const char *tail)
{
  GString *sql = g_string_new ("SELECT ");

  gate_table_append_names (&gate_table_conv, sql, "");
  g_string_append (sql, ", ");
  gate_table_append_names (&gate_table_conv_kept, sql, "");
  g_string_append_printf (sql, " FROM conv %s", tail);
  return g_string_free (sql, FALSE);
}

const char *
gate_finder_dup_queues (const GateQuery *query)
{
  g_autoptr (GString) json = NULL;

  if (query->queues == NULL)
    return NULL;
  json = g_string_new ("[");
  for (gsize i = 0; query->queues[i] != NULL; i++) {
    g_string_append (json, i > 0 ? ",\"" : "\"");
    for (const char *at = query->queues[i]; *at != '\0'; at++)
      if (*at == '"' || *at == '\\' || (guchar) *at < ' ')
        g_string_append_printf (json, "\\u%04x", (guint) (guchar) *at);
      else
        g_string_append_c (json, *at);
    g_string_append_c (json, '"');
  }
  g_string_append_c (json, ']');
  return wire_arena_strdup (query->arena, json->str);
}

/* --- Conversations -------------------------------------------------------------------------------- */

static int
find_conv (GateFinder *self,
           GateQuery  *query)
{
  sqlite3_bind_int64 (self->statements.conv, 1, (gint64) query->conv);
  return gate_finder_collect_convs (self->statements.conv, 1, query->arena, &query->convs,
                                    &query->n_convs);
}

static int
find_convs_of_visitor (GateFinder *self,
                       GateQuery  *query,
                       guint       limit)
{
  sqlite3_stmt *find = self->statements.conv_of_visitor;

  sqlite3_bind_int64 (find, 1, (gint64) query->visitor);
  sqlite3_bind_int (find, 2, (int) limit);
  return gate_finder_collect_convs (find, limit, query->arena, &query->convs, &query->n_convs);
}

static int
find_visitor_last (GateFinder *self,
                   GateQuery  *query)
{
  sqlite3_stmt *find = self->statements.cid_of_visitor;
  int result = find_convs_of_visitor (self, query, 1);

  if (result != SQLITE_OK || query->cid == 0 || query->n_convs == 0)
    return result;
  sqlite3_bind_int64 (find, 1, (gint64) query->visitor);
  sqlite3_bind_int64 (find, 2, (gint64) query->cid);
  result = sqlite3_step (find);
  if (result == SQLITE_ROW) {
    query->found_conv = (guint64) sqlite3_column_int64 (find, 0);
    query->found_seq = (guint64) sqlite3_column_int64 (find, 1);
  }
  sqlite3_reset (find);
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

/* Rows are paged by last_ts alone, so rows of the same millisecond must not be cut apart. */
static void
cut_page (GateQuery *query,
          guint      limit)
{
  guint n = limit;

  query->more = query->n_convs > limit;
  if (!query->more)
    return;
  while (n > 0 && query->convs[n - 1].last_ts == query->convs[limit].last_ts)
    n--;
  query->n_convs = n > 0 ? n : limit;
}

static int
find_closed (GateFinder *self,
             GateQuery  *query)
{
  gboolean is_mine = query->agent != 0 && query->queues == NULL;
  sqlite3_stmt *find = is_mine ? self->statements.closed_mine : self->statements.closed_all;
  guint limit = CLAMP (query->limit, 1, GATE_PAGE_MAX_ROWS);
  int result;

  sqlite3_bind_int64 (find, 1, query->before_ts == 0 ? G_MAXINT64 : (gint64) query->before_ts);
  sqlite3_bind_int64 (find, 2, (gint64) query->agent);
  sqlite3_bind_int (find, 3, (int) limit + 1);
  if (!is_mine)
    sqlite3_bind_text (find, 4, gate_finder_dup_queues (query), -1, SQLITE_STATIC);
  result =
    gate_finder_collect_convs (find, limit + 1, query->arena, &query->convs, &query->n_convs);
  cut_page (query, limit);
  return result;
}

/* --- People and files ----------------------------------------------------------------------------- */

static int
find_contact (GateFinder *self,
              GateQuery  *query)
{
  gpointer row;
  guint n;
  int result;

  sqlite3_bind_int64 (self->statements.visitor, 1, (gint64) query->visitor);
  result = gate_finder_collect (self->statements.visitor, &gate_table_visitor,
                                sizeof (GateVisitorRow), 1, query->arena, &row, &n);
  query->visitor_row = n > 0 ? row : NULL;
  return result == SQLITE_OK ? find_convs_of_visitor (self, query, CONTACT_CONVS) : result;
}

static int
take_media (sqlite3_stmt *find,
            GateQuery    *query)
{
  gpointer row;
  guint n;
  int result =
    gate_finder_collect (find, &gate_table_media, sizeof (GateMediaRow), 1, query->arena, &row, &n);

  query->media = n > 0 ? row : NULL;
  return result;
}

static int
find_media (GateFinder *self,
            GateQuery  *query)
{
  sqlite3_bind_text (self->statements.media, 1, query->path, -1, SQLITE_STATIC);
  return take_media (self->statements.media, query);
}

static int
find_media_hash (GateFinder *self,
                 GateQuery  *query)
{
  sqlite3_stmt *find = self->statements.media_hash;
  guint64 uploader = query->agent != 0 ? query->agent : query->visitor;

  sqlite3_bind_blob (find, 1, query->sha256, sizeof query->sha256, SQLITE_STATIC);
  sqlite3_bind_int (find, 2, query->role);
  sqlite3_bind_int64 (find, 3, (gint64) uploader);
  return take_media (find, query);
}

/* --- The query ------------------------------------------------------------------------------------ */

static int
find (GateFinder *self,
      GateQuery  *query)
{
  switch (query->kind) {
  case GATE_QUERY_CONV:
    return find_conv (self, query);
  case GATE_QUERY_VISITOR_LAST:
    return find_visitor_last (self, query);
  case GATE_QUERY_HISTORY:
    return gate_finder_history (self, query);
  case GATE_QUERY_CLOSED:
    return find_closed (self, query);
  case GATE_QUERY_SEARCH:
    return gate_finder_search (self, query);
  case GATE_QUERY_MEDIA:
    return find_media (self, query);
  case GATE_QUERY_MEDIA_HASH:
    return find_media_hash (self, query);
  case GATE_QUERY_CONTACT:
    return find_contact (self, query);
  case GATE_QUERY_PEOPLE:
    return gate_finder_people (self, query);
  case GATE_QUERY_PEOPLE_LIKE:
    return gate_finder_people_like (self, query);
  case GATE_N_QUERIES:
  default:
    g_assert_not_reached ();
  }
}

static int
step_once (sqlite3_stmt *statement)
{
  int result = sqlite3_step (statement);

  sqlite3_reset (statement);
  return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* One read transaction, so that a page, its notes and its head belong together. */
GateStoreStatus
gate_finder_run (GateFinder *self,
                 GateQuery  *query)
{
  int result = step_once (self->statements.begin);

  if (result == SQLITE_OK)
    result = find (self, query);
  query->status = GATE_STORE_OK;
  if (result != SQLITE_OK) {
    query->status = GATE_STORE_FAILED;
    g_free (self->error);
    self->error = g_strdup_printf ("%s (%d)", sqlite3_errmsg (self->db), result);
  }
  if (!sqlite3_get_autocommit (self->db))
    step_once (self->statements.end);
  return query->status;
}

const char *
gate_finder_get_error (const GateFinder *self)
{
  return self->error;
}

/* --- Statements ----------------------------------------------------------------------------------- */

static gboolean
prepare (GateFinder    *self,
         sqlite3_stmt **ret_statement,
         const char    *sql,
         GError       **error)
{
  *ret_statement = gate_store_db_prepare (self->db, sql, error);
  return *ret_statement != NULL;
}

static gboolean
prepare_taken (GateFinder    *self,
               sqlite3_stmt **ret_statement,
               char          *sql,
               GError       **error)
{
  gboolean is_good = prepare (self, ret_statement, sql, error);

  g_free (sql);
  return is_good;
}

/* ?1 before, ?2 agent, ?3 limit, ?4 queues; without agent and queues: everything. */
static const char tail_closed_all[] =
  "WHERE state = 5 AND last_ts < ?1 AND ((?2 = 0 AND ?4 IS NULL) OR (?2 <> 0 AND last_agent = ?2) "
  "OR queue IN (SELECT value FROM json_each (?4))) ORDER BY last_ts DESC, conv DESC LIMIT ?3";
static const char tail_closed_mine[] = "WHERE state = 5 AND last_agent = ?2 AND last_ts < ?1 "
                                       "ORDER BY last_ts DESC, conv DESC LIMIT ?3";

static gboolean
prepare_convs (GateFinder  *self,
               GError     **error)
{
  GateFinderStatements *to = &self->statements;

  return prepare (self, &to->begin, "BEGIN", error) && prepare (self, &to->end, "COMMIT", error) &&
         prepare_taken (self, &to->conv, gate_finder_dup_conv_select ("WHERE conv = ?1"), error) &&
         prepare_taken (self, &to->conv_of_visitor,
                        gate_finder_dup_conv_select (
                          "WHERE visitor = ?1 ORDER BY conv DESC LIMIT ?2"),
                        error) &&
         prepare_taken (self, &to->closed_all, gate_finder_dup_conv_select (tail_closed_all),
                        error) &&
         prepare_taken (self, &to->closed_mine, gate_finder_dup_conv_select (tail_closed_mine),
                        error) &&
         prepare (self, &to->cid_of_visitor,
                  "SELECT m.conv, m.seq FROM conv c CROSS JOIN message m "
                  "ON m.conv = c.conv AND m.cid = ?2 AND m.cid <> 0 WHERE c.visitor = ?1 "
                  "ORDER BY c.conv DESC LIMIT 1",
                  error);
}

static gboolean
prepare_history (GateFinder  *self,
                 GError     **error)
{
  GateFinderStatements *to = &self->statements;

  return prepare_taken (self, &to->page_up, gate_finder_dup_page ("ASC"), error) &&
         prepare_taken (self, &to->page_down, gate_finder_dup_page ("DESC"), error) &&
         prepare (self, &to->head, "SELECT last_seq FROM conv WHERE conv = ?1", error) &&
         prepare_taken (self, &to->notes,
                        gate_table_dup_select (&gate_table_note,
                                               "WHERE conv = ?1 AND n > ?2 ORDER BY n LIMIT ?3"),
                        error) &&
         prepare_taken (self, &to->events,
                        gate_table_dup_select (&gate_table_event,
                                               "WHERE conv = ?1 ORDER BY id DESC LIMIT ?2"),
                        error);
}

static gboolean
prepare_others (GateFinder  *self,
                GError     **error)
{
  GateFinderStatements *to = &self->statements;

  return prepare_taken (self, &to->media,
                        gate_table_dup_select (&gate_table_media, "WHERE path = ?1"), error) &&
         prepare_taken (
           self, &to->media_hash,
           gate_table_dup_select (&gate_table_media,
                                  "WHERE sha256 = ?1 AND role = ?2 AND uploader = ?3 LIMIT 1"),
           error) &&
         prepare_taken (self, &to->visitor,
                        gate_table_dup_select (&gate_table_visitor, "WHERE visitor = ?1"), error) &&
         prepare (self, &to->search_words, gate_sql_search_words, error) &&
         prepare (self, &to->search_all, gate_sql_search_all, error) &&
         prepare (self, &to->indexed_to, "SELECT indexed_to FROM search.progress", error);
}

GateFinder *
gate_finder_new (sqlite3  *db,
                 GError  **error)
{
  GateFinder *self = g_new0 (GateFinder, 1);

  self->db = db;
  if (prepare_convs (self, error) && prepare_history (self, error) &&
      prepare_others (self, error) && gate_finder_prepare_people (self, error))
    return self;
  gate_finder_free (self);
  return NULL;
}

void
gate_finder_free (GateFinder *self)
{
  sqlite3_stmt **statements;

  if (self == NULL)
    return;
  statements = (sqlite3_stmt **) &self->statements;
  for (gsize i = 0; i < sizeof self->statements / sizeof *statements; i++)
    sqlite3_finalize (statements[i]);
  g_free (self->error);
  g_free (self);
}
