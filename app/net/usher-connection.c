/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-connection"
#include "config.h"

#include "usher-connection-private.h"

#include "wire-frame.h"

/* Why libsoup's client lets go of the dead socket by itself: after close() it waits a few seconds for the peer's
 * close frame on its own reference, so nothing here has to keep it alive. */

/* A gateway that asks for more than this is not believed. */
#define MOST_FRAME_BYTES (16 * 1024 * 1024)

/* No wait a gateway asks for is longer than this. */
#define LONGEST_ASKED_MS (10 * 60 * 1000)

static const UsherConnectionTimes default_times = {
  .ping_ms = 30000,
  .pong_ms = 10000,
  .open_ms = 15000,
  .first_retry_ms = 5000,
  .retry_ms = 1000,
  .longest_ms = 30000,
  .patience_ms = 30000,
};

enum {
  PROP_STATE = 1,
  PROP_HEARD_AT_US,
  PROP_RETRY_AT_US,
  N_PROPS,
};

enum {
  SIGNAL_RESUMING,
  SIGNAL_FRAME,
  SIGNAL_CLOSED,
  SIGNAL_REFUSED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherConnection, usher_connection, G_TYPE_OBJECT)

void
usher_connection_set_state (UsherConnection      *self,
                            UsherConnectionState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_retry_at (UsherConnection *self,
              gint64           retry_at_us)
{
  if (self->retry_at_us == retry_at_us)
    return;
  self->retry_at_us = retry_at_us;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RETRY_AT_US]);
}

void
usher_connection_heard (UsherConnection *self)
{
  self->heard_at_us = g_get_monotonic_time ();
  g_clear_handle_id (&self->pong_id, g_source_remove);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEARD_AT_US]);
}

static void
retry_cb (gpointer user_data)
{
  UsherConnection *self = user_data;

  self->retry_id = 0;
  set_retry_at (self, 0);
  self->n_tries++;
  usher_connection_open_socket (self);
}

static void
retry_in (UsherConnection *self,
          guint            wait_ms)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_id = g_timeout_add_once (wait_ms, retry_cb, self);
  set_retry_at (self, g_get_monotonic_time () + (gint64) wait_ms * 1000);
  usher_connection_set_state (self, USHER_CONNECTION_WAITING);
}

/* Full jitter: any moment from now to the limit, so that a thousand consoles do not come back as one. */
static guint
jitter_ms (guint limit_ms)
{
  return (guint) (g_random_double () * limit_ms);
}

static guint
back_off_ms (UsherConnection *self)
{
  guint doublings = MIN (self->n_tries > 0 ? self->n_tries - 1 : 0, 10);

  if (self->n_tries == 0)
    return jitter_ms (self->times.first_retry_ms);
  /* A try that hung has been its own wait, and spread the consoles over it: with a cable that is pulled the next one may be the one that is there
   * when it is plugged in. */
  if (self->was_in_vain)
    return jitter_ms (self->times.retry_ms / 4);
  return jitter_ms (MIN (self->times.retry_ms << doublings, self->times.longest_ms));
}

static void
refuse (UsherConnection *self,
        UsherRefusal     refusal)
{
  usher_connection_set_state (self, USHER_CONNECTION_STOPPED);
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, (guint) refusal);
}

/* Error 401 may come with a close frame that got lost: the code of the Error is as good. */
static const UsherCloseCode *
judge (UsherConnection *self,
       guint            code)
{
  const UsherCloseCode *row = usher_close_code_find (code);

  if (row->action == USHER_CLOSE_RETRY && self->greeting_error == 401)
    row = usher_close_code_find (4001);
  if (row->action == USHER_CLOSE_STOP && row->refusal == USHER_REFUSAL_TOKEN && self->did_resume &&
      self->state == USHER_CONNECTION_GREETING)
    row = usher_close_code_find (4004);
  return row;
}

static void
go_on (UsherConnection      *self,
       const UsherCloseCode *row)
{
  guint wait_ms = MAX (row->least_wait_ms, self->asked_wait_ms);

  switch (row->action) {
  case USHER_CLOSE_STOP:
    refuse (self, row->refusal);
    return;
  case USHER_CLOSE_ANEW:
    usher_connection_forget_session (self);
    retry_in (self, wait_ms + (self->n_tries > 1 ? back_off_ms (self) : 0));
    return;
  case USHER_CLOSE_RESUME_NOW:
    retry_in (self, wait_ms + (self->n_tries > 0 ? back_off_ms (self) : 0));
    return;
  case USHER_CLOSE_PATIENCE:
    retry_in (self, wait_ms + self->times.patience_ms + back_off_ms (self));
    return;
  case USHER_CLOSE_RETRY:
  default:
    retry_in (self, wait_ms + back_off_ms (self));
    return;
  }
}

void
usher_connection_lost (UsherConnection *self,
                       guint            code)
{
  g_autoptr (UsherConnection) alive G_GNUC_UNUSED = g_object_ref (self);
  const UsherCloseCode *row = judge (self, code);

  if (self->state == USHER_CONNECTION_STOPPED)
    return;
  g_debug ("closed with %u", code);
  usher_connection_drop_socket (self, 0);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, code);
  if (self->state != USHER_CONNECTION_STOPPED)
    go_on (self, row);
}

static void
welcomed (UsherConnection         *self,
          const Gate__V1__Welcome *welcome)
{
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_free (self->resume_token);
  self->resume_token = *welcome->resume_token != '\0' ? g_strdup (welcome->resume_token) : NULL;
  self->log = welcome->log;
  self->n_tries = 0;
  self->ping_ms = self->times.ping_ms;
  if (welcome->ping_s > 0)
    self->ping_ms = MIN (self->ping_ms, MIN (welcome->ping_s, 3600) * 1000);
  self->max_frame_bytes = CLAMP (welcome->max_frame, WIRE_MAX_AGENT_FRAME_BYTES, MOST_FRAME_BYTES);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, self->max_frame_bytes);
  usher_connection_heartbeat_start (self);
  usher_connection_set_state (self, USHER_CONNECTION_OPEN);
}

static void
leave_cb (gpointer user_data)
{
  UsherConnection *self = user_data;

  self->leave_id = 0;
  self->asked_wait_ms = 0;
  usher_connection_lost (self, 4010);
}

/* The gateway spreads a drain over its clients: each has its own delay after which it should come back. */
static void
go_away (UsherConnection        *self,
         const Gate__V1__GoAway *notice)
{
  guint delay_ms = MIN (notice->delay_ms, LONGEST_ASKED_MS);

  self->asked_wait_ms = delay_ms;
  g_clear_handle_id (&self->leave_id, g_source_remove);
  self->leave_id = g_timeout_add_once (delay_ms, leave_cb, self);
}

static void
note_error (UsherConnection       *self,
            const Gate__V1__Error *error)
{
  if (self->state == USHER_CONNECTION_GREETING)
    self->greeting_error = error->code;
  if (error->fatal || self->state == USHER_CONNECTION_GREETING)
    self->asked_wait_ms = MIN (error->retry_after_ms, LONGEST_ASKED_MS);
}

static void
receive_one (UsherConnection       *self,
             const Gate__V1__Frame *frame)
{
  switch ((int) frame->body_case) {
  case GATE__V1__FRAME__BODY_WELCOME:
    welcomed (self, frame->welcome);
    break;
  case GATE__V1__FRAME__BODY_GO_AWAY:
    go_away (self, frame->go_away);
    break;
  case GATE__V1__FRAME__BODY_ERROR:
    note_error (self, frame->error);
    break;
  default:
    break;
  }
  g_signal_emit (self, signals[SIGNAL_FRAME], 0, frame);
}

void
usher_connection_receive (UsherConnection       *self,
                          const Gate__V1__Frame *frame)
{
  SoupWebsocketConnection *socket = self->socket;

  if (frame->body_case != GATE__V1__FRAME__BODY_BATCH) {
    receive_one (self, frame);
    return;
  }
  /* A handler may drop the connection in the middle of a batch. A batch in a batch is against the protocol. */
  for (gsize i = 0; i < frame->batch->n_frames && self->socket == socket; i++) {
    if (frame->batch->frames[i]->body_case != GATE__V1__FRAME__BODY_BATCH)
      receive_one (self, frame->batch->frames[i]);
  }
}

static void
usher_connection_dispose (GObject *object)
{
  UsherConnection *self = USHER_CONNECTION (object);

  self->state = USHER_CONNECTION_STOPPED;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  usher_connection_drop_socket (self, SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (usher_connection_parent_class)->dispose (object);
}

static void
usher_connection_finalize (GObject *object)
{
  UsherConnection *self = USHER_CONNECTION (object);

  g_free (self->url);
  g_free (self->access_token);
  g_free (self->device);
  g_free (self->resume_token);
  g_clear_pointer (&self->arena, wire_arena_free);

  G_OBJECT_CLASS (usher_connection_parent_class)->finalize (object);
}

static void
usher_connection_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  UsherConnection *self = USHER_CONNECTION (object);

  switch (prop_id) {
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_HEARD_AT_US:
    g_value_set_int64 (value, self->heard_at_us);
    break;
  case PROP_RETRY_AT_US:
    g_value_set_int64 (value, self->retry_at_us);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_connection_class_init (UsherConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = usher_connection_dispose;
  object_class->finalize = usher_connection_finalize;
  object_class->get_property = usher_connection_get_property;

  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, USHER_CONNECTION_OPEN,
                                         USHER_CONNECTION_STOPPED, flags);
  props[PROP_HEARD_AT_US] = g_param_spec_int64 ("heard-at-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_RETRY_AT_US] = g_param_spec_int64 ("retry-at-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_RESUMING] = g_signal_new ("resuming", USHER_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_FRAME] = g_signal_new ("frame", USHER_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", USHER_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", USHER_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
usher_connection_init (UsherConnection *self)
{
  self->times = default_times;
  self->max_frame_bytes = (gsize) WIRE_MAX_AGENT_FRAME_BYTES;
  self->http = soup_session_new ();
  /* permessage-deflate is declined by every gateway (PROTOCOLS.md 2d.2): do not even offer it. */
  soup_session_remove_feature_by_type (self->http, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
}

/* http://host:port/ → ws://host:port/ws */
static char *
socket_url (const char *gateway_url)
{
  g_autofree char *base = g_strdup (gateway_url);
  gsize length = strlen (base);

  while (length > 0 && base[length - 1] == '/')
    base[--length] = '\0';
  if (g_str_has_prefix (base, "http"))
    return g_strconcat ("ws", base + strlen ("http"), "/ws", NULL);
  return g_strconcat (base, "/ws", NULL);
}

UsherConnection *
usher_connection_new (const char *gateway_url)
{
  UsherConnection *self = g_object_new (USHER_TYPE_CONNECTION, NULL);

  self->url = socket_url (gateway_url);
  return self;
}

void
usher_connection_set_times (UsherConnection            *self,
                            const UsherConnectionTimes *times)
{
  g_return_if_fail (USHER_IS_CONNECTION (self));

  self->times = *times;
}

void
usher_connection_set_access_token (UsherConnection *self,
                                   const char      *token)
{
  g_return_if_fail (USHER_IS_CONNECTION (self));

  g_free (self->access_token);
  self->access_token = g_strdup (token);
}

void
usher_connection_set_device (UsherConnection *self,
                             const char      *device)
{
  g_return_if_fail (USHER_IS_CONNECTION (self));

  g_free (self->device);
  self->device = g_strdup (device);
}

void
usher_connection_forget_session (UsherConnection *self)
{
  g_return_if_fail (USHER_IS_CONNECTION (self));

  g_clear_pointer (&self->resume_token, g_free);
  self->log = 0;
}

void
usher_connection_start (UsherConnection *self)
{
  g_return_if_fail (USHER_IS_CONNECTION (self));

  if (self->state != USHER_CONNECTION_STOPPED)
    return;
  self->n_tries = 1;
  usher_connection_open_socket (self);
}

void
usher_connection_stop (UsherConnection *self)
{
  g_return_if_fail (USHER_IS_CONNECTION (self));

  if (self->state == USHER_CONNECTION_STOPPED)
    return;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  set_retry_at (self, 0);
  usher_connection_drop_socket (self, SOUP_WEBSOCKET_CLOSE_NORMAL);
  usher_connection_set_state (self, USHER_CONNECTION_STOPPED);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, (guint) SOUP_WEBSOCKET_CLOSE_NORMAL);
}

void
usher_connection_poke (UsherConnection *self)
{
  g_return_if_fail (USHER_IS_CONNECTION (self));

  if (self->state == USHER_CONNECTION_OPEN)
    usher_connection_ping (self);
  if (self->state == USHER_CONNECTION_WAITING && self->asked_wait_ms == 0)
    retry_in (self, 0);
}

gboolean
usher_connection_send (UsherConnection       *self,
                       const Gate__V1__Frame *frame)
{
  g_return_val_if_fail (USHER_IS_CONNECTION (self), FALSE);

  return self->state == USHER_CONNECTION_OPEN && usher_connection_write (self, frame);
}

UsherConnectionState
usher_connection_get_state (UsherConnection *self)
{
  g_return_val_if_fail (USHER_IS_CONNECTION (self), USHER_CONNECTION_STOPPED);

  return self->state;
}

gint64
usher_connection_get_heard_at_us (UsherConnection *self)
{
  g_return_val_if_fail (USHER_IS_CONNECTION (self), 0);

  return self->heard_at_us;
}

gint64
usher_connection_get_retry_at_us (UsherConnection *self)
{
  g_return_val_if_fail (USHER_IS_CONNECTION (self), 0);

  return self->retry_at_us;
}
