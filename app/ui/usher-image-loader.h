/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherImageLoader:
 *
 * Pictures of lines, as textures at the size a row shows. Two are fetched and decoded at a time; the last few dozen are kept, so that
 * scrolling back does not decode again.
 */
#define USHER_TYPE_IMAGE_LOADER (usher_image_loader_get_type ())
G_DECLARE_FINAL_TYPE (UsherImageLoader, usher_image_loader, USHER, IMAGE_LOADER, GObject)

UsherImageLoader *usher_image_loader_new (UsherSession *session,
                                          int           box_width,
                                          int           box_height) G_GNUC_WARN_UNUSED_RESULT;

/** usher_image_loader_peek: (transfer none) (nullable): the texture, when it is here already. */
GdkTexture *usher_image_loader_peek (UsherImageLoader *self,
                                     UsherMessage     *message);

void usher_image_loader_load_async (UsherImageLoader    *self,
                                    UsherMessage        *message,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data);
GdkTexture *usher_image_loader_load_finish (UsherImageLoader  *self,
                                            GAsyncResult      *result,
                                            GError           **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
