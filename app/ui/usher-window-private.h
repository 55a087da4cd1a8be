/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-alarm-bar.h"
#include "usher-conversation-actions.h"
#include "usher-canned.h"
#include "usher-conversation-view.h"
#include "usher-offer-bar.h"
#include "usher-sidebar.h"
#include "usher-step-indicator.h"
#include "usher-visitor-pane.h"
#include "usher-waiting-clock.h"
#include "usher-window.h"

G_BEGIN_DECLS

struct _UsherWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *pages;
  UsherSignIn *sign_in;
  AdwLeaflet *leaflet;
  GtkWidget *list_pane;
  GtkWidget *chat_pane;
  GtkToggleButton *accepting;
  GtkImage *accepting_icon;
  GtkLabel *accepting_label;
  UsherStepIndicator *step;
  UsherSidebar *sidebar;
  AdwWindowTitle *title;
  UsherWaitingClock *clock;
  GtkToggleButton *visitor_toggle;
  UsherOfferBar *offer_bar;
  AdwFlap *flap;
  GtkStack *chat_stack;
  UsherConversationView *view;
  UsherVisitorPane *visitor_pane;
  GtkMenuButton *chat_menu;
  UsherAlarmBar *alarm_bar;

  UsherConversationActions *actions; /* of the conversation shown */
  AdwToast *undo_toast;              /* borrowed, while it is shown */
  GClosure *undo;                    /* (nullable): what it offers */
  GSettings *settings;
  UsherCannedList *canned;
  UsherSession *session;
  UsherNotifier *notifier;
  GSignalGroup *session_signals;
  GSignalGroup *conversation_signals;
  GSignalGroup *offer_signals;
  GSignalGroup *notifier_signals;
  UsherConversation *conversation; /* shown */
  UsherConversation *previous;     /* shown before it */
  guint tick_id;
  gint64 noticed_us; /* when the last notice of this text was shown */
  char *noticed;
};

/* usher-window-actions.c */
void usher_window_install_actions (GtkWidgetClass *widget_class);
void usher_window_update_actions (UsherWindow *self);

/* usher-window-header.c: what the header bars say. */
void usher_window_update_title (UsherWindow *self);
void usher_window_update_accepting (UsherWindow *self);
void usher_window_update_clock (UsherWindow *self);

/* usher-window-alerts.c: the top of the ladder, and the count in the title. */
void usher_window_alerts_init (UsherWindow *self);
void usher_window_alerts_install (GtkWidgetClass *widget_class);
void usher_window_update_alerts (UsherWindow *self);

/* usher-window.c */
void usher_window_select (UsherWindow       *self,
                          UsherConversation *conversation);
UsherConversation *usher_window_get_offer (UsherWindow *self);

G_END_DECLS
