/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateTable:
 *
 * A set of objects found by a 64-bit number that each of them holds. The table keeps pointers to those numbers, so it owns
 * nothing and an object is found from its number's address. It grows and shrinks a few places with each change: no change
 * ever waits for all others to be moved, which with a million sessions would hold up everybody for tens of milliseconds.
 *
 * A number must not change while it is in the table. The numbers are our own (drawn, or counted), not a stranger's choice.
 * Not thread-safe. Costs 11 to 21 bytes for each object.
 */
typedef struct _GateTable GateTable;

GateTable *gate_table_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_table_free (GateTable *self);

/** gate_table_find: (nullable) (transfer none): the place of @number in the object that has it. */
guint64 *gate_table_find (const GateTable *self,
                          guint64          number);

/** gate_table_add: @number is borrowed until it is removed; its value must not be in the table yet. */
void gate_table_add (GateTable *self,
                     guint64   *number);

/** gate_table_remove: %FALSE when nobody has @number. */
gboolean gate_table_remove (GateTable *self,
                            guint64    number);
guint gate_table_get_size (const GateTable *self);

/** GateTableIter: every number once, in no order. The table must not be changed meanwhile. */
typedef struct {
  const GateTable *table;
  guint array;
  gsize slot;
} GateTableIter;

void gate_table_iter_init (GateTableIter   *iter,
                           const GateTable *table);

/** gate_table_iter_next: (nullable): %NULL at the end. */
guint64 *gate_table_iter_next (GateTableIter *iter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateTable, gate_table_free)

G_END_DECLS
