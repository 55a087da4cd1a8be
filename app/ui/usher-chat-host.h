/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-conversation-view.h"
#include "usher-notices.h"

G_BEGIN_DECLS

/**
 * UsherChatHost:
 *
 * A window in which one chat is the current one. Whoever is one has the commands that are about its lines and its composer; their keys are
 * in `usher-actions.c`.
 */
#define USHER_TYPE_CHAT_HOST (usher_chat_host_get_type ())
G_DECLARE_INTERFACE (UsherChatHost, usher_chat_host, USHER, CHAT_HOST, GtkWidget)

struct _UsherChatHostInterface {
  GTypeInterface parent_iface;

  UsherConversationView *(*get_view) (UsherChatHost *self);
  UsherNotices *(*get_notices) (UsherChatHost *self);
};

/** usher_chat_host_get_view: (transfer none): of the current chat */
UsherConversationView *usher_chat_host_get_view (UsherChatHost *self);
UsherNotices *usher_chat_host_get_notices (UsherChatHost *self);

/** usher_chat_host_install_actions: @widget_class: of a type that is a #UsherChatHost */
void usher_chat_host_install_actions (GtkWidgetClass *widget_class);

/** usher_chat_host_menu_new: what can be done with the chat, and with its lines. */
GMenuModel *usher_chat_host_menu_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** usher_chat_host_update_actions: disabled, not hidden: a command that does nothing now says so. */
void usher_chat_host_update_actions (UsherChatHost *self);

G_END_DECLS
