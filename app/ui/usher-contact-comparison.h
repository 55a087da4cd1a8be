/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-contact.h"

G_BEGIN_DECLS

/** UsherContactComparison: two contacts side by side, and which of their values will stand when they are one. */
#define USHER_TYPE_CONTACT_COMPARISON (usher_contact_comparison_get_type ())
G_DECLARE_FINAL_TYPE (UsherContactComparison,
                      usher_contact_comparison,
                      USHER,
                      CONTACT_COMPARISON,
                      GtkWidget)

/** usher_contact_comparison_set: @united: what they will be together */
void usher_contact_comparison_set (UsherContactComparison *self,
                                   UsherContact           *own,
                                   UsherContact           *other,
                                   UsherContact           *united);

G_END_DECLS
