/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-autostart.h"
#include "usher-notifier.h"

G_BEGIN_DECLS

/** UsherPreferences: what is a matter of taste, or of ears and eyes. */
#define USHER_TYPE_PREFERENCES (usher_preferences_get_type ())
G_DECLARE_FINAL_TYPE (UsherPreferences, usher_preferences, USHER, PREFERENCES, AdwPreferencesWindow)

/** usher_preferences_new: @session, @notifier and @autostart: (nullable). */
GtkWidget *usher_preferences_new (GtkWindow      *parent,
                                  GSettings      *settings,
                                  UsherSession   *session,
                                  UsherNotifier  *notifier,
                                  UsherAutostart *autostart);

G_END_DECLS
