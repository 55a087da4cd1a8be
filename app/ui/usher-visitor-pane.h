/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/** UsherVisitorPane: who the visitor is, where they are, and what was before. Signals: `open` (UsherConversation *): an earlier chat · `undoable`: as of UsherContactEditor. */
#define USHER_TYPE_VISITOR_PANE (usher_visitor_pane_get_type ())
G_DECLARE_FINAL_TYPE (UsherVisitorPane, usher_visitor_pane, USHER, VISITOR_PANE, GtkWidget)

GtkWidget *usher_visitor_pane_new (void);

/** usher_visitor_pane_set: all of them or none */
void usher_visitor_pane_set (UsherVisitorPane  *self,
                             UsherSession      *session,
                             UsherContact      *contact,
                             UsherConversation *conversation);

G_END_DECLS
