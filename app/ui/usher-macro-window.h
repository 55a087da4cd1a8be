/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-macro-list.h"

G_BEGIN_DECLS

/** UsherMacroWindow: one's macros: write, change, delete (with undo). What is typed is kept as it is typed. */
#define USHER_TYPE_MACRO_WINDOW (usher_macro_window_get_type ())
G_DECLARE_FINAL_TYPE (UsherMacroWindow, usher_macro_window, USHER, MACRO_WINDOW, AdwWindow)

/** usher_macro_window_new: @session: for whom a chat can be transferred to, and what it can be closed with; @settings: for the commands' keys */
GtkWidget *usher_macro_window_new (GtkWindow      *parent,
                                   UsherMacroList *list,
                                   UsherSession   *session,
                                   GSettings      *settings);

G_END_DECLS
