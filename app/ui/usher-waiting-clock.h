/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** UsherWaitingClock: how long somebody waits; colour and shape say how much of the target is used up. */
#define USHER_TYPE_WAITING_CLOCK (usher_waiting_clock_get_type ())
G_DECLARE_FINAL_TYPE (UsherWaitingClock, usher_waiting_clock, USHER, WAITING_CLOCK, GtkWidget)

GtkWidget *usher_waiting_clock_new (void);

/** usher_waiting_clock_set: hidden when @waiting_us is negative (nobody waits). */
void usher_waiting_clock_set (UsherWaitingClock *self,
                              gint64             waiting_us,
                              gint64             target_us);

G_END_DECLS
