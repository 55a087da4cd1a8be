/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events between links, store, hasher and core. Nothing is decided here. */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node-private.h"

#include "gate-link.h"
#include "gate-log.h"
#include "gate-metric-table.h"
#include "gate-node-config.h"
#include "gate-store-sqlite.h"
#include "wire-frame.h"

#include <unistd.h>

#define FRAME_MAX_BYTES \
  ((gsize) 512 * 1024) /* four times io.max_packet at most, and what wraps it */

/* --- Turning the core ------------------------------------------------------------------------------ */

/* The clocks are set once before the first event of a turn, and the turn's end hands the store its batch. */
void
gate_node_enter_core (void)
{
  gate_core_set_now (gate_node.core, gate_loop_get_now_us (gate_node.loop) / 1000,
                     gate_loop_get_wall_ms (gate_node.loop));
  gate_loop_at_turn_end (gate_node.loop, &gate_node.turn_end);
}

static void
turn_end_cb (GateTurnEnd *turn_end)
{
  gint64 due_ms;

  gate_core_turn_end (gate_node.core);
  due_ms = gate_core_next_due_ms (gate_node.core);
  if (due_ms == G_MAXINT64)
    gate_loop_disarm (gate_node.loop, &gate_node.core_timer);
  else
    gate_loop_arm (gate_node.loop, &gate_node.core_timer,
                   (guint64) MAX (0, due_ms - gate_loop_get_now_us (gate_node.loop) / 1000));
}

static void
core_timer_cb (GateTimer *timer)
{
  gate_node_enter_core ();
  gate_core_tick (gate_node.core);
}

/* --- What the core asks for ------------------------------------------------------------------------- */

static GateLink *
link_of (guint64 id)
{
  return gate_workers_get_link (gate_node.workers, (guint) (id >> 32));
}

static void
send_cb (gpointer               remote,
         GateConnId             conn,
         const Gate__V1__Frame *frame)
{
  GateLink *link = link_of (conn);

  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_FRAME, 0, (guint32) conn, &frame->base);
}

static void
limits_cb (gpointer                      remote,
           GateConnId                    conn,
           const Gate__Link__V1__Limits *limits)
{
  GateLink *link = link_of (conn);

  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_LIMITS, 0, (guint32) conn, &limits->base);
}

static void
close_cb (gpointer    remote,
          GateConnId  conn,
          guint       code,
          const char *reason)
{
  Gate__Link__V1__CloseThis body = GATE__LINK__V1__CLOSE_THIS__INIT;
  GateLink *link = link_of (conn);

  body.code = code;
  body.reason = (char *) (reason != NULL ? reason : "");
  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_CLOSE, 0, (guint32) conn, &body.base);
}

static void
reply_cb (gpointer                     remote,
          GateRequestId                request,
          gboolean                     more,
          const Gate__Link__V1__Reply *reply)
{
  GateLink *link = link_of (request);

  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_REPLY, more ? GATE_RECORD_FLAG_MORE : 0,
                            (guint32) request, &reply->base);
}

static void
hash_cb (gpointer     remote,
         GateHashJob *job)
{
  gate_hasher_push (gate_node.hasher, job);
}

static void
hashed_cb (GateHashJob *job,
           gpointer     user_data)
{
  gate_node_enter_core ();
  gate_core_hashed (gate_node.core, job);
}

static void
count_cb (gpointer remote,
          guint    metric,
          guint    label,
          guint64  n)
{
  gate_metrics_add (gate_node.metrics, metric, label, n);
}

static void
observe_cb (gpointer remote,
            guint    metric,
            guint    label,
            guint64  value_us)
{
  gate_metrics_observe (gate_node.metrics, metric, label, value_us);
}

static void
gauge_cb (gpointer    remote,
          guint       metric,
          const char *label,
          gint64      value)
{
  gate_metrics_set (gate_node.metrics, metric,
                    label != NULL ? gate_metrics_queue_label (gate_node.metrics, label) : 0, value);
}

static void
gauge_at_cb (gpointer remote,
             guint    metric,
             guint    label,
             gint64   value)
{
  gate_metrics_set (gate_node.metrics, metric, label, value);
}

static const GateRemote remote = {
  .send = send_cb,
  .limits = limits_cb,
  .close = close_cb,
  .reply = reply_cb,
  .hash = hash_cb,
  .count = count_cb,
  .observe = observe_cb,
  .gauge = gauge_cb,
  .gauge_at = gauge_at_cb,
};

/* --- What the store answers ------------------------------------------------------------------------- */

static void
batch_cb (GateBatch *batch,
          gpointer   user_data)
{
  if (gate_node.core == NULL) { /* the first administrator's own batch, before there is a core */
    gate_batch_free (batch);
    gate_loop_quit (gate_node.loop);
    return;
  }
  gate_node_enter_core ();
  gate_core_batch_done (gate_node.core, batch);
}

static void
query_cb (GateQuery *query,
          gpointer   user_data)
{
  gate_node_enter_core ();
  gate_core_query_done (gate_node.core, query);
}

static void
changed_cb (gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GateSnapshot *snapshot = gate_node.store->load (gate_node.store, &error);

  if (snapshot != NULL)
    gate_node_tell_everybody (snapshot);
  else
    gate_log (GATE_LOG_WARNING, "agents_not_reloaded", "err", "s", error->message, NULL);
}

const GateStoreDone gate_node_store_done = { .batch = batch_cb,
                                             .query = query_cb,
                                             .changed = changed_cb };

/* --- What the workers say --------------------------------------------------------------------------- */

static ProtobufCMessage *
decode (const ProtobufCMessageDescriptor *descriptor,
        const GateRecord                 *record)
{
  ProtobufCMessage *message = NULL;

  if (wire_message_unpack (gate_node.scratch, descriptor, record->body, record->body_bytes,
                           FRAME_MAX_BYTES, &message) != WIRE_OK)
    gate_log (GATE_LOG_ERROR, "bad_record_from_worker", "type", "i", (gint64) record->type, NULL);
  return message;
}

static void
frame_arrived (GateConnId        conn,
               const GateRecord *record)
{
  Gate__V1__Frame *frame;

  if (wire_frame_unpack (gate_node.scratch, record->body, record->body_bytes, FRAME_MAX_BYTES,
                         &frame) == WIRE_OK)
    gate_core_frame (gate_node.core, conn, frame);
  else /* an edge checks before it sends: this one is broken, or no longer ours */
    gate_log (GATE_LOG_ERROR, "bad_frame_from_edge", "conn", "u", conn, NULL);
}

static void
record_arrived (guint                       index,
                Gate__Link__V1__WorkerRole  role,
                const GateRecord           *record)
{
  guint64 id = GATE_CONN_ID (index, record->number);
  gboolean is_edge = role == GATE__LINK__V1__WORKER_ROLE__WR_EDGE;
  ProtobufCMessage *body;

  gate_node_enter_core ();
  if (is_edge && record->type == GATE_RECORD_FRAME) {
    frame_arrived (id, record);
  } else if (is_edge && record->type == GATE_RECORD_OPENED) {
    body = decode (&gate__link__v1__opened__descriptor, record);
    if (body != NULL)
      gate_core_opened (gate_node.core, id, (Gate__Link__V1__Opened *) body);
  } else if (is_edge && record->type == GATE_RECORD_CLOSED) {
    gate_core_closed (gate_node.core, id);
  } else if (is_edge && record->type == GATE_RECORD_STATS) {
    body = decode (&gate__link__v1__stats__descriptor, record);
    if (body != NULL)
      gate_node_stats_arrived (index, (Gate__Link__V1__Stats *) body);
  } else if (!is_edge && record->type == GATE_RECORD_REQUEST) {
    body = decode (&gate__link__v1__request__descriptor, record);
    if (body != NULL)
      gate_core_request (gate_node.core, id, (Gate__Link__V1__Request *) body);
  }
  wire_arena_reset (gate_node.scratch);
}

void
gate_node_record_cb (guint                       index,
                     Gate__Link__V1__WorkerRole  role,
                     const GateRecord           *record,
                     gpointer                    user_data)
{
  /* What comes after that can no longer be kept here. Who says something is not left waiting for its moment to leave: 4010 sends
   * it to the next gateway at once, where it says it again. */
  if (!gate_handover_is_begun (&gate_node.handover))
    record_arrived (index, role, record);
  else if (record->type == GATE_RECORD_FRAME)
    close_cb (NULL, GATE_CONN_ID (index, record->number), 4010, "resume at the next gateway");
  if (record->fd >= 0) /* the core takes no descriptor from a worker */
    close (record->fd);
}

/* --- Its beginning and end ---------------------------------------------------------------------------- */

void
gate_node_start_core (void)
{
  gate_node.hasher = gate_hasher_new (gate_node.loop, hashed_cb, NULL);
  gate_node.core = gate_node_config_make_core (gate_node.config, &gate_node.keys, gate_node.geo,
                                               &remote, gate_node.store);
  gate_node.core_timer.fired = core_timer_cb;
  gate_node.turn_end.run = turn_end_cb;
  gate_core_set_now (gate_node.core, g_get_monotonic_time () / 1000, g_get_real_time () / 1000);
  gate_core_start (gate_node.core, gate_node.snapshot);
}

/* The store last: what the core submitted is committed before anybody else may have the folder. */
void
gate_node_close_core (void)
{
  if (gate_node.core != NULL)
    gate_core_turn_end (gate_node.core);
  g_clear_pointer (&gate_node.hasher, gate_hasher_free);
  g_clear_pointer (&gate_node.store, gate_store_sqlite_close);
  g_clear_pointer (&gate_node.core, gate_core_free);
  gate_loop_disarm (gate_node.loop, &gate_node.core_timer);
  gate_loop_cancel_turn_end (gate_node.loop, &gate_node.turn_end);
}
