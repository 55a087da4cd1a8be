/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/** UsherCloseDialog: ends a chat, or finishes its wrap-up: how it went, in two choices and a line. Enter does it. */
#define USHER_TYPE_CLOSE_DIALOG (usher_close_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UsherCloseDialog, usher_close_dialog, USHER, CLOSE_DIALOG, AdwMessageDialog)

GtkWidget *
usher_close_dialog_new (GtkWindow *parent, UsherSession *session, UsherConversation *conversation);

G_END_DECLS
