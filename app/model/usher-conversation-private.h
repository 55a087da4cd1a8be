/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-conversation.h"

G_BEGIN_DECLS

/*
 * A conversation tells the list it stands in about every change. A signal handler on each of ten thousand conversations would do
 * the same for 200 bytes apiece.
 */
UsherConversationList *usher_conversation_get_list (UsherConversation *self);
void usher_conversation_set_list (UsherConversation     *self,
                                  UsherConversationList *list);
void
usher_conversation_list_item_changed (UsherConversationList *self, UsherConversation *conversation);

G_END_DECLS
