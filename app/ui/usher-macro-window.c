/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-window.h"

#include <glib/gi18n.h>

#include "usher-actions.h"
#include "usher-key-row.h"
#include "usher-keys.h"
#include "usher-macro-step-row.h"
#include "usher-notices.h"
#include "usher-text.h"
#include "usher-undo.h"

#define TITLE_CHARS 60

struct _UsherMacroWindow {
  AdwWindow parent_instance;

  GtkOverlay *overlay;
  UsherNotices *notices;
  AdwLeaflet *leaflet;
  GtkStack *stack;
  GtkListView *view;
  GtkSingleSelection *selection;
  AdwPreferencesGroup *head;
  GtkEditable *name;
  GtkListBox *steps;
  GtkMenuButton *add_step;
  UsherKeyRow *key;

  UsherMacroList *list;
  UsherSession *session;
  GSettings *settings;
  UsherMacro *shown;       /* (nullable) */
  UsherMacro *deleted;     /* (nullable): can be brought back */
  UsherMacroStep *removed; /* (nullable): can be brought back */
  guint removed_from;
  GBindingGroup *bindings;
  GSignalGroup *signals;
  GSignalGroup *step_signals;
};

G_DEFINE_FINAL_TYPE (UsherMacroWindow, usher_macro_window, ADW_TYPE_WINDOW)

static void
activate_undo_delete (GtkWidget *self)
{
  gtk_widget_activate_action (self, "macro.undo-delete", NULL);
}

static void
activate_undo_remove (GtkWidget *self)
{
  gtk_widget_activate_action (self, "macro.undo-remove", NULL);
}

static void
offer_undo (UsherMacroWindow *self,
            const char       *text,
            GCallback         undo)
{
  GClosure *closure = usher_undo_new (undo, self, NULL);

  usher_notices_offer_undo (self->notices, text, closure);
  g_closure_unref (closure);
}

/* --- Keys of its own --------------------------------------------------------------------------------------------------- */

static void
update_key (UsherMacroWindow *self)
{
  const char *key = self->shown == NULL ? "" : usher_macro_get_key (self->shown);

  usher_key_row_set_accel (self->key, *key == '\0' ? NULL : key);
}

static void
chosen_key_cb (UsherMacroWindow *self,
               const char       *accel)
{
  if (self->shown != NULL)
    g_object_set (self->shown, "key", accel == NULL ? "" : accel, NULL);
}

/* Where a command's keys are freed, they can be had here. */
static char *
dup_problem (const char *accel,
             gpointer    user_data)
{
  UsherMacroWindow *self = user_data;
  const UsherCommand *command = usher_keys_find (self->settings, accel);
  UsherMacro *macro = usher_macro_list_find_key (self->list, accel);

  if (command != NULL && command->title == NULL)
    return g_strdup (_ ("Ctrl with a number goes to the nth of your chats."));
  if (command != NULL)
    /* Translators: %s is a command */
    return g_strdup_printf (_ ("These keys are for “%s”. The preferences can change that."),
                            usher_actions_get_title (command->action));
  return macro == NULL || macro == self->shown
           ? NULL
           : g_strdup_printf (_ ("These keys run the macro “%s”."), usher_macro_get_name (macro));
}

/* --- Macros -------------------------------------------------------------------------------------------------------------- */

static GtkWidget *create_row (gpointer item,
                              gpointer user_data);

static void
number_steps (UsherMacroWindow *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->steps, i)) != NULL; i++)
    usher_macro_step_row_set_number (USHER_MACRO_STEP_ROW (row), (guint) i + 1);
}

static void
selected_cb (UsherMacroWindow *self)
{
  UsherMacro *macro = gtk_single_selection_get_selected_item (self->selection);
  GListModel *steps = macro == NULL ? NULL : usher_macro_get_steps (macro);

  g_set_object (&self->shown, macro);
  g_clear_object (&self->removed);
  g_binding_group_set_source (self->bindings, macro);
  g_signal_group_set_target (self->signals, macro);
  /* The rows first, then their numbers. */
  gtk_list_box_bind_model (self->steps, steps, create_row, self, NULL);
  g_signal_group_set_target (self->step_signals, steps);
  number_steps (self);
  update_key (self);
  gtk_stack_set_visible_child_name (self->stack, macro != NULL ? "form" : "empty");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "macro.delete", macro != NULL);
  if (macro != NULL)
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
select_last (UsherMacroWindow *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  gtk_single_selection_set_selected (self->selection, n - 1);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", n - 1);
}

static void
add (GtkWidget  *widget,
     const char *name,
     GVariant   *target)
{
  UsherMacroWindow *self = USHER_MACRO_WINDOW (widget);
  g_autoptr (UsherMacro) macro = usher_macro_new (NULL, _ ("New macro"), "");

  usher_macro_list_add (self->list, macro);
  select_last (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  gtk_editable_select_region (self->name, 0, -1);
}

static void
undo_delete (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherMacroWindow *self = USHER_MACRO_WINDOW (widget);

  if (self->deleted == NULL)
    return;
  usher_macro_list_add (self->list, self->deleted);
  g_clear_object (&self->deleted);
  select_last (self);
}

static void delete (GtkWidget *widget, const char *name, GVariant *target)
{
  UsherMacroWindow *self = USHER_MACRO_WINDOW (widget);

  if (self->shown == NULL)
    return;
  g_set_object (&self->deleted, self->shown);
  usher_macro_list_remove (self->list, self->deleted);
  offer_undo (self, _ ("The macro was deleted."), G_CALLBACK (activate_undo_delete));
}

static void
back_cb (UsherMacroWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static char *
format_name (GtkListItem *item,
             const char  *name)
{
  return usher_text_to_line (name != NULL ? name : "", TITLE_CHARS);
}

/* --- Steps --------------------------------------------------------------------------------------------------------------- */

static UsherMacroStepRow *
get_row (UsherMacroWindow *self,
         guint             position)
{
  return USHER_MACRO_STEP_ROW (gtk_list_box_get_row_at_index (self->steps, (int) position));
}

static void
move_cb (UsherMacroWindow  *self,
         int                delta,
         UsherMacroStepRow *row)
{
  int position = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + delta;
  guint n = g_list_model_get_n_items (usher_macro_get_steps (self->shown));

  if (position < 0 || (guint) position >= n)
    return;
  usher_macro_move_step (self->shown, usher_macro_step_row_get_step (row), delta);
  usher_macro_step_row_focus (get_row (self, (guint) position));
}

static void
remove_cb (UsherMacroWindow  *self,
           UsherMacroStepRow *row)
{
  self->removed_from = (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
  g_set_object (&self->removed, usher_macro_step_row_get_step (row));
  usher_macro_remove_step (self->shown, self->removed);
  gtk_widget_grab_focus (GTK_WIDGET (self->add_step));
  offer_undo (self, _ ("The step was removed."), G_CALLBACK (activate_undo_remove));
}

static void
undo_remove (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherMacroWindow *self = USHER_MACRO_WINDOW (widget);

  if (self->removed == NULL || self->shown == NULL)
    return;
  if (usher_macro_insert_step (self->shown, self->removed_from, self->removed))
    usher_macro_step_row_focus (get_row (self, self->removed_from));
  g_clear_object (&self->removed);
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  UsherMacroWindow *self = user_data;
  GtkWidget *row = usher_macro_step_row_new (item, self->session);

  g_signal_connect_object (row, "move", G_CALLBACK (move_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  return row;
}

static void
add_step (GtkWidget  *widget,
          const char *name,
          GVariant   *target)
{
  UsherMacroWindow *self = USHER_MACRO_WINDOW (widget);

  if (self->shown == NULL)
    return;
  if (usher_macro_add_step (self->shown, g_variant_get_string (target, NULL), ""))
    usher_macro_step_row_focus (
      get_row (self, g_list_model_get_n_items (usher_macro_get_steps (self->shown)) - 1));
  else
    usher_notices_say (self->notices, 2, _ ("A macro has twenty steps at most."));
}

static GMenuModel *
step_menu_new (void)
{
  GMenu *menu = g_menu_new ();

  for (guint i = USHER_STEP_UNKNOWN + 1; i < USHER_N_STEPS; i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (usher_step_kind_get_title (i), NULL);

    g_menu_item_set_action_and_target (item, "macro.add-step", "s", usher_step_kind_get_name (i));
    g_menu_append_item (menu, item);
  }
  return G_MENU_MODEL (menu);
}

/* --- Window -------------------------------------------------------------------------------------------------------------- */

static void
usher_macro_window_dispose (GObject *object)
{
  UsherMacroWindow *self = USHER_MACRO_WINDOW (object);

  g_clear_object (&self->bindings);
  g_clear_object (&self->signals);
  g_clear_object (&self->step_signals);
  g_clear_object (&self->notices);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_MACRO_WINDOW);
  g_clear_object (&self->shown);
  g_clear_object (&self->deleted);
  g_clear_object (&self->removed);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (usher_macro_window_parent_class)->dispose (object);
}

static void
usher_macro_window_class_init (UsherMacroWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_macro_window_dispose;
  g_type_ensure (USHER_TYPE_MACRO);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-macro-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, view);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, head);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, name);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, steps);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroWindow, add_step);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, format_name);
  gtk_widget_class_install_action (widget_class, "macro.add", NULL, add);
  gtk_widget_class_install_action (widget_class, "macro.delete", NULL, delete);
  gtk_widget_class_install_action (widget_class, "macro.undo-delete", NULL, undo_delete);
  gtk_widget_class_install_action (widget_class, "macro.add-step", "s", add_step);
  gtk_widget_class_install_action (widget_class, "macro.undo-remove", NULL, undo_remove);
}

static void
usher_macro_window_init (UsherMacroWindow *self)
{
  g_autoptr (GMenuModel) kinds = step_menu_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->notices = usher_notices_new (self->overlay);
  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "name", self->name, "text",
                        G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  self->signals = g_signal_group_new (USHER_TYPE_MACRO);
  g_signal_group_connect_swapped (self->signals, "notify::key", G_CALLBACK (update_key), self);
  self->step_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->step_signals, "items-changed", G_CALLBACK (number_steps),
                                  self);
  self->key = USHER_KEY_ROW (usher_key_row_new (_ ("Keys of its own")));
  usher_key_row_set_problem (self->key, dup_problem, self);
  g_signal_connect_object (self->key, "chosen", G_CALLBACK (chosen_key_cb), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->head, GTK_WIDGET (self->key));
  gtk_menu_button_set_menu_model (self->add_step, kinds);
}

GtkWidget *
usher_macro_window_new (GtkWindow      *parent,
                        UsherMacroList *list,
                        UsherSession   *session,
                        GSettings      *settings)
{
  UsherMacroWindow *self = g_object_new (USHER_TYPE_MACRO_WINDOW, "transient-for", parent, NULL);

  self->list = g_object_ref (list);
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (list));
  selected_cb (self);
  return GTK_WIDGET (self);
}
