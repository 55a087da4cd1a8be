/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-connection"
#include "config.h"

#include "usher-connection-private.h"

#include "wire-frame.h"

/* One socket: upgrade, Hello, Auth or Resume, and the frames that come in. */

#define SUBPROTOCOL "gate.v1.pb"

#define ARENA_BYTES ((gsize) 16 * 1024)

gboolean
usher_connection_write (UsherConnection       *self,
                        const Gate__V1__Frame *frame)
{
  g_autoptr (GBytes) bytes = NULL;
  WireBuffer buffer = WIRE_BUFFER_INIT;

  if (self->socket == NULL ||
      soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;

  wire_frame_pack (frame, &buffer);
  bytes = wire_buffer_steal_bytes (&buffer);
  soup_websocket_connection_send_message (self->socket, SOUP_WEBSOCKET_DATA_BINARY, bytes);
  return TRUE;
}

static void
send_hello (UsherConnection *self)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  char *caps[] = { (char *) "batch" };
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;

  hello.version = 1;
  hello.channel = GATE__V1__CHANNEL__CH_CONSOLE;
  hello.device = self->device != NULL ? self->device : (char *) "";
  hello.locale = (char *) g_get_language_names ()[0];
  hello.user_agent = (char *) "usher/" USHER_VERSION;
  hello.tz = (char *) g_time_zone_get_identifier (zone);
  hello.caps = caps;
  hello.n_caps = G_N_ELEMENTS (caps);
  frame.id = 1;
  frame.body_case = GATE__V1__FRAME__BODY_HELLO;
  frame.hello = &hello;
  usher_connection_write (self, &frame);
}

static void
send_auth (UsherConnection *self)
{
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;

  auth.token = self->access_token != NULL ? self->access_token : (char *) "";
  frame.id = 2;
  frame.body_case = GATE__V1__FRAME__BODY_AUTH;
  frame.auth = &auth;
  usher_connection_write (self, &frame);
}

static void
send_resume (UsherConnection *self)
{
  g_autoptr (GArray) held = g_array_new (FALSE, FALSE, sizeof (UsherCursor));
  g_autofree Gate__V1__Cursor *cursors = NULL;
  g_autofree Gate__V1__Cursor **have = NULL;
  Gate__V1__Resume resume = GATE__V1__RESUME__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;

  g_signal_emit_by_name (self, "resuming", held);
  cursors = g_new (Gate__V1__Cursor, held->len + 1);
  have = g_new (Gate__V1__Cursor *, held->len + 1);
  for (guint i = 0; i < held->len; i++) {
    const UsherCursor *from = &g_array_index (held, UsherCursor, i);

    gate__v1__cursor__init (&cursors[i]);
    cursors[i].conv = from->conv;
    cursors[i].seq = from->seq;
    cursors[i].note = from->note;
    cursors[i].epoch = from->epoch;
    have[i] = &cursors[i];
  }
  resume.token = self->resume_token;
  resume.log = self->log;
  resume.n_have = held->len;
  resume.have = have;
  frame.id = 2;
  frame.body_case = GATE__V1__FRAME__BODY_RESUME;
  frame.resume = &resume;
  usher_connection_write (self, &frame);
}

static void
greet (UsherConnection *self)
{
  usher_connection_set_state (self, USHER_CONNECTION_GREETING);
  send_hello (self);
  self->did_resume = self->resume_token != NULL;
  if (self->did_resume)
    send_resume (self);
  else
    send_auth (self);
}

static void
message_cb (SoupWebsocketConnection *socket,
            gint                     type,
            GBytes                  *bytes,
            gpointer                 user_data)
{
  g_autoptr (UsherConnection) self = g_object_ref (USHER_CONNECTION (user_data));
  WireStatus status = WIRE_UNSUPPORTED;
  Gate__V1__Frame *frame = NULL;
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  if (socket != self->socket)
    return;
  usher_connection_heard (self);
  wire_arena_reset (self->arena);
  if (type == SOUP_WEBSOCKET_DATA_BINARY)
    status = wire_frame_unpack (self->arena, data, n_bytes, self->max_frame_bytes, &frame);
  if (status != WIRE_OK) {
    g_message ("a message of %" G_GSIZE_FORMAT " bytes is no frame: %s", n_bytes,
               wire_status_name (status));
    usher_connection_drop_socket (self, SOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA);
    usher_connection_lost (self, SOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA);
    return;
  }
  usher_connection_receive (self, frame);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           gpointer                 user_data)
{
  UsherConnection *self = user_data;

  if (socket == self->socket)
    usher_connection_lost (self, soup_websocket_connection_get_close_code (socket));
}

static void
upgraded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (UsherConnection) self = user_data;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *socket;

  socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (socket == NULL) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      return;
    g_debug ("cannot open: %s", error->message);
    usher_connection_lost (self, 0);
    return;
  }

  self->socket = socket;
  soup_websocket_connection_set_max_incoming_payload_size (socket, self->max_frame_bytes);
  g_signal_connect_object (socket, "message", G_CALLBACK (message_cb), self, 0);
  g_signal_connect_object (socket, "closed", G_CALLBACK (closed_cb), self, 0);
  greet (self);
}

static void
too_late_cb (gpointer user_data)
{
  UsherConnection *self = user_data;

  self->deadline_id = 0;
  g_debug ("no welcome in time");
  self->was_in_vain = TRUE;
  usher_connection_lost (self, 0);
}

void
usher_connection_open_socket (UsherConnection *self)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, self->url);
  char *protocols[] = { (char *) SUBPROTOCOL, NULL };

  if (message == NULL) {
    usher_connection_lost (self, 0);
    return;
  }
  usher_connection_set_state (self, USHER_CONNECTION_OPENING);
  self->greeting_error = 0;
  self->asked_wait_ms = 0;
  if (self->arena == NULL)
    self->arena = wire_arena_new (ARENA_BYTES);
  self->was_in_vain = FALSE;
  self->deadline_id = g_timeout_add_once (self->times.open_ms, too_late_cb, self);
  self->opening = g_cancellable_new ();
  soup_session_websocket_connect_async (self->http, message, NULL, protocols, G_PRIORITY_DEFAULT,
                                        self->opening, upgraded_cb, g_object_ref (self));
}

void
usher_connection_drop_socket (UsherConnection *self,
                              guint            code)
{
  g_autoptr (SoupWebsocketConnection) socket = g_steal_pointer (&self->socket);

  usher_connection_heartbeat_stop (self);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_handle_id (&self->leave_id, g_source_remove);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  if (socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (socket, self);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket,
                                     (gushort) (code != 0 ? code : SOUP_WEBSOCKET_CLOSE_GOING_AWAY),
                                     NULL);
}
