/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n.h>

#include "usher-session-private.h"

/*
 * Own lines that are changed after they were stored. A change is a row of the outbox like any line (it survives a crash, and goes when
 * there is a connection), but it is shown in the line it changes. What the gateway has of the line is kept with it while changes are on their way.
 */

/* Data of a message that is being changed: what the gateway has of it. */
#define STORED "usher-stored"

typedef struct {
  char *text;
  gboolean is_edited;
  gboolean is_recalled;
} Stored;

static Stored *
stored_new (const char *text,
            gboolean    is_edited,
            gboolean    is_recalled)
{
  Stored *stored = g_new (Stored, 1);

  *stored = (Stored){ g_strdup (text), is_edited, is_recalled };
  return stored;
}

static void
stored_free (gpointer data)
{
  g_free (((Stored *) data)->text);
  g_free (data);
}

/* The gateway's default (`conversation.edit_window`); a shorter one is its own to refuse. */
#define WINDOW_US ((gint64) 120 * G_USEC_PER_SEC)

/* Where a line that was sent can be changed. Of one whose channel is not known yet the gateway decides. */
static gboolean
can_channel (guint channel)
{
  return channel == GATE__V1__CHANNEL__CH_WEB || channel == GATE__V1__CHANNEL__CH_APP ||
         channel == GATE__V1__CHANNEL__CH_UNSPECIFIED;
}

static UsherMessage *
find_target (UsherSession *self,
             guint64       conv,
             guint64       seq)
{
  UsherHolding *holding = usher_session_peek_holding (self, conv);
  UsherMessageList *list =
    holding != NULL ? usher_conversation_peek_messages (holding->conversation) : NULL;

  return list != NULL ? usher_message_list_find (list, seq) : NULL;
}

gboolean
usher_session_may_change (UsherSession *self,
                          UsherMessage *message)
{
  UsherHolding *holding;

  g_return_val_if_fail (USHER_IS_SESSION (self), FALSE);
  g_return_val_if_fail (USHER_IS_MESSAGE (message), FALSE);

  holding = usher_session_peek_holding (self, usher_message_get_conv (message));
  return holding != NULL && usher_message_get_is_own (message) &&
         usher_message_get_kind (message) != USHER_MESSAGE_NOTE &&
         usher_message_get_kind (message) != USHER_MESSAGE_EVENT &&
         usher_message_get_seq (message) != 0 && !usher_message_get_is_recalled (message) &&
         usher_conversation_may_write (holding->conversation) &&
         can_channel (usher_conversation_get_channel (holding->conversation)) &&
         g_get_real_time () - usher_message_get_ts_us (message) < WINDOW_US;
}

/* --- On the screen --------------------------------------------------------------------------------------- */

static void
set_content (UsherMessage *message,
             const char   *text,
             gboolean      is_edited,
             gboolean      is_recalled)
{
  usher_message_set_is_edited (message, is_edited);
  usher_message_set_is_recalled (message, is_recalled);
  usher_message_set_text (message, text);
}

static void
keep_stored (UsherMessage *target,
             Stored       *stored)
{
  g_object_set_data_full (G_OBJECT (target), STORED, stored, stored_free);
}

void
usher_session_show_edit (UsherSession         *self,
                         const UsherOutboxRow *row)
{
  UsherMessage *target = find_target (self, row->conv, row->replaces);

  if (target == NULL)
    return;
  if (g_object_get_data (G_OBJECT (target), STORED) == NULL)
    keep_stored (target,
                 stored_new (usher_message_get_text (target), usher_message_get_is_edited (target),
                             usher_message_get_is_recalled (target)));
  set_content (target, row->text, !row->is_recall, row->is_recall);
  usher_message_set_delivery (target, USHER_DELIVERY_QUEUED);
}

/* The last of the changes of that line that are on their way. */
static const UsherOutboxRow *
find_last_change (UsherSession *self,
                  guint64       conv,
                  guint64       seq)
{
  const UsherOutboxRow *last = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const UsherOutboxRow *row = value;

    if (row->conv == conv && row->replaces == seq &&
        (last == NULL || row->queued_at_us > last->queued_at_us))
      last = row;
  }
  return last;
}

/* One change is over. The line says what the gateway has, or what the last of the others will make of it. */
static void
settle (UsherSession          *self,
        UsherHolding          *holding,
        UsherMessage          *target,
        const UsherOutboxItem *item)
{
  const UsherOutboxRow *last = find_last_change (self, item->conv, item->replaces);
  const Stored *stored = target == NULL ? NULL : g_object_get_data (G_OBJECT (target), STORED);

  if (stored == NULL)
    return; /* it came into the window since, as the gateway has it */
  if (last != NULL) {
    usher_session_show_edit (self, last);
    return;
  }
  set_content (target, stored->text, stored->is_edited, stored->is_recalled);
  g_object_set_data (G_OBJECT (target), STORED, NULL);
  usher_message_set_delivery (target, usher_session_delivery_of (holding, item->replaces));
}

static void
forget_change (UsherSession          *self,
               const UsherOutboxItem *item)
{
  usher_store_remove_outbox (self->store, item->cid);
  g_hash_table_remove (self->pending, &item->cid);
}

/* --- What the agent does ----------------------------------------------------------------------------------- */

static void
change (UsherSession *self,
        UsherMessage *message,
        const char   *text)
{
  UsherOutboxRow *row = g_new0 (UsherOutboxRow, 1);

  row->conv = usher_message_get_conv (message);
  row->cid = usher_session_new_cid ();
  row->kind = usher_message_get_kind (message);
  row->text = g_strdup (text);
  row->replaces = usher_message_get_seq (message);
  row->is_recall = text == NULL;
  row->queued_at_us = g_get_real_time ();
  usher_session_show_edit (self, row);
  usher_session_queue_row (self, row, NULL, FALSE);
}

void
usher_session_edit (UsherSession *self,
                    UsherMessage *message,
                    const char   *text)
{
  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));
  g_return_if_fail (text != NULL && *text != '\0' && g_utf8_validate (text, -1, NULL));
  g_return_if_fail (usher_message_get_kind (message) == USHER_MESSAGE_TEXT);

  if (!usher_session_may_change (self, message))
    usher_session_notice (self, USHER_NOTICE_WARNING,
                          _ ("It is too late to change this line. Write another one."), "too_late");
  else if (g_strcmp0 (text, usher_message_get_text (message)) != 0)
    change (self, message, text);
}

void
usher_session_recall (UsherSession *self,
                      UsherMessage *message)
{
  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  if (usher_session_may_change (self, message))
    change (self, message, NULL);
  else
    usher_session_notice (self, USHER_NOTICE_WARNING, _ ("It is too late to recall this line."),
                          "too_late");
}

UsherMessage *
usher_session_find_last_own (UsherSession      *self,
                             UsherConversation *conversation)
{
  UsherMessageList *list;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);
  g_return_val_if_fail (USHER_IS_CONVERSATION (conversation), NULL);

  list = usher_conversation_peek_messages (conversation);
  for (guint i = list != NULL ? usher_message_list_get_n_items (list) : 0; i > 0; i--) {
    UsherMessage *message = usher_message_list_peek (list, i - 1);

    if (usher_message_get_is_own (message) &&
        usher_message_get_kind (message) == USHER_MESSAGE_TEXT &&
        !usher_message_get_is_recalled (message))
      return g_object_ref (message);
  }
  return NULL;
}

/* --- What became of it --------------------------------------------------------------------------------------- */

void
usher_session_edit_stored (UsherSession          *self,
                           UsherHolding          *holding,
                           const UsherOutboxItem *item,
                           guint64                seq)
{
  UsherMessage *target = find_target (self, item->conv, item->replaces);
  UsherMessageRow *row = g_new0 (UsherMessageRow, 1);

  row->conv = item->conv;
  row->seq = item->replaces;
  row->kind = item->kind;
  row->text = g_strdup (item->text);
  row->is_edited = !item->is_recall;
  row->is_recalled = item->is_recall;
  if (target != NULL)
    keep_stored (target, stored_new (row->text, row->is_edited, row->is_recalled));
  usher_store_edit_message (self->store, row);
  forget_change (self, item);
  settle (self, holding, target, item);
  usher_session_hold_own (self, holding, seq);
}

/* The line says again what it said, and the agent hears why: a change that cannot be made is not worth a row of its own. */
void
usher_session_edit_failed (UsherSession          *self,
                           const UsherOutboxItem *item,
                           const char            *slug)
{
  UsherMessage *target = find_target (self, item->conv, item->replaces);
  UsherHolding *holding = usher_session_peek_holding (self, item->conv);
  g_autofree char *text = NULL;
  guint64 cid = item->cid;

  forget_change (self, item);
  settle (self, holding, target, item);
  /* Translators: %s is a sentence on why */
  text = g_strdup_printf (_ ("The line stays as it was. %s"), g_str_equal (slug, "invalid")
                                                                ? _ ("It is too late to change it.")
                                                                : usher_text_of_slug (slug));
  usher_session_notice (self, USHER_NOTICE_WARNING, text, slug);
  usher_outbox_discard (self->outbox, cid);
}
