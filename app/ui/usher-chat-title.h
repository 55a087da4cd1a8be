/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherChatTitle:
 *
 * Who a chat is with, on what channel, in whose hands, and how long the visitor waits. Property `reply-target-s` (guint, writable): seconds
 * after which they have waited too long.
 */
#define USHER_TYPE_CHAT_TITLE (usher_chat_title_get_type ())
G_DECLARE_FINAL_TYPE (UsherChatTitle, usher_chat_title, USHER, CHAT_TITLE, GtkWidget)

GtkWidget *usher_chat_title_new (void);

/** usher_chat_title_set_conversation: @conversation: (nullable) */
void usher_chat_title_set_conversation (UsherChatTitle    *self,
                                        UsherConversation *conversation);

/** usher_chat_title_set_is_compact: the name and the clock only. */
void usher_chat_title_set_is_compact (UsherChatTitle *self,
                                      gboolean        is_compact);

/** usher_chat_title_dup_name: (transfer full): what a visitor is called where nothing better is known, fit to be shown. */
char *usher_chat_title_dup_name (UsherConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
