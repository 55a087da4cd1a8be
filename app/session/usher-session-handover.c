/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"
#include "wire-frame.h"

/*
 * A shift that is handed over. Its items live here, not in a window: who is asked and who has accepted goes on while nobody looks. Each chat goes
 * by a Transfer. A colleague is asked about one chat at a time: the gateway gives a few seconds for each.
 */

#define PAGE_ROWS 20

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  UsherHandoverItem *item;
} Step;

static void advance (UsherSession *self);
static void transfer (UsherSession      *self,
                      UsherHandoverItem *item);

static void
step_free (gpointer data)
{
  g_object_unref (((Step *) data)->item);
  g_free (data);
}

static UsherHandoverItem *
item_at (UsherSession *self,
         guint         i)
{
  g_autoptr (UsherHandoverItem) item = g_list_model_get_item (G_LIST_MODEL (self->handover), i);

  return item; /* the store holds it */
}

static guint
n_items (UsherSession *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->handover));
}

static UsherHandoverItem *
find_item (UsherSession      *self,
           UsherConversation *conversation)
{
  for (guint i = 0; i < n_items (self); i++) {
    UsherHandoverItem *item = item_at (self, i);

    if (usher_handover_item_get_conversation (item) == conversation)
      return item;
  }
  return NULL;
}

/* --- What follows from how far the items are ----------------------------------------------------------------- */

static gboolean
is_all_settled (UsherSession *self)
{
  for (guint i = 0; i < n_items (self); i++) {
    if (!usher_handover_item_is_settled (item_at (self, i)))
      return FALSE;
  }
  return TRUE;
}

/* The gateway tells what becomes of a chat to those who look at it, and that is us until somebody has it. */
gboolean
usher_session_is_handing_over (UsherSession      *self,
                               UsherConversation *conversation)
{
  UsherHandoverItem *item =
    self->handover_stage >= USHER_HANDOVER_UNDER_WAY ? find_item (self, conversation) : NULL;
  UsherHandoverState state;

  if (item == NULL)
    return FALSE;
  state = usher_handover_item_get_state (item);
  return state != USHER_HANDOVER_MINE && state != USHER_HANDOVER_TAKEN &&
         state != USHER_HANDOVER_ENDED;
}

static void
update_watch_of (UsherSession      *self,
                 UsherHandoverItem *item)
{
  UsherHolding *holding =
    usher_session_holding_of (self, usher_handover_item_get_conversation (item));

  if (holding != NULL)
    usher_session_update_watch (self, holding);
}

/* The agent may be looking at something else by now. */
static void
tell_passed (UsherSession      *self,
             UsherHandoverItem *item)
{
  const char *problem = usher_handover_item_get_problem (item);
  UsherHandoverState state = usher_handover_item_get_state (item);

  if (state == USHER_HANDOVER_PASSED)
    usher_session_notice (
      self, USHER_NOTICE_WARNING,
      _ ("A chat you are handing over was not taken. It waits in its queue: choose again."),
      "handover_passed");
  else if (state == USHER_HANDOVER_FAILED && problem != NULL)
    usher_session_notice (self, USHER_NOTICE_WARNING, problem, "handover_failed");
}

static void
item_changed_cb (UsherSession      *self,
                 GParamSpec        *pspec,
                 UsherHandoverItem *item)
{
  if (self->handover_stage < USHER_HANDOVER_UNDER_WAY)
    return;
  tell_passed (self, item);
  update_watch_of (self, item);
  advance (self);
  usher_session_set_handover_stage (self, is_all_settled (self) ? USHER_HANDOVER_DONE
                                                                : USHER_HANDOVER_UNDER_WAY);
}

/* --- One chat after another ------------------------------------------------------------------------------------ */

static const char *
text_of_error (UsherHandoverItem     *item,
               const Gate__V1__Error *error)
{
  if (error->code == 422 && USHER_IS_COLLEAGUE (usher_handover_item_get_target (item)))
    return _ ("This colleague has no free place now, or is not there.");
  return usher_text_of_slug (error->slug);
}

/* Whether it went well; else the item says why not. */
static gboolean
take_answer (Step                  *step,
             const Gate__V1__Frame *answer)
{
  UsherConversation *conversation = usher_handover_item_get_conversation (step->item);
  guint32 epoch = 0;

  if (answer == NULL) {
    usher_handover_item_fail (
      step->item,
      _ ("The connection was lost before the gateway answered. Please check whether it was "
         "done."));
    return FALSE;
  }
  if (answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    epoch = answer->error->epoch;
  else if (answer->body_case == GATE__V1__FRAME__BODY_ACK)
    epoch = answer->ack->epoch;
  if (epoch > usher_conversation_get_epoch (conversation))
    usher_conversation_set_epoch (conversation, epoch);
  if (answer->body_case != GATE__V1__FRAME__BODY_ERROR)
    return TRUE;
  usher_handover_item_fail (step->item, text_of_error (step->item, answer->error));
  return FALSE;
}

static void
ask (UsherSession      *self,
     UsherHandoverItem *item,
     ProtobufCMessage  *body,
     UsherAnswerFunc    func)
{
  Gate__V1__Frame frame = wire_frame_for (body);
  Step *step = g_new (Step, 1);

  *step = (Step){ self, g_object_ref (item) };
  if (!usher_session_ask (self, &frame, func, step, step_free))
    usher_handover_item_fail (item, _ ("There is no connection to the gateway right now."));
}

static void
transferred_cb (const Gate__V1__Frame *answer,
                gpointer               user_data)
{
  Step *step = user_data;

  if (!take_answer (step, answer))
    return;
  usher_handover_item_set_problem (step->item, NULL);
  usher_handover_item_set_state (step->item,
                                 USHER_IS_COLLEAGUE (usher_handover_item_get_target (step->item))
                                   ? USHER_HANDOVER_OFFERED
                                   : USHER_HANDOVER_QUEUED);
}

static void
transfer (UsherSession      *self,
          UsherHandoverItem *item)
{
  Gate__V1__Transfer body = GATE__V1__TRANSFER__INIT;
  UsherConversation *conversation = usher_handover_item_get_conversation (item);
  GObject *target = usher_handover_item_get_target (item);
  g_autofree char *note = usher_brief_dup_note (usher_handover_item_get_brief (item));

  body.conv = usher_conversation_get_conv (conversation);
  body.epoch = usher_conversation_get_epoch (conversation);
  body.note = note;
  if (USHER_IS_COLLEAGUE (target))
    body.to_agent = usher_colleague_get_agent (USHER_COLLEAGUE (target));
  else
    body.to_queue = (char *) usher_queue_get_name (USHER_QUEUE (target));
  usher_outbox_hurry (self->outbox, body.conv);
  ask (self, item, &body.base, transferred_cb);
}

/* It is mine again; now it can be given away. */
static void
taken_back_cb (const Gate__V1__Frame *answer,
               gpointer               user_data)
{
  Step *step = user_data;

  if (take_answer (step, answer))
    transfer (step->session, step->item);
}

static void
wake (UsherSession      *self,
      UsherHandoverItem *item)
{
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;
  UsherConversation *conversation = usher_handover_item_get_conversation (item);

  snooze.conv = usher_conversation_get_conv (conversation);
  snooze.epoch = usher_conversation_get_epoch (conversation);
  snooze.wake = TRUE;
  ask (self, item, &snooze.base, taken_back_cb);
}

static void
claim (UsherSession      *self,
       UsherHandoverItem *item)
{
  Gate__V1__Claim body = GATE__V1__CLAIM__INIT;
  UsherConversation *conversation = usher_handover_item_get_conversation (item);

  body.conv = usher_conversation_get_conv (conversation);
  body.epoch = usher_conversation_get_epoch (conversation);
  body.mode = GATE__V1__CLAIM_MODE__CL_PULL;
  ask (self, item, &body.base, taken_back_cb);
}

static void
hand_over (UsherSession      *self,
           UsherHandoverItem *item)
{
  usher_handover_item_set_state (item, USHER_HANDOVER_ASKING);
  switch (usher_conversation_get_state (usher_handover_item_get_conversation (item))) {
  case USHER_STATE_SNOOZED:
    wake (self, item);
    break;
  case USHER_STATE_QUEUED:
  case USHER_STATE_OFFERED:
    claim (self, item);
    break;
  case USHER_STATE_UNKNOWN:
  case USHER_STATE_BOT:
  case USHER_STATE_ACTIVE:
  case USHER_STATE_WRAPUP:
  case USHER_STATE_CLOSED:
  case USHER_STATE_HELD:
  case USHER_STATE_OFFLINE:
  default:
    transfer (self, item);
    break;
  }
}

static gboolean
is_being_asked (UsherSession *self,
                GObject      *target)
{
  guint64 agent;

  if (!USHER_IS_COLLEAGUE (target))
    return FALSE;
  agent = usher_colleague_get_agent (USHER_COLLEAGUE (target));
  for (guint i = 0; i < n_items (self); i++) {
    UsherHandoverItem *item = item_at (self, i);
    GObject *asked = usher_handover_item_get_target (item);
    UsherHandoverState state = usher_handover_item_get_state (item);

    if ((state == USHER_HANDOVER_ASKING || state == USHER_HANDOVER_OFFERED) &&
        USHER_IS_COLLEAGUE (asked) && usher_colleague_get_agent (USHER_COLLEAGUE (asked)) == agent)
      return TRUE;
  }
  return FALSE;
}

/* Each step changes an item, which comes here again: the inner call does what is left, the outer one finds nothing. Without a connection they
 * keep their turn. */
static void
advance (UsherSession *self)
{
  if (usher_connection_get_state (self->connection) != USHER_CONNECTION_OPEN)
    return;
  for (guint i = 0; i < n_items (self); i++) {
    UsherHandoverItem *item = item_at (self, i);

    if (usher_handover_item_get_state (item) == USHER_HANDOVER_TURN &&
        !is_being_asked (self, usher_handover_item_get_target (item)))
      hand_over (self, item);
  }
}

/* --- Which chats there are ------------------------------------------------------------------------------------- */

typedef struct {
  UsherHandoverItem *item;
  char *brief; /* as it was: what the agent has written meanwhile stays */
} Reading;

static void
lines_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  Reading *reading = user_data;
  g_autoptr (UsherHandoverItem) item = reading->item;
  g_autofree char *before = reading->brief;
  g_autoptr (UsherPage) page =
    usher_store_load_page_finish (USHER_STORE (source), result, NULL); /* else it stays short */
  g_autofree char *brief = NULL;

  g_free (reading);
  if (page == NULL || g_strcmp0 (usher_handover_item_get_brief (item), before) != 0)
    return;
  brief = usher_brief_new (usher_handover_item_get_conversation (item), page->messages);
  usher_handover_item_set_brief (item, brief);
}

static void
write_brief (UsherSession      *self,
             UsherHandoverItem *item)
{
  UsherConversation *conversation = usher_handover_item_get_conversation (item);
  Reading *reading = g_new (Reading, 1);

  *reading = (Reading){ g_object_ref (item), usher_brief_new (conversation, NULL) };
  usher_handover_item_set_brief (item, reading->brief);
  usher_store_load_page_async (self->store, usher_conversation_get_conv (conversation), 0,
                               G_MAXINT64, PAGE_ROWS, self->cancellable, lines_read_cb, reading);
}

/* One that is only left to be wrapped up ends by itself. */
static gboolean
is_open (UsherConversation *conversation)
{
  return usher_conversation_get_is_mine (conversation) &&
         usher_conversation_get_state (conversation) != USHER_STATE_WRAPUP;
}

static void
add_missing (UsherSession          *self,
             UsherConversationList *list)
{
  for (guint i = 0; i < usher_conversation_list_get_n_items (list); i++) {
    g_autoptr (UsherConversation) conversation = g_list_model_get_item (G_LIST_MODEL (list), i);
    g_autoptr (UsherHandoverItem) item = NULL;

    if (!is_open (conversation) || find_item (self, conversation) != NULL)
      continue;
    item = usher_handover_item_new (conversation);
    g_signal_connect_object (item, "notify::state", G_CALLBACK (item_changed_cb), self,
                             G_CONNECT_SWAPPED);
    write_brief (self, item);
    g_list_store_append (self->handover, item);
  }
}

static void
drop_settled (UsherSession *self)
{
  for (guint i = n_items (self); i > 0; i--) {
    if (usher_handover_item_get_state (item_at (self, i - 1)) != USHER_HANDOVER_MINE)
      g_list_store_remove (self->handover, i - 1);
  }
}

static void
mine_changed_cb (UsherSession          *self,
                 guint                  position,
                 guint                  n_removed,
                 guint                  n_added,
                 UsherConversationList *list)
{
  if (self->handover_stage == USHER_HANDOVER_NONE || n_added == 0)
    return;
  add_missing (self, list);
  if (self->handover_stage == USHER_HANDOVER_DONE && !is_all_settled (self))
    usher_session_set_handover_stage (self, USHER_HANDOVER_UNDER_WAY);
}

/* --- What the agent does ----------------------------------------------------------------------------------------- */

void
usher_session_prepare_handover (UsherSession *self)
{
  g_return_if_fail (USHER_IS_SESSION (self));

  if (self->handover_stage != USHER_HANDOVER_NONE)
    return;
  drop_settled (self);
  add_missing (self, self->mine);
  add_missing (self, self->snoozed);
  self->accepted_before = self->is_accepting;
  g_object_set (self, "is-accepting", FALSE, NULL);
  usher_session_set_handover_stage (self, USHER_HANDOVER_PREPARING);
}

static void
stop (UsherSession *self,
      gboolean      accepts_again)
{
  usher_session_set_handover_stage (self, USHER_HANDOVER_NONE);
  if (accepts_again)
    g_object_set (self, "is-accepting", TRUE, NULL);
}

void
usher_session_leave_handover (UsherSession *self)
{
  g_return_if_fail (USHER_IS_SESSION (self));

  if (self->handover_stage == USHER_HANDOVER_PREPARING)
    stop (self, self->accepted_before);
}

static void
queue_up (UsherHandoverItem *item)
{
  GObject *target = usher_handover_item_get_target (item);

  usher_handover_item_set_problem (item, NULL);
  usher_handover_item_set_who (item, USHER_IS_COLLEAGUE (target)
                                       ? usher_colleague_get_name (USHER_COLLEAGUE (target))
                                       : NULL);
  usher_handover_item_set_state (item, USHER_HANDOVER_TURN);
}

void
usher_session_start_handover (UsherSession *self)
{
  g_return_if_fail (USHER_IS_SESSION (self));

  if (self->handover_stage == USHER_HANDOVER_NONE)
    return;
  usher_session_set_handover_stage (self, USHER_HANDOVER_UNDER_WAY);
  for (guint i = 0; i < n_items (self); i++) {
    UsherHandoverItem *item = item_at (self, i);

    if (usher_handover_item_can_go (item))
      queue_up (item);
  }
}

void
usher_session_end_handover (UsherSession *self)
{
  gboolean is_cancelled;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (USHER_IS_SESSION (self));

  is_cancelled = self->handover_stage != USHER_HANDOVER_DONE;
  stop (self, is_cancelled && self->accepted_before);
  for (guint i = 0; i < n_items (self); i++)
    g_ptr_array_add (items, g_object_ref (item_at (self, i)));
  g_list_store_remove_all (self->handover);
  for (guint i = 0; i < items->len; i++) {
    g_signal_handlers_disconnect_by_func (g_ptr_array_index (items, i), item_changed_cb, self);
    update_watch_of (self, g_ptr_array_index (items, i));
  }
}

static void
link_state_cb (UsherSession *self)
{
  if (self->link_state == USHER_LINK_IN_STEP)
    advance (self);
}

void
usher_session_handover_init (UsherSession *self)
{
  g_signal_connect (self, "notify::link-state", G_CALLBACK (link_state_cb), NULL);
  g_signal_connect_object (self->mine, "items-changed", G_CALLBACK (mine_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->snoozed, "items-changed", G_CALLBACK (mine_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
