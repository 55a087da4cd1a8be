/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GateStream:
 *
 * What libsoup sees of a connection: exactly one request. Reading gives the bytes of the head that the strict parser
 * accepted and of its body, never one more, so that libsoup cannot read into the next request; writing goes straight to
 * the socket. Closing it ends the exchange, not the connection: the owner decides what becomes of the socket.
 */
#define GATE_TYPE_STREAM (gate_stream_get_type ())
G_DECLARE_FINAL_TYPE (GateStream, gate_stream, GATE, STREAM, GIOStream)

/** GateStreamOwner: the connection behind a stream; not called any more after gate_stream_orphan(). */
typedef struct {
  void (*progress) (GateStream *stream, gsize n_read, gsize n_written, gpointer user_data);
  void (*closed) (GateStream *stream, gpointer user_data);
} GateStreamOwner;

/**
 * gate_stream_new:
 * @fd: the socket, non-blocking; borrowed
 * @pending: (transfer full): bytes of this request that were read already
 * @more_bytes: how many of this request are still to be read from @fd
 */
GateStream *gate_stream_new (int                    fd,
                             GBytes                *pending,
                             guint64                more_bytes,
                             const GateStreamOwner *owner,
                             gpointer               user_data) G_GNUC_WARN_UNUSED_RESULT;

/** gate_stream_get_unread_bytes: of the request; 0 when libsoup has it all. */
guint64 gate_stream_get_unread_bytes (GateStream *self);

/** gate_stream_is_blocked: whether the peer took less than was written. */
gboolean gate_stream_is_blocked (GateStream *self);

/** gate_stream_get_user_data: (nullable): the owner's; %NULL once orphaned. */
gpointer gate_stream_get_user_data (GateStream *self);

/** gate_stream_orphan: the socket is gone; reading and writing fail from here on. */
void gate_stream_orphan (GateStream *self);

G_END_DECLS
