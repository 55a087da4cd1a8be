/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-handover-item.h"

#include "usher-conversation.h"
#include "usher-fields.h"
#include "usher-queue.h"

struct _UsherHandoverItem {
  GObject parent_instance;

  UsherConversation *conversation;
  GObject *target;
  char *brief;
  UsherHandoverState state;
  char *who;
  char *problem;
};

enum {
  PROP_0,
  PROP_CONVERSATION,
  PROP_TARGET,
  PROP_BRIEF,
  PROP_STATE,
  PROP_WHO,
  PROP_PROBLEM,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_CONVERSATION] = USHER_FIELD_OF (UsherHandoverItem,
                                        "conversation",
                                        conversation,
                                        OBJECT,
                                        usher_conversation_get_type),
  [PROP_TARGET] = USHER_FIELD_OF (UsherHandoverItem, "target", target, OBJECT, g_object_get_type),
  [PROP_BRIEF] = USHER_FIELD (UsherHandoverItem, "brief", brief, STRING),
  [PROP_STATE] =
    USHER_FIELD_OF (UsherHandoverItem, "state", state, ENUM, usher_handover_state_get_type),
  [PROP_WHO] = USHER_FIELD (UsherHandoverItem, "who", who, STRING),
  [PROP_PROBLEM] = USHER_FIELD (UsherHandoverItem, "problem", problem, STRING),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherHandoverItem, usher_handover_item, G_TYPE_OBJECT)

static void
changed (UsherHandoverItem *self,
         guint              prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

/* --- Following the conversation -------------------------------------------------------------------------- */

static gboolean
is_owned (UsherConversation *conversation)
{
  switch (usher_conversation_get_state (conversation)) {
  case USHER_STATE_ACTIVE:
  case USHER_STATE_HELD:
  case USHER_STATE_SNOOZED:
  case USHER_STATE_WRAPUP:
    return usher_conversation_get_agent (conversation) != 0;
  case USHER_STATE_UNKNOWN:
  case USHER_STATE_BOT:
  case USHER_STATE_QUEUED:
  case USHER_STATE_CLOSED:
  case USHER_STATE_OFFERED:
  case USHER_STATE_OFFLINE:
  default:
    return FALSE;
  }
}

/* It is nobody's: what was not meant for a queue has come back, and somebody has to be chosen again. */
static UsherHandoverState
state_in_queue (UsherHandoverItem *self)
{
  switch (self->state) {
  case USHER_HANDOVER_FAILED:
    /* The answer was lost, but the question had arrived. */
    return USHER_IS_QUEUE (self->target) ? USHER_HANDOVER_QUEUED : USHER_HANDOVER_PASSED;
  case USHER_HANDOVER_OFFERED:
  case USHER_HANDOVER_MINE:
    return USHER_HANDOVER_PASSED;
  case USHER_HANDOVER_TURN:
  case USHER_HANDOVER_ASKING:
  case USHER_HANDOVER_QUEUED:
  case USHER_HANDOVER_TAKEN:
  case USHER_HANDOVER_PASSED:
  case USHER_HANDOVER_ENDED:
  default:
    return self->state;
  }
}

static UsherHandoverState
state_with_me (UsherHandoverItem *self)
{
  if (usher_conversation_get_state (self->conversation) == USHER_STATE_WRAPUP)
    return USHER_HANDOVER_ENDED;
  return self->state == USHER_HANDOVER_TURN || self->state == USHER_HANDOVER_FAILED
           ? self->state
           : USHER_HANDOVER_MINE;
}

static UsherHandoverState
state_now (UsherHandoverItem *self)
{
  UsherState state = usher_conversation_get_state (self->conversation);

  if (is_owned (self->conversation))
    return usher_conversation_get_is_mine (self->conversation) ? state_with_me (self)
                                                               : USHER_HANDOVER_TAKEN;
  if (state == USHER_STATE_QUEUED)
    return state_in_queue (self);
  if (state == USHER_STATE_CLOSED && self->state != USHER_HANDOVER_TAKEN)
    return USHER_HANDOVER_ENDED;
  if (state == USHER_STATE_OFFERED && self->state == USHER_HANDOVER_FAILED)
    return USHER_HANDOVER_OFFERED;
  return self->state;
}

/* While the gateway has not answered, what it tells may be older than the question. */
static void
follow (UsherHandoverItem *self)
{
  UsherHandoverState state;

  if (self->state == USHER_HANDOVER_ASKING)
    return;
  state = state_now (self);
  if (state == USHER_HANDOVER_TAKEN)
    usher_handover_item_set_who (self, usher_conversation_get_agent_name (self->conversation));
  usher_handover_item_set_state (self, state);
}

/* --- The object ------------------------------------------------------------------------------------------ */

static void
usher_handover_item_get_property (GObject    *object,
                                  guint       prop,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_handover_item_set_property (GObject      *object,
                                  guint         prop,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_HANDOVER_ITEM (object), prop);
}

static void
usher_handover_item_finalize (GObject *object)
{
  UsherHandoverItem *self = USHER_HANDOVER_ITEM (object);

  g_clear_object (&self->conversation);
  g_clear_object (&self->target);
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_handover_item_parent_class)->finalize (object);
}

static void
usher_handover_item_class_init (UsherHandoverItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_handover_item_get_property;
  object_class->set_property = usher_handover_item_set_property;
  object_class->finalize = usher_handover_item_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_handover_item_init (UsherHandoverItem *self)
{
}

UsherHandoverItem *
usher_handover_item_new (UsherConversation *conversation)
{
  UsherHandoverItem *self = g_object_new (USHER_TYPE_HANDOVER_ITEM, NULL);

  self->conversation = g_object_ref (conversation);
  g_signal_connect_object (conversation, "notify::state", G_CALLBACK (follow), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "notify::is-mine", G_CALLBACK (follow), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "notify::agent", G_CALLBACK (follow), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "notify::agent-name", G_CALLBACK (follow), self,
                           G_CONNECT_SWAPPED);
  return self;
}

UsherConversation *
usher_handover_item_get_conversation (UsherHandoverItem *self)
{
  g_return_val_if_fail (USHER_IS_HANDOVER_ITEM (self), NULL);
  return self->conversation;
}

GObject *
usher_handover_item_get_target (UsherHandoverItem *self)
{
  g_return_val_if_fail (USHER_IS_HANDOVER_ITEM (self), NULL);
  return self->target;
}

void
usher_handover_item_set_target (UsherHandoverItem *self,
                                GObject           *value)
{
  g_return_if_fail (USHER_IS_HANDOVER_ITEM (self));
  if (g_set_object (&self->target, value))
    changed (self, PROP_TARGET);
}

void
usher_handover_item_fail (UsherHandoverItem *self,
                          const char        *problem)
{
  g_return_if_fail (USHER_IS_HANDOVER_ITEM (self));
  g_object_freeze_notify (G_OBJECT (self));
  usher_handover_item_set_problem (self, problem);
  usher_handover_item_set_state (self, USHER_HANDOVER_FAILED);
  follow (self);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
usher_handover_item_can_go (UsherHandoverItem *self)
{
  g_return_val_if_fail (USHER_IS_HANDOVER_ITEM (self), FALSE);
  return self->target != NULL &&
         (self->state == USHER_HANDOVER_MINE || self->state == USHER_HANDOVER_PASSED ||
          self->state == USHER_HANDOVER_FAILED);
}

gboolean
usher_handover_item_is_settled (UsherHandoverItem *self)
{
  g_return_val_if_fail (USHER_IS_HANDOVER_ITEM (self), FALSE);
  return self->state == USHER_HANDOVER_TAKEN || self->state == USHER_HANDOVER_QUEUED ||
         self->state == USHER_HANDOVER_ENDED;
}

/* clang-format off */
USHER_STRING (UsherHandoverItem, handover_item, brief, PROP_BRIEF)
USHER_VALUE (UsherHandoverItem, handover_item, state, UsherHandoverState, PROP_STATE)
USHER_STRING (UsherHandoverItem, handover_item, who, PROP_WHO)
USHER_STRING (UsherHandoverItem, handover_item, problem, PROP_PROBLEM)
/* clang-format on */
