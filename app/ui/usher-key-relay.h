/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * usher_present_with_keys:
 *
 * Presents @window. Until the desktop gives it the focus, what is typed in the window it belongs to goes into it: who presses Ctrl+K and types on writes
 * nothing into the composer.
 */
void usher_present_with_keys (GtkWindow *window);

G_END_DECLS
