/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-chat-title.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-waiting-clock.h"
#include "usher-widget.h"

#define NAME_CHARS 60

struct _UsherChatTitle {
  GtkWidget parent_instance;

  AdwWindowTitle *title;
  UsherWaitingClock *clock;

  UsherConversation *conversation;
  GSignalGroup *signals;
  guint reply_target_s;
  gboolean is_compact;
  guint tick_id;
};

enum {
  PROP_REPLY_TARGET_S = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherChatTitle, usher_chat_title, GTK_TYPE_WIDGET)

char *
usher_chat_title_dup_name (UsherConversation *conversation)
{
  g_autofree char *name =
    usher_text_to_line (usher_conversation_get_name (conversation), NAME_CHARS);

  return *name == '\0' ? g_strdup (_ ("Visitor")) : g_steal_pointer (&name);
}

static char *
dup_subtitle (UsherConversation *conversation)
{
  const char *channel = usher_format_channel (usher_conversation_get_channel (conversation));
  const char *state = usher_format_state (usher_conversation_get_state (conversation));
  g_autofree char *agent =
    usher_text_to_line (usher_conversation_get_agent_name (conversation), NAME_CHARS);
  gboolean is_mine = usher_conversation_get_is_mine (conversation);

  if (*agent == '\0' && !is_mine)
    /* Translators: %1$s is the channel, such as Web; %2$s the state, such as In the queue */
    return g_strdup_printf (_ ("%1$s · %2$s"), channel, state);
  /* Translators: %1$s is the channel, such as Web; %2$s the state, such as Active; %3$s is who answers */
  return g_strdup_printf (_ ("%1$s · %2$s · %3$s"), channel, state,
                          is_mine ? C_ ("owner", "me") : agent);
}

static void
update_title (UsherChatTitle *self)
{
  g_autofree char *name = NULL;
  g_autofree char *subtitle = NULL;

  if (self->conversation != NULL) {
    name = usher_chat_title_dup_name (self->conversation);
    subtitle = self->is_compact ? NULL : dup_subtitle (self->conversation);
  }
  adw_window_title_set_title (self->title, name == NULL ? "" : name);
  adw_window_title_set_subtitle (self->title, subtitle == NULL ? "" : subtitle);
}

static void
update_clock (UsherChatTitle *self)
{
  gint64 since_us =
    self->conversation == NULL ? 0 : usher_conversation_get_waits_since_us (self->conversation);

  usher_waiting_clock_set (self->clock, since_us == 0 ? -1 : MAX (0, g_get_real_time () - since_us),
                           (gint64) self->reply_target_s * G_USEC_PER_SEC);
}

static void
update (UsherChatTitle *self)
{
  update_title (self);
  update_clock (self);
}

static gboolean
tick_cb (gpointer user_data)
{
  update_clock (user_data);
  return G_SOURCE_CONTINUE;
}

static void
usher_chat_title_map (GtkWidget *widget)
{
  UsherChatTitle *self = USHER_CHAT_TITLE (widget);

  GTK_WIDGET_CLASS (usher_chat_title_parent_class)->map (widget);
  update_clock (self);
  self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
}

static void
usher_chat_title_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&USHER_CHAT_TITLE (widget)->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (usher_chat_title_parent_class)->unmap (widget);
}

static void
usher_chat_title_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  if (prop_id == PROP_REPLY_TARGET_S)
    g_value_set_uint (value, USHER_CHAT_TITLE (object)->reply_target_s);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
usher_chat_title_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  UsherChatTitle *self = USHER_CHAT_TITLE (object);

  if (prop_id != PROP_REPLY_TARGET_S) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    return;
  }
  self->reply_target_s = g_value_get_uint (value);
  update_clock (self);
}

static void
usher_chat_title_dispose (GObject *object)
{
  UsherChatTitle *self = USHER_CHAT_TITLE (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->conversation);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_CHAT_TITLE);
  G_OBJECT_CLASS (usher_chat_title_parent_class)->dispose (object);
}

static void
usher_chat_title_class_init (UsherChatTitleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = usher_chat_title_dispose;
  object_class->get_property = usher_chat_title_get_property;
  object_class->set_property = usher_chat_title_set_property;
  widget_class->map = usher_chat_title_map;
  widget_class->unmap = usher_chat_title_unmap;
  props[PROP_REPLY_TARGET_S] = g_param_spec_uint ("reply-target-s", NULL, NULL, 0, G_MAXUINT, 60,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (USHER_TYPE_WAITING_CLOCK);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-chat-title.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherChatTitle, title);
  gtk_widget_class_bind_template_child (widget_class, UsherChatTitle, clock);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chattitle");
}

static void
usher_chat_title_init (UsherChatTitle *self)
{
  self->reply_target_s = 60;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
}

GtkWidget *
usher_chat_title_new (void)
{
  return g_object_new (USHER_TYPE_CHAT_TITLE, NULL);
}

void
usher_chat_title_set_conversation (UsherChatTitle    *self,
                                   UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_CHAT_TITLE (self));
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->signals, conversation);
  update (self);
}

void
usher_chat_title_set_is_compact (UsherChatTitle *self,
                                 gboolean        is_compact)
{
  g_return_if_fail (USHER_IS_CHAT_TITLE (self));
  self->is_compact = is_compact;
  update_title (self);
}
