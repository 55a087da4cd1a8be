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

/** usher_settings_to_json: (transfer full): every key of @settings and of its children, as an object of objects; what is no object or list is a tuple as a list. */
char *usher_settings_to_json (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/**
 * usher_settings_take_lists: adds the canned replies and views of @json, as usher_settings_to_json() writes them, that @settings does not
 * have yet. What else is in it is left alone; a file that is wrong anywhere changes nothing.
 * @ret_n_added: (out)
 */
gboolean usher_settings_take_lists (GSettings   *settings,
                                    const char  *json,
                                    gsize        n_bytes,
                                    guint       *ret_n_added,
                                    GError     **error);

G_END_DECLS
