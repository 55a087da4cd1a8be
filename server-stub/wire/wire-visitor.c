/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-visitor"

#include "config.h"

#include "wire-visitor.h"

#include "wire-frame.h"
#include "wire-schema.h"

#define MAX_KEPT 8

enum {
  FROM_STRANGER = 1 << WIRE_SENDER_STRANGER,
  FROM_VISITOR = 1 << WIRE_SENDER_VISITOR,
  FROM_AGENT = 1 << WIRE_SENDER_AGENT,
  FROM_BOTH = FROM_VISITOR | FROM_AGENT,
  FROM_ALL = FROM_STRANGER | FROM_BOTH,
};

typedef struct {
  guint8 senders;         /* who may send it upwards */
  guint8 reaches_visitor; /* whether a visitor's link carries it downwards */
  guint8 kept[MAX_KEPT];  /* the only fields that do; none named = all of them */
} Rule;

#define KEEP(...) \
  {               \
    __VA_ARGS__   \
  }
#define RULE(CASE) [GATE__V1__FRAME__BODY_##CASE]

/* `PROTOCOLS.md` 2d.7. A kind that is not here comes from the server alone and reaches no visitor. Fields are named by what
 * may leave and not by what may not, so that a new one stays inside until somebody has thought about it. */
/* clang-format off */
static const Rule rules[] = {
  RULE (MESSAGE)       = { FROM_BOTH,    TRUE,  KEEP (0) },
  RULE (ACK)           = { 0,            TRUE,  KEEP (0) },
  RULE (TYPING)        = { FROM_BOTH,    TRUE,  KEEP (1, 2, 3) },      /* never preview */
  RULE (READ)          = { FROM_BOTH,    TRUE,  KEEP (0) },
  RULE (PING)          = { FROM_ALL,     FALSE, KEEP (0) },
  RULE (PONG)          = { 0,            TRUE,  KEEP (0) },
  RULE (QUEUE)         = { 0,            TRUE,  KEEP (0) },
  RULE (PRESENCE)      = { 0,            TRUE,  KEEP (0) },
  RULE (ASSIGNMENT)    = { 0,            TRUE,  KEEP (0) },
  RULE (ERROR)         = { 0,            TRUE,  KEEP (0) },
  RULE (BATCH)         = { FROM_ALL,     TRUE,  KEEP (0) },            /* judged frame by frame */
  RULE (HELLO)         = { FROM_STRANGER, FALSE, KEEP (0) },
  RULE (WELCOME)       = { 0,            TRUE,  KEEP (0) },
  RULE (AUTH)          = { FROM_STRANGER, FALSE, KEEP (0) },
  RULE (RESUME)        = { FROM_STRANGER, FALSE, KEEP (0) },
  RULE (HISTORY_REQ)   = { FROM_BOTH,    FALSE, KEEP (0) },
  RULE (HISTORY_PAGE)  = { 0,            TRUE,  KEEP (1, 2, 3, 4) },   /* never notes, events */
  RULE (CONV_UPDATE)   = { FROM_AGENT,   TRUE,  KEEP (1, 2, 7, 9) },   /* conv, state, subject, epoch */
  RULE (OPEN)          = { FROM_VISITOR, FALSE, KEEP (0) },
  RULE (CLOSE)         = { FROM_BOTH,    FALSE, KEEP (0) },
  RULE (RATING)        = { FROM_VISITOR, FALSE, KEEP (0) },
  RULE (AGENT_STATUS)  = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (CLAIM)         = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (TRANSFER)      = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (NOTE)          = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (UPLOAD_REQ)    = { FROM_BOTH,    FALSE, KEEP (0) },
  RULE (UPLOAD_TICKET) = { 0,            TRUE,  KEEP (0) },
  RULE (GO_AWAY)       = { 0,            TRUE,  KEEP (0) },
  RULE (OFFER_ANSWER)  = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (HANDOVER)      = { FROM_VISITOR, FALSE, KEEP (0) },
  RULE (HOLD)          = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (SNOOZE)        = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (WRAPUP)        = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (REOPEN)        = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (SUBSCRIBE)     = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (WATCH)         = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (SEARCH_REQ)    = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (FEEDBACK)      = { FROM_BOTH,    FALSE, KEEP (0) },
  RULE (CONTACT_REQ)   = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (CONTACT_EDIT)  = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (CONTACT_MERGE) = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (CONTACT_FIND)  = { FROM_AGENT,   FALSE, KEEP (0) },
  RULE (PAGE_VIEW)     = { FROM_VISITOR, FALSE, KEEP (0) },
  RULE (KEYS_REQ)      = { FROM_BOTH,    FALSE, KEEP (0) },
  RULE (KEYS)          = { FROM_BOTH,    TRUE,  KEEP (0) },
  RULE (NOTICE)        = { 0,            TRUE,  KEEP (0) },
};
/* clang-format on */

static const Rule *
rule_for (Gate__V1__Frame__BodyCase body_case)
{
  static const Rule none = { 0 };

  return (gsize) body_case < G_N_ELEMENTS (rules) ? &rules[body_case] : &none;
}

gboolean
wire_may_send (WireSender                sender,
               Gate__V1__Frame__BodyCase body_case)
{
  g_assert (sender < WIRE_N_SENDERS);
  return (rule_for (body_case)->senders & 1 << sender) != 0;
}

gboolean
wire_visitor_may_receive (Gate__V1__Frame__BodyCase body_case)
{
  return rule_for (body_case)->reaches_visitor != 0;
}

Gate__V1__State
wire_visitor_state (Gate__V1__State state)
{
  if (state == GATE__V1__STATE__ST_OFFERED)
    return GATE__V1__STATE__ST_QUEUED;
  if (state == GATE__V1__STATE__ST_SNOOZED)
    return GATE__V1__STATE__ST_ACTIVE;
  if (state == GATE__V1__STATE__ST_WRAPUP)
    return GATE__V1__STATE__ST_CLOSED;
  return state;
}

static void
copy_field (ProtobufCMessage               *copy,
            const ProtobufCMessage         *message,
            const ProtobufCFieldDescriptor *field)
{
  gboolean is_repeated = field->label == PROTOBUF_C_LABEL_REPEATED;

  memcpy (wire_schema_at (copy, field->offset), wire_schema_at (message, field->offset),
          is_repeated ? sizeof (gpointer) : wire_schema_value_bytes (field->type));
  if (is_repeated)
    memcpy (wire_schema_at (copy, field->quantifier_offset),
            wire_schema_at (message, field->quantifier_offset), sizeof (size_t));
}

/* What the fields hold is shared with the original; the structure is the copy's own. */
static ProtobufCMessage *
keep_fields (WireArena              *arena,
             const ProtobufCMessage *message,
             const Rule             *rule)
{
  ProtobufCMessage *copy = wire_message_new (arena, message->descriptor);

  for (guint i = 0; i < MAX_KEPT && rule->kept[i] != 0; i++)
    copy_field (copy, message,
                protobuf_c_message_descriptor_get_field (message->descriptor, rule->kept[i]));
  return copy;
}

static Gate__V1__Frame *
wrap (WireArena             *arena,
      const Gate__V1__Frame *original,
      ProtobufCMessage      *body)
{
  Gate__V1__Frame *frame = wire_arena_new0 (arena, Gate__V1__Frame);

  *frame = wire_frame_for (body);
  frame->id = original->id;
  return frame;
}

/* `seen` is the writer's screen, staff's matter; a visitor's own is zero. */
static Gate__V1__Message *
strip_message (WireArena         *arena,
               Gate__V1__Message *message)
{
  Gate__V1__Message *copy;

  if (message->seen == 0)
    return message;
  copy = wire_arena_memdup (arena, message, sizeof *message);
  copy->seen = 0;
  return copy;
}

static void
strip_page (WireArena             *arena,
            Gate__V1__HistoryPage *page)
{
  if (page->n_messages == 0)
    return;
  page->messages =
    wire_arena_memdup (arena, page->messages, page->n_messages * sizeof *page->messages);
  for (gsize i = 0; i < page->n_messages; i++)
    page->messages[i] = strip_message (arena, page->messages[i]);
}

static Gate__V1__Batch *
strip_batch (WireArena             *arena,
             const Gate__V1__Batch *batch)
{
  Gate__V1__Batch *copy = (Gate__V1__Batch *) wire_message_new (arena, batch->base.descriptor);

  copy->frames = wire_arena_alloc (arena, batch->n_frames * sizeof *copy->frames);
  for (gsize i = 0; i < batch->n_frames; i++) {
    const Gate__V1__Frame *frame = wire_visitor_strip (arena, batch->frames[i]);

    if (frame != NULL)
      copy->frames[copy->n_frames++] = (Gate__V1__Frame *) frame;
  }
  return copy->n_frames > 0 ? copy : NULL;
}

/* An invisible agent is offline for everybody outside, and when they were last seen is not told. */
static const Gate__V1__Frame *
strip_presence (WireArena             *arena,
                const Gate__V1__Frame *frame)
{
  Gate__V1__Presence *copy;

  if (frame->presence->state != GATE__V1__STATUS__SS_INVISIBLE)
    return frame;
  copy = wire_arena_memdup (arena, frame->presence, sizeof *copy);
  copy->state = GATE__V1__STATUS__SS_OFFLINE;
  copy->last_seen = 0;
  return wrap (arena, frame, &copy->base);
}

static const Gate__V1__Frame *
strip_kept (WireArena             *arena,
            const Gate__V1__Frame *frame,
            const Rule            *rule)
{
  ProtobufCMessage *body = keep_fields (arena, wire_frame_body (frame), rule);

  if (frame->body_case == GATE__V1__FRAME__BODY_CONV_UPDATE) {
    Gate__V1__ConvUpdate *update = (Gate__V1__ConvUpdate *) body;

    update->state = wire_visitor_state (update->state);
  }
  if (frame->body_case == GATE__V1__FRAME__BODY_HISTORY_PAGE)
    strip_page (arena, (Gate__V1__HistoryPage *) body);
  return wrap (arena, frame, body);
}

const Gate__V1__Frame *
wire_visitor_strip (WireArena             *arena,
                    const Gate__V1__Frame *frame)
{
  const Rule *rule = rule_for (frame->body_case);
  Gate__V1__Message *message;
  Gate__V1__Batch *batch;

  if (!rule->reaches_visitor)
    return NULL;
  if (rule->kept[0] != 0)
    return strip_kept (arena, frame, rule);
  switch ((guint) frame->body_case) {
  case GATE__V1__FRAME__BODY_MESSAGE:
    message = strip_message (arena, frame->message);
    return message == frame->message ? frame : wrap (arena, frame, &message->base);
  case GATE__V1__FRAME__BODY_PRESENCE:
    return strip_presence (arena, frame);
  case GATE__V1__FRAME__BODY_BATCH:
    batch = strip_batch (arena, frame->batch);
    return batch != NULL ? wrap (arena, frame, &batch->base) : NULL;
  default:
    return frame;
  }
}
