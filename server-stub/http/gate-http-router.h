/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-exchange.h"
#include "wire-http.h"

G_BEGIN_DECLS

/** GateHttpRoute: one line of the table. */
typedef struct _GateHttpRoute GateHttpRoute;
struct _GateHttpRoute {
  GateSide side;
  const char *method;
  const char *pattern; /* `{}` takes one whole segment, into GateExchange.params */

  /* (nullable) Before the body is read; may answer, and then nothing more is called. */
  void (*early) (GateExchange *exchange);
  void (*serve) (GateExchange *exchange);
};

extern const GateHttpRoute gate_http_routes[];
extern const gsize gate_n_http_routes;

/** Leads from a message's remote address to the GateStream it came through. */
#define GATE_HTTP_STREAM_KEY "gate-stream"

/** gate_http_router_new: (transfer full): libsoup's server with our routes; it listens nowhere by itself. */
SoupServer *gate_http_router_new (GateHttp *http) G_GNUC_WARN_UNUSED_RESULT;

/** gate_http_router_max_body_bytes: how long a body of this request may be. */
guint64 gate_http_router_max_body_bytes (GateHttp           *http,
                                         const WireHttpHead *head);

/**
 * gate_http_router_match:
 * @ret_params: (transfer full): the segments taken by `{}`; only with %TRUE
 *
 * Whether @path is @pattern. Percent signs match nothing: no route needs one, and `..%2f` is then just not there.
 */
gboolean gate_http_router_match (const char *pattern,
                                 const char *path,
                                 char       *ret_params[GATE_PATH_MAX_PARAMS]);

G_END_DECLS
