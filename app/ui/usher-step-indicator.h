/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/** UsherStepIndicator: how fresh is what I see: “In step · 0.4 s”, or why not; by word, icon and colour. */
#define USHER_TYPE_STEP_INDICATOR (usher_step_indicator_get_type ())
G_DECLARE_FINAL_TYPE (UsherStepIndicator, usher_step_indicator, USHER, STEP_INDICATOR, GtkWidget)

GtkWidget *usher_step_indicator_new (void);
void usher_step_indicator_set_session (UsherStepIndicator *self,
                                       UsherSession       *session);

/** usher_link_state_get_text: a word for it, as usher_link_state_get_tip() has a sentence and usher_link_state_get_icon_name() an icon. */
const char *usher_link_state_get_text (UsherLinkState state);
const char *usher_link_state_get_tip (UsherLinkState state);
const char *usher_link_state_get_icon_name (UsherLinkState state);

G_END_DECLS
