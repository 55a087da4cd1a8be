/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-macro-runner.h"
#include "usher-section.h"
#include "usher-session.h"
#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherSidebar:
 *
 * The left list: Offered, Mine, Queue, Bot, Snoozed, Watching, Closed. Property `conversation` (writable): the selected one. It stays
 * selected while it moves from one section to another, and rows change their order only while nobody points at them. Several rows may be
 * chosen (Ctrl and Shift with a click or an arrow): then a bar below offers what can be done with all of them, and what is shown stays.
 *
 * Signal `undoable` (const char *text, GClosure *undo): as of #UsherConversationActions.
 */
#define USHER_TYPE_SIDEBAR (usher_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (UsherSidebar, usher_sidebar, USHER, SIDEBAR, GtkWidget)

GtkWidget *usher_sidebar_new (void);

/** usher_sidebar_set_session: @session: (nullable): for what is done with its rows */
void usher_sidebar_set_session (UsherSidebar *self,
                                UsherSession *session);

/** usher_sidebar_set_macros: how macros are run in its rows */
void usher_sidebar_set_macros (UsherSidebar     *self,
                               UsherMacroRunner *macros);

/** usher_sidebar_set_settings: of the console: which sections are folded, which views are saved */
void usher_sidebar_set_settings (UsherSidebar *self,
                                 GSettings    *settings);

/** usher_sidebar_open_filter: asks which rows shall be shown. */
void usher_sidebar_open_filter (UsherSidebar *self);

/** usher_sidebar_set_source: @model: (nullable): the session's list for section @kind */
void usher_sidebar_set_source (UsherSidebar     *self,
                               UsherSectionKind  kind,
                               GListModel       *model);

/** usher_sidebar_set_reply_target: seconds after which a visitor has waited too long. */
void usher_sidebar_set_reply_target (UsherSidebar *self,
                                     guint         target_s);
UsherConversation *usher_sidebar_get_conversation (UsherSidebar *self);
void usher_sidebar_set_conversation (UsherSidebar      *self,
                                     UsherConversation *conversation);

/** usher_sidebar_select_by: moves the selection by @delta rows; headings are no rows. */
void usher_sidebar_select_by (UsherSidebar *self,
                              int           delta);

/** usher_sidebar_get_nth_mine: (transfer none) (nullable): the @n-th of my chats, from 0, in the order shown. */
UsherConversation *usher_sidebar_get_nth_mine (UsherSidebar *self,
                                               guint         n);

/** usher_sidebar_get_next_waiting: (transfer none) (nullable): who of mine waits longest, other than the selected one if there is another. */
UsherConversation *usher_sidebar_get_next_waiting (UsherSidebar *self);

/** usher_sidebar_get_first_offer: (transfer none) (nullable): the offer that ends first. */
UsherConversation *usher_sidebar_get_first_offer (UsherSidebar *self);

void usher_sidebar_expand_all (UsherSidebar *self);

/** usher_sidebar_sort_now: for tests: as if nobody had pointed at the list for a while. */
void usher_sidebar_sort_now (UsherSidebar *self);

G_END_DECLS
