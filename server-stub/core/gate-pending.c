/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-session.h"

#include "gate-agent.h"
#include "gate-conversation.h"
#include "gate-handler.h"
#include "gate-identity.h"
#include "gate-metric-table.h"
#include "gate-outgoing.h"
#include "gate-park.h"

#include "wire-origin.h"
#include "wire-token.h"
#include "wire-visitor.h"

/* Hello, then Auth or Resume (`PROTOCOLS.md` 2d.5): how a connection becomes a session. */

#define VERSION         1
#define MAX_TEXT_BYTES  512
#define MAX_CONSOLE_IDS 64

void
gate_pending_free (GateCore    *core,
                   GatePending *pending)
{
  if (pending->head.conn != 0)
    gate_table_remove (core->conns, pending->head.conn);
  core->n_pending_conns--;
  g_clear_pointer (&pending->app, g_ref_string_release);
  g_clear_pointer (&pending->user_agent, g_ref_string_release);
  g_clear_pointer (&pending->locale, g_ref_string_release);
  g_clear_pointer (&pending->tz, g_ref_string_release);
  g_free (pending->peer);
  g_free (pending->origin);
  g_free (pending->opened_app);
  g_free (pending);
}

static GateAsker
asker_of (const GatePending     *pending,
          const Gate__V1__Frame *frame)
{
  return (GateAsker){ .conn = pending->head.conn, .serial = pending->serial, .id = frame->id };
}

/* The last word to a stranger. */
static void
turn_away (GateCore              *core,
           GatePending           *pending,
           const Gate__V1__Frame *frame,
           guint                  code,
           const char            *slug,
           guint                  close_code)
{
  GateAsker asker = asker_of (pending, frame);
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  error.code = code;
  error.slug = (char *) slug;
  error.fatal = TRUE;
  gate_refuse_error (core, &asker, &error);
  gate_close_conn (core, pending->head.conn, close_code, slug);
  gate_pending_free (core, pending);
}

/* --- Hello -------------------------------------------------------------------------------------------------- */

static const GateCoreApp *
find_app (GateCore   *core,
          const char *key)
{
  for (guint i = 0; i < core->apps->len; i++) {
    const GateCoreApp *app = g_ptr_array_index (core->apps, i);

    if (strcmp (app->key, key) == 0)
      return app;
  }
  return NULL;
}

/* Browsers always say where they come from; a native client names a device instead. */
static gboolean
origin_is_good (const GatePending     *pending,
                const GateCoreApp     *app,
                const Gate__V1__Hello *hello)
{
  WireText origin = { pending->origin, pending->origin != NULL ? strlen (pending->origin) : 0 };

  if (gate_text_is_empty (pending->origin))
    return pending->transport == GATE__LINK__V1__TRANSPORT__TR_TCP ||
           !gate_text_is_empty (hello->device);
  return wire_origin_is_allowed (origin, (const char *const *) app->origins);
}

static GRefString *
intern (const char *text)
{
  return gate_text_is_empty (text) || strlen (text) > MAX_TEXT_BYTES
           ? NULL
           : g_ref_string_new_intern (text);
}

static void
take_hello (GatePending           *pending,
            const Gate__V1__Hello *hello)
{
  pending->has_hello = TRUE;
  pending->channel = (guint8) hello->channel;
  g_clear_pointer (&pending->app, g_ref_string_release);
  pending->app = intern (hello->app_key);
  if (!gate_text_is_empty (hello->user_agent)) {
    g_clear_pointer (&pending->user_agent, g_ref_string_release);
    pending->user_agent = intern (hello->user_agent);
  }
  pending->locale = intern (hello->locale);
  pending->tz = intern (hello->tz);
  for (gsize i = 0; i < hello->n_caps; i++) {
    pending->has_batch |= strcmp (hello->caps[i], "batch") == 0;
    pending->has_zd1 |= strcmp (hello->caps[i], "zd1") == 0;
    pending->has_preview |= strcmp (hello->caps[i], "preview") == 0;
  }
  /* The text form has no compression. */
  if (pending->codec != GATE__LINK__V1__CODEC__CO_PB)
    pending->has_zd1 = FALSE;
}

static void
take_hello_frame (GateCore              *core,
                  GatePending           *pending,
                  const Gate__V1__Frame *frame)
{
  const Gate__V1__Hello *hello = frame->hello;
  const GateCoreApp *app = NULL;

  if (hello->version != VERSION) {
    turn_away (core, pending, frame, 400, "bad_frame", 4007);
    return;
  }
  if (pending->has_hello) {
    turn_away (core, pending, frame, 400, "bad_frame", 1008);
    return;
  }
  if (hello->channel != GATE__V1__CHANNEL__CH_CONSOLE) {
    app = find_app (core, hello->app_key);
    if (app == NULL || (!gate_text_is_empty (pending->opened_app) &&
                        strcmp (pending->opened_app, hello->app_key) != 0)) {
      turn_away (core, pending, frame, 401, "unauthenticated", 4001);
      return;
    }
    if (!origin_is_good (pending, app, hello)) {
      gate_core_count (core, GATE_METRIC_FRAMES_REJECTED, GATE_REJECTED_ORIGIN);
      turn_away (core, pending, frame, 403, "origin_not_allowed", 1008);
      return;
    }
  }
  take_hello (pending, hello);
}

/* --- Welcome -------------------------------------------------------------------------------------------------- */

static void
fill_cursor (Gate__V1__Cursor  *cursor,
             const GateConvRow *row,
             gboolean           is_agent)
{
  gate__v1__cursor__init (cursor);
  cursor->conv = row->conv;
  cursor->seq = row->last_seq;
  cursor->epoch = row->epoch;
  cursor->note = is_agent ? row->last_note : 0;
}

static void
fill_convs (GateCore          *core,
            GateSession       *session,
            Gate__V1__Welcome *welcome)
{
  GateConversation *conv;
  GateVisitor *visitor = session->agent == NULL ? gate_visitor_find (core, session->self) : NULL;
  gsize n = 0;

  conv = session->agent != NULL ? session->agent->convs : visitor != NULL ? visitor->conv : NULL;
  for (GateConversation *each = conv; each != NULL; each = session->agent ? each->agent_next : NULL)
    n++;
  welcome->convs = wire_arena_alloc0 (core->scratch, (n + 1) * sizeof (gpointer));
  for (; conv != NULL; conv = session->agent != NULL ? conv->agent_next : NULL) {
    Gate__V1__Cursor *cursor;

    if (conv->shown.state == 0 ||
        (session->agent != NULL && conv->shown.state == GATE__V1__STATE__ST_OFFERED))
      continue;
    cursor = wire_arena_new0 (core->scratch, Gate__V1__Cursor);
    fill_cursor (cursor, &conv->shown, session->agent != NULL);
    welcome->convs[welcome->n_convs++] = cursor;
  }
}

static void
tell_welcome (GateCore          *core,
              GateSession       *session,
              const GatePending *pending,
              guint32            id,
              gboolean           is_resumed,
              const char        *visitor_key)
{
  Gate__V1__Welcome welcome = GATE__V1__WELCOME__INIT;
  GateAsker asker = { .conn = session->head.conn, .serial = session->id, .id = id };
  Gate__V1__Frame frame;

  gate_session_fill_welcome (core, session, pending, core->scratch, &welcome);
  welcome.resumed = is_resumed;
  if (visitor_key != NULL)
    welcome.visitor_key = (char *) visitor_key;
  fill_convs (core, session, &welcome);
  if (asker.id != 0) {
    gate_answer (core, &asker, &welcome.base);
    return;
  }
  frame = wire_frame_for (&welcome.base);
  core->remote.send (core->remote_data, session->head.conn, &frame);
}

static void
send_welcome (GateCore          *core,
              GateSession       *session,
              const GatePending *pending,
              guint32            id,
              gboolean           is_resumed,
              const char        *visitor_key)
{
  gate_session_send_limits (core, session, pending);
  tell_welcome (core, session, pending, id, is_resumed, visitor_key);
}

/* What somebody who has just come must know of conversations as they are now. */
static void
send_present (GateCore    *core,
              GateSession *session)
{
  GateVisitor *visitor = session->agent == NULL ? gate_visitor_find (core, session->self) : NULL;

  if (session->agent != NULL)
    gate_agent_send_offers (core, session);
  else if (visitor != NULL && visitor->conv != NULL)
    gate_sync_session (core, session, visitor->conv);
}

/* --- Auth ---------------------------------------------------------------------------------------------------------- */

/* Who the visitor is; FALSE: nobody we can believe. */
static gboolean
identify (GateCore             *core,
          GatePending          *pending,
          const Gate__V1__Auth *auth,
          char                  ret_key[WIRE_JWT_MAX_SUBJECT_BYTES + 1],
          gboolean             *ret_is_new,
          gboolean             *ret_is_verified)
{
  guint8 random[WIRE_VISITOR_KEY_RANDOM_BYTES];
  const GateCoreApp *app = pending->app != NULL ? find_app (core, pending->app) : NULL;

  if (app == NULL)
    return FALSE;
  if (!gate_text_is_empty (auth->token)) {
    *ret_is_verified = TRUE;
    return !gate_text_is_empty (app->secret) &&
           wire_jwt_verify (auth->token, app->secret, pending->app, core->wall_ms / 1000,
                            ret_key) == WIRE_OK;
  }
  if (gate_text_is_empty (auth->visitor_key)) {
    *ret_is_new = TRUE;
    gate_core_random_bytes (core, random, sizeof random);
    wire_visitor_key_make (random, ret_key);
    return TRUE;
  }
  if (!wire_visitor_key_is_anonymous (auth->visitor_key))
    return FALSE; /* identity.static_hmac is off: such signatures never expire */
  g_strlcpy (ret_key, auth->visitor_key, WIRE_JWT_MAX_SUBJECT_BYTES + 1);
  return TRUE;
}

static void
take_profile (GateCore             *core,
              GateSession          *session,
              const Gate__V1__Auth *auth)
{
  g_autofree char *json = NULL;

  if (auth->profile.len == 0 || auth->profile.len > GATE_MAX_ATTRS_BYTES)
    return;
  json = g_strndup ((const char *) auth->profile.data, auth->profile.len);
  gate_visitor_take_profile (core, session, json);
}

static void
auth_visitor (GateCore              *core,
              GatePending           *pending,
              const Gate__V1__Frame *frame)
{
  char key[WIRE_JWT_MAX_SUBJECT_BYTES + 1] = "";
  guint8 digest[GATE_DIGEST_BYTES];
  gboolean is_new = FALSE;
  gboolean is_verified = FALSE;
  GateSession *session;
  guint64 visitor;

  if (!identify (core, pending, frame->auth, key, &is_new, &is_verified)) {
    turn_away (core, pending, frame, 401, "unauthenticated", 4001);
    return;
  }
  visitor = wire_visitor_identify (pending->app, key, digest);
  if (gate_visitor_blocked_until (core, visitor) != 0) {
    turn_away (core, pending, frame, 403, "blocked", 4009);
    return;
  }
  session = gate_session_new (core, pending, GATE__V1__ROLE__VISITOR, visitor, NULL,
                              gate_core_random_id (core), 1);
  memcpy (session->digest, digest, GATE_DIGEST_BYTES);
  session->is_fresh = is_new;
  session->is_verified = is_verified;
  take_profile (core, session, frame->auth);
  send_welcome (core, session, pending, frame->id, FALSE, is_new ? key : NULL);
  send_present (core, session);
  gate_pending_free (core, pending);
}

static void
auth_agent (GateCore              *core,
            GatePending           *pending,
            const Gate__V1__Frame *frame)
{
  guint64 family = 0;
  GateAgent *agent = gate_identity_check_access (core, frame->auth->token, &family);
  GateSession *session;

  if (agent == NULL) {
    turn_away (core, pending, frame, 401, "unauthenticated", 4001);
    return;
  }
  session = gate_session_new (core, pending, GATE__V1__ROLE__AGENT, agent->id, agent,
                              gate_core_random_id (core), 1);
  session->console->family = family;
  send_welcome (core, session, pending, frame->id, FALSE, NULL);
  send_present (core, session);
  gate_pending_free (core, pending);
}

/* --- Resume --------------------------------------------------------------------------------------------------------- */

static void
refuse_resume (GateCore              *core,
               GatePending           *pending,
               const Gate__V1__Frame *frame,
               GateResumeLabel        label)
{
  gate_core_count (core, GATE_METRIC_SESSION_RESUMES, label);
  turn_away (core, pending, frame, 401, "unauthenticated", 4004);
}

static const Gate__V1__Cursor *
cursor_for (const Gate__V1__Resume *resume,
            guint64                 conv)
{
  for (gsize i = 0; i < resume->n_have; i++) {
    if (resume->have[i]->conv == conv)
      return resume->have[i];
  }
  return NULL;
}

static void
catch_up (GateCore               *core,
          GateSession            *session,
          const Gate__V1__Resume *resume)
{
  gboolean is_same_log = resume->log == 0 || resume->log == core->log;
  GateVisitor *visitor = session->agent == NULL ? gate_visitor_find (core, session->self) : NULL;
  gsize n = MIN (resume->n_have, GATE_MAX_RESUME_CURSORS);

  for (gsize i = 0; i < n && is_same_log; i++)
    gate_history_catch_up (core, session, resume->have[i]);
  /* A visitor may not know of the conversation that another of their devices has opened. */
  if (visitor != NULL && visitor->conv != NULL && visitor->conv->shown.state != 0 &&
      (!is_same_log || cursor_for (resume, visitor->conv->row.conv) == NULL)) {
    Gate__V1__Cursor cursor = GATE__V1__CURSOR__INIT;

    cursor.conv = visitor->conv->row.conv;
    gate_history_catch_up (core, session, &cursor);
  }
  if (session->agent != NULL)
    gate_agent_send_offers (core, session);
}

static void
welcome_back (GateCore              *core,
              GateSession           *session,
              GatePending           *pending,
              const Gate__V1__Frame *frame)
{
  gate_core_count (core, GATE_METRIC_SESSION_RESUMES, GATE_RESUME_OK);
  send_welcome (core, session, pending, frame->id, TRUE, NULL);
  gate_pending_free (core, pending);
  catch_up (core, session, frame->resume);
}

typedef struct {
  GateQuestion question;
  WireArena *arena;
  GateConnId conn;
  guint64 serial;
  WireResume token;
  Gate__V1__Frame *frame;
} Returning;

static void
returning_drop (GateQuestion *question)
{
  wire_arena_free (((Returning *) question)->arena);
}

/* A visitor the core does not remember: the store must know who they are, or they must say it again. */
static gboolean
returning_done (GateCore     *core,
                GateQuestion *question,
                GateQuery    *query)
{
  Returning *self = (Returning *) question;
  GateConnHead *head = gate_conn_find (core, self->conn);
  GatePending *pending = head != NULL && !head->is_session ? (GatePending *) head : NULL;
  GateVisitor *visitor = gate_visitor_find (core, self->token.peer);
  GateSession *session;

  if (pending != NULL && pending->serial == self->serial) {
    pending->is_busy = FALSE;
    if (gate_visitor_blocked_until (core, self->token.peer) != 0) {
      turn_away (core, pending, self->frame, 403, "blocked", 4009);
    } else if (query->status != GATE_STORE_OK || query->visitor_row == NULL ||
               g_strcmp0 (query->visitor_row->app, pending->app) != 0 ||
               gate_session_find (core, self->token.session) != NULL) {
      refuse_resume (core, pending, self->frame, GATE_RESUME_GONE);
    } else {
      if (visitor != NULL) {
        gate_visitor_take_row (visitor, query->visitor_row);
        visitor->has_row = TRUE;
      }
      session = gate_session_new (core, pending, GATE__V1__ROLE__VISITOR, self->token.peer, NULL,
                                  self->token.session, self->token.generation + 1);
      memcpy (session->digest, query->visitor_row->digest, GATE_DIGEST_BYTES);
      session->is_verified = query->visitor_row->is_verified;
      welcome_back (core, session, pending, self->frame);
    }
  }
  wire_arena_free (self->arena);
  return FALSE;
}

static void
ask_who_returns (GateCore              *core,
                 GatePending           *pending,
                 const Gate__V1__Frame *frame,
                 const WireResume      *token)
{
  WireArena *arena = wire_arena_new (1024);
  Returning *self = wire_arena_new0 (arena, Returning);
  GateQuery *query = gate_query_new (GATE_QUERY_CONTACT);

  self->question.done = returning_done;
  self->question.drop = returning_drop;
  self->arena = arena;
  self->conn = pending->head.conn;
  self->serial = pending->serial;
  self->token = *token;
  self->frame = wire_frame_dup (arena, frame);
  pending->is_busy = TRUE;
  query->visitor = token->peer;
  gate_park_ask (core, &self->question, query);
}

/* After a restart a token stands for its session, as long as it would have stood for one that lost its connection
 * when the core went down. */
static void
resume_unknown (GateCore              *core,
                GatePending           *pending,
                const Gate__V1__Frame *frame,
                const WireResume      *token)
{
  gint64 issued_ms = (gint64) token->expires_s * 1000 - G_GINT64_CONSTANT (24) * 3600 * 1000;
  gboolean is_console = pending->channel == GATE__V1__CHANNEL__CH_CONSOLE;
  GateAgent *agent = is_console ? gate_agent_find (core, token->peer) : NULL;
  GateSession *session;

  if (gate_session_was_ended (core, token->session) || issued_ms > core->started_wall_ms + 1000 ||
      core->wall_ms - core->started_wall_ms > core->settings.resume_ms) {
    refuse_resume (core, pending, frame, GATE_RESUME_GONE);
  } else if (!is_console) {
    ask_who_returns (core, pending, frame, token);
  } else if (agent == NULL || agent->is_disabled || !gate_identity_has_token (core, agent->id)) {
    refuse_resume (core, pending, frame, GATE_RESUME_REFUSED);
  } else {
    session = gate_session_new (core, pending, GATE__V1__ROLE__AGENT, agent->id, agent,
                                token->session, token->generation + 1);
    welcome_back (core, session, pending, frame);
  }
}

static void
take_resume (GateCore              *core,
             GatePending           *pending,
             const Gate__V1__Frame *frame)
{
  WireResume token = { 0 };
  WireStatus status = wire_resume_open (frame->resume->token, core->settings.resume_key,
                                        core->wall_ms / 1000, &token);
  gboolean is_console = pending->channel == GATE__V1__CHANNEL__CH_CONSOLE;
  GateSession *session;

  if (status != WIRE_OK) {
    refuse_resume (core, pending, frame,
                   status == WIRE_EXPIRED ? GATE_RESUME_EXPIRED : GATE_RESUME_REFUSED);
    return;
  }
  gate_session_trim (core);
  session = gate_session_find (core, token.session);
  if (session == NULL) {
    resume_unknown (core, pending, frame, &token);
    return;
  }
  /* The newest token, or the one before it where the answer that held the newest was lost. */
  if (session->self != token.peer || is_console != (session->agent != NULL) ||
      (!is_console && session->app != pending->app) || token.generation + 1 < session->generation ||
      token.generation > session->generation) {
    refuse_resume (core, pending, frame, GATE_RESUME_REFUSED);
    return;
  }
  gate_session_attach (core, session, pending);
  welcome_back (core, session, pending, frame);
}

/* --- All of them ---------------------------------------------------------------------------------------------------------- */

void
gate_pending_frame (GateCore              *core,
                    GatePending           *pending,
                    const Gate__V1__Frame *frame)
{
  GateAsker asker = asker_of (pending, frame);

  if (frame->body_case == GATE__V1__FRAME__BODY_HELLO) {
    take_hello_frame (core, pending, frame);
    return;
  }
  if (!wire_may_send (WIRE_SENDER_STRANGER, frame->body_case)) {
    turn_away (core, pending, frame, 401, "unauthenticated", 4001);
    return;
  }
  if (!pending->has_hello || pending->is_busy) {
    gate_refuse (core, &asker, 400, "bad_frame", "Hello comes first");
    return;
  }
  if (core->is_draining) {
    turn_away (core, pending, frame, 503, "draining", 1012);
    return;
  }
  if (frame->body_case == GATE__V1__FRAME__BODY_RESUME)
    take_resume (core, pending, frame);
  else if (frame->body_case != GATE__V1__FRAME__BODY_AUTH)
    gate_refuse (core, &asker, 400, "bad_frame", NULL);
  else if (pending->channel == GATE__V1__CHANNEL__CH_CONSOLE)
    auth_agent (core, pending, frame);
  else
    auth_visitor (core, pending, frame);
}
