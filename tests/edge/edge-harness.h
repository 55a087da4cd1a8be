/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-link.h"
#include "gate-metrics.h"
#include "link.pb-c.h"
#include "wire-frame.h"
#include "wire-websocket.h"

#include <openssl/types.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* A real edge process on a real link; the test plays the core and, where it wants, the http worker and the clients. */

typedef struct {
  GateRecordType type;
  guint32 number;
  GByteArray *body;
  int fd;
} Record;

typedef struct _Edge Edge;

struct _Edge {
  /* (nullable): takes the link's records instead of @records */
  void (*take_record) (Edge *edge, const GateRecord *record);
  GateLoop *loop;
  GateLink *link;
  GateLink *http; /* our end of the edge's pair with http */
  GateMetrics *metrics;
  int metrics_fd;
  int listen_fd;
  int port;
  pid_t pid;
  gboolean is_link_closed;
  GPtrArray *records;      /* of the link, in order */
  GPtrArray *http_records; /* of the pair */
  GPtrArray *clients;
};

typedef struct {
  Edge *edge;
  int fd;
  SSL *ssl; /* (nullable) owned; see tls-client.h */
  GByteArray *in;
  gboolean is_eof;
  gboolean is_reading; /* FALSE: a client that does not read */
} Client;

/** edge_start: @settings: (array zero-terminated) (nullable): "key=value" on top of the defaults. */
Edge *edge_start (const char *const *settings);

/** edge_start_tls: the same with a certificate. */
Edge *edge_start_tls (const char *const   *settings,
                      Gate__Link__V1__Tls *tls);

/** edge_configure: sends the whole configuration again; the edge has it with its next turn. */
void edge_configure (Edge                *edge,
                     const char *const   *settings,
                     Gate__Link__V1__Tls *tls);

/** edge_start_beside: another edge on the listening socket of @first. */
Edge *edge_start_beside (Edge              *first,
                         const char *const *settings);
void edge_stop (Edge *edge);

/** edge_wait_exit: until the process ended; returns its exit status. */
int edge_wait_exit (Edge *edge);

/** edge_turn: one short turn of everything. */
void edge_turn (Edge *edge);

/* Turns until @condition holds; fails the test after 10 s. */
#define WAIT_UNTIL(edge, condition)                                                    \
  G_STMT_START                                                                         \
  {                                                                                    \
    gint64 wait_deadline_us_ = g_get_monotonic_time () + (gint64) 10 * G_USEC_PER_SEC; \
    while (!(condition)) {                                                             \
      if (g_get_monotonic_time () > wait_deadline_us_)                                 \
        g_error ("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition);      \
      edge_turn (edge);                                                                \
    }                                                                                  \
  }                                                                                    \
  G_STMT_END

/** edge_find: (nullable): the first record of @type that is here. */
Record *edge_find (Edge           *edge,
                   GateRecordType  type);

/** edge_take: waits for a record of @type and takes it out. */
Record *edge_take (Edge           *edge,
                   GateRecordType  type);
void record_free (Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Record, record_free)

/** edge_take_frame: the frame of the next record 4. */
Gate__V1__Frame *edge_take_frame (Edge      *edge,
                                  WireArena *arena,
                                  guint32   *ret_number);
void edge_send_frame (Edge                  *edge,
                      guint32                number,
                      const Gate__V1__Frame *frame);
void edge_send_limits (Edge           *edge,
                       guint32         number,
                       Gate__V1__Role  role,
                       guint           send_buffer_bytes,
                       gboolean        batch);
void edge_send_close (Edge       *edge,
                      guint32     number,
                      guint       code,
                      const char *reason);

/** edge_give_http: makes the pair with http; our end is edge->http. */
void edge_give_http (Edge *edge);
void edge_take_http_away (Edge *edge);

Client *client_connect (Edge *edge);
void client_close (Client *client);
void client_send (Client     *client,
                  const void *bytes,
                  gsize       n_bytes);
void client_send_text (Client     *client,
                       const char *text);
gboolean client_has_text (Client     *client,
                          const char *text);

/** client_upgrade: WebSocket on /ws; @query such as "?app=demo", @extra such as header lines. Waits for the 101. */
Client *client_upgrade (Edge       *edge,
                        const char *query,
                        const char *extra);

/** client_upgrade_on: the same on a connection that is there. */
void client_upgrade_on (Client     *client,
                        const char *query,
                        const char *extra);
void
client_send_ws (Client *client, WireWebsocketOpcode opcode, const void *payload, gsize n_bytes);
void client_send_json (Client     *client,
                       const char *json);
void client_send_frame (Client                *client,
                        const Gate__V1__Frame *frame);

/** client_take_ws: waits for one message; returns its opcode. */
guint client_take_ws (Client      *client,
                      GByteArray **ret_payload);

/** client_take_json: waits for one text message, NUL-terminated. */
char *client_take_json (Client *client);

/** client_take_close: waits for a close frame; returns its code. Other messages are passed over. */
guint client_take_close (Client *client);

/** client_take_record: waits for one record of the raw protocol. */
GByteArray *client_take_record (Client *client);
Gate__V1__Frame *unpack_frame (WireArena        *arena,
                               const GByteArray *bytes);

/** edge_metric: the number of a line of /metrics that begins with @line; -1 when there is none. */
double edge_metric (Edge       *edge,
                    const char *line);

G_END_DECLS
