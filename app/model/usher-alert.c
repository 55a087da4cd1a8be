/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-alert.h"

/* An offer that is about to go to somebody else. */
#define LAST_CALL_US ((gint64) 10 * G_USEC_PER_SEC)

static const gint64 never_us = G_MAXINT64;

/* A supervisor hears of a queue later than its agents, and never as an alarm: they were asked first. */
static const guint supervisor_percent[USHER_ALERT_N_LEVELS] = {
  [USHER_ALERT_BADGE] = 100,
  [USHER_ALERT_NOTICE] = 100,
  [USHER_ALERT_URGENT] = 200,
};

static gint64
waiting_rises_us (const UsherAlertThing *thing,
                  const UsherAlertRules *rules,
                  UsherAlertLevel        level)
{
  guint percent =
    thing->role == USHER_ALERT_OWNER ? rules->from_percent[level] : supervisor_percent[level];

  if (thing->role == USHER_ALERT_SUPERVISOR && level == USHER_ALERT_ALARM)
    return never_us;
  if (thing->queue_rule == USHER_QUEUE_EAGER)
    percent /= 2;
  return thing->since_us + rules->target_us / 100 * percent;
}

/* When it reaches this level. */
static gint64
rises_us (const UsherAlertThing *thing,
          const UsherAlertRules *rules,
          UsherAlertLevel        level)
{
  gboolean is_told = thing->queue_rule != USHER_QUEUE_CALM && !thing->is_in_sight;

  if (thing->since_us == 0 && thing->role != USHER_ALERT_OFFERED)
    return never_us;
  if (level > USHER_ALERT_BADGE && !is_told)
    return never_us;
  if (thing->role != USHER_ALERT_OFFERED)
    return waiting_rises_us (thing, rules, level);
  return level == USHER_ALERT_ALARM ? thing->deadline_us - LAST_CALL_US : 0;
}

UsherAlertLevel
usher_alert_level (const UsherAlertThing *thing,
                   const UsherAlertRules *rules,
                   gint64                 now_us)
{
  for (guint level = USHER_ALERT_ALARM; level > USHER_ALERT_NONE; level--)
    if (rises_us (thing, rules, level) <= now_us)
      return level;
  return USHER_ALERT_NONE;
}

static gboolean
is_quiet (const UsherAlertRules *rules,
          guint                  minute)
{
  if (!rules->has_quiet_hours)
    return FALSE;
  if (rules->quiet_from <= rules->quiet_to)
    return minute >= rules->quiet_from && minute < rules->quiet_to;
  return minute >= rules->quiet_from || minute < rules->quiet_to;
}

UsherSenses
usher_alert_senses (const UsherAlertRules *rules,
                    UsherAlertLevel        level,
                    guint                  minute)
{
  gboolean is_inside = level == USHER_ALERT_BADGE || level == USHER_ALERT_ALARM;

  if (level == USHER_ALERT_NONE)
    return USHER_SENSE_NONE;
  if (!is_quiet (rules, minute))
    return rules->senses[level];
  return is_inside ? rules->senses[level] & USHER_SENSE_VISUAL : USHER_SENSE_NONE;
}
