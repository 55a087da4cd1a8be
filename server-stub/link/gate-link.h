/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-loop.h"

#include <protobuf-c/protobuf-c.h>

G_BEGIN_DECLS

/** The records between the core and a worker: `PROTOCOLS.md` 2d.8. */
typedef enum {
  GATE_RECORD_HELLO = 1,
  GATE_RECORD_CONFIG = 2,
  GATE_RECORD_OPENED = 3,
  GATE_RECORD_FRAME = 4,
  GATE_RECORD_LIMITS = 5,
  GATE_RECORD_CLOSE = 6,
  GATE_RECORD_CLOSED = 7,
  GATE_RECORD_REQUEST = 8,
  GATE_RECORD_REPLY = 9,
  GATE_RECORD_DESCRIPTOR = 10,
  GATE_RECORD_STOP = 11,
  GATE_RECORD_STATS = 12,
} GateRecordType;

#define GATE_LINK_FD           3 /* a worker finds its link here */
#define GATE_LISTEN_FD         4 /* and its listening socket */
#define GATE_METRICS_FD        5 /* and the metric pages */
#define GATE_RECORD_HEAD_BYTES 12
#define GATE_RECORD_MAX_BYTES  (1024 * 1024)
#define GATE_RECORD_FLAG_MORE  1

typedef struct {
  GateRecordType type;
  guint8 flags;
  guint32 number;     /* connection or request */
  const guint8 *body; /* borrowed; valid during the callback */
  gsize body_bytes;
  int fd; /* -1, or a descriptor the callback now owns */
} GateRecord;

typedef struct _GateLink GateLink;

typedef struct {
  void (*record) (GateLink *link, const GateRecord *record, gpointer user_data);

  /* The peer is gone or broke the format. Called once; the link may be freed inside. */
  void (*closed) (GateLink *link, gpointer user_data);

  /* (nullable) What is queued fell below half of the limit again after a send went over it. */
  void (*drained) (GateLink *link, gpointer user_data);
} GateLinkHandler;

/** gate_link_new: takes over @fd, one end of a Unix stream socket pair, non-blocking from here on. */
GateLink *gate_link_new (int                    fd,
                         const GateLinkHandler *handler,
                         gpointer               user_data) G_GNUC_WARN_UNUSED_RESULT;
void gate_link_free (GateLink *self);

/** gate_link_attach: serves the link from @loop; writes are gathered until the end of the turn. */
gboolean gate_link_attach (GateLink *self,
                           GateLoop *loop) G_GNUC_WARN_UNUSED_RESULT;

/** gate_link_attach_main_context: the same for the worker that lives on GLib's main loop. */
void gate_link_attach_main_context (GateLink *self);

/**
 * gate_link_send: queues one record; the write happens at the end of the turn.
 *
 * Returns: %FALSE when more than the limit (8 MiB) is queued now: the record is queued all the same, but the
 *   caller should stop taking work from its own peers until `drained`.
 */
gboolean gate_link_send (GateLink       *self,
                         GateRecordType  type,
                         guint8          flags,
                         guint32         number,
                         gconstpointer   body,
                         gsize           body_bytes);

/** gate_link_send_message: packs @body straight into the queue, without a copy. */
gboolean gate_link_send_message (GateLink               *self,
                                 GateRecordType          type,
                                 guint8                  flags,
                                 guint32                 number,
                                 const ProtobufCMessage *body);

/** gate_link_send_descriptor: also hands over @fd, which is closed here once sent. */
gboolean gate_link_send_descriptor (GateLink               *self,
                                    GateRecordType          type,
                                    guint32                 number,
                                    const ProtobufCMessage *body,
                                    int                     fd);
gsize gate_link_get_queued_bytes (const GateLink *self);

G_END_DECLS
