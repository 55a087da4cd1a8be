/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-asks.h"
#include "gate-http-private.h"
#include "gate-problem.h"
#include "gate-stream.h"
#include "link.pb-c.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * GateExchange:
 *
 * One request and its answer, as a route sees them. Reference-counted, because an answer of the core or of the disk may
 * come when the client is gone: then it is dropped.
 */
typedef struct _GateExchange GateExchange;

#define GATE_PATH_MAX_PARAMS 3

/** Whose connection a route serves. */
typedef enum {
  GATE_SIDE_PUBLIC,
  GATE_SIDE_OPS,
} GateSide;

struct _GateExchange {
  guint n_refs;
  GateHttp *http;
  SoupServerMessage *message;
  GateStream *stream;
  GHashTable *query; /* (nullable) decoded */
  char *params[GATE_PATH_MAX_PARAMS];
  char request_id[GATE_REQUEST_ID_MAX_CHARS + 1];
  char *peer;
  GateSide side;
  const struct _GateHttpRoute *route; /* NULL = nothing there */
  gboolean is_finished;               /* libsoup is done with it, or the client is gone */
  gboolean is_paused;
  gpointer route_data;
  GDestroyNotify route_data_free;
};

GateExchange *gate_exchange_new (GateHttp          *http,
                                 SoupServerMessage *message,
                                 GateStream        *stream,
                                 GHashTable        *query) G_GNUC_WARN_UNUSED_RESULT;
GateExchange *gate_exchange_ref (GateExchange *self);
void gate_exchange_unref (GateExchange *self);
void gate_exchange_set_route_data (GateExchange   *self,
                                   gpointer        data,
                                   GDestroyNotify  free);

/* --- What was asked ------------------------------------------------------------------------------- */

/** gate_exchange_get_header: (nullable) (transfer none) */
const char *gate_exchange_get_header (GateExchange *self,
                                      const char   *name);

/** gate_exchange_get_query: (nullable) (transfer none) */
const char *gate_exchange_get_query (GateExchange *self,
                                     const char   *name);

/** gate_exchange_accepts_gzip: whether `Accept-Encoding` names gzip and does not refuse it. */
gboolean gate_exchange_accepts_gzip (GateExchange *self);

/** gate_exchange_get_token_hash: SHA-256 of an agent's bearer token; %FALSE when there is none of its form. */
gboolean gate_exchange_get_token_hash (GateExchange *self,
                                       guint8        ret_digest[32]);

/* --- The answer: exactly one of these ------------------------------------------------------------- */

/** gate_exchange_problem: @detail (nullable) */
void gate_exchange_problem (GateExchange *self,
                            guint         status,
                            const char   *code,
                            const char   *detail);

/** gate_exchange_bad_field: 422 `invalid` that points at one field. */
void gate_exchange_bad_field (GateExchange *self,
                              const char   *pointer,
                              const char   *field_code);

/** gate_exchange_bad_query: the same for a query parameter. */
void gate_exchange_bad_query (GateExchange *self,
                              const char   *name);

/** gate_exchange_tag: the answer has the `ETag` @tag, with its quotes. %TRUE: the client has that one, and 304 is said. */
gboolean gate_exchange_tag (GateExchange *self,
                            const char   *tag);

/** gate_exchange_json_once: 200 with an `ETag` over the body, or 304 for a client that has it. @builder is taken over. */
void gate_exchange_json_once (GateExchange *self,
                              JsonBuilder  *builder);

/** gate_exchange_json: @builder is taken over. */
void gate_exchange_json (GateExchange *self,
                         guint         status,
                         JsonBuilder  *builder);
void gate_exchange_bytes (GateExchange *self,
                          guint         status,
                          const char   *mime,
                          GBytes       *body);
void gate_exchange_nothing (GateExchange *self,
                            guint         status);
void gate_exchange_set_header (GateExchange *self,
                               const char   *name,
                               const char   *value);

/** gate_exchange_allow_origin: lets the page of @origin (nullable) read the answer. */
void gate_exchange_allow_origin (GateExchange *self,
                                 const char   *origin);

/* --- Later answers -------------------------------------------------------------------------------- */

/** gate_exchange_pause: nothing is written until gate_exchange_resume(); both do nothing once it is finished. */
void gate_exchange_pause (GateExchange *self);
void gate_exchange_resume (GateExchange *self);

/** GateExchangeReply: the core's answer, not an Error; must answer the exchange. */
typedef void (*GateExchangeReply) (GateExchange *self, const Gate__Link__V1__Reply *reply);

/**
 * gate_exchange_ask: sends @request for this exchange (token, peer and request id are filled in) and pauses it. An Error or no
 * answer is turned into a problem here.
 */
void
gate_exchange_ask (GateExchange *self, Gate__Link__V1__Request *request, GateExchangeReply done);

/** gate_exchange_ask_frame: the same with a frame as a console would send it. */
void gate_exchange_ask_frame (GateExchange      *self,
                              Gate__V1__Frame   *frame,
                              GateExchangeReply  done);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateExchange, gate_exchange_unref)

G_END_DECLS
