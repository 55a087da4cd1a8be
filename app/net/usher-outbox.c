/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-outbox"
#include "config.h"

#include "usher-outbox.h"

/* Rejected: several lines of one conversation on the wire at once. When the first of two is answered `try_again` and the
 * second is stored, what the visitor reads is in the wrong order; one at a time costs a round trip that nobody feels. */

/* Nothing heard about a line for so long on a live connection: say it again, the cid makes it safe. */
#define ANSWER_MS 20000

/* However the wall clock jumps, nothing is held longer than this. */
#define MAX_HOLD_MS 60000

#define FLAG_RECALLED (1u << 2)

typedef struct {
  UsherOutboxItem *item;
  guint32 id; /* of the question that is open; 0 none */
  gboolean is_uploading;
  guint n_tries;
  guint wait_id; /* source: until the next try */
  guint hold_id; /* source: until it may no longer be taken back */
} Entry;

typedef struct {
  UsherOutbox *outbox; /* borrowed; the question is forgotten in dispose */
  guint64 cid;
} Question;

struct _UsherOutbox {
  GObject parent_instance;

  UsherConnection *connection;
  UsherDispatcher *dispatcher; /* borrowed; owned by who owns this */
  GHashTable *lines;           /* conv → GQueue of Entry */
  GHashTable *entries;         /* cid → Entry, borrowed from the line */
  guint least_retry_ms;
  guint most_retry_ms;
  gboolean is_ready;
};

enum {
  SIGNAL_MOVED,
  SIGNAL_STORED,
  SIGNAL_FAILED,
  SIGNAL_UPLOAD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherOutbox, usher_outbox, G_TYPE_OBJECT)

static void pump (UsherOutbox *self,
                  GQueue      *line);

UsherOutboxItem *
usher_outbox_item_new (guint64          conv,
                       guint64          cid,
                       UsherMessageKind kind)
{
  UsherOutboxItem *item = g_new0 (UsherOutboxItem, 1);

  item->conv = conv;
  item->cid = cid;
  item->kind = kind;
  item->delivery = USHER_DELIVERY_QUEUED;
  return item;
}

void
usher_outbox_item_free (UsherOutboxItem *item)
{
  g_free (item->text);
  g_free (item->mentions);
  g_free (item->path);
  g_free (item->url);
  g_free (item->mime);
  g_free (item->name);
  g_free (item);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_handle_id (&entry->wait_id, g_source_remove);
  g_clear_handle_id (&entry->hold_id, g_source_remove);
  usher_outbox_item_free (entry->item);
  g_free (entry);
}

static void
line_free (gpointer data)
{
  g_queue_free_full (data, entry_free);
}

static Entry *
find_entry (UsherOutbox *self,
            guint64      cid)
{
  return g_hash_table_lookup (self->entries, &cid);
}

static GQueue *
line_of (UsherOutbox *self,
         guint64      conv)
{
  return g_hash_table_lookup (self->lines, &conv);
}

static void
move_to (UsherOutbox   *self,
         Entry         *entry,
         UsherDelivery  delivery)
{
  if (entry->item->delivery == delivery)
    return;
  entry->item->delivery = delivery;
  g_signal_emit (self, signals[SIGNAL_MOVED], 0, entry->item);
}

static void
forget_question (UsherOutbox *self,
                 Entry       *entry)
{
  if (entry->id != 0)
    usher_dispatcher_forget (self->dispatcher, entry->id);
  entry->id = 0;
  g_clear_handle_id (&entry->wait_id, g_source_remove);
}

/* Takes @entry out of its line; the caller owns it. */
static void
remove_entry (UsherOutbox *self,
              Entry       *entry)
{
  guint64 conv = entry->item->conv;
  GQueue *line = line_of (self, conv);

  forget_question (self, entry);
  g_queue_remove (line, entry);
  g_hash_table_remove (self->entries, &entry->item->cid);
  if (g_queue_is_empty (line))
    g_hash_table_remove (self->lines, &conv);
}

static void
pump_conv (UsherOutbox *self,
           guint64      conv)
{
  GQueue *line = line_of (self, conv);

  if (line != NULL)
    pump (self, line);
}

static void
store_entry (UsherOutbox *self,
             Entry       *entry,
             guint64      seq,
             gint64       ts_us)
{
  g_autoptr (UsherOutbox) alive G_GNUC_UNUSED = g_object_ref (self);
  guint64 conv = entry->item->conv;

  remove_entry (self, entry);
  entry->item->delivery = USHER_DELIVERY_STORED;
  g_signal_emit (self, signals[SIGNAL_STORED], 0, entry->item, seq, ts_us);
  entry_free (entry);
  pump_conv (self, conv);
}

/* A refused line steps aside: those behind it do not wait for a person to decide about it. */
static void
fail_entry (UsherOutbox *self,
            Entry       *entry,
            guint        code,
            const char  *slug,
            guint64      head)
{
  g_autoptr (UsherOutbox) alive G_GNUC_UNUSED = g_object_ref (self);
  guint64 conv = entry->item->conv;

  forget_question (self, entry);
  entry->item->delivery = USHER_DELIVERY_FAILED;
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, entry->item, code, slug, head);
  pump_conv (self, conv);
}

static gboolean
wait_over_cb (gpointer user_data)
{
  Question *question = user_data;
  Entry *entry = find_entry (question->outbox, question->cid);

  if (entry == NULL)
    return G_SOURCE_REMOVE;
  entry->wait_id = 0;
  pump_conv (question->outbox, entry->item->conv);
  return G_SOURCE_REMOVE;
}

/* --- Held: the agent may think better of it ------------------------------------------------------------- */

static void
release (UsherOutbox *self,
         Entry       *entry)
{
  g_clear_handle_id (&entry->hold_id, g_source_remove);
  if (entry->item->delivery == USHER_DELIVERY_HELD)
    move_to (self, entry, USHER_DELIVERY_QUEUED);
}

static gboolean
hold_over_cb (gpointer user_data)
{
  Question *question = user_data;
  Entry *entry = find_entry (question->outbox, question->cid);
  guint64 conv;

  if (entry == NULL)
    return G_SOURCE_REMOVE;
  entry->hold_id = 0;
  conv = entry->item->conv;
  release (question->outbox, entry);
  pump_conv (question->outbox, conv);
  return G_SOURCE_REMOVE;
}

/* On a live connection only: a lost one is another matter, there everything goes again at once. */
static gboolean
answer_missing_cb (gpointer user_data)
{
  Question *question = user_data;
  Entry *entry = find_entry (question->outbox, question->cid);

  if (entry == NULL)
    return G_SOURCE_REMOVE;
  entry->wait_id = 0;
  forget_question (question->outbox, entry);
  usher_connection_poke (question->outbox->connection);
  pump_conv (question->outbox, entry->item->conv);
  return G_SOURCE_REMOVE;
}

static Question *
question_new (UsherOutbox *self,
              Entry       *entry)
{
  Question *question = g_new (Question, 1);

  *question = (Question){ self, entry->item->cid };
  return question;
}

static void
hold (UsherOutbox *self,
      Entry       *entry)
{
  gint64 left_us = entry->item->not_before_us - g_get_real_time ();

  if (entry->item->not_before_us == 0 || left_us <= 0 ||
      entry->item->delivery != USHER_DELIVERY_QUEUED)
    return;
  entry->item->delivery = USHER_DELIVERY_HELD;
  entry->hold_id =
    g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) MIN (left_us / 1000 + 1, MAX_HOLD_MS),
                        hold_over_cb, question_new (self, entry), g_free);
}

static void
try_later (UsherOutbox *self,
           Entry       *entry,
           guint        asked_ms)
{
  guint doublings = MIN (entry->n_tries, 10);
  guint wait_ms = MIN (self->least_retry_ms << doublings, self->most_retry_ms);

  forget_question (self, entry);
  entry->n_tries++;
  entry->wait_id = g_timeout_add_full (G_PRIORITY_DEFAULT, MAX (wait_ms, MIN (asked_ms, 60000)),
                                       wait_over_cb, question_new (self, entry), g_free);
  move_to (self, entry, USHER_DELIVERY_QUEUED);
}

/* After these the same cid may and should be sent again (PROTOCOLS.md 2d.5). */
static gboolean
is_passing (guint code)
{
  return code == 408 || code == 429 || code == 500 || code == 503 || code == 507;
}

static void
answered_error (UsherOutbox           *self,
                Entry                 *entry,
                const Gate__V1__Error *error)
{
  if (is_passing (error->code)) {
    try_later (self, entry, error->retry_after_ms);
    return;
  }
  /* The media may have been swept away between upload and message: once more from the file. */
  if (g_str_equal (error->slug, "unknown_media") && entry->item->path != NULL &&
      entry->n_tries == 0) {
    g_clear_pointer (&entry->item->url, g_free);
    try_later (self, entry, 0);
    return;
  }
  fail_entry (self, entry, error->code, error->slug, error->seq);
}

static void
answered_cb (const Gate__V1__Frame *answer,
             gpointer               user_data)
{
  Question *question = user_data;
  UsherOutbox *self = question->outbox;
  Entry *entry = find_entry (self, question->cid);

  if (entry == NULL)
    return;
  entry->id = 0;
  if (answer == NULL) {
    forget_question (self, entry);
    move_to (self, entry, USHER_DELIVERY_QUEUED);
    return;
  }
  if (answer->body_case == GATE__V1__FRAME__BODY_ACK)
    store_entry (self, entry, answer->ack->seq, (gint64) answer->ack->ts * 1000);
  else if (answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    answered_error (self, entry, answer->error);
  else
    try_later (self, entry, 0);
}

static void
fill_media (Gate__V1__Media       *media,
            const UsherOutboxItem *item)
{
  media->kind = item->kind == USHER_MESSAGE_IMAGE   ? GATE__V1__MEDIA_KIND__MK_IMAGE
                : item->kind == USHER_MESSAGE_VOICE ? GATE__V1__MEDIA_KIND__MK_VOICE
                                                    : GATE__V1__MEDIA_KIND__MK_FILE;
  media->url = item->url;
  media->mime = item->mime != NULL ? item->mime : (char *) "";
  media->name = item->name != NULL ? item->name : (char *) "";
  media->size = item->size;
  media->width = item->width;
  media->height = item->height;
}

static gboolean
send_note (UsherOutbox           *self,
           const UsherOutboxItem *item,
           guint32                id)
{
  Gate__V1__Note note = GATE__V1__NOTE__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;

  note.conv = item->conv;
  note.cid = item->cid;
  note.text = item->text;
  note.mentions = item->mentions;
  note.n_mentions = item->n_mentions;
  frame.id = id;
  frame.body_case = GATE__V1__FRAME__BODY_NOTE;
  frame.note = &note;
  return usher_connection_send (self->connection, &frame);
}

static gboolean
send_message (UsherOutbox           *self,
              const UsherOutboxItem *item,
              guint32                id)
{
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;

  message.conv = item->conv;
  message.cid = item->cid;
  message.seen = item->seen;
  message.reply_to = item->reply_to;
  message.replaces = item->replaces;
  if (item->is_recall) {
    message.flags = FLAG_RECALLED;
  } else if (usher_message_kind_has_file (item->kind)) {
    fill_media (&media, item);
    message.content_case = GATE__V1__MESSAGE__CONTENT_MEDIA;
    message.media = &media;
  } else {
    message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
    message.text = item->text;
  }
  frame.id = id;
  frame.body_case = GATE__V1__FRAME__BODY_MESSAGE;
  frame.message = &message;
  return usher_connection_send (self->connection, &frame);
}

static void
send_entry (UsherOutbox *self,
            Entry       *entry)
{
  gboolean is_sent;

  entry->id =
    usher_dispatcher_expect (self->dispatcher, answered_cb, question_new (self, entry), g_free);
  if (entry->item->kind == USHER_MESSAGE_NOTE)
    is_sent = send_note (self, entry->item, entry->id);
  else
    is_sent = send_message (self, entry->item, entry->id);
  if (!is_sent) {
    forget_question (self, entry);
    return;
  }
  entry->wait_id = g_timeout_add_full (G_PRIORITY_DEFAULT, ANSWER_MS, answer_missing_cb,
                                       question_new (self, entry), g_free);
  move_to (self, entry, USHER_DELIVERY_ON_WIRE);
}

/* The first that has not failed. */
static Entry *
head_of (GQueue *line)
{
  for (GList *l = line->head; l != NULL; l = l->next) {
    Entry *entry = l->data;

    if (entry->item->delivery != USHER_DELIVERY_FAILED)
      return entry;
  }
  return NULL;
}

static void
pump (UsherOutbox *self,
      GQueue      *line)
{
  Entry *entry = head_of (line);

  if (entry == NULL || !self->is_ready || entry->id != 0 || entry->wait_id != 0 ||
      entry->hold_id != 0 || entry->is_uploading)
    return;
  if (usher_message_kind_has_file (entry->item->kind) && !entry->item->is_recall &&
      entry->item->url == NULL) {
    entry->is_uploading = TRUE;
    g_signal_emit (self, signals[SIGNAL_UPLOAD], 0, entry->item);
    return;
  }
  send_entry (self, entry);
}

static void
pump_all (UsherOutbox *self)
{
  g_autoptr (GArray) convs = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer key;

  /* By number: what a pump sets off may add and remove lines. */
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_array_append_vals (convs, key, 1);
  for (guint i = 0; i < convs->len; i++)
    pump_conv (self, g_array_index (convs, guint64, i));
}

void
usher_outbox_set_is_ready (UsherOutbox *self,
                           gboolean     is_ready)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (USHER_IS_OUTBOX (self));

  if (self->is_ready == is_ready)
    return;
  self->is_ready = is_ready;
  if (!is_ready)
    return;
  /* What waited out the gateway's trouble need not wait any longer: this is another connection. */
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;

    if (entry->id == 0)
      g_clear_handle_id (&entry->wait_id, g_source_remove);
  }
  pump_all (self);
}

void
usher_outbox_push (UsherOutbox     *self,
                   UsherOutboxItem *item)
{
  GQueue *line;
  Entry *entry;

  g_return_if_fail (USHER_IS_OUTBOX (self));
  g_return_if_fail (item != NULL && item->cid != 0);
  g_return_if_fail (find_entry (self, item->cid) == NULL);

  entry = g_new0 (Entry, 1);
  entry->item = item;
  line = line_of (self, item->conv);
  if (line == NULL) {
    line = g_queue_new ();
    g_hash_table_insert (self->lines, g_memdup2 (&item->conv, sizeof item->conv), line);
  }
  g_queue_push_tail (line, entry);
  g_hash_table_insert (self->entries, g_memdup2 (&item->cid, sizeof item->cid), entry);
  hold (self, entry);
  pump (self, line);
}

void
usher_outbox_hurry (UsherOutbox *self,
                    guint64      conv)
{
  GQueue *line;

  g_return_if_fail (USHER_IS_OUTBOX (self));

  line = line_of (self, conv);
  for (GList *l = line != NULL ? line->head : NULL; l != NULL; l = l->next)
    release (self, l->data);
  pump_conv (self, conv);
}

guint
usher_outbox_n_waiting (UsherOutbox *self,
                        guint64      conv)
{
  GQueue *line;
  guint n = 0;

  g_return_val_if_fail (USHER_IS_OUTBOX (self), 0);

  line = line_of (self, conv);
  for (GList *l = line != NULL ? line->head : NULL; l != NULL; l = l->next)
    n += ((Entry *) l->data)->item->delivery != USHER_DELIVERY_FAILED;
  return n;
}

const UsherOutboxItem *
usher_outbox_find (UsherOutbox *self,
                   guint64      cid)
{
  Entry *entry;

  g_return_val_if_fail (USHER_IS_OUTBOX (self), NULL);

  entry = find_entry (self, cid);
  return entry != NULL ? entry->item : NULL;
}

void
usher_outbox_retry (UsherOutbox *self,
                    guint64      cid,
                    guint64      seen)
{
  Entry *entry;

  g_return_if_fail (USHER_IS_OUTBOX (self));

  entry = find_entry (self, cid);
  if (entry == NULL || entry->item->delivery != USHER_DELIVERY_FAILED)
    return;
  entry->n_tries = 0;
  entry->item->seen = seen;
  move_to (self, entry, USHER_DELIVERY_QUEUED);
  pump_conv (self, entry->item->conv);
}

gboolean
usher_outbox_discard (UsherOutbox *self,
                      guint64      cid)
{
  Entry *entry;
  guint64 conv;

  g_return_val_if_fail (USHER_IS_OUTBOX (self), FALSE);

  entry = find_entry (self, cid);
  if (entry == NULL || entry->item->delivery == USHER_DELIVERY_ON_WIRE)
    return FALSE;
  conv = entry->item->conv;
  remove_entry (self, entry);
  entry_free (entry);
  pump_conv (self, conv);
  return TRUE;
}

void
usher_outbox_settle (UsherOutbox *self,
                     guint64      cid,
                     guint64      seq,
                     gint64       ts_us)
{
  Entry *entry;

  g_return_if_fail (USHER_IS_OUTBOX (self));

  entry = find_entry (self, cid);
  if (entry != NULL)
    store_entry (self, entry, seq, ts_us);
}

void
usher_outbox_set_url (UsherOutbox *self,
                      guint64      cid,
                      const char  *url)
{
  Entry *entry;

  g_return_if_fail (USHER_IS_OUTBOX (self));
  g_return_if_fail (url != NULL);

  entry = find_entry (self, cid);
  if (entry == NULL)
    return;
  entry->is_uploading = FALSE;
  g_free (entry->item->url);
  entry->item->url = g_strdup (url);
  pump_conv (self, entry->item->conv);
}

void
usher_outbox_upload_failed (UsherOutbox *self,
                            guint64      cid,
                            gboolean     is_final,
                            const char  *slug)
{
  Entry *entry;

  g_return_if_fail (USHER_IS_OUTBOX (self));

  entry = find_entry (self, cid);
  if (entry == NULL)
    return;
  entry->is_uploading = FALSE;
  if (is_final)
    fail_entry (self, entry, 422, slug, 0);
  else
    try_later (self, entry, 0);
}

void
usher_outbox_clear (UsherOutbox *self)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (USHER_IS_OUTBOX (self));

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    forget_question (self, value);
  g_hash_table_remove_all (self->entries);
  g_hash_table_remove_all (self->lines);
}

guint
usher_outbox_n_items (UsherOutbox *self)
{
  g_return_val_if_fail (USHER_IS_OUTBOX (self), 0);

  return g_hash_table_size (self->entries);
}

static void
usher_outbox_dispose (GObject *object)
{
  UsherOutbox *self = USHER_OUTBOX (object);

  if (self->connection != NULL)
    usher_outbox_clear (self);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (usher_outbox_parent_class)->dispose (object);
}

static void
usher_outbox_finalize (GObject *object)
{
  UsherOutbox *self = USHER_OUTBOX (object);

  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->lines);

  G_OBJECT_CLASS (usher_outbox_parent_class)->finalize (object);
}

static void
usher_outbox_class_init (UsherOutboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_outbox_dispose;
  object_class->finalize = usher_outbox_finalize;

  signals[SIGNAL_MOVED] = g_signal_new ("moved", USHER_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_STORED] =
    g_signal_new ("stored", USHER_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  3, G_TYPE_POINTER, G_TYPE_UINT64, G_TYPE_INT64);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", USHER_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  4, G_TYPE_POINTER, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_UINT64);
  signals[SIGNAL_UPLOAD] = g_signal_new ("upload", USHER_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
usher_outbox_init (UsherOutbox *self)
{
  self->lines = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, line_free);
  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->least_retry_ms = 1000;
  self->most_retry_ms = 30000;
}

UsherOutbox *
usher_outbox_new (UsherConnection *connection,
                  UsherDispatcher *dispatcher)
{
  UsherOutbox *self = g_object_new (USHER_TYPE_OUTBOX, NULL);

  self->connection = g_object_ref (connection);
  self->dispatcher = dispatcher;
  return self;
}

void
usher_outbox_set_retry_ms (UsherOutbox *self,
                           guint        least_ms,
                           guint        most_ms)
{
  g_return_if_fail (USHER_IS_OUTBOX (self));

  self->least_retry_ms = least_ms;
  self->most_retry_ms = most_ms;
}
