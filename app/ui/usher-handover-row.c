/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-handover-row.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-queue.h"
#include "usher-target.h"
#include "usher-text.h"
#include "usher-widget.h"

#define NAME_CHARS    40
#define PROBLEM_CHARS 200

struct _UsherHandoverRow {
  GtkWidget parent_instance;

  GtkLabel *name;
  GtkLabel *channel;
  GtkTextView *brief;
  GtkTextBuffer *text;
  GtkDropDown *target;
  GtkImage *icon;
  GtkLabel *state;

  UsherHandoverItem *item;
  GSignalGroup *signals;
  GBindingGroup *bindings;
  gboolean is_filling; /* what is chosen now was not chosen by the agent */
};

G_DEFINE_FINAL_TYPE (UsherHandoverRow, usher_handover_row, GTK_TYPE_WIDGET)

/* --- How far it is ----------------------------------------------------------------------------------------- */

static char *
format_queued (UsherHandoverItem *item)
{
  GObject *target = usher_handover_item_get_target (item);
  g_autofree char *title =
    USHER_IS_QUEUE (target) ? usher_target_dup_title (target) : g_strdup ("");

  /* Translators: %s is a queue */
  return g_strdup_printf (_ ("Waits in the queue “%s” for whoever is free"), title);
}

static char *
format_passed (const char *who)
{
  if (*who == '\0')
    return g_strdup (_ ("It waits in its queue: choose again"));
  /* Translators: %s is a colleague */
  return g_strdup_printf (_ ("%s has not taken it. It waits in its queue: choose again"), who);
}

static char *
format_state (UsherHandoverItem *item)
{
  g_autofree char *name = usher_text_to_line (usher_handover_item_get_who (item), NAME_CHARS);
  const char *who = *name == '\0' ? _ ("a colleague") : name;

  switch (usher_handover_item_get_state (item)) {
  case USHER_HANDOVER_TURN:
    /* Translators: %s is a colleague, who is asked about one chat after another */
    return g_strdup_printf (_ ("Next for %s"), who);
  case USHER_HANDOVER_ASKING:
    return g_strdup (_ ("Being handed over…"));
  case USHER_HANDOVER_OFFERED:
    /* Translators: %s is a colleague */
    return g_strdup_printf (_ ("Waiting for %s to accept"), who);
  case USHER_HANDOVER_QUEUED:
    return format_queued (item);
  case USHER_HANDOVER_TAKEN:
    /* Translators: %s is a colleague */
    return g_strdup_printf (_ ("Accepted by %s"), who);
  case USHER_HANDOVER_PASSED:
    return format_passed (name);
  case USHER_HANDOVER_FAILED:
    return usher_text_to_line (usher_handover_item_get_problem (item), PROBLEM_CHARS);
  case USHER_HANDOVER_ENDED:
    return g_strdup (_ ("Has ended meanwhile"));
  case USHER_HANDOVER_MINE:
  default:
    return g_strdup (_ ("Still with you"));
  }
}
static const struct {
  const char *icon_name;
  const char *css_class; /* (nullable) */
} looks[] = {
  [USHER_HANDOVER_MINE] = { "avatar-default-symbolic", "dim-label" },
  [USHER_HANDOVER_TURN] = { "usher-wait-plain-symbolic", "dim-label" },
  [USHER_HANDOVER_ASKING] = { "usher-wait-plain-symbolic", "dim-label" },
  [USHER_HANDOVER_OFFERED] = { "usher-wait-plain-symbolic", "asked" },
  [USHER_HANDOVER_QUEUED] = { "system-users-symbolic", "done" },
  [USHER_HANDOVER_TAKEN] = { "object-select-symbolic", "done" },
  [USHER_HANDOVER_PASSED] = { "usher-wait-late-symbolic", "open" },
  [USHER_HANDOVER_FAILED] = { "usher-delivery-failed-symbolic", "open" },
  [USHER_HANDOVER_ENDED] = { "object-select-symbolic", "dim-label" },
};

static gboolean
is_changeable (UsherHandoverItem *item)
{
  UsherHandoverState state = usher_handover_item_get_state (item);

  return state == USHER_HANDOVER_MINE || state == USHER_HANDOVER_PASSED ||
         state == USHER_HANDOVER_FAILED;
}

static void
show_state (UsherHandoverRow *self)
{
  UsherHandoverState state = usher_handover_item_get_state (self->item);
  g_autofree char *text = format_state (self->item);
  GtkWidget *fate = gtk_widget_get_parent (GTK_WIDGET (self->state));
  const char *classes[] = { looks[state].css_class, NULL };

  gtk_image_set_from_icon_name (self->icon, looks[state].icon_name);
  gtk_label_set_text (self->state, text);
  gtk_widget_set_css_classes (fate, classes);
  gtk_text_view_set_editable (self->brief, is_changeable (self->item));
  gtk_widget_set_visible (GTK_WIDGET (self->target), is_changeable (self->item));
}

/* --- Whose it is ------------------------------------------------------------------------------------------- */

static void
show_visitor (UsherHandoverRow *self)
{
  UsherConversation *conversation = usher_handover_item_get_conversation (self->item);
  g_autofree char *name =
    usher_text_to_line (usher_conversation_get_name (conversation), NAME_CHARS);
  const char *shown = *name == '\0' ? _ ("Visitor") : name;
  /* Translators: %s is a visitor */
  g_autofree char *brief = g_strdup_printf (_ ("Brief about %s"), shown);
  /* Translators: %s is a visitor: who is to have their chat */
  g_autofree char *target = g_strdup_printf (_ ("Hand %s over to"), shown);

  gtk_label_set_text (self->name, shown);
  gtk_label_set_text (self->channel,
                      usher_format_channel (usher_conversation_get_channel (conversation)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->brief), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  brief, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->target), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  target, -1);
}

static void
show_target (UsherHandoverRow *self)
{
  self->is_filling = TRUE;
  usher_target_choose (self->target, usher_handover_item_get_target (self->item));
  self->is_filling = FALSE;
}

static void
chosen_cb (UsherHandoverRow *self)
{
  if (self->item != NULL && !self->is_filling)
    usher_handover_item_set_target (self->item, usher_target_get_chosen (self->target));
}

static void
usher_handover_row_dispose (GObject *object)
{
  UsherHandoverRow *self = USHER_HANDOVER_ROW (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->bindings);
  g_clear_object (&self->item);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_HANDOVER_ROW);
  G_OBJECT_CLASS (usher_handover_row_parent_class)->dispose (object);
}

static void
usher_handover_row_class_init (UsherHandoverRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_handover_row_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-handover-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverRow, name);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverRow, channel);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverRow, brief);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverRow, text);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverRow, target);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverRow, icon);
  gtk_widget_class_bind_template_child (widget_class, UsherHandoverRow, state);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "handoverrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
usher_handover_row_init (UsherHandoverRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  usher_target_set_up_drop_down (self->target);
  self->signals = g_signal_group_new (USHER_TYPE_HANDOVER_ITEM);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (show_state), self);
  g_signal_group_connect_swapped (self->signals, "notify::who", G_CALLBACK (show_state), self);
  g_signal_group_connect_swapped (self->signals, "notify::problem", G_CALLBACK (show_state), self);
  g_signal_group_connect_swapped (self->signals, "notify::target", G_CALLBACK (show_target), self);
  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "brief", self->text, "text",
                        G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

GtkWidget *
usher_handover_row_new (void)
{
  return g_object_new (USHER_TYPE_HANDOVER_ROW, NULL);
}

void
usher_handover_row_set_item (UsherHandoverRow  *self,
                             UsherHandoverItem *item)
{
  g_return_if_fail (USHER_IS_HANDOVER_ROW (self));
  g_signal_group_set_target (self->signals, item);
  g_binding_group_set_source (self->bindings, item);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  show_visitor (self);
  show_target (self);
  show_state (self);
}

void
usher_handover_row_set_targets (UsherHandoverRow *self,
                                GListModel       *targets)
{
  g_return_if_fail (USHER_IS_HANDOVER_ROW (self));
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->target, targets);
  self->is_filling = FALSE;
  if (self->item != NULL)
    show_target (self);
}
