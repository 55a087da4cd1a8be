/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-export-row.h"

#include <glib/gi18n.h>

#include "usher-exporter.h"

struct _UsherExportRow {
  AdwActionRow parent_instance;

  GtkProgressBar *bar;
  GtkWidget *cancel;
  GtkWidget *button;

  GSettings *settings;
  UsherExporter *exporter;
  GtkFileChooserNative *chooser; /* (nullable): while it is asked */
};

G_DEFINE_FINAL_TYPE (UsherExportRow, usher_export_row, ADW_TYPE_ACTION_ROW)

static void
show_state (UsherExportRow *self)
{
  g_autofree char *outcome = NULL;
  const char *text;
  gboolean is_busy;
  double fraction;

  g_object_get (self->exporter, "is-busy", &is_busy, "fraction", &fraction, "outcome", &outcome,
                NULL);
  if (is_busy)
    text = _ ("Writing… You may close this window and go on.");
  else if (outcome != NULL)
    text = outcome;
  else
    text = _ ("Chats held on this computer, their notes apart, canned replies, views and settings: "
              "as pages to read, and as JSON.");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  gtk_progress_bar_set_fraction (self->bar, fraction);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_busy);
  gtk_widget_set_visible (self->cancel, is_busy);
  gtk_widget_set_visible (self->button, !is_busy);
}

static void
cancel_cb (UsherExportRow *self)
{
  usher_exporter_cancel (self->exporter);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
usher_export_row_choose (UsherExportRow *self,
                         GFile          *folder)
{
  g_autofree char *path = NULL;

  g_return_if_fail (USHER_IS_EXPORT_ROW (self));

  path = g_file_get_path (folder);
  if (path != NULL)
    usher_exporter_start (self->exporter, self->settings, path);
  else
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                                 _ ("That folder is not on this computer. Choose another one."));
}

static void
response_cb (UsherExportRow *self,
             int             response)
{
  g_autoptr (GFile) folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (folder != NULL)
    usher_export_row_choose (self, folder);
}

static void
ask_cb (UsherExportRow *self)
{
  if (self->chooser != NULL)
    return;
  self->chooser =
    gtk_file_chooser_native_new (_ ("Where to Export"),
                                 GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Export Here"), NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
usher_export_row_dispose (GObject *object)
{
  UsherExportRow *self = USHER_EXPORT_ROW (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_object (&self->exporter);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_EXPORT_ROW);
  G_OBJECT_CLASS (usher_export_row_parent_class)->dispose (object);
}

static void
usher_export_row_class_init (UsherExportRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_export_row_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-export-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherExportRow, bar);
  gtk_widget_class_bind_template_child (widget_class, UsherExportRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, UsherExportRow, button);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, ask_cb);
}

static void
usher_export_row_init (UsherExportRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
usher_export_row_set (UsherExportRow *self,
                      GSettings      *settings,
                      UsherSession   *session)
{
  g_return_if_fail (USHER_IS_EXPORT_ROW (self));
  g_return_if_fail (self->exporter == NULL);

  self->settings = g_object_ref (settings);
  self->exporter = g_object_ref (usher_exporter_of (session));
  g_signal_connect_object (self->exporter, "notify", G_CALLBACK (show_state), self,
                           G_CONNECT_SWAPPED);
  show_state (self);
}
