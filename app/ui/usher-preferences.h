/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** UsherPreferences: the few things that are a matter of taste. */
#define USHER_TYPE_PREFERENCES (usher_preferences_get_type ())
G_DECLARE_FINAL_TYPE (UsherPreferences, usher_preferences, USHER, PREFERENCES, AdwPreferencesWindow)

GtkWidget *usher_preferences_new (GtkWindow *parent,
                                  GSettings *settings);

G_END_DECLS
