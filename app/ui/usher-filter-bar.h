/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherFilterBar:
 *
 * Where the left list is filtered: a field for the words of #UsherListFilter, and a menu with those most needed and with the views that were
 * saved. Hidden until it is wanted; Esc empties and hides it. Property `query`: "" while it is hidden.
 */
#define USHER_TYPE_FILTER_BAR (usher_filter_bar_get_type ())
G_DECLARE_FINAL_TYPE (UsherFilterBar, usher_filter_bar, USHER, FILTER_BAR, GtkWidget)

/** usher_filter_bar_set_settings: where the views are kept: the key `views` */
void usher_filter_bar_set_settings (UsherFilterBar *self,
                                    GSettings      *settings);

/** usher_filter_bar_set_session: @session: (nullable): whose queues and labels are offered */
void usher_filter_bar_set_session (UsherFilterBar *self,
                                   UsherSession   *session);
const char *usher_filter_bar_get_query (UsherFilterBar *self);
void usher_filter_bar_set_query (UsherFilterBar *self,
                                 const char     *query);

/** usher_filter_bar_open: shows it and takes the focus. */
void usher_filter_bar_open (UsherFilterBar *self);

G_END_DECLS
