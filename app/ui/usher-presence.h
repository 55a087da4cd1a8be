/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherPresence:
 *
 * Three facts that other programs stir into one dot, as three: whether the link is alive, whether somebody is here, whether chats are
 * accepted. The last can be changed here.
 */
#define USHER_TYPE_PRESENCE (usher_presence_get_type ())
G_DECLARE_FINAL_TYPE (UsherPresence, usher_presence, USHER, PRESENCE, GtkWidget)

GtkWidget *usher_presence_new (void);

/** usher_presence_set_session: @session: (nullable) */
void usher_presence_set_session (UsherPresence *self,
                                 UsherSession  *session);

G_END_DECLS
