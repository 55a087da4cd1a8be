/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-buffer.h"
#include "wire-status.h"
#include "wire-websocket.h"

#include <glib.h>

G_BEGIN_DECLS

/* The edge's parser of HTTP/1.1 request heads: small and strict, and the only HTTP parser a stranger's first bytes reach.
 * What passes it has one meaning (`SECURITY.md` 2.9, 2.32; RFC 9112). */

#define WIRE_HTTP_MAX_HEAD_BYTES 8192u
#define WIRE_HTTP_MAX_LINES      64u /* the request line included */

typedef enum {
  WIRE_HTTP_GET,
  WIRE_HTTP_HEAD,
  WIRE_HTTP_POST,
  WIRE_HTTP_PUT,
  WIRE_HTTP_DELETE,
  WIRE_HTTP_OPTIONS,
  WIRE_HTTP_PATCH,
} WireHttpMethod;

typedef struct {
  WireText name;
  WireText value; /* without blanks around it */
} WireHttpHeader;

/** WireHttpHead: all text is borrowed from the bytes parsed. */
typedef struct {
  WireHttpMethod method;
  WireText target; /* origin-form: begins with `/` (or is `*` of OPTIONS) */
  WireText path;   /* of target; still percent-encoded */
  WireText query;  /* without `?`; absent without one */
  WireText host;
  guint minor_version;   /* 0 or 1 */
  gint64 content_length; /* -1: no Content-Length */
  gboolean is_chunked;
  gboolean is_keep_alive;
  gboolean is_websocket; /* asks for an upgrade to WebSocket; wire_http_upgrade() checks it */
  gsize head_bytes;      /* up to and with the empty line: the body begins there */
  guint n_headers;
  WireHttpHeader headers[WIRE_HTTP_MAX_LINES];
} WireHttpHead;

/**
 * wire_http_parse:
 * @ret_head: written only for %WIRE_OK
 *
 * Parses from the first byte each time; keeps nothing between calls. Refuses as early as the bytes allow.
 *
 * Returns: %WIRE_OK; %WIRE_NEED_MORE; else wire_http_refusal() is the status to answer before closing
 */
WireStatus wire_http_parse (const guint8 *data,
                            gsize         n_bytes,
                            WireHttpHead *ret_head) G_GNUC_WARN_UNUSED_RESULT;

/** wire_http_refusal: 400, 431 or 505 for a status of wire_http_parse(). */
guint wire_http_refusal (WireStatus status);

/** wire_http_header: the first header of that name (any case); absent (`data` is %NULL) without one. */
WireText wire_http_header (const WireHttpHead *head,
                           const char         *name);

/**
 * wire_http_query:
 * @ret_value: room for @size bytes; percent-decoded, NUL-terminated
 *
 * Looks up one query parameter. Returns: %FALSE without it, when it does not fit, or when it is no valid UTF-8 or
 *   contains NUL
 */
gboolean wire_http_query (const WireHttpHead *head,
                          const char         *name,
                          char               *ret_value,
                          gsize               size);

/** WireSubprotocol: which codec an upgrade asked for. */
typedef enum {
  WIRE_SUBPROTOCOL_NONE, /* none offered: the opcode of the first message decides */
  WIRE_SUBPROTOCOL_PB,   /* gate.v1.pb */
  WIRE_SUBPROTOCOL_JSON, /* gate.v1.json */
} WireSubprotocol;

/** wire_subprotocol_choose: the first one offered in a `Sec-WebSocket-Protocol` list that we speak. */
WireSubprotocol wire_subprotocol_choose (WireText offered);
const char *wire_subprotocol_name (WireSubprotocol subprotocol);

typedef struct {
  char accept[WIRE_WEBSOCKET_ACCEPT_CHARS + 1];
  WireSubprotocol subprotocol;
  WireText origin;     /* absent: a native client */
  WireText user_agent; /* absent possible */
} WireUpgrade;

/**
 * wire_http_upgrade:
 *
 * Checks a head with `is_websocket`. The path and the origin are the caller's to judge.
 *
 * Returns: 101 with @ret_upgrade filled in; else the status to refuse with: 400, 405 or 426
 */
guint wire_http_upgrade (const WireHttpHead *head,
                         WireUpgrade        *ret_upgrade);

/** wire_http_write_upgrade: the answer 101; extensions are declined by not naming them. */
void wire_http_write_upgrade (WireBuffer        *out,
                              const WireUpgrade *upgrade);

/** wire_http_write_refusal: a whole short answer that closes: status line, `Connection: close`, a line of text. */
void wire_http_write_refusal (WireBuffer *out,
                              guint       status);

G_END_DECLS
