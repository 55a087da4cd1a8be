/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-macro-list.h"

G_BEGIN_DECLS

/**
 * UsherMacroChooser: a few letters and Enter say which macro is run.
 *
 * Signal `chosen` (UsherMacro *): after it has closed.
 */
#define USHER_TYPE_MACRO_CHOOSER (usher_macro_chooser_get_type ())
G_DECLARE_FINAL_TYPE (UsherMacroChooser, usher_macro_chooser, USHER, MACRO_CHOOSER, GtkPopover)

/** usher_macro_chooser_popup: (transfer none): over @origin, until it is closed */
UsherMacroChooser *
usher_macro_chooser_popup (GtkWidget *origin, UsherMacroList *macros, UsherSession *session);

G_END_DECLS
