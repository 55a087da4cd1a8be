/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-loop.h"
#include "gate.pb-c.h"
#include "wire-arena.h"
#include "wire-buffer.h"
#include "wire-websocket.h"

#include <netinet/in.h>

G_BEGIN_DECLS

/*
 * The client's end of `PROTOCOLS.md` 2d: WebSocket with gate.v1.pb, many connections on one loop. It knows frames and
 * no conversations. For usherctl demo, the tests and the benches.
 */

typedef struct _GateCaller GateCaller;

/** GateGateway: where to call, the same for many callers. */
typedef struct {
  GateLoop *loop; /* borrowed */
  struct sockaddr_in address;
  char *host;   /* HOST:PORT for the request */
  char *path;   /* /ws?app=KEY */
  char *origin; /* (nullable) */
  gboolean is_loopback;
  WireArena *arena; /* for the frame being handled */
} GateGateway;

/**
 * gate_gateway_init:
 * @url: ws://HOST:PORT; the host is a name or address of IPv4
 * @app: the widget key
 * @origin: (nullable): the page's; default: the gateway's own
 */
gboolean gate_gateway_init (GateGateway  *self,
                            GateLoop     *loop,
                            const char   *url,
                            const char   *app,
                            const char   *origin,
                            GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void gate_gateway_clear (GateGateway *self);

typedef struct {
  void (*opened) (GateCaller *caller);
  void (*frame) (GateCaller *caller,
                 const Gate__V1__Frame *frame); /* frames of a Batch come one by one */

  /* The connection is gone, the caller may be called again. @code: that of WebSocket; 1006 without a close frame. */
  void (*closed) (GateCaller *caller, guint code);
} GateCallerClass;

/** GateCaller: embedded in who calls; zero-initialised. All but @klass is private. */
struct _GateCaller {
  GateWatch watch; /* first */
  const GateCallerClass *klass;
  GateGateway *gateway;
  enum {
    GATE_CALLER_IDLE,
    GATE_CALLER_CONNECTING,
    GATE_CALLER_UPGRADING,
    GATE_CALLER_OPEN,
  } state;
  WireWebsocket websocket;
  WireBuffer partial, out;
  GateTurnEnd write_at_end;
};

/**
 * gate_caller_call: opens a connection; the outcome is `opened` or `closed`, later.
 * @number: on loopback each caller has a source address of its own, 127.x.y.z made from this: limits by address then
 *   mean what they mean for visitors from all over
 */
void gate_caller_call (GateCaller  *self,
                       GateGateway *gateway,
                       guint32      number);

/** gate_caller_send: queued until the end of the loop's turn; nothing happens unless it is open */
void gate_caller_send (GateCaller            *self,
                       const Gate__V1__Frame *frame);

/** gate_caller_drop: as if the cable were pulled: no close frame, and no `closed` either */
void gate_caller_drop (GateCaller *self);

G_END_DECLS
