/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-handover-window.h"

#include <glib/gi18n.h>

#include "usher-handover-item.h"
#include "usher-handover-row.h"
#include "usher-target.h"

struct _UsherHandoverWindow {
  AdwWindow parent_instance;

  GtkLabel *summary;
  GtkWidget *done;
  GtkWidget *sign_out;
  GtkWidget *everyone_box;
  GtkDropDown *everyone;
  GtkNoSelection *selection;

  UsherSession *session;
  GListModel *items;
  GListModel *targets;
  GPtrArray *rows; /* UsherHandoverRow that the list has made; borrowed */
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (UsherHandoverWindow, usher_handover_window, ADW_TYPE_WINDOW)

/* --- What is said ------------------------------------------------------------------------------------------ */

typedef struct {
  guint n_items;
  guint n_settled;
  guint n_queued;
  guint n_ready; /* would go now */
} Count;

static Count
count (UsherHandoverWindow *self)
{
  Count count = { g_list_model_get_n_items (self->items), 0, 0, 0 };

  for (guint i = 0; i < count.n_items; i++) {
    g_autoptr (UsherHandoverItem) item = g_list_model_get_item (self->items, i);

    count.n_settled += usher_handover_item_is_settled (item) ? 1 : 0;
    count.n_queued += usher_handover_item_get_state (item) == USHER_HANDOVER_QUEUED ? 1 : 0;
    count.n_ready += usher_handover_item_can_go (item) ? 1 : 0;
  }
  return count;
}

static char *
format_done (const Count *count)
{
  if (count->n_queued == 0)
    return g_strdup (_ ("Everything is handed over."));
  return g_strdup_printf (
    ngettext ("Everything is handed over. %u chat waits in a queue for whoever is free.",
              "Everything is handed over. %u chats wait in a queue for whoever is free.",
              count->n_queued),
    count->n_queued);
}

static char *
format_summary (UsherHandoverStage  stage,
                const Count        *count)
{
  if (stage == USHER_HANDOVER_DONE)
    return format_done (count);
  if (stage == USHER_HANDOVER_UNDER_WAY)
    /* Translators: %1$u of %2$u chats */
    return g_strdup_printf (_ ("%1$u of %2$u chats are handed over. You may close this page: it "
                               "goes on, and chats that nobody accepts are shown here."),
                            count->n_settled, count->n_items);
  if (count->n_items == 0)
    return g_strdup (
      _ ("You have no open chats. Nothing new is offered to you while this page is open."));
  return g_strdup (_ ("Nothing new is offered to you while this page is open. Choose who is to "
                      "have each chat, and complete its brief."));
}

static UsherHandoverStage
get_stage (UsherHandoverWindow *self)
{
  UsherHandoverStage stage;

  g_object_get (self->session, "handover-stage", &stage, NULL);
  return stage;
}

static void
update (UsherHandoverWindow *self)
{
  UsherHandoverStage stage = get_stage (self);
  Count now = count (self);
  gboolean is_over = stage == USHER_HANDOVER_DONE || now.n_items == 0;
  g_autofree char *text = format_summary (stage, &now);

  gtk_label_set_text (self->summary, text);
  gtk_widget_set_visible (self->done, is_over);
  gtk_widget_set_visible (self->everyone_box, !is_over);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "handover.start", now.n_ready > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "handover.cancel",
                                 stage != USHER_HANDOVER_DONE);
}

/* Their last one may have the focus, and it is gone now. */
static void
stage_cb (UsherHandoverWindow *self)
{
  update (self);
  if (get_stage (self) == USHER_HANDOVER_DONE)
    gtk_widget_grab_focus (self->sign_out);
}

/* --- Whom to ------------------------------------------------------------------------------------------------ */

static void
refresh_targets (UsherHandoverWindow *self)
{
  GObject *chosen = usher_target_get_chosen (self->everyone);
  g_autoptr (GObject) kept = chosen != NULL ? g_object_ref (chosen) : NULL;

  g_clear_object (&self->targets);
  self->targets = usher_targets_new (self->session);
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->everyone, self->targets);
  usher_target_choose (self->everyone, kept);
  self->is_filling = FALSE;
  for (guint i = 0; i < self->rows->len; i++)
    usher_handover_row_set_targets (g_ptr_array_index (self->rows, i), self->targets);
}

static void
active_cb (UsherHandoverWindow *self)
{
  if (self->session != NULL && gtk_window_is_active (GTK_WINDOW (self)))
    refresh_targets (self);
}

static void
everyone_cb (UsherHandoverWindow *self)
{
  GObject *target;

  if (self->items == NULL || self->is_filling)
    return;
  target = usher_target_get_chosen (self->everyone);
  for (guint i = 0; i < g_list_model_get_n_items (self->items); i++) {
    g_autoptr (UsherHandoverItem) item = g_list_model_get_item (self->items, i);
    UsherHandoverState state = usher_handover_item_get_state (item);

    if (state == USHER_HANDOVER_MINE || state == USHER_HANDOVER_PASSED ||
        state == USHER_HANDOVER_FAILED)
      usher_handover_item_set_target (item, target);
  }
}

/* --- Rows ---------------------------------------------------------------------------------------------------- */

static void
setup_cb (UsherHandoverWindow *self,
          GtkListItem         *item)
{
  GtkWidget *row = usher_handover_row_new ();

  usher_handover_row_set_targets (USHER_HANDOVER_ROW (row), self->targets);
  g_ptr_array_add (self->rows, row);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (UsherHandoverWindow *self,
         GtkListItem         *item)
{
  usher_handover_row_set_item (USHER_HANDOVER_ROW (gtk_list_item_get_child (item)),
                               gtk_list_item_get_item (item));
}

static void
unbind_cb (UsherHandoverWindow *self,
           GtkListItem         *item)
{
  usher_handover_row_set_item (USHER_HANDOVER_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
teardown_cb (UsherHandoverWindow *self,
             GtkListItem         *item)
{
  if (self->rows != NULL)
    g_ptr_array_remove_fast (self->rows, gtk_list_item_get_child (item));
}

static void
items_changed_cb (UsherHandoverWindow *self,
                  guint                position,
                  guint                n_removed,
                  guint                n_added)
{
  for (guint i = position; i < position + n_added; i++) {
    g_autoptr (UsherHandoverItem) item = g_list_model_get_item (self->items, i);

    g_signal_connect_object (item, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (item, "notify::target", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  }
  update (self);
}

/* --- What is done ---------------------------------------------------------------------------------------------- */

static void
start (GtkWidget  *widget,
       const char *name,
       GVariant   *target)
{
  usher_session_start_handover (USHER_HANDOVER_WINDOW (widget)->session);
}

static void
end (GtkWidget  *widget,
     const char *name,
     GVariant   *target)
{
  usher_session_end_handover (USHER_HANDOVER_WINDOW (widget)->session);
  gtk_window_close (GTK_WINDOW (widget));
}

static void
sign_out (GtkWidget  *widget,
          const char *name,
          GVariant   *target)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (widget));

  usher_session_end_handover (USHER_HANDOVER_WINDOW (widget)->session);
  gtk_window_close (GTK_WINDOW (widget));
  gtk_widget_activate_action (GTK_WIDGET (parent), "app.sign-out", NULL);
}

static gboolean
usher_handover_window_close_request (GtkWindow *window)
{
  usher_session_leave_handover (USHER_HANDOVER_WINDOW (window)->session);
  return GTK_WINDOW_CLASS (usher_handover_window_parent_class)->close_request (window);
}

static void
usher_handover_window_dispose (GObject *object)
{
  UsherHandoverWindow *self = USHER_HANDOVER_WINDOW (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_HANDOVER_WINDOW);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->targets);
  g_clear_object (&self->items);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_handover_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-handover-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverWindow, done);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverWindow, sign_out);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverWindow, everyone_box);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverWindow, everyone);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverWindow, selection);
  gtk_widget_class_bind_template_callback (widget_class, everyone_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, teardown_cb);
}

static void
usher_handover_window_class_init (UsherHandoverWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_handover_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = usher_handover_window_close_request;
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "handover.start", NULL, start);
  gtk_widget_class_install_action (widget_class, "handover.cancel", NULL, end);
  gtk_widget_class_install_action (widget_class, "handover.end", NULL, end);
  gtk_widget_class_install_action (widget_class, "handover.sign-out", NULL, sign_out);
}

static void
usher_handover_window_init (UsherHandoverWindow *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  usher_target_set_up_drop_down (self->everyone);
}

GtkWidget *
usher_handover_window_new (GtkWindow    *parent,
                           UsherSession *session)
{
  UsherHandoverWindow *self =
    g_object_new (USHER_TYPE_HANDOVER_WINDOW, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  refresh_targets (self);
  usher_session_prepare_handover (session);
  g_object_get (session, "handover", &self->items, NULL);
  g_signal_connect_object (self->items, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::handover-stage", G_CALLBACK (stage_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
  gtk_no_selection_set_model (self->selection, self->items);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (self->items));
  gtk_widget_grab_focus (GTK_WIDGET (self->everyone));
  return GTK_WIDGET (self);
}
