/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-composer-private.h"
#include "usher-conversation.h"
#include "usher-image.h"

/* At once, bounded by what an agent can look over. */
#define MAX_FILES 10
/* Of all chats: they are in memory until they are sent. */
#define MAX_BYTES ((gsize) 64 * 1024 * 1024)

static const char *const image_mimes[] = { "image/png", "image/jpeg", "image/gif", "image/webp",
                                           NULL };

static GPtrArray *
get_attachments (UsherComposer *self,
                 guint64        conv)
{
  GPtrArray *attachments = g_hash_table_lookup (self->attachments, &conv);

  if (attachments == NULL) {
    guint64 *key = g_new (guint64, 1);

    *key = conv;
    attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_attachment_free);
    g_hash_table_insert (self->attachments, key, attachments);
  }
  return attachments;
}

static void
chip_removed_cb (UsherComposer *self,
                 GtkWidget     *button)
{
  GPtrArray *attachments = get_attachments (self, usher_conversation_get_conv (self->conversation));

  g_ptr_array_remove (attachments, g_object_get_data (G_OBJECT (button), "attachment"));
  usher_composer_show_chips (self);
  usher_composer_focus (self);
}

void
usher_composer_show_chips (UsherComposer *self)
{
  GPtrArray *attachments = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->chips)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->chips), child);
  if (self->conversation != NULL)
    attachments = get_attachments (self, usher_conversation_get_conv (self->conversation));
  for (guint i = 0; attachments != NULL && i < attachments->len; i++)
    gtk_flow_box_append (GTK_FLOW_BOX (self->chips),
                         usher_attachment_chip_new (g_ptr_array_index (attachments, i),
                                                    G_CALLBACK (chip_removed_cb), self));
  gtk_widget_set_visible (self->chips,
                          attachments != NULL && attachments->len > 0 && !self->is_note);
  usher_composer_update (self);
}

gboolean
usher_composer_has_files (UsherComposer *self)
{
  return self->conversation != NULL && !self->is_note &&
         get_attachments (self, usher_conversation_get_conv (self->conversation))->len > 0;
}

gboolean
usher_composer_send_files (UsherComposer *self)
{
  GPtrArray *attachments;

  if (!usher_composer_has_files (self))
    return FALSE;
  attachments = get_attachments (self, usher_conversation_get_conv (self->conversation));
  for (guint i = 0; i < attachments->len; i++) {
    UsherAttachment *file = g_ptr_array_index (attachments, i);

    usher_session_send_file (self->session, self->conversation, file->bytes, file->mime, file->name,
                             file->width, file->height);
  }
  g_ptr_array_set_size (attachments, 0);
  usher_composer_show_chips (self);
  return TRUE;
}

static gsize
count_bytes (UsherComposer *self)
{
  GHashTableIter iter;
  gpointer value;
  gsize n_bytes = 0;

  g_hash_table_iter_init (&iter, self->attachments);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const GPtrArray *attachments = value;

    for (guint i = 0; i < attachments->len; i++)
      n_bytes += g_bytes_get_size (((UsherAttachment *) g_ptr_array_index (attachments, i))->bytes);
  }
  return n_bytes;
}

void
usher_composer_take_file (UsherComposer   *self,
                          guint64          conv,
                          UsherAttachment *attachment)
{
  GPtrArray *attachments = get_attachments (self, conv);

  if (attachments->len >= MAX_FILES) {
    usher_attachment_free (attachment);
    usher_composer_report (self, _ ("Ten files at a time are enough; send these first."));
    return;
  }
  if (count_bytes (self) + g_bytes_get_size (attachment->bytes) > MAX_BYTES) {
    usher_attachment_free (attachment);
    usher_composer_report (self, _ ("The files that wait are large; send these first."));
    return;
  }
  g_ptr_array_add (attachments, attachment);
  if (self->conversation != NULL && usher_conversation_get_conv (self->conversation) == conv)
    usher_composer_show_chips (self);
}

gboolean
usher_composer_can_take_files (UsherComposer *self)
{
  if (self->conversation == NULL || !self->can_reply)
    return FALSE;
  if (!self->is_note)
    return TRUE;
  usher_composer_report (self, _ ("A note cannot hold files. Change to Reply first."));
  return FALSE;
}

/* --- From files -------------------------------------------------------------------------------------------- */

typedef struct {
  UsherComposer *self; /* owned: cancelled in dispose */
  guint64 conv;        /* the chat it was meant for, though another may be shown by now */
} Taking;

static Taking *
taking_new (UsherComposer *self)
{
  Taking *taking = g_new0 (Taking, 1);

  *taking = (Taking){ g_object_ref (self), usher_conversation_get_conv (self->conversation) };
  return taking;
}

static void
taking_free (Taking *taking)
{
  g_object_unref (taking->self);
  g_free (taking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Taking, taking_free)

static void
file_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (Taking) taking = user_data;
  g_autoptr (GError) error = NULL;
  UsherAttachment *attachment = usher_attachment_load_finish (result, &error);

  if (attachment != NULL)
    usher_composer_take_file (taking->self, taking->conv, attachment);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    usher_composer_report (taking->self, error->message);
}

static void
take_files (UsherComposer *self,
            GSList        *files)
{
  for (GSList *l = files; l != NULL; l = l->next)
    usher_attachment_load_async (l->data, self->cancellable, file_loaded_cb, taking_new (self));
}

static void
take_texture (UsherComposer *self,
              GdkTexture    *texture)
{
  g_autoptr (GBytes) bytes = gdk_texture_save_to_png_bytes (texture);
  g_autoptr (GError) error = NULL;
  UsherAttachment *attachment = usher_attachment_new (bytes, NULL, &error);

  if (attachment != NULL)
    usher_composer_take_file (self, usher_conversation_get_conv (self->conversation), attachment);
  else
    usher_composer_report (self, error->message);
}

gboolean
usher_composer_drop (UsherComposer *self,
                     const GValue  *value)
{
  g_return_val_if_fail (USHER_IS_COMPOSER (self), FALSE);
  if (!usher_composer_can_take_files (self))
    return FALSE;
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    take_files (self, g_value_get_boxed (value));
  else if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    take_texture (self, g_value_get_object (value));
  return TRUE;
}

static void
chooser_response_cb (UsherComposer        *self,
                     int                   response,
                     GtkFileChooserNative *chooser)
{
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT && usher_composer_can_take_files (self)) {
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
    for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      usher_attachment_load_async (file, self->cancellable, file_loaded_cb, taking_new (self));
    }
  }
  g_clear_object (&self->chooser);
}

void
usher_composer_attach (UsherComposer *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  g_return_if_fail (USHER_IS_COMPOSER (self));
  if (self->chooser != NULL || !usher_composer_can_take_files (self))
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Attach Files"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Attach"), NULL);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), all);
  for (guint i = 0; image_mimes[i] != NULL; i++)
    gtk_file_filter_add_mime_type (filter, image_mimes[i]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chooser_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- From the clipboard --------------------------------------------------------------------------------------- */

static void
image_spliced_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (Taking) taking = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  UsherAttachment *attachment = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error) >= 0) {
    bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (source));
    attachment = usher_attachment_new (bytes, NULL, &error);
  }
  if (attachment != NULL)
    usher_composer_take_file (taking->self, taking->conv, attachment);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    usher_composer_report (taking->self, error->message);
}

static void
image_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (Taking) taking = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) in =
    gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);
  g_autoptr (GOutputStream) out = NULL;

  if (in == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      usher_composer_report (taking->self, error->message);
    return;
  }
  out = g_memory_output_stream_new_resizable ();
  g_output_stream_splice_async (out, in,
                                G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE |
                                  G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, taking->self->cancellable, image_spliced_cb,
                                taking);
  g_steal_pointer (&taking);
}

static void
files_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (Taking) taking = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);

  if (value != NULL && taking->self->conversation != NULL)
    usher_composer_drop (taking->self, value);
}

static gboolean
has_text (GdkContentFormats *formats)
{
  return gdk_content_formats_contain_gtype (formats, G_TYPE_STRING) ||
         gdk_content_formats_contain_mime_type (formats, "text/plain") ||
         gdk_content_formats_contain_mime_type (formats, "text/plain;charset=utf-8");
}

/* Text wins where there is any (an office program offers a picture of the text as well); file managers also offer the names as text. */
void
usher_composer_paste_cb (UsherComposer *self,
                         GtkTextView   *view)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (view));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  gboolean has_files = gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) ||
                       gdk_content_formats_contain_mime_type (formats, "text/uri-list");
  gboolean has_image = gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE);

  for (guint i = 0; image_mimes[i] != NULL && !has_image; i++)
    has_image = gdk_content_formats_contain_mime_type (formats, image_mimes[i]);
  if (has_files)
    has_image = FALSE;
  else if (!has_image || has_text (formats))
    return;
  g_signal_stop_emission_by_name (view, "paste-clipboard");
  if (!usher_composer_can_take_files (self))
    return;
  if (has_image)
    gdk_clipboard_read_async (clipboard, (const char **) image_mimes, G_PRIORITY_DEFAULT,
                              self->cancellable, image_read_cb, taking_new (self));
  else
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT,
                                    self->cancellable, files_read_cb, taking_new (self));
}
