/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-core.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-contact.h"
#include "gate-conversation.h"
#include "gate-handler.h"
#include "gate-identity.h"
#include "gate-json.h"
#include "gate-limiter.h"
#include "gate-lists.h"
#include "gate-metric-table.h"
#include "gate-outgoing.h"
#include "gate-park.h"
#include "gate-queue.h"
#include "gate-router.h"
#include "gate-session.h"
#include "gate-stats.h"

/* The assembly: where events come in, and which clocks run. */

#define TRIM_MS      10000
#define DAY_MS       (G_GINT64_CONSTANT (24) * 3600 * 1000)
#define READY_CHECKS 2

/* --- Randomness ---------------------------------------------------------------------------------------------- */

/* xoshiro256**, for tests that must run the same way twice. Source: Blackman and Vigna, public domain. */
static guint64
next_seeded (GateCore *self)
{
  guint64 *s = self->random;
  guint64 result = ((s[1] * 5) << 7 | (s[1] * 5) >> 57) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = s[3] << 45 | s[3] >> 19;
  return result;
}

static void
seed (GateCore *self,
      guint64   value)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->random); i++) { /* splitmix64 */
    guint64 z = value += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
    self->random[i] = z ^ (z >> 31);
  }
}

guint64
gate_core_random_u64 (GateCore *self)
{
  guint64 value;

  if (self->settings.random == NULL)
    return next_seeded (self);
  self->settings.random (&value, sizeof value);
  return value;
}

void
gate_core_random_bytes (GateCore *self,
                        gpointer  buffer,
                        gsize     n_bytes)
{
  guint8 *at = buffer;

  if (self->settings.random != NULL) {
    self->settings.random (buffer, n_bytes);
    return;
  }
  while (n_bytes > 0) {
    guint64 value = next_seeded (self);
    gsize n = MIN (n_bytes, sizeof value);

    memcpy (at, &value, n);
    at += n;
    n_bytes -= n;
  }
}

guint64
gate_core_random_id (GateCore *self)
{
  guint64 id;

  do {
    id = gate_core_random_u64 (self) & WIRE_MAX_ID;
  } while (id == 0 || gate_session_find (self, id) != NULL);
  return id;
}

/* --- Tables ---------------------------------------------------------------------------------------------------- */

static guint
number_hash (gconstpointer key)
{
  return gate_u64_mix (*(const guint64 *) key);
}

static gboolean
number_equal (gconstpointer a,
              gconstpointer b)
{
  return *(const guint64 *) a == *(const guint64 *) b;
}

/* --- Life ----------------------------------------------------------------------------------------------------- */

GateCore *
gate_core_new (const GateCoreSettings *settings,
               const GateRemote       *remote,
               gpointer                remote_data,
               GateStore              *store)
{
  GateCore *self = g_new0 (GateCore, 1);

  self->remote = *remote;
  self->remote_data = remote_data;
  self->store = store;
  seed (self, settings->seed);
  self->conns = gate_table_new ();
  self->sessions = gate_table_new ();
  self->visitor_sessions = gate_table_new ();
  self->visitors = gate_table_new ();
  self->conversations = gate_table_new ();
  self->agents = gate_table_new ();
  self->agents_login = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ended = g_hash_table_new_full (number_hash, number_equal, g_free, g_free);
  self->blocked = g_hash_table_new_full (number_hash, number_equal, g_free, g_free);
  self->lost = g_hash_table_new_full (number_hash, number_equal, g_free, NULL);
  self->agent_array = g_ptr_array_new ();
  self->queues = g_ptr_array_new ();
  self->dirty = g_ptr_array_new ();
  self->commit = gate_commit_new ();
  self->parked = gate_park_new ();
  self->identity = gate_identity_new ();
  self->limiter = gate_limiter_new ();
  self->scratch = wire_arena_new ((gsize) 16 * 1024);
  self->lists_due_ms = self->positions_due_ms = self->match_due_ms = G_MAXINT64;
  self->lost_due_ms = self->stats_due_ms = G_MAXINT64;
  self->store_retry_ms = G_MININT64;
  gate_core_copy_settings (self, settings);
  gate_queue_load (self, settings->queues, settings->n_queues);
  return self;
}

/* Calls @free_one with what contains each key; the table goes too. */
static void
free_table (GateTable *table,
            gsize      key_offset,
            void (*free_one) (gpointer))
{
  GateTableIter iter;
  guint64 *key;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  gate_table_iter_init (&iter, table);
  while ((key = gate_table_iter_next (&iter)) != NULL)
    g_ptr_array_add (all, (char *) key - key_offset);
  gate_table_free (table);
  for (guint i = 0; i < all->len; i++)
    free_one (g_ptr_array_index (all, i));
}

static void
free_pending (GateCore *self)
{
  GateTableIter iter;
  guint64 *key;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  gate_table_iter_init (&iter, self->conns);
  while ((key = gate_table_iter_next (&iter)) != NULL) {
    if (!((GateConnHead *) key)->is_session)
      g_ptr_array_add (all, key);
  }
  for (guint i = 0; i < all->len; i++)
    gate_pending_free (self, g_ptr_array_index (all, i));
}

void
gate_core_free (GateCore *self)
{
  gate_commit_free (self->commit);
  gate_park_free (self->parked);
  gate_identity_free (self->identity);
  gate_limiter_free (self->limiter);
  free_pending (self);
  free_table (self->sessions, G_STRUCT_OFFSET (GateSession, id),
              (void (*) (gpointer)) gate_session_free);
  free_table (self->conversations, G_STRUCT_OFFSET (GateConversation, row.conv),
              (void (*) (gpointer)) gate_conversation_free);
  free_table (self->visitors, G_STRUCT_OFFSET (GateVisitor, id),
              (void (*) (gpointer)) gate_visitor_free);
  free_table (self->agents, G_STRUCT_OFFSET (GateAgent, id), (void (*) (gpointer)) gate_agent_free);
  gate_table_free (self->conns);
  gate_table_free (self->visitor_sessions);
  g_hash_table_unref (self->agents_login);
  g_hash_table_unref (self->ended);
  g_hash_table_unref (self->blocked);
  gate_contact_free (self);
  g_hash_table_unref (self->lost);
  g_ptr_array_unref (self->agent_array);
  g_ptr_array_unref (self->dirty);
  for (guint i = 0; i < self->queues->len; i++)
    gate_queue_free (g_ptr_array_index (self->queues, i));
  g_ptr_array_unref (self->queues);
  wire_arena_free (self->scratch);
  gate_core_free_settings (self);
  g_free (self);
}

/* --- Clocks ------------------------------------------------------------------------------------------------------- */

static guint64
tick_of (gint64 ms)
{
  return (guint64) ((ms + GATE_TICK_MS - 1) / GATE_TICK_MS);
}

void
gate_core_arm (GateCore  *self,
               GateTimer *timer,
               gint64     delay_ms)
{
  gate_wheel_arm (&self->wheel, timer, tick_of (self->now_ms + MAX (delay_ms, 0)));
}

void
gate_core_disarm (GateCore  *self,
                  GateTimer *timer)
{
  gate_wheel_disarm (&self->wheel, timer);
}

void
gate_core_set_now (GateCore *self,
                   gint64    mono_ms,
                   gint64    wall_ms)
{
  if (!self->has_clock) {
    self->has_clock = TRUE;
    gate_wheel_init (&self->wheel, (guint64) (mono_ms / GATE_TICK_MS));
    self->started_wall_ms = wall_ms;
    self->trim_due_ms = mono_ms + TRIM_MS;
    self->day = wall_ms / DAY_MS;
  }
  self->now_ms = mono_ms;
  self->wall_ms = wall_ms;
}

/* --- Start ------------------------------------------------------------------------------------------------------------ */

static void
load_apps (GateCore           *self,
           const GateSnapshot *snapshot)
{
  g_ptr_array_set_size (self->apps, (gint) self->n_fixed_apps);
  for (guint i = 0; i < snapshot->n_apps; i++) {
    const GateAppRow *row = &snapshot->apps[i];

    gate_core_add_app (self, row->key, row->secret, gate_json_read_strings (row->origins));
  }
}

/* Agents who are not back in time lose their conversations; what they hold is theirs until then. */
static void
start_conversations (GateCore           *self,
                     const GateSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->n_convs; i++)
    gate_conversation_adopt (self, &snapshot->convs[i]);
  for (guint i = 0; i < self->agent_array->len; i++) {
    GateAgent *agent = g_ptr_array_index (self->agent_array, i);

    gate_agent_allow (agent);
    gate_agent_start_grace (self, agent);
  }
  for (guint i = 0; i < snapshot->n_convs; i++) {
    GateConversation *conv = gate_conversation_find (self, snapshot->convs[i].conv);
    GateChange change = { .event = GATE_EVENT_OWNER_LOST, .actor_role = GATE__V1__ROLE__SYSTEM };

    if (conv->row.agent != 0 && gate_agent_find (self, conv->row.agent) == NULL &&
        gate_conversation_can (self, conv, &change))
      gate_conversation_change (self, conv, &change);
  }
}

void
gate_core_start (GateCore           *self,
                 const GateSnapshot *snapshot)
{
  g_assert (self->has_clock);
  load_apps (self, snapshot);
  gate_agent_load_rows (self, snapshot->agents, snapshot->n_agents);
  if (self->is_started)
    return;
  self->is_started = TRUE;
  self->log = snapshot->log;
  self->next_conv = MAX (snapshot->next_conv, 1);
  gate_identity_load (self, snapshot->tokens, snapshot->n_tokens);
  for (guint i = 0; i < snapshot->n_blocks; i++)
    gate_visitor_block (self, snapshot->blocks[i].visitor, snapshot->blocks[i].until);
  gate_contact_load (self, snapshot);
  start_conversations (self, snapshot);
  gate_stats_give (self); /* also names the queues in their order, which their labels go by */
}

/* --- Connections ------------------------------------------------------------------------------------------------------- */

GateConnHead *
gate_conn_find (GateCore   *self,
                GateConnId  conn)
{
  return (GateConnHead *) (gpointer) gate_table_find (self->conns, conn);
}

static void
end_event (GateCore *self)
{
  wire_arena_reset (self->scratch);
}

static void
drop_conn (GateCore     *self,
           GateConnHead *head)
{
  if (head->is_session)
    gate_session_detach (self, (GateSession *) head);
  else
    gate_pending_free (self, (GatePending *) head);
}

void
gate_core_opened (GateCore                     *self,
                  GateConnId                    conn,
                  const Gate__Link__V1__Opened *opened)
{
  GateConnHead *old = gate_conn_find (self, conn);
  GatePending *pending;

  if (old != NULL)
    drop_conn (self, old);
  if (self->n_pending_conns >= GATE_MAX_PENDING_CONNS) {
    gate_close_conn (self, conn, 1013, "overloaded");
    return;
  }
  pending = g_new0 (GatePending, 1);
  pending->head.conn = conn;
  pending->serial = ++self->next_serial | G_GUINT64_CONSTANT (1) << 63; /* never a session's id */
  pending->transport = (guint8) opened->transport;
  pending->codec = (guint8) opened->codec;
  pending->peer = g_strdup (opened->peer);
  pending->origin = g_strdup (opened->origin);
  pending->opened_app = g_strdup (opened->app);
  if (!gate_text_is_empty (opened->user_agent) && strlen (opened->user_agent) <= 512)
    pending->user_agent = g_ref_string_new_intern (opened->user_agent);
  gate_table_add (self->conns, &pending->head.conn);
  self->n_pending_conns++;
}

static void
dispatch_frame (GateCore              *self,
                GateSession           *session,
                const Gate__V1__Frame *frame)
{
  GateCall call = {
    .asker = { .conn = session->head.conn, .serial = session->id, .id = frame->id },
    .session = session,
    .role = (Gate__V1__Role) session->role,
    .self = session->self,
    .agent = session->agent,
    .rights = session->agent != NULL ? session->agent->rights : 0,
    .frame = frame,
  };

  gate_dispatch (self, &call);
}

void
gate_core_frame (GateCore              *self,
                 GateConnId             conn,
                 const Gate__V1__Frame *frame)
{
  GateConnHead *head = gate_conn_find (self, conn);

  if (head == NULL)
    return; /* it was closed, and this was on its way */
  gate_commit_begin (self);
  if (head->is_session)
    dispatch_frame (self, (GateSession *) head, frame);
  else
    gate_pending_frame (self, (GatePending *) head, frame);
  end_event (self);
}

void
gate_core_closed (GateCore   *self,
                  GateConnId  conn)
{
  GateConnHead *head = gate_conn_find (self, conn);

  if (head == NULL)
    return;
  gate_commit_begin (self);
  drop_conn (self, head);
  end_event (self);
}

void
gate_core_worker_gone (GateCore *self,
                       guint     worker)
{
  GateTableIter iter;
  guint64 *key;
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (GateConnId));

  gate_table_iter_init (&iter, self->conns);
  while ((key = gate_table_iter_next (&iter)) != NULL) {
    GateConnId conn = ((GateConnHead *) key)->conn;

    if (conn >> 32 == worker)
      g_array_append_val (gone, conn);
  }
  for (guint i = 0; i < gone->len; i++)
    gate_core_closed (self, g_array_index (gone, GateConnId, i));
}

gboolean
gate_core_is_quiet (const GateCore *self)
{
  return gate_commit_is_idle (self) && !gate_park_is_asking (self);
}

/* --- Requests ------------------------------------------------------------------------------------------------------------ */

static void
answer_ready (GateCore        *self,
              const GateAsker *asker)
{
  Gate__Link__V1__Reply reply = GATE__LINK__V1__REPLY__INIT;
  Gate__Link__V1__Readiness readiness = GATE__LINK__V1__READINESS__INIT;
  Gate__Link__V1__Check checks[READY_CHECKS] = { GATE__LINK__V1__CHECK__INIT,
                                                 GATE__LINK__V1__CHECK__INIT };
  Gate__Link__V1__Check *pointers[READY_CHECKS] = { &checks[0], &checks[1] };

  checks[0].name = (char *) "store";
  checks[0].ok = !gate_commit_is_failing (self);
  checks[1].name = (char *) "accepting";
  checks[1].ok = !self->is_draining;
  readiness.checks = pointers;
  readiness.n_checks = READY_CHECKS;
  readiness.ready = checks[0].ok && checks[1].ok;
  reply.body_case = GATE__LINK__V1__REPLY__BODY_READINESS;
  reply.readiness = &readiness;
  self->remote.reply (self->remote_data, asker->request, FALSE, &reply);
}

/* A frame over HTTP: as from a console of the token's agent, but without a connection. */
static void
dispatch_request (GateCore                      *self,
                  const GateAsker               *asker,
                  const Gate__Link__V1__Request *body)
{
  guint64 family = 0;
  GateAgent *agent =
    gate_identity_check_hash (self, body->token_sha256.data, body->token_sha256.len, &family);
  GateCall call = { .asker = *asker, .role = GATE__V1__ROLE__AGENT, .agent = agent };

  if (agent == NULL) {
    gate_refuse (self, asker, 401, "unauthenticated", NULL);
    return;
  }
  call.self = agent->id;
  call.rights = agent->rights;
  call.frame = body->frame;
  call.asker.id = body->frame->id;
  gate_dispatch (self, &call);
}

void
gate_core_request (GateCore                      *self,
                   GateRequestId                  request,
                   const Gate__Link__V1__Request *body)
{
  GateAsker asker = { .request = request, .is_request = TRUE };

  gate_commit_begin (self);
  if (body->body_case == GATE__LINK__V1__REQUEST__BODY_FRAME)
    dispatch_request (self, &asker, body);
  else if (body->body_case == GATE__LINK__V1__REQUEST__BODY_MEDIA_STORED)
    gate_media_stored (self, &asker, body->media_stored);
  else if (body->body_case == GATE__LINK__V1__REQUEST__BODY_READY)
    answer_ready (self, &asker);
  else if (body->body_case == GATE__LINK__V1__REQUEST__BODY__NOT_SET)
    gate_refuse (self, &asker, 400, "bad_frame", NULL);
  else
    gate_identity_request (self, request, body);
  end_event (self);
}

/* --- Results ----------------------------------------------------------------------------------------------------------------- */

void
gate_core_batch_done (GateCore  *self,
                      GateBatch *batch)
{
  gate_commit_done (self, batch);
  end_event (self);
}

void
gate_core_query_done (GateCore  *self,
                      GateQuery *query)
{
  gate_commit_begin (self);
  gate_park_answered (self, query);
  end_event (self);
}

void
gate_core_hashed (GateCore    *self,
                  GateHashJob *job)
{
  gate_commit_begin (self);
  gate_identity_hashed (self, job);
  end_event (self);
}

/* --- Time passes ---------------------------------------------------------------------------------------------------------------- */

static void
turn_day (GateCore *self)
{
  gint64 day = self->wall_ms / DAY_MS;

  if (day == self->day)
    return;
  self->day = day;
  for (guint i = 0; i < self->agent_array->len; i++)
    ((GateAgent *) g_ptr_array_index (self->agent_array, i))->closed_today = 0;
  for (guint i = 0; i < self->queues->len; i++)
    ((GateQueue *) g_ptr_array_index (self->queues, i))->abandoned_today = 0;
}

static void
trim (GateCore *self)
{
  self->trim_due_ms = self->now_ms + TRIM_MS;
  gate_conversation_trim (self);
  gate_identity_trim (self);
  gate_limiter_trim (self);
  turn_day (self);
}

void
gate_core_tick (GateCore *self)
{
  gate_commit_begin (self);
  if (self->oldest_detached != NULL)
    gate_session_trim (self);
  gate_wheel_advance (&self->wheel, (guint64) (self->now_ms / GATE_TICK_MS));
  if (self->now_ms >= self->match_due_ms) {
    self->match_due_ms = G_MAXINT64;
    gate_router_tick (self);
  }
  gate_router_match (self);
  if (self->now_ms >= self->lists_due_ms)
    gate_lists_flush (self);
  if (self->now_ms >= self->positions_due_ms) {
    self->positions_due_ms = G_MAXINT64;
    gate_queue_send_moved (self);
  }
  if (self->now_ms >= self->lost_due_ms)
    gate_park_retry_lost (self);
  if (self->now_ms >= self->trim_due_ms)
    trim (self);
  if (self->now_ms >= self->stats_due_ms)
    gate_stats_give (self);
  end_event (self);
}

gint64
gate_core_next_due_ms (const GateCore *self)
{
  guint64 tick = gate_wheel_get_next_tick (&self->wheel);
  gint64 due_ms = tick == GATE_WHEEL_NEVER ? G_MAXINT64 : (gint64) tick * GATE_TICK_MS;

  due_ms = MIN (due_ms, MIN (self->lists_due_ms, self->positions_due_ms));
  due_ms = MIN (due_ms, MIN (self->match_due_ms, self->lost_due_ms));
  due_ms = MIN (due_ms, self->stats_due_ms);
  if (self->oldest_detached != NULL)
    due_ms = MIN (due_ms, self->oldest_detached->detached_ms + self->settings.resume_ms);
  if (!gate_commit_is_idle (self) && self->store_retry_ms > self->now_ms)
    due_ms = MIN (due_ms, self->store_retry_ms);
  /* Nothing kept means nothing to throw away: an idle gateway sleeps. */
  if (self->n_kept > 0)
    due_ms = MIN (due_ms, self->trim_due_ms);
  return due_ms;
}

static void
wind_clocks (GateCore *self)
{
  gboolean is_moved = FALSE;
  gboolean has_waiters = FALSE;

  for (guint i = 0; i < self->queues->len; i++) {
    GateQueue *queue = g_ptr_array_index (self->queues, i);

    is_moved |= queue->is_moved;
    has_waiters |= g_sequence_get_length (queue->waiters) > 0;
  }
  if (is_moved && self->positions_due_ms == G_MAXINT64)
    self->positions_due_ms = self->now_ms + GATE_POSITION_GATHER_MS;
  if (has_waiters && self->match_due_ms == G_MAXINT64)
    self->match_due_ms = self->now_ms + GATE_MATCH_TICK_MS;
}

void
gate_core_turn_end (GateCore *self)
{
  if (self->must_match) {
    gate_commit_begin (self);
    gate_router_match (self);
  }
  wind_clocks (self);
  gate_commit_turn_end (self);
  end_event (self);
}

static guint32
spread_ms (GateCore *self,
           guint     n,
           guint     n_of,
           guint     drain_ms)
{
  guint64 from_ms = (guint64) drain_ms * n / n_of;
  guint64 to_ms = (guint64) drain_ms * (n + 1) / n_of;

  return (guint32) (from_ms +
                    (to_ms > from_ms ? gate_core_random_u64 (self) % (to_ms - from_ms) : 0));
}

void
gate_core_drain (GateCore *self,
                 guint     drain_ms)
{
  guint n_sessions = gate_table_get_size (self->sessions);
  guint n = 0;
  GateTableIter iter;
  guint64 *key;

  self->is_draining = TRUE;
  gate_table_iter_init (&iter, self->sessions);
  while ((key = gate_table_iter_next (&iter)) != NULL) {
    GateSession *session = gate_container_of (key, GateSession, id);
    Gate__V1__GoAway away = GATE__V1__GO_AWAY__INIT;

    /* Each has a slice of the drain to itself and a random moment in it: even, and not in step with anything. The last tenth is
     * for those whom this reaches late: at the end of the drain the edges close whatever is left. */
    away.reason = GATE__V1__AWAY_REASON__GA_DRAIN;
    away.delay_ms = spread_ms (self, n++, n_sessions, drain_ms - drain_ms / 10);
    gate_send (self, session, &away.base);
  }
}
