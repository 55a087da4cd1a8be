/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-offer-bar.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-widget.h"

#define TICK_MS    200
#define NAME_CHARS 40
#define LINE_CHARS 120

struct _UsherOfferBar {
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *title;
  GtkLabel *line;
  GtkLabel *reason;
  GtkLabel *countdown;
  GtkProgressBar *progress;

  UsherConversation *conversation;
  GSignalGroup *signals;
  gint64 whole_us; /* time left when the offer was first seen */
  guint tick_id;
};

enum {
  PROP_0,
  PROP_CONVERSATION,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherOfferBar, usher_offer_bar, GTK_TYPE_WIDGET)

static void
update_countdown (UsherOfferBar *self)
{
  gint64 left_us =
    MAX (0, usher_conversation_get_offer_deadline_us (self->conversation) - g_get_real_time ());
  /* Rounded up: “0:01” stays until the offer has really ended. */
  g_autofree char *text = usher_format_waiting (left_us + G_USEC_PER_SEC - 1);

  gtk_label_set_text (self->countdown, text);
  gtk_progress_bar_set_fraction (self->progress,
                                 MIN (1.0, (double) left_us / (double) MAX (self->whole_us, 1)));
}

static gboolean
tick_cb (gpointer user_data)
{
  update_countdown (user_data);
  return G_SOURCE_CONTINUE;
}

static void
update (UsherOfferBar *self)
{
  g_autofree char *name =
    usher_text_to_line (usher_conversation_get_name (self->conversation), NAME_CHARS);
  g_autofree char *line =
    usher_text_to_line (usher_conversation_get_last_text (self->conversation), LINE_CHARS);
  g_autofree char *reason =
    usher_text_to_line (usher_conversation_get_offer_reason (self->conversation), LINE_CHARS);
  g_autofree char *note =
    usher_text_to_line (usher_conversation_get_offer_note (self->conversation), LINE_CHARS);
  /* Translators: %1$s is the visitor's name, %2$s the channel, such as Web */
  g_autofree char *title =
    g_strdup_printf (_ ("%1$s · %2$s"), *name == '\0' ? _ ("Visitor") : name,
                     usher_format_channel (usher_conversation_get_channel (self->conversation)));
  g_autofree char *why = NULL;

  /* A colleague's note matters more than the router's reason, and both may be there. */
  if (*note != '\0')
    why = *reason == '\0' ? g_strdup (note) : g_strdup_printf ("%s — %s", note, reason);
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->line, line);
  gtk_widget_set_visible (GTK_WIDGET (self->line), *line != '\0');
  gtk_label_set_text (self->reason, why != NULL ? why : reason);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), why != NULL || *reason != '\0');
  update_countdown (self);
}

static void
usher_offer_bar_get_property (GObject    *object,
                              guint       prop,
                              GValue     *value,
                              GParamSpec *pspec)
{
  g_value_set_object (value, USHER_OFFER_BAR (object)->conversation);
}

static void
usher_offer_bar_set_property (GObject      *object,
                              guint         prop,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  usher_offer_bar_set_conversation (USHER_OFFER_BAR (object), g_value_get_object (value));
}

static void
usher_offer_bar_dispose (GObject *object)
{
  UsherOfferBar *self = USHER_OFFER_BAR (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->conversation);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_OFFER_BAR);
  G_OBJECT_CLASS (usher_offer_bar_parent_class)->dispose (object);
}

static void
usher_offer_bar_class_init (UsherOfferBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = usher_offer_bar_get_property;
  object_class->set_property = usher_offer_bar_set_property;
  object_class->dispose = usher_offer_bar_dispose;
  pspecs[PROP_CONVERSATION] =
    g_param_spec_object ("conversation", NULL, NULL, USHER_TYPE_CONVERSATION,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-offer-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherOfferBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, UsherOfferBar, title);
  gtk_widget_class_bind_template_child (widget_class, UsherOfferBar, line);
  gtk_widget_class_bind_template_child (widget_class, UsherOfferBar, reason);
  gtk_widget_class_bind_template_child (widget_class, UsherOfferBar, countdown);
  gtk_widget_class_bind_template_child (widget_class, UsherOfferBar, progress);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
usher_offer_bar_init (UsherOfferBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
}

GtkWidget *
usher_offer_bar_new (void)
{
  return g_object_new (USHER_TYPE_OFFER_BAR, NULL);
}

void
usher_offer_bar_set_conversation (UsherOfferBar     *self,
                                  UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_OFFER_BAR (self));
  if (!g_set_object (&self->conversation, conversation))
    return;
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_signal_group_set_target (self->signals, conversation);
  if (conversation != NULL) {
    self->whole_us = usher_conversation_get_offer_deadline_us (conversation) - g_get_real_time ();
    self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
    update (self);
  }
  gtk_revealer_set_reveal_child (self->revealer, conversation != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_CONVERSATION]);
}

UsherConversation *
usher_offer_bar_get_conversation (UsherOfferBar *self)
{
  g_return_val_if_fail (USHER_IS_OFFER_BAR (self), NULL);
  return self->conversation;
}
