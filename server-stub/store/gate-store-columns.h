/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * A row type and its table as data: which member of the struct is which column. Statements are put together from
 * these tables when they are prepared, and rows are bound and read by them, so a new column is one line here and
 * one in a schema file.
 */
typedef enum {
  GATE_COLUMN_U64,
  GATE_COLUMN_U32,
  GATE_COLUMN_I32,
  GATE_COLUMN_U8,
  GATE_COLUMN_BOOL,
  GATE_COLUMN_TEXT,          /* NULL is stored and read as "" */
  GATE_COLUMN_NULLABLE_TEXT, /* NULL stays NULL */
  GATE_COLUMN_BYTES,         /* an array of `extra` bytes within the struct */
  GATE_COLUMN_BLOB,          /* a pointer; its gsize is at `extra` */
} GateColumnType;

typedef struct {
  const char *name;
  GateColumnType type;
  guint16 offset;
  guint16 extra;
} GateColumn;

typedef struct {
  const char *name;
  const GateColumn *columns;
  int n_columns;
} GateTable;

extern const GateTable gate_table_conv;      /* the core's part of the row */
extern const GateTable gate_table_conv_kept; /* the store's part */
extern const GateTable gate_table_message;
extern const GateTable gate_table_note;
extern const GateTable gate_table_event;
extern const GateTable gate_table_visitor;
extern const GateTable gate_table_block; /* two columns of the visitor's */
extern const GateTable gate_table_merge;
extern const GateTable gate_table_name; /* three columns of the visitor's */
extern const GateTable gate_table_agent;
extern const GateTable gate_table_token;
extern const GateTable gate_table_media;
extern const GateTable gate_table_app;
extern const GateTable gate_table_audit;

/** gate_table_append_names: "a, b, c", each after @prefix such as "c." */
void gate_table_append_names (const GateTable *self,
                              GString         *sql,
                              const char      *prefix);

/** gate_table_dup_insert: (transfer full): "INSERT INTO …"; parameters in the order of the columns */
char *gate_table_dup_insert (const GateTable *self) G_GNUC_WARN_UNUSED_RESULT;

/** gate_table_dup_upsert: (transfer full): the same, replacing all columns where @key exists, if @guard (nullable) */
char *gate_table_dup_upsert (const GateTable *self,
                             const char      *key,
                             const char      *guard) G_GNUC_WARN_UNUSED_RESULT;

/** gate_table_dup_select: (transfer full): "SELECT columns FROM table " and @tail */
char *gate_table_dup_select (const GateTable *self,
                             const char      *tail) G_GNUC_WARN_UNUSED_RESULT;

/** gate_table_bind: @row to the parameters from number @first; pointers are borrowed until the statement is reset */
void gate_table_bind (const GateTable *self,
                      sqlite3_stmt    *statement,
                      int              first,
                      gconstpointer    row);

/** gate_table_read: the result columns from number @first to @row; text and blobs are copied to @arena */
void gate_table_read (const GateTable *self,
                      sqlite3_stmt    *statement,
                      int              first,
                      WireArena       *arena,
                      gpointer         row);

G_END_DECLS
