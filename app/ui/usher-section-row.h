/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-section.h"

G_BEGIN_DECLS

/** UsherSectionRow: the heading of a section: a button that folds it, with its count. */
#define USHER_TYPE_SECTION_ROW (usher_section_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherSectionRow, usher_section_row, USHER, SECTION_ROW, GtkWidget)

GtkWidget *usher_section_row_new (void);
void usher_section_row_set_section (UsherSectionRow *self,
                                    UsherSection    *section);

G_END_DECLS
