/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-macro-step.h"

G_BEGIN_DECLS

/**
 * UsherMacroStepRow: one step as it is written: what it is, with what, and buttons that move it or take it away.
 *
 * Signals: `move` (int: -1 to be done earlier, 1 later); `remove`.
 */
#define USHER_TYPE_MACRO_STEP_ROW (usher_macro_step_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherMacroStepRow, usher_macro_step_row, USHER, MACRO_STEP_ROW, GtkListBoxRow)

GtkWidget *usher_macro_step_row_new (UsherMacroStep *step,
                                     UsherSession   *session);

/** usher_macro_step_row_get_step: (transfer none) */
UsherMacroStep *usher_macro_step_row_get_step (UsherMacroStepRow *self);

/** usher_macro_step_row_set_number: which step it is, from 1, as a refusal names it */
void usher_macro_step_row_set_number (UsherMacroStepRow *self,
                                      guint              number);

/** usher_macro_step_row_focus: where its argument is written; without one, its first button */
void usher_macro_step_row_focus (UsherMacroStepRow *self);

G_END_DECLS
