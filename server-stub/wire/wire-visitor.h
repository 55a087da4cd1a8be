/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate.pb-c.h"
#include "wire-arena.h"

#include <glib.h>

G_BEGIN_DECLS

/* Who may send what, and what a visitor may see: the table of `PROTOCOLS.md` 2d.7, in one place for everybody. */

/** WireSender: who speaks on a connection. */
typedef enum {
  WIRE_SENDER_STRANGER, /* before Welcome */
  WIRE_SENDER_VISITOR,
  WIRE_SENDER_AGENT,
  WIRE_N_SENDERS,
} WireSender;

/** wire_may_send: whether @sender may send a frame of this kind upwards; if not: 403 `forbidden`. */
gboolean wire_may_send (WireSender                sender,
                        Gate__V1__Frame__BodyCase body_case);

/** wire_visitor_may_receive: whether a visitor's link carries frames of this kind downwards. */
gboolean wire_visitor_may_receive (Gate__V1__Frame__BodyCase body_case);

/** wire_visitor_state: the state as a visitor sees it: offered is queued, snoozed is active, wrap-up is closed. */
Gate__V1__State wire_visitor_state (Gate__V1__State state);

/**
 * wire_visitor_strip:
 * @arena: holds the copy where one is needed
 * @frame: as staff would see it; not changed
 *
 * What of @frame may leave on a visitor's link: fields that are not theirs removed, states mapped, the frames of a
 * Batch one by one.
 *
 * Returns: (transfer none) (nullable): @frame itself when there is nothing to take away, a stripped copy in @arena,
 *   or %NULL when nothing of it may leave
 */
const Gate__V1__Frame *
wire_visitor_strip (WireArena *arena, const Gate__V1__Frame *frame) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
