/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-notifier"
#include "config.h"

#include "usher-notifier.h"

#include <glib/gi18n-lib.h>

#include "usher-notifications.h"
#include "usher-session-private.h"

struct _UsherNotifier {
  GObject parent_instance;

  UsherSession *session;
  UsherNotifications *notifications;
  gboolean is_enabled;
};

enum {
  PROP_IS_ENABLED = 1,
  N_PROPS,
};

enum {
  SIGNAL_ACTIVATE,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherNotifier, usher_notifier, G_TYPE_OBJECT)

static const char *
name_of (UsherConversation *conversation)
{
  const char *name = usher_conversation_get_name (conversation);

  return name != NULL && *name != '\0' ? name : _ ("Visitor");
}

/* However it ended: accepted, passed, taken by somebody else, too late. */
static void
deadline_changed_cb (UsherConversation *conversation,
                     GParamSpec        *pspec,
                     UsherNotifier     *self)
{
  if (usher_conversation_get_offer_deadline_us (conversation) != 0)
    return;
  g_signal_handlers_disconnect_by_func (conversation, deadline_changed_cb, self);
  usher_notifications_withdraw (self->notifications, usher_conversation_get_conv (conversation));
}

static void
offered_cb (UsherSession      *session,
            UsherConversation *conversation,
            UsherNotifier     *self)
{
  if (!self->is_enabled)
    return;
  g_signal_handlers_disconnect_by_func (conversation, deadline_changed_cb, self);
  g_signal_connect_object (conversation, "notify::offer-deadline-us",
                           G_CALLBACK (deadline_changed_cb), self, 0);
  usher_notifications_show_offer (self->notifications, usher_conversation_get_conv (conversation),
                                  name_of (conversation),
                                  usher_conversation_get_last_text (conversation));
}

static void
line_cb (UsherSession      *session,
         UsherConversation *conversation,
         UsherMessage      *message,
         UsherNotifier     *self)
{
  gboolean is_on_screen = session->is_window_active && session->shown == conversation;

  if (self->is_enabled && !is_on_screen)
    usher_notifications_show_line (self->notifications, usher_conversation_get_conv (conversation),
                                   name_of (conversation),
                                   usher_conversation_get_last_text (conversation));
}

static void
mentioned_cb (UsherSession      *session,
              UsherConversation *conversation,
              const char        *text,
              UsherNotifier     *self)
{
  if (self->is_enabled)
    usher_notifications_show_line (self->notifications, usher_conversation_get_conv (conversation),
                                   name_of (conversation), text);
}

static void
activate (UsherNotifier *self,
          guint64        conv)
{
  UsherConversation *conversation = usher_session_find (self->session, conv);

  if (conversation != NULL)
    g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0, conversation);
}

static void
accept_cb (UsherNotifications *notifications,
           guint64             conv,
           UsherNotifier      *self)
{
  UsherConversation *conversation = usher_session_find (self->session, conv);

  if (conversation != NULL)
    usher_session_accept (self->session, conversation);
  activate (self, conv);
}

static void
pass_cb (UsherNotifications *notifications,
         guint64             conv,
         UsherNotifier      *self)
{
  UsherConversation *conversation = usher_session_find (self->session, conv);

  if (conversation != NULL)
    usher_session_pass (self->session, conversation, "busy");
}

static void
activate_cb (UsherNotifications *notifications,
             guint64             conv,
             UsherNotifier      *self)
{
  activate (self, conv);
}

static void
usher_notifier_dispose (GObject *object)
{
  UsherNotifier *self = USHER_NOTIFIER (object);

  g_clear_object (&self->notifications);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (usher_notifier_parent_class)->dispose (object);
}

static void
usher_notifier_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_IS_ENABLED:
    g_value_set_boolean (value, USHER_NOTIFIER (object)->is_enabled);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_notifier_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  UsherNotifier *self = USHER_NOTIFIER (object);

  switch (prop_id) {
  case PROP_IS_ENABLED:
    if (self->is_enabled == g_value_get_boolean (value))
      return;
    self->is_enabled = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_notifier_class_init (UsherNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_notifier_dispose;
  object_class->get_property = usher_notifier_get_property;
  object_class->set_property = usher_notifier_set_property;

  props[PROP_IS_ENABLED] =
    g_param_spec_boolean ("is-enabled", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_ACTIVATE] =
    g_signal_new ("activate", USHER_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, USHER_TYPE_CONVERSATION);
}

static void
usher_notifier_init (UsherNotifier *self)
{
  self->is_enabled = TRUE;
}

UsherNotifier *
usher_notifier_new (UsherSession *session)
{
  UsherNotifier *self = g_object_new (USHER_TYPE_NOTIFIER, NULL);

  self->session = g_object_ref (session);
  self->notifications = usher_notifications_new ("Usher");
  g_signal_connect_object (session, "offered", G_CALLBACK (offered_cb), self, 0);
  g_signal_connect_object (session, "line", G_CALLBACK (line_cb), self, 0);
  g_signal_connect_object (session, "mentioned", G_CALLBACK (mentioned_cb), self, 0);
  g_signal_connect_object (self->notifications, "accept", G_CALLBACK (accept_cb), self, 0);
  g_signal_connect_object (self->notifications, "pass", G_CALLBACK (pass_cb), self, 0);
  g_signal_connect_object (self->notifications, "activate", G_CALLBACK (activate_cb), self, 0);
  return self;
}

void
usher_notifier_seen (UsherNotifier     *self,
                     UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_NOTIFIER (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  if (usher_conversation_get_offer_deadline_us (conversation) == 0)
    usher_notifications_withdraw (self->notifications, usher_conversation_get_conv (conversation));
}
