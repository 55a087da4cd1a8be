/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UsherKeyRow:
 *
 * Keys, and how others are chosen: Enter on the row, then the new ones. Backspace: none; Esc: as they were. Keys that cannot be a command's
 * are refused with a sentence, and the row goes on waiting. One row of a window waits at a time.
 *
 * Signal `chosen` (const char *accel (nullable)).
 */
#define USHER_TYPE_KEY_ROW (usher_key_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherKeyRow, usher_key_row, USHER, KEY_ROW, AdwActionRow)

/** UsherKeyProblem: (transfer full) (nullable): a sentence on why @accel is not to be had */
typedef char *(*UsherKeyProblem) (const char *accel, gpointer user_data);

GtkWidget *usher_key_row_new (const char *title);

/** usher_key_row_set_accel: (nullable): those it has now */
void usher_key_row_set_accel (UsherKeyRow *self,
                              const char  *accel);

/** usher_key_row_set_problem: asked besides what holds for all keys; @user_data outlives the row */
void usher_key_row_set_problem (UsherKeyRow     *self,
                                UsherKeyProblem  problem,
                                gpointer         user_data);

/** usher_key_row_listen: waits for the new keys, as if the row had been activated. */
void usher_key_row_listen (UsherKeyRow *self);

G_END_DECLS
