/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-sidebar.h"

#include <glib/gi18n.h>

#include "usher-conversation-row.h"
#include "usher-conversation.h"
#include "usher-section-row.h"
#include "usher-widget.h"

/* How long the pointer must rest before rows may move under it. */
#define REST_US ((gint64) 2 * G_USEC_PER_SEC)

struct _UsherSidebar {
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkEventController *motion;

  UsherSection *sections[USHER_N_SECTIONS];
  GListStore *parts;
  GPtrArray *bound_rows; /* borrowed conversation rows now on a list item */
  UsherConversation *conversation;
  gint64 last_motion_us; /* monotonic */
  gint64 target_us;
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
  usher_conversation_row_set_conversation (USHER_CONVERSATION_ROW (row), conversation);
  usher_conversation_row_tick (USHER_CONVERSATION_ROW (row), g_get_real_time (), self->target_us);
  g_ptr_array_add (self->bound_rows, row);
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
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_activatable (item, FALSE);
  usher_section_row_set_section (USHER_SECTION_ROW (row), section);
}

static void
bind_cb (UsherSidebar *self,
         GtkListItem  *item)
{
  gpointer object = gtk_list_item_get_item (item);

  if (USHER_IS_CONVERSATION (object))
    bind_conversation (self, item, object);
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

static void
select_position (UsherSidebar *self,
                 guint         position)
{
  self->is_selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->is_selecting = FALSE;
}

static gboolean
reselect_cb (gpointer user_data)
{
  UsherSidebar *self = user_data;

  self->reselect_id = 0;
  if (self->conversation != NULL)
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

/*
 * The selection says “nothing” when the selected row leaves the model. That is no wish of the agent's: the conversation
 * is about to appear in another section.
 */
static void
selected_item_cb (UsherSidebar *self)
{
  gpointer item = gtk_single_selection_get_selected_item (self->selection);

  if (self->is_selecting)
    return;
  if (USHER_IS_CONVERSATION (item))
    remember (self, item);
  else if (self->conversation != NULL && self->reselect_id == 0)
    self->reselect_id = g_idle_add (reselect_cb, self);
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
  if (!is_pointed_at (self))
    usher_sidebar_sort_now (self);
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
  pspecs[PROP_CONVERSATION] =
    g_param_spec_object ("conversation", NULL, NULL, USHER_TYPE_CONVERSATION,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, scroller);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherSidebar, motion);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_item_cb);
  gtk_widget_class_bind_template_callback (widget_class, motion_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "sidebar");
}

static void
usher_sidebar_init (UsherSidebar *self)
{
  g_autoptr (GtkFlattenListModel) rows = NULL;

  self->target_us = (gint64) 120 * G_USEC_PER_SEC;
  self->bound_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->parts = g_list_store_new (G_TYPE_LIST_MODEL);
  for (guint i = 0; i < USHER_N_SECTIONS; i++) {
    self->sections[i] = usher_section_new ((UsherSectionKind) i);
    g_list_store_append (self->parts, usher_section_get_rows (self->sections[i]));
  }
  usher_section_set_is_expanded (self->sections[USHER_SECTION_CLOSED], FALSE);
  rows = gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->parts)));
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (rows));
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
  position = gtk_single_selection_get_selected (self->selection);
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
    if (usher_conversation_get_waiting_since_us (conversation) == 0)
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
