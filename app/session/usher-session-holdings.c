/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <string.h>

#include "usher-session-private.h"

/* What is held of each conversation, where it stands in the lists, and when the store is told. */

/* Changes of a burst become one write. A kill -9 in between costs nothing: the gateway has told them and can tell them again. */
#define FLUSH_MS 100

#define N_LISTS 7

/* Clocks that differ less than this are the same clock; what is left is the network. */
#define MIN_SKEW_US ((gint64) 2 * G_USEC_PER_SEC)

void
usher_holding_free (UsherHolding *holding)
{
  g_clear_handle_id (&holding->typing_id, g_source_remove);
  g_clear_handle_id (&holding->offer_id, g_source_remove);
  g_clear_pointer (&holding->wrapup, usher_wrapup_free);
  g_clear_pointer (&holding->leaving, usher_leaving_free);
  g_clear_pointer (&holding->changes, g_ptr_array_unref);
  g_clear_object (&holding->wanted_hit);
  g_clear_object (&holding->suggestions);
  g_clear_object (&holding->taken);
  g_clear_pointer (&holding->offered, g_ptr_array_unref);
  g_object_unref (holding->conversation);
  g_free (holding);
}

UsherHolding *
usher_session_peek_holding (UsherSession *self,
                            guint64       conv)
{
  return g_hash_table_lookup (self->holdings, &conv);
}

UsherHolding *
usher_session_get_holding (UsherSession *self,
                           guint64       conv)
{
  UsherHolding *holding = usher_session_peek_holding (self, conv);

  if (holding != NULL)
    return holding;
  holding = g_new0 (UsherHolding, 1);
  holding->conversation = usher_conversation_new (conv);
  g_hash_table_insert (self->holdings, g_memdup2 (&conv, sizeof conv), holding);
  return holding;
}

UsherHolding *
usher_session_holding_of (UsherSession      *self,
                          UsherConversation *conversation)
{
  return usher_session_peek_holding (self, usher_conversation_get_conv (conversation));
}

gint64
usher_session_local_us (UsherSession *self,
                        guint64       gateway_ms)
{
  gint64 skew_us = ABS (self->skew_us) < MIN_SKEW_US ? 0 : self->skew_us;

  return gateway_ms == 0 ? 0 : (gint64) gateway_ms * 1000 - skew_us;
}

guint64
usher_session_gateway_ms (UsherSession *self,
                          gint64        local_us)
{
  gint64 skew_us = ABS (self->skew_us) < MIN_SKEW_US ? 0 : self->skew_us;

  return local_us == 0 ? 0 : (guint64) (local_us + skew_us) / 1000;
}

static UsherConversationList *
list_of (UsherSession      *self,
         UsherConversation *conversation)
{
  gboolean is_mine = usher_conversation_get_is_mine (conversation);
  UsherConversationList *followed = usher_conversation_get_is_watched (conversation) ||
                                        usher_conversation_get_is_joined (conversation)
                                      ? self->watching
                                      : NULL;

  if (usher_conversation_get_offer_deadline_us (conversation) != 0)
    return self->offered;
  switch (usher_conversation_get_state (conversation)) {
  case USHER_STATE_QUEUED:
  case USHER_STATE_OFFERED:
    return self->queue;
  case USHER_STATE_CLOSED:
    return self->closed;
  case USHER_STATE_BOT:
    return followed != NULL ? followed : self->bot;
  case USHER_STATE_SNOOZED:
    return is_mine ? self->snoozed : followed;
  case USHER_STATE_ACTIVE:
  case USHER_STATE_HELD:
  case USHER_STATE_WRAPUP:
    return is_mine ? self->mine : followed;
  case USHER_STATE_UNKNOWN:
  case USHER_STATE_OFFLINE:
  default:
    return NULL;
  }
}

/* Every list, in the order of the sections. */
static void
get_lists (UsherSession          *self,
           UsherConversationList *ret_lists[N_LISTS])
{
  UsherConversationList *lists[N_LISTS] = { self->offered, self->mine,     self->queue, self->bot,
                                            self->snoozed, self->watching, self->closed };

  memcpy (ret_lists, lists, sizeof lists);
}

/* Of these, those that belong into @list and are not there, with one signal. */
static void
fill_list (UsherSession          *self,
           UsherConversationList *list,
           GPtrArray             *holdings)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();

  for (guint i = 0; i < holdings->len; i++) {
    UsherConversation *conversation =
      ((UsherHolding *) g_ptr_array_index (holdings, i))->conversation;

    if (list_of (self, conversation) == list)
      g_ptr_array_add (members, conversation);
    else
      usher_conversation_list_remove (list, conversation);
  }
  usher_conversation_list_add_many (list, (UsherConversation *const *) members->pdata,
                                    members->len);
}

void
usher_session_place_many (UsherSession *self,
                          GPtrArray    *holdings)
{
  UsherConversationList *lists[N_LISTS];

  get_lists (self, lists);
  for (gsize i = 0; i < N_LISTS; i++)
    fill_list (self, lists[i], holdings);
  for (guint i = 0; i < holdings->len; i++) {
    usher_session_update_watch (self, g_ptr_array_index (holdings, i));
    usher_session_ask_changes (self, g_ptr_array_index (holdings, i));
  }
  usher_session_update_own_waiting (self);
}

void
usher_session_place (UsherSession *self,
                     UsherHolding *holding)
{
  g_autoptr (GPtrArray) holdings = g_ptr_array_new ();

  g_ptr_array_add (holdings, holding);
  usher_session_place_many (self, holdings);
}

/* --- To the store ------------------------------------------------------------------------------------ */

static UsherConversationRow *
row_of (UsherHolding *holding)
{
  UsherConversation *c = holding->conversation;
  UsherConversationRow row = {
    .conv = usher_conversation_get_conv (c),
    .state = usher_conversation_get_state (c),
    .epoch = usher_conversation_get_epoch (c),
    .channel = usher_conversation_get_channel (c),
    .visitor = usher_conversation_get_visitor (c),
    .name = (char *) usher_conversation_get_name (c),
    .queue = (char *) usher_conversation_get_queue (c),
    .agent = usher_conversation_get_agent (c),
    .agent_name = (char *) usher_conversation_get_agent_name (c),
    .priority = usher_conversation_get_priority (c),
    .last_seq = usher_conversation_get_last_seq (c),
    .last_text = (char *) usher_conversation_get_last_text (c),
    .last_role = usher_conversation_get_last_role (c),
    .last_ts_us = usher_conversation_get_last_ts_us (c),
    .waiting_since_us = usher_conversation_get_waiting_since_us (c),
    .unread = usher_conversation_get_unread (c),
    .opened_at_us = usher_conversation_get_opened_at_us (c),
    .enqueued_at_us = usher_conversation_get_enqueued_at_us (c),
    .subject = (char *) usher_conversation_get_subject (c),
    .tags = (char **) usher_conversation_get_tags (c),
    .floor_seq = holding->floor_seq,
    .held_seq = holding->held_seq,
    .held_note = holding->held_note,
    .read_seq = holding->read_seq,
    .visitor_read_seq = usher_conversation_get_visitor_read_seq (c),
    .visitor_received_seq = usher_conversation_get_visitor_received_seq (c),
  };

  return usher_conversation_row_copy (&row);
}

void
usher_session_flush (UsherSession *self)
{
  GHashTableIter iter;
  gpointer value;

  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    UsherHolding *holding = value;

    if (!holding->is_dirty)
      continue;
    holding->is_dirty = FALSE;
    usher_store_put_conversation (self->store, row_of (holding));
  }
}

static void
flush_cb (gpointer user_data)
{
  UsherSession *self = user_data;

  self->flush_id = 0;
  usher_session_flush (self);
}

void
usher_session_touch (UsherSession *self,
                     UsherHolding *holding)
{
  holding->is_dirty = TRUE;
  if (self->flush_id == 0)
    self->flush_id = g_timeout_add_once (FLUSH_MS, flush_cb, self);
}

/* --- From the store ---------------------------------------------------------------------------------- */

static void
load_row (UsherSession               *self,
          const UsherConversationRow *row)
{
  UsherHolding *holding = usher_session_get_holding (self, row->conv);
  UsherConversation *c = holding->conversation;

  holding->floor_seq = row->floor_seq;
  holding->held_seq = row->held_seq;
  holding->held_note = row->held_note;
  holding->read_seq = row->read_seq;
  holding->told_read_seq = row->read_seq;
  usher_conversation_set_state (c, row->state);
  usher_conversation_set_epoch (c, row->epoch);
  usher_conversation_set_channel (c, row->channel);
  usher_conversation_set_visitor (c, row->visitor);
  usher_conversation_set_name (c, row->name);
  usher_conversation_set_queue (c, row->queue);
  usher_conversation_set_agent (c, row->agent);
  usher_conversation_set_agent_name (c, row->agent_name);
  usher_conversation_set_priority (c, row->priority);
  usher_conversation_set_last_seq (c, row->last_seq);
  usher_conversation_set_last_text (c, row->last_text);
  usher_conversation_set_last_role (c, row->last_role);
  usher_conversation_set_last_ts_us (c, row->last_ts_us);
  usher_conversation_set_waiting_since_us (c, row->waiting_since_us);
  usher_conversation_set_unread (c, row->unread);
  usher_conversation_set_opened_at_us (c, row->opened_at_us);
  usher_conversation_set_enqueued_at_us (c, row->enqueued_at_us);
  usher_conversation_set_subject (c, row->subject);
  usher_conversation_set_tags (c, (const char *const *) row->tags);
  usher_conversation_set_visitor_read_seq (c, row->visitor_read_seq);
  usher_conversation_set_visitor_received_seq (c, row->visitor_received_seq);
  usher_conversation_set_is_mine (c, row->agent != 0 && row->agent == self->agent);
}

/* Each list grows once, however many rows there are. */
void
usher_session_load_snapshot (UsherSession        *self,
                             const UsherSnapshot *snapshot)
{
  g_autoptr (GPtrArray) holdings = g_ptr_array_new ();

  for (guint i = 0; i < snapshot->conversations->len; i++) {
    const UsherConversationRow *row = g_ptr_array_index (snapshot->conversations, i);

    load_row (self, row);
    g_ptr_array_add (holdings, usher_session_peek_holding (self, row->conv));
  }
  usher_session_load_watched (self, g_hash_table_lookup (snapshot->meta, "watched"));
  usher_session_load_operator_lists (self, snapshot->meta);
  usher_session_place_many (self, holdings);
}

void
usher_session_forget_all (UsherSession *self)
{
  UsherConversationList *lists[N_LISTS];

  g_clear_handle_id (&self->flush_id, g_source_remove);
  get_lists (self, lists);
  for (gsize i = 0; i < N_LISTS; i++)
    usher_conversation_list_remove_all (lists[i]);
  while (!g_queue_is_empty (&self->shown_before))
    g_object_unref (g_queue_pop_head (&self->shown_before));
  g_clear_pointer (&self->unseen, g_hash_table_unref);
  g_ptr_array_set_size (self->arrived, 0);
  g_list_store_remove_all (self->handover);
  g_hash_table_remove_all (self->holdings);
  g_hash_table_remove_all (self->contacts);
  usher_session_forget_operator_lists (self);
  usher_session_update_own_waiting (self);
}

const char *
usher_session_name_of_agent (UsherSession *self,
                             guint64       agent)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->colleagues));

  if (agent != 0 && agent == self->agent)
    return self->agent_name;
  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherColleague) colleague =
      g_list_model_get_item (G_LIST_MODEL (self->colleagues), i);

    if (usher_colleague_get_agent (colleague) == agent)
      return usher_colleague_get_name (colleague); /* the store holds it */
  }
  return NULL;
}

/* --- From the gateway -------------------------------------------------------------------------------- */

void
usher_session_set_owner (UsherSession *self,
                         UsherHolding *holding,
                         guint64       agent,
                         const char   *agent_name)
{
  UsherConversation *conversation = holding->conversation;

  /* One change: who hears of a part of it knows the rest. */
  g_object_freeze_notify (G_OBJECT (conversation));
  usher_conversation_set_agent (conversation, agent);
  usher_conversation_set_agent_name (conversation, agent == 0 ? NULL : agent_name);
  usher_conversation_set_is_mine (conversation, agent != 0 && agent == self->agent);
  g_object_thaw_notify (G_OBJECT (conversation));
}

/* Rows are gathered for a quarter of a second: what came as a message meanwhile is newer than the row. */
static void
apply_last_line (UsherSession            *self,
                 UsherHolding            *holding,
                 const Gate__V1__ConvRow *row)
{
  UsherConversation *conversation = holding->conversation;

  if (row->last_seq < usher_conversation_get_last_seq (conversation))
    return;
  usher_conversation_set_last_seq (conversation, row->last_seq);
  if (*row->last_text != '\0') /* an event has none; what was said last says more */
    usher_conversation_set_last_text (conversation, row->last_text);
  usher_conversation_set_last_role (conversation, (UsherRole) row->last_role);
  usher_conversation_set_last_ts_us (conversation, (gint64) row->last_ts * 1000);
  usher_conversation_set_waiting_since_us (conversation,
                                           usher_session_local_us (self, row->waiting_since));
  if (holding->read_seq >= row->last_seq)
    usher_conversation_set_unread (conversation, 0);
  else
    usher_conversation_set_unread (conversation, row->unread);
}

static void
apply_tags (UsherConversation       *conversation,
            const Gate__V1__ConvRow *row)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) tags = NULL;

  for (gsize i = 0; i < row->n_tags; i++)
    g_strv_builder_add (builder, row->tags[i]);
  tags = g_strv_builder_end (builder);
  usher_conversation_set_tags (conversation, (const char *const *) tags);
}

void
usher_session_apply_row (UsherSession            *self,
                         UsherHolding            *holding,
                         const Gate__V1__ConvRow *row)
{
  UsherConversation *conversation = holding->conversation;

  apply_last_line (self, holding, row);
  if (row->epoch >= usher_conversation_get_epoch (conversation)) {
    usher_conversation_set_epoch (conversation, row->epoch);
    usher_conversation_set_state (conversation, (UsherState) row->state);
    usher_conversation_set_wrapup_until_us (conversation,
                                            row->state == GATE__V1__STATE__ST_WRAPUP
                                              ? usher_session_local_us (self, row->due)
                                              : 0);
    usher_session_set_owner (self, holding, row->agent,
                             usher_session_name_of_agent (self, row->agent));
  }
  usher_conversation_set_channel (conversation, (guint) row->channel);
  usher_conversation_set_visitor (conversation, row->visitor);
  usher_conversation_set_name (conversation, row->name);
  usher_conversation_set_queue (conversation, row->queue);
  usher_conversation_set_priority (conversation, row->priority);
  usher_conversation_set_opened_at_us (conversation, usher_session_local_us (self, row->opened_at));
  usher_conversation_set_enqueued_at_us (conversation,
                                         usher_session_local_us (self, row->enqueued_at));
  usher_conversation_set_subject (conversation, row->subject);
  usher_conversation_set_is_visitor_online (conversation,
                                            row->visitor_state == GATE__V1__STATUS__SS_ONLINE);
  usher_conversation_set_until_us (conversation, usher_session_local_us (self, row->until));
  usher_conversation_set_level (conversation, row->level);
  usher_session_set_viewers (self, holding, row->viewers, row->n_viewers);
  apply_tags (conversation, row);
  holding->wanted_note = MAX (holding->wanted_note, row->note);
  usher_session_touch (self, holding);
}
