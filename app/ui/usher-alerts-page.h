/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-notifier.h"

G_BEGIN_DECLS

/** UsherAlertsPage: of the preferences: how each level of the alert ladder is told, when, and for which queue; and the proof that it works here. */
#define USHER_TYPE_ALERTS_PAGE (usher_alerts_page_get_type ())
G_DECLARE_FINAL_TYPE (UsherAlertsPage, usher_alerts_page, USHER, ALERTS_PAGE, AdwPreferencesPage)

/** usher_alerts_page_set: @session and @notifier: (nullable): without them there are no queues and nothing to prove. */
void usher_alerts_page_set (UsherAlertsPage *self,
                            GSettings       *settings,
                            UsherSession    *session,
                            UsherNotifier   *notifier);

G_END_DECLS
