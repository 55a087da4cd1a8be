/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-edge-private.h"

G_BEGIN_DECLS

/**
 * GatePump:
 *
 * HTTP over TLS: the edge keeps the client's socket and gives `http` one end of a socket pair; what comes out of one goes into the
 * other, in both directions, until both have ended or nothing moves. Each direction holds what one read brought at most: while that
 * waits, nothing more is read on that side.
 */
typedef struct _GatePump GatePump;

#define GATE_PUMPS_MAX \
  512 /* of an edge: each has two descriptors and up to 100 KiB in the kernel */
#define GATE_PUMP_IDLE_MS 60000 /* nothing moved; `http` has shorter deadlines of its own */
#define GATE_PUMP_FDS     2

/**
 * gate_pump_new: takes the SSL of @client over, and with the end of the turn its socket; the client must be forgotten by then.
 *
 * Returns: the end of the pair for `http`, or -1 when there are too many or no descriptors
 */
int gate_pump_new (GateClient *client);

/**
 * gate_pump_take_back:
 * @fd: (transfer full): the end of a pair that went to `http`
 *
 * Its client is a client again, with @read and what is left in @fd as its first bytes.
 */
void gate_pump_take_back (GateEdge *edge,
                          int       fd,
                          WireSpan  read);
void gate_pump_free (GatePump *self);

G_END_DECLS
