/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-apply-private.h"

#include "gate-store-columns.h"
#include "gate.pb-c.h"

#include <string.h>

#define FLAG_RECALLED          4u
#define FLAG_AUTO              8u
#define MAX_EXCERPT_CHARACTERS 120

const char gate_sql_message_find[] = "SELECT seq, ts FROM message "
                                     "WHERE conv = ?1 AND cid = ?2 AND cid <> 0";

/* The line an edit is about: an edit of an edit is about the first line. And the row that recalled it, or 0. */
const char gate_sql_message_target[] =
  "SELECT l.seq, iif (p.flags & 4, p.seq, 0) FROM message t "
  "JOIN message l ON l.conv = t.conv AND l.seq = iif (t.replaces <> 0, t.replaces, t.seq) "
  "LEFT JOIN message p ON p.conv = l.conv AND p.seq = l.present "
  "WHERE t.conv = ?1 AND t.seq = ?2";

/*
 * Draws the seq and keeps what lists show. ?2 ts, ?3 role, ?4 sender, ?5 the line edited or 0, ?6 excerpt,
 * ?7 staff speaks, ?8 answers the visitor, ?9 the visitor asks. In UPDATE the right sides see the old row.
 */
const char gate_sql_message_count[] =
  "UPDATE conv SET last_seq = last_seq + 1, "
  "last_shown = iif (?5 = 0, last_seq + 1, last_shown), "
  "last_text = iif (?5 = 0 OR ?5 = last_shown, ?6, last_text), "
  "last_role = iif (?5 = 0, ?3, last_role), "
  "last_ts = iif (?5 = 0, ?2, last_ts), "
  "staff_seq = iif (?7, last_seq + 1, staff_seq), "
  "staff_sender = iif (?7, ?4, staff_sender), "
  "waiting_since = iif (?8, 0, iif (?9 AND waiting_since = 0, ?2, waiting_since)) "
  "WHERE conv = ?1 RETURNING last_seq";

/* The line and all earlier edits of it show row ?3 from now on. */
const char gate_sql_message_fold[] =
  "UPDATE message SET present = ?3 "
  "WHERE conv = ?1 AND (seq = ?2 OR (replaces = ?2 AND replaces <> 0))";

const char gate_sql_note_find[] =
  "SELECT n, ts FROM note WHERE conv = ?1 AND cid = ?2 AND cid <> 0";
const char gate_sql_note_count[] = "UPDATE conv SET last_note = last_note + 1 WHERE conv = ?1 "
                                   "RETURNING last_note";

/* Runs a statement that gives at most one row of integers; SQLITE_ROW, SQLITE_DONE or the error. */
static int
take_row (sqlite3_stmt *statement,
          int           n_values,
          guint64      *ret_values)
{
  int result = sqlite3_step (statement);

  if (result == SQLITE_ROW)
    for (int i = 0; i < n_values; i++)
      ret_values[i] = (guint64) sqlite3_column_int64 (statement, i);
  sqlite3_reset (statement);
  return result;
}

static int
find_first (sqlite3_stmt *statement,
            guint64       conv,
            guint64       cid,
            guint64      *ret_number,
            guint64      *ret_ts)
{
  guint64 values[2] = { 0 };
  int result;

  if (cid == 0)
    return SQLITE_DONE;
  sqlite3_bind_int64 (statement, 1, (gint64) conv);
  sqlite3_bind_int64 (statement, 2, (gint64) cid);
  result = take_row (statement, 2, values);
  if (result == SQLITE_ROW) {
    *ret_number = values[0];
    *ret_ts = values[1];
  }
  return result;
}

/* At most 120 characters on one line. Counts bytes that begin a character, so bad UTF-8 cannot run over. */
static const char *
excerpt (WireArena  *arena,
         const char *text)
{
  gsize n_bytes = 0;
  guint n_characters = 0;
  char *copy;

  if (text == NULL)
    return "";
  for (; text[n_bytes] != '\0'; n_bytes++)
    if (((guchar) text[n_bytes] & 0xC0) != 0x80 && ++n_characters > MAX_EXCERPT_CHARACTERS)
      break;
  copy = wire_arena_strndup (arena, text, n_bytes);
  for (gsize i = 0; i < n_bytes; i++)
    if ((guchar) copy[i] < ' ')
      copy[i] = ' ';
  return copy;
}

static int
content_of (WireArena            *arena,
            const GateMessageRow *row)
{
  const Gate__V1__Message *message;

  if (row->body_bytes == 0)
    return 0;
  message = gate__v1__message__unpack (wire_arena_allocator (arena), row->body_bytes, row->body);
  return message != NULL ? (int) message->content_case : 0;
}

/* What an edit or recall is about: @ret_values are the line's seq and, were it recalled, that row's. */
static int
find_target (GateWriter           *self,
             const GateMessageRow *row,
             guint64               ret_values[2])
{
  sqlite3_stmt *find = self->statements.message_target;
  int result;

  if (row->replaces == 0)
    return SQLITE_OK;
  sqlite3_bind_int64 (find, 1, (gint64) row->conv);
  sqlite3_bind_int64 (find, 2, (gint64) row->replaces);
  result = take_row (find, 2, ret_values);
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

static int
draw_seq (GateWriter     *self,
          GateMessageRow *row,
          const char     *text)
{
  sqlite3_stmt *count = self->statements.message_count;
  gboolean is_staff = row->role == GATE__V1__ROLE__AGENT || row->role == GATE__V1__ROLE__BOT;
  gboolean is_line = row->replaces == 0;
  gboolean is_answer =
    is_line && row->role == GATE__V1__ROLE__AGENT && (row->flags & FLAG_AUTO) == 0;
  gboolean is_question = is_line && row->role == GATE__V1__ROLE__VISITOR;
  int result;

  sqlite3_bind_int64 (count, 1, (gint64) row->conv);
  sqlite3_bind_int64 (count, 2, (gint64) row->ts);
  sqlite3_bind_int64 (count, 3, row->role);
  sqlite3_bind_int64 (count, 4, (gint64) row->sender);
  sqlite3_bind_int64 (count, 5, (gint64) row->replaces);
  sqlite3_bind_text (count, 6, text, -1, SQLITE_STATIC);
  sqlite3_bind_int (count, 7, is_staff);
  sqlite3_bind_int (count, 8, is_answer);
  sqlite3_bind_int (count, 9, is_question);
  result = take_row (count, 1, &row->seq);
  return result == SQLITE_ROW ? SQLITE_OK : result == SQLITE_DONE ? GATE_APPLY_BUG : result;
}

static int
insert_message (GateWriter           *self,
                WireArena            *arena,
                const GateMessageRow *row,
                guint64               present)
{
  sqlite3_stmt *insert = self->statements.message_insert;

  sqlite3_bind_int64 (insert, 1, (gint64) ++self->last_id);
  sqlite3_bind_int64 (insert, 2, (gint64) present);
  sqlite3_bind_int (insert, 3, content_of (arena, row));
  gate_table_bind (&gate_table_message, insert, 4, row);
  return gate_writer_step (insert);
}

static int
fold (GateWriter           *self,
      const GateMessageRow *row)
{
  sqlite3_stmt *update = self->statements.message_fold;

  sqlite3_bind_int64 (update, 1, (gint64) row->conv);
  sqlite3_bind_int64 (update, 2, (gint64) row->replaces);
  sqlite3_bind_int64 (update, 3, (gint64) row->seq);
  return gate_writer_step (update);
}

int
gate_writer_apply_message (GateWriter     *self,
                           WireArena      *arena,
                           GateMessageRow *row,
                           gboolean       *ret_is_duplicate)
{
  guint64 target[2] = { 0, 0 };
  gboolean is_gone;
  int result = find_first (self->statements.message_find, row->conv, row->cid, &row->seq, &row->ts);

  *ret_is_duplicate = result == SQLITE_ROW;
  if (result != SQLITE_DONE)
    return result == SQLITE_ROW ? SQLITE_OK : result;

  result = find_target (self, row, target);
  if (result != SQLITE_OK)
    return result;
  /* An edit of what is not there is a line of its own. */
  row->replaces = target[0];
  /* What was recalled stays so, whatever edit arrives behind it. */
  is_gone = target[1] != 0 || (row->flags & FLAG_RECALLED) != 0;
  result = draw_seq (self, row, is_gone ? "" : excerpt (arena, row->text));
  if (result != SQLITE_OK)
    return result;
  /* Folding first: the new row is not yet there and so does not come to show itself. */
  if (target[0] != 0 && target[1] == 0)
    result = fold (self, row);
  return result == SQLITE_OK ? insert_message (self, arena, row, target[1]) : result;
}

int
gate_writer_apply_note (GateWriter  *self,
                        GateNoteRow *row,
                        gboolean    *ret_is_duplicate)
{
  GateWriterStatements *statements = &self->statements;
  int result = find_first (statements->note_find, row->conv, row->cid, &row->n, &row->ts);

  *ret_is_duplicate = result == SQLITE_ROW;
  if (result != SQLITE_DONE)
    return result == SQLITE_ROW ? SQLITE_OK : result;
  sqlite3_bind_int64 (statements->note_count, 1, (gint64) row->conv);
  result = take_row (statements->note_count, 1, &row->n);
  if (result != SQLITE_ROW)
    return result == SQLITE_DONE ? GATE_APPLY_BUG : result;
  sqlite3_bind_int64 (statements->note_insert, 1, (gint64) ++self->last_id);
  gate_table_bind (&gate_table_note, statements->note_insert, 2, row);
  return gate_writer_step (statements->note_insert);
}
