/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"
#include "wire-frame.h"

/* The session's side of the connection: what is said after Welcome, what the link is worth now, and sleep. */

/* How long the "nobody is here" of a closing lid has to reach the network before the machine sleeps. */
#define SLEEP_GRACE_MS 300

gboolean
usher_session_send (UsherSession     *self,
                    ProtobufCMessage *body)
{
  Gate__V1__Frame frame = wire_frame_for (body);

  return usher_connection_send (self->connection, &frame);
}

gboolean
usher_session_ask (UsherSession    *self,
                   Gate__V1__Frame *frame,
                   UsherAnswerFunc  func,
                   gpointer         user_data,
                   GDestroyNotify   destroy)
{
  frame->id = usher_dispatcher_expect (self->dispatcher, func, user_data, destroy);
  if (usher_connection_send (self->connection, frame))
    return TRUE;
  usher_dispatcher_forget (self->dispatcher, frame->id);
  return FALSE;
}

/* --- Status ------------------------------------------------------------------------------------------ */

static void
status_answered_cb (const Gate__V1__Frame *answer,
                    gpointer               user_data)
{
  UsherSession *self = user_data;

  self->n_status_asked--;
  if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    usher_session_notice (self, USHER_NOTICE_WARNING, usher_text_of_slug (answer->error->slug),
                          answer->error->slug);
  else if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_AGENT_STATUS)
    usher_session_set_status (self, answer->agent_status->accepting, answer->agent_status->load,
                              answer->agent_status->capacity);
}

gboolean
usher_session_get_is_away (UsherSession *self)
{
  return self->is_asleep || !self->is_present || usher_suspend_get_is_away (self->suspend);
}

void
usher_session_send_status (UsherSession *self)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (AGENT_STATUS, agent_status, &status);

  g_object_notify (G_OBJECT (self), "is-away");
  status.present = !usher_session_get_is_away (self);
  status.accepting = self->is_accepting;
  if (usher_session_ask (self, &frame, status_answered_cb, self, NULL))
    self->n_status_asked++;
}

static void
handle_status (const Gate__V1__Frame *frame,
               gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__AgentStatus *status = frame->agent_status;

  if (status->agent == self->agent || status->agent == 0)
    usher_session_set_status (self, status->accepting, status->load, status->capacity);
}

/* --- Welcome ----------------------------------------------------------------------------------------- */

/* Another incarnation of the store: its numbers mean other things. The outbox and the drafts are our own and stay. */
static void
check_log (UsherSession            *self,
           const Gate__V1__Welcome *welcome)
{
  g_autofree char *text = NULL;

  if (self->log == welcome->log)
    return;
  if (self->log != 0) {
    g_message ("the gateway's store is another one: reading everything again");
    usher_session_forget_all (self);
    usher_store_drop_cache (self->store);
  }
  self->log = welcome->log;
  text = g_strdup_printf ("%" G_GUINT64_FORMAT, self->log);
  usher_store_set_meta (self->store, "log", text);
}

static void
want_cursors (UsherSession            *self,
              const Gate__V1__Welcome *welcome)
{
  for (gsize i = 0; i < welcome->n_convs; i++) {
    const Gate__V1__Cursor *cursor = welcome->convs[i];
    UsherHolding *holding = usher_session_get_holding (self, cursor->conv);

    holding->wanted_note = MAX (holding->wanted_note, cursor->note);
    if (welcome->resumed)
      holding->wanted_seq =
        MAX (holding->wanted_seq, cursor->seq); /* the pages come by themselves */
    else
      usher_session_want (self, holding, cursor->seq);
  }
}

static void
handle_welcome (const Gate__V1__Frame *frame,
                gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Welcome *welcome = frame->welcome;

  self->skew_us = (gint64) welcome->ts * 1000 - g_get_real_time ();
  self->has_lists = FALSE;
  self->is_fresh = !welcome->resumed;
  check_log (self, welcome);
  usher_session_set_link_state (self, USHER_LINK_CATCHING_UP);
  usher_session_send_status (self);
  usher_session_subscribe (self);
  usher_session_ask_operator_lists (self);
  want_cursors (self, welcome);
  usher_outbox_set_is_ready (self->outbox, TRUE);
}

static gboolean
is_behind (UsherSession *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    UsherHolding *holding = value;

    if (holding->history_id != 0 && usher_conversation_get_is_mine (holding->conversation))
      return TRUE;
  }
  return FALSE;
}

void
usher_session_check_in_step (UsherSession *self)
{
  if (self->link_state == USHER_LINK_CATCHING_UP && self->has_lists && !is_behind (self))
    usher_session_set_link_state (self, USHER_LINK_IN_STEP);
}

/* --- Frames that belong to nobody else --------------------------------------------------------------- */

static void
handle_notice (const Gate__V1__Frame *frame,
               gpointer               user_data)
{
  const Gate__V1__Notice *notice = frame->notice;
  const char *text = *notice->text != '\0' ? notice->text : usher_text_of_slug (notice->slug);

  usher_session_notice (user_data, CLAMP (notice->level, USHER_NOTICE_INFO, USHER_NOTICE_ALARM),
                        text, notice->slug);
}

/* An error that answers nothing we asked: only what a person should know is told. */
static void
handle_error (const Gate__V1__Frame *frame,
              gpointer               user_data)
{
  const Gate__V1__Error *error = frame->error;

  g_debug ("error %u %s", error->code, error->slug);
  if (error->code == 507)
    usher_session_notice (user_data, USHER_NOTICE_ALARM, usher_text_of_slug (error->slug),
                          error->slug);
}

static void
frame_cb (UsherConnection       *connection,
          const Gate__V1__Frame *frame,
          UsherSession          *self)
{
  usher_dispatcher_dispatch (self->dispatcher, frame);
}

/* --- The connection ---------------------------------------------------------------------------------- */

static void
resuming_cb (UsherConnection *connection,
             GArray          *cursors,
             UsherSession    *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    UsherHolding *holding = value;
    UsherCursor cursor = { usher_conversation_get_conv (holding->conversation), holding->held_seq,
                           holding->held_note,
                           usher_conversation_get_epoch (holding->conversation) };

    if (usher_conversation_get_is_mine (holding->conversation))
      g_array_append_val (cursors, cursor);
  }
}

static void
state_cb (UsherConnection *connection,
          GParamSpec      *pspec,
          UsherSession    *self)
{
  switch (usher_connection_get_state (connection)) {
  case USHER_CONNECTION_STOPPED:
  case USHER_CONNECTION_WAITING:
    usher_session_set_link_state (self, USHER_LINK_OFFLINE);
    break;
  case USHER_CONNECTION_OPENING:
  case USHER_CONNECTION_GREETING:
    usher_session_set_link_state (self, USHER_LINK_CONNECTING);
    break;
  case USHER_CONNECTION_OPEN:
  default:
    break; /* Welcome decides */
  }
}

static void
heard_cb (UsherConnection *connection,
          GParamSpec      *pspec,
          UsherSession    *self)
{
  usher_session_set_in_step (self, usher_connection_get_heard_at_us (connection));
}

static void
closed_cb (UsherConnection *connection,
           guint            code,
           UsherSession    *self)
{
  usher_outbox_set_is_ready (self->outbox, FALSE);
  usher_dispatcher_lost (self->dispatcher);
}

static void
refused_cb (UsherConnection *connection,
            guint            refusal,
            UsherSession    *self)
{
  switch ((UsherRefusal) refusal) {
  case USHER_REFUSAL_TOKEN:
    usher_connection_forget_session (connection);
    usher_session_renew_token (self);
    break;
  case USHER_REFUSAL_ELSEWHERE:
    usher_session_notice (
      self, USHER_NOTICE_ALARM,
      _ ("This console was opened somewhere else and has let go of its connection here."),
      "opened_elsewhere");
    break;
  case USHER_REFUSAL_BLOCKED:
    usher_session_emit_signed_out (self, "blocked");
    break;
  case USHER_REFUSAL_VERSION:
  default:
    usher_session_notice (self, USHER_NOTICE_ALARM,
                          _ ("This console is too old for the gateway. Please update it."),
                          "version");
    break;
  }
}

/* --- Sleep ------------------------------------------------------------------------------------------- */

/*
 * A connection that sleeps over is dead when the lid opens, and nobody knows: the next sign that it is missing would come a minute later. So it is closed
 * with the lid; what is written meanwhile waits in the outbox, and opening begins with a new one.
 */
static void
asleep_cb (gpointer user_data)
{
  UsherSession *self = user_data;

  self->sleep_id = 0;
  self->is_unplugged = usher_connection_get_state (self->connection) != USHER_CONNECTION_STOPPED;
  usher_connection_stop (self->connection);
  usher_suspend_release (self->suspend);
}

static void
about_to_sleep_cb (UsherSuspend *suspend,
                   UsherSession *self)
{
  self->is_asleep = TRUE;
  usher_session_send_status (self);
  usher_session_flush (self);
  g_clear_handle_id (&self->sleep_id, g_source_remove);
  self->sleep_id = g_timeout_add_once (SLEEP_GRACE_MS, asleep_cb, self);
}

static void
woke_cb (UsherSuspend *suspend,
         UsherSession *self)
{
  self->is_asleep = FALSE;
  g_clear_handle_id (&self->sleep_id, g_source_remove);
  if (self->is_unplugged)
    usher_connection_start (self->connection);
  self->is_unplugged = FALSE;
  usher_session_send_status (self);
  usher_connection_poke (self->connection);
}

static void
away_cb (UsherSuspend *suspend,
         GParamSpec   *pspec,
         UsherSession *self)
{
  usher_session_send_status (self);
}

static void
network_changed_cb (GNetworkMonitor *monitor,
                    gboolean         is_available,
                    UsherSession    *self)
{
  usher_connection_poke (self->connection);
}

void
usher_session_link_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_WELCOME, handle_welcome, self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_AGENT_STATUS, handle_status,
                           self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_NOTICE, handle_notice, self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_ERROR, handle_error, self);
  g_signal_connect_object (self->connection, "frame", G_CALLBACK (frame_cb), self, 0);
  g_signal_connect_object (self->connection, "resuming", G_CALLBACK (resuming_cb), self, 0);
  g_signal_connect_object (self->connection, "notify::state", G_CALLBACK (state_cb), self, 0);
  g_signal_connect_object (self->connection, "notify::heard-at-us", G_CALLBACK (heard_cb), self, 0);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (closed_cb), self, 0);
  g_signal_connect_object (self->connection, "refused", G_CALLBACK (refused_cb), self, 0);
  g_signal_connect_object (self->suspend, "about-to-sleep", G_CALLBACK (about_to_sleep_cb), self,
                           0);
  g_signal_connect_object (self->suspend, "woke", G_CALLBACK (woke_cb), self, 0);
  g_signal_connect_object (self->suspend, "notify::is-away", G_CALLBACK (away_cb), self, 0);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (network_changed_cb), self, 0);
}
