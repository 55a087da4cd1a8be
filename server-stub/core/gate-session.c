/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-session.h"

#include "gate-agent.h"
#include "gate-handler.h"
#include "gate-lists.h"
#include "gate-outgoing.h"

#include "wire-token.h"

#define TOKEN_LIFE_MS (G_GINT64_CONSTANT (24) * 3600 * 1000)

GateSession *
gate_session_find (GateCore *core,
                   guint64   id)
{
  guint64 *key = gate_table_find (core->sessions, id);

  return key != NULL ? gate_container_of (key, GateSession, id) : NULL;
}

GateSession *
gate_session_first_of_visitor (GateCore *core,
                               guint64   visitor)
{
  guint64 *key = gate_table_find (core->visitor_sessions, visitor);

  return key != NULL ? gate_container_of (key, GateSession, self) : NULL;
}

gboolean
gate_session_visitor_is_here (GateCore *core,
                              guint64   visitor)
{
  for (GateSession *session = gate_session_first_of_visitor (core, visitor); session != NULL;
       session = session->next) {
    if (session->head.conn != 0)
      return TRUE;
  }
  return FALSE;
}

/* --- Among the sessions of one peer ------------------------------------------------------------------ */

static void
link_session (GateCore    *core,
              GateSession *session)
{
  GateSession *first;

  if (session->agent != NULL) {
    session->next = session->agent->sessions;
    session->agent->sessions = session;
    return;
  }
  first = gate_session_first_of_visitor (core, session->self);
  session->next = first;
  if (first != NULL)
    gate_table_remove (core->visitor_sessions, first->self);
  gate_table_add (core->visitor_sessions, &session->self);
}

static void
unlink_session (GateCore    *core,
                GateSession *session)
{
  GateSession *first = session->agent != NULL ? session->agent->sessions
                                              : gate_session_first_of_visitor (core, session->self);

  if (first == session) {
    if (session->agent != NULL) {
      session->agent->sessions = session->next;
      return;
    }
    gate_table_remove (core->visitor_sessions, session->self);
    if (session->next != NULL)
      gate_table_add (core->visitor_sessions, &session->next->self);
    return;
  }
  while (first->next != session)
    first = first->next;
  first->next = session->next;
}

static guint
count_sessions (GateSession *first)
{
  guint n = 0;

  for (; first != NULL; first = first->next)
    n++;
  return n;
}

/* A visitor's or agent's oldest device makes room for the newest. */
static void
make_room (GateCore  *core,
           GateAgent *agent,
           guint64    visitor)
{
  GateSession *first =
    agent != NULL ? agent->sessions : gate_session_first_of_visitor (core, visitor);
  guint limit = agent != NULL ? GATE_MAX_AGENT_DEVICES : GATE_MAX_VISITOR_DEVICES;
  GateSession *victim = NULL;

  if (count_sessions (first) < limit)
    return;
  for (; first != NULL; first = first->next) {
    if (victim == NULL || first->head.conn == 0 || victim->head.conn != 0)
      victim = first; /* the last of the list is the oldest; one that is away goes first */
  }
  gate_session_end (core, victim, 4003);
}

/* The visitor to those who talk with them: only the first connection and the last one are news. */
static void
moved (GateCore    *core,
       GateSession *session)
{
  GateVisitor *visitor = session->agent == NULL ? gate_visitor_find (core, session->self) : NULL;
  GateConversation *conv = visitor != NULL ? visitor->conv : NULL;

  if (conv != NULL &&
      gate_conversation_visitor_moved (core, conv,
                                       gate_session_visitor_is_here (core, session->self)))
    gate_tell_presence (core, conv);
}

/* --- The list of those who are away -------------------------------------------------------------------- */

static void
away_push (GateCore    *core,
           GateSession *session)
{
  session->detached_ms = core->now_ms;
  session->older = core->newest_detached;
  session->newer = NULL;
  *(core->newest_detached != NULL ? &core->newest_detached->newer : &core->oldest_detached) =
    session;
  core->newest_detached = session;
}

static void
away_remove (GateCore    *core,
             GateSession *session)
{
  *(session->older != NULL ? &session->older->newer : &core->oldest_detached) = session->newer;
  *(session->newer != NULL ? &session->newer->older : &core->newest_detached) = session->older;
  session->older = session->newer = NULL;
}

/* --- Attach and detach ------------------------------------------------------------------------------------ */

void
gate_session_send_limits (GateCore          *core,
                          const GateSession *session,
                          const GatePending *pending)
{
  Gate__Link__V1__Limits limits = GATE__LINK__V1__LIMITS__INIT;
  const GateCoreSettings *settings = &core->settings;
  gboolean is_agent = session->role == GATE__V1__ROLE__AGENT;

  limits.role = (Gate__V1__Role) session->role;
  limits.signed_in = TRUE;
  limits.max_frame_bytes = settings->max_frame_bytes * (is_agent ? 4 : 1);
  limits.messages_per_s = settings->messages_per_s;
  limits.messages_burst = settings->messages_burst;
  limits.frames_per_s = settings->frames_per_s * (is_agent ? 16 : 1);
  limits.send_buffer_bytes =
    is_agent ? settings->send_buffer_bytes * 16 : settings->send_buffer_bytes;
  limits.batch = pending->has_batch;
  limits.zd1 = pending->has_zd1;
  core->remote.limits (core->remote_data, session->head.conn, &limits);
}

static void
take_connection (GateCore    *core,
                 GateSession *session,
                 GatePending *pending)
{
  GateConnId conn = pending->head.conn;

  gate_table_remove (core->conns, pending->head.conn);
  pending->head.conn = 0;
  session->head.conn = conn;
  session->head.is_session = TRUE;
  session->n_first = 0;
  session->channel = pending->channel;
  session->has_preview = pending->has_preview && core->settings.sneak_peek;
  session->address = gate_address_key (pending->peer);
  gate_table_add (core->conns, &session->head.conn);
  if (session->agent != NULL)
    gate_agent_linked (core, session->agent);
  moved (core, session);
  if (session->agent == NULL)
    gate_visitor_locate (core, session, pending->peer);
}

static GRefString *
ref_text (GRefString *text)
{
  return text != NULL ? g_ref_string_acquire (text) : NULL;
}

GateSession *
gate_session_new (GateCore       *core,
                  GatePending    *pending,
                  Gate__V1__Role  role,
                  guint64         self,
                  GateAgent      *agent,
                  guint64         id,
                  guint32         generation)
{
  GateSession *session;

  make_room (core, agent, self);
  session = g_new0 (GateSession, 1);
  session->id = id;
  session->generation = generation;
  session->self = self;
  session->agent = agent;
  session->role = (guint8) role;
  session->app = ref_text (pending->app);
  session->user_agent = ref_text (pending->user_agent);
  session->locale = ref_text (pending->locale);
  session->tz = ref_text (pending->tz);
  if (agent != NULL)
    session->console = g_new0 (GateConsole, 1);
  gate_table_add (core->sessions, &session->id);
  link_session (core, session);
  take_connection (core, session, pending);
  return session;
}

void
gate_session_detach (GateCore    *core,
                     GateSession *session)
{
  if (session->head.conn == 0)
    return;
  gate_table_remove (core->conns, session->head.conn);
  session->head.conn = 0;
  g_clear_pointer (&session->catching_up, g_array_unref);
  gate_lists_drop_session (core, session);
  gate_watch_drop_session (core, session);
  away_push (core, session);
  if (session->agent != NULL)
    gate_agent_unlinked (core, session->agent);
  moved (core, session);
}

void
gate_session_attach (GateCore    *core,
                     GateSession *session,
                     GatePending *pending)
{
  if (session->head.conn != 0) {
    GateConnId old = session->head.conn;

    /* The agent must not seem to be gone in between, or their offers would be taken back. */
    gate_table_remove (core->conns, session->head.conn);
    session->head.conn = 0;
    gate_lists_drop_session (core, session);
    gate_watch_drop_session (core, session);
    g_clear_pointer (&session->catching_up, g_array_unref);
    if (session->agent != NULL)
      session->agent->n_links--;
    gate_close_conn (core, old, 4003, "session opened elsewhere");
  } else {
    away_remove (core, session);
  }
  session->generation++;
  take_connection (core, session, pending);
}

void
gate_session_free (GateSession *session)
{
  if (session->console != NULL) {
    for (guint i = 0; i < G_N_ELEMENTS (session->console->list_queues); i++)
      g_free (session->console->list_queues[i]);
    g_free (session->console);
  }
  g_clear_pointer (&session->catching_up, g_array_unref);
  g_clear_pointer (&session->app, g_ref_string_release);
  g_clear_pointer (&session->user_agent, g_ref_string_release);
  g_clear_pointer (&session->locale, g_ref_string_release);
  g_clear_pointer (&session->tz, g_ref_string_release);
  g_clear_pointer (&session->place, g_ref_string_release);
  g_free (session);
}

static void
forget (GateCore    *core,
        GateSession *session)
{
  guint64 self = session->self;
  gboolean is_visitor = session->agent == NULL;
  GateVisitor *visitor;

  away_remove (core, session);
  unlink_session (core, session);
  gate_table_remove (core->sessions, session->id);
  gate_session_free (session);
  visitor = is_visitor ? gate_visitor_find (core, self) : NULL;
  if (visitor != NULL)
    gate_visitor_release (core, visitor);
}

void
gate_session_end (GateCore    *core,
                  GateSession *session,
                  guint        code)
{
  gint64 *ended_ms = g_new (gint64, 1);
  guint64 *id = g_new (guint64, 1);

  *ended_ms = core->now_ms;
  *id = session->id;
  g_hash_table_replace (core->ended, id, ended_ms);
  if (session->head.conn != 0) {
    if (code != 0)
      gate_close_conn (core, session->head.conn, code, "session ended");
    gate_session_detach (core, session);
  }
  forget (core, session);
}

void
gate_session_end_agent (GateCore  *core,
                        GateAgent *agent,
                        guint64    family)
{
  GateSession *next;

  for (GateSession *session = agent->sessions; session != NULL; session = next) {
    next = session->next;
    /* A session that came back by its resume token alone cannot prove its sign-in: it must sign in anew. */
    if (family == 0 || session->console->family == family || session->console->family == 0)
      gate_session_end (core, session, 4001);
  }
}

gboolean
gate_session_was_ended (GateCore *core,
                        guint64   id)
{
  return g_hash_table_contains (core->ended, &id);
}

static gboolean
is_long_ago (gpointer key,
             gpointer value,
             gpointer user_data)
{
  GateCore *core = user_data;

  return core->now_ms - *(gint64 *) value > TOKEN_LIFE_MS;
}

void
gate_session_trim (GateCore *core)
{
  while (core->oldest_detached != NULL &&
         core->now_ms - core->oldest_detached->detached_ms >= core->settings.resume_ms) {
    g_assert (core->oldest_detached->older == NULL);
    forget (core, core->oldest_detached);
  }
  if (g_hash_table_size (core->ended) > 0)
    g_hash_table_foreach_remove (core->ended, is_long_ago, core);
}

/* --- Welcome --------------------------------------------------------------------------------------------------- */

static char *
resume_token (GateCore    *core,
              GateSession *session,
              WireArena   *arena)
{
  char *token = wire_arena_alloc (arena, WIRE_RESUME_CHARS + 1);
  WireResume resume = {
    .session = session->id,
    .peer = session->self,
    .generation = session->generation,
    .expires_s = (guint32) ((core->wall_ms + TOKEN_LIFE_MS) / 1000),
  };

  wire_resume_seal (&resume, core->settings.resume_key, core->settings.resume_key_id, token);
  return token;
}

static void
fill_caps (const GatePending *pending,
           const GateSession *session,
           WireArena         *arena,
           Gate__V1__Welcome *body)
{
  body->caps = wire_arena_alloc0 (arena, 3 * sizeof (char *));
  if (pending->has_batch)
    body->caps[body->n_caps++] = (char *) "batch";
  if (pending->has_zd1)
    body->caps[body->n_caps++] = (char *) "zd1";
  if (session->has_preview)
    body->caps[body->n_caps++] = (char *) "preview";
}

void
gate_session_fill_welcome (GateCore          *core,
                           GateSession       *session,
                           const GatePending *pending,
                           WireArena         *arena,
                           Gate__V1__Welcome *body)
{
  const GateCoreSettings *settings = &core->settings;

  body->session = session->id;
  body->self = session->self;
  body->resume_token = resume_token (core, session, arena);
  body->resume_ttl_s = (guint32) (settings->resume_ms / 1000);
  body->ping_s = (guint32) (settings->ping_ms / 1000);
  body->idle_s = (guint32) (settings->idle_ms / 1000);
  body->max_frame = settings->max_frame_bytes * (session->agent != NULL ? 4 : 1);
  body->ts = (guint64) core->wall_ms;
  body->log = core->log;
  body->node = (char *) (settings->node != NULL ? settings->node : "");
  body->role = (Gate__V1__Role) session->role;
  fill_caps (pending, session, arena, body);
  if (session->agent != NULL)
    body->rights = gate_rights_names (arena, session->agent->rights, &body->n_rights);
}
