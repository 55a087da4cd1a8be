/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-attachment.h"

#include <glib/gi18n.h>

#include "usher-image.h"
#include "usher-text.h"

#define CHIP_WIDTH  96
#define CHIP_HEIGHT 64
#define NAME_CHARS  40

UsherAttachment *
usher_attachment_new (GBytes      *bytes,
                      const char  *name,
                      GError     **error)
{
  UsherAttachment *self;
  UsherImageInfo info;

  if (!usher_image_probe (bytes, &info, error))
    return NULL;
  self = g_new0 (UsherAttachment, 1);
  self->bytes = g_bytes_ref (bytes);
  self->mime = info.mime;
  self->name = usher_text_to_line (name, NAME_CHARS);
  self->width = info.width;
  self->height = info.height;
  return self;
}

void
usher_attachment_free (UsherAttachment *self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->bytes);
  g_free (self->name);
  g_free (self);
}

/* One byte more than allowed is read, so that “too large” is known without reading a film. */
static void
load_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (task_data, cancellable, &error);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = g_file_get_basename (task_data);
  g_autofree guint8 *buffer = NULL;
  gsize n_read = 0;
  UsherAttachment *attachment = NULL;

  if (stream != NULL) {
    buffer = g_malloc (USHER_IMAGE_MAX_BYTES + 1);
    if (g_input_stream_read_all (G_INPUT_STREAM (stream), buffer, USHER_IMAGE_MAX_BYTES + 1,
                                 &n_read, cancellable, &error)) {
      bytes = g_bytes_new (buffer, n_read);
      attachment = usher_attachment_new (bytes, name, &error);
    }
  }
  if (attachment == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, attachment, (GDestroyNotify) usher_attachment_free);
}

void
usher_attachment_load_async (GFile               *file,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, usher_attachment_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, load_thread);
}

UsherAttachment *
usher_attachment_load_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
chip_decoded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GtkPicture) picture = user_data;
  g_autoptr (GdkTexture) texture = usher_image_decode_finish (result, NULL);

  gtk_picture_set_paintable (picture, GDK_PAINTABLE (texture));
}

GtkWidget *
usher_attachment_chip_new (UsherAttachment *self,
                           GCallback        removed_cb,
                           gpointer         object)
{
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *picture = gtk_picture_new ();
  GtkWidget *label = gtk_label_new (*self->name == '\0' ? _ ("Picture") : self->name);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  int scale = gtk_widget_get_scale_factor (chip);
  int width, height;

  usher_image_fit (self->width, self->height, CHIP_WIDTH, CHIP_HEIGHT, &width, &height);
  gtk_widget_set_size_request (picture, width, height);
  usher_image_decode_async (self->bytes, CHIP_WIDTH * scale, CHIP_HEIGHT * scale, NULL,
                            chip_decoded_cb, g_object_ref (picture));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 18);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_tooltip_text (button, _ ("Do not send this picture"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  g_signal_connect_object (button, "clicked", removed_cb, object, G_CONNECT_SWAPPED);
  g_object_set_data (G_OBJECT (button), "attachment", self);
  gtk_box_append (GTK_BOX (chip), picture);
  gtk_box_append (GTK_BOX (chip), label);
  gtk_box_append (GTK_BOX (chip), button);
  gtk_widget_add_css_class (chip, "attachment-chip");
  return chip;
}
