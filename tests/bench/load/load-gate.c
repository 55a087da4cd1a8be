/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's protocol as a client speaks it: hello, sign-in, resume, and what every scenario hears. */
#include "load-scenario.h"
#include "load-worker.h"

#include "wire-json.h"

#include <string.h>

#define LINE_HEAD_CHARS 17 /* "%016x " */

/* --- Writing ------------------------------------------------------------------------------------------ */

void
load_gate_send (LoadClient            *self,
                const Gate__V1__Frame *frame)
{
  WireBuffer packed = WIRE_BUFFER_INIT;

  if (self->fd < 0)
    return;
  if (self->worker->options->codec == LOAD_CODEC_JSON)
    wire_json_write_frame (&packed, frame);
  else
    wire_frame_pack (frame, &packed);
  load_framing_write (self, packed.data, packed.n_bytes);
  wire_buffer_clear (&packed);
}

void
load_gate_send_ping (LoadClient *self,
                     guint32     n)
{
  Gate__V1__Ping ping = GATE__V1__PING__INIT;
  const Gate__V1__Frame frame = WIRE_FRAME (PING, ping, &ping);

  ping.n = n;
  load_gate_send (self, &frame);
}

guint64
load_gate_cid (const LoadClient *self,
               guint32           number)
{
  return (guint64) (self->number + 1) << 32 | (number + 1);
}

void
load_gate_send_line (LoadClient *self,
                     guint32     number,
                     gint64      due_us)
{
  guint n_chars = MAX (self->worker->options->message_bytes, LINE_HEAD_CHARS);
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);
  char text[LINE_HEAD_CHARS + 4096];

  g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x ", due_us);
  memset (text + LINE_HEAD_CHARS, 'x', n_chars - LINE_HEAD_CHARS);
  text[n_chars] = '\0';
  message.cid = load_gate_cid (self, number);
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = text;
  frame.id = number + 1;
  load_gate_send (self, &frame);
}

/* --- Signing in --------------------------------------------------------------------------------------- */

static void
send_hello (LoadClient *self)
{
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (HELLO, hello, &hello);
  char *caps[] = { (char *) "batch" };

  hello.version = 1;
  hello.channel = self->is_agent ? GATE__V1__CHANNEL__CH_CONSOLE : GATE__V1__CHANNEL__CH_WEB;
  hello.app_key = self->worker->options->app;
  hello.device = (char *) "load";
  hello.locale = (char *) "en";
  hello.caps = caps;
  hello.n_caps = self->worker->options->has_batch ? 1 : 0;
  frame.id = 1;
  load_gate_send (self, &frame);
}

static void
send_auth (LoadClient *self)
{
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (AUTH, auth, &auth);

  if (self->is_agent)
    auth.token = self->worker->options->agent_tokens[self->number];
  frame.id = 2;
  load_gate_send (self, &frame);
}

static void
send_resume (LoadClient *self)
{
  Gate__V1__Resume resume = GATE__V1__RESUME__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (RESUME, resume, &resume);

  resume.token = self->resume_token;
  frame.id = 2;
  load_gate_send (self, &frame);
}

void
load_gate_greet (LoadClient *self)
{
  send_hello (self);
  if (self->resume_token != NULL)
    send_resume (self);
  else
    send_auth (self);
}

static void
take_welcome (LoadClient              *self,
              const Gate__V1__Welcome *welcome)
{
  const LoadScenario *scenario = self->worker->options->scenario;

  if (scenario->is_reconnecting) {
    if (self->resume_token != NULL && !welcome->resumed)
      load_worker_count (self->worker, LOAD_COUNT_NOT_RESUMED);
    g_free (self->resume_token);
    self->resume_token = g_strdup (welcome->resume_token);
  }
  if (self->stage != LOAD_STAGE_SIGNING_IN)
    return;
  self->stage = LOAD_STAGE_PREPARING;
  if (self->is_agent)
    load_agent_welcomed (self);
  else if (scenario->prepare != NULL)
    scenario->prepare (self);
  else
    load_client_is_ready (self);
}

/* --- Reading ------------------------------------------------------------------------------------------ */

/* A gateway that was started anew knows nobody who never said a word, and closes (4004): the next connection brings an Auth. */
static void
begin_anew (LoadClient *self)
{
  g_clear_pointer (&self->resume_token, g_free);
  load_worker_count (self->worker, LOAD_COUNT_BEGUN_ANEW);
  if (self->conv != 0) /* but somebody who did is known */
    load_worker_count (self->worker, LOAD_COUNT_NOT_RESUMED);
  load_client_drop (self, FALSE);
}

static void
take_error (LoadClient            *self,
            const Gate__V1__Frame *frame)
{
  LoadWorker *worker = self->worker;

  if (frame->error->code == 401 && self->stage == LOAD_STAGE_SIGNING_IN &&
      self->resume_token != NULL) {
    begin_anew (self);
    return;
  }
  worker->report->error_codes[MIN (frame->error->code, LOAD_MAX_ERROR_CODE - 1)]++;
  /* An operation that was refused is over: its time counts like any other's. */
  if (self->stage == LOAD_STAGE_READY && frame->id != 0 && self->n_done < self->n_sent)
    load_schedule_done (self);
}

static void
take_frame (LoadClient            *self,
            const Gate__V1__Frame *frame)
{
  const LoadScenario *scenario = self->worker->options->scenario;

  if (frame->body_case == GATE__V1__FRAME__BODY_WELCOME)
    take_welcome (self, frame->welcome);
  else if (frame->body_case == GATE__V1__FRAME__BODY_ERROR)
    take_error (self, frame);
  else if (frame->body_case == GATE__V1__FRAME__BODY_GO_AWAY && scenario->is_reconnecting)
    load_client_leave (self, frame->go_away->delay_ms);
  else if (frame->body_case == GATE__V1__FRAME__BODY_PONG && scenario->is_beating)
    load_worker_count (self->worker, LOAD_COUNT_BEATS_ANSWERED);
  else if (self->is_agent)
    load_agent_take (self, frame);
  else if (scenario->take != NULL)
    scenario->take (self, frame);
}

gboolean
load_gate_take (LoadClient   *self,
                const guint8 *data,
                gsize         n_bytes)
{
  WireArena *arena = self->worker->arena;
  Gate__V1__Frame *frame;
  WireStatus status =
    self->worker->options->codec == LOAD_CODEC_JSON
      ? wire_json_read_frame (arena, (const char *) data, n_bytes, LOAD_MAX_FRAME_BYTES, &frame)
      : wire_frame_unpack (arena, data, n_bytes, LOAD_MAX_FRAME_BYTES, &frame);

  if (status != WIRE_OK) {
    load_client_fail (self, LOAD_COUNT_BROKEN);
    return FALSE;
  }
  if (frame->body_case != GATE__V1__FRAME__BODY_BATCH)
    take_frame (self, frame);
  else
    for (gsize i = 0; i < frame->batch->n_frames && self->fd >= 0; i++)
      take_frame (self, frame->batch->frames[i]);
  wire_arena_reset (arena);
  return TRUE;
}
