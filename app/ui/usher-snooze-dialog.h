/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** UsherSnoozeDialog: asks until when. Signal `picked` (gint64: wall clock in microseconds): a time that is still to come. */
#define USHER_TYPE_SNOOZE_DIALOG (usher_snooze_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UsherSnoozeDialog,
                      usher_snooze_dialog,
                      USHER,
                      SNOOZE_DIALOG,
                      AdwMessageDialog)

GtkWidget *usher_snooze_dialog_new (GtkWindow *parent);

/** usher_snooze_dialog_set_time: what it shows; it begins with tomorrow at nine. */
void usher_snooze_dialog_set_time (UsherSnoozeDialog *self,
                                   GDateTime         *time);

G_END_DECLS
