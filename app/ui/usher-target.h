/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/* Whom a chat can be handed to: an UsherColleague or an UsherQueue, in words. */

char *usher_target_dup_title (gpointer target) G_GNUC_WARN_UNUSED_RESULT;

/** usher_target_dup_subtitle: how busy the target is. */
char *usher_target_dup_subtitle (gpointer target) G_GNUC_WARN_UNUSED_RESULT;

/** usher_target_can_take: nobody can be handed a chat who is not there to take it, nor can I hand it to myself. */
gboolean usher_target_can_take (gpointer target,
                                guint64  own_agent);

/** usher_target_is_same: also when they were told anew, as after a lost connection. Both may be %NULL. */
gboolean usher_target_is_same (gpointer a,
                               gpointer b);

/** usher_targets_new: (transfer full): who can take a chat now, behind one entry that is nobody. It does not change by itself. */
GListModel *usher_targets_new (UsherSession *session) G_GNUC_WARN_UNUSED_RESULT;

/** usher_target_set_up_drop_down: @drop_down shows such a list, and finds in it what is typed. */
void usher_target_set_up_drop_down (GtkDropDown *drop_down);

/** usher_target_get_chosen: (transfer none) (nullable) */
GObject *usher_target_get_chosen (GtkDropDown *drop_down);

/** usher_target_choose: @target: (nullable): nobody, as when it is not in the list. */
void usher_target_choose (GtkDropDown *drop_down,
                          gpointer     target);

G_END_DECLS
