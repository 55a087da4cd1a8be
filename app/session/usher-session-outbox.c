/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gstdio.h>

#include "usher-session-private.h"
#include "wire-frame.h"

/* An own line: shown at once, on the disk a moment later (then it is “queued”), and on its way only after that. Three places know it
 * by its cid: the row in the store, the item in the outbox, the message in the window. */

typedef struct {
  UsherSession *session; /* a reference */
  UsherOutboxRow *row;
} Queueing;

static void
queueing_free (Queueing *queueing)
{
  g_object_unref (queueing->session);
  usher_outbox_row_free (queueing->row);
  g_free (queueing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Queueing, queueing_free)

guint64
usher_session_new_cid (void)
{
  guint64 cid;

  do {
    cid = (guint64) g_random_int () << 32 | g_random_int ();
  } while (cid == 0);
  return cid;
}

UsherMessage *
usher_session_find_own (UsherSession *self,
                        guint64       conv,
                        guint64       cid)
{
  UsherHolding *holding = usher_session_peek_holding (self, conv);
  UsherMessageList *list =
    holding != NULL ? usher_conversation_peek_messages (holding->conversation) : NULL;

  return list != NULL ? usher_message_list_find_cid (list, cid) : NULL;
}

UsherMessage *
usher_session_message_from_pending (UsherSession         *self,
                                    const UsherOutboxRow *row)
{
  const UsherOutboxItem *item = usher_outbox_find (self->outbox, row->cid);
  UsherMessage *message = usher_message_new (row->conv, 0, row->kind, row->text);

  usher_message_set_cid (message, row->cid);
  usher_message_set_ts_us (message, row->queued_at_us);
  usher_message_set_role (message, USHER_ROLE_AGENT);
  usher_message_set_sender (message, self->agent);
  usher_message_set_sender_name (message, self->agent_name);
  usher_message_set_path (message, row->path);
  usher_message_set_mime (message, row->mime);
  usher_message_set_name (message, row->name);
  usher_message_set_size (message, row->size);
  usher_message_set_width (message, row->width);
  usher_message_set_height (message, row->height);
  usher_message_set_reply_to (message, row->reply_to);
  usher_message_set_is_own (message, TRUE);
  if (row->fail_slug != NULL) {
    usher_message_set_delivery (message, USHER_DELIVERY_FAILED);
    usher_message_set_fail_reason (message, usher_text_of_slug (row->fail_slug));
  } else if (item != NULL) {
    usher_message_set_delivery (message, item->delivery);
  }
  return message;
}

static int
by_age (gconstpointer a,
        gconstpointer b)
{
  const UsherOutboxRow *one = *(UsherOutboxRow *const *) a;
  const UsherOutboxRow *two = *(UsherOutboxRow *const *) b;

  return one->queued_at_us < two->queued_at_us ? -1 : one->queued_at_us > two->queued_at_us;
}

void
usher_session_add_pending (UsherSession      *self,
                           UsherConversation *conversation)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  UsherMessageList *list = usher_conversation_get_messages (conversation);
  guint64 conv = usher_conversation_get_conv (conversation);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    UsherOutboxRow *row = value;

    if (row->conv == conv && usher_message_list_find_cid (list, row->cid) == NULL)
      g_ptr_array_add (rows, row);
  }
  g_ptr_array_sort (rows, by_age);
  for (guint i = 0; i < rows->len; i++) {
    UsherOutboxRow *row = g_ptr_array_index (rows, i);
    g_autoptr (UsherMessage) message = NULL;

    if (row->replaces != 0) {
      usher_session_show_edit (self, row);
      continue;
    }
    message = usher_session_message_from_pending (self, row);
    usher_message_list_insert (list, message);
  }
}

/* --- Into the outbox --------------------------------------------------------------------------------- */

static void
take_mentions (UsherOutboxItem *item,
               const char      *mentions)
{
  g_auto (GStrv) ids = g_strsplit (mentions != NULL ? mentions : "", ",", -1);

  item->n_mentions = g_strv_length (ids);
  item->mentions = g_new0 (guint64, MAX (item->n_mentions, 1));
  for (guint i = 0; i < item->n_mentions; i++)
    item->mentions[i] = g_ascii_strtoull (ids[i], NULL, 10);
}

static UsherOutboxItem *
item_from_row (const UsherOutboxRow *row)
{
  UsherOutboxItem *item = usher_outbox_item_new (row->conv, row->cid, row->kind);

  item->text = g_strdup (row->text);
  item->seen = row->seen;
  item->not_before_us = row->not_before_us;
  item->replaces = row->replaces;
  item->is_recall = row->is_recall;
  take_mentions (item, row->mentions);
  item->reply_to = row->reply_to;
  item->path = g_strdup (row->path);
  item->mime = g_strdup (row->mime);
  item->name = g_strdup (row->name);
  item->size = (guint) row->size;
  item->width = row->width;
  item->height = row->height;
  if (row->fail_slug != NULL)
    item->delivery = USHER_DELIVERY_FAILED;
  return item;
}

void
usher_session_load_outbox (UsherSession *self,
                           GPtrArray    *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    UsherOutboxRow *row = usher_outbox_row_copy (g_ptr_array_index (rows, i));

    g_hash_table_replace (self->pending, &row->cid, row);
    usher_outbox_push (self->outbox, item_from_row (row));
  }
}

/* A line is kept on disk before the outbox hears of it. */
guint
usher_session_n_unqueued (UsherSession *self,
                          guint64       conv)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const UsherOutboxRow *row = value;

    n += row->conv == conv && row->fail_slug == NULL &&
         usher_outbox_find (self->outbox, row->cid) == NULL;
  }
  return n;
}

/* Whoever waited for the last lines to be queued need not wait for this one. */
static void
leave_if_said (UsherSession *self,
               guint64       conv)
{
  UsherHolding *holding = usher_session_peek_holding (self, conv);

  if (holding != NULL)
    usher_session_leave_if_said (self, holding);
}

static void
fail_message (UsherSession *self,
              guint64       conv,
              guint64       cid,
              const char   *slug)
{
  UsherMessage *message = usher_session_find_own (self, conv, cid);

  if (message == NULL)
    return;
  usher_message_set_fail_reason (message, usher_text_of_slug (slug));
  usher_message_set_delivery (message, USHER_DELIVERY_FAILED);
}

static void
queued_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Queueing) queueing = user_data;
  g_autoptr (GError) error = NULL;
  UsherSession *self = queueing->session;
  UsherOutboxRow *row = g_hash_table_lookup (self->pending, &queueing->row->cid);
  UsherMessage *message;

  if (!usher_store_write_finish (USHER_STORE (source), result, &error)) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      return;
    g_warning ("an own line cannot be kept: %s", error->message);
    fail_message (self, queueing->row->conv, queueing->row->cid, "not_kept");
    if (row != NULL && row->fail_slug == NULL)
      row->fail_slug = g_strdup ("not_kept");
    leave_if_said (self, queueing->row->conv);
    return;
  }
  if (row == NULL || usher_outbox_find (self->outbox, row->cid) != NULL) {
    if (row == NULL && queueing->row->path != NULL)
      (void) g_unlink (queueing->row->path);
    return; /* discarded meanwhile */
  }
  message = usher_session_find_own (self, row->conv, row->cid);
  if (message != NULL) {
    usher_message_set_path (message, row->path);
    usher_message_set_delivery (message, row->not_before_us > g_get_real_time ()
                                           ? USHER_DELIVERY_HELD
                                           : USHER_DELIVERY_QUEUED);
    g_object_set_data (G_OBJECT (message), USHER_IMAGE_BYTES, NULL);
  }
  usher_outbox_push (self->outbox, item_from_row (row));
  leave_if_said (self, row->conv);
}

void
usher_session_queue_row (UsherSession   *self,
                         UsherOutboxRow *row,
                         GBytes         *file,
                         gboolean        clears_draft)
{
  Queueing *queueing = g_new (Queueing, 1);

  *queueing = (Queueing){ g_object_ref (self), usher_outbox_row_copy (row) };
  g_hash_table_replace (self->pending, &row->cid, row);
  usher_store_put_outbox_async (self->store, usher_outbox_row_copy (row), file, clears_draft,
                                self->cancellable, queued_cb, queueing);
}

/* --- What the agent does ----------------------------------------------------------------------------- */

guint64
usher_session_seen_by_writer (UsherHolding *holding)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  guint64 last = list != NULL ? usher_message_list_get_last_seq (list) : 0;

  return last != 0 ? last : holding->held_seq;
}

static void
show_own (UsherSession         *self,
          UsherConversation    *conversation,
          const UsherOutboxRow *row)
{
  g_autoptr (UsherMessage) message = usher_session_message_from_pending (self, row);

  usher_message_list_insert (usher_conversation_get_messages (conversation), message);
}

static void
send_line (UsherSession      *self,
           UsherConversation *conversation,
           UsherMessageKind   kind,
           char              *text)
{
  UsherHolding *holding = usher_session_holding_of (self, conversation);
  UsherOutboxRow *row = g_new0 (UsherOutboxRow, 1);

  row->conv = usher_conversation_get_conv (conversation);
  row->cid = usher_session_new_cid ();
  row->kind = kind;
  row->text = text;
  row->mentions = kind == USHER_MESSAGE_NOTE ? usher_session_dup_mentions (self, text) : NULL;
  row->seen =
    holding != NULL && kind != USHER_MESSAGE_NOTE ? usher_session_seen_by_writer (holding) : 0;
  row->queued_at_us = g_get_real_time ();
  if (kind == USHER_MESSAGE_TEXT && self->undo_send_s > 0)
    row->not_before_us = row->queued_at_us + (gint64) self->undo_send_s * G_USEC_PER_SEC;
  show_own (self, conversation, row);
  if (holding != NULL)
    holding->typed_at_us = 0;
  usher_session_forget_draft (self, row->conv, kind == USHER_MESSAGE_NOTE);
  usher_session_queue_row (self, row, NULL, TRUE);
}

/* The end of the next piece: a whole text, or as much as a line may hold, up to a blank where there is one in its second half. */
static const char *
piece_end (const char *text)
{
  const char *limit;
  const char *blank;

  if (g_utf8_strlen (text, -1) <= WIRE_MAX_TEXT_CHARACTERS)
    return text + strlen (text);
  limit = g_utf8_offset_to_pointer (text, WIRE_MAX_TEXT_CHARACTERS);
  for (blank = limit; blank > text + (limit - text) / 2; blank--) {
    if (*blank == '\n' || *blank == ' ')
      return blank;
  }
  return limit;
}

static void
send_pieces (UsherSession      *self,
             UsherConversation *conversation,
             UsherMessageKind   kind,
             const char        *text)
{
  while (*text != '\0') {
    const char *end = piece_end (text);

    send_line (self, conversation, kind, g_strndup (text, (gsize) (end - text)));
    text = end;
    while (g_ascii_isspace (*text))
      text++;
  }
}

void
usher_session_send_text (UsherSession      *self,
                         UsherConversation *conversation,
                         const char        *text)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail (text != NULL && g_utf8_validate (text, -1, NULL));

  holding = usher_session_holding_of (self, conversation);
  if (holding != NULL)
    usher_session_answer_suggestions (self, holding, text);
  send_pieces (self, conversation, USHER_MESSAGE_TEXT, text);
}

void
usher_session_send_note (UsherSession      *self,
                         UsherConversation *conversation,
                         const char        *text)
{
  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail (text != NULL && g_utf8_validate (text, -1, NULL));

  send_pieces (self, conversation, USHER_MESSAGE_NOTE, text);
}

void
usher_session_retry (UsherSession *self,
                     UsherMessage *message)
{
  UsherOutboxRow *row;
  UsherHolding *holding;
  guint64 cid;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  cid = usher_message_get_cid (message);
  row = g_hash_table_lookup (self->pending, &cid);
  if (row == NULL)
    return;
  holding = usher_session_peek_holding (self, row->conv);
  row->seen = holding != NULL && row->kind != USHER_MESSAGE_NOTE ? holding->held_seq : 0;
  g_clear_pointer (&row->fail_slug, g_free);
  usher_message_set_fail_reason (message, NULL);
  if (usher_outbox_find (self->outbox, cid) == NULL) {
    /* It never got as far as the disk. */
    usher_message_set_delivery (message, USHER_DELIVERY_NONE);
    g_hash_table_steal (self->pending, &cid);
    usher_session_queue_row (self, row, g_object_get_data (G_OBJECT (message), USHER_IMAGE_BYTES),
                             FALSE);
    return;
  }
  usher_store_put_outbox_async (self->store, usher_outbox_row_copy (row), NULL, FALSE, NULL, NULL,
                                NULL);
  usher_outbox_retry (self->outbox, cid, row->seen);
}

void
usher_session_discard (UsherSession *self,
                       UsherMessage *message)
{
  UsherHolding *holding;
  guint64 cid;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  cid = usher_message_get_cid (message);
  if (!g_hash_table_contains (self->pending, &cid))
    return;
  if (usher_outbox_find (self->outbox, cid) != NULL && !usher_outbox_discard (self->outbox, cid))
    return; /* on the wire: it may be stored already */
  usher_session_cancel_upload (self, cid);
  g_hash_table_remove (self->pending, &cid);
  usher_store_remove_outbox (self->store, cid);
  holding = usher_session_peek_holding (self, usher_message_get_conv (message));
  if (holding == NULL)
    return;
  usher_message_list_remove (usher_conversation_get_messages (holding->conversation), message);
  usher_session_leave_if_said (self, holding);
}

/* What was held for a moment may be taken back, and what was refused: a reply only, for what takes it is the composer of replies. */
static gboolean
may_take_back (UsherMessage *message)
{
  UsherDelivery delivery = usher_message_get_delivery (message);

  return delivery == USHER_DELIVERY_HELD ||
         (delivery == USHER_DELIVERY_FAILED && usher_message_is_pending (message) &&
          usher_message_get_kind (message) == USHER_MESSAGE_TEXT);
}

char *
usher_session_take_back (UsherSession *self,
                         UsherMessage *message)
{
  g_autofree char *text = NULL;
  guint64 cid;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);
  g_return_val_if_fail (USHER_IS_MESSAGE (message), NULL);

  cid = usher_message_get_cid (message);
  if (!may_take_back (message) || !g_hash_table_contains (self->pending, &cid))
    return NULL;
  text = g_strdup (usher_message_get_text (message));
  usher_session_discard (self, message);
  return g_hash_table_contains (self->pending, &cid) ? NULL : g_steal_pointer (&text);
}

/* --- What became of it ------------------------------------------------------------------------------- */

static void
moved_cb (UsherOutbox           *outbox,
          const UsherOutboxItem *item,
          UsherSession          *self)
{
  UsherMessage *message = usher_session_find_own (self, item->conv, item->cid);

  if (message != NULL)
    usher_message_set_delivery (message, item->delivery);
}

static void
settle_message (UsherSession          *self,
                UsherHolding          *holding,
                const UsherOutboxItem *item,
                guint64                seq,
                gint64                 ts_us)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  UsherMessage *message = list != NULL ? usher_message_list_find_cid (list, item->cid) : NULL;
  gboolean is_note = item->kind == USHER_MESSAGE_NOTE;

  if (message == NULL)
    return;
  usher_message_set_url (message, item->url);
  usher_message_set_ts_us (message, ts_us);
  usher_message_set_delivery (message, is_note ? USHER_DELIVERY_STORED
                                               : usher_session_delivery_of (holding, seq));
  usher_message_set_seq (message, seq);
  usher_message_list_settle (list, message);
}

static void
summarize_own (UsherSession          *self,
               UsherHolding          *holding,
               const UsherMessageRow *row)
{
  UsherConversation *conversation = holding->conversation;
  g_autofree char *summary = usher_line_summary (row);

  if (row->seq < usher_conversation_get_last_seq (conversation))
    return;
  usher_conversation_set_last_seq (conversation, row->seq);
  usher_conversation_set_last_text (conversation, summary);
  usher_conversation_set_last_role (conversation, USHER_ROLE_AGENT);
  usher_conversation_set_last_ts_us (conversation, row->ts_us);
  usher_conversation_set_waiting_since_us (conversation, 0);
  usher_session_update_own_waiting (self);
}

static void
stored_cb (UsherOutbox           *outbox,
           const UsherOutboxItem *item,
           guint64                seq,
           gint64                 ts_us,
           UsherSession          *self)
{
  UsherHolding *holding = usher_session_get_holding (self, item->conv);
  UsherMessageRow *row = usher_line_from_item (item, self->agent, seq, ts_us);
  GPtrArray *rows;

  if (item->replaces != 0) {
    usher_session_edit_stored (self, holding, item, seq);
    usher_message_row_free (row);
    usher_session_leave_if_said (self, holding);
    return;
  }
  settle_message (self, holding, item, seq, ts_us);
  if (item->kind == USHER_MESSAGE_NOTE) {
    if (seq == holding->held_note + 1)
      holding->held_note = seq;
    usher_session_touch (self, holding);
  } else {
    usher_session_hold_own (self, holding, seq);
    summarize_own (self, holding, row);
  }
  if (usher_message_kind_has_file (item->kind))
    usher_session_keep_file (self, item);
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);
  g_ptr_array_add (rows, row);
  usher_store_put_messages (self->store, rows);
  usher_store_remove_outbox (self->store, item->cid);
  g_hash_table_remove (self->pending, &item->cid);
  usher_session_leave_if_said (self, holding);
}

static void
failed_cb (UsherOutbox           *outbox,
           const UsherOutboxItem *item,
           guint                  code,
           const char            *slug,
           guint64                head,
           UsherSession          *self)
{
  UsherOutboxRow *row = g_hash_table_lookup (self->pending, &item->cid);
  UsherHolding *holding = usher_session_peek_holding (self, item->conv);

  g_debug ("a line was refused: %u %s", code, slug);
  if (item->replaces != 0) {
    usher_session_edit_failed (self, item, slug);
    if (holding != NULL)
      usher_session_leave_if_said (self, holding);
    return;
  }
  fail_message (self, item->conv, item->cid, slug);
  if (row != NULL) {
    g_free (row->fail_slug);
    row->fail_slug = g_strdup (slug);
    usher_store_put_outbox_async (self->store, usher_outbox_row_copy (row), NULL, FALSE, NULL, NULL,
                                  NULL);
  }
  /* Somebody spoke meanwhile: what the agent has not seen has to be on the screen before the answer goes. */
  if (holding != NULL && head != 0)
    usher_session_want (self, holding, head);
  if (holding != NULL)
    usher_session_leave_if_said (self, holding);
}

static void
upload_cb (UsherOutbox           *outbox,
           const UsherOutboxItem *item,
           UsherSession          *self)
{
  usher_session_upload (self, item);
}

void
usher_session_outbox_init (UsherSession *self)
{
  g_signal_connect_object (self->outbox, "moved", G_CALLBACK (moved_cb), self, 0);
  g_signal_connect_object (self->outbox, "stored", G_CALLBACK (stored_cb), self, 0);
  g_signal_connect_object (self->outbox, "failed", G_CALLBACK (failed_cb), self, 0);
  g_signal_connect_object (self->outbox, "upload", G_CALLBACK (upload_cb), self, 0);
}
