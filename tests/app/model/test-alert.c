/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-alert.h"

/* The ladder, with a clock of its own: everything below is seconds since an arbitrary moment. */

#define S  ((gint64) G_USEC_PER_SEC)
#define T0 (1000 * S)

static const UsherAlertRules usual = {
  .target_us = 120 * S,
  .from_percent = { [USHER_ALERT_URGENT] = 50, [USHER_ALERT_ALARM] = 100 },
  .senses = { USHER_SENSE_NONE, USHER_SENSE_VISUAL, USHER_SENSE_VISUAL, USHER_SENSE_BOTH,
              USHER_SENSE_BOTH },
};

typedef struct {
  const char *name;
  UsherAlertThing thing;
  int after_s;
  UsherAlertLevel level;
} Case;

static const Case cases[] = {
  { "nobody-waits", { USHER_ALERT_OWNER, .since_us = 0 }, 500, USHER_ALERT_NONE },
  { "has-just-written", { USHER_ALERT_OWNER, .since_us = T0 }, 0, USHER_ALERT_NOTICE },
  { "just-before-half", { USHER_ALERT_OWNER, .since_us = T0 }, 59, USHER_ALERT_NOTICE },
  { "half", { USHER_ALERT_OWNER, .since_us = T0 }, 60, USHER_ALERT_URGENT },
  { "just-before-late", { USHER_ALERT_OWNER, .since_us = T0 }, 119, USHER_ALERT_URGENT },
  { "late", { USHER_ALERT_OWNER, .since_us = T0 }, 120, USHER_ALERT_ALARM },
  { "late-in-sight",
    { USHER_ALERT_OWNER, .since_us = T0, .is_in_sight = TRUE },
    120,
    USHER_ALERT_BADGE },
  { "late-in-calm-queue",
    { USHER_ALERT_OWNER, .since_us = T0, .queue_rule = USHER_QUEUE_CALM },
    500,
    USHER_ALERT_BADGE },
  { "eager-queue",
    { USHER_ALERT_OWNER, .since_us = T0, .queue_rule = USHER_QUEUE_EAGER },
    60,
    USHER_ALERT_ALARM },
  { "offer", { USHER_ALERT_OFFERED, .deadline_us = T0 + 20 * S }, 0, USHER_ALERT_URGENT },
  { "offer-last-call", { USHER_ALERT_OFFERED, .deadline_us = T0 + 20 * S }, 10, USHER_ALERT_ALARM },
  { "offer-in-calm-queue",
    { USHER_ALERT_OFFERED, .deadline_us = T0 + 20 * S, .queue_rule = USHER_QUEUE_CALM },
    15,
    USHER_ALERT_BADGE },
  { "supervisor-early", { USHER_ALERT_SUPERVISOR, .since_us = T0 }, 119, USHER_ALERT_NONE },
  { "supervisor", { USHER_ALERT_SUPERVISOR, .since_us = T0 }, 120, USHER_ALERT_NOTICE },
  { "supervisor-long", { USHER_ALERT_SUPERVISOR, .since_us = T0 }, 9999, USHER_ALERT_URGENT },
};

static void
test_level (gconstpointer data)
{
  const Case *c = data;

  g_assert_cmpint (usher_alert_level (&c->thing, &usual, T0 + c->after_s * S), ==, c->level);
}

/* It never becomes quieter by waiting. */
static void
test_rises (void)
{
  for (guint role = USHER_ALERT_OFFERED; role <= USHER_ALERT_SUPERVISOR; role++)
    for (guint rule = USHER_QUEUE_NORMAL; rule <= USHER_QUEUE_EAGER; rule++) {
      UsherAlertThing thing = { (UsherAlertRole) role, T0, T0 + 20 * S, FALSE,
                                (UsherQueueRule) rule };
      UsherAlertLevel before = USHER_ALERT_NONE;

      for (int s = 0; s < 400; s++) {
        UsherAlertLevel level = usher_alert_level (&thing, &usual, T0 + s * S);

        g_assert_cmpint (level, >=, before);
        before = level;
      }
    }
}

static void
test_quiet_hours (void)
{
  UsherAlertRules rules = usual;
  static const struct {
    guint minute;
    UsherSenses urgent;
    UsherSenses alarm;
  } over_midnight[] = {
    { 21 * 60 + 59, USHER_SENSE_BOTH, USHER_SENSE_BOTH },
    { 22 * 60, USHER_SENSE_NONE, USHER_SENSE_VISUAL },
    { 0, USHER_SENSE_NONE, USHER_SENSE_VISUAL },
    { 6 * 60 + 59, USHER_SENSE_NONE, USHER_SENSE_VISUAL },
    { 7 * 60, USHER_SENSE_BOTH, USHER_SENSE_BOTH },
  };

  g_assert_cmpint (usher_alert_senses (&rules, USHER_ALERT_URGENT, 0), ==, USHER_SENSE_BOTH);
  rules.has_quiet_hours = TRUE;
  rules.quiet_from = 22 * 60;
  rules.quiet_to = 7 * 60;
  for (gsize i = 0; i < G_N_ELEMENTS (over_midnight); i++) {
    guint minute = over_midnight[i].minute;

    g_assert_cmpint (usher_alert_senses (&rules, USHER_ALERT_URGENT, minute), ==,
                     over_midnight[i].urgent);
    g_assert_cmpint (usher_alert_senses (&rules, USHER_ALERT_ALARM, minute), ==,
                     over_midnight[i].alarm);
    g_assert_cmpint (usher_alert_senses (&rules, USHER_ALERT_BADGE, minute), ==,
                     USHER_SENSE_VISUAL);
  }
  rules.quiet_from = 12 * 60;
  rules.quiet_to = 13 * 60;
  g_assert_cmpint (usher_alert_senses (&rules, USHER_ALERT_NOTICE, 12 * 60 + 30), ==,
                   USHER_SENSE_NONE);
  g_assert_cmpint (usher_alert_senses (&rules, USHER_ALERT_NOTICE, 13 * 60), ==,
                   USHER_SENSE_VISUAL);
}

/* Who cannot see and who cannot hear are told of every level, by the sense they have. */
static void
test_one_sense (void)
{
  static const UsherSenses one[] = { USHER_SENSE_VISUAL, USHER_SENSE_AUDIBLE };

  for (gsize i = 0; i < G_N_ELEMENTS (one); i++) {
    UsherAlertRules rules = usual;

    for (guint level = USHER_ALERT_BADGE; level < USHER_ALERT_N_LEVELS; level++)
      rules.senses[level] = one[i];
    for (guint level = USHER_ALERT_BADGE; level < USHER_ALERT_N_LEVELS; level++)
      g_assert_cmpint (usher_alert_senses (&rules, (UsherAlertLevel) level, 600), ==, one[i]);
    g_assert_cmpint (usher_alert_senses (&rules, USHER_ALERT_NONE, 600), ==, USHER_SENSE_NONE);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/alert/level/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_level);
  }
  g_test_add_func ("/alert/rises", test_rises);
  g_test_add_func ("/alert/quiet-hours", test_quiet_hours);
  g_test_add_func ("/alert/one-sense", test_one_sense);
  return g_test_run ();
}
