/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UsherSuggestionBar:
 *
 * Replies that are suggested, above the composer; nothing at all while there are none. Signals: `taken` (UsherSuggestion *), `dismissed`.
 */
#define USHER_TYPE_SUGGESTION_BAR (usher_suggestion_bar_get_type ())
G_DECLARE_FINAL_TYPE (UsherSuggestionBar, usher_suggestion_bar, USHER, SUGGESTION_BAR, GtkWidget)

/** usher_suggestion_bar_set_model: @model: (nullable): GListModel of UsherSuggestion */
void usher_suggestion_bar_set_model (UsherSuggestionBar *self,
                                     GListModel         *model);
GListModel *usher_suggestion_bar_get_model (UsherSuggestionBar *self);

G_END_DECLS
