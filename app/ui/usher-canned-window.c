/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-canned-window.h"

#include <glib/gi18n.h>

#include "usher-notices.h"
#include "usher-text.h"
#include "usher-undo.h"

#define TITLE_CHARS 60

struct _UsherCannedWindow {
  AdwWindow parent_instance;

  GtkOverlay *overlay;
  UsherNotices *notices;
  AdwLeaflet *leaflet;
  GtkStack *stack;
  GtkWidget *form;
  GtkListView *view;
  GtkSingleSelection *selection;
  GtkEditable *shortcut;
  GtkEditable *title;
  GtkEditable *folder;
  GtkTextBuffer *text;
  GtkTextView *text_view;
  GtkWidget *team_bar;

  UsherCannedList *list;
  UsherCanned *shown;   /* (nullable) */
  UsherCanned *deleted; /* (nullable): can be brought back */
  GBindingGroup *bindings;
};

G_DEFINE_FINAL_TYPE (UsherCannedWindow, usher_canned_window, ADW_TYPE_WINDOW)

/* The team's is read, and may be copied. */
static void
update_form (UsherCannedWindow *self,
             UsherCanned       *canned)
{
  gboolean is_team = canned != NULL && usher_canned_get_is_team (canned);
  gboolean is_own = canned != NULL && !is_team;

  gtk_widget_set_visible (self->team_bar, is_team);
  gtk_editable_set_editable (self->shortcut, is_own);
  gtk_editable_set_editable (self->title, is_own);
  gtk_editable_set_editable (self->folder, is_own);
  gtk_text_view_set_editable (self->text_view, is_own);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "canned.delete", is_own);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "canned.copy", is_team);
}

static void
selected_cb (UsherCannedWindow *self)
{
  UsherCanned *canned = gtk_single_selection_get_selected_item (self->selection);

  g_set_object (&self->shown, canned);
  g_binding_group_set_source (self->bindings, canned);
  gtk_stack_set_visible_child_name (self->stack, canned != NULL ? "form" : "empty");
  update_form (self, canned);
  if (canned != NULL)
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

/* Of one's own: what was just added. */
static void
select_last (UsherCannedWindow *self)
{
  guint n = usher_canned_list_get_n_own (self->list);

  gtk_single_selection_set_selected (self->selection, n - 1);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", n - 1);
}

static void
add (GtkWidget  *widget,
     const char *name,
     GVariant   *target)
{
  UsherCannedWindow *self = USHER_CANNED_WINDOW (widget);

  usher_canned_list_add (self->list, "", _ ("New reply"), "", "");
  select_last (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->shortcut));
}

/* One's own from then on stands for the team's. */
static void
copy (GtkWidget  *widget,
      const char *name,
      GVariant   *target)
{
  UsherCannedWindow *self = USHER_CANNED_WINDOW (widget);

  if (self->shown == NULL)
    return;
  usher_canned_list_add (self->list, usher_canned_get_shortcut (self->shown),
                         usher_canned_get_title (self->shown), usher_canned_get_text (self->shown),
                         usher_canned_get_folder (self->shown));
  select_last (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
}

static void
undo_delete (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherCannedWindow *self = USHER_CANNED_WINDOW (widget);

  if (self->deleted == NULL)
    return;
  usher_canned_list_add (self->list, usher_canned_get_shortcut (self->deleted),
                         usher_canned_get_title (self->deleted),
                         usher_canned_get_text (self->deleted),
                         usher_canned_get_folder (self->deleted));
  g_clear_object (&self->deleted);
  select_last (self);
}

static void
activate_undo_delete (GtkWidget *self)
{
  gtk_widget_activate_action (self, "canned.undo-delete", NULL);
}

static void delete (GtkWidget *widget, const char *name, GVariant *target)
{
  UsherCannedWindow *self = USHER_CANNED_WINDOW (widget);
  GClosure *undo;

  if (self->shown == NULL)
    return;
  g_set_object (&self->deleted, self->shown);
  usher_canned_list_remove (self->list, self->deleted);
  undo = usher_undo_new (G_CALLBACK (activate_undo_delete), self, NULL);
  usher_notices_offer_undo (self->notices, _ ("The reply was deleted."), undo);
  g_closure_unref (undo);
}

static void
back_cb (UsherCannedWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/* --- Rows ------------------------------------------------------------------------------------------------ */

static char *
format_title (GtkListItem *item,
              const char  *title,
              const char  *shortcut)
{
  g_autofree char *line = usher_text_to_line (title != NULL ? title : "", TITLE_CHARS);

  return shortcut == NULL || *shortcut == '\0' ? g_steal_pointer (&line)
                                               : g_strdup_printf ("/%s · %s", shortcut, line);
}

static char *
format_place (GtkListItem *item,
              UsherCanned *canned,
              const char  *folder)
{
  return canned != NULL ? usher_canned_list_dup_place (canned) : NULL;
}

static gboolean
has_place (GtkListItem *item,
           gboolean     is_team,
           const char  *folder)
{
  return is_team || (folder != NULL && *folder != '\0');
}

static void
usher_canned_window_dispose (GObject *object)
{
  UsherCannedWindow *self = USHER_CANNED_WINDOW (object);

  g_clear_object (&self->bindings);
  g_clear_object (&self->notices);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_CANNED_WINDOW);
  g_clear_object (&self->shown);
  g_clear_object (&self->deleted);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (usher_canned_window_parent_class)->dispose (object);
}

static void
usher_canned_window_class_init (UsherCannedWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_canned_window_dispose;
  g_type_ensure (USHER_TYPE_CANNED);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-canned-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, form);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, view);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, shortcut);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, title);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, folder);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, text);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, text_view);
  gtk_widget_class_bind_template_child (widget_class, UsherCannedWindow, team_bar);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, format_title);
  gtk_widget_class_bind_template_callback (widget_class, format_place);
  gtk_widget_class_bind_template_callback (widget_class, has_place);
  gtk_widget_class_install_action (widget_class, "canned.add", NULL, add);
  gtk_widget_class_install_action (widget_class, "canned.delete", NULL, delete);
  gtk_widget_class_install_action (widget_class, "canned.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "canned.undo-delete", NULL, undo_delete);
}

static void
usher_canned_window_init (UsherCannedWindow *self)
{
  const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->notices = usher_notices_new (self->overlay);
  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "shortcut", self->shortcut, "text", both);
  g_binding_group_bind (self->bindings, "title", self->title, "text", both);
  g_binding_group_bind (self->bindings, "folder", self->folder, "text", both);
  g_binding_group_bind (self->bindings, "text", self->text, "text", both);
}

GtkWidget *
usher_canned_window_new (GtkWindow       *parent,
                         UsherCannedList *list)
{
  UsherCannedWindow *self = g_object_new (USHER_TYPE_CANNED_WINDOW, "transient-for", parent, NULL);

  self->list = g_object_ref (list);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (list));
  selected_cb (self);
  return GTK_WIDGET (self);
}
