/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** UsherAttachment: a picture or another file that waits in the composer: its bytes, checked, and a chip that shows it. */
typedef struct {
  GBytes *bytes;
  const char *mime; /* of static strings */
  char *name;
  guint width; /* 0: no picture */
  guint height;
} UsherAttachment;

/** usher_attachment_new: %NULL with @error when it is nothing that the gateway takes. @name: (nullable) */
UsherAttachment *
usher_attachment_new (GBytes *bytes, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void usher_attachment_free (UsherAttachment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherAttachment, usher_attachment_free)

/** usher_attachment_load_async: reads a file, 20 MiB at most, and checks it. */
void usher_attachment_load_async (GFile               *file,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);
UsherAttachment *
usher_attachment_load_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** usher_attachment_chip_new: @removed_cb is called, swapped with @object, when its ✕ is pressed. */
GtkWidget *usher_attachment_chip_new (UsherAttachment *self,
                                      GCallback        removed_cb,
                                      gpointer         object);

G_END_DECLS
