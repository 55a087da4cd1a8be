/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/** UsherTransferDialog: who gets the chat, with a note for them. */
#define USHER_TYPE_TRANSFER_DIALOG (usher_transfer_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UsherTransferDialog, usher_transfer_dialog, USHER, TRANSFER_DIALOG, AdwWindow)

/** usher_transfer_dialog_new: @conversations: of #UsherConversation: all of them go to one colleague or queue. */
GtkWidget *
usher_transfer_dialog_new (GtkWindow *parent, UsherSession *session, GPtrArray *conversations);

G_END_DECLS
