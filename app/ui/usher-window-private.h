/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-alarm-bar.h"
#include "usher-chat-host.h"
#include "usher-chat-title.h"
#include "usher-chat-window.h"
#include "usher-conversation-actions.h"
#include "usher-canned-list.h"
#include "usher-conversation-view.h"
#include "usher-dictionaries.h"
#include "usher-narrator.h"
#include "usher-notices.h"
#include "usher-offer-bar.h"
#include "usher-presence.h"
#include "usher-sidebar.h"
#include "usher-step-indicator.h"
#include "usher-tiles.h"
#include "usher-visitor-pane.h"
#include "usher-window.h"

G_BEGIN_DECLS

struct _UsherWindow {
  AdwApplicationWindow parent_instance;

  GtkOverlay *overlay;
  GtkStack *pages;
  UsherSignIn *sign_in;
  AdwLeaflet *leaflet;
  GtkWidget *list_pane;
  GtkWidget *chat_pane;
  GtkToggleButton *accepting;
  GtkImage *accepting_icon;
  GtkLabel *accepting_label;
  GtkMenuButton *presence_button;
  UsherPresence *presence;
  UsherStepIndicator *step;
  UsherSidebar *sidebar;
  UsherChatTitle *title;
  GtkToggleButton *visitor_toggle;
  UsherOfferBar *offer_bar;
  AdwFlap *flap;
  UsherTiles *tiles;
  UsherVisitorPane *visitor_pane;
  GtkMenuButton *chat_menu;
  UsherAlarmBar *alarm_bar;

  UsherConversationView *view;       /* borrowed: of the current tile */
  GPtrArray *torn;                   /* of UsherChatWindow */
  UsherConversationActions *actions; /* of the conversation shown */
  UsherNotices *notices;
  UsherNarrator *narrator;
  GSettings *settings;
  UsherCannedList *canned;
  GtkWidget *handover; /* (nullable): its page while it is open; a weak pointer */
  UsherDictionaries *dictionaries;
  UsherMacroRunner *macros;
  UsherSession *session;
  UsherNotifier *notifier;
  GSignalGroup *session_signals;
  GSignalGroup *conversation_signals;
  GSignalGroup *offer_signals;
  GSignalGroup *notifier_signals;
  UsherConversation *conversation; /* shown */
  UsherConversation *previous;     /* shown before it */
};

/* usher-window-actions.c */
void usher_window_install_actions (GtkWidgetClass *widget_class);
void usher_window_update_actions (UsherWindow *self);

/* usher-window-header.c: what the header bars say. */
void usher_window_update_accepting (UsherWindow *self);

/* usher-window-alerts.c: the top of the ladder, and the count in the title. */
void usher_window_alerts_init (UsherWindow *self);
void usher_window_alerts_install (GtkWidgetClass *widget_class);
void usher_window_update_alerts (UsherWindow *self);

/* usher-window-tiles.c: several chats at once, beside each other or in windows of their own. */
void usher_window_tiles_install (GtkWidgetClass *widget_class);
void usher_window_update_tiles (UsherWindow *self);
gboolean usher_window_is_elsewhere (UsherWindow       *self,
                                    UsherConversation *conversation);

/** usher_window_go_elsewhere: to the window @conversation has of its own. %FALSE: it has none. */
gboolean usher_window_go_elsewhere (UsherWindow       *self,
                                    UsherConversation *conversation);
void usher_window_close_torn (UsherWindow *self);

/* usher-window.c */

/** usher_window_set_up_view: what every view of this window, or torn off it, gets. */
void usher_window_set_up_view (UsherWindow           *self,
                               UsherConversationView *view);
void usher_window_select (UsherWindow       *self,
                          UsherConversation *conversation);
UsherConversation *usher_window_get_offer (UsherWindow *self);

G_END_DECLS
