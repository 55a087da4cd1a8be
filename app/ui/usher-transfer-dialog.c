/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-transfer-dialog.h"

#include <string.h>

#include "usher-colleague.h"
#include "usher-queue.h"
#include "usher-target.h"
#include "usher-widget.h"

struct _UsherTransferDialog {
  AdwWindow parent_instance;

  GtkWidget *transfer;
  GtkSearchEntry *search;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkEditable *note;

  GtkCustomFilter *filter;
  UsherSession *session;
  GPtrArray *conversations;
  guint64 own_agent;
};

G_DEFINE_FINAL_TYPE (UsherTransferDialog, usher_transfer_dialog, ADW_TYPE_WINDOW)

static gboolean
matches (gpointer item,
         gpointer user_data)
{
  UsherTransferDialog *self = user_data;
  g_autofree char *title =
    g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_autofree char *name = NULL;
  g_autofree char *folded = NULL;

  if (!usher_target_can_take (item, self->own_agent))
    return FALSE;
  name = usher_target_dup_title (item);
  folded = g_utf8_casefold (name, -1);
  return *title == '\0' || strstr (folded, title) != NULL;
}

static void
setup_cb (UsherTransferDialog *self,
          GtkListItem         *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *subtitle = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (subtitle), 0);
  gtk_label_set_ellipsize (GTK_LABEL (subtitle), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (subtitle, "caption");
  gtk_widget_add_css_class (subtitle, "dim-label");
  gtk_box_append (GTK_BOX (lines), title);
  gtk_box_append (GTK_BOX (lines), subtitle);
  gtk_box_append (GTK_BOX (row), gtk_image_new ());
  gtk_box_append (GTK_BOX (row), lines);
  gtk_widget_set_margin_top (row, 6);
  gtk_widget_set_margin_bottom (row, 6);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (UsherTransferDialog *self,
         GtkListItem         *item)
{
  gpointer target = gtk_list_item_get_item (item);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_next_sibling (icon));
  g_autofree char *title_text = usher_target_dup_title (target);
  g_autofree char *subtitle_text = usher_target_dup_subtitle (target);

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), USHER_IS_QUEUE (target)
                                                    ? "system-users-symbolic"
                                                    : "avatar-default-symbolic");
  gtk_label_set_text (GTK_LABEL (title), title_text);
  usher_widget_set_row_spoken (gtk_list_item_get_child (item), title_text, subtitle_text);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (title)), subtitle_text);
}

static void
selected_cb (UsherTransferDialog *self)
{
  gtk_widget_set_sensitive (self->transfer,
                            gtk_single_selection_get_selected_item (self->selection) != NULL);
}

/* With one match left, Enter means it. */
static void
search_changed_cb (UsherTransferDialog *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0' &&
      g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    gtk_single_selection_set_selected (self->selection, 0);
}

/* While a name is being typed, arrows choose and Tab goes on to the note: nobody wants to tab through every colleague. */
static gboolean
key_cb (UsherTransferDialog *self,
        guint                keyval,
        guint                keycode,
        GdkModifierType      state)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint selected = gtk_single_selection_get_selected (self->selection);

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0 || n == 0)
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_Tab)
    gtk_widget_grab_focus (GTK_WIDGET (self->note));
  else if (keyval == GDK_KEY_Down)
    gtk_single_selection_set_selected (self->selection, selected == GTK_INVALID_LIST_POSITION
                                                          ? 0
                                                          : MIN (selected + 1, n - 1));
  else if (keyval == GDK_KEY_Up)
    gtk_single_selection_set_selected (self->selection,
                                       selected == GTK_INVALID_LIST_POSITION || selected == 0
                                         ? 0
                                         : selected - 1);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
transfer_cb (UsherTransferDialog *self)
{
  gpointer target = gtk_single_selection_get_selected_item (self->selection);
  g_autofree char *note = g_strstrip (g_strdup (gtk_editable_get_text (self->note)));

  if (target == NULL)
    return;
  for (guint i = 0; i < self->conversations->len; i++)
    usher_session_transfer (self->session, g_ptr_array_index (self->conversations, i),
                            USHER_IS_COLLEAGUE (target) ? usher_colleague_get_agent (target) : 0,
                            USHER_IS_QUEUE (target) ? usher_queue_get_name (target) : NULL,
                            *note == '\0' ? NULL : note);
  gtk_window_close (GTK_WINDOW (self));
}

static void
usher_transfer_dialog_dispose (GObject *object)
{
  UsherTransferDialog *self = USHER_TRANSFER_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_TRANSFER_DIALOG);
  g_clear_object (&self->session);
  g_clear_pointer (&self->conversations, g_ptr_array_unref);
  G_OBJECT_CLASS (usher_transfer_dialog_parent_class)->dispose (object);
}

static void
usher_transfer_dialog_class_init (UsherTransferDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_transfer_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-transfer-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherTransferDialog, transfer);
  gtk_widget_class_bind_template_child (widget_class, UsherTransferDialog, search);
  gtk_widget_class_bind_template_child (widget_class, UsherTransferDialog, list);
  gtk_widget_class_bind_template_child (widget_class, UsherTransferDialog, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherTransferDialog, note);
  gtk_widget_class_bind_template_callback (widget_class, transfer_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
}

static void
usher_transfer_dialog_init (UsherTransferDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->list));
}

static void
fill (UsherTransferDialog *self)
{
  g_autoptr (GListStore) parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_autoptr (GListModel) queues = NULL;
  g_autoptr (GListModel) colleagues = NULL;
  g_autoptr (GtkFilterListModel) filtered = NULL;

  g_object_get (self->session, "queues", &queues, "colleagues", &colleagues, "agent",
                &self->own_agent, NULL);
  g_list_store_append (parts, colleagues);
  g_list_store_append (parts, queues);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (gtk_flatten_list_model_new (
                                          G_LIST_MODEL (g_steal_pointer (&parts)))),
                                        GTK_FILTER (self->filter));
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (filtered));
}

GtkWidget *
usher_transfer_dialog_new (GtkWindow    *parent,
                           UsherSession *session,
                           GPtrArray    *conversations)
{
  UsherTransferDialog *self =
    g_object_new (USHER_TYPE_TRANSFER_DIALOG, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  self->conversations = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < conversations->len; i++)
    g_ptr_array_add (self->conversations, g_object_ref (g_ptr_array_index (conversations, i)));
  fill (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  return GTK_WIDGET (self);
}
