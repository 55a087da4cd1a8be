/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-types.h"

G_BEGIN_DECLS

/** UsherConversationRow: one conversation in the left list. */
#define USHER_TYPE_CONVERSATION_ROW (usher_conversation_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherConversationRow,
                      usher_conversation_row,
                      USHER,
                      CONVERSATION_ROW,
                      GtkWidget)

GtkWidget *usher_conversation_row_new (void);
void usher_conversation_row_set_conversation (UsherConversationRow *self,
                                              UsherConversation    *conversation);
UsherConversation *usher_conversation_row_get_conversation (UsherConversationRow *self);

/** usher_conversation_row_tick: once a second: the clocks move. Both times are wall clock. */
void usher_conversation_row_tick (UsherConversationRow *self,
                                  gint64                now_us,
                                  gint64                target_us);

G_END_DECLS
