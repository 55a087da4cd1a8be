/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-conversation.h"
#include "usher-notices.h"
#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherNarrator:
 *
 * Says to a screen reader what others see happen in a window while it is active: lines of the chat that is shown at once, those of other chats counted
 * and by and by, offers, notices, the connection. What was there before is never read again.
 *
 * GTK can announce since 4.14. Before, the one thing that Orca reads without being asked is another name of the active window: there it is said, with
 * the window's title behind it, and is gone with the focus.
 */
#define USHER_TYPE_NARRATOR (usher_narrator_get_type ())
G_DECLARE_FINAL_TYPE (UsherNarrator, usher_narrator, USHER, NARRATOR, GObject)

/** usher_narrator_new: @window: borrowed: it owns the narrator; @notices: whose are said too */
UsherNarrator *
usher_narrator_new (GtkWindow *window, UsherNotices *notices) G_GNUC_WARN_UNUSED_RESULT;
void usher_narrator_set_session (UsherNarrator *self,
                                 UsherSession  *session);

/** usher_narrator_set_conversation: @conversation: (nullable): the one the agent is at */
void usher_narrator_set_conversation (UsherNarrator     *self,
                                      UsherConversation *conversation);

/** usher_narrator_say: in its turn, unless the window is not active. */
void usher_narrator_say (UsherNarrator *self,
                         const char    *text);

G_END_DECLS
