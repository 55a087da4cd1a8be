/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * usher_settings_new: (transfer full) (nullable): the settings of this program, or those of @schema_dir's schema when the system has
 * none (a build that is not installed). %NULL when there is no schema at all: GLib itself would end the program.
 */
GSettings *usher_settings_new (const char *schema_dir) G_GNUC_WARN_UNUSED_RESULT;

/** usher_settings_forget: every key of @settings and of its children is again as it came. */
void usher_settings_forget (GSettings *settings);

G_END_DECLS
