/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-canned-list.h"
#include "usher-macro-list.h"

G_BEGIN_DECLS

/** UsherMacroRunner: runs macros, and says in the window what was run, what was refused, and how it is taken back. */
#define USHER_TYPE_MACRO_RUNNER (usher_macro_runner_get_type ())
G_DECLARE_FINAL_TYPE (UsherMacroRunner, usher_macro_runner, USHER, MACRO_RUNNER, GObject)

UsherMacroRunner *
usher_macro_runner_new (UsherMacroList *macros, UsherCannedList *canned) G_GNUC_WARN_UNUSED_RESULT;

/** usher_macro_runner_get_macros: (transfer none) */
UsherMacroList *usher_macro_runner_get_macros (UsherMacroRunner *self);

/**
 * usher_macro_runner_run:
 * @conversations: of #UsherConversation; the macro is run in each of them, or in none
 * @origin: in a window that is a #UsherChatHost
 */
void usher_macro_runner_run (UsherMacroRunner *self,
                             UsherMacro       *macro,
                             UsherSession     *session,
                             GPtrArray        *conversations,
                             GtkWidget        *origin);

/** usher_macro_runner_choose: a list over @origin asks which; @conversations are referenced. */
void usher_macro_runner_choose (UsherMacroRunner *self,
                                UsherSession     *session,
                                GPtrArray        *conversations,
                                GtkWidget        *origin);

G_END_DECLS
