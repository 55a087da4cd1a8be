/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-transcript.h"

#include <glib/gi18n.h>

#include "usher-conversation.h"
#include "usher-file-saver.h"
#include "usher-image-loader.h"
#include "usher-image-window.h"
#include "usher-message-list.h"
#include "usher-message-row.h"
#include "usher-message.h"
#include "usher-slots.h"
#include "usher-thread.h"
#include "usher-voice-player.h"
#include "usher-widget.h"

/* Nearer to the bottom than this counts as being there. */
#define BOTTOM_PX 8
/* No line is lower; what nobody has laid out yet is taken for as high as a small window. */
#define LEAST_LINE_PX    54
#define PRESUMED_ROOM_PX 560
/* After this an answer to “more, please” is not expected any more. */
#define PAGE_TIMEOUT_MS 5000
/* A line that was found stands out for as long as the eye needs to find it. */
#define FOUND_MS 2500

struct _UsherTranscript {
  GtkWidget parent_instance;

  GtkScrolledWindow *scroller;
  GtkListView *list;
  GtkNoSelection *selection;
  GtkRevealer *jump_revealer;
  GtkLabel *jump_count;

  UsherSession *session;
  UsherConversation *conversation;
  UsherMessageList *messages; /* of conversation; thread has the earlier ones too */
  UsherThread *thread;
  GSignalGroup *session_signals;
  GSignalGroup *message_signals;
  GSignalGroup *adjustment_signals;
  UsherImageLoader *images;
  UsherFileSaver *saver;
  UsherVoicePlayer *player;
  GCancellable *cancellable;
  GPtrArray *bound; /* borrowed GtkListItem, those with a row on screen or near it */

  gboolean is_seen;           /* somebody is in front of it */
  gboolean takes_divider;     /* nobody is: the next line by the visitor is unread */
  guint n_unread;             /* until the divider has found its line */
  UsherMessage *first_unread; /* the divider stands above it */
  UsherMessage *found;        /* (nullable): looked for, and pointed at */
  guint found_id;
  UsherSearch *search; /* (nullable): its words are marked */
  guint n_below;       /* lines by others that came in below what is in sight */
  gboolean is_following;
  double page_px; /* the room there was when it was last looked at */
  guint follow_id;
  guint context_id;
  guint reveal_id;       /* running: not all lines are there yet */
  guint page_timeout_id; /* running: a page has been asked for */
};

enum {
  SIGNAL_TAKE_BACK,
  SIGNAL_EDIT,
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherTranscript, usher_transcript, GTK_TYPE_WIDGET)

/* --- Pictures -------------------------------------------------------------------------------------------- */

static UsherMessage *
get_message (GtkListItem *item)
{
  return usher_slot_get_item (gtk_list_item_get_item (item));
}

static UsherMessageRow *
find_row (UsherTranscript *self,
          UsherMessage    *message)
{
  for (guint i = 0; i < self->bound->len; i++) {
    GtkListItem *item = g_ptr_array_index (self->bound, i);

    if (get_message (item) == message)
      return USHER_MESSAGE_ROW (gtk_list_item_get_child (item));
  }
  return NULL;
}

typedef struct {
  UsherTranscript *self; /* owned: the load is short and cancelled in dispose */
  UsherMessage *message;
} Load;

static void
image_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (UsherTranscript) self = load->self;
  g_autoptr (UsherMessage) message = load->message;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture =
    usher_image_loader_load_finish (USHER_IMAGE_LOADER (source), result, &error);
  UsherMessageRow *row;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  row = find_row (self, message);
  if (row != NULL)
    usher_message_row_set_texture (row, texture,
                                   texture == NULL ? _ ("The picture cannot be shown.") : NULL);
}

static void
load_image (UsherTranscript *self,
            UsherMessageRow *row,
            UsherMessage    *message)
{
  GdkTexture *texture;
  Load *load;

  if (self->images == NULL || usher_message_get_kind (message) != USHER_MESSAGE_IMAGE)
    return;
  texture = usher_image_loader_peek (self->images, message);
  usher_message_row_set_texture (row, texture, NULL);
  if (texture != NULL)
    return;
  load = g_new0 (Load, 1);
  *load = (Load){ g_object_ref (self), g_object_ref (message) };
  usher_image_loader_load_async (self->images, message, self->cancellable, image_loaded_cb, load);
}

/* --- Rows ------------------------------------------------------------------------------------------------- */

static void
retry_cb (UsherTranscript *self,
          UsherMessageRow *row)
{
  usher_session_retry (self->session, usher_message_row_get_message (row));
}

static void
discard_cb (UsherTranscript *self,
            UsherMessageRow *row)
{
  usher_session_discard (self->session, usher_message_row_get_message (row));
}

static void
take_back_cb (UsherTranscript *self,
              UsherMessageRow *row)
{
  g_signal_emit (self, signals[SIGNAL_TAKE_BACK], 0, usher_message_row_get_message (row));
}

static void
edit_cb (UsherTranscript *self,
         UsherMessageRow *row)
{
  g_signal_emit (self, signals[SIGNAL_EDIT], 0, usher_message_row_get_message (row));
}

static void
recall_cb (UsherTranscript *self,
           UsherMessageRow *row)
{
  usher_session_recall (self->session, usher_message_row_get_message (row));
}

static void
open_image_cb (UsherTranscript *self,
               UsherMessageRow *row)
{
  usher_image_window_present (GTK_WIDGET (self), self->session,
                              usher_message_row_get_message (row));
}

static void
retry_image_cb (UsherTranscript *self,
                UsherMessageRow *row)
{
  load_image (self, row, usher_message_row_get_message (row));
}

static void
save_cb (UsherTranscript *self,
         UsherMessageRow *row)
{
  usher_file_saver_ask (self->saver, GTK_WIDGET (self), self->session,
                        usher_message_row_get_message (row));
}

static void
show_heard (UsherTranscript *self,
            UsherMessageRow *row)
{
  gboolean is_playing =
    usher_voice_player_get_message (self->player) == usher_message_row_get_message (row);

  usher_message_row_set_heard (row, is_playing,
                               is_playing ? usher_voice_player_get_heard_ms (self->player) : 0);
}

static void
heard_cb (UsherTranscript *self,
          UsherMessage    *message)
{
  UsherMessageRow *row = find_row (self, message);

  if (row != NULL)
    show_heard (self, row);
}

static void
play_cb (UsherTranscript *self,
         UsherMessageRow *row)
{
  usher_voice_player_toggle (self->player, self->session, usher_message_row_get_message (row));
}

static void
said_cb (UsherTranscript *self,
         const char      *text)
{
  g_signal_emit (self, signals[SIGNAL_SAID], 0, text);
}

/* Nothing is missing between what is folded and the first line. */
static char *
dup_folded (UsherTranscript *self)
{
  UsherConversation *first = usher_thread_get_first (self->thread);

  if (first == NULL || !usher_thread_is_whole (self->thread) ||
      usher_message_list_get_has_older (usher_conversation_get_messages (first)))
    return NULL;
  return usher_thread_dup_folded (self->thread);
}

static void
set_context (UsherTranscript *self,
             GtkListItem     *item)
{
  guint position = gtk_list_item_get_position (item);
  UsherMessageRow *row = USHER_MESSAGE_ROW (gtk_list_item_get_child (item));
  UsherMessage *message = get_message (item);
  UsherMessage *previous = position == 0 ? NULL : usher_thread_peek (self->thread, position - 1);
  gboolean is_first =
    previous == NULL || usher_message_get_conv (previous) != usher_message_get_conv (message);
  g_autofree char *heading = is_first ? usher_thread_dup_heading (self->thread, message) : NULL;
  g_autofree char *folded = position == 0 ? dup_folded (self) : NULL;

  usher_message_row_set_context (row, is_first ? NULL : previous, message == self->first_unread);
  usher_message_row_set_heading (row, heading, folded);
  usher_message_row_set_is_found (row, message == self->found);
}

static void
setup_cb (UsherTranscript *self,
          GtkListItem     *item)
{
  GtkWidget *row = usher_message_row_new ();

  g_signal_connect_object (row, "retry", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "discard", G_CALLBACK (discard_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "take-back", G_CALLBACK (take_back_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "edit", G_CALLBACK (edit_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "recall", G_CALLBACK (recall_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "retry-image", G_CALLBACK (retry_image_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "save", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "play", G_CALLBACK (play_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "unfold", G_CALLBACK (usher_transcript_unfold_earlier), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "open-image", G_CALLBACK (open_image_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
show_message (UsherTranscript *self,
              GtkListItem     *item)
{
  UsherMessageRow *row = USHER_MESSAGE_ROW (gtk_list_item_get_child (item));
  UsherMessage *message = get_message (item);

  usher_message_row_set_message (row, message);
  set_context (self, item);
  load_image (self, row, message);
  show_heard (self, row);
}

/* Another message has taken the place of one. */
static void
slot_changed_cb (GtkListItem *item)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  show_message (USHER_TRANSCRIPT (gtk_widget_get_ancestor (row, USHER_TYPE_TRANSCRIPT)), item);
}

static void
bind_cb (UsherTranscript *self,
         GtkListItem     *item)
{
  UsherMessageRow *row = USHER_MESSAGE_ROW (gtk_list_item_get_child (item));

  usher_message_row_set_search (row, self->search);
  g_ptr_array_add (self->bound, item);
  show_message (self, item);
  g_signal_connect_object (gtk_list_item_get_item (item), "notify::item",
                           G_CALLBACK (slot_changed_cb), item, G_CONNECT_SWAPPED);
}

static void
unbind_cb (UsherTranscript *self,
           GtkListItem     *item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), slot_changed_cb, item);
  g_ptr_array_remove_fast (self->bound, item);
  usher_message_row_set_message (USHER_MESSAGE_ROW (gtk_list_item_get_child (item)), NULL);
}

/* --- Unread ------------------------------------------------------------------------------------------------- */

/* The lines may still be on their way from the store when the conversation is shown, hence not in set_conversation. */
static void
find_first_unread (UsherTranscript *self)
{
  UsherMessage *found = NULL;
  guint n = self->n_unread;

  if (n == 0 || self->first_unread != NULL)
    return;
  for (guint i = usher_message_list_get_n_items (self->messages); i > 0 && n > 0; i--) {
    UsherMessage *message = usher_message_list_peek (self->messages, i - 1);

    if (usher_message_get_role (message) != USHER_ROLE_VISITOR)
      continue;
    found = message;
    n--;
  }
  if (found == NULL)
    return;
  self->n_unread = 0;
  self->first_unread = g_object_ref (found);
}

static gboolean
context_cb (gpointer user_data)
{
  UsherTranscript *self = user_data;

  self->context_id = 0;
  if (self->messages == NULL)
    return G_SOURCE_REMOVE;
  find_first_unread (self);
  for (guint i = 0; i < self->bound->len; i++)
    set_context (self, g_ptr_array_index (self->bound, i));
  return G_SOURCE_REMOVE;
}

/* --- Scrolling ------------------------------------------------------------------------------------------------ */

static void
update_jump (UsherTranscript *self)
{
  gboolean is_shown = self->messages != NULL && !self->is_following;
  g_autofree char *count = g_strdup_printf ("%u", self->n_below);

  gtk_revealer_set_reveal_child (self->jump_revealer, is_shown);
  gtk_widget_set_can_target (GTK_WIDGET (self->jump_revealer), is_shown);
  gtk_label_set_text (self->jump_count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->jump_count), self->n_below > 0);
}

static void
scroll_to_last (UsherTranscript *self)
{
  guint n_items = usher_thread_get_n_items (self->thread);

  if (n_items > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", n_items - 1);
}

static gboolean
follow_cb (gpointer user_data)
{
  UsherTranscript *self = user_data;

  self->follow_id = 0;
  if (self->is_following)
    scroll_to_last (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: the list lays itself out when this is heard of, and moves again if told so in the midst of it. */
static void
queue_follow (UsherTranscript *self)
{
  if (self->is_following && self->follow_id == 0)
    self->follow_id = g_idle_add_full (GDK_PRIORITY_REDRAW - 10, follow_cb, self, NULL);
}

/* --- A line that was found ------------------------------------------------------------------------------------- */

static void
forget_found (UsherTranscript *self)
{
  UsherMessageRow *row = self->found == NULL ? NULL : find_row (self, self->found);

  g_clear_handle_id (&self->found_id, g_source_remove);
  g_clear_object (&self->found);
  if (row != NULL)
    usher_message_row_set_is_found (row, FALSE);
}

static void
found_over_cb (gpointer user_data)
{
  UsherTranscript *self = user_data;

  self->found_id = 0;
  forget_found (self);
}

static gboolean
scroll_to_found (UsherTranscript *self)
{
  guint n = usher_thread_get_n_items (self->thread);

  for (guint i = 0; i < n; i++) {
    if (usher_thread_peek (self->thread, i) == self->found)
      return gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", i);
  }
  return FALSE;
}

static void
line_shown_cb (UsherTranscript   *self,
               UsherConversation *conversation,
               UsherMessage      *message)
{
  if (conversation != self->conversation)
    return;
  self->is_following = FALSE;
  g_clear_handle_id (&self->follow_id, g_source_remove);
  g_clear_handle_id (&self->found_id, g_source_remove);
  usher_thread_reveal_all (self->thread);
  g_set_object (&self->found, message);
  if (self->search == NULL)
    self->found_id = g_timeout_add_once (FOUND_MS, found_over_cb, self);
  if (self->context_id == 0)
    self->context_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, context_cb, self, NULL);
  scroll_to_found (self);
  update_jump (self);
}

/* --- More lines, by and by ------------------------------------------------------------------------------------- */

/* After a frame, and more after the next: a key that is pressed meanwhile does not wait for all of them. */
static gboolean
reveal_cb (gpointer user_data)
{
  UsherTranscript *self = user_data;

  /* Who follows sees the end; who went up soon goes on. */
  if (usher_thread_reveal (self->thread) && !self->is_following)
    return G_SOURCE_CONTINUE;
  self->reveal_id = 0;
  return G_SOURCE_REMOVE;
}

static void
queue_reveal (UsherTranscript *self)
{
  if (self->reveal_id == 0 && !usher_thread_is_whole (self->thread))
    self->reveal_id = g_idle_add_full (G_PRIORITY_LOW, reveal_cb, self, NULL);
}

static void
page_timeout_cb (gpointer user_data)
{
  USHER_TRANSCRIPT (user_data)->page_timeout_id = 0;
}

static void
ask_for_page (UsherTranscript *self,
              gboolean         is_older)
{
  if (self->page_timeout_id != 0 || self->session == NULL)
    return;
  self->page_timeout_id = g_timeout_add_once (PAGE_TIMEOUT_MS, page_timeout_cb, self);
  if (is_older)
    usher_session_load_older (self->session, usher_thread_get_first (self->thread));
  else
    usher_session_load_newer (self->session, self->conversation);
}

static gboolean
has_older (UsherTranscript *self)
{
  UsherConversation *first = usher_thread_get_first (self->thread);

  return usher_message_list_get_has_older (usher_conversation_get_messages (first));
}

/* The list moves its lines when its room changes, and says so before it says that the room has. */
static gboolean
is_room_changed (UsherTranscript *self,
                 double           page_px)
{
  gboolean is_changed = self->page_px != page_px;

  self->page_px = page_px;
  return is_changed;
}

static void
scrolled_cb (UsherTranscript *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double page = gtk_adjustment_get_page_size (adjustment);
  double value = gtk_adjustment_get_value (adjustment);
  gboolean has_newer;

  if (self->messages == NULL || page <= 0)
    return;
  if (is_room_changed (self, page) && self->is_following) {
    queue_follow (self);
    return;
  }
  has_newer = usher_message_list_get_has_newer (self->messages);
  self->is_following = usher_transcript_get_is_at_bottom (self) && !has_newer;
  if (self->is_following)
    self->n_below = 0;
  update_jump (self);
  if (self->is_following)
    return; /* lines above are made when somebody goes there */
  if (value < page && !usher_thread_is_whole (self->thread))
    queue_reveal (self);
  else if (value < page && has_older (self))
    ask_for_page (self, TRUE);
  else if (has_newer && value + 2 * page > gtk_adjustment_get_upper (adjustment))
    ask_for_page (self, FALSE);
}

/* The room or the content has changed its height, not the agent's mind. */
static void
resized_cb (UsherTranscript *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  if (!self->is_following) {
    scrolled_cb (self);
    return;
  }
  queue_follow (self);
  if (self->messages != NULL &&
      gtk_adjustment_get_upper (adjustment) <= gtk_adjustment_get_page_size (adjustment))
    queue_reveal (self);
}

/* Nobody looks: what comes now is unread from its first line on. */
static void
mark_unseen (UsherTranscript *self,
             guint            position)
{
  guint n_items = usher_message_list_get_n_items (self->messages);

  for (guint i = position; i < n_items && self->takes_divider; i++) {
    UsherMessage *message = usher_message_list_peek (self->messages, i);

    if (usher_message_get_role (message) != USHER_ROLE_VISITOR)
      continue;
    g_set_object (&self->first_unread, message);
    self->takes_divider = FALSE;
  }
}

static void
count_new_lines (UsherTranscript *self,
                 guint            position,
                 guint            n_added)
{
  guint n_items = usher_message_list_get_n_items (self->messages);

  if (position + n_added != n_items || position == 0)
    return;
  if (!self->is_seen)
    mark_unseen (self, position);
  if (self->is_following)
    return;
  for (guint i = position; i < n_items; i++) {
    UsherMessage *message = usher_message_list_peek (self->messages, i);

    if (!usher_message_get_is_own (message) &&
        usher_message_get_kind (message) != USHER_MESSAGE_CHANGE)
      self->n_below++;
  }
}

static void
items_changed_cb (UsherTranscript *self,
                  guint            position,
                  guint            n_removed,
                  guint            n_added)
{
  if (n_removed == 0 && !usher_message_list_get_has_newer (self->messages))
    count_new_lines (self, position, n_added);
  update_jump (self);
}

/* A high priority: before the next frame is drawn, dividers are right. */
static void
queue_context (UsherTranscript *self)
{
  if (self->context_id == 0)
    self->context_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, context_cb, self, NULL);
}

static void
rows_changed_cb (UsherTranscript *self)
{
  g_clear_handle_id (&self->page_timeout_id, g_source_remove);
  queue_context (self);
  queue_follow (self);
}

static void
usher_transcript_dispose (GObject *object)
{
  UsherTranscript *self = USHER_TRANSCRIPT (object);

  if (self->player != NULL)
    usher_voice_player_stop (self->player);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->follow_id, g_source_remove);
  g_clear_handle_id (&self->context_id, g_source_remove);
  g_clear_handle_id (&self->reveal_id, g_source_remove);
  g_clear_handle_id (&self->page_timeout_id, g_source_remove);
  g_clear_handle_id (&self->found_id, g_source_remove);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->message_signals);
  g_clear_object (&self->adjustment_signals);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_TRANSCRIPT);
  g_clear_object (&self->first_unread);
  g_clear_object (&self->found);
  g_clear_object (&self->search);
  g_clear_object (&self->messages);
  g_clear_object (&self->thread);
  g_clear_object (&self->conversation);
  g_clear_object (&self->images);
  g_clear_object (&self->saver);
  g_clear_object (&self->player);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->bound, g_ptr_array_unref);
  G_OBJECT_CLASS (usher_transcript_parent_class)->dispose (object);
}

static void
usher_transcript_class_init (UsherTranscriptClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_transcript_dispose;
  signals[SIGNAL_TAKE_BACK] =
    g_signal_new ("take-back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, USHER_TYPE_MESSAGE);
  signals[SIGNAL_EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, USHER_TYPE_MESSAGE);
  signals[SIGNAL_SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-transcript.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherTranscript, scroller);
  gtk_widget_class_bind_template_child (widget_class, UsherTranscript, list);
  gtk_widget_class_bind_template_child (widget_class, UsherTranscript, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherTranscript, jump_revealer);
  gtk_widget_class_bind_template_child (widget_class, UsherTranscript, jump_count);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_transcript_jump_to_newest);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_transcript_init (UsherTranscript *self)
{
  self->bound = g_ptr_array_new ();
  self->is_following = TRUE;
  self->is_seen = TRUE;
  self->thread = usher_thread_new ();
  self->saver = usher_file_saver_new ();
  g_signal_connect_object (self->saver, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  self->player = usher_voice_player_new ();
  g_signal_connect_object (self->player, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "changed", G_CALLBACK (heard_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->session_signals = g_signal_group_new (USHER_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "line-shown", G_CALLBACK (line_shown_cb),
                                  self);
  g_signal_connect_object (self->thread, "changed", G_CALLBACK (queue_context), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->thread, "lines-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_no_selection_set_model (self->selection, usher_thread_get_model (self->thread));
  self->message_signals = g_signal_group_new (USHER_TYPE_MESSAGE_LIST);
  g_signal_group_connect_swapped (self->message_signals, "items-changed",
                                  G_CALLBACK (items_changed_cb), self);
  self->adjustment_signals = g_signal_group_new (GTK_TYPE_ADJUSTMENT);
  g_signal_group_connect_swapped (self->adjustment_signals, "value-changed",
                                  G_CALLBACK (scrolled_cb), self);
  g_signal_group_connect_swapped (self->adjustment_signals, "changed", G_CALLBACK (resized_cb),
                                  self);
  g_signal_group_set_target (self->adjustment_signals,
                             gtk_scrolled_window_get_vadjustment (self->scroller));
}

GtkWidget *
usher_transcript_new (void)
{
  return g_object_new (USHER_TYPE_TRANSCRIPT, NULL);
}

void
usher_transcript_set_session (UsherTranscript *self,
                              UsherSession    *session)
{
  int scale;

  g_return_if_fail (USHER_IS_TRANSCRIPT (self));
  if (!g_set_object (&self->session, session))
    return;
  g_signal_group_set_target (self->session_signals, session);
  g_clear_object (&self->images);
  scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  if (session != NULL)
    self->images = usher_image_loader_new (session, USHER_PICTURE_BOX_WIDTH * scale,
                                           USHER_PICTURE_BOX_HEIGHT * scale);
}

static guint
count_lines_in_sight (UsherTranscript *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->scroller));

  return (guint) (height == 0 ? PRESUMED_ROOM_PX : height) / LEAST_LINE_PX + 1;
}

void
usher_transcript_set_conversation (UsherTranscript   *self,
                                   UsherConversation *conversation,
                                   guint              n_unread)
{
  UsherMessageList *messages;

  g_return_if_fail (USHER_IS_TRANSCRIPT (self));
  if (!g_set_object (&self->conversation, conversation))
    return;
  usher_voice_player_stop (self->player); /* nobody could stop what is out of sight */
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->page_timeout_id, g_source_remove);
  g_clear_object (&self->first_unread);
  self->n_unread = n_unread;
  self->n_below = 0;
  self->is_following = TRUE;
  self->takes_divider = FALSE;
  messages = conversation == NULL ? NULL : usher_conversation_get_messages (conversation);
  g_set_object (&self->messages, messages);
  g_signal_group_set_target (self->message_signals, self->messages);
  if (conversation != NULL)
    find_first_unread (self);
  usher_thread_set_earlier (self->thread, NULL);
  usher_thread_set_conversation (self->thread, conversation, count_lines_in_sight (self));
  queue_follow (self);
  update_jump (self);
}

void
usher_transcript_set_earlier (UsherTranscript *self,
                              GListModel      *earlier)
{
  g_return_if_fail (USHER_IS_TRANSCRIPT (self));
  usher_thread_set_earlier (self->thread, earlier);
}

guint
usher_transcript_copy (UsherTranscript *self)
{
  g_autofree char *text = NULL;
  guint n_lines;

  g_return_val_if_fail (USHER_IS_TRANSCRIPT (self), 0);
  text = usher_thread_dup_text (self->thread, &n_lines);
  if (n_lines > 0)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  return n_lines;
}

/* What was in sight stays in sight: who unfolds reads on above it. */
void
usher_transcript_unfold_earlier (UsherTranscript *self)
{
  g_autofree char *folded = NULL;
  UsherConversation *earlier;

  g_return_if_fail (USHER_IS_TRANSCRIPT (self));
  folded = self->conversation == NULL ? NULL : dup_folded (self);
  if (folded == NULL)
    return;
  self->is_following = FALSE;
  earlier = usher_thread_unfold (self->thread);
  if (earlier != NULL && self->session != NULL)
    usher_session_unfold (self->session, earlier);
}

gint64
usher_transcript_get_time_us (UsherTranscript *self)
{
  UsherMessage *first;

  g_return_val_if_fail (USHER_IS_TRANSCRIPT (self), 0);
  first = self->messages == NULL ? NULL : usher_message_list_peek (self->messages, 0);
  return first == NULL ? 0 : usher_message_get_ts_us (first);
}

void
usher_transcript_set_search (UsherTranscript *self,
                             UsherSearch     *search)
{
  g_return_if_fail (USHER_IS_TRANSCRIPT (self));
  g_set_object (&self->search, search);
  for (guint i = 0; i < self->bound->len; i++) {
    GtkListItem *item = g_ptr_array_index (self->bound, i);

    usher_message_row_set_search (USHER_MESSAGE_ROW (gtk_list_item_get_child (item)), search);
  }
  if (search == NULL)
    forget_found (self);
}

void
usher_transcript_set_is_seen (UsherTranscript *self,
                              gboolean         is_seen)
{
  g_return_if_fail (USHER_IS_TRANSCRIPT (self));
  if (self->is_seen && !is_seen)
    self->takes_divider = TRUE;
  self->is_seen = is_seen;
}

void
usher_transcript_jump_to_newest (UsherTranscript *self)
{
  g_return_if_fail (USHER_IS_TRANSCRIPT (self));
  if (self->messages == NULL)
    return;
  if (usher_message_list_get_has_newer (self->messages) && self->session != NULL)
    usher_session_load_newest (self->session, self->conversation);
  self->is_following = TRUE;
  self->n_below = 0;
  queue_follow (self);
  update_jump (self);
}

gboolean
usher_transcript_get_is_at_bottom (UsherTranscript *self)
{
  GtkAdjustment *adjustment;

  g_return_val_if_fail (USHER_IS_TRANSCRIPT (self), TRUE);
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  return gtk_adjustment_get_value (adjustment) >= gtk_adjustment_get_upper (adjustment) -
                                                    gtk_adjustment_get_page_size (adjustment) -
                                                    BOTTOM_PX;
}
