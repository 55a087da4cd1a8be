/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"
#include "wire-frame.h"

/* The gateway's lists: a summary that says which conversations there are; rows never replace the log (PROTOCOLS.md 2d.7). */

/* How many closed conversations the gateway is asked for; older ones come by search. */
#define CLOSED_LIMIT 200

static void
subscribe_to (UsherSession       *self,
              Gate__V1__ListKind  list,
              guint               limit,
              UsherAnswerFunc     func)
{
  Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (SUBSCRIBE, subscribe, &subscribe);

  subscribe.list = list;
  subscribe.limit = limit;
  usher_session_ask (self, &frame, func, self, NULL);
}

static void
list_answered_cb (const Gate__V1__Frame *answer,
                  gpointer               user_data)
{
  if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    g_message ("a list was refused: %s", answer->error->slug);
}

/* Asked for last, so when it has been answered all of them have. */
static void
last_list_answered_cb (const Gate__V1__Frame *answer,
                       gpointer               user_data)
{
  UsherSession *self = user_data;

  list_answered_cb (answer, user_data);
  if (answer == NULL)
    return;
  self->has_lists = TRUE;
  usher_session_check_in_step (self);
}

/* Colleagues first: rows name them. What we look at is told before the watched are asked for, so that these come with it. */
void
usher_session_subscribe (UsherSession *self)
{
  subscribe_to (self, GATE__V1__LIST_KIND__LI_AGENTS, 0, list_answered_cb);
  subscribe_to (self, GATE__V1__LIST_KIND__LI_QUEUES, 0, list_answered_cb);
  subscribe_to (self, GATE__V1__LIST_KIND__LI_MINE, 0, list_answered_cb);
  subscribe_to (self, GATE__V1__LIST_KIND__LI_QUEUE, 0, list_answered_cb);
  subscribe_to (self, GATE__V1__LIST_KIND__LI_BOT, 0, list_answered_cb);
  subscribe_to (self, GATE__V1__LIST_KIND__LI_SNOOZED, 0, list_answered_cb);
  subscribe_to (self, GATE__V1__LIST_KIND__LI_CLOSED, CLOSED_LIMIT, list_answered_cb);
  usher_session_watch_again (self);
  subscribe_to (self, GATE__V1__LIST_KIND__LI_WATCHED, 0, last_list_answered_cb);
}

/* --- Conversations ----------------------------------------------------------------------------------- */

static UsherConversationList *
model_of (UsherSession       *self,
          Gate__V1__ListKind  kind)
{
  switch ((int) kind) {
  case GATE__V1__LIST_KIND__LI_MINE:
    return self->mine;
  case GATE__V1__LIST_KIND__LI_QUEUE:
    return self->queue;
  case GATE__V1__LIST_KIND__LI_BOT:
    return self->bot;
  case GATE__V1__LIST_KIND__LI_SNOOZED:
    return self->snoozed;
  case GATE__V1__LIST_KIND__LI_WATCHED:
    return self->watching;
  default:
    return NULL; /* closed: never whole */
  }
}

/* A reset says which there are: those we showed and that do not come are somewhere else now. */
static void
begin_reset (UsherSession       *self,
             Gate__V1__ListKind  kind)
{
  UsherConversationList *model = model_of (self, kind);
  guint n_items = model != NULL ? usher_conversation_list_get_n_items (model) : 0;

  g_clear_pointer (&self->unseen, g_hash_table_unref);
  self->unseen_list = kind;
  self->unseen = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  for (guint i = 0; i < n_items; i++)
    g_hash_table_add (self->unseen, g_list_model_get_item (G_LIST_MODEL (model), i));
}

static void
leave (UsherSession      *self,
       UsherConversation *conversation)
{
  UsherHolding *holding = usher_session_holding_of (self, conversation);

  if (holding == NULL)
    return;
  usher_conversation_set_state (conversation, USHER_STATE_UNKNOWN);
  usher_conversation_set_is_joined (conversation, FALSE);
  usher_session_place (self, holding);
  usher_session_touch (self, holding);
}

static void
end_reset (UsherSession *self)
{
  g_autoptr (GHashTable) unseen = g_steal_pointer (&self->unseen);
  GHashTableIter iter;
  gpointer conversation;

  if (unseen == NULL)
    return;
  g_hash_table_iter_init (&iter, unseen);
  while (g_hash_table_iter_next (&iter, &conversation, NULL))
    leave (self, conversation);
}

static UsherHolding *
take_conv_row (UsherSession            *self,
               const Gate__V1__ConvRow *row)
{
  UsherHolding *holding = usher_session_get_holding (self, row->conv);

  if (self->unseen != NULL)
    g_hash_table_remove (self->unseen, holding->conversation);
  usher_session_apply_row (self, holding, row);
  if (usher_conversation_get_is_mine (holding->conversation))
    usher_session_want (self, holding, row->last_seq);
  return holding;
}

/* Among the watched there are those we told of ourselves, and those we joined before this console was started. */
static void
find_joined (UsherSession         *self,
             const Gate__V1__List *list)
{
  gboolean is_whole = self->is_fresh && self->unseen != NULL && self->unseen_list == list->list;

  for (gsize i = 0; is_whole && i < list->n_convs; i++) {
    UsherHolding *holding = usher_session_get_holding (self, list->convs[i]->conv);

    if (!holding->is_watch_told)
      usher_conversation_set_is_joined (holding->conversation, TRUE);
  }
}

/* The pages of a list are placed together, so that it grows once. Of the closed there is always more than is sent. */
static gboolean
is_page_to_come (UsherSession         *self,
                 const Gate__V1__List *list)
{
  return list->more && self->unseen != NULL && self->unseen_list == list->list &&
         list->list != GATE__V1__LIST_KIND__LI_CLOSED;
}

static void
take_conv_rows (UsherSession         *self,
                const Gate__V1__List *list)
{
  for (gsize i = 0; i < list->n_convs; i++)
    g_ptr_array_add (self->arrived, take_conv_row (self, list->convs[i]));
  if (list->list == GATE__V1__LIST_KIND__LI_WATCHED)
    find_joined (self, list);
  if (is_page_to_come (self, list))
    return;
  usher_session_place_many (self, self->arrived);
  g_ptr_array_set_size (self->arrived, 0);
}

/* A row that leaves one list has a ConvUpdate or a row of another that says where it went; one that has neither has left us. */
static void
take_gone (UsherSession         *self,
           const Gate__V1__List *list)
{
  UsherConversationList *model = model_of (self, list->list);

  for (gsize i = 0; model != NULL && i < list->n_gone; i++) {
    UsherConversation *conversation = usher_conversation_list_find (model, list->gone[i]);

    if (conversation != NULL)
      leave (self, conversation);
  }
}

static void
take_conversations (UsherSession         *self,
                    const Gate__V1__List *list)
{
  if (list->reset)
    begin_reset (self, list->list);
  take_gone (self, list);
  take_conv_rows (self, list);
  if (!list->more && list->list == self->unseen_list)
    end_reset (self);
}

/* --- Colleagues and queues --------------------------------------------------------------------------- */

static UsherColleague *
find_colleague (UsherSession *self,
                guint64       agent,
                guint        *ret_position)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->colleagues));

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherColleague) colleague =
      g_list_model_get_item (G_LIST_MODEL (self->colleagues), i);

    if (usher_colleague_get_agent (colleague) == agent) {
      *ret_position = i;
      return colleague; /* the store holds it */
    }
  }
  return NULL;
}

static void
take_agent_row (UsherSession             *self,
                const Gate__V1__AgentRow *row)
{
  const Gate__V1__AgentStatus *status = row->status;
  UsherColleague *colleague;
  guint position;

  if (status == NULL)
    return;
  if (status->agent == self->agent) {
    usher_session_set_status (self, status->accepting, status->load, status->capacity);
    return;
  }
  colleague = find_colleague (self, status->agent, &position);
  if (colleague == NULL) {
    g_autoptr (UsherColleague) fresh = usher_colleague_new (status->agent);

    g_list_store_append (self->colleagues, fresh);
    colleague = fresh; /* the store holds it */
  }
  usher_colleague_set_name (colleague, row->name);
  usher_colleague_set_status (colleague, (UsherAgentStatus) status->status);
  usher_colleague_set_load (colleague, status->load);
  usher_colleague_set_capacity (colleague, status->capacity);
}

static void
take_agents (UsherSession         *self,
             const Gate__V1__List *list)
{
  guint position;

  if (list->reset)
    g_list_store_remove_all (self->colleagues);
  for (gsize i = 0; i < list->n_gone; i++) {
    if (find_colleague (self, list->gone[i], &position) != NULL)
      g_list_store_remove (self->colleagues, position);
  }
  for (gsize i = 0; i < list->n_agents; i++)
    take_agent_row (self, list->agents[i]);
}

static UsherQueue *
find_queue (UsherSession *self,
            const char   *name)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->queues));

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherQueue) queue = g_list_model_get_item (G_LIST_MODEL (self->queues), i);

    if (g_strcmp0 (usher_queue_get_name (queue), name) == 0)
      return queue; /* the store holds it */
  }
  return NULL;
}

static void
take_queue_row (UsherSession             *self,
                const Gate__V1__QueueRow *row)
{
  UsherQueue *queue = find_queue (self, row->queue);

  if (queue == NULL) {
    g_autoptr (UsherQueue) fresh = usher_queue_new (row->queue);

    g_list_store_append (self->queues, fresh);
    queue = fresh; /* the store holds it */
  }
  usher_queue_set_title (queue, *row->title != '\0' ? row->title : row->queue);
  usher_queue_set_waiting (queue, row->waiting);
  usher_queue_set_agents_free (queue, row->agents_free);
}

static void
take_queues (UsherSession         *self,
             const Gate__V1__List *list)
{
  if (list->reset)
    g_list_store_remove_all (self->queues);
  for (gsize i = 0; i < list->n_queues; i++)
    take_queue_row (self, list->queues[i]);
}

static void
handle_list (const Gate__V1__Frame *frame,
             gpointer               user_data)
{
  const Gate__V1__List *list = frame->list;

  switch ((int) list->list) {
  case GATE__V1__LIST_KIND__LI_AGENTS:
    take_agents (user_data, list);
    break;
  case GATE__V1__LIST_KIND__LI_QUEUES:
    take_queues (user_data, list);
    break;
  default:
    take_conversations (user_data, list);
    break;
  }
}

/* --- One conversation changes ------------------------------------------------------------------------ */

void
usher_session_change_tags_of (UsherConversation          *conversation,
                              const Gate__V1__ConvUpdate *update)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  const char *const *now = usher_conversation_get_tags (conversation);

  for (gsize i = 0; now != NULL && now[i] != NULL; i++)
    g_ptr_array_add (tags, g_strdup (now[i]));
  for (gsize d = 0; d < update->n_tags_del; d++) {
    guint index;

    if (g_ptr_array_find_with_equal_func (tags, update->tags_del[d], g_str_equal, &index))
      g_ptr_array_remove_index (tags, index);
  }
  for (gsize a = 0; a < update->n_tags_add; a++) {
    if (!g_ptr_array_find_with_equal_func (tags, update->tags_add[a], g_str_equal, NULL))
      g_ptr_array_add (tags, g_strdup (update->tags_add[a]));
  }
  g_ptr_array_add (tags, NULL);
  usher_conversation_set_tags (conversation, (const char *const *) tags->pdata);
}

static void
change_state (UsherSession               *self,
              UsherHolding               *holding,
              const Gate__V1__ConvUpdate *update)
{
  UsherConversation *conversation = holding->conversation;

  if (update->epoch != 0 && update->epoch < usher_conversation_get_epoch (conversation))
    return;
  if (update->epoch != 0)
    usher_conversation_set_epoch (conversation, update->epoch);
  if (update->state == GATE__V1__STATE__ST_UNSPECIFIED)
    return;
  usher_conversation_set_state (conversation, (UsherState) update->state);
  if (update->state != GATE__V1__STATE__ST_WRAPUP) /* until when it is comes with its row */
    usher_conversation_set_wrapup_until_us (conversation, 0);
  if (update->state == GATE__V1__STATE__ST_CLOSED)
    usher_conversation_set_is_joined (conversation, FALSE);
  if (update->state == GATE__V1__STATE__ST_QUEUED)
    usher_session_set_owner (self, holding, 0, NULL);
}

static void
handle_conv_update (const Gate__V1__Frame *frame,
                    gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__ConvUpdate *update = frame->conv_update;
  UsherHolding *holding = usher_session_peek_holding (self, update->conv);

  if (holding == NULL)
    return;
  change_state (self, holding, update);
  if (*update->queue != '\0')
    usher_conversation_set_queue (holding->conversation, update->queue);
  if (update->priority != 0)
    usher_conversation_set_priority (holding->conversation, update->priority);
  if (*update->subject != '\0')
    usher_conversation_set_subject (holding->conversation, update->subject);
  usher_session_change_tags_of (holding->conversation, update);
  usher_session_place (self, holding);
  usher_session_touch (self, holding);
}

static void
handle_assignment (const Gate__V1__Frame *frame,
                   gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Assignment *assignment = frame->assignment;
  UsherHolding *holding = usher_session_get_holding (self, assignment->conv);
  UsherConversation *conversation = holding->conversation;

  if (assignment->epoch < usher_conversation_get_epoch (conversation))
    return;
  usher_session_drop_offer (self, holding);
  usher_conversation_set_epoch (conversation, assignment->epoch);
  usher_session_set_owner (self, holding, assignment->agent, assignment->agent_name);
  if (assignment->agent != 0)
    usher_conversation_set_state (conversation, USHER_STATE_ACTIVE);
  if (*assignment->queue != '\0')
    usher_conversation_set_queue (conversation, assignment->queue);
  usher_session_place (self, holding);
  usher_session_touch (self, holding);
  if (usher_conversation_get_is_mine (conversation))
    usher_session_want (self, holding, usher_conversation_get_last_seq (conversation));
}

static void
handle_presence (const Gate__V1__Frame *frame,
                 gpointer               user_data)
{
  const Gate__V1__Presence *presence = frame->presence;
  UsherHolding *holding = usher_session_peek_holding (user_data, presence->conv);

  if (holding == NULL || presence->role != GATE__V1__ROLE__VISITOR)
    return;
  usher_conversation_set_is_visitor_online (holding->conversation,
                                            presence->state == GATE__V1__STATUS__SS_ONLINE);
  usher_session_visitor_moved (user_data, holding);
}

void
usher_session_lists_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_LIST, handle_list, self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_CONV_UPDATE, handle_conv_update,
                           self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_ASSIGNMENT, handle_assignment,
                           self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_PRESENCE, handle_presence, self);
}
