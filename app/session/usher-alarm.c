/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-alarm"
#include "config.h"

#include "usher-alarm.h"

#include "usher-session-private.h"

#define HUSH_US  ((gint64) 300 * G_USEC_PER_SEC)
#define AGAIN_US ((gint64) 30 * G_USEC_PER_SEC)

struct _UsherAlarm {
  GObject parent_instance;

  UsherSession *session;
  GSettings *settings;
  GSettings *alerts;
  UsherAlertRules rules;
  GHashTable *queue_rules; /* name → GUINT_TO_POINTER (UsherQueueRule) */
  GHashTable *levels;      /* conv → level at the last look */
  UsherConversation *late;
  guint n_waiting;
  guint minute;
  gint64 hushed_until_us;
  gint64 again_us; /* the alarm sounds again; 0: it does not sound */
  guint tick_id;
};

enum {
  SIGNAL_RAISED,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherAlarm, usher_alarm, G_TYPE_OBJECT)

/* What one look found. */
typedef struct {
  gint64 now_us;
  GHashTable *levels;
  guint n_waiting;
  UsherConversation *raised; /* the loudest of those that rose; of two, who has waited longer */
  UsherAlertLevel raised_level;
  gint64 raised_since_us;
  UsherConversation *late;
  gint64 late_since_us;
} Look;

/* --- Rules ------------------------------------------------------------------------------------------- */

static void
read_queue_rules (UsherAlarm *self)
{
  g_autoptr (GVariant) queues = g_settings_get_value (self->alerts, "queues");
  GVariantIter iter;
  const char *name, *rule;

  g_hash_table_remove_all (self->queue_rules);
  g_variant_iter_init (&iter, queues);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &rule)) {
    UsherQueueRule value = USHER_QUEUE_NORMAL;

    if (g_str_equal (rule, "calm"))
      value = USHER_QUEUE_CALM;
    else if (g_str_equal (rule, "eager"))
      value = USHER_QUEUE_EAGER;
    g_hash_table_insert (self->queue_rules, g_strdup (name), GUINT_TO_POINTER (value));
  }
}

static void
read_rules (UsherAlarm *self)
{
  static const char *const keys[] = { [USHER_ALERT_BADGE] = "badge",
                                      [USHER_ALERT_NOTICE] = "notice",
                                      [USHER_ALERT_URGENT] = "urgent",
                                      [USHER_ALERT_ALARM] = "alarm" };
  UsherAlertRules *rules = &self->rules;

  rules->target_us =
    (gint64) g_settings_get_uint (self->settings, "reply-target-s") * G_USEC_PER_SEC;
  rules->from_percent[USHER_ALERT_URGENT] = g_settings_get_uint (self->alerts, "urgent-percent");
  rules->from_percent[USHER_ALERT_ALARM] = g_settings_get_uint (self->alerts, "alarm-percent");
  for (guint level = USHER_ALERT_BADGE; level < USHER_ALERT_N_LEVELS; level++)
    rules->senses[level] = (UsherSenses) g_settings_get_enum (self->alerts, keys[level]);
  rules->has_quiet_hours = g_settings_get_boolean (self->alerts, "quiet-hours");
  rules->quiet_from = g_settings_get_uint (self->alerts, "quiet-from");
  rules->quiet_to = g_settings_get_uint (self->alerts, "quiet-to");
  read_queue_rules (self);
}

/* --- One look ---------------------------------------------------------------------------------------- */

static UsherAlertThing
describe (UsherAlarm        *self,
          UsherConversation *conversation,
          UsherAlertRole     role)
{
  const char *queue = usher_conversation_get_queue (conversation);
  gpointer rule = queue == NULL ? NULL : g_hash_table_lookup (self->queue_rules, queue);

  return (UsherAlertThing){
    .role = role,
    .since_us = role == USHER_ALERT_SUPERVISOR
                  ? usher_conversation_get_enqueued_at_us (conversation)
                  : usher_conversation_get_waiting_since_us (conversation),
    .deadline_us = usher_conversation_get_offer_deadline_us (conversation),
    .is_in_sight = usher_session_is_attended (self->session, conversation),
    .queue_rule = (UsherQueueRule) GPOINTER_TO_UINT (rule),
  };
}

static gboolean
is_before (gint64             since_us,
           gint64             other_us,
           UsherConversation *other)
{
  return other == NULL || since_us < other_us;
}

static void
note_level (UsherAlarm        *self,
            UsherConversation *conversation,
            UsherAlertLevel    level,
            gint64             since_us,
            Look              *look)
{
  guint64 conv = usher_conversation_get_conv (conversation);
  UsherAlertLevel before = GPOINTER_TO_UINT (g_hash_table_lookup (self->levels, &conv));

  look->n_waiting++;
  g_hash_table_insert (look->levels, g_memdup2 (&conv, sizeof conv), GUINT_TO_POINTER (level));
  if (level == USHER_ALERT_ALARM && is_before (since_us, look->late_since_us, look->late)) {
    look->late = conversation;
    look->late_since_us = since_us;
  }
  if (level <= before || level < look->raised_level)
    return;
  if (level == look->raised_level && !is_before (since_us, look->raised_since_us, look->raised))
    return;
  look->raised = conversation;
  look->raised_level = level;
  look->raised_since_us = since_us;
}

static void
look_at (UsherAlarm            *self,
         UsherConversationList *list,
         UsherAlertRole         role,
         Look                  *look)
{
  guint n_items = usher_conversation_list_get_n_items (list);

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherConversation) conversation = g_list_model_get_item (G_LIST_MODEL (list), i);
    UsherAlertThing thing = describe (self, conversation, role);
    UsherAlertLevel level = usher_alert_level (&thing, &self->rules, look->now_us);

    if (level > USHER_ALERT_NONE) /* the list holds it while we look */
      note_level (self, conversation, level, thing.since_us, look);
  }
}

/* The alarm does not end by having been heard once. */
static void
sound_again (UsherAlarm *self,
             gint64      now_us)
{
  UsherSenses senses = usher_alert_senses (&self->rules, USHER_ALERT_ALARM, self->minute);

  if (self->late == NULL || now_us < self->hushed_until_us) {
    self->again_us = 0;
  } else if (self->again_us == 0) {
    self->again_us = now_us + AGAIN_US;
  } else if (now_us >= self->again_us) {
    self->again_us = now_us + AGAIN_US;
    g_signal_emit (self, signals[SIGNAL_RAISED], 0, self->late, USHER_ALERT_ALARM,
                   senses & USHER_SENSE_AUDIBLE);
  }
}

static void
tell_raised (UsherAlarm *self,
             const Look *look)
{
  UsherSenses senses = usher_alert_senses (&self->rules, look->raised_level, self->minute);

  if (look->raised_level == USHER_ALERT_ALARM && look->now_us < self->hushed_until_us)
    return;
  g_signal_emit (self, signals[SIGNAL_RAISED], 0, look->raised, look->raised_level, senses);
}

static gboolean
tick_cb (gpointer user_data)
{
  UsherAlarm *self = user_data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  usher_alarm_look (self, g_get_real_time (),
                    (guint) (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now)));
  if (self->n_waiting > 0)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

/* Somebody may wait now. A burst is looked at once. */
static void
wake (UsherAlarm *self)
{
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
}

/* --- Object ------------------------------------------------------------------------------------------ */

static void
usher_alarm_dispose (GObject *object)
{
  UsherAlarm *self = USHER_ALARM (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->late);
  g_clear_object (&self->alerts);
  g_clear_object (&self->settings);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (usher_alarm_parent_class)->dispose (object);
}

static void
usher_alarm_finalize (GObject *object)
{
  UsherAlarm *self = USHER_ALARM (object);

  g_hash_table_unref (self->levels);
  g_hash_table_unref (self->queue_rules);

  G_OBJECT_CLASS (usher_alarm_parent_class)->finalize (object);
}

static void
usher_alarm_class_init (UsherAlarmClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_alarm_dispose;
  object_class->finalize = usher_alarm_finalize;
  signals[SIGNAL_RAISED] =
    g_signal_new ("raised", USHER_TYPE_ALARM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  3, USHER_TYPE_CONVERSATION, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", USHER_TYPE_ALARM, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
usher_alarm_init (UsherAlarm *self)
{
  self->queue_rules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->levels = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

UsherAlarm *
usher_alarm_new (UsherSession *session,
                 GSettings    *settings)
{
  UsherAlarm *self = g_object_new (USHER_TYPE_ALARM, NULL);
  UsherConversationList *const lists[] = { session->offered, session->mine, session->queue };

  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  self->alerts = g_settings_get_child (settings, "alerts");
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (read_rules), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->alerts, "changed", G_CALLBACK (read_rules), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_signal_connect_object (lists[i], "items-changed", G_CALLBACK (wake), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (lists[i], "item-changed", G_CALLBACK (wake), self, G_CONNECT_SWAPPED);
  }
  read_rules (self);
  wake (self);
  return self;
}

void
usher_alarm_look (UsherAlarm *self,
                  gint64      now_us,
                  guint       minute)
{
  g_autoptr (GHashTable) levels = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Look look = { .now_us = now_us, .levels = levels };
  gboolean is_changed;

  g_return_if_fail (USHER_IS_ALARM (self));
  self->minute = minute;
  look_at (self, self->session->offered, USHER_ALERT_OFFERED, &look);
  look_at (self, self->session->mine, USHER_ALERT_OWNER, &look);
  if (usher_session_has_right (self->session, "floor"))
    look_at (self, self->session->queue, USHER_ALERT_SUPERVISOR, &look);
  g_hash_table_unref (self->levels);
  self->levels = g_hash_table_ref (levels);
  is_changed = self->n_waiting != look.n_waiting;
  self->n_waiting = look.n_waiting;
  is_changed |= g_set_object (&self->late, look.late);
  if (look.raised != NULL)
    tell_raised (self, &look);
  sound_again (self, now_us);
  if (is_changed || self->hushed_until_us != 0)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (now_us >= self->hushed_until_us)
    self->hushed_until_us = 0;
}

UsherSenses
usher_alarm_get_senses (UsherAlarm        *self,
                        UsherConversation *conversation,
                        UsherAlertLevel    least)
{
  const char *queue = usher_conversation_get_queue (conversation);
  guint64 conv = usher_conversation_get_conv (conversation);
  UsherAlertLevel level;

  g_return_val_if_fail (USHER_IS_ALARM (self), USHER_SENSE_NONE);
  if (queue != NULL &&
      GPOINTER_TO_UINT (g_hash_table_lookup (self->queue_rules, queue)) == USHER_QUEUE_CALM)
    return USHER_SENSE_NONE;
  level = GPOINTER_TO_UINT (g_hash_table_lookup (self->levels, &conv));
  return usher_alert_senses (&self->rules, MAX (level, least), self->minute);
}

void
usher_alarm_hush (UsherAlarm *self)
{
  g_return_if_fail (USHER_IS_ALARM (self));

  self->hushed_until_us = g_get_real_time () + HUSH_US;
  self->again_us = 0;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

guint
usher_alarm_get_n_waiting (UsherAlarm *self)
{
  g_return_val_if_fail (USHER_IS_ALARM (self), 0);

  return (self->rules.senses[USHER_ALERT_BADGE] & USHER_SENSE_VISUAL) != 0 ? self->n_waiting : 0;
}

UsherConversation *
usher_alarm_get_late (UsherAlarm *self)
{
  UsherSenses senses;

  g_return_val_if_fail (USHER_IS_ALARM (self), NULL);

  senses = usher_alert_senses (&self->rules, USHER_ALERT_ALARM, self->minute);
  if (self->hushed_until_us != 0 || (senses & USHER_SENSE_VISUAL) == 0)
    return NULL;
  return self->late;
}
