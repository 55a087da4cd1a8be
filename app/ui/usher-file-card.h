/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-message.h"

G_BEGIN_DECLS

/**
 * UsherFileCard:
 *
 * A file that is no picture: its icon, name, kind and size, and a button that saves it (the action `line.save` of the row). Nothing here
 * opens a file.
 */
#define USHER_TYPE_FILE_CARD (usher_file_card_get_type ())
G_DECLARE_FINAL_TYPE (UsherFileCard, usher_file_card, USHER, FILE_CARD, GtkWidget)

GtkWidget *usher_file_card_new (void);
void usher_file_card_set_message (UsherFileCard *self,
                                  UsherMessage  *message);

/** usher_file_card_get_icon_name: @mime: (nullable) */
const char *usher_file_card_get_icon_name (const char *mime);

/** usher_file_card_dup_kind: (transfer full): such as “Spreadsheet · 24.1 kB” */
char *usher_file_card_dup_kind (const char *mime,
                                guint64     size);

G_END_DECLS
