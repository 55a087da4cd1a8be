/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UsherLinkCard:
 *
 * An address that somebody wrote, with its host shown plainly; nothing of it is fetched. Ctrl+click or Enter opens it in the browser, a
 * click alone shows what can be done with it.
 *
 * Signal `open-link` (const char *url): before it is opened; %TRUE: it has been
 */
#define USHER_TYPE_LINK_CARD (usher_link_card_get_type ())
G_DECLARE_FINAL_TYPE (UsherLinkCard, usher_link_card, USHER, LINK_CARD, GtkButton)

/** usher_link_card_new: (nullable): @url: anything; only http and https with a host become a card */
GtkWidget *usher_link_card_new (const char *url);
const char *usher_link_card_get_url (UsherLinkCard *self);

/**
 * usher_link_card_dup_host: (transfer full) (nullable): as it is to be shown: letters of one script that is no likeness of Latin ones stay as
 * they are, anything else that is not ASCII is punycode.
 */
char *usher_link_card_dup_host (const char *url) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
