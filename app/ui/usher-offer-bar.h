/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-types.h"

G_BEGIN_DECLS

/** UsherOfferBar: a chat offered to me: who, first line, why me, how long still; Accept and Pass are the actions `offer.accept` and `offer.pass`. */
#define USHER_TYPE_OFFER_BAR (usher_offer_bar_get_type ())
G_DECLARE_FINAL_TYPE (UsherOfferBar, usher_offer_bar, USHER, OFFER_BAR, GtkWidget)

GtkWidget *usher_offer_bar_new (void);

/** usher_offer_bar_set_conversation: @conversation: (nullable): none hides the bar */
void usher_offer_bar_set_conversation (UsherOfferBar     *self,
                                       UsherConversation *conversation);
UsherConversation *usher_offer_bar_get_conversation (UsherOfferBar *self);

G_END_DECLS
