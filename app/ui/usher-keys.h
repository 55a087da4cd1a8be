/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-actions.h"

G_BEGIN_DECLS

/*
 * The keys of the commands: those of the table, unless the agent has chosen others. What was chosen stands in the setting `keys`, by action; where
 * nothing is chosen for an action, a later version may change its keys.
 */

/** usher_keys_dup: (transfer full) (array zero-terminated=1): the keys @command has now; none is an empty array */
char **usher_keys_dup (GSettings          *settings,
                       const UsherCommand *command) G_GNUC_WARN_UNUSED_RESULT;

/** usher_keys_is_changed: whether the agent has chosen keys for @command. */
gboolean usher_keys_is_changed (GSettings          *settings,
                                const UsherCommand *command);

/** usher_keys_set: @accel: (nullable): no key at all */
void usher_keys_set (GSettings          *settings,
                     const UsherCommand *command,
                     const char         *accel);
void usher_keys_reset (GSettings          *settings,
                       const UsherCommand *command);

/** usher_keys_is_same: whether both are the same keys, however they are written */
gboolean usher_keys_is_same (const char *accel,
                             const char *other);

/** usher_keys_find: (nullable): the command that has @accel now */
const UsherCommand *usher_keys_find (GSettings  *settings,
                                     const char *accel);

/** usher_keys_dup_problem: (transfer full) (nullable): a sentence on why these keys cannot be a command's; %NULL when they can */
char *usher_keys_dup_problem (guint           keyval,
                              GdkModifierType modifiers) G_GNUC_WARN_UNUSED_RESULT;

/** usher_keys_apply: gives the commands their keys. */
void usher_keys_apply (GtkApplication *application,
                       GSettings      *settings);

/** usher_keys_dup_accel: (transfer full) (nullable): the first key of the command, as the application has it; without one as the table has it */
char *usher_keys_dup_accel (const char *action) G_GNUC_WARN_UNUSED_RESULT;

/** usher_keys_format: (transfer full) (nullable): @accel (nullable) as people read it: Ctrl+T */
char *usher_keys_format (const char *accel) G_GNUC_WARN_UNUSED_RESULT;

/** usher_keys_dup_label: (transfer full) (nullable): the first key of the command, as people read it */
char *usher_keys_dup_label (const char *action) G_GNUC_WARN_UNUSED_RESULT;

/** usher_keys_set_command: the tooltip of @widget names the key of @action, though it is not a button of it; "": nothing in it has keys */
void usher_keys_set_command (GtkWidget  *widget,
                             const char *action);

/** usher_keys_set_tooltip: @tip: of @widget, without a key, where it changes as the program runs */
void usher_keys_set_tooltip (GtkWidget  *widget,
                             const char *tip);

/** usher_keys_show: the tooltips of the buttons in @root name the keys their commands have now. Call it again when they have changed. */
void usher_keys_show (GtkWidget *root);

G_END_DECLS
