/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-alert.h"
#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherAlarm:
 *
 * Keeps the alert ladder of a session: looks once a second at what waits (and not at all while nothing does), and says what has risen.
 * Internal to `session`: the UI sees what comes of it on #UsherNotifier.
 *
 * Signals:
 *   raised (UsherConversation *, guint level, guint senses): the loudest of those that have risen since the last look
 *   changed: usher_alarm_get_n_waiting() or usher_alarm_get_late() says something else
 */
#define USHER_TYPE_ALARM (usher_alarm_get_type ())
G_DECLARE_FINAL_TYPE (UsherAlarm, usher_alarm, USHER, ALARM, GObject)

/** usher_alarm_new: @settings: those of the console; the session outlives it. */
UsherAlarm *usher_alarm_new (UsherSession *session,
                             GSettings    *settings) G_GNUC_WARN_UNUSED_RESULT;

/** usher_alarm_look: what a second's tick does, with the clock given. @minute: of the day. */
void usher_alarm_look (UsherAlarm *self,
                       gint64      now_us,
                       guint       minute);

/** usher_alarm_get_senses: how @conversation may be announced now, at the level at which it stands or at @least. */
UsherSenses
usher_alarm_get_senses (UsherAlarm *self, UsherConversation *conversation, UsherAlertLevel least);

/** usher_alarm_hush: neither bar nor sound of the alarm for five minutes. */
void usher_alarm_hush (UsherAlarm *self);
guint usher_alarm_get_n_waiting (UsherAlarm *self);

/** usher_alarm_get_late: (transfer none) (nullable): whom the bar is about: who has waited longest at the last level. */
UsherConversation *usher_alarm_get_late (UsherAlarm *self);

G_END_DECLS
