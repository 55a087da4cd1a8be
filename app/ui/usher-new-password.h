/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * usher_new_password_dup_problem:
 *
 * What the gateway would refuse in a new password that was typed into @first and again into @again, as a sentence that says what to do.
 * The one to be typed again gets the focus.
 *
 * Returns: (transfer full) (nullable): %NULL: nothing
 */
char *
usher_new_password_dup_problem (GtkEditable *first, GtkEditable *again) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
