/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherMergeDialog:
 *
 * With whom the visitor of a chat is one person: a few letters and Enter, those who have the same address first; and side by side what
 * will stand. It leaves the window below alone: chats go on.
 *
 * Signal `undoable` (const char *text, GClosure *undo): what was done can be taken back
 */
#define USHER_TYPE_MERGE_DIALOG (usher_merge_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UsherMergeDialog, usher_merge_dialog, USHER, MERGE_DIALOG, AdwWindow)

GtkWidget *
usher_merge_dialog_new (GtkWindow *parent, UsherSession *session, UsherConversation *conversation);

G_END_DECLS
