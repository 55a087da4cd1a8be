/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-search.h"

G_BEGIN_DECLS

/**
 * UsherFindBar:
 *
 * Looks for words in the chat that is shown, and goes from one line that has them to the next, the newest first.
 *
 * Signals: `changed`: other words are looked for, or none any longer · `closed`: the focus has nowhere to be
 */
#define USHER_TYPE_FIND_BAR (usher_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (UsherFindBar, usher_find_bar, USHER, FIND_BAR, GtkWidget)

void usher_find_bar_set_session (UsherFindBar *self,
                                 UsherSession *session);

/** usher_find_bar_set_conversation: the bar closes without `closed`. */
void usher_find_bar_set_conversation (UsherFindBar      *self,
                                      UsherConversation *conversation);

/** usher_find_bar_open: the field has the focus, what it holds is selected. */
void usher_find_bar_open (UsherFindBar *self);

/** usher_find_bar_move: @step: 1: the next older line; -1: the next newer; opens when it is closed. */
void usher_find_bar_move (UsherFindBar *self,
                          int           step);

/** usher_find_bar_get_search: (transfer none) (nullable): what is looked for, while the bar is open. */
UsherSearch *usher_find_bar_get_search (UsherFindBar *self);

G_END_DECLS
