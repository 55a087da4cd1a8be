/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-types.h"

G_BEGIN_DECLS

/** UsherAlarmBar: the last level of the alert ladder: across the whole window, who is late, and the way there. */
#define USHER_TYPE_ALARM_BAR (usher_alarm_bar_get_type ())
G_DECLARE_FINAL_TYPE (UsherAlarmBar, usher_alarm_bar, USHER, ALARM_BAR, GtkWidget)

GtkWidget *usher_alarm_bar_new (void);

/** usher_alarm_bar_set_conversation: @conversation: (nullable): nobody is late. */
void usher_alarm_bar_set_conversation (UsherAlarmBar     *self,
                                       UsherConversation *conversation);

G_END_DECLS
