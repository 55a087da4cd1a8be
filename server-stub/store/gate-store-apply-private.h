/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store-apply.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* Every statement the writer ever runs; prepared once. */
typedef struct {
  sqlite3_stmt *begin, *commit, *rollback;
  sqlite3_stmt *conv_upsert;
  sqlite3_stmt *mark_raise;
  sqlite3_stmt *message_find, *message_target, *message_count, *message_insert, *message_fold;
  sqlite3_stmt *note_find, *note_count, *note_insert;
  sqlite3_stmt *event_insert;
  sqlite3_stmt *merge_upsert, *unmerge;
  sqlite3_stmt *visitor_upsert, *agent_upsert, *media_upsert, *audit_insert;
  sqlite3_stmt *token_upsert, *token_family_gone, *token_agent_gone;
} GateWriterStatements;

struct _GateWriter {
  sqlite3 *db;
  GateWriterStatements statements;
  guint64 last_id; /* the sequence of message.id and note.id */
  char *error;
  gboolean is_bug;
};

/* Returned beside SQLite's own codes: what was asked can only come from a mistake in the core. */
#define GATE_APPLY_BUG (SQLITE_MISUSE | (64 << 8))

/** gate_writer_step: runs @statement to its end and makes it ready for the next use; SQLITE_OK or the error */
int gate_writer_step (sqlite3_stmt *statement);

int gate_writer_apply_message (GateWriter     *self,
                               WireArena      *arena,
                               GateMessageRow *row,
                               gboolean       *ret_is_duplicate);
int gate_writer_apply_note (GateWriter  *self,
                            GateNoteRow *row,
                            gboolean    *ret_is_duplicate);

/* The SQL of the two, prepared with the others. */
extern const char gate_sql_message_find[];
extern const char gate_sql_message_target[];
extern const char gate_sql_message_count[];
extern const char gate_sql_message_fold[];
extern const char gate_sql_note_find[];
extern const char gate_sql_note_count[];

G_END_DECLS
