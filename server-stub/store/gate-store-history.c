/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-find-private.h"

#include <string.h>

#define ROW_OVERHEAD_BYTES \
  48 /* of a packed row beyond its body: conv, seq, cid, ts, role, sender, tags */
#define MAX_EVENTS 200

/*
 * What a line shows now, not what it once said: the content comes from the row that `present` names. For everybody:
 * what was replaced is kept for audit and given in no page.
 */
char *
gate_finder_dup_page (const char *order)
{
  return g_strdup_printf (
    "SELECT m.conv, m.seq, m.cid, m.ts, m.role, m.sender, m.flags | (ifnull (p.flags, 0) & 6), "
    "m.replaces, iif (p.seq IS NULL, m.text, p.text), iif (p.seq IS NULL, m.body, p.body) "
    "FROM message m LEFT JOIN message p ON p.conv = m.conv AND p.seq = m.present "
    "WHERE m.conv = ?1 AND m.seq > ?2 AND m.seq < ?3 ORDER BY m.seq %s LIMIT ?4",
    order);
}

static void
reverse (GateMessageRow *rows,
         guint           n)
{
  for (guint i = 0; i < n / 2; i++) {
    GateMessageRow row = rows[i];

    rows[i] = rows[n - 1 - i];
    rows[n - 1 - i] = row;
  }
}

/* How many of the rows fit into @bytes; at least one, or a page could never move on. */
static guint
fitting_messages (const GateMessageRow *rows,
                  guint                 n,
                  gsize                *bytes)
{
  for (guint i = 0; i < n; i++) {
    gsize row_bytes = rows[i].body_bytes + ROW_OVERHEAD_BYTES;

    if (i > 0 && row_bytes > *bytes)
      return i;
    *bytes -= MIN (row_bytes, *bytes);
  }
  return n;
}

static int
find_messages (GateFinder *self,
               GateQuery  *query,
               guint       limit,
               gsize      *bytes)
{
  gboolean is_down = query->before > 0;
  sqlite3_stmt *find = is_down ? self->statements.page_down : self->statements.page_up;
  gpointer rows;
  guint n;
  int result;

  sqlite3_bind_int64 (find, 1, (gint64) query->conv);
  sqlite3_bind_int64 (find, 2, (gint64) MIN (query->after, G_MAXINT64));
  sqlite3_bind_int64 (find, 3, is_down ? (gint64) MIN (query->before, G_MAXINT64) : G_MAXINT64);
  sqlite3_bind_int (find, 4, (int) limit + 1);
  result = gate_finder_collect (find, &gate_table_message, sizeof (GateMessageRow), limit + 1,
                                query->arena, &rows, &n);
  query->messages = rows;
  query->n_messages = fitting_messages (rows, MIN (n, limit), bytes);
  query->more = query->n_messages < n;
  if (is_down)
    reverse (query->messages, query->n_messages);
  return result;
}

static int
find_notes (GateFinder *self,
            GateQuery  *query,
            guint       limit,
            gsize      *bytes)
{
  sqlite3_stmt *find = self->statements.notes;
  gpointer rows;
  guint n, n_fit;
  int result;

  if (query->for_visitor || query->notes_after >= G_MAXINT64)
    return SQLITE_OK;
  sqlite3_bind_int64 (find, 1, (gint64) query->conv);
  sqlite3_bind_int64 (find, 2, (gint64) query->notes_after);
  sqlite3_bind_int (find, 3, (int) limit);
  result = gate_finder_collect (find, &gate_table_note, sizeof (GateNoteRow), limit, query->arena,
                                &rows, &n);
  query->notes = rows;
  for (n_fit = 0; n_fit < n; n_fit++) {
    gsize row_bytes =
      query->notes[n_fit].body_bytes + strlen (query->notes[n_fit].text) + ROW_OVERHEAD_BYTES;

    if (row_bytes > *bytes)
      break;
    *bytes -= row_bytes;
  }
  query->n_notes = n_fit;
  return result;
}

/* The newest ones, in the order they happened. */
static int
find_events (GateFinder *self,
             GateQuery  *query)
{
  sqlite3_stmt *find = self->statements.events;
  gpointer rows;
  int result;

  if (query->for_visitor || !query->with_events)
    return SQLITE_OK;
  sqlite3_bind_int64 (find, 1, (gint64) query->conv);
  sqlite3_bind_int (find, 2, MAX_EVENTS);
  result = gate_finder_collect (find, &gate_table_event, sizeof (GateEventRow), MAX_EVENTS,
                                query->arena, &rows, &query->n_events);
  query->events = rows;
  for (guint i = 0; i < query->n_events / 2; i++) {
    GateEventRow row = query->events[i];

    query->events[i] = query->events[query->n_events - 1 - i];
    query->events[query->n_events - 1 - i] = row;
  }
  return result;
}

static int
find_head (GateFinder *self,
           GateQuery  *query)
{
  sqlite3_stmt *find = self->statements.head;
  int result;

  sqlite3_bind_int64 (find, 1, (gint64) query->conv);
  result = sqlite3_step (find);
  if (result == SQLITE_ROW)
    query->head = (guint64) sqlite3_column_int64 (find, 0);
  sqlite3_reset (find);
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

int
gate_finder_history (GateFinder *self,
                     GateQuery  *query)
{
  guint limit = CLAMP (query->limit, 1, GATE_PAGE_MAX_ROWS);
  gsize bytes = query->max_bytes > 0 ? query->max_bytes : G_MAXSIZE;
  int result = find_head (self, query);

  if (result == SQLITE_OK)
    result = find_messages (self, query, limit, &bytes);
  if (result == SQLITE_OK)
    result = find_notes (self, query, limit, &bytes);
  if (result == SQLITE_OK)
    result = find_events (self, query);
  return result;
}
