/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate.pb-c.h"
#include "wire-arena.h"
#include "wire-buffer.h"
#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/* Limits of a frame: `PROTOCOLS.md` 2d.2, 2d.3. */
#define WIRE_MAX_FRAME_BYTES        (64u * 1024) /* visitors, and everybody before Welcome */
#define WIRE_MAX_AGENT_FRAME_BYTES  (256u * 1024)
#define WIRE_MAX_TEXT_CHARACTERS    4096u
#define WIRE_MAX_PREVIEW_CHARACTERS 500u
#define WIRE_MAX_EXT_BYTES          4096u
#define WIRE_MAX_DEPTH              8u /* of messages within messages, and of JSON */
#define WIRE_MAX_ID                 ((G_GUINT64_CONSTANT (1) << 53) - 1) /* exact as a JSON number */

/**
 * wire_frame_unpack:
 * @arena: owns the frame; takes at most 16 @max_bytes for it
 * @max_bytes: `max_frame` of this peer
 * @ret_frame: (transfer none): the frame, valid until @arena is reset
 *
 * Decodes and checks one frame from outside: sizes, depth, at most one body, no Batch inside a Batch, valid UTF-8
 * in every string and no NUL, valid JSON in the fields that hold it, text lengths, integers below 2^53. The bytes are walked
 * along the descriptors *before* anything is allocated, because the library itself recurses without a limit.
 *
 * Returns: %WIRE_OK; %WIRE_TOO_LARGE; %WIRE_BAD_UTF8; else %WIRE_BAD_FRAME
 */
WireStatus wire_frame_unpack (WireArena        *arena,
                              const guint8     *data,
                              gsize             n_bytes,
                              gsize             max_bytes,
                              Gate__V1__Frame **ret_frame) G_GNUC_WARN_UNUSED_RESULT;

/** wire_message_unpack: the same for a message of any kind, such as the bodies of link records; no Batch inside it. */
WireStatus wire_message_unpack (WireArena                         *arena,
                                const ProtobufCMessageDescriptor  *descriptor,
                                const guint8                      *data,
                                gsize                              n_bytes,
                                gsize                              max_bytes,
                                ProtobufCMessage                 **ret_message) G_GNUC_WARN_UNUSED_RESULT;

/** wire_frame_check: the walk alone: whether wire_frame_unpack() would take it. Allocates nothing. */
WireStatus
wire_frame_check (const guint8 *data, gsize n_bytes, gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;

/** wire_frame_peek_id: `Frame.id` of bytes that may be refused, so that the Error can carry it; 0 = none found. */
guint32 wire_frame_peek_id (const guint8 *data,
                            gsize         n_bytes);

/** wire_frame_packed_bytes: size of @frame when packed. */
gsize wire_frame_packed_bytes (const Gate__V1__Frame *frame);

/** wire_frame_pack: appends @frame to @out; returns its bytes. */
gsize wire_frame_pack (const Gate__V1__Frame *frame,
                       WireBuffer            *out);

/** wire_message_pack: the same for any message. */
gsize wire_message_pack (const ProtobufCMessage *message,
                         WireBuffer             *out);

/**
 * WIRE_FRAME:
 * @CASE: such as `ACK`
 * @member: such as `ack`
 * @body_: (transfer none): a pointer to the body
 *
 * A Frame by value around @body_: `Gate__V1__Frame frame = WIRE_FRAME (ACK, ack, &ack);`
 */
#define WIRE_FRAME(CASE, member, body_)                                               \
  ((Gate__V1__Frame){ .base = PROTOBUF_C_MESSAGE_INIT (&gate__v1__frame__descriptor), \
                      .body_case = GATE__V1__FRAME__BODY_##CASE,                      \
                      .member = (body_) })

/** wire_frame_for: a Frame by value around any body; which body it is follows from the body's descriptor. */
Gate__V1__Frame wire_frame_for (ProtobufCMessage *body);

/** wire_frame_body: (transfer none) (nullable): the body whatever it is; %NULL without one. */
ProtobufCMessage *wire_frame_body (const Gate__V1__Frame *frame);

/** wire_body_name: (transfer none): the field's name in `Frame`, such as `history_req`; `none` for no body. */
const char *wire_body_name (Gate__V1__Frame__BodyCase body_case);

/** wire_message_new: (transfer none): an empty message in @arena. */
ProtobufCMessage *wire_message_new (WireArena                        *arena,
                                    const ProtobufCMessageDescriptor *descriptor);

/** wire_message_dup: (transfer none): a deep copy in @arena, without unknown fields. */
ProtobufCMessage *wire_message_dup (WireArena              *arena,
                                    const ProtobufCMessage *message);

/** wire_frame_dup: (transfer none): a deep copy of a frame in @arena. */
Gate__V1__Frame *wire_frame_dup (WireArena             *arena,
                                 const Gate__V1__Frame *frame);

/** wire_message_equal: whether two messages have the same content (unknown fields aside). */
gboolean wire_message_equal (const ProtobufCMessage *a,
                             const ProtobufCMessage *b);

/**
 * wire_enum_name: (transfer none) (nullable): a value as text: lower case without the prefix up to the first `_`
 * (`ST_ACTIVE` is `active`, `AGENT` is `agent`); %NULL for a number without a name.
 */
const char *wire_enum_name (const ProtobufCEnumDescriptor *descriptor,
                            int                            value);

/** wire_enum_value: the reverse; %FALSE for a name that is none. */
gboolean wire_enum_value (const ProtobufCEnumDescriptor *descriptor,
                          const char                    *name,
                          gsize                          n_chars,
                          int                           *ret_value);

/** wire_state_name: (nullable): `queued`, `active` …; the same for other enums used in many places. */
#define wire_state_name(state)  wire_enum_name (&gate__v1__state__descriptor, (int) (state))
#define wire_role_name(role)    wire_enum_name (&gate__v1__role__descriptor, (int) (role))
#define wire_channel_name(kind) wire_enum_name (&gate__v1__channel__descriptor, (int) (kind))
#define wire_reason_name(reason) \
  wire_enum_name (&gate__v1__close_reason__descriptor, (int) (reason))

G_END_DECLS
