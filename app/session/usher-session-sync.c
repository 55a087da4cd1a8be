/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"
#include "wire-frame.h"

/* Keeps what is held of each conversation without a gap. A line is taken when it is the next one; what comes twice is dropped; when
 * one is missing the gateway is asked and nothing behind the hole is shown before it is filled. */

#define PAGE_LINES 200

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  guint64 conv;
} Question;

static void ask_missing (UsherSession *self,
                         UsherHolding *holding);

/* --- One line ---------------------------------------------------------------------------------------- */

/* The lines of a page leave out what the page says. */
static UsherMessageRow *
line_of (UsherHolding            *holding,
         const Gate__V1__Message *message)
{
  UsherMessageRow *row = usher_line_from_message (message);

  row->conv = usher_conversation_get_conv (holding->conversation);
  return row;
}

static void
show_line (UsherSession          *self,
           UsherHolding          *holding,
           const UsherMessageRow *row)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  UsherMessage *message;

  if (list == NULL)
    return;
  message = usher_session_message_from_row (self, row);
  usher_message_list_insert (list, message);
  g_object_unref (message);
}

static void
store_line (UsherSession    *self,
            UsherMessageRow *row)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);

  g_ptr_array_add (rows, row);
  usher_store_put_messages (self->store, rows);
}

/* What a new line means for the row in the lists. */
static void
summarize (UsherSession          *self,
           UsherHolding          *holding,
           const UsherMessageRow *row)
{
  UsherConversation *conversation = holding->conversation;
  g_autofree char *summary = NULL;

  if (row->seq < usher_conversation_get_last_seq (conversation))
    return; /* the gateway's row is ahead of what is held */
  summary = usher_line_summary (row);
  usher_conversation_set_last_seq (conversation, row->seq);
  if (row->kind != USHER_MESSAGE_EVENT) /* what was said last says more */
    usher_conversation_set_last_text (conversation, summary);
  usher_conversation_set_last_role (conversation, row->role);
  usher_conversation_set_last_ts_us (conversation, row->ts_us);
  if (row->role == USHER_ROLE_AGENT)
    usher_conversation_set_waiting_since_us (conversation, 0);
  else if (row->role == USHER_ROLE_VISITOR &&
           usher_conversation_get_waiting_since_us (conversation) == 0)
    usher_conversation_set_waiting_since_us (conversation,
                                             usher_session_local_us (self,
                                                                     (guint64) row->ts_us / 1000));
  usher_session_update_own_waiting (self);
}

/* @n_lines new ones by the visitor have come, the last of them is @message: one announcement, however many they are. */
static void
announce (UsherSession            *self,
          UsherHolding            *holding,
          const Gate__V1__Message *message,
          guint                    n_lines)
{
  UsherConversation *conversation = holding->conversation;
  g_autoptr (UsherMessageRow) row = NULL;
  g_autoptr (UsherMessage) line = NULL;

  if (n_lines == 0 || !usher_conversation_get_is_mine (conversation))
    return;
  if (!holding->is_attended)
    usher_conversation_set_unread (conversation,
                                   usher_conversation_get_unread (conversation) + n_lines);
  usher_conversation_set_typing_text (conversation, NULL);
  row = line_of (holding, message);
  line = usher_session_message_from_row (self, row);
  usher_session_emit_line (self, conversation, line);
}

static gboolean
is_news (const Gate__V1__Message *message)
{
  return message->role == GATE__V1__ROLE__VISITOR && message->replaces == 0;
}

/* The row changes an earlier one: it has a number of its own but is not shown by itself. */
static void
fold (UsherSession            *self,
      UsherHolding            *holding,
      const Gate__V1__Message *message,
      UsherMessageRow         *row)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  UsherMessage *target = list != NULL ? usher_message_list_find (list, message->replaces) : NULL;

  row->seq = message->replaces;
  if (target != NULL) {
    usher_message_set_is_edited (target, row->is_edited);
    usher_message_set_is_recalled (target, row->is_recalled);
    usher_message_set_text (target, row->text);
  }
  usher_store_edit_message (self->store, row);
}

/* Takes what is the next line. A line of ours that comes back with its cid is settled by it. */
static void
take_line (UsherSession            *self,
           UsherHolding            *holding,
           const Gate__V1__Message *message)
{
  UsherMessageRow *row = line_of (holding, message);
  guint64 seq = message->seq;

  holding->held_seq = seq;
  if (holding->floor_seq == 0)
    holding->floor_seq = seq;
  usher_session_touch (self, holding);
  if (row->role != USHER_ROLE_SYSTEM)
    usher_session_age_suggestions (self, holding, seq);
  if (message->cid != 0)
    usher_outbox_settle (self->outbox, message->cid, seq, row->ts_us);
  if (message->replaces != 0) {
    fold (self, holding, message, row);
    return;
  }
  summarize (self, holding, row);
  show_line (self, holding, row);
  store_line (self, row);
}

static void
handle_message (const Gate__V1__Frame *frame,
                gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Message *message = frame->message;
  UsherHolding *holding;

  if (message->conv == 0 || message->seq == 0)
    return;
  holding = usher_session_get_holding (self, message->conv);
  if (message->seq <= holding->held_seq)
    return; /* twice: shown already */
  if (message->seq == holding->held_seq + 1) {
    take_line (self, holding, message);
    announce (self, holding, message, is_news (message));
    usher_session_mark (self, holding);
    return;
  }
  usher_session_want (self, holding, message->seq);
}

void
usher_session_hold_own (UsherSession *self,
                        UsherHolding *holding,
                        guint64       seq)
{
  if (seq == holding->held_seq + 1) {
    holding->held_seq = seq;
    if (holding->floor_seq == 0)
      holding->floor_seq = seq;
    usher_session_touch (self, holding);
  } else {
    usher_session_want (self, holding, seq);
  }
}

/* --- Notes ------------------------------------------------------------------------------------------- */

static void
take_note (UsherSession         *self,
           UsherHolding         *holding,
           const Gate__V1__Note *note)
{
  UsherMessageRow *row = usher_line_from_note (note);

  row->conv = usher_conversation_get_conv (holding->conversation);
  holding->held_note = MAX (holding->held_note, note->n);
  usher_session_touch (self, holding);
  if (note->cid != 0)
    usher_outbox_settle (self->outbox, note->cid, note->n, row->ts_us);
  show_line (self, holding, row);
  store_line (self, row);
}

static void
handle_note (const Gate__V1__Frame *frame,
             gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Note *note = frame->note;
  UsherHolding *holding = usher_session_get_holding (self, note->conv);

  if (note->n == 0 || note->n <= holding->held_note)
    return;
  usher_session_take_mention (self, holding, note);
  if (note->n == holding->held_note + 1) {
    take_note (self, holding, note);
    return;
  }
  holding->wanted_note = MAX (holding->wanted_note, note->n);
  ask_missing (self, holding);
}

/* --- Pages ------------------------------------------------------------------------------------------- */

static int
by_seq (gconstpointer a,
        gconstpointer b)
{
  const Gate__V1__Message *one = *(Gate__V1__Message *const *) a;
  const Gate__V1__Message *two = *(Gate__V1__Message *const *) b;

  return one->seq < two->seq ? -1 : one->seq > two->seq;
}

/* Below floor_seq: lines from before, which nobody is told about. */
static void
take_older (UsherSession             *self,
            UsherHolding             *holding,
            Gate__V1__Message *const *messages,
            gsize                     n_messages)
{
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);

  for (gsize i = 0; i < n_messages; i++) {
    if (messages[i]->seq < holding->floor_seq && messages[i]->replaces == 0)
      g_ptr_array_add (rows, line_of (holding, messages[i]));
  }
  holding->floor_seq = MIN (holding->floor_seq, messages[0]->seq);
  usher_session_touch (self, holding);
  usher_session_page_arrived (self, holding, rows, TRUE);
  usher_store_put_messages (self->store, g_steal_pointer (&rows));
}

/* Nothing is held, or what is held lies before a hole that is not worth filling: begin anew with this page. */
static void
begin_at (UsherHolding *holding,
          guint64       seq)
{
  holding->floor_seq = seq;
  holding->held_seq = seq - 1;
}

static void
take_newer (UsherSession             *self,
            UsherHolding             *holding,
            Gate__V1__Message *const *messages,
            gsize                     n_messages)
{
  gboolean is_catching_up = holding->held_seq >= holding->floor_seq;
  const Gate__V1__Message *last = NULL;
  guint n_news = 0;

  for (gsize i = 0; i < n_messages; i++) {
    if (messages[i]->seq != holding->held_seq + 1)
      continue;
    take_line (self, holding, messages[i]);
    if (is_news (messages[i])) {
      last = messages[i];
      n_news++;
    }
  }
  /* The first page of a conversation is history; the gateway's row says what of it is unread. */
  if (is_catching_up)
    announce (self, holding, last, n_news);
}

static void
take_page_notes (UsherSession                *self,
                 UsherHolding                *holding,
                 const Gate__V1__HistoryPage *page)
{
  for (gsize i = 0; i < page->n_notes; i++)
    take_note (self, holding, page->notes[i]);
}

static void
take_page (UsherSession                *self,
           UsherHolding                *holding,
           const Gate__V1__HistoryPage *page)
{
  Gate__V1__Message **messages = page->messages;
  gsize n_messages = page->n_messages;

  take_page_notes (self, holding, page);
  if (n_messages == 0)
    return;
  qsort (messages, n_messages, sizeof *messages, by_seq);
  if (holding->held_seq == 0)
    begin_at (holding, messages[0]->seq);
  if (messages[0]->seq < holding->floor_seq &&
      messages[n_messages - 1]->seq + 1 >= holding->floor_seq)
    take_older (self, holding, messages, n_messages);
  take_newer (self, holding, messages, n_messages);
}

static void
handle_page (const Gate__V1__Frame *frame,
             gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__HistoryPage *page = frame->history_page;
  UsherHolding *holding = usher_session_get_holding (self, page->conv);

  usher_session_take_changes (self, holding, page);
  take_page (self, holding, page);
  usher_session_mark (self, holding);
  usher_session_update_edges (self, holding);
  if (frame->id == 0)
    usher_session_want (self, holding, page->head);
}

/* --- Asking ------------------------------------------------------------------------------------------ */

static void
answered_cb (const Gate__V1__Frame *answer,
             gpointer               user_data)
{
  Question *question = user_data;
  UsherSession *self = question->session;
  UsherHolding *holding = usher_session_peek_holding (self, question->conv);

  if (holding == NULL)
    return;
  holding->history_id = 0;
  if (answer == NULL)
    return;
  if (answer->body_case == GATE__V1__FRAME__BODY_HISTORY_PAGE) {
    holding->wanted_note = 0; /* what there was of notes has come with the page */
    holding->wanted_seq = MAX (holding->wanted_seq, answer->history_page->head);
    if (answer->history_page->n_messages > 0 || holding->is_history_older)
      ask_missing (self, holding);
    usher_session_seek_hit (self, holding);
  } else {
    usher_session_give_up_hit (self, holding);
  }
  usher_session_check_in_step (self);
}

static void
ask_history (UsherSession *self,
             UsherHolding *holding,
             guint64       before,
             guint64       after)
{
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (HISTORY_REQ, history_req, &request);
  Question *question;

  if (holding->history_id != 0)
    return;
  question = g_new (Question, 1);
  request.conv = usher_conversation_get_conv (holding->conversation);
  request.before = before;
  request.after = after;
  request.limit = PAGE_LINES;
  *question = (Question){ self, request.conv };
  holding->is_history_older = before != 0 && holding->held_seq != 0;
  if (usher_session_ask (self, &frame, answered_cb, question, g_free))
    holding->history_id = frame.id;
}

/* With nothing held the newest page comes first: what an agent wants to see is the end. */
static void
ask_missing (UsherSession *self,
             UsherHolding *holding)
{
  if (holding->wanted_seq <= holding->held_seq && holding->wanted_note <= holding->held_note)
    return;
  if (holding->held_seq == 0)
    ask_history (self, holding, holding->wanted_seq + 1, 0);
  else
    ask_history (self, holding, 0, holding->held_seq);
}

void
usher_session_want (UsherSession *self,
                    UsherHolding *holding,
                    guint64       seq)
{
  holding->wanted_seq = MAX (holding->wanted_seq, seq);
  ask_missing (self, holding);
}

void
usher_session_ask_older (UsherSession *self,
                         UsherHolding *holding)
{
  if (holding->floor_seq > 1)
    ask_history (self, holding, holding->floor_seq, 0);
}

void
usher_session_sync_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_MESSAGE, handle_message, self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_NOTE, handle_note, self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_HISTORY_PAGE, handle_page, self);
}
