/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-image-window.h"

#include <glib/gi18n.h>

#include "usher-image.h"
#include "usher-message.h"
#include "usher-text.h"

/* A picture is shown at most at the size of a large screen. */
#define MAX_WIDTH  3840
#define MAX_HEIGHT 2160

struct _UsherImageWindow {
  AdwWindow parent_instance;

  GtkStack *stack;
  GtkPicture *picture;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (UsherImageWindow, usher_image_window, ADW_TYPE_WINDOW)

static void
image_decoded_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (UsherImageWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = usher_image_decode_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_stack_set_visible_child_name (self->stack, texture == NULL ? "problem" : "picture");
}

static void
bytes_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (UsherImageWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    usher_session_load_image_finish (USHER_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes == NULL) {
    gtk_stack_set_visible_child_name (self->stack, "problem");
    return;
  }
  usher_image_decode_async (bytes, MAX_WIDTH, MAX_HEIGHT, self->cancellable, image_decoded_cb,
                            g_object_ref (self));
}

static void
usher_image_window_dispose (GObject *object)
{
  UsherImageWindow *self = USHER_IMAGE_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_IMAGE_WINDOW);
  G_OBJECT_CLASS (usher_image_window_parent_class)->dispose (object);
}

static void
usher_image_window_finalize (GObject *object)
{
  g_clear_object (&USHER_IMAGE_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (usher_image_window_parent_class)->finalize (object);
}

static void
usher_image_window_class_init (UsherImageWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_image_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_image_window_finalize;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-image-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherImageWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, UsherImageWindow, picture);
}

static void
usher_image_window_init (UsherImageWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
usher_image_window_present (GtkWidget    *parent,
                            UsherSession *session,
                            UsherMessage *message)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  g_autofree char *name = usher_text_to_line (usher_message_get_name (message), 80);
  UsherImageWindow *self = g_object_new (USHER_TYPE_IMAGE_WINDOW, "transient-for", root, NULL);

  if (*name != '\0')
    gtk_window_set_title (GTK_WINDOW (self), name);
  usher_session_load_image_async (session, message, self->cancellable, bytes_loaded_cb,
                                  g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
}
