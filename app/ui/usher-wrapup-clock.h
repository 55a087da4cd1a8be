/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherWrapupClock: how long one of my chats that has ended still waits for its form; hidden while none does. It looks as the clock of those who wait;
 * what it says to a screen reader changes in steps of ten seconds.
 */
#define USHER_TYPE_WRAPUP_CLOCK (usher_wrapup_clock_get_type ())
G_DECLARE_FINAL_TYPE (UsherWrapupClock, usher_wrapup_clock, USHER, WRAPUP_CLOCK, GtkWidget)

/** usher_wrapup_clock_set_conversation: (nullable) */
void usher_wrapup_clock_set_conversation (UsherWrapupClock  *self,
                                          UsherConversation *conversation);

G_END_DECLS
