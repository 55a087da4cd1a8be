/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-notifier"
#include "config.h"

#include "usher-notifier.h"

#include <glib/gi18n-lib.h>

#include "usher-alarm.h"
#include "usher-notifications.h"
#include "usher-session-private.h"
#include "usher-sound.h"

struct _UsherNotifier {
  GObject parent_instance;

  UsherSession *session;
  UsherNotifications *notifications;
  UsherAlarm *alarm;
  gboolean is_enabled;
};

enum {
  PROP_IS_ENABLED = 1,
  PROP_N_WAITING,
  PROP_LATE,
  N_PROPS,
};

enum {
  SIGNAL_ACTIVATE,
  SIGNAL_SEEN,
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

static gboolean
may_show (UsherNotifier     *self,
          UsherConversation *conversation,
          UsherAlertLevel    level)
{
  UsherSenses senses = usher_alarm_get_senses (self->alarm, conversation, level);

  return self->is_enabled && (senses & USHER_SENSE_VISUAL) != 0;
}

static void
offered_cb (UsherSession      *session,
            UsherConversation *conversation,
            UsherNotifier     *self)
{
  if (!may_show (self, conversation, USHER_ALERT_URGENT))
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
  if (!usher_session_is_attended (session, conversation) &&
      may_show (self, conversation, USHER_ALERT_NOTICE))
    usher_notifications_show_line (self->notifications, usher_conversation_get_conv (conversation),
                                   name_of (conversation),
                                   usher_conversation_get_last_text (conversation), FALSE);
}

/* The count, the first notification and the bar come by themselves; here is what is new at a level. */
static void
raised_cb (UsherAlarm        *alarm,
           UsherConversation *conversation,
           guint              level,
           guint              senses,
           UsherNotifier     *self)
{
  static const char *const sounds[] = { [USHER_ALERT_BADGE] = "badge",
                                        [USHER_ALERT_NOTICE] = "notice",
                                        [USHER_ALERT_URGENT] = "urgent",
                                        [USHER_ALERT_ALARM] = "alarm" };
  gboolean is_offer = usher_conversation_get_offer_deadline_us (conversation) != 0;

  if ((senses & USHER_SENSE_AUDIBLE) != 0)
    usher_sound_play (sounds[level]);
  if (level == USHER_ALERT_URGENT && !is_offer && self->is_enabled &&
      (senses & USHER_SENSE_VISUAL) != 0)
    usher_notifications_show_line (self->notifications, usher_conversation_get_conv (conversation),
                                   name_of (conversation),
                                   usher_conversation_get_last_text (conversation), TRUE);
}

static void
changed_cb (UsherAlarm    *alarm,
            UsherNotifier *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_WAITING]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LATE]);
}

static void
mentioned_cb (UsherSession      *session,
              UsherConversation *conversation,
              const char        *text,
              UsherNotifier     *self)
{
  if (may_show (self, conversation, USHER_ALERT_NOTICE))
    usher_notifications_show_line (self->notifications, usher_conversation_get_conv (conversation),
                                   name_of (conversation), text, FALSE);
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

/* What cannot be sent is not lost: it waits in the composer. */
static void
reply_cb (UsherNotifications *notifications,
          guint64             conv,
          const char         *text,
          UsherNotifier      *self)
{
  UsherConversation *conversation = usher_session_find (self->session, conv);

  if (conversation == NULL)
    return;
  if (usher_conversation_may_write (conversation)) {
    usher_session_send_text (self->session, conversation, text);
    return;
  }
  usher_session_set_draft (self->session, conversation, text, FALSE);
  activate (self, conv);
}

static void
seen_cb (UsherNotifications *notifications,
         UsherNotifier      *self)
{
  g_signal_emit (self, signals[SIGNAL_SEEN], 0);
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

  g_clear_object (&self->alarm);
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
  case PROP_N_WAITING:
    g_value_set_uint (value, usher_alarm_get_n_waiting (USHER_NOTIFIER (object)->alarm));
    break;
  case PROP_LATE:
    g_value_set_object (value, usher_alarm_get_late (USHER_NOTIFIER (object)->alarm));
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
  props[PROP_N_WAITING] = g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_LATE] = g_param_spec_object ("late", NULL, NULL, USHER_TYPE_CONVERSATION,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_ACTIVATE] =
    g_signal_new ("activate", USHER_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, USHER_TYPE_CONVERSATION);
  signals[SIGNAL_SEEN] = g_signal_new ("seen", USHER_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
usher_notifier_init (UsherNotifier *self)
{
  self->is_enabled = TRUE;
}

UsherNotifier *
usher_notifier_new (UsherSession *session,
                    GSettings    *settings)
{
  UsherNotifier *self = g_object_new (USHER_TYPE_NOTIFIER, NULL);

  self->session = g_object_ref (session);
  self->notifications = usher_notifications_new ("Usher");
  self->alarm = usher_alarm_new (session, settings);
  g_settings_bind (settings, "show-notifications", self, "is-enabled", G_SETTINGS_BIND_GET);
  g_signal_connect_object (self->alarm, "raised", G_CALLBACK (raised_cb), self, 0);
  g_signal_connect_object (self->alarm, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (self->notifications, "reply", G_CALLBACK (reply_cb), self, 0);
  g_signal_connect_object (self->notifications, "seen", G_CALLBACK (seen_cb), self, 0);
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

void
usher_notifier_hush (UsherNotifier *self)
{
  g_return_if_fail (USHER_IS_NOTIFIER (self));

  usher_alarm_hush (self->alarm);
}

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *server = usher_notifications_test_finish (result, &error);

  if (server != NULL)
    g_task_return_pointer (task, server, g_free);
  else
    g_task_return_error (task, error);
}

void
usher_notifier_test_async (UsherNotifier       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (USHER_IS_NOTIFIER (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_notifier_test_async);
  usher_notifications_test_async (self->notifications, cancellable, tested_cb, task);
}

char *
usher_notifier_test_finish (UsherNotifier  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
