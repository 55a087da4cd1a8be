/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  USHER_SNOOZE_HOUR,
  USHER_SNOOZE_AFTERNOON, /* today at two */
  USHER_SNOOZE_TOMORROW,  /* at nine */
} UsherSnooze;

/**
 * usher_snooze_until:
 * @now: the present, local time
 *
 * Returns: wall clock in microseconds; 0 when that time is over today
 */
gint64 usher_snooze_until (UsherSnooze  kind,
                           GDateTime   *now);

G_END_DECLS
