/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"

/* The object itself: what it owns, its properties and signals. What it does is in the files named usher-session-*.c. */

enum {
  PROP_LINK_STATE = 1,
  PROP_IN_STEP_US,
  PROP_CONNECTED_SINCE_US,
  PROP_KEEPS_SIGN_IN,
  PROP_AGENT,
  PROP_AGENT_NAME,
  PROP_LOGIN,
  PROP_ROLE,
  PROP_GATEWAY_URL,
  PROP_RIGHTS,
  PROP_IS_ACCEPTING,
  PROP_IS_PRESENT,
  PROP_IS_AWAY,
  PROP_LOAD,
  PROP_CAPACITY,
  PROP_HAS_OWN_WAITING,
  PROP_UNDO_SEND_S,
  PROP_IDLE_MINUTES,
  PROP_OFFERED,
  PROP_MINE,
  PROP_QUEUE,
  PROP_BOT,
  PROP_SNOOZED,
  PROP_WATCHING,
  PROP_CLOSED,
  PROP_COLLEAGUES,
  PROP_QUEUES,
  PROP_HANDOVER,
  PROP_HANDOVER_STAGE,
  PROP_CANNED,
  N_PROPS,
};

enum {
  SIGNAL_NOTICE,
  SIGNAL_OFFERED,
  SIGNAL_LINE,
  SIGNAL_LINE_SHOWN,
  SIGNAL_MENTIONED,
  SIGNAL_SIGNED_OUT,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherSession, usher_session, G_TYPE_OBJECT)

static void
notify (UsherSession *self,
        guint         prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
usher_session_notice (UsherSession *self,
                      guint         level,
                      const char   *text,
                      const char   *slug)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, level, text, slug);
}

void
usher_session_emit_offered (UsherSession      *self,
                            UsherConversation *conversation)
{
  g_signal_emit (self, signals[SIGNAL_OFFERED], 0, conversation);
}

void
usher_session_emit_line (UsherSession      *self,
                         UsherConversation *conversation,
                         UsherMessage      *message)
{
  g_signal_emit (self, signals[SIGNAL_LINE], 0, conversation, message);
}

void
usher_session_emit_line_shown (UsherSession      *self,
                               UsherConversation *conversation,
                               UsherMessage      *message)
{
  g_signal_emit (self, signals[SIGNAL_LINE_SHOWN], 0, conversation, message);
}

void
usher_session_emit_mentioned (UsherSession      *self,
                              UsherConversation *conversation,
                              const char        *text)
{
  g_signal_emit (self, signals[SIGNAL_MENTIONED], 0, conversation, text);
}

void
usher_session_emit_signed_out (UsherSession *self,
                               const char   *reason)
{
  g_signal_emit (self, signals[SIGNAL_SIGNED_OUT], 0, reason);
}

static void
set_connected (UsherSession *self,
               gboolean      is_connected)
{
  if (is_connected == (self->connected_since_us != 0))
    return;
  self->connected_since_us = is_connected ? g_get_real_time () : 0;
  notify (self, PROP_CONNECTED_SINCE_US);
}

void
usher_session_set_link_state (UsherSession   *self,
                              UsherLinkState  state)
{
  if (self->link_state == state)
    return;
  self->link_state = state;
  set_connected (self, state >= USHER_LINK_CATCHING_UP);
  notify (self, PROP_LINK_STATE);
}

void
usher_session_set_in_step (UsherSession *self,
                           gint64        in_step_us)
{
  if (self->in_step_us == in_step_us)
    return;
  self->in_step_us = in_step_us;
  notify (self, PROP_IN_STEP_US);
}

static void
set_string (UsherSession  *self,
            char         **field,
            const char    *value,
            guint          prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  notify (self, prop);
}

void
usher_session_set_self (UsherSession      *self,
                        guint64            agent,
                        const char        *name,
                        const char        *login,
                        const char        *role,
                        const char *const *rights)
{
  if (self->agent != agent) {
    self->agent = agent;
    notify (self, PROP_AGENT);
  }
  set_string (self, &self->agent_name, name, PROP_AGENT_NAME);
  set_string (self, &self->login, login, PROP_LOGIN);
  set_string (self, &self->role, role, PROP_ROLE);
  g_strfreev (self->rights);
  self->rights = g_strdupv ((char **) rights);
  notify (self, PROP_RIGHTS);
}

static void
keep_is_accepting (UsherSession *self)
{
  usher_store_set_meta (self->store, "is-accepting", self->is_accepting ? "1" : "0");
}

void
usher_session_set_status (UsherSession *self,
                          gboolean      is_accepting,
                          guint         load,
                          guint         capacity)
{
  /* Our wish is not undone by what the gateway said before it heard of it. */
  gboolean is_heard = self->n_status_asked == 0 && self->link_state >= USHER_LINK_CATCHING_UP;

  if (self->is_accepting != is_accepting && is_heard) {
    self->is_accepting = is_accepting;
    keep_is_accepting (self);
    notify (self, PROP_IS_ACCEPTING);
  }
  if (self->load != load) {
    self->load = load;
    notify (self, PROP_LOAD);
  }
  if (self->capacity != capacity) {
    self->capacity = capacity;
    notify (self, PROP_CAPACITY);
  }
}

void
usher_session_update_own_waiting (UsherSession *self)
{
  guint n_items = usher_conversation_list_get_n_items (self->mine);
  gboolean has_own_waiting = FALSE;

  for (guint i = 0; i < n_items && !has_own_waiting; i++) {
    g_autoptr (UsherConversation) conversation =
      g_list_model_get_item (G_LIST_MODEL (self->mine), i);

    has_own_waiting = usher_conversation_get_waits_since_us (conversation) != 0;
  }
  if (self->has_own_waiting == has_own_waiting)
    return;
  self->has_own_waiting = has_own_waiting;
  notify (self, PROP_HAS_OWN_WAITING);
}

void
usher_session_set_handover_stage (UsherSession       *self,
                                  UsherHandoverStage  stage)
{
  if (self->handover_stage == stage)
    return;
  self->handover_stage = stage;
  notify (self, PROP_HANDOVER_STAGE);
}

/* Nothing new may come while a shift is handed over; whoever asked for it shows again how it is. After it, accepting ends it. */
static gboolean
is_frozen (UsherSession *self,
           gboolean      is_accepting)
{
  if (is_accepting && self->handover_stage == USHER_HANDOVER_DONE)
    usher_session_end_handover (self);
  if (!is_accepting || self->handover_stage == USHER_HANDOVER_NONE)
    return FALSE;
  notify (self, PROP_IS_ACCEPTING);
  usher_session_notice (
    self, USHER_NOTICE_INFO,
    _ ("You are handing over your shift. Cancel that first, then chats are offered to you again."),
    "handing_over");
  return TRUE;
}

static void
set_is_accepting (UsherSession *self,
                  gboolean      is_accepting)
{
  if (self->is_accepting == is_accepting || is_frozen (self, is_accepting))
    return;
  self->is_accepting = is_accepting;
  keep_is_accepting (self);
  usher_session_send_status (self);
  notify (self, PROP_IS_ACCEPTING);
}

static void
set_is_present (UsherSession *self,
                gboolean      is_present)
{
  if (self->is_present == is_present)
    return;
  self->is_present = is_present;
  usher_session_send_status (self);
  notify (self, PROP_IS_PRESENT);
}

static void
usher_session_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  UsherSession *self = USHER_SESSION (object);

  switch (prop_id) {
  case PROP_LINK_STATE:
    g_value_set_enum (value, (gint) self->link_state);
    break;
  case PROP_IN_STEP_US:
    g_value_set_int64 (value, self->in_step_us);
    break;
  case PROP_AGENT:
    g_value_set_uint64 (value, self->agent);
    break;
  case PROP_AGENT_NAME:
    g_value_set_string (value, self->agent_name);
    break;
  case PROP_LOGIN:
    g_value_set_string (value, self->login);
    break;
  case PROP_ROLE:
    g_value_set_string (value, self->role);
    break;
  case PROP_CONNECTED_SINCE_US:
    g_value_set_int64 (value, self->connected_since_us);
    break;
  case PROP_KEEPS_SIGN_IN:
    g_value_set_boolean (value, usher_keyring_get_is_kept (self->keyring));
    break;
  case PROP_GATEWAY_URL:
    g_value_set_string (value, self->gateway_url);
    break;
  case PROP_RIGHTS:
    g_value_set_boxed (value, self->rights);
    break;
  case PROP_IS_ACCEPTING:
    g_value_set_boolean (value, self->is_accepting);
    break;
  case PROP_IS_PRESENT:
    g_value_set_boolean (value, self->is_present);
    break;
  case PROP_IS_AWAY:
    g_value_set_boolean (value, usher_session_get_is_away (self));
    break;
  case PROP_LOAD:
    g_value_set_uint (value, self->load);
    break;
  case PROP_CAPACITY:
    g_value_set_uint (value, self->capacity);
    break;
  case PROP_HAS_OWN_WAITING:
    g_value_set_boolean (value, self->has_own_waiting);
    break;
  case PROP_UNDO_SEND_S:
    g_value_set_uint (value, self->undo_send_s);
    break;
  case PROP_IDLE_MINUTES:
    g_value_set_uint (value, self->idle_minutes);
    break;
  case PROP_OFFERED:
    g_value_set_object (value, self->offered);
    break;
  case PROP_MINE:
    g_value_set_object (value, self->mine);
    break;
  case PROP_QUEUE:
    g_value_set_object (value, self->queue);
    break;
  case PROP_BOT:
    g_value_set_object (value, self->bot);
    break;
  case PROP_SNOOZED:
    g_value_set_object (value, self->snoozed);
    break;
  case PROP_WATCHING:
    g_value_set_object (value, self->watching);
    break;
  case PROP_CLOSED:
    g_value_set_object (value, self->closed);
    break;
  case PROP_COLLEAGUES:
    g_value_set_object (value, self->colleagues);
    break;
  case PROP_QUEUES:
    g_value_set_object (value, self->queues);
    break;
  case PROP_HANDOVER:
    g_value_set_object (value, self->handover);
    break;
  case PROP_HANDOVER_STAGE:
    g_value_set_enum (value, (gint) self->handover_stage);
    break;
  case PROP_CANNED:
    g_value_set_object (value, self->team_canned);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_session_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  UsherSession *self = USHER_SESSION (object);

  switch (prop_id) {
  case PROP_IS_ACCEPTING:
    set_is_accepting (self, g_value_get_boolean (value));
    break;
  case PROP_IS_PRESENT:
    set_is_present (self, g_value_get_boolean (value));
    break;
  case PROP_UNDO_SEND_S:
    self->undo_send_s = g_value_get_uint (value);
    break;
  case PROP_IDLE_MINUTES:
    self->idle_minutes = g_value_get_uint (value);
    usher_suspend_set_idle_minutes (self->suspend, self->idle_minutes);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

/* The order matters: nobody calls back into what is gone. The dispatcher's askers hold bare pointers to the session, so they go while
 * it is whole; the outbox forgets its questions before the dispatcher does. */
static void
usher_session_dispose (GObject *object)
{
  UsherSession *self = USHER_SESSION (object);

  g_cancellable_cancel (self->cancellable);
  usher_session_stop_uploads (self);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->sleep_id, g_source_remove);
  g_clear_handle_id (&self->marks_id, g_source_remove);
  if (self->store != NULL && self->flush_id != 0)
    usher_session_flush (self);
  if (self->connection != NULL)
    usher_connection_stop (self->connection);
  g_clear_object (&self->outbox);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->dispatcher, usher_dispatcher_free);
  while (!g_queue_is_empty (&self->shown_before))
    g_object_unref (g_queue_pop_head (&self->shown_before));
  g_clear_object (&self->suspend);
  g_clear_object (&self->keyring);
  g_clear_object (&self->rest);
  if (self->store != NULL)
    usher_store_close (self->store);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (usher_session_parent_class)->dispose (object);
}

static void
usher_session_finalize (GObject *object)
{
  UsherSession *self = USHER_SESSION (object);

  g_clear_pointer (&self->unseen, g_hash_table_unref);
  g_hash_table_unref (self->holdings);
  g_ptr_array_unref (self->arrived);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->uploads);
  g_hash_table_unref (self->drafts);
  g_hash_table_unref (self->contacts);
  g_hash_table_unref (self->dispositions);
  g_object_unref (self->offered);
  g_object_unref (self->mine);
  g_object_unref (self->queue);
  g_object_unref (self->bot);
  g_object_unref (self->snoozed);
  g_object_unref (self->watching);
  g_object_unref (self->closed);
  g_object_unref (self->colleagues);
  g_object_unref (self->queues);
  g_object_unref (self->handover);
  g_object_unref (self->team_canned);
  for (guint i = 0; i < USHER_REST_N_LISTS; i++)
    g_free (self->list_tags[i]);
  g_object_unref (self->cancellable);
  g_free (self->gateway_url);
  g_free (self->device);
  g_free (self->login);
  g_free (self->agent_name);
  g_free (self->role);
  g_free (self->refresh_token);
  g_strfreev (self->rights);

  G_OBJECT_CLASS (usher_session_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_LINK_STATE] =
    g_param_spec_enum ("link-state", NULL, NULL, USHER_TYPE_LINK_STATE, USHER_LINK_OFFLINE, flags);
  props[PROP_IN_STEP_US] = g_param_spec_int64 ("in-step-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_AGENT] = g_param_spec_uint64 ("agent", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_AGENT_NAME] = g_param_spec_string ("agent-name", NULL, NULL, NULL, flags);
  props[PROP_LOGIN] = g_param_spec_string ("login", NULL, NULL, NULL, flags);
  props[PROP_ROLE] = g_param_spec_string ("role", NULL, NULL, NULL, flags);
  props[PROP_CONNECTED_SINCE_US] =
    g_param_spec_int64 ("connected-since-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_KEEPS_SIGN_IN] = g_param_spec_boolean ("keeps-sign-in", NULL, NULL, TRUE, flags);
  props[PROP_GATEWAY_URL] = g_param_spec_string ("gateway-url", NULL, NULL, NULL, flags);
  props[PROP_RIGHTS] = g_param_spec_boxed ("rights", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_IS_ACCEPTING] =
    g_param_spec_boolean ("is-accepting", NULL, NULL, FALSE, flags | G_PARAM_WRITABLE);
  props[PROP_IS_PRESENT] =
    g_param_spec_boolean ("is-present", NULL, NULL, TRUE, flags | G_PARAM_WRITABLE);
  props[PROP_IS_AWAY] = g_param_spec_boolean ("is-away", NULL, NULL, FALSE, flags);
  props[PROP_LOAD] = g_param_spec_uint ("load", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_CAPACITY] = g_param_spec_uint ("capacity", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_HAS_OWN_WAITING] = g_param_spec_boolean ("has-own-waiting", NULL, NULL, FALSE, flags);
  props[PROP_UNDO_SEND_S] = g_param_spec_uint ("undo-send-s", NULL, NULL, 0, 60, 0,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_IDLE_MINUTES] = g_param_spec_uint ("idle-minutes", NULL, NULL, 0, 120, 0,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_OFFERED] = g_param_spec_object ("offered", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_MINE] = g_param_spec_object ("mine", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_QUEUE] = g_param_spec_object ("queue", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_BOT] = g_param_spec_object ("bot", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_SNOOZED] = g_param_spec_object ("snoozed", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_WATCHING] = g_param_spec_object ("watching", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_CLOSED] = g_param_spec_object ("closed", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_COLLEAGUES] = g_param_spec_object ("colleagues", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_QUEUES] = g_param_spec_object ("queues", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_HANDOVER] = g_param_spec_object ("handover", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_HANDOVER_STAGE] =
    g_param_spec_enum ("handover-stage", NULL, NULL, USHER_TYPE_HANDOVER_STAGE, USHER_HANDOVER_NONE,
                       flags);
  props[PROP_CANNED] = g_param_spec_object ("canned", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
usher_session_class_init (UsherSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_session_dispose;
  object_class->finalize = usher_session_finalize;
  object_class->get_property = usher_session_get_property;
  object_class->set_property = usher_session_set_property;
  install_properties (object_class);

  signals[SIGNAL_NOTICE] =
    g_signal_new ("notice", USHER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  3, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_OFFERED] = g_signal_new ("offered", USHER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, USHER_TYPE_CONVERSATION);
  signals[SIGNAL_LINE] =
    g_signal_new ("line", USHER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  2, USHER_TYPE_CONVERSATION, USHER_TYPE_MESSAGE);
  signals[SIGNAL_LINE_SHOWN] =
    g_signal_new ("line-shown", USHER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, USHER_TYPE_CONVERSATION, USHER_TYPE_MESSAGE);
  signals[SIGNAL_MENTIONED] =
    g_signal_new ("mentioned", USHER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, USHER_TYPE_CONVERSATION, G_TYPE_STRING);
  signals[SIGNAL_SIGNED_OUT] = g_signal_new ("signed-out", USHER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                             NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_session_init (UsherSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->uploads = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->holdings = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                          (GDestroyNotify) usher_holding_free);
  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                         (GDestroyNotify) usher_outbox_row_free);
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->arrived = g_ptr_array_new ();
  self->dispositions =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->contacts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->offered = usher_conversation_list_new ();
  self->mine = usher_conversation_list_new ();
  self->queue = usher_conversation_list_new ();
  self->bot = usher_conversation_list_new ();
  self->snoozed = usher_conversation_list_new ();
  self->watching = usher_conversation_list_new ();
  self->closed = usher_conversation_list_new ();
  self->colleagues = g_list_store_new (USHER_TYPE_COLLEAGUE);
  self->queues = g_list_store_new (USHER_TYPE_QUEUE);
  self->handover = g_list_store_new (USHER_TYPE_HANDOVER_ITEM);
  self->team_canned = g_list_store_new (USHER_TYPE_CANNED);
  self->dispatcher = usher_dispatcher_new ();
  self->is_present = TRUE;
}

static guint64
meta_number (GHashTable *meta,
             const char *key)
{
  const char *text = g_hash_table_lookup (meta, key);
  guint64 number = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL))
    return 0;
  return number;
}

static void
load_meta (UsherSession *self,
           GHashTable   *meta)
{
  self->device = g_strdup (g_hash_table_lookup (meta, "device"));
  self->agent = meta_number (meta, "agent");
  self->agent_name = g_strdup (g_hash_table_lookup (meta, "agent-name"));
  self->login = g_strdup (g_hash_table_lookup (meta, "login"));
  self->role = g_strdup (g_hash_table_lookup (meta, "role"));
  self->log = meta_number (meta, "log");
  self->is_accepting = meta_number (meta, "is-accepting") != 0;
  if (self->device == NULL) {
    self->device = g_uuid_string_random ();
    usher_store_set_meta (self->store, "device", self->device);
  }
}

static void
store_fault_cb (UsherStore   *store,
                const GError *error,
                UsherSession *self)
{
  g_warning ("the cache is behind: %s", error->message);
}

static void
make_parts (UsherSession *self,
            const char   *profile_dir)
{
  self->rest = usher_rest_new (self->gateway_url);
  self->keyring = usher_keyring_new (self->gateway_url, profile_dir);
  self->suspend = usher_suspend_new ();
  self->connection = usher_connection_new (self->gateway_url);
  usher_connection_set_device (self->connection, self->device);
  self->outbox = usher_outbox_new (self->connection, self->dispatcher);
  usher_session_account_init (self);
  usher_session_link_init (self);
  usher_session_lists_init (self);
  usher_session_watch_init (self);
  usher_session_offers_init (self);
  usher_session_suggestions_init (self);
  usher_session_sync_init (self);
  usher_session_marks_init (self);
  usher_session_contacts_init (self);
  usher_session_outbox_init (self);
  usher_session_handover_init (self);
  g_signal_connect_object (self->store, "fault", G_CALLBACK (store_fault_cb), self, 0);
}

UsherSession *
usher_session_new (const char  *gateway_url,
                   const char  *profile_dir,
                   GError     **error)
{
  g_autoptr (UsherSession) self = NULL;
  g_autoptr (UsherSnapshot) snapshot = NULL;

  g_return_val_if_fail (gateway_url != NULL, NULL);
  g_return_val_if_fail (profile_dir != NULL, NULL);

  self = g_object_new (USHER_TYPE_SESSION, NULL);
  self->gateway_url = g_strdup (gateway_url);
  self->store = usher_store_open (profile_dir, &snapshot, error);
  if (self->store == NULL)
    return NULL;
  load_meta (self, snapshot->meta);
  make_parts (self, profile_dir);
  usher_session_load_snapshot (self, snapshot);
  usher_session_load_drafts (self, snapshot->drafts);
  usher_session_load_outbox (self, snapshot->outbox);
  return g_steal_pointer (&self);
}

UsherConversation *
usher_session_find (UsherSession *self,
                    guint64       conv)
{
  UsherHolding *holding;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);

  holding = usher_session_peek_holding (self, conv);
  return holding != NULL ? holding->conversation : NULL;
}

gboolean
usher_session_has_right (UsherSession *self,
                         const char   *right)
{
  g_return_val_if_fail (USHER_IS_SESSION (self), FALSE);
  return self->rights != NULL && g_strv_contains ((const char *const *) self->rights, right);
}
