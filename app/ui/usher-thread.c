/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-thread.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

#include "usher-closures.h"
#include "usher-message-list.h"
#include "usher-slots.h"
#include "usher-tail.h"
#include "usher-text.h"

#define LINE_CHARS 40

/* So many rows are made between two frames without one being late. */
#define REVEAL_LINES 10

struct _UsherThread {
  GObject parent_instance;

  UsherConversation *conversation;
  GListModel *earlier; /* (nullable): as the contact has them */
  UsherTail *tail;     /* (nullable): the lines of conversation */
  GPtrArray *unfolded; /* of UsherConversation, newest first */
  GListStore *lists;   /* of GListModel: oldest conversation first */
  GtkFlattenListModel *lines;
  UsherSlots *slots;     /* of lines */
  GSignalGroup *signals; /* of earlier */
};

enum {
  SIGNAL_CHANGED,
  SIGNAL_LINES_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherThread, usher_thread, G_TYPE_OBJECT)

static void
say_changed (UsherThread *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
lines_changed_cb (UsherThread *self)
{
  g_signal_emit (self, signals[SIGNAL_LINES_CHANGED], 0);
}

static void
usher_thread_dispose (GObject *object)
{
  UsherThread *self = USHER_THREAD (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->conversation);
  g_clear_object (&self->earlier);
  g_clear_object (&self->tail);
  g_clear_object (&self->slots);
  g_clear_object (&self->lines);
  g_clear_object (&self->lists);
  g_clear_pointer (&self->unfolded, g_ptr_array_unref);
  G_OBJECT_CLASS (usher_thread_parent_class)->dispose (object);
}

static void
usher_thread_class_init (UsherThreadClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_thread_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LINES_CHANGED] =
    g_signal_new ("lines-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);
}

static void
usher_thread_init (UsherThread *self)
{
  self->unfolded = g_ptr_array_new_with_free_func (g_object_unref);
  self->lists = g_list_store_new (G_TYPE_LIST_MODEL);
  self->lines = gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->lists)));
  self->slots = usher_slots_new (G_LIST_MODEL (self->lines));
  g_signal_connect_object (self->lines, "items-changed", G_CALLBACK (lines_changed_cb), self,
                           G_CONNECT_SWAPPED);
  self->signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->signals, "items-changed", G_CALLBACK (say_changed), self);
}

UsherThread *
usher_thread_new (void)
{
  return g_object_new (USHER_TYPE_THREAD, NULL);
}

GListModel *
usher_thread_get_model (UsherThread *self)
{
  g_return_val_if_fail (USHER_IS_THREAD (self), NULL);
  return G_LIST_MODEL (self->slots);
}

/* One change of lines: the view fills the row widgets it has. */
void
usher_thread_set_conversation (UsherThread       *self,
                               UsherConversation *conversation,
                               guint              n_lines)
{
  gpointer tail = NULL;

  g_return_if_fail (USHER_IS_THREAD (self));
  g_set_object (&self->conversation, conversation);
  g_ptr_array_set_size (self->unfolded, 0);
  if (conversation != NULL)
    tail = usher_tail_new (G_LIST_MODEL (usher_conversation_get_messages (conversation)), n_lines);
  g_clear_object (&self->tail);
  self->tail = tail;
  g_list_store_splice (self->lists, 0, g_list_model_get_n_items (G_LIST_MODEL (self->lists)), &tail,
                       tail == NULL ? 0 : 1);
  say_changed (self);
}

gboolean
usher_thread_reveal (UsherThread *self)
{
  g_return_val_if_fail (USHER_IS_THREAD (self), FALSE);
  return self->tail != NULL && usher_tail_reveal (self->tail, REVEAL_LINES);
}

gboolean
usher_thread_is_whole (UsherThread *self)
{
  g_return_val_if_fail (USHER_IS_THREAD (self), TRUE);
  return self->tail == NULL || usher_tail_is_whole (self->tail);
}

void
usher_thread_reveal_all (UsherThread *self)
{
  g_return_if_fail (USHER_IS_THREAD (self));
  if (self->tail != NULL)
    usher_tail_reveal (self->tail, G_MAXUINT);
}

void
usher_thread_set_earlier (UsherThread *self,
                          GListModel  *earlier)
{
  g_return_if_fail (USHER_IS_THREAD (self));
  g_set_object (&self->earlier, earlier);
  g_signal_group_set_target (self->signals, earlier);
  say_changed (self);
}

guint
usher_thread_get_n_items (UsherThread *self)
{
  g_return_val_if_fail (USHER_IS_THREAD (self), 0);
  return g_list_model_get_n_items (G_LIST_MODEL (self->lines));
}

UsherMessage *
usher_thread_peek (UsherThread *self,
                   guint        position)
{
  g_autoptr (UsherMessage) message = NULL;

  g_return_val_if_fail (USHER_IS_THREAD (self), NULL);
  message = g_list_model_get_item (G_LIST_MODEL (self->lines), position);
  return message; /* its list holds it */
}

UsherConversation *
usher_thread_get_first (UsherThread *self)
{
  g_return_val_if_fail (USHER_IS_THREAD (self), NULL);
  return self->unfolded->len == 0 ? self->conversation
                                  : g_ptr_array_index (self->unfolded, self->unfolded->len - 1);
}

/* With another device of the same person: it is a chat of its own. */
static gboolean
goes_on (UsherConversation *conversation)
{
  UsherState state = usher_conversation_get_state (conversation);

  return state != USHER_STATE_UNKNOWN && state != USHER_STATE_CLOSED && state != USHER_STATE_WRAPUP;
}

/* The newest of those that began before @first; how many there are in all. */
static UsherConversation *
find_folded (UsherThread *self,
             guint       *ret_n)
{
  UsherConversation *first = usher_thread_get_first (self);
  UsherConversation *newest = NULL;
  guint n_items = self->earlier == NULL ? 0 : g_list_model_get_n_items (self->earlier);

  *ret_n = 0;
  for (guint i = 0; first != NULL && i < n_items; i++) {
    g_autoptr (UsherConversation) candidate = g_list_model_get_item (self->earlier, i);
    gint64 opened_us = usher_conversation_get_opened_at_us (candidate);

    if (opened_us >= usher_conversation_get_opened_at_us (first) || goes_on (candidate))
      continue;
    ++*ret_n;
    if (newest == NULL || opened_us > usher_conversation_get_opened_at_us (newest))
      newest = candidate; /* the model holds it */
  }
  return newest;
}

UsherConversation *
usher_thread_unfold (UsherThread *self)
{
  UsherConversation *next;
  guint n;

  g_return_val_if_fail (USHER_IS_THREAD (self), NULL);
  next = self->unfolded->len < USHER_THREAD_MAX_UNFOLDED ? find_folded (self, &n) : NULL;
  if (next == NULL)
    return NULL;
  usher_thread_reveal_all (self);
  g_ptr_array_add (self->unfolded, g_object_ref (next));
  g_list_store_insert (self->lists, 0, usher_conversation_get_messages (next));
  say_changed (self);
  return next;
}

char *
usher_thread_dup_folded (UsherThread *self)
{
  guint n;
  UsherConversation *newest;
  g_autofree char *day = NULL;
  g_autofree char *line = NULL;

  g_return_val_if_fail (USHER_IS_THREAD (self), NULL);
  newest = find_folded (self, &n);
  if (newest == NULL || self->unfolded->len >= USHER_THREAD_MAX_UNFOLDED)
    return NULL;
  day = usher_format_day (usher_conversation_get_opened_at_us (newest), g_get_real_time ());
  line = usher_text_to_line (usher_conversation_get_last_text (newest), LINE_CHARS);
  if (*line == '\0')
    /* Translators: %1$u is how many, %2$s a day */
    return g_strdup_printf (ngettext ("%1$u earlier chat, on %2$s",
                                      "%1$u earlier chats, the last on %2$s", n),
                            n, day);
  return g_strdup_printf (ngettext (
                            /* Translators: %1$u is how many, %2$s a day, %3$s the last line said */
                            "%1$u earlier chat, on %2$s: “%3$s”",
                            "%1$u earlier chats, the last on %2$s: “%3$s”", n),
                          n, day, line);
}

char *
usher_thread_dup_heading (UsherThread  *self,
                          UsherMessage *message)
{
  guint64 conv = usher_message_get_conv (message);

  g_return_val_if_fail (USHER_IS_THREAD (self), NULL);
  if (self->unfolded->len == 0 || self->conversation == NULL)
    return NULL;
  if (conv == usher_conversation_get_conv (self->conversation))
    return g_strdup (_ ("This chat"));
  for (guint i = 0; i < self->unfolded->len; i++) {
    UsherConversation *earlier = g_ptr_array_index (self->unfolded, i);
    g_autofree char *day = NULL;

    if (usher_conversation_get_conv (earlier) != conv)
      continue;
    day = usher_format_day (usher_conversation_get_opened_at_us (earlier), g_get_real_time ());
    /* Translators: %s is a day */
    return g_strdup_printf (_ ("Earlier chat, %s"), day);
  }
  return NULL;
}

/* --- As text -------------------------------------------------------------------------------------------------- */

static gboolean
is_for_everybody (UsherMessage *message)
{
  UsherMessageKind kind = usher_message_get_kind (message);

  return kind != USHER_MESSAGE_NOTE && kind != USHER_MESSAGE_CHANGE &&
         !usher_message_get_is_recalled (message) && !usher_message_is_pending (message);
}

static const char *
name_of_sender (UsherMessage *message)
{
  const char *name = usher_message_get_sender_name (message);

  if (name != NULL && *name != '\0')
    return name;
  if (usher_message_get_role (message) == USHER_ROLE_VISITOR)
    return _ ("Visitor");
  if (usher_message_get_role (message) == USHER_ROLE_BOT)
    return _ ("Bot");
  return usher_message_get_is_own (message) ? _ ("You") : NULL;
}

static char *
dup_said (UsherMessage *message)
{
  const char *text = usher_message_get_text (message);

  if (usher_message_get_kind (message) == USHER_MESSAGE_VOICE)
    return g_strdup (_ ("Voice message"));
  if (!usher_message_kind_has_file (usher_message_get_kind (message)))
    return usher_text_sanitize (text, USHER_TEXT_MAX_BYTES, NULL);
  text = usher_message_get_name (message);
  return usher_text_to_line (text == NULL || *text == '\0' ? _ ("File") : text, LINE_CHARS);
}

static void
append_line (GString      *text,
             UsherMessage *message)
{
  const char *name = name_of_sender (message);
  g_autofree char *clock = usher_format_clock (usher_message_get_ts_us (message));
  g_autofree char *shown = usher_text_to_line (name, LINE_CHARS);
  g_autofree char *said = dup_said (message);

  if (name == NULL)
    g_string_append_printf (text, "%s  %s\n", clock, said);
  else
    g_string_append_printf (text, "%s  %s: %s\n", clock, shown, said);
}

char *
usher_thread_dup_text (UsherThread *self,
                       guint       *ret_n_lines)
{
  GString *text = g_string_new (NULL);
  gint64 day_us = 0;

  g_return_val_if_fail (USHER_IS_THREAD (self), NULL);
  usher_thread_reveal_all (self);
  *ret_n_lines = 0;
  for (guint i = 0; i < usher_thread_get_n_items (self); i++) {
    UsherMessage *message = usher_thread_peek (self, i);
    gint64 ts_us = usher_message_get_ts_us (message);

    if (!is_for_everybody (message))
      continue;
    if (day_us == 0 || !usher_is_same_day (day_us, ts_us)) {
      g_autofree char *day = usher_format_date (ts_us);

      g_string_append_printf (text, "%s%s\n", day_us == 0 ? "" : "\n", day);
    }
    day_us = ts_us;
    append_line (text, message);
    ++*ret_n_lines;
  }
  return g_string_free (text, FALSE);
}
