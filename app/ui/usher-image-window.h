/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/** UsherImageWindow: one picture, as large as the window allows. Esc closes it. */
#define USHER_TYPE_IMAGE_WINDOW (usher_image_window_get_type ())
G_DECLARE_FINAL_TYPE (UsherImageWindow, usher_image_window, USHER, IMAGE_WINDOW, AdwWindow)

void usher_image_window_present (GtkWidget    *parent,
                                 UsherSession *session,
                                 UsherMessage *message);

G_END_DECLS
