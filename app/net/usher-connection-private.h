/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-close-codes.h"
#include "usher-connection.h"
#include "wire-arena.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* One class in three files: the object and its will to be connected (usher-connection.c), one socket from the
 * first packet to Welcome (-open.c), and the sign of life (-heartbeat.c). */
struct _UsherConnection {
  GObject parent_instance;

  char *url; /* ws:// or wss:// with the path */
  char *access_token;
  char *device;
  char *resume_token;
  guint64 log; /* incarnation of the gateway's store, from Welcome */
  UsherConnectionTimes times;

  UsherConnectionState state;
  gint64 heard_at_us;
  gint64 retry_at_us;
  guint n_tries; /* since the last Welcome */

  SoupSession *http;
  GCancellable *opening; /* one per try */
  SoupWebsocketConnection *socket;
  WireArena *arena;     /* of the frame being handed out */
  guint greeting_error; /* Error.code that came instead of Welcome */
  guint asked_wait_ms;  /* Error.retry_after_ms or GoAway.delay_ms of this socket */
  guint n_pings;
  guint ping_ms;
  gsize max_frame_bytes;
  gboolean can_batch;
  gboolean did_resume;
  gboolean was_in_vain; /* nobody answered this socket until its time was over */

  guint retry_id;
  guint deadline_id;
  guint ping_id;
  guint pong_id;
  guint leave_id;
};

void usher_connection_set_state (UsherConnection      *self,
                                 UsherConnectionState  state);
void usher_connection_heard (UsherConnection *self);

/** usher_connection_receive: a frame of the open socket: what concerns the connection is done, then it is handed out. */
void usher_connection_receive (UsherConnection       *self,
                               const Gate__V1__Frame *frame);

/** usher_connection_lost: the socket ended with @code (0: without one); decides what comes next. */
void usher_connection_lost (UsherConnection *self,
                            guint            code);

/* -open.c */
void usher_connection_open_socket (UsherConnection *self);
void usher_connection_drop_socket (UsherConnection *self,
                                   guint            code);
gboolean usher_connection_write (UsherConnection       *self,
                                 const Gate__V1__Frame *frame);

/* -heartbeat.c */
void usher_connection_heartbeat_start (UsherConnection *self);
void usher_connection_heartbeat_stop (UsherConnection *self);
void usher_connection_ping (UsherConnection *self);

G_END_DECLS
