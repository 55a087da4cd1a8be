/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-notifier.h"
#include "usher-session.h"
#include "usher-sign-in.h"

G_BEGIN_DECLS

/**
 * UsherWindow:
 *
 * The window of PRODUCT 5.1: list, conversation, visitor; the panes fold when it is narrow. Without a session, or when the session asks for
 * it, the sign-in page. Commands are its actions; their keys are in `usher-actions.c`.
 */
#define USHER_TYPE_WINDOW (usher_window_get_type ())
G_DECLARE_FINAL_TYPE (UsherWindow, usher_window, USHER, WINDOW, AdwApplicationWindow)

/** usher_window_new: @application: (nullable): in tests */
GtkWidget *usher_window_new (GtkApplication *application,
                             GSettings      *settings);

/** usher_window_set_session: @session: (nullable) */
void usher_window_set_session (UsherWindow  *self,
                               UsherSession *session);

/** usher_window_set_notifier: @notifier: (nullable): is told what the agent looks at */
void usher_window_set_notifier (UsherWindow   *self,
                                UsherNotifier *notifier);

/** usher_window_show_desk: the panes, with what the session knows by now. */
void usher_window_show_desk (UsherWindow *self);

/** usher_window_show_sign_in: (transfer none): the sign-in page, now on screen */
UsherSignIn *usher_window_show_sign_in (UsherWindow *self);

/** usher_window_show_conversation: brings the window and @conversation to the front. */
void usher_window_show_conversation (UsherWindow       *self,
                                     UsherConversation *conversation);

/** usher_window_notice: one line for a few seconds; @level as of the session's signal `notice`. */
void usher_window_notice (UsherWindow *self,
                          guint        level,
                          const char  *text);

/** usher_window_save_png: what the window looks like, without popovers and dialogs; for tests and pictures. */
gboolean usher_window_save_png (UsherWindow *self,
                                const char  *path);

G_END_DECLS
