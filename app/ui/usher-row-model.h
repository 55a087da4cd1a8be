/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherRowModel:
 *
 * A #GListModel as another one is, that can hold back its changes and tell them as one: a list view makes and drops some two hundred row
 * widgets for each change it hears of, and takes widgets over only within one.
 */
#define USHER_TYPE_ROW_MODEL (usher_row_model_get_type ())
G_DECLARE_FINAL_TYPE (UsherRowModel, usher_row_model, USHER, ROW_MODEL, GObject)

/** usher_row_model_new: @model: (transfer full) */
UsherRowModel *usher_row_model_new (GListModel *model) G_GNUC_WARN_UNUSED_RESULT;

/** usher_row_model_freeze: what changes until usher_row_model_thaw() is told then, at once. Nobody may look in between. */
void usher_row_model_freeze (UsherRowModel *self);
void usher_row_model_thaw (UsherRowModel *self);

G_END_DECLS
