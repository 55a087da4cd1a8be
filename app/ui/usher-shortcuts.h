/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** usher_shortcuts_window_new: (transfer none): every command that has keys, with those it has now, and the few that never change. */
GtkWidget *usher_shortcuts_window_new (GtkWindow *parent,
                                       GSettings *settings);

/** usher_shortcuts_get_group: (nullable): under which heading the command stands, as msgid of context "shortcuts" */
const char *usher_shortcuts_get_group (const char *action);

/** usher_shortcuts_get_groups: (array zero-terminated=1): the headings in their order */
const char *const *usher_shortcuts_get_groups (void);

G_END_DECLS
