/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherHandoverWindow: the shift that is handed over. What is done stands in the session: the window can be closed and opened again. While it is
 * open nothing new is offered to the agent.
 */
#define USHER_TYPE_HANDOVER_WINDOW (usher_handover_window_get_type ())
G_DECLARE_FINAL_TYPE (UsherHandoverWindow, usher_handover_window, USHER, HANDOVER_WINDOW, AdwWindow)

GtkWidget *usher_handover_window_new (GtkWindow    *parent,
                                      UsherSession *session);

G_END_DECLS
