/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n.h>

#include "usher-session-private.h"

/* The window on a conversation's lines: at most 400 rows, paged from the local store, which is filled from the gateway. */

#define PAGE_ROWS 100

/* Conversations whose lines stay in memory after another one was shown. */
#define MAX_WINDOWS 12

/* Of the gateway's history, to reach a line that was found: eight thousand lines back. */
#define MAX_PAGES_FOR_HIT 40

typedef enum {
  LOAD_FIRST,  /* the window has just been opened */
  LOAD_NEWEST, /* the window goes back to the end */
  LOAD_OLDER,
  LOAD_NEWER,
  LOAD_HIT, /* the window goes to a line that was found */
} LoadWhat;

typedef struct {
  UsherSession *session; /* a reference */
  guint64 conv;
  LoadWhat what;
  UsherHit *hit; /* (nullable): a reference: what LOAD_HIT looks for */
} Load;

static Load *
load_new (UsherSession *self,
          guint64       conv,
          LoadWhat      what)
{
  Load *load = g_new (Load, 1);

  *load = (Load){ g_object_ref (self), conv, what, NULL };
  return load;
}

static void
load_free (Load *load)
{
  g_object_unref (load->session);
  g_clear_object (&load->hit);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static const char *
name_of_sender (UsherSession          *self,
                UsherHolding          *holding,
                const UsherMessageRow *row)
{
  if (row->role == USHER_ROLE_VISITOR)
    return holding != NULL ? usher_conversation_get_name (holding->conversation) : NULL;
  return row->role == USHER_ROLE_AGENT ? usher_session_name_of_agent (self, row->sender) : NULL;
}

UsherMessage *
usher_session_message_from_row (UsherSession          *self,
                                const UsherMessageRow *row)
{
  UsherHolding *holding = usher_session_peek_holding (self, row->conv);
  UsherMessage *message = usher_message_new (row->conv, row->seq, row->kind, row->text);
  gboolean is_own = row->role == USHER_ROLE_AGENT && row->sender != 0 && row->sender == self->agent;

  usher_message_set_cid (message, row->cid);
  usher_message_set_ts_us (message, row->ts_us);
  usher_message_set_role (message, row->role);
  usher_message_set_sender (message, row->sender);
  usher_message_set_sender_name (message, name_of_sender (self, holding, row));
  usher_message_set_url (message, row->url);
  usher_message_set_mime (message, row->mime);
  usher_message_set_name (message, row->name);
  usher_message_set_size (message, row->size);
  usher_message_set_width (message, row->width);
  usher_message_set_height (message, row->height);
  usher_message_set_reply_to (message, row->reply_to);
  usher_message_set_is_edited (message, row->is_edited);
  usher_message_set_is_recalled (message, row->is_recalled);
  usher_message_set_is_own (message, is_own);
  if (is_own && row->kind == USHER_MESSAGE_NOTE)
    usher_message_set_delivery (message, USHER_DELIVERY_STORED);
  else if (is_own && holding != NULL)
    usher_message_set_delivery (message, usher_session_delivery_of (holding, row->seq));
  return message;
}

/* Whether there is more on either side of the window, here or at the gateway. */
void
usher_session_update_edges (UsherSession *self,
                            UsherHolding *holding)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  guint64 first;

  if (list == NULL)
    return;
  first = usher_message_list_get_first_seq (list);
  if (first != 0)
    usher_message_list_set_has_older (list, first > 1);
  else
    usher_message_list_set_has_older (list, holding->held_seq > 0);
  usher_session_show_changes (holding);
}

static void
insert_rows (UsherSession     *self,
             UsherMessageList *list,
             GPtrArray        *messages,
             GPtrArray        *notes,
             LoadWhat          what)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_add (lines, usher_session_message_from_row (self, g_ptr_array_index (messages, i)));
  for (guint i = 0; notes != NULL && i < notes->len; i++)
    g_ptr_array_add (lines, usher_session_message_from_row (self, g_ptr_array_index (notes, i)));
  if (what == LOAD_NEWEST || what == LOAD_HIT)
    usher_message_list_replace (list, (UsherMessage *const *) lines->pdata, lines->len);
  else
    usher_message_list_insert_page (list, (UsherMessage *const *) lines->pdata, lines->len,
                                    what == LOAD_NEWER ? USHER_LIST_NEWER : USHER_LIST_OLDER);
}

/* Lines may have come from the gateway, and the agent may have scrolled, while the page was being read. */
static gboolean
is_out_of_date (UsherMessageList *list,
                LoadWhat          what)
{
  return what == LOAD_FIRST && usher_message_list_get_has_newer (list);
}

/* --- A line that was found ---------------------------------------------------------------------------- */

void
usher_session_give_up_hit (UsherSession *self,
                           UsherHolding *holding)
{
  if (holding->wanted_hit == NULL)
    return;
  g_clear_object (&holding->wanted_hit);
  usher_session_notice (self, USHER_NOTICE_WARNING,
                        _ ("The line cannot be shown now. Its chat is open at the newest lines."),
                        "line_not_found");
}

/* What the gateway holds only: changes of state and own lines on their way are no day's first line. */
static UsherMessage *
find_first_since (UsherMessageList *list,
                  gint64            at_us)
{
  UsherMessage *line = NULL;

  for (guint i = 0; i < usher_message_list_get_n_items (list); i++) {
    UsherMessage *next = usher_message_list_peek (list, i);

    if (usher_message_get_seq (next) == 0 || usher_message_get_kind (next) == USHER_MESSAGE_CHANGE)
      continue;
    line = next;
    if (usher_message_get_ts_us (line) >= at_us)
      break;
  }
  return line;
}

static UsherMessage *
find_hit (UsherHolding *holding)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  UsherHit *hit = holding->wanted_hit;

  if (list == NULL || hit == NULL)
    return NULL;
  if (usher_hit_get_seq (hit) == 0)
    return find_first_since (list, usher_hit_get_ts_us (hit));
  return usher_hit_get_is_note (hit) ? usher_message_list_find_note (list, usher_hit_get_seq (hit))
                                     : usher_message_list_find (list, usher_hit_get_seq (hit));
}

static void
tell_hit_shown (UsherSession *self,
                UsherHolding *holding)
{
  UsherMessage *message = find_hit (holding);

  if (message == NULL) {
    usher_session_give_up_hit (self, holding);
    return;
  }
  g_clear_object (&holding->wanted_hit);
  usher_session_emit_line_shown (self, holding->conversation, message);
}

/* Whether the page of the store goes back far enough; if not, the gateway is asked for what lies before it. */
static gboolean
reaches_hit (UsherSession *self,
             UsherHolding *holding,
             UsherPage    *page)
{
  const UsherMessageRow *first =
    page->messages->len > 0 ? g_ptr_array_index (page->messages, 0) : NULL;

  if (holding->wanted_hit == NULL)
    return FALSE;
  if (first != NULL &&
      (first->seq == 1 || first->ts_us <= usher_hit_get_ts_us (holding->wanted_hit)))
    return TRUE;
  if (holding->n_pages_for_hit++ >= MAX_PAGES_FOR_HIT || self->link_state == USHER_LINK_OFFLINE)
    usher_session_give_up_hit (self, holding);
  else if (holding->floor_seq > 1)
    usher_session_ask_older (self, holding);
  else if (holding->held_seq > 0)
    usher_session_seek_hit (self, holding); /* it came in while the store was being read */
  /* else the newest lines are on their way: with them it begins */
  return FALSE;
}

static void
page_loaded (UsherSession *self,
             UsherHolding *holding,
             Load         *load,
             UsherPage    *page)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);

  if (list == NULL)
    return;
  if (is_out_of_date (list, load->what))
    return;
  if (load->what == LOAD_HIT && load->hit != holding->wanted_hit) {
    usher_session_seek_hit (self, holding); /* another one is wanted meanwhile */
    return;
  }
  if (load->what == LOAD_HIT && !reaches_hit (self, holding, page))
    return;
  insert_rows (self, list, page->messages, page->notes, load->what);
  if (load->what == LOAD_NEWER || load->what == LOAD_NEWEST || load->what == LOAD_HIT)
    usher_message_list_set_has_newer (list,
                                      usher_message_list_get_last_seq (list) < holding->held_seq);
  if (load->what == LOAD_FIRST || load->what == LOAD_NEWEST)
    usher_session_add_pending (self, holding->conversation);
  usher_session_update_edges (self, holding);
  /* The store had nothing below: the gateway has. */
  if (load->what == LOAD_OLDER && page->messages->len == 0)
    usher_session_ask_older (self, holding);
  usher_session_mark (self, holding);
  if (load->what == LOAD_HIT)
    tell_hit_shown (self, holding);
}

static void
page_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UsherPage) page = usher_store_load_page_finish (USHER_STORE (source), result, &error);
  UsherSession *self = load->session;
  UsherHolding *holding = usher_session_peek_holding (self, load->conv);

  if (holding != NULL)
    holding->loading &= ~(1u << load->what);
  if (page == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_warning ("cannot read from the cache: %s", error->message);
    return;
  }
  if (holding != NULL)
    page_loaded (self, holding, load, page);
}

static void
load (UsherSession *self,
      UsherHolding *holding,
      LoadWhat      what,
      guint64       after,
      guint64       before)
{
  guint64 conv = usher_conversation_get_conv (holding->conversation);

  if ((holding->loading & 1u << what) != 0)
    return;
  holding->loading |= 1u << what;
  usher_store_load_page_async (self->store, conv, after, before, PAGE_ROWS, self->cancellable,
                               page_loaded_cb, load_new (self, conv, what));
}

void
usher_session_seek_hit (UsherSession *self,
                        UsherHolding *holding)
{
  guint64 conv = usher_conversation_get_conv (holding->conversation);
  Load *load;

  if (holding->wanted_hit == NULL || (holding->loading & 1u << LOAD_HIT) != 0)
    return;
  holding->loading |= 1u << LOAD_HIT;
  load = load_new (self, conv, LOAD_HIT);
  load->hit = g_object_ref (holding->wanted_hit);
  usher_store_load_page_at_async (self->store, conv, usher_hit_get_ts_us (holding->wanted_hit),
                                  PAGE_ROWS, self->cancellable, page_loaded_cb, load);
}

UsherConversation *
usher_session_show_line (UsherSession *self,
                         UsherHit     *hit)
{
  UsherHolding *holding;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);
  g_return_val_if_fail (USHER_IS_HIT (hit), NULL);

  holding = usher_session_get_holding (self, usher_hit_get_conv (hit));
  if (usher_conversation_get_name (holding->conversation) == NULL)
    usher_conversation_set_name (holding->conversation, usher_hit_get_name (hit));
  g_set_object (&holding->wanted_hit, hit);
  holding->n_pages_for_hit = 0;
  usher_conversation_get_messages (holding->conversation);
  /* It stands on the screen already, perhaps out of sight. */
  if (holding->is_shown && usher_hit_get_seq (hit) != 0 && find_hit (holding) != NULL) {
    tell_hit_shown (self, holding);
    return holding->conversation;
  }
  /* Nothing of it is held: its number is enough to ask for the newest lines. */
  if (holding->held_seq == 0 && !usher_hit_get_is_note (hit))
    usher_session_want (self, holding, usher_hit_get_seq (hit));
  usher_session_seek_hit (self, holding);
  return holding->conversation;
}

/* A hit without a number: whatever stands there. */
void
usher_session_show_day (UsherSession      *self,
                        UsherConversation *conversation,
                        gint64             at_us)
{
  g_autoptr (UsherHit) hit = NULL;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  hit = usher_hit_new (usher_conversation_get_conv (conversation), 0, FALSE);
  usher_hit_set_ts_us (hit, at_us);
  usher_session_show_line (self, hit);
}

static void
open_window (UsherSession *self,
             UsherHolding *holding)
{
  usher_conversation_get_messages (holding->conversation);
  load (self, holding, LOAD_FIRST, 0, G_MAXINT64);
}

/* Rows from the gateway that lie before what was held. */
void
usher_session_page_arrived (UsherSession *self,
                            UsherHolding *holding,
                            GPtrArray    *rows,
                            gboolean      is_older)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);

  if (list != NULL && rows->len > 0)
    insert_rows (self, list, rows, NULL, is_older ? LOAD_OLDER : LOAD_NEWER);
}

/* --- What is on screen ------------------------------------------------------------------------------- */

static void
drop_window (UsherSession      *self,
             UsherConversation *conversation)
{
  UsherHolding *holding = usher_session_holding_of (self, conversation);

  usher_conversation_drop_messages (conversation);
  if (holding != NULL)
    g_clear_pointer (&holding->changes, g_ptr_array_unref);
}

/* Those on the screen stay, however long ago they were put there. */
static void
forget_oldest_windows (UsherSession *self)
{
  GList *link = self->shown_before.tail;

  while (link != NULL && g_queue_get_length (&self->shown_before) > MAX_WINDOWS) {
    g_autoptr (UsherConversation) oldest = NULL;
    GList *newer = link->prev;
    UsherHolding *holding = usher_session_holding_of (self, link->data);

    if (holding == NULL || !holding->is_shown) {
      oldest = link->data;
      g_queue_delete_link (&self->shown_before, link);
      drop_window (self, oldest);
    }
    link = newer;
  }
}

static void
remember_window (UsherSession      *self,
                 UsherConversation *conversation)
{
  GList *link = g_queue_find (&self->shown_before, conversation);

  if (link != NULL) {
    g_queue_unlink (&self->shown_before, link);
    g_queue_push_head_link (&self->shown_before, link);
    return;
  }
  g_queue_push_head (&self->shown_before, g_object_ref (conversation));
  forget_oldest_windows (self);
}

/* The newest lines may never have been asked for: a closed conversation that is opened for the first time. */
static void
ask_newest (UsherSession *self,
            UsherHolding *holding)
{
  usher_session_want (self, holding, usher_conversation_get_last_seq (holding->conversation));
}

/* The lines of a conversation, unless they are in memory. */
static void
load_window (UsherSession *self,
             UsherHolding *holding)
{
  UsherConversation *conversation = holding->conversation;
  gboolean is_new = usher_conversation_peek_messages (conversation) == NULL ||
                    g_queue_find (&self->shown_before, conversation) == NULL;

  remember_window (self, conversation);
  if (!is_new)
    return;
  open_window (self, holding);
  ask_newest (self, holding);
  holding->changes_epoch = 0;
  usher_session_ask_changes (self, holding);
}

/* Colleagues see who looks at what. */
static void
set_sight (UsherSession *self,
           UsherHolding *holding,
           gboolean      is_shown,
           gboolean      is_attended)
{
  holding->is_shown = is_shown;
  holding->is_attended = is_attended;
  usher_session_update_watch (self, holding);
}

void
usher_session_show (UsherSession      *self,
                    UsherConversation *conversation,
                    gboolean           is_attended)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL)
    return;
  set_sight (self, holding, TRUE, is_attended);
  load_window (self, holding);
  usher_session_mark (self, holding);
}

void
usher_session_hide (UsherSession      *self,
                    UsherConversation *conversation)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding != NULL)
    set_sight (self, holding, FALSE, FALSE);
}

gboolean
usher_session_is_attended (UsherSession      *self,
                           UsherConversation *conversation)
{
  UsherHolding *holding = usher_session_holding_of (self, conversation);

  return holding != NULL && holding->is_attended;
}

void
usher_session_unfold (UsherSession      *self,
                      UsherConversation *conversation)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding != NULL)
    load_window (self, holding);
}

void
usher_session_load_older (UsherSession      *self,
                          UsherConversation *conversation)
{
  UsherHolding *holding;
  UsherMessageList *list;
  guint64 first;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  list = usher_conversation_get_messages (conversation);
  first = usher_message_list_get_first_seq (list);
  if (holding == NULL || first <= 1)
    return;
  if (first > holding->floor_seq)
    load (self, holding, LOAD_OLDER, 0, first);
  else
    usher_session_ask_older (self, holding);
}

void
usher_session_load_newer (UsherSession      *self,
                          UsherConversation *conversation)
{
  UsherHolding *holding;
  UsherMessageList *list;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  list = usher_conversation_get_messages (conversation);
  if (holding != NULL && usher_message_list_get_has_newer (list))
    load (self, holding, LOAD_NEWER, usher_message_list_get_last_seq (list), G_MAXINT64);
}

void
usher_session_load_newest (UsherSession      *self,
                           UsherConversation *conversation)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding != NULL)
    load (self, holding, LOAD_NEWEST, 0, G_MAXINT64);
}
