/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-conversation-view.h"
#include "usher-macro-runner.h"
#include "usher-notifier.h"

G_BEGIN_DECLS

/**
 * UsherChatWindow:
 *
 * One chat in a window of its own, for another place on the desk. What it cannot do by itself (the next chat, the palette, an offer) it has
 * the desk do. Closing it closes no chat.
 *
 * Signals: `next`: send and go to the next who waits; `open` (UsherConversation *): an earlier chat; `bring-back`: back to the desk.
 */
#define USHER_TYPE_CHAT_WINDOW (usher_chat_window_get_type ())
G_DECLARE_FINAL_TYPE (UsherChatWindow, usher_chat_window, USHER, CHAT_WINDOW, AdwApplicationWindow)

/** usher_chat_window_new: @desk: the window that it was torn off; it outlives this one. The view still needs a session and its settings. */
GtkWidget *usher_chat_window_new (GtkWindow *desk,
                                  GSettings *settings);

/** usher_chat_window_set_macros: how macros are run in it */
void usher_chat_window_set_macros (UsherChatWindow  *self,
                                   UsherMacroRunner *macros);

/** usher_chat_window_get_view: (transfer none) */
UsherConversationView *usher_chat_window_get_view (UsherChatWindow *self);

/** usher_chat_window_show: @notifier: (nullable): is told what the agent looks at */
void usher_chat_window_show (UsherChatWindow   *self,
                             UsherSession      *session,
                             UsherNotifier     *notifier,
                             UsherConversation *conversation);

/** usher_chat_window_get_conversation: (transfer none) */
UsherConversation *usher_chat_window_get_conversation (UsherChatWindow *self);

G_END_DECLS
