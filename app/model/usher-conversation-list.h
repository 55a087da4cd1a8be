/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherConversationList:
 *
 * A #GListModel of #UsherConversation in order of arrival; found by `conv` in O(1). A conversation stands in one list at a time:
 * adding it to another takes it out of the first. Also a property `n-items`.
 *
 * Signal `item-changed` (UsherConversation *): some property of one of its conversations has changed. The UI re-sorts on it.
 */
#define USHER_TYPE_CONVERSATION_LIST (usher_conversation_list_get_type ())
G_DECLARE_FINAL_TYPE (UsherConversationList,
                      usher_conversation_list,
                      USHER,
                      CONVERSATION_LIST,
                      GObject)

UsherConversationList *usher_conversation_list_new (void) G_GNUC_WARN_UNUSED_RESULT;

guint usher_conversation_list_get_n_items (UsherConversationList *self);

/** usher_conversation_list_find: (transfer none) (nullable) */
UsherConversation *usher_conversation_list_find (UsherConversationList *self,
                                                 guint64                conv);

/** usher_conversation_list_add: appends, unless its `conv` stands here already. */
void usher_conversation_list_add (UsherConversationList *self,
                                  UsherConversation     *conversation);

/** usher_conversation_list_add_many: appends a burst with one `items-changed`. */
void usher_conversation_list_add_many (UsherConversationList    *self,
                                       UsherConversation *const *conversations,
                                       gsize                     n_conversations);

/** usher_conversation_list_remove: Returns: whether it stood here. */
gboolean
usher_conversation_list_remove (UsherConversationList *self, UsherConversation *conversation);
void usher_conversation_list_remove_all (UsherConversationList *self);

G_END_DECLS
