/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-link.h"
#include "gate-record.h"

G_BEGIN_DECLS

/** GateLinkDriver: what a loop does for a link; one for GateLoop, one for GLib's main context. */
typedef struct {
  /* Something is queued: call gate_link_flush() when the turn ends. */
  void (*schedule) (GateLink *link);

  /* The socket took less than all: call gate_link_flush() again when it is writable. */
  void (*want_write) (GateLink *link, gboolean wanted);

  /* Forget the descriptor; it is closed next. Frees the driver's own data. */
  void (*detach) (GateLink *link);
} GateLinkDriver;

/** A descriptor and the place in the queue of the record that it belongs to. */
typedef struct {
  gsize at_bytes; /* counted over the link's life, like GateLink.sent_bytes */
  int fd;
} GateLinkFd;

/* A read ends behind the bytes that brought a descriptor: one can wait for the rest of its record, one can come. */
#define GATE_LINK_IN_FDS 2

struct _GateLink {
  int fd;
  GateLinkHandler handler;
  gpointer user_data;

  GByteArray *out;      /* queued; the first out_sent bytes are gone already */
  guint out_sent;       /* bytes */
  guint64 total_sent;   /* bytes, over the link's life */
  GArray *out_fds;      /* GateLinkFd, by rising place */
  gboolean is_over;     /* a send went over the soft limit and `drained` is owed */
  gboolean wants_write; /* waits for the socket to be writable */

  guint8 *in;
  gsize in_size_bytes;
  gsize in_bytes;
  int in_fds[GATE_LINK_IN_FDS]; /* received and not yet handed out with their records, in order */
  guint n_in_fds;

  const GateLinkDriver *driver; /* NULL = not attached yet */
  gpointer driver_data;
  gboolean is_broken; /* no more I/O; `closed` is owed */
  gboolean is_closed; /* `closed` was called */
  gboolean is_freed;  /* gate_link_free() inside a callback: the memory goes when it returns */
  guint busy;         /* depth of callbacks */
};

/* For drivers. After either the link may be gone, unless the caller holds it with enter/leave. */
void gate_link_read (GateLink *self);
void gate_link_flush (GateLink *self);

/** gate_link_attached: what was queued before is written at the end of the turn. */
void gate_link_attached (GateLink             *self,
                         const GateLinkDriver *driver,
                         gpointer              driver_data);

/** gate_link_enter, gate_link_leave: keep the memory over callbacks; leave is the last look at @self. */
void gate_link_enter (GateLink *self);
void gate_link_leave (GateLink *self);

void gate_link_queue_init (GateLink *self);
void gate_link_queue_done (GateLink *self);

typedef enum {
  GATE_LINK_IO_DONE,
  GATE_LINK_IO_BLOCKED,
  GATE_LINK_IO_FAILED,
} GateLinkIo;

/** gate_link_queue_write: writes until all is gone or the socket is full. */
GateLinkIo gate_link_queue_write (GateLink *self) G_GNUC_WARN_UNUSED_RESULT;

/** gate_link_receive: one recvmsg; @ret_fd is -1 or the descriptor that came along. 0 bytes = end of stream, -1 = error. */
gssize gate_link_receive (int     fd,
                          guint8 *buffer,
                          gsize   n_bytes,
                          int    *ret_fd);

G_END_DECLS
