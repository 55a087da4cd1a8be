/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-macro-runner.h"
#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherConversationActions:
 *
 * What can be done with conversations, as actions (`claim`, `transfer`, `close`, `reopen`, `snooze`, `snooze-hour`, `snooze-afternoon`,
 * `snooze-tomorrow`, `snooze-pick`, `wake`, `toggle-hold`, `join`, `take-over`, `toggle-watch`, `edit-labels`, `run-macro`, `macro`
 * with the id of one). Its targets are one
 * conversation or several; an action is enabled while it is possible for one of them, by state and by right, and acts on those for which
 * it is. Insert the group as `conversation` where menus and keys look for it: the window, a menu of a row, the bar for several rows.
 *
 * Signal `undoable` (const char *text, GClosure *undo): something was done that can be taken back.
 */
#define USHER_TYPE_CONVERSATION_ACTIONS (usher_conversation_actions_get_type ())
G_DECLARE_FINAL_TYPE (UsherConversationActions,
                      usher_conversation_actions,
                      USHER,
                      CONVERSATION_ACTIONS,
                      GObject)

/** usher_conversation_actions_new: @origin: the widget that owns it; its window is the parent of dialogs, and popovers point at it. */
UsherConversationActions *
usher_conversation_actions_new (GtkWidget *origin) G_GNUC_WARN_UNUSED_RESULT;

/** usher_conversation_actions_get_group: (transfer none) */
GActionGroup *usher_conversation_actions_get_group (UsherConversationActions *self);
void usher_conversation_actions_set_session (UsherConversationActions *self,
                                             UsherSession             *session);

/** usher_conversation_actions_set_macros: @macros: (nullable): how macros are run */
void
usher_conversation_actions_set_macros (UsherConversationActions *self, UsherMacroRunner *macros);

/** usher_conversation_actions_set_target: @conversation: (nullable) */
void usher_conversation_actions_set_target (UsherConversationActions *self,
                                            UsherConversation        *conversation);

/** usher_conversation_actions_set_targets: @conversations: of #UsherConversation; they are referenced */
void
usher_conversation_actions_set_targets (UsherConversationActions *self, GPtrArray *conversations);

/** usher_conversation_actions_update: what depends on the time of day; call it before a menu opens. */
void usher_conversation_actions_update (UsherConversationActions *self);

/** usher_conversation_menu_new: (transfer full): the menu of a conversation, of actions in the group `conversation`. */
GMenuModel *usher_conversation_menu_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
