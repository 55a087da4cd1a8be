/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/* The one formatter of times, numbers and of the words for states. All results are translated; (transfer full) where not const. */

/** usher_format_clock: of a wall time: the time of day, 14:05. */
char *usher_format_clock (gint64 ts_us) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_day: of a wall time: Today, Yesterday, or the date. */
char *usher_format_day (gint64 ts_us,
                        gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_date: of a wall time: the date with its year, for what is read elsewhere and later. */
char *usher_format_date (gint64 ts_us) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_when: short: the time of day, or the date when it was not today. */
char *usher_format_when (gint64 ts_us,
                         gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_until: when something wakes: 14:00, tomorrow 09:00, or the date. */
char *usher_format_until (gint64 until_us,
                          gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_inside: which colleagues look at it or write in it, as a sentence; "" when nobody does. */
char *usher_format_inside (UsherConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_visitor: what somebody is called, in one line of at most @max_chars; who gave no name is told apart by their number. */
char *
usher_format_visitor (const char *name, guint64 visitor, guint max_chars) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_waiting: how long somebody waits: 0:42, 12:05, 3 h 12 min. */
char *usher_format_waiting (gint64 duration_us) G_GNUC_WARN_UNUSED_RESULT;

/** usher_format_age: 0.4 s, 12 s, 3 min: how fresh something is. */
char *usher_format_age (gint64 duration_us) G_GNUC_WARN_UNUSED_RESULT;

gboolean usher_is_same_day (gint64 a_us,
                            gint64 b_us);

const char *usher_format_state (UsherState state);
const char *usher_format_delivery (UsherDelivery delivery);
const char *usher_delivery_to_icon_name (UsherDelivery delivery);
const char *usher_format_channel (guint channel);
const char *usher_channel_to_icon_name (guint channel);

G_END_DECLS
