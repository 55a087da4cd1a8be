/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-sidebar.h"

#include <glib/gi18n.h>

#include "usher-conversation-actions.h"
#include "usher-conversation-row.h"
#include "usher-conversation.h"
#include "usher-filter-bar.h"
#include "usher-keys.h"
#include "usher-list-filter.h"
#include "usher-row-model.h"
#include "usher-section-row.h"
#include "usher-widget.h"

/* How long the pointer must rest before rows may move under it. */
#define REST_US ((gint64) 2 * G_USEC_PER_SEC)

struct _UsherSidebar {
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkListView *list;
  GtkMultiSelection *selection;
  GtkEventController *motion;
  GtkRevealer *several;
  GtkLabel *n_chosen;
  UsherFilterBar *filter_bar;

  UsherSection *sections[USHER_N_SECTIONS];
  GListStore *parts;
  UsherRowModel *rows;   /* of all sections */
  GPtrArray *bound_rows; /* borrowed conversation rows now on a list item */
  UsherConversation *conversation;
  gint64 last_motion_us; /* monotonic */
  gint64 target_us;
  UsherListFilter *filter;                   /* (nullable): everything is shown */
  GtkCustomFilter *row_filter;               /* asks @filter */
  UsherConversationActions *row_actions;     /* of the row whose menu is open */
  UsherConversationActions *several_actions; /* of all that are chosen */
  GSettings *state;
  GtkWidget *menu;
  guint n_selected;
  guint tick_id;
  guint reselect_id;
  gboolean is_selecting;
};

enum {
  PROP_0,
  PROP_CONVERSATION,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

enum {
  SIGNAL_UNDOABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherSidebar, usher_sidebar, GTK_TYPE_WIDGET)

/* --- Rows -------------------------------------------------------------------------------------------- */

static void
bind_conversation (UsherSidebar      *self,
                   GtkListItem       *item,
                   UsherConversation *conversation)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (!USHER_IS_CONVERSATION_ROW (row)) {
    row = usher_conversation_row_new ();
    gtk_list_item_set_child (item, row);
  }
  gtk_list_item_set_selectable (item, TRUE);
  gtk_list_item_set_activatable (item, TRUE);
  gtk_widget_remove_css_class (gtk_widget_get_parent (row), "no-conversation");
  usher_conversation_row_set_conversation (USHER_CONVERSATION_ROW (row), conversation);
  usher_conversation_row_tick (USHER_CONVERSATION_ROW (row), g_get_real_time (), self->target_us);
  g_ptr_array_add (self->bound_rows, row);
}

static void
set_no_conversation (GtkListItem *item)
{
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_widget_add_css_class (gtk_widget_get_parent (gtk_list_item_get_child (item)),
                            "no-conversation");
}

/* A heading cannot be selected, and Tab reaches the button inside. */
static void
bind_section (GtkListItem  *item,
              UsherSection *section)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (!USHER_IS_SECTION_ROW (row)) {
    row = usher_section_row_new ();
    gtk_list_item_set_child (item, row);
  }
  set_no_conversation (item);
  usher_section_row_set_section (USHER_SECTION_ROW (row), section);
}

/* A label takes no focus; the box around it does, so that the arrows pass over it and it is read out. */
static GtkWidget *
hint_new (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (box, "section-hint");
  gtk_widget_set_focusable (box, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static void
bind_hint (GtkListItem     *item,
           GtkStringObject *hint)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (!GTK_IS_BOX (row)) {
    row = hint_new ();
    gtk_list_item_set_child (item, row);
  }
  set_no_conversation (item);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (row)),
                      gtk_string_object_get_string (hint));
  usher_widget_set_spoken (row, gtk_string_object_get_string (hint));
  usher_widget_set_row_spoken (row, gtk_string_object_get_string (hint), "");
}

static void
bind_cb (UsherSidebar *self,
         GtkListItem  *item)
{
  gpointer object = gtk_list_item_get_item (item);

  if (USHER_IS_CONVERSATION (object))
    bind_conversation (self, item, object);
  else if (GTK_IS_STRING_OBJECT (object))
    bind_hint (item, object);
  else
    bind_section (item, object);
}

static void
unbind_cb (UsherSidebar *self,
           GtkListItem  *item)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (USHER_IS_CONVERSATION_ROW (row)) {
    g_ptr_array_remove_fast (self->bound_rows, row);
    usher_conversation_row_set_conversation (USHER_CONVERSATION_ROW (row), NULL);
  } else if (USHER_IS_SECTION_ROW (row)) {
    usher_section_row_set_section (USHER_SECTION_ROW (row), NULL);
  }
}

/* --- Selection ------------------------------------------------------------------------------------------ */

static guint
find_position (UsherSidebar *self,
               gpointer      object)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n_items = g_list_model_get_n_items (model);

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (GObject) item = g_list_model_get_item (model, i);

    if (item == object)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

/* (transfer full): headings and hints are never among them, even when everything is selected. */
static GPtrArray *
dup_selected (UsherSidebar *self)
{
  GPtrArray *selected = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) positions =
    gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GtkBitsetIter iter;
  guint position;

  if (!gtk_bitset_iter_init_first (&iter, positions, &position))
    return selected;
  do {
    GObject *item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

    if (USHER_IS_CONVERSATION (item))
      g_ptr_array_add (selected, item);
    else
      g_object_unref (item);
  } while (gtk_bitset_iter_next (&iter, &position));
  return selected;
}

/* The bar with what can be done to all of them. */
static void
update_several (UsherSidebar *self)
{
  g_autoptr (GPtrArray) selected = dup_selected (self);
  gboolean is_several = selected->len > 1;
  g_autofree char *text =
    g_strdup_printf (ngettext ("%u chosen", "%u chosen", selected->len), selected->len);

  self->n_selected = selected->len;
  if (!is_several)
    g_ptr_array_set_size (selected, 0);
  usher_conversation_actions_set_targets (self->several_actions, selected);
  gtk_label_set_text (self->n_chosen, text);
  gtk_revealer_set_reveal_child (self->several, is_several);
}

static void
select_position (UsherSidebar *self,
                 guint         position)
{
  self->is_selecting = TRUE;
  if (position == GTK_INVALID_LIST_POSITION)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  else /* through the list, which so knows from where Shift extends */
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.select-item", "(ubb)", position,
                                FALSE, FALSE);
  self->is_selecting = FALSE;
  update_several (self);
}

static gboolean
reselect_cb (gpointer user_data)
{
  UsherSidebar *self = user_data;

  self->reselect_id = 0;
  update_several (self);
  if (self->conversation != NULL && self->n_selected == 0)
    select_position (self, find_position (self, self->conversation));
  return G_SOURCE_REMOVE;
}

static void
remember (UsherSidebar      *self,
          UsherConversation *conversation)
{
  if (g_set_object (&self->conversation, conversation))
    g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_CONVERSATION]);
}

/* With Ctrl a row is added to those that are chosen. */
static gboolean
is_adding (UsherSidebar *self)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (GTK_WIDGET (self)));
  GdkDevice *keyboard = seat == NULL ? NULL : gdk_seat_get_keyboard (seat);

  return keyboard != NULL && (gdk_device_get_modifier_state (keyboard) & GDK_CONTROL_MASK) != 0;
}

/* Several rows are chosen to be handled together: what is shown stays. On a narrow window nothing is shown beside the list, and the first
 * of several must not take its place. */
static void
selection_changed_cb (UsherSidebar *self)
{
  g_autoptr (GPtrArray) selected = NULL;

  if (self->is_selecting)
    return;
  selected = dup_selected (self);
  if (selected->len == 1 && !(self->conversation == NULL && is_adding (self)))
    remember (self, g_ptr_array_index (selected, 0));
  update_several (self);
}

/*
 * Nothing is selected any longer when the selected row leaves the model. That is no wish of the agent's: the conversation is about to
 * appear in another section.
 */
static void
rows_changed_cb (UsherSidebar *self,
                 guint         position,
                 guint         n_removed)
{
  if (n_removed == 0 || self->conversation == NULL || self->reselect_id != 0)
    return;
  self->reselect_id = g_idle_add (reselect_cb, self);
}

/* --- What can be done with a row, or with several ------------------------------------------------------------ */

/* The focus lies on the list's own row, around ours. */
static UsherConversationRow *
find_row (UsherSidebar *self,
          GtkWidget    *widget)
{
  for (; widget != NULL && widget != GTK_WIDGET (self->list);
       widget = gtk_widget_get_parent (widget)) {
    GtkWidget *child = gtk_widget_get_first_child (widget);

    if (USHER_IS_CONVERSATION_ROW (widget))
      return USHER_CONVERSATION_ROW (widget);
    if (USHER_IS_CONVERSATION_ROW (child))
      return USHER_CONVERSATION_ROW (child);
  }
  return NULL;
}

/* The menu is about all that are chosen when the row is one of them, else about the row alone. */
static void
set_menu_targets (UsherSidebar      *self,
                  UsherConversation *conversation)
{
  g_autoptr (GPtrArray) targets = dup_selected (self);

  if (!g_ptr_array_find (targets, conversation, NULL)) {
    g_ptr_array_set_size (targets, 0);
    g_ptr_array_add (targets, g_object_ref (conversation));
  }
  usher_conversation_actions_set_targets (self->row_actions, targets);
}

static void
popup_menu (UsherSidebar         *self,
            UsherConversationRow *row,
            double                x,
            double                y)
{
  const GdkRectangle at = { (int) x, (int) y, 1, 1 };

  set_menu_targets (self, usher_conversation_row_get_conversation (row));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
secondary_pressed_cb (UsherSidebar *self,
                      int           n_press,
                      double        x,
                      double        y,
                      GtkGesture   *gesture)
{
  UsherConversationRow *row =
    find_row (self, gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT));

  if (row == NULL || usher_conversation_row_get_conversation (row) == NULL)
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  popup_menu (self, row, x, y);
}

static void
menu_popup (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  UsherSidebar *self = USHER_SIDEBAR (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  UsherConversationRow *row = find_row (self, gtk_root_get_focus (root));
  graphene_rect_t bounds;

  if (row != NULL && usher_conversation_row_get_conversation (row) != NULL &&
      gtk_widget_compute_bounds (GTK_WIDGET (row), widget, &bounds))
    popup_menu (self, row, bounds.origin.x + 24, bounds.origin.y + bounds.size.height);
}

static void
select_none (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherSidebar *self = USHER_SIDEBAR (widget);

  select_position (self, self->conversation == NULL ? GTK_INVALID_LIST_POSITION
                                                    : find_position (self, self->conversation));
}

static void
undoable_cb (UsherSidebar *self,
             const char   *text,
             GClosure     *undo)
{
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text, undo);
}

static UsherConversationActions *
new_actions (UsherSidebar *self,
             GtkWidget    *widget)
{
  UsherConversationActions *actions = usher_conversation_actions_new (GTK_WIDGET (self));

  g_signal_connect_object (actions, "undoable", G_CALLBACK (undoable_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_insert_action_group (widget, "conversation",
                                  usher_conversation_actions_get_group (actions));
  return actions;
}

static void
make_menu (UsherSidebar *self)
{
  g_autoptr (GMenuModel) model = usher_conversation_menu_new ();

  self->menu = gtk_popover_menu_new_from_model (model);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  self->row_actions = new_actions (self, self->menu);
}

/* --- Which rows are shown ------------------------------------------------------------------------------------- */

static gboolean
is_shown (gpointer item,
          gpointer user_data)
{
  UsherSidebar *self = user_data;

  return self->filter == NULL ||
         usher_list_filter_matches (self->filter, item, g_get_real_time (), self->target_us);
}

static void
query_cb (UsherSidebar *self)
{
  g_clear_pointer (&self->filter, usher_list_filter_free);
  self->filter = usher_list_filter_new (usher_filter_bar_get_query (self->filter_bar));
  usher_row_model_freeze (self->rows);
  for (guint i = 0; i < USHER_N_SECTIONS; i++)
    usher_section_set_filter (self->sections[i],
                              self->filter == NULL ? NULL : GTK_FILTER (self->row_filter));
  gtk_filter_changed (GTK_FILTER (self->row_filter), GTK_FILTER_CHANGE_DIFFERENT);
  usher_row_model_thaw (self->rows);
}

/* --- Order and clocks -------------------------------------------------------------------------------------- */

static gboolean
is_pointed_at (UsherSidebar *self)
{
  return gtk_event_controller_motion_contains_pointer (
           GTK_EVENT_CONTROLLER_MOTION (self->motion)) &&
         g_get_monotonic_time () - self->last_motion_us < REST_US;
}

static void
motion_cb (UsherSidebar *self)
{
  self->last_motion_us = g_get_monotonic_time ();
}

static gboolean
tick_cb (gpointer user_data)
{
  UsherSidebar *self = user_data;
  gint64 now_us = g_get_real_time ();

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_CONTINUE;
  if (!is_pointed_at (self)) {
    usher_sidebar_sort_now (self);
    if (self->filter != NULL)
      gtk_filter_changed (GTK_FILTER (self->row_filter), GTK_FILTER_CHANGE_DIFFERENT);
  }
  for (guint i = 0; i < self->bound_rows->len; i++)
    usher_conversation_row_tick (g_ptr_array_index (self->bound_rows, i), now_us, self->target_us);
  return G_SOURCE_CONTINUE;
}

static void
usher_sidebar_get_property (GObject    *object,
                            guint       prop,
                            GValue     *value,
                            GParamSpec *pspec)
{
  g_value_set_object (value, USHER_SIDEBAR (object)->conversation);
}

static void
usher_sidebar_set_property (GObject      *object,
                            guint         prop,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  usher_sidebar_set_conversation (USHER_SIDEBAR (object), g_value_get_object (value));
}

static GtkWidget *
find_bound_row (UsherSidebar      *self,
                UsherConversation *conversation)
{
  for (guint i = 0; conversation != NULL && i < self->bound_rows->len; i++) {
    UsherConversationRow *row = g_ptr_array_index (self->bound_rows, i);

    if (usher_conversation_row_get_conversation (row) == conversation)
      return GTK_WIDGET (row);
  }
  return NULL;
}

/* Whoever comes in by key comes to the chat that is shown, not to the top of the list. */
static gboolean
usher_sidebar_focus (GtkWidget        *widget,
                     GtkDirectionType  direction)
{
  UsherSidebar *self = USHER_SIDEBAR (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = find_bound_row (self, self->conversation);

  if (row != NULL && (focus == NULL || !gtk_widget_is_ancestor (focus, widget)))
    return gtk_widget_grab_focus (gtk_widget_get_parent (row));
  return GTK_WIDGET_CLASS (usher_sidebar_parent_class)->focus (widget, direction);
}

static void
usher_sidebar_dispose (GObject *object)
{
  UsherSidebar *self = USHER_SIDEBAR (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->reselect_id, g_source_remove);
  for (guint i = 0; i < USHER_N_SECTIONS; i++) {
    if (self->sections[i] != NULL)
      usher_section_set_source (self->sections[i], NULL);
    g_clear_object (&self->sections[i]);
  }
  g_clear_object (&self->parts);
  g_clear_object (&self->rows);
  g_clear_object (&self->state);
  g_clear_object (&self->row_filter);
  g_clear_pointer (&self->filter, usher_list_filter_free);
  g_clear_object (&self->row_actions);
  g_clear_object (&self->several_actions);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_SIDEBAR);
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->bound_rows, g_ptr_array_unref);
  G_OBJECT_CLASS (usher_sidebar_parent_class)->dispose (object);
}

static void
usher_sidebar_class_init (UsherSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = usher_sidebar_get_property;
  object_class->set_property = usher_sidebar_set_property;
  object_class->dispose = usher_sidebar_dispose;
  widget_class->focus = usher_sidebar_focus;
  pspecs[PROP_CONVERSATION] =
    g_param_spec_object ("conversation", NULL, NULL, USHER_TYPE_CONVERSATION,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
  signals[SIGNAL_UNDOABLE] =
    g_signal_new ("undoable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_CLOSURE);

  g_type_ensure (USHER_TYPE_FILTER_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, scroller);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, motion);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, several);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, n_chosen);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, filter_bar);
  gtk_widget_class_bind_template_callback (widget_class, query_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, motion_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "sidebar");
  gtk_widget_class_install_action (widget_class, "menu.popup", NULL, menu_popup);
  gtk_widget_class_install_action (widget_class, "rows.select-none", NULL, select_none);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "menu.popup",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "menu.popup", NULL);
}

static void
usher_sidebar_init (UsherSidebar *self)
{
  self->target_us = (gint64) 120 * G_USEC_PER_SEC;
  self->bound_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  make_menu (self);
  /* The keys are for the chat that is shown, not for those that are chosen. */
  usher_keys_set_command (GTK_WIDGET (self->several), "");
  self->several_actions = new_actions (self, GTK_WIDGET (self->several));
  self->row_filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->parts = g_list_store_new (G_TYPE_LIST_MODEL);
  for (guint i = 0; i < USHER_N_SECTIONS; i++) {
    self->sections[i] = usher_section_new ((UsherSectionKind) i);
    g_list_store_append (self->parts, usher_section_get_rows (self->sections[i]));
  }
  self->rows = usher_row_model_new (
    G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->parts)))));
  gtk_multi_selection_set_model (self->selection, G_LIST_MODEL (self->rows));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
}

GtkWidget *
usher_sidebar_new (void)
{
  return g_object_new (USHER_TYPE_SIDEBAR, NULL);
}

void
usher_sidebar_set_source (UsherSidebar     *self,
                          UsherSectionKind  kind,
                          GListModel       *model)
{
  g_return_if_fail (USHER_IS_SIDEBAR (self));
  g_return_if_fail (kind < USHER_N_SECTIONS);
  usher_section_set_source (self->sections[kind], model);
}

void
usher_sidebar_set_reply_target (UsherSidebar *self,
                                guint         target_s)
{
  g_return_if_fail (USHER_IS_SIDEBAR (self));
  self->target_us = (gint64) MAX (target_s, 1) * G_USEC_PER_SEC;
}

static void
folded_cb (UsherSidebar *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) folded = NULL;

  for (guint i = 0; i < USHER_N_SECTIONS; i++)
    if (!usher_section_get_is_expanded (self->sections[i]))
      g_strv_builder_add (names, usher_section_get_name (self->sections[i]));
  folded = g_strv_builder_end (names);
  g_settings_set_strv (self->state, "folded-sections", (const char *const *) folded);
}

void
usher_sidebar_set_settings (UsherSidebar *self,
                            GSettings    *settings)
{
  g_auto (GStrv) folded = NULL;

  g_return_if_fail (USHER_IS_SIDEBAR (self));
  usher_filter_bar_set_settings (self->filter_bar, settings);
  g_clear_object (&self->state);
  self->state = g_settings_get_child (settings, "state");
  folded = g_settings_get_strv (self->state, "folded-sections");
  for (guint i = 0; i < USHER_N_SECTIONS; i++) {
    const char *name = usher_section_get_name (self->sections[i]);

    usher_section_set_is_expanded (self->sections[i],
                                   !g_strv_contains ((const char *const *) folded, name));
    g_signal_connect_object (self->sections[i], "notify::is-expanded", G_CALLBACK (folded_cb), self,
                             G_CONNECT_SWAPPED);
  }
}

void
usher_sidebar_open_filter (UsherSidebar *self)
{
  g_return_if_fail (USHER_IS_SIDEBAR (self));
  usher_filter_bar_open (self->filter_bar);
}

void
usher_sidebar_set_session (UsherSidebar *self,
                           UsherSession *session)
{
  g_return_if_fail (USHER_IS_SIDEBAR (self));
  usher_filter_bar_set_session (self->filter_bar, session);
  usher_conversation_actions_set_session (self->row_actions, session);
  usher_conversation_actions_set_session (self->several_actions, session);
}

void
usher_sidebar_set_macros (UsherSidebar     *self,
                          UsherMacroRunner *macros)
{
  g_return_if_fail (USHER_IS_SIDEBAR (self));
  usher_conversation_actions_set_macros (self->row_actions, macros);
  usher_conversation_actions_set_macros (self->several_actions, macros);
}

UsherConversation *
usher_sidebar_get_conversation (UsherSidebar *self)
{
  g_return_val_if_fail (USHER_IS_SIDEBAR (self), NULL);
  return self->conversation;
}

void
usher_sidebar_set_conversation (UsherSidebar      *self,
                                UsherConversation *conversation)
{
  guint position;

  g_return_if_fail (USHER_IS_SIDEBAR (self));
  position = conversation == NULL ? GTK_INVALID_LIST_POSITION : find_position (self, conversation);
  select_position (self, position);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
  remember (self, conversation);
}

void
usher_sidebar_select_by (UsherSidebar *self,
                         int           delta)
{
  GListModel *model;
  gint64 position;
  int step = delta > 0 ? 1 : -1;

  g_return_if_fail (USHER_IS_SIDEBAR (self));
  model = G_LIST_MODEL (self->selection);
  position = find_position (self, self->conversation);
  if (position == GTK_INVALID_LIST_POSITION)
    position = step > 0 ? -1 : (gint64) g_list_model_get_n_items (model);
  for (position += step; position >= 0; position += step) {
    g_autoptr (GObject) item = g_list_model_get_item (model, (guint) position);

    if (item == NULL)
      return;
    if (!USHER_IS_CONVERSATION (item))
      continue;
    usher_sidebar_set_conversation (self, USHER_CONVERSATION (item));
    return;
  }
}

/* The model keeps the reference: a conversation in a list outlives the call. */
static UsherConversation *
peek (GListModel *model,
      guint       position)
{
  g_autoptr (GObject) item = g_list_model_get_item (model, position);

  return (UsherConversation *) item;
}

UsherConversation *
usher_sidebar_get_nth_mine (UsherSidebar *self,
                            guint         n)
{
  g_return_val_if_fail (USHER_IS_SIDEBAR (self), NULL);
  return peek (usher_section_get_sorted (self->sections[USHER_SECTION_MINE]), n);
}

UsherConversation *
usher_sidebar_get_next_waiting (UsherSidebar *self)
{
  GListModel *mine;
  UsherConversation *conversation;

  g_return_val_if_fail (USHER_IS_SIDEBAR (self), NULL);
  usher_sidebar_sort_now (self);
  mine = usher_section_get_sorted (self->sections[USHER_SECTION_MINE]);
  for (guint i = 0; (conversation = peek (mine, i)) != NULL; i++) {
    if (usher_conversation_get_waits_since_us (conversation) == 0)
      return NULL;
    if (conversation != self->conversation)
      return conversation;
  }
  return NULL;
}

UsherConversation *
usher_sidebar_get_first_offer (UsherSidebar *self)
{
  g_return_val_if_fail (USHER_IS_SIDEBAR (self), NULL);
  return peek (usher_section_get_sorted (self->sections[USHER_SECTION_OFFERED]), 0);
}

void
usher_sidebar_sort_now (UsherSidebar *self)
{
  g_return_if_fail (USHER_IS_SIDEBAR (self));
  for (guint i = 0; i < USHER_N_SECTIONS; i++)
    usher_section_sort (self->sections[i]);
}

void
usher_sidebar_expand_all (UsherSidebar *self)
{
  g_return_if_fail (USHER_IS_SIDEBAR (self));
  for (guint i = 0; i < USHER_N_SECTIONS; i++)
    usher_section_set_is_expanded (self->sections[i], TRUE);
}
