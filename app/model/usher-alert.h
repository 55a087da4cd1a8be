/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/*
 * The alert ladder: how loudly somebody who waits is announced, as a pure function of what waits, what the agent wants, and the clock.
 *
 * Each level has its way to the eye and its way to the ear, and an agent chooses either, both or none for each, so that one who
 * cannot hear and one who cannot see are both told. To the eye: a count, a notification, the notification again as an urgent
 * one, a bar across the window. To the ear: four sounds, the last of which repeats.
 */
typedef enum {
  USHER_ALERT_NONE,
  USHER_ALERT_BADGE,  /* somebody waits */
  USHER_ALERT_NOTICE, /* look soon */
  USHER_ALERT_URGENT, /* look now */
  USHER_ALERT_ALARM,  /* the promise is broken, or the offer is about to go */
  USHER_ALERT_N_LEVELS,
} UsherAlertLevel;

typedef enum {
  USHER_SENSE_NONE = 0,
  USHER_SENSE_VISUAL = 1,
  USHER_SENSE_AUDIBLE = 2,
  USHER_SENSE_BOTH = USHER_SENSE_VISUAL | USHER_SENSE_AUDIBLE,
} UsherSenses;

/** UsherAlertRole: what the agent is to the one who waits. */
typedef enum {
  USHER_ALERT_OFFERED, /* asked to take it */
  USHER_ALERT_OWNER,
  USHER_ALERT_SUPERVISOR, /* of the queue it stands in */
} UsherAlertRole;

typedef enum {
  USHER_QUEUE_NORMAL,
  USHER_QUEUE_CALM,  /* counted, never announced */
  USHER_QUEUE_EAGER, /* in half the time */
} UsherQueueRule;

typedef struct {
  UsherAlertRole role;
  gint64 since_us;    /* wall clock; 0: nobody waits */
  gint64 deadline_us; /* wall clock, of an offer */
  gboolean is_in_sight;
  UsherQueueRule queue_rule;
} UsherAlertThing;

typedef struct {
  gint64 target_us;                         /* a visitor should hear from us within */
  guint from_percent[USHER_ALERT_N_LEVELS]; /* of the target, for the owner */
  UsherSenses senses[USHER_ALERT_N_LEVELS];
  gboolean has_quiet_hours;
  guint quiet_from; /* minute of the day */
  guint quiet_to;   /* before quiet_from: over midnight */
} UsherAlertRules;

UsherAlertLevel
usher_alert_level (const UsherAlertThing *thing, const UsherAlertRules *rules, gint64 now_us);

/** usher_alert_senses: how @level is told at @minute of the day. Quiet hours leave what is seen inside the console. */
UsherSenses usher_alert_senses (const UsherAlertRules *rules,
                                UsherAlertLevel        level,
                                guint                  minute);

G_END_DECLS
