/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames lie in one buffer and an array says where. A frame that was replaced or written keeps its place in the array with a
 * length of zero, and its bytes stay until they are a quarter of the buffer: so a push costs a copy, a drop nothing, and a
 * client that reads slowly what has gathered costs time in proportion to it.
 */
#include "config.h"

#include "gate-outbox.h"
#include "gate-outbox-list.h"

#define KEEP_BYTES        4096 /* of memory in an outbox that waits for its next use */
#define MIN_COMPACT_BYTES 16384

/* What a frame is about, for those that are replaced: kind 0 never is. */
typedef struct {
  Gate__V1__Frame__BodyCase kind;
  guint64 conv;
  guint64 detail;
} Topic;

typedef struct {
  gsize offset;
  gsize n_bytes; /* 0: replaced or written */
  Topic topic;
} Item;

GateOutbox *
gate_outbox_new (void)
{
  GateOutbox *self = g_new0 (GateOutbox, 1);

  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  return self;
}

void
gate_outbox_free (GateOutbox *self)
{
  if (self == NULL)
    return;
  wire_buffer_clear (&self->frames);
  wire_buffer_clear (&self->wire);
  g_array_unref (self->items);
  g_free (self);
}

static void
empty (WireBuffer *buffer)
{
  if (buffer->allocated_bytes > KEEP_BYTES)
    wire_buffer_clear (buffer);
  buffer->n_bytes = 0;
}

void
gate_outbox_clear (GateOutbox *self)
{
  gate_outbox_drop_all (self);
  empty (&self->wire);
  self->wire_sent = 0;
  self->counted_bytes = 0;
}

gboolean
gate_frame_can_wait (const GatePacked *frame)
{
  Gate__V1__Frame__BodyCase body;
  guint32 id;

  gate_packed_peek (frame, &id, &body);
  /* clang-format off */
  return id == 0 && (body == GATE__V1__FRAME__BODY_TYPING || body == GATE__V1__FRAME__BODY_PRESENCE ||
                     body == GATE__V1__FRAME__BODY_QUEUE || body == GATE__V1__FRAME__BODY_VIEWERS ||
                     body == GATE__V1__FRAME__BODY_LIST);
  /* clang-format on */
}

static Topic
topic_of (const Gate__V1__Frame *frame)
{
  Topic topic = { .kind = frame->body_case };

  if (frame->body_case == GATE__V1__FRAME__BODY_TYPING) {
    topic.conv = frame->typing->conv;
    topic.detail = frame->typing->role;
  } else if (frame->body_case == GATE__V1__FRAME__BODY_PRESENCE) {
    topic.conv = frame->presence->conv;
    topic.detail = frame->presence->who;
  } else if (frame->body_case == GATE__V1__FRAME__BODY_QUEUE) {
    topic.conv = frame->queue->conv;
  } else if (frame->body_case == GATE__V1__FRAME__BODY_VIEWERS) {
    topic.conv = frame->viewers->conv;
  } else {
    topic.detail = frame->list->list;
  }
  return topic;
}

static Item *
find_item (const GateOutbox *self,
           const Topic      *topic)
{
  for (guint i = self->first; i < self->items->len; i++) {
    Item *item = &g_array_index (self->items, Item, i);

    if (item->n_bytes > 0 && item->topic.kind == topic->kind && item->topic.conv == topic->conv &&
        item->topic.detail == topic->detail)
      return item;
  }
  return NULL;
}

static void
compact (GateOutbox *self)
{
  WireBuffer kept = WIRE_BUFFER_INIT;
  guint n_kept = 0;

  if (self->gone_bytes < MIN_COMPACT_BYTES || self->gone_bytes < self->frames.n_bytes / 4)
    return;
  for (guint i = self->first; i < self->items->len; i++) {
    Item item = g_array_index (self->items, Item, i);

    if (item.n_bytes == 0)
      continue;
    wire_buffer_append (&kept, self->frames.data + item.offset, item.n_bytes);
    item.offset = kept.n_bytes - item.n_bytes;
    g_array_index (self->items, Item, n_kept++) = item;
  }
  g_array_set_size (self->items, n_kept);
  self->first = 0;
  wire_buffer_clear (&self->frames);
  self->frames = kept;
  self->gone_bytes = 0;
}

static void
append (GateOutbox   *self,
        const guint8 *bytes,
        gsize         n_bytes,
        const Topic  *topic)
{
  Item item = { self->frames.n_bytes, n_bytes, *topic };

  wire_buffer_append (&self->frames, bytes, n_bytes);
  g_array_append_val (self->items, item);
}

static void
discard (GateOutbox *self,
         Item       *item)
{
  self->gone_bytes += item->n_bytes;
  item->n_bytes = 0;
}

/* Replaces what waits about the same thing. A merged list that would be too large leaves both as they are. */
static void
push_topical (GateOutbox            *self,
              const GatePacked      *packed,
              const Gate__V1__Frame *frame,
              gsize                  max_bytes,
              WireArena             *arena)
{
  Topic topic = topic_of (frame);
  Item *older = find_item (self, &topic);
  WireBuffer merged = WIRE_BUFFER_INIT;

  if (older == NULL || frame->body_case != GATE__V1__FRAME__BODY_LIST) {
    if (older != NULL)
      discard (self, older);
    append (self, packed->bytes, packed->n_bytes, &topic);
    return;
  }
  gate_list_merge (arena, self->frames.data + older->offset, older->n_bytes, frame->list, &merged);
  if (merged.n_bytes <= max_bytes) {
    discard (self, older);
    append (self, merged.data, merged.n_bytes, &topic);
  } else {
    /* The older one stays as it is and is not looked for again: rows keep their order. */
    older->topic.kind = GATE__V1__FRAME__BODY__NOT_SET;
    append (self, packed->bytes, packed->n_bytes, &topic);
  }
  wire_buffer_clear (&merged);
}

void
gate_outbox_push (GateOutbox       *self,
                  const GatePacked *frame,
                  gsize             max_bytes,
                  WireArena        *arena)
{
  static const Topic none;
  Gate__V1__Frame *unpacked;

  if (!gate_frame_can_wait (frame)) {
    append (self, frame->bytes, frame->n_bytes, &none);
    return;
  }
  unpacked = gate__v1__frame__unpack (wire_arena_allocator (arena), frame->n_bytes, frame->bytes);
  g_assert (unpacked != NULL);
  push_topical (self, frame, unpacked, max_bytes, arena);
  wire_arena_reset (arena);
  compact (self);
}

guint
gate_outbox_peek (const GateOutbox *self,
                  GatePacked       *frames,
                  guint             max_frames,
                  gsize             max_bytes)
{
  gsize n_bytes = 0;
  guint n_frames = 0;

  for (guint i = self->first; i < self->items->len && n_frames < max_frames; i++) {
    const Item *item = &g_array_index (self->items, Item, i);

    if (item->n_bytes == 0)
      continue;
    n_bytes += item->n_bytes;
    if (n_frames > 0 && n_bytes > max_bytes)
      break;
    frames[n_frames++] = (GatePacked){ self->frames.data + item->offset, item->n_bytes };
  }
  return n_frames;
}

void
gate_outbox_drop (GateOutbox *self,
                  guint       n_frames)
{
  for (; n_frames > 0; self->first++) {
    Item *item = &g_array_index (self->items, Item, self->first);

    n_frames -= item->n_bytes > 0;
    discard (self, item);
  }
  if (gate_outbox_has_frames (self))
    compact (self);
  else
    gate_outbox_drop_all (self);
}

void
gate_outbox_drop_all (GateOutbox *self)
{
  g_array_set_size (self->items, 0);
  self->first = 0;
  empty (&self->frames);
  self->gone_bytes = 0;
}

gboolean
gate_outbox_has_frames (const GateOutbox *self)
{
  return self->frames.n_bytes > self->gone_bytes;
}

gsize
gate_outbox_get_bytes (const GateOutbox *self)
{
  /* A crowd of tiny frames costs more for their places than for their bytes. */
  gsize places_bytes = (self->items->len - self->first) * sizeof (Item);

  return self->frames.n_bytes - self->gone_bytes + places_bytes + self->wire.n_bytes -
         self->wire_sent;
}
