/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory-store.h"

#include "wire-token.h"

#include <string.h>

#define FLAG_RECALLED 4u

typedef struct {
  guint64 conv, cid, number;
  gboolean is_note;
} Cid;

struct _MemoryStore {
  GateStore base; /* first: the interface */
  GateStoreDone done;
  gpointer user_data;
  WireArena *arena; /* of everything kept that never changes */
  GateBatch *batch; /* (nullable): out */
  GPtrArray *queries;
  guint64 log;
  GHashTable *convs;      /* set of MemoryConv by number */
  GPtrArray *conv_array;  /* the same in order of first writing */
  GHashTable *by_visitor; /* visitor → GArray of numbers */
  GHashTable *cids;       /* set of Cid */
  GHashTable *visitors;   /* set of GateVisitorRow */
  GArray *merges;         /* of GateMergeRow */
  GPtrArray *agents, *tokens, *media, *apps;
  guint64 next_agent, n_messages;
  guint64 n_writes[GATE_WRITE_AUDIT + 1];
};

static guint
mix (guint64 value)
{
  value *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (guint) (value >> 32);
}

static guint
number_hash (gconstpointer key)
{
  return mix (*(const guint64 *) key);
}

static gboolean
number_equal (gconstpointer a,
              gconstpointer b)
{
  return *(const guint64 *) a == *(const guint64 *) b;
}

static guint
cid_hash (gconstpointer key)
{
  const Cid *self = key;

  return mix (self->cid ^ self->conv << 20);
}

static gboolean
cid_equal (gconstpointer a,
           gconstpointer b)
{
  const Cid *left = a;
  const Cid *right = b;

  return left->conv == right->conv && left->cid == right->cid && left->is_note == right->is_note;
}

/* --- Copies ------------------------------------------------------------------------------------------------ */

static const char *
keep (WireArena  *arena,
      const char *text)
{
  return text != NULL && text[0] != '\0' ? wire_arena_strdup (arena, text) : "";
}

static void
set_text (const char **field,
          const char  *value)
{
  if (*field != NULL && strcmp (*field, value != NULL ? value : "") == 0)
    return;
  g_free ((gpointer) *field);
  *field = g_strdup (value != NULL ? value : "");
}

static const guint16 conv_texts[] = {
  G_STRUCT_OFFSET (GateConvRow, app),
  G_STRUCT_OFFSET (GateConvRow, visitor_name),
  G_STRUCT_OFFSET (GateConvRow, locale),
  G_STRUCT_OFFSET (GateConvRow, queue),
  G_STRUCT_OFFSET (GateConvRow, subject),
  G_STRUCT_OFFSET (GateConvRow, tags),
  G_STRUCT_OFFSET (GateConvRow, attrs),
  G_STRUCT_OFFSET (GateConvRow, disposition),
  G_STRUCT_OFFSET (GateConvRow, result),
  G_STRUCT_OFFSET (GateConvRow, summary),
  G_STRUCT_OFFSET (GateConvRow, rating_comment),
  G_STRUCT_OFFSET (GateConvRow, brief),
  G_STRUCT_OFFSET (GateConvRow, last_text), /* the store's own: last */
};

static const char **
text_at (GateConvRow *row,
         guint        i)
{
  return (const char **) (gpointer) ((char *) row + conv_texts[i]);
}

static void
copy_conv (GateConvRow       *to,
           const GateConvRow *from,
           WireArena         *arena)
{
  *to = *from;
  for (guint i = 0; i < G_N_ELEMENTS (conv_texts); i++)
    *text_at (to, i) = keep (arena, *text_at ((GateConvRow *) from, i));
}

static void
copy_agent (GateAgentRow       *to,
            const GateAgentRow *from,
            WireArena          *arena)
{
  *to = *from;
  to->login = keep (arena, from->login);
  to->name = keep (arena, from->name);
  to->role = keep (arena, from->role);
  to->password = keep (arena, from->password);
  to->queues = keep (arena, from->queues);
  to->skills = keep (arena, from->skills);
  to->avatar = keep (arena, from->avatar);
}

static void
copy_visitor (GateVisitorRow       *to,
              const GateVisitorRow *from,
              WireArena            *arena)
{
  *to = *from;
  to->app = keep (arena, from->app);
  to->name = keep (arena, from->name);
  to->email = keep (arena, from->email);
  to->phone = keep (arena, from->phone);
  to->locale = keep (arena, from->locale);
  to->tz = keep (arena, from->tz);
  to->user_agent = keep (arena, from->user_agent);
  to->place = keep (arena, from->place);
  to->attrs = keep (arena, from->attrs);
  to->note = keep (arena, from->note);
  to->staff_keys = keep (arena, from->staff_keys);
}

static void
load_blocks (MemoryStore  *self,
             GateSnapshot *snapshot)
{
  GHashTableIter iter;
  GateVisitorRow *row;

  snapshot->blocks = wire_arena_alloc0 (snapshot->arena, (g_hash_table_size (self->visitors) + 1) *
                                                           sizeof (GateBlockRow));
  g_hash_table_iter_init (&iter, self->visitors);
  while (g_hash_table_iter_next (&iter, (gpointer *) &row, NULL)) {
    if (row->blocked_until > 0)
      snapshot->blocks[snapshot->n_blocks++] = (GateBlockRow){ row->visitor, row->blocked_until };
  }
}

static void
load_merges (MemoryStore  *self,
             GateSnapshot *snapshot)
{
  guint n = self->merges->len;

  snapshot->merges =
    wire_arena_memdup (snapshot->arena, self->merges->data, (n + 1) * sizeof (GateMergeRow));
  snapshot->n_merges = n;
  snapshot->names = wire_arena_alloc0 (snapshot->arena, (2 * n + 1) * sizeof (GateNameRow));
  for (guint i = 0; i < 2 * n; i++) {
    const GateMergeRow *merge = &g_array_index (self->merges, GateMergeRow, i / 2);
    const GateVisitorRow *row =
      g_hash_table_lookup (self->visitors, i % 2 == 0 ? &merge->visitor : &merge->into);

    if (row != NULL)
      snapshot->names[snapshot->n_names++] =
        (GateNameRow){ row->visitor, keep (snapshot->arena, row->name), row->edited };
  }
}

static void
copy_media (GateMediaRow       *to,
            const GateMediaRow *from,
            WireArena          *arena)
{
  *to = *from;
  to->id = keep (arena, from->id);
  to->path = keep (arena, from->path);
  to->mime = keep (arena, from->mime);
  to->name = keep (arena, from->name);
}

/* --- Writing ------------------------------------------------------------------------------------------------- */

static MemoryConv *
find_conv (const MemoryStore *self,
           guint64            conv)
{
  guint64 *key = g_hash_table_lookup (self->convs, &conv);

  return key != NULL
           ? (MemoryConv *) (gpointer) ((char *) key - G_STRUCT_OFFSET (MemoryConv, row.conv))
           : NULL;
}

static MemoryConv *
add_conv (MemoryStore       *self,
          const GateConvRow *row)
{
  MemoryConv *conv = g_new0 (MemoryConv, 1);
  GArray *numbers = g_hash_table_lookup (self->by_visitor, &row->visitor);

  conv->row.conv = row->conv;
  conv->first_epoch = row->epoch > 1 ? row->epoch : 0; /* it was not always here */
  conv->row.visitor = row->visitor;
  conv->row.last_text = g_strdup ("");
  conv->messages = g_array_new (FALSE, FALSE, sizeof (MemoryMessage));
  conv->notes = g_array_new (FALSE, FALSE, sizeof (GateNoteRow));
  conv->events = g_array_new (FALSE, FALSE, sizeof (GateEventRow));
  g_hash_table_add (self->convs, &conv->row.conv);
  g_ptr_array_add (self->conv_array, conv);
  if (numbers == NULL) {
    numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
    g_hash_table_insert (self->by_visitor, &conv->row.visitor, numbers);
  }
  g_array_append_val (numbers, row->conv);
  return conv;
}

static void
write_conv (MemoryStore       *self,
            const GateConvRow *row)
{
  MemoryConv *conv = find_conv (self, row->conv);
  GateConvRow kept;

  if (conv == NULL)
    conv = add_conv (self, row);
  kept = conv->row;
  g_assert_cmpuint (row->epoch, >=, kept.epoch);
  g_assert_cmpuint (row->visitor, ==, kept.visitor);
  conv->row = *row;
  for (guint i = 0; i + 1 < G_N_ELEMENTS (conv_texts); i++) {
    *text_at (&conv->row, i) = *text_at (&kept, i);
    set_text (text_at (&conv->row, i), *text_at ((GateConvRow *) row, i));
  }
  conv->row.last_seq = kept.last_seq;
  conv->row.last_note = kept.last_note;
  conv->row.last_ts = kept.last_ts;
  conv->row.last_text = kept.last_text;
  conv->row.last_role = kept.last_role;
  conv->row.staff_seq = kept.staff_seq;
  conv->row.staff_sender = kept.staff_sender;
  conv->row.waiting_since = kept.waiting_since;
  conv->row.visitor_read = kept.visitor_read;
  conv->row.visitor_received = kept.visitor_received;
  conv->row.staff_read = kept.staff_read;
  conv->row.staff_received = kept.staff_received;
}

/* The number the first of this cid got; 0: this is the first, and it is remembered. */
static Cid *
find_cid (MemoryStore *self,
          guint64      conv,
          guint64      cid,
          gboolean     is_note)
{
  Cid wanted = { .conv = conv, .cid = cid, .is_note = is_note };

  return cid != 0 ? g_hash_table_lookup (self->cids, &wanted) : NULL;
}

static void
add_cid (MemoryStore *self,
         guint64      conv,
         guint64      cid,
         gboolean     is_note,
         guint64      number)
{
  Cid *added;

  if (cid == 0)
    return;
  added = wire_arena_new0 (self->arena, Cid);
  added->conv = conv;
  added->cid = cid;
  added->is_note = is_note;
  added->number = number;
  g_hash_table_add (self->cids, added);
}

static void
keep_text (MemoryConv *conv,
           const char *text)
{
  g_autofree char *copy = g_strdup (text != NULL ? text : "");

  if (g_utf8_strlen (copy, -1) > 120)
    *g_utf8_offset_to_pointer (copy, 120) = '\0';
  g_strdelimit (copy, "\t\r\n", ' ');
  set_text (&conv->row.last_text, copy);
}

/* An edit, or the recall of a line: the line and all earlier edits of it show this row from now on. */
static void
fold (MemoryConv     *conv,
      GateMessageRow *row)
{
  MemoryMessage *target;

  if (row->replaces == 0 || row->replaces > conv->messages->len)
    return;
  target = &g_array_index (conv->messages, MemoryMessage, row->replaces - 1);
  if (target->row.replaces != 0)
    row->replaces = target->row.replaces;
  for (guint i = 0; i < conv->messages->len; i++) {
    MemoryMessage *each = &g_array_index (conv->messages, MemoryMessage, i);

    if (each->row.seq == row->replaces || each->row.replaces == row->replaces)
      each->present = row->seq;
  }
}

static void
write_message (MemoryStore *self,
               GateWrite   *write)
{
  GateMessageRow *row = &write->row.message;
  MemoryConv *conv = find_conv (self, row->conv);
  Cid *first = find_cid (self, row->conv, row->cid, FALSE);
  MemoryMessage kept = { 0 };

  g_assert_nonnull (conv);
  if (first != NULL) {
    write->is_duplicate = TRUE;
    row->seq = first->number;
    row->ts = g_array_index (conv->messages, MemoryMessage, row->seq - 1).row.ts;
    return;
  }
  row->seq = conv->row.last_seq + 1;
  fold (conv, row);
  gate_conv_row_keep_message (&conv->row, row);
  if (row->replaces == 0)
    conv->last_shown = row->seq;
  if (row->replaces == 0 || row->replaces == conv->last_shown)
    keep_text (conv, row->text);
  kept.row = *row;
  kept.row.text = row->text != NULL ? wire_arena_strdup (self->arena, row->text) : NULL;
  kept.row.body = wire_arena_memdup (self->arena, row->body, MAX (row->body_bytes, 1));
  g_array_append_val (conv->messages, kept);
  add_cid (self, row->conv, row->cid, FALSE, row->seq);
  self->n_messages++;
}

static void
write_note (MemoryStore *self,
            GateWrite   *write)
{
  GateNoteRow *row = &write->row.note;
  MemoryConv *conv = find_conv (self, row->conv);
  Cid *first = find_cid (self, row->conv, row->cid, TRUE);
  GateNoteRow kept;

  g_assert_nonnull (conv);
  if (first != NULL) {
    write->is_duplicate = TRUE;
    row->n = first->number;
    return;
  }
  row->n = ++conv->row.last_note;
  kept = *row;
  kept.text = wire_arena_strdup (self->arena, row->text != NULL ? row->text : "");
  kept.body = wire_arena_memdup (self->arena, row->body, MAX (row->body_bytes, 1));
  g_array_append_val (conv->notes, kept);
  add_cid (self, row->conv, row->cid, TRUE, row->n);
}

static void
write_event (MemoryStore        *self,
             const GateEventRow *row)
{
  MemoryConv *conv = find_conv (self, row->conv);
  GateEventRow kept = *row;

  g_assert_nonnull (conv);
  g_assert_cmpuint (row->epoch, ==, conv->first_epoch + conv->events->len + 1); /* no gaps */
  kept.name = wire_arena_strdup (self->arena, row->name);
  kept.queue = keep (self->arena, row->queue);
  kept.reason = keep (self->arena, row->reason);
  g_array_append_val (conv->events, kept);
}

static void
write_mark (MemoryStore       *self,
            const GateMarkRow *row)
{
  GateConvRow *conv = &find_conv (self, row->conv)->row;

  conv->visitor_read = MAX (conv->visitor_read, row->visitor_read);
  conv->visitor_received = MAX (conv->visitor_received, row->visitor_received);
  conv->staff_read = MAX (conv->staff_read, row->staff_read);
  conv->staff_received = MAX (conv->staff_received, row->staff_received);
}

static void
write_visitor (MemoryStore          *self,
               const GateVisitorRow *row)
{
  GateVisitorRow *known = g_hash_table_lookup (self->visitors, &row->visitor);

  if (known == NULL) {
    known = g_new0 (GateVisitorRow, 1);
    known->visitor = row->visitor;
    g_hash_table_add (self->visitors, known);
  }
  copy_visitor (known, row, self->arena);
}

static void
write_merge (MemoryStore        *self,
             const GateMergeRow *row,
             gboolean            is_undone)
{
  for (guint i = 0; i < self->merges->len; i++) {
    GateMergeRow *known = &g_array_index (self->merges, GateMergeRow, i);

    if (known->visitor != row->visitor)
      continue;
    if (!is_undone)
      *known = *row;
    else
      g_array_remove_index (self->merges, i);
    return;
  }
  if (!is_undone)
    g_array_append_val (self->merges, *row);
}

static void
write_agent (MemoryStore        *self,
             const GateAgentRow *row)
{
  for (guint i = 0; i < self->agents->len; i++) {
    GateAgentRow *known = g_ptr_array_index (self->agents, i);

    if (known->agent == row->agent) {
      copy_agent (known, row, self->arena);
      return;
    }
  }
  g_ptr_array_add (self->agents, wire_arena_new0 (self->arena, GateAgentRow));
  copy_agent (g_ptr_array_index (self->agents, self->agents->len - 1), row, self->arena);
}

static void
write_token (MemoryStore        *self,
             const GateTokenRow *row)
{
  GateTokenRow *kept = NULL;

  for (guint i = 0; i < self->tokens->len && kept == NULL; i++) {
    GateTokenRow *known = g_ptr_array_index (self->tokens, i);

    kept = memcmp (known->hash, row->hash, GATE_HASH_BYTES) == 0 ? known : NULL;
  }
  if (kept == NULL) {
    kept = wire_arena_new0 (self->arena, GateTokenRow);
    g_ptr_array_add (self->tokens, kept);
  }
  *kept = *row;
  kept->device = keep (self->arena, row->device);
  kept->device_name = keep (self->arena, row->device_name);
}

static void
remove_tokens (MemoryStore        *self,
               const GateTokenRow *row,
               gboolean            by_family)
{
  for (guint i = self->tokens->len; i > 0; i--) {
    const GateTokenRow *known = g_ptr_array_index (self->tokens, i - 1);

    if (by_family ? known->family == row->family : known->agent == row->agent)
      g_ptr_array_remove_index_fast (self->tokens, i - 1);
  }
}

static void
apply (MemoryStore *self,
       GateWrite   *write)
{
  self->n_writes[write->kind]++;
  switch (write->kind) {
  case GATE_WRITE_CONV:
    write_conv (self, &write->row.conv);
    break;
  case GATE_WRITE_MESSAGE:
    write_message (self, write);
    break;
  case GATE_WRITE_NOTE:
    write_note (self, write);
    break;
  case GATE_WRITE_EVENT:
    write_event (self, &write->row.event);
    break;
  case GATE_WRITE_MARK:
    write_mark (self, &write->row.mark);
    break;
  case GATE_WRITE_VISITOR:
    write_visitor (self, &write->row.visitor);
    break;
  case GATE_WRITE_MERGE:
  case GATE_WRITE_UNMERGE:
    write_merge (self, &write->row.merge, write->kind == GATE_WRITE_UNMERGE);
    break;
  case GATE_WRITE_AGENT:
    write_agent (self, &write->row.agent);
    break;
  case GATE_WRITE_TOKEN:
    write_token (self, &write->row.token);
    break;
  case GATE_WRITE_TOKEN_FAMILY_GONE:
    remove_tokens (self, &write->row.token, TRUE);
    break;
  case GATE_WRITE_TOKEN_AGENT_GONE:
    remove_tokens (self, &write->row.token, FALSE);
    break;
  case GATE_WRITE_MEDIA:
    g_ptr_array_add (self->media, wire_arena_new0 (self->arena, GateMediaRow));
    copy_media (g_ptr_array_index (self->media, self->media->len - 1), &write->row.media,
                self->arena);
    break;
  case GATE_WRITE_AUDIT:
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
apply_batch (MemoryStore *self,
             GateBatch   *batch)
{
  for (GateWrite *write = batch->first; write != NULL; write = write->next)
    apply (self, write);
}

/* --- Finding ------------------------------------------------------------------------------------------------------ */

static void
give_conv (GateQuery         *query,
           const GateConvRow *row)
{
  query->convs = wire_arena_new0 (query->arena, GateConvRow);
  query->n_convs = 1;
  copy_conv (query->convs, row, query->arena);
}

static void
find_visitor_last (MemoryStore *self,
                   GateQuery   *query)
{
  GArray *numbers = g_hash_table_lookup (self->by_visitor, &query->visitor);
  guint64 newest = 0;

  for (guint i = 0; numbers != NULL && i < numbers->len; i++) {
    guint64 number = g_array_index (numbers, guint64, i);
    Cid *cid = find_cid (self, number, query->cid, FALSE);

    newest = MAX (newest, number);
    if (cid != NULL) {
      query->found_conv = number;
      query->found_seq = cid->number;
    }
  }
  if (newest != 0)
    give_conv (query, &find_conv (self, newest)->row);
}

/* The row as it is shown now: with the content of its last edit, or none. */
static GateMessageRow
presented (const MemoryConv    *conv,
           const MemoryMessage *message,
           WireArena           *arena)
{
  GateMessageRow row = message->row;
  const GateMessageRow *content = &message->row;

  if (message->present != 0) {
    content = &g_array_index (conv->messages, MemoryMessage, message->present - 1).row;
    row.flags |= content->flags & 6u;
  }
  row.text = content->text != NULL ? wire_arena_strdup (arena, content->text) : NULL;
  row.body_bytes = content->body_bytes;
  row.body = wire_arena_memdup (arena, content->body, MAX (content->body_bytes, 1));
  return row;
}

static void
find_messages (const MemoryConv *conv,
               GateQuery        *query)
{
  guint64 first = query->after + 1;
  guint64 last = query->before != 0 ? query->before - 1 : conv->messages->len;
  gboolean is_backwards = query->before != 0 || query->after == 0;
  gsize n_bytes = 0;

  last = MIN (last, conv->messages->len);
  if (first > last)
    return;
  if (is_backwards && query->after == 0 && last - first + 1 > query->limit)
    first = last - query->limit + 1;
  query->more = is_backwards ? first > 1 : last - first + 1 > query->limit;
  query->messages =
    wire_arena_alloc0 (query->arena, (gsize) (last - first + 1) * sizeof (GateMessageRow));
  for (guint64 seq = first; seq <= last && query->n_messages < query->limit; seq++) {
    const MemoryMessage *message = &g_array_index (conv->messages, MemoryMessage, seq - 1);

    n_bytes += message->row.body_bytes + 48;
    if (n_bytes > query->max_bytes) {
      query->more = TRUE;
      return;
    }
    query->messages[query->n_messages++] = presented (conv, message, query->arena);
  }
}

static void
find_notes (const MemoryConv *conv,
            GateQuery        *query)
{
  query->notes = wire_arena_alloc0 (query->arena, (conv->notes->len + 1) * sizeof (GateNoteRow));
  for (guint i = 0; i < conv->notes->len; i++) {
    const GateNoteRow *note = &g_array_index (conv->notes, GateNoteRow, i);

    if (note->n > query->notes_after)
      query->notes[query->n_notes++] = *note;
  }
}

static void
find_history (MemoryStore *self,
              GateQuery   *query)
{
  const MemoryConv *conv = find_conv (self, query->conv);

  if (conv == NULL)
    return;
  query->head = conv->row.last_seq;
  find_messages (conv, query);
  if (query->for_visitor)
    return;
  if (query->notes_after != G_MAXUINT64)
    find_notes (conv, query);
  if (query->with_events) {
    query->events = (GateEventRow *) (gpointer) conv->events->data;
    query->n_events = conv->events->len;
  }
}

static gboolean
is_wanted_closed (const GateQuery   *query,
                  const GateConvRow *row)
{
  gboolean by_queue = query->queues == NULL;

  if (row->state != 5 || (query->before_ts != 0 && row->last_ts >= query->before_ts))
    return FALSE;
  for (guint i = 0; query->queues != NULL && query->queues[i] != NULL; i++)
    by_queue |= strcmp (query->queues[i], row->queue) == 0;
  return by_queue || (query->agent != 0 && row->last_agent == query->agent);
}

static void
find_closed (MemoryStore *self,
             GateQuery   *query)
{
  query->convs = wire_arena_alloc0 (query->arena, (query->limit + 1) * sizeof (GateConvRow));
  for (guint i = self->conv_array->len; i > 0; i--) {
    const MemoryConv *conv = g_ptr_array_index (self->conv_array, i - 1);

    if (!is_wanted_closed (query, &conv->row))
      continue;
    if (query->n_convs == query->limit) {
      query->more = TRUE;
      return;
    }
    copy_conv (&query->convs[query->n_convs++], &conv->row, query->arena);
  }
}

/* No index: a line that contains the words. Enough to see who may find what. */
static void
find_search (MemoryStore *self,
             GateQuery   *query)
{
  query->hits = wire_arena_alloc0 (query->arena, (query->limit + 1) * sizeof (GateHitRow));
  for (guint i = 0; i < self->conv_array->len; i++) {
    const MemoryConv *conv = g_ptr_array_index (self->conv_array, i);
    gboolean is_allowed =
      query->agent == 0 || conv->row.agent == query->agent || conv->row.last_agent == query->agent;

    for (guint k = 0; query->queues != NULL && query->queues[k] != NULL; k++)
      is_allowed |= strcmp (query->queues[k], conv->row.queue) == 0;
    for (guint k = 0; is_allowed && k < conv->messages->len; k++) {
      const GateMessageRow *row = &g_array_index (conv->messages, MemoryMessage, k).row;

      if (row->text == NULL || strstr (row->text, query->text) == NULL ||
          query->n_hits == query->limit)
        continue;
      query->hits[query->n_hits++] = (GateHitRow){ .conv = row->conv,
                                                   .seq = row->seq,
                                                   .ts = row->ts,
                                                   .role = row->role,
                                                   .snippet = row->text };
    }
  }
}

static void
find_media (MemoryStore *self,
            GateQuery   *query)
{
  for (guint i = 0; i < self->media->len; i++) {
    GateMediaRow *row = g_ptr_array_index (self->media, i);
    gboolean is_it = query->kind == GATE_QUERY_MEDIA
                       ? strcmp (row->path, query->path) == 0
                       : memcmp (row->sha256, query->sha256, GATE_HASH_BYTES) == 0 &&
                           row->role == query->role &&
                           (row->uploader == query->agent || row->uploader == query->visitor);

    if (is_it)
      query->media = row;
  }
}

static void
find_contact (MemoryStore *self,
              GateQuery   *query)
{
  GArray *numbers = g_hash_table_lookup (self->by_visitor, &query->visitor);

  query->visitor_row = g_hash_table_lookup (self->visitors, &query->visitor);
  query->convs = wire_arena_alloc0 (query->arena, 20 * sizeof (GateConvRow));
  for (guint i = numbers != NULL ? numbers->len : 0; i > 0 && query->n_convs < 20; i--)
    copy_conv (&query->convs[query->n_convs++],
               &find_conv (self, g_array_index (numbers, guint64, i - 1))->row, query->arena);
}

static gboolean
is_asked_for (const GateQuery *query,
              guint64          visitor)
{
  for (guint i = 0; i < query->n_visitors; i++) {
    if (query->visitors[i] == visitor)
      return TRUE;
  }
  return FALSE;
}

static void
give_visitor (GateQuery            *query,
              const GateVisitorRow *row)
{
  copy_visitor (&query->visitor_rows[query->n_visitor_rows++], row, query->arena);
}

static void
find_people (MemoryStore *self,
             GateQuery   *query)
{
  query->visitor_rows =
    wire_arena_alloc0 (query->arena, query->n_visitors * sizeof (GateVisitorRow));
  query->convs = wire_arena_alloc0 (query->arena, 20 * sizeof (GateConvRow));
  for (guint i = 0; i < query->n_visitors; i++) {
    const GateVisitorRow *row = g_hash_table_lookup (self->visitors, &query->visitors[i]);

    if (row != NULL)
      give_visitor (query, row);
  }
  for (guint i = self->conv_array->len; i > 0 && query->n_convs < 20; i--) {
    const MemoryConv *conv = g_ptr_array_index (self->conv_array, i - 1);

    if (is_asked_for (query, conv->row.visitor))
      copy_conv (&query->convs[query->n_convs++], &conv->row, query->arena);
  }
}

static gboolean
may_be_seen (MemoryStore     *self,
             const GateQuery *query,
             guint64          visitor)
{
  if (query->agent == 0)
    return TRUE;
  for (guint i = 0; i < self->conv_array->len; i++) {
    const GateConvRow *row = &((MemoryConv *) g_ptr_array_index (self->conv_array, i))->row;

    if (row->visitor == visitor &&
        (row->agent == query->agent || row->last_agent == query->agent ||
         (query->queues != NULL && g_strv_contains (query->queues, row->queue))))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_like (const GateQuery      *query,
         const GateVisitorRow *row)
{
  return query->text != NULL && *query->text != '\0' &&
         (strstr (row->name, query->text) != NULL || strstr (row->email, query->text) != NULL ||
          strstr (row->phone, query->text) != NULL);
}

static gboolean
is_same (const char *a,
         const char *b)
{
  return a != NULL && *a != '\0' && g_strcmp0 (a, b) == 0;
}

/* Those who are the same first, then those who are like it; in no order. */
static void
find_people_like (MemoryStore *self,
                  GateQuery   *query)
{
  query->visitor_rows = wire_arena_alloc0 (query->arena, (g_hash_table_size (self->visitors) + 1) *
                                                           sizeof (GateVisitorRow));
  for (guint pass = 0; pass < 2; pass++) {
    GHashTableIter iter;
    GateVisitorRow *row;

    g_hash_table_iter_init (&iter, self->visitors);
    while (g_hash_table_iter_next (&iter, (gpointer *) &row, NULL)) {
      gboolean is_first =
        !is_asked_for (query, row->visitor) &&
        (is_same (query->email, row->email) || is_same (query->phone, row->phone));
      gboolean is_it =
        pass == 0 ? is_first
                  : !is_first && (is_asked_for (query, row->visitor) || is_like (query, row));

      if (is_it && may_be_seen (self, query, row->visitor) && query->n_visitor_rows < query->limit)
        give_visitor (query, row);
    }
    if (pass == 0)
      query->n_same = query->n_visitor_rows;
  }
}

static void
find (MemoryStore *self,
      GateQuery   *query)
{
  const MemoryConv *conv;

  switch (query->kind) {
  case GATE_QUERY_CONV:
    conv = find_conv (self, query->conv);
    if (conv != NULL)
      give_conv (query, &conv->row);
    break;
  case GATE_QUERY_VISITOR_LAST:
    find_visitor_last (self, query);
    break;
  case GATE_QUERY_HISTORY:
    find_history (self, query);
    break;
  case GATE_QUERY_CLOSED:
    find_closed (self, query);
    break;
  case GATE_QUERY_SEARCH:
    find_search (self, query);
    break;
  case GATE_QUERY_MEDIA:
  case GATE_QUERY_MEDIA_HASH:
    find_media (self, query);
    break;
  case GATE_QUERY_CONTACT:
    find_contact (self, query);
    break;
  case GATE_QUERY_PEOPLE:
    find_people (self, query);
    break;
  case GATE_QUERY_PEOPLE_LIKE:
    find_people_like (self, query);
    break;
  case GATE_N_QUERIES:
  default:
    g_assert_not_reached ();
  }
}

/* --- The interface ------------------------------------------------------------------------------------------------- */

static void
submit (GateStore *store,
        GateBatch *batch)
{
  MemoryStore *self = (MemoryStore *) store;

  g_assert_null (self->batch); /* one at a time */
  g_assert_cmpuint (batch->n_writes, >, 0);
  self->batch = batch;
}

static void
ask (GateStore *store,
     GateQuery *query)
{
  g_ptr_array_add (((MemoryStore *) store)->queries, query);
}

static void
load_convs (MemoryStore  *self,
            GateSnapshot *snapshot)
{
  snapshot->convs =
    wire_arena_alloc0 (snapshot->arena, (self->conv_array->len + 1) * sizeof (GateConvRow));
  for (guint i = 0; i < self->conv_array->len; i++) {
    const MemoryConv *conv = g_ptr_array_index (self->conv_array, i);

    snapshot->next_conv = MAX (snapshot->next_conv, conv->row.conv + 1);
    if (conv->row.state != 5)
      copy_conv (&snapshot->convs[snapshot->n_convs++], &conv->row, snapshot->arena);
  }
}

static GateSnapshot *
load (GateStore  *store,
      GError    **error)
{
  MemoryStore *self = (MemoryStore *) store;
  WireArena *arena = wire_arena_new (4096);
  GateSnapshot *snapshot = wire_arena_new0 (arena, GateSnapshot);

  snapshot->arena = arena;
  snapshot->log = self->log;
  snapshot->next_conv = 1;
  snapshot->next_agent = self->next_agent;
  load_convs (self, snapshot);
  load_blocks (self, snapshot);
  load_merges (self, snapshot);
  snapshot->agents = wire_arena_alloc0 (arena, (self->agents->len + 1) * sizeof (GateAgentRow));
  for (guint i = 0; i < self->agents->len; i++)
    copy_agent (&snapshot->agents[snapshot->n_agents++], g_ptr_array_index (self->agents, i),
                arena);
  snapshot->tokens = wire_arena_alloc0 (arena, (self->tokens->len + 1) * sizeof (GateTokenRow));
  for (guint i = 0; i < self->tokens->len; i++)
    snapshot->tokens[snapshot->n_tokens++] = *(GateTokenRow *) g_ptr_array_index (self->tokens, i);
  return snapshot;
}

MemoryStore *
memory_store_new (guint64 log)
{
  MemoryStore *self = g_new0 (MemoryStore, 1);

  self->base.submit = submit;
  self->base.query = ask;
  self->base.load = load;
  self->log = log;
  self->next_agent = 1;
  self->arena = wire_arena_new (64 * 1024);
  self->queries = g_ptr_array_new ();
  self->convs = g_hash_table_new (number_hash, number_equal);
  self->conv_array = g_ptr_array_new ();
  self->by_visitor =
    g_hash_table_new_full (number_hash, number_equal, NULL, (GDestroyNotify) g_array_unref);
  self->cids = g_hash_table_new (cid_hash, cid_equal);
  self->visitors = g_hash_table_new_full (number_hash, number_equal, g_free, NULL);
  self->merges = g_array_new (TRUE, TRUE, sizeof (GateMergeRow));
  self->agents = g_ptr_array_new ();
  self->tokens = g_ptr_array_new ();
  self->media = g_ptr_array_new ();
  self->apps = g_ptr_array_new ();
  return self;
}

static void
conv_free (MemoryConv *conv)
{
  for (guint i = 0; i < G_N_ELEMENTS (conv_texts); i++)
    g_free ((gpointer) *text_at (&conv->row, i));
  g_array_unref (conv->messages);
  g_array_unref (conv->notes);
  g_array_unref (conv->events);
  g_free (conv);
}

void
memory_store_free (MemoryStore *self)
{
  memory_store_crash (self, FALSE);
  g_hash_table_unref (self->by_visitor);
  g_hash_table_unref (self->convs);
  for (guint i = 0; i < self->conv_array->len; i++)
    conv_free (g_ptr_array_index (self->conv_array, i));
  g_ptr_array_unref (self->conv_array);
  g_hash_table_unref (self->cids);
  g_hash_table_unref (self->visitors);
  g_array_unref (self->merges);
  g_ptr_array_unref (self->agents);
  g_ptr_array_unref (self->tokens);
  g_ptr_array_unref (self->media);
  g_ptr_array_unref (self->apps);
  g_ptr_array_unref (self->queries);
  wire_arena_free (self->arena);
  g_free (self);
}

GateStore *
memory_store_get (MemoryStore *self)
{
  return &self->base;
}

void
memory_store_connect (MemoryStore         *self,
                      const GateStoreDone *done,
                      gpointer             user_data)
{
  self->done = *done;
  self->user_data = user_data;
}

gboolean
memory_store_has_batch (const MemoryStore *self)
{
  return self->batch != NULL;
}

guint
memory_store_n_queries (const MemoryStore *self)
{
  return self->queries->len;
}

void
memory_store_commit (MemoryStore     *self,
                     GateStoreStatus  status)
{
  GateBatch *batch = g_steal_pointer (&self->batch);

  if (status == GATE_STORE_OK)
    apply_batch (self, batch);
  batch->status = status;
  self->done.batch (batch, self->user_data);
}

void
memory_store_answer (MemoryStore     *self,
                     guint            which,
                     GateStoreStatus  status)
{
  GateQuery *query = g_ptr_array_remove_index (self->queries, which % self->queries->len);

  if (status == GATE_STORE_OK)
    find (self, query);
  query->status = status;
  self->done.query (query, self->user_data);
}

void
memory_store_run (MemoryStore *self)
{
  while (self->batch != NULL || self->queries->len > 0) {
    if (self->queries->len > 0)
      memory_store_answer (self, 0, GATE_STORE_OK);
    else
      memory_store_commit (self, GATE_STORE_OK);
  }
}

void
memory_store_crash (MemoryStore *self,
                    gboolean     is_committed)
{
  if (self->batch != NULL) {
    if (is_committed)
      apply_batch (self, self->batch);
    gate_batch_free (g_steal_pointer (&self->batch));
  }
  for (guint i = 0; i < self->queries->len; i++)
    gate_query_free (g_ptr_array_index (self->queries, i));
  g_ptr_array_set_size (self->queries, 0);
}

/* --- For setting up and looking at it ------------------------------------------------------------------------------ */

void
memory_store_load_batch (MemoryStore *self,
                         GateBatch   *batch)
{
  apply_batch (self, batch);
  gate_batch_free (batch);
}

guint64
memory_store_add_agent (MemoryStore *self,
                        const char  *login,
                        const char  *role,
                        guint        capacity,
                        const char  *queues)
{
  GateAgentRow row = {
    .agent = self->next_agent++,
    .login = login,
    .name = login,
    .role = role,
    .password = "stored-hash",
    .queues = queues != NULL ? queues : "[]",
    .skills = "[]",
    .capacity = capacity,
  };

  write_agent (self, &row);
  return row.agent;
}

void
memory_store_add_access (MemoryStore *self,
                         guint64      agent,
                         const char  *token,
                         guint64      family,
                         guint64      expires)
{
  GateTokenRow row = { .kind = 1,
                       .agent = agent,
                       .family = family,
                       .expires = expires,
                       .device = "d" };

  wire_sha256 (token, strlen (token), row.hash);
  write_token (self, &row);
}

void
memory_store_add_media (MemoryStore *self,
                        const char  *path,
                        guint8       role,
                        guint64      uploader)
{
  GateMediaRow *row = wire_arena_new0 (self->arena, GateMediaRow);

  row->id = row->path = wire_arena_strdup (self->arena, path);
  row->mime = "image/png";
  row->name = "picture.png";
  row->size = 1234;
  row->width = 40;
  row->height = 30;
  row->role = role;
  row->uploader = uploader;
  g_ptr_array_add (self->media, row);
}

const MemoryConv *
memory_store_conv (const MemoryStore *self,
                   guint64            conv)
{
  return find_conv (self, conv);
}

guint
memory_store_n_convs (const MemoryStore *self)
{
  return self->conv_array->len;
}

guint64
memory_store_nth_conv (const MemoryStore *self,
                       guint              n)
{
  return ((MemoryConv *) g_ptr_array_index (self->conv_array, n))->row.conv;
}

const GArray *
memory_store_merges (const MemoryStore *self)
{
  return self->merges;
}

guint64
memory_store_n_messages (const MemoryStore *self)
{
  return self->n_messages;
}

guint64
memory_store_n_writes (const MemoryStore *self,
                       GateWriteKind      kind)
{
  return self->n_writes[kind];
}
