/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-application.h"
#include "usher-autostart.h"
#include "usher-macro-list.h"
#include "usher-notifier.h"
#include "usher-session.h"
#include "usher-window.h"

G_BEGIN_DECLS

struct _UsherApplication {
  AdwApplication parent_instance;

  char *gateway_url; /* of the command line; NULL: as in the settings */
  char *profile_dir;
  GSettings *settings;
  UsherMacroList *macros; /* for their keys */
  UsherSession *session;
  GSignalGroup *session_signals;
  UsherNotifier *notifier;
  UsherWindow *window;    /* borrowed; the application's list owns it */
  GtkWidget *preferences; /* (nullable): of this session; a weak pointer */
  GCancellable *cancellable;
  char *login;         /* typed on the sign-in page */
  char *password_file; /* (nullable): --password-file: signs in by itself, for demos and tests */
  gboolean starts_accepting; /* --accepting */
  gboolean starts_hidden;    /* --background, until it has started */
};

/* usher-application-background.c */
int usher_application_start_hidden (UsherApplication *self);
UsherAutostart *usher_application_make_autostart (UsherApplication *self) G_GNUC_WARN_UNUSED_RESULT;

void usher_application_stop_autostart (UsherApplication *self);

/** usher_application_drop_preferences: they are about a session that is no more. */
void usher_application_drop_preferences (UsherApplication *self);

/* usher-application-sign-in.c */
void usher_application_open_session (UsherApplication *self,
                                     const char       *gateway_url);
void usher_application_resume (UsherApplication *self);
void usher_application_connect_sign_in (UsherApplication *self,
                                        UsherSignIn      *page);
void usher_application_ask_sign_in (UsherApplication *self,
                                    const char       *problem);

/** usher_application_signed_out: the session has ended; @reason: as of its signal `signed-out` */
void usher_application_signed_out (UsherApplication *self,
                                   const char       *reason);

/** usher_application_forget: as if this program had never run here. */
void usher_application_forget (UsherApplication *self);

G_END_DECLS
