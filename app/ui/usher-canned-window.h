/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-canned-list.h"

G_BEGIN_DECLS

/** UsherCannedWindow: one's canned replies: write, change, delete (with undo). What is typed is kept as it is typed. */
#define USHER_TYPE_CANNED_WINDOW (usher_canned_window_get_type ())
G_DECLARE_FINAL_TYPE (UsherCannedWindow, usher_canned_window, USHER, CANNED_WINDOW, AdwWindow)

GtkWidget *usher_canned_window_new (GtkWindow       *parent,
                                    UsherCannedList *list);

G_END_DECLS
