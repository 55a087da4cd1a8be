/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-attachment.h"

#include <glib/gi18n.h>

#include "usher-file-card.h"
#include "usher-file-type.h"
#include "usher-image.h"
#include "usher-text.h"

#define CHIP_WIDTH  96
#define CHIP_HEIGHT 64
#define NAME_CHARS  40

/* A picture that is broken, too large or of a fifth kind is not sent as something else. */
static gboolean
is_meant_as_picture (const char   *name,
                     const GError *problem)
{
  static const char *const extensions[] = { ".png", ".jpg",  ".jpeg", ".gif",  ".webp", ".svg",
                                            ".bmp", ".tiff", ".tif",  ".heic", ".avif", ".ico" };
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  if (name == NULL ||
      !g_error_matches (problem, USHER_IMAGE_ERROR, USHER_IMAGE_ERROR_UNKNOWN_FORMAT))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    if (g_str_has_suffix (lower, extensions[i]))
      return TRUE;
  return FALSE;
}

UsherAttachment *
usher_attachment_new (GBytes      *bytes,
                      const char  *name,
                      GError     **error)
{
  g_autoptr (GError) problem = NULL;
  UsherAttachment *self;
  UsherImageInfo info = { 0 };

  if (g_bytes_get_size (bytes) > USHER_IMAGE_MAX_BYTES) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         _ ("A file may have 20 MiB at most."));
    return NULL;
  }
  if (!usher_image_probe (bytes, &info, &problem)) {
    if (is_meant_as_picture (name, problem)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    info = (UsherImageInfo){ usher_file_type_guess (name, bytes), 0, 0 };
  }
  if (info.mime == NULL) {
    g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      _ ("Such files are not taken: pictures, PDF, text, office and zip files are. "
         "A zip file may hold it."));
    return NULL;
  }
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

static GtkWidget *
make_preview (UsherAttachment *self)
{
  GtkWidget *preview;
  int width, height, scale;

  if (self->width == 0) {
    preview = gtk_image_new_from_icon_name (usher_file_card_get_icon_name (self->mime));
    gtk_image_set_pixel_size (GTK_IMAGE (preview), 24);
    return preview;
  }
  preview = gtk_picture_new ();
  scale = gtk_widget_get_scale_factor (preview);
  usher_image_fit (self->width, self->height, CHIP_WIDTH, CHIP_HEIGHT, &width, &height);
  gtk_widget_set_size_request (preview, width, height);
  usher_image_decode_async (self->bytes, CHIP_WIDTH * scale, CHIP_HEIGHT * scale, NULL,
                            chip_decoded_cb, g_object_ref (preview));
  return preview;
}

GtkWidget *
usher_attachment_chip_new (UsherAttachment *self,
                           GCallback        removed_cb,
                           gpointer         object)
{
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (*self->name == '\0' ? _ ("Picture") : self->name);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *kind = usher_file_card_dup_kind (self->mime, g_bytes_get_size (self->bytes));
  g_autofree char *what = NULL;

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 18);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_tooltip_text (label, kind);
  gtk_widget_set_tooltip_text (button, self->width > 0 ? _ ("Do not send this picture")
                                                       : _ ("Do not send this file"));
  /* Translators: %s is the name of a file */
  what = g_strdup_printf (_ ("Do not send “%s”"), gtk_label_get_text (GTK_LABEL (label)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  g_signal_connect_object (button, "clicked", removed_cb, object, G_CONNECT_SWAPPED);
  g_object_set_data (G_OBJECT (button), "attachment", self);
  gtk_box_append (GTK_BOX (chip), make_preview (self));
  gtk_box_append (GTK_BOX (chip), label);
  gtk_box_append (GTK_BOX (chip), button);
  gtk_widget_add_css_class (chip, "attachment-chip");
  return chip;
}
