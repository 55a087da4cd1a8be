/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-snooze.h"

#define AFTERNOON_HOUR 14
#define MORNING_HOUR   9

static gint64
at_hour (GDateTime *now,
         int        days,
         int        hour)
{
  g_autoptr (GDateTime) day = g_date_time_add_days (now, days);
  g_autoptr (GDateTime) time =
    g_date_time_new (g_date_time_get_timezone (now), g_date_time_get_year (day),
                     g_date_time_get_month (day), g_date_time_get_day_of_month (day), hour, 0, 0);

  if (time == NULL || g_date_time_compare (time, now) <= 0)
    return 0;
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

gint64
usher_snooze_until (UsherSnooze  kind,
                    GDateTime   *now)
{
  switch (kind) {
  case USHER_SNOOZE_HOUR:
    return (g_date_time_to_unix (now) + 3600) * G_USEC_PER_SEC;
  case USHER_SNOOZE_AFTERNOON:
    return at_hour (now, 0, AFTERNOON_HOUR);
  case USHER_SNOOZE_TOMORROW:
  default:
    return at_hour (now, 1, MORNING_HOUR);
  }
}
