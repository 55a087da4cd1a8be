/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-message.h"

G_BEGIN_DECLS

/**
 * UsherLineFate:
 *
 * What stands below an own line that has not gone yet: it may be taken back, its file is on its way, or it was refused. Its buttons are
 * the row's actions `line.take-back`, `line.discard`, `line.retry`.
 */
#define USHER_TYPE_LINE_FATE (usher_line_fate_get_type ())
G_DECLARE_FINAL_TYPE (UsherLineFate, usher_line_fate, USHER, LINE_FATE, GtkWidget)

GtkWidget *usher_line_fate_new (void);

/** usher_line_fate_is_needed: few lines have one. */
gboolean usher_line_fate_is_needed (UsherMessage *message);
void usher_line_fate_update (UsherLineFate *self,
                             UsherMessage  *message);

G_END_DECLS
