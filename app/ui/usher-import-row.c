/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-import-row.h"

#include <glib/gi18n.h>

#include "usher-settings.h"

/* More than anybody writes; the file may be any file. */
#define MAX_BYTES ((gsize) 4 * 1024 * 1024)

struct _UsherImportRow {
  AdwActionRow parent_instance;

  GSettings *settings;
  GCancellable *cancellable;
  GtkFileChooserNative *chooser; /* (nullable): while it is asked */
};

G_DEFINE_FINAL_TYPE (UsherImportRow, usher_import_row, ADW_TYPE_ACTION_ROW)

static void
say (UsherImportRow *self,
     const char     *text)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
take (UsherImportRow *self,
      GBytes         *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize n_bytes;
  const char *json = g_bytes_get_data (bytes, &n_bytes);
  guint n_added;

  if (n_bytes > MAX_BYTES || n_bytes == 0 ||
      !usher_settings_take_lists (self->settings, json, n_bytes, &n_added, &error)) {
    say (self, _ ("That is no settings.json of an export. Nothing was changed."));
    return;
  }
  if (n_added == 0) {
    say (self, _ ("All of it was here already."));
    return;
  }
  text = g_strdup_printf (ngettext ("%u canned reply or view was added.",
                                    "%u canned replies and views were added.", n_added),
                          n_added);
  say (self, text);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes != NULL)
    take (user_data, bytes); /* alive: not cancelled */
  else
    say (user_data, error->message);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  UsherImportRow *self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data; /* alive: not cancelled */
  if (stream == NULL) {
    say (self, error->message);
    return;
  }
  g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), MAX_BYTES + 1, G_PRIORITY_DEFAULT,
                                   self->cancellable, read_cb, self);
}

void
usher_import_row_choose (UsherImportRow *self,
                         GFile          *file)
{
  g_return_if_fail (USHER_IS_IMPORT_ROW (self));

  g_file_read_async (file, G_PRIORITY_DEFAULT, self->cancellable, opened_cb, self);
}

static void
response_cb (UsherImportRow *self,
             int             response)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (file != NULL)
    usher_import_row_choose (self, file);
}

static void
ask_cb (UsherImportRow *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;
  gtk_file_filter_set_name (filter, "settings.json");
  gtk_file_filter_add_suffix (filter, "json");
  self->chooser =
    gtk_file_chooser_native_new (_ ("Import"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Import"), NULL);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
usher_import_row_dispose (GObject *object)
{
  UsherImportRow *self = USHER_IMPORT_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (usher_import_row_parent_class)->dispose (object);
}

static void
usher_import_row_class_init (UsherImportRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_import_row_dispose;
}

static void
usher_import_row_init (UsherImportRow *self)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Import…"));

  self->cancellable = g_cancellable_new ();
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (ask_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  g_object_set (self, "use-markup", FALSE, "title", _ ("Import canned replies and views"), NULL);
  say (self, _ ("From the settings.json of an export; what is here stays."));
}

void
usher_import_row_set (UsherImportRow *self,
                      GSettings      *settings)
{
  g_return_if_fail (USHER_IS_IMPORT_ROW (self));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
}
