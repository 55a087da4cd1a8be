/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-demo-visitor.h"

#include "gate-demo-lines.h"
#include "wire-frame.h"

#include <string.h>

#define MAX_PENDING    4
#define PING_MS        30000
#define PAGE_ROWS      200
#define FIRST_RETRY_MS 5000  /* the first try comes within these; PROTOCOLS.md 2d.5 point 5 */
#define MAX_RETRY_MS   30000 /* the pauses double up to here */
#define RESEND_MS      1000  /* after an error that says to try again, but not when */
#define TICK_MS        100   /* of GateLoop's timers */
#define TYPING_LINE_S  2.0   /* who speaks more often than this is not seen typing */
#define MAX_CONVS      8     /* of one visitor in one demo */

typedef struct {
  guint64 cid;
  const char *text;
  gint64 first_us; /* when it was sent first; 0 = never */
  guint32 id;      /* of the frame it was sent in last */
} Line;

struct _GateDemoVisitor {
  GateCaller caller; /* first */
  GateDemo *demo;
  guint32 number;
  GateTimer call, say, ping, resend;

  /* the session */
  gboolean is_welcomed, was_welcomed, is_stopped;
  char *resume_token, *visitor_key;
  guint64 log;
  guint n_failures;
  guint64 asked_pause_ms; /* by GoAway */
  guint32 last_id;

  /* the talk */
  const GateDialogue *dialogue;
  guint next_line;
  Line pending[MAX_PENDING];
  guint n_pending;
  GateDemoLog *convs[MAX_CONVS];
  guint n_convs;

  /* the check */
  guint n_checked; /* conversations whose history was read */
};

#define VISITOR_OF(member, pointer) \
  ((GateDemoVisitor *) (void *) ((guint8 *) (pointer) -G_STRUCT_OFFSET (GateDemoVisitor, member)))

static guint64
draw_ms (GateDemo *demo,
         double    up_to_ms)
{
  return (guint64) (g_rand_double (demo->random) * up_to_ms);
}

static void
send_frame (GateDemoVisitor       *self,
            const Gate__V1__Frame *frame)
{
  gate_caller_send (&self->caller, frame);
}

/* --- Lines -------------------------------------------------------------------------------------------- */

static void
send_line (GateDemoVisitor *self,
           Line            *line)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);

  message.cid = line->cid;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) line->text;
  frame.id = line->id = ++self->last_id;
  if (line->first_us == 0)
    line->first_us = g_get_monotonic_time ();
  else
    self->demo->retried++;
  send_frame (self, &frame);
}

static void
send_pending (GateDemoVisitor *self)
{
  if (!self->is_welcomed)
    return;
  for (guint i = 0; i < self->n_pending; i++)
    send_line (self, &self->pending[i]);
}

static void
send_typing (GateDemoVisitor *self)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);

  typing.on = TRUE;
  if (self->is_welcomed && self->n_convs > 0)
    send_frame (self, &frame);
}

static void
add_line (GateDemoVisitor *self)
{
  Line *line = &self->pending[self->n_pending++];

  *line = (Line){ .cid = ((guint64) g_rand_int (self->demo->random) << 32) |
                         g_rand_int (self->demo->random) | 1,
                  .text = self->dialogue->lines[self->next_line++] };
  if (self->dialogue->lines[self->next_line] == NULL)
    self->next_line = 0;
  self->demo->sent++;
  if (self->is_welcomed)
    send_line (self, line);
}

static void
take_out (GateDemoVisitor *self,
          guint            i)
{
  memmove (&self->pending[i], &self->pending[i + 1],
           (self->n_pending - i - 1) * sizeof *self->pending);
  self->n_pending--;
}

/* The first line comes anywhere within a pause, so that visitors who arrive together do not speak in chorus. */
static void
arm_say (GateDemoVisitor *self,
         gboolean         is_first)
{
  double line_ms = self->demo->line_s * 1000;
  guint64 pause_ms = (guint64) (is_first ? 0 : line_ms / 2) + draw_ms (self->demo, line_ms);

  /* A timer fires up to a tick late, half of one in the mean: taken off, or the rate would not be what was asked. */
  if (self->demo->phase == GATE_DEMO_TALK && line_ms > 0)
    gate_loop_arm (self->demo->gateway.loop, &self->say,
                   pause_ms > TICK_MS / 2 ? pause_ms - TICK_MS / 2 : 0);
}

static void call_later (GateDemoVisitor *self);

/* Somebody trips over the cable now and then: the other side hears nothing of it. */
static gboolean
trip (GateDemoVisitor *self)
{
  GateDemo *demo = self->demo;

  if (demo->drop_s <= 0 || !self->is_welcomed ||
      g_rand_double (demo->random) > demo->line_s / demo->drop_s)
    return FALSE;
  demo->n_open--;
  self->is_welcomed = FALSE;
  gate_caller_drop (&self->caller);
  call_later (self);
  return TRUE;
}

static void
say_cb (GateTimer *timer)
{
  GateDemoVisitor *self = VISITOR_OF (say, timer);

  if (self->demo->phase != GATE_DEMO_TALK || self->is_stopped)
    return;
  if (self->demo->line_s >= TYPING_LINE_S)
    send_typing (self);
  if (self->n_pending < MAX_PENDING && self->was_welcomed)
    add_line (self);
  trip (self);
  arm_say (self, FALSE);
}

static void
resend_cb (GateTimer *timer)
{
  send_pending (VISITOR_OF (resend, timer));
}

/* --- Conversations ------------------------------------------------------------------------------------ */

static GateDemoLog *
get_conv (GateDemoVisitor *self,
          guint64          conv)
{
  for (guint i = 0; i < self->n_convs; i++)
    if (gate_demo_log_get_conv (self->convs[i]) == conv)
      return self->convs[i];
  if (self->n_convs == MAX_CONVS || conv == 0)
    return NULL;
  return self->convs[self->n_convs++] = gate_demo_log_new (conv);
}

static void
ask_history (GateDemoVisitor *self,
             guint64          conv,
             guint64          after)
{
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (HISTORY_REQ, history_req, &request);

  request.conv = conv;
  request.after = after;
  request.limit = PAGE_ROWS;
  frame.id = ++self->last_id;
  send_frame (self, &frame);
}

static void
take_ack (GateDemoVisitor     *self,
          const Gate__V1__Ack *ack)
{
  GateDemo *demo = self->demo;

  for (guint i = 0; i < self->n_pending; i++) {
    const Line *line = &self->pending[i];
    GateDemoLog *conv = line->cid == ack->cid ? get_conv (self, ack->conv) : NULL;
    guint32 latency_us;

    if (conv == NULL)
      continue;
    latency_us = (guint32) CLAMP (g_get_monotonic_time () - line->first_us, 0, G_MAXUINT32);
    g_array_append_val (demo->latencies_us, latency_us);
    demo->acked++;
    if (!gate_demo_log_acked (conv, ack->seq, line->cid, line->text))
      demo->faults.disorders++;
    take_out (self, i);
    return;
  }
}

static void
take_message (GateDemoVisitor         *self,
              const Gate__V1__Message *message)
{
  GateDemoLog *conv = get_conv (self, message->conv);
  Gate__V1__Read read = GATE__V1__READ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (READ, read, &read);

  if (conv == NULL || message->seq == 0 || !gate_demo_log_seen (conv, message->seq, message->cid))
    return;
  if (message->role != GATE__V1__ROLE__VISITOR)
    self->demo->received++;
  if (message->seq > gate_demo_log_get_known (conv)) {
    ask_history (self, message->conv, gate_demo_log_get_known (conv));
    return;
  }
  read.conv = message->conv;
  read.seq = read.received = message->seq;
  send_frame (self, &frame);
}

/* --- Reading back ------------------------------------------------------------------------------------- */

static void
ask_next_check (GateDemoVisitor *self)
{
  if (self->is_welcomed && self->n_checked < self->n_convs) {
    const GateDemoLog *conv = self->convs[self->n_checked];

    ask_history (self, gate_demo_log_get_conv (conv), gate_demo_log_get_checked (conv));
  }
}

static void
check_page (GateDemoVisitor             *self,
            const Gate__V1__HistoryPage *page)
{
  GateDemoLog *conv = self->n_checked < self->n_convs ? self->convs[self->n_checked] : NULL;

  if (conv == NULL || gate_demo_log_get_conv (conv) != page->conv)
    return;
  for (gsize i = 0; i < page->n_messages; i++) {
    const Gate__V1__Message *message = page->messages[i];

    gate_demo_log_check_row (conv, message->seq, message->cid,
                             message->content_case == GATE__V1__MESSAGE__CONTENT_TEXT
                               ? message->text
                               : "",
                             &self->demo->faults);
  }
  if (!page->more || page->n_messages == 0) {
    gate_demo_log_check_end (conv, &self->demo->faults);
    self->n_checked++;
  }
  ask_next_check (self);
}

static void
take_page (GateDemoVisitor             *self,
           const Gate__V1__HistoryPage *page)
{
  GateDemoLog *conv = get_conv (self, page->conv);

  if (self->demo->phase == GATE_DEMO_VERIFY) {
    check_page (self, page);
    return;
  }
  if (conv == NULL)
    return;
  for (gsize i = 0; i < page->n_messages; i++)
    if (gate_demo_log_seen (conv, page->messages[i]->seq, page->messages[i]->cid) &&
        page->messages[i]->role != GATE__V1__ROLE__VISITOR)
      self->demo->received++;
  if (page->more && page->n_messages > 0)
    ask_history (self, page->conv, gate_demo_log_get_known (conv));
}

/* --- The session -------------------------------------------------------------------------------------- */

static void
greet (GateDemoVisitor *self)
{
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (HELLO, hello, &hello);
  g_autofree char *device = g_strdup_printf ("demo-%u", self->number);
  char *caps[] = { (char *) "batch" };

  hello.version = 1;
  hello.channel = GATE__V1__CHANNEL__CH_WEB;
  hello.app_key = (char *) self->demo->app;
  hello.device = device;
  hello.locale = (char *) self->dialogue->locale;
  hello.user_agent = (char *) "usherctl demo";
  hello.tz = (char *) "UTC";
  hello.n_caps = G_N_ELEMENTS (caps);
  hello.caps = caps;
  send_frame (self, &frame);
}

static void
sign_in (GateDemoVisitor *self)
{
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (AUTH, auth, &auth);
  g_autofree char *profile = g_strdup_printf ("{\"name\":\"%s\"}", self->dialogue->name);

  if (self->visitor_key != NULL)
    auth.visitor_key = self->visitor_key;
  auth.profile.data = (guint8 *) profile;
  auth.profile.len = strlen (profile);
  frame.id = ++self->last_id;
  send_frame (self, &frame);
}

static void
resume (GateDemoVisitor *self)
{
  Gate__V1__Resume resume = GATE__V1__RESUME__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (RESUME, resume, &resume);
  Gate__V1__Cursor cursors[MAX_CONVS];
  Gate__V1__Cursor *have[MAX_CONVS];

  for (guint i = 0; i < self->n_convs; i++) {
    gate__v1__cursor__init (&cursors[i]);
    cursors[i].conv = gate_demo_log_get_conv (self->convs[i]);
    cursors[i].seq = gate_demo_log_get_known (self->convs[i]);
    have[i] = &cursors[i];
  }
  resume.token = self->resume_token;
  resume.log = self->log;
  resume.n_have = self->n_convs;
  resume.have = have;
  frame.id = ++self->last_id;
  send_frame (self, &frame);
}

static void
take_text (char       **to,
           const char  *text)
{
  if (text == NULL || text[0] == '\0')
    return;
  g_free (*to);
  *to = g_strdup (text);
}

static void
take_welcome (GateDemoVisitor         *self,
              const Gate__V1__Welcome *welcome)
{
  GateDemo *demo = self->demo;

  demo->n_open++;
  demo->n_welcomed += !self->was_welcomed;
  demo->reconnects += self->was_welcomed;
  demo->resumed += welcome->resumed;
  self->is_welcomed = self->was_welcomed = TRUE;
  self->n_failures = 0;
  self->log = welcome->log;
  take_text (&self->resume_token, welcome->resume_token);
  take_text (&self->visitor_key, welcome->visitor_key);
  gate_loop_arm (demo->gateway.loop, &self->ping, PING_MS * 9 / 10 + draw_ms (demo, PING_MS / 5.0));
  for (gsize i = 0; i < welcome->n_convs && !welcome->resumed; i++) {
    GateDemoLog *conv = get_conv (self, welcome->convs[i]->conv);

    if (conv != NULL && welcome->convs[i]->seq > gate_demo_log_get_known (conv))
      ask_history (self, welcome->convs[i]->conv, gate_demo_log_get_known (conv));
  }
  send_pending (self);
  if (demo->phase == GATE_DEMO_VERIFY)
    ask_next_check (self);
  else if (!gate_timer_is_armed (&self->say))
    arm_say (self, TRUE);
}

static void
take_error (GateDemoVisitor       *self,
            guint32                id,
            const Gate__V1__Error *error)
{
  gboolean is_worth_trying =
    error->code == 429 || error->code == 503 || error->code == 507 || error->code == 408;

  if (!self->is_welcomed) {
    /* A token that is refused: sign in anew. */
    g_clear_pointer (&self->resume_token, g_free);
    return;
  }
  for (guint i = 0; i < self->n_pending; i++) {
    if (self->pending[i].id != id)
      continue;
    if (is_worth_trying) {
      gate_loop_arm (self->demo->gateway.loop, &self->resend,
                     error->retry_after_ms > 0 ? error->retry_after_ms : RESEND_MS);
      return;
    }
    self->demo->refused++;
    take_out (self, i);
    return;
  }
}

static void
ping_cb (GateTimer *timer)
{
  GateDemoVisitor *self = VISITOR_OF (ping, timer);
  Gate__V1__Ping ping = GATE__V1__PING__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (PING, ping, &ping);

  if (!self->is_welcomed)
    return;
  ping.n = ++self->last_id;
  send_frame (self, &frame);
  gate_loop_arm (self->demo->gateway.loop, &self->ping,
                 PING_MS * 9 / 10 + draw_ms (self->demo, PING_MS / 5.0));
}

/* --- The connection ----------------------------------------------------------------------------------- */

static void
call_cb (GateTimer *timer)
{
  GateDemoVisitor *self = VISITOR_OF (call, timer);

  gate_caller_call (&self->caller, &self->demo->gateway, self->number);
}

/* First within 5 s, then 1, 2, 4 … 30 s with full jitter; or when the gateway asked to come. */
static void
call_later (GateDemoVisitor *self)
{
  GateDemo *demo = self->demo;
  guint64 pause_ms = self->asked_pause_ms;

  if (pause_ms == 0 && self->n_failures == 0)
    pause_ms = draw_ms (demo, FIRST_RETRY_MS);
  else if (pause_ms == 0)
    pause_ms = draw_ms (demo, MIN (1000u << MIN (self->n_failures - 1, 5), MAX_RETRY_MS));
  self->n_failures++;
  self->asked_pause_ms = 0;
  gate_loop_arm (demo->gateway.loop, &self->call, pause_ms / MAX (demo->haste, 1));
}

static void
opened (GateCaller *caller)
{
  GateDemoVisitor *self = (GateDemoVisitor *) caller;

  greet (self);
  if (self->resume_token != NULL)
    resume (self);
  else
    sign_in (self);
}

static void
closed (GateCaller *caller,
        guint       code)
{
  GateDemoVisitor *self = (GateDemoVisitor *) caller;

  self->demo->n_open -= self->is_welcomed;
  self->is_welcomed = FALSE;
  /* Opened elsewhere, blocked, against policy: who is told to stop stops. */
  if (code == 4003 || code == 4009 || code == 1008) {
    self->is_stopped = TRUE;
    self->demo->n_given_up++;
    return;
  }
  if (code == 4004 || code == 4001)
    g_clear_pointer (&self->resume_token, g_free);
  call_later (self);
}

static void
take_frame (GateCaller            *caller,
            const Gate__V1__Frame *frame)
{
  GateDemoVisitor *self = (GateDemoVisitor *) caller;

  if (frame->body_case == GATE__V1__FRAME__BODY_WELCOME)
    take_welcome (self, frame->welcome);
  else if (frame->body_case == GATE__V1__FRAME__BODY_ACK)
    take_ack (self, frame->ack);
  else if (frame->body_case == GATE__V1__FRAME__BODY_MESSAGE)
    take_message (self, frame->message);
  else if (frame->body_case == GATE__V1__FRAME__BODY_HISTORY_PAGE)
    take_page (self, frame->history_page);
  else if (frame->body_case == GATE__V1__FRAME__BODY_ERROR)
    take_error (self, frame->id, frame->error);
  else if (frame->body_case == GATE__V1__FRAME__BODY_GO_AWAY)
    self->asked_pause_ms = MAX (frame->go_away->delay_ms, 1);
}

static const GateCallerClass caller_class = { opened, take_frame, closed };

GateDemoVisitor *
gate_demo_visitor_new (GateDemo *demo,
                       guint32   number)
{
  GateDemoVisitor *self = g_new0 (GateDemoVisitor, 1);

  self->caller.klass = &caller_class;
  self->demo = demo;
  self->number = number;
  self->dialogue = gate_dialogue_get (number);
  self->call.fired = call_cb;
  self->say.fired = say_cb;
  self->ping.fired = ping_cb;
  self->resend.fired = resend_cb;
  return self;
}

void
gate_demo_visitor_free (GateDemoVisitor *self)
{
  GateTimer *const timers[] = { &self->call, &self->say, &self->ping, &self->resend };

  for (gsize i = 0; i < G_N_ELEMENTS (timers); i++)
    gate_loop_disarm (self->demo->gateway.loop, timers[i]);
  gate_caller_drop (&self->caller);
  for (guint i = 0; i < self->n_convs; i++)
    gate_demo_log_free (self->convs[i]);
  g_free (self->resume_token);
  g_free (self->visitor_key);
  g_free (self);
}

void
gate_demo_visitor_start (GateDemoVisitor *self,
                         guint64          delay_ms)
{
  gate_loop_arm (self->demo->gateway.loop, &self->call, delay_ms);
}

void
gate_demo_visitor_verify (GateDemoVisitor *self)
{
  ask_next_check (self);
}

guint
gate_demo_visitor_get_pending (const GateDemoVisitor *self)
{
  return self->is_stopped ? 0 : self->n_pending;
}

gboolean
gate_demo_visitor_is_verified (const GateDemoVisitor *self)
{
  return self->n_checked == self->n_convs || self->is_stopped;
}
