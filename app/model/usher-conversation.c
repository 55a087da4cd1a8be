/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-conversation.h"

#include "usher-conversation-private.h"
#include "usher-fields.h"
#include "usher-message-list.h"

struct _UsherConversation {
  GObject parent_instance;

  guint64 conv;
  UsherState state;
  guint epoch;
  guint channel;
  guint64 visitor;
  char *name;
  char *queue;
  guint64 agent;
  char *agent_name;
  guint priority;
  guint64 last_seq;
  char *last_text;
  UsherRole last_role;
  gint64 last_ts_us;
  gint64 waiting_since_us;
  guint unread;
  gint64 opened_at_us;
  gint64 enqueued_at_us;
  char *subject;
  char **tags;
  char *draft;
  gboolean is_visitor_online;
  char *typing_text;
  guint64 visitor_read_seq;
  guint64 visitor_received_seq;
  gint64 offer_deadline_us;
  char *offer_reason;
  char *offer_note;
  gboolean is_mine;
  gboolean is_joined;
  gboolean is_watched;
  gint64 until_us;
  gint64 wrapup_until_us;
  guint level;
  char **viewers;
  char **writers;
  UsherMessageList *messages;
  UsherConversationList *list; /* borrowed; the list clears it */
};

enum {
  PROP_0,
  PROP_CONV,
  PROP_STATE,
  PROP_EPOCH,
  PROP_CHANNEL,
  PROP_VISITOR,
  PROP_NAME,
  PROP_QUEUE,
  PROP_AGENT,
  PROP_AGENT_NAME,
  PROP_PRIORITY,
  PROP_LAST_SEQ,
  PROP_LAST_TEXT,
  PROP_LAST_ROLE,
  PROP_LAST_TS_US,
  PROP_WAITING_SINCE_US,
  PROP_UNREAD,
  PROP_OPENED_AT_US,
  PROP_ENQUEUED_AT_US,
  PROP_SUBJECT,
  PROP_TAGS,
  PROP_DRAFT,
  PROP_IS_VISITOR_ONLINE,
  PROP_TYPING_TEXT,
  PROP_VISITOR_READ_SEQ,
  PROP_VISITOR_RECEIVED_SEQ,
  PROP_OFFER_DEADLINE_US,
  PROP_OFFER_REASON,
  PROP_OFFER_NOTE,
  PROP_IS_MINE,
  PROP_IS_JOINED,
  PROP_IS_WATCHED,
  PROP_UNTIL_US,
  PROP_WRAPUP_UNTIL_US,
  PROP_LEVEL,
  PROP_VIEWERS,
  PROP_WRITERS,
  PROP_MESSAGES,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_CONV] = USHER_FIELD (UsherConversation, "conv", conv, UINT64),
  [PROP_STATE] = USHER_FIELD_OF (UsherConversation, "state", state, ENUM, usher_state_get_type),
  [PROP_EPOCH] = USHER_FIELD (UsherConversation, "epoch", epoch, UINT),
  [PROP_CHANNEL] = USHER_FIELD (UsherConversation, "channel", channel, UINT),
  [PROP_VISITOR] = USHER_FIELD (UsherConversation, "visitor", visitor, UINT64),
  [PROP_NAME] = USHER_FIELD (UsherConversation, "name", name, STRING),
  [PROP_QUEUE] = USHER_FIELD (UsherConversation, "queue", queue, STRING),
  [PROP_AGENT] = USHER_FIELD (UsherConversation, "agent", agent, UINT64),
  [PROP_AGENT_NAME] = USHER_FIELD (UsherConversation, "agent-name", agent_name, STRING),
  [PROP_PRIORITY] = USHER_FIELD (UsherConversation, "priority", priority, UINT),
  [PROP_LAST_SEQ] = USHER_FIELD (UsherConversation, "last-seq", last_seq, UINT64),
  [PROP_LAST_TEXT] = USHER_FIELD (UsherConversation, "last-text", last_text, STRING),
  [PROP_LAST_ROLE] =
    USHER_FIELD_OF (UsherConversation, "last-role", last_role, ENUM, usher_role_get_type),
  [PROP_LAST_TS_US] = USHER_FIELD (UsherConversation, "last-ts-us", last_ts_us, INT64),
  [PROP_WAITING_SINCE_US] =
    USHER_FIELD (UsherConversation, "waiting-since-us", waiting_since_us, INT64),
  [PROP_UNREAD] = USHER_FIELD (UsherConversation, "unread", unread, UINT),
  [PROP_OPENED_AT_US] = USHER_FIELD (UsherConversation, "opened-at-us", opened_at_us, INT64),
  [PROP_ENQUEUED_AT_US] = USHER_FIELD (UsherConversation, "enqueued-at-us", enqueued_at_us, INT64),
  [PROP_SUBJECT] = USHER_FIELD (UsherConversation, "subject", subject, STRING),
  [PROP_TAGS] = USHER_FIELD (UsherConversation, "tags", tags, STRV),
  [PROP_DRAFT] = USHER_FIELD (UsherConversation, "draft", draft, STRING),
  [PROP_IS_VISITOR_ONLINE] =
    USHER_FIELD (UsherConversation, "is-visitor-online", is_visitor_online, BOOLEAN),
  [PROP_TYPING_TEXT] = USHER_FIELD (UsherConversation, "typing-text", typing_text, STRING),
  [PROP_VISITOR_READ_SEQ] =
    USHER_FIELD (UsherConversation, "visitor-read-seq", visitor_read_seq, UINT64),
  [PROP_VISITOR_RECEIVED_SEQ] =
    USHER_FIELD (UsherConversation, "visitor-received-seq", visitor_received_seq, UINT64),
  [PROP_OFFER_DEADLINE_US] =
    USHER_FIELD (UsherConversation, "offer-deadline-us", offer_deadline_us, INT64),
  [PROP_OFFER_REASON] = USHER_FIELD (UsherConversation, "offer-reason", offer_reason, STRING),
  [PROP_OFFER_NOTE] = USHER_FIELD (UsherConversation, "offer-note", offer_note, STRING),
  [PROP_IS_MINE] = USHER_FIELD (UsherConversation, "is-mine", is_mine, BOOLEAN),
  [PROP_IS_JOINED] = USHER_FIELD (UsherConversation, "is-joined", is_joined, BOOLEAN),
  [PROP_IS_WATCHED] = USHER_FIELD (UsherConversation, "is-watched", is_watched, BOOLEAN),
  [PROP_UNTIL_US] = USHER_FIELD (UsherConversation, "until-us", until_us, INT64),
  [PROP_WRAPUP_UNTIL_US] =
    USHER_FIELD (UsherConversation, "wrapup-until-us", wrapup_until_us, INT64),
  [PROP_LEVEL] = USHER_FIELD (UsherConversation, "level", level, UINT),
  [PROP_VIEWERS] = USHER_FIELD (UsherConversation, "viewers", viewers, STRV),
  [PROP_WRITERS] = USHER_FIELD (UsherConversation, "writers", writers, STRV),
  [PROP_MESSAGES] =
    USHER_FIELD_OF (UsherConversation, "messages", messages, OBJECT, usher_message_list_get_type),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherConversation, usher_conversation, G_TYPE_OBJECT)

static void
changed (UsherConversation *self,
         guint              prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
  if (self->list != NULL)
    usher_conversation_list_item_changed (self->list, self);
}

static void
usher_conversation_get_property (GObject    *object,
                                 guint       prop,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_conversation_set_property (GObject      *object,
                                 guint         prop,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_CONVERSATION (object), prop);
}

static void
usher_conversation_finalize (GObject *object)
{
  g_clear_object (&USHER_CONVERSATION (object)->messages);
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_conversation_parent_class)->finalize (object);
}

static void
usher_conversation_class_init (UsherConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_conversation_get_property;
  object_class->set_property = usher_conversation_set_property;
  object_class->finalize = usher_conversation_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_conversation_init (UsherConversation *self)
{
}

UsherConversation *
usher_conversation_new (guint64 conv)
{
  UsherConversation *self = g_object_new (USHER_TYPE_CONVERSATION, NULL);

  self->conv = conv;
  return self;
}

UsherConversationList *
usher_conversation_get_list (UsherConversation *self)
{
  return self->list;
}

void
usher_conversation_set_list (UsherConversation     *self,
                             UsherConversationList *list)
{
  self->list = list;
}

/* clang-format off */
USHER_VALUE (UsherConversation, conversation, conv, guint64, PROP_CONV)
USHER_VALUE (UsherConversation, conversation, state, UsherState, PROP_STATE)
USHER_VALUE (UsherConversation, conversation, epoch, guint, PROP_EPOCH)
USHER_VALUE (UsherConversation, conversation, channel, guint, PROP_CHANNEL)
USHER_VALUE (UsherConversation, conversation, visitor, guint64, PROP_VISITOR)
USHER_STRING (UsherConversation, conversation, name, PROP_NAME)
USHER_STRING (UsherConversation, conversation, queue, PROP_QUEUE)
USHER_VALUE (UsherConversation, conversation, agent, guint64, PROP_AGENT)
USHER_STRING (UsherConversation, conversation, agent_name, PROP_AGENT_NAME)
USHER_VALUE (UsherConversation, conversation, priority, guint, PROP_PRIORITY)
USHER_VALUE (UsherConversation, conversation, last_seq, guint64, PROP_LAST_SEQ)
USHER_STRING (UsherConversation, conversation, last_text, PROP_LAST_TEXT)
USHER_VALUE (UsherConversation, conversation, last_role, UsherRole, PROP_LAST_ROLE)
USHER_VALUE (UsherConversation, conversation, last_ts_us, gint64, PROP_LAST_TS_US)
USHER_VALUE (UsherConversation, conversation, waiting_since_us, gint64, PROP_WAITING_SINCE_US)
USHER_VALUE (UsherConversation, conversation, unread, guint, PROP_UNREAD)
USHER_VALUE (UsherConversation, conversation, opened_at_us, gint64, PROP_OPENED_AT_US)
USHER_VALUE (UsherConversation, conversation, enqueued_at_us, gint64, PROP_ENQUEUED_AT_US)
USHER_STRING (UsherConversation, conversation, subject, PROP_SUBJECT)
USHER_STRING (UsherConversation, conversation, draft, PROP_DRAFT)
USHER_VALUE (UsherConversation, conversation, is_visitor_online, gboolean, PROP_IS_VISITOR_ONLINE)
USHER_STRING (UsherConversation, conversation, typing_text, PROP_TYPING_TEXT)
USHER_VALUE (UsherConversation, conversation, visitor_read_seq, guint64, PROP_VISITOR_READ_SEQ)
USHER_VALUE (UsherConversation, conversation, visitor_received_seq, guint64, PROP_VISITOR_RECEIVED_SEQ)
USHER_VALUE (UsherConversation, conversation, offer_deadline_us, gint64, PROP_OFFER_DEADLINE_US)
USHER_STRING (UsherConversation, conversation, offer_reason, PROP_OFFER_REASON)
USHER_STRING (UsherConversation, conversation, offer_note, PROP_OFFER_NOTE)
USHER_VALUE (UsherConversation, conversation, is_mine, gboolean, PROP_IS_MINE)
USHER_VALUE (UsherConversation, conversation, is_joined, gboolean, PROP_IS_JOINED)
USHER_VALUE (UsherConversation, conversation, is_watched, gboolean, PROP_IS_WATCHED)
USHER_VALUE (UsherConversation, conversation, until_us, gint64, PROP_UNTIL_US)
USHER_VALUE (UsherConversation, conversation, wrapup_until_us, gint64, PROP_WRAPUP_UNTIL_US)
USHER_VALUE (UsherConversation, conversation, level, guint, PROP_LEVEL)
USHER_STRV (UsherConversation, conversation, tags, PROP_TAGS)
USHER_STRV (UsherConversation, conversation, viewers, PROP_VIEWERS)
USHER_STRV (UsherConversation, conversation, writers, PROP_WRITERS)
/* clang-format on */

UsherMessageList *
usher_conversation_get_messages (UsherConversation *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION (self), NULL);
  if (self->messages == NULL)
    self->messages = usher_message_list_new (self->conv);
  return self->messages;
}

UsherMessageList *
usher_conversation_peek_messages (UsherConversation *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION (self), NULL);
  return self->messages;
}

void
usher_conversation_drop_messages (UsherConversation *self)
{
  g_return_if_fail (USHER_IS_CONVERSATION (self));
  if (self->messages == NULL)
    return;
  g_clear_object (&self->messages);
  changed (self, PROP_MESSAGES);
}

gint64
usher_conversation_get_waits_since_us (UsherConversation *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION (self), 0);
  switch (self->state) {
  case USHER_STATE_BOT:
  case USHER_STATE_SNOOZED:
  case USHER_STATE_WRAPUP:
  case USHER_STATE_CLOSED:
    return 0;
  case USHER_STATE_UNKNOWN:
  case USHER_STATE_QUEUED:
  case USHER_STATE_OFFERED:
  case USHER_STATE_ACTIVE:
  case USHER_STATE_HELD:
  case USHER_STATE_OFFLINE:
  default:
    return self->waiting_since_us;
  }
}

gboolean
usher_conversation_has_tag (UsherConversation *self,
                            const char        *tag)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION (self), FALSE);
  return self->tags != NULL && g_strv_contains ((const char *const *) self->tags, tag);
}

gboolean
usher_conversation_may_write (UsherConversation *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION (self), FALSE);
  return self->is_mine || self->is_joined;
}
